"""Lesson 06: the probes."""

from __future__ import annotations

import numpy as np

from autograder.observation import Claim
from autograder.probes.operation import Operation
from autograder.surroundings import those_of_babygrad
from babygrad import Tensor

# predict_shapes ---------------------------------------------------------------------------------------


_LETTERS = "abcdef"


def predictions(parts, letters):
    """The learner's predictions, one after the other."""
    given = parts.predict_shapes()
    six = isinstance(given, (list, tuple)) and len(given) == len(_LETTERS)
    yield (
        "`predict_shapes()` should return a list of six things, one for each pair",
        Claim(six, f"it returns {_briefly(given)}"),
    )
    for letter in letters:
        guess = given[_LETTERS.index(letter)]
        shape = read(guess)
        yield (
            f"the one for pair {letter} should be a tuple of sizes, such as `(5, 4, 3)`, or None",
            Claim(shape != "", f"it is `{guess!r}`"),
        )
        yield f"pair {letter}, as it is written", repr(guess)
        yield f"pair {letter}", shape


def _briefly(given) -> str:
    if given is None:
        return "None, as where a `return` is missing"
    if isinstance(given, (list, tuple)):
        return f"a {type(given).__name__} of {len(given)}"
    return f"an object of class {type(given).__name__}"


def read(guess) -> str:
    """A prediction, however it is written: a shape as (4, 3), or "refused"; "" where it is neither."""
    if guess is None or (isinstance(guess, str) and guess.strip().lower() in ("error", "none", "refused")):
        return "refused"
    sizes = isinstance(guess, (tuple, list)) and all(isinstance(size, (int, np.integer)) for size in guess)
    return str(tuple(int(size) for size in guess)) if sizes else ""


# unbroadcast ------------------------------------------------------------------------------------------


def led_back(parts, grad, shape):
    """What unbroadcast returns, and that it leaves its gradient alone."""
    tensor = Tensor(grad, requires_grad=False)
    result = parts.unbroadcast(tensor, shape)
    kept = np.array_equal(tensor.data, grad) and tensor.dtype == grad.dtype
    yield "`grad` should stay as it is", Claim(kept, "the data in it is not what it was")
    yield "what `unbroadcast` returns", result


# Add, Sub, Mul, Div, Pow ------------------------------------------------------------------------------


ADD, SUB, MUL, DIV, POW = (
    Operation(name, ("a", "b"), around=those_of_babygrad("unbroadcast"))
    for name in ("Add", "Sub", "Mul", "Div", "Pow")
)
