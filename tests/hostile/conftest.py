"""The class of the corpus, graded once by ``autograder grade``, and part of it by stock nbgrader."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.scratch import remove

from .course import Looked, grade, possible
from .submissions import ENTRIES

OURS = (str(Path(sys.executable).parent / "autograder"), "grade", "--timeout", "2")
STOCK = (sys.executable, "-m", "nbgrader", "autograde", "03_function")


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for both, after which nothing of ours is in shared memory."""
    made = tmp_path_factory.mktemp("hostile")
    yield made
    remove(made)  # what could not be removed before can hardly be removed by others
    for path in Path("/dev/shm").glob("*HOSTILE*"):
        os.unlink(path)


@pytest.fixture(scope="session")
def by_ours(place: Path) -> Looked:
    """After ``autograder grade``."""
    (place / "ours").mkdir()
    return grade(place / "ours", possible(ENTRIES), OURS)


@pytest.fixture(scope="session")
def by_stock(place: Path) -> Looked:
    """After ``nbgrader autograde``, of those that are handed in to it."""
    (place / "stock").mkdir()
    return grade(place / "stock", [entry for entry in possible(ENTRIES) if entry.stock], STOCK)
