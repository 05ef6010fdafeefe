"""The command ``autograder export``, and the same for a notebook."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from autograder.checking import CheckError

if TYPE_CHECKING:
    from autograder.export.result import Exported


class ExportError(CheckError):
    """Nothing was written; says why, and what to do."""


def export(
    package: Annotated[
        Path, typer.Argument(metavar="NAME", help="The package's name, or a path that ends with it.")
    ] = Path("mybabygrad"),
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FOLDER",
            help="Where the notebooks are: a folder with `NN_name/NN_name.ipynb` in it, such as "
            "`submitted/anna`. The course's `notebooks/` if not given.",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Replace a package made before, even if files in it were changed by hand."
        ),
    ] = False,
) -> None:
    """Make a package of your own: the cells of your notebooks that begin with `#| export`.

    Each exercise of the library whose checks pass is a part of it, as you wrote it, in the module where
    babygrad has it; above it stands which notebook it is from. Where a later lesson replaces a part, the last
    one that is right counts. What is missing, or not right yet, is borrowed from babygrad and marked as
    borrowed, so that the package is always complete, and nothing in it imports babygrad.

    The checks decide as they do when grading. Then the whole package is imported in a process of its own and
    checked once more. A part that is right alone, but not together with the rest, is borrowed as well, and
    the table says why. Code that is wrong is found here, before you train with it: training is no check.

    Running it again renews the package. A folder that it has not made stays as it is, `--force` or not.

    Examples:

    - `autograder export`, then in Python: `import mybabygrad`
    - `autograder export annas --from submitted/anna`

    Exit status: 0 when the package was written, 1 when it was not.
    """
    from autograder.cli import console, errors

    try:
        with errors.status("reading the notebooks") as status:
            made = exported(package, folder, force, lambda what: status.update(what))
    except ExportError as error:
        errors.print(f"[bold]autograder export:[/bold] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from None
    console.print(made.table())
    console.print()
    for line in (made.summary, made.state, made.note):
        if line:
            console.print(line, markup=False, soft_wrap=True)


def exported(
    package: Path, folder: Path | None, force: bool, advance: Callable[[str], None] = lambda what: None
) -> Exported:
    """Write the package, and say whose its parts are: an Exported. Raises ExportError."""
    from autograder.export.folder import Refused, checked, write
    from autograder.export.gather import gathered
    from autograder.export.notebooks import NoNotebooks, course_folder
    from autograder.export.result import Exported, rows

    target = package.absolute()
    try:
        checked(target, force)
        found = gathered(course_folder(Path.cwd()) if folder is None else folder, target.name, advance)
        write(target, found.laid.files, force)
    except (NoNotebooks, Refused, OSError, RuntimeError) as error:
        raise ExportError(f"{error}") from None
    importlib.invalidate_caches()
    note = ""
    if target.name in sys.modules:
        note = f"`{target.name}` was imported here before: restart the kernel to work with the new one."
    return Exported(target, rows(found.choices), found.checks, note)
