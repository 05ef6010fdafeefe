"""The learner's notebooks, read with care: the cells that count, as grading counts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.export.parts import LESSONS
from autograder.export.statements import Import, Statement, imports, statements
from autograder.submission import Unreadable, read


class NoNotebooks(Exception):
    """There is nothing to export from; says where was looked, and what to do."""


@dataclass(frozen=True)
class Notebook:
    """One lesson as the learner has it.

    lesson: "03_function". cells: id and source, without the checks, and without what is still only to look
    at. problem: why there is no notebook; "" if there is.
    """

    lesson: str
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.lesson}.ipynb"

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of all cells, in order; cells that are no Python have none."""
        return tuple(_statements(self.cells))

    @cached_property
    def imports(self) -> dict[str, Import]:
        """What imported names mean at the end."""
        return {
            name: meaning
            for statement in self.statements
            if statement.kind == "import"
            for name, meaning in imports(statement)
        }


def _statements(cells: dict[str, str]) -> Iterator[Statement]:
    for cell, source in cells.items():
        try:
            found = statements(source, cell)
            for statement in found:
                assert statement.binds | statement.needs | statement.at_once is not None
        except (SyntaxError, ValueError, RecursionError):
            continue
        yield from found


# Where they are --------------------------------------------------------------------------------------


def course_folder(here: Path) -> Path:
    """The folder with the lessons: `notebooks/` of the course that `here` is in, or a folder above with them.

    One of those in which the library is written has to be there. Raises NoNotebooks.
    """
    for folder in (here, *here.parents):
        for place in (folder / "notebooks", folder):
            if any((place / lesson / f"{lesson}.ipynb").is_file() for lesson in LESSONS):
                return place
    raise NoNotebooks(
        f"there are no lessons in {here}, nor above it: no notebooks/01_tensor/01_tensor.ipynb, for example. "
        "Change into the folder of the course, or say where your notebooks are with --from FOLDER."
    )


def notebooks(folder: Path, lessons: tuple[str, ...]) -> dict[str, Notebook]:
    """The learner's notebook for each lesson, from ``folder/NN_name/`` or from `folder` itself.

    Links are not followed below `folder`. Raises NoNotebooks where no lesson is there at all.
    """
    if not folder.is_dir():
        raise NoNotebooks(f"{folder} is not a folder.")
    found = {lesson: _notebook(folder, lesson) for lesson in lessons}
    if not any(notebook.cells for notebook in found.values()):
        raise NoNotebooks(_nothing_in(folder, found))
    return found


def _nothing_in(folder: Path, found: dict[str, Notebook]) -> str:
    for student in sorted(path for path in folder.iterdir() if path.is_dir()):
        if any((student / lesson).is_dir() for lesson in found):
            one = folder / student.name
            return f"{folder} holds a folder for each student. Name one of them, such as --from {one}."
    why = "; ".join(dict.fromkeys(notebook.problem for notebook in found.values()))
    return f"no notebook of the course can be read in {folder}: {why}."


def _notebook(folder: Path, lesson: str) -> Notebook:
    inside = folder / lesson
    place = inside if inside.is_symlink() or inside.is_dir() else folder
    if place == folder and not (folder / f"{lesson}.ipynb").is_file():
        return Notebook(lesson, problem=f"there is no {lesson}.ipynb")
    try:
        submission = read(place, lesson, ignore=_IGNORED)
    except Unreadable as error:
        return Notebook(lesson, problem=str(error))
    return Notebook(lesson, dict(_learners_cells(submission.notebook)))


_IGNORED = (".*", "__pycache__", "*.pyc")


# Which cells count -----------------------------------------------------------------------------------


def _learners_cells(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """Id and source of what may hold the learner's code, each id once; a cell of nbgrader's has its name."""
    code = [cell for cell in notebook.cells if cell.get("cell_type") == "code"]
    checks = {cell.source for cell in code if _is_check(cell)}
    counted = [cell for cell in code if cell.source not in checks and not _is_only_to_look_at(cell)]
    real = {}
    for cell in counted:
        name = _marks(cell).get("grade_id")
        if isinstance(name, str) and (name not in real or cell.get("id") == name):
            real[name] = cell
    names = {id(cell): name for name, cell in real.items()}
    for place, cell in enumerate(counted):
        yield names.get(id(cell), f"{_ADDED}{place}"), cell.source


_ADDED = "added-"


def is_added(cell: str) -> bool:
    """Whether a cell is one that the learner has added."""
    return cell.startswith(_ADDED)


def _marks(cell: NotebookNode) -> dict[str, Any]:
    marks = cell.metadata.get("nbgrader", {})
    return marks if isinstance(marks, dict) else {}


def _is_check(cell: NotebookNode) -> bool:
    return bool(_marks(cell).get("grade")) and not _marks(cell).get("solution")


def _is_only_to_look_at(cell: NotebookNode) -> bool:
    """Whether it is a demonstration or a figure of the lesson, as it was released."""
    from autograder.source import demo_mark

    about = cell.metadata.get("autograder", {})
    return isinstance(about, dict) and about.get("demo") == demo_mark(cell.source)
