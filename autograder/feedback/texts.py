"""What a program wrote, as text for a page: an excerpt of bounded size, without the code of libraries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

_CHARACTERS = 12_000
_LINES = 300
_WINDOW = 40_000  # what is read at either end of a long text
_END = 1 / 4  # the share of an excerpt that shows the end of the text

_COLOURS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.?)")
# Control characters, halves of surrogate pairs, and what turns the direction of the text around it.
_UNSHOWABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")

_LEARNERS = re.compile(r"\s*(?:Cell In\[|Input In \[|File .*(?:ipykernel_|<ipython-input))")
_LIBRARYS = re.compile(r'\s*File (?:"[^"]+", line \d+|\S.*:\d+(?:,? in |\s*$))')
_FRAMES_CODE = re.compile(r"\s|-+> ?\d|\d+ ")
_WARNING = re.compile(r"\S.*\.pyx?:\d+: (?=\w+: )")
_RULE = re.compile(r"-{20,}\s*")


@dataclass(frozen=True)
class Excerpt:
    """The start of a text, how many characters were left out, and the end."""

    start: str
    left_out: int = 0
    end: str = ""


def excerpt(text: str, characters: int = _CHARACTERS, lines: int = _LINES) -> Excerpt:
    """As much of what a program wrote as fits, with more room for the start than for the end."""
    if len(text) > 2 * _WINDOW:
        first, last = _tidy(text[:_WINDOW]), _tidy(text[-_WINDOW:])
        unread = len(text) - 2 * _WINDOW
    else:
        first, last, unread = _tidy(text), "", 0
    return _fitting(first, unread, last, characters, lines)


def excerpt_of_source(text: str, characters: int = _CHARACTERS, lines: int = _LINES) -> Excerpt:
    """As much of what a person wrote as fits; nothing in it is taken for a traceback."""
    return _fitting(printable(text), 0, "", characters, lines)


def traceback_text(entries: Iterable[str]) -> str:
    """A traceback in one text; steps that repeat are counted."""
    return "\n\n".join(_counted(entry[:_WINDOW].rstrip("\n") for entry in entries if not _is_rule(entry)))


def left_out(number: int, what: str = "characters") -> str:
    """ "1 204 331 more characters left out"."""
    return f"{number:,} more {what} left out".replace(",", "\N{NARROW NO-BREAK SPACE}")


def as_html(part: Excerpt) -> Markup:
    """An excerpt with words where something was left out."""
    if not part.left_out:
        return escape(part.start)
    gap = Markup('{}\n<span class="gap">… {} …</span>\n{}')
    return gap.format(part.start, left_out(part.left_out), part.end)


def printable(text: str) -> str:
    """Without what a page cannot show or a file cannot hold."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def _fitting(first: str, unread: int, last: str, characters: int, lines: int) -> Excerpt:
    if not unread and len(first) <= characters and first.count("\n") <= lines:
        return Excerpt(first)
    start = first[: round(characters * (1 - _END))]
    start = "\n".join(start.split("\n", round(lines * (1 - _END)))[: round(lines * (1 - _END))])
    rest = first[len(start) :] + last
    end = rest[-round(characters * _END) :]
    end = "\n".join(end.rsplit("\n", round(lines * _END))[-round(lines * _END) :])
    return Excerpt(start, unread + len(rest) - len(end), end)


def _tidy(text: str) -> str:
    written_over = (line.rstrip("\r").rsplit("\r", 1)[-1] for line in _COLOURS.sub("", text).split("\n"))
    return printable(_without_library_code(written_over))


def _without_library_code(lines: Iterable[str]) -> str:
    """Of tracebacks and warnings, what concerns the learner's own cells; the rest is counted."""
    kept: list[str] = []
    steps = 0
    in_library = after_warning = False
    for line in lines:
        if _LEARNERS.match(line):
            in_library = False
        elif _LIBRARYS.match(line):
            in_library, steps = True, steps + 1
            continue
        elif in_library and _FRAMES_CODE.match(line):
            continue
        elif after_warning and line.startswith("  "):
            after_warning = False
            continue
        elif in_library and not line:  # between two steps
            continue
        if steps:
            kept.append(f"    ({steps} {'step' if steps == 1 else 'steps'} inside libraries)")
        in_library, steps = False, 0
        warning = _WARNING.match(line)
        after_warning = bool(warning) and "ipykernel_" not in line
        kept.append(line[warning.end() :] if warning else line)
    return "\n".join(kept)


def _is_rule(entry: str) -> bool:
    """The line of dashes with which IPython starts a traceback."""
    return bool(_RULE.fullmatch(_COLOURS.sub("", entry[:200])))


def _counted(entries: Iterable[str]) -> Iterator[str]:
    for entry, same in groupby(entries):
        more = sum(1 for _ in same) - 1
        yield entry
        if more:
            yield f"    ({more:,} more times the same)".replace(",", "\N{NARROW NO-BREAK SPACE}")
