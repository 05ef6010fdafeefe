"""One trial: a notebook of the corpus, what is expected of it, and what grading made of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.exercise import Exercise
from autograder.exercises import exercises, find
from autograder.report import Report
from autograder.selftest.corpus import (
    Cells,
    Wrong,
    cells,
    filled,
    right_solutions,
    wrong_solutions,
)
from autograder.trusted import reports

FILLINGS = ("pass", "return None", "return out_grad", "raise ValueError")
"""What somebody might write into every gap of a notebook; it earns nothing anywhere."""


@dataclass(frozen=True)
class Trial:
    """A notebook to grade.

    kind: "wrong", "right", or "stubs" for a whole notebook of which nothing is written. exercise: the one
    that it is about, by the id of its cell; "" for all. points: what must come out, by the id of the cell.
    wrong: for that kind, what the corpus says of it.
    """

    kind: str
    lesson: str
    exercise: str
    name: str
    cells: Cells
    points: dict[str, float]
    wrong: Wrong | None = None

    @property
    def about(self) -> Exercise:
        """The exercise that it is about. Raises LookupError where it is about all."""
        return next(exercise for exercise in exercises(self.lesson) if exercise.cell == self.exercise)

    def __str__(self) -> str:
        return "/".join(part for part in (self.lesson, self.exercise, self.name) if part)


@dataclass(frozen=True)
class Tried:
    """What grading made of it. seconds: how long it took."""

    trial: Trial
    reports: dict[str, Report] = field(repr=False)
    seconds: float

    @property
    def earned(self) -> dict[str, float]:
        """The points, by the id of the cell."""
        return {cell: report.points for cell, report in self.reports.items()}

    @property
    def own(self) -> Report:
        """The report on the exercise that it is about."""
        return self.reports[self.trial.exercise]

    @property
    def is_caught(self) -> bool:
        """Whether points are lost, as many as they should be (where there are none: whether it is wrong)."""
        expected = self.trial.points[self.trial.exercise]
        return not self.own.right and abs(self.own.points - expected) < 1e-9

    @property
    def is_alone(self) -> bool:
        """Whether no other exercise has lost anything."""
        return all(report.right for cell, report in self.reports.items() if cell != self.trial.exercise)

    @property
    def families(self) -> set[str]:
        """The kinds of mistakes that the messages name."""
        return {verdict.family for verdict in self.own.verdicts if verdict.family}

    @property
    def is_named(self) -> bool:
        """Whether a message names the mistake that the corpus names."""
        wrong = self.trial.wrong
        return wrong is not None and bool(self.families & {wrong.family, *wrong.also})

    @property
    def is_misnamed(self) -> bool:
        """Whether a message names a mistake that is not there."""
        wrong = self.trial.wrong
        return wrong is not None and not self.families <= {wrong.family, *wrong.also}

    def faults(self) -> Iterator[str]:
        """What is not as it should be, in sentences."""
        for cell, points in self.trial.points.items():
            if abs(self.earned[cell] - points) > 1e-9:
                yield f"`{cell}` should earn {points:g} points and earns {self.earned[cell]:g}."
        if self.trial.kind == "right":
            yield from (f"{report.message}" for report in self.reports.values() if not report.right)
        if self.trial.kind == "wrong":
            yield from self._faults_of_a_wrong_one()

    def _faults_of_a_wrong_one(self) -> Iterator[str]:
        if self.own.right:
            yield "It passes all checks."
        elif not self.is_alone:
            yield "Another exercise pays for it."
        named = ", ".join(sorted(self.families)) or "no mistake"
        assert self.trial.wrong is not None
        if self.is_misnamed or (self.trial.wrong.family and not self.is_named):
            yield (
                f"The message should name {self.trial.wrong.family or 'no mistake'!r}, and names {named!r}: "
                f"{self.own.message}"
            )


def trials(root: Path, lesson: str) -> Iterator[Trial]:
    """All trials of a lesson."""
    solution, stubs = cells(root, "solutions", lesson), cells(root, "notebooks", lesson)
    full = {exercise.cell: exercise.points for exercise in exercises(lesson)}
    for wrong in wrong_solutions(lesson):
        exercise = find(f"{lesson}/{wrong.exercise}")
        written = {**solution, exercise.cell: wrong.written(solution[exercise.cell])}
        points = {**full, exercise.cell: exercise.points - wrong.loses}
        yield Trial("wrong", lesson, exercise.cell, wrong.name, written, points, wrong)
    for (cell, style), text in right_solutions(root, lesson).items():
        yield Trial("right", lesson, cell, style, {**solution, cell: text}, full)
    nothing = dict.fromkeys(full, 0.0)
    yield Trial("stubs", lesson, "", "untouched", stubs, nothing)
    for filling in FILLINGS:
        written = {name: filled(text, filling) for name, text in stubs.items()}
        yield Trial("stubs", lesson, "", filling, written, nothing)


def tried(trial: Trial) -> Tried:
    """Grade it, as a submission is graded."""
    start = time.monotonic()
    found = reports(exercises(trial.lesson), trial.cells.items())
    return Tried(trial, found, time.monotonic() - start)
