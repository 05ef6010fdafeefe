"""The demonstration: a small class, graded by nbgrader from release to feedback, in a folder of its own."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path

from autograder.demo_class import LESSONS, STUDENTS, SUBMISSIONS, Submission, hand_in
from autograder.reporting.submissions import LessonClass

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
    """How often ``make`` reports progress: the release of each lesson, and each submission."""
    return len(LESSONS) + len(SUBMISSIONS)


def make(root: Path, course: Path, progress: Progress) -> list[LessonClass]:
    """Make the demo course anew in `course`, from the lessons in `root`; returns who got what in each lesson.

    The folder is emptied first if an earlier run made it. Raises DemoError where somebody else made it, or
    the lessons cannot be released.
    """
    _clear(course)
    _copy_lessons(root, course)
    with _workers(course) as pool:
        for lesson in LESSONS:
            try:
                pool.submit(_release, lesson, course).result()
            except RuntimeError as error:
                raise DemoError(f"nbgrader could not release {lesson}: {error}") from None
            progress(f"release · {lesson}")
        pool.submit(_enrol, course).result()
        for submission in SUBMISSIONS:
            hand_in(submission, course)
        jobs = {pool.submit(_grade, submission, course): submission for submission in _longest_first()}
        for job in as_completed(jobs):
            job.result()
            progress(f"{jobs[job].student} · {jobs[job].lesson}")
        return pool.submit(_report, course).result()


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


def _workers(course: Path) -> ProcessPoolExecutor:
    """Two workers. Importing nbgrader takes seconds; where processes can fork, it is done once."""
    can_fork = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if can_fork else "spawn")
    if can_fork:
        context.set_forkserver_preload(["autograder.course", "autograder.verdict"])
    return ProcessPoolExecutor(2, mp_context=context, initializer=_start_worker, initargs=(course,))


def _longest_first() -> list[Submission]:
    """The loop without end first, so that nobody waits for it at the end."""
    return sorted(SUBMISSIONS, key=lambda submission: submission.story != "loops for ever")


# In the workers --------------------------------------------------------------------------------------


def _start_worker(course: Path) -> None:
    """What nbgrader and the kernels log goes to a file."""
    log = os.open(course / "grading.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _release(lesson: str, course: Path) -> None:
    """The learners' notebook of a lesson, and its place in the gradebook."""
    from autograder.course import done, nbgrader_api

    done(nbgrader_api(course).generate_assignment(lesson))


def _enrol(course: Path) -> None:
    """The students, with their names."""
    from nbgrader.api import Gradebook

    from autograder.course import nbgrader_api

    directory = nbgrader_api(course).coursedir
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        for student, (first, last) in STUDENTS.items():
            gradebook.add_student(student, first_name=first, last_name=last)


def _grade(submission: Submission, course: Path) -> None:
    """Autograde one submission and write its feedback, as nbgrader does."""
    from autograder.course import done, nbgrader_api

    api = nbgrader_api(course)
    try:
        done(api.autograde(submission.lesson, submission.student))
        done(api.generate_feedback(submission.lesson, submission.student))
    except RuntimeError as error:  # the report tells of it
        print(error, flush=True)


def _report(course: Path) -> list[LessonClass]:
    """Write the page; returns what is on it."""
    from autograder.reporting.course import read_course
    from autograder.reporting.page.document import write_page

    classes = read_course(course)
    write_page(course / "report.html", "The demo class", classes, datetime.now())
    return classes
