"""Lesson 00: the probes."""

from __future__ import annotations


def doubled(parts, x):
    """What double makes of x, and that it leaves x alone."""
    yield "`double(x)`", parts.double(x)
    yield "`x` afterwards", x
