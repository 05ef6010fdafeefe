"""The command ``autograder site``."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape


def site(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write the site into this folder, for a web server, and end. It may hold an older build.",
        ),
    ] = None,
    serve: Annotated[
        bool | None,
        typer.Option("--serve/--no-serve", help="Serve it on this machine after building; not with `--out`."),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in the browser, too.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to serve on.")] = 8000,
    browser: Annotated[
        bool,
        typer.Option(
            "--browser",
            help="Let readers run the lessons in their browser, too: JupyterLite, with Python and NumPy from "
            "where Pyodide keeps them. It has to come from a web server.",
        ),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict/--lenient", help="Whether a warning of Sphinx's ends the command.")
    ] = True,
) -> None:
    """Build the course as a site, and look at it.

    All lessons with figures, outputs and folded solutions, the guides in `docs/`, a glossary, a page for each
    operation of babygrad, and the reference. Nothing on it asks another server for anything: it can be read
    offline, from a web server or straight from the folder. (With `--browser`, a lesson that is run there
    does: it loads Python.)

    The lessons are run first, those that have changed only. The first build takes about a minute, later ones
    some seconds. What it needs is in a group of its own, hence `uv run --group site`.

    Examples:

    - `uv run --group site autograder site --open` builds, serves and shows it
    - `uv run --group site autograder site --out public` makes a folder to put on a web server
    - `uv run --group site autograder site --out public --browser` makes one whose lessons can be run, too
    - `uv run --group site autograder site --no-serve` builds into `docs/_build/html`

    Exit status: 0 when the site was built, 1 when it was not.
    """
    from autograder.cli import console, course_root, errors
    from autograder.site.build import WORK, SiteError, build, missing
    from autograder.site.serve import served

    root = course_root()
    absent = missing()
    if absent:
        errors.print(
            f"[bold]autograder site:[/bold] {', '.join(absent)} "
            f"{'is' if len(absent) == 1 else 'are'} not installed. Run it with the packages of the site:\n\n"
            "    uv run --group site autograder site\n",
            soft_wrap=True,
        )
        raise typer.Exit(1)
    target = (out or root / WORK / "html").absolute()
    try:
        with errors.status("reading the lessons") as status:
            built = build(root, target, browser, strict, status.update)
    except SiteError as error:
        errors.print(f"[bold]autograder site:[/bold] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from None
    ran = f"{built.run} lessons were run" if built.run else "no lesson had to be run"
    console.print(f"{built.pages} pages, {ran}: {escape(str(built.out / 'index.html'))}", soft_wrap=True)
    if serve if serve is not None else out is None:
        with served(built.out, port) as address:
            console.print(f"It is at {address}   (Ctrl-C ends this)", soft_wrap=True)
            _show(address, open_browser)
            _wait()
    else:
        _show((built.out / "index.html").as_uri(), open_browser)


def _show(address: str, wanted: bool) -> None:
    if wanted:
        import webbrowser

        webbrowser.open(address)


def _wait() -> None:
    """Until Ctrl-C."""
    from threading import Event

    with suppress(KeyboardInterrupt):
        Event().wait()
