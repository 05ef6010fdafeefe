"""The feedback pages of a course, made by nbgrader: which there are to make, and which are up to date."""

from __future__ import annotations

import glob
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.course import nbgrader_api
from autograder.exercises import LESSONS
from autograder.feedback.page import mark_of
from autograder.feedback.recorded import LOCKED, GradebookError, Recorded, is_locked, read_recorded
from autograder.guess import guess


class FeedbackError(Exception):
    """There is nothing to make feedback of, or it cannot be made; says what to do."""


@dataclass(frozen=True, order=True)
class Graded:
    """A graded submission."""

    lesson: str
    student: str


class Pages:
    """The pages of the course in a folder. A page stays until the new one is there."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._api = nbgrader_api(root)
        course = self._api.coursedir
        self._submitted = root / course.submitted_directory
        self._graded = root / course.autograded_directory
        self._feedback = root / course.feedback_directory

    def graded(self, lessons: Sequence[str] = (), students: Sequence[str] = ()) -> list[Graded]:
        """What was graded, of these lessons and students or of all.

        Raises FeedbackError if nothing was, or the gradebook, which has the points, cannot be read.
        """
        found = _submissions(self._graded, ".ipynb")
        self._find_all_of(found, lessons, students)
        chosen = _chosen(found, lessons, students)
        missing = {*lessons, *students} - {one.lesson for one in found} - {one.student for one in found}
        if missing or not chosen:
            what = f"nothing of {' or '.join(sorted(missing))}" if missing else "nothing of this"
            raise FeedbackError(
                f"{what} is in {self._graded}, where graded notebooks are. "
                "Grade first, with `autograder grade`; it names what could not be graded, for which there is "
                "no feedback."
            )
        _ = self._recorded  # an error comes before anything is touched
        return chosen

    def _find_all_of(self, found: list[Graded], lessons: Sequence[str], students: Sequence[str]) -> None:
        """Raise FeedbackError for a lesson or student that there is not, graded or not."""
        for name in lessons:
            if name not in {*LESSONS, *(one.lesson for one in found)}:
                near = guess(name, LESSONS)
                raise FeedbackError(f"there is no lesson {name}.{near} Lessons: {', '.join(LESSONS)}.")
        known = {path.name for path in self._submitted.glob("*") if path.is_dir()}
        known |= {one.student for one in found}
        for name in students:
            if name not in known:
                near = guess(name, known)
                raise FeedbackError(f"there is no student {name} among those who handed in.{near}")

    @cached_property
    def _recorded(self) -> dict[tuple[str, str], Recorded]:
        try:
            return read_recorded(self._api.coursedir.db_url)
        except GradebookError as error:
            raise FeedbackError(str(error)) from None

    def out_of_date(self, lessons: Sequence[str] = (), students: Sequence[str] = ()) -> list[Graded]:
        """Submissions with a page that are not graded now, because a newer one could not be."""
        gone = set(_submissions(self._feedback, ".html")) - set(_submissions(self._graded, ".ipynb"))
        return _chosen(sorted(gone), lessons, students)

    def has_page(self, one: Graded) -> bool:
        """Whether there is a page, of whatever time."""
        return self._page(one).is_file()

    def up_to_date(self, one: Graded) -> bool:
        """Whether the page is newer than the graded notebook, and the gradebook still says what it shows."""
        page, recorded = self._page(one), self._recorded.get((one.lesson, one.student))
        notebook = self._graded / one.student / one.lesson / f"{one.lesson}.ipynb"
        try:
            newer = page.stat().st_mtime >= notebook.stat().st_mtime
            return newer and recorded is not None and mark_of(page) == recorded.mark
        except OSError:
            return False

    def _page(self, one: Graded) -> Path:
        return self._feedback / one.student / one.lesson / f"{one.lesson}.html"

    def make(self, one: Graded) -> str:
        """Have nbgrader make a page anew; why it could not, or "". Raises FeedbackError if none can be made.

        nbgrader removes a page before it makes another one: so it works in a folder of its own.
        """
        if (one.lesson, one.student) not in self._recorded:
            return "the gradebook has no grades of it. Grade it again, with `autograder grade --force`."
        ours = self._root / ".autograder"
        ours.mkdir(exist_ok=True)
        with TemporaryDirectory(prefix="feedback-", dir=ours) as folder:
            made = Path(folder)
            reason = self._made_by_nbgrader(one, made)
            if reason.startswith("OperationalError") and is_locked(reason):
                raise FeedbackError(LOCKED)
            return reason or _moved(made, self._feedback, Path(one.student, one.lesson))

    def _made_by_nbgrader(self, one: Graded, folder: Path) -> str:
        course = self._api.coursedir
        usual = course.feedback_directory
        course.feedback_directory = folder.relative_to(self._root).as_posix()
        try:
            # nbgrader takes a student's id for a pattern of file names.
            result = self._api.generate_feedback(one.lesson, glob.escape(one.student), force=True)
        finally:
            course.feedback_directory = usual
        if result["success"]:
            return ""
        # nbgrader takes it for a failure of the submission
        if "KeyboardInterrupt" in result.get("error", ""):
            raise KeyboardInterrupt
        return _reason(result.get("log") or result.get("error") or "")


def _moved(source: Path, target: Path, place: Path) -> str:
    """Put the files of a folder in the place of those of another one; why that cannot be, or ""."""
    if not (source / place).is_dir():  # nbgrader was told to leave this student out
        return ""
    try:
        for folder in (Path(), *reversed(place.parents[:-1]), place):
            if not (target / folder).is_dir():
                (target / folder).mkdir()
                shutil.copymode(source / place, target / folder)
        names = [path.name for path in (source / place).iterdir()]
        for name in sorted(names, key=lambda name: name.endswith(".html")):  # the page last
            writing = target / place / f".{name}.writing"
            shutil.copy2(source / place / name, writing)
            writing.replace(target / place / name)
        for path in (target / place).iterdir():
            if path.is_file() and path.name not in names:
                path.unlink()
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return ""


def _submissions(folder: Path, suffix: str) -> list[Graded]:
    """Those with a file LESSON.suffix."""
    files = folder.glob(f"*/*/*{suffix}")
    return sorted(Graded(path.stem, path.parts[-3]) for path in files if path.stem == path.parts[-2])


def _chosen(found: Sequence[Graded], lessons: Sequence[str], students: Sequence[str]) -> list[Graded]:
    return [
        one
        for one in found
        if (not lessons or one.lesson in lessons) and (not students or one.student in students)
    ]


def _reason(log: str) -> str:
    """The last line of the traceback in what nbgrader said, or its last line; without the error's module."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    in_traceback = [line for line in lines if not line.startswith(("[", "(Background on this error"))]
    last = (in_traceback or lines or ["nbgrader gave no reason"])[-1]
    return re.sub(r"^(?:\w+\.)+(?=\w+:)", "", last)[:300]
