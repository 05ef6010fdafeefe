"""The command line: ``autograder build`` and ``autograder demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


@app.callback()
def about() -> None:
    """Build the babygrad course, and grade it.

    Run the commands anywhere inside the course's folder.
    """


@app.command()
def build(
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
        for built in builder.build(root):
            current = built.current
            stale += not current
            if not check and not current:
                built.write()
            state = "up to date" if current else "[bold]differs[/bold]" if check else "[bold]written[/bold]"
            console.print(f"{built.path.relative_to(root).as_posix():44} {state}")
    except builder.SourceError as error:
        errors.print(f"[bold]autograder build:[/bold] {error}", soft_wrap=True)
        raise typer.Exit(1) from None
    if check and stale:
        errors.print(f"{stale} notebooks differ from their source: run `autograder build` and commit them.")
        raise typer.Exit(1)


def course_root() -> Path:
    """The folder with nbgrader_config.py, here or above. Ends the command with an explanation if there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "nbgrader_config.py").is_file() and (folder / "solutions").is_dir():
            return folder
    errors.print(
        f"[bold]autograder:[/bold] {here} is not inside a course (no folder above it has nbgrader_config.py and "
        "solutions/). Change into the clone of the course and try again.",
        soft_wrap=True,
    )
    raise typer.Exit(2)
