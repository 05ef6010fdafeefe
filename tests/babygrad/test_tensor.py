"""The Tensor: what goes in, what comes out, and arithmetic with its neighbours."""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from babygrad import Tensor, sub

# The constructor -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        (3, ()),
        (2.5, ()),
        (True, ()),
        ([1, 2, 3], (3,)),
        ((1.5, 2.5), (2,)),
        ([[1, 2, 3], [4, 5, 6]], (2, 3)),
        ([], (0,)),
        ([[]], (1, 0)),
        (np.arange(6).reshape(2, 3), (2, 3)),
        (np.arange(3, dtype=np.uint8), (3,)),
        (np.array([True, False]), (2,)),
        (np.int64(7), ()),
        ([np.float64(0.5), 1], (2,)),
    ],
)
def test_numbers_lists_and_integers_become_float32(data: object, shape: tuple[int, ...]) -> None:
    t = Tensor(data)
    assert type(t.data) is np.ndarray
    assert t.dtype == np.float32
    assert t.shape == t.data.shape == shape
    assert np.array_equal(t.data, np.asarray(data))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floating_data_keeps_its_dtype(dtype: type) -> None:
    array = np.array([0.1, 0.2], dtype=dtype)
    for data in (array, array[0], array.reshape(2, 1), array[:0], Tensor(array)):
        t = Tensor(data)
        assert type(t.data) is np.ndarray
        assert t.dtype == dtype
    assert np.array_equal(Tensor(array).data, array)


@pytest.mark.parametrize("data", [1, [1, 2], np.arange(3), np.ones(3), np.float64(0.5), Tensor([1.0])])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, "float64", np.dtype(np.float16)])
def test_dtype_wins(data: object, dtype: object) -> None:
    assert Tensor(data, dtype=dtype).dtype == np.dtype(dtype)


def test_dtype_float64_takes_numbers_at_their_full_precision() -> None:
    assert Tensor(0.1, dtype=np.float64).data == 0.1
    assert Tensor([0.1, 2**53], dtype=np.float64).data.tolist() == [0.1, 2**53]


@given(
    array=hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int32]), hnp.array_shapes(), elements=st.integers(-9, 9)
    ),
    dtype=st.sampled_from([None, np.float32, np.float64]),
)
def test_a_tensor_owns_its_memory(array: np.ndarray, dtype: type | None) -> None:
    before = array.copy()
    t = Tensor(array, dtype=dtype)
    u = Tensor(t, dtype=dtype)
    array += 1
    assert np.array_equal(t.data, before)
    t.data += 1
    assert np.array_equal(u.data, before)
    assert np.array_equal(array, before + 1)


def test_a_tensor_made_from_a_tensor_has_no_history() -> None:
    u = Tensor(Tensor([1.0]) * 2)
    assert u._op is None
    assert u._inputs == ()


@pytest.mark.parametrize("dtype", [int, np.int32, bool, complex, str, object])
def test_a_dtype_without_fractions_is_refused(dtype: type) -> None:
    with pytest.raises(TypeError, match=f"dtype must be floating.*not {np.dtype(dtype)}"):
        Tensor([1.0], dtype=dtype)


@pytest.mark.parametrize("dtype", [None, np.float64])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("12", "this str: it holds <U2 values"),
        (["1", "2"], "this list: it holds <U1 values"),
        (b"1", "this bytes: it holds |S1 values"),
        (None, "this NoneType: it holds object values"),
        ([1, None], "this list: it holds object values"),
        (1j, "this complex: it holds complex128 values"),
        (np.array([1 + 0j]), "this ndarray: it holds complex128 values"),
        ({"a": 1}, "this dict: it holds object values"),
        (object(), "this object: it holds object values"),
        (np.array(["2024-01-01"], dtype="datetime64[D]"), "it holds datetime64[D] values"),
        ([[1, 2], [3]], "this list: "),
        ([Tensor([1.0])], "this list: it holds Tensors"),
    ],
)
def test_what_is_not_numeric_is_refused_with_a_reason(data: object, reason: str, dtype: type | None) -> None:
    with pytest.raises(TypeError) as caught:
        Tensor(data, dtype=dtype)
    assert str(caught.value).startswith("Tensor: expected a number, a list of equally long lists of numbers")
    assert reason in str(caught.value)


def test_ragged_lists_are_named_as_such() -> None:
    with pytest.raises(TypeError, match="inhomogeneous"):
        Tensor([[1, 2], [3]])


# What comes out ------------------------------------------------------------------------------------------


def test_numpy_copies() -> None:
    t = Tensor([1.0, 2.0])
    array = t.numpy()
    array[0] = 9
    assert type(array) is np.ndarray
    assert t.data.tolist() == [1, 2]


def test_detach_shares_the_data_and_forgets_the_history() -> None:
    t = Tensor([1.0, 2.0]) * 3
    d = t.detach()
    assert np.shares_memory(d.data, t.data)
    assert (d.requires_grad, d.grad, d._op, d._inputs) == (False, None, None, ())
    assert t.requires_grad
    assert t._op is not None


@pytest.mark.parametrize("data", [2.5, [2.5], [[2.5]], np.float64(2.5)])
def test_item_is_the_one_element_as_a_python_float(data: object) -> None:
    assert type(Tensor(data).item()) is float
    assert Tensor(data).item() == 2.5


@pytest.mark.parametrize("data", [[], [1.0, 2.0], [[1.0], [2.0]]])
def test_item_of_more_or_less_than_one_element_is_an_error(data: object) -> None:
    with pytest.raises(ValueError, match="exactly one element") as caught:
        Tensor(data).item()
    assert str(Tensor(data).shape) in str(caught.value)


def test_shape_ndim_size_dtype_and_T() -> None:
    t = Tensor(np.arange(6.0).reshape(2, 3))
    assert (t.shape, t.ndim, t.size, t.dtype) == ((2, 3), 2, 6, np.float64)
    assert np.array_equal(t.T.data, t.data.T)


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (Tensor([1.0, 2.5]), "Tensor([1. , 2.5])"),
        (Tensor(3), "Tensor(3.)"),
        (Tensor([1.0], requires_grad=False), "Tensor([1.], requires_grad=False)"),
        (Tensor(np.array([1.0])), "Tensor([1.], dtype=float64)"),
        (Tensor([[1, 2], [3, 4]]), "Tensor([[1., 2.],\n        [3., 4.]])"),
    ],
)
def test_repr_shows_values_and_what_is_unusual(tensor: Tensor, text: str) -> None:
    assert repr(tensor) == text


def test_repr_of_a_large_tensor_is_short() -> None:
    assert len(repr(Tensor(np.zeros((1000, 1000))))) < 1000


@pytest.mark.parametrize("function", [np.asarray, np.array, lambda t: np.stack([t, t])])
def test_a_tensor_does_not_turn_into_an_array_silently(function: Callable) -> None:
    with pytest.raises(TypeError, match=r"do not record gradients.*Use \.data .* or \.numpy\(\)"):
        function(Tensor([1.0]))


@pytest.mark.parametrize(
    "function", [np.exp, np.abs, lambda t: np.add(t, 1), lambda t: np.add(np.ones(1), t)]
)
def test_numpy_functions_refuse_a_tensor(function: Callable) -> None:
    with pytest.raises(TypeError, match="'Tensor' does not support ufuncs"):
        function(Tensor([1.0]))


# Arithmetic with its neighbours --------------------------------------------------------------------------

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("number", [5, 2.5, True, np.float32(2.5), np.float64(2.5), np.int64(5)])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_number_on_either_side_takes_the_dtype_of_the_tensor(
    op: Callable, number: object, dtype: type
) -> None:
    x = Tensor(np.array([2.0, 3.0], dtype=dtype))
    for result, expected in (
        (op(x, number), op(x.data, dtype(number))),
        (op(number, x), op(dtype(number), x.data)),
    ):
        assert type(result) is Tensor
        assert result.dtype == dtype
        assert np.array_equal(result.data, expected)


@pytest.mark.parametrize("op", OPERATORS)
def test_an_array_on_either_side_keeps_its_dtype(op: Callable) -> None:
    array = np.array([[2.0], [3.0]])
    x = Tensor([1.5, 4.0])
    for result, expected in ((op(x, array), op(x.data, array)), (op(array, x), op(array, x.data))):
        assert type(result) is Tensor
        assert result.shape == (2, 2)
        assert result.dtype == np.float64
        assert np.array_equal(result.data, expected)


@pytest.mark.parametrize("op", OPERATORS)
def test_a_list_on_either_side(op: Callable) -> None:
    x = Tensor([1.5, 4.0])
    assert np.array_equal(op(x, [2, 3]).data, op(x.data, np.float32([2, 3])))
    assert np.array_equal(op([2, 3], x).data, op(np.float32([2, 3]), x.data))


def test_matmul_with_an_array_on_either_side() -> None:
    array = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    t = Tensor([[7.0, 8.0, 9.0], [1.0, 0.0, -1.0]])
    assert type(array @ t) is Tensor
    assert np.array_equal((array @ t).data, array @ t.data)
    assert np.array_equal((t @ array).data, t.data @ array)


@pytest.mark.parametrize(
    ("expression", "value", "slope"),
    [
        (lambda x: 5 - x, 3, -1),
        (lambda x: 1 / x, 0.5, -0.25),
        (lambda x: 2**x, 4, 4 * np.log(2)),
        (lambda x: 5 + x, 7, 1),
        (lambda x: 5 * x, 10, 5),
        (lambda x: -x, -2, -1),
        (lambda x: abs(-x), 2, 1),
        (lambda x: np.float64(5) - x, 3, -1),
    ],
)
def test_reflected_operators_and_their_slopes(expression: Callable, value: float, slope: float) -> None:
    x = Tensor(np.float64(2))
    y = expression(x)
    y.backward()
    assert y.item() == value
    assert x.grad == pytest.approx(slope, rel=1e-15)


def test_a_constant_operand_is_recorded_as_a_constant() -> None:
    x = Tensor([2.0])
    for y in (x * 3, 3 * x, x * [3.0], np.array([3.0]) * x):
        (constant,) = (parent for parent in y._inputs if parent is not x)
        assert constant.requires_grad is False
        y.backward()
        assert constant.grad is None


def test_an_array_operand_is_copied() -> None:
    array, x = np.array([3.0]), Tensor([2.0])
    y = x * array
    array[0] = 100
    y.backward()
    assert x.grad == 3


METHODS = {
    "log": (lambda t: t.log(), np.log),
    "exp": (lambda t: t.exp(), np.exp),
    "sqrt": (lambda t: t.sqrt(), np.sqrt),
    "abs": (lambda t: t.abs(), np.abs),
    "relu": (lambda t: t.relu(), lambda a: np.maximum(a, 0)),
    "sigmoid": (lambda t: t.sigmoid(), lambda a: 1 / (1 + np.exp(-a))),
    "tanh": (lambda t: t.tanh(), np.tanh),
    "reshape, numbers": (lambda t: t.reshape(3, 2), lambda a: a.reshape(3, 2)),
    "reshape, tuple": (lambda t: t.reshape((3, -1)), lambda a: a.reshape(3, -1)),
    "reshape, one number": (lambda t: t.reshape(-1), lambda a: a.reshape(-1)),
    "transpose": (lambda t: t.transpose(), lambda a: a.T),
    "transpose, numbers": (lambda t: t.transpose(1, 0), lambda a: a.T),
    "transpose, tuple": (lambda t: t.transpose((-2, -1)), lambda a: a),
    "broadcast_to, numbers": (lambda t: t.broadcast_to(2, 2, 3), lambda a: np.broadcast_to(a, (2, 2, 3))),
    "broadcast_to, tuple": (lambda t: t.broadcast_to((2, 2, 3)), lambda a: np.broadcast_to(a, (2, 2, 3))),
    "sum": (lambda t: t.sum(), np.sum),
    "sum, axis": (lambda t: t.sum(axis=0), lambda a: a.sum(0)),
    "sum, keepdims": (lambda t: t.sum(-1, keepdims=True), lambda a: a.sum(-1, keepdims=True)),
    "mean": (lambda t: t.mean(), np.mean),
    "mean, axis": (lambda t: t.mean(axis=(0,)), lambda a: a.mean(0)),
    "mean, keepdims": (lambda t: t.mean(-1, keepdims=True), lambda a: a.mean(-1, keepdims=True)),
    "astype": (lambda t: t.astype(np.float32), lambda a: a.astype(np.float32)),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_are_the_functions(name: str) -> None:
    ours, theirs = METHODS[name]
    t = Tensor(np.array([[0.5, 1.5, 2.5], [3.0, 0.25, 1.0]]))
    result, expected = ours(t), theirs(t.data)
    assert result._inputs
    assert (result.shape, result.dtype) == (expected.shape, expected.dtype)
    assert np.allclose(result.data, expected, rtol=1e-14)


def test_a_cast_gives_its_gradient_back_in_the_old_dtype() -> None:
    x = Tensor(np.array([0.1, 0.2]))
    y = x.astype(np.float32)
    (y * y).backward()
    assert y.grad.dtype == np.float32
    assert x.grad.dtype == np.float64
    assert np.array_equal(x.grad, 2 * x.data.astype(np.float32))
    with pytest.raises(TypeError, match="Cast: gradients need a floating dtype, not int32"):
        x.astype(np.int32)


def test_sub_is_not_symmetric_in_any_spelling() -> None:
    x = Tensor([2.0])
    assert [t.item() for t in (x - 5, 5 - x, sub(x, 5), sub(5, x))] == [-3, 3, -3, 3]
