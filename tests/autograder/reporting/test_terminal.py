"""The class in a terminal: a line each, however narrow, and no text of a learner is taken for markup."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from autograder.reporting.submissions import Flag, LessonClass, State, Submission
from autograder.reporting.terminal import as_table, summary

from .samples import LESSON, a_class, answers, graded

BO = Submission(
    "bo", LESSON, State.GRADED, answers=answers(5, 2, 1.5, 0, 0, difference="it is `3`.", hint="A hint.")
)
GIL = Submission("gil", LESSON, State.UNGRADED, reason="not a notebook")


def printed(lesson: LessonClass, width: int = 200) -> str:
    """The table as a terminal shows it."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(as_table(lesson, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_line_shows_points_score_and_the_first_line_of_the_first_message() -> None:
    text = printed(
        a_class(BO, GIL, Submission("x", LESSON, State.WAITING), Submission("y", LESSON, State.MISSING))
    )
    (line,) = [line for line in text.splitlines() if " bo " in line]
    assert line.split()[:7] == ["bo", "5", "2", "1.5", "0", "0", "8.5"]
    assert "Mul: it is 3." in line
    assert "A hint" not in text
    assert "not graded: not a notebook" in text
    assert "not yet graded" in text
    assert " y " not in text


def test_what_to_look_at_is_told_also_where_all_is_right() -> None:
    text = printed(
        a_class(graded("bo", flags=(Flag("Add", "settled", settled=True), Flag("Mul", "by `hand`"))))
    )
    assert "look at this: Mul: by hand" in text
    text = printed(a_class(graded("bo", flags=(Flag("", "Handed in again since."),))))
    assert "look at this: Handed in again since." in text


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_whatever_the_width_everybody_has_one_line_and_scores_are_whole(width: int) -> None:
    everybody = [graded(f"student{i:02}", 5, 2, 1.25, 0, 0) for i in range(20)]
    text = printed(a_class(*everybody), width)
    lines = [line for line in text.splitlines() if "student" in line]
    assert len(lines) == 20
    assert all("8.25" in line for line in lines)
    assert ("operators" in text) == (width >= 120)
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("name", ["[red]ada[/red]", "[/]", "[link=file:///x]y"])
def test_what_a_learner_writes_is_not_taken_for_markup(name: str) -> None:
    made = Submission(name, LESSON, State.GRADED, answers=answers(0, 0, 0, 0, 0, difference=name))
    text = printed(a_class(made, Submission("x", LESSON, State.UNGRADED, reason=name)))
    assert text.count(name) == 3


def test_the_summary_says_what_to_do_next() -> None:
    flagged = graded("c", 5, 2, 3, 2, 0, flags=(Flag("Mul", "look"),), late=9.0)
    lines = list(summary(a_class(BO, GIL, flagged, Submission("x", LESSON, State.WAITING))))
    assert lines[0] == "2 of 4 graded, 1 could not be graded, 1 not graded yet, 1 to look at, 1 late."
    assert lines[1] == "Mean 10.2, median 10.25 of 14 points."
    assert lines[2] == "Hardest: by_hand (0%), operators (50%), Mul (75%)."
    assert lines[3].startswith("Most frequent mistakes: something else than the known mistakes (2)")
    assert list(summary(a_class(GIL))) == ["0 of 1 graded, 1 could not be graded."]
