"""What the tests draw: shapes, values, and calls of every operation on them.

Values are sixteenths, at most 2 in size. They are exact in float32 and float64, and far enough from kinks
and poles for a numeric derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np
from hypothesis import strategies as st

import babygrad as bg
from babygrad import Tensor

Shape = tuple[int, ...]


@dataclass
class Call:
    """One call of one operation.

    ours takes Tensors; theirs is the same in ``autograd.numpy``, which on plain arrays is NumPy; arrays are
    the float64 inputs.
    """

    text: str
    ours: Callable[..., Tensor]
    theirs: Callable[..., Any]
    arrays: tuple[np.ndarray, ...]

    def __repr__(self) -> str:
        inputs = ", ".join(f"array({a.tolist()}).reshape{a.shape}" for a in self.arrays)
        return f"{self.text} of {inputs}"


# Values --------------------------------------------------------------------------------------------------


POSITIVE = np.arange(2, 33) / 16
NONZERO = np.concatenate([POSITIVE, -POSITIVE])
ANY = np.concatenate([NONZERO, [0.0]])


def arrays(shape: Shape, values: np.ndarray = NONZERO) -> st.SearchStrategy[np.ndarray]:
    """float64 arrays of the given shape with elements from `values`.

    One byte for each element: many times faster than ``hypothesis.extra.numpy.arrays``.
    """
    size = math.prod(shape)
    places = st.binary(min_size=size, max_size=size)
    return places.map(lambda b: values[np.frombuffer(b, np.uint8) % len(values)].reshape(shape))


# Shapes --------------------------------------------------------------------------------------------------


SIDES = st.sampled_from([2, 3, 4, 1] * 4 + [0])
"""Unequal sides tell axes apart; one in seventeen is empty."""


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """Shapes of 0 to 3 axes."""
    ndim = draw(st.sampled_from([2, 3, 1, 0, 3, 2]))
    return tuple(draw(SIDES) for _ in range(ndim))


@st.composite
def narrowed(draw: st.DrawFn, shape: Shape) -> Shape:
    """A shape that broadcasts to `shape`: leading axes left out, others shrunk to 1."""
    kept = shape[draw(st.integers(0, len(shape))) :]
    return tuple(draw(st.sampled_from([side, 1])) for side in kept)


@st.composite
def broadcast_pair(draw: st.DrawFn) -> tuple[Shape, Shape]:
    """Two shapes that broadcast together: equal, one inside the other, or each stretching the other."""
    shape = draw(shapes())
    kind = draw(st.sampled_from(["equal", "left", "right", "both"]))
    left = draw(narrowed(shape)) if kind in ("left", "both") else shape
    right = draw(narrowed(shape)) if kind in ("right", "both") else shape
    return left, right


@st.composite
def matmul_pair(draw: st.DrawFn) -> tuple[Shape, Shape]:
    """Two shapes that ``@`` takes: vectors, matrices, and batches that broadcast, sometimes empty."""
    n, k, m = (draw(SIDES) for _ in range(3))
    batch = draw(st.sampled_from([(), (3,), (2, 3)]))
    batches = draw(narrowed(batch)), draw(narrowed(batch))
    left = (k,) if draw(st.integers(0, 3)) == 3 else (*batches[0], n, k)
    right = (k,) if draw(st.integers(0, 3)) == 3 else (*batches[1], k, m)
    return left, right


@st.composite
def some_axes(draw: st.DrawFn, ndim: int) -> int | Shape | None:
    """None, one axis, or several in any order, counted from the front or from the back."""
    if draw(st.integers(0, 4)) == 4:
        return None
    signed = [draw(st.sampled_from([axis, axis - ndim])) for axis in range(ndim)]
    axes = draw(st.permutations(signed))[: draw(st.integers(0, ndim))]
    return axes[0] if len(axes) == 1 and draw(st.booleans()) else tuple(axes)


@st.composite
def permutation(draw: st.DrawFn, ndim: int) -> Shape | None:
    """None (for the last two axes), or all axes in any order, some of them counted from the back."""
    if ndim >= 2 and draw(st.integers(0, 3)) == 3:
        return None
    return tuple(axis - draw(st.sampled_from([0, ndim])) for axis in draw(st.permutations(range(ndim))))


@st.composite
def same_size(draw: st.DrawFn, size: int) -> int | Shape:
    """A shape with `size` elements, sometimes with -1 for one side, sometimes a plain number."""
    if size == 0:
        return draw(st.sampled_from([0, (0,), (2, 0), (0, 1, 3), (-1,)]))
    sides: list[int] = []
    rest = size
    while rest > 1:
        side = draw(st.sampled_from([d for d in range(2, rest + 1) if rest % d == 0]))
        sides.append(side)
        rest //= side
    sides.insert(draw(st.integers(0, len(sides))), 1)
    if draw(st.booleans()):
        sides[draw(st.integers(0, len(sides) - 1))] = -1
    return sides[0] if len(sides) == 1 and draw(st.booleans()) else tuple(sides)


# Calls ---------------------------------------------------------------------------------------------------


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + anp.exp(-x))


UNARY: dict[str, tuple[Callable[..., Tensor], Callable[..., Any], np.ndarray]] = {
    "negate": (bg.negate, anp.negative, ANY),
    "log": (bg.log, anp.log, POSITIVE),
    "exp": (bg.exp, anp.exp, ANY),
    "sqrt": (bg.sqrt, anp.sqrt, POSITIVE),
    "abs": (bg.abs, anp.abs, NONZERO),
    "relu": (bg.relu, lambda x: anp.maximum(x, 0.0), NONZERO),
    "sigmoid": (bg.sigmoid, _sigmoid, ANY),
    "tanh": (bg.tanh, anp.tanh, ANY),
}

BINARY: dict[str, tuple[Callable[..., Tensor], Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "add": (bg.add, anp.add, (ANY, ANY)),
    "sub": (bg.sub, anp.subtract, (ANY, ANY)),
    "mul": (bg.mul, anp.multiply, (ANY, ANY)),
    "div": (bg.div, anp.divide, (ANY, NONZERO)),
    "pow": (bg.pow, anp.power, (POSITIVE, ANY)),
}


@st.composite
def _unary(draw: st.DrawFn, name: str) -> Call:
    ours, theirs, values = UNARY[name]
    return Call(name, ours, theirs, (draw(arrays(draw(shapes()), values)),))


@st.composite
def _binary(draw: st.DrawFn, name: str) -> Call:
    ours, theirs, values = BINARY[name]
    pair = zip(draw(broadcast_pair()), values, strict=True)
    return Call(name, ours, theirs, tuple(draw(arrays(*shape_and_values)) for shape_and_values in pair))


@st.composite
def _same_operand(draw: st.DrawFn) -> Call:
    x = draw(arrays(draw(shapes())))
    return Call("x * x", lambda x: x * x, lambda x: x * x, (x,))


@st.composite
def _power_of_constant(draw: st.DrawFn) -> Call:
    x = draw(arrays(draw(shapes())))
    n = draw(st.sampled_from([-2, -1, 0, 1, 2, 3]))
    return Call(f"x ** {n}", lambda x: x**n, lambda x: x ** float(n), (x,))


@st.composite
def _constant_to_power(draw: st.DrawFn) -> Call:
    x = draw(arrays(draw(shapes()), ANY))
    base = draw(st.sampled_from(POSITIVE.tolist()))
    return Call(f"{base} ** x", lambda x: base**x, lambda x: base**x, (x,))


@st.composite
def _reshape(draw: st.DrawFn) -> Call:
    x = draw(arrays(draw(shapes())))
    new = draw(same_size(x.size))
    return Call(f"reshape to {new}", lambda x: bg.reshape(x, new), lambda x: anp.reshape(x, new), (x,))


@st.composite
def _transpose(draw: st.DrawFn) -> Call:
    x = draw(arrays(draw(shapes())))
    axes = draw(permutation(x.ndim))

    def theirs(x: Any) -> Any:
        # Counted from the front: autograd's own gradient is wrong for axes counted from the back.
        return anp.swapaxes(x, -1, -2) if axes is None else anp.transpose(x, [a % x.ndim for a in axes])

    return Call(f"transpose by {axes}", lambda x: bg.transpose(x, axes), theirs, (x,))


@st.composite
def _summation(draw: st.DrawFn) -> Call:
    x = draw(arrays(draw(shapes())))
    axes, keep = draw(some_axes(x.ndim)), draw(st.booleans())
    return Call(
        f"sum over {axes}, keepdims={keep}",
        lambda x: bg.summation(x, axes, keep),
        lambda x: anp.sum(x, axis=axes, keepdims=keep),
        (x,),
    )


@st.composite
def _mean(draw: st.DrawFn) -> Call:
    x = draw(arrays(draw(shapes().filter(math.prod))))
    axes, keep = draw(some_axes(x.ndim)), draw(st.booleans())
    return Call(
        f"mean over {axes}, keepdims={keep}",
        lambda x: x.mean(axes, keep),
        lambda x: anp.mean(x, axis=axes, keepdims=keep),
        (x,),
    )


@st.composite
def _logsumexp(draw: st.DrawFn) -> Call:
    x = draw(arrays(draw(shapes().filter(math.prod)), ANY))
    axes, keep = draw(some_axes(x.ndim)), draw(st.booleans())
    return Call(
        f"logsumexp over {axes}, keepdims={keep}",
        lambda x: bg.logsumexp(x, axes, keep),
        lambda x: anp.log(anp.sum(anp.exp(x), axis=axes, keepdims=keep)),
        (x,),
    )


@st.composite
def _broadcast_to(draw: st.DrawFn) -> Call:
    new = draw(shapes())
    x = draw(arrays(draw(narrowed(new))))
    # autograd's own broadcast_to has no gradient for new axes.
    return Call(f"broadcast to {new}", lambda x: bg.broadcast_to(x, new), lambda x: x + anp.zeros(new), (x,))


@st.composite
def _matmul(draw: st.DrawFn) -> Call:
    return Call("matmul", bg.matmul, anp.matmul, tuple(draw(arrays(shape)) for shape in draw(matmul_pair())))


CALLS: dict[str, st.SearchStrategy[Call]] = {
    **{name: _unary(name) for name in UNARY},
    **{name: _binary(name) for name in BINARY},
    "x * x": _same_operand(),
    "x ** n": _power_of_constant(),
    "c ** x": _constant_to_power(),
    "reshape": _reshape(),
    "transpose": _transpose(),
    "summation": _summation(),
    "mean": _mean(),
    "logsumexp": _logsumexp(),
    "broadcast_to": _broadcast_to(),
    "matmul": _matmul(),
}
"""For every operation, a strategy for calls of it. Tests are parametrised by its names."""
