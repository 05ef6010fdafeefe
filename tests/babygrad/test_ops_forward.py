"""Forward: every operation gives what NumPy gives, in the same dtype, also at the edges of its domain."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import babygrad as bg
from babygrad import Tensor

from .strategies import ANY, CALLS, arrays, shapes

INF, NAN = np.inf, np.nan

# In the interior -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", CALLS)
@given(data=st.data())
def test_forward_is_what_numpy_gives(op: str, data: st.DataObject) -> None:
    call = data.draw(CALLS[op])
    for dtype in (np.float32, np.float64):
        inputs = [a.astype(dtype) for a in call.arrays]
        tensors = [Tensor(a) for a in inputs]
        out = call.ours(*tensors)
        expected = np.asarray(call.theirs(*inputs))
        assert type(out) is Tensor
        assert type(out.data) is np.ndarray
        assert out.shape == expected.shape
        assert out.dtype == dtype
        few = 4 * np.finfo(dtype).eps
        np.testing.assert_allclose(out.data, expected.astype(dtype), rtol=few, atol=few)
        assert all(np.array_equal(t.data, a) for t, a in zip(tensors, inputs, strict=True)), "inputs changed"


@pytest.mark.parametrize("op", ["add", "sub", "mul", "div", "matmul"])
def test_mixed_dtypes_give_the_wider_one(op: str) -> None:
    function = getattr(bg, op)
    narrow, wide = np.ones(3, np.float32), np.full(3, 0.1)
    for pair in ((narrow, wide), (wide, narrow)):
        assert function(*map(Tensor, pair)).dtype == np.float64


@given(data=st.data())
def test_shape_operations_are_exact(data: st.DataObject) -> None:
    x = data.draw(arrays(data.draw(shapes()), ANY))
    flat = bg.reshape(Tensor(x), -1)
    assert np.array_equal(flat.data, x.ravel())
    assert np.array_equal(bg.reshape(flat, x.shape).data, x)


@pytest.mark.parametrize(
    ("axes", "shape"), [((1, 2, 0), (3, 4, 2)), ((2, 0, 1), (4, 2, 3)), ((-2, -1, -3), (3, 4, 2))]
)
def test_three_axes_in_a_cycle(axes: tuple[int, ...], shape: tuple[int, ...]) -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    out = Tensor(x).transpose(axes)
    assert out.shape == shape
    assert np.array_equal(out.data, np.transpose(x, axes))


def test_transpose_without_axes_swaps_the_last_two_only() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    assert np.array_equal(Tensor(x).T.data, x.swapaxes(1, 2))


def test_the_sum_over_no_axes_is_the_tensor_itself() -> None:
    x = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(Tensor(x).sum(()).data, x)
    assert Tensor(x).sum(None).data == 15


# At the edges of the domain ------------------------------------------------------------------------------


def agree(ours: Tensor, expected: list | float) -> None:
    assert np.array_equal(ours.data, np.array(expected, dtype=ours.dtype), equal_nan=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_special_values_pass_without_a_warning(dtype: type) -> None:
    x = Tensor(np.array([0, -0.0, INF, -INF, NAN], dtype=dtype))
    agree(bg.negate(x), [0, 0, -INF, INF, NAN])
    agree(bg.exp(x), [1, 1, INF, 0, NAN])
    agree(bg.tanh(x), [0, 0, 1, -1, NAN])
    agree(bg.sigmoid(x), [0.5, 0.5, 1, 0, NAN])
    agree(bg.abs(x), [0, 0, INF, INF, NAN])
    agree(bg.relu(x), [0, 0, INF, 0, NAN])
    agree(x + 1, [1, 1, INF, -INF, NAN])
    agree(x * 2, [0, 0, INF, -INF, NAN])
    agree(x / 2, [0, 0, INF, -INF, NAN])
    agree(x**0, [1, 1, 1, 1, 1])
    agree(x**2, [0, 0, INF, INF, NAN])
    positive = Tensor(np.array([1, INF, NAN], dtype=dtype))
    agree(bg.log(positive), [0, INF, NAN])
    agree(bg.sqrt(positive), [1, INF, NAN])


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: bg.log(Tensor([0.0])), -INF),
        (lambda: bg.log(Tensor([-1.0])), NAN),
        (lambda: bg.sqrt(Tensor([-1.0])), NAN),
        (lambda: Tensor([1.0]) / 0, INF),
        (lambda: Tensor([-8.0]) ** (1 / 3), NAN),
        (lambda: Tensor([0.0]) ** -1, INF),
        (lambda: bg.exp(Tensor([1e4])), INF),
    ],
)
def test_where_the_mathematics_fails_numpy_warns(call: Callable[[], Tensor], expected: float) -> None:
    with pytest.warns(RuntimeWarning):
        agree(call(), [expected])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_neither_overflows_nor_loses_its_tail(dtype: type) -> None:
    x = Tensor(np.array([-1e4, -1000, 1000, 1e4, -80, -30, 0, 30], dtype=dtype))
    y = bg.sigmoid(x)
    y.backward()
    assert np.array_equal(y.data[:4], [0, 0, 1, 1])
    assert np.array_equal(x.grad[:4], [0, 0, 0, 0])
    few = 4 * np.finfo(dtype).eps
    tail = 1 / (1 + np.exp(np.array([80.0, 30.0])))
    np.testing.assert_allclose(y.data[4:6], tail, rtol=few)
    np.testing.assert_allclose(x.grad[4:6], tail * (1 - tail), rtol=few)
    assert y.data[6] == 0.5
    assert x.grad[6] == 0.25


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logsumexp_neither_overflows_nor_warns(dtype: type) -> None:
    rows = [[1000, 1000], [-1000, -1000], [INF, 1000], [-INF, 3], [-INF, -INF], [INF, -INF], [NAN, 1000]]
    out = bg.logsumexp(Tensor(np.array(rows, dtype=dtype)), axes=1)
    assert out.dtype == dtype
    few = 4 * np.finfo(dtype).eps
    expected = [1000 + np.log(2), -1000 + np.log(2), INF, 3, -INF, INF, NAN]
    np.testing.assert_allclose(out.data, np.array(expected, dtype=dtype), rtol=few)
    extreme = np.finfo(dtype).max
    agree(bg.logsumexp(Tensor(np.array([extreme, -extreme], dtype=dtype))), extreme)


def test_the_slope_of_logsumexp_is_a_softmax_at_any_size() -> None:
    x = Tensor([[1000.0, 1000.0, -1000.0], [-1000.0, -1000.0, -INF]])
    bg.logsumexp(x, axes=1).backward([3.0, -5.0])
    # At 1000 the neighbours of a float32 are 0.00006 away.
    np.testing.assert_allclose(x.grad, [[1.5, 1.5, 0], [-2.5, -2.5, 0]], rtol=1e-4)


def test_logsumexp_of_nothing_is_the_logarithm_of_zero() -> None:
    nothing = Tensor(np.zeros((0, 3)))
    agree(bg.logsumexp(nothing, axes=0), [-INF, -INF, -INF])
    agree(bg.logsumexp(nothing), -INF)
    assert bg.logsumexp(nothing, axes=1).shape == (0,)
    x = Tensor([3.0, 700.0])
    agree(bg.logsumexp(x, axes=()), [3, 700])


@pytest.mark.parametrize("axes", [2, -3, (0, 0), (0, -2)])
def test_logsumexp_names_the_shape_and_the_rule_for_a_wrong_axis(axes: int | tuple[int, ...]) -> None:
    with pytest.raises(
        ValueError, match=r"LogSumExp on \(2, 3\): .* Each axis must exist, and may be named once"
    ):
        bg.logsumexp(Tensor(np.ones((2, 3))), axes)


def test_relu_of_minus_infinity_is_zero_and_so_is_its_slope() -> None:
    x = Tensor([-INF, INF, -1.0, 1.0])
    y = bg.relu(x)
    y.backward()
    assert y.data.tolist() == [0, INF, 0, 1]
    assert x.grad.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize("kink", [bg.relu, bg.abs])
@pytest.mark.parametrize("upstream", [3.0, -3.0])
def test_the_slope_at_a_kink_is_zero(kink: Callable, zero: float, upstream: float) -> None:
    x = Tensor([zero, 2.0])
    kink(x).backward([upstream, upstream])
    assert x.grad.tolist() == [0, upstream]


def test_a_negative_upstream_gradient_passes_an_open_relu() -> None:
    x = Tensor([2.0, -2.0])
    bg.relu(x).backward([-3.0, -3.0])
    assert x.grad.tolist() == [-3, 0]


# Powers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "exponent", "slope"),
    [
        (0.0, 0, 0),
        (0.0, 1, 1),
        (0.0, 2, 0),
        (0.0, 3, 0),
        (-2.0, 0, 0),
        (-2.0, 1, 1),
        (-2.0, 2, -4),
        (-2.0, 3, 12),
        (-2.0, -1, -0.25),
        (-2.0, -2, 0.25),
        (4.0, 0.5, 0.25),
    ],
)
@pytest.mark.parametrize("spelling", ["number", "array", "constant"])
def test_the_slope_for_a_constant_exponent_needs_no_logarithm(
    base: float, exponent: float, slope: float, spelling: str
) -> None:
    x = Tensor([base, 3.0])
    powers = np.float32([exponent, exponent])
    constant = {"number": exponent, "array": powers, "constant": Tensor(powers, requires_grad=False)}
    y = x ** constant[spelling]
    y.backward([5.0, 1.0])
    assert y.data[0] == base**exponent
    assert x.grad[0] == 5 * slope
    assert x.grad[1] == pytest.approx(exponent * 3.0 ** (exponent - 1), rel=1e-6)


def test_one_zero_exponent_among_others() -> None:
    x = Tensor([0.0, 0.0, 2.0, -2.0])
    y = x ** np.float32([0, 2, 0, 3])
    y.backward()
    assert y.data.tolist() == [1, 0, 1, -8]
    assert x.grad.tolist() == [0, 0, 0, 12]


def test_both_slopes_at_a_zero_base() -> None:
    a, b = Tensor([0.0, 0.0, 0.0, 2.0]), Tensor([0.0, 1.0, 2.0, 0.0])
    y = a**b
    y.backward([5.0, 5.0, 5.0, 5.0])
    assert y.data.tolist() == [1, 0, 0, 1]
    assert a.grad.tolist() == [0, 5, 0, 0]
    assert b.grad[:3].tolist() == [0, 0, 0]
    assert b.grad[3] == pytest.approx(5 * np.log(2))


def test_a_zero_base_and_a_zero_exponent_that_meet_by_broadcasting() -> None:
    a, b = Tensor([[0.0], [3.0]]), Tensor([0.0, 2.0, 1.0])
    (a**b).backward()
    assert a.grad.tolist() == [[0 + 0 + 1], [0 + 6 + 1]]
    assert b.grad == pytest.approx((1 + 0 + 0) * np.log([3.0] * 3) * [1, 9, 3])


def test_a_constant_base_of_any_sign_needs_no_slope() -> None:
    b = Tensor([2.0])
    y = Tensor([3.0], requires_grad=False) ** b
    y.backward()
    assert b.grad == pytest.approx(9 * np.log(3))
    zero = Tensor([2.0])
    (0**zero).backward()
    assert zero.grad == 0


def test_the_logarithm_of_a_negative_base_warns_only_if_the_exponent_wants_a_gradient() -> None:
    x, b = Tensor([-2.0]), Tensor([2.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (x**2).backward()
    with pytest.warns(RuntimeWarning, match="log"):
        (x**b).backward()
    assert x.grad == -8
    assert np.isnan(b.grad).all()
