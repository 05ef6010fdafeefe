"""Who is in a class and how far they have come, from what grading left in a course's folders."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.exercise import Exercise
from autograder.exercises import exercises
from autograder.report import Report
from autograder.reporting.foreign import MOST_BYTES, clean, read_object
from autograder.reporting.gradebook import Book, Entry, Recorded
from autograder.reporting.graded import Graded, read_graded
from autograder.reporting.submissions import Answer, Flag, LessonClass, State, Submission, short_name
from autograder.submission import Unreadable, fingerprint


@dataclass(frozen=True)
class Places:
    """The folders of a course that hold submissions, graded notebooks, and why some were not graded.

    ignore: names, with ``*``, of files that do not belong to a submission.
    """

    submitted: Path
    autograded: Path
    ungraded: Path
    ignore: tuple[str, ...] = ()


def read_class(lesson: str, places: Places, book: Book) -> LessonClass:
    """Everybody in a lesson: who was graded, who was not and why, who handed in nothing."""
    asked = exercises(lesson)
    recorded = {student for its_lesson, student in book.entries if its_lesson == lesson}
    students = students_with_files(lesson, places) | set(book.names) | recorded
    read = [_submission(student, lesson, asked, places, book) for student in students]
    return LessonClass(
        lesson,
        tuple((exercise.name, exercise.points) for exercise in asked),
        tuple(sorted(read, key=lambda submission: submission.order)),
    )


def students_with_files(lesson: str, places: Places) -> set[str]:
    """Those who handed something in, by what their folder is called."""
    folders = [*places.submitted.glob(f"*/{lesson}"), *places.autograded.glob(f"*/{lesson}")]
    found = {folder.parent.name for folder in folders}
    found |= {path.stem for path in (places.ungraded / lesson).glob("*.json")}
    return {student for student in found if not student.startswith(".")}


def _submission(
    student: str, lesson: str, asked: Sequence[Exercise], places: Places, book: Book
) -> Submission:
    entry = book.entries.get((lesson, student)) or Entry()
    first, last = book.names.get(student, ("", ""))
    path = places.autograded / student / lesson / f"{lesson}.ipynb"
    record = places.ungraded / lesson / f"{student}.json"
    counts = path.is_file() and not _is_newer(record, path)
    graded = read_graded(path, asked) if counts else None
    if graded:
        state, reason = State.GRADED, ""
    elif counts:
        state, reason = State.UNGRADED, "The graded notebook cannot be read. Grade this submission again."
    else:
        state, reason = _why_not_graded(student, lesson, places, (lesson, student) in book.entries)
    return Submission(
        student=clean(student),
        lesson=lesson,
        state=state,
        first_name=clean(first),
        last_name=clean(last),
        reason=clean(reason),
        answers=tuple(_answer(one, graded, entry) for one in asked) if graded else (),
        flags=(*_again(student, lesson, places, graded), *_flags(graded, entry, asked)) if graded else (),
        notes=graded.notes if graded else (),
        layers=graded.layers if graded else None,
        submitted=entry.submitted,
        late=entry.late,
        penalty=entry.penalty,
    )


def _answer(exercise: Exercise, graded: Graded, entry: Entry) -> Answer:
    report = graded.reports[f"check_{exercise.cell}"]
    recorded = entry.grades.get(f"check_{exercise.cell}")
    points = recorded.score if recorded else report.points
    return Answer(exercise.name, exercise.points, points, report, bool(recorded and recorded.by_hand))


# Why there are no points -----------------------------------------------------------------------------


def _why_not_graded(student: str, lesson: str, places: Places, in_gradebook: bool) -> tuple[State, str]:
    record = read_object(places.ungraded / lesson / f"{student}.json")
    submitted = places.submitted / student / lesson
    if record:
        if _is_another(submitted, str(record.get("submission") or ""), places.ignore):
            return State.WAITING, "Handed in again; the earlier one could not be graded."
        return State.UNGRADED, str(record.get("reason") or "No reason was recorded.")
    if submitted.is_dir() and in_gradebook:
        return State.UNGRADED, _why_nbgrader_failed(submitted / f"{lesson}.ipynb")
    if submitted.is_dir():
        return State.WAITING, ""
    if in_gradebook:
        return State.UNGRADED, "It is in the gradebook, and its files are not here."
    return State.MISSING, ""


def _why_nbgrader_failed(path: Path) -> str:
    from autograder.course import not_a_notebook

    if path.is_file() and path.stat().st_size > MOST_BYTES:
        return f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB"
    return not_a_notebook(path) or "nbgrader could not grade it; its log says why"


def _is_newer(path: Path, other: Path) -> bool:
    """Whether there is such a file, and it was written after the other one."""
    return path.is_file() and path.stat().st_mtime_ns > other.stat().st_mtime_ns


# Handed in again -------------------------------------------------------------------------------------


def _again(student: str, lesson: str, places: Places, graded: Graded) -> Iterator[Flag]:
    submitted, folder = (place / student / lesson for place in (places.submitted, places.autograded))
    if graded.submission:
        again = _is_another(submitted, graded.submission, places.ignore)
    else:  # grading copies the time of submission
        now, then = (_time(place / "timestamp.txt") for place in (submitted, folder))
        again = bool(now and then and now > then)
    if again:
        text = "Handed in again since: the points are those of the earlier submission. Grade it again."
        yield Flag("", text)


def _is_another(submitted: Path, known: str, ignore: Sequence[str]) -> bool:
    """Whether the folder holds something else than what had this fingerprint."""
    if not known or not submitted.is_dir():
        return False
    try:
        return fingerprint(submitted, ignore) != known
    except Unreadable:
        return True


def _time(path: Path) -> datetime | None:
    """The time in a timestamp file, as nbgrader reads it."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 200:
        return None
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(path.read_text(encoding="utf-8").strip())
    except (ValueError, OverflowError):
        return None


# What a human should look at -------------------------------------------------------------------------


def _flags(graded: Graded, entry: Entry, asked: Sequence[Exercise]) -> Iterator[Flag]:
    """What grading flagged, and then where notebook and gradebook differ or nbgrader waits for a human."""
    titles = {f"check_{exercise.cell}": short_name(exercise.name) for exercise in asked}
    for cell, text in graded.flags:
        recorded = entry.grades.get(cell)
        yield Flag(titles.get(cell, cell), text, settled=bool(recorded and not recorded.needs_hand))
    flagged = {cell for cell, _ in graded.flags}
    for cell, title in titles.items():
        recorded = entry.grades.get(cell)
        if recorded and recorded.needs_hand and recorded.manual is not None:
            yield Flag(title, _given_before(recorded.manual, recorded.automatic or 0.0))
        elif recorded and cell not in flagged:
            yield from _doubts(title, recorded, graded.reports[cell])


def _given_before(manual: float, automatic: float) -> str:
    """nbgrader keeps a human's points when another submission is graded, and waits for a decision."""
    return (
        f"The points given by hand ({manual:g}) are of an earlier submission or grading, and still count. "
        f"The check gives {automatic:g} now. Decide in formgrader (Manual Grading): what you save counts."
    )


def _doubts(title: str, recorded: Recorded, report: Report) -> Iterator[Flag]:
    automatic = recorded.automatic or 0.0
    if not recorded.by_hand and not math.isclose(automatic, report.points, abs_tol=1e-6):
        yield Flag(
            title,
            f"The graded notebook says {report.points:g}, the gradebook {automatic:g}: one of them is older. "
            "Grade this submission again.",
        )
    elif recorded.needs_hand:
        yield Flag(
            title, "nbgrader waits for a human to decide on the points, in formgrader (Manual Grading)."
        )
