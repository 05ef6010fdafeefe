"""What is earned by who writes the same nothing into every gap."""

from __future__ import annotations

FILLINGS = ("pass", "return None", "return out_grad", "raise ValueError")

_EARNED: dict[tuple[str, str], dict[str, float]] = {}
"""Points by lesson and filling, and the id of the cell, where there are any: those are truly earned."""


def earned_by(lesson: str, filling: str) -> dict[str, float]:
    """The points of a notebook with this in every gap, by the id of the cell; others earn none."""
    return _EARNED.get((lesson, filling), {})
