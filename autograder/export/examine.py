"""The checks of all lessons, on the package as a whole, from outside the process that it runs in."""

from __future__ import annotations

import base64
import marshal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.asking import ENDED, question
from autograder.exercise import Exercise
from autograder.export.choice import Choice, borrowed
from autograder.export.layout import Laid, laid_out
from autograder.export.parts import (
    GIVEN_MODULES,
    IMPORTED_BY_NAME,
    PARTS,
    exercises_of,
    part_of,
)
from autograder.judge import judge
from autograder.report import Report
from autograder.scratch import bounded, scratch
from autograder.trusted import answers
from autograder.withheld import Group, library
from autograder.zygote import ChildError, Zygote

SECONDS = 10.0
"""For the import, and for each look at a part."""


@dataclass
class Examination:
    """What came of it.

    broken: the error that the import ended with, "" if it went well; frames: the lines of the package that
    the error came through, as file and number. reports: one for each exercise, by its name.
    """

    broken: str = ""
    frames: list[tuple[str, int]] = field(default_factory=list)
    reports: dict[str, Report] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Whether it can be imported, and nothing is wrong."""
        return not self.broken and all(report.right for report in self.reports.values())


def exercises_for(lessons: Sequence[str]) -> list[Exercise]:
    """The exercises that a whole package can be asked about: those whose names it has."""
    names = {name for part in PARTS for name in part.names}
    return [e for lesson in lessons for e in exercises_of(lesson) if set(e.reference) <= names]


def examine(
    choices: Mapping[str, Choice], package: str, exercises: Sequence[Exercise], zygote: Zygote
) -> Examination:
    """Import the package, and check it. Raises Clash, and RuntimeError where the fault is ours."""
    whole = Examination()
    groups: dict[tuple[str, str], list[Exercise]] = {}
    for exercise in exercises:
        choice = choices[part_of(exercise).label]
        alone = choice.part.label if choice.part.checked_alone and choice.is_own else ""
        groups.setdefault((_names(package, choice, exercise), alone), []).append(exercise)
    laid = {alone: laid_out(_around(alone, choices), package) for _, alone in groups}
    for (names, alone), its in groups.items():
        one = _looked_at(laid[alone], package, names, its, zygote)
        if one.broken:
            return one
        whole.reports.update(one.reports)
    return whole


def _around(alone: str, choices: Mapping[str, Choice]) -> dict[str, Choice]:
    """The choices, but where one part is looked at alone, all others are borrowed."""
    if not alone:
        return dict(choices)
    return {label: choice if label == alone else borrowed(choice, "") for label, choice in choices.items()}


def _looked_at(
    laid: Laid, package: str, names: str, exercises: Sequence[Exercise], zygote: Zygote
) -> Examination:
    """What one child says of some exercises."""
    found, running, seen = Examination(), "", dict[str, dict[int, Any]]()
    with scratch() as work, zygote.child() as child, bounded(work, child.kill):
        laid.write(work / package)
        try:
            child.send(_request(package, names, exercises, work))
            child.receive(_START)
        except ChildError as error:
            raise RuntimeError(f"the process that checks the package did not start: {error}") from None
        try:
            while running != "done":
                answer = child.receive(SECONDS + _GRACE, _LARGEST_ANSWER)
                running = str(answer.get("running", running))
                if "broken" in answer:
                    frames = [(str(file), int(line)) for file, line in answer["frames"]]
                    return Examination(str(answer["broken"]), frames)
                if "part" in answer:
                    seen.setdefault(str(answer["exercise"]), {})[int(answer["part"])] = answer["seen"]
        except (ChildError, LookupError, ValueError, TypeError):
            pass  # what has not been seen is not right
    if not running:
        return Examination("Python ended, or had to be stopped, during the import")
    why = ENDED.format(running)
    found.reports = {e.name: _report(e, seen.get(e.name, {}), why) for e in exercises}
    return found


_START, _GRACE, _LARGEST_ANSWER = 30.0, 5.0, 8 << 20


def _report(exercise: Exercise, seen: Mapping[int, Any], why: str) -> Report:
    expected = answers(exercise.name)
    looks = [seen.get(place, why) for place in range(len(exercise.parts))]
    return Report(exercise.name, tuple(judge(exercise, expected.cases, looks, expected)))


def _request(package: str, names: str, exercises: Sequence[Exercise], work: Path) -> dict[str, Any]:
    whole = library(Group(tuple(replace(exercise, withheld=(), needed=()) for exercise in exercises)))
    probes = {name: code for name, code in whole["modules"].items() if not _is_of_babygrad(name)}
    apart = (*IMPORTED_BY_NAME, *GIVEN_MODULES)
    shim = compile(_SHIM.format(package, apart), "<babygrad>", "exec", dont_inherit=True)
    modules = {**probes, "babygrad": [True, base64.b64encode(marshal.dumps(shim)).decode()]}
    return {
        "library": {"modules": modules, "absent": []},
        "package": package,
        "work": str(work),
        "seconds": SECONDS,
        "lent": {},
        "cells": [{"id": "names", "source": names}],
        "exercises": [question(exercise, answers(exercise.name).cases) for exercise in exercises],
    }


def _is_of_babygrad(name: str) -> bool:
    return name.split(".")[0] == "babygrad"


_SHIM = """
import importlib
import sys

package = importlib.import_module("{0}")
for name in {1}:
    importlib.import_module("{0}." + name)
for name in [name for name in sys.modules if name.startswith("{0}.")]:
    sys.modules["babygrad" + name.removeprefix("{0}")] = sys.modules[name]
sys.modules["babygrad"] = package
"""
"""What the probes get for babygrad."""


def _names(package: str, choice: Choice, exercise: Exercise) -> str:
    """Python that gives parts of the package the names by which an exercise asks for them."""
    lines = [f"from {package} import *", f"from {package}.tensor import _ensure_tensor"]
    if choice.part.module in IMPORTED_BY_NAME:
        lines += [f"from {package}.{module} import *" for module in IMPORTED_BY_NAME]
    if not choice.is_own and choice.part.checked_as:
        lines.append(choice.part.checked_as)
    elif "backward" in choice.part.names:
        lines.append("backward = Tensor.backward")
    if "Tensor" in exercise.reference and not exercise.name.startswith("01_tensor/"):
        lines.append(_ONE_CLASS)
        if exercise.name.startswith("04_elementwise/"):  # which wants another class than babygrad's
            lines.append('Tensor = type("Tensor", (Tensor,), methods)')
    return "\n".join(lines)


_ONE_CLASS = """
methods = {}
for one in Tensor.__mro__[-2::-1]:
    methods |= {n: thing for n, thing in vars(one).items() if type(thing).__name__ != "member_descriptor"}
for name in ("__slots__", "__dict__", "__weakref__"):
    methods.pop(name, None)
for name, thing in methods.items():
    if name not in vars(Tensor):
        setattr(Tensor, name, thing)
"""
"""Operators are looked for in the class itself, as in the notebook, and not in those that it extends."""
