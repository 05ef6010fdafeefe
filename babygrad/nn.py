"""Layers and losses: parameters that are found wherever a module keeps them.

model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
loss = softmax_loss(model(images), labels)
loss.backward()
"""

from __future__ import annotations

import reprlib
import textwrap
import zipfile
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from babygrad.function import Function
from babygrad.init import kaiming_uniform
from babygrad.ops import LogSumExp, relu, sigmoid, summation, tanh
from babygrad.tensor import Operand, Tensor, _ensure_tensor, _wrap

__all__ = ["Linear", "Module", "Parameter", "ReLU", "Sequential", "Sigmoid", "Tanh", "softmax_loss"]


class Parameter(Tensor):
    """A Tensor that is learned: it requires a gradient, and modules find it among their attributes."""

    __slots__ = ()

    def __init__(self, data: ArrayLike | Tensor, *, dtype: DTypeLike | None = None) -> None:
        super().__init__(data, dtype=dtype, requires_grad=True)


class Module:
    """A part of a model: a function with parameters. A subclass writes ``forward``.

    Attributes that are Parameters or Modules belong to it, also those in lists, tuples and dicts. Each is
    found once, in the order of assignment, and has a name like "layers.0.weight".
    """

    training = True
    """Whether the module is being trained; ``train`` and ``eval`` change it."""

    def forward(self, *inputs: Any) -> Any:
        """What the module makes of its inputs."""
        raise NotImplementedError(f"{type(self).__name__} has no forward.")

    def __call__(self, *inputs: Any) -> Any:
        return self.forward(*inputs)

    # Parameters ----------------------------------------------------------------------------------------

    def parameters(self) -> list[Parameter]:
        """All parameters, those of inner modules too, each once."""
        return [parameter for _, parameter in self.named_parameters()]

    def named_parameters(self) -> list[tuple[str, Parameter]]:
        """All parameters with names such as "layers.0.weight". A shared one has its first name."""
        return [(name, part) for name, part in _all_in(self) if isinstance(part, Parameter)]

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: ``backward`` adds to what is there."""
        for parameter in self.parameters():
            parameter.grad = None

    # Training or not -----------------------------------------------------------------------------------

    def train(self) -> Self:
        """Set ``training`` here and in all inner modules. Returns the module."""
        return self._set_training(True)

    def eval(self) -> Self:
        """Clear ``training`` here and in all inner modules. Returns the module."""
        return self._set_training(False)

    def _set_training(self, training: bool) -> Self:
        self.training = training
        for _, part in _all_in(self):
            if isinstance(part, Module):
                part.training = training
        return self

    # Keeping what was learned --------------------------------------------------------------------------

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters' data, by name. Raises ValueError where two have the same name."""
        return {name: parameter.numpy() for name, parameter in self._by_name().items()}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Give all parameters the data in `state`, in the parameters' own dtypes: all of them or none.

        state: arrays by name, as ``state_dict`` returns them. Raises ValueError that lists the names that are
        missing, those that are unexpected, and the shapes that differ.
        """
        parameters = self._by_name()
        arrays = {name: np.asarray(array) for name, array in state.items()}
        faults = list(_misfits(parameters, arrays))
        if faults:
            raise ValueError(
                f"The state does not fit this {type(self).__name__}, and nothing was loaded: "
                f"{'; '.join(faults)}. It has to come from a model with the same layers, of the same sizes."
            )
        for name, parameter in parameters.items():
            parameter.data[...] = arrays[name]

    def _by_name(self) -> dict[str, Parameter]:
        named = self.named_parameters()
        if len(dict(named)) < len(named):
            raise ValueError(
                f"{type(self).__name__}: keys of a dict in it give two parameters the same name."
            )
        return dict(named)

    def save(self, path: str | PathLike[str]) -> None:
        """Write all parameters to the file `path`, in NumPy's format .npz, which ``np.load`` reads too."""
        state = self.state_dict()
        with zipfile.ZipFile(path, "w") as archive:  # np.savez would take some names for its own arguments
            for name, array in state.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                    np.lib.format.write_array(file, array, allow_pickle=False)

    def load(self, path: str | PathLike[str]) -> None:
        """Read all parameters from a file that ``save`` has written. Nothing in it is executed.

        Raises ValueError where it is not such a file, or does not fit; see ``load_state_dict``.
        """
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                state = dict(archive)
        except (zipfile.BadZipFile, ValueError, EOFError, TypeError) as error:
            raise ValueError(f"{path} is not a file that save has written, or is damaged: {error}") from error
        self.load_state_dict(state)

    @reprlib.recursive_repr()
    def __repr__(self) -> str:
        lines = []
        for attribute, value in vars(self).items():
            for name, part in _held(value, attribute):
                shown = f"Parameter of shape {part.shape}" if isinstance(part, Parameter) else repr(part)
                lines.append(f"{name}: {shown}")
        inner = textwrap.indent("\n".join(lines), "    ")
        return f"{type(self).__name__}(\n{inner}\n)" if lines else f"{type(self).__name__}()"


class Linear(Module):
    """``y = x @ weight + bias``: every output is a weighted sum of all inputs.

    n_in, n_out: sizes of the last axis of x and of y. bias: False leaves it out. rng: draws the weights, a
    NumPy Generator or a seed; None draws other ones each time.
    weight: (n_in, n_out), from ``kaiming_uniform``; bias: (n_out,), zeros, or None. Both float32.
    """

    def __init__(
        self, n_in: int, n_out: int, bias: bool = True, rng: np.random.Generator | int | None = None
    ) -> None:
        self.weight = Parameter(kaiming_uniform(n_in, n_out, np.random.default_rng(rng)))
        self.bias = Parameter(np.zeros(n_out, np.float32)) if bias else None

    def forward(self, x: Operand) -> Tensor:
        """x: (…, n_in). Returns (…, n_out). Raises ValueError where the last axis has another size."""
        if not isinstance(x, Tensor):
            x = _shared(x)
        if x.shape[-1:] != self.weight.shape[:1]:
            raise ValueError(
                f"{self!r} was given the shape {x.shape}; the last axis must be {self.weight.shape[0]}. "
                "Images are flattened by x.reshape(len(x), -1)."
            )
        y = x @ self.weight
        return y if self.bias is None else y + self.bias

    def __repr__(self) -> str:
        n_in, n_out = self.weight.shape
        return f"Linear({n_in}, {n_out}{', bias=False' if self.bias is None else ''})"


class ReLU(Module):
    """``max(x, 0)``, element by element."""

    def forward(self, x: Operand) -> Tensor:
        """x: any shape, which is kept."""
        return relu(x)


class Tanh(Module):
    """The hyperbolic tangent, element by element."""

    def forward(self, x: Operand) -> Tensor:
        """x: any shape, which is kept."""
        return tanh(x)


class Sigmoid(Module):
    """``1 / (1 + exp(-x))``, element by element."""

    def forward(self, x: Operand) -> Tensor:
        """x: any shape, which is kept."""
        return sigmoid(x)


class Sequential(Module):
    """Modules one after the other: each gets what the one before has made. Raises TypeError for others."""

    def __init__(self, *modules: Module) -> None:
        for place, module in enumerate(modules):
            if not isinstance(module, Module):
                raise TypeError(
                    f"Sequential takes modules, such as ReLU(); number {place} is {module!r:.60}. "
                    "A class has to be called, and a function needs a module around it."
                )
        self.layers = list(modules)

    def forward(self, x: Any) -> Any:
        """x: what the first module takes. Returns what the last one makes."""
        for layer in self.layers:
            x = layer(x)
        return x


class SoftmaxLoss(Function):
    """The loss as one operation. The slope is ``(softmax(logits) - right) / N``, right being 1 at each label.

    labels: (N,), as ``softmax_loss`` has checked them. As six operations it would cost nearly twice as much.
    """

    def __init__(self, labels: np.ndarray) -> None:
        self.labels = labels

    def forward(self, logits):  # type: ignore[override]  # one input
        log_sums = LogSumExp(axes=1, keepdims=True).forward(logits)
        self._softmax = np.exp(logits - log_sums)
        right = logits[np.arange(len(logits)), self.labels]
        return (log_sums[:, 0] - right).sum() / len(right)

    def backward(self, out_grad, node):
        (logits,) = node._inputs
        right = np.zeros_like(logits.data)
        right[np.arange(len(right)), self.labels] = 1
        return (_KnownSoftmax(self._softmax)(logits) - _wrap(right)) * (out_grad / len(right))


class _KnownSoftmax(Function):
    """The softmax of each row of logits, found before, and still with its slope.

    With s for the softmax and G for the upstream gradient: ``dL/dlogits = s * (G - sum(G * s))``, the sum
    over each row.
    """

    def __init__(self, softmax: np.ndarray) -> None:
        self._softmax = softmax

    def forward(self, logits):  # type: ignore[override]  # one input
        return self._softmax

    def backward(self, out_grad, node):
        return node * (out_grad - summation(out_grad * node, axes=1, keepdims=True))


def softmax_loss(logits: Operand, labels: ArrayLike) -> Tensor:
    """The mean over the batch of ``logsumexp(logits) - logits[label]``: cross-entropy after a softmax.

    logits: (N, C), a number for each of the C classes; labels: (N,), integers, the right classes, 0 to C - 1.
    Returns a 0-d Tensor in the dtype of the logits. Raises ValueError or TypeError where the shapes do not
    fit, labels are no integers, or a label is out of range.
    """
    logits = _ensure_tensor(logits)
    return SoftmaxLoss(_checked_labels(labels, logits.shape))(logits)


def _all_in(
    module: Module, prefix: str = "", seen: set[int] | None = None
) -> Iterator[tuple[str, Parameter | Module]]:
    """The parameters and modules in a module and in those within it, each once, with their full names."""
    seen = {id(module)} if seen is None else seen
    for attribute, value in vars(module).items():
        for name, part in _held(value, prefix + attribute):
            if id(part) not in seen:
                seen.add(id(part))
                yield name, part
                if isinstance(part, Module):
                    yield from _all_in(part, f"{name}.", seen)


def _held(value: Any, name: str) -> Iterator[tuple[str, Parameter | Module]]:
    """The parameters and modules in an attribute: it may be one, or a list, tuple or dict of them."""
    if isinstance(value, (Parameter, Module)):
        yield name, value
    elif isinstance(value, (list, tuple, dict)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _held(item, f"{name}.{key}")


def _misfits(parameters: Mapping[str, Parameter], arrays: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Why a state does not fit: a clause for each name that is missing, unexpected, or has a wrong array."""
    yield from (f"{name} is missing" for name in parameters if name not in arrays)
    for name, array in arrays.items():
        if name not in parameters:
            yield f"{name} is unexpected"
        elif array.shape != parameters[name].shape:
            yield f"{name} has the shape {array.shape} and not {parameters[name].shape}"
        elif array.dtype.kind not in "iuf":
            yield f"{name} holds {array.dtype} values"


def _shared(x: ArrayLike) -> Tensor:
    """An input as a constant. Copying each batch would cost a fortieth of a training step."""
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return _wrap(x)
    return Tensor(x, requires_grad=False)


def _checked_labels(labels: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """Labels as an array, for logits of the given shape. Raises as ``softmax_loss`` says."""
    if isinstance(labels, Tensor):
        raise TypeError("softmax_loss: labels are integers without gradients: an array, not a Tensor.")
    array = np.asarray(labels)
    if len(shape) != 2 or array.shape != shape[:1] or not array.size:
        raise ValueError(
            f"softmax_loss: logits of shape (N, C) go with labels of shape (N,), and N is at least 1; "
            f"these have the shapes {shape} and {array.shape}."
        )
    if array.dtype.kind not in "iu":
        raise TypeError(f"softmax_loss: labels must be integers, not {array.dtype}; see .astype(int).")
    wrong = (array < 0) | (array >= shape[1])
    if wrong.any():
        place = int(wrong.argmax())
        raise ValueError(
            f"softmax_loss: label {array[place]} in row {place} is out of range: with logits of shape "
            f"{shape} labels are 0 to {shape[1] - 1} ({wrong.sum()} of {array.size} are not)."
        )
    return array
