"""One submission: from the folder that was handed in to a graded notebook, or to a reason why there is none.

Pure and stateless: no gradebook, nothing written but a work folder that disappears. Any executor can run it.
"""

from __future__ import annotations

import errno
import logging
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade

from autograder.grading.lesson import Lesson, LessonBook, lesson_instead
from autograder.grading.schemas import checked_once
from autograder.grading.settings import Settings, course_directory, steps
from autograder.grading.standin import gradebook_is
from autograder.restore import HANDED_IN
from autograder.submission import Submission, Unreadable, fingerprint, read

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """What is to be graded. folder: what was handed in."""

    settings: Settings
    lesson: Lesson
    student: str
    folder: Path


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    submission: the fingerprint of what was handed in. reason: why it could not be graded, "" if it was; ours:
    whether the fault is the grader's. notebook: the graded one, as text. files: beside it, by path.
    points, most: earned and possible, as far as no human is asked.
    """

    student: str
    lesson: str
    submission: str = ""
    reason: str = ""
    ours: bool = False
    notebook: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    points: float = 0.0
    most: float = 0.0
    seconds: float = 0.0


class Stopped(Exception):
    """A step stopped with an error. ours: whether the step is one of this project's, and the fault ours."""

    def __init__(self, words: str, ours: bool) -> None:
        super().__init__(words)
        self.ours = ours


def grade(job: Job) -> Outcome:
    """Grade one submission. Raises OSError where the disk is full."""
    start = time.perf_counter()
    ignore = course_directory(job.settings).ignore
    about: dict[str, Any] = {"student": job.student, "lesson": job.lesson.name}
    try:
        about["submission"] = fingerprint(job.folder, ignore)
        handed_in = read(job.folder, job.lesson.name, ignore)
        instead = lesson_instead(handed_in.notebook, job.lesson, job.settings)
        if instead:
            raise Unreadable(f"{job.lesson.name}.ipynb is the notebook of {instead}")
        graded = _graded(job, handed_in, about["submission"])
    except Unreadable as error:
        return Outcome(**about, reason=str(error), seconds=time.perf_counter() - start)
    except Stopped as error:
        return Outcome(**about, reason=str(error), ours=error.ours, seconds=time.perf_counter() - start)
    return Outcome(**about, **graded, seconds=time.perf_counter() - start)


def _graded(job: Job, handed_in: Submission, submission: str) -> dict[str, Any]:
    """The fields of an outcome. Raises Stopped."""
    files = {**handed_in.files, **job.lesson.files}
    with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as work:
        for name, content in files.items():
            path = Path(work, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        known = {
            "submission": submission,
            "notes": list(handed_in.notes),
            "flags": [{"cell": "", "text": text} for text in handed_in.flags],
        }
        resources = _resources(job, work, known)
        notebook, resources = _through_steps(job, handed_in.notebook, resources)
    about = notebook.metadata.get("autograder", {})
    points, most = _points(notebook)
    return {
        "notebook": _as_text(notebook),
        "files": {**files, **resources.get("outputs", {})},
        "notes": tuple(about.get("notes", ())),
        "flags": tuple(flag["text"] for flag in about.get("flags", ())),
        "layers": tuple(about.get("layers", ())),
        "points": points,
        "most": most,
    }


def _points(notebook: NotebookNode) -> tuple[float, float]:
    """Earned and possible, as nbgrader counts them. Raises Stopped."""
    try:
        scores = [determine_grade(cell) for cell in notebook.cells if is_grade(cell)]
    except (ValueError, KeyError) as error:
        raise Stopped(f"nbgrader finds no score: {error}", ours=False) from None
    return sum(score or 0.0 for score, _ in scores), sum(most for _, most in scores)


def _resources(job: Job, work: str, known: dict[str, Any]) -> ResourcesDict:
    """What nbgrader tells its steps, and what is known of the submission."""
    name = job.lesson.name
    resources = ResourcesDict(unique_key=name, output_files_dir=f"{name}_files", output_extension=".ipynb")
    resources["metadata"] = ResourcesDict(name=name, path=work)
    resources["nbgrader"] = {
        "student": job.student,
        "assignment": name,
        "notebook": name,
        "db_url": course_directory(job.settings).db_url,
    }
    resources[HANDED_IN] = known
    return resources


def _through_steps(
    job: Job, notebook: NotebookNode, resources: ResourcesDict
) -> tuple[NotebookNode, ResourcesDict]:
    """Apply the configured steps, one after the other, in nbgrader's way. Raises Stopped, or OSError."""
    making = steps(job.settings).making
    with gradebook_is(LessonBook(job.lesson), making), checked_once():
        for step in making:
            name = type(step).__name__
            try:
                notebook, resources = step(notebook, resources)
            except Exception as error:
                if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise
                log.exception("%s, %s: %s", job.student, job.lesson.name, name)
                words = f"the step {name} stopped with {type(error).__name__}: {str(error)[:300]}"
                ours = type(step).__module__.startswith("autograder.") and isinstance(error, RuntimeError)
                raise Stopped(words, ours) from error
    try:
        nbformat.validate(notebook, relax_add_props=True)
    except nbformat.ValidationError as error:
        raise Stopped(f"the graded notebook is not valid: {str(error)[:300]}", ours=True) from None
    return notebook, resources


def _as_text(notebook: NotebookNode) -> str:
    """The notebook as nbgrader writes it."""
    text: str = nbformat.v4.writes(notebook)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Stopped("the notebook contains half characters, which no file can hold", ours=False) from None
    return text if text.endswith("\n") else text + "\n"
