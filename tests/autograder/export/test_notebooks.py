"""Which notebooks are read, and which of their cells count."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.export.notebooks import NoNotebooks, course_folder, notebooks

from .learner import SOLUTIONS

LESSON = "03_function"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one lesson."""
    (tmp_path / LESSON).mkdir()
    shutil.copy(SOLUTIONS / LESSON / f"{LESSON}.ipynb", tmp_path / LESSON)
    return tmp_path


def test_lessons_lie_in_folders_of_their_own_or_side_by_side(folder: Path) -> None:
    inside = notebooks(folder, (LESSON,))
    assert inside == notebooks(folder / LESSON, (LESSON,))
    assert {"function_call", "add", "mul", "operators"} <= set(inside[LESSON].cells)
    both = notebooks(folder, (LESSON, "08_backward"))
    assert both["08_backward"].problem == "there is no 08_backward.ipynb"


def test_checks_and_demonstrations_do_not_count_unless_changed(folder: Path) -> None:
    path = folder / LESSON / f"{LESSON}.ipynb"
    book = nbformat.read(path, as_version=4)
    before = notebooks(folder, (LESSON,))[LESSON].cells
    assert not any(source.startswith("check(") for source in before.values())
    demo = next(c for c in book.cells if "demo" in c.metadata.get("autograder", {}))
    assert demo.source not in before.values()
    demo.source += "\nmine = 1"
    nbformat.write(book, path)
    assert demo.source in notebooks(folder, (LESSON,))[LESSON].cells.values()


def test_a_copied_cell_is_an_ordinary_one(folder: Path) -> None:
    path = folder / LESSON / f"{LESSON}.ipynb"
    book = nbformat.read(path, as_version=4)
    copied = nbformat.from_dict(next(c for c in book.cells if c.id == "add").copy())
    copied.id, copied.source = "another", "1"
    book.cells.insert(0, copied)
    nbformat.write(book, path)
    cells = notebooks(folder, (LESSON,))[LESSON].cells
    assert cells["add"] != "1"
    assert cells["added-0"] == "1"


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "01_tensor").symlink_to(SOLUTIONS / "01_tensor")
    (tmp_path / "02_gradient").mkdir()
    (tmp_path / "02_gradient" / "02_gradient.ipynb").symlink_to(
        SOLUTIONS / "02_gradient" / "02_gradient.ipynb"
    )
    found = notebooks(folder, ("01_tensor", "02_gradient", LESSON))
    assert "symbolic link" in found["01_tensor"].problem
    assert "symbolic link" in found["02_gradient"].problem


def test_a_notebook_that_cannot_be_read_says_why(folder: Path) -> None:
    (folder / "08_backward").mkdir()
    (folder / "08_backward" / "08_backward.ipynb").write_text('{"cells": [')
    problem = notebooks(folder, (LESSON, "08_backward"))["08_backward"].problem
    assert problem == "08_backward.ipynb ends in the middle (line 1): it was not saved or not sent completely"


def test_where_there_is_nothing_it_says_what_to_do(folder: Path) -> None:
    with pytest.raises(NoNotebooks, match="is not a folder"):
        notebooks(folder / "absent", (LESSON,))
    (folder / "empty").mkdir()
    with pytest.raises(NoNotebooks, match=r"there is no 03_function\.ipynb"):
        notebooks(folder / "empty", (LESSON,))
    students = folder / "submitted"
    shutil.copytree(folder / LESSON, students / "anna" / LESSON)
    with pytest.raises(NoNotebooks, match=r"--from .*submitted/anna"):
        notebooks(students, (LESSON,))
    assert notebooks(students / "anna", (LESSON,))[LESSON].cells


def test_the_course_is_found_from_within(tmp_path: Path) -> None:
    lesson = tmp_path / "notebooks" / LESSON
    lesson.mkdir(parents=True)
    (lesson / f"{LESSON}.ipynb").touch()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for here in (tmp_path, lesson, tmp_path / "deep" / "er"):
        assert course_folder(here) == tmp_path / "notebooks"
    with pytest.raises(NoNotebooks, match="--from FOLDER"):
        course_folder(tmp_path.parent)


def test_a_lesson_that_only_uses_the_library_is_nothing_to_gather_from(tmp_path: Path) -> None:
    lesson = tmp_path / "14_attention"
    lesson.mkdir()
    (lesson / "14_attention.ipynb").touch()
    with pytest.raises(NoNotebooks):
        course_folder(lesson)
