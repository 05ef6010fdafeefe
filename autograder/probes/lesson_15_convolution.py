"""Lesson 15: the probes of 15.1. Those of 15.2 hold what is asked for here, and are a module of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.observation import Claim, Form, Observation, observe
from autograder.probes import operation
from autograder.surroundings import names_mean
from babygrad import Tensor


class Operation(operation.Operation):
    """The probes of an operation, one that looks at dtypes alone, and one at later calls."""

    def dtypes(self, parts: SimpleNamespace, **case: Any) -> Iterator[tuple[str, Any]]:
        """In which dtype the output and the gradient are."""
        own = getattr(parts, self.name)
        with names_mean(own, **self.around):
            made = own(*case["settings"]).forward(*case["arrays"])
            yield "the dtype of what `forward` returns", getattr(made, "dtype", made)
            grad, *_ = self._one_step_back(own, **case)
            yield "what `backward` returns", Form(grad)
            yield "the dtype of what `backward` returns", getattr(grad, "dtype", grad)

    def later_calls(self, parts: SimpleNamespace, **case: Any) -> Iterator[tuple[str, Any]]:
        """Whether backward gives the same once more, and after forward has seen images of another size."""
        own, same = getattr(parts, self.name), deepcopy(case)
        with names_mean(own, **self.around):
            grad, _, _, node = self._one_step_back(own, **case)
            yield "what `backward` returns", Form(grad)
            op, first = node._op, observe(grad)
            claim = "a second call of `backward`, with the same numbers, should give the same gradient"
            yield claim, Claim(self._once_more(op, **deepcopy(same)) == first, "it gives another")
            op, images = own(*same["settings"]), same["arrays"][0]
            for seen in (-images[:1, 1:], images, -images[:1, :, 1:]):
                with suppress(Exception):  # forward has points of its own
                    op.forward(seen.copy())
            claim = "after calls of `forward` with other images, `backward` should give the same gradient"
            yield claim, Claim(self._once_more(op, **same) == first, "it does not")

    def _once_more(
        self, op: Any, arrays: tuple[np.ndarray, ...], output: np.ndarray, out_grad: np.ndarray, **rest: Any
    ) -> Observation | None:
        """What backward of this very object gives, or None where it stops."""
        node = Tensor(output)
        node._op, node._inputs = op, tuple(Tensor(array) for array in arrays)
        try:
            return observe(self._read(op.backward(Tensor(out_grad, requires_grad=False), node), [True]))
        except Exception:
            return None

    def _read(self, grads: Any, wanted: list[bool]) -> Any:
        """The engine takes a tuple of one for the gradient of an only input, and no list."""
        return grads if isinstance(grads, list) else super()._read(grads, wanted)


UNFOLD = Operation("Unfold", ("images",), {"Tensor": Tensor})
