"""nbgrader's gradebook, with everything about one submission in one transaction."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    InvalidEntry,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError, SAWarning
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from autograder.course import find_programs
from autograder.grading.settings import GradingError, Settings, course_directory
from autograder.reporting.gradebook import is_there

PATIENCE = 15.0
"""Seconds for which a gradebook may be in use by somebody else."""

Answer = TypeVar("Answer")


class _Held(Session):
    """A session whose commits wait: nbgrader commits after each cell."""

    def commit(self) -> None:
        """Send what there is to the database, where it is not yet for good."""
        self.flush()

    def commit_now(self) -> None:
        """Make it so, for good."""
        super().commit()


class Book(Gradebook):
    """A gradebook that is opened once, and written to in whole submissions."""

    def __init__(self, db_url: str, course_id: str) -> None:
        find_programs()
        super().__init__(db_url, course_id)
        self._found: dict[tuple, dict[str, Any]] = {}
        self.db.remove()
        self.db: Any = scoped_session(sessionmaker(autoflush=True, bind=self.engine, class_=_Held))
        if self.engine.dialect.name == "sqlite":
            self.engine.dispose()
            event.listen(self.engine, "connect", _wait_briefly)

    def __exit__(self, *error: Any) -> None:
        """A step that opened the gradebook is done: the next one sees what it wrote, as if read anew."""
        if not any(error):
            self.db.flush()
            self._forget()

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """As nbgrader's, which asks the database for each cell; here, for all of a notebook at once."""
        found = self._all_of(Grade, GradeCell, notebook, assignment, student).get(grade_cell)
        return found or super().find_grade(grade_cell, notebook, assignment, student)

    def find_comment(self, solution_cell: str, notebook: str, assignment: str, student: str) -> Comment:
        """As nbgrader's; see ``find_grade``."""
        found = self._all_of(Comment, SolutionCell, notebook, assignment, student).get(solution_cell)
        return found or super().find_comment(solution_cell, notebook, assignment, student)

    def _all_of(self, kind: Any, cells: Any, *place: str) -> dict[str, Any]:
        """The grades or comments of a submitted notebook, by the name of their cell."""
        if (kind, *place) not in self._found:
            submitted = self.find_submission_notebook(*place)
            query = self.db.query(cells.name, kind).join(cells, cells.id == kind.cell_id)
            rows = query.filter(kind.notebook_id == submitted.id)
            self._found[kind, *place] = {name: one for name, one in rows}
        return self._found[kind, *place]

    def _forget(self) -> None:
        self._found.clear()
        self.db.expunge_all()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that happens inside is recorded together, or nothing of it."""
        try:
            with warnings.catch_warnings():
                # nbgrader makes objects that refer to each other before it adds them
                warnings.filterwarnings("ignore", "Object of type", SAWarning)
                yield
                self.db().commit_now()
        finally:
            self.db.rollback()
            self._forget()
            self.db.remove()


def graded_in(book: Gradebook) -> set[tuple[str, str]]:
    """Lesson and student of each submission whose checks have a score in the gradebook."""
    return _submissions(book, Grade.auto_score.isnot(None))


def late_in(book: Gradebook) -> set[tuple[str, str]]:
    """Lesson and student of each submission that has a late penalty."""
    return _submissions(book, SubmittedNotebook.late_submission_penalty > 0)


def _submissions(book: Gradebook, condition: Any) -> set[tuple[str, str]]:
    """Lesson and student of each submission where this holds of a grade, or of the notebook around it."""
    query = (
        book.db.query(Assignment.name, SubmittedAssignment.student_id)
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(condition)
    )
    return {(lesson, student) for lesson, student in query.distinct()}


def students_in(book: Gradebook) -> set[str]:
    """The ids of all students."""
    return {student for (student,) in book.db.query(Student.id)}


def graded_so_far(settings: Settings) -> set[tuple[str, str]]:
    """As ``graded_in``, for who only looks: nobody where there is no gradebook. Raises GradingError."""
    course = course_directory(settings)
    if not is_there(course.db_url):  # nbgrader would make one
        return set()

    def look() -> set[tuple[str, str]]:
        with Gradebook(course.db_url, course.course_id) as book:
            return graded_in(book)

    return patiently(look)


def _wait_briefly(connection: Any, record: Any) -> None:
    """SQLite waits half a second for a lock, so that Ctrl-C is heard; we ask again ourselves."""
    connection.execute("PRAGMA busy_timeout = 500")


def patiently(act: Callable[[], Answer], patience: float | None = None) -> Answer:
    """Call `act`, and again while the database is locked. Raises GradingError in words for the instructor."""
    deadline = time.monotonic() + (PATIENCE if patience is None else patience)
    while True:
        try:
            return act()
        except (DatabaseError, InvalidEntry) as error:
            cause = error.__context__ if isinstance(error, InvalidEntry) else error
            if not isinstance(cause, DatabaseError) or type(cause) not in (OperationalError, DatabaseError):
                raise  # nbgrader wraps what the database says
            said = str(cause.orig)
            if "locked" in said and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            raise GradingError(_in_words(said)) from error


def _in_words(said: str) -> str:
    if "locked" in said:
        return (
            "the gradebook is locked by another program (formgrader, nbgrader, a database browser). What is "
            "graded already is kept: close the other program and run the same command again."
        )
    if "full" in said or "disk I/O" in said:
        return (
            f"the gradebook cannot be written ({said}). What is graded already is kept: make room and run "
            "the same command again."
        )
    if "not a database" in said or "malformed" in said:
        return (
            f"the gradebook cannot be read ({said}). Put a copy of it from before in its place; or move it "
            "away, and the same command records anew what is graded, without points given by hand."
        )
    return (
        f"the gradebook cannot be used: {said}. If nbgrader was updated, back the gradebook up and run: "
        "nbgrader db upgrade"
    )
