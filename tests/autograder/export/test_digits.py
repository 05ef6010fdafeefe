"""A learner's package learns to read digits, with the loop of lesson 12, and what is wrong is told before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.export.choice import borrowed, chosen
from autograder.export.layout import laid_out
from autograder.export.parts import CELLS, PARTS

from ..lessons import ROOT, code
from .learner import read, wrong

PREPARED = """
import json, sys
sys.modules["babygrad"] = sys.modules["autograder"] = None  # an import of either is an error
import numpy as np
from mybabygrad import no_grad
from mybabygrad.data import digits, mnist, split
from mybabygrad.nn import Linear, ReLU, Sequential, softmax_loss
from mybabygrad.optim import SGD

def progress(steps, words=""):
    return steps
"""
DIGITS = """
train_digits, test_digits = digits()
found = []
for seed in (0, 1, 2):
    rng = np.random.default_rng(seed)
    model = Sequential(Linear(64, 100, rng=rng), ReLU(), Linear(100, 10, rng=rng))
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses, accuracies = train(model, optimizer, train_digits.arrays, test_digits.arrays, 20, 32, rng)
    found.append(accuracies[-1])
    table = confusion(test_digits.arrays[1], predict(model, test_digits.arrays[0]), 10)
    assert np.trace(table) == round(accuracies[-1] * table.sum()), "the diagonal has the right ones"
print(json.dumps(found))
"""
MNIST = """
train_digits, test_digits = split(mnist(sys.argv[1], "test"), 0.2)
assert (len(train_digits), len(test_digits)) == (8000, 2000)
rng = np.random.default_rng(0)
model = Sequential(Linear(784, 100, rng=rng), ReLU(), Linear(100, 10, rng=rng))
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
print(json.dumps(train(model, optimizer, train_digits.arrays, test_digits.arrays, 4, 64, rng)[1]))
"""


def trained(
    folder: Path, program: str, changes: Mapping[str, str | None] | None = None, lent: int | None = None
) -> list[float]:
    """What a program of lesson 12 prints, on the package made of the solutions.

    changes: of the notebooks, which count as right. lent: every third part, from this one on, is borrowed.
    """
    choices = chosen(read(changes), dict.fromkeys(CELLS))
    if lent is not None:
        choices.update((part.label, borrowed(choices[part.label], "")) for part in PARTS[lent::3])
    laid_out(choices, "mybabygrad").write(folder / "mybabygrad")
    loop = [text for cell, text in code("solutions", "12_digits").items() if not cell.startswith("given")]
    (folder / "train.py").write_text("\n\n".join([PREPARED, *loop, program]), encoding="utf-8")
    return json.loads(run(folder, "train.py", os.environ.get("BABYGRAD_MNIST", "")))


def run(folder: Path, *arguments: str, **environment: str) -> str:
    """What Python prints in a folder, with one processor for NumPy."""
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **environment}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_package_of_the_solutions_reads_digits(tmp_path: Path) -> None:
    assert min(trained(tmp_path, DIGITS)) >= 0.97


LATER = pytest.mark.slow


@pytest.mark.parametrize("first", [pytest.param(0, marks=LATER), 1, pytest.param(2, marks=LATER)])
def test_it_does_so_with_every_third_part_borrowed(first: int, tmp_path: Path) -> None:
    assert min(trained(tmp_path, DIGITS, lent=first)) >= 0.97


AVERAGED = ("06_broadcasting", "unbroadcast", "mean", "unbroadcast")


@LATER
def test_training_is_no_check(tmp_path: Path) -> None:
    """As lesson 12 says: with gradients of biases that are averaged, nobody would notice anything."""
    assert min(trained(tmp_path, DIGITS, wrong(*AVERAGED))) >= 0.96


@pytest.mark.skipif(not os.environ.get("BABYGRAD_MNIST"), reason="BABYGRAD_MNIST names no folder with MNIST")
def test_the_same_loop_reads_mnist(tmp_path: Path) -> None:
    accuracies = trained(tmp_path, MNIST)
    assert accuracies[-1] >= 0.93


# In the notebook -------------------------------------------------------------------------------------

OPENED = """
from autograder.export import library
shown = library("mybabygrad")
from mybabygrad import no_grad, summation
from mybabygrad.nn import Linear, ReLU, Sequential, softmax_loss
from mybabygrad.optim import SGD
print(repr(shown))
print(shown._repr_html_().count("<details>"), Linear.__module__)
"""


def course(folder: Path, changes: Mapping[str, str | None]) -> Path:
    """A course with lesson 06 as a learner has it, and nothing else; returns the folder of lesson 12."""
    lesson = "06_broadcasting"
    notebook: Any = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = changes.get(f"{lesson}/{cell.id}") or cell.source
    for name in (lesson, "12_digits"):
        (folder / "notebooks" / name).mkdir(parents=True)
    nbformat.write(notebook, folder / "notebooks" / lesson / f"{lesson}.ipynb")
    return folder / "notebooks" / "12_digits"


def test_a_part_that_is_subtly_wrong_is_told_before_training(tmp_path: Path) -> None:
    said = run(course(tmp_path, wrong(*AVERAGED)), "-c", OPENED)
    (line,) = [line for line in said.splitlines() if line.startswith("unbroadcast ")]
    assert line.startswith("unbroadcast is borrowed. 06_broadcasting: not right yet: in its check, “")
    assert "2 of 40 parts are yours, 38 borrowed from babygrad." in said, said
    assert said.endswith("1 mybabygrad.nn\n")


@pytest.mark.parametrize("environment", [{}, {"NBGRADER_EXECUTION": "autograde"}])
def test_where_nothing_can_be_gathered_babygrad_stands_in(
    environment: dict[str, str], tmp_path: Path
) -> None:
    folder = course(tmp_path, {}) if environment else tmp_path
    said = run(folder, "-c", OPENED, **environment)
    why = "While nbgrader runs" if environment else "There are no other lessons in this folder"
    assert said.startswith(why)
    assert "`mybabygrad` is the finished babygrad here" in said
    assert said.endswith("0 babygrad.nn\n")
    assert [path.name for path in folder.iterdir()] == []


@LATER
def test_a_second_call_imports_the_package_anew(tmp_path: Path) -> None:
    twice = f"{OPENED}\nfirst = Linear\n{OPENED}\nprint(Linear is not first)"
    assert run(course(tmp_path, {}), "-c", twice).endswith("True\n")
