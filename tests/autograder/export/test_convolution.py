"""Lesson 15 on a package made of learners' cells: windows are read, and gradients reach the pixels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.export.choice import borrowed, chosen
from autograder.export.layout import laid_out
from autograder.export.parts import CELLS, PARTS
from autograder.selftest.corpus import right_solutions

from ..lessons import ROOT, code, notebook
from .learner import read
from .test_digits import run

LESSON = "15_convolution"
OPENED = """
import json
import numpy as np
from babygrad.data import digits
from mybabygrad import Function, Tensor, no_grad
from mybabygrad.nn import Linear, Module, softmax_loss
from mybabygrad.optim import SGD

def progress(steps, what):
    return steps
"""
TOLD = """
print(json.dumps([share_right(model, i, test_labels) for i in (test_images, *nudged.values())]))
"""


def shown() -> list[str]:
    """The cells that define the network, train it and nudge the pixels."""
    cells = [cell for cell in notebook("solutions", LESSON).cells if cell.cell_type == "code"]
    plain = [cell for cell in cells if "nbgrader" not in cell.metadata]
    return [cell.source for cell in plain if not cell.metadata.get("jupyter", {}).get("source_hidden")]


@pytest.mark.parametrize(("lent", "style"), [(None, ""), (1, "views, and add.at")])
def test_the_network_reads_digits_and_its_gradients_fool_it(
    lent: int | None, style: str, tmp_path: Path
) -> None:
    choices = chosen(read({}), dict.fromkeys(CELLS))
    if lent is not None:
        choices.update((part.label, borrowed(choices[part.label], "")) for part in PARTS[lent::3])
    laid_out(choices, "mybabygrad").write(tmp_path / "mybabygrad")
    answers = code("solutions", LESSON)
    if style:
        answers["unfold"] = right_solutions(ROOT, LESSON)["unfold", style]
    cells = [answers["unfold"], answers["conv"], *shown()]
    (tmp_path / "train.py").write_text("\n\n".join([OPENED, *cells, TOLD]), encoding="utf-8")
    plain, at_random, uphill = json.loads(run(tmp_path, "train.py").splitlines()[-1])
    assert plain >= 0.96
    assert at_random >= 0.85
    assert uphill <= 0.25
