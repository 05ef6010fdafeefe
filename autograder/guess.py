"""What somebody may have meant by a name that there is not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def guess(name: str, known: Iterable[str]) -> str:
    """ " Did you mean 02_gradient?", or "" where nothing is near."""
    names = sorted(known)
    near = [other for other in names if name and other.startswith(name)] or get_close_matches(
        name, names, n=1
    )
    return f" Did you mean {near[0]}?" if near else ""
