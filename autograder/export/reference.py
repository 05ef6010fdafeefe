"""The source of babygrad, piece by piece, to be borrowed."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from autograder.export.lent import LENT
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
    spec = find_spec(f"babygrad.{name}")
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the source of babygrad.{name} cannot be found")
    found = statements(Path(spec.origin).read_text(encoding="utf-8"))
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


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


@cache
def homes() -> dict[str, str]:
    """The module that defines each name of babygrad's, private ones too."""
    return {
        name: place
        for place in _MODULES
        for statement in module(place).statements
        if statement.kind in ("definition", "assignment")
        for name in statement.binds
    }


def source(name: str) -> str:
    """The source of a piece: "Add", "Tensor.__add__" (see ``methods``), "lent.matmul". Raises LookupError."""
    if name.startswith("lent."):
        return LENT[name.removeprefix("lent.")].strip("\n")
    for statement in reversed(module(homes()[name]).statements):  # overloads come first
        if name in statement.binds and statement.kind in ("definition", "assignment"):
            return _without_comments_above(statement.text)
    raise LookupError(name)


def home(name: str) -> str:
    """The module of babygrad whose names a piece uses."""
    if name.startswith("lent."):
        return _HOMES_OF_LENT[name]
    return homes()[name.split(".")[0]]


_HOMES_OF_LENT = {
    "lent.scalars": "tensor",
    "lent.recording": "function",
    "lent.matmul": "ops.matmul",
    "lent.matmul_operators": "ops.matmul",
    "lent.walk": "backward",
}


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


# The class Tensor, method by method ------------------------------------------------------------------


def methods(names: tuple[str, ...], docstring: str) -> str:
    """A class that extends Tensor by methods of babygrad's: ``("Tensor.__add__", "Tensor.__radd__")``."""
    members = _members()
    texts = [members[name.removeprefix("Tensor.")] for name in names]
    return "\n\n".join([f'class Tensor(Tensor):\n    """{docstring}"""', *texts])


def first_tensor() -> str:
    """The class Tensor with its docstring, what it stores, and ``__init__``."""
    node, lines = _tensor()
    docstring = "\n".join(lines[node.lineno - 1 : node.body[0].end_lineno])
    members = _members()
    stores = [text for name, text in members.items() if name.startswith("=")]
    return "\n\n".join([docstring, "\n".join(stores), members["__init__"]])


def all_methods() -> tuple[str, ...]:
    """The names of all that babygrad's Tensor has, but for what ``first_tensor`` has."""
    return tuple(f"Tensor.{name}" for name in _members() if not name.startswith("=") and name != "__init__")


@cache
def _members() -> dict[str, str]:
    """The source of each member of Tensor, by name; what it stores is called "=" and a number."""
    node, lines = _tensor()
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
def _tensor() -> tuple[ast.ClassDef, list[str]]:
    text = source("Tensor")
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.ClassDef)
    return node, text.splitlines()
