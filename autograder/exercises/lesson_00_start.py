"""Lesson 00: how a check reads, on the smallest of functions. It gives no points."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.probes.lesson_00_start import doubled


def positive(rng):
    """Positive numbers, none of which is its own square or double."""
    x = int(rng.integers(5, 99))
    return [_case(3), _case(x), _case(0.25)]


def negative(rng):
    """Negative numbers."""
    x = -int(rng.integers(5, 99))
    return [_case(-5), _case(x), _case(-0.25)]


def arrays(rng):
    """Arrays of whole numbers and of others."""
    return [
        Case("With `x = np.array([3, -5])`", {"x": np.array([3, -5])}),
        Case("With an array of shape (2, 3)", {"x": rng.normal(size=(2, 3))}),
    ]


def _case(x):
    return Case(f"With `x = {x}`", {"x": x})


def _double(x):
    return 2 * x


def _in_place(x):
    x *= 2
    return x


def _items(x):
    return 2 * x.tolist() if isinstance(x, np.ndarray) else 2 * x


def _mistake(family, message, wrong):
    return Mistake(family, message, {"double": wrong})


DOUBLE_MISTAKES = (
    _mistake(
        "lost sign",
        "The size is right, and the minus sign is lost. What happens to it in your code?",
        lambda x: abs(2 * x),
    ),
    _mistake(
        "only positive numbers",
        "Below 0 yours gives 0. What should become of a negative number?",
        lambda x: x + abs(x),
    ),
    _mistake("other operation", "This is the square: 3 becomes 9. What is twice 3?", lambda x: x * x),
    _mistake(
        "other operation",
        "You add 2. That is the double only where `x` is 2. What should be added to 3 to double it?",
        lambda x: x + 2,
    ),
    _mistake("other operation", "This is half of `x`.", lambda x: x / 2),
    _mistake("unchanged", "`x` comes back as it was.", lambda x: x + 0),
    _mistake("doubled twice", "This is four times `x`: is it doubled in two places?", lambda x: 4 * x),
    _mistake("wrong sign", "The sign is turned around.", lambda x: -2 * x),
    _mistake(
        "caller's array changed",
        "The result is right, and the caller's own array was changed on the way: `x *= …` writes into "
        "it. Make a new one.",
        _in_place,
    ),
    _mistake(
        "list instead of an array",
        "Two copies of a list, one after the other, are no doubled numbers. Arrays know what to do with "
        "a number; leave `x` what it is.",
        _items,
    ),
    _mistake(
        "fraction cut off",
        "Whatever stands behind the point is cut off. Numbers need not be whole.",
        lambda x: np.trunc(2 * x) if isinstance(x, np.ndarray) else int(2 * x),
    ),
    _mistake(
        "numbers only",
        "Here an array is made into one number, and it has several. Is there a conversion that you "
        "could leave out?",
        lambda x: 2 * float(x),
    ),
    _mistake(
        "numbers only",
        "An `if` wants one yes or no, and an array has several answers. Does doubling have to ask anything?",
        lambda x: 2 * x if x > 0 else x + x,
    ),
)

EXERCISES = (
    Exercise(
        "00_start/double",
        cell="double",
        reference={"double": _double},
        parts=(
            Part("positive numbers", 0, doubled, positive),
            Part("negative numbers", 0, doubled, negative),
            Part("arrays", 0, doubled, arrays),
        ),
        mistakes=DOUBLE_MISTAKES,
    ),
)
