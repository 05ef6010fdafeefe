"""The source of babygrad, piece by piece, to be borrowed."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

from autograder.export.lent import HOMES, LENT
from autograder.export.names import bound
from autograder.export.parts import MODULES
from autograder.export.statements import Import, Statement, imports, statements

_MODULES = tuple(name for name in MODULES if name != "ops.functions")
"""Those modules of the package that babygrad has as well."""


@dataclass(frozen=True)
class Module:
    """A module of babygrad: its statements, and what its imports mean."""

    statements: tuple[Statement, ...]
    imports: dict[str, Import]


@cache
def module(name: str) -> Module:
    """A module of babygrad, named as in ``_MODULES``. Raises RuntimeError where its source is not there."""
    found = statements(whole_module(name))
    meant: dict[str, Import] = {}
    for statement in found:
        inner = ast.parse(statement.text).body
        if statement.kind == "block":  # if TYPE_CHECKING
            lines = [ast.unparse(node) for outer in inner for node in ast.walk(outer) if _is_import(node)]
        else:
            lines = [statement.text] if statement.kind == "import" else []
        for line in lines:
            meant.update(imports(Statement("", line, "import")))
    return Module(tuple(found), {n: i for n, i in meant.items() if i.module != "__future__"})


def _file(name: str) -> Path:
    spec = find_spec(f"babygrad.{name}")
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the source of babygrad.{name} cannot be found")
    return Path(spec.origin)


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


@cache
def homes() -> dict[str, str]:
    """The module that defines each name of babygrad's, private ones too.

    Of two things with one name, the second is called "nn.ReLU".
    """
    found: dict[str, str] = {}
    for place in _MODULES:
        for statement in module(place).statements:
            if statement.kind in ("definition", "assignment"):
                for name in statement.binds:
                    whole = name if found.get(name, place) == place else f"{place}.{name}"
                    found[whole] = place
    return found


def source(name: str) -> str:
    """The source of a piece: "Add", "Tensor.__add__" (see ``methods``), "lent.matmul". Raises LookupError."""
    if name.startswith("lent."):
        return LENT[name.removeprefix("lent.")].strip("\n")
    bare = name.rpartition(".")[2]
    for statement in reversed(module(homes()[name]).statements):  # overloads come first
        if bare in statement.binds and statement.kind in ("definition", "assignment"):
            return _without_comments_above(statement.text)
    raise LookupError(name)


def home(name: str) -> str:
    """The module of babygrad whose names a piece uses."""
    if name.startswith("lent."):
        return HOMES[name.removeprefix("lent.")]
    return homes()[name if name in homes() else name.split(".")[0]]


def whole_module(name: str) -> str:
    """The text of a module of babygrad's."""
    return _file(name).read_text(encoding="utf-8")


def meaning(place: str, name: str) -> Import | None:
    """What a module of babygrad has imported under a name; None where it has imported nothing so called."""
    if place == "ops.matmul" and name == "ops":  # for what is lent
        return Import("babygrad", "ops")
    return module(place).imports.get(name)


def _without_comments_above(text: str) -> str:
    lines = text.split("\n")
    while lines and (lines[0].startswith("#") or not lines[0].strip()):
        lines.pop(0)
    return "\n".join(lines)


# Classes, method by method ---------------------------------------------------------------------------


def methods(names: tuple[str, ...], docstring: str) -> str:
    """A class that extends one by methods of babygrad's: ``("Tensor.__add__", "Tensor.__radd__")``."""
    owner = names[0].split(".")[0]
    members = _members(owner)
    texts = [members[name.removeprefix(f"{owner}.")] for name in names]
    return "\n\n".join([f'class {owner}({owner}):\n    """{docstring}"""', *texts])


def attached(name: str) -> str:
    """A method of babygrad's as a function that is attached to its class: "Module.state_dict"."""
    owner, method = name.split(".")
    return f"{dedent(_members(owner)[method])}\n\n\n{name} = {method}"


def class_without(name: str, names: Collection[str]) -> str:
    """A class of babygrad's without some of its methods."""
    node, lines = _class(name)
    gone: set[int] = set()
    for member in node.body:
        if getattr(member, "name", None) in names:
            gone.update(range(member.lineno, (member.end_lineno or 0) + 2))  # with the empty line below
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in gone)


def first_tensor() -> str:
    """The class Tensor with its docstring, what it stores, and ``__init__``."""
    node, lines = _class("Tensor")
    docstring = "\n".join(lines[node.lineno - 1 : node.body[0].end_lineno])
    members = _members("Tensor")
    stores = [text for name, text in members.items() if name.startswith("=")]
    return "\n\n".join([docstring, "\n".join(stores), members["__init__"]])


def all_methods() -> tuple[str, ...]:
    """The names of all that babygrad's Tensor has, but for what ``first_tensor`` has."""
    members = _members("Tensor")
    return tuple(f"Tensor.{name}" for name in members if not name.startswith("=") and name != "__init__")


@cache
def _members(owner: str) -> dict[str, str]:
    """The source of each member of a class, by name; what it stores is called "=" and a number."""
    node, lines = _class(owner)
    found = {}
    for number, member in enumerate(node.body[1:]):
        first = min([member.lineno, *(d.lineno for d in getattr(member, "decorator_list", []))])
        text = "\n".join(lines[first - 1 : member.end_lineno])
        name = getattr(member, "name", f"={number}")
        if isinstance(member, ast.Assign) and bound(ast.unparse(member)) == {"__array_ufunc__"}:
            name, text = "__array_ufunc__", "\n".join(lines[first - 2 : member.end_lineno])
        found[name] = text
    return found


@cache
def _class(name: str) -> tuple[ast.ClassDef, list[str]]:
    text = source(name)
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.ClassDef)
    return node, text.splitlines()
