"""Right solutions in all styles, handed in: they get all points, whichever command grades them.

A student takes one style for each exercise of a lesson, so that styles also meet each other. The
whole course is graded three times: by our command, by nbgrader's with our steps, and without them.
Every other lesson makes a course of its own, since nbgrader's command spends much of its time waiting.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from autograder.exercises import LESSONS, exercises
from autograder.selftest.corpus import Cells, cells, right_solutions
from tests.autograder.lessons import notebook
from tests.autograder.small_course import gradebook_of, make_course

ROOT = Path(__file__).parents[2]

AS_IT_COMES = """
del c.Autograde.sanitize_preprocessors, c.Autograde.autograde_preprocessors
"""
PROGRAMS = Path(sys.executable).parent
OURS = [[str(PROGRAMS / "autograder"), "grade"]]
NBGRADER = [sys.executable, "-m", "nbgrader"]
RELEASE = [*NBGRADER, "generate_assignment", "--assignment=*", "--force"]
AUTOGRADE = [*NBGRADER, "autograde"]
WAYS = {"autograder grade": "", "nbgrader as it comes": AS_IT_COMES, "nbgrader with our steps": ""}
COURSES = {"even": list(LESSONS)[::2], "odd": list(LESSONS)[1::2]}


def students(lesson: str) -> Iterator[Cells]:
    """The cells of each student: as many as the exercise with most styles has."""
    styles: dict[str, list[str]] = {}
    for (cell, _), text in right_solutions(ROOT, lesson).items():
        styles.setdefault(cell, []).append(text)
    solution = cells(ROOT, "solutions", lesson)
    for number in range(max(map(len, styles.values()))):
        yield solution | {cell: texts[number % len(texts)] for cell, texts in styles.items()}


def hand_in(course: Path, lesson: str) -> int:
    """Hand in all of them, without texts and figures; returns how many there are."""
    count = 0
    for count, own in enumerate(students(lesson), 1):
        made = nbformat.from_dict(notebook("notebooks", lesson))
        made.cells = [cell for cell in made.cells if "nbgrader" in cell.metadata]
        for cell in made.cells:
            cell.source = own.get(cell.id, cell.source)
        path = course / "submitted" / f"style{count:02}" / lesson / f"{lesson}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(made, path)
    return count


@pytest.mark.selftest
@pytest.mark.parametrize("lessons", COURSES.values(), ids=COURSES)
@pytest.mark.parametrize("way", WAYS)
def test_right_solutions_get_all_points_by_every_command(
    way: str, lessons: list[str], tmp_path: Path
) -> None:
    course = make_course(tmp_path / "course", lessons, WAYS[way])
    counts = {lesson: hand_in(course, lesson) for lesson in lessons}
    commands = [RELEASE, *([*AUTOGRADE, lesson] for lesson in lessons)] if "nbgrader" in way else OURS
    assert min(counts.values()) >= 2
    env = os.environ | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}  # nbgrader calls alembic
    for command in commands:
        done = subprocess.run(command, cwd=course, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    grades = gradebook_of(course)
    assert Counter(key.split()[1] for key in grades) == counts
    for key, graded in grades.items():
        full = {f"check_{one.cell}": one.points for one in exercises(key.split()[1])}
        assert {name: scores[0] for name, scores, _ in graded["grades"]} == full, key
        assert not graded["needs_manual_grade"], key
