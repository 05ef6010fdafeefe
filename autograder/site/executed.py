"""Notebooks with their outputs, each run only when something that it depends on has changed."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import nbformat
from nbformat import NotebookNode

_SEEN_IN_OUTPUTS = ("ipython", "matplotlib", "numpy", "scikit-learn")
_NOT_SEEN = {"feedback", "grading", "reporting", "selftest", "site"}  # folders of autograder


class LessonError(Exception):
    """A lesson's notebook does not run as it should; says which cell, and what happened."""


def executed(
    root: Path, lessons: Sequence[str], cache: Path, advance: Callable[[str], None] = lambda lesson: None
) -> dict[str, NotebookNode]:
    """The instructor's notebooks of these lessons, with outputs, by lesson.

    root: the course. cache: a folder for what was run; what is not asked for any more is removed from it.
    Raises LessonError where a cell ends with an error.
    """
    cache.mkdir(parents=True, exist_ok=True)
    kept = _places(root, lessons, cache)
    for lesson, text in _run_all(root, [lesson for lesson, path in kept.items() if not path.is_file()]):
        kept[lesson].write_text(text, encoding="utf-8")
        advance(lesson)
    for path in set(cache.glob("*.ipynb")) - set(kept.values()):
        path.unlink()
    return {lesson: nbformat.read(path, as_version=4) for lesson, path in kept.items()}


def to_run(root: Path, lessons: Sequence[str], cache: Path) -> list[str]:
    """Those of the lessons whose outputs are not in the cache."""
    return [lesson for lesson, path in _places(root, lessons, cache).items() if not path.is_file()]


def _places(root: Path, lessons: Sequence[str], cache: Path) -> dict[str, Path]:
    """Where each lesson is kept; the name says what it was made from."""
    code = _code(root)
    return {lesson: cache / f"{lesson}-{_key(root, lesson, code)}.ipynb" for lesson in lessons}


def _notebook(root: Path, lesson: str) -> Path:
    return root / "solutions" / lesson / f"{lesson}.ipynb"


def _key(root: Path, lesson: str, code: dict[str, bytes]) -> str:
    """A digest of all that decides what a lesson's cells show: notebook, code, and packages."""
    digest = hashlib.sha256(_notebook(root, lesson).read_bytes())
    digest.update(repr([sys.version_info[:2], *map(version, _SEEN_IN_OUTPUTS)]).encode())
    for place, content in code.items():
        name = Path(place).stem
        if not name.startswith("lesson_") or name == f"lesson_{lesson}":
            digest.update(place.encode() + content)
    return digest.hexdigest()[:16]


def _code(root: Path) -> dict[str, bytes]:
    """The modules that cells use, by place."""
    paths = sorted([*root.glob("babygrad/**/*.py"), *root.glob("autograder/**/*.py")])
    places = [path.relative_to(root) for path in paths]
    return {
        place.as_posix(): (root / place).read_bytes() for place in places if place.parts[1] not in _NOT_SEEN
    }


def _run_all(root: Path, lessons: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each lesson with its notebook as text, as they come; two at a time."""
    if not lessons:
        return
    with ProcessPoolExecutor(min(2, len(lessons)), mp_context=get_context("spawn")) as pool:
        yield from zip(lessons, pool.map(_run, [_notebook(root, lesson) for lesson in lessons]), strict=True)


def _run(path: Path) -> str:
    """The notebook with outputs, as text. It runs as submitted ones do, where that is possible."""
    from autograder.execute import SandboxedExecute

    notebook = nbformat.read(path, as_version=4)
    notebook, _ = SandboxedExecute().preprocess(notebook, {"metadata": {}})
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                raise LessonError(f"{path}: cell {cell.id} ends with {output.ename}: {output.evalue}")
    return nbformat.writes(notebook, version=4) + "\n"
