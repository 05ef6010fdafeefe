"""Lesson 01: the Tensor."""

from __future__ import annotations

from copy import copy

import numpy as np

import babygrad
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.probes.lesson_01_tensor import (
    data_after_change,
    data_after_change_of_tensor,
    data_of,
    detached,
    ensured_constant,
    ensured_tensor,
    labels,
    labels_of_a_copy,
    numpy_copy,
    printed,
    properties,
    right_constructor,
)

# Tensor.__init__ --------------------------------------------------------------------------------------


def become_float32(rng):
    """Things without a floating dtype of their own."""
    whole = rng.integers(-9, 9, (2, 3))
    return [
        Case("With `t = Tensor(3.5)`", {"data": 3.5, "options": {}}),
        Case("With `t = Tensor([3, -4])`", {"data": [3, -4], "options": {}}),
        Case(
            "With `t = Tensor([[0.5, 7, 3], [4, 5, 6]])`",
            {"data": [[0.5, 7, 3], [4, 5, 6]], "options": {}},
        ),
        Case(
            "With `t = Tensor(np.array([5, 7]))`, an array of integers",
            {"data": np.array([5, 7]), "options": {}},
        ),
        Case("With an integer array of shape (2, 3)", {"data": whole, "options": {}}),
        Case("With `t = Tensor([])`", {"data": [], "options": {}}),
    ]


def keep_or_take(rng):
    """A floating dtype of its own, or one asked for."""
    x = rng.normal(size=(2, 3))
    return [
        Case(
            "With `t = Tensor(np.array([0.1, 0.7]))`, a float64 array",
            {"data": np.array([0.1, 0.7]), "options": {}},
        ),
        Case("With a float64 array of shape (2, 3)", {"data": x, "options": {}}),
        Case("With a float32 array of shape (2, 3)", {"data": x.astype(np.float32), "options": {}}),
        Case("With `t = Tensor([0.1], dtype=np.float64)`", {"data": [0.1], "options": {"dtype": np.float64}}),
        Case(
            "With a float64 array and `dtype=np.float32`",
            {"data": x, "options": {"dtype": np.float32}},
        ),
        Case(
            "With `t = Tensor(16777217, dtype=np.float64)` (a float32 has not that many digits)",
            {"data": 16777217, "options": {"dtype": np.float64}},
        ),
    ]


def arrays_to_change(rng):
    """Arrays that a careless constructor would keep instead of copying."""
    return [
        Case("With `t = Tensor(source)`, a float32 array", {"source": np.array([3, 5], dtype=np.float32)}),
        Case("With `t = Tensor(source)`, a float64 array", {"source": rng.normal(size=(2, 3))}),
    ]


def tensors_to_change(rng):
    """The same for a Tensor made from a Tensor."""
    return [
        Case(
            "With `first = Tensor([3, 5])` and `second = Tensor(first)`",
            {"source": np.array([3, 5], dtype=np.float32)},
        ),
        Case("With a float64 `first` and `second = Tensor(first)`", {"source": rng.normal(size=(2, 3))}),
    ]


def with_and_without_gradient(rng):
    """Both values of requires_grad."""
    return [
        Case("With `t = Tensor([3, 5])`", {"data": [3, 5], "options": {}}),
        Case(
            "With `t = Tensor([3, 5], requires_grad=False)`",
            {"data": [3, 5], "options": {"requires_grad": False}},
        ),
    ]


def made_from_a_tensor(rng):
    """Tensors made from one with a history, in both dtypes."""
    text = "With `second = Tensor(first)`, where `first` has `requires_grad=False`, a gradient and a history"
    return [
        Case(f"{text}, and a float32 array", {"data": np.array([3, 5], dtype=np.float32)}),
        Case(f"{text}, and a float64 array", {"data": rng.normal(size=(2, 3))}),
    ]


class _Shares(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype, requires_grad=requires_grad)
        source = data.data if isinstance(data, babygrad.Tensor) else data
        if isinstance(source, np.ndarray) and source.dtype == self.data.dtype:
            self.data = source


class _SharesTensors(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype, requires_grad=requires_grad)
        if isinstance(data, babygrad.Tensor) and dtype is None:
            self.data = data.data


class _Always32(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=np.float32, requires_grad=requires_grad)


class _Default32(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype or np.float32, requires_grad=requires_grad)


class _Default64(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype or np.float64, requires_grad=requires_grad)


class _DtypeBeforeUnwrapping(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        kept = isinstance(data, np.ndarray) and np.issubdtype(data.dtype, np.floating)
        super().__init__(
            data, dtype=dtype or (data.dtype if kept else np.float32), requires_grad=requires_grad
        )


class _NumPysChoice(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype, requires_grad=requires_grad)
        self.data = np.array(data.data if isinstance(data, babygrad.Tensor) else data, dtype=dtype)


class _AsksTooLate(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        array = np.array(data.data if isinstance(data, babygrad.Tensor) else data)
        kept = array.dtype if np.issubdtype(array.dtype, np.floating) else np.float32
        super().__init__(array, dtype=dtype or kept, requires_grad=requires_grad)


class _ThroughFloat32(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, requires_grad=requires_grad)
        self.data = self.data.astype(dtype or self.data.dtype)


class _RoundsToFloat32(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype, requires_grad=requires_grad)
        self.data = self.data.astype(np.float32).astype(self.data.dtype)


class _KeepsIntegers(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype, requires_grad=requires_grad)
        if isinstance(data, np.ndarray) and dtype is None:
            self.data = data.copy()


class _OneAxisAtLeast(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype, requires_grad=requires_grad)
        self.data = np.atleast_1d(self.data)


class _WholeTensor:
    """Not a babygrad.Tensor: NumPy must not know what it is."""

    def __init__(self, data, *, dtype=None, requires_grad=True):
        self.data = np.array(data, dtype=dtype)
        self.grad, self.requires_grad, self._op, self._inputs = None, requires_grad, None, ()


class _NoCaseForTensors:
    """The same with the right dtypes."""

    def __init__(self, data, *, dtype=None, requires_grad=True):
        own = data.dtype if isinstance(data, np.ndarray) and data.dtype.kind == "f" else np.float32
        self.data = np.array(data, dtype=dtype or own)
        self.grad, self.requires_grad, self._op, self._inputs = None, requires_grad, None, ()


_NoCaseForTensors.__name__ = "Tensor"  # NumPy names it in the error that this mistake is known by


class _TakesRequiresGrad(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype, requires_grad=requires_grad)
        if isinstance(data, babygrad.Tensor):
            self.requires_grad = data.requires_grad


class _AlwaysWants(babygrad.Tensor):
    def __init__(self, data, *, dtype=None, requires_grad=True):
        super().__init__(data, dtype=dtype, requires_grad=True)


def _takes(*labels):
    """Takes these over from a Tensor that comes in."""

    class Tensor(babygrad.Tensor):
        def __init__(self, data, *, dtype=None, requires_grad=True):
            super().__init__(data, dtype=dtype, requires_grad=requires_grad)
            if isinstance(data, babygrad.Tensor):
                for label in labels:
                    setattr(self, label, getattr(data, label))

    return Tensor


def _begins_with(**labels):
    """Begins with these on the box; what is callable makes them from the array."""

    class Tensor(babygrad.Tensor):
        def __init__(self, data, *, dtype=None, requires_grad=True):
            super().__init__(data, dtype=dtype, requires_grad=requires_grad)
            for label, value in labels.items():
                setattr(self, label, value(self.data) if callable(value) else value)

    return Tensor


INIT_MISTAKES = (
    Mistake(
        "shared memory",
        "A Tensor made from a Tensor still holds the first one's array. It needs a copy as well.",
        {"Tensor": _SharesTensors},
    ),
    Mistake(
        "shared memory",
        "Your Tensor holds the caller's own array: whoever changes that array changes your Tensor. "
        "Which NumPy function makes an array of its own?",
        {"Tensor": _Shares},
    ),
    Mistake(
        "dtype forced",
        "Everything becomes float32 here. A float64 array should keep its dtype, and `dtype=` decides "
        "where it is given.",
        {"Tensor": _Always32},
    ),
    Mistake(
        "dtype forced",
        "Without `dtype=` everything becomes float32 here, also an array that was float64 on purpose.",
        {"Tensor": _Default32},
    ),
    Mistake(
        "dtype forced",
        "You chose float64 where nobody asked for a dtype; what has no floating dtype of its own becomes "
        "float32.",
        {"Tensor": _Default64},
    ),
    Mistake(
        "dtype before unwrapping",
        "A Tensor is no ndarray: take its `data` before you choose the dtype.",
        {"Tensor": _DtypeBeforeUnwrapping},
    ),
    Mistake(
        "dtype asked too late",
        "`np.array` has already made float64 of it. Ask for the dtype of what came in, before you convert.",
        {"Tensor": _AsksTooLate},
    ),
    Mistake(
        "dtype forced",
        "The numbers went through float32 on their way, and lost digits.",
        {"Tensor": _ThroughFloat32},
    ),
    Mistake(
        "dtype forced",
        "The numbers of a float64 array went through float32 on their way: the dtype is right, and digits "
        "are lost. In which conversion is the dtype not yet the one you want?",
        {"Tensor": _RoundsToFloat32},
    ),
    Mistake(
        "dtype left to NumPy",
        "Every array keeps its dtype here, also one of integers, in which no nudge fits. Which dtypes may be "
        "kept, and how do you ask for them?",
        {"Tensor": _KeepsIntegers},
    ),
    Mistake(
        "number made a list",
        "A number became an array with one axis, as if it were a list of one. Its shape is `()`: what does "
        "`np.array` make of a number by itself?",
        {"Tensor": _OneAxisAtLeast},
    ),
    Mistake(
        "dtype left to NumPy",
        "This is the dtype that NumPy picks by itself. Numbers, lists and integer arrays have no floating "
        "dtype of their own, and should become float32.",
        {"Tensor": _NumPysChoice},
    ),
    Mistake(
        "no case for Tensors",
        "NumPy put the whole Tensor into an array. If a Tensor comes in, take its `data`.",
        {"Tensor": _WholeTensor},
    ),
    Mistake(
        "no case for Tensors",
        "A Tensor may come in, too, and NumPy does not know what that is. Take its `data`.",
        {"Tensor": _NoCaseForTensors},
    ),
    Mistake(
        "requires_grad ignored",
        "You set `requires_grad` to True whatever the caller said.",
        {"Tensor": _AlwaysWants},
    ),
    Mistake(
        "requires_grad taken over",
        "`requires_grad` came along from the first Tensor. It is what the caller says, and True if they say "
        "nothing.",
        {"Tensor": _TakesRequiresGrad},
    ),
    Mistake(
        "history taken over",
        "A Tensor made from a Tensor takes its numbers, not its history: gradient, operation and inputs "
        "start empty.",
        {"Tensor": _takes("grad", "_op", "_inputs")},
    ),
    Mistake(
        "history taken over",
        "The gradient of the first Tensor came along. The new one is another box with the same numbers: has "
        "anybody found *its* gradient?",
        {"Tensor": _takes("grad")},
    ),
    Mistake(
        "history taken over",
        "Operation and inputs of the first Tensor came along. A Tensor made from a Tensor takes its numbers, "
        "and begins without a history.",
        {"Tensor": _takes("_op", "_inputs")},
    ),
    *(
        Mistake(
            "gradient before it is known",
            "A gradient of 0 would say that a nudge changes nothing. Nothing is known yet: which value of "
            "Python's says that?",
            {"Tensor": _begins_with(grad=beginning)},
        )
        for beginning in (np.zeros_like, 0)
    ),
    Mistake(
        "parents in a list",
        "Your `_inputs` is a list. A tuple is asked for, which nobody can append to by accident. How is an "
        "empty one written?",
        {"Tensor": _begins_with(_inputs=[])},
    ),
    Mistake(
        "None for an empty tuple",
        "Later, loops will go through `_inputs`, and None cannot be gone through. What holds no inputs and "
        "is still a tuple?",
        {"Tensor": _begins_with(_inputs=None)},
    ),
)

# shape, dtype, numpy, detach, repr --------------------------------------------------------------------


right_constructor.__qualname__ = "Tensor.__init__"  # the name that errors should show


def some_tensors(rng):
    """A number, a vector, float64 matrices."""
    shape = tuple(rng.integers(4, 9, 2).tolist())
    return [
        Case("With `t = Tensor(3.25)`", {"data": 3.25}),
        Case("With `t = Tensor([3.25, -4])`", {"data": [3.25, -4]}),
        Case("With `t` made from a float64 array of shape (2, 3)", {"data": rng.normal(size=(2, 3))}),
        Case(f"With `t` made from a float64 array of shape {shape}", {"data": rng.normal(size=shape)}),
    ]


def some_to_detach(rng):
    """The same, with a history."""
    return [
        Case(f"{case.text} that has a history, and `d = t.detach()`", case.inputs)
        for case in some_tensors(rng)
    ]


def some_to_print(rng):
    """A number that is easy to find again, in variables and in a constant."""
    drawn = [int(rng.integers(5, 99)) + 0.25, -4]
    return [
        Case("With `t = Tensor([3.25, -4])`", {"data": [3.25, -4], "requires_grad": True}),
        Case(
            "With the constant `t = Tensor([3.25, -4], requires_grad=False)`",
            {"data": [3.25, -4], "requires_grad": False},
        ),
        Case(f"With `t = Tensor({drawn})`", {"data": drawn, "requires_grad": True}),
    ]


class _ClassForDtype(babygrad.Tensor):
    @property
    def dtype(self):
        return type(self.data)


class _NumpyShares(babygrad.Tensor):
    def numpy(self):
        return self.data


class _NumpySlices(babygrad.Tensor):
    def numpy(self):
        return self.data[:]


class _NumpyLists(babygrad.Tensor):
    def numpy(self):
        return self.data.tolist()


class _Numpy32(babygrad.Tensor):
    def numpy(self):
        return self.data.astype(np.float32)


class _DetachCopies(babygrad.Tensor):
    def detach(self):
        return babygrad.Tensor(self, requires_grad=False)


class _DetachWants(babygrad.Tensor):
    def detach(self):
        detached = babygrad.Tensor(self)
        detached.data = self.data
        return detached


class _DetachesItself(babygrad.Tensor):
    def detach(self):
        self.requires_grad, self._op, self._inputs = False, None, ()
        return self


class _DetachesItselfWithHistory(babygrad.Tensor):
    def detach(self):
        self.requires_grad = False
        return self


class _DetachKeepsHistory(babygrad.Tensor):
    def detach(self):
        detached = copy(self)
        detached.requires_grad = False
        return detached


class _DetachGivesArray(babygrad.Tensor):
    def detach(self):
        return self.data


class _SaysTheReverse(babygrad.Tensor):
    def __repr__(self):
        return f"Tensor({self.data}{', requires_grad=False' if self.requires_grad else ''})"


class _SaysNothing(babygrad.Tensor):
    def __repr__(self):
        return f"Tensor({self.data})"


METHOD_MISTAKES = (
    Mistake(
        "class for a dtype",
        "You return a class: it says what kind of object something is, and not in which format its numbers "
        "are held. Which attribute of an array says that?",
        {"Tensor": _ClassForDtype},
    ),
    Mistake(
        "shared memory",
        "`numpy()` hands out the Tensor's own array: whoever changes it changes the Tensor. Give a copy.",
        {"Tensor": _NumpyShares},
    ),
    Mistake(
        "shared memory",
        "`[:]` copies a list, but not an array: the slice looks at the same memory. (Besides, a single "
        "number has no axis to slice.) What else do arrays have for that?",
        {"Tensor": _NumpySlices},
    ),
    Mistake(
        "list instead of an array",
        "You return a list, or a plain number. An array is asked for, with its dtype.",
        {"Tensor": _NumpyLists},
    ),
    Mistake(
        "dtype forced",
        "Your copy is float32 also where the Tensor is float64. Does a copy have to be told a dtype?",
        {"Tensor": _Numpy32},
    ),
    Mistake(
        "copied instead of shared",
        "Making a new Tensor copies the data. `detach()` should share it: give the new Tensor your array "
        "after it has been made.",
        {"Tensor": _DetachCopies},
    ),
    Mistake(
        "constant wants a gradient",
        "The detached Tensor still asks for a gradient, because True is the default.",
        {"Tensor": _DetachWants},
    ),
    Mistake(
        "caller changed",
        "You changed the Tensor itself. `detach()` should return a new one and leave `t` as it was.",
        {"Tensor": _DetachesItself},
    ),
    Mistake(
        "caller changed",
        "You return the Tensor itself, and make it a constant. `detach()` should return a new one and leave "
        "`t` as it was, with its history.",
        {"Tensor": _DetachesItselfWithHistory},
    ),
    Mistake(
        "history taken over",
        "The history came along. What did a Tensor that is fresh from your constructor remember?",
        {"Tensor": _DetachKeepsHistory},
    ),
    Mistake(
        "array for Tensor",
        "You return the array. `detach()` gives a Tensor around it: the array put into a box of its own.",
        {"Tensor": _DetachGivesArray},
    ),
    Mistake(
        "question the wrong way round",
        "It is said of those that require a gradient, and not of constants. Which of the two texts belongs "
        "to which case?",
        {"Tensor": _SaysTheReverse},
    ),
    Mistake(
        "requires_grad ignored",
        "Nobody can see whether this is a constant. What should the text depend on?",
        {"Tensor": _SaysNothing},
    ),
)

# _ensure_tensor ---------------------------------------------------------------------------------------


def tensors(rng):
    """A variable and a constant."""
    return [
        Case("With `t = Tensor([3, 5])` and `_ensure_tensor(t)`", {"data": [3, 5], "requires_grad": True}),
        Case(
            "With `t = Tensor([3, 5], requires_grad=False)` and `_ensure_tensor(t)`",
            {"data": [3, 5], "requires_grad": False},
        ),
        Case(
            "With a float64 Tensor `t` and `_ensure_tensor(t)`",
            {"data": rng.normal(size=3), "requires_grad": True},
        ),
    ]


def not_tensors(rng):
    """A number, a list, arrays."""
    return [
        Case("With `_ensure_tensor(7)`", {"value": 7}),
        Case("With `_ensure_tensor(7.5)`", {"value": 7.5}),
        Case("With `_ensure_tensor([3, -5])`", {"value": [3, -5]}),
        Case("With `_ensure_tensor([0.5, -5])`", {"value": [0.5, -5]}),
        Case("With an integer array of shape (2,)", {"value": rng.integers(-9, 9, 2)}),
        Case("With a float64 array of shape (2, 3)", {"value": rng.normal(size=(2, 3))}),
    ]


def _always_new(value):
    return babygrad.Tensor(value, requires_grad=False)


def _only_variables(value):
    kept = isinstance(value, babygrad.Tensor) and value.requires_grad
    return value if kept else babygrad.Tensor(value, requires_grad=False)


def _wants_gradient(value):
    return value if isinstance(value, babygrad.Tensor) else babygrad.Tensor(value)


def _keeps_arrays(value):
    kept = isinstance(value, (babygrad.Tensor, np.ndarray))
    return value if kept else babygrad.Tensor(value, requires_grad=False)


def _makes_all_constant(value):
    value = value if isinstance(value, babygrad.Tensor) else babygrad.Tensor(value)
    value.requires_grad = False
    return value


def _array_first(value):
    kept = isinstance(value, babygrad.Tensor)
    return value if kept else babygrad.Tensor(np.array(value), requires_grad=False)


ENSURE_MISTAKES = (
    Mistake(
        "history cut",
        "You make a new Tensor even from a Tensor, and so lose its history. What should happen to one that "
        "is already a Tensor?",
        {"_ensure_tensor": _always_new},
    ),
    Mistake(
        "history cut",
        "A constant that is a Tensor already needs no wrapping either.",
        {"_ensure_tensor": _only_variables},
    ),
    Mistake(
        "constant wants a gradient",
        "A number that somebody wrote into an expression is a constant: nobody will ask for its gradient.",
        {"_ensure_tensor": _wants_gradient},
    ),
    Mistake(
        "array for Tensor",
        "An array comes back as an array. It is not a Tensor yet, though it has `data`, `shape` and `dtype` "
        "as well: what do you ask to tell the two apart?",
        {"_ensure_tensor": _keeps_arrays},
    ),
    Mistake(
        "caller changed",
        "You made a constant of the caller's own Tensor, and nobody will find its gradient any more. For "
        "which of the two cases is that line meant?",
        {"_ensure_tensor": _makes_all_constant},
    ),
    Mistake(
        "dtype asked too late",
        "By way of `np.array`, `7.5` is float64 before the constructor sees it. Who should decide the dtype "
        "of a number or a list?",
        {"_ensure_tensor": _array_first},
    ),
)

_ENGINE = ("babygrad.function", "babygrad.ops", "babygrad.backward", "babygrad.gradcheck")

EXERCISES = (
    Exercise(
        "01_tensor/Tensor.__init__",
        cell="tensor_init",
        reference={"Tensor": babygrad.Tensor},
        parts=(
            Part("numbers, lists and integers become float32", 1, data_of, become_float32),
            Part("a floating array keeps its dtype, and `dtype=` wins", 1, data_of, keep_or_take),
            Part("owns its memory: made from an array", 0.5, data_after_change, arrays_to_change),
            Part("owns its memory: made from a Tensor", 0.5, data_after_change_of_tensor, tensors_to_change),
            Part("grad, requires_grad, _op, _inputs", 0.5, labels, with_and_without_gradient),
            Part(
                "made from a Tensor, it starts without a history", 0.5, labels_of_a_copy, made_from_a_tensor
            ),
        ),
        mistakes=INIT_MISTAKES,
        withheld=("babygrad.tensor", *_ENGINE),
    ),
    Exercise(
        "01_tensor/Tensor methods",
        cell="tensor_methods",
        reference={"Tensor": babygrad.Tensor},
        parts=(
            Part("shape and dtype", 0.5, properties, some_tensors),
            Part("numpy() gives a copy", 0.5, numpy_copy, some_tensors),
            Part("detach() shares the data and drops the history", 0.5, detached, some_to_detach),
            Part("repr", 0.5, printed, some_to_print),
        ),
        mistakes=METHOD_MISTAKES,
        withheld=("Tensor.*", "_ensure_tensor", *_ENGINE),
        needed=("Tensor.__init__",),
    ),
    Exercise(
        "01_tensor/_ensure_tensor",
        cell="ensure_tensor",
        reference={"_ensure_tensor": babygrad.tensor._ensure_tensor},
        parts=(
            Part("a Tensor comes back as it is", 1, ensured_tensor, tensors),
            Part("anything else becomes a constant", 1, ensured_constant, not_tensors),
        ),
        mistakes=ENSURE_MISTAKES,
        withheld=("Tensor.*", "_ensure_tensor", *_ENGINE),
        needed=("Tensor.__init__",),
    ),
)
