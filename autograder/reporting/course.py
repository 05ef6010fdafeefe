"""A course's classes, read from where its nbgrader_config.py says they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.exercises import LESSONS
from autograder.guess import guess
from autograder.reporting.gradebook import Book, read_book
from autograder.reporting.reading import Places, read_class, students_with_files
from autograder.reporting.submissions import LessonClass


class CourseError(Exception):
    """There is nothing to report, or it cannot be read; says what to do."""


def read_course(root: Path, lessons: Sequence[str] = ()) -> list[LessonClass]:
    """The classes of these lessons, or of all that were handed in, of the course in `root`.

    Raises CourseError.
    """
    unknown = [lesson for lesson in lessons if lesson not in LESSONS]
    if unknown:
        near = guess(unknown[0], LESSONS)
        raise CourseError(f'there is no lesson "{unknown[0]}".{near} Lessons: {", ".join(LESSONS)}.')
    import autograder.grading.late_grammar  # noqa: F401 (before nbgrader, which then starts faster)
    from autograder.course import nbgrader_api

    course = nbgrader_api(root).coursedir
    places = Places(
        root / course.submitted_directory,
        root / course.autograded_directory,
        root / ".autograder" / "ungraded",
        tuple(course.ignore),
    )
    asked = [lesson for lesson in LESSONS if lesson in lessons or not lessons]
    present = [lesson for lesson in asked if students_with_files(lesson, places)]
    if not present:
        raise CourseError(
            f"nobody has handed in {' or '.join(lessons) or 'anything'}: submissions are looked for in "
            f"{places.submitted}/STUDENT/{lessons[0] if lessons else 'LESSON'}."
        )
    book = _book(course.db_url, course.course_id, present)
    return [read_class(lesson, places, book) for lesson in present]


def _book(db_url: str, course_id: str, lessons: Sequence[str]) -> Book:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return read_book(db_url, course_id, lessons)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        raise CourseError(
            f"the gradebook cannot be read ({reason}). If another command is writing to it, wait for its "
            "end; if it was made by an older nbgrader, run `nbgrader db upgrade`."
        ) from None
