"""The class at a glance: complete, self-contained, and safe to open."""

from __future__ import annotations

import io
import re
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from rich.console import Console

from autograder.class_report import Row, as_page, as_table, graded_row
from autograder.exercises import LESSONS, exercises
from autograder.judge import Verdict
from autograder.report import Report

from .test_report import Elements

TEXTS = st.text() | st.sampled_from(
    ["<script>x</script>", '"><img src=x>', "a `b` c", "&amp;", "[red]x[/red]"]
)
ROWS = st.one_of(
    st.builds(Row, TEXTS, st.just("03_function"), st.tuples(*[st.floats(0, 5)] * 5), TEXTS),
    st.builds(lambda name, why: Row(name, "03_function", ungraded=why or "no reason"), TEXTS, TEXTS),
)


@given(TEXTS, st.lists(ROWS, max_size=4))
def test_the_page_holds_our_elements_only_and_needs_nothing_from_elsewhere(
    title: str, rows: list[Row]
) -> None:
    html = as_page(title, [("03_function", rows)])
    page = Elements(html)
    allowed = "html head meta title style body main h1 h2 p div table thead tbody tr th td b small code br"
    assert set(page.elements) <= set(allowed.split())
    assert not page.attributes & {"src", "href", "onclick", "onload", "background"}
    frame = as_page("", [("03_function", [])])
    assert "http://" not in frame
    assert "https://" not in frame
    assert "url(" not in frame
    assert "@import" not in frame


@pytest.mark.parametrize("lesson", LESSONS)
def test_who_was_not_graded_is_there_with_the_reason(lesson: str) -> None:
    points = tuple(exercise.points for exercise in exercises(lesson))
    rows = [Row("ada", lesson, points, ""), Row("gil", lesson, ungraded="gil.ipynb is not a notebook")]
    page = Elements(as_page("Class", [(lesson, rows)])).text
    assert f"1 of 2 graded, {sum(points):.1f} of {sum(points):g} points on average." in page
    assert "not graded" in page
    assert "gil.ipynb is not a notebook" in page


def test_where_nobody_was_graded_there_is_no_average_to_fail() -> None:
    page = as_page("Class", [("03_function", [Row("gil", "03_function", ungraded="gone")])])
    assert "0 of 1 graded, 0.0 of 14 points on average." in page
    assert "0 of 0 graded" in as_page("Class", [("03_function", [])])


def test_a_share_is_told_by_lightness() -> None:
    rows = [Row(str(share), "03_function", (5 * share, 0, 0, 0, 0)) for share in (0, 0.5, 1)]
    html = as_page("Class", [("03_function", rows)])
    shades = [tuple(map(int, m)) for m in re.findall(r"rgb\((\d+),(\d+),(\d+)\)", html)][::5]
    light = [sum(shade) for shade in shades]
    assert light == sorted(light, reverse=True)
    assert len(set(light)) == 3


def test_a_row_is_read_from_check_cells_alone(tmp_path: Path) -> None:
    def shown(points: float, **about: bool) -> NotebookNode:
        report = Report("01_tensor/_ensure_tensor", (Verdict("part", 2, points),))
        output = nbformat.v4.new_output("display_data", {}, metadata={"autograder": report.as_data()})
        return nbformat.v4.new_code_cell("", outputs=[output], metadata={"nbgrader": about} if about else {})

    made = nbformat.v4.new_notebook()
    made.cells = [
        shown(2),
        shown(0.5, grade=True, solution=False),
        shown(2, grade=True, solution=True),  # graded by hand
        nbformat.v4.new_markdown_cell("", metadata={"nbgrader": {"grade": True, "solution": False}}),
        shown(2),
    ]
    path = tmp_path / "x.ipynb"
    nbformat.write(made, path)
    row = graded_row("bo", "01_tensor", path)
    assert row.scores == (0, 0, 0.5)
    assert row.message == "__init__: The check cell of this exercise is no longer in the notebook."


def printed(rows: list[Row]) -> str:
    """The table as a terminal shows it."""
    console = Console(file=io.StringIO(), width=200, highlight=False)
    console.print(as_table("03_function", rows))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_shows_points_totals_and_the_first_line_of_the_first_message() -> None:
    rows = [
        Row("bo", "03_function", (5, 2, 1.5, 0, 0), "Mul: With `a = 3`: it is 3.\nA hint."),
        Row("gil", "03_function", ungraded="not a notebook"),
    ]
    text = printed(rows)
    (line,) = [line for line in text.splitlines() if " bo " in line]
    assert line.split()[:7] == ["bo", "5", "2", "1.5", "0", "0", "8.5"]
    assert "Mul: With a = 3: it is 3." in line
    assert "A hint" not in text
    assert "not graded: not a notebook" in text


@pytest.mark.parametrize("name", ["[red]ada[/red]", "[/]", "[link=file:///x]y"])
def test_what_a_learner_writes_is_not_taken_for_markup(name: str) -> None:
    text = printed([Row(name, "03_function", (0, 0, 0, 0, 0), f"Mul: {name}"), Row("x", "", ungraded=name)])
    assert text.count(name) == 3
