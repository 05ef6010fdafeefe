"""Markdown as harmless HTML: formulas as MathML, HTML by an allow-list, nothing from elsewhere."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.feedback.code import code
from autograder.feedback.formulas import formula
from autograder.feedback.pictures import KINDS, NotShown, picture
from autograder.feedback.room import Room
from autograder.feedback.texts import as_html, excerpt_of_source, printable

_LONGEST = 8_000  # characters; the parsers can take quadratic time
_FOR_PICTURES = 1_200_000  # bytes of HTML, in one cell

# Two characters for private use: between them stands the number of a finished piece of HTML.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")

_TAGS = frozenset(
    "a abbr b blockquote br cite code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i "  # noqa: SIM905
    "ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td "
    "tfoot th thead tr u ul var".split()
)
_ADDRESS = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


def markdown(source: str, attachments: dict[str, Any] | None = None) -> Markup:
    """A Markdown cell or comment as HTML that runs nothing and loads nothing."""
    if len(source) > _LONGEST:
        return as_text(source)
    return _rendered(source, attachments) if attachments else _remembered(source)


def as_text(source: str) -> Markup:
    """Markdown as it was written."""
    part = excerpt_of_source(source)
    return Markup('<pre class="text">{}</pre>').format(as_html(part))


@lru_cache(maxsize=1024)
def _remembered(source: str) -> Markup:
    """A class shares most of its cells: those of the lesson."""
    return _rendered(source, {})


def _rendered(source: str, attachments: dict[str, Any]) -> Markup:
    pieces: list[Markup] = []
    try:
        html = MarkdownWithMath(_Renderer(pieces, attachments)).render(_without_marks(printable(source)))
        clean = _cleaner().clean(html)
    except Exception:  # whatever nesting or strange text leads the parsers to: then the text itself
        return as_text(source)
    return Markup(_PLACE.sub(lambda place: pieces[int(place[1])], clean))


def _without_marks(text: str) -> str:
    return text.replace(_OPEN, "").replace(_CLOSE, "")


@lru_cache(maxsize=1)
def _cleaner() -> bleach.Cleaner:
    return bleach.Cleaner(
        tags=_TAGS,
        attributes=_is_allowed,
        protocols=["http", "https", "mailto"],
        css_sanitizer=CSSSanitizer(allowed_css_properties=["text-align"], allowed_svg_properties=[]),
    )


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if _OPEN in value:  # a finished piece belongs between tags, never inside one
        return False
    if tag == "a" and name == "href":
        return bool(_ADDRESS.match(value))  # the lesson's own folder is not there
    return (tag, name) in {("details", "open"), ("th", "style"), ("td", "style"), ("ol", "start")}


class _Renderer(IPythonRenderer):
    """nbconvert's, with formulas, code and pictures put aside as finished pieces."""

    def __init__(self, pieces: list[Markup], attachments: dict[str, Any]) -> None:
        super().__init__(escape=False, attachments=attachments)
        self._pieces = pieces
        self._room = Room(_FOR_PICTURES)

    def _piece(self, html: Markup) -> str:
        self._pieces.append(html)
        return f"{_OPEN}{len(self._pieces) - 1}{_CLOSE}"

    def inline_math(self, body: str) -> str:
        return self._piece(formula(body))

    def block_math(self, body: str) -> str:
        return self._piece(formula(body, "block"))

    def latex_environment(self, name: str, body: str) -> str:
        return self._piece(formula(rf"\begin{{{name}}}{body}\end{{{name}}}", "block"))

    def block_code(self, code_text: str, info: str | None = None) -> str:
        if (info or "").split()[:1] in (["python"], ["py"], ["python3"], ["ipython3"]):
            return self._piece(code(code_text))
        return self._piece(Markup("<pre>{}</pre>").format(code_text))

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        """One level down: the page has a heading of its own."""
        return f"<h{min(level + 1, 6)}>{text}</h{min(level + 1, 6)}>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        kind, data = self._data(url)
        words = _without_marks(text)
        try:
            if not data:
                raise NotShown("A picture from elsewhere is not shown")
            shown = picture(kind, data, words)
            if not self._room.has(shown):
                raise NotShown("A picture is left out: this cell is full")
            self._room.take(shown)
            return self._piece(shown)
        except NotShown as why:
            return self._piece(Markup("<em>[{}: {}]</em>").format(str(why).rstrip("."), words))

    def _data(self, url: str) -> tuple[str, str]:
        """The kind of a picture and what is in it, where the notebook itself holds it."""
        if url.startswith("attachment:"):
            attached = self.attachments.get(url.removeprefix("attachment:"), {})
            return next(
                ((kind, attached[kind]) for kind in KINDS if isinstance(attached.get(kind), str)), ("", "")
            )
        kind, comma, data = url.removeprefix("data:").partition(";base64,")
        return (kind, data) if comma and kind in KINDS else ("", "")
