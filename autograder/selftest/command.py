"""The command ``autograder selftest``."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

_NARROWEST = 126
"""Columns that the table needs."""


def selftest(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Only these, such as `03_function`; all if none is named.")
    ] = None,
    seeds: Annotated[
        int,
        typer.Option(
            min=0, help="Try each solution with so many seeds as well, and measure how close it is."
        ),
    ] = 0,
    mutants: Annotated[
        bool,
        typer.Option("--mutants", help="Change every answer in all the small ways that mutmut knows, too."),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="How many at a time; as many as there are processors by default."),
    ] = None,
) -> None:
    """Test the tests: wrong solutions must lose points, and right ones none, however they are written.

    Each solution of the corpus in `autograder/selftest/` is graded as a submission is. A wrong one must lose
    the points that it should, in its own exercise only, and the message must name its mistake. A right one
    must earn all points. A notebook in which nothing is written must earn none.

    The table has, for each exercise: wrong solutions that were *caught* with the right points; that cost
    *alone* their own exercise; whose mistake was *named*; right ones that were *accepted*. With `--seeds`:
    how many got the *same verdict* with every seed, and how far numbers were *off*, in multiples of what is
    allowed: the largest of right solutions, which should be far below 1, and the smallest of wrong ones,
    which should be far above.

    Exit status: 0 when all is as it should be, 1 when something is not, which is then named.
    """
    from autograder.cli import course_root
    from autograder.exercises import LESSONS, UnknownExercise, exercises
    from autograder.selftest.run import examine
    from autograder.selftest.table import as_table

    root = course_root()
    asked = list(lessons or LESSONS)
    try:
        for lesson in asked:
            exercises(lesson)
    except UnknownExercise as error:
        errors.print(f"[bold]autograder selftest:[/bold] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(2) from None
    start = time.monotonic()
    columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("starting", total=None)

        told: dict[str, int] = {}  # tenths

        def advance(what: str, done: int, most: int) -> None:
            bar.update(task, description=what, completed=done, total=most)
            if not errors.is_terminal and done * 10 // most > told.get(what, 0):
                told[what] = done * 10 // most
                errors.print(f"{what}: {done} of {most}")

        try:
            found = examine(root, asked, advance, seeds=seeds, with_mutants=mutants, jobs=jobs)
        except ModuleNotFoundError as error:
            errors.print(
                "[bold]autograder selftest:[/bold] mutants are made by mutmut, which is not installed here "
                f"({error.name} is missing). `uv sync --group mutants` installs it, but not on Windows.",
                soft_wrap=True,
            )
            raise typer.Exit(2) from None
        except ValueError as error:  # an edit that does not fit its solution
            errors.print(f"[bold]autograder selftest:[/bold] {escape(str(error))}", soft_wrap=True)
            raise typer.Exit(2) from None
    Console(highlight=False, width=max(console.width, _NARROWEST)).print(as_table(found))
    stubs = found.of("stubs")
    empty = sum(not any(one.earned.values()) for one in stubs)
    console.print(f"Of {len(stubs)} notebooks in which nothing is written, {empty} earn nothing.")
    faults = list(found.faults())
    for trial, fault in faults:
        console.print(f"[bold]{escape(str(trial))}[/bold] {escape(fault)}", soft_wrap=True)
    count = f"{len(faults)} faults" if faults else "All is as it should be"
    console.print(f"{count}; {time.monotonic() - start:.0f} s.")
    if faults:
        raise typer.Exit(1)
