"""Operations that move, repeat and add up elements.

Sum and broadcast are each other's gradient: what one repeats, the other adds up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from babygrad.function import Function
from babygrad.tensor import Axis, Operand, Tensor


class Reshape(Function):
    """The same elements, in the same order, in another shape. The gradient takes the old shape back."""

    rule = "The new shape must hold as many elements as the old one; one size may be -1."

    def __init__(self, shape: int | Sequence[int]) -> None:
        self.shape = shape

    def forward(self, x):
        return np.reshape(x, self.shape)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        return reshape(out_grad, x.shape)


class Transpose(Function):
    """Axes in another order. The gradient goes back by the inverse permutation.

    axes: None swaps the last two; otherwise every axis once, negative ones counted from the end.
    """

    rule = "axes must name every axis exactly once; without axes there must be two to swap."

    def __init__(self, axes: Sequence[int] | None = None) -> None:
        self.axes = axes

    def forward(self, x):
        if self.axes is None:
            return np.swapaxes(x, -1, -2)
        return np.transpose(x, self.axes)

    def backward(self, out_grad, node):
        if self.axes is None:
            return transpose(out_grad)
        inverse = np.argsort(_positive(self.axes, node.ndim))
        return transpose(out_grad, inverse.tolist())


class Summation(Function):
    """The sum over some axes. The gradient of a sum reaches each of its terms unchanged.

    axes: None (all), one axis, or several in any order; negative ones count from the end.
    keepdims: leave the summed axes in place with size 1.
    """

    rule = "Each axis must exist, and may be named once."

    def __init__(self, axes: Axis = None, keepdims: bool = False) -> None:
        self.axes = axes
        self.keepdims = keepdims

    def forward(self, x):
        return np.sum(x, axis=_positive(self.axes, x.ndim), keepdims=self.keepdims)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        summed = _positive(self.axes, x.ndim)
        kept = [1 if axis in summed else size for axis, size in enumerate(x.shape)]
        return broadcast_to(reshape(out_grad, kept), x.shape)


class BroadcastTo(Function):
    """Elements repeated along new leading axes and axes of size 1. The gradients of the copies add up.

    The result is a read-only view: many of its elements are one element of the input.
    """

    rule = "Shapes are aligned from the right; an axis can grow only from size 1, or be new in front."

    def __init__(self, shape: int | Sequence[int]) -> None:
        self.shape = shape

    def forward(self, x):
        return np.broadcast_to(x, self.shape)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        return unbroadcast(out_grad, x.shape)


def reshape(x: Operand, shape: int | Sequence[int]) -> Tensor:
    """`x` in another shape of the same size; one entry may be -1. Raises ValueError where it does not fit."""
    return Reshape(shape)(x)


def transpose(x: Operand, axes: Sequence[int] | None = None) -> Tensor:
    """`x` with its last two axes swapped, or with all axes in the order of `axes`. Raises ValueError."""
    return Transpose(axes)(x)


def summation(x: Operand, axes: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum of `x` over `axes` (None: all of them). Raises ValueError for an axis that is not there."""
    return Summation(axes, keepdims)(x)


def broadcast_to(x: Operand, shape: int | Sequence[int]) -> Tensor:
    """`x` repeated until it has `shape`. Raises ValueError where NumPy's broadcasting rule forbids it."""
    return BroadcastTo(shape)(x)


def unbroadcast(grad: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The gradient of broadcasting from `shape` to ``grad.shape``: the sum over all copies.

    grad: Tensor whose shape `shape` broadcasts to. Returns a Tensor of `shape`.
    """
    if grad.data.shape == shape:
        return grad
    new = grad.ndim - len(shape)
    stretched = [new + axis for axis, size in enumerate(shape) if size == 1]
    return reshape(summation(grad, (*range(new), *stretched)), shape)


def _positive(axes: Axis, ndim: int) -> tuple[int, ...]:
    """All axes for None, else `axes` as a tuple counted from the front. Raises AxisError (a ValueError)."""
    return tuple(range(ndim)) if axes is None else normalize_axis_tuple(axes, ndim)
