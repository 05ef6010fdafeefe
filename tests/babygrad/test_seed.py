"""The promises of the seed article, example by example."""

import numpy as np
import pytest

import babygrad
from babygrad import Add, Function, Mul, Tensor, topological_order

OPERATIONS = {
    "Add": "add",
    "Sub": "sub",
    "Mul": "mul",
    "Div": "div",
    "Pow": "pow",
    "Negate": "negate",
    "Log": "log",
    "Exp": "exp",
    "ReLU": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Sqrt": "sqrt",
    "Abs": "abs",
    "Reshape": "reshape",
    "Transpose": "transpose",
    "BroadcastTo": "broadcast_to",
    "Summation": "summation",
    "MatMul": "matmul",
}


def test_the_gradient_of_a_product_is_the_other_factor() -> None:
    a = Tensor([2.0], requires_grad=True)
    b = Tensor([3.0], requires_grad=True)
    c = a * b
    c.backward()
    assert c.data == 6
    assert a.grad == 3
    assert b.grad == 2


def test_a_sum_remembers_its_operation_and_its_parents() -> None:
    a = Tensor([2.0], requires_grad=True)
    b = Tensor([3.0], requires_grad=True)
    c = a + b
    assert c.data == 5
    assert type(c._op) is Add
    assert len(c._inputs) == 2
    assert c._inputs[0] is a
    assert c._inputs[1] is b


def test_plain_tensors_of_integers_can_be_differentiated() -> None:
    a = babygrad.Tensor([1, 2, 3])
    b = babygrad.Tensor([2, 3, 4])
    c = a + b
    d = babygrad.Tensor([3, 4, 5])
    e = c + d
    e.backward()
    assert e.data.tolist() == [6, 9, 12]
    order = topological_order(e)
    assert len(order) == 5
    assert all(found is expected for found, expected in zip(order, [a, b, c, d, e], strict=True))
    assert all(tensor.grad.tolist() == [1, 1, 1] for tensor in order)


def test_a_tensor_is_a_leaf_that_wants_a_gradient_by_default() -> None:
    t = Tensor([1, 2, 3])
    assert t.requires_grad is True
    assert t.grad is None
    assert t._op is None
    assert t._inputs == ()


def test_backward_on_a_constant_is_an_error() -> None:
    constant = Tensor([1.0], requires_grad=False)
    with pytest.raises(RuntimeError) as caught:
        constant.backward()
    assert str(caught.value) == "Cannot call backward on a tensor that does not require gradients."
    assert constant.grad is None


def test_a_bare_function_has_no_rules() -> None:
    x = Tensor([1.0])
    with pytest.raises(NotImplementedError):
        Function()(x)
    with pytest.raises(NotImplementedError):
        Function().forward(x.data)
    with pytest.raises(NotImplementedError):
        Function().backward(x, x)


def test_a_rule_gets_tensors_and_the_output() -> None:
    a, b = Tensor([2.0]), Tensor([3.0])
    c = a * b
    to_a, to_b = Mul().backward(Tensor([5.0], requires_grad=False), c)
    assert isinstance(to_a, Tensor)
    assert to_a.data == 15
    assert to_b.data == 10


@pytest.mark.parametrize(("cls", "function"), OPERATIONS.items())
def test_every_operation_is_a_class_and_a_function(cls: str, function: str) -> None:
    assert issubclass(getattr(babygrad, cls), Function)
    assert callable(getattr(babygrad, function))
    assert {cls, function} <= set(babygrad.__all__)


@pytest.mark.parametrize(
    ("function", "inputs", "cls"),
    [
        *[(name, (2.0, 3.0), cls) for cls, name in list(OPERATIONS.items())[:5]],
        *[(name, (2.0,), cls) for cls, name in list(OPERATIONS.items())[5:13]],
        ("reshape", ([2.0, 3.0], (2, 1)), "Reshape"),
        ("transpose", ([[2.0, 3.0]],), "Transpose"),
        ("broadcast_to", ([2.0, 3.0], (2, 2)), "BroadcastTo"),
        ("summation", ([2.0, 3.0],), "Summation"),
        ("matmul", ([2.0, 3.0], [4.0, 5.0]), "MatMul"),
    ],
)
def test_the_function_applies_its_class(function: str, inputs: tuple, cls: str) -> None:
    first, *rest = inputs
    out = getattr(babygrad, function)(Tensor(first), *rest)
    assert type(out._op) is getattr(babygrad, cls)


def test_the_names_of_the_seed_can_be_imported_from_the_package() -> None:
    namespace: dict = {}
    exec(
        "from babygrad import Tensor, Function, add, mul, sub, div, pow, transpose, reshape, broadcast_to, "
        "summation, matmul, negate, log, exp, relu, sigmoid, tanh, sqrt, abs",
        namespace,
    )
    assert namespace["Tensor"] is Tensor
    assert namespace["abs"](Tensor([-3.0])).data == 3
    assert babygrad.Relu is babygrad.ReLU
    assert babygrad.multiply is babygrad.mul
    assert babygrad.divide is babygrad.div
    assert babygrad.power is babygrad.pow


def test_an_operation_of_ones_own_is_a_subclass_with_two_rules() -> None:
    class Cube(Function):
        def forward(self, x: np.ndarray) -> np.ndarray:
            assert type(x) is np.ndarray
            return x**3

        def backward(self, out_grad: Tensor, node: Tensor) -> Tensor:
            (x,) = node._inputs
            return out_grad * 3 * x * x

    x = Tensor([2.0, -1.0])
    Cube()(x).backward([1.0, 10.0])
    assert x.grad.tolist() == [12, 30]
