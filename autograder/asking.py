"""What children see of a learner's code: inputs that nobody has seen before go in, observations come back.

The learner's cells run in children (``autograder.child``), and what comes back is plain data that nobody
trusts. Exercises that withhold what others need are asked about in different children. Where one ends early,
a new one goes on with what is left: a crash costs the exercise, or the cell, in which it happens.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from autograder import plain
from autograder.exercise import Case, Exercise
from autograder.exercises import exercises as exercises_of
from autograder.scratch import bounded, scratch
from autograder.warm import warm_child
from autograder.withheld import Group, grouped, library
from autograder.zygote import ChildError, Ended, Zygote

_GRACE = 2.0
"""Seconds that a child may be late with an answer: its own clock stops what it can stop."""

_START = 30.0
"""Seconds that a child may take to begin."""

_LARGEST_ANSWER = 8 << 20

Question = dict[str, Any]
"""An exercise as a child is told of it: names, probes and inputs, as plain data."""


def question(exercise: Exercise, cases: Sequence[Sequence[Case]]) -> Question:
    """What is to be asked about an exercise, with the cases of each part."""
    parts = [
        [*part.place, [plain.encoded(dict(case.inputs)) for case in its]]
        for part, its in zip(exercise.parts, cases, strict=True)
    ]
    return {"name": exercise.name, "names": list(exercise.reference), "parts": parts}


@dataclass
class Found:
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


def ask(
    exercises: Sequence[Exercise],
    questions: Mapping[str, Question],
    found: Found,
    seconds: float,
    files: Path | None = None,
) -> None:
    """Find all there is to know of these exercises, or why it is not known.

    questions: by the name of the exercise. seconds: for each cell and each look at the learner's code. files:
    a folder whose files lie beside the notebook. Raises RuntimeError where the fault is ours.
    """
    for group in grouped(exercises):
        found.errors = {}
        _ask_about(group, questions, found, seconds, files)
        found.why_missing.update((e.name, found.errors.get(e.cell, "")) for e in group.exercises)


ENDED = (
    "Python ended, or had to be stopped, while running `{}`. Is there a loop without end, or a call that "
    "leaves Python?"
)
_OUT_OF_TIME = (
    "The time for the whole notebook was over before this was checked. Which cell, or which function, takes "
    "so long?"
)


def _ask_about(
    group: Group, questions: Mapping[str, Question], found: Found, seconds: float, files: Path | None
) -> None:
    """Have children work on a group until each exercise is answered, or it is known why it is not."""
    while pending := [exercise for exercise in group.exercises if not found.is_answered(exercise)]:
        with scratch(files) as work:
            asked = [questions[exercise.name] for exercise in pending]
            running = _ask_child(_request(group, asked, found, seconds, work), found)
        if time.monotonic() >= found.end:
            found.why.update((e.name, _OUT_OF_TIME) for e in pending if not found.is_answered(e))
        elif running in found.cells and running not in found.fatal:
            found.fatal.append(running)
        else:  # also where a child says something else than what it was asked
            blamed = [e for e in pending if e.name == running] or pending
            found.why.update((e.name, ENDED.format(e.name)) for e in blamed if not found.is_answered(e))


def _request(
    group: Group, questions: Sequence[Question], found: Found, seconds: float, work: Path
) -> dict[str, Any]:
    cells = [{"id": name, "source": text} for name, text in found.cells.items() if name not in found.fatal]
    return {
        "library": library(group),
        "seconds": float(seconds),
        "work": str(work),
        "cells": cells,
        "lent": _lent(group.exercises[0].name.split("/")[0]),
        "exercises": list(questions),
    }


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


def _ask_child(request: dict[str, Any], found: Found) -> str:
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


def _take_down(answer: dict[str, Any], running: str, asked: set[str], found: Found) -> str:
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
