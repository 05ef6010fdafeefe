"""The command ``autograder grade``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

errors = Console(stderr=True, highlight=False)
console = Console(highlight=False)


def grade(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only these, such as `04_elementwise` or `4`; all that were handed in if none is named."
        ),
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(help="Only this student; can be given several times.")
    ] = None,
    lesson: Annotated[
        list[str] | None, typer.Option(help="The same as naming a lesson; can be given several times.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade also what is up to date.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="How many at a time; as many as there are processors by default."),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds for each cell; as configured by default.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object for each submission, and one for the run.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be graded; write nothing.")
    ] = False,
    kernel: Annotated[
        bool, typer.Option("--kernel", help="Run notebooks in Jupyter kernels: slower, and no sandbox.")
    ] = False,
) -> None:
    """Grade what was handed in: `submitted/STUDENT/LESSON/` gives `autograded/` and grades in the gradebook.

    The grades are those of `nbgrader autograde`, and formgrader, feedback and export go on from there; this
    command is faster, grades several at a time, and goes on where one submission cannot be graded. What is
    graded already and was not handed in anew is left alone.

    You can stop it with Ctrl-C, and it may be killed at any moment: run it again, and it goes on where it
    was. A submission that cannot be graded has no score, and is named with the reason, here and in the
    report.

    Exit status: 0 when all is graded, 1 when a submission could not be graded, 2 when grading could not begin
    or go on, 130 when you stopped it.

    Examples:

    - `autograder grade`
    - `autograder grade 04_elementwise --student bo --force`
    - `autograder grade --json > grades.jsonl`
    """
    from autograder.cli import course_root
    from autograder.grading import late_grammar, pool
    from autograder.grading.surroundings import PRELOAD

    root = course_root()
    asked = [*(lessons or ()), *(lesson or ())]
    with ExitStack() as stack:
        stack.enter_context(_stopped_in_words())
        place = None
        if not dry_run:  # before nbgrader is imported, which takes as long as they do
            pool.warm_up(PRELOAD)
            place = stack.enter_context(_warm(root, asked, kernel))
        late_grammar.load()
        from autograder.grading.settings import GradingError, Settings

        settings = Settings(root, timeout, kernel)
        try:
            if dry_run:
                _dry_run(settings, asked, student or [], force)
            else:
                _run(settings, asked, student or [], force, jobs, as_json, place)
        except GradingError as error:
            errors.print(f"[bold]autograder grade:[/bold] {escape(str(error))}", soft_wrap=True)
            raise typer.Exit(2) from None


@contextmanager
def _stopped_in_words() -> Iterator[None]:
    """For a Ctrl-C before there is anything to finish."""
    try:
        yield
    except KeyboardInterrupt:
        errors.print("Stopped. What is graded is kept; run the same command again.")
        raise typer.Exit(130) from None


@contextmanager
def _warm(root: Path, lessons: Sequence[str], kernel: bool) -> Iterator[Path | None]:
    """Start what the first lesson will need, as far as that can be told from where things usually lie."""
    from autograder.exercises import LESSONS
    from autograder.warm import warm

    handed_in = (name for name in LESSONS if any((root / "submitted").glob(f"*/{name}")))
    first = next((name for name in lessons or handed_in if name in LESSONS), "")
    if kernel or not first:
        yield None
        return
    with warm(root, first) as place:
        yield place


def _dry_run(settings: Any, lessons: list[str], students: list[str], force: bool) -> None:
    from autograder.grading.book import graded_so_far
    from autograder.grading.plan import compared, misplaced, tasks
    from autograder.grading.progress import show_misplaced, show_plan

    show_misplaced(console, misplaced(settings))
    found = tasks(settings, lessons, students, force)
    show_plan(console, compared(found, graded_so_far(settings)))


def _run(
    settings: Any,
    lessons: list[str],
    students: list[str],
    force: bool,
    jobs: int | None,
    as_json: bool,
    place: Path | None,
) -> None:
    from autograder.grading.progress import AsJson, Shown, show_summary
    from autograder.grading.run import run
    from autograder.grading.settings import autograde
    from autograder.zygote import CAN_FORK

    nbgrader = autograde(settings)
    if nbgrader.pre_convert_hook or nbgrader.post_convert_hook:
        errors.print(
            "The configuration has hooks (pre_convert_hook, post_convert_hook). This command does not call "
            "them; where they are needed, use nbgrader autograde.",
            soft_wrap=True,
        )
    people = Shown(errors, settings.kernel or not CAN_FORK)
    programs = AsJson(sys.stdout, people) if as_json else None
    with people:
        summary = run(
            settings, programs or people, lessons, students, force=force, jobs=jobs, meeting_place=place
        )
    if programs:
        programs.summary(summary)
    show_summary(errors if as_json else console, summary)
    if summary.stopped:
        raise typer.Exit(130)
    if summary.ungraded:
        raise typer.Exit(2 if any(outcome.ours for outcome in summary.ungraded) else 1)
