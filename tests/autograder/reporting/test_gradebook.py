"""nbgrader's gradebook, read: the same figures as nbgrader shows, in few queries, and nothing is written."""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.reporting.gradebook import Book, Recorded, read_book

DUE = datetime(2026, 3, 1, 12)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook with two students, of whom one handed in two lessons, late."""
    from nbgrader.api import Gradebook

    path = tmp_path_factory.mktemp("book") / "gradebook.db"
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])  # nbgrader calls alembic
    try:
        with warnings.catch_warnings(action="ignore"), Gradebook(f"sqlite:///{path}", "babygrad") as book:
            book.add_student("ada", first_name="Ada", last_name="Okafor")
            book.add_student("bo")
            for lesson in ("03_function", "04_elementwise"):
                book.add_assignment(lesson, duedate=DUE if lesson == "03_function" else None)
                book.add_notebook(lesson, lesson)
                for cell in ("check_add", "check_mul", "check_by_hand"):
                    book.add_grade_cell(cell, lesson, lesson, max_score=3, cell_type="code")
                book.add_submission(lesson, "ada", timestamp=DUE + timedelta(hours=2))
                notebook = book.find_submission_notebook(lesson, lesson, "ada")
                notebook.late_submission_penalty = 1.5
                for cell, automatic, manual, extra, needs in (
                    ("check_add", 2.0, None, None, False),
                    ("check_mul", 1.0, 3.0, 0.5, False),
                    ("check_by_hand", None, None, None, True),
                ):
                    grade = book.find_grade(cell, lesson, lesson, "ada")
                    grade.auto_score, grade.manual_score, grade.extra_credit = automatic, manual, extra
                    grade.needs_manual_grade = needs
            book.db.commit()
    finally:
        os.environ["PATH"] = before
    return path


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What is asked of a database."""
    asked: list[str] = []

    def listen(connection, cursor, statement, *rest) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    yield asked
    event.remove(Engine, "before_cursor_execute", listen)


def test_points_are_those_that_nbgrader_shows(path: Path) -> None:
    from nbgrader.api import Gradebook

    book = read_book(f"sqlite:///{path}", "babygrad", ["03_function"])
    assert book.names == {"ada": ("Ada", "Okafor"), "bo": ("", "")}
    assert set(book.entries) == {("03_function", "ada")}
    ada = book.entries["03_function", "ada"]
    assert (ada.submitted, ada.late, ada.penalty) == (DUE + timedelta(hours=2), 7200, 1.5)
    assert ada.grades == {
        "check_add": Recorded(2.0, 2.0, by_hand=False, needs_hand=False),
        "check_mul": Recorded(3.5, 1.0, by_hand=True, needs_hand=False, manual=3.0),
        "check_by_hand": Recorded(0.0, None, by_hand=False, needs_hand=True),
    }
    with Gradebook(f"sqlite:///{path}", "babygrad") as nbgrader:
        submission = nbgrader.find_submission("03_function", "ada")
        assert sum(grade.score for grade in ada.grades.values()) == submission.score
        assert (ada.penalty, ada.late) == (submission.late_submission_penalty, submission.total_seconds_late)


def test_without_a_due_date_nobody_is_late(path: Path) -> None:
    book = read_book(f"sqlite:///{path}", "babygrad", ["04_elementwise"])
    assert book.entries["04_elementwise", "ada"].late == 0


def test_nothing_is_written_and_little_is_asked(path: Path, statements: list[str]) -> None:
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    read_book(f"sqlite:///{path}", "babygrad", ["03_function", "04_elementwise"])
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    ours = [text for text in statements if text.startswith("SELECT") and "FROM course" not in text]
    assert len([text for text in ours if "sqlite_master" not in text]) == 3


def test_where_there_is_no_gradebook_none_is_made(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    assert read_book(f"sqlite:///{path}", "babygrad", ["03_function"]) == Book()
    assert not path.exists()
