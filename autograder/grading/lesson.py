"""What the gradebook says of a lesson, read once and given to everybody who grades it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Assignment, MissingEntry
from nbgrader.utils import find_all_files, is_grade, is_locked, is_solution, is_task

from autograder.exercises import LESSONS
from autograder.grading.settings import GradingError, Settings, autograde, course_directory
from autograder.restore import released


@dataclass(frozen=True)
class SourceCell:
    """A cell as nbgrader's gradebook has it."""

    name: str
    cell_type: str
    locked: bool
    source: str
    checksum: str


@dataclass(frozen=True)
class GradedCell:
    """What a cell is worth."""

    name: str
    max_score: float


@dataclass(frozen=True)
class Lesson:
    """A notebook of the gradebook, plain and immutable; its attributes are called as nbgrader's are.

    files: what nbgrader puts beside every submission, from the source folder.
    """

    name: str
    kernelspec: str | None
    source_cells: tuple[SourceCell, ...]
    grade_cells: tuple[GradedCell, ...]
    task_cells: tuple[GradedCell, ...]
    solution_names: frozenset[str]
    files: Mapping[str, bytes]

    @property
    def solution_cells(self) -> list[GradedCell]:
        """The cells with answers."""
        return [GradedCell(name, 0) for name in sorted(self.solution_names)]

    @property
    def points(self) -> float:
        """All points there are."""
        return sum(cell.max_score for cell in (*self.grade_cells, *self.task_cells))


class LessonBook:
    """In the place of nbgrader's ``Gradebook``, for the steps that only look a lesson up."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson

    def __enter__(self) -> LessonBook:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def find_notebook(self, name: str, assignment: str) -> Lesson:
        """The lesson. Raises MissingEntry for another one."""
        if {name, assignment} != {self._lesson.name}:
            raise MissingEntry(f"No such notebook: {assignment}/{name}")
        return self._lesson

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SourceCell:
        """A cell of the lesson. Raises MissingEntry."""
        return _find(name, self.find_notebook(notebook, assignment).source_cells)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> GradedCell:
        """What a cell is worth. Raises MissingEntry."""
        lesson = self.find_notebook(notebook, assignment)
        return _find(name, (*lesson.grade_cells, *lesson.task_cells))


def _find(name: str, cells: Iterable[Any]) -> Any:
    for cell in cells:
        if cell.name == name:
            return cell
    raise MissingEntry(f"No such cell: {name}")


def describe(assignment: Assignment, settings: Settings) -> Lesson:
    """The lesson that nbgrader calls an assignment. Raises GradingError where it is not the course's."""
    if [notebook.name for notebook in assignment.notebooks] != [assignment.name]:
        raise GradingError(
            f"the gradebook has {len(assignment.notebooks)} notebooks for {assignment.name}; a lesson of "
            f"this course has one, of the same name. Grade it with: nbgrader autograde {assignment.name}"
        )
    (notebook,) = assignment.notebooks
    lesson = Lesson(
        assignment.name,
        notebook.kernelspec,
        tuple(
            SourceCell(cell.name, cell.cell_type, cell.locked, cell.source, cell.checksum)
            for cell in notebook.source_cells
        ),
        tuple(GradedCell(cell.name, cell.max_score) for cell in notebook.grade_cells),
        tuple(GradedCell(cell.name, cell.max_score) for cell in notebook.task_cells),
        frozenset(cell.name for cell in notebook.solution_cells),
        _files(assignment.name, settings),
    )
    _compare_with_source(lesson, settings)
    return lesson


def source_of(lesson: str, settings: Settings) -> Path:
    """The instructor's notebook."""
    course = course_directory(settings)
    return Path(course.format_path(course.source_directory, ".", lesson), f"{lesson}.ipynb")


def lesson_instead(notebook: NotebookNode, lesson: Lesson, settings: Settings) -> str:
    """Which other lesson's notebook this is; "" where a cell is only this lesson's, or none another's.

    notebook: as it was handed in.
    """
    own = {cell.name for cell in lesson.source_cells}
    there = {str(name) for cell in notebook.cells for name in (_name(cell), cell.get("id"))}
    if len(own & there) == len(own):
        return ""
    others = {name: _names(source_of(name, settings)) for name in LESSONS if name != lesson.name}
    fits = [name for name, cells in others.items() if there & own <= cells and there & (cells - own)]
    return max(fits, key=lambda name: len(there & others[name]), default="")


def _names(source: Path) -> set[str]:
    """The names of nbgrader's cells in an instructor's notebook."""
    try:
        cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
        return {_name(cell) for cell in cells} - {""}
    except (OSError, ValueError, LookupError):
        return set()


def _name(cell: Mapping[str, Any]) -> str:
    marks = cell["metadata"].get("nbgrader")
    return str(marks.get("grade_id", "")) if isinstance(marks, dict) else ""


def _compare_with_source(lesson: Lesson, settings: Settings) -> None:
    """Raise GradingError where solutions/ holds another version of the lesson than the gradebook."""
    path = source_of(lesson.name, settings)
    if not path.is_file():
        raise GradingError(f"{path} is missing; it is the source of lesson {lesson.name}")
    points = {cell.name: cell.max_score for cell in lesson.grade_cells}
    known = {(cell.name, cell.checksum, points.get(cell.name)) for cell in lesson.source_cells}
    there = {
        (
            cell.metadata.nbgrader.grade_id,
            cell.metadata.nbgrader.checksum,
            float(cell.metadata.nbgrader.points) if is_grade(cell) else None,
        )
        for cell in released(path).cells
        if is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell)
    }
    if known != there:
        names = sorted({name for name, *_ in known ^ there})
        raise GradingError(
            f"the gradebook has another version of {lesson.name} than {path} ({', '.join(names[:5])}). To "
            f"grade with the one in the folder, run: nbgrader generate_assignment {lesson.name} --force"
        )


def _files(lesson: str, settings: Settings) -> dict[str, bytes]:
    """What nbgrader copies from the source folder over what was handed in."""
    course = course_directory(settings)
    folder = course.format_path(course.source_directory, ".", lesson)
    kept = set(autograde(settings).exclude_overwriting.get(lesson, []))
    paths = {
        Path(path).relative_to(folder).as_posix(): Path(path)
        for path in find_all_files(folder, [*course.ignore, "*.ipynb"])
    }
    return {name: path.read_bytes() for name, path in paths.items() if name not in kept}
