"""Lesson 14 on a package made of learners' cells: a head learns to reverse, whoever has written the parts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.export.choice import borrowed, chosen
from autograder.export.layout import laid_out
from autograder.export.parts import CELLS, PARTS

from ..lessons import code
from .learner import read
from .test_digits import run

OPENED = """
import json, sys
sys.modules["babygrad"] = sys.modules["autograder"] = None  # an import of either is an error
import numpy as np
from mybabygrad import Tensor, exp, logsumexp, no_grad, reshape, transpose
from mybabygrad.nn import Linear, Module, softmax_loss
from mybabygrad.optim import Adam
"""
REVERSED = """
shares = []
for seed in (0, 1, 2, 3):
    rng = np.random.default_rng(seed)
    head = Head(KINDS + PLACES, 16, KINDS, rng)
    optimizer = Adam(head.parameters(), lr=0.03)
    for _ in range(300):
        rows, right = sequences(32, rng)
        optimizer.zero_grad()
        logits, _ = head(rows)
        softmax_loss(reshape(logits, (-1, KINDS)), right.reshape(-1)).backward()
        optimizer.step()
    rows, right = sequences(500, rng)
    with no_grad():
        logits, weights = head(rows)
    assert np.allclose(weights.data.sum(axis=-1), 1, atol=1e-5)
    shares.append(float((logits.data.argmax(axis=-1) == right).mean()))
print(json.dumps(shares))
"""


@pytest.mark.parametrize("lent", [None, 1])
def test_a_head_reverses_eight_symbols(lent: int | None, tmp_path: Path) -> None:
    choices = chosen(read({}), dict.fromkeys(CELLS))
    if lent is not None:
        choices.update((part.label, borrowed(choices[part.label], "")) for part in PARTS[lent::3])
    laid_out(choices, "mybabygrad").write(tmp_path / "mybabygrad")
    cells = {name: text for name, text in code("solutions", "14_attention").items() if "mybaby" not in text}
    lesson = [text for name, text in cells.items() if name != "given_imports"]
    (tmp_path / "train.py").write_text("\n\n".join([OPENED, *lesson, REVERSED]), encoding="utf-8")
    said = run(tmp_path, "train.py")
    assert min(json.loads(said.splitlines()[-1])) >= 0.99
