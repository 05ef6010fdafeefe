"""What the corpus holds: enough of everything, of every exercise and every family."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from autograder.exercise import Exercise
from autograder.exercises import LESSONS, exercises, find
from autograder.reporting.families import CURRICULUM, group_of
from autograder.selftest.corpus import (
    Wrong,
    answer_lines,
    cells,
    filled,
    right_solutions,
    written_into,
    wrong_solutions,
)
from autograder.selftest.trial import trials

ROOT = Path(__file__).parents[2]

WRONG = [(lesson, wrong) for lesson in LESSONS for wrong in wrong_solutions(lesson)]
RIGHT = [(lesson, *key) for lesson in LESSONS for key in right_solutions(ROOT, lesson)]
EXERCISES = [exercise for lesson in LESSONS for exercise in exercises(lesson)]


def test_there_are_many() -> None:
    assert len(WRONG) >= 250
    assert len(RIGHT) >= 80


@pytest.mark.parametrize("exercise", EXERCISES, ids=[exercise.name for exercise in EXERCISES])
def test_every_exercise_has_wrong_solutions_and_right_ones(exercise: Exercise) -> None:
    lesson = exercise.name.split("/")[0]
    assert sum(f"{its}/{wrong.exercise}" == exercise.name for its, wrong in WRONG) >= 5
    assert sum((its, cell) == (lesson, exercise.cell) for its, cell, _ in RIGHT) >= 2


def test_every_family_of_the_curriculum_is_made() -> None:
    made = {group_of(family) for _, wrong in WRONG for family in (wrong.family, *wrong.also)}
    assert CURRICULUM.keys() <= made


def test_few_have_no_name() -> None:
    assert sum(bool(wrong.family) for _, wrong in WRONG) >= 0.95 * len(WRONG)


def test_names_are_used_once() -> None:
    counted = Counter((lesson, wrong.exercise, wrong.name) for lesson, wrong in WRONG)
    assert max(counted.values()) == 1


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_a_wrong_solution_loses_is_there_to_be_lost(lesson: str) -> None:
    for wrong in wrong_solutions(lesson):
        points = find(f"{lesson}/{wrong.exercise}").points
        assert 0 < wrong.loses <= points or points == 0, wrong.name


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_trial_changes_something(lesson: str) -> None:
    solution = cells(ROOT, "solutions", lesson)
    sources = [tuple(trial.cells.values()) for trial in trials(ROOT, lesson)]
    assert tuple(solution.values()) not in sources
    assert max(Counter(sources).values()) == 1


def test_an_edit_that_does_not_fit_just_once_is_an_error() -> None:
    for old in ("absent", "a"):
        with pytest.raises(ValueError, match=f"Mul, twice: '{old}' stands . times in the solution, not once"):
            Wrong("twice", "Mul", {old: "b"}, loses=1).written("a * a")
    assert Wrong("once", "Mul", {"a * a": "b"}, loses=1).written("a * a + 1") == "b + 1"


STUB = """def f(x):
    # YOUR CODE HERE
    raise NotImplementedError()

def g(x):
        # YOUR CODE HERE
        raise NotImplementedError()"""


def test_answers_are_written_into_the_gaps() -> None:
    written = written_into(STUB, ("return x", "y = x\nreturn y\n"))
    assert written == "def f(x):\n    return x\n\ndef g(x):\n        y = x\n        return y"
    assert written_into(STUB, "def h(x): ...") == "def h(x): ..."
    with pytest.raises(ValueError, match="1 answers for 2 gaps"):
        written_into(STUB, "return x")
    assert filled(STUB, "pass") == "def f(x):\n    pass\n\ndef g(x):\n        pass"


def test_answer_lines_are_those_of_the_gaps() -> None:
    source = cells(ROOT, "solutions", "03_function")["mul"].splitlines()
    lines = answer_lines(ROOT, "03_function", "mul")
    assert source[min(lines) - 1].strip() == "return a * b"
    assert len(lines) < len(source) / 2
