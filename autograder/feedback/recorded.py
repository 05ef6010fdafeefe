"""What the gradebook says of a page: whose it is, and a mark that changes with what the page shows of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

PATIENCE = 5.0
"""Seconds for which a gradebook may be in use by somebody else."""


class GradebookError(Exception):
    """The gradebook cannot be read; says why and what to do."""


@dataclass(frozen=True)
class Recorded:
    """name: "Ada Okafor", or "" where the roster has none. mark: of points, comments, penalty and name."""

    name: str
    mark: str


def read_recorded(db_url: str) -> dict[tuple[str, str], Recorded]:
    """All submissions of the gradebook, by lesson and student. Raises GradebookError."""
    with _in_words(), _opened(db_url) as gradebook:
        return dict(_recorded(gradebook))


def recorded_of(db_url: str, lesson: str, student: str) -> Recorded | None:
    """One submission; None where the gradebook does not know it."""
    with Gradebook(db_url) as gradebook:  # as nbgrader's GetGrades opens it
        asked = (Assignment.name == lesson, SubmittedAssignment.student_id == student)
        return dict(_recorded(gradebook, *asked)).get((lesson, student))


def is_locked(said: str) -> bool:
    """Whether the database has said that another program holds it."""
    return "database is locked" in said


LOCKED = (
    "the gradebook is locked by another program (formgrader, nbgrader, a database browser). No page was "
    "lost: close the other program and run the same command again."
)

# Opening it ------------------------------------------------------------------------------------------


@contextmanager
def _opened(db_url: str) -> Iterator[Gradebook]:
    address = make_url(db_url)
    if address.get_backend_name() == "sqlite":  # nbgrader would make a file that is missing
        _look(Path(address.database or ""))
    with Gradebook(db_url) as gradebook:
        yield gradebook


def _look(path: Path) -> None:
    if not path.is_file() or not path.stat().st_size:
        raise GradebookError(
            f"{path} is missing or empty, and feedback shows the points and comments recorded there. "
            "No page was touched. Put the gradebook, or a copy of it, back; where there is none, "
            "`autograder grade --force` makes a new one, without what was given by hand."
        )
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as database:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        said = str(getattr(error, "orig", None) or error).strip()
        if is_locked(said):
            raise GradebookError(LOCKED) from None
        raise GradebookError(
            f"the gradebook cannot be read ({said}). No page was touched. Put a copy of it back; "
            "if it was made by an older nbgrader, run `nbgrader db upgrade`."
        ) from None


# Reading it ------------------------------------------------------------------------------------------


def _recorded(gradebook: Gradebook, *asked: Any) -> Iterator[tuple[tuple[str, str], Recorded]]:
    shown: dict[tuple[str, str], list[list[Any]]] = {}
    people = (SubmittedNotebook.late_submission_penalty, Student.first_name, Student.last_name)
    rows = _rows(gradebook, asked, *people).join(Student, Student.id == SubmittedAssignment.student_id)
    names = {}
    for lesson, student, penalty, first, last in rows:
        names[lesson, student] = " ".join(part for part in (first, last) if part)
        shown[lesson, student] = [["", penalty or 0, names[lesson, student]]]
    said: tuple[tuple[Any, ...], ...] = ((Grade, Grade.score, Grade.max_score), (Comment, Comment.comment))
    for kind, *columns in said:
        cells = _rows(gradebook, asked, BaseCell.name, *columns)
        cells = cells.join(kind, kind.notebook_id == SubmittedNotebook.id)
        for lesson, student, *row in cells.join(BaseCell, BaseCell.id == kind.cell_id):
            shown[lesson, student].append(row)
    for place, rows_of_it in shown.items():
        yield place, Recorded(names[place], _mark(rows_of_it))


def _rows(gradebook: Gradebook, asked: Any, *columns: Any) -> Any:
    """These columns behind lesson and student, for each submitted notebook."""
    query = gradebook.db.query(Assignment.name, SubmittedAssignment.student_id, *columns)
    query = query.select_from(SubmittedNotebook)
    query = query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    return query.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id).filter(*asked)


def _mark(rows: list[list[Any]]) -> str:
    return sha256("\n".join(sorted(map(json.dumps, rows))).encode()).hexdigest()[:32]
