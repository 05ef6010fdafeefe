"""The command ``autograder feedback``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def feedback(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(help="Only these, such as `04_elementwise`; all that were graded if none is named."),
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(help="Only this student; can be given several times.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make also what is up to date.")] = False,
) -> None:
    """Write feedback for what was graded: a page for each student and lesson, in `feedback/`.

    A page opens offline, and nothing that a student wrote runs in it. nbgrader's own `generate_feedback` and
    formgrader's button make the same pages; this command makes those of a whole class, leaves those whose
    points and comments have not changed, and goes on where one cannot be made: the page that was there stays.
    Its exit status then is 1.

    Examples:

    - `autograder feedback`
    - `autograder feedback 04_elementwise --student bo --force`
    """
    from autograder.cli import course_root
    from autograder.feedback.pages import FeedbackError, Graded, Pages

    root = course_root()
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    failed: dict[Graded, str] = {}
    try:
        with console.status("starting nbgrader"):
            pages = Pages(root)
            asked = pages.graded(lessons or (), student or ())
            due = [one for one in asked if force or not pages.up_to_date(one)]
        with Progress(*columns, console=console, disable=not due) as bar:
            task = bar.add_task("feedback", total=len(due))
            for one in due:
                bar.update(task, description=escape(f"{one.student} · {one.lesson}"))
                reason = pages.make(one)
                if reason:
                    failed[one] = reason
                bar.advance(task)
            bar.update(task, description="feedback")
    except FeedbackError as error:
        errors.print(f"[bold]autograder feedback:[/bold] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from None
    console.print(
        f"{_pages(len(due) - len(failed))} written, {len(asked) - len(due)} up to date, {len(failed)} failed."
    )
    for one in pages.out_of_date(lessons or (), student or ()):
        errors.print(
            f"[bold]{escape(f'{one.student} · {one.lesson}')}[/bold] is not graded now: the feedback that is "
            "there is of an earlier submission.",
            soft_wrap=True,
        )
    for one, reason in failed.items():
        what = "keeps its earlier feedback" if pages.has_page(one) else "has no feedback"
        name = escape(f"{one.student} · {one.lesson}")
        errors.print(f"[bold]{name}[/bold] {what}: {escape(reason)}", soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def _pages(number: int) -> str:
    return f"{number} page" if number == 1 else f"{number} pages"
