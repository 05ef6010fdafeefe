"""The logarithm of a sum of exponentials: a smooth maximum, and the heart of the softmax loss."""

from __future__ import annotations

import numpy as np

from babygrad.function import Function
from babygrad.ops.elementwise import exp
from babygrad.ops.shape import _several, reshape
from babygrad.tensor import Axis, Operand, Tensor


class LogSumExp(Function):
    """``log(sum(exp(x)))`` over some axes. The slope is the softmax: ``exp(x - logsumexp(x))``.

    axes: None (all), one axis, or several in any order; negative ones count from the end.
    keepdims: leave the summed axes in place with size 1.
    """

    rule = "Each axis must exist, and may be named once."

    def __init__(self, axes: Axis = None, keepdims: bool = False) -> None:
        self.axes = _several(axes)
        self.keepdims = keepdims

    def forward(self, x):
        # exp of what lies below the largest cannot overflow. An infinite one would give inf - inf.
        largest = x.max(axis=self.axes, keepdims=True, initial=-np.inf)
        largest = np.where(np.isfinite(largest), largest, x.dtype.type(0))
        with np.errstate(over="ignore", divide="ignore"):  # nothing, or only -inf: the logarithm of 0
            result = np.log(np.exp(x - largest).sum(axis=self.axes, keepdims=True)) + largest
        return result if self.keepdims else result.squeeze(self.axes)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        axes = range(x.ndim) if self.axes is None else [axis % x.ndim for axis in self.axes]
        kept = [1 if axis in axes else size for axis, size in enumerate(x.shape)]
        return reshape(out_grad, kept) * exp(x - reshape(node, kept))


def logsumexp(x: Operand, axes: Axis = None, keepdims: bool = False) -> Tensor:
    """``log(sum(exp(x)))`` over `axes` (None: all of them), without overflow for any `x`.

    -inf where everything is -inf, or where there is nothing. Raises ValueError for an axis that is not there.
    """
    return LogSumExp(axes, keepdims)(x)
