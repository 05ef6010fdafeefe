"""The demonstration: its submissions still fit the lessons, and it deletes nothing that it did not make."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import nbformat
import pytest

from autograder import demo
from autograder.course import not_a_notebook
from autograder.demo_class import EVERYTHING, LESSONS, STUDENTS, SUBMISSIONS, Submission, hand_in
from autograder.exercises import exercises

from .conftest import Grade
from .lessons import ROOT, code

NAMES = [f"{submission.student}-{submission.lesson}" for submission in SUBMISSIONS]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with both notebooks of every lesson."""
    for folder in ("solutions", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=NAMES)
def test_every_submission_fits_its_lesson(submission: Submission, course: Path) -> None:
    path = hand_in(submission, course)
    assert (
        path == course / "submitted" / submission.student / submission.lesson / f"{submission.lesson}.ipynb"
    )
    if submission.text is not None:
        assert not_a_notebook(path) == f"{path.name} is not a notebook: its text is not JSON"
        return
    assert not_a_notebook(path) == ""
    made = nbformat.read(path, as_version=4)
    nbformat.validate(made)
    text = path.read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in text
    assert "END SOLUTION" not in text
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            ast.parse(cell.source)
            left_out = submission.left_out == EVERYTHING or cell.id in submission.left_out
            assert ("NotImplementedError()" in cell.source) is left_out


@pytest.mark.parametrize(
    "submission", [s for s in SUBMISSIONS if s.text is None and "loops" not in s.story], ids=lambda s: s.story
)
def test_a_submission_loses_points_where_its_story_says(
    submission: Submission, course: Path, grade: Grade
) -> None:
    made = nbformat.read(hand_in(submission, course), as_version=4)
    written = {cell.id: cell.source for cell in made.cells if cell.cell_type == "code"}
    reports = grade(submission.lesson, {name: written[name] for name in code("solutions", submission.lesson)})
    everything = {exercise.cell for exercise in exercises(submission.lesson)}
    touched = set(submission.changed) | set(submission.left_out)
    expected = everything if submission.left_out == EVERYTHING else touched
    assert {cell for cell, report in reports.items() if not report.right} == expected
    for cell in submission.changed:
        assert any(verdict.family for verdict in reports[cell].verdicts), "a mistake that is known"


def test_the_class_is_everybody_in_every_lesson() -> None:
    assert {(s.student, s.lesson) for s in SUBMISSIONS} == {
        (n, lesson) for n in STUDENTS for lesson in LESSONS
    }
    assert len(SUBMISSIONS) == len(STUDENTS) * len(LESSONS)


def test_a_change_that_no_longer_fits_is_told(course: Path) -> None:
    wrong = Submission("ada", "03_function", "old", changed={"mul": ("no such text", "")})
    with pytest.raises(ValueError, match="replaces 'no such text', which the solution no longer contains"):
        hand_in(wrong, course)


# The folder ------------------------------------------------------------------------------------------


def refused(course: Path) -> str:
    """What is said when the demonstration will not be made there."""
    with pytest.raises(demo.DemoError) as error:
        demo.make(ROOT, course, lambda what: None)
    return str(error.value)


def test_a_folder_that_somebody_else_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years", encoding="utf-8")
    assert refused(tmp_path) == (
        f"{tmp_path} exists and was not made by `autograder demo`, so it is left alone. "
        "Name another folder with --folder."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "thesis.txt"
    file.write_text("three years", encoding="utf-8")
    assert "was not made by `autograder demo`" in refused(file)
    assert file.read_text(encoding="utf-8") == "three years"


def test_its_own_folder_and_an_empty_one_are_taken(tmp_path: Path) -> None:
    for prepared in ("empty", "new", "own"):
        folder = tmp_path / prepared
        if prepared != "new":
            folder.mkdir()
        if prepared == "own":
            (folder / demo.MARK).touch()
            (folder / "gradebook.db").touch()
        demo._clear(folder)
        assert [path.name for path in folder.iterdir()] == [demo.MARK]


def test_every_step_is_counted() -> None:
    assert demo.steps() == len(LESSONS) + len(SUBMISSIONS) + 1


# Files that are no notebooks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"Dear all", "x.ipynb is not a notebook: its text is not JSON"),
        (b"", "x.ipynb is not a notebook: its text is not JSON"),
        (b"\xff\xfe\x00", "x.ipynb is not a notebook: its text is not JSON"),
        (b"[3]", "x.ipynb is not a notebook that can be read (AttributeError)"),
        (b"3", "x.ipynb is not a notebook that can be read (AttributeError)"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', ""),
    ],
)
def test_why_a_file_is_no_notebook(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    assert not_a_notebook(path) == why


def test_a_file_that_is_not_there_is_no_notebook(tmp_path: Path) -> None:
    assert not_a_notebook(tmp_path / "x.ipynb") == "there is no file x.ipynb"
    assert "is not a notebook" not in not_a_notebook(tmp_path)
