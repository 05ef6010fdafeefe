"""Right solutions in all styles, handed in: they get all points, whichever command grades them.

A student takes one style for each exercise of a lesson, so that styles also meet each other. Each
lesson is graded by our command and by nbgrader's: with our steps every second one, the others without.
"""

from __future__ import annotations

import os
import subprocess
import sys
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
NBGRADERS = [[sys.executable, "-m", "nbgrader", word] for word in ("generate_assignment", "autograde")]
WAYS = {
    "autograder grade": (OURS, ""),
    "nbgrader with our steps": (NBGRADERS, ""),
    "nbgrader as it comes": (NBGRADERS, AS_IT_COMES),
}
RUNS = [
    (lesson, way)
    for number, lesson in enumerate(LESSONS)
    for way in ("autograder grade", list(WAYS)[1 + number % 2])
]


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
@pytest.mark.parametrize(("lesson", "way"), RUNS)
def test_right_solutions_get_all_points_by_every_command(lesson: str, way: str, tmp_path: Path) -> None:
    commands, settings = WAYS[way]
    course = make_course(tmp_path / "course", [lesson], settings)
    count = hand_in(course, lesson)
    env = os.environ | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}  # nbgrader calls alembic
    for command in commands:
        more = ["--force"] if "generate_assignment" in command else []
        done = subprocess.run(
            [*command, lesson, *more], cwd=course, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    grades = gradebook_of(course)
    assert len(grades) == count >= 2
    full = {f"check_{exercise.cell}": exercise.points for exercise in exercises(lesson)}
    for student, graded in grades.items():
        assert {name: scores[0] for name, scores, _ in graded["grades"]} == full, student
        assert not graded["needs_manual_grade"], student
