"""Classes made up for the tests of the report: as objects, and as the files that grading leaves behind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.exercises import exercises
from autograder.judge import Verdict
from autograder.report import Report
from autograder.reporting.reading import Places
from autograder.reporting.submissions import Answer, LessonClass, State, Submission

LESSON = "03_function"
ASKED = tuple((exercise.name, float(exercise.points)) for exercise in exercises(LESSON))
CELLS = {exercise.name: f"check_{exercise.cell}" for exercise in exercises(LESSON)}
ALL_LAYERS = ["limits", "capabilities", "landlock", "seccomp"]


def verdict(most: float, points: float, difference: str = "it is 3.", **texts: str) -> Verdict:
    """A verdict that says nothing where all points are there."""
    if points >= most:
        return Verdict("part", most, points)
    return Verdict("part", most, points, difference=difference, **texts)


def answers(*points: float, by_hand: Sequence[int] = (), **texts: str) -> tuple[Answer, ...]:
    """Answers to the exercises of the lesson, each with one part."""
    return tuple(
        Answer(name, most, earned, Report(name, (verdict(most, earned, **texts),)), place in by_hand)
        for place, ((name, most), earned) in enumerate(zip(ASKED, points, strict=True))
    )


def graded(student: str, *points: float, **about: Any) -> Submission:
    """A graded submission; full points where none are given."""
    earned = points or tuple(most for _, most in ASKED)
    return Submission(student, LESSON, State.GRADED, answers=answers(*earned), **about)


def a_class(*submissions: Submission) -> LessonClass:
    """The class of these."""
    return LessonClass(LESSON, ASKED, submissions)


# Files -----------------------------------------------------------------------------------------------


def places(course: Path) -> Places:
    """The folders of a course."""
    return Places(course / "submitted", course / "autograded", course / ".autograder" / "ungraded")


def check_cell(report: Report, grade_id: str = "") -> dict[str, Any]:
    """A check cell with its verdict, as grading leaves it."""
    about = {"grade": True, "solution": False, "grade_id": grade_id or CELLS[report.name]}
    output = {
        "output_type": "execute_result",
        "execution_count": 1,
        "data": {"text/plain": repr(report)},
        "metadata": {"autograder": report.as_data()},
    }
    return {
        "cell_type": "code",
        "execution_count": 1,
        "source": "",
        "metadata": {"nbgrader": about},
        "outputs": [output],
    }


def cells(*points: float, **texts: str) -> list[dict[str, Any]]:
    """The check cells of the lesson."""
    return [check_cell(answer.report) for answer in answers(*points, **texts)]


def write_graded(
    course: Path, student: str, cells: list[dict[str, Any]], about: Mapping[str, Any] | None = None
) -> Path:
    """Write a graded notebook, with what grading noted about it."""
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"autograder": about or {}}, "cells": cells}
    return _write(course / "autograded" / student / LESSON / f"{LESSON}.ipynb", json.dumps(notebook))


def write_submitted(course: Path, student: str, text: str = "{}") -> Path:
    """Write what somebody handed in."""
    return _write(course / "submitted" / student / LESSON / f"{LESSON}.ipynb", text)


def write_ungraded(course: Path, student: str, reason: str, submission: str = "") -> Path:
    """Write why a submission could not be graded."""
    record = {"student": student, "lesson": LESSON, "reason": reason, "submission": submission}
    return _write(places(course).ungraded / LESSON / f"{student}.json", json.dumps(record))


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
