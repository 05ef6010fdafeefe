"""The feedback pages of a course, made by nbgrader: which there are to make, and which are up to date."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from autograder.course import nbgrader_api


class FeedbackError(Exception):
    """There is nothing to make feedback of; says what to do."""


@dataclass(frozen=True, order=True)
class Graded:
    """A graded submission."""

    lesson: str
    student: str


class Pages:
    """The pages of the course in a folder."""

    def __init__(self, root: Path) -> None:
        self._api = nbgrader_api(root)
        course = self._api.coursedir
        self._graded = root / course.autograded_directory
        self._feedback = root / course.feedback_directory
        database = make_url(course.db_url)
        is_file = database.drivername.startswith("sqlite") and database.database
        self._gradebook = Path(str(database.database)) if is_file else None

    def graded(self, lessons: Sequence[str] = (), students: Sequence[str] = ()) -> list[Graded]:
        """What was graded, of these lessons and students or of all. Raises FeedbackError if nothing was."""
        found = _submissions(self._graded, ".ipynb")
        chosen = _chosen(found, lessons, students)
        known = {one.lesson for one in found} | {one.student for one in found}
        missing = {*lessons, *students} - known
        if missing or not chosen:
            what = f"nothing of {' or '.join(sorted(missing))}" if missing else "nothing of this"
            raise FeedbackError(
                f"{what} is in {self._graded}, where graded notebooks are. "
                "Grade first, with `autograder grade`; it names what could not be graded, for which there is "
                "no feedback."
            )
        return chosen

    def out_of_date(self, lessons: Sequence[str] = (), students: Sequence[str] = ()) -> list[Graded]:
        """Submissions with a page that are not graded now, because a newer one could not be."""
        gone = set(_submissions(self._feedback, ".html")) - set(_submissions(self._graded, ".ipynb"))
        return _chosen(sorted(gone), lessons, students)

    def up_to_date(self, one: Graded) -> bool:
        """Whether the page is newer than the graded notebook and whatever was written into the gradebook."""
        page = self._feedback / one.student / one.lesson / f"{one.lesson}.html"
        notebook = self._graded / one.student / one.lesson / f"{one.lesson}.ipynb"
        if self._gradebook is None:  # a database on a server does not say when it was written to
            return False
        try:
            written = page.stat().st_mtime
            return written >= max(notebook.stat().st_mtime, self._gradebook.stat().st_mtime)
        except OSError:
            return False

    def make(self, one: Graded) -> str:
        """Have nbgrader make a page anew; why it could not, or ""."""
        # nbgrader takes a student's id for a pattern of file names.
        result = self._api.generate_feedback(one.lesson, glob.escape(one.student), force=True)
        if result["success"]:
            return ""
        if "KeyboardInterrupt" in result.get(
            "error", ""
        ):  # nbgrader takes it for a failure of the submission
            raise KeyboardInterrupt
        return _reason(result.get("log") or result.get("error") or "")


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
    in_traceback = [line for line in lines if not line.startswith("[")]
    last = (in_traceback or lines or ["nbgrader gave no reason"])[-1]
    return re.sub(r"^(?:\w+\.)+(?=\w+:)", "", last)[:300]
