"""Matrix multiplication: plain, in batches, and with vectors."""

from __future__ import annotations

from babygrad.function import Function
from babygrad.ops.shape import reshape, transpose, unbroadcast
from babygrad.tensor import Operand, Tensor


class MatMul(Function):
    """``a @ b``. With G for the upstream gradient: ``dL/da = G @ b.T``, ``dL/db = a.T @ G``.

    As in NumPy, leading axes are batches and broadcast; a 1-D `a` counts as a row, a 1-D `b` as a column.
    """

    rule = "The last axis of the first must equal the last but one of the second; batches must broadcast."

    def forward(self, a, b):
        return a @ b

    def backward(self, out_grad, node):
        a, b = node._inputs
        if a.ndim == 1 or b.ndim == 1:
            return _of_vectors(out_grad, node)
        return (
            unbroadcast(out_grad @ transpose(b), a.shape) if a.requires_grad else None,
            unbroadcast(transpose(a) @ out_grad, b.shape) if b.requires_grad else None,
        )


def matmul(a: Operand, b: Operand) -> Tensor:
    """The matrix product ``a @ b``. Raises ValueError where the inner sizes or the batches do not fit."""
    return MatMul()(a, b)


def _of_vectors(out_grad: Tensor, node: Tensor) -> tuple[Tensor | None, Tensor | None]:
    """The same rule with vectors as the rows and columns they stand for."""
    a, b = node._inputs
    rows = reshape(a, (1, a.size)) if a.ndim == 1 else a
    columns = reshape(b, (b.size, 1)) if b.ndim == 1 else b
    batch = node.shape[: node.ndim - (a.ndim > 1) - (b.ndim > 1)]
    out_grad = reshape(out_grad, (*batch, rows.shape[-2], columns.shape[-1]))
    return (
        reshape(unbroadcast(out_grad @ transpose(columns), rows.shape), a.shape) if a.requires_grad else None,
        reshape(unbroadcast(transpose(rows) @ out_grad, columns.shape), b.shape) if b.requires_grad else None,
    )
