"""The learner's cells in the child: a fault costs its own exercise, and honest code is let be."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import check
from autograder.exercises import LESSONS, exercises, find
from autograder.judge import cases_of
from autograder.report import Report

from .conftest import Grade
from .lessons import code


def lost(reports: dict[str, Report]) -> dict[str, float]:
    """The points that are missing, by cell."""
    return {cell: report.most - report.points for cell, report in reports.items() if not report.right}


ALL_CELLS = [(lesson, exercise.cell) for lesson in LESSONS for exercise in exercises(lesson)]


FAULTS = ["def f(:", "import no_such_module", "raise SystemExit", "[][3]", "\0", "\ud800"]


@pytest.mark.parametrize(
    ("lesson", "cell", "fault"),
    [(lesson, cell, fault) for lesson, cell in ALL_CELLS for fault in FAULTS[: 6 if lesson < "02" else 1]],
)
def test_a_cell_that_fails_costs_its_own_exercise_only(
    lesson: str, cell: str, fault: str, grade: Grade
) -> None:
    reports = grade(lesson, {**code("solutions", lesson), cell: fault})
    assert lost(reports) == {cell: reports[cell].most}


@pytest.mark.parametrize("lesson", LESSONS)
def test_where_every_cell_fails_there_is_nothing(lesson: str, grade: Grade) -> None:
    cells = {
        name: "def f(:" if "given" not in name else source
        for name, source in code("solutions", lesson).items()
    }
    for report in grade(lesson, cells).values():
        assert report.points == 0
        if report.name == "04_elementwise/operators":  # a given cell holds the class that it continues
            assert "Your cell stopped with SyntaxError" in report.message
        else:
            assert "of your own: its cell stopped with SyntaxError" in report.message


@pytest.mark.parametrize(("lesson", "cell"), ALL_CELLS)
def test_an_exercise_without_its_cell_gets_nothing_and_says_so(lesson: str, cell: str, grade: Grade) -> None:
    cells = code("solutions", lesson)
    del cells[cell]
    reports = grade(lesson, cells)
    assert reports[cell].points == 0
    assert reports[cell].message


def test_the_reference_itself_is_nobodys_answer(grade: Grade) -> None:
    cells = code("solutions", "03_function")
    cells["mul"] = "from babygrad import Mul"
    cells["operators"] = cells["operators"].split("class Tensor")[0]
    reports = grade("03_function", cells)
    assert lost(reports) == {"mul": 3, "operators": 2}
    assert reports["mul"].message == "There is no `Mul` of your own in this notebook."
    assert reports["operators"].message == "There is no `Tensor` of your own in this notebook."


def test_a_borrowed_part_earns_nothing_also_where_a_later_cell_continues_it(grade: Grade) -> None:
    cells = code("solutions", "01_tensor")
    reports = grade("01_tensor", {**cells, "tensor_init": "class Tensor(:"})
    assert lost(reports) == {"tensor_init": 4}
    reports = grade(
        "01_tensor", {**cells, "tensor_init": "class Tensor(:", "tensor_methods": "class Tensor(:"}
    )
    assert lost(reports) == {"tensor_init": 4, "tensor_methods": 2}


def test_a_loop_in_one_part_costs_that_part(grade: Grade) -> None:
    cells = code("solutions", "03_function")
    cells["mul"] = cells["mul"].replace(
        "a, b = node._inputs\n", "a, b = node._inputs\n        while True: pass\n"
    )
    reports = grade("03_function", cells, seconds=0.4)
    assert lost(reports) == {"mul": 2}
    assert [bool(verdict.message) for verdict in reports["mul"].verdicts] == [False, True, True]
    assert "your code did not come to an end" in reports["mul"].message


def test_a_loop_in_a_cell_costs_its_own_exercise_only(grade: Grade) -> None:
    cells = code("solutions", "03_function")
    cells["mul"] = "while True:\n    pass\n" + cells["mul"]
    reports = grade("03_function", cells, seconds=0.4)
    assert lost(reports) == {"mul": 3}
    assert "its cell stopped with TimeUp: it took longer than 0.4 seconds" in reports["mul"].message


def test_who_catches_the_end_of_a_loop_meets_it_again(grade_here: Grade, tmp_path: Path) -> None:
    cells = code("solutions", "03_function")
    caught = "open('caught', 'w').close()"
    stubborn = f"def f():\n    while True: pass\ntry:\n    f()\nexcept Exception:\n    {caught}\nf()"
    assert lost(grade_here("03_function", {**cells, "extra": stubborn}, seconds=0.4)) == {}
    assert list(tmp_path.glob("*/caught"))


def test_after_a_loop_the_other_cases_of_its_part_are_not_tried(grade_here: Grade, tmp_path: Path) -> None:
    cells = code("solutions", "03_function")
    cells["by_hand"] = "def by_hand(a, b, c):\n    print(a, file=open('calls', 'a'))\n    while True: pass"
    assert lost(grade_here("03_function", cells, seconds=0.4)) == {"by_hand": 2}
    (calls,) = tmp_path.glob("*/calls")
    assert len(calls.read_text(encoding="utf-8").splitlines()) == 2, "two parts, one case of each"


def test_helpers_in_added_cells_work(grade: Grade) -> None:
    cells = code("solutions", "03_function")
    body = cells.pop("mul").replace("return a * b", "return times(a, b)")
    order = {"helpers": "def times(x, y):\n    return x * y"}
    for name, source in cells.items():
        order[name] = source
        if name == "add":
            order["mul"] = body
    assert lost(grade("03_function", order)) == {}


def test_a_scratch_cell_that_fails_costs_nothing(grade: Grade) -> None:
    cells = {**code("solutions", "03_function"), "scratch": "1 / 0"}
    assert lost(grade("03_function", cells)) == {}
    assert lost(grade("03_function", {"scratch": "x = Tensr(3)", **cells})) == {}


@pytest.mark.parametrize(
    "line", ["%matplotlib inline", "%%time", "!ls", "    %timeit 3", "%load_ext autoreload"]
)
def test_lines_for_ipython_cost_nothing(line: str, grade: Grade) -> None:
    cells = code("solutions", "03_function")
    indented = line.startswith(" ")
    cells["by_hand"] = (
        cells["by_hand"].replace("    d = a", f"{line}\n    d = a")
        if indented
        else f"{line}\n{cells['by_hand']}"
    )
    assert lost(grade("03_function", cells)) == {}


def test_a_line_that_begins_with_an_operator_is_not_one_for_ipython(grade: Grade) -> None:
    cells = code("solutions", "03_function")
    cells["by_hand"] = cells["by_hand"].replace("d = a * b", "d = (a * b + (7\n    % 7))")
    assert lost(grade("03_function", cells)) == {}


ORDINARY = {
    "it is main": 'assert __name__ == "__main__"',
    "main can be imported": 'import sys; assert vars(sys.modules["__main__"]) is globals()',
    "annotations are evaluated": 'class A:\n    x: int\nassert A.__annotations__ == {"x": int}',
    "display exists": "display(3, raw=True)",
    "nothing lies around": "import os; assert os.listdir() == []",
    "nobody answers": "try:\n    input()\nexcept EOFError:\n    pass\nelse:\n    raise AssertionError",
}


@pytest.mark.parametrize("what", ORDINARY)
def test_a_cell_is_ordinary_python(what: str, grade: Grade) -> None:
    cells = code("solutions", "03_function")
    cells["by_hand"] = f"{ORDINARY[what]}\n{cells['by_hand']}"
    assert lost(grade("03_function", cells)) == {}
    cells["by_hand"] = f"assert False\n{cells['by_hand']}"
    assert lost(grade("03_function", cells)) == {"by_hand": 2}, "an assertion that fails is noticed"


def test_the_learners_line_is_in_the_message(grade: Grade) -> None:
    cells = code("solutions", "03_function")
    cells["mul"] = cells["mul"].replace("a, b = node._inputs", "a, b = node.inputs")
    reports = grade("03_function", cells)
    assert (
        "AttributeError: 'Tensor' object has no attribute 'inputs' in your line `a, b = node.inputs`."
        in reports["mul"].message
    )


def test_an_answer_that_knows_the_notebooks_inputs_is_no_answer(
    grade: Grade, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = find("03_function/by_hand")
    right = exercise.reference["by_hand"]
    known = [tuple(case.inputs.values()) for part in cases_of(exercise, seed=1) for case in part]
    table = {inputs: right(*inputs) for inputs in known}
    assert check("03_function/by_hand", lambda a, b, c: table[a, b, c]).points == 2
    capsys.readouterr()
    cells = code("solutions", "03_function")
    cells["by_hand"] = f"def by_hand(a, b, c):\n    return {table!r}[a, b, c]"
    assert lost(grade("03_function", cells)) == {"by_hand": 2}
