"""What a check answers: points and, part by part, what is right and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from html import escape
from textwrap import fill
from typing import Any

from autograder.judge import Verdict

_WIDTH = 88


@dataclass(frozen=True)
class Report:
    """The answer of a check.

    Its ``repr`` is the number of points, because that is what nbgrader reads; JupyterLab shows the HTML and
    ``text()`` says the same in a terminal.
    """

    name: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """The points earned."""
        return float(sum(verdict.earned for verdict in self.verdicts))

    @property
    def most(self) -> float:
        """The points that could be earned."""
        return float(sum(verdict.points for verdict in self.verdicts))

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return all(verdict.right for verdict in self.verdicts)

    @property
    def message(self) -> str:
        """The first thing that is not right yet, or "" where all is."""
        return next((verdict.message for verdict in self.verdicts if verdict.message), "")

    @property
    def heading(self) -> str:
        """ "Mul   2 of 3 points"."""
        return f"{self._title}   {self._standing}"

    @property
    def _title(self) -> str:
        return self.name.split("/")[-1]

    @property
    def _standing(self) -> str:
        """ "2 of 3 points", or, where there are none to earn, whether all is right."""
        if self.most:
            return f"{self.points:g} of {self.most:g} points"
        return "right" if self.right else "not yet right"

    def __repr__(self) -> str:
        return repr(self.points)

    def as_data(self) -> dict[str, Any]:
        """The report as plain data, to be kept beside the output that shows it."""
        verdicts = [asdict(verdict) for verdict in self.verdicts]
        return {"name": self.name, "verdicts": verdicts, "notes": list(self.notes)}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Report:
        """The report that ``as_data`` gave."""
        verdicts = tuple(Verdict(**verdict) for verdict in data["verdicts"])
        return cls(data["name"], verdicts, tuple(data.get("notes", ())))

    def text(self) -> str:
        """The report for a terminal, at most 88 characters wide."""
        lines = [self.heading]
        for verdict, message, _ in self._told_once():
            lines.append(f"  [{'no' if message else 'ok'}]  {verdict.label}")
            if message:
                lines += ["", *(_indented(line) for line in message.split("\n")), ""]
        return "\n".join([*lines, *(_indented(note) for note in self.notes)]).rstrip()

    def _told_once(self) -> Iterator[tuple[Verdict, str, str]]:
        """Each verdict with its message, and more for those who ask; what was told before is referred to."""
        differences: dict[str, str] = {}
        hints: dict[str, str] = {}
        for verdict in self.verdicts:
            same, reason = differences.get(verdict.difference), hints.get(verdict.hint)
            if same:
                yield verdict, f"The same as for “{same}”.", ""
            elif reason:
                yield verdict, f"Wrong for the same reason as “{reason}”.", replace(verdict, hint="").message
            else:
                yield verdict, verdict.message, ""
            if verdict.difference:
                differences.setdefault(verdict.difference, verdict.label)
            if verdict.hint:
                hints.setdefault(verdict.hint, verdict.label)

    def _repr_html_(self) -> str:
        rows = []
        for verdict, message, more in self._told_once():
            sign, word = ("✗", "not yet") if message else ("✓", "ok")
            rows.append(
                f'<div style="margin:.25em 0"><span aria-hidden="true">{sign}</span> '
                f'<span style="opacity:.75">{word}</span> &nbsp;{rich_text(verdict.label)}'
                f"{_earned(verdict)}</div>"
            )
            if more:
                summary = f'<summary style="cursor:pointer">{rich_text(message)}</summary>'
                rows.append(f'<details style="{_MESSAGE}">{summary}{rich_text(more)}</details>')
            elif message:
                rows.append(f'<div style="{_MESSAGE}">{rich_text(message)}</div>')
        rows += [f'<div style="margin:.5em 0 0;opacity:.75">{rich_text(note)}</div>' for note in self.notes]
        bar = "#2e7d32" if self.right else "#c77700"
        return (
            f'<div style="{_FRAME};border-left:5px solid {bar}"><div style="font-weight:600">'
            f"{escape(self._title)} &nbsp; {self._standing}</div>{''.join(rows)}</div>"
        )


_FRAME = "max-width:46em;padding:.5em 1em;line-height:1.5;background:rgba(128,128,128,.08)"
_MESSAGE = "margin:.25em 0 .6em 1.4em"


def _earned(verdict: Verdict) -> str:
    if not verdict.points:
        return ""
    return f' <span style="opacity:.75">({verdict.earned:g} of {verdict.points:g})</span>'


def rich_text(text: str) -> str:
    """Escaped, with line breaks, and `code` between backticks."""
    pieces = escape(text, quote=False).replace("\n", "<br>").split("`")
    return "".join(
        f"<code>{piece}</code>" if position % 2 and position < len(pieces) - 1 else piece
        for position, piece in enumerate(pieces)
    )


def _indented(line: str) -> str:
    return fill(line, _WIDTH, initial_indent="        ", subsequent_indent="        ", break_long_words=False)
