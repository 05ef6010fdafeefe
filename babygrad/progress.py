"""How far a loop is: a bar in a notebook, nothing elsewhere.

for epoch in progress(range(20), "epochs"):
    ...
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, TypeVar

__all__ = ["progress"]

T = TypeVar("T")

_BETWEEN = 0.1
"""Seconds from one drawing of the bar to the next."""


@dataclass(frozen=True, repr=False)
class Bar:
    """One state of the bar: `done` of `whole` steps, called `words`, after some seconds."""

    done: int
    whole: int
    words: str
    seconds: float

    def __repr__(self) -> str:
        return f"{self.done} of {self.whole} {self.words}, {self.seconds:.1f} s"

    def _repr_html_(self) -> str:
        return (
            f'<progress value="{self.done}" max="{self.whole}" aria-label="{escape(self.words)}" '
            f'style="width:16em;vertical-align:middle"></progress> {escape(repr(self))}'
        )


def progress(steps: Sequence[T], words: str = "steps") -> Iterator[T]:
    """Go through `steps`, and show in the notebook how many of them are done.

    steps: something with a length, such as range(20). words: what they are called, such as "epochs".
    Yields the steps.
    """
    started = shown = time.monotonic()
    handle = _display(Bar(0, len(steps), words, 0.0))
    done = 0
    try:
        for step in steps:
            yield step
            done += 1
            if handle is not None and time.monotonic() - shown > _BETWEEN:
                shown = time.monotonic()
                handle.update(Bar(done, len(steps), words, shown - started))
    finally:
        if handle is not None:
            handle.update(Bar(done, len(steps), words, time.monotonic() - started))


def _display(bar: Bar) -> Any:
    """The place in the notebook where the bar is; None where there is no notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    return ipython.display.display(bar, display_id=True)  # type: ignore[union-attr]
