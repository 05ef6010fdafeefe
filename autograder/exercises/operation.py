"""An operation as an exercise: parts with points, and mistakes in its forward or its backward.

MUL = Operation(probes.MUL)
MUL.forward("forward", 1, cases)
MUL.backward("backward, values", 1.5, cases_with_upstream)
MUL.rule("own value instead of the other's", "Which number is ...?", lambda g, a, b: (g * a, g * b))
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import babygrad
from autograder.exercise import Case, Mistake, Part
from autograder.probes import operation
from babygrad import Tensor

Cases = Callable[[np.random.Generator], list[Case]]


class Operation:
    """An operation of `babygrad` that the learner writes, and the probes that look at it."""

    def __init__(self, probes: operation.Operation) -> None:
        self.probes = probes
        self.name, self.inputs = probes.name, probes.inputs

    @property
    def reference(self) -> Any:
        """The class as it should be."""
        return getattr(babygrad, self.probes.original or self.name)

    # Parts -------------------------------------------------------------------------------------------

    def forward(self, label: str, points: float, cases: Cases) -> Part:
        """What forward computes, in cases with `arrays` and `settings`."""
        return Part(label, points, self.probes.forward, cases)

    def backward_form(self, label: str, points: float, cases: Cases) -> Part:
        """What backward returns, without the numbers; the cases have an `out_grad` as well."""
        return Part(label, points, self.probes.backward_form, self.with_output(cases))

    def backward(self, label: str, points: float, cases: Cases) -> Part:
        """The gradients; the cases have an `out_grad` as well."""
        return Part(label, points, self.probes.backward, self.with_output(cases))

    def with_output(self, cases: Cases) -> Cases:
        """The cases, with the right output: backward is given it, and forward has points of its own."""

        def with_output(rng: np.random.Generator) -> list[Case]:
            return [
                Case(case.text, {**case.inputs, "output": self._output(**case.inputs)}) for case in cases(rng)
            ]

        return with_output

    def _output(self, arrays: tuple, settings: tuple = (), **rest: Any) -> np.ndarray:
        with warnings.catch_warnings(action="ignore"):
            made = self.reference(*settings).forward(*[Tensor(array).data for array in arrays])
        return Tensor(made).data

    # Mistakes ----------------------------------------------------------------------------------------

    def rule(self, family: str, message: str, rule: Callable[..., Any]) -> Mistake:
        """A mistake: another backward rule, as a function of `out_grad` and the inputs."""

        def backward(op, out_grad, node):
            return rule(out_grad, *node._inputs)

        return self.mistake(family, message, backward=backward)

    def formula(self, family: str, message: str, formula: Callable[..., Any]) -> Mistake:
        """A mistake: another forward, as a function of the arrays."""

        def forward(op, *arrays):
            return formula(*arrays)

        return self.mistake(family, message, forward=forward)

    def mistake(self, family: str, message: str, **methods: Callable[..., Any]) -> Mistake:
        """A mistake: the operation with other methods."""
        return Mistake(family, message, {self.name: type(self.name, (self.reference,), methods)})
