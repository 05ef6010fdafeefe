"""The command line: ``autograder build`` and ``autograder demo``."""

from __future__ import annotations

from pathlib import Path
from shutil import which
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.export.command import export
from autograder.feedback.command import feedback
from autograder.grading.command import grade
from autograder.reporting.command import report
from autograder.selftest.command import selftest
from autograder.site.command import site

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False
)
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


@app.callback()
def about() -> None:
    """Build the babygrad course, and grade it.

    Run the commands anywhere inside the course's folder.
    """


@app.command()
def build(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Only these, such as `03_function`; all if none is named.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a notebook is not what its source says.")
    ] = False,
) -> None:
    """Make the notebooks from `solutions/NN_name/NN_name.py`.

    Each source gives two: the instructor's, beside it, and the learner's, in `notebooks/`.
    """
    from autograder import builder

    root = course_root()
    stale = 0
    try:
        for built in builder.build(root, lessons or ()):
            current = built.current
            stale += not current
            if not check and not current:
                built.write()
            state = "up to date" if current else "[bold]differs[/bold]" if check else "[bold]written[/bold]"
            console.print(f"{built.path.relative_to(root).as_posix():44} {state}")
    except builder.SourceError as error:
        errors.print(f"[bold]autograder build:[/bold] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from None
    if check and stale:
        errors.print(f"{stale} notebooks differ from their source: run `autograder build` and commit them.")
        raise typer.Exit(1)


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Option(help="Where to make the class; `demo` in the course if not given.")
    ] = None,
) -> None:
    """Grade a small class, from release to feedback, and show who got what.

    Seven students hand in two lessons: right, half done, untouched, with a typical mistake, with a loop that
    never ends, and a file that is no notebook. nbgrader releases, grades and writes feedback; the class stays
    in its folder to look at. Running it again starts afresh.
    """
    from autograder import demo as demonstration
    from autograder.reporting.terminal import as_table

    root = course_root()
    course = (folder or root / "demo").absolute()
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting nbgrader", total=demonstration.steps())

        def advance(what: str) -> None:
            bar.update(task, advance=1, description=what)

        try:
            classes = demonstration.make(root, course, advance)
        except demonstration.DemoError as error:
            errors.print(f"[bold]autograder demo:[/bold] {escape(str(error))}", soft_wrap=True)
            raise typer.Exit(1) from None
    for one in classes:
        console.print(as_table(one, console.width))
    inside = course.is_relative_to(Path.cwd())
    shown = escape(str(course.relative_to(Path.cwd()) if inside else course))
    console.print(f"The same as a page:        {shown}/report.html", soft_wrap=True)
    console.print(f"Each learner's feedback:   {shown}/feedback", soft_wrap=True)
    uv = "uv" if which("uv") else ".venv/bin/uv"  # where `make` puts it
    lesson = "notebooks/00_start/00_start.ipynb"
    console.print(f"Take a lesson yourself:    {uv} run jupyter lab {lesson}", soft_wrap=True)
    console.print(
        f"Look around as instructor: {uv} run --directory {shown} jupyter lab   (menu Nbgrader, Formgrader)",
        soft_wrap=True,
    )


app.command()(grade)
app.command()(feedback)
app.command()(report)
app.command()(selftest)
app.command()(export)
app.command()(site)


_FOR_LEARNERS = (
    "this copy of the course is for learners: it has no solutions/, which this command needs. To learn, open "
    "a lesson with `make learn`, or with `uv run jupyter lab notebooks/00_start/00_start.ipynb`."
)


def course_root() -> Path:
    """The folder with nbgrader_config.py, here or above; ends the command with an explanation if none is."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "nbgrader_config.py").is_file():
            if (folder / "solutions").is_dir():
                return folder
            if (folder / "notebooks").is_dir():
                errors.print(f"[bold]autograder:[/bold] {_FOR_LEARNERS}", soft_wrap=True)
                raise typer.Exit(2)
    errors.print(
        f"[bold]autograder:[/bold] {escape(str(here))} is not inside a course (no folder above it has "
        "nbgrader_config.py and solutions/). Change into the clone of the course and try again.",
        soft_wrap=True,
    )
    raise typer.Exit(2)
