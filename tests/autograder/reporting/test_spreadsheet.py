"""The CSV file: one row for each student and lesson, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from autograder.reporting.spreadsheet import write_csv, write_grades
from autograder.reporting.submissions import Flag, LessonClass, State, Submission

from .samples import LESSON, a_class, graded


def rows(path: Path, *lessons: LessonClass) -> list[dict[str, str]]:
    """What a spreadsheet reads from the file."""
    write_csv(path, lessons)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_holds_points_penalty_score_flags_and_the_first_message(tmp_path: Path) -> None:
    made = graded(
        "bo",
        5,
        2,
        1.5,
        0,
        0,
        first_name="Bo",
        last_name="Lindqvist",
        flags=(Flag("Mul", "look"), Flag("", "again")),
        submitted=datetime(2026, 3, 1, 12),
        late=3600.0,
        penalty=1.0,
    )
    (row,) = rows(tmp_path / "x.csv", a_class(made))
    assert row == {
        "student": "bo",
        "last name": "Lindqvist",
        "first name": "Bo",
        "lesson": LESSON,
        "submitted (UTC)": "2026-03-01 12:00:00",
        "seconds late": "3600",
        "status": "graded",
        "03_function/Function.__call__": "5",
        "03_function/Add": "2",
        "03_function/Mul": "1.5",
        "03_function/operators": "0",
        "03_function/by_hand": "0",
        "total": "8.5",
        "late penalty": "1",
        "score": "7.5",
        "flags": "Mul: look | again",
        "first message": "Mul: it is 3.",
    }


def test_everybody_has_a_row_with_or_without_points(tmp_path: Path) -> None:
    lesson = a_class(
        graded("a"),
        Submission("b", LESSON, State.UNGRADED, reason="It is 300 MB."),
        Submission("c", LESSON, State.WAITING),
        Submission("d", LESSON, State.MISSING),
    )
    found = rows(tmp_path / "x.csv", lesson)
    assert [row["status"] for row in found] == ["graded", "not graded", "not yet graded", "not handed in"]
    assert [row["score"] for row in found] == ["14", "", "", ""]
    assert found[1]["first message"] == "It is 300 MB."


def test_lessons_have_columns_of_their_own(tmp_path: Path) -> None:
    other = LessonClass("02_x", (("02_x/f", 1.0),), (Submission("a", "02_x", State.WAITING),))
    found = rows(tmp_path / "x.csv", a_class(graded("a")), other)
    assert found[0]["02_x/f"] == ""
    assert found[1]["03_function/Mul"] == ""


def grades(path: Path, *lessons: LessonClass) -> list[dict[str, str]]:
    """What a spreadsheet reads from the other file."""
    write_grades(path, lessons)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_grades_have_a_row_for_each_student_and_tell_nothing_from_no_points(tmp_path: Path) -> None:
    first = a_class(
        graded("a", 0, 0, 0, 0, 0, last_name="Müller, jr.", penalty=1.0),
        Submission("b", LESSON, State.UNGRADED, reason="It is 300 MB."),
        Submission("=c", LESSON, State.MISSING, last_name="=SUM(A1)"),
    )
    other = LessonClass("02_x", (("02_x/f", 1.0),), (Submission("b", "02_x", State.WAITING),))
    found = grades(tmp_path / "x.csv", first, other)
    assert [list(row.values()) for row in found] == [
        ["'=c", "'=SUM(A1)", "", "", "", "0"],
        ["b", "", "", "not graded", "not yet graded", "0"],
        ["a", "Müller, jr.", "", "0", "", "0"],
    ]
    assert list(found[0]) == [
        "student",
        "last name",
        "first name",
        "03_function (of 14)",
        "02_x (of 1)",
        "total (of 15)",
    ]


FORMULAS = st.builds("".join, st.tuples(st.sampled_from("=+-@\t\r\n"), st.text(st.characters(codec="utf-8"))))


@given(FORMULAS, FORMULAS, FORMULAS)
def test_no_cell_begins_a_formula(tmp_path_factory, student: str, message: str, flag: str) -> None:
    lesson = a_class(
        graded(student, first_name=message, last_name=student, flags=(Flag("", flag),)),
        Submission(student, LESSON, State.UNGRADED, reason=message),
    )
    found = rows(tmp_path_factory.mktemp("csv") / "x.csv", lesson)
    assert len(found) == 2
    for row in found:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert found[0]["student"] == f"'{student}"
