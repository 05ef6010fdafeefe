"""The one who writes can be killed at any moment: what is found afterwards is whole, and can be finished."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from autograder.grading import book as books
from autograder.grading import staging
from autograder.grading.book import Book
from autograder.grading.lesson import Lesson, describe
from autograder.grading.one import Job, Outcome
from autograder.grading.release import enter
from autograder.grading.settings import GradingError, Settings, course_directory
from autograder.grading.writer import Writer

from .small_course import files_of, first_only, gradebook_of, hand_in, make_course, quick, right

LESSON = "01_tensor"
STUDENTS = ("ada", "bo")

pytestmark = [
    pytest.mark.filterwarnings("ignore:Object of type"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="a process that is killed is forked here"),
]


def opened(course: Path) -> Book:
    directory = course_directory(Settings(course))
    return Book(directory.db_url, directory.course_id)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lesson]:
    """A course whose gradebook knows the lesson, with two students who handed in and were graded once."""
    course = make_course(tmp_path_factory.mktemp("made") / "course", [LESSON])
    for student in STUDENTS:
        hand_in(course, student, LESSON, first_only, {"data/x.csv": "1,2"})
    book = opened(course)
    lesson = describe(enter(LESSON, Settings(course), book), Settings(course))
    writer = Writer(Settings(course), book)
    for student in STUDENTS:
        writer.write(outcome(course, lesson, student))
    book.close()
    return course, lesson


@pytest.fixture
def course(made: tuple[Path, Lesson], tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made[0], tmp_path / "course"))


def outcome(course: Path, lesson: Lesson, student: str) -> Outcome:
    folder = course / "submitted" / student / LESSON
    return quick(Job(Settings(course), lesson, student, folder))


def resubmit(course: Path) -> None:
    """One hands in anew, better; the other one something that is no notebook."""
    hand_in(course, "ada", LESSON, right, {"timestamp.txt": "2030-01-01 12:00:00 UTC"})
    (course / "submitted" / "bo" / LESSON / f"{LESSON}.ipynb").write_text("12", encoding="utf-8")


def write_all(course: Path, lesson: Lesson) -> int:
    """What a run does, with nothing but the writer: finish, then write what is not written."""
    book = opened(course)
    try:
        writer = Writer(Settings(course), book)
        finished = writer.finish()
        for student in STUDENTS:
            writer.write(outcome(course, lesson, student))
        return finished
    finally:
        book.close()


def state(course: Path) -> dict[str, Any]:
    """All that a run leaves."""
    ungraded = {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in (course / ".autograder" / "ungraded").rglob("*.json")
    }
    for about in ungraded.values():
        about.pop("when")
    left = list((course / ".autograder" / "staging").glob("*/*"))
    return {"book": gradebook_of(course), "files": files_of(course), "ungraded": ungraded, "left": left}


POINTS: tuple[tuple[Any, str], ...] = (
    (os, "rename"),
    (os, "replace"),
    (os, "unlink"),
    (os, "mkdir"),
    (os, "fsync"),
    (os, "chmod"),
    (books._Held, "commit_now"),
)
"""What can be seen from outside happens at one of these; the writer is killed before it."""


def killed_at(number: int, course: Path, lesson: Lesson) -> bool:
    """Write in a process that is killed at the so many-th point; whether it was."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            count = iter(range(1_000_000))

            def deadly(call: Callable[..., Any]) -> Callable[..., Any]:
                def counted(*arguments: Any, **named: Any) -> Any:
                    if next(count) == number:
                        os.kill(os.getpid(), signal.SIGKILL)
                    return call(*arguments, **named)

                return counted

            for place, name in POINTS:
                setattr(place, name, deadly(getattr(place, name)))
            write_all(course, lesson)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    assert status in (0, signal.SIGKILL), status
    return status == signal.SIGKILL


@pytest.mark.slow
def test_killed_at_any_point_it_can_be_finished(made: tuple[Path, Lesson], tmp_path: Path) -> None:
    original, lesson = made
    expected = Path(shutil.copytree(original, tmp_path / "expected"))
    resubmit(expected)
    write_all(expected, lesson)
    goal = state(expected)
    assert not goal["left"]
    before = state(original)
    number, killed = 0, 0
    while True:
        course = Path(shutil.copytree(original, tmp_path / str(number)))
        resubmit(course)
        if not killed_at(number, course, lesson):
            break
        killed += 1
        for path in (course / "autograded").rglob("*.ipynb"):  # what can be seen is whole, old or new
            name = path.relative_to(course).as_posix()
            assert files_of(course)[name] in (before["files"].get(name), goal["files"].get(name))
        for who, record in gradebook_of(course).items():
            assert record in (before["book"][who], goal["book"][who])
        write_all(course, lesson)
        assert state(course) == goal
        shutil.rmtree(course)
        number += 1
    assert killed > 25


def test_what_is_complete_is_recorded_without_being_graded_again(
    course: Path, made: tuple[Path, Lesson]
) -> None:
    resubmit(course)
    lesson = made[1]
    graded = outcome(course, lesson, "ada")
    staging.stage(graded, course / ".autograder" / "staging", 0o444)
    half = course / ".autograder" / "staging" / LESSON / "bo" / "files"
    half.mkdir(parents=True)
    (half / "x").touch()
    book = opened(course)
    assert Writer(Settings(course), book).finish() == 1
    book.close()
    assert (course / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb").read_text() == graded.notebook
    assert state(course)["left"] == []


# What is written -------------------------------------------------------------------------------------


@pytest.fixture
def writer(course: Path) -> Iterator[Writer]:
    book = opened(course)
    yield Writer(Settings(course), book)
    book.close()


def test_what_cannot_be_graded_has_no_score_and_no_folder_and_is_said(
    course: Path, made: tuple[Path, Lesson], writer: Writer
) -> None:
    resubmit(course)
    refused = outcome(course, made[1], "bo")
    assert writer.write(refused) == ""
    assert not (course / "autograded" / "bo" / LESSON).exists()
    said = state(course)["ungraded"]["bo.json"]
    assert said == {
        "student": "bo",
        "lesson": LESSON,
        "reason": f"{LESSON}.ipynb is not a notebook: its JSON is no object",
        "submission": refused.submission,
    }
    record = gradebook_of(course)[f"bo {LESSON}"]
    assert record["score"] == 0
    assert record["needs_manual_grade"]
    assert {auto for _, (auto, *_), _ in record["grades"]} == {None}
    hand_in(course, "bo", LESSON, right)
    assert writer.write(outcome(course, made[1], "bo")) == ""
    assert state(course)["ungraded"] == {}


def test_a_score_that_a_human_gave_stays(course: Path, made: tuple[Path, Lesson]) -> None:
    book = opened(course)
    with book.transaction():
        grade = book.find_grade("check_tensor_init", LESSON, LESSON, "ada")
        grade.manual_score, grade.extra_credit = 1.5, 0.5
    resubmit(course)
    Writer(Settings(course), book).write(outcome(course, made[1], "ada"))
    book.close()
    record = gradebook_of(course)[f"ada {LESSON}"]
    (about,) = [grade for grade in record["grades"] if grade[0] == "check_tensor_init"]
    assert about[1][1:] == (1.5, 0.5, 2.0)
    assert about[2][1] is True
    assert record["timestamp"] == "2030-01-01 12:00:00"


def test_files_are_as_nbgrader_leaves_them(course: Path) -> None:
    folder = course / "autograded" / "ada" / LESSON
    assert (folder / "data" / "x.csv").read_text() == "1,2"
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o444}


def test_a_student_whom_the_gradebook_does_not_take_costs_only_that_one(
    course: Path, made: tuple[Path, Lesson]
) -> None:
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Autograde.create_student = False\n")
    hand_in(course, "eve", LESSON, right)
    book = opened(course)
    writer = Writer(Settings(course, timeout=7), book)  # another key: the configuration is read anew
    graded = quick(Job(Settings(course), made[1], "eve", course / "submitted" / "eve" / LESSON))
    assert "No such student: eve" in writer.write(graded)
    assert writer.write(outcome(course, made[1], "ada")) == ""
    book.close()
    assert "No such student: eve" in state(course)["ungraded"]["eve.json"]["reason"]
    assert not (course / "autograded" / "eve").exists()


# What can go wrong -----------------------------------------------------------------------------------


def test_a_locked_gradebook_is_waited_for_and_then_said(
    course: Path, made: tuple[Path, Lesson], writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "PATIENCE", 1.0)
    resubmit(course)
    graded = outcome(course, made[1], "ada")
    before = gradebook_of(course)
    other = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(GradingError, match="the gradebook is locked by another program"):
        writer.write(graded)
    other.execute("ROLLBACK")
    other.close()
    assert gradebook_of(course) == before
    assert writer.finish() == 1
    assert gradebook_of(course) != before
    assert (course / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb").read_text() == graded.notebook


def test_a_full_disk_leaves_what_was_there(
    course: Path, made: tuple[Path, Lesson], writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    resubmit(course)
    before = state(course)
    graded = outcome(course, made[1], "ada")
    real, room = staging._write, [0]

    def write(path: Path, content: bytes) -> None:
        if room[0] == 0:
            real(path, content[:100])
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        room[0] -= 1
        real(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(staging, "_write", write)
        for fits in range(3):
            room[0] = fits
            with pytest.raises(OSError, match="No space left"):
                writer.write(graded)
            assert state(course) == before
    assert writer.write(graded) == ""
    assert state(course) != before


def test_a_gradebook_on_a_full_disk_is_said_and_finished_later(
    course: Path, made: tuple[Path, Lesson], monkeypatch: pytest.MonkeyPatch
) -> None:
    resubmit(course)
    graded = outcome(course, made[1], "ada")
    pages = sqlite3.connect(course / "gradebook.db").execute("PRAGMA page_count").fetchone()[0]
    book = opened(course)
    book.db.execute(text(f"PRAGMA max_page_count = {pages}"))
    long = "x" * 100_000
    monkeypatch.setattr(Writer, "_submission", lambda self, *about: book.update_or_create_student(long))
    with pytest.raises(GradingError, match="the gradebook cannot be written"):
        Writer(Settings(course), book).write(graded)
    book.close()
    monkeypatch.undo()
    book = opened(course)
    assert Writer(Settings(course), book).finish() == 1
    book.close()
