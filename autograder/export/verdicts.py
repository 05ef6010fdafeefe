"""Which of the learner's cells are right: decided by the checks, as grading decides it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from autograder.export.notebooks import Notebook
from autograder.export.parts import exercises_of
from autograder.report import Report
from autograder.trusted import reports

NOT_THERE, NOT_WRITTEN, NOT_RIGHT = "no notebook", "not written yet", "not right yet"


class Reason(str):
    """Why a cell does not count: a few words that are the same each time, and more of it in ``details``."""

    details: str

    def __new__(cls, words: str, details: str = "") -> Reason:
        """Words such as "not right yet"."""
        made = super().__new__(cls, words)
        made.details = details
        return made

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"{self}: {self.details}" if self.details else str(self)


def verdicts(
    notebooks: Mapping[str, Notebook], advance: Callable[[str], None] = lambda lesson: None
) -> dict[str, Reason | None]:
    """For each cell that the table knows, as "lesson/cell": why it does not count, or None if it is right.

    advance: is called with each lesson that is about to be checked. Raises RuntimeError where the fault is
    ours.
    """
    found: dict[str, Reason | None] = {}
    for lesson, notebook in notebooks.items():
        advance(lesson)
        exercises = exercises_of(lesson)
        if notebook.problem:
            found.update((f"{lesson}/{e.cell}", Reason(NOT_THERE, notebook.problem)) for e in exercises)
            continue
        results = reports(exercises, notebook.cells.items())
        for exercise in exercises:
            report = results[exercise.cell]
            cell = f"{lesson}/{exercise.cell}"
            found[cell] = None if report.right else _reason(notebook, exercise.cell, report)
    return found


def _reason(notebook: Notebook, cell: str, report: Report) -> Reason:
    source = notebook.cells.get(cell)
    if source is None:
        return Reason(NOT_WRITTEN, f"{notebook.file} has no cell {cell}")
    if _GAP.search(source):
        return Reason(NOT_WRITTEN)
    wrong = next(verdict for verdict in report.verdicts if not verdict.right)
    return Reason(NOT_RIGHT, f"in its check, “{wrong.label}”: {wrong.difference}")


_GAP = re.compile(r"^\s*raise NotImplementedError\(\)\s*$", re.MULTILINE)
