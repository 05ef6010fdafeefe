"""Which names some code defines, and which it takes for granted."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from functools import cache


@cache
def bound(code: str) -> frozenset[str]:
    """The global names that running `code` gives a meaning to. Raises SyntaxError."""
    table = symtable.symtable(code, "<code>", "exec")
    return frozenset(s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported())


@cache
def needed(code: str) -> frozenset[str]:
    """All global names that `code` uses, at once or later, those that it defines too. Raises SyntaxError."""
    table = symtable.symtable(code, "<code>", "exec")
    return frozenset(_globals_in(table, inner=True))


@cache
def needed_at_once(code: str) -> frozenset[str]:
    """Those that it uses while it is run first: bases, decorators, defaults, what stands in a class's body.

    Annotations do not count: with ``from __future__ import annotations`` nobody evaluates them.
    """
    plain = ast.unparse(_WithoutAnnotations().visit(ast.parse(code)))
    return frozenset(_globals_in(symtable.symtable(plain, "<code>", "exec"), inner=False))


def _globals_in(table: symtable.SymbolTable, inner: bool) -> Iterator[str]:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        used = symbol.is_referenced() and (top or symbol.is_global())
        if used or (symbol.is_declared_global() and not top):
            yield symbol.get_name()
    for child in table.get_children():
        if inner or child.get_type() == "class":
            yield from _globals_in(child, inner)


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        made = ast.Assign([node.target], node.value)
        return self.generic_visit(ast.fix_missing_locations(ast.copy_location(made, node)))
