"""Lesson 14: the probes of 14.1. Those of 14.2 hold what is asked for here, and are a module of their own."""

from __future__ import annotations

from autograder.probes.operation import Operation
from babygrad import Tensor

UNFOLD = Operation("Unfold", ("images",), {"Tensor": Tensor})
