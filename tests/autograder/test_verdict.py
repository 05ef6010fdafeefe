"""The grading step: which cells it sends outside, and what it puts in place of their answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from autograder import verdict
from autograder.course import find_programs
from autograder.exercises import LESSONS, exercises
from autograder.judge import Verdict
from autograder.report import Report
from autograder.trusted import Outcome
from autograder.verdict import FlagForHumans, TrustedVerdict, claim

from .lessons import notebook

Cells = list[tuple[str, str]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Cells:
    """The cells that are sent outside; the verdict there is half of all points."""
    cells: Cells = []

    def outcome(asked: Any, given: Cells, *limits: Any) -> Outcome:
        cells.extend(given)
        reports = {
            exercise.cell: Report(exercise.name, (Verdict("half", exercise.points, exercise.points / 2),))
            for exercise in asked
        }
        return Outcome(reports, ("limits", "seccomp"))

    monkeypatch.setattr(verdict, "outcome", outcome)
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

    def outcome(asked: Any, given: Cells, *given_limits: Any) -> Any:
        limits.extend(given_limits)
        raise KeyboardInterrupt

    monkeypatch.setattr(verdict, "outcome", outcome)
    step = TrustedVerdict(seconds=3, total=30)
    with pytest.raises(KeyboardInterrupt):
        step.preprocess(handed_in("03_function"), {"nbgrader": {"assignment": "03_function"}})
    assert limits == [3, 30, None]
    assert {"seconds", "total"} <= set(TrustedVerdict.class_trait_names(config=True))


def test_the_other_files_of_the_submission_go_with_it(
    sent: Cells, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[Any] = []
    inner = verdict.outcome

    def outcome(*given: Any) -> Any:
        seen.append(given[-1])
        return inner(*given)

    monkeypatch.setattr(verdict, "outcome", outcome)
    about = {"assignment": "03_function"}
    for path in (tmp_path, tmp_path / "gone", ""):
        resources = {"nbgrader": about, "metadata": {"path": str(path)}}
        TrustedVerdict().preprocess(handed_in("03_function"), resources)
    assert seen == [tmp_path, None, None]


def test_a_copy_of_a_check_is_not_sent(sent: Cells) -> None:
    made = handed_in("03_function")
    check = next(cell for cell in made.cells if cell.id == "check_mul")
    made.cells.insert(2, nbformat.v4.new_code_cell(check.source, id="copy"))
    graded(made, "03_function")
    assert "copy" not in {name for name, _ in sent}


# What the notebook claimed ---------------------------------------------------------------------------


def result(text: object) -> NotebookNode:
    return nbformat.v4.new_output("execute_result", {"text/plain": text})


ERROR = nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])
STDERR = nbformat.v4.new_output("stream", name="stderr", text="3.0")


@pytest.mark.parametrize(
    ("outputs", "points"),
    [
        ([], 0),
        ([STDERR], 0),
        ([ERROR], 0),
        ([result("3.0"), ERROR], 0),
        ([STDERR, result("2.5")], 2.5),
        ([result("2.0"), result("3.0")], 2),
        ([result("all of them")], 0),
        ([result("nan")], 0),
        ([result("-3")], 0),
        ([result("1e999")], float("inf")),
        ([nbformat.v4.new_output("execute_result", {"text/html": "3"})], 0),
    ],
)
def test_the_claim_is_the_first_result_and_an_error_claims_nothing(
    outputs: list[NotebookNode], points: float
) -> None:
    assert claim(nbformat.v4.new_code_cell("", outputs=outputs)) == points


def claiming(**points: str) -> NotebookNode:
    """The verdict on a notebook whose checks claim these points, and else half of all, which is right."""
    made = handed_in("03_function")
    for cell in made.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            cell.outputs = [result(points.get(cell.id, repr(marks["points"] / 2)))]
    return graded(made, "03_function")


def test_who_claims_no_more_than_the_verdict_is_not_flagged(sent: Cells) -> None:
    made = claiming(check_mul="0.5", check_add="0")
    assert made.metadata.autograder.flags == []


def test_a_claim_above_the_verdict_is_said_in_the_cell_and_flagged(sent: Cells) -> None:
    made = claiming(check_mul="3.0", check_by_hand="1.25")
    said = {
        "check_mul": "In the notebook this check showed 3 points; outside it, with other inputs, 1.5. "
        "The points outside count.",
        "check_by_hand": "In the notebook this check showed 1.25 points; outside it, with other inputs, 1. "
        "The points outside count.",
    }
    assert made.metadata.autograder.flags == [{"cell": name, "text": text} for name, text in said.items()]
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            report = Report.from_data(cell.outputs[0].metadata["autograder"])
            assert report.notes == ((said[cell.id],) if cell.id in said else ())
            assert all(note in cell.outputs[0].data["text/html"] for note in report.notes)
    nbformat.validate(made)


def test_only_layers_that_held_all_the_time_are_named(sent: Cells) -> None:
    made = handed_in("03_function")
    made.metadata["autograder"] = NotebookNode(
        layers=["seccomp", "landlock"], flags=[{"cell": "", "text": "a"}]
    )
    about = graded(made, "03_function").metadata.autograder
    assert about.layers == ["seccomp"]
    assert about.flags[0] == {"cell": "", "text": "a"}


# For humans ------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own, where it makes a submission
def test_flagged_grades_are_for_a_human_and_keep_their_score(tmp_path: Path) -> None:
    lesson = "03_function"
    db_url = f"sqlite:///{tmp_path}/gradebook.db"
    find_programs()
    with Gradebook(db_url) as gradebook:
        gradebook.add_assignment(lesson)
        gradebook.add_notebook(lesson, lesson)
        for exercise in exercises(lesson):
            gradebook.add_grade_cell(
                f"check_{exercise.cell}", lesson, lesson, max_score=exercise.points, cell_type="code"
            )
        for flags, marked in FLAGS:
            student = gradebook.add_student("-".join(["s", *flags])).id
            gradebook.add_submission(lesson, student)
            for grade in gradebook.find_submission_notebook(lesson, lesson, student).grades:
                grade.auto_score, grade.needs_manual_grade = 1, False
            gradebook.db.commit()
            made = handed_in(lesson)
            made.metadata["autograder"] = NotebookNode(flags=[{"cell": f, "text": "Look."} for f in flags])
            about = {"assignment": lesson, "notebook": lesson, "student": student, "db_url": db_url}
            FlagForHumans().preprocess(made, {"nbgrader": about})
            gradebook.db.expire_all()
            grades = gradebook.find_submission_notebook(lesson, lesson, student).grades
            assert {grade.auto_score for grade in grades} == {1}
            assert sorted(grade.name for grade in grades if grade.needs_manual_grade) == marked


FLAGS: list[tuple[list[str], list[str]]] = [
    ([], []),
    (["check_mul"], ["check_mul"]),
    (["check_mul", "check_add", "check_mul"], ["check_add", "check_mul"]),
    ([""], ["check_function_call"]),
    (["check_nothing"], []),
]
"""The cells that are flagged, and whose grades then are for a human."""
