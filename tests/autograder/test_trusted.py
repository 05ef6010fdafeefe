"""The verdict from outside: what comes back from the child is data, and may be any data."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import trusted
from autograder.checking import observations
from autograder.exercise import Exercise
from autograder.exercises import LESSONS, exercises, find
from autograder.judge import cases_of
from autograder.report import Report
from autograder.sandbox import landlock
from autograder.trusted import reports

from .lessons import EXERCISES, NAMES, ROOT, code

# With a process of its own --------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_solutions_get_all_points(lesson: str) -> None:
    verdicts = reports(exercises(lesson), code("solutions", lesson).items())
    for report in verdicts.values():
        assert report.right
        assert report.points == report.most
        assert report.most > 0 or find(report.name).points == 0
    assert [report.name for report in verdicts.values()] == [exercise.name for exercise in exercises(lesson)]


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)"])
def test_a_process_that_ends_early_keeps_what_was_seen_before(end: str) -> None:
    cells = code("solutions", "03_function")
    cells["mul"] = cells["mul"].replace("return a * b", end)
    verdicts = reports(exercises("03_function"), cells.items())
    points = {cell: report.points for cell, report in verdicts.items()}
    assert points == {"function_call": 5, "add": 2, "mul": 0, "operators": 0, "by_hand": 0}
    assert verdicts["mul"].message.startswith(
        "Python ended, or had to be stopped, while running `03_function/Mul`; what comes after it"
    )


def test_a_process_that_does_not_end_is_ended() -> None:
    stubborn = (
        "while True:\n    try:\n        while True:\n            x = 3\n    except BaseException:\n        3"
    )
    verdicts = reports(exercises("03_function"), [("scratch", stubborn)], seconds=0.1, total=3)
    assert {report.points for report in verdicts.values()} == {0}
    assert {report.message for report in verdicts.values()} == {verdicts["add"].message}
    assert "while running `scratch`" in verdicts["add"].message


def test_what_the_learner_starts_is_ended_with_the_child(tmp_path: Path) -> None:
    program = f"import time; time.sleep(2); open({str(tmp_path / 'alive')!r}, 'w')"
    start = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {program!r}])"
    reports(exercises("03_function"), [("scratch", start)])
    time.sleep(2.5)
    assert not (tmp_path / "alive").exists()


UNKNOWN = """
import os, sys
from pathlib import Path
assert "a secret" not in os.environ.values()
assert not os.listdir()
assert Path.cwd() not in Path(__import__("autograder").__file__).parents
assert not any(Path(p).resolve() == Path.cwd() for p in sys.path)
assert "nbgrader" not in sys.modules and "IPython" not in sys.modules
"""


def test_the_child_knows_little_of_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a secret")
    right = code("solutions", "03_function")["by_hand"]
    for asserted, points in ((UNKNOWN, 2), (UNKNOWN + "assert False\n", 0)):
        verdicts = reports(exercises("03_function"), [("by_hand", asserted + right)])
        assert verdicts["by_hand"].points == points, verdicts["by_hand"].message


SHUT_IN = f"""
import os, subprocess
for attempt in (
    lambda: open({str(ROOT / "solutions" / "03_function" / "03_function.py")!r}),
    lambda: open({str(ROOT / "nbgrader_config.py")!r}, "a"),
    lambda: os.listdir({str(ROOT)!r}),
    lambda: subprocess.run(["true"]),
    os.fork,
):
    try:
        attempt()
    except PermissionError:
        continue
    raise AssertionError(attempt)
open("mine", "w").close()
"""


@pytest.mark.skipif(not landlock.version(), reason="this system has no Landlock")
def test_the_child_is_shut_in() -> None:
    right = code("solutions", "03_function")["by_hand"]
    verdicts = reports(exercises("03_function"), [("by_hand", SHUT_IN + right)])
    assert verdicts["by_hand"].points == 2, verdicts["by_hand"].message


def test_the_child_names_the_layers_that_are_in_force() -> None:
    request = {"seconds": 5.0, "cells": [], "exercises": []}
    assert trusted._ask_child(request, 60)[0].keys() == {"ready", "layers"}


def test_a_learner_may_draw_within_the_time_of_a_cell() -> None:
    drawing = "from matplotlib import pyplot as plt\nplt.plot([3, 5]); plt.savefig('p.png')\n"
    right = code("solutions", "03_function")["by_hand"]
    assert reports(exercises("03_function"), [("by_hand", drawing + right)])["by_hand"].points == 2


def test_what_the_learner_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    noise = "import os, sys\nprint(3)\nprint(4, file=sys.stderr)\nos.write(1, b'5')\nos.write(2, b'6')"
    reports(exercises("03_function"), [("noise", noise)])
    assert capfd.readouterr() == ("", "")


# Where the fault is ours ----------------------------------------------------------------------------


def test_a_child_that_cannot_start_is_our_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no module named autograder >&2\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(RuntimeError, match="the checking process did not start: no module named autograder"):
        reports(exercises("03_function"), code("solutions", "03_function").items())


def test_a_child_that_says_nothing_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true" if os.path.exists("/bin/true") else "/usr/bin/true")
    with pytest.raises(RuntimeError, match="did not start: it said nothing"):
        reports(exercises("03_function"), code("solutions", "03_function").items())


def test_a_reference_that_fails_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = find("03_function/by_hand")
    answers = right_answers(exercise)
    monkeypatch.setitem(exercise.reference, "by_hand", lambda a, b, c: 1 / 0)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="the reference itself"):
        answered(exercise, answers)


# Whatever comes back ---------------------------------------------------------------------------------


SEED = 7


def answered(exercise: Exercise, answers: list[Any]) -> Report:
    """The report on an exercise if the child says this."""
    lines = [json.dumps(answer) for answer in answers]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trusted.secrets, "randbits", lambda bits: SEED)
        patch.setattr(trusted, "_ask_child", lambda request, total: list(trusted._whole(lines)))
        return reports([exercise], [])[exercise.cell]


@cache
def _right_answers(name: str) -> str:
    exercise = find(name)
    seen = observations(exercise, {}, cases_of(exercise, SEED))
    cell = {"cell": exercise.cell, "error": ""}
    return json.dumps([{"ready": True}, {"running": name}, cell, {"exercise": name, "seen": seen}])


def right_answers(exercise: Exercise) -> list[Any]:
    """What the child says of the reference."""
    return json.loads(_right_answers(exercise.name))


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
def test_right_answers_are_right(exercise: Exercise) -> None:
    assert answered(exercise, right_answers(exercise)).points == exercise.points


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """The way to every piece of nested lists and dictionaries."""
    inner = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [path] * bool(path) + [place for key, item in inner for place in places(item, (*path, key))]


PLACES = st.sampled_from(EXERCISES).flatmap(
    lambda exercise: st.tuples(st.just(exercise), st.sampled_from(places(right_answers(exercise))))
)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([10**400, "Tensor", "array", "raised", "tuple", "TimeUp", "float64", "é" * 1000]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "items", "values", "shape", "stopped", "missing"]), inner)
    ),
    max_leaves=5,
)
CHANGES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "replaced": lambda holder, key, junk: holder.__setitem__(key, junk),
    "wrapped": lambda holder, key, junk: holder.__setitem__(key, [holder[key]]),
    "taken away": lambda holder, key, junk: holder.pop(key),
    "emptied": lambda holder, key, junk: holder.__setitem__(key, type(holder[key])()),
    "said twice": lambda holder, key, junk: holder.__setitem__(key, [holder[key], holder[key]]),
}


@settings(max_examples=150)
@given(PLACES, st.sampled_from(sorted(CHANGES)), JUNK)
def test_malformed_answers_never_stop_the_grader(
    where: tuple[Exercise, tuple], change: str, junk: Any
) -> None:
    exercise, place = where
    answers = right_answers(exercise)
    holder: Any = answers
    for key in place[:-1]:
        holder = holder[key]
    CHANGES[change](holder, place[-1], junk)
    report = answered(exercise, answers)
    assert 0 <= report.points <= report.most
    assert report.text()
    assert report._repr_html_()


NESTED = {"kind": "Tensor", "dtype": "float32", "shape": [2], "values": [[7.0, 9.0]]}
SHORT = {"kind": "Tensor", "dtype": "float32", "shape": [2], "values": [9.0]}
NO_VALUE = {"kind": "array", "dtype": "float64", "shape": [], "values": []}
HUGE = {"kind": "number", "value": 10**400}


@pytest.mark.parametrize("thing", [NESTED, SHORT, NO_VALUE, HUGE, {"kind": []}, {"kind": "tuple"}], ids=str)
def test_things_that_cannot_be_are_wrong(thing: dict[str, Any]) -> None:
    for exercise in EXERCISES:
        answers = right_answers(exercise)
        for part in answers[-1]["seen"]:
            for case in part:
                for label in case:
                    case[label] = thing
        assert answered(exercise, answers).points == 0


@given(st.lists(st.dictionaries(st.sampled_from(["exercise", "seen", "cell", "error", "running"]), JUNK)))
def test_answers_of_any_form_never_stop_the_grader(answers: list[Any]) -> None:
    assert answered(find("03_function/Mul"), [{"ready": True}, *answers]).points == 0


@pytest.mark.parametrize("line", ["", "{", "3", "[]", "null", "\0", "[" * 100_000, '{"cell": ' * 100_000])
def test_lines_that_are_no_answers_never_stop_the_grader(line: str) -> None:
    ready = json.dumps({"ready": True})
    answers = list(trusted._whole([ready, line, ready]))
    assert answers
    assert set(map(json.dumps, answers)) == {ready}


def test_an_unfinished_line_ends_the_answers() -> None:
    assert list(trusted._whole(['{"a": 1}', '{"b": 2', '{"c": 3}'])) == [{"a": 1}]
