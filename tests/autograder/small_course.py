"""A course folder for the tests of grading: what is handed in, what came of it, and a quick grader."""

from __future__ import annotations

import hashlib
import shutil
import warnings
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.grading.one import Job, Outcome
from autograder.grading.settings import Settings, course_directory
from autograder.judge import Verdict
from autograder.report import Report
from autograder.submission import Unreadable, fingerprint, read

from .lessons import ROOT, notebook

Change = Callable[[NotebookNode, NotebookNode], None]


def make_course(folder: Path, lessons: list[str], settings: str = "") -> Path:
    """A course with these lessons, and nothing handed in. settings: added to nbgrader_config.py."""
    folder.mkdir(parents=True, exist_ok=True)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(config + settings, encoding="utf-8")
    for lesson in lessons:
        for place in ("solutions", "notebooks"):
            shutil.copytree(ROOT / place / lesson, folder / place / lesson)
    return folder


def hand_in(
    course: Path,
    student: str,
    lesson: str,
    change: Change,
    files: dict[str, str] | None = None,
) -> Path:
    """Put what a student hands in into submitted/; returns the notebook's path."""
    made, solution = (deepcopy(notebook(place, lesson)) for place in ("notebooks", "solutions"))
    change(made, solution)
    path = course / "submitted" / student / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, path)
    for name, text in (files or {}).items():
        (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / name).write_text(text, encoding="utf-8")
    return path


def right(made: NotebookNode, solution: NotebookNode) -> None:
    """Every answer as in the solution."""
    for cell, answer in zip(made.cells, solution.cells, strict=True):
        cell.source = answer.source


def untouched(made: NotebookNode, solution: NotebookNode) -> None:
    """No answer."""


def first_only(made: NotebookNode, solution: NotebookNode) -> None:
    """Only the first answer."""
    for cell, answer in zip(made.cells, solution.cells, strict=True):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answer.source
            return


def gradebook_of(course: Path) -> dict[str, Any]:
    """All that nbgrader shows of grades: scores, what waits for a human, comments, penalties, times."""
    directory = course_directory(Settings(course))
    with Gradebook(directory.db_url, directory.course_id) as book:
        return {
            f"{submission.student.id} {assignment.name}": {
                "timestamp": str(submission.timestamp),
                "score": submission.score,
                "needs_manual_grade": submission.needs_manual_grade,
                "late": [notebook.late_submission_penalty for notebook in submission.notebooks],
                "grades": sorted(
                    (
                        grade.name,
                        (grade.auto_score, grade.manual_score, grade.extra_credit, grade.score),
                        (grade.max_score, grade.needs_manual_grade, grade.failed_tests, grade.cell_type),
                    )
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                ),
                "comments": sorted(
                    (comment.name, comment.auto_comment, comment.manual_comment, comment.comment)
                    for notebook in submission.notebooks
                    for comment in notebook.comments
                ),
            }
            for assignment in book.assignments
            for submission in assignment.submissions
        }


def files_of(course: Path) -> dict[str, str]:
    """The sha256 of every file in autograded/, by its path."""
    return {
        path.relative_to(course).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((course / "autograded").rglob("*"))
        if path.is_file()
    }


# A grader that runs nothing --------------------------------------------------------------------------


@cache
def _graded(lesson: str, earned: int) -> str:
    """A graded notebook in which every check earns `earned` points, if there are so many."""
    made = deepcopy(notebook("notebooks", lesson))
    made.metadata["autograder"] = {"flags": [], "notes": [], "layers": [], "submission": "@submission@"}
    for cell in made.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            cell.source += f"\n# {earned}"
        if marks.get("grade"):
            points = min(float(earned), float(marks.points))
            report = Report(cell.id, (Verdict("all", marks.points, points),))
            output = nbformat.v4.new_output(
                "execute_result", {"text/plain": repr(report)}, metadata={"autograder": report.as_data()}
            )
            cell.outputs = [output]
    return nbformat.writes(made) + "\n"


def quick(job: Job) -> Outcome:
    """What a submission is worth by its looks: in no time, the same each time, and noted in runs.txt."""
    with (job.settings.root / "runs.txt").open("a", encoding="utf-8") as runs:
        runs.write(f"{job.student}\n")
    submission = fingerprint(job.folder)
    try:
        handed_in = read(job.folder, job.lesson.name)
    except Unreadable as error:
        return Outcome(job.student, job.lesson.name, submission, str(error))
    earned = int(hashlib.sha256(job.student.encode()).hexdigest(), 16) % 5
    text = _graded(job.lesson.name, earned).replace("@submission@", submission)
    about = {"student": job.student, "lesson": job.lesson.name, "submission": submission}
    return Outcome(**about, notebook=text, files=handed_in.files, points=1.0, most=job.lesson.points)


def runs_of(course: Path) -> list[str]:
    """Whose submission was graded by ``quick``, once for each time."""
    path = course / "runs.txt"
    return path.read_text(encoding="utf-8").split() if path.is_file() else []


class Silent:
    """Nobody watches."""

    def planned(self, found: Any, finished: int) -> None:
        pass

    def misplaced(self, found: Any) -> None:
        """Nothing is said."""

    def sandbox(self, layers: Any) -> None:
        pass

    def working(self, now: Any) -> None:
        pass

    def done(self, outcome: Outcome) -> None:
        pass


warnings.filterwarnings("ignore", "Object of type")  # nbgrader's own, where it makes a submission
