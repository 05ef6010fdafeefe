"""From files to submissions: who is graded, who is not and why, whatever the files hold."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.exercises import exercises
from autograder.reporting.foreign import clean
from autograder.reporting.gradebook import Book, Entry, Recorded
from autograder.reporting.graded import read_graded
from autograder.reporting.reading import read_class
from autograder.reporting.submissions import Flag, State, Submission
from autograder.submission import fingerprint

from .samples import (
    ALL_LAYERS,
    CELLS,
    LESSON,
    cells,
    check_cell,
    places,
    verdict,
    write_graded,
    write_submitted,
    write_ungraded,
)


def read(course: Path, book: Book | None = None) -> dict[str, Submission]:
    """The submissions of the lesson by student."""
    read = read_class(LESSON, places(course), book or Book())
    return {one.student: one for one in read.submissions}


def entry(**grades: Recorded) -> Entry:
    return Entry(grades={f"check_{cell}": grade for cell, grade in grades.items()})


# How far ---------------------------------------------------------------------------------------------


def test_without_a_gradebook_points_come_from_the_check_cells(tmp_path: Path) -> None:
    write_graded(tmp_path, "bo", cells(5, 2, 1.5, 2, 2), {"layers": ALL_LAYERS, "notes": ["put back"]})
    bo = read(tmp_path)["bo"]
    assert bo.state is State.GRADED
    assert [answer.points for answer in bo.answers] == [5, 2, 1.5, 2, 2]
    assert bo.score == bo.total == 12.5
    assert bo.first_message == "Mul: it is 3."
    assert bo.layers == tuple(ALL_LAYERS)
    assert bo.notes == ("put back",)
    assert bo.flags == ()


def test_each_state_is_told_from_the_others(tmp_path: Path) -> None:
    for student in ("ada", "bo", "cy", "dee", "eli"):
        write_submitted(tmp_path, student, "Dear all" if student == "dee" else "{}")
    write_graded(tmp_path, "ada", cells(5, 2, 3, 2, 2))
    write_ungraded(tmp_path, "bo", "It is 300 MB.")
    (tmp_path / "submitted" / ".ipynb_checkpoints" / LESSON).mkdir(parents=True)
    book = Book({"fay": ("Fay", "Novak")}, {(LESSON, who): Entry() for who in ("dee", "eli", "gil")})
    found = read(tmp_path, book)
    assert {who: (one.state.value, one.reason) for who, one in found.items()} == {
        "ada": ("graded", ""),
        "bo": ("not graded", "It is 300 MB."),
        "cy": ("not yet graded", ""),
        "dee": ("not graded", f"{LESSON}.ipynb is not a notebook: its text is not JSON"),
        "eli": ("not graded", f"{LESSON}.ipynb is not a notebook that can be read (ValidationError)"),
        "fay": ("not handed in", ""),
        "gil": ("not graded", "It is in the gradebook, and its files are not here."),
    }


def test_a_class_is_in_the_order_of_names_and_a_name_is_as_in_a_list(tmp_path: Path) -> None:
    for student in ("a1", "b2", "Zoe"):
        write_graded(tmp_path, student, cells(5, 2, 3, 2, 2))
    book = Book({"a1": ("Ada", "Okafor"), "b2": ("Bo", "lindqvist")})
    assert [one.name for one in read(tmp_path, book).values()] == ["lindqvist, Bo", "Okafor, Ada", "Zoe"]


def test_a_graded_notebook_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    write_graded(tmp_path, "bo", []).write_text("[1]")
    assert read(tmp_path)["bo"].reason == "The graded notebook cannot be read. Grade this submission again."


# The gradebook's word --------------------------------------------------------------------------------


def test_what_nbgrader_shows_counts(tmp_path: Path) -> None:
    write_graded(tmp_path, "bo", cells(5, 2, 1.5, 2, 2))
    by_hand = Recorded(score=3.5, automatic=1.5, by_hand=True, needs_hand=False)
    book = Book(entries={(LESSON, "bo"): Entry(late=60, penalty=2.0, grades={"check_mul": by_hand})})
    bo = read(tmp_path, book)["bo"]
    assert [answer.points for answer in bo.answers] == [5, 2, 3.5, 2, 2]
    assert [answer.by_hand for answer in bo.answers] == [False, False, True, False, False]
    assert (bo.total, bo.penalty, bo.score, bo.late) == (14.5, 2.0, 12.5, 60)
    assert bo.flags == ()


def test_a_penalty_takes_no_more_than_there_is(tmp_path: Path) -> None:
    write_graded(tmp_path, "bo", cells(1, 0, 0, 0, 0))
    assert read(tmp_path, Book(entries={(LESSON, "bo"): Entry(penalty=5)}))["bo"].score == 0


def test_a_flag_is_open_until_a_human_has_decided(tmp_path: Path) -> None:
    text = "In the notebook this check showed 3 points; outside it 1.5."
    write_graded(
        tmp_path, "bo", cells(5, 2, 1.5, 2, 2), {"flags": [{"cell": CELLS["03_function/Mul"], "text": text}]}
    )
    waits = entry(mul=Recorded(1.5, 1.5, by_hand=False, needs_hand=True))
    decided = entry(mul=Recorded(0, 1.5, by_hand=True, needs_hand=False))
    for book, settled in (
        (Book(), False),
        (Book(entries={(LESSON, "bo"): waits}), False),
        (Book(entries={(LESSON, "bo"): decided}), True),
    ):
        bo = read(tmp_path, book)["bo"]
        assert bo.flags == (Flag("Mul", text, settled),)
        assert bool(bo.open_flags) is not settled


@pytest.mark.parametrize(
    ("recorded", "text"),
    [
        (
            Recorded(2, 2, False, False),
            "The graded notebook says 1.5, the gradebook 2: one of them is older.",
        ),
        (
            Recorded(0, None, False, True),
            "The graded notebook says 1.5, the gradebook 0: one of them is older.",
        ),
        (Recorded(1.5, 1.5, False, True), "nbgrader waits for a human to decide on the points"),
        (
            Recorded(0.5, 1.5, True, True, manual=0.5),
            "The points given by hand (0.5) are of an earlier submission or grading, and still count. "
            "The check gives 1.5 now. Decide in formgrader (Manual Grading)",
        ),
    ],
)
def test_where_notebook_and_gradebook_differ_a_human_should_look(
    recorded: Recorded, text: str, tmp_path: Path
) -> None:
    write_graded(tmp_path, "bo", cells(5, 2, 1.5, 2, 2))
    (flag,) = read(tmp_path, Book(entries={(LESSON, "bo"): entry(mul=recorded)}))["bo"].open_flags
    assert flag.title == "Mul"
    assert flag.text.startswith(text)


def test_a_submission_handed_in_again_is_flagged_until_it_is_graded(tmp_path: Path) -> None:
    write_submitted(tmp_path, "bo")
    write_graded(tmp_path, "bo", cells(5, 2, 1.5, 2, 2))
    graded = tmp_path / "autograded" / "bo" / LESSON / "timestamp.txt"
    submitted = tmp_path / "submitted" / "bo" / LESSON / "timestamp.txt"
    graded.write_text("2026-03-01 12:00:00 UTC")
    for time, flags in (
        ("2026-03-01 12:00:00 UTC", 0),
        ("2026-03-01 12:00:01 UTC", 1),
        ("2026-03-01 12:30:00 Europe/Oslo", 0),
        ("yesterday", 0),
        ("2026-03-01" * 1000, 0),
    ):
        submitted.write_text(time)
        assert len(read(tmp_path)["bo"].flags) == flags, time


def test_what_was_graded_is_known_by_its_fingerprint(tmp_path: Path) -> None:
    submitted = write_submitted(tmp_path, "bo", "one")
    known = {"submission": fingerprint(submitted.parent)}
    write_graded(tmp_path, "bo", cells(5, 2, 1.5, 2, 2), known)
    write_ungraded(tmp_path, "cy", "It is 300 MB.", fingerprint(write_submitted(tmp_path, "cy").parent))
    found = read(tmp_path)
    assert found["bo"].flags == ()
    assert found["cy"].state is State.UNGRADED
    for student in ("bo", "cy"):
        write_submitted(tmp_path, student, "two")
    found = read(tmp_path)
    (flag,) = found["bo"].open_flags
    assert flag.text.startswith("Handed in again since")
    assert found["cy"].state is State.WAITING
    assert found["cy"].reason == "Handed in again; the earlier one could not be graded."


def test_of_a_graded_notebook_and_a_reason_why_there_is_none_the_newer_one_counts(tmp_path: Path) -> None:
    graded = write_graded(tmp_path, "bo", cells(5, 2, 1.5, 2, 2))
    reason = write_ungraded(tmp_path, "bo", "It is 300 MB.")
    for newer, state in ((graded, State.GRADED), (reason, State.UNGRADED)):
        for path in (graded, reason):
            os.utime(path, (0, 2 if path == newer else 1))
        assert read(tmp_path)["bo"].state is state


# Verdicts --------------------------------------------------------------------------------------------


def test_only_the_one_output_of_a_check_cell_is_believed(tmp_path: Path) -> None:
    claimed = check_cell(answers_full("03_function/Mul"))
    elsewhere = json.loads(json.dumps(claimed))
    elsewhere["metadata"]["nbgrader"]["solution"] = True
    twice = json.loads(json.dumps(claimed))
    twice["outputs"] *= 2
    other = check_cell(answers_full("03_function/Add"), grade_id=CELLS["03_function/Mul"])
    empty = {**claimed, "outputs": []}
    for wrong, why in (
        (elsewhere, "The check cell of this exercise is no longer in the notebook."),
        (twice, "Its check cell holds no verdict."),
        (other, "Its check cell holds no verdict."),
        (empty, "Its check cell holds no verdict."),
    ):
        path = write_graded(tmp_path, "bo", [wrong])
        found = read_graded(path, exercises(LESSON))
        assert found is not None
        assert found.reports["check_mul"].points == 0
        assert found.reports["check_mul"].message.startswith(why)


def test_of_two_cells_with_one_id_the_first_counts(tmp_path: Path) -> None:
    first = cells(0, 0, 0, 0, 0)
    path = write_graded(tmp_path, "bo", [*first, check_cell(answers_full("03_function/Mul"))])
    found = read_graded(path, exercises(LESSON))
    assert found is not None
    assert found.reports["check_mul"].points == 0


def answers_full(name: str):
    """A report with all points."""
    from autograder.report import Report

    return Report(name, (verdict(3, 3),))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "cells",
                    "metadata",
                    "outputs",
                    "autograder",
                    "nbgrader",
                    "grade",
                    "grade_id",
                    "verdicts",
                    "name",
                    "points",
                    "earned",
                    "label",
                    "flags",
                    "layers",
                    "notes",
                    "text",
                    "cell",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON, JSON)
def test_whatever_a_graded_notebook_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cell: Any, data: Any, about: Any
) -> None:
    made = check_cell(answers_full("03_function/Mul"))
    made["outputs"][0]["metadata"]["autograder"] = data
    course = tmp_path_factory.mktemp("course")
    path = write_graded(course, "bo", [cell, made], {"autograder": about})
    notebook = json.loads(path.read_text())
    notebook["metadata"] = {"autograder": about}
    path.write_text(json.dumps(notebook))
    bo = read(course)["bo"]
    assert all(0 <= answer.points < 1e300 or isinstance(data, dict) for answer in bo.answers)
    path.write_text(json.dumps(cell))
    read(course)


@given(st.text(st.characters(), max_size=3000))
def test_a_clean_text_can_be_written_and_printed_and_has_an_end(text: str) -> None:
    shown = clean(text)
    shown.encode("utf-8")
    assert len(shown) <= 2001
    assert not any(ord(character) < 32 and character not in "\t\n" for character in shown)
    assert clean("\x1b[31mred\ud800") == "\N{REPLACEMENT CHARACTER}[31mred\N{REPLACEMENT CHARACTER}"
    assert clean("a\tb\nc") == "a\tb\nc"
