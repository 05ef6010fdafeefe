"""What nbgrader's gradebook says of a class: read, never written, in three queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Recorded:
    """The points of one cell. score: as nbgrader shows it, where a human's points go before the check's.

    manual: a human's points, None where nobody gave any.
    """

    score: float
    automatic: float | None
    by_hand: bool
    needs_hand: bool
    manual: float | None = None


@dataclass(frozen=True)
class Entry:
    """One submission in the gradebook. submitted: in UTC; late: seconds; grades: by the cell's id."""

    submitted: datetime | None = None
    late: float = 0.0
    penalty: float = 0.0
    grades: dict[str, Recorded] = field(default_factory=dict)


@dataclass(frozen=True)
class Book:
    """First and last names by student's id; entries by lesson and student's id. Empty without a gradebook."""

    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)


def read_book(db_url: str, course_id: str, lessons: Collection[str]) -> Book:
    """What the gradebook holds of these lessons; an empty book where there is no gradebook yet."""
    if not is_there(db_url):  # nbgrader would make one
        return Book()
    from nbgrader.api import Gradebook

    with Gradebook(db_url, course_id) as gradebook:
        return Book(_names(gradebook), _entries(gradebook, lessons))


def is_there(db_url: str) -> bool:
    """Whether there is a gradebook already, as far as that can be told without opening it."""
    from sqlalchemy import make_url

    address = make_url(db_url)
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()


def _names(gradebook) -> dict[str, tuple[str, str]]:
    from nbgrader.api import Student

    people = gradebook.db.query(Student.id, Student.first_name, Student.last_name)
    return {student: (first or "", last or "") for student, first, last in people}


def _entries(gradebook, lessons: Collection[str]) -> dict[tuple[str, str], Entry]:
    from nbgrader.api import Assignment, SubmittedAssignment
    from sqlalchemy.orm import joinedload, undefer

    grades = _grades(gradebook, lessons)
    handed_in = (
        gradebook.db.query(SubmittedAssignment)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name.in_(list(lessons)))
        .options(
            joinedload(SubmittedAssignment.assignment), undefer(SubmittedAssignment.late_submission_penalty)
        )
    )
    return {
        (one.assignment.name, one.student_id): Entry(
            one.timestamp, _seconds_late(one), one.late_submission_penalty or 0.0, grades.get(one.id, {})
        )
        for one in handed_in
    }


def _seconds_late(submission) -> float:
    """nbgrader's own figure; without a due date it cannot add an extension to it."""
    return 0.0 if submission.assignment.duedate is None else float(submission.total_seconds_late)


def _grades(gradebook, lessons: Collection[str]) -> dict[str, dict[str, Recorded]]:
    """The grades by nbgrader's id of the submission and the cell's id."""
    from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

    found: dict[str, dict[str, Recorded]] = {}
    columns = (
        Grade.score,
        Grade.auto_score,
        Grade.manual_score,
        Grade.extra_credit,
        Grade.needs_manual_grade,
    )
    query = (
        gradebook.db.query(SubmittedAssignment.id, BaseCell.name, *columns)
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name.in_(list(lessons)))
    )
    for submission, cell, score, automatic, manual, extra, needs in query:
        by_hand = manual is not None or extra is not None
        found.setdefault(submission, {})[cell] = Recorded(score, automatic, by_hand, bool(needs), manual)
    return found
