"""The library of a learner's process: babygrad without what an exercise asks for, and the probes.

It is made here, from the packages' own source files, as compiled code: parts are taken out before anything is
compiled, so that they are nowhere in the process that gets the rest. Where others need the values of an
operation that is itself asked for, its class keeps `forward` and loses `backward`.

What an exercise withholds is named as in babygrad: "Log" or "log" for all of it, "Log.backward" or
"Tensor.__neg__" for a method, "Tensor.*" for all methods that nothing needs, "babygrad.ops" for a module.
What the training lessons build is withheld in all lessons before them.
"""

from __future__ import annotations

import ast
import base64
import marshal
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder import drawings
from autograder.exercise import Exercise

_STUB = '''
def check(*anything, **named):
    """Checks happen elsewhere."""
'''
"""All that the package autograder is in there."""

_STAND_IN = "autograder.export.standin"
"""All that ``autograder.export`` is: nobody's library is gathered in there."""

_ALWAYS = ("autograder.absent", "autograder.observation", "autograder.surroundings")

_TRAINING = tuple(f"babygrad.{name}" for name in ("ops.logsumexp", "nn", "init", "optim", "data"))
_FIRST_TRAINING_LESSON = "10"


@dataclass(frozen=True)
class Group:
    """Exercises that one process can be asked about, and what it must do without."""

    exercises: tuple[Exercise, ...]

    @property
    def withheld(self) -> frozenset[str]:
        """All that one of them withholds, and what later lessons build: it is made of the earlier rules."""
        asked_for = {name for exercise in self.exercises for name in exercise.withheld}
        early = any(exercise.name < _FIRST_TRAINING_LESSON for exercise in self.exercises)
        return frozenset(asked_for.union(_TRAINING if early else ()))

    @property
    def needed(self) -> frozenset[str]:
        """All that one of them needs."""
        return frozenset(name for exercise in self.exercises for name in exercise.needed)

    @property
    def probes(self) -> frozenset[str]:
        """The modules of their probes."""
        return frozenset(part.place[0] for exercise in self.exercises for part in exercise.parts)

    def agrees(self) -> bool:
        """Whether nothing that one needs is withheld by another."""
        return not any(_covers(one, other) for one in self.withheld for other in self.needed)


def grouped(exercises: Sequence[Exercise]) -> list[Group]:
    """The exercises in as few groups as a first fit finds, each in the order given."""
    groups: list[Group] = []
    for exercise in exercises:
        for place, group in enumerate(groups):
            larger = Group((*group.exercises, exercise))
            if larger.agrees():
                groups[place] = larger
                break
        else:
            groups.append(Group((exercise,)))
    return groups


def library(group: Group) -> dict[str, Any]:
    """What a process gets for a group, as plain data: compiled `modules`, and names of those `absent`."""
    return _library(group.withheld, group.needed, group.probes)


@cache
def _library(withheld: frozenset[str], needed: frozenset[str], probes: frozenset[str]) -> dict[str, Any]:
    absent = {name for name in _modules_of_babygrad() if _is_in_a_module(name, withheld)}
    trees = {name: _without(name, withheld, needed) for name in _modules_of_babygrad() if name not in absent}
    for name in (*_ALWAYS, *_with_imports(probes)):
        trees[name] = _without(name, withheld, needed)
    _drop_what_nobody_calls(trees)
    trees["autograder"] = ast.parse(_STUB)
    trees["autograder.export"] = _without(_STAND_IN, withheld, needed)
    trees["autograder.probes"] = ast.parse("")
    return {
        "absent": sorted(absent),
        "modules": {
            name: [name in _PACKAGES, base64.b64encode(marshal.dumps(_compiled(name, tree))).decode()]
            for name, tree in trees.items()
        },
    }


_PACKAGES = ("babygrad", "babygrad.ops", "autograder", "autograder.probes")


def _compiled(name: str, tree: ast.Module) -> Any:
    return compile(tree, f"<{name}>", "exec", dont_inherit=True)


# Sources ---------------------------------------------------------------------------------------------


@cache
def _file(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the source of {name} cannot be found")
    return Path(spec.origin)


@cache
def _source(name: str) -> str:
    return _file(name).read_text(encoding="utf-8")


@cache
def _modules_of_babygrad() -> tuple[str, ...]:
    root = _file("babygrad").parent
    files = (file.relative_to(root.parent).with_suffix("") for file in sorted(root.rglob("*.py")))
    names = (".".join(file.parts).removesuffix(".__init__") for file in files)
    return tuple(name for name in names if name not in drawings.NAMES)


def _with_imports(probes: Iterable[str]) -> list[str]:
    """Modules of probes, and all of autograder that they import."""
    found: dict[str, None] = {}
    pending = sorted(probes)
    while pending:
        name = pending.pop()
        if name not in found:
            found[name] = None
            pending.extend(_imported_by(name))
    return [name for name in found if name not in _ALWAYS]


def _imported_by(name: str) -> Iterator[str]:
    for node in ast.parse(_source(name)).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder"):
            if node.module == "autograder.probes":
                yield from (f"autograder.probes.{alias.name}" for alias in node.names)
            else:
                yield str(node.module)


# Taking out ------------------------------------------------------------------------------------------


def _covers(withheld: str, needed: str) -> bool:
    """Whether withholding the one takes the other away."""
    return withheld in (needed, needed.split(".")[0]) or _home(needed.split(".")[0]).startswith(withheld)


@cache
def _home(name: str) -> str:
    """The module of babygrad that defines a part; "" if none does."""
    for module in _modules_of_babygrad():
        for node in ast.parse(_source(module)).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
                return module
    return ""


def _is_in_a_module(name: str, withheld: Iterable[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in withheld)


def _without(name: str, withheld: frozenset[str], needed: frozenset[str]) -> ast.Module:
    """A module without what is withheld."""
    tree = ast.parse(_source(name))
    body: list[ast.stmt] = []
    for node in tree.body:
        body.extend(_kept(node, withheld, needed))
    places = [place for place, node in enumerate(body) if not _is_first(node)]
    import_absent = ast.parse(
        "from autograder.absent import Absent as _Absent, answer_now as _answer_now"
    ).body
    start = places[0] if places else len(body)
    tree.body = [*body[:start], *import_absent, *body[start:]] if name != "autograder.absent" else body
    _shorten_docstrings(tree)
    return tree


def _is_first(node: ast.stmt) -> bool:
    """Whether a statement has to stand before all others: the docstring, and imports from the future."""
    return isinstance(node, ast.Expr) or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


def _kept(node: ast.stmt, withheld: frozenset[str], needed: frozenset[str]) -> Iterator[ast.stmt]:
    """What becomes of a statement of a module."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in withheld:
        yield from _absent(node.name, f"babygrad.{node.name}")
    elif isinstance(node, ast.ClassDef):
        yield _class_without(node, withheld, needed)
    elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("babygrad"):
        yield from _imports_without(node, withheld)
    else:
        yield node


def _class_without(node: ast.ClassDef, withheld: frozenset[str], needed: frozenset[str]) -> ast.ClassDef:
    body: list[ast.stmt] = []
    for member in node.body:
        name = f"{node.name}.{getattr(member, 'name', '')}"
        gone = name in withheld or (f"{node.name}.*" in withheld and name not in needed)
        if isinstance(member, ast.FunctionDef) and gone:
            shown = name if node.name == "Tensor" else f"babygrad.{name}"
            body.extend(_absent(member.name, shown))
        else:
            body.append(member)
    if f"{node.name}.backward" in withheld:
        _answer_only_when_asked(node.name, body)
    node.body = body
    return node


def _answer_only_when_asked(name: str, body: Iterable[ast.stmt]) -> None:
    """Let `forward` ask first whether it may answer now."""
    for member in body:
        if isinstance(member, ast.FunctionDef) and member.name == "forward":
            member.body[:0] = ast.parse(f"_answer_now('babygrad.{name}')").body


def _imports_without(node: ast.ImportFrom, withheld: frozenset[str]) -> Iterator[ast.stmt]:
    """An import, where all or some of it is not there."""
    module = str(node.module)
    kept = []
    for alias in node.names:
        name = alias.asname or alias.name
        gone = _is_in_a_module(module, withheld) or _is_in_a_module(f"{module}.{alias.name}", withheld)
        if not gone:
            kept.append(alias)
        elif alias.name == "__all__":
            yield from ast.parse(f"{name} = ()").body
        else:
            for single in _public(module) if name == "*" else [name]:
                yield from _absent(single, f"babygrad.{single}")
    if kept:
        yield ast.copy_location(ast.ImportFrom(node.module, kept, node.level), node)


@cache
def _public(module: str) -> tuple[str, ...]:
    """The names in the ``__all__`` of a module."""
    for node in ast.parse(_source(module)).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return tuple(ast.literal_eval(node.value))
    return ()


def _absent(name: str, shown: str) -> list[ast.stmt]:
    return ast.parse(f"{name} = _Absent({shown!r})").body


def _drop_what_nobody_calls(trees: dict[str, ast.Module]) -> None:
    """Take out the private functions that only withheld parts have called: they are half of the answer."""
    once = frozenset().union(*(_names_in_source(name) for name in trees))
    names = {node: _names_in(node) for tree in trees.values() for node in tree.body}
    while True:
        called = frozenset().union(*(names[node] for tree in trees.values() for node in tree.body))
        gone = {
            node.name
            for tree in trees.values()
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_")
            if node.name in once and node.name not in called
        }
        if not gone:
            return
        for tree in trees.values():
            tree.body = [node for node in map(_importing_less(gone), tree.body) if node is not None]


def _importing_less(gone: set[str]) -> Callable[[ast.stmt], ast.stmt | None]:
    """What remains of a statement where some functions are gone."""

    def remaining(node: ast.stmt) -> ast.stmt | None:
        if isinstance(node, ast.FunctionDef) and node.name in gone:
            return None
        if isinstance(node, ast.ImportFrom):
            node.names = [alias for alias in node.names if alias.name not in gone]
            return node if node.names else None
        return node

    return remaining


@cache
def _names_in_source(name: str) -> frozenset[str]:
    return _names_in(ast.parse(_source(name)))


def _names_in(tree: ast.AST) -> frozenset[str]:
    """The names that some code uses, as names or attributes; not those that it imports."""
    return frozenset(
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)) or isinstance(node, ast.Attribute)
    )


def _shorten_docstrings(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> None:
    """Docstrings hold formulas, and take time to send."""
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        first.value.value = "."
    for inner in node.body:
        if isinstance(inner, (ast.ClassDef, ast.FunctionDef)):
            _shorten_docstrings(inner)
