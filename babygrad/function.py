"""The Function: an operation that remembers its inputs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from babygrad.tensor import Operand, Tensor, _ensure_tensor, _wrap


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
        arrays = []
        requires_grad = False
        for tensor in inputs:
            if not isinstance(tensor, Tensor):
                return self(*_with_constants(self, inputs))
            arrays.append(tensor.data)
            if tensor.requires_grad:
                requires_grad = True
        try:
            output = _wrap(self.forward(*arrays))
        except (ValueError, TypeError) as error:
            raise _explained(self, inputs, error) from error
        if requires_grad and _mode.recording:
            output.requires_grad = True
            output._op = self
            output._inputs = inputs  # type: ignore[assignment]
        return output

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


class _Mode(threading.local):
    recording = True


_mode = _Mode()


@contextmanager
def no_grad() -> Iterator[None]:
    """Within ``with no_grad():`` operations record nothing and their results require no gradient.

    Holds for the current thread; also a decorator: ``@no_grad()``.
    """
    before, _mode.recording = _mode.recording, False
    try:
        yield
    finally:
        _mode.recording = before


def _with_constants(op: Function, inputs: tuple) -> list[Tensor]:
    """Inputs with everything that is not a Tensor made a constant; plain numbers take a Tensor's dtype."""
    dtype = None
    for value in inputs:
        if isinstance(value, Tensor):
            dtype = value.data.dtype
    try:
        return [_ensure_tensor(value, dtype) for value in inputs]
    except TypeError as error:
        raise TypeError(f"{type(op).__name__}: {error}") from None


def _explained(op: Function, inputs: tuple, error: Exception) -> Exception:
    """`error` with the operation, the shapes and the rule in front of what NumPy says."""
    shapes = " and ".join(str(tensor.shape) for tensor in inputs)
    rule = f" {op.rule}" if op.rule else ""
    kind = ValueError if isinstance(error, ValueError) else TypeError
    return kind(f"{type(op).__name__} on {shapes}: {str(error).rstrip(' .')}.{rule}")
