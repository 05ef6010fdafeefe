"""The package of a learner's in their notebook: made anew, and ready to be imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.export.standin import stand_in
from autograder.report import rich_text

if TYPE_CHECKING:
    from autograder.export.result import Exported


@dataclass(frozen=True)
class StandIn:
    """babygrad in the place of a learner's package `name`, and why."""

    name: str
    why: str

    @property
    def summary(self) -> str:
        """All of it, in plain words."""
        return (
            f"{self.why} So `{self.name}` is the finished babygrad here, and all that follows works the same."
        )

    def __repr__(self) -> str:
        return self.summary

    def _repr_html_(self) -> str:
        return f"<div style='{_FRAME}'>{rich_text(self.summary)}</div>"


_FRAME = "max-width:60em;padding:.5em 1em;line-height:1.5;background:rgba(128,128,128,.08)"
_GRADING = "While nbgrader runs this notebook, nobody's notebooks are gathered."
_NOTHING = (
    "There are no other lessons in this folder, nor above it, from which your library could be gathered. "
    "(In the folder of the course, they are found.)"
)


def library(name: str) -> Exported | StandIn:
    """Make the package `name` from the learner's notebooks; babygrad stands in where there are none."""
    forget(name)
    if os.environ.get("NBGRADER_EXECUTION"):
        return _standing_in(name, _GRADING)
    from autograder.export.command import exported
    from autograder.export.notebooks import NoNotebooks, course_folder

    try:
        folder = course_folder(Path.cwd())
    except (NoNotebooks, OSError):
        return _standing_in(name, _NOTHING)
    with _Shown() as shown:
        made = exported(Path(name), folder, False, shown)
    if str(made.folder.parent) not in map(os.path.abspath, sys.path):
        sys.path.insert(0, str(made.folder.parent))
    return made


def _standing_in(name: str, why: str) -> StandIn:
    stand_in(name)
    return StandIn(name, why)


def forget(name: str) -> None:
    """Let the next import of a package read its files again."""
    for module in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[module]


class _Shown:
    """Says in a notebook what is being done, in one line that is gone at the end."""

    def __init__(self) -> None:
        ipython = sys.modules.get("IPython")
        shell: Any = ipython.get_ipython() if ipython else None
        self._update: Callable[[Any], None] = lambda what: None
        if hasattr(shell, "kernel"):
            self._update = ipython.display.display(_Words("…"), display_id=True).update  # type: ignore

    def __enter__(self) -> Callable[[str], None]:
        return lambda what: self._update(_Words(what))

    def __exit__(self, *error: object) -> None:
        self._update(_Words("checked"))


class _Words:
    """A line of small text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f"<span style='opacity:.75'>{escape(self._text)}</span>"
