"""What the report knows of a class: plain data, one object per submission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from autograder.report import Report


class State(Enum):
    """How far a submission has come; the value is the word for it."""

    GRADED = "graded"
    UNGRADED = "not graded"
    WAITING = "not yet graded"
    MISSING = "not handed in"


@dataclass(frozen=True)
class Answer:
    """One exercise of one submission.

    points: what counts, a human's decision and extra credit included. report: what the check said. by_hand:
    whether a human has set the points.
    """

    name: str
    most: float
    points: float
    report: Report
    by_hand: bool = False

    @property
    def title(self) -> str:
        """The short name: "03_function/Function.__call__" is __call__ here."""
        return short_name(self.name)

    @property
    def right(self) -> bool:
        """Whether all points are there, or, where there are none to earn, nothing is wrong."""
        return self.points >= self.most if self.most else self.report.right

    @property
    def share(self) -> float:
        """The part of the exercise's points that was earned, from 0 to 1."""
        return min(1.0, max(0.0, self.points / self.most)) if self.most else float(self.right)


@dataclass(frozen=True)
class Flag:
    """Something that a human should look at. title: of the exercise, or ""; settled: whether they have."""

    title: str
    text: str
    settled: bool = False


@dataclass(frozen=True)
class Submission:
    """One student's work on one lesson, or that there is none.

    reason: why there are no points. notes: harmless facts. layers: of the sandbox that the code ran in, None
    if that was not recorded. late: seconds after the due date. penalty: points taken off for that.
    """

    student: str
    lesson: str
    state: State
    first_name: str = ""
    last_name: str = ""
    reason: str = ""
    answers: tuple[Answer, ...] = ()
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()
    layers: tuple[str, ...] | None = None
    submitted: datetime | None = None
    late: float = 0.0
    penalty: float = 0.0

    @property
    def name(self) -> str:
        """ "Okafor, Ada", or the id where no name is known."""
        return ", ".join(part for part in (self.last_name, self.first_name) if part) or self.student

    @property
    def order(self) -> tuple[str, str, str]:
        """What lists of a class are sorted by."""
        return (self.name.casefold(), self.student.casefold(), self.student)

    @property
    def graded(self) -> bool:
        """Whether there are points to show."""
        return self.state is State.GRADED

    @property
    def total(self) -> float:
        """The points of all exercises."""
        return sum(answer.points for answer in self.answers)

    @property
    def score(self) -> float:
        """What counts in the end, as nbgrader exports it: without the late penalty, never below 0."""
        return max(0.0, self.total - self.penalty)

    @property
    def open_flags(self) -> tuple[Flag, ...]:
        """Those that nobody has decided on yet."""
        return tuple(flag for flag in self.flags if not flag.settled)

    @property
    def first_message(self) -> str:
        """What the learner reads first, or why there is nothing to read; "" where all is right."""
        if not self.graded:
            return self.reason
        found = ((answer.title, answer.report.message) for answer in self.answers)
        return next((f"{title}: {message}" for title, message in found if message), "")


@dataclass(frozen=True)
class LessonClass:
    """A lesson and everybody in it, in the order of their names. exercises: name and points of each."""

    lesson: str
    exercises: tuple[tuple[str, float], ...]
    submissions: tuple[Submission, ...]

    @property
    def most(self) -> float:
        """The points that can be earned."""
        return sum(points for _, points in self.exercises)

    @property
    def handed_in(self) -> tuple[Submission, ...]:
        """Without those who handed in nothing."""
        return tuple(one for one in self.submissions if one.state is not State.MISSING)

    @property
    def graded(self) -> tuple[Submission, ...]:
        """Those with points."""
        return tuple(one for one in self.submissions if one.graded)


def short_name(exercise: str) -> str:
    """The last part of an exercise's name: "01_tensor/Tensor.__init__" is __init__ here."""
    return exercise.split("/")[-1].split(".")[-1]
