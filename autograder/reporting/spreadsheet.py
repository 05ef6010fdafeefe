"""The class as CSV files: a row for each student and lesson, and a row for each student."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.reporting.submissions import LessonClass, State, Submission

_WHO = ("student", "last name", "first name")
_BEFORE = (*_WHO, "lesson", "submitted (UTC)", "seconds late", "status")
_AFTER = ("total", "late penalty", "score", "flags", "first message")


def write_csv(path: Path, lessons: Sequence[LessonClass]) -> None:
    """Write the file. Each exercise has a column, empty in the rows of other lessons."""
    exercises = [name for lesson in lessons for name, _ in lesson.exercises]
    rows = [_row(one, exercises) for lesson in lessons for one in lesson.submissions]
    _write(path, [*_BEFORE, *exercises, *_AFTER], rows)


def write_grades(path: Path, lessons: Sequence[LessonClass]) -> None:
    """Write a file with a row for each student, and what counts in each lesson.

    Empty where nothing was handed in; in words where there are no points yet: neither is 0 points.
    """
    by_student: dict[str, dict[str, Submission]] = {}
    for lesson in lessons:
        for one in lesson.submissions:
            by_student.setdefault(one.student, {})[lesson.lesson] = one
    everybody = sorted(by_student.values(), key=lambda those: next(iter(those.values())).order)
    heads = [f"{lesson.lesson} (of {lesson.most:g})" for lesson in lessons]
    total = f"total (of {sum(lesson.most for lesson in lessons):g})"
    _write(path, [*_WHO, *heads, total], [_grades(those, lessons) for those in everybody])


def _grades(those: dict[str, Submission], lessons: Sequence[LessonClass]) -> list[str]:
    any_of_them = next(iter(those.values()))
    cells = [_grade(those.get(lesson.lesson)) for lesson in lessons]
    total = sum(one.score for one in those.values() if one.graded)
    return [*_names(any_of_them), *cells, f"{total:g}"]


def _grade(one: Submission | None) -> str:
    if one is None or one.state is State.MISSING:
        return ""
    return f"{one.score:g}" if one.graded else one.state.value


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    # With its mark, Excel reads UTF-8 as what it is.
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        table = csv.writer(file)
        table.writerow(head)
        table.writerows(rows)


def _names(one: Submission) -> list[str]:
    return [_harmless(text) for text in (one.student, one.last_name, one.first_name)]


def _row(one: Submission, exercises: Sequence[str]) -> list[str]:
    points = {answer.name: f"{answer.points:g}" for answer in one.answers}
    time = one.submitted.isoformat(" ", "seconds") if one.submitted else ""
    sums = [f"{number:g}" for number in (one.total, one.penalty, one.score)] if one.graded else [""] * 3
    return [
        *_names(one),
        _harmless(one.lesson),
        *(time, f"{one.late:.0f}", one.state.value),
        *(points.get(name, "") for name in exercises),
        *sums,
        _harmless(" | ".join(f"{flag.title}: {flag.text}".removeprefix(": ") for flag in one.flags)),
        _harmless(one.first_message.split("\n")[0]),
    ]


def _harmless(text: str) -> str:
    """Spreadsheets take what begins with = + - @ for a formula and run it; an apostrophe makes it a text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
