"""Wrong solutions of lesson 04: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

WRONG: tuple[Wrong, ...] = (
    Wrong("no-minus", "Negate", {"return -x": "return x"}, loses=0.5, family="unchanged"),
)
