"""The check of one operation: probes of its forward and its backward, and mistakes in either.

MUL = Operation("Mul", ("a", "b"))
Part("forward", 1, MUL.forward, cases)
Part("backward, values", 1.5, MUL.backward, cases_with_upstream)
MUL.rule("own value instead of the other's", "Which number is ...?", lambda g, a, b: (g * a, g * b))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

import babygrad
from autograder.exercise import Mistake
from autograder.observation import Claim, Form
from autograder.surroundings import names_mean
from babygrad import Tensor

_ORDINALS = ("first", "second", "third")


@dataclass(frozen=True)
class Operation:
    """An operation of `babygrad` that the learner writes.

    name: its class. inputs: what the lesson calls its inputs. around: global names that its methods may use
    in the learner's notebook, and what these mean while it is checked.

    Cases of the probes give `arrays`, a tuple with one for each input, and `settings`, the arguments of the
    class's ``__init__``; for backward also `out_grad`; `wanted`, which inputs require a gradient; and
    `same`, whether all inputs are one Tensor.
    """

    name: str
    inputs: tuple[str, ...]
    around: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> Any:
        """The class as it should be."""
        return getattr(babygrad, self.name)

    # Probes ------------------------------------------------------------------------------------------

    def forward(
        self, parts: SimpleNamespace, arrays: tuple[np.ndarray, ...], settings: tuple = ()
    ) -> Iterator[tuple[str, Any]]:
        """What forward computes, and that it leaves its inputs alone."""
        own = getattr(parts, self.name)
        with names_mean(own, **self.around):
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
            grads, inputs, out_grad = self._one_step_back(own, **case)
            if len(inputs) == 1:
                yield "what `backward` returns", grads
            else:
                yield "what `backward` returns", Form(grads)
                for place, grad in enumerate(grads):
                    yield f"the {_ORDINALS[place]} gradient", grad
            for name, tensor in zip(self.inputs, inputs, strict=True):
                yield f"`{name}` afterwards", tensor
            yield "`out_grad` afterwards", out_grad

    def _one_step_back(self, own, arrays, out_grad, settings=(), wanted=None, same=False):
        """What backward returns, and the Tensors that it was given; the output is made by the reference."""
        wanted = wanted or [True] * len(arrays)
        op, out_grad = own(*settings), Tensor(out_grad, requires_grad=False)
        inputs = [Tensor(array, requires_grad=want) for array, want in zip(arrays, wanted, strict=True)]
        inputs = inputs[:1] * len(inputs) if same else inputs
        # forward has points of its own; here it may leave something for backward
        with suppress(Exception), np.errstate(all="ignore"):
            op.forward(*[tensor.numpy() for tensor in inputs])
        node = Tensor(self.reference(*settings).forward(*[tensor.data for tensor in inputs]))
        node._op, node._inputs = op, tuple(inputs)
        return _as_the_rules_say(op.backward(out_grad, node), wanted), inputs, out_grad

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


def _as_the_rules_say(grads: Any, wanted: list[bool]) -> Any:
    """What backward returned, where it may be written in several ways, in one.

    A list counts as a tuple, one gradient as the tuple of one; and whatever stands for an input that
    requires none is nobody's business.
    """
    if isinstance(grads, (tuple, list)) and len(grads) == len(wanted):
        kept = tuple(grad if want else None for grad, want in zip(grads, wanted, strict=True))
        return kept[0] if len(kept) == 1 else kept
    return grads
