"""What does a training step cost, compared with NumPy by hand: with babygrad, and with a learner's library?

The learner's is gathered from the notebooks of the solutions, as `autograder export` does it. All take the
same steps (this is checked first) on one thread and in turns. A ratio is that of two times within a round, so
that a busy moment of the machine meets all of them.
"""

from __future__ import annotations

from engine import keep_freed_memory, with_bar  # isort: skip  (before NumPy, as it sets the threads)

import argparse
import gc
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from time import process_time

import numpy as np
from peers import BATCH, RATE, SIZES, ByHand, Problem

from autograder.export.choice import chosen
from autograder.export.layout import laid_out
from autograder.export.notebooks import notebooks
from autograder.export.parts import CELLS, LESSONS

SOLUTIONS = Path(__file__).parents[1] / "solutions"
LEARNERS = "library_of_a_learner"
STEPS = 10
"""Training steps in a round, of each."""


def gather(folder: Path) -> None:
    """Make a learner's library in `folder`, and let it be imported from there."""
    found = notebooks(SOLUTIONS, LESSONS)
    laid_out(chosen(found, dict.fromkeys(CELLS)), LEARNERS).write(folder / LEARNERS)
    sys.path.insert(0, str(folder))


def training(problem: Problem, package: str) -> Callable[[], float]:
    """A step as the lessons write it: images and labels are arrays, the model is made of layers."""
    nn, optim = import_module(f"{package}.nn"), import_module(f"{package}.optim")
    layers = []
    for inputs, outputs in pairwise(SIZES):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    start = [array for pair in zip(problem.weights, problem.biases, strict=True) for array in pair]
    model.load_state_dict(dict(zip(model.state_dict(), start, strict=True)))
    optimizer = optim.SGD(model.parameters(), lr=float(RATE))

    def step() -> float:
        optimizer.zero_grad()
        loss = nn.softmax_loss(model(problem.images), problem.labels)
        loss.backward()
        optimizer.step()
        return float(loss.item())

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
    with tempfile.TemporaryDirectory() as folder:
        gather(Path(folder))
        steps = {
            ByHand.name: ByHand().training(Problem()),
            "babygrad": training(Problem(), "babygrad"),
            "a learner's library": training(Problem(), LEARNERS),
        }
    for _ in range(50):
        losses = [step() for step in steps.values()]
        np.testing.assert_allclose(losses, losses[0], rtol=1e-4)
    gc.freeze()
    times = np.array([[seconds(step) for step in steps.values()] for _ in with_bar(rounds, "training steps")])
    print(f"A training step, {'-'.join(map(str, SIZES))}, batch {BATCH}, float32, one thread\n")
    print(f"{'':20} {'ms':>5}   / {ByHand.name}: median, 10th to 90th percentile")
    for name, its in zip(steps, times.T, strict=True):
        low, middle, high = np.quantile(its / times[:, 0], [0.1, 0.5, 0.9])
        print(f"{name:20} {1e3 * np.quantile(its, 0.1):5.2f}   {middle:.2f}, {low:.2f} to {high:.2f}")
    print("\nms: the 10th percentile.")


if __name__ == "__main__":
    main()
