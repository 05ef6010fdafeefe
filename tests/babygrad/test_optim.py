"""Optimizers: the same numbers as PyTorch, the definitions by hand, and errors before anything is changed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from babygrad import Tensor
from babygrad.nn import Linear, Parameter, ReLU, Sequential, softmax_loss
from babygrad.optim import SGD, Adam, Optimizer

from .pytorch_run import DTYPES, OPTIMIZERS, SIZES, STEPS, by_pytorch, problem, recorded

# The same as PyTorch -------------------------------------------------------------------------------------


def by_babygrad(optimizer: str, dtype: str) -> dict[str, Any]:
    """What ``by_pytorch`` returns, by babygrad."""
    x, labels, state = problem(dtype)
    n_in, hidden, n_out = SIZES
    model = Sequential(Linear(n_in, hidden), ReLU(), Linear(hidden, n_out))
    for parameter in model.parameters():
        parameter.data = parameter.data.astype(dtype)
    model.load_state_dict(state)
    kind, settings = OPTIMIZERS[optimizer]
    steps = {"SGD": SGD, "Adam": Adam}[kind](model.parameters(), **settings)
    losses = []
    for _ in range(STEPS):
        steps.zero_grad()
        loss = softmax_loss(model(x), labels)
        loss.backward()
        steps.step()
        losses.append(loss.item())
    assert all(parameter.dtype == dtype for parameter in model.parameters())
    return {"losses": losses, **model.state_dict()}


def same(ours: dict[str, Any], theirs: dict[str, Any], rtol: float) -> None:
    assert ours.keys() == theirs.keys()
    for name, numbers in theirs.items():
        np.testing.assert_allclose(ours[name], numbers, rtol=rtol, err_msg=name)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_fifty_steps_are_those_that_pytorch_was_seen_to_take(optimizer: str, dtype: str) -> None:
    ours = by_babygrad(optimizer, dtype)
    same(ours, recorded(optimizer, dtype), rtol=1e-5 if dtype == "float32" else 1e-8)
    assert ours["losses"][-1] < 0.7 * ours["losses"][0], "it learns"


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_fifty_steps_are_those_of_pytorch_that_is_installed(optimizer: str, dtype: str) -> None:
    rtol = 1e-5 if dtype == "float32" else 1e-10
    same(by_babygrad(optimizer, dtype), by_pytorch(optimizer, dtype), rtol)


# The definitions, by hand --------------------------------------------------------------------------------


def after(optimizer: type[Optimizer], gradients: list[float], **settings: Any) -> list[float]:
    """A number that begins at 5, after each step with these gradients."""
    parameter = Parameter(np.array(5.0))
    steps = optimizer([parameter], **settings)
    seen = []
    for gradient in gradients:
        parameter.grad = np.array(gradient)
        steps.step()
        seen.append(parameter.item())
    return seen


def test_plain_sgd_goes_against_the_gradient() -> None:
    assert after(SGD, [3.0, -0.5], lr=0.5) == [3.5, 3.75]


def test_the_first_velocity_is_the_gradient_and_later_ones_remember_it() -> None:
    assert after(SGD, [3.0, 1.0], lr=0.5, momentum=0.5) == [3.5, 3.5 - 0.5 * (0.5 * 3 + 1)]


def test_weight_decay_pulls_to_zero_where_the_gradient_is_zero() -> None:
    assert after(SGD, [0.0, 0.0], lr=0.5, weight_decay=0.5) == [3.75, 2.8125]


@pytest.mark.parametrize("gradient", [1e-3, 7.0, 1e6])
def test_a_step_of_adam_is_as_long_as_its_learning_rate_whatever_the_gradient(gradient: float) -> None:
    steps = after(Adam, [gradient] * 4, lr=0.25)
    np.testing.assert_allclose(steps, [4.75, 4.5, 4.25, 4.0], rtol=1e-5)


def test_two_steps_of_adam_by_its_formula() -> None:
    m, v = 0.1 * 3 * 0.9 + 0.1 * -1, 0.001 * 9 * 0.999 + 0.001 * 1
    first = 5 - 0.2 * 3 / (3 + 1e-8)
    second = first - 0.2 * (m / (1 - 0.9**2)) / (np.sqrt(v / (1 - 0.999**2)) + 1e-8)
    np.testing.assert_allclose(after(Adam, [3.0, -1.0], lr=0.2), [first, second], rtol=1e-14)


# What is touched, and what is not ------------------------------------------------------------------------


EVERY = {
    "plain SGD": lambda parameters: SGD(parameters, lr=0.1),
    "momentum and decay": lambda parameters: SGD(parameters, lr=0.1, momentum=0.9, weight_decay=0.1),
    "Adam": lambda parameters: Adam(parameters, lr=0.1, weight_decay=0.1),
}


@pytest.mark.parametrize("name", EVERY)
def test_a_parameter_without_a_gradient_is_left_alone_and_its_steps_are_not_counted(name: str) -> None:
    late, alone = Parameter([3.0, -2.0]), Parameter([3.0, -2.0])
    other = Parameter([1.0])
    both, single = EVERY[name]([late, other]), EVERY[name]([alone])
    for _ in range(3):
        other.grad = np.float32([0.5])
        both.step()
        assert late.data.tolist() == [3, -2]
    for _ in range(2):
        late.grad, alone.grad = np.float32([0.5, 7]), np.float32([0.5, 7])
        both.step()
        single.step()
    assert late.data.tolist() == alone.data.tolist() != [3, -2]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_stay_as_they_are_and_dtypes_too(name: str, dtype: type) -> None:
    parameter = Parameter(np.ones((2, 3), dtype))
    steps = EVERY[name]([parameter])
    data = parameter.data
    for _ in range(2):
        parameter.grad = gradient = np.full((2, 3), 0.5, dtype)
        steps.step()
        assert parameter.grad is gradient
        assert (gradient == 0.5).all()
        gradient += 100  # what is remembered of it does not change
    assert parameter.data is data, "changed in place: whoever shares the memory sees it"
    assert parameter.dtype == dtype
    assert (parameter.data < 1).all()
    assert (parameter.data > 0).all()


def test_zero_grad_forgets_all_gradients() -> None:
    a, b = Parameter([3.0]), Parameter([4.0])
    (a * b).backward()
    SGD([a, b], lr=0.1).zero_grad()
    assert a.grad is None
    assert b.grad is None


def test_a_generator_of_parameters_is_read_once_and_kept() -> None:
    model = Linear(3, 2, rng=0)
    steps = SGD((parameter for parameter in model.parameters()), lr=0.1)
    assert [id(p) for p in steps.parameters] == [id(model.weight), id(model.bias)]


# Errors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", [SGD, Adam])
@pytest.mark.parametrize("lr", [0, -0.1, float("nan"), float("inf")])
def test_a_learning_rate_is_above_zero(optimizer: type, lr: float) -> None:
    with pytest.raises(ValueError, match=rf"{optimizer.__name__}: the learning rate must be above 0, .*{lr}"):
        optimizer([Parameter([1.0])], lr=lr)


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_parameters_are_there_once_and_can_be_learned(optimizer: type) -> None:
    name = optimizer.__name__
    shared, constant = Parameter([[1.0, 2.0]]), Tensor([1.0], requires_grad=False)
    for parameters, error, message in [
        ([], ValueError, f"{name}: there are no parameters. Are the model's layers attributes of it?"),
        ([Parameter([1.0]), shared, shared], ValueError, r"parameter 2, of shape \(1, 2\), is there twice"),
        ([constant], ValueError, r"parameter 0, of shape \(1,\), requires no gradient"),
        ([np.ones(3)], TypeError, "parameter 0 is no Tensor but ndarray"),
        (["weight"], TypeError, "parameter 0 is no Tensor but str; see model.parameters()"),
    ]:
        with pytest.raises(error, match=message):
            optimizer(parameters, lr=0.1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: SGD(p, 0.1, momentum=1), "SGD: momentum must be at least 0 and below 1; it is 1"),
        (lambda p: SGD(p, 0.1, momentum=-0.9), "momentum must be at least 0"),
        (lambda p: SGD(p, 0.1, weight_decay=-1), "SGD: weight_decay must be at least 0; it is -1"),
        (lambda p: Adam(p, betas=(0.9, 1)), r"Adam: betas\[1\] must be at least 0 and below 1; it is 1"),
        (lambda p: Adam(p, betas=(-0.1, 0.9)), r"betas\[0\]"),
        (lambda p: Adam(p, eps=0), "Adam: eps must be above 0"),
        (lambda p: Adam(p, weight_decay=float("nan")), "Adam: weight_decay must be at least 0; it is nan"),
    ],
)
def test_settings_out_of_range_are_named(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make([Parameter([1.0])])


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_no_number_stops_at_its_step_before_anything_changes(
    name: str, bad: float
) -> None:
    first, second = Parameter([3.0]), Parameter([[1.0, 2.0]])
    steps = EVERY[name]([first, second])
    for _ in range(2):
        first.grad, second.grad = np.float32([1]), np.float32([[1, 1]])
        steps.step()
    before = first.data.copy(), second.data.copy()
    second.grad = np.float32([[0.5, bad]])
    with pytest.raises(FloatingPointError) as caught:
        steps.step()
    text = str(caught.value)
    assert "step 3: the gradient of parameter 1, of shape (1, 2), holds nan or infinity" in text
    assert "Nothing was changed" in text
    assert "0.1 is too high a learning rate" in text
    assert np.array_equal(first.data, before[0])
    assert np.array_equal(second.data, before[1])


def test_large_gradients_are_numbers_too() -> None:
    parameter = Parameter([0.0, 0.0])
    parameter.grad = np.float32([1e30, -1e30])  # their squares are not, in float32
    SGD([parameter], lr=0.5).step()
    assert parameter.data.tolist() == np.float32([-5e29, 5e29]).tolist()


def test_training_with_data_that_holds_nan_stops_at_the_first_step() -> None:
    x, labels, _ = problem("float32")
    x[7, 2] = np.nan
    model = Linear(SIZES[0], SIZES[-1], rng=0)
    steps = SGD(model.parameters(), lr=0.1)
    softmax_loss(model(x), labels).backward()
    with pytest.raises(FloatingPointError, match=r"SGD, step 1: .* Look at the inputs"):
        steps.step()
    assert np.isfinite(model.weight.data).all()


def test_a_gradient_of_another_shape_is_refused() -> None:
    parameter = Parameter(np.ones((2, 3)))
    parameter.grad = np.ones(3)
    with pytest.raises(
        ValueError, match=r"step 1: the gradient of parameter 0, of shape \(2, 3\), has the shape \(3,\)"
    ):
        SGD([parameter], lr=0.1).step()
    assert (parameter.data == 1).all()


def test_the_base_class_has_no_step() -> None:
    with pytest.raises(NotImplementedError, match="Optimizer has no step"):
        Optimizer([Parameter([1.0])], lr=0.1).step()
