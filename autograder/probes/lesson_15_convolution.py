"""Lesson 15: the probes of 15.1. Those of 15.2 hold what is asked for here, and are a module of their own."""

from __future__ import annotations

from autograder.probes.operation import Operation
from babygrad import Tensor

UNFOLD = Operation("Unfold", ("images",), {"Tensor": Tensor})
