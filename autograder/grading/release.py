"""A lesson that is in nobody's gradebook yet: enter it, as nbgrader does when it is released."""

from __future__ import annotations

import json
from copy import deepcopy

from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.api import Assignment, MissingEntry
from nbgrader.preprocessors import SaveCells

from autograder.grading.book import Book
from autograder.grading.lesson import source_of
from autograder.grading.settings import GradingError, Settings, configuration, course_directory
from autograder.grading.standin import gradebook_is
from autograder.restore import released


def enter(lesson: str, settings: Settings, book: Book) -> Assignment:
    """The lesson's assignment in the gradebook; it is entered if it is not there.

    That is done only where learners have the notebook that the source gives. Raises GradingError.
    """
    try:
        assignment = book.find_assignment(lesson)
        if assignment.notebooks:
            return assignment
    except MissingEntry:
        pass
    _check_release(lesson, settings)
    step = SaveCells(config=configuration(settings))
    resources = ResourcesDict(nbgrader={"notebook": lesson, "assignment": lesson, "db_url": ""})
    with book.transaction(), gradebook_is(book, [step]):
        book.update_or_create_assignment(lesson)
        step(deepcopy(released(source_of(lesson, settings))), resources)
    return book.find_assignment(lesson)


def _check_release(lesson: str, settings: Settings) -> None:
    """Raise GradingError where the notebook that learners have is another than the source gives."""
    source = source_of(lesson, settings)
    course = course_directory(settings)
    notebook = course.format_path(course.release_directory, ".", lesson)
    command = f"nbgrader generate_assignment {lesson} --force"
    try:
        with open(f"{notebook}/{lesson}.ipynb", encoding="utf-8") as file:
            given = json.load(file)
        expected = released(source)
    except (OSError, ValueError) as error:
        raise GradingError(
            f"{lesson} is not in the gradebook and cannot be entered ({error}). Release it with: {command}"
        ) from None
    if [cell.get("metadata") for cell in given.get("cells", [])] != [c.metadata for c in expected.cells]:
        raise GradingError(
            f"{lesson} is not in the gradebook, and {notebook} is not what its source gives. If the source "
            f"is right, release it with: {command}"
        )
