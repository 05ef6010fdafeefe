"""Lesson 07: the probes of 7.1, and the names that rules of matrices may use.

Those of 7.2 and of 7.3 to 7.5 are modules of their own: they hold what the sections before have asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from autograder.observation import Claim, Form
from autograder.probes.operation import Operation
from autograder.surroundings import names_mean
from babygrad import Tensor, reshape, summation, transpose, unbroadcast
from babygrad.tensor import _ensure_tensor

NAMES = {
    "Tensor": Tensor,
    "_ensure_tensor": _ensure_tensor,
    "reshape": reshape,
    "summation": summation,
    "transpose": transpose,
    "unbroadcast": unbroadcast,
}
"""What the code of this lesson may call, and what these names mean while it is checked."""


class Product(Operation):
    """An operation that multiplies matrices, whatever it is called; and the gradient for one side alone."""

    def first_gradient(self, parts: SimpleNamespace, **case: Any) -> Iterator[tuple[str, Any]]:
        """The gradient for the first input; the other may be whatever it is."""
        return self._gradient(parts, 0, case)

    def second_gradient(self, parts: SimpleNamespace, **case: Any) -> Iterator[tuple[str, Any]]:
        """The gradient for the second input."""
        return self._gradient(parts, 1, case)

    def _gradient(self, parts: SimpleNamespace, place: int, case: dict) -> Iterator[tuple[str, Any]]:
        own = getattr(parts, self.name)
        with names_mean(own, **self.around):
            grads, inputs, out_grad, node = self._one_step_back(own, **case)
            two = isinstance(grads, tuple) and len(grads) == 2
            yield "`backward` should return a tuple of two gradients, in input order", Claim(two)
            yield f"the gradient for `{self.inputs[place]}`", grads[place]
            for name, tensor in zip(self.inputs, inputs, strict=True):
                yield f"`{name}` afterwards", tensor
            yield "`out_grad` afterwards", out_grad
            yield "`node` afterwards", node

    def dtypes(self, parts: SimpleNamespace, **case: Any) -> Iterator[tuple[str, Any]]:
        """In which dtype the product and its gradients are."""
        own = getattr(parts, self.name)
        with names_mean(own, **self.around):
            yield "the dtype of what `forward` returns", _dtype(own().forward(*case["arrays"]))
            grads, *_ = self._one_step_back(own, **case)
            yield "what `backward` returns", Form(grads)
            for name, grad in zip(self.inputs, grads, strict=True):
                yield f"the dtype of the gradient for `{name}`", _dtype(grad)


def _dtype(value: Any) -> Any:
    """The dtype of an array or a Tensor, as far as there is one."""
    return getattr(value, "dtype", value)


PLAIN = Product("MatMul2D", ("a", "b"), NAMES, original="MatMul")
