"""Building the site: pages from everywhere are put into one folder, and Sphinx makes HTML of it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import nbformat

from autograder.exercises import LESSONS
from autograder.site import front, lessons, lite, operations, reference
from autograder.site.executed import LessonError, executed, to_run

PACKAGES = ("sphinx", "myst_nb", "furo", "sphinx_design", "ziamath")
WORK = Path("docs", "_build")


class SiteError(Exception):
    """The site was not built; says why, and what to do."""


@dataclass(frozen=True)
class Site:
    """What was built."""

    out: Path
    pages: int
    run: int  # lessons whose cells had to be run


def missing() -> list[str]:
    """The packages that building needs and that are not installed."""
    return [name for name in PACKAGES if find_spec(name) is None]


def build(
    root: Path, out: Path, browser: bool = False, strict: bool = True, advance: Callable[[str], None] = print
) -> Site:
    """Build the site of the course in `root` into the folder `out`. Raises SiteError.

    browser: whether lessons can be run in the reader's browser, too.
    strict: whether a warning is an error.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / "objects.inv").is_file():
        raise SiteError(f"{out} holds other things than a site. Choose an empty folder, or a new one.")
    work = root / WORK
    cache = work / "executed"
    ran = to_run(root, tuple(LESSONS), cache)
    if ran:
        advance(f"running {len(ran)} lessons")
    try:
        notebooks = executed(root, tuple(LESSONS), cache, lambda lesson: advance(f"{lesson} has run"))
    except LessonError as error:
        raise SiteError(str(error)) from None
    advance("writing pages")
    source = work / "source"
    _stage(root, source, notebooks, browser)
    from autograder.site import formulas  # here, because it needs Sphinx

    advance("making HTML")
    _sphinx(root / "docs", source, work / "doctrees", out, strict)
    formulas.write_font(out / "_static" / formulas.FONT)
    if browser:
        advance("building JupyterLite")
        try:
            lite.build(root, out / lite.FOLDER, tuple(LESSONS))
        except lite.LiteError as error:
            raise SiteError(str(error)) from None
    return Site(out, sum(1 for path in out.rglob("*.html") if lite.FOLDER not in path.parts), len(ran))


# All pages in one folder -----------------------------------------------------------------------------


def _stage(root: Path, source: Path, notebooks: dict[str, nbformat.NotebookNode], browser: bool) -> None:
    """Put the pages into `source`. Files that stay as they are are not touched, so that Sphinx skips them."""
    wanted: dict[Path, bytes] = {}
    docs = root / "docs"
    for path in sorted([*docs.glob("*.md"), *docs.glob("_static/**/*")]):
        if path.is_file():
            wanted[path.relative_to(docs)] = path.read_bytes()
    about = {name: lessons.about(name, notebook) for name, notebook in notebooks.items()}
    for name, notebook in notebooks.items():
        released = root / "notebooks" / name / f"{name}.ipynb"
        learners = nbformat.read(released, as_version=4)
        run_here = f"../{lite.address(name)}" if browser and lite.runs_there(learners) else ""
        page = lessons.page(name, notebook, learners, run_here)
        wanted[Path("lessons", f"{name}.ipynb")] = nbformat.writes(page).encode()
        wanted[Path("lessons", "released", f"{name}.ipynb")] = released.read_bytes()
    wanted[Path("lessons", "index.md")] = front.lessons_page(about.values()).encode()
    for name, html in front.pieces(about.values()):
        wanted[Path("pieces", name)] = html.encode()
    for folder, pages in (("operations", operations.pages()), ("reference", reference.pages())):
        for name, text in pages:
            wanted[Path(folder, f"{name}.md")] = text.encode()
    _put(source, wanted)


def _put(folder: Path, wanted: dict[Path, bytes]) -> None:
    """Make `folder` hold just these files."""
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder) not in wanted:
            path.unlink()
    for name, content in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


# Sphinx ----------------------------------------------------------------------------------------------


def _sphinx(config: Path, source: Path, doctrees: Path, out: Path, strict: bool) -> None:
    from sphinx.cmd.build import main  # here, because it may not be installed

    options = ["-q", "-a", "-b", "html", "-c", str(config), "-d", str(doctrees), "-j", "2"]
    options += ["-W", "--keep-going"] if strict else []
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        failed = main([*options, str(source), str(out)])
    words = said.getvalue().strip()
    if failed:
        shutil.rmtree(doctrees, ignore_errors=True)  # a page with a warning is to be read again
        raise SiteError(f"Sphinx did not like something:\n{words}")
