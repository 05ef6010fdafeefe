"""The lessons as the tests use them: their exercises, their notebooks, and a way to grade a notebook fast."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from autograder import child, plain, trusted
from autograder.exercise import Exercise
from autograder.exercises import LESSONS, exercises
from autograder.report import Report
from babygrad import Tensor

ROOT = Path(__file__).parents[2]

EXERCISES = [exercise for lesson in LESSONS for exercise in exercises(lesson)]
NAMES = [exercise.name for exercise in EXERCISES]


def lesson_of(exercise: Exercise) -> str:
    """The lesson that an exercise belongs to."""
    return exercise.name.split("/")[0]


@cache
def notebook(folder: str, lesson: str) -> NotebookNode:
    """The committed notebook of a lesson: folder is "solutions" or "notebooks"."""
    return nbformat.read(ROOT / folder / lesson / f"{lesson}.ipynb", as_version=4)


def code(folder: str, lesson: str) -> dict[str, str]:
    """The learner's cells and the given ones, by id, in the notebook's order."""
    cells = [cell for cell in notebook(folder, lesson).cells if "nbgrader" in cell.metadata]
    return {cell.id: cell.source for cell in cells if not cell.metadata.nbgrader.grade}


def grade_in_this_process(
    lesson: str, cells: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch, **limits: Any
) -> dict[str, Report]:
    """What ``trusted.reports`` says of `cells`, without the half second that a process takes to start."""

    def ask(request: dict[str, Any], total: float) -> list[dict[str, Any]]:
        work = Path(folder, f"child-{len(list(folder.iterdir()))}")
        work.mkdir()
        (work / "request.json").write_text(plain.dumps(request), encoding="utf-8")
        before = Path.cwd(), sys.stdin, sys.modules["__main__"]
        try:
            child.main(work)
        finally:
            os.chdir(before[0])
            sys.stdin, sys.modules["__main__"] = before[1:]
        return list(trusted._whole((work / "answer.jsonl").read_text(encoding="utf-8").splitlines()))

    with monkeypatch.context() as patch:
        patch.setattr(trusted, "_ask_child", ask)
        patch.setattr(Tensor, "backward", Tensor.backward)  # lesson 08 replaces it; put it back afterwards
        return trusted.reports(exercises(lesson), cells.items(), **limits)
