"""The Function: what a call records, when it records nothing, and what it says when it is called wrongly."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import babygrad as bg
from babygrad import Add, Function, Mul, Summation, Tensor, no_grad

from .strategies import CALLS

# What a call records -------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [(True, True), (True, False), (False, True), (False, False)])
@pytest.mark.parametrize("op", [bg.Add, bg.Sub, bg.Mul, bg.Div, bg.Pow, bg.MatMul])
def test_one_input_that_wants_a_gradient_is_enough(op: type[Function], wanted: tuple[bool, bool]) -> None:
    a, b = (Tensor([2.0], requires_grad=flag) for flag in wanted)
    instance = op()
    out = instance(a, b)
    assert out.requires_grad is any(wanted)
    if any(wanted):
        assert out._op is instance
        assert out._inputs[0] is a
        assert out._inputs[1] is b
        assert len(out._inputs) == 2
    else:
        assert out._op is None
        assert out._inputs == ()


@pytest.mark.parametrize("op", CALLS)
@settings(max_examples=10)
@given(data=st.data())
def test_every_operation_records_its_inputs_in_order(op: str, data: st.DataObject) -> None:
    call = data.draw(CALLS[op])
    out = call.ours(*(Tensor(a) for a in call.arrays))
    constant = call.ours(*(Tensor(a, requires_grad=False) for a in call.arrays))
    assert out.requires_grad
    assert isinstance(out._op, Function)
    assert type(out._inputs) is tuple
    assert all(isinstance(parent, Tensor) for parent in out._inputs)
    assert not constant.requires_grad
    assert constant._op is None
    assert constant._inputs == ()
    assert np.array_equal(out.data, constant.data)


def test_the_parents_of_an_expression_are_the_very_objects() -> None:
    a, b = Tensor([2.0]), Tensor([3.0])
    c = a * b
    d = c - a
    assert d._inputs[0] is c
    assert d._inputs[1] is a
    square = a * a
    assert square._inputs[0] is a
    assert square._inputs[1] is a


def test_constants_are_wrapped_and_keep_their_place() -> None:
    x = Tensor([2.0])
    for out, place in ((Add()(x, 3), 1), (Add()(3, x), 0), (Add()([3.0], x), 0), (Add()(x, np.ones(1)), 1)):
        assert out._inputs[1 - place] is x
        assert isinstance(out._inputs[place], Tensor)
        assert out._inputs[place].requires_grad is False
    assert Add()(1, 2).requires_grad is False


def test_each_call_has_an_instance_of_its_own() -> None:
    a, b = Tensor([2.0]), Tensor([3.0])
    for make in (lambda: a + b, lambda: bg.add(a, b), lambda: a.sum(), lambda: bg.relu(a), lambda: a @ b):
        assert make()._op is not make()._op


def test_operations_on_different_inputs_do_not_disturb_each_other() -> None:
    a, b = Tensor([[1.0, 2.0]]), Tensor([[3.0], [4.0]])
    left, right = a.sum(1), b.sum(0, keepdims=True)
    right.backward()
    left.backward()
    assert a.grad.tolist() == [[1, 1]]
    assert b.grad.tolist() == [[1], [1]]


# no_grad -------------------------------------------------------------------------------------------------


def records() -> bool:
    return (Tensor([1.0]) * 2).requires_grad


def test_no_grad_records_nothing_and_ends() -> None:
    x = Tensor([2.0])
    with no_grad():
        y = x * 3
        assert y.data == 6
        assert (y.requires_grad, y._op, y._inputs) == (False, None, ())
        assert Tensor([1.0]).requires_grad, "leaves are not results"
    assert records()
    with pytest.raises(RuntimeError):
        y.backward()


def test_no_grad_can_be_nested() -> None:
    with no_grad():
        with no_grad():
            assert not records()
        assert not records()
    assert records()


def test_no_grad_ends_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert records()
    with no_grad():
        with pytest.raises(ZeroDivisionError), no_grad():
            raise ZeroDivisionError
        assert not records()


def test_no_grad_as_a_decorator_works_every_time() -> None:
    @no_grad()
    def evaluate(x: Tensor) -> Tensor:
        return x * 3

    x = Tensor([2.0])
    assert [evaluate(x).requires_grad for _ in range(2)] == [False, False]
    assert records()


def test_no_grad_holds_for_its_own_thread_only() -> None:
    seen = {}

    def other() -> None:
        seen["during"] = records()
        with no_grad():
            seen["inside"] = records()
            left.set()
            entered.wait(10)

    left, entered = threading.Event(), threading.Event()
    thread = threading.Thread(target=other)
    with no_grad():
        thread.start()
        assert left.wait(10)
        assert not records()
    try:
        assert records(), "the other thread is still in its no_grad"
    finally:
        entered.set()
        thread.join(10)
    assert seen == {"during": True, "inside": False}


def test_backward_records_nothing_and_leaves_recording_on() -> None:
    class Spy(Function):
        def forward(self, x: np.ndarray) -> np.ndarray:
            return x * 1

        def backward(self, out_grad: Tensor, node: Tensor) -> Tensor:
            seen.append((node * out_grad).requires_grad)
            return out_grad

    seen: list[bool] = []
    x = Tensor([2.0])
    Spy()(x).backward()
    bg.grad(Spy()(x), x)
    bg.grad(Spy()(x), x, create_graph=True)
    assert seen == [False, False, True]
    assert records()


def test_a_rule_that_fails_leaves_recording_on() -> None:
    class Broken(Function):
        def forward(self, x: np.ndarray) -> np.ndarray:
            return x * 1

        def backward(self, out_grad: Tensor, node: Tensor) -> Tensor:
            raise ZeroDivisionError

    x = Tensor([2.0])
    with pytest.raises(ZeroDivisionError):
        Broken()(x).backward()
    with pytest.raises(ZeroDivisionError):
        bg.grad(Broken()(x), x)
    assert records()


# What is missing -----------------------------------------------------------------------------------------


def test_a_missing_forward_or_backward_is_named() -> None:
    class Nothing(Function):
        pass

    class OneWay(Function):
        def forward(self, x: np.ndarray) -> np.ndarray:
            return x * 1

    x = Tensor([1.0])
    with pytest.raises(NotImplementedError, match=r"Nothing has no forward\."):
        Nothing()(x)
    with pytest.raises(NotImplementedError, match=r"OneWay has no backward\."):
        OneWay()(x).backward()


# Calls that do not fit -----------------------------------------------------------------------------------

SIZES = "Shapes are aligned from the right; two sizes must be equal, or one of them 1."
INNER = "The last axis of the first must equal the last but one of the second; batches must broadcast."
ORDER = "axes must name every axis exactly once; without axes there must be two to swap."
COUNT = "The new shape must hold as many elements as the old one; one size may be -1."
AXES = "Each axis must exist, and may be named once."
GROW = "Shapes are aligned from the right; an axis can grow only from size 1, or be new in front."

A, B, V, S = Tensor(np.ones((2, 3))), Tensor(np.ones((4, 5))), Tensor(np.ones(3)), Tensor(1.0)

UNFIT = {
    "add": (lambda: A + B, "Add on (2, 3) and (4, 5): ", SIZES),
    "sub": (lambda: A - B, "Sub on (2, 3) and (4, 5): ", SIZES),
    "mul": (lambda: A * B, "Mul on (2, 3) and (4, 5): ", SIZES),
    "div": (lambda: A / B, "Div on (2, 3) and (4, 5): ", SIZES),
    "pow": (lambda: A**B, "Pow on (2, 3) and (4, 5): ", SIZES),
    "add, reflected": (lambda: np.ones((4, 5)) + A, "Add on (4, 5) and (2, 3): ", SIZES),
    "matmul, inner sizes": (lambda: A @ A, "MatMul on (2, 3) and (2, 3): ", INNER),
    "matmul, vectors": (lambda: A.T @ V, "MatMul on (3, 2) and (3,): ", INNER),
    "matmul, batches": (
        lambda: Tensor(np.ones((2, 2, 2))) @ Tensor(np.ones((3, 2, 2))),
        "MatMul on (2, 2, 2) and (3, 2, 2): ",
        INNER,
    ),
    "matmul, 0-d": (lambda: S @ V, "MatMul on () and (3,): ", INNER),
    "matmul, 0-d right": (lambda: A @ 2, "MatMul on (2, 3) and (): ", INNER),
    "transpose, 0-d": (lambda: S.T, "Transpose on (): ", ORDER),
    "transpose, 1-d": (lambda: V.T, "Transpose on (3,): ", ORDER),
    "transpose, too few": (lambda: A.transpose(0), "Transpose on (2, 3): ", ORDER),
    "transpose, too many": (lambda: A.transpose(0, 1, 2), "Transpose on (2, 3): ", ORDER),
    "transpose, twice": (lambda: A.transpose(1, 1), "Transpose on (2, 3): ", ORDER),
    "transpose, twice by sign": (lambda: A.transpose(1, -1), "Transpose on (2, 3): ", ORDER),
    "transpose, no such axis": (lambda: A.transpose(0, 2), "Transpose on (2, 3): ", ORDER),
    "reshape, count": (lambda: A.reshape(4, 2), "Reshape on (2, 3): ", COUNT),
    "reshape, remainder": (lambda: A.reshape(4, -1), "Reshape on (2, 3): ", COUNT),
    "reshape, two unknown": (lambda: A.reshape(-1, -1), "Reshape on (2, 3): ", COUNT),
    "sum, no such axis": (lambda: A.sum(2), "Summation on (2, 3): ", AXES),
    "sum, no such axis from the back": (lambda: A.sum(-3), "Summation on (2, 3): ", AXES),
    "sum, twice": (lambda: A.sum((0, 0)), "Summation on (2, 3): ", AXES),
    "sum, twice by sign": (lambda: A.sum((1, -1)), "Summation on (2, 3): ", AXES),
    "sum, 0-d": (lambda: S.sum(0), "Summation on (): ", AXES),
    "broadcast_to, other size": (lambda: A.broadcast_to(2, 4), "BroadcastTo on (2, 3): ", GROW),
    "broadcast_to, behind": (lambda: A.broadcast_to(2, 3, 1), "BroadcastTo on (2, 3): ", GROW),
    "broadcast_to, fewer axes": (lambda: A.broadcast_to(3), "BroadcastTo on (2, 3): ", GROW),
}


@pytest.mark.parametrize("name", UNFIT)
def test_shapes_that_do_not_fit_are_named_with_the_operation_and_the_rule(name: str) -> None:
    call, start, rule = UNFIT[name]
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the text is checked below)
        call()
    message = str(caught.value)
    assert message.startswith(start)
    assert message.endswith(f". {rule}")
    assert len(message) > len(start) + len(rule) + 10, "NumPy's own words stand between the two"


@pytest.mark.parametrize(
    ("call", "start"),
    [
        (lambda: A + "one", "Add: Tensor: expected a number"),
        (lambda: A * None, "Mul: Tensor: expected a number"),
        (lambda: 1j - A, "Sub: Tensor: expected a number"),
        (lambda: A / [[1], [1, 2]], "Div: Tensor: expected a number"),
        (lambda: object() ** A, "Pow: Tensor: expected a number"),
        (lambda: A @ {}, "MatMul: Tensor: expected a number"),
        (lambda: bg.log("one"), "Log: Tensor: expected a number"),
        (lambda: A.sum(0.5), "Summation on (2, 3): "),
        (lambda: A.sum("rows"), "Summation on (2, 3): "),
        (lambda: A.reshape(2.5), "Reshape on (2, 3): "),
        (lambda: A.transpose("ab"), "Transpose on (2, 3): "),
    ],
)
def test_an_operand_of_the_wrong_type_is_a_type_error_that_names_the_operation(
    call: Callable, start: str
) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value).startswith(start)


def test_a_call_with_an_input_too_few_is_told_nothing_of_shapes() -> None:
    with pytest.raises(TypeError, match=r"^Sub on \(2, 3\): .*'b'\.$"):
        bg.Sub()(A)


def test_an_error_in_a_forward_of_ones_own_is_explained_too() -> None:
    class Picky(Function):
        rule = "Only vectors."

        def forward(self, x: np.ndarray) -> np.ndarray:
            raise ValueError("no")

    with pytest.raises(ValueError, match=r"^Picky on \(2, 3\): no\. Only vectors\.$") as caught:
        Picky()(A)
    assert type(caught.value.__cause__) is ValueError


# Rules that return something else than one gradient per input ---------------------------------------------


class Returns(Function):
    """The sum of its inputs, with a backward that returns what it is told to."""

    def __init__(self, result: object) -> None:
        self.result = result

    def forward(self, *arrays: np.ndarray) -> np.ndarray:
        return sum(arrays, np.zeros(()))

    def backward(self, out_grad: Tensor, node: Tensor) -> object:
        return self.result


def run_backward(op: Function, *tensors: Tensor) -> None:
    op(*tensors).backward()


def run_grad(op: Function, *tensors: Tensor) -> None:
    bg.grad(op(*tensors), tensors)


G = Tensor(np.ones(2), requires_grad=False)


@pytest.mark.parametrize("run", [run_backward, run_grad])
@pytest.mark.parametrize(
    ("inputs", "result", "error", "message"),
    [
        (1, (G, G), TypeError, "each of its 1 inputs, in input order; it returned 2"),
        (2, (G,), TypeError, "each of its 2 inputs, in input order; it returned 1"),
        (2, G, TypeError, "each of its 2 inputs, in input order; it returned 1"),
        (2, (G, G, G), TypeError, "each of its 2 inputs, in input order; it returned 3"),
        (2, (), TypeError, "each of its 2 inputs, in input order; it returned 0"),
        (1, None, TypeError, "must return Tensors; it returned NoneType"),
        (2, (G, None), TypeError, "must return Tensors; it returned NoneType"),
        (1, np.ones(2), TypeError, "must return Tensors; it returned ndarray"),
        (1, 1.0, TypeError, "must return Tensors; it returned float"),
        (2, (G, Tensor(1.0)), ValueError, "a gradient of shape () for an input of shape (2,)"),
        (1, Tensor(np.ones((2, 1))), ValueError, "a gradient of shape (2, 1) for an input of shape (2,)"),
        (1, Tensor(np.ones((1, 2))), ValueError, "a gradient of shape (1, 2) for an input of shape (2,)"),
    ],
)
def test_a_rule_with_the_wrong_gradients_is_named(
    run: Callable, inputs: int, result: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        run(Returns(result), *(Tensor(np.ones(2)) for _ in range(inputs)))
    assert str(caught.value).startswith("Returns.backward ")
    assert message in str(caught.value)


def test_none_stands_for_an_input_that_wants_no_gradient() -> None:
    a, b = Tensor(np.ones(2)), Tensor(np.ones(2), requires_grad=False)
    Returns((G * 3, None))(a, b).backward()
    assert a.grad.tolist() == [3, 3]
    assert b.grad is None


def test_a_single_gradient_is_not_taken_apart_even_if_its_length_is_the_number_of_inputs() -> None:
    x = Tensor(np.ones(1))
    Returns(Tensor([7.0]))(x).backward()
    assert x.grad.tolist() == [7]


def test_a_gradient_of_another_dtype_is_cast_to_that_of_its_tensor() -> None:
    x = Tensor(np.ones(2, dtype=np.float32))
    Returns(Tensor(np.array([0.1, 0.2])))(x).backward()
    assert x.grad.dtype == np.float32
    assert np.array_equal(x.grad, np.float32([0.1, 0.2]))


def test_an_operation_may_take_any_number_of_inputs() -> None:
    xs = [Tensor([float(i)]) for i in range(5)]
    out = Returns(tuple(Tensor([10.0 * i], requires_grad=False) for i in range(5)))(*xs)
    out.backward()
    assert out.data == 10
    assert [x.grad.item() for x in xs] == [0, 10, 20, 30, 40]


def test_classes_can_be_called_with_their_parameters() -> None:
    x = Tensor(np.arange(6.0).reshape(2, 3))
    assert Summation(axes=0)(x).data.tolist() == [3, 5, 7]
    assert Summation(axes=(1,), keepdims=True)(x).shape == (2, 1)
    assert bg.Reshape((3, 2))(x).shape == (3, 2)
    assert bg.Transpose((1, 0))(x).shape == (3, 2)
    assert bg.BroadcastTo((4, 2, 3))(x).shape == (4, 2, 3)
    assert Mul()(x, 2).data.sum() == 30
