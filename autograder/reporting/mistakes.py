"""The mistakes of a class: how many students made which, in which exercises, and what they were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.judge import Verdict
from autograder.reporting.families import group_of
from autograder.reporting.submissions import LessonClass, Submission

UNWRITTEN = "not written yet"
_BY_BEGINNING = {
    "The line `raise NotImplementedError()`": UNWRITTEN,
    "your code stopped with": "stops with an error",
    "your code calls itself": "stops with an error",
    "Python says:": "stops with an error",
    "what your code gives cannot be used": "stops with an error",
    "your code did not come to an end": "does not come to an end",
    "Python ended": "does not come to an end",
    "There is no `": "not defined in the notebook",
    "your code makes NumPy warn": "makes NumPy warn",
}
UNKNOWN = "something else than the known mistakes"


@dataclass(frozen=True)
class Example:
    """One message, the exercises in which it was given, and those who got it."""

    exercises: tuple[str, ...]
    message: str
    students: tuple[Submission, ...]


@dataclass(frozen=True)
class Frequent:
    """A kind of mistake. students: how many made it; exercises: how many did so in each, the most first."""

    group: str
    students: int
    exercises: tuple[tuple[str, int], ...]
    examples: tuple[Example, ...]


def frequent_mistakes(lesson: LessonClass) -> list[Frequent]:
    """The kinds of mistakes in a class, those of most students first; without what is not written yet."""
    return [one for one in _by_frequency(lesson) if one.group != UNWRITTEN]


def unwritten(lesson: LessonClass) -> Frequent | None:
    """Who has not written what yet; None where everybody has tried everything."""
    return next((one for one in _by_frequency(lesson) if one.group == UNWRITTEN), None)


def kind_of(verdict: Verdict) -> str:
    """The kind of mistake that a verdict tells of."""
    if verdict.family:
        return group_of(verdict.family)
    begins = (kind for words, kind in _BY_BEGINNING.items() if verdict.difference.startswith(words))
    return next(begins, UNKNOWN)


Told = dict[str, dict[str, dict[str, Submission]]]
"""Those who were told something, by what they were told, by the exercise, by their id."""


def _by_frequency(lesson: LessonClass) -> list[Frequent]:
    found: dict[str, Told] = {}
    for submission in lesson.graded:
        for exercise, verdict in _wrong(submission):
            # What helps with a known mistake is its hint; the numbers differ from one student to the next.
            told = found.setdefault(kind_of(verdict), {}).setdefault(verdict.hint or verdict.message, {})
            told.setdefault(exercise, {})[submission.student] = submission
    return sorted((_frequent(*one) for one in found.items()), key=lambda one: (-one.students, one.group))


def _wrong(submission: Submission) -> Iterator[tuple[str, Verdict]]:
    for answer in submission.answers:
        yield from ((answer.title, verdict) for verdict in answer.report.verdicts if not verdict.right)


def _frequent(group: str, told: Told) -> Frequent:
    by_exercise: dict[str, set[str]] = {}
    for exercises in told.values():
        for exercise, students in exercises.items():
            by_exercise.setdefault(exercise, set()).update(students)
    counts = Counter({exercise: len(students) for exercise, students in by_exercise.items()})
    examples = (_example(message, exercises) for message, exercises in told.items())
    return Frequent(
        group,
        len(set().union(*by_exercise.values())),
        tuple(counts.most_common()),
        tuple(sorted(examples, key=lambda example: -len(example.students))),
    )


def _example(message: str, exercises: dict[str, dict[str, Submission]]) -> Example:
    everybody = {student: one for students in exercises.values() for student, one in students.items()}
    return Example(tuple(exercises), message, tuple(everybody.values()))
