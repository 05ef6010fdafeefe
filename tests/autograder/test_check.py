"""``check``: what it returns, what it prints, what it refuses."""

from __future__ import annotations

import logging
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import babygrad
from autograder import check
from autograder.checking import CheckError
from autograder.exercise import Exercise
from autograder.exercises import LESSONS

from .lessons import EXERCISES, NAMES


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
def test_the_report_is_a_number_to_nbgrader_and_a_text_to_people(
    exercise: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    report = check(exercise.name, *exercise.reference.values())
    assert repr(report) == repr(float(exercise.points))
    assert capsys.readouterr() == (report.text() + "\n", "")
    assert "[no]" not in report.text()


class Speechless:
    """An object that cannot be shown, as while its repr is not written yet."""

    def __init__(self, *args: Any, **options: Any) -> None:
        pass

    def __repr__(self) -> str:
        raise NotImplementedError()


JUNK = {
    "None": None,
    "number": 3,
    "text": "text",
    "list": [],
    "array": np.ones(3),
    "function": lambda *args, **options: None,
    "class": int,
    "class of one's own": Speechless,
    "object": Speechless(),
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
@pytest.mark.parametrize("name", JUNK)
def test_whatever_is_given_the_check_answers(
    exercise: Exercise, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    junk = JUNK[name]
    if any(isinstance(part, type) for part in exercise.reference.values()) and not isinstance(junk, type):
        with pytest.raises(CheckError, match="should be the class itself, without \\(\\)"):
            check(exercise.name, *[junk] * len(exercise.reference))
        return
    report = check(exercise.name, *[junk] * len(exercise.reference))
    assert 0 <= float(repr(report)) < exercise.points or exercise.points == 0
    assert not report.right
    assert report.message
    assert capsys.readouterr().err == ""


def test_the_same_answer_gets_the_same_message(capsys: pytest.CaptureFixture[str]) -> None:
    once, again = (check("03_function/Mul", babygrad.Add) for _ in range(2))
    assert once == again
    assert once.message
    capsys.readouterr()


def test_an_unknown_exercise_is_met_with_the_nearest_and_all_others() -> None:
    with pytest.raises(CheckError) as error:
        check("03_function/Mull", babygrad.Mul)
    assert 'Did you mean "03_function/Mul"?' in str(error.value)
    for name in NAMES:
        assert (name in str(error.value)) == name.startswith("03_function/")


@pytest.mark.parametrize("name", ["99_nothing/Mul", "Mul", "", babygrad.Mul])
def test_an_unknown_lesson_is_met_with_all_lessons(name: Any) -> None:
    with pytest.raises(CheckError, match=", ".join(LESSONS)):
        check(name, babygrad.Mul)


def test_a_wrong_number_of_parts_is_met_with_the_right_call() -> None:
    for parts in ((), (babygrad.add, babygrad.mul)):
        with pytest.raises(CheckError) as error:
            check("03_function/operators", *parts)
        assert 'check("03_function/operators", add, mul, Tensor)' in str(error.value)
        assert f"it got {len(parts)} things" in str(error.value)


def test_an_error_of_the_check_is_shown_without_its_own_lines() -> None:
    with pytest.raises(CheckError) as error:
        check("03_function/Mull")
    assert error.value._render_traceback_() == str(error.value).split("\n")
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


class Wrong(babygrad.Mul):
    """A product that is none."""

    def forward(self, a: Any, b: Any) -> Any:
        return a - b


def test_the_validate_button_shows_the_report_as_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckError) as error:
        check("03_function/Mul", Wrong)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    text = check("03_function/Mul", Wrong).text()
    assert str(error.value) == text
    assert error.value._render_traceback_() == text.split("\n")
    capsys.readouterr()


def test_the_validate_button_has_nothing_to_say_where_all_is_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert repr(check("03_function/Mul", babygrad.Mul)) == "3.0"
    capsys.readouterr()


def test_who_interrupts_a_loop_reads_one_sentence() -> None:
    def by_hand(a: float, b: float, c: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(CheckError, match="interrupted while your code was running") as error:
        check("03_function/by_hand", by_hand)
    assert error.value.__suppress_context__


class Loud(babygrad.Mul):
    """A product that writes wherever it can."""

    def forward(self, a: Any, b: Any) -> Any:
        print("first line\nsecond line")
        print("on stderr", file=sys.stderr)
        logging.getLogger("loud").error("logged")
        warnings.warn("warned", stacklevel=1)
        np.log(np.zeros(1))
        return a * b


def test_what_the_learner_prints_is_noted_and_nothing_goes_to_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = check("03_function/Mul", Loud)
    out, err = capsys.readouterr()
    assert err == ""
    assert out == report.text() + "\n"
    assert out.endswith("        While it was checked, your code printed: first line\n")
    assert "second line" not in out
    assert "your code makes NumPy warn: divide by zero encountered in log." in " ".join(out.split())


HEAVY = "nbgrader IPython ipykernel jupyter jupyter_client jupytext matplotlib nbconvert nbformat rich typer"


def test_importing_and_using_the_check_loads_nothing_heavy() -> None:
    program = f"""
import sys
from autograder import check
assert "babygrad" not in sys.modules, "not before it is needed"
import babygrad
check("03_function/Mul", babygrad.Mul)
print(sorted(set({HEAVY.split()}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "[]"
