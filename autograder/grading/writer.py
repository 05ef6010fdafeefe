"""The one who writes: a result on disk becomes grades in the gradebook and an autograded folder.

Each step can be done twice with the same effect, and the result on disk is removed last: whoever is stopped
in between leaves something that can be finished.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import MissingEntry, SubmittedAssignment
from nbgrader.utils import rmtree

from autograder.grading import ungraded
from autograder.grading.book import Book, patiently
from autograder.grading.one import Outcome
from autograder.grading.plan import timestamp
from autograder.grading.settings import GradingError, Settings, autograde, course_directory, steps
from autograder.grading.staging import Staged, stage, waiting
from autograder.grading.standin import gradebook_is

log = logging.getLogger(__name__)


class Writer:
    """Writes into the gradebook, into autograded/, and into .autograder/. There is one at a time."""

    def __init__(self, settings: Settings, book: Book) -> None:
        self._settings, self._book = settings, book
        self._course = course_directory(settings)
        self._converter = autograde(settings)
        self._permissions = int(str(self._converter.permissions), 8)
        self._staging = settings.root / ".autograder" / "staging"
        self.ungraded = settings.root / ".autograder" / "ungraded"

    def finish(self) -> int:
        """Record what an earlier run left complete, remove what it left incomplete; how many there were."""
        count = 0
        for staged in waiting(self._staging):
            self._record_anyhow(staged)
            count += 1
        return count

    def write(self, outcome: Outcome) -> str:
        """Record a result; returns "", or why the gradebook does not take it.

        Raises OSError where the disk is full, and GradingError where the gradebook cannot be used at all.
        """
        return self._record_anyhow(stage(outcome, self._staging, self._permissions))

    def record_again(self, lesson: str, student: str) -> bool:
        """Record what lies in autograded/, for a gradebook that has lost it; False if that cannot be done."""
        graded = Path(self._course.format_path(self._course.autograded_directory, student, lesson))
        try:
            patiently(lambda: self._enter(lesson, student, graded))
        except (GradingError, OSError):
            raise
        except Exception:  # of a notebook that somebody has changed, or of a step that somebody configured
            log.exception("%s, %s: recording again", student, lesson)
            return False
        return True

    def _record_anyhow(self, staged: Staged) -> str:
        """Record a result, or where the gradebook does not take it, that it could not be graded."""
        try:
            self._record(staged)
        except (GradingError, OSError):
            raise
        except Exception as error:  # of nbgrader's gradebook, or of a step that somebody configured
            log.exception("%s, %s", staged.student, staged.lesson)
            reason = f"the gradebook did not take it: {type(error).__name__}: {str(error)[:300]}"
            refused = Outcome(staged.student, staged.lesson, staged.about["submission"], reason)
            self._record(stage(refused, self._staging, self._permissions))
            return reason
        return ""

    def _record(self, staged: Staged) -> None:
        if staged.about["reason"]:
            patiently(lambda: self._withdraw(staged))
            self._replace(staged)
            ungraded.write(self.ungraded, staged.about)
        elif staged.files.is_dir():
            patiently(lambda: self._enter(staged.lesson, staged.student, staged.files))
            self._replace(staged)
            ungraded.remove(self.ungraded, staged.lesson, staged.student)
        staged.remove()

    # The gradebook -----------------------------------------------------------------------------------

    def _enter(self, lesson: str, student: str, graded: Path) -> None:
        """What nbgrader records of a graded notebook, by its own steps. graded: the folder it is in."""
        notebook = _to_record((graded / f"{lesson}.ipynb").read_text(encoding="utf-8"))
        resources = ResourcesDict(unique_key=lesson)
        resources["nbgrader"] = {
            "student": student,
            "assignment": lesson,
            "notebook": lesson,
            "db_url": self._course.db_url,
        }
        recording = steps(self._settings).recording
        with self._book.transaction(), gradebook_is(self._book, recording):
            self._submission(lesson, student, graded)
            for step in recording:
                notebook, resources = step(notebook, resources)

    def _withdraw(self, staged: Staged) -> None:
        """What could not be graded has no score and is for a human; what a human gave before stays."""
        with suppress(MissingEntry, UnicodeError), self._book.transaction():  # whom nbgrader does not know
            submission = self._submission(staged.lesson, staged.student, self._handed_in(staged))
            for notebook in submission.notebooks:
                notebook.late_submission_penalty = None
                for grade in notebook.grades:
                    grade.auto_score = None
                    grade.needs_manual_grade = True
                for comment in notebook.comments:
                    comment.auto_comment = None

    def _submission(self, lesson: str, student: str, folder: Path) -> SubmittedAssignment:
        """The submission's place in the gradebook, made as nbgrader's ``init_assignment`` makes it.

        folder: where it may be said when it was handed in.
        """
        book = self._book
        if self._converter.create_student:
            book.update_or_create_student(student)
        else:
            book.find_student(student)
        time = timestamp(folder)
        about = {"timestamp": time} if time else {}
        return book.update_or_create_submission(lesson, student, **about)

    def _handed_in(self, staged: Staged) -> Path:
        return Path(self._course.format_path(self._course.submitted_directory, staged.student, staged.lesson))

    # The folder --------------------------------------------------------------------------------------

    def _replace(self, staged: Staged) -> None:
        """Put the new autograded folder, if there is one, in the place of the old one."""
        place = Path(
            self._course.format_path(self._course.autograded_directory, staged.student, staged.lesson)
        )
        if place.exists():
            if staged.replaced.exists():
                rmtree(str(staged.replaced))
            _move(place, staged.replaced)
        if staged.files.is_dir():
            place.parent.mkdir(parents=True, exist_ok=True)
            _share(staged.files, self._course.groupshared)
            _move(staged.files, place)
            _share_one(place.parent, self._course.groupshared)


def _to_record(text: str) -> NotebookNode:
    """A graded notebook, as far as the steps that record it look: what cells show that give no points is left
    out.
    """
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and not cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["outputs"] = []
    return nbformat.v4.to_notebook(notebook)


def _move(source: Path, target: Path) -> None:
    """Rename a folder; where the target is on another disk, copy it there beside its place first."""
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = target.with_name(f".{target.name}.copying")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy)
        os.rename(copy, target)
        rmtree(str(source))


def _share(folder: Path, shared: bool) -> None:
    for inner, _, _ in os.walk(folder):
        _share_one(Path(inner), shared)


def _share_one(folder: Path, shared: bool) -> None:
    """nbgrader's rights for the folders of a course that several instructors share."""
    mode = folder.stat().st_mode
    if shared and mode & 0o2770 != 0o2770:
        with suppress(PermissionError):
            folder.chmod((mode | 0o2770) & 0o2777)
