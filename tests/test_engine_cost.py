"""What a training step costs, counted instead of timed: the same on every machine, busy or not."""

import gc
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import babygrad as bg
from babygrad import Function, MatMul, Tensor


class Network:
    """784-256-128-10 in small: two hidden layers, softmax cross-entropy."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.images = Tensor(random.normal(size=(6, 5)), requires_grad=False)
        self.targets = Tensor(np.eye(2)[[0, 1, 1, 0, 1, 0]], requires_grad=False)
        self.weights = [Tensor(random.normal(size=size)) for size in ((5, 4), (4, 3), (3, 2))]
        self.biases = [Tensor(np.zeros(size)) for size in (4, 3, 2)]

    def loss(self) -> Tensor:
        hidden = self.images
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = (hidden @ weight + bias).relu()
        logits = hidden @ self.weights[-1] + self.biases[-1]
        log_sums = logits.exp().sum(axis=1, keepdims=True).log()
        return (log_sums - (logits * self.targets).sum(axis=1, keepdims=True)).mean()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Function, Tensor]]:
    """Every operation that is run in the test, with its result."""
    seen: list[tuple[Function, Tensor]] = []
    call: Callable = Function.__call__

    def counted(self: Function, *inputs: Tensor) -> Tensor:
        output = call(self, *inputs)
        seen.append((self, output))
        return output

    monkeypatch.setattr(Function, "__call__", counted)
    return seen


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def tensors_alive() -> int:
    return sum(type(thing) is Tensor for thing in gc.get_objects())


def test_a_step_multiplies_eight_matrices(calls: list) -> None:
    """Three forward, three for the weights, two for the hidden layers and none for the images."""
    network = Network()
    network.loss().backward()
    assert sum(isinstance(op, MatMul) for op, _ in calls) == 3 + 3 + 2


def test_a_step_runs_no_operation_in_vain(calls: list) -> None:
    """Backward: 10 for the products and their transposes, 3 for the biases, 2 masks, and 9 in the loss."""
    loss = Network().loss()
    assert len(calls) == 16
    calls.clear()
    loss.backward()
    assert len(calls) <= 10 + 3 + 2 + 9


def test_backward_records_nothing(calls: list) -> None:
    loss = Network().loss()
    calls.clear()
    loss.backward()
    assert calls
    assert not any(output.requires_grad or output._inputs for _, output in calls)


@pytest.mark.parametrize("expression", [lambda x: x * 3, lambda x: 3 - x, lambda x: x / 3.5])
def test_a_number_in_an_expression_runs_no_operation_of_its_own(calls: list, expression: Callable) -> None:
    expression(Tensor([1.0, 2.0]))
    assert len(calls) == 1


def test_equal_shapes_and_constants_cost_nothing_in_a_rule(calls: list) -> None:
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    for y, expected in ((a + b, 0), (a * b, 2), (a * 3, 1), (a + 3, 0), (-a, 1)):
        calls.clear()
        y.backward()
        a.grad = b.grad = None
        assert len(calls) == expected


def test_a_tensor_used_many_times_costs_one_addition_for_each_use(calls: list) -> None:
    x = y = Tensor([1.0])
    for _ in range(100):
        y = y + x
    calls.clear()
    y.backward()
    assert len(calls) == 100


@pytest.mark.usefixtures("no_collector")
def test_steps_leave_no_tensor_behind_for_the_garbage_collector() -> None:
    network = Network()
    before = tensors_alive()
    for _ in range(3):
        network.loss().backward()
        bg.grad(network.loss(), network.weights)
    assert tensors_alive() == before


@pytest.mark.usefixtures("no_collector")
def test_a_graph_is_as_large_as_its_operations_and_goes_with_its_last_tensor() -> None:
    x = y = Tensor([0.5])
    before = tensors_alive()
    for _ in range(1000):
        y = -y.tanh()
    assert tensors_alive() == before + 2000
    y.backward()
    assert tensors_alive() == before + 2000
    del y
    assert tensors_alive() == before
    assert x.grad is not None
