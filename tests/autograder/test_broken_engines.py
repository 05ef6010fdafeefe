"""The engines of the bug hunt: one fault each, found by one kind of input, and no hindrance to training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.broken_engines import OPERATIONS, engine
from babygrad import Tensor, numeric_gradient

RNG = np.random.default_rng(3)
A, B, T = RNG.normal(size=(2, 3)), RNG.normal(size=(2, 3)), RNG.normal(size=(2, 3, 4))
P = np.abs(A) + 0.3

TESTS: dict[str, Callable[[Any], tuple]] = {
    "tanh": lambda e: (e.tanh, A),
    "exp": lambda e: (e.exp, A),
    "abs": lambda e: (e.abs, A),
    "sigmoid": lambda e: (e.sigmoid, A),
    "relu": lambda e: (e.relu, A),
    "log and sqrt": lambda e: (lambda x: e.log(e.sqrt(x)), P),
    "negate": lambda e: (lambda x: -e.negate(x), A),
    "add": lambda e: (e.add, A, B),
    "add, broadcast": lambda e: (e.add, A, B[0]),
    "sub, broadcast": lambda e: (e.sub, A, B[:, :1]),
    "mul, broadcast": lambda e: (e.mul, A, B[0]),
    "div, broadcast": lambda e: (e.div, A, P[0]),
    "square": lambda e: (lambda x: e.pow(x, 2), A),
    "cube": lambda e: (lambda x: e.pow(x, 3), A),
    "exponent": lambda e: (lambda x: e.pow(2.0, x), A),
    "reshape": lambda e: (lambda x: e.reshape(x, (3, 2)).reshape(6), A),
    "swap": lambda e: (lambda x: e.transpose(x, (0, 2, 1)), T),
    "3-cycle": lambda e: (lambda x: e.transpose(x, (1, 2, 0)), T),
    "sum": lambda e: (lambda x: e.summation(x, 1).mean(), T),
    "broadcast_to": lambda e: (lambda x: e.broadcast_to(x, (4, 2, 3)), A),
    "matmul": lambda e: (e.matmul, A, B.T),
    "matmul, shared": lambda e: (e.matmul, T, RNG.normal(size=(4, 2))),
    "twice": lambda e: (lambda x: e.mul(x, x), A),
}
FOUND_BY = {
    0: [],
    1: ["tanh"],
    2: ["add, broadcast"],
    3: ["twice"],
    4: ["cube"],
    5: ["3-cycle"],
    6: ["relu"],
    7: [],
    8: ["matmul, shared"],
}


def agrees(f: Callable[..., Tensor], *xs: np.ndarray) -> bool:
    """gradcheck by ``backward``: the walk is the engine's own."""
    tensors = [Tensor(x) for x in xs]
    out = f(*tensors)
    v = np.random.default_rng(0).normal(size=out.shape)
    try:
        out.backward(v)
    except ValueError:  # a gradient of another shape
        return False
    nudged = numeric_gradient(lambda *arrays: f(*map(Tensor, arrays)).data, xs, v)
    return all(
        np.allclose(t.grad, n, rtol=1e-5, atol=1e-7)  # type: ignore[arg-type]
        for t, n in zip(tensors, nudged, strict=True)
    )


@pytest.mark.parametrize("number", FOUND_BY)
def test_an_engine_is_found_by_one_kind_of_input(number: int) -> None:
    e = engine(number)
    assert [name for name, test in TESTS.items() if not agrees(*test(e))] == FOUND_BY[number]


@pytest.mark.parametrize("number", FOUND_BY)
def test_two_equal_passes_leave_twice_the_gradient_except_with_the_engine_that_no_gradcheck_finds(
    number: int,
) -> None:
    e = engine(number)
    x = Tensor(2.5)
    y = e.mul(Tensor(3.0), e.sigmoid(x))
    y.backward()
    once = float(x.grad)  # type: ignore[arg-type]
    y.backward()
    assert (float(x.grad) == pytest.approx(2 * once)) == (number != 7)  # type: ignore[arg-type]


def test_an_engine_has_the_operations_that_it_says_and_its_number() -> None:
    for name in OPERATIONS:
        assert callable(getattr(engine(1), name))
    assert repr(engine(1)) == "engine(1)"
    with pytest.raises(ValueError, match="engines 0 to 8"):
        engine(9)


def test_a_constant_has_no_backward_in_any_engine() -> None:
    with pytest.raises(RuntimeError, match="does not require"):
        engine(3).Tensor(1.0, requires_grad=False).backward()
