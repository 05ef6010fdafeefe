"""Gradients of gradients: rules made of Tensor operations can be differentiated again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import babygrad as bg
from babygrad import Tensor, grad, numeric_gradient

from .strategies import CALLS, arrays


@pytest.mark.parametrize("op", CALLS)
@settings(max_examples=25)
@given(data=st.data())
def test_second_derivatives_agree_with_autograd_and_with_nudging(op: str, data: st.DataObject) -> None:
    """With g the gradients under the upstream v: the slopes of sum(w * g), along the inputs and along v."""
    call = data.draw(CALLS[op])
    v = data.draw(arrays(np.shape(call.theirs(*call.arrays))), "upstream")
    ws = [data.draw(arrays(a.shape), "weights") for a in call.arrays]
    n = len(call.arrays)

    def their_first(*arguments: Any) -> Any:
        *xs, v = arguments
        vjp, _ = autograd.make_vjp(call.theirs, tuple(range(n)))(*xs)
        return sum(anp.sum(w * g) for w, g in zip(ws, vjp(v), strict=True))

    def our_first(*arguments: np.ndarray) -> float:
        *xs, v = map(Tensor, arguments)
        return sum(np.sum(w * g.data) for w, g in zip(ws, grad(call.ours(*xs), xs, v), strict=True))

    tensors, upstream = [Tensor(a) for a in call.arrays], Tensor(v)
    first = grad(call.ours(*tensors), tensors, upstream, create_graph=True)
    weighted = sum((w * g).sum() for w, g in zip(ws, first, strict=True))
    found = grad(weighted, [*tensors, upstream])
    theirs = autograd.grad(their_first, tuple(range(n + 1)))(*call.arrays, v)
    nudged = numeric_gradient(our_first, [*call.arrays, v], 1.0)
    for ours, second, numeric in zip(found, theirs, nudged, strict=True):
        assert ours.shape == np.shape(second)
        np.testing.assert_allclose(ours.data, second, rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(ours.data, numeric, rtol=1e-5, atol=1e-5)


SMOOTH: dict[str, tuple[Callable, Callable]] = {
    "x ** 3": (lambda x: x**3, lambda x: x**3),
    "exp": (bg.exp, anp.exp),
    "log": (bg.log, anp.log),
    "sqrt": (bg.sqrt, anp.sqrt),
    "sigmoid": (bg.sigmoid, lambda x: 1 / (1 + anp.exp(-x))),
    "tanh": (bg.tanh, anp.tanh),
    "1 / x": (lambda x: 1 / x, lambda x: 1 / x),
    "x ** x": (lambda x: x**x, lambda x: x**x),
    "2 ** x": (lambda x: 2**x, lambda x: 2.0**x),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_derivatives_up_to_the_fourth(name: str) -> None:
    ours, theirs = SMOOTH[name]
    x = Tensor(np.array([0.3, 0.9, 1.6]))
    y = ours(x)
    for order in range(1, 5):
        y = grad(y, x, create_graph=True)
        theirs = autograd.elementwise_grad(theirs)
        np.testing.assert_allclose(y.data, theirs(x.data), rtol=1e-9, err_msg=f"derivative {order}")


def test_the_derivatives_of_x_to_the_fourth() -> None:
    x = Tensor(np.array([-1.5, 0.0, 2.0]))
    y = x**4
    for expected in (lambda x: 4 * x**3, lambda x: 12 * x**2, lambda x: 24 * x, lambda x: 24 + 0 * x):
        y = grad(y, x, create_graph=True)
        np.testing.assert_allclose(y.data, expected(x.data), rtol=1e-14)
    fifth = grad(y, x)
    assert fifth.data.tolist() == [0, 0, 0]


@pytest.mark.parametrize("power", [0, 1, 2, 3])
def test_derivatives_of_a_power_at_zero(power: int) -> None:
    x = Tensor(np.array([0.0]))
    y = x**power
    for order in range(1, 4):
        y = grad(y, x, create_graph=True)
        assert y.item() == (np.prod(range(1, power + 1)) if order == power else 0)


def test_kinks_have_no_curvature() -> None:
    x = Tensor(np.array([-2.0, 0.0, 3.0]))
    for kink in (bg.relu, bg.abs):
        first = grad((kink(x) * x).sum(), x, create_graph=True)
        second = grad(first, x)
        assert second.data.tolist() == [2 * np.sign(-2.0) if kink is bg.abs else 0, 0, 2]


def hessian(f: Callable[[Tensor], Tensor], at: np.ndarray) -> np.ndarray:
    x = Tensor(at)
    first = grad(f(x), x, create_graph=True)
    return np.stack([grad(first, x, row).data for row in np.eye(at.size)])


A = np.array([[1.0, 2.0, -1.0], [0.5, -3.0, 4.0], [2.0, 0.0, 1.5]])

FUNCTIONS: dict[str, tuple[Callable, Callable]] = {
    "quadratic form": (lambda x: x @ Tensor(A) @ x, lambda x: anp.dot(anp.dot(x, A), x)),
    "softmax": (lambda x: bg.log(bg.exp(x).sum()), lambda x: anp.log(anp.sum(anp.exp(x)))),
    "logsumexp": (bg.logsumexp, lambda x: anp.log(anp.sum(anp.exp(x)))),
    "quotient": (
        lambda x: (x * x).sum() / bg.exp(x).sum(),
        lambda x: anp.sum(x * x) / anp.sum(anp.exp(x)),
    ),
    "outer": (
        lambda x: bg.tanh(x.reshape(3, 1) * x).sum(),
        lambda x: anp.sum(anp.tanh(anp.reshape(x, (3, 1)) * x)),
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=10)
@given(x=arrays((3,)))
def test_a_hessian_is_symmetric_and_agrees_with_autograd(name: str, x: np.ndarray) -> None:
    ours, theirs = FUNCTIONS[name]
    found = hessian(ours, x)
    np.testing.assert_allclose(found, found.T, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found, autograd.hessian(theirs)(x), rtol=1e-11, atol=1e-11)
    assert np.abs(found).max() > 0


def test_a_gradient_penalty_can_be_trained_on() -> None:
    """A loss that contains a gradient: ``.backward()`` through ``grad(..., create_graph=True)``."""
    x, w = Tensor(np.array([0.5, -1.0])), Tensor(np.array([2.0, 3.0]))
    slope = grad(bg.tanh(x * w).sum(), x, create_graph=True)
    (slope * slope).sum().backward()

    def penalty(x: Any, w: Any) -> Any:
        return anp.sum((w * (1 - anp.tanh(x * w) ** 2)) ** 2)

    np.testing.assert_allclose(x.grad, autograd.grad(penalty, 0)(x.data, w.data), rtol=1e-12)
    np.testing.assert_allclose(w.grad, autograd.grad(penalty, 1)(x.data, w.data), rtol=1e-12)


def test_second_derivatives_pass_through_a_cast() -> None:
    x = Tensor(np.float32([0.5, 2.0]))
    first = grad(x.astype(np.float64) ** 3, x, create_graph=True)
    second = grad(first, x)
    assert second.dtype == np.float32
    assert second.data.tolist() == [3, 12]


def test_second_derivatives_keep_each_dtype() -> None:
    a, b = Tensor(np.float32([0.5, 1.5])), Tensor(np.array([2.0, 3.0]))
    y = a * a * b * b
    first = grad(y, [a, b], create_graph=True)
    assert [g.dtype for g in first] == [np.float32, np.float64]
    second = grad(first, [a, b])
    assert [g.dtype for g in second] == [np.float32, np.float64]
    np.testing.assert_allclose(second[0].data, 2 * b.data**2 + 4 * a.data * b.data, rtol=1e-6)
    np.testing.assert_allclose(second[1].data, 2 * a.data**2 + 4 * a.data * b.data, rtol=1e-6)
