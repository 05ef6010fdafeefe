"""Lesson 04: the probes."""

from __future__ import annotations

import re
from itertools import takewhile

import numpy as np

import babygrad
from autograder.observation import Claim, Form
from autograder.probes import nudging
from autograder.probes.operation import Operation
from autograder.surroundings import method_is, names_mean, those_of_babygrad
from babygrad import Tensor

# While one operation is checked, those that were written before it are the reference's.
BEFORE = ("Negate", "Sub", "Div", "Log", "Exp", "Sqrt", "ReLU", "Abs", "Sigmoid", "Tanh", "Pow")


def _operation(name, inputs=("x",)):
    earlier = BEFORE[: BEFORE.index(name)]
    return Operation(name, inputs, those_of_babygrad("Tensor", *earlier))


NEGATE, SUB, DIV = _operation("Negate"), _operation("Sub", ("a", "b")), _operation("Div", ("a", "b"))


LOG, EXP, SQRT = _operation("Log"), _operation("Exp"), _operation("Sqrt")


RELU, ABS, SIGMOID, TANH = _operation("ReLU"), _operation("Abs"), _operation("Sigmoid"), _operation("Tanh")


POW = _operation("Pow", ("a", "b"))


# Cases ------------------------------------------------------------------------------------------------


def float32(value):
    return np.array(value, dtype=np.float32)


# Pow --------------------------------------------------------------------------------------------------


def around_zero(parts, **case):
    """The gradients; whether a logarithm of 0 is taken, for nothing, is the business of another part."""
    with method_is(babygrad.Log, "forward", lambda op, x: np.zeros_like(x)):
        yield from POW.backward(parts, **case)


# The operators ----------------------------------------------------------------------------------------


_EXPRESSIONS = {
    "-x": ("__neg__", lambda x, y, array: -x),
    "x - y": ("__sub__", lambda x, y, array: x - y),
    "x / y": ("__truediv__", lambda x, y, array: x / y),
    "x ** y": ("__pow__", lambda x, y, array: x**y),
    "x - 7": ("__sub__", lambda x, y, array: x - 7),
    "x / 7": ("__truediv__", lambda x, y, array: x / 7),
    "x ** 3": ("__pow__", lambda x, y, array: x**3),
    "7 - x": ("__rsub__", lambda x, y, array: 7 - x),
    "7 / x": ("__rtruediv__", lambda x, y, array: 7 / x),
    "3 ** x": ("__rpow__", lambda x, y, array: 3**x),
    "np.array([5, 6]) - x": ("__rsub__", lambda x, y, array: array - x),
    "np.array([5, 6]) / x": ("__rtruediv__", lambda x, y, array: array / x),
    "np.array([5, 6]) ** x": ("__rpow__", lambda x, y, array: array**x),
}


_KEPT = (
    "the class should still be a Tensor: its first line is `class Tensor(Tensor):`. Correct it, then run the "
    "first cell of the notebook and this one again"
)


def expression(parts, text, x, y):
    """The value of an expression, and whether gradients find their way back to what it was made of."""
    method, evaluate = _EXPRESSIONS[text]
    yield _KEPT, Claim(parts.Tensor.__init__ is not object.__init__)
    yield "`Tensor` should be your class: run the cell above again", Claim(parts.Tensor is not Tensor)
    claim = f"the class should define `{method}`, spelled so, and indented below `class Tensor(Tensor):`"
    own = takewhile(lambda kind: kind is not Tensor, parts.Tensor.__mro__)  # a later cell continues the class
    yield claim, Claim(any(method in vars(kind) for kind in own))
    with names_mean(parts.Tensor, **those_of_babygrad("Add", "Mul", *BEFORE)):
        x, y = parts.Tensor(x), parts.Tensor(y)
        result = evaluate(x, y, float32([5, 6]))
        yield f"`{text}`", result
        for name, leaf in (("x", x), ("y", y)):
            if name in names_in(text):
                grad = nudging.gradient(result, leaf, [5.0, -6.0], 1e-5)
                lost = f"no operation was called with `{name}` itself, or its result was not returned"
                yield f"a gradient should find its way back to `{name}`", Claim(grad is not None, lost)
                yield f"the gradient that goes back to `{name}` from [5, -6] upstream", grad
                yield f"`{name}` afterwards", leaf
        constant = all(source is x or source is y for source in nudging.leaves(result))
        yield "what was no Tensor should be a constant, which wants no gradient", Claim(constant)


def names_in(text):
    """Which of x and y occur in an expression."""
    return re.findall(r"\b[xy]\b", text)


# What backward needs ----------------------------------------------------------------------------------


WORDS = ("neither", "input", "output", "either")


def entry(parts, op):
    """One entry of the table."""
    table = parts.what_backward_needs()
    yield "what `what_backward_needs()` returns", Form(table)
    quotes = (
        "one of the keys is a class and no text: it stands without quotes"
        if any(map(_is_class, table))
        else ""
    )
    yield f"the dict should have an entry for `{op}`, spelled so", Claim(op in table, quotes)
    word = table[op].strip().lower() if isinstance(table[op], str) else table[op]
    known = isinstance(word, str) and word in WORDS
    written = f'it is "{word[:20]}"' if isinstance(word, str) else ""
    yield f"the entry for `{op}` should be one of the four words", Claim(known, written)
    yield f"the entry for `{op}`", word


def _is_class(key):
    return isinstance(key, type)
