"""Operations number by number.

Each rule is upstream times local: ``out_grad`` times the slope of the operation. Two inputs of different
shapes are broadcast as NumPy does it, and ``unbroadcast`` adds the gradients of the copies up again. An
input that requires no gradient gets None: half of a product's work is saved when the other half is data.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from babygrad.function import Function
from babygrad.ops.shape import unbroadcast
from babygrad.tensor import Operand, Tensor, _wrap


class Elementwise(Function):
    """A Function of two inputs that are broadcast against each other."""

    rule = "Shapes are aligned from the right; two sizes must be equal, or one of them 1."


class Add(Elementwise):
    """``a + b``. ``d(a + b)/da = 1``, ``d(a + b)/db = 1``."""

    def forward(self, a, b):
        return a + b

    def backward(self, out_grad, node):
        a, b = node._inputs
        return (
            unbroadcast(out_grad, a.shape) if a.requires_grad else None,
            unbroadcast(out_grad, b.shape) if b.requires_grad else None,
        )


class Sub(Elementwise):
    """``a - b``. ``d(a - b)/da = 1``, ``d(a - b)/db = -1``."""

    def forward(self, a, b):
        return a - b

    def backward(self, out_grad, node):
        a, b = node._inputs
        return (
            unbroadcast(out_grad, a.shape) if a.requires_grad else None,
            unbroadcast(-out_grad, b.shape) if b.requires_grad else None,
        )


class Mul(Elementwise):
    """``a * b``. ``d(a * b)/da = b``, ``d(a * b)/db = a``."""

    def forward(self, a, b):
        return a * b

    def backward(self, out_grad, node):
        a, b = node._inputs
        return (
            unbroadcast(out_grad * b, a.shape) if a.requires_grad else None,
            unbroadcast(out_grad * a, b.shape) if b.requires_grad else None,
        )


class Div(Elementwise):
    """``a / b``. ``d(a / b)/da = 1 / b``, ``d(a / b)/db = -(a / b) / b``."""

    def forward(self, a, b):
        return a / b

    def backward(self, out_grad, node):
        a, b = node._inputs
        return (
            unbroadcast(out_grad / b, a.shape) if a.requires_grad else None,
            unbroadcast(-(out_grad * node / b), b.shape) if b.requires_grad else None,
        )


class Pow(Elementwise):
    """``a ** b``. ``d(a ** b)/da = b * a ** (b - 1)``, ``d(a ** b)/db = a ** b * log(a)``.

    At a = 0 the first is 0 where b is 0 (``a ** 0`` is the constant 1) and the second is 0 where b >= 0.
    The logarithm is taken only if the exponent requires a gradient.
    """

    def forward(self, a, b):
        return a**b

    def backward(self, out_grad, node):
        a, b = node._inputs
        return (
            unbroadcast(out_grad * b * a ** _lowered(b, a), a.shape) if a.requires_grad else None,
            unbroadcast(out_grad * node * log(_one_for_zero(a)), b.shape) if b.requires_grad else None,
        )


class Negate(Function):
    """``-x``. The slope is -1."""

    def forward(self, x):
        return -x

    def backward(self, out_grad, node):
        return -out_grad


class Log(Function):
    """Natural logarithm. ``d log(x)/dx = 1 / x``."""

    def forward(self, x):
        return np.log(x)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        return out_grad / x


class Exp(Function):
    """``e ** x``. Its slope is its own value: ``d exp(x)/dx = exp(x)``, which is ``node``."""

    def forward(self, x):
        return np.exp(x)

    def backward(self, out_grad, node):
        return out_grad * node


class Sqrt(Function):
    """Square root. ``d sqrt(x)/dx = 1 / (2 * sqrt(x))``, with ``node`` as the root."""

    def forward(self, x):
        return np.sqrt(x)

    def backward(self, out_grad, node):
        return out_grad / (2 * node)


class Abs(Function):
    """``|x|``. The slope is the sign of x, and 0 at the kink."""

    def forward(self, x):
        return np.abs(x)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        return out_grad * _wrap(np.sign(x.data))


class ReLU(Function):
    """``max(x, 0)``. The slope is 1 where x > 0, else 0, the kink included."""

    def forward(self, x):
        return np.maximum(x, 0)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        return out_grad * _wrap(x.data > 0)


class Sigmoid(Function):
    """``1 / (1 + exp(-x))``. With s for the result, the slope is ``s * (1 - s)``."""

    def forward(self, x):
        small = np.exp(-np.abs(x))  # at most 1: never overflows
        return np.where(x >= 0, 1, small) / (1 + small)

    def backward(self, out_grad, node):
        return out_grad * (node * (1 - node))


class Tanh(Function):
    """Hyperbolic tangent. With t for the result, the slope is ``1 - t * t``."""

    def forward(self, x):
        return np.tanh(x)

    def backward(self, out_grad, node):
        return out_grad * (1 - node * node)


class Cast(Function):
    """The same values in another floating dtype. The gradient is cast back."""

    def __init__(self, dtype: DTypeLike) -> None:
        if not np.issubdtype(dtype, np.floating):
            raise TypeError(f"Cast: gradients need a floating dtype, not {np.dtype(dtype)}.")
        self.dtype = dtype

    def forward(self, x):
        return x.astype(self.dtype)

    def backward(self, out_grad, node):
        (x,) = node._inputs
        return cast(out_grad, x.dtype)


def add(a: Operand, b: Operand) -> Tensor:
    """``a + b``, broadcast. Raises ValueError where the shapes do not fit."""
    return Add()(a, b)


def sub(a: Operand, b: Operand) -> Tensor:
    """``a - b``, broadcast. Raises ValueError where the shapes do not fit."""
    return Sub()(a, b)


def mul(a: Operand, b: Operand) -> Tensor:
    """``a * b``, element by element, broadcast. Raises ValueError where the shapes do not fit."""
    return Mul()(a, b)


def div(a: Operand, b: Operand) -> Tensor:
    """``a / b``, broadcast. Raises ValueError where the shapes do not fit."""
    return Div()(a, b)


def pow(a: Operand, b: Operand) -> Tensor:
    """``a ** b``, broadcast; nan where a < 0 and b is no whole number. Raises ValueError for the shapes."""
    return Pow()(a, b)


def negate(x: Operand) -> Tensor:
    """``-x``."""
    return Negate()(x)


def log(x: Operand) -> Tensor:
    """The natural logarithm of `x`; -inf at 0, nan below."""
    return Log()(x)


def exp(x: Operand) -> Tensor:
    """e to the power of `x`."""
    return Exp()(x)


def sqrt(x: Operand) -> Tensor:
    """The square root of `x`; nan below 0. Its slope at 0 is infinite."""
    return Sqrt()(x)


def abs(x: Operand) -> Tensor:
    """The absolute value of `x`."""
    return Abs()(x)


def relu(x: Operand) -> Tensor:
    """``max(x, 0)``."""
    return ReLU()(x)


def sigmoid(x: Operand) -> Tensor:
    """``1 / (1 + exp(-x))``, between 0 and 1, without overflow for any `x`."""
    return Sigmoid()(x)


def tanh(x: Operand) -> Tensor:
    """The hyperbolic tangent of `x`, between -1 and 1."""
    return Tanh()(x)


def cast(x: Operand, dtype: DTypeLike) -> Tensor:
    """`x` in another floating dtype. Raises TypeError where `dtype` is not floating."""
    return Cast(dtype)(x)


# The names that the book behind the seed article uses.
Relu = ReLU
multiply, divide, power = mul, div, pow


def _lowered(b: Tensor, a: Tensor) -> Tensor:
    """``b - 1``, but 0 where a and b are both 0: there ``b * a ** (b - 1)`` would be ``0 * inf``."""
    if b.data.all():
        return b - 1
    return b - 1 + Tensor((a.data == 0) & (b.data == 0), dtype=b.dtype, requires_grad=False)


def _one_for_zero(a: Tensor) -> Tensor:
    """`a`, but 1 where it is 0: there ``a ** b * log(a)`` would be ``0 * -inf``."""
    if a.data.all():
        return a
    return a + Tensor(a.data == 0, dtype=a.dtype, requires_grad=False)
