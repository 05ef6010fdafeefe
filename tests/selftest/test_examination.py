"""The examination itself: what is not as the corpus says is found, whatever it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.exercises import exercises, find
from autograder.judge import cases_of
from autograder.selftest import run
from autograder.selftest.corpus import Wrong, cells
from autograder.selftest.margins import farthest
from autograder.selftest.mutants import mutants
from autograder.selftest.stability import Stability, stability
from autograder.selftest.survivors import SURVIVORS, why
from autograder.selftest.trial import Trial, tried

ROOT = Path(__file__).parents[2]
LESSON = "03_function"


def a_wrong_one(edits: dict[str, str], loses: float, family: str = "", cell: str = "mul") -> Trial:
    """A wrong solution of Mul, and what is claimed of it."""
    solution = cells(ROOT, "solutions", LESSON)
    wrong = Wrong("some-mistake", "Mul", edits, loses, family)
    points = {exercise.cell: exercise.points for exercise in exercises(LESSON)}
    written = {**solution, cell: wrong.written(solution[cell])}
    return Trial("wrong", LESSON, "mul", wrong.name, written, points | {"mul": 3 - loses}, wrong)


SUM = {"return a * b": "return a + b"}


def test_what_is_as_it_should_be_has_no_faults() -> None:
    found = tried(a_wrong_one(SUM, 1, "other operation"))
    assert found.is_caught
    assert found.is_alone
    assert found.is_named
    assert not list(found.faults())


@pytest.mark.parametrize(
    ("trial", "faults"),
    [
        (a_wrong_one(SUM, 2, "other operation"), ["`mul` should earn 1 points and earns 2"]),
        (a_wrong_one(SUM, 1, "lost sign"), ["should name 'lost sign', and names 'other operation'"]),
        (a_wrong_one(SUM, 1), ["should name 'no mistake', and names 'other operation'"]),
        (
            a_wrong_one({"return a * b": "return b * a"}, 1, "other operation"),
            ["earns 3", "passes all checks", "names 'no mistake'"],
        ),
        (
            a_wrong_one({"class Add(Function)": "class Add(list)"}, 1, cell="add"),
            ["`add` should earn", "`mul` should earn 2 points and earns 3", "passes all checks"],
        ),
    ],
)
def test_what_is_not_as_the_corpus_says_is_a_fault(trial: Trial, faults: Sequence[str]) -> None:
    found = list(tried(trial).faults())
    assert len(found) == len(faults)
    for fault, words in zip(found, faults, strict=True):
        assert words in fault


def test_a_right_solution_that_loses_points_is_a_fault() -> None:
    solution = cells(ROOT, "solutions", LESSON)
    wrong = {**solution, "mul": solution["mul"].replace("return a * b", "return a / b")}
    points = {exercise.cell: exercise.points for exercise in exercises(LESSON)}
    points_lost, message = tried(Trial("right", LESSON, "mul", "divided", wrong, points)).faults()
    assert "should earn 3 points and earns 2" in points_lost
    assert message.startswith("With `a = 3` and `b = 4`")


# Many seeds ------------------------------------------------------------------------------------------


def test_one_verdict_for_all_seeds_and_how_far_off_it_is() -> None:
    found = stability(a_wrong_one(SUM, 1, "other operation"), range(12))
    assert found.is_stable
    assert found.points.total() == 12
    assert set(found.named) == {("other operation", "", "")}
    assert found.nearest > 1e6
    assert not list(found.faults())


LUCKY = "return a * b if a.size != 6 or a.ravel()[0] > 0 else a + b"


def test_a_verdict_that_depends_on_the_seed_is_a_fault() -> None:
    found = stability(a_wrong_one({"return a * b": LUCKY}, 1), range(12))
    assert not found.is_stable
    [fault] = found.faults()
    assert re.fullmatch(r"With other seeds the points are others: \d+ times \d; \d+ times \d.", fault)


def test_each_seed_is_judged_as_if_it_were_alone() -> None:
    exercise = find(f"{LESSON}/Mul")
    trial = a_wrong_one({"return a * b": LUCKY}, 1)
    wrong = {
        seed for seed in range(12) if any(case.inputs["arrays"][0].size == 6
        and case.inputs["arrays"][0].ravel()[0] <= 0 for case in cases_of(exercise, seed)[0])
    }  # fmt: skip
    alone = {seed for seed in range(12) if max(map(sum, stability(trial, [seed]).points)) < 3}
    assert alone == wrong
    lost = sum(n for points, n in stability(trial, range(12)).points.items() if sum(points) < 3)
    assert lost == len(wrong)


@pytest.mark.slow
def test_a_loop_without_end_is_not_waited_for_again_and_again() -> None:
    found = stability(a_wrong_one({"return a * b": "while True: pass"}, 3), range(200))
    assert found.is_stable
    assert found.points.total() < 200


def test_errors_are_multiples_of_what_is_allowed() -> None:
    def number(value: float) -> dict:
        return {"x": {"kind": "number", "value": value}}

    def array(*values: float, dtype: str = "float64", **more: object) -> dict:
        return {"x": {"kind": "array", "shape": [2], "dtype": dtype, "values": list(values), **more}}

    assert farthest(number(5), number(5)) == 0
    assert farthest(number(5), number(5 + 5e-9)) == pytest.approx(1, rel=1e-3)
    assert farthest(array(5, 7), array(5, 7 + 14e-9)) == pytest.approx(2, rel=1e-3)
    assert farthest(array(5, 7, dtype="float32"), array(5, 7.7, dtype="float32")) == pytest.approx(
        1e4, rel=1e-3
    )
    for other in (number(5), array(5, 7, dtype="float32"), array(5, 7, shape=[1, 2]), {}, {"y": {}}):
        assert farthest(array(5, 7), other) == float("inf")
    listed = {"x": {"kind": "tuple", "items": [number(3)["x"], number(4)["x"]]}}
    other = {"x": {"kind": "tuple", "items": [number(3)["x"], number(4 + 8e-9)["x"]]}}
    assert farthest(listed, other) == pytest.approx(2, rel=1e-3)


# Mutants ---------------------------------------------------------------------------------------------


def test_mutants_are_made_of_the_answers_only() -> None:
    pytest.importorskip("mutmut")
    made = list(mutants(ROOT, LESSON))
    names = [trial.name for trial in made]
    assert "return a * b -> return a / b" in names
    assert len(set(names)) == len(names) > 20
    solution = cells(ROOT, "solutions", LESSON)
    for trial in made:
        assert {name for name, text in trial.cells.items() if text != solution[name]} == {trial.exercise}
        assert "class" not in trial.name


def test_a_mutant_that_lives_without_a_reason_is_a_fault() -> None:
    solution = cells(ROOT, "solutions", LESSON)
    alive = tried(Trial("mutant", LESSON, "mul", "a -> b", solution, {}))
    [(_, fault)] = run.Findings([LESSON], mutants=[alive]).faults()
    assert fault.startswith("A mutant that no check notices.")
    sigmoid = "return np.where(x >= 0, 1, small) -> return np.where(x > 0, 1, small)"
    assert why("04_elementwise", "sigmoid", sigmoid)
    assert not why("04_elementwise", "sigmoid", "return np.where(x >= 0, 1, small) -> return None")


def test_every_reason_is_for_an_answer_that_there_is() -> None:
    known = {(lesson, e.cell) for lesson in {lesson for lesson, _ in SURVIVORS} for e in exercises(lesson)}
    assert SURVIVORS.keys() <= known


# The command -----------------------------------------------------------------------------------------


def test_the_command_prints_a_table_and_all_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    bad = a_wrong_one(SUM, 2, "other operation")
    steady = Stability(bad)
    steady.points.update({(1.0, 2.0): 3, (0.0, 2.0): 1})
    steady.named.update({("one", ""): 2, ("", ""): 2})

    def found(root: Path, lessons: Sequence[str], advance: object, **rest: object) -> run.Findings:
        return run.Findings(lessons, [tried(bad)], [], [steady])

    monkeypatch.setattr(run, "examine", found)
    result = CliRunner().invoke(app, ["selftest", LESSON], env={"COLUMNS": "160"})
    assert result.exit_code == 1
    assert "`mul` should earn 1 points and earns 2." in result.output
    assert "the points are others: 3 times 3; 1 times 2." in result.output
    assert "the mistake is another: 2 times one; 2 times no mistake named." in result.output
    row = next(line for line in result.output.splitlines() if "03_function/Mul" in line)
    assert " ".join(row.split()).startswith("03_function/Mul 0/1 1/1 1/1 - 0/1 0 -")


def test_a_lesson_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, ["selftest", "33_nothing"])
    assert result.exit_code == 2
    assert 'there is no lesson "33_nothing"' in result.output
