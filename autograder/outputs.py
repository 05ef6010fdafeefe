"""What a cell may put into a notebook: Jupyter's messages, as plain data of limited size.

The learner's process sends its messages through a ``Sieve``, so that a flood does not even leave it. The
grader sends what arrives through another one, because a learner's process can send anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Message = tuple[str, dict[str, Any]]
"""Jupyter's name of a message ("stream", "display_data", …), and its content."""


@dataclass(frozen=True)
class Amounts:
    """How much is kept, in characters: what one cell prints, what it shows, and what a notebook holds.

    passing: what a notebook may send altogether, where later outputs replace earlier ones.
    """

    printed: int = 1_000_000
    shown: int = 8_000_000
    notebook: int = 24_000_000
    passing: int = 64_000_000

    def with_slack(self) -> Amounts:
        """A little more, for who counts after somebody else has counted (and said what was left out)."""
        return Amounts(*(count + 20_000 for count in (self.printed, self.shown, self.notebook, self.passing)))


class Sieve:
    """Lets through what is well formed and not too much; the rest becomes a few words."""

    def __init__(self, amounts: Amounts) -> None:
        self._amounts = amounts
        self._before = self._kept = self._printed = self._passed = 0
        self._left_out: dict[str, int] = {}

    def start_cell(self) -> None:
        """From here on, another cell."""
        self._before += self._kept
        self._kept = self._printed = 0
        self._left_out = {}

    @property
    def overrun(self) -> bool:
        """Whether so much was sent that nothing passes any more."""
        return self._passed > self._amounts.passing

    def through(self, kind: Any, content: Any) -> Iterator[Message]:
        """The message as it may pass: at most one."""
        if kind == "clear_output":
            self._kept = self._printed = 0
            yield kind, {"wait": isinstance(content, dict) and bool(content.get("wait"))}
            return
        plain = _KINDS[kind](content) if isinstance(kind, str) and kind in _KINDS else None
        if plain is None:
            return
        size = _size(plain)
        self._passed += size
        if kind == "stream":
            yield from self._through_stream(plain)
        elif self._has_room(size):
            self._kept += 0 if kind == "update_display_data" else size  # it takes another one's place
            yield kind, plain
        elif not self.overrun:
            yield from self._instead(kind, plain, size)

    def end_cell(self) -> Iterator[Message]:
        """What is to be said of the printed text that was left out."""
        for name, count in self._left_out.items():
            words = f"\n[{_amount(count)} more were printed here, and left out]\n"
            yield "stream", {"name": name, "text": words}
        self._left_out = {}

    def _has_room(self, size: int) -> bool:
        return (
            self._kept + size <= self._amounts.shown
            and self._before + self._kept + size <= self._amounts.notebook
            and not self.overrun
        )

    def _through_stream(self, plain: dict[str, Any]) -> Iterator[Message]:
        text = plain["text"]
        room = self._amounts.printed - self._printed if self._has_room(0) else 0
        kept = text[: max(0, room)]
        self._printed += len(kept)
        self._kept += len(kept)
        if len(kept) < len(text):
            self._left_out[plain["name"]] = self._left_out.get(plain["name"], 0) + len(text) - len(kept)
        if kept:
            yield "stream", {"name": plain["name"], "text": kept}

    def _instead(self, kind: str, plain: dict[str, Any], size: int) -> Iterator[Message]:
        """The beginning of the text, and words in the place of the rest."""
        words = f"[{_amount(size)} were shown here, and left out]"
        if kind == "error":
            yield kind, {"ename": plain["ename"][:200], "evalue": words, "traceback": [words]}
            return
        begin = plain["data"].get("text/plain", "")[:2000]
        yield kind, plain | {"data": {"text/plain": f"{begin}\n{words}".strip()}, "metadata": {}}


# What a message looks like: each function gives it as plain data, or None --------------------------------


def _stream(content: Any) -> dict[str, Any] | None:
    if not isinstance(content, dict) or content.get("name") not in ("stdout", "stderr"):
        return None
    return {"name": content["name"], "text": _text(content.get("text"))}


def _shown(content: Any) -> dict[str, Any] | None:
    if not isinstance(content, dict) or not isinstance(content.get("data"), dict):
        return None
    data = {
        name: value if _IS_JSON.fullmatch(name) else _text(value)
        for name, value in _plain(content["data"]).items()
        if _IS_MIME.fullmatch(name)
        and name not in _ALIVE
        and (_IS_JSON.fullmatch(name) or isinstance(value, (str, list)))
    }
    metadata = _plain(content.get("metadata"))
    plain = {"data": data, "metadata": metadata if isinstance(metadata, dict) else {}}
    plain["metadata"].pop("autograder", None)  # what stands there is ours
    transient = content.get("transient")
    if isinstance(transient, dict) and isinstance(transient.get("display_id"), str):
        plain["transient"] = {"display_id": _text(transient["display_id"])[:200]}
    return plain


def _result(content: Any) -> dict[str, Any] | None:
    plain = _shown(content)
    if plain is not None:
        count = content.get("execution_count")
        plain["execution_count"] = count if type(count) is int and 0 <= count < 1 << 31 else None
    return plain


def _error(content: Any) -> dict[str, Any] | None:
    if not isinstance(content, dict):
        return None
    lines = content.get("traceback")
    return {
        "ename": _text(content.get("ename")),
        "evalue": _text(content.get("evalue")),
        "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
    }


_KINDS = {
    "stream": _stream,
    "display_data": _shown,
    "update_display_data": _shown,
    "execute_result": _result,
    "error": _error,
}
_IS_MIME = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}(;.{0,100})?", re.ASCII)
_IS_JSON = re.compile(r"application/(json|[a-zA-Z0-9.]+\+json)")
_ALIVE = {"application/vnd.jupyter.widget-view+json"}  # a widget without its kernel shows nothing
_DEEPEST = 20


def _text(value: Any) -> str:
    """Text that can be written to a file, whatever was sent."""
    if isinstance(value, list):
        value = "".join(item for item in value if isinstance(item, str))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _plain(value: Any, depth: int = 0) -> Any:
    """JSON data that every reader of notebooks can read: not too deep, no lone surrogates, no NaN."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_text(key): _plain(item, depth + 1) for key, item in value.items() if isinstance(key, str)}
    return value if value is None or isinstance(value, (bool, int, float)) else None


def _size(value: Any) -> int:
    """How many characters plain data takes, about."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(map(_size, value)) + len(value)
    if isinstance(value, dict):
        return sum(len(key) + _size(item) + 6 for key, item in value.items())
    return len(repr(value)) if isinstance(value, int) else 8


def _amount(count: int) -> str:
    return f"{count / 1e6:.1f} million characters" if count > 99_999 else f"{count} characters"
