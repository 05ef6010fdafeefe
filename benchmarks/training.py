"""What does a training step with babygrad.nn and babygrad.optim cost, compared with NumPy by hand?

Both take the same steps (this is checked first) on one thread and in turns. The ratio is that of the two
times within a round, so that a busy moment of the machine meets both.
"""

from __future__ import annotations

from engine import keep_freed_memory, with_bar  # isort: skip  (before NumPy, as it sets the threads)

import argparse
import gc
from collections.abc import Callable
from itertools import pairwise
from time import process_time

import numpy as np
from peers import BATCH, RATE, SIZES, ByHand, Problem

from babygrad.nn import Linear, Module, ReLU, Sequential, softmax_loss
from babygrad.optim import SGD

STEPS = 10
"""Training steps in a round, of each."""


def training(problem: Problem) -> Callable[[], float]:
    """A step as the lessons write it: images and labels are arrays, the model is made of layers."""
    layers: list[Module] = []
    for inputs, outputs in pairwise(SIZES):
        layers += [Linear(inputs, outputs), ReLU()]
    model = Sequential(*layers[:-1])
    start = [array for pair in zip(problem.weights, problem.biases, strict=True) for array in pair]
    model.load_state_dict(dict(zip(model.state_dict(), start, strict=True)))
    optimizer = SGD(model.parameters(), lr=float(RATE))

    def step() -> float:
        optimizer.zero_grad()
        loss = softmax_loss(model(problem.images), problem.labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def seconds(step: Callable[[], float]) -> float:
    """The processor's time for some steps, in seconds for each."""
    gc.collect()  # so that nobody pays for what another has left
    start = process_time()
    for _ in range(STEPS):
        step()
    return (process_time() - start) / STEPS


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100, metavar="N", help="(default: %(default)s)")
    rounds = parser.parse_args().rounds
    if rounds < 1:
        parser.error("--rounds must be at least 1")

    keep_freed_memory()
    ours, by_hand = training(Problem()), ByHand().training(Problem())
    for _ in range(50):
        np.testing.assert_allclose(ours(), by_hand(), rtol=1e-4)
    gc.freeze()
    times = np.array([(seconds(ours), seconds(by_hand)) for _ in with_bar(rounds, "training steps")])
    low, middle, high = np.quantile(times[:, 0] / times[:, 1], [0.1, 0.5, 0.9])
    fast, fast_by_hand = 1e3 * np.quantile(times, 0.1, axis=0)
    print(f"A training step, {'-'.join(map(str, SIZES))}, batch {BATCH}, float32, one thread")
    print(f"babygrad.nn {fast:.2f} ms, NumPy by hand {fast_by_hand:.2f} ms (the fastest tenth is below)")
    print(f"babygrad.nn / NumPy by hand: {middle:.2f}; eight rounds of ten are from {low:.2f} to {high:.2f}")


if __name__ == "__main__":
    main()
