"""What is to be done: which submissions there are, and which of them are graded as they are."""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.exercises import LESSONS
from autograder.grading import ungraded
from autograder.grading.settings import GradingError, Settings, course_directory
from autograder.guess import guess
from autograder.submission import Unreadable, fingerprint


@dataclass(frozen=True)
class Task:
    """A folder that was handed in.

    due: whether it is to be graded. unrecorded: whether its graded notebook is up to date, but its grade is
    not in the gradebook.
    """

    lesson: str
    student: str
    folder: Path
    due: bool
    unrecorded: bool = False


def tasks(settings: Settings, lessons: Sequence[str], students: Sequence[str], force: bool) -> list[Task]:
    """All that was handed in of these lessons by these students; of all of them where none is named.

    Raises GradingError for a lesson that there is not, and where nothing of what is named was handed in.
    """
    lessons = [lesson_called(name) for name in lessons]
    course = course_directory(settings)
    everybody = [
        (lesson, student, folder)
        for lesson in dict.fromkeys(lessons or LESSONS)
        for student, folder in sorted(_handed_in(course, lesson))
    ]
    found = [one for one in everybody if not students or one[1] in students]
    missing = set(students) - {student for _, student, _ in found}
    if missing or not found:
        who = f" by {min(missing)}" if missing else ""
        near = guess(min(missing), {student for _, student, _ in everybody}) if missing else ""
        what = " or ".join(lessons) if lessons else "no lesson"
        place = course.format_path(course.submitted_directory, "STUDENT", "LESSON")
        raise GradingError(
            f"there is nothing handed in{who} for {what}; submissions are looked for in {place}.{near}"
            if lessons
            else f"there is nothing handed in{who}; submissions are looked for in {place}.{near}"
        )
    return [
        Task(lesson, student, folder, force or not _is_graded(settings, course, lesson, student, folder))
        for lesson, student, folder in found
    ]


def lesson_called(name: str) -> str:
    """The lesson of that name or number. Raises GradingError where there is none."""
    if name in LESSONS:
        return name
    if name.isdecimal():
        numbered = [lesson for lesson in LESSONS if int(lesson.split("_")[0]) == int(name)]
        if len(numbered) == 1:
            return numbered[0]
    raise GradingError(f"there is no lesson {name}.{guess(name, LESSONS)} Lessons: {', '.join(LESSONS)}.")


def compared(found: Sequence[Task], graded: Collection[tuple[str, str]]) -> list[Task]:
    """The same, with what the gradebook has. graded: lesson and student of each grade there."""
    return [
        replace(task, unrecorded=not task.due and (task.lesson, task.student) not in graded) for task in found
    ]


def misplaced(settings: Settings) -> list[str]:
    """What lies where submissions are looked for and is none: a sentence for each, with a guess."""
    course = course_directory(settings)
    name = re.compile(course.format_path(course.submitted_directory, "(.*)", "(.*)", escape=True))
    everything = glob.escape(course.format_path(course.submitted_directory, "\0", "\0")).replace("\0", "*")
    above = (Path(path) for path in sorted(glob.glob(str(Path(everything).parent))))
    found = [f"{path.name} {_belongs(settings, path, '')}" for path in above if _is_work(path)]
    for path in (Path(path) for path in sorted(glob.glob(everything))):
        match = name.fullmatch(str(path))
        if match and match[2] not in LESSONS and path.is_dir():
            found.append(_no_lesson(settings, match[1], match[2]))
        elif match and _is_work(path):
            found.append(f"{match[1]}/{match[2]} {_belongs(settings, path, match[1])}")
    return found


def _no_lesson(settings: Settings, student: str, folder: str) -> str:
    """What is wrong with a folder at the place of a lesson's."""
    if student in LESSONS:
        place = _place(settings, folder, student)
        return f"{student}/{folder} has student and lesson the wrong way round; it belongs in {place}."
    near = get_close_matches(folder, LESSONS, n=1)
    question = f" (did you mean {near[0]}?)" if near else ""
    return f"{student}/{folder}{question} is no lesson of this course."


def _is_work(path: Path) -> bool:
    return path.suffix in (".ipynb", ".zip") and path.is_file()


def _belongs(settings: Settings, file: Path, student: str) -> str:
    """Where a file belongs that lies outside of a lesson's folder. student: whose folder it is in, or ""."""
    lesson = next((name for name in LESSONS if name == student or name in file.stem), "")
    if not student or student in LESSONS:
        student = file.stem.replace(lesson, "").strip("_-. ") if lesson else ""
    return f"lies in no lesson's folder; it belongs in {_place(settings, student, lesson)}."


def _place(settings: Settings, student: str, lesson: str) -> str:
    """The folder of a submission, as it is said to people."""
    course = course_directory(settings)
    path = Path(course.format_path(course.submitted_directory, student or "STUDENT", lesson or "LESSON"))
    return f"{os.path.relpath(path, settings.root)}/"


def _handed_in(course: CourseDirectory, lesson: str) -> Iterator[tuple[str, Path]]:
    """Student and folder of each submission, found as nbgrader finds them."""
    excluded = set(course.student_id_exclude.split(",")) if course.student_id_exclude else set()
    name = re.compile(course.format_path(course.submitted_directory, "(?P<student>.*)", lesson, escape=True))
    everybody = glob.escape(course.format_path(course.submitted_directory, "\0", lesson)).replace("\0", "*")
    for path in glob.glob(everybody):
        match = name.fullmatch(path)
        if match and match["student"] not in excluded and (Path(path).is_dir() or Path(path).is_symlink()):
            yield match["student"], Path(path)


def _is_graded(settings: Settings, course: CourseDirectory, lesson: str, student: str, folder: Path) -> bool:
    """Whether the autograded notebook is of what is handed in now."""
    if ungraded.path_of(settings.root / ".autograder" / "ungraded", lesson, student).exists():
        return False
    graded = Path(course.format_path(course.autograded_directory, student, lesson))
    try:
        notebook = json.loads((graded / f"{lesson}.ipynb").read_text(encoding="utf-8"))
        known = notebook["metadata"].get("autograder", {}).get("submission", "")
    except (OSError, ValueError, LookupError, AttributeError, RecursionError):
        return False
    if known:
        try:
            return bool(known == fingerprint(folder, course.ignore))
        except Unreadable:
            return False
    now, then = timestamp(folder), timestamp(graded)
    return not (now and then and now > then)  # nbgrader's own rule


def timestamp(folder: Path) -> datetime | None:
    """When it was handed in, if that is said there, and said readably."""
    path = folder / "timestamp.txt"
    with suppress(OSError, ValueError, OverflowError):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 1000:
            time: datetime | None = parse_utc(path.read_text(encoding="utf-8").strip() or None)
            return time
    return None
