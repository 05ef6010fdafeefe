"""The command ``autograder report``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from autograder.reporting.submissions import LessonClass


def report(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LESSON",
            help="Only these, such as `04_elementwise`; all that were handed in if none is named.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write the page; `report.html` in the course if not given.")
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(help="Also write a table for a spreadsheet, a row for each student and lesson."),
    ] = None,
    grades: Annotated[
        Path | None,
        typer.Option(help="Also write a table with a row for each student, a column for each lesson."),
    ] = None,
) -> None:
    """Show the class at a glance: in the terminal, and as one page that opens offline.

    The page begins with what needs you: what could not be graded, what was flagged, what waits. Then, for
    each lesson: counts, the distribution of the scores and the hardest exercises; points by student and
    exercise; the most frequent mistakes; and what each student reads.

    It reads graded notebooks, however they were graded, and nbgrader's gradebook where there is one: points
    set by hand and late penalties count as they do there. It changes no grade; run it whenever you like.

    Examples:

    - `autograder report`
    - `autograder report 04_elementwise --csv points.csv`
    - `autograder report --grades grades.csv`
    """
    from autograder.cli import console, course_root
    from autograder.reporting.course import CourseError, read_course

    root = course_root()
    try:
        with console.status("reading what was graded"):
            classes = read_course(root, lessons or ())
    except (CourseError, OSError) as error:
        raise _ended(str(error)) from None
    page = (out or root / "report.html").absolute()
    try:
        _write(classes, page, csv, grades)
    except OSError as error:
        raise _ended(_why_not_written(error)) from None
    _show(classes, console)
    console.print(f"The page: {_shown(page)}", soft_wrap=True)
    for name, table in (("table", csv), ("grades", grades)):
        if table:
            console.print(f"The {name}: {_shown(table.absolute())}", soft_wrap=True)


def _ended(reason: str) -> typer.Exit:
    from autograder.cli import errors

    errors.print(f"[bold]autograder report:[/bold] {escape(reason)}", soft_wrap=True)
    return typer.Exit(1)


def _write(classes: Sequence[LessonClass], page: Path, csv: Path | None, grades: Path | None) -> None:
    from autograder.reporting.page.document import write_page
    from autograder.reporting.spreadsheet import write_csv, write_grades

    title = "Class report" if len(classes) > 1 else f"Class report: {classes[0].lesson}"
    write_page(page, title, classes, datetime.now())
    if csv:
        write_csv(csv.absolute(), classes)
    if grades:
        write_grades(grades.absolute(), classes)


def _why_not_written(error: OSError) -> str:
    path = Path(str(error.filename))
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return f"{path} is a folder. Name a file in it."
    if isinstance(error, FileNotFoundError):
        return f"{path} cannot be written: there is no folder {path.parent}. Make it, or name another one."
    if isinstance(error, PermissionError):
        return f"{path} cannot be written: it may be open in another program, or the folder is not yours."
    return f"{path} cannot be written: {error.strerror or error}."


def _show(classes: Sequence[LessonClass], console: Console) -> None:
    from autograder.reporting.terminal import as_table, summary

    for one in classes:
        console.print(as_table(one, console.width))
        for line in summary(one):
            console.print(line, markup=False, soft_wrap=True)
        console.print()


def _shown(path: Path) -> str:
    """A path as short as it can be from here."""
    here = Path.cwd()
    return escape(str(path.relative_to(here) if path.is_relative_to(here) else path))
