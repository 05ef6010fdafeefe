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
    """
    from autograder.cli import console, course_root, errors
    from autograder.reporting.course import CourseError, read_course

    root = course_root()
    try:
        with console.status("reading what was graded"):
            classes = read_course(root, lessons or ())
        page = (out or root / "report.html").absolute()
        _write(classes, page, csv.absolute() if csv else None)
    except (CourseError, OSError) as error:
        errors.print(f"[bold]autograder report:[/bold] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from None
    _show(classes, console)
    console.print(f"The page: {_shown(page)}", soft_wrap=True)
    if csv:
        console.print(f"The table: {_shown(csv.absolute())}", soft_wrap=True)


def _write(classes: Sequence[LessonClass], page: Path, csv: Path | None) -> None:
    from autograder.reporting.page.document import write_page
    from autograder.reporting.spreadsheet import write_csv

    title = "Class report" if len(classes) > 1 else f"Class report: {classes[0].lesson}"
    write_page(page, title, classes, datetime.now())
    if csv:
        write_csv(csv, classes)


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
