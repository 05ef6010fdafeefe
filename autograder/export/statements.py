"""A cell cut into its statements, each with the comments above it, exactly as it was written."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.export.names import bound, needed, needed_at_once


@dataclass(frozen=True)
class Import:
    """What one name of an import means: ``from module import name`` (or the module itself, if name is "")."""

    module: str
    name: str

    @property
    def package(self) -> str:
        """The first part of the module's name."""
        return self.module.split(".")[0]

    def line(self, known_as: str) -> str:
        """The statement that gives it a name."""
        if self.name:
            return f"from {self.module} import {_as(self.name, known_as)}"
        return f"import {_as(self.module, known_as)}"


def _as(name: str, known_as: str) -> str:
    return name if name.split(".")[0] == known_as and ("." not in name) else f"{name} as {known_as}"


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a cell, or of a module.

    cell: where it stands ("" for a module). kind: "definition" (def, class), "assignment" (to a name),
    "attachment" (to an attribute of something), "import", "block" (if, try, with, for), or "trial", which
    only shows something. touches: for an attachment, the name whose attribute it sets, and the attribute.
    """

    cell: str
    text: str
    kind: str
    touches: tuple[str, str] = ("", "")

    @property
    def binds(self) -> frozenset[str]:
        """The names that it defines."""
        return bound(self.text)

    @property
    def needs(self) -> frozenset[str]:
        """The names that it uses."""
        return needed(self.text)

    @property
    def at_once(self) -> frozenset[str]:
        """The names that it uses as soon as it is run."""
        return needed_at_once(self.text)


def statements(source: str, cell: str = "") -> list[Statement]:
    """The statements of a cell. Lines for IPython count as `pass`. Raises SyntaxError, ValueError."""
    source = _as_python(_MARKS.sub("", source))
    nodes, lines = ast.parse(source).body, source.splitlines()
    spans = [(_first_line(node), node.end_lineno or node.lineno) for node in nodes]
    found, end = [], 0
    for place, (node, (first, last)) in enumerate(zip(nodes, spans, strict=True)):
        shares_a_line = first <= end or (place + 1 < len(spans) and spans[place + 1][0] <= last)
        text = ast.get_source_segment(source, node) or "" if shares_a_line else "\n".join(lines[end:last])
        kind, touches = _kind(node)
        found.append(Statement(cell, text.strip("\n"), kind, touches))
        end = last
    return found


_MARKS = re.compile(r"^(#\|[ \t]*export[ \t]*|[ \t]*### (BEGIN|END) SOLUTION[ \t]*)(\n|\Z)", re.MULTILINE)
_FOR_IPYTHON = re.compile(r"^([ \t]*)([%!].*)$", re.MULTILINE)


def _as_python(source: str) -> str:
    try:
        ast.parse(source)
    except SyntaxError:
        return _FOR_IPYTHON.sub(r"\1pass  # \2", source)
    return source


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _kind(node: ast.stmt) -> tuple[str, tuple[str, str]]:
    none = ("", "")
    match node:
        case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
            return "definition", none
        case ast.Import() | ast.ImportFrom():
            return "import", none
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr=attribute), *_]):
            return "attachment", (name, attribute)
        case ast.Expr(
            value=ast.Call(
                func=ast.Name(id="setattr"), args=[ast.Name(id=name), ast.Constant(value=str(attribute)), _]
            )
        ):
            return "attachment", (name, attribute)
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return "assignment", none
        case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While():
            return "block", none
    return "trial", none


def imports(statement: Statement) -> Iterator[tuple[str, Import]]:
    """The names that an import gives a meaning to, and which."""
    (node,) = ast.parse(statement.text).body
    if isinstance(node, ast.ImportFrom) and not node.level:
        for alias in node.names:
            yield alias.asname or alias.name, Import(str(node.module), alias.name)
    elif isinstance(node, ast.Import):
        for alias in node.names:
            whole = alias.name if alias.asname else alias.name.split(".")[0]
            yield alias.asname or whole, Import(whole, "")


def speaking_of(text: str, package: str) -> str:
    """`text` with the name babygrad replaced: in imports within functions, and in ``babygrad.log(x)``."""
    lines = text.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(text).readline))):
        if token.type == tokenize.NAME and token.string == "babygrad":
            row, column = token.start
            line = lines[row - 1]
            if not line[:column].rstrip().endswith("."):
                lines[row - 1] = line[:column] + package + line[column + len("babygrad") :]
    return "".join(lines)
