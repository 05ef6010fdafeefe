"""The demonstration: a small class, graded from release to feedback, in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.demo_class import LESSONS, STUDENTS, SUBMISSIONS, hand_in
from autograder.reporting.submissions import LessonClass

if TYPE_CHECKING:
    from autograder.grading.one import Job, Outcome
    from autograder.grading.plan import Task

MARK = ".autograder-demo"
_SETTINGS = """
# For the demonstration: one of the submissions contains a loop without end.
c.Execute.timeout = 4
c.TrustedVerdict.seconds = 2
"""

Progress = Callable[[str], None]


class DemoError(Exception):
    """The demonstration cannot be made; says why and what to do."""


def steps() -> int:
    """How often ``make`` reports progress: for each lesson, each submission, and the feedback."""
    return len(LESSONS) + len(SUBMISSIONS) + 1


def make(root: Path, course: Path, progress: Progress) -> list[LessonClass]:
    """Make the demo course anew in `course`, from the lessons in `root`; returns who got what in each lesson.

    The folder is emptied first if an earlier run made it. Raises DemoError where somebody else made it, or
    the lessons cannot be released or graded.
    """
    _clear(course)
    _copy_lessons(root, course)
    _start_workers()
    for lesson in LESSONS:
        _release(lesson, course)
        progress(f"release · {lesson}")
    _enrol(course)
    for submission in SUBMISSIONS:
        hand_in(submission, course)
    _grade(course, progress)
    _write_feedback(course)
    progress("feedback")
    return _report(course)


def _clear(course: Path) -> None:
    empty = course.is_dir() and not any(course.iterdir())
    if course.exists() and not empty and not (course / MARK).is_file():
        raise DemoError(
            f"{course} exists and was not made by `autograder demo`, so it is left alone. "
            "Name another folder with --folder."
        )
    shutil.rmtree(course, ignore_errors=True)
    course.mkdir(parents=True, exist_ok=True)
    (course / MARK).write_text("Made by `autograder demo`, which may delete this folder.\n", encoding="utf-8")


def _copy_lessons(root: Path, course: Path) -> None:
    config = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    (course / "nbgrader_config.py").write_text(config + _SETTINGS, encoding="utf-8")
    for lesson in LESSONS:
        target = course / "solutions" / lesson
        target.mkdir(parents=True)
        shutil.copy(root / "solutions" / lesson / f"{lesson}.ipynb", target)


def _start_workers() -> None:
    """Importing nbgrader takes a second: have the workers do it while the lessons are released."""
    from autograder.grading import late_grammar, pool
    from autograder.grading.surroundings import PRELOAD

    pool.warm_up(PRELOAD)
    late_grammar.load()


def _release(lesson: str, course: Path) -> None:
    """The learners' notebook of a lesson, and its place in the gradebook."""
    from autograder.course import done, nbgrader_api

    try:
        done(nbgrader_api(course).generate_assignment(lesson))
    except RuntimeError as error:
        raise DemoError(f"nbgrader could not release {lesson}: {error}") from None


def _enrol(course: Path) -> None:
    """The students, with their names."""
    from nbgrader.api import Gradebook

    from autograder.course import nbgrader_api

    directory = nbgrader_api(course).coursedir
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        for student, (first, last) in STUDENTS.items():
            gradebook.add_student(student, first_name=first, last_name=last)


def _grade(course: Path, progress: Progress) -> None:
    """Grade the class as ``autograder grade`` does."""
    from autograder.grading.run import run
    from autograder.grading.settings import GradingError, Settings
    from autograder.warm import warm

    try:
        with warm(course, LESSONS[0]) as place:
            run(Settings(course), _Watch(progress), meeting_place=place)
    except GradingError as error:
        raise DemoError(str(error)) from None


class _Watch:
    """Tells of each submission that is done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def planned(self, found: Sequence[Task], finished: int) -> None:
        """Not told."""

    def misplaced(self, found: Sequence[str]) -> None:
        """Not told."""

    def sandbox(self, layers: Sequence[str]) -> None:
        """Not told."""

    def working(self, now: Sequence[Job]) -> None:
        """Not told."""

    def done(self, outcome: Outcome) -> None:
        """Who, and what."""
        self._progress(f"{outcome.student} · {outcome.lesson}")


def _write_feedback(course: Path) -> None:
    """Everybody's page, as ``autograder feedback`` writes it."""
    from autograder.feedback.pages import Pages

    pages = Pages(course)
    for one in pages.graded():
        reason = pages.make(one)
        if reason:
            raise DemoError(f"{one.student} · {one.lesson} has no feedback: {reason}")


def _report(course: Path) -> list[LessonClass]:
    """Write the page; returns what is on it."""
    from autograder.reporting.course import read_course
    from autograder.reporting.page.document import write_page

    classes = read_course(course)
    write_page(course / "report.html", "The demo class", classes, datetime.now())
    return classes
