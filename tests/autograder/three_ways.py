"""A small class, graded in three ways: by our command, by nbgrader with our steps, by nbgrader as it comes.

Run as a program, it grades one course in one of these ways, in two rounds with a human in between.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from nbformat import NotebookNode

from .small_course import first_only, hand_in, make_course, right, untouched

LESSON = "01_tensor"
WAYS = ("ours", "nbgrader with our steps", "nbgrader as it comes")

PENALTY = "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
STOCK = """
del c.Autograde.sanitize_preprocessors, c.Autograde.autograde_preprocessors
"""

DUE = datetime(2030, 5, 1, 12)
EARLY, LATE, LATER = (f"2030-05-0{day} 10:00:00 UTC" for day in (1, 2, 3))


def wrong(made: NotebookNode, solution: NotebookNode) -> None:
    """All right but for one mistake, which costs some of an exercise's points."""
    right(made, solution)
    for cell in made.cells:
        cell.source = cell.source.replace("np.array(data, dtype", "np.asarray(data, dtype")


def reading_a_file(made: NotebookNode, solution: NotebookNode) -> None:
    """All right, and a cell that reads a file which was handed in, too."""
    right(made, solution)
    made.cells[2].source = "print(open('data/x.csv').read())"
    made.cells[2].cell_type = "code"
    made.cells[2].update(outputs=[], execution_count=None)


def hand_in_once(course: Path) -> None:
    """The first round."""
    times = {"timestamp.txt": EARLY}
    hand_in(course, "a_right", LESSON, right, times)
    hand_in(course, "b_untouched", LESSON, untouched)
    hand_in(course, "d_wrong", LESSON, wrong, {"timestamp.txt": LATE})
    hand_in(course, "e_with_a_file", LESSON, reading_a_file, {**times, "data/x.csv": "1,2"})
    hand_in(course, "f_extended", LESSON, right, {"timestamp.txt": LATE})
    hand_in(course, "g_again", LESSON, first_only, times)
    hand_in(course, "h_by_hand", LESSON, first_only, times)


def hand_in_again(course: Path) -> None:
    """The second round, after a human has graded."""
    hand_in(course, "g_again", LESSON, right, {"timestamp.txt": LATER})
    hand_in(course, "h_by_hand", LESSON, right, {"timestamp.txt": "2030-05-01 11:00:00 UTC"})


def prepare(folder: Path, way: str) -> Path:
    """A course with the class."""
    settings = PENALTY + (STOCK if way == WAYS[2] else "")
    course = make_course(folder / way.replace(" ", "_"), [LESSON], settings)
    hand_in_once(course)
    return course


def grade(course: Path, way: str) -> None:
    """Start to end."""
    from autograder.course import done, nbgrader_api

    api = nbgrader_api(course)
    if way != WAYS[0]:
        done(api.generate_assignment(LESSON, force=True))
    else:
        _command(course, "--student", "a_right")  # which enters the lesson
    _set_due(api)
    for act in (hand_in_nothing, hand_in_again):
        act(course)
        if way == WAYS[0]:
            _command(course)
        else:
            done(api.autograde(LESSON, "*"))
        if act is hand_in_nothing:
            _grade_by_hand(api)


def hand_in_nothing(course: Path) -> None:
    """In the first round all is there."""


def _command(course: Path, *more: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.autograder.three_ways", "command", str(course), *more], check=True
    )


def _set_due(api: object) -> None:
    from nbgrader.api import Gradebook

    course = api.coursedir  # type: ignore[attr-defined]
    with Gradebook(course.db_url, course.course_id) as book:
        book.update_or_create_assignment(LESSON, duedate=DUE)
        book.update_or_create_student("f_extended")
        book.update_or_create_submission(LESSON, "f_extended", extension=timedelta(days=3))


def _grade_by_hand(api: object) -> None:
    from nbgrader.api import Gradebook

    course = api.coursedir  # type: ignore[attr-defined]
    with Gradebook(course.db_url, course.course_id) as book:
        grade = book.find_grade("check_tensor_init", LESSON, LESSON, "h_by_hand")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.25, False
        comment = book.find_comment("tensor_methods", LESSON, LESSON, "h_by_hand")
        comment.manual_comment = "Have another look."
        book.db.commit()


def main(way: str, course: Path) -> None:
    """In the process of its own."""
    from .small_course import gradebook_of

    grade(course, way)
    (course / "result.json").write_text(json.dumps(gradebook_of(course)), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "command":
        from autograder.cli import app

        os.chdir(sys.argv[2])
        app(["grade", *sys.argv[3:]])
    else:
        main(sys.argv[1], Path(sys.argv[2]))
