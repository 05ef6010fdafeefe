"""The Function: an operation that remembers its inputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from babygrad.tensor import Operand, Tensor, _wrap


class Function:
    """One operation: ``forward`` on arrays, ``backward`` on Tensors.

    A subclass writes both. Parameters of the operation (an axis, a shape) go to its ``__init__``, and each
    call uses a new instance: ``Summation(axes=0)(t)``.
    """

    rule = ""
    """When the inputs fit: a sentence for the error message of a call that does not."""

    def __call__(self, *inputs: Operand) -> Tensor:
        """Apply the operation, and remember it where a gradient will be wanted.

        inputs: Tensors, or anything ``Tensor`` takes, which then counts as a constant.
        Returns a Tensor. Its ``_op`` and ``_inputs`` are set if one of the inputs requires a gradient
        (and recording is not off: see ``no_grad``). Raises ValueError or TypeError naming the operation,
        the shapes and the rule where the inputs do not fit.
        """
        arrays: list[np.ndarray] = []
        requires_grad = False
        for tensor in inputs:
            if not isinstance(tensor, Tensor):
                tensor = _constant(self, tensor, inputs)
                inputs = (*inputs[: len(arrays)], tensor, *inputs[len(arrays) + 1 :])
            arrays.append(tensor.data)
            requires_grad = requires_grad or tensor.requires_grad
        try:
            array = self.forward(*arrays)
        except (ValueError, TypeError) as error:
            raise _explained(self, inputs, error) from error
        if requires_grad and _recording.get():
            return _wrap(array, self, inputs)  # type: ignore[arg-type]
        return _wrap(array)

    def forward(self, *arrays: np.ndarray) -> np.ndarray:
        """The result, computed from the arrays of the inputs. Must not change them."""
        raise NotImplementedError(f"{type(self).__name__} has no forward.")

    def backward(self, out_grad: Tensor, node: Tensor) -> Any:
        """The gradients of the loss with respect to the inputs: upstream times local.

        out_grad: Tensor, the gradient of the loss with respect to the output, with the output's shape.
        node: Tensor, the output; its inputs are ``node._inputs``.
        Returns a Tensor, or a tuple of Tensors in input order; None stands for an input that needs none.
        The rule is made of Tensor operations, so that gradients have gradients.
        """
        raise NotImplementedError(f"{type(self).__name__} has no backward.")


_NUMBERS = (int, float, np.integer, np.floating)

_recording = ContextVar("recording", default=True)


@contextmanager
def no_grad() -> Iterator[None]:
    """Within ``with no_grad():`` operations record nothing and their results require no gradient.

    Holds for the current thread (and asyncio task); also a decorator: ``@no_grad()``.
    """
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


def _constant(op: Function, value: Any, inputs: tuple) -> Tensor:
    """`value` as a Tensor that requires no gradient. A plain number takes the dtype of a Tensor beside it."""
    if isinstance(value, _NUMBERS):
        for other in inputs:
            if isinstance(other, Tensor):
                return _wrap(np.array(value, other.data.dtype))
    try:
        return Tensor(value, requires_grad=False)
    except TypeError as error:
        raise TypeError(f"{type(op).__name__}: {error}") from None


def _explained(op: Function, inputs: tuple, error: Exception) -> Exception:
    """`error` with the operation, the shapes and the rule in front of what NumPy says."""
    shapes = " and ".join(str(tensor.shape) for tensor in inputs)
    kind = ValueError if isinstance(error, ValueError) else TypeError
    rule = f" {op.rule}" if op.rule and kind is ValueError else ""  # a TypeError is not about shapes
    return kind(f"{type(op).__name__} on {shapes}: {str(error).rstrip(' .')}.{rule}")
