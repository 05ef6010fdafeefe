"""Lesson 02: the probes."""

from __future__ import annotations

import numpy as np

from autograder.observation import Claim, Form
from autograder.surroundings import names_mean, those_of_babygrad


def _f(formula, function, kind):
    """The function of a formula such as "f(a, b) = a * b"; called otherwise, it says what it wants."""

    count = len(names_in(formula))
    wants = f"f wants {count} {kind}{'' if count == 1 else 's'}"

    def f(*arguments):
        whole = any(isinstance(argument, (list, tuple)) for argument in arguments)
        if whole or (kind == "number" and any(np.ndim(argument) for argument in arguments)):
            raise TypeError(f"{wants}, and got all in one piece")
        if len(arguments) != count:
            raise TypeError(f"{wants}, and got {len(arguments)}")
        return function(*arguments)

    return _as_f(f)


def _as_f(function):
    """The same function under the name by which Python's own errors shall call it."""
    function.__qualname__, function.__module__ = "f", "builtins"  # of others, Python says the module as well
    return function


def names_in(formula):
    """What a formula calls its arguments: "f(a, b) = a * b" gives a and b."""
    return formula[2 : formula.index(")")].split(", ")


# Inputs are plain data, so cases name their functions, and the name is the formula that a message shows.
_OF_NUMBERS = {
    "f(x) = x ** 3": lambda x: x**3,
    "f(x) = 12 / x": lambda x: 12 / x,
    "f(x) = x ** 3 - 5 * x": lambda x: x**3 - 5 * x,
    "f(a, b) = a * b ** 2": lambda a, b: a * b**2,
    "f(a, b) = a ** 3 - 6 * b": lambda a, b: a**3 - 6 * b,
    "f(a, b, c) = a ** 2 * b - b ** 3 * c": lambda a, b, c: a**2 * b - b**3 * c,
}


_OF_ARRAYS = {
    "f(x) = x ** 3": lambda x: x**3,
    "f(x) = x * np.sum(x)": lambda x: x * np.sum(x),
    "f(x) = np.sum(x ** 3)": lambda x: np.sum(x**3),
    "f(x) = x[::-1]": lambda x: x[::-1],
    "f(x) = np.cumsum(x ** 2)": lambda x: np.cumsum(x**2),
    "f(x) = x.T": lambda x: x.T,
    "f(x) = x.reshape(6)": lambda x: x.reshape(6),
    "f(x) = np.sum(x ** 3, axis=0)": lambda x: np.sum(x**3, axis=0),
    "f(x) = np.outer(x, x)": lambda x: np.outer(x, x),
    "f(a, b) = a * b ** 3": lambda a, b: a * b**3,
    "f(a, b) = a ** 2 * np.sum(b ** 3)": lambda a, b: a**2 * np.sum(b**3),
    "f(a, b) = a @ b": lambda a, b: a @ b,
    "f(a, b, c) = a * b ** 2 * c": lambda a, b, c: a * b**2 * c,
}


def _of_numbers(formula):
    return _f(formula, _OF_NUMBERS[formula], "number")


def _of_arrays(formula):
    return _f(formula, _OF_ARRAYS[formula], "array")


class _Asked:
    """What a function was asked: how far at most from where x is, and whether with float32."""

    def __init__(self, x):
        self.x = [np.array(one, dtype=np.float64) for one in x]
        self.nudge, self.has_float32 = 0.0, False

    def by(self, f):
        """The same function, with an ear."""

        def listening(*arguments):
            value = f(*arguments)
            for here, argument in zip(self.x, map(np.asarray, arguments), strict=True):
                self.has_float32 |= argument.dtype == np.float32
                if argument.shape == here.shape and here.size:
                    self.nudge = max(self.nudge, float(np.max(np.abs(argument - here))))
            return value

        return _as_f(listening)

    def seen(self):
        """For the part's reading."""
        yield NUDGE, self.nudge
        yield WIDE, Claim(not self.has_float32)


NUDGE = "the nudge"
WIDE = "`f` should be asked in float64, where the nudge has digits enough"
DEFAULT_NUDGE = "the nudge, where `eps` is left out,"


# central_difference -----------------------------------------------------------------------------------


_SLOPE = "what `central_difference` returns"


def slope(parts, f, x, options):
    """The slope along one argument, or, where no `eps` is given, how far `f` was asked to go."""
    asked = _Asked(x)
    found = parts.central_difference(asked.by(_of_numbers(f)), *x, **options)
    if "eps" in options:
        yield from asked.seen()
        yield _SLOPE, found
    else:
        yield DEFAULT_NUDGE, asked.nudge


# choose_eps -------------------------------------------------------------------------------------------


def chosen(parts, dtype):
    """The nudge that is chosen for a dtype."""
    eps = _as_number(parts.choose_eps(dtype))
    yield "what `choose_eps` returns", Form(eps)
    yield "the nudge should be larger than 0", Claim(eps > 0)
    if dtype is np.float32:
        claim = "the nudge should not be the same as for the other dtype"
        yield claim, Claim(eps != _as_number(parts.choose_eps(np.float64)))
    yield "the nudge", eps


def _as_number(value):
    """A number of Python's where NumPy's does as well; anything else as it is."""
    return float(value) if isinstance(value, (int, float, np.number)) else value


# numeric_gradient -------------------------------------------------------------------------------------


def gradients(parts, f, xs, v, options):
    """The gradient for each array, or, where no `eps` is given, how far `f` was asked to go."""
    asked = _Asked(xs)
    with names_mean(parts.numeric_gradient, **those_of_babygrad("central_difference")):
        found = parts.numeric_gradient(asked.by(_of_arrays(f)), xs, v, **options)
        if "eps" not in options:
            yield DEFAULT_NUDGE, asked.nudge
            return
        yield from asked.seen()
        found = list(found) if isinstance(found, tuple) else found
        yield "what `numeric_gradient` returns", Form(found)
        for name, gradient in zip(names_in(f), found, strict=True):
            yield f"the gradient for `{name}`", gradient


def left_alone(parts, f, xs, v, options, twice=False):
    """What the caller passed, afterwards; twice: whether the first array is the second one as well."""
    xs = [xs[0], xs[0]] if twice else xs
    with names_mean(parts.numeric_gradient, **those_of_babygrad("central_difference")):
        found = parts.numeric_gradient(_of_arrays(f), xs, v, **options)
        for name, x in zip(names_in(f), xs, strict=True):
            yield f"`{name}` afterwards", x
        yield "`v` afterwards", v
        # Code that does nothing leaves everything alone, too.
        yield "the gradient should not be all 0", Claim(found is not None and any(map(np.any, found)))
        if twice:
            apart = parts.numeric_gradient(_of_arrays(f), [xs[0], xs[0].copy()], v, **options)
            same = all(np.allclose(one, other) for one, other in zip(found, apart, strict=True))
            yield "both gradients should be as for two arrays with these numbers", Claim(same)
