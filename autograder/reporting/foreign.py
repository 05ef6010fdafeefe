"""Data from elsewhere: files and texts that may hold anything, made harmless to read and to print."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

MOST_BYTES = 100_000_000
_MOST_CHARACTERS = 2000
_MOST_ENTRIES = 50
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: Any) -> str:
    """What can be printed of a text, in a terminal too, and not without end."""
    shown = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(text)[: _MOST_CHARACTERS + 1])
    return shown if len(shown) <= _MOST_CHARACTERS else f"{shown[:_MOST_CHARACTERS]}…"


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; empty where there is no file, or something else in it."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return {}
        return as_object(json.loads(path.read_bytes()))
    except (ValueError, RecursionError, OSError):
        return {}


def as_object(data: Any) -> dict[str, Any]:
    """The same, if it is an object; else an empty one."""
    return data if isinstance(data, dict) else {}


def as_list(data: Any) -> list[Any]:
    """The same, if it is a list, and its first entries only; else an empty one."""
    return data[:_MOST_ENTRIES] if isinstance(data, list) else []
