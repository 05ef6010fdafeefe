"""Numeric gradients, and the check of a backward pass against them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from babygrad.backward import grad
from babygrad.tensor import Tensor


def central_difference(f: Callable[..., float], *x: float, i: int = 0, eps: float = 1e-6) -> float:
    """The slope of ``f(*x)`` along its i-th argument: ``(f(x + eps) - f(x - eps)) / (2 * eps)``."""
    up, down = list(x), list(x)
    up[i] += eps
    down[i] -= eps
    return (f(*up) - f(*down)) / (2 * eps)


def numeric_gradient(
    f: Callable[..., ArrayLike], xs: Sequence[ArrayLike], v: ArrayLike, eps: float = 1e-6
) -> list[np.ndarray]:
    """The gradients of ``sum(v * f(*xs))`` with respect to each x, by nudging one element at a time.

    f: takes float64 arrays and returns an array of the shape of `v`. The error is of order ``eps ** 2``
    plus rounding of order ``1e-16 / eps``. Returns one float64 array for each x, with its shape.
    """
    arrays = [np.array(x, dtype=np.float64) for x in xs]
    gradients = [np.zeros_like(x) for x in arrays]
    for x, gradient in zip(arrays, gradients, strict=True):
        for index in np.ndindex(x.shape):
            middle = x[index]
            x[index] = middle + eps
            up = np.sum(v * np.asarray(f(*arrays)))
            x[index] = middle - eps
            down = np.sum(v * np.asarray(f(*arrays)))
            x[index] = middle
            gradient[index] = (up - down) / (2 * eps)
    return gradients


def gradcheck(
    f: Callable[..., Tensor],
    *xs: ArrayLike | Tensor,
    eps: float = 1e-6,
    rtol: float = 1e-5,
    atol: float = 1e-7,
) -> bool:
    """Whether the backward rules behind `f` agree with numeric gradients at `xs`.

    f: Tensors in, one Tensor out. xs: the points, taken as float64. The output is weighted with fixed random
    numbers of both signs, because mistakes can hide behind ones. Returns True; raises AssertionError naming
    the input and the index where ``|backward - numeric| > atol + rtol * |numeric|``.
    """
    tensors = [Tensor(x, dtype=np.float64) for x in xs]
    output = f(*tensors)
    v = np.random.default_rng(0).uniform(0.5, 1.5, output.shape) * np.resize([1.0, -1.0], output.shape)
    numeric = numeric_gradient(
        lambda *arrays: f(*map(Tensor, arrays)).data, [t.data for t in tensors], v, eps
    )
    found = grad(output, tensors, v)
    for position, (ours, theirs) in enumerate(zip(found, numeric, strict=True)):
        wrong = ~np.isclose(ours.data, theirs, rtol=rtol, atol=atol)
        if wrong.any():
            index = tuple(int(i) for i in np.argwhere(wrong)[0])
            raise AssertionError(
                f"gradcheck: input {position} of shape {ours.shape}, index {index}: backward gives "
                f"{ours.data[index]:.6g}, nudging gives {theirs[index]:.6g} "
                f"({int(wrong.sum())} of {wrong.size} elements disagree)."
            )
    return True
