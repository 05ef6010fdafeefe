"""A lesson in figures: how many, how well, which exercise was hardest, what protected the grading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from autograder.reporting.submissions import LessonClass, State, Submission, short_name
from autograder.sandbox import LAYERS


@dataclass(frozen=True)
class Overview:
    """Counts of submissions; mean and median of what was graded, None where nothing was."""

    handed_in: int
    graded: int
    ungraded: int
    waiting: int
    missing: int
    flagged: int
    late: int
    mean: float | None
    median: float | None


def overview(lesson: LessonClass) -> Overview:
    """The figures of a lesson."""
    count = {state: sum(one.state is state for one in lesson.submissions) for state in State}
    scores = [one.score for one in lesson.graded]
    return Overview(
        handed_in=len(lesson.handed_in),
        graded=count[State.GRADED],
        ungraded=count[State.UNGRADED],
        waiting=count[State.WAITING],
        missing=count[State.MISSING],
        flagged=sum(bool(one.open_flags) for one in lesson.submissions),
        late=sum(one.late > 0 for one in lesson.handed_in),
        mean=fmean(scores) if scores else None,
        median=median(scores) if scores else None,
    )


@dataclass(frozen=True)
class Bin:
    """How many scores lie from `low` up to, but not including, `high`; the last bin includes all above."""

    low: float
    high: float
    count: int


def histogram(scores: Sequence[float], most: float, bins: int = 10) -> list[Bin]:
    """Scores in bins of equal width, which is a whole number of points or, under `bins` points, a half."""
    if most <= 0:
        return []
    width = float(math.ceil(most / bins)) if most >= bins else 0.5 if most <= bins / 2 else 1.0
    edges = [width * i for i in range(math.ceil(most / width))]
    counts = [0] * len(edges)
    for score in scores:
        counts[min(int(score / width), len(edges) - 1)] += 1
    return [Bin(low, min(low + width, most), count) for low, count in zip(edges, counts, strict=True)]


@dataclass(frozen=True)
class ExerciseFigures:
    """One exercise over all graded submissions: its mean, and how many have all, some, none of its points."""

    title: str
    most: float
    mean: float
    full: int
    partly: int
    none: int

    @property
    def share(self) -> float:
        """From 0 to 1: of the points, what was earned; where there are none, of the students, who got it."""
        if self.most:
            return min(1.0, max(0.0, self.mean / self.most))
        return self.full / max(1, self.full + self.none)


def by_exercise(lesson: LessonClass) -> list[ExerciseFigures]:
    """The exercises in their order; nothing where nobody was graded."""
    if not lesson.graded:
        return []
    figures = []
    for place, (name, most) in enumerate(lesson.exercises):
        answers = [one.answers[place] for one in lesson.graded]
        full = sum(answer.right for answer in answers)
        none = sum(not answer.right and answer.points <= 0 for answer in answers)
        mean = fmean(answer.points for answer in answers)
        figures.append(ExerciseFigures(short_name(name), most, mean, full, len(answers) - full - none, none))
    return figures


def hardest(figures: Sequence[ExerciseFigures], count: int = 5) -> list[ExerciseFigures]:
    """Those in which most was lost, the hardest first."""
    lost = [one for one in figures if one.share < 1]
    return sorted(lost, key=lambda one: one.share)[:count]


@dataclass(frozen=True)
class Protection:
    """For how many submissions which layers of the sandbox were missing, and for how many is unknown."""

    graded: int
    missing: dict[str, int]
    unknown: int

    @property
    def complete(self) -> bool:
        """Whether all layers were in force, always."""
        return not self.missing and not self.unknown


def protection(submissions: Sequence[Submission]) -> Protection:
    """What stood between the learners' code and the machine when these were graded."""
    graded = [one for one in submissions if one.graded]
    known = [one.layers for one in graded if one.layers is not None]
    missing = {layer: sum(layer not in layers for layers in known) for layer in LAYERS}
    return Protection(len(graded), {k: n for k, n in missing.items() if n}, len(graded) - len(known))
