"""The verdict from outside: what comes back from the child is data, and may be any data."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import asking, trusted
from autograder.checking import observations
from autograder.exercise import Exercise
from autograder.exercises import LESSONS, exercises, find
from autograder.report import Report
from autograder.sandbox import landlock
from autograder.trusted import outcome, reports
from autograder.zygote import Ended, Unreadable

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
def test_a_process_that_ends_early_costs_the_exercise_in_which_it_does(end: str) -> None:
    cells = code("solutions", "03_function")
    cells["mul"] = cells["mul"].replace("return a * b", end)
    verdicts = reports(exercises("03_function"), cells.items())
    points = {cell: report.points for cell, report in verdicts.items()}
    assert points == {"function_call": 5, "add": 2, "mul": 0, "operators": 2, "by_hand": 2}
    assert verdicts["mul"].message.startswith(
        "Python ended, or had to be stopped, while running `03_function/Mul`. Is there a loop"
    )


def test_a_process_that_does_not_end_is_ended() -> None:
    stubborn = (
        "while True:\n    try:\n        while True:\n            x = 3\n    except BaseException:\n        3"
    )
    cells = [("scratch", stubborn), *code("solutions", "03_function").items()]
    verdicts = reports(exercises("03_function"), cells, seconds=0.1)
    assert all(report.right for report in verdicts.values())
    verdicts = reports(exercises("03_function"), [("scratch", stubborn)], seconds=0.1, total=1)
    assert {report.points for report in verdicts.values()} == {0}
    assert all("The time for the whole notebook was over" in report.message for report in verdicts.values())


def test_a_cell_that_is_no_python_is_told_as_that() -> None:
    cells = code("solutions", "01_tensor")
    name = exercises("01_tensor")[1].cell
    cells[name] += "\nreturn = 3"
    verdicts = reports(exercises("01_tensor"), cells.items())
    wrong = {cell: report.message for cell, report in verdicts.items() if not report.right}
    assert list(wrong) == [name]
    assert wrong[name].startswith("Your cell stopped with SyntaxError: invalid syntax (<cell ")


END = "import os\nos._exit(3)"


def test_a_cell_that_ends_python_is_left_out_and_said_so() -> None:
    cells = code("solutions", "03_function")
    verdicts = reports(exercises("03_function"), {"scratch": END, **cells, "mul": END}.items())
    assert {cell: report.points for cell, report in verdicts.items() if not report.right} == {"mul": 0}
    assert "while running `mul`" in verdicts["mul"].message
    assert verdicts["mul"].notes == (
        "The cell `scratch` was left out: Python ended, or had to be stopped, in it or because of it.",
    )
    assert verdicts["add"].notes == ()


LATER = "import builtins, os\nbuiltins.__build_class__ = lambda *a, **b: os._exit(3)"


def test_a_cell_that_ends_python_later_is_left_out_and_innocent_cells_are_not() -> None:
    cells = code("solutions", "03_function")
    given = cells.pop("given_imports")
    cells = {"given_imports": given, "harmless": "helper = 3", "one": LATER, "two": LATER, **cells}
    verdicts = reports(exercises("03_function"), cells.items())
    assert all(report.right and report.notes == () for report in verdicts.values())


def test_an_answer_that_ends_python_does_not_cost_the_cell_with_its_helpers() -> None:
    cells = code("solutions", "03_function")
    cells["add"] = cells["add"].replace("return a + b", "return same(a) + b")
    cells["by_hand"] = cells["by_hand"].replace("e_grad = d\n", "e_grad = leave(d)\n")
    helpers = "import os\ndef same(x): return x\ndef leave(x): os._exit(3)"
    verdicts = reports(exercises("03_function"), {"helpers": helpers, **cells}.items())
    assert {cell: report.points for cell, report in verdicts.items() if not report.right} == {"by_hand": 0}


def test_parts_before_the_end_keep_their_points() -> None:
    cells = code("solutions", "03_function")
    cells["mul"] = cells["mul"].replace("a, b = node._inputs", END.replace("\n", "; "))
    points = [verdict.earned for verdict in reports(exercises("03_function"), cells.items())["mul"].verdicts]
    assert points == [1, 0, 0]


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
assert not hasattr(__import__("autograder"), "__file__")
assert Path(sys.path[-1]) == Path.cwd() and not any(Path(p) == Path.cwd() for p in sys.path[:-1])
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


@pytest.mark.skipif(not landlock.version(), reason="this system has no Landlock")
def test_the_layers_that_were_in_force_are_named() -> None:
    layers = outcome(exercises("03_function"), []).layers
    assert layers == ("limits", "capabilities", "landlock", "seccomp")


def test_files_beside_the_notebook_are_there_and_links_are_not(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "numbers.txt").write_text("7", encoding="utf-8")
    (tmp_path / "helper.py").write_text("def times(a, b): return a * b", encoding="utf-8")
    (tmp_path / "numpy.py").write_text("raise SystemExit", encoding="utf-8")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    cells = code("solutions", "03_function")
    cells["mul"] = (
        "import os, numpy, helper\n"
        "assert open('data/numbers.txt').read() == '7' and numpy.array(3)\n"
        "assert sorted(os.listdir()) == ['data', 'helper.py', 'numpy.py']\n"
    ) + cells["mul"].replace("return a * b", "return helper.times(a, b)")
    found = outcome(exercises("03_function"), cells.items(), files=tmp_path)
    assert found.reports["mul"].right, found.reports["mul"].message
    assert not reports(exercises("03_function"), cells.items())["mul"].right


def test_a_learner_may_draw_within_the_time_of_a_cell() -> None:
    drawing = "from matplotlib import pyplot as plt\nplt.plot([3, 5]); plt.savefig('p.png')\n"
    right = code("solutions", "03_function")["by_hand"]
    assert reports(exercises("03_function"), [("by_hand", drawing + right)])["by_hand"].points == 2


def test_what_the_learner_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    noise = "import os, sys\nprint(3)\nprint(4, file=sys.stderr)\nos.write(1, b'5')\nos.write(2, b'6')"
    reports(exercises("03_function"), [("noise", noise)])
    assert capfd.readouterr() == ("", "")


# Where the fault is ours ----------------------------------------------------------------------------


@pytest.fixture
def other_zygote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_zygote", cache(asking._zygote.__wrapped__))


@pytest.mark.usefixtures("other_zygote")
def test_a_child_that_cannot_start_is_our_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no module named autograder >&2\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(RuntimeError, match="the checking process did not start: no module named autograder"):
        reports(exercises("03_function"), code("solutions", "03_function").items())


def test_a_library_that_cannot_be_imported_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    empty: dict[str, Any] = {"modules": {}, "absent": []}
    monkeypatch.setattr(asking, "library", lambda group: empty)
    with pytest.raises(RuntimeError, match=r"could not begin: ModuleNotFoundError: .*'autograder.*'"):
        reports(exercises("03_function"), code("solutions", "03_function").items())


def test_a_reference_that_fails_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = find("03_function/by_hand")
    answers = right_answers(exercise)
    monkeypatch.setattr(trusted, "answers", trusted.answers.__wrapped__)
    monkeypatch.setitem(exercise.reference, "by_hand", lambda a, b, c: 1 / 0)
    with pytest.raises(RuntimeError, match="the reference itself"):
        answered(exercise, answers)


# Whatever comes back ---------------------------------------------------------------------------------


class _Says:
    """Stands for a warm process, and for a child, that says this."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers = iter(answers)

    @contextmanager
    def child(self) -> Iterator[_Says]:
        yield self

    def send(self, request: Any) -> None:
        self.word = request["word"]

    def kill(self) -> None:
        """It says nothing any more."""

    def receive(self, seconds: float, most: int) -> Any:
        try:
            answer = next(self.answers)
        except StopIteration:
            raise Ended("it has said everything") from None
        if not isinstance(answer, dict):  # as a channel has it
            raise Unreadable("the answer is no JSON object")
        return {"word": self.word, **answer}


def answered(exercise: Exercise, answers: list[Any]) -> Report:
    """The report on an exercise if the child says this, after its first word."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "_zygote", lambda: _Says([{"ready": True, "layers": []}, *answers]))
        return reports([exercise], [(exercise.cell, "")])[exercise.cell]


@cache
def _right_answers(name: str) -> str:
    exercise = find(name)
    seen = observations(exercise, {}, trusted.answers(name).cases)
    said = [{"exercise": name, "part": place, "seen": part} for place, part in enumerate(seen)]
    cell = {"cell": exercise.cell, "error": ""}
    return json.dumps([{"running": exercise.cell}, cell, {"running": name}, *said, {"running": "done"}])


def right_answers(exercise: Exercise) -> list[Any]:
    """What the child says of the reference."""
    answers: list[Any] = json.loads(_right_answers(exercise.name))
    return answers


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
        for answer in answers:
            for case in answer.get("seen", ()):
                for label in case:
                    case[label] = thing
        assert answered(exercise, answers).points == 0


KEYS = ["exercise", "part", "seen", "missing", "cell", "error", "running"]


@given(
    st.lists(st.dictionaries(st.sampled_from(KEYS), JUNK | st.sampled_from(["03_function/Mul", "mul", 0, 1])))
)
def test_answers_of_any_form_never_stop_the_grader(answers: list[Any]) -> None:
    assert answered(find("03_function/Mul"), answers).points == 0


def test_who_says_too_much_is_not_listened_to() -> None:
    exercise = find("03_function/Mul")
    flood = [{"running": "mul"}] * 50
    assert answered(exercise, [*flood, *right_answers(exercise)]).points == 0


def test_what_was_said_first_counts() -> None:
    exercise = find("03_function/Mul")
    nothing = [{**answer, "seen": []} for answer in right_answers(exercise)[3:6]]
    answers = right_answers(exercise)
    assert answered(exercise, [*answers[:3], *nothing, *answers[3:]]).points == 0


FORGED = """
import json, os, struct
def say(answer):
    data = json.dumps(answer).encode()
    for handle in range(3, 40):
        try:
            os.write(handle, struct.pack("!I", len(data)) + data)
        except OSError:
            pass
def no_grad():
    say({"exercise": "09_trust/no_grad", "part": 0, "seen": SEEN[0]})
    say({"exercise": "09_trust/no_grad", "part": 1, "seen": SEEN[1]})
    say({"running": "done"})
"""


def test_who_finds_the_channel_cannot_speak_for_the_child() -> None:
    exercise = find("09_trust/no_grad")
    seen = observations(exercise, {}, trusted.answers(exercise.name).cases)
    cells = {**code("solutions", "09_trust"), "no_grad": FORGED.replace("SEEN", repr(seen))}
    verdicts = reports(exercises("09_trust"), cells.items())
    assert verdicts["no_grad"].points == 0
    assert verdicts["deep_order"].right
