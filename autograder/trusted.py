"""The verdict on a notebook, reached outside the learner's process.

What children see of the learner's code (``autograder.asking``) is compared here with what the reference does.
A crash costs the exercise, or the cell, in which it happens; unless it comes of a cell that the learner has
added, and that cell can be left out.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from autograder.asking import ENDED, Found, Question, ask, question
from autograder.exercise import Exercise
from autograder.exercises import find
from autograder.judge import Answers, Verdict, cases_of, judge
from autograder.report import Report


@dataclass(frozen=True)
class Outcome:
    """What came of a notebook.

    reports: on each exercise, by the id of its cell. layers: the names of the layers of the sandbox that were
    in force all the time.
    """

    reports: dict[str, Report]
    layers: tuple[str, ...]


def reports(
    exercises: Sequence[Exercise], cells: Iterable[tuple[str, str]], seconds: float = 5, total: float = 60
) -> dict[str, Report]:
    """The report on each exercise, by the id of its cell; see ``outcome``."""
    return outcome(exercises, cells, seconds, total).reports


def outcome(
    exercises: Sequence[Exercise],
    cells: Iterable[tuple[str, str]],
    seconds: float = 5,
    total: float = 60,
    files: Path | None = None,
) -> Outcome:
    """The reports on a notebook, and what the sandbox was made of.

    cells: id and source of the learner's cells, in order, without the checks. seconds: for each cell and each
    look at the learner's code; total: for everything. files: a folder whose files lie beside the notebook;
    links are left out, and 50 MB are the most.
    Raises RuntimeError where the fault is ours.
    """
    found = Found(dict(cells), total)
    _ask(exercises, found, seconds, files)
    if doubted := _doubted(exercises, found):
        found = _second_thoughts(exercises, found, doubted, seconds, files)
    return Outcome({e.cell: _report(e, found) for e in exercises}, found.layers)


def _ask(exercises: Sequence[Exercise], found: Found, seconds: float, files: Path | None) -> None:
    ask(exercises, {exercise.name: _question(exercise.name) for exercise in exercises}, found, seconds, files)


def _doubted(exercises: Sequence[Exercise], found: Found) -> list[str]:
    """Cells that may be to blame for an end of Python in an answer: all those that the learner has added.

    What damages Python need not end it at once.
    """
    known = {*found.fatal, *(exercise.cell for exercise in exercises)}
    added = [name for name in found.cells if name not in known and not name.startswith("given_")]
    return added if found.ended - set(added) else []


def _second_thoughts(
    exercises: Sequence[Exercise], first: Found, doubted: list[str], seconds: float, files: Path | None
) -> Found:
    """What is found without the cells in doubt, if that is more; those that do no harm then come back."""

    def points(found: Found) -> float:
        return math.fsum(_report(exercise, found).points for exercise in exercises)

    def without(cells: list[str]) -> Found:
        found = Found(first.cells, first.total, first.end, fatal=list(cells), layers=first.layers)
        _ask(exercises, found, seconds, files)
        return found

    best, out = without(doubted), doubted
    if points(best) <= points(first):
        return first
    for name in doubted:
        fewer = [other for other in out if other != name]
        again = without(fewer)
        if points(again) >= points(best):
            best, out = again, fewer
    return best


# Comparing -------------------------------------------------------------------------------------------


@cache
def _seed() -> int:
    """One for each process: nobody outside knows it, and what it leads to is found once for a whole class."""
    return secrets.randbits(64)


@cache
def answers(name: str) -> Answers:
    """What the reference and the known mistakes answer to this process's inputs."""
    exercise = find(name)
    return Answers(exercise, cases_of(exercise, _seed()))


@cache
def _question(name: str) -> Question:
    return question(find(name), answers(name).cases)


def _report(exercise: Exercise, found: Found) -> Report:
    verdicts = tuple(_verdicts(exercise, found))
    lost = not all(verdict.right for verdict in verdicts)
    left_out = [name for name in found.fatal if name != exercise.cell] if lost else []
    notes = [
        f"The cell `{name}` was left out: Python ended, or had to be stopped, in it or because of it."
        for name in left_out
    ]
    return Report(exercise.name, verdicts, tuple(notes))


def _verdicts(exercise: Exercise, found: Found) -> list[Verdict]:
    missing = found.missing.get(exercise.name)
    if missing is not None:
        if exercise.cell in found.fatal:
            return _nothing(exercise, ENDED.format(exercise.cell))
        error = found.why_missing.get(exercise.name)
        why = f": its cell stopped with {error}" if error else " in this notebook"
        return _nothing(exercise, f"There is no `{missing}` of your own{why}.")
    expected = answers(exercise.name)
    why = found.why.get(exercise.name, _UNREADABLE)
    seen = [found.seen.get(exercise.name, {}).get(place, why) for place in range(len(exercise.parts))]
    try:
        verdicts = judge(exercise, expected.cases, seen, expected)
        return [_as_not_run(verdict, found.why_missing.get(exercise.name, "")) for verdict in verdicts]
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return _nothing(exercise, _UNREADABLE)


def _as_not_run(verdict: Verdict, error: str) -> Verdict:
    """A verdict on a cell that is no Python: nothing of it has run, so what else is wrong comes of that."""
    if verdict.right or not error.startswith(_NO_PYTHON):
        return verdict
    told = f"Your cell stopped with {error}. Until that is mended, nothing of the cell counts."
    return replace(verdict, case="", difference=told, hint="", family="")


_NO_PYTHON = ("SyntaxError", "IndentationError", "TabError")

_UNREADABLE = "What came back from your code could not be read."


def _nothing(exercise: Exercise, message: str) -> list[Verdict]:
    return [Verdict(part.label, part.points, 0.0, difference=message) for part in exercise.parts]
