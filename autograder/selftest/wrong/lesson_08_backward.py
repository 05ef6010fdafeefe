"""Wrong solutions of lesson 08: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

WRONG: tuple[Wrong, ...] = ()
