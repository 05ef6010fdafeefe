"""Lesson 15: the probes of 15.1. Those of 15.2 hold what is asked for here, and are a module of their own."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from autograder.observation import Form
from autograder.probes import operation
from autograder.surroundings import names_mean
from babygrad import Tensor


class Operation(operation.Operation):
    """The probes of an operation, and one that looks at dtypes alone."""

    def dtypes(self, parts: SimpleNamespace, **case: Any) -> Iterator[tuple[str, Any]]:
        """In which dtype the output and the gradient are."""
        own = getattr(parts, self.name)
        with names_mean(own, **self.around):
            made = own(*case["settings"]).forward(*case["arrays"])
            yield "the dtype of what `forward` returns", getattr(made, "dtype", made)
            grad, *_ = self._one_step_back(own, **case)
            yield "what `backward` returns", Form(grad)
            yield "the dtype of what `backward` returns", getattr(grad, "dtype", grad)


UNFOLD = Operation("Unfold", ("images",), {"Tensor": Tensor})
