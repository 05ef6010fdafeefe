"""The lessons as the tests use them: their exercises, their notebooks, and a way to grade a notebook fast."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from autograder import asking, child, trusted
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
    """What ``trusted.reports`` says of `cells`, with all of babygrad there, and nobody shut in.

    Cells may then take wrong parts from the exercises; only a part that is the reference itself is nobody's.
    """
    references = [item for exercise in exercises(lesson) for item in exercise.reference.items()]

    def is_own(namespace: dict[str, Any], name: str) -> bool:
        return name in namespace and not any(
            name == other and namespace[name] is part for other, part in references
        )

    with monkeypatch.context() as patch:
        patch.setattr(asking, "_zygote", lambda: _NoZygote(folder))
        patch.setattr(child, "is_own", is_own)
        patch.setattr(Tensor, "backward", Tensor.backward)  # lesson 08 replaces it; put it back afterwards
        return trusted.reports(exercises(lesson), cells.items(), **limits)


class _NoZygote:
    """Stands for a warm process: its children are this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def child(self) -> Iterator[_NoChild]:
        before = Path.cwd(), sys.stdin, sys.modules["__main__"]
        work = self.folder / f"child-{len(list(self.folder.iterdir()))}"
        work.mkdir()
        os.chdir(work)
        try:
            yield _NoChild()
        finally:
            os.chdir(before[0])
            sys.stdin, sys.modules["__main__"] = before[1:]


class _NoChild:
    def send(self, request: dict[str, Any]) -> None:
        answers = child.Work(json.loads(json.dumps(request))).answers()
        self.word = request["word"]
        self.answers = chain([{"ready": True, "layers": []}], answers, [{"running": "done"}])

    def receive(self, seconds: float, most: int) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(json.dumps(next(self.answers)))
        return {"word": self.word, **answer}

    def kill(self) -> None:
        """It is this process, and writes little."""
