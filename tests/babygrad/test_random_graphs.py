"""Random expressions in which intermediate results are used many times, against two other opinions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

import babygrad as bg
from babygrad import Tensor, grad, numeric_gradient

LEAVES = ((2, 3), (3,), (2, 1), (), (3, 3), (1, 3))
"""They all broadcast against each other, but for (2, ...) with (3, 3)."""


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + anp.exp(-x))


# Each step: how many operands, ours, theirs. Domains are kept by construction: x * x + 1 is positive.
STEPS: list[tuple[int, Callable[..., Tensor], Callable[..., Any]]] = [
    (2, lambda a, b: a + b, lambda a, b: a + b),
    (2, lambda a, b: a - b, lambda a, b: a - b),
    (2, lambda a, b: a * b, lambda a, b: a * b),
    (2, lambda a, b: a * b, lambda a, b: a * b),
    (2, lambda a, b: a / (b * b + 1), lambda a, b: a / (b * b + 1)),
    (2, lambda a, b: (a * a + 1) ** bg.tanh(b), lambda a, b: (a * a + 1) ** anp.tanh(b)),
    (2, lambda a, b: a @ b, lambda a, b: anp.matmul(a, b)),
    (2, lambda a, b: a @ b.T, lambda a, b: anp.matmul(a, anp.swapaxes(b, -1, -2))),
    (1, lambda a: 1.5 - a, lambda a: 1.5 - a),
    (1, lambda a: 2 / (1 + bg.abs(a)), lambda a: 2 / (1 + anp.abs(a))),
    (1, lambda a: a**3, lambda a: a**3),
    (1, lambda a: bg.exp(-a * a), lambda a: anp.exp(-a * a)),
    (1, lambda a: bg.log(a * a + 1), lambda a: anp.log(a * a + 1)),
    (1, lambda a: bg.sqrt(a * a + 0.5), lambda a: anp.sqrt(a * a + 0.5)),
    (1, bg.tanh, anp.tanh),
    (1, bg.sigmoid, _sigmoid),
    (1, bg.relu, lambda a: a * (a > 0)),  # anp.maximum has the slope 1/2 at 0
    (1, lambda a: a.sum(-1, keepdims=True), lambda a: anp.sum(a, axis=(-1,), keepdims=True)),
    (1, lambda a: a.mean(0), lambda a: anp.mean(a, axis=(0,))),
    (1, lambda a: a.sum(), lambda a: anp.sum(a)),
    (1, lambda a: a.T.reshape(a.shape), lambda a: anp.reshape(anp.swapaxes(a, -1, -2), a.shape)),
    (1, lambda a: a.broadcast_to(2, 2, 3).sum((0, 1)), lambda a: anp.sum(a + anp.zeros((2, 2, 3)), (0, 1))),
]
Program = list[tuple[int, list[int], bool]]
"""Steps: which, the places of its operands among the leaves and the results so far, and whether tanh of the
result is taken, so that values stay small."""


def evaluate(program: Program, leaves: Sequence[Any], ours: bool) -> Any:
    """The scalar that a program computes: a weighted sum of the squares of all its values."""
    values = list(leaves)
    for step, operands, squash in program:
        result = STEPS[step][1 if ours else 2](*(values[i] for i in operands))
        if squash:
            result = bg.tanh(result) if ours else anp.tanh(result)
        values.append(result)
    squares = (value * value for value in values)
    sums = (square.sum() if ours else anp.sum(square) for square in squares)
    return sum(weight / 10 * part for weight, part in enumerate(sums, start=1))


def random_program(seed: int) -> tuple[Program, list[np.ndarray]]:
    """A program of 3 to 14 steps that NumPy can evaluate, and its leaves."""
    rng = np.random.default_rng(seed)
    leaves = [rng.uniform(-1.5, 1.5, shape) for shape in LEAVES]
    values = list(leaves)
    program: Program = []
    length = rng.integers(3, 15)
    while len(program) < length:
        step = int(rng.integers(len(STEPS)))
        operands = rng.integers(max(0, len(values) - 8), len(values), size=STEPS[step][0]).tolist()
        try:
            result = STEPS[step][2](*(values[i] for i in operands))
        except ValueError:  # shapes that do not fit: try another step
            continue
        squash = bool(np.max(np.abs(result)) > 4)
        program.append((step, operands, squash))
        values.append(np.tanh(result) if squash else result)
    return program, leaves


SEEDS = range(300)
ALL = tuple(range(len(LEAVES)))


def test_the_programs_share_nodes_and_use_every_step() -> None:
    programs = [random_program(seed)[0] for seed in SEEDS]
    used = {step for program in programs for step, _, _ in program}
    assert used == set(range(len(STEPS)))
    operands = [[i for _, places, _ in program for i in places] for program in programs]
    assert np.mean([len(places) > len(set(places)) for places in operands]) > 0.8


def their_function(program: Program) -> Callable[..., Any]:
    return lambda *xs: evaluate(program, xs, ours=False)


def along(gradient: Callable[..., Any], directions: list[np.ndarray]) -> Callable[..., Any]:
    """The slope in the given directions, as a function of the leaves."""
    return lambda *xs: sum(anp.sum(g * d) for g, d in zip(gradient(*xs), directions, strict=True))


@pytest.mark.parametrize("block", range(10))
def test_gradients_of_random_graphs(block: int) -> None:
    for seed in SEEDS[block::10]:
        program, leaves = random_program(seed)
        theirs = their_function(program)
        tensors = [Tensor(x) for x in leaves]
        out = evaluate(program, tensors, ours=True)
        out.backward()
        assert out.item() == pytest.approx(theirs(*leaves), rel=1e-12)
        expected = autograd.grad(theirs, ALL)(*leaves)
        for place, (tensor, second) in enumerate(zip(tensors, expected, strict=True)):
            where = f"seed {seed}, leaf {place}, {program}"
            np.testing.assert_allclose(tensor.grad, second, rtol=1e-9, atol=1e-9, err_msg=where)
        if seed % 3 == 0:
            nudged = numeric_gradient(theirs, leaves, 1.0)
            for tensor, numeric in zip(tensors, nudged, strict=True):
                np.testing.assert_allclose(tensor.grad, numeric, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("block", range(10))
def test_hessian_vector_products_of_random_graphs(block: int) -> None:
    for seed in SEEDS[block::30]:
        program, leaves = random_program(seed)
        rng = np.random.default_rng(1000 + seed)
        directions = [rng.normal(size=x.shape) for x in leaves]
        tensors = [Tensor(x) for x in leaves]
        first = grad(evaluate(program, tensors, ours=True), tensors, create_graph=True)
        slope = sum((g * d).sum() for g, d in zip(first, directions, strict=True))
        found = grad(slope, tensors)
        expected = autograd.grad(along(autograd.grad(their_function(program), ALL), directions), ALL)(*leaves)
        for place, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
            where = f"seed {seed}, leaf {place}, {program}"
            np.testing.assert_allclose(ours.data, theirs, rtol=1e-8, atol=1e-8, err_msg=where)
