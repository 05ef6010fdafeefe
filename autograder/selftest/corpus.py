"""The corpus: for each exercise, solutions that are wrong in one way, and right ones that look different.

Wrong("no-minus", "Negate", {"return -x": "return x"}, loses=0.5, family="unchanged")

is the solution of an exercise with a small edit. What stands in ``autograder/exercises/`` as a known mistake
is a program of the author's own; what stands here is what somebody might have typed instead of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from textwrap import indent

import nbformat

from autograder.exercises import LESSONS
from autograder.source import SOLUTION_MARK, as_answer

Cells = dict[str, str]
"""The given cells and the learner's, by id, in the notebook's order."""


@dataclass(frozen=True)
class Wrong:
    """A solution with one mistake.

    name: which mistake, in a few words with hyphens; one of its kind in the exercise. exercise: without its
    lesson, "Mul". edits: what is replaced in the solution's cell, by what; each stands there once. loses: the
    points that go. family: the kind of mistake that the message names, "" where a general message is all that
    can be said; also: other families that name it as well. survives: the weak check that it would pass, if it
    is known for that: "squares".
    """

    name: str
    exercise: str
    edits: Mapping[str, str]
    loses: float
    family: str = ""
    also: tuple[str, ...] = ()
    survives: str = ""

    def written(self, solution: str) -> str:
        """The solution's cell with the mistake. Raises ValueError where an edit does not fit just once."""
        for old, new in self.edits.items():
            if solution.count(old) != 1:
                raise ValueError(
                    f"{self.exercise}, {self.name}: {old!r} stands {solution.count(old)} times in the "
                    f"solution, not once:\n{solution}"
                )
            solution = solution.replace(old, new)
        return solution


def wrong_solutions(lesson: str) -> tuple[Wrong, ...]:
    """The wrong solutions of a lesson. Raises KeyError for a lesson that does not exist."""
    return import_module(f"{__package__}.wrong.{LESSONS[lesson]}").WRONG


def right_solutions(root: Path, lesson: str) -> dict[tuple[str, str], str]:
    """The right solutions of a lesson in other styles: what stands in the cell, by cell and style."""
    styles = import_module(f"{__package__}.right.{LESSONS[lesson]}").STYLES
    stubs = cells(root, "notebooks", lesson)
    return {
        (cell, style): written_into(stubs[cell], answers)
        for cell, all_ in styles.items()
        for style, answers in all_.items()
    }


# Notebooks -------------------------------------------------------------------------------------------

_GAP = re.compile(r"^( *)# YOUR CODE HERE\n *raise NotImplementedError\(\)", re.MULTILINE)


def cells(root: Path, folder: str, lesson: str) -> Cells:
    """The given cells and the learner's in a lesson; folder: "solutions" or "notebooks"."""
    return {name: as_answer(text) for name, text in _cells(root, folder, lesson).items()}


def answer_lines(root: Path, lesson: str, cell: str) -> set[int]:
    """The lines of a solution's cell, counted from 1, that the learner has to write."""
    lines: set[int] = set()
    number, inside = 0, False
    for line in _cells(root, "solutions", lesson)[cell].splitlines():
        if mark := SOLUTION_MARK.match(line):
            inside = mark[1] == "BEGIN"
            continue
        number += 1
        if inside:
            lines.add(number)
    return lines


@cache
def _cells(root: Path, folder: str, lesson: str) -> Cells:
    notebook = nbformat.read(root / folder / lesson / f"{lesson}.ipynb", as_version=4)
    known = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    return {cell.id: cell.source for cell in known if not cell.metadata.nbgrader.grade}


def written_into(stub: str, answers: str | tuple[str, ...]) -> str:
    """A released cell with an answer in each of its gaps; an answer with definitions replaces the cell.

    Raises ValueError where there are more or fewer answers than gaps.
    """
    if isinstance(answers, str) and re.search("^class |^def ", answers, re.MULTILINE):
        return answers
    pending = [answers] if isinstance(answers, str) else list(answers)
    if len(pending) != len(_GAP.findall(stub)):
        raise ValueError(f"there are {len(pending)} answers for {len(_GAP.findall(stub))} gaps in:\n{stub}")
    return _GAP.sub(lambda gap: indent(pending.pop(0).strip("\n"), gap[1]), stub)


def filled(stub: str, answer: str) -> str:
    """A released cell with the same answer in all of its gaps."""
    return _GAP.sub(lambda gap: indent(answer, gap[1]), stub)
