"""Learners' notebooks for tests: those of the solutions, with other text in some cells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import nbformat

from autograder.export.notebooks import Notebook, notebooks
from autograder.export.parts import LESSONS, PARTS, Part
from autograder.selftest.corpus import right_solutions, wrong_solutions

from ..lessons import ROOT, code

SOLUTIONS = ROOT / "solutions"


def written(folder: Path, changes: Mapping[str, str | None] | None = None) -> Path:
    """Write solution notebooks to `folder`. changes: by "lesson/cell" the text; None takes the cell away."""
    for lesson in LESSONS:
        notebook = nbformat.read(SOLUTIONS / lesson / f"{lesson}.ipynb", as_version=4)
        for cell in list(notebook.cells):
            text = (changes or {}).get(f"{lesson}/{cell.id}", cell.source)
            if text is None:
                notebook.cells.remove(cell)
            else:
                cell.source = text
        (folder / lesson).mkdir(parents=True)
        nbformat.write(notebook, folder / lesson / f"{lesson}.ipynb")
    return folder


def untouched(*parts: Part) -> dict[str, str | None]:
    """Changes that leave the cells of some parts as they were released."""
    cells = [cell.split("/") for part in parts for cell in sorted(part.cells)]
    return {f"{lesson}/{cell}": code("notebooks", lesson)[cell] for lesson, cell in cells}


def part(label: str) -> Part:
    """The part with this label."""
    return next(part for part in PARTS if part.label == label)


def wrong(lesson: str, exercise: str, name: str, cell: str) -> dict[str, str | None]:
    """A change to a wrong solution of the corpus."""
    found = next(w for w in wrong_solutions(lesson) if (w.exercise, w.name) == (exercise, name))
    solution = notebooks(SOLUTIONS, (lesson,))[lesson].cells[cell]
    without_marks = "\n".join(line for line in solution.split("\n") if "### " not in line)
    return {f"{lesson}/{cell}": found.written(without_marks)}


def right(lesson: str, cell: str, style: str) -> dict[str, str | None]:
    """A change to a right solution in another style."""
    return {f"{lesson}/{cell}": right_solutions(ROOT, lesson)[cell, style]}


def read(changes: Mapping[str, str | None] | None = None) -> dict[str, Notebook]:
    """The solutions as notebooks that have been read; a change of a cell that is not there adds it."""
    found = notebooks(SOLUTIONS, LESSONS)
    for place, text in (changes or {}).items():
        lesson, cell = place.split("/")
        cells = {**found[lesson].cells, cell: text}
        found[lesson] = Notebook(
            lesson, {name: source for name, source in cells.items() if source is not None}
        )
    return found
