"""The verdict on a notebook, reached outside the learner's process.

The learner's cells run in children (``autograder.child``); inputs that nobody has seen before go in,
observations come back as plain data, and the comparison with the reference happens here. Exercises that
withhold what others need are asked about in different children. Where one ends early, a new one goes on with
what is left: a crash costs the exercise, or the cell, in which it happens; unless it comes of a cell that the
learner has added, and that cell can be left out.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from autograder import plain
from autograder.exercise import Exercise
from autograder.exercises import exercises as exercises_of
from autograder.exercises import find
from autograder.judge import Answers, Verdict, cases_of, judge
from autograder.report import Report
from autograder.scratch import bounded, scratch
from autograder.warm import warm_child
from autograder.withheld import Group, grouped, library
from autograder.zygote import ChildError, Ended, Zygote

_GRACE = 2.0
"""Seconds that a child may be late with an answer: its own clock stops what it can stop."""

_START = 30.0
"""Seconds that a child may take to begin."""

_LARGEST_ANSWER = 8 << 20


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
    found = _Found(dict(cells), total)
    _ask(exercises, found, seconds, files)
    if doubted := _doubted(exercises, found):
        found = _second_thoughts(exercises, found, doubted, seconds, files)
    return Outcome({e.cell: _report(e, found) for e in exercises}, found.layers)


def _doubted(exercises: Sequence[Exercise], found: _Found) -> list[str]:
    """Cells that may be to blame for an end of Python in an answer: all those that the learner has added.

    What damages Python need not end it at once.
    """
    known = {*found.fatal, *(exercise.cell for exercise in exercises)}
    added = [name for name in found.cells if name not in known and not name.startswith("given_")]
    return added if found.ended - set(added) else []


def _second_thoughts(
    exercises: Sequence[Exercise], first: _Found, doubted: list[str], seconds: float, files: Path | None
) -> _Found:
    """What is found without the cells in doubt, if that is more; those that do no harm then come back."""

    def points(found: _Found) -> float:
        return math.fsum(_report(exercise, found).points for exercise in exercises)

    def without(cells: list[str]) -> _Found:
        found = _Found(first.cells, first.total, first.end, fatal=list(cells), layers=first.layers)
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


# Asking ----------------------------------------------------------------------------------------------


def _ask(exercises: Sequence[Exercise], found: _Found, seconds: float, files: Path | None) -> None:
    """Find all there is to know of these exercises, or why it is not known."""
    for group in grouped(exercises):
        found.errors = {}
        _ask_about(group, found, seconds, files)
        found.why_missing.update((e.name, found.errors.get(e.cell, "")) for e in group.exercises)


@dataclass
class _Found:
    """What has been found so far: by exercise, or by cell.

    total: seconds for all, from the moment when the first child is ready; end: when time is up. seen: parts
    of exercises. missing: a name that the learner did not write, and why_missing: the error of its cell.
    errors: of cells, where this group of exercises is asked about. fatal: cells that are left out, as they
    end Python. why: an exercise has parts that were not seen. ended: cells and exercises in which Python
    ended by itself.
    """

    cells: dict[str, str]
    total: float
    end: float = math.inf
    seen: dict[str, dict[int, Any]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    why_missing: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    fatal: list[str] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    layers: tuple[str, ...] = ("limits", "capabilities", "landlock", "seccomp")

    def is_answered(self, exercise: Exercise) -> bool:
        """Whether all is known of an exercise that there is to know."""
        seen = len(self.seen.get(exercise.name, ()))
        return exercise.name in self.missing or exercise.name in self.why or seen == len(exercise.parts)


_ENDED = (
    "Python ended, or had to be stopped, while running `{}`. Is there a loop without end, or a call that "
    "leaves Python?"
)
_OUT_OF_TIME = (
    "The time for the whole notebook was over before this was checked. Which cell, or which function, takes "
    "so long?"
)


def _ask_about(group: Group, found: _Found, seconds: float, files: Path | None) -> None:
    """Have children work on a group until each exercise is answered, or it is known why it is not."""
    while pending := [exercise for exercise in group.exercises if not found.is_answered(exercise)]:
        with scratch(files) as work:
            running = _ask_child(_request(group, pending, found, seconds, work), found)
        if time.monotonic() >= found.end:
            found.why.update((e.name, _OUT_OF_TIME) for e in pending if not found.is_answered(e))
        elif running in found.cells and running not in found.fatal:
            found.fatal.append(running)
        else:  # also where a child says something else than what it was asked
            blamed = [e for e in pending if e.name == running] or pending
            found.why.update((e.name, _ENDED.format(e.name)) for e in blamed if not found.is_answered(e))


def _request(
    group: Group, exercises: Sequence[Exercise], found: _Found, seconds: float, work: Path
) -> dict[str, Any]:
    cells = [{"id": name, "source": text} for name, text in found.cells.items() if name not in found.fatal]
    return {
        "library": library(group),
        "seconds": float(seconds),
        "work": str(work),
        "cells": cells,
        "lent": _lent(group.exercises[0].name.split("/")[0]),
        "exercises": [_in_plain(exercise.name) for exercise in exercises],
    }


@cache
def _in_plain(name: str) -> dict[str, Any]:
    """An exercise as a child is told of it: names, probes and inputs."""
    exercise = find(name)
    parts = [
        [*part.place, [plain.encoded(dict(case.inputs)) for case in cases]]
        for part, cases in zip(exercise.parts, answers(name).cases, strict=True)
    ]
    return {"name": name, "names": list(exercise.reference), "parts": parts}


@cache
def _lent(lesson: str) -> dict[str, dict[str, list[str]]]:
    """Where a cell fails, what stands in for its parts in later cells, as far as a child has it."""
    return {
        exercise.cell: {
            name: [part.__module__, part.__name__]
            for name, part in exercise.reference.items()
            if getattr(part, "__module__", "").startswith("babygrad")
        }
        for exercise in exercises_of(lesson)
    }


def _ask_child(request: dict[str, Any], found: _Found) -> str:
    """Have a child work on a request, and take its answers down; returns what it was running last."""
    running, word = "", secrets.token_hex()
    with _zygote().child() as child, bounded(Path(request["work"]), child.kill):
        try:
            child.send({**request, "word": word})
            ready = child.receive(min(_START, max(found.end - time.monotonic(), 0)), _LARGEST_ANSWER)
        except ChildError as error:
            if time.monotonic() >= found.end:
                return running
            complaint = _zygote().close()
            raise RuntimeError(f"the checking process did not start: {complaint or error}") from None
        if "fault" in ready:
            raise RuntimeError(f"the checking process could not begin: {ready['fault']}")
        found.layers = tuple(layer for layer in found.layers if layer in ready.get("layers", ()))
        found.end = min(found.end, time.monotonic() + found.total)
        asked = {exercise["name"] for exercise in request["exercises"]}
        try:
            for _ in range(_most_answers(request)):
                left = found.end - time.monotonic()
                patience = min(request["seconds"] + _GRACE, max(left, 0))
                answer = child.receive(patience, _LARGEST_ANSWER)
                if answer.get("word") != word:  # the learner's code has found the channel
                    break
                running = _take_down(answer, running, asked, found)
                if running == _DONE:
                    break
        except Ended:
            found.ended.add(running)
        except ChildError:
            pass
    return running


_DONE = "done"


def _most_answers(request: dict[str, Any]) -> int:
    """How many answers a child has to give."""
    parts = sum(1 + len(exercise["parts"]) for exercise in request["exercises"])
    return 2 * len(request["cells"]) + parts + 1


def _take_down(answer: dict[str, Any], running: str, asked: set[str], found: _Found) -> str:
    """Note an answer, which may be anything; returns what the child is running from now on.

    asked: the names of the exercises that this child was asked about.
    """
    match answer:
        case {"running": str(name)}:
            return name
        case {"cell": str(name), "error": str(error)} if name in found.cells:
            found.errors.setdefault(name, error[:400])
        case {"exercise": str(name), "missing": str(missing)} if name in asked:
            found.missing.setdefault(name, missing[:100])
        case {"exercise": str(name), "part": int(part), "seen": seen} if name in asked and 0 <= part < 100:
            found.seen.setdefault(name, {}).setdefault(part, seen)
    return running


@cache
def _zygote() -> Zygote:
    return warm_child()


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


def _report(exercise: Exercise, found: _Found) -> Report:
    verdicts = tuple(_verdicts(exercise, found))
    lost = not all(verdict.right for verdict in verdicts)
    left_out = [name for name in found.fatal if name != exercise.cell] if lost else []
    notes = [
        f"The cell `{name}` was left out: Python ended, or had to be stopped, in it or because of it."
        for name in left_out
    ]
    return Report(exercise.name, verdicts, tuple(notes))


def _verdicts(exercise: Exercise, found: _Found) -> list[Verdict]:
    missing = found.missing.get(exercise.name)
    if missing is not None:
        if exercise.cell in found.fatal:
            return _nothing(exercise, _ENDED.format(exercise.cell))
        error = found.why_missing.get(exercise.name)
        why = f": its cell stopped with {error}" if error else " in this notebook"
        return _nothing(exercise, f"There is no `{missing}` of your own{why}.")
    expected = answers(exercise.name)
    why = found.why.get(exercise.name, _UNREADABLE)
    seen = [found.seen.get(exercise.name, {}).get(place, why) for place in range(len(exercise.parts))]
    try:
        return judge(exercise, expected.cases, seen, expected)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return _nothing(exercise, _UNREADABLE)


_UNREADABLE = "What came back from your code could not be read."


def _nothing(exercise: Exercise, message: str) -> list[Verdict]:
    return [Verdict(part.label, part.points, 0.0, difference=message) for part in exercise.parts]
