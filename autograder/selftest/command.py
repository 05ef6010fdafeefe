"""The command ``autograder selftest``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def selftest(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Only these, such as `03_function`; all if none is named.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="How many at a time; as many as there are processors by default."),
    ] = None,
) -> None:
    """Test the tests: wrong solutions must lose points, and right ones must not, however they are written."""
    from autograder.cli import course_root
    from autograder.exercises import LESSONS
    from autograder.selftest.run import in_parallel
    from autograder.selftest.trial import Tried, trials, tried

    root = course_root()
    asked = [trial for lesson in lessons or LESSONS for trial in trials(root, lesson)]
    found: list[Tried] = []
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("", total=len(asked))
        for trial, one in in_parallel(tried, asked, jobs):
            found.append(one)
            bar.update(task, advance=1, description=escape(str(trial)))
    bad = 0
    for one in found:
        for fault in one.faults():
            bad += 1
            console.print(escape(f"{one.trial}: {fault}"), soft_wrap=True)
    console.print(f"{len(found)} trials, {bad} faults")
    if bad:
        raise typer.Exit(1)
