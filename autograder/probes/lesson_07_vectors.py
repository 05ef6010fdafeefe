"""Lesson 07: the probes of 7.3 and 7.4, the function `matmul` and the operator.

Their MatMul is for two axes and more and for nothing else, and a product of Tensors is made by it alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.observation import Claim
from autograder.probes import nudging
from autograder.probes.lesson_07_matmul import NAMES
from autograder.surroundings import method_is, names_mean
from babygrad import Function, Tensor, transpose, unbroadcast

# 7.3 matmul ------------------------------------------------------------------------------------------


class Matrices(Function):
    """MatMul as in 7.2: for inputs with two or more axes, and for nothing else."""

    def forward(self, *arrays):
        a, b = arrays
        if min(a.ndim, b.ndim) < 2:
            raise ValueError("a vector came in, and `MatMul` is to be given two or more axes")
        return a @ b

    def backward(self, out_grad, node):
        a, b = node._inputs
        for_a, for_b = Matrices()(out_grad, transpose(b)), Matrices()(transpose(a), out_grad)
        return unbroadcast(for_a, a.shape), unbroadcast(for_b, b.shape)


Matrices.__name__ = "MatMul"


def _of_matrices(self, other):
    """What @ between Tensors means where it would be the answer already."""
    return Matrices()(self, other)


class TwoAxes(Matrices):
    """MatMul2D as in 7.1: for inputs with two axes."""

    def forward(self, *arrays):
        if any(array.ndim != 2 for array in arrays):
            raise ValueError("`MatMul2D` is for matrices with two axes each")
        return super().forward(*arrays)


TwoAxes.__name__ = "MatMul2D"


def product(parts, a, b, v):
    """The result of matmul, and the gradients that come back through it."""
    names = {**NAMES, "MatMul": Matrices, "MatMul2D": TwoAxes}
    with names_mean(parts.matmul, **names):
        x, y = Tensor(a), Tensor(b)
        with method_is(Tensor, "__matmul__", _of_matrices):
            c = parts.matmul(x, y)
        yield "what `matmul` returns", c
        yield _REMEMBERS, Claim(c.requires_grad and c._op is not None)
        with method_is(Tensor, "__matmul__", _of_matrices):
            c.backward(v)
        yield from _arrived("a", x.grad)
        yield from _arrived("b", y.grad)
        yield "`a` afterwards", x
        yield "`b` afterwards", y


def _arrived(name: str, gradient: Any) -> Iterator[tuple[str, Any]]:
    """The gradient of a Tensor, and first of all whether it has any."""
    instead = "none does: somewhere on the way its history was cut"
    yield f"a gradient should arrive at `{name}`", Claim(gradient is not None, instead)
    yield f"the gradient that arrives at `{name}`", gradient


_REMEMBERS = (
    "the result should remember how it was made, so that gradients find their way back: it should come from "
    "operations on Tensors, not on their arrays"
)


# 7.4 @ -----------------------------------------------------------------------------------------------


class _Values(Function):
    """The product alone, of whatever NumPy multiplies: the way to a leaf is found by nudging it."""

    def forward(self, *arrays):
        a, b = arrays
        return a @ b


_Values.__name__ = "MatMul"  # the name that errors should show


def _values_of_a_product(a, b):
    return _Values()(a, b)


def expression(parts, text, left, right, out_grad):
    """The value of a product, and the gradient that comes back to those of its sides that are Tensors."""
    names = text.split(" @ ")
    method = "__matmul__" if names[0] == "x" else "__rmatmul__"
    yield _KEPT, Claim(parts.Tensor.__init__ is not object.__init__)
    defined = method in vars(parts.Tensor)
    yield (
        f"the class should define `{method}`, spelled so, and indented below `class Tensor(Tensor):`",
        Claim(defined),
    )
    around = {
        **NAMES,
        "Tensor": parts.Tensor,
        "matmul": _values_of_a_product,
        "_ensure_tensor": lambda x: x if isinstance(x, Tensor) else parts.Tensor(x, requires_grad=False),
    }
    with names_mean(parts.Tensor, **{**around, "MatMul": Matrices, "MatMul2D": TwoAxes}):
        sides = [
            parts.Tensor(value) if name in ("x", "y") else value
            for name, value in zip(names, (left, right), strict=True)
        ]
        c = sides[0] @ sides[1]
        yield f"`{text}`", c
        yield _REMEMBERS, Claim(c.requires_grad and c._op is not None)
        tensors = {name: side for name, side in zip(names, sides, strict=True) if name in "xy"}
        for name, tensor in tensors.items():
            yield from _arrived(name, nudging.gradient(c, tensor, out_grad, nudge=1))
        constant = all(any(leaf is t for t in tensors.values()) for leaf in nudging.leaves(c))
        yield "what was no Tensor should be a constant, which wants no gradient", Claim(constant)


_KEPT = (
    "the class should still be a Tensor: its first line is `class Tensor(Tensor):`. Correct it, then run the "
    "first cell of the notebook and this one again"
)
