"""The builder: from a lesson's source to the two notebooks, one way.

``solutions/NN_name/NN_name.py`` → ``solutions/NN_name/NN_name.ipynb`` (nbgrader's source) →
``notebooks/NN_name/NN_name.ipynb`` (nbgrader's release, made by nbgrader's own steps).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.source import SourceError, read_lesson


@dataclass(frozen=True)
class Built:
    """One generated file: where it goes, what should be in it, and whether that is there already."""

    path: Path
    text: str

    @property
    def current(self) -> bool:
        """Whether the file on disk is this, byte for byte."""
        return self.path.is_file() and self.path.read_bytes() == self.text.encode("utf-8")

    def write(self) -> None:
        """Put the text on disk, with its folder."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(self.text.encode("utf-8"))


def build(root: Path, lessons: Collection[str] = ()) -> Iterator[Built]:
    """The generated notebooks of the course in `root`, lesson by lesson. Raises SourceError.

    lessons: the names of those to make; all if there are none.
    """
    sources = sorted(root.glob("solutions/[0-9][0-9]_*/"))
    if not sources:
        raise SourceError(
            f"{root / 'solutions'}: there is no lesson here (a folder NN_name with NN_name.py)."
        )
    unknown = set(lessons) - {folder.name for folder in sources}
    if unknown:
        names = ", ".join(folder.name for folder in sources)
        raise SourceError(f"{root / 'solutions'}: there is no lesson {min(unknown)}. Lessons: {names}.")
    for folder in sources:
        if lessons and folder.name not in lessons:
            continue
        source = folder / f"{folder.name}.py"
        if not source.is_file():
            raise SourceError(f"{source}: this file is missing; it is the source of lesson {folder.name}.")
        solution = read_lesson(source)
        yield Built(source.with_suffix(".ipynb"), _written(solution))
        yield Built(root / "notebooks" / folder.name / f"{folder.name}.ipynb", _written(release(solution)))


def release(solution: NotebookNode) -> NotebookNode:
    """The learner's notebook: the steps of ``nbgrader generate_assignment``, without its database."""
    from nbgrader.preprocessors import (  # here, because it takes seconds
        CheckCellMetadata,
        ClearHiddenTests,
        ClearMarkScheme,
        ClearOutput,
        ClearSolutions,
        ComputeChecksums,
        LockCells,
    )

    steps = (LockCells, ClearSolutions, ClearOutput, ClearHiddenTests, ClearMarkScheme, ComputeChecksums)
    notebook: NotebookNode = nbformat.from_dict(solution)
    resources: dict[str, Any] = {}
    for step in (*steps, CheckCellMetadata):
        notebook, resources = step().preprocess(notebook, resources)
    return notebook


def _written(notebook: NotebookNode) -> str:
    return nbformat.writes(notebook, version=4) + "\n"
