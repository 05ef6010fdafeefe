"""Wrong solutions of lesson 06: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

WRONG: tuple[Wrong, ...] = ()
