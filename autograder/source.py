"""The source of a lesson: one Python file in jupytext's percent format, whose cell tags say who owns a cell.

# %% tags=["given:imports"]            read-only: what the lesson stands on
# %% tags=["solution:mul"]             the learner writes what is between BEGIN SOLUTION and END SOLUTION
# %% tags=["check:mul:3"]              read-only: checks the cell "mul" for 3 points
# %% tags=["figure"]                   a picture; its code is folded away
# %% and # %% [markdown]               for reading and trying out
"""

from __future__ import annotations

import ast
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from autograder.exercise import Exercise
from autograder.exercises import UnknownExercise, exercises

_TAG = re.compile(r"(?:(given|solution):([a-z][a-z0-9_]*)|check:([a-z][a-z0-9_]*):(\d+(?:\.\d+)?)|figure)")
_MARKER = re.compile(r"# %%( \[\w+\]| tags=\[[^\[\]]*\])?")
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class SourceError(Exception):
    """Something in a lesson's source is wrong; says where and what to do."""


@dataclass(frozen=True)
class _Cell:
    kind: str  # markdown, demo, figure, given, solution or check
    name: str
    points: float
    source: str
    where: str  # file:line


def read_lesson(path: Path) -> NotebookNode:
    """The instructor's notebook that a lesson's source describes.

    path: ``solutions/NN_name/NN_name.py``. Raises SourceError, which names file and line.
    """
    cells = _read_cells(path)
    _check_against_exercises(path, cells)
    notebook = nbformat.v4.new_notebook(metadata=_METADATA)
    notebook.nbformat_minor = 5
    notebook.cells = [_notebook_cell(cell, place) for place, cell in enumerate(cells)]
    nbformat.validate(notebook)
    return notebook


SOLUTION_MARK = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


def as_answer(source: str) -> str:
    """A solution's cell as a learner would have written it: without the marks."""
    return SOLUTION_MARK.sub("", source)


def demo_mark(source: str) -> str:
    """What marks a cell that is only for looking at; a learner who changes the cell breaks the mark."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


# From text to cells ----------------------------------------------------------------------------------


def _read_cells(path: Path) -> list[_Cell]:
    text = path.read_text(encoding="utf-8")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    for number in lines:
        if not _MARKER.fullmatch(text.splitlines()[number - 1].rstrip()):
            raise SourceError(
                f"{path}:{number}: a cell begins with `# %%`, `# %% [markdown]` or, for example, "
                '`# %% tags=["check:mul:3"]`, and nothing else.'
            )
    parsed = jupytext.reads(text, fmt="py:percent").cells
    if len(lines) != len(parsed):
        raise SourceError(f"{path}:1: the file must begin with a cell marker, `# %%` or `# %% [markdown]`.")
    return [_read_cell(cell, f"{path}:{line}") for cell, line in zip(parsed, lines, strict=True)]


def _read_cell(cell: NotebookNode, where: str) -> _Cell:
    if not cell.source.strip():
        raise SourceError(f"{where}: this cell is empty. Remove it, or close the text before it.")
    if cell.cell_type == "markdown":
        return _Cell("markdown", "", 0.0, cell.source, where)
    if cell.cell_type != "code":
        raise SourceError(f"{where}: a cell is either code or [markdown], not {cell.cell_type}.")
    tags = cell.metadata.get("tags", [])
    if not tags:
        return _Cell("demo", "", 0.0, cell.source, where)
    match = _TAG.fullmatch(tags[0]) if len(tags) == 1 else None
    if match is None:
        raise SourceError(
            f"{where}: tags {tags} are none that the builder knows. A cell has one of: given:NAME, "
            'solution:NAME, check:NAME:POINTS, figure; for example tags=["check:mul:3"].'
        )
    kind = match[1] or ("check" if match[3] else "figure")
    return _Cell(kind, match[2] or match[3] or "", float(match[4] or 0), cell.source, where)


# Agreement with the exercises ------------------------------------------------------------------------


def _check_against_exercises(path: Path, cells: list[_Cell]) -> None:
    """Every exercise of the lesson has one solution cell and, after it, one check cell of its points."""
    try:
        known = {exercise.cell: exercise for exercise in exercises(path.stem)}
    except UnknownExercise as error:
        raise SourceError(f"{path}:1: {error}") from None
    seen: set[tuple[str, str]] = set()
    for cell in cells:
        if cell.kind not in ("given", "solution", "check"):
            continue
        if (cell.kind, cell.name) in seen:
            raise SourceError(f"{cell.where}: there is another cell {cell.kind}:{cell.name} before this one.")
        seen.add((cell.kind, cell.name))
        if cell.kind == "solution":
            _check_solution(cell)
        if cell.kind == "check":
            if ("solution", cell.name) not in seen:
                raise SourceError(f"{cell.where}: there is no cell solution:{cell.name} before this check.")
            _check_check(cell, known)
    for name, exercise in known.items():
        if ("check", name) not in seen:
            raise SourceError(f"{path}:1: exercise {exercise.name} has no check cell, check:{name}.")


def _check_solution(cell: _Cell) -> None:
    marks = re.findall(r"### (BEGIN|END) SOLUTION", cell.source)
    if not marks or marks != ["BEGIN", "END"] * (len(marks) // 2):
        raise SourceError(
            f"{cell.where}: a solution cell needs lines `### BEGIN SOLUTION`, `### END SOLUTION`, in turn; "
            f"this one has {marks or 'none'}."
        )


def _check_check(cell: _Cell, known: dict[str, Exercise]) -> None:
    exercise = known.get(cell.name)
    if exercise is None:
        names = ", ".join(known)
        raise SourceError(f"{cell.where}: no exercise has the cell {cell.name}. Those that exist: {names}.")
    if exercise.points != cell.points:
        raise SourceError(
            f"{cell.where}: the tag says {cell.points:g} points, the parts of {exercise.name} sum to "
            f"{exercise.points:g}."
        )
    wanted = f'check("{exercise.name}", {", ".join(exercise.reference)})'
    if _syntax(cell.source) != _syntax(wanted):
        raise SourceError(f"{cell.where}: this check cell must read {wanted}.")


def _syntax(source: str) -> str:
    """What code says, however it is laid out; "" if it is no Python."""
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return ""


# From cells to a notebook ----------------------------------------------------------------------------


def _notebook_cell(cell: _Cell, place: int) -> NotebookNode:
    if cell.kind == "markdown":
        return nbformat.v4.new_markdown_cell(cell.source, id=f"cell-{place:02d}")
    made = nbformat.v4.new_code_cell(cell.source, id=f"cell-{place:02d}")
    if cell.kind in ("demo", "figure"):
        made.metadata["autograder"] = {"demo": demo_mark(cell.source)}
        if cell.kind == "figure":
            made.metadata["jupyter"] = {"source_hidden": True}
        return made
    made.id = cell.name if cell.kind == "solution" else f"{cell.kind}_{cell.name}"
    made.metadata["nbgrader"] = {
        "cell_type": "code",
        "grade": cell.kind == "check",
        "grade_id": made.id,
        "locked": cell.kind != "solution",
        "schema_version": 3,
        "solution": cell.kind == "solution",
        "task": False,
    }
    if cell.kind == "check":
        made.metadata["nbgrader"]["points"] = (
            int(cell.points) if cell.points == int(cell.points) else cell.points
        )
    return made
