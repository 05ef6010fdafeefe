"""Outputs of a cell as harmless HTML: text, errors and pictures; nothing that runs or loads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from autograder.feedback.pictures import KINDS, NotShown, picture
from autograder.feedback.room import Room
from autograder.feedback.texts import as_html, excerpt, left_out, traceback_text

_TEXTS = ("text/markdown", "text/latex", "text/plain")
_MOST = 20
_ROOM = 1_200_000  # bytes of HTML, for one cell


def shown(outputs: list[NotebookNode], room: Room) -> Markup:
    """The outputs of one cell, as many as there is room for, and a line that says how many are left out."""
    pieces: list[Markup] = []
    of_this_cell = Room(_ROOM)
    together = list(_joined(outputs))
    for output in together[:_MOST]:
        piece = _as_html(output)
        if not (of_this_cell.has(piece) and room.has(piece)):
            break
        of_this_cell.take(piece)
        room.take(piece)
        pieces.append(piece)
    more = len(together) - len(pieces)
    if more:
        word = "output" if more == 1 else "outputs"
        pieces.append(Markup('<p class="gap">{}</p>').format(left_out(more, word)))
    return Markup("").join(pieces)


def _joined(outputs: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    """Streams come in pieces: those that follow each other, as one."""
    for name, same in groupby(outputs, key=lambda output: output.get("name", "")):
        if name:
            text = "".join(output.get("text", "") for output in same)
            yield NotebookNode(output_type="stream", name=name, text=text)
        else:
            yield from same


def _as_html(output: NotebookNode) -> Markup:
    if output.output_type == "stream":
        return _text(output.text, "errors" if output.name == "stderr" else "")
    if output.output_type == "error":
        return _text(traceback_text(output.get("traceback", [])) or _last_line(output), "errors")
    data = output.get("data", {})
    # Markdown and LaTeX as they were written: their text/plain only names an object.
    text = next((data[kind] for kind in _TEXTS if isinstance(data.get(kind), str)), "")
    why_not = Markup()
    for kind in KINDS:
        if isinstance(data.get(kind), str):
            try:
                return picture(kind, data[kind], text)
            except NotShown as why:
                why_not += Markup('<p class="gap">{}</p>').format(str(why))
    if text:
        return why_not + _text(text)
    return why_not or Markup('<p class="gap">{}</p>').format(_unknown(data))


def _text(text: str, kind: str = "") -> Markup:
    return Markup('<pre class="output {}">{}</pre>').format(kind, as_html(excerpt(text)))


def _last_line(error: NotebookNode) -> str:
    return f"{error.get('ename', '')}: {error.get('evalue', '')}"


def _unknown(data: dict[str, Any]) -> str:
    kinds = ", ".join(sorted(data)[:3])[:100]
    return f"An output that is no text or picture ({kinds}) is not shown." if kinds else "An empty output."
