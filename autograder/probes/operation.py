"""The probes of one operation: its forward and its backward.

MUL = Operation("Mul", ("a", "b"))
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.absent import silent
from autograder.observation import Claim, Form
from autograder.surroundings import names_mean
from babygrad import Tensor

_ORDINALS = ("first", "second", "third")


@dataclass(frozen=True)
class Operation:
    """An operation that the learner writes.

    name: its class. inputs: what the lesson calls its inputs. around: global names that its methods may use
    in the learner's notebook, and what these mean while it is checked. original: its name in babygrad, where
    that is another.

    Cases of the probes give `arrays`, a tuple with one for each input, and `settings`, the arguments of the
    class's ``__init__``; for backward also the right `output`, as an array; `out_grad`; `wanted`, which
    inputs require a gradient; and `same`, whether all inputs are one Tensor.
    """

    name: str
    inputs: tuple[str, ...]
    around: Mapping[str, Any] = field(default_factory=dict)
    original: str = ""

    def forward(
        self, parts: SimpleNamespace, arrays: tuple[np.ndarray, ...], settings: tuple = ()
    ) -> Iterator[tuple[str, Any]]:
        """What forward computes, and that it leaves its inputs alone."""
        own = getattr(parts, self.name)
        with names_mean(own, **self.around), silent(f"babygrad.{self.original or self.name}"):
            op = own(*settings)
            yield "what `forward` returns", op.forward(*arrays)
            for name, array in zip(self.inputs, arrays, strict=True):
                yield f"`{name}` afterwards", array
            claim = f"`{self.name}` should be a Function: its first line is `class {self.name}(Function):`"
            yield claim, Claim(callable(op))

    def backward_form(self, parts: SimpleNamespace, **case: Any) -> Iterator[tuple[str, Any]]:
        """How many gradients backward returns, of which type and shape; not their values."""
        own = getattr(parts, self.name)
        with names_mean(own, **self.around):
            grads, *_ = self._one_step_back(own, **case)
            yield "what `backward` returns", Form(grads)

    def backward(self, parts: SimpleNamespace, **case: Any) -> Iterator[tuple[str, Any]]:
        """The gradients, and that what they were computed from is left alone."""
        own = getattr(parts, self.name)
        with names_mean(own, **self.around):
            grads, inputs, out_grad, node = self._one_step_back(own, **case)
            if len(inputs) == 1:
                yield "what `backward` returns", grads
            else:
                yield "what `backward` returns", Form(grads)
                for place, grad in enumerate(grads):
                    yield f"the {_ORDINALS[place]} gradient", grad
            for name, tensor in zip(self.inputs, inputs, strict=True):
                yield f"`{name}` afterwards", tensor
            yield "`out_grad` afterwards", out_grad
            yield "`node` afterwards", node

    def _one_step_back(self, own, arrays, output, out_grad, settings=(), wanted=None, same=False):
        """What backward returns, and the Tensors that it was given."""
        wanted = wanted or [True] * len(arrays)
        op, out_grad = own(*settings), Tensor(out_grad, requires_grad=False)
        inputs = [Tensor(array, requires_grad=want) for array, want in zip(arrays, wanted, strict=True)]
        inputs = inputs[:1] * len(inputs) if same else inputs
        # Forward has points of its own; here it may leave something for backward.
        with suppress(Exception), warnings.catch_warnings(action="ignore"):
            op.forward(*[tensor.numpy() for tensor in inputs])
        with suppress(Exception), warnings.catch_warnings(action="ignore"):
            own(*settings).forward(*[_another(array) for array in arrays])
        node = Tensor(output)
        node._op, node._inputs = op, tuple(inputs)
        return self._read(op.backward(out_grad, node), wanted), inputs, out_grad, node

    def _read(self, grads: Any, wanted: list[bool]) -> Any:
        """What backward returned, as it is compared."""
        return _as_the_rules_say(grads, wanted)


def _another(array: Any) -> np.ndarray:
    """An input with other numbers and, mostly, another shape.

    Before an operation goes back, another one of its class goes forward with such inputs: what the first one
    keeps is to be its own.
    """
    array = -np.asarray(array)
    return array.T if array.ndim > 1 else array[None]


def _as_the_rules_say(grads: Any, wanted: list[bool]) -> Any:
    """What backward returned, where it may be written in several ways, in one.

    A list counts as a tuple, one gradient as the tuple of one; and whatever stands for an input that
    requires none is nobody's business.
    """
    if isinstance(grads, (tuple, list)) and len(grads) == len(wanted):
        kept = tuple(grad if want else None for grad, want in zip(grads, wanted, strict=True))
        return kept[0] if len(kept) == 1 else kept
    return grads
