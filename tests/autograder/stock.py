"""One class, graded by stock nbgrader: what is handed in, and what came of it.

The work is done by this file run as a program, in a process of its own, so that what nbgrader and its kernels
write can be looked at.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.exercises import LESSONS

from .lessons import ROOT

SETTINGS = """
c.Execute.timeout = 6
c.TrustedVerdict.seconds = 2
c.TrustedVerdict.total = 20
"""

Change = Callable[[NotebookNode, NotebookNode], None]


@dataclass(frozen=True)
class GradedClass:
    """What nbgrader left behind.

    scores: points by cell, for each student and lesson that was graded. log: what nbgrader said of
    each lesson. succeeded: whether nbgrader called the lesson a success.
    """

    course: Path
    scores: dict[tuple[str, str], dict[str, float]]
    log: dict[str, str]
    succeeded: dict[str, bool]

    def notebook(self, student: str, lesson: str) -> NotebookNode:
        """The autograded notebook."""
        return nbformat.read(self.path("autograded", student, lesson), as_version=4)

    def path(self, step: str, student: str, lesson: str, suffix: str = ".ipynb") -> Path:
        """Where a notebook lies at a step: submitted, autograded or feedback."""
        return self.course / step / student / lesson / f"{lesson}{suffix}"


# What is handed in -----------------------------------------------------------------------------------


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell with this id."""
    return next(cell for cell in notebook.cells if cell.id == name)


def right(released: NotebookNode, solution: NotebookNode) -> None:
    """Every answer as in the solution."""
    for place, answer in zip(released.cells, solution.cells, strict=True):
        place.source = answer.source


def untouched(released: NotebookNode, solution: NotebookNode) -> None:
    """No answer at all."""


def cheating(released: NotebookNode, solution: NotebookNode) -> None:
    """No answer, but a ``check`` that claims more than all points."""
    fake = """
import autograder, autograder.checking
class Full(float):
    def _repr_html_(self):
        return "all right"
def check(name, *parts):
    print("99 of 99 points")
    return Full(99)
autograder.check = autograder.checking.check = check
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.showtraceback = lambda *a, **k: None
"""
    released.cells.insert(2, nbformat.v4.new_code_cell(fake, id="helpers"))


def claiming(released: NotebookNode, solution: NotebookNode) -> None:
    """No answer, but outputs that look like a full report, in a cell of its own at the end."""
    report = {"name": "03_function/Mul", "verdicts": [{"label": "all", "points": 3, "earned": 3}]}
    source = f"display({{'text/plain': '3.0'}}, raw=True, metadata={{'autograder': {report!r}}})"
    released.cells.append(nbformat.v4.new_code_cell(source, id="claims"))


def without_a_figure(released: NotebookNode, solution: NotebookNode) -> None:
    """All right, and the figures deleted."""
    right(released, solution)
    released.cells = [c for c in released.cells if not c.metadata.get("jupyter", {}).get("source_hidden")]


def without_a_check(released: NotebookNode, solution: NotebookNode) -> None:
    """All right, and a check deleted."""
    right(released, solution)
    released.cells.remove(cell(released, "check_ensure_tensor"))


def with_scratch_cells(released: NotebookNode, solution: NotebookNode) -> None:
    """All right, and cells for trying things out: one fails, one is for IPython, one changes a figure."""
    right(released, solution)
    for source in ("1 / 0", "%timeit -n1 -r1 3\n!echo hello", "import sys\nprint('oh', file=sys.stderr)"):
        released.cells.insert(4, nbformat.v4.new_code_cell(source, id=f"scratch-{len(released.cells)}"))
    figure = next(c for c in released.cells if c.metadata.get("jupyter", {}).get("source_hidden"))
    figure.source += "\n# a remark"


def looping(released: NotebookNode, solution: NotebookNode) -> None:
    """All right, but for a loop in one function."""
    right(released, solution)
    answer = cell(released, "ensure_tensor")
    answer.source = answer.source.replace(
        "    if isinstance", "    while True:\n        pass\n    if isinstance"
    )


def leaving_python(released: NotebookNode, solution: NotebookNode) -> None:
    """All right, but for a function that ends the process."""
    right(released, solution)
    answer = cell(released, "by_hand")
    answer.source = answer.source.replace("e_grad = d\n", "import os; os._exit(0)\n")


def leaving_the_cell(released: NotebookNode, solution: NotebookNode) -> None:
    """All right, and then sys.exit()."""
    right(released, solution)
    cell(released, "mul").source += "\nimport sys\nsys.exit()"


SUBMISSIONS: dict[str, dict[str, Change | str]] = {
    **{lesson: {"b_right": right, "c_untouched": untouched} for lesson in LESSONS},
    "01_tensor": {
        "a_text": "Dear all, here is my answer: 12.",
        "b_right": right,
        "c_untouched": untouched,
        "d_looping": looping,
        "e_without_a_figure": without_a_figure,
        "f_without_a_check": without_a_check,
    },
    "03_function": {
        "a_leaving_python": leaving_python,
        "b_right": right,
        "c_untouched": untouched,
        "d_cheating": cheating,
        "e_claiming": claiming,
        "f_leaving_the_cell": leaving_the_cell,
        "g_with_scratch_cells": with_scratch_cells,
    },
}


WITH_FEEDBACK = "03_function"
"""For one lesson; the other one's would take the same time again."""


def hand_in(course: Path, lesson: str, student: str, change: Change | str) -> None:
    """Write what a student hands in."""
    path = course / "submitted" / student / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True)
    if isinstance(change, str):
        path.write_text(change, encoding="utf-8")
        return
    released, solution = (
        nbformat.read(ROOT / folder / lesson / f"{lesson}.ipynb", as_version=4)
        for folder in ("notebooks", "solutions")
    )
    change(released, solution)
    nbformat.write(released, path)


# What nbgrader does ----------------------------------------------------------------------------------


def grade_the_class(course: Path) -> GradedClass:
    """Release the lessons in `course`, grade everybody, write feedback."""
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (course / "nbgrader_config.py").write_text(config + SETTINGS, encoding="utf-8")
    for lesson in LESSONS:
        shutil.copytree(ROOT / "solutions" / lesson, course / "solutions" / lesson)
    for lesson, students in SUBMISSIONS.items():
        for student, change in students.items():
            hand_in(course, lesson, student, change)
    bin_folder = str(Path(sys.executable).parent)
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(course)],
        cwd=ROOT,
        env={**os.environ, "PATH": os.pathsep.join([bin_folder, os.environ.get("PATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return class_in(course)


def class_in(course: Path, patience: float = 0) -> GradedClass:
    """The class that was graded in `course`, or will have been within some seconds."""
    end = time.monotonic() + patience
    while not (course / "result.json").exists() and time.monotonic() < end:
        time.sleep(0.5)
    result = json.loads((course / "result.json").read_text(encoding="utf-8"))
    scores = {(student, lesson): points for student, lesson, points in result["scores"]}
    return GradedClass(course, scores, result["log"], result["succeeded"])


def main(course: Path) -> None:
    """In the process of its own: nbgrader's steps, and what its gradebook says afterwards."""
    from nbgrader.api import Gradebook

    from autograder.course import done, nbgrader_api

    api = nbgrader_api(course)
    done(api.generate_assignment("*"))
    result: dict[str, Any] = {"log": {}, "succeeded": {}, "scores": []}
    with ProcessPoolExecutor(2) as pool:
        for lesson, graded in zip(LESSONS, pool.map(grade_lesson, repeat(course), LESSONS), strict=True):
            result["log"][lesson] = graded.get("log", "")
            result["succeeded"][lesson] = graded["success"]
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        for lesson, students in SUBMISSIONS.items():
            for student in students:
                if (course / "autograded" / student / lesson).is_dir():
                    notebook = gradebook.find_submission_notebook(lesson, lesson, student)
                    points = {grade.name: grade.score for grade in notebook.grades}
                    result["scores"].append([student, lesson, points])
    (course / "writing").write_text(json.dumps(result), encoding="utf-8")
    (course / "writing").rename(course / "result.json")


def grade_lesson(course: Path, lesson: str) -> dict[str, Any]:
    """What nbgrader says of autograding a whole lesson."""
    from autograder.course import done, nbgrader_api

    api = nbgrader_api(course)
    graded = api.autograde(lesson, "*")
    if lesson == WITH_FEEDBACK:
        done(api.generate_feedback(lesson, "*"))
    return graded


if __name__ == "__main__":
    main(Path(sys.argv[1]))
