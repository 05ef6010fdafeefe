"""What a submission of the corpus is made of, and what should become of it.

An entry starts from a lesson's notebook with every answer right (``solved``) or with none (``released``),
changes it, and may put other things beside it. What it says about points is exact.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.exercises import exercises
from autograder.source import as_answer

ROOT = Path(__file__).parents[2]

LESSON = "03_function"

Change = Callable[[NotebookNode], None]
Beside = str | bytes | Callable[[Path], None]
"""What lies in the folder: a text, bytes, or a function that makes it at its path."""


@dataclass(frozen=True)
class Entry:
    """One submission.

    student: who hands it in, which is also its name in the tests. tries: in one sentence. base: the notebook
    it starts from, None for no notebook at all. changes: what is done to it, in order. beside: what else lies
    in the folder, by name. text: the notebook's file where it is not what ``json`` makes of the notebook.
    file: the notebook's name.

    points: by check cell, None for all points. Check cells that are not named may have any, which is for
    those who harm none but themselves. ungraded: where it cannot be graded, a regular expression for the
    reason. flagged: the check cells that a human should look at, "" for the whole notebook; None where either
    is right. says: a regular expression, which the messages of the verdicts, the flags and the notes together
    contain. needs: layers of the sandbox without which it is not handed in. stock: whether stock nbgrader
    grades it, too.
    """

    student: str
    tries: str
    base: Callable[[str], NotebookNode] | None
    changes: tuple[Change, ...] = ()
    beside: Mapping[str, Beside] = field(default_factory=dict)
    text: Callable[[str], bytes] | None = None
    file: str = ""
    lesson: str = LESSON
    points: Mapping[str, float] | None = None
    ungraded: str = ""
    flagged: Collection[str] | None = ()
    says: str = ""
    needs: Collection[str] = ()
    stock: bool = False

    def hand_in(self, course: Path, known: Mapping[str, str]) -> None:
        """Write it below `course`.

        known: what the hostile know and the corpus cannot, such as the course's path, by the word that stands
        for it: "@COURSE@".
        """
        folder = course / "submitted" / self.student / self.lesson
        folder.mkdir(parents=True)
        if self.base is not None:
            notebook = deepcopy(self.base(self.lesson))
            for change in self.changes:
                change(notebook)
            text = _told(json.dumps(notebook), known)
            content = self.text(text) if self.text else text.encode()
            (folder / (self.file or f"{self.lesson}.ipynb")).write_bytes(content)
        for name, thing in self.beside.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(thing, bytes):
                path.write_bytes(thing)
            elif isinstance(thing, str):
                path.write_text(_told(dedent(thing), known), encoding="utf-8")
            else:
                thing(path)


def _told(text: str, known: Mapping[str, str]) -> str:
    for word, meaning in known.items():
        text = text.replace(word, meaning)
    return text


# Points ----------------------------------------------------------------------------------------------


def full(lesson: str = LESSON, **changed: float) -> dict[str, float]:
    """All points of a lesson, by exercise, but for those given."""
    return {f"check_{e.cell}": changed.get(e.cell, e.points) for e in exercises(lesson)}


def none(lesson: str = LESSON, **changed: float) -> dict[str, float]:
    """No points, but for those given."""
    return {f"check_{e.cell}": changed.get(e.cell, 0.0) for e in exercises(lesson)}


def checks(lesson: str = LESSON) -> tuple[str, ...]:
    """The names of all check cells."""
    return tuple(full(lesson))


# Notebooks -------------------------------------------------------------------------------------------


@cache
def _notebook(folder: str, lesson: str) -> NotebookNode:
    return nbformat.read(ROOT / folder / lesson / f"{lesson}.ipynb", as_version=4)


def whole(lesson: str) -> NotebookNode:
    """As it was released, with every answer right."""
    notebook = deepcopy(_notebook("notebooks", lesson))
    for place, answer in zip(notebook.cells, _notebook("solutions", lesson).cells, strict=True):
        if place.metadata.get("nbgrader", {}).get("solution"):
            place.source = as_answer(answer.source)
    return notebook


def solved(lesson: str) -> NotebookNode:
    """Every answer right, without the texts and figures, which take time and earn nothing."""
    return _bare(whole(lesson))


def released(lesson: str) -> NotebookNode:
    """No answer, without the texts and figures."""
    return _bare(deepcopy(_notebook("notebooks", lesson)))


def _bare(notebook: NotebookNode) -> NotebookNode:
    notebook.cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    return notebook


# Changes ---------------------------------------------------------------------------------------------


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell with this id."""
    return next(cell for cell in notebook.cells if cell.get("id") == name)


def added(source: str, after: str = "given_imports", name: str = "added") -> Change:
    """A cell of the learner's own, behind the one named."""

    def change(notebook: NotebookNode) -> None:
        place = next(i for i, cell in enumerate(notebook.cells) if cell.get("id") == after)
        notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(dedent(source).strip(), id=name))

    return change


def at_the_end(source: str, name: str = "last") -> Change:
    """A cell of the learner's own behind all others."""
    return lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell(dedent(source).strip(), id=name))


def written(**sources: str) -> Change:
    """Other answers, by cell."""

    def change(notebook: NotebookNode) -> None:
        for name, source in sources.items():
            cell_of(notebook, name).source = dedent(source).strip()

    return change


def replaced(name: str, old: str, new: str) -> Change:
    """Other words in one cell."""

    def change(notebook: NotebookNode) -> None:
        cell = cell_of(notebook, name)
        if old not in cell.source:
            raise ValueError(f"the cell {name} no longer contains {old!r}:\n{cell.source}")
        cell.source = cell.source.replace(old, new, 1)

    return change


def continued(name: str, source: str) -> Change:
    """More at the end of a cell."""

    def change(notebook: NotebookNode) -> None:
        cell_of(notebook, name).source += "\n" + dedent(source).strip()

    return change


def begun(name: str, source: str) -> Change:
    """More at the beginning of a cell."""

    def change(notebook: NotebookNode) -> None:
        cell = cell_of(notebook, name)
        cell.source = dedent(source).strip() + "\n" + cell.source

    return change


def deleted(*names: str) -> Change:
    """Without these cells."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells = [cell for cell in notebook.cells if cell.get("id") not in names]

    return change


def about(name: str, **metadata: Any) -> Change:
    """Other values in a cell's metadata for nbgrader."""
    return lambda notebook: cell_of(notebook, name).metadata.nbgrader.update(metadata)


def everywhere(**metadata: Any) -> Change:
    """Other values in the metadata of all cells that nbgrader knows."""

    def change(notebook: NotebookNode) -> None:
        for cell in notebook.cells:
            cell.metadata.nbgrader.update(metadata)

    return change


ESCAPED = "somebody got out by: "
"""What a cell prints where an attempt at getting out succeeded."""


def attempts(text: str) -> Change:
    """At the end of the last answer, attempts that a sandbox refuses; where one succeeds, the answer is gone.

    text: the bodies of functions, each below a comment that names it. So the points show what happened in the
    process that earns them, and the outputs what happened in the one that Jupyter would show.
    """
    tried = re.split(r"\n\n(?=# )", dedent(text).strip())
    return continued("by_hand", "\n\n".join(_attempt(i, body) for i, body in enumerate(tried)))


def _attempt(number: int, text: str) -> str:
    name = text.splitlines()[0].removeprefix("# ")
    body = "\n".join("    " + line for line in text.splitlines())
    return f"""
def attempt_{number}():
{body}

try:
    attempt_{number}()
except Exception as refusal:
    print("refused:", {name!r}, type(refusal).__name__)
else:
    print({ESCAPED!r} + {name!r})
    by_hand = None
"""
