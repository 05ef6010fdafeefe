"""The class as a CSV file, one row for each student and lesson."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from autograder.reporting.submissions import LessonClass, Submission

_BEFORE = ("student", "last name", "first name", "lesson", "submitted (UTC)", "seconds late", "status")
_AFTER = ("total", "late penalty", "score", "flags", "first message")


def write_csv(path: Path, lessons: Sequence[LessonClass]) -> None:
    """Write the file. Each exercise has a column, empty in the rows of other lessons."""
    exercises = [name for lesson in lessons for name, _ in lesson.exercises]
    # With its mark, Excel reads UTF-8 as what it is.
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        table = csv.writer(file)
        table.writerow([*_BEFORE, *exercises, *_AFTER])
        for lesson in lessons:
            table.writerows(_row(one, exercises) for one in lesson.submissions)


def _row(one: Submission, exercises: Sequence[str]) -> list[str]:
    points = {answer.name: f"{answer.points:g}" for answer in one.answers}
    time = one.submitted.isoformat(" ", "seconds") if one.submitted else ""
    sums = [f"{number:g}" for number in (one.total, one.penalty, one.score)] if one.graded else [""] * 3
    return [
        *map(_harmless, (one.student, one.last_name, one.first_name, one.lesson)),
        *(time, f"{one.late:.0f}", one.state.value),
        *(points.get(name, "") for name in exercises),
        *sums,
        _harmless(" | ".join(f"{flag.title}: {flag.text}".removeprefix(": ") for flag in one.flags)),
        _harmless(one.first_message.split("\n")[0]),
    ]


def _harmless(text: str) -> str:
    """Spreadsheets take what begins with = + - @ for a formula and run it; an apostrophe makes it a text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
