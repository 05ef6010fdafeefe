"""The package of a learner's in their notebook: made anew, and ready to be imported."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.export.standin import stand_in
from autograder.own_library import own_packages
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


_CELL = "text-align:left;padding:.1em .8em .1em 0;vertical-align:top"
_FRAME = "max-width:60em;padding:.5em 1em;line-height:1.5;background:rgba(128,128,128,.08)"
_GRADING = "While nbgrader runs this notebook, nobody's notebooks are gathered."
_NOTHING = (
    "There are no other lessons in this folder, nor above it, from which your library could be gathered. "
    "(In the folder of the course, they are found.)"
)


@dataclass(frozen=True)
class Library:
    """A learner's package that what follows can import; shows what is borrowed, and the rest if asked."""

    made: Exported

    def __repr__(self) -> str:
        lines = [f"{self.made.folder.name}: {self.made.summary}"]
        lines += [f"{row.part} is borrowed. {row.why}" for row in self.made.rows if not row.is_own]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cell = f"<td style='{_CELL}'>"
        rows = "".join(
            f"<tr>{cell}{escape(row.part)}</td>{cell}{rich_text(row.why)}</td></tr>"
            for row in self.made.rows
            if not row.is_own
        )
        head = f"<th scope='col' style='{_CELL}'>Borrowed</th><th scope='col' style='{_CELL}'>Why</th>"
        table = f"<table style='margin:.5em 0'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return (
            f"<div style='{_FRAME};border-left:5px solid {'#c77700' if rows else '#2e7d32'}'>"
            f"<div style='font-weight:600'>{escape(self.made.folder.name)} &nbsp; {self.made.summary}</div>"
            f"{table if rows else ''}<details><summary>All parts, and where they come from</summary>"
            f"{self.made._repr_html_()}</details></div>"
        )


def library(name: str) -> Library | StandIn:
    """Make the package `name` from the learner's notebooks; babygrad stands in where there are none."""
    forget(name)
    own_packages.add(Path(name).name)
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
    return Library(made)


def _standing_in(name: str, why: str) -> StandIn:
    stand_in(name)
    return StandIn(name, why)


def forget(name: str) -> None:
    """Let the next import of a package read its files again."""
    for module in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[module]


class _Shown:
    """Says in a notebook what is being done, in one line; at the end, how long it took."""

    def __init__(self) -> None:
        ipython = sys.modules.get("IPython")
        shell: Any = ipython.get_ipython() if ipython else None
        self._update: Callable[[Any], None] = lambda what: None
        if hasattr(shell, "kernel"):
            self._update = ipython.display.display(_Words("…"), display_id=True).update  # type: ignore

    def __enter__(self) -> Callable[[str], None]:
        self._started = time.monotonic()
        return lambda what: self._update(_Words(what))

    def __exit__(self, *error: object) -> None:
        self._update(_Words(f"gathered and checked in {time.monotonic() - self._started:.0f} seconds"))


class _Words:
    """A line of small text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f"<span style='opacity:.75'>{escape(self._text)}</span>"
