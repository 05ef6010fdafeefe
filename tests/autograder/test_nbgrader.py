"""Stock nbgrader, from release to feedback: the grades are ours, and nobody stops the class."""

from __future__ import annotations

import re
from html import unescape

import pytest

from autograder.exercises import LESSONS, exercises
from autograder.report import Report
from autograder.reporting.graded import read_graded

from .lessons import ROOT
from .stock import SUBMISSIONS, WITH_FEEDBACK, GradedClass

EVERYBODY = [(student, lesson) for lesson, students in SUBMISSIONS.items() for student in students]
UNGRADED = [("a_text", "01_tensor")]
GRADED = [who for who in EVERYBODY if who not in UNGRADED]
HONEST = [(student, lesson) for student in ("b_right", "c_untouched") for lesson in LESSONS]


def full(lesson: str) -> dict[str, float]:
    """All points of a lesson, by check cell."""
    return {f"check_{exercise.cell}": exercise.points for exercise in exercises(lesson)}


def nothing(lesson: str) -> dict[str, float]:
    return dict.fromkeys(full(lesson), 0)


def verdicts(graded_class: GradedClass, student: str, lesson: str) -> list[Report]:
    """What a graded notebook says of each exercise."""
    graded = read_graded(graded_class.path("autograded", student, lesson), exercises(lesson))
    assert graded is not None
    return list(graded.reports.values())


# The release -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
def test_nbgrader_releases_what_is_committed_and_no_other_file(
    graded_class: GradedClass, lesson: str
) -> None:
    assert (graded_class.course / "solutions" / lesson / f"{lesson}.py").is_file()
    (made,) = (graded_class.course / "notebooks" / lesson).iterdir()
    assert made.name == f"{lesson}.ipynb"
    assert made.read_bytes() == (ROOT / "notebooks" / lesson / made.name).read_bytes()


# The grades ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_solution_gets_everything_and_the_untouched_notebook_nothing(
    graded_class: GradedClass, lesson: str
) -> None:
    assert graded_class.scores["b_right", lesson] == full(lesson)
    assert graded_class.scores["c_untouched", lesson] == nothing(lesson)


def test_who_claims_points_gets_those_that_the_outside_verdict_gives(graded_class: GradedClass) -> None:
    lesson = "03_function"
    assert graded_class.scores["d_cheating", lesson] == nothing(lesson)
    assert graded_class.scores["e_claiming", lesson] == nothing(lesson)
    reports = verdicts(graded_class, "e_claiming", lesson)
    assert [report.points for report in reports] == [0, 0, 0, 0, 0]
    assert all("NotImplementedError" in report.message for report in reports)


def test_a_missing_figure_costs_nothing(graded_class: GradedClass) -> None:
    assert graded_class.scores["e_without_a_figure", "01_tensor"] == full("01_tensor")


def test_a_missing_check_costs_nothing_and_is_back(graded_class: GradedClass) -> None:
    student, lesson = "f_without_a_check", "01_tensor"
    assert graded_class.scores[student, lesson] == full(lesson)
    about = graded_class.notebook(student, lesson).metadata.autograder
    assert about.notes == ["`check_ensure_tensor` was missing; it is back."]


def test_leaving_python_costs_its_own_points(graded_class: GradedClass) -> None:
    expected = {**full("03_function"), "check_by_hand": 0}
    assert graded_class.scores["a_leaving_python", "03_function"] == expected


def test_a_loop_costs_its_own_points(graded_class: GradedClass) -> None:
    expected = {**full("01_tensor"), "check_ensure_tensor": 0}
    assert graded_class.scores["d_looping", "01_tensor"] == expected


def test_leaving_a_cell_costs_nothing_where_the_answer_was_there(graded_class: GradedClass) -> None:
    assert graded_class.scores["f_leaving_the_cell", "03_function"] == full("03_function")


def test_cells_for_trying_things_out_cost_nothing(graded_class: GradedClass) -> None:
    assert graded_class.scores["g_with_scratch_cells", "03_function"] == full("03_function")


# The class -------------------------------------------------------------------------------------------


def test_who_cannot_be_graded_is_named_and_the_class_goes_on(graded_class: GradedClass) -> None:
    assert set(graded_class.scores) == set(GRADED)
    for student, lesson in UNGRADED:
        assert graded_class.succeeded[lesson] is False
        assert f"error processing assignment '{lesson}' for student '{student}'" in graded_class.log[lesson]
        assert not graded_class.path("autograded", student, lesson).exists()
        assert not graded_class.path("feedback", student, lesson, ".html").exists()


def visible(html: str) -> str:
    """The text of a page, in single spaces."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


@pytest.mark.parametrize(("student", "lesson"), [who for who in GRADED if who[1] == WITH_FEEDBACK])
def test_feedback_shows_the_score_and_every_message(
    graded_class: GradedClass, student: str, lesson: str
) -> None:
    page = graded_class.path("feedback", student, lesson, ".html").read_text(encoding="utf-8")
    scored = sum(graded_class.scores[student, lesson].values())
    assert f"(Score: {scored:.1f} / {sum(full(lesson).values()):.1f})" in page
    text = visible(page)
    for cell in graded_class.notebook(student, lesson).cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            assert visible(cell.outputs[0].data["text/html"]) in text


@pytest.mark.parametrize(("student", "lesson"), HONEST)
def test_nothing_is_written_to_stderr_in_an_honest_notebook(
    graded_class: GradedClass, student: str, lesson: str
) -> None:
    for cell in graded_class.notebook(student, lesson).cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output.text


@pytest.mark.parametrize(("student", "lesson"), GRADED)
def test_a_check_cell_holds_the_outside_report_and_nothing_else(
    graded_class: GradedClass, student: str, lesson: str
) -> None:
    scores = graded_class.scores[student, lesson]
    for cell in graded_class.notebook(student, lesson).cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            (output,) = cell.outputs
            assert output.output_type == "execute_result"
            assert float(output.data["text/plain"]) == scores[cell.metadata.nbgrader.grade_id]
            assert output.metadata.autograder.name.startswith(f"{lesson}/")
            assert output.data["text/html"] == Report.from_data(output.metadata.autograder)._repr_html_()


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_figures_of_the_solution_are_drawn(graded_class: GradedClass, lesson: str) -> None:
    figures = [
        cell
        for cell in graded_class.notebook("b_right", lesson).cells
        if cell.metadata.get("jupyter", {}).get("source_hidden")
    ]
    assert len(figures) >= 2
    for cell in figures:
        (output,) = cell.outputs
        assert any(kind.startswith("image/") or kind == "text/html" for kind in output.data)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_cell_of_the_solution_runs(graded_class: GradedClass, lesson: str) -> None:
    for cell in graded_class.notebook("b_right", lesson).cells:
        assert not [output for output in cell.get("outputs", []) if output.output_type == "error"]
