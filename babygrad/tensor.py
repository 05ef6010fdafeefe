"""The Tensor: an array that remembers where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

if TYPE_CHECKING:
    from babygrad.function import Function


class Tensor:
    """A NumPy array with a gradient and a history.

    data: number, (nested) list, array or Tensor. It is copied: a Tensor owns its memory.
    dtype: a floating dtype. Without it, floating arrays keep theirs; Python numbers, lists and
        integers become float32.
    requires_grad: whether ``backward`` should compute a gradient for this tensor.

    Attributes: ``data`` (ndarray), ``grad`` (ndarray or None), ``requires_grad`` (bool), ``_op`` (the
    Function that made it, None for a leaf) and ``_inputs`` (tuple of the Tensors it was made from).

    Raises TypeError where ``data`` is not numeric or ``dtype`` is not floating.
    """

    __slots__ = ("__weakref__", "_inputs", "_op", "data", "grad", "requires_grad")

    # NumPy then leaves `array * tensor` to Tensor.__rmul__ instead of looping over the array's elements.
    __array_ufunc__ = None

    data: np.ndarray
    grad: np.ndarray | None
    requires_grad: bool
    _op: Function | None
    _inputs: tuple[Tensor, ...]

    def __init__(
        self, data: ArrayLike | Tensor, *, dtype: DTypeLike | None = None, requires_grad: bool = True
    ) -> None:
        self.data = _to_array(data, dtype)
        self.grad = None
        self.requires_grad = requires_grad
        self._op = None
        self._inputs = ()

    # What it is --------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the data."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.data.size

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the data."""
        return self.data.dtype

    @property
    def T(self) -> Tensor:
        """The last two axes swapped; see ``transpose``."""
        return ops.transpose(self)

    def numpy(self) -> np.ndarray:
        """A copy of the data as an array, safe to change."""
        return self.data.copy()

    def item(self) -> float:
        """The one element as a Python float. Raises ValueError where there is not exactly one."""
        if self.data.size != 1:
            raise ValueError(f"item() needs exactly one element; this tensor has shape {self.shape}.")
        return float(self.data.item())

    def detach(self) -> Tensor:
        """The same data (shared memory) without history; it requires no gradient."""
        return _wrap(self.data)

    def __repr__(self) -> str:
        inner = np.array2string(self.data, separator=", ", prefix="Tensor(", threshold=100)
        dtype = "" if self.dtype == np.float32 else f", dtype={self.dtype}"
        constant = "" if self.requires_grad else ", requires_grad=False"
        return f"Tensor({inner}{dtype}{constant})"

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise TypeError(
            "NumPy functions do not record gradients, so a Tensor is not turned into an array silently. "
            "Use .data (shared memory) or .numpy() (a copy)."
        )

    # Arithmetic --------------------------------------------------------------------------------------

    def __add__(self, other: Operand) -> Tensor:
        return ops.Add()(self, other)

    def __radd__(self, other: Operand) -> Tensor:
        return ops.Add()(other, self)

    def __sub__(self, other: Operand) -> Tensor:
        return ops.Sub()(self, other)

    def __rsub__(self, other: Operand) -> Tensor:
        return ops.Sub()(other, self)

    def __mul__(self, other: Operand) -> Tensor:
        return ops.Mul()(self, other)

    def __rmul__(self, other: Operand) -> Tensor:
        return ops.Mul()(other, self)

    def __truediv__(self, other: Operand) -> Tensor:
        return ops.Div()(self, other)

    def __rtruediv__(self, other: Operand) -> Tensor:
        return ops.Div()(other, self)

    def __pow__(self, other: Operand) -> Tensor:
        return ops.Pow()(self, other)

    def __rpow__(self, other: Operand) -> Tensor:
        return ops.Pow()(other, self)

    def __matmul__(self, other: Operand) -> Tensor:
        return ops.MatMul()(self, other)

    def __rmatmul__(self, other: Operand) -> Tensor:
        return ops.MatMul()(other, self)

    def __neg__(self) -> Tensor:
        return ops.Negate()(self)

    def __abs__(self) -> Tensor:
        return ops.Abs()(self)

    # Functions as methods ----------------------------------------------------------------------------

    def log(self) -> Tensor:
        """``log(self)``, element by element."""
        return ops.log(self)

    def exp(self) -> Tensor:
        """``exp(self)``, element by element."""
        return ops.exp(self)

    def sqrt(self) -> Tensor:
        """The square root, element by element."""
        return ops.sqrt(self)

    def abs(self) -> Tensor:
        """The absolute value, element by element."""
        return ops.abs(self)

    def relu(self) -> Tensor:
        """``max(self, 0)``, element by element."""
        return ops.relu(self)

    def sigmoid(self) -> Tensor:
        """``1 / (1 + exp(-self))``, element by element."""
        return ops.sigmoid(self)

    def tanh(self) -> Tensor:
        """The hyperbolic tangent, element by element."""
        return ops.tanh(self)

    def reshape(self, *shape: int | Sequence[int]) -> Tensor:
        """The same elements in a new shape: ``t.reshape(2, 3)`` or ``t.reshape((2, 3))``."""
        return ops.reshape(self, _one_or_many(shape))

    def transpose(self, *axes: int | Sequence[int]) -> Tensor:
        """The last two axes swapped, or all axes in the order given: ``t.transpose(2, 0, 1)``."""
        return ops.transpose(self, _one_or_many(axes) if axes else None)

    def broadcast_to(self, *shape: int | Sequence[int]) -> Tensor:
        """The tensor repeated along new and stretched axes until it has `shape`."""
        return ops.broadcast_to(self, _one_or_many(shape))

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The sum over one axis, several, or (None) all of them."""
        return ops.summation(self, axis, keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The mean over one axis, several, or (None) all of them: the sum divided by the count."""
        total = ops.summation(self, axis, keepdims)
        return total / (self.size / max(total.size, 1))

    def astype(self, dtype: DTypeLike) -> Tensor:
        """The same values in another floating dtype; the gradient comes back in this one."""
        return ops.cast(self, dtype)

    # Gradients ---------------------------------------------------------------------------------------

    def backward(self, grad: ArrayLike | Tensor | None = None) -> None:
        """Add d(sum(grad * self)) / dt to ``t.grad`` for every tensor `t` that self was made from.

        grad: array, Tensor, list or number with exactly self's shape; None means ones, so that a tensor
            with several elements gives the gradient of its sum.
        The rules read the data as it is now: change none in place between the forward pass and this one.
        Raises RuntimeError where self requires no gradient, ValueError where `grad` has another shape.
        """
        if not self.requires_grad:
            raise RuntimeError("Cannot call backward on a tensor that does not require gradients.")
        backward.accumulate(self, grad)


Operand = Tensor | ArrayLike
Axis = int | Sequence[int] | None


def _to_array(data: ArrayLike | Tensor, dtype: DTypeLike | None) -> np.ndarray:
    """A fresh floating array with the values of `data`; see ``Tensor`` for the choice of dtype."""
    if isinstance(data, Tensor):
        data = data.data
    if dtype is not None and np.dtype(dtype).kind != "f":
        raise TypeError(f"Tensor: dtype must be floating (gradients are fractions), not {np.dtype(dtype)}.")
    try:
        # In two steps: NumPy would read strings as numbers and drop imaginary parts with a mere warning.
        raw = np.asarray(data)
        if raw.dtype.kind not in "biuf":
            raise TypeError(f"it holds {raw.dtype} values")
        if dtype is None:
            keeps = raw.dtype.kind == "f" and hasattr(data, "dtype")
            dtype = raw.dtype if keeps else np.float32
        return np.array(raw, dtype=dtype)
    except (TypeError, ValueError) as error:
        holds_tensors = isinstance(data, (list, tuple)) and any(isinstance(item, Tensor) for item in data)
        why = "it holds Tensors; take them one by one" if holds_tensors else str(error)
        raise TypeError(
            "Tensor: expected a number, a list of equally long lists of numbers, an array or a Tensor, "
            f"not this {type(data).__name__}: {why}"
        ) from None


_new, _asarray = object.__new__, np.asarray  # looked up once: every operation wraps its result


def _wrap(array: np.ndarray, op: Function | None = None, inputs: tuple[Tensor, ...] = ()) -> Tensor:
    """A Tensor around `array` itself, without a copy: a constant, or what `op` made from `inputs`."""
    tensor = _new(Tensor)
    tensor.data = _asarray(array)  # NumPy turns 0-d results into scalars
    tensor.grad = None
    tensor.requires_grad = op is not None
    tensor._op = op
    tensor._inputs = inputs
    return tensor


def _ensure_tensor(value: Operand) -> Tensor:
    """`value` itself if it is a Tensor, else a constant: a Tensor that requires no gradient."""
    return value if isinstance(value, Tensor) else Tensor(value, requires_grad=False)


def _one_or_many(arguments: tuple) -> Any:
    """Let ``f(2, 3)`` and ``f((2, 3))`` mean the same."""
    return arguments[0] if len(arguments) == 1 else arguments


# Tensor's operators need the ops and the ops need Tensor: they meet here, once Tensor is complete.
from babygrad import backward, ops  # noqa: E402
