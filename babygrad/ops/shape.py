"""Operations that move, repeat and add up elements.

Sum and broadcast are each other's gradient: what one repeats, the other adds up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from babygrad.function import Function
from babygrad.tensor import Axis, Operand, Tensor


class Reshape(Function):
    """The same elements, in the same order, in another shape. The gradient takes the old shape back."""

    rule = "The new shape must hold as many elements as the old one; one size may be -1."

    def __init__(self, shape: int | Sequence[int]) -> None:
        self.shape = shape

    def forward(self, x):
        return x.reshape(self.shape)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        return reshape(out_grad, x.shape)


class Transpose(Function):
    """Axes in another order. The gradient goes back by the inverse permutation.

    axes: None swaps the last two; otherwise every axis once, negative ones counted from the end.
    """

    rule = "axes must name every axis exactly once; without axes there must be two to swap."

    def __init__(self, axes: Axis = None) -> None:
        self.axes = _several(axes)

    def forward(self, x):
        if self.axes is None:
            return x.swapaxes(-1, -2)
        return x.transpose(self.axes)

    def backward(self, out_grad, node):
        if self.axes is None:
            return transpose(out_grad)
        inverse = np.argsort([axis % node.ndim for axis in self.axes])
        return transpose(out_grad, inverse.tolist())


class Summation(Function):
    """The sum over some axes. The gradient of a sum reaches each of its terms unchanged.

    axes: None (all), one axis, or several in any order; negative ones count from the end.
    keepdims: leave the summed axes in place with size 1.
    """

    rule = "Each axis must exist, and may be named once."

    def __init__(self, axes: Axis = None, keepdims: bool = False) -> None:
        self.axes = _several(axes)
        self.keepdims = keepdims

    def forward(self, x):
        return x.sum(axis=self.axes, keepdims=self.keepdims)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        if self.axes is not None and not self.keepdims:
            kept = list(x.shape)
            for axis in self.axes:
                kept[axis] = 1
            out_grad = reshape(out_grad, kept)
        return broadcast_to(out_grad, x.shape)


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
    total = summation(grad, (*range(new), *stretched))
    return reshape(total, shape) if stretched else total


def _several(axes: Axis) -> tuple[int, ...] | None:
    """One axis or several as a tuple; None stays None."""
    if axes is None:
        return None
    return tuple(axes) if hasattr(axes, "__iter__") else (axes,)
