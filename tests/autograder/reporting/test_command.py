"""``autograder report``: what it writes, what it says, and its exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.exercises import exercises
from autograder.reporting.course import CourseError, read_course
from autograder.reporting.submissions import State

from ..lessons import ROOT
from ..stock import GradedClass
from .samples import LESSON, cells, write_graded, write_submitted

runner = CliRunner(env={"NO_COLOR": "1", "TERM": "dumb"})


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Consoles write to where the test listens, and break no lines."""
    for name, stderr in (("console", False), ("errors", True)):
        monkeypatch.setattr(cli, name, cli.Console(stderr=stderr, highlight=False, width=200))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course as the current folder, whose name looks like markup."""
    root = tmp_path / "a [red]course[/]"
    (root / "solutions").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    monkeypatch.chdir(root)
    return root


def test_page_and_table_are_written_and_named(course: Path) -> None:
    write_graded(course, "bo", cells(5, 2, 1.5, 2, 2))
    write_submitted(course, "cy")
    done = runner.invoke(cli.app, ["report", "--csv", "points.csv"])
    assert done.exit_code == 0, done.output
    assert "The page: report.html" in done.output
    assert "The table: points.csv" in done.output
    assert "1 of 2 graded, 1 not graded yet." in done.output
    assert "it is 3." in (course / "report.html").read_text(encoding="utf-8")
    assert (course / "points.csv").read_text(encoding="utf-8-sig").count("\n") == 3
    assert not (course / "gradebook.db").exists()


def test_the_page_goes_where_it_is_asked_to(course: Path, tmp_path: Path) -> None:
    write_graded(course, "bo", cells(5, 2, 1.5, 2, 2))
    done = runner.invoke(cli.app, ["report", LESSON, "--out", str(tmp_path / "x.html")])
    assert done.exit_code == 0, done.output
    assert f"The page: {tmp_path / 'x.html'}" in done.output
    assert not (course / "report.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report"], "nobody has handed in anything: submissions are looked for in"),
        (["report", LESSON], f"nobody has handed in {LESSON}: submissions are looked for in"),
        (
            ["report", "03_functions"],
            'there is no lesson "03_functions". Did you mean 03_function? Lessons: ',
        ),
        (["report", "99_x"], 'there is no lesson "99_x". Lessons: 00_start,'),
    ],
)
def test_where_there_is_nothing_to_report_it_says_so(course: Path, words: list[str], said: str) -> None:
    done = runner.invoke(cli.app, words)
    assert done.exit_code == 1
    assert f"autograder report: {said}" in done.output
    assert not (course / "report.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "no/such/folder/x.html"], "x.html cannot be written: there is no folder"),
        (["--csv", "no/such/folder/x.csv"], "x.csv cannot be written: there is no folder"),
        (["--grades", "no/such/folder/x.csv"], "x.csv cannot be written: there is no folder"),
        (["--out", "solutions"], "solutions is a folder. Name a file in it."),
    ],
)
def test_a_file_that_cannot_be_written_is_told_in_words(course: Path, words: list[str], said: str) -> None:
    write_graded(course, "bo", cells(5, 2, 1.5, 2, 2))
    done = runner.invoke(cli.app, ["report", *words])
    assert done.exit_code == 1
    assert f"autograder report: {course}" in done.output
    assert said in done.output
    assert "Errno" not in done.output


def test_grades_are_written_and_named(course: Path) -> None:
    write_graded(course, "bo", cells(5, 2, 1.5, 2, 2))
    done = runner.invoke(cli.app, ["report", "--grades", "grades.csv"])
    assert "The grades: grades.csv" in done.output
    assert "bo,,,12.5,12.5" in (course / "grades.csv").read_text(encoding="utf-8-sig")


def test_a_gradebook_that_is_none_is_told(course: Path) -> None:
    write_graded(course, "bo", cells(5, 2, 1.5, 2, 2))
    (course / "gradebook.db").write_text("three years of work, and not a database\n" * 40)
    with pytest.raises(CourseError, match="the gradebook cannot be read"):
        read_course(course)


def test_help_teaches() -> None:
    text = runner.invoke(cli.app, ["report", "--help"]).output
    for word in ("LESSON", "--out", "--csv", "--grades", "opens offline", "changes no grade"):
        assert word in " ".join(text.split()), word


def test_a_class_graded_by_stock_nbgrader_has_the_points_of_its_gradebook(graded_class: GradedClass) -> None:
    for lesson in read_course(graded_class.course):
        names = [f"check_{exercise.cell}" for exercise in exercises(lesson.lesson)]
        for one in lesson.submissions:
            recorded = graded_class.scores.get((one.student, one.lesson))
            if recorded is None:
                assert one.state in (State.UNGRADED, State.MISSING)
            else:
                assert {name: a.points for name, a in zip(names, one.answers, strict=True)} == recorded
