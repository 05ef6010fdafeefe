"""Lesson 05: the probes."""

from __future__ import annotations

from autograder.probes.operation import Operation
from autograder.surroundings import those_of_babygrad

# A rule may be made of the lesson's other operations; while one is checked, all of these are babygrad's.
_AROUND = those_of_babygrad(
    *("Reshape", "Transpose", "Summation", "BroadcastTo"),
    *("reshape", "transpose", "summation", "broadcast_to"),
)

RESHAPE, TRANSPOSE, SUMMATION, BROADCAST_TO = (
    Operation(name, ("x",), around=_AROUND) for name in ("Reshape", "Transpose", "Summation", "BroadcastTo")
)
