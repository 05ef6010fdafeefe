"""The checks: numeric derivatives are right, and a wrong rule is found and named with both numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import babygrad as bg
from babygrad import Function, Tensor, central_difference, gradcheck, numeric_gradient

from .strategies import CALLS, arrays

RNG = np.random.default_rng(7)
X, Y = RNG.uniform(0.5, 2, (2, 3)), RNG.uniform(0.5, 2, (2, 3))

# Numeric derivatives -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (lambda x: 3 * x + 1, lambda x: 3),
        (lambda x: x**3, lambda x: 3 * x**2),
        (math.exp, math.exp),
        (math.sin, math.cos),
        (lambda x: 1 / x, lambda x: -1 / x**2),
    ],
)
@given(x=st.sampled_from([-1.5, -0.25, 0.5, 2.0]))
def test_central_difference_of_known_functions(f: Callable, slope: Callable, x: float) -> None:
    assert central_difference(f, x) == pytest.approx(slope(x), rel=1e-7)


def test_central_difference_along_each_argument() -> None:
    def f(a: float, b: float, c: float) -> float:
        return a * b + c**2

    assert central_difference(f, 2.0, 3.0, 5.0) == pytest.approx(3)
    assert central_difference(f, 2.0, 3.0, 5.0, i=1) == pytest.approx(2)
    assert central_difference(f, 2.0, 3.0, 5.0, i=2) == pytest.approx(10)
    assert central_difference(f, 2.0, 3.0, 5.0, i=-1) == pytest.approx(10)


def test_central_difference_uses_both_sides_and_the_step_it_is_given() -> None:
    asked = []
    central_difference(lambda x: asked.append(x) or 0.0, 1.0, eps=0.25)
    assert asked == [1.25, 0.75]
    assert central_difference(abs, 0.0) == 0
    assert central_difference(lambda x: x**2, 3.0, eps=0.5) == 6
    assert central_difference(lambda x: x**3, 1.0, eps=0.5) == 3.25


def test_numeric_gradient_of_known_functions() -> None:
    v = RNG.normal(size=(2, 3))
    to_x, to_y = numeric_gradient(lambda x, y: x * y**2, [X, Y], v)
    np.testing.assert_allclose(to_x, v * Y**2, rtol=1e-7)
    np.testing.assert_allclose(to_y, v * 2 * X * Y, rtol=1e-7)
    (to_x,) = numeric_gradient(lambda x: np.sum(np.sin(x)), [X], 3.0)
    np.testing.assert_allclose(to_x, 3 * np.cos(X), rtol=1e-7)
    a = RNG.normal(size=(3, 4))
    v = RNG.normal(size=(2, 4))
    (to_x,) = numeric_gradient(lambda x: x @ a, [X], v)
    np.testing.assert_allclose(to_x, v @ a.T, rtol=1e-7)


def test_numeric_gradient_takes_any_shape_and_changes_nothing() -> None:
    xs = [2.0, [1, 2, 3], np.ones((2, 0)), X]
    held = X.copy()
    found = numeric_gradient(lambda a, b, c, d: a * np.sum(b) + np.sum(c) + np.sum(d), xs, 1.0)
    assert [g.shape for g in found] == [(), (3,), (2, 0), (2, 3)]
    assert all(type(g) is np.ndarray and g.dtype == np.float64 for g in found)
    assert found[0] == pytest.approx(6)
    assert found[1] == pytest.approx([2, 2, 2])
    assert np.array_equal(X, held)
    assert xs[1] == [1, 2, 3]


def test_numeric_gradient_uses_the_step_it_is_given() -> None:
    (found,) = numeric_gradient(lambda x: x**3, [[1.0]], np.ones(1), eps=0.5)
    assert found == [3.25]


# Right rules pass ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", CALLS)
@settings(max_examples=10)
@given(data=st.data())
def test_every_operation_passes(op: str, data: st.DataObject) -> None:
    call = data.draw(CALLS[op])
    assert gradcheck(call.ours, *call.arrays) is True


@given(x=arrays((2, 3)))
def test_a_composition_passes_and_nothing_is_touched(x: np.ndarray) -> None:
    held = x.copy()
    t = Tensor(x)
    assert gradcheck(lambda a, b: bg.log(bg.exp(a * 0.5).sum(1)) - bg.tanh(b).mean(), t, x.tolist())
    assert t.grad is None
    assert np.array_equal(t.data, x)
    assert np.array_equal(x, held)


def test_float32_points_are_checked_in_float64() -> None:
    dtypes = set()

    def f(x: Tensor) -> Tensor:
        dtypes.add(x.dtype)
        return x * x

    assert gradcheck(
        f,
        np.float32([0.1, 0.2]),
    )
    assert dtypes == {np.dtype(np.float64)}


# Wrong rules do not --------------------------------------------------------------------------------------


def wrong(right: type[Function], rule: Callable) -> type[Function]:
    """The operation with another backward rule."""
    return type("Wrong" + right.__name__, (right,), {"backward": lambda self, g, node: rule(g, node)})


def first(node: Tensor) -> Tensor:
    return node._inputs[0]


def second(node: Tensor) -> Tensor:
    return node._inputs[1]


def constant(array: np.ndarray) -> Tensor:
    return Tensor(array, requires_grad=False)


WRONG: dict[str, tuple[Callable[..., Tensor], tuple, int]] = {
    "lost sign": (wrong(bg.Sub, lambda g, node: (g, g))(), (X, Y), 1),
    "forgot the upstream gradient": (wrong(bg.Exp, lambda g, node: node)(), (X,), 0),
    "forgot the upstream gradient of one input": (
        wrong(bg.Mul, lambda g, node: (g * second(node), first(node)))(),
        (X, Y),
        1,
    ),
    "own value instead of the other's": (
        wrong(bg.Mul, lambda g, node: (g * first(node), g * second(node)))(),
        (X, Y),
        0,
    ),
    "input instead of output": (wrong(bg.Tanh, lambda g, node: g * (1 - first(node) ** 2))(), (X,), 0),
    "output instead of input": (wrong(bg.Log, lambda g, node: g / node)(), (X,), 0),
    "exponent not lowered": (
        lambda x: wrong(bg.Pow, lambda g, node: (g * 3 * first(node) ** 3, None))()(x, 3),
        (X,),
        0,
    ),
    "mean instead of sum": (
        wrong(bg.Summation, lambda g, node: g * constant(np.full((2, 3), 1 / 6)))(),
        (X,),
        0,
    ),
    "a copy too few": (
        wrong(bg.BroadcastTo, lambda g, node: constant(g.data[0]))((4, 3)),
        (X[0],),
        0,
    ),
    "permuted again": (
        wrong(bg.Transpose, lambda g, node: g.transpose(1, 2, 0))((1, 2, 0)),
        (RNG.normal(size=(2, 2, 2)),),
        0,
    ),
    "order lost in reshape": (
        wrong(bg.Reshape, lambda g, node: g.transpose().reshape(2, 3))((3, 2)),
        (X,),
        0,
    ),
    "no transpose in matmul": (
        wrong(bg.MatMul, lambda g, node: (g @ second(node), first(node).T @ g))(),
        (X[:, :2], Y[:, :2]),
        0,
    ),
    "upstream gradient counted twice": (wrong(bg.Negate, lambda g, node: -g * g)(), (X,), 0),
    "kink on the wrong side": (
        wrong(bg.ReLU, lambda g, node: g * constant(first(node).data < 0))(),
        (X - 1.2,),
        0,
    ),
    "mask from the upstream gradient": (
        wrong(bg.Negate, lambda g, node: -g * constant(g.data > 0))(),
        (X,),
        0,
    ),
    "off by one percent": (wrong(bg.Sqrt, lambda g, node: 1.01 * g / (2 * node))(), (X,), 0),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_rule_is_named_with_its_place_and_both_numbers(mistake: str) -> None:
    f, xs, position = WRONG[mistake]
    with pytest.raises(AssertionError) as caught:
        gradcheck(f, *xs)
    found = re.fullmatch(
        r"gradcheck: input (\d+) of shape (\(.*?\)), index (\(.*?\)): backward gives (\S+), "
        r"nudging gives (\S+) \((\d+) of (\d+) elements disagree\)\.",
        str(caught.value),
    )
    assert found, caught.value
    x = xs[position]
    index = tuple(int(i) for i in re.findall(r"\d+", found[3]))
    assert int(found[1]) == position
    assert found[2] == str(x.shape)
    assert len(index) == x.ndim
    assert 0 < int(found[6]) <= int(found[7]) == x.size

    tensors = [Tensor(x) for x in xs]
    out = f(*tensors)
    v = np.random.default_rng(0).uniform(0.5, 1.5, out.shape) * np.resize([1.0, -1.0], out.shape)
    ours = bg.grad(out, tensors, v)[position].data
    theirs = numeric_gradient(lambda *arrays: f(*map(Tensor, arrays)).data, xs, v)[position]
    assert float(found[4]) == pytest.approx(ours[index], rel=1e-5)
    assert float(found[5]) == pytest.approx(theirs[index], rel=1e-5)
    assert int(found[6]) == np.sum(~np.isclose(ours, theirs, rtol=1e-5, atol=1e-7))


def test_the_index_is_that_of_the_first_wrong_element() -> None:
    spoiled = np.ones((2, 3))
    spoiled[1, 1] = spoiled[1, 2] = 1.5
    f = wrong(bg.Negate, lambda g, node: -g * constant(spoiled))()
    with pytest.raises(AssertionError, match=r"index \(1, 1\): .* \(2 of 6 elements disagree\)"):
        gradcheck(f, X)


def test_a_mistake_in_a_later_input_only() -> None:
    f = wrong(Three, lambda g, node: (g, g, -g))()
    with pytest.raises(AssertionError, match="gradcheck: input 2 of shape"):
        gradcheck(f, X, X, X)


class Three(Function):
    def forward(self, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        return a + b + c


def test_a_gradient_that_is_nan_is_wrong() -> None:
    f = wrong(bg.Negate, lambda g, node: g * np.nan)()
    with pytest.raises(AssertionError, match="backward gives nan"):
        gradcheck(f, X)


def test_tolerances_and_step_can_be_chosen() -> None:
    f = wrong(bg.Negate, lambda g, node: -1.01 * g)()
    assert gradcheck(f, X, rtol=0.02)
    assert gradcheck(f, X, atol=0.02)
    with pytest.raises(AssertionError):
        gradcheck(f, X, rtol=0.005)
    with pytest.raises(AssertionError):
        gradcheck(lambda x: x**3, X, eps=0.5)
