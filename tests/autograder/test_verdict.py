"""The grading step: which cells it sends outside, and what it puts in place of their answers."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder import verdict
from autograder.exercises import LESSONS, exercises
from autograder.judge import Verdict
from autograder.report import Report
from autograder.verdict import TrustedVerdict

from .lessons import notebook

Cells = list[tuple[str, str]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Cells:
    """The cells that are sent outside; the verdict there is half of all points."""
    cells: Cells = []

    def reports(asked: Any, given: Cells, *limits: float) -> dict[str, Report]:
        cells.extend(given)
        return {
            exercise.cell: Report(exercise.name, (Verdict("half", exercise.points, exercise.points / 2),))
            for exercise in asked
        }

    monkeypatch.setattr(verdict, "reports", reports)
    return cells


def handed_in(lesson: str) -> NotebookNode:
    """The solution, as nbgrader would have it after running it: every check says 99."""
    made = nbformat.from_dict(notebook("solutions", lesson))
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.execution_count = 7
            cell.outputs = [
                nbformat.v4.new_output("stream", name="stderr", text="oh"),
                nbformat.v4.new_output("execute_result", {"text/plain": "99.0"}),
                nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]),
            ]
    return made


def graded(made: NotebookNode, lesson: str) -> NotebookNode:
    return TrustedVerdict().preprocess(made, {"nbgrader": {"assignment": lesson}})[0]


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_answer_of_a_check_is_replaced(lesson: str, sent: Cells) -> None:
    made = graded(handed_in(lesson), lesson)
    nbformat.validate(made)
    scores = {
        cell.id: determine_grade(cell)
        for cell in made.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert scores == {f"check_{e.cell}": (e.points / 2, e.points) for e in exercises(lesson)}
    for cell in made.cells:
        if cell.id in scores:
            (output,) = cell.outputs
            assert output.execution_count == 7
            assert Report.from_data(output.metadata["autograder"]).points == scores[cell.id][0]


@pytest.mark.parametrize("lesson", LESSONS)
def test_given_and_solution_cells_are_sent_in_order_and_no_others(lesson: str, sent: Cells) -> None:
    graded(handed_in(lesson), lesson)
    assert sent == [
        (cell.id, cell.source)
        for cell in notebook("solutions", lesson).cells
        if "nbgrader" in cell.metadata and not cell.metadata.nbgrader.grade
    ]


def test_a_picture_or_a_trial_is_sent_once_it_is_changed(sent: Cells) -> None:
    made = handed_in("03_function")
    figures = [cell for cell in made.cells if "autograder" in cell.metadata]
    assert len(figures) >= 4
    figures[1].source += "\n# mine"
    graded(made, "03_function")
    assert (figures[1].id, figures[1].source) in sent
    assert not {cell.id for cell in figures[:1] + figures[2:]} & {name for name, _ in sent}


def test_a_cell_that_the_learner_added_is_sent_and_keeps_its_place(sent: Cells) -> None:
    made = handed_in("03_function")
    place = next(i for i, cell in enumerate(made.cells) if cell.id == "mul")
    made.cells.insert(place, nbformat.v4.new_code_cell("def helper(): ...", id="helper"))
    made.cells.insert(place, nbformat.v4.new_markdown_cell("A remark", id="remark"))
    made.cells.insert(place, nbformat.v4.new_raw_cell("raw", id="raw"))
    graded(made, "03_function")
    names = [name for name, _ in sent]
    assert names.index("helper") == names.index("mul") - 1
    assert not {"remark", "raw"} & set(names)


def test_a_mark_copied_onto_other_code_does_not_hide_it(sent: Cells) -> None:
    made = handed_in("03_function")
    figure = next(cell for cell in made.cells if "autograder" in cell.metadata)
    cell = nbformat.v4.new_code_cell("x = 3", id="mine", metadata=figure.metadata)
    made.cells.append(cell)
    graded(made, "03_function")
    assert sent[-1] == ("mine", "x = 3")


def test_other_notebooks_pass_through(sent: Cells) -> None:
    made = handed_in("03_function")
    before = nbformat.writes(made)
    assert nbformat.writes(graded(made, "98_of_somebody_else")) == before
    assert sent == []


def test_its_limits_are_nbgraders_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def reports(asked: Any, given: Cells, *given_limits: float) -> Any:
        limits.extend(given_limits)
        raise KeyboardInterrupt

    monkeypatch.setattr(verdict, "reports", reports)
    step = TrustedVerdict(seconds=3, total=30)
    with pytest.raises(KeyboardInterrupt):
        step.preprocess(handed_in("03_function"), {"nbgrader": {"assignment": "03_function"}})
    assert limits == [3, 30]
    assert {"seconds", "total"} <= set(TrustedVerdict.class_trait_names(config=True))
