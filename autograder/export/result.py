"""What an export has made, as people see it: a table in a terminal, and the same in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from textwrap import shorten

from rich.table import Table
from rich.text import Text

from autograder.export.choice import Choice
from autograder.report import rich_text


@dataclass(frozen=True)
class Row:
    """One part: its label, where it comes from, and why not from the learner ("" if it does)."""

    part: str
    is_own: bool
    source: str
    why: str

    @property
    def whose(self) -> str:
        """In a word."""
        return "yours" if self.is_own else "borrowed"


@dataclass(frozen=True)
class Exported:
    """The package that was written.

    folder: where. rows: its parts, in the order of the lessons. checks: how many exercises' checks it passes.
    note: what else is to be known.
    """

    folder: Path
    rows: tuple[Row, ...]
    checks: int
    note: str = ""

    @property
    def own(self) -> int:
        """How many parts are the learner's."""
        return sum(row.is_own for row in self.rows)

    @property
    def summary(self) -> str:
        """ "27 of 30 parts are yours, 3 are borrowed." """
        borrowed = len(self.rows) - self.own
        if not borrowed:
            return f"All {len(self.rows)} parts are yours."
        verb = "is" if self.own == 1 else "are"
        return f"{self.own} of {len(self.rows)} parts {verb} yours, {borrowed} borrowed from babygrad."

    @property
    def state(self) -> str:
        """What it was tried on, and how to use it."""
        return (
            f"The package needs no babygrad, and passes the checks of {self.checks} exercises: "
            f"`import {self.folder.name}`."
        )

    def __repr__(self) -> str:
        return f"<{self.folder.name}: {self.summary}>"

    def text(self) -> str:
        """The table in plain text."""
        width = max(len(row.part) for row in self.rows)
        lines = [f"{row.part:{width}}  {row.whose:8}  {_where(row)}" for row in self.rows]
        return "\n".join([*lines, "", self.summary, self.state, *([self.note] if self.note else [])])

    def table(self) -> Table:
        """The table for a terminal."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("part", "whose", "from, or why not"):
            table.add_column(column, overflow="fold")
        for row in self.rows:
            style = "" if row.is_own else "bold"
            table.add_row(row.part, Text(row.whose, style), Text(_where(row)))
        return table

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='{_CELL}'>{escape(row.part)}</td><td style='{_CELL};white-space:nowrap'>"
            f"<span aria-hidden='true'>{'✓' if row.is_own else '○'}</span> {row.whose}"
            f"</td><td style='{_CELL}'>{rich_text(_where(row))}</td></tr>"
            for row in self.rows
        )
        head = "".join(
            f"<th scope='col' style='{_CELL}'>{name}</th>" for name in ("Part", "Whose", "From, or why not")
        )
        note = f"<div>{rich_text(self.note)}</div>" if self.note else ""
        bar = "#2e7d32" if self.own == len(self.rows) else "#c77700"
        return (
            f"<div style='{_FRAME};border-left:5px solid {bar}'><div style='font-weight:600'>"
            f"{escape(self.folder.name)} &nbsp; {self.summary}</div><div>{rich_text(self.state)}</div>{note}"
            f"<table style='border-collapse:collapse;margin:.5em 0'><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table></div>"
        )


_FRAME = "max-width:60em;padding:.5em 1em;line-height:1.5;background:rgba(128,128,128,.08)"
_CELL = "text-align:left;padding:.1em .8em .1em 0;vertical-align:top"
_LONGEST = 240


def _where(row: Row) -> str:
    return row.source + ("; " if row.source and row.why else "") + row.why


def rows(choices: dict[str, Choice]) -> tuple[Row, ...]:
    """The rows of the table."""
    return tuple(_row(choice) for choice in choices.values())


def _row(choice: Choice) -> Row:
    files = " and ".join(dict.fromkeys(f"{cell.split('/')[0]}.ipynb" for cell in choice.source))
    why = shorten(choice.reason.sentence, _LONGEST, placeholder=" …") if choice.reason else ""
    if choice.is_own and choice.reason:
        why = f"the later one, of {choice.part.sources[0][0].split('/')[0]}, is {choice.reason}"
    elif not choice.is_own:
        lessons = dict.fromkeys(cell.split("/")[0] for cell in choice.part.sources[0])
        why = f"{', '.join(lessons)}: {why}"
    return Row(choice.part.label, choice.is_own, files, why)
