"""Right solutions that are not written like ours get all points too."""

from __future__ import annotations

import re
from importlib import import_module
from textwrap import indent

import pytest

from autograder.exercises import LESSONS, exercises

from .conftest import Grade
from .lessons import code

STYLES = {
    (lesson, cell): styles
    for lesson, module in LESSONS.items()
    for cell, styles in import_module(f"{__package__}.styles.{module}").STYLES.items()
}

_GAP = re.compile(r"^( *)# YOUR CODE HERE\n *raise NotImplementedError\(\)", re.MULTILINE)


def written_into(stub: str, answers: str | tuple[str, ...]) -> str:
    """A released cell with an answer in each of its gaps; an answer with definitions replaces the cell."""
    if isinstance(answers, str) and re.search("^class |^def ", answers, re.MULTILINE):
        return answers
    pending = [answers] if isinstance(answers, str) else list(answers)
    filled = _GAP.sub(lambda gap: indent(pending.pop(0).strip("\n"), gap[1]), stub)
    assert not pending
    assert "NotImplementedError()" not in filled
    return filled


@pytest.mark.parametrize(
    ("lesson", "cell", "style"), [(*where, s) for where, all_ in STYLES.items() for s in all_]
)
def test_another_style_gets_all_points(lesson: str, cell: str, style: str, grade: Grade) -> None:
    cells = code("solutions", lesson)
    cells[cell] = written_into(code("notebooks", lesson)[cell], STYLES[lesson, cell][style])
    reports = grade(lesson, cells)
    assert {name: report.message for name, report in reports.items()} == dict.fromkeys(reports, "")
    assert all(report.right for report in reports.values())


def test_every_exercise_is_tried_in_several_styles() -> None:
    asked = {(lesson, exercise.cell) for lesson in LESSONS for exercise in exercises(lesson)}
    assert STYLES.keys() == asked
    assert min(len(styles) for styles in STYLES.values()) >= 2
