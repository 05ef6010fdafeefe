"""Lesson 09: gradcheck, a bug hunt, the order without recursion, no_grad, and gradients of gradients."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any

import numpy as np

import babygrad
from autograder.broken_engines import OPERATIONS
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.observation import Claim, Form
from autograder.surroundings import names_mean
from babygrad import Function, Tensor, numeric_gradient

# gradcheck --------------------------------------------------------------------------------------------


def _operation(forward, rule):
    """A function of Tensors with this forward and this rule; the rule computes on arrays."""

    def backward(op, out_grad, node):
        grads = rule(out_grad.data, *[tensor.data for tensor in node._inputs])
        grads = grads if isinstance(grads, tuple) else (grads,)
        return tuple(Tensor(grad, dtype=out_grad.dtype, requires_grad=False) for grad in grads)

    def of(op, *arrays):
        return forward(*arrays)

    kind = type("Operation", (Function,), {"forward": of, "backward": backward})
    return lambda *tensors: kind()(*tensors)


def _only(index, factor):
    """Ones, but `factor` at `index`."""

    def like(array):
        factors = np.ones_like(array)
        factors[index] = factor
        return factors

    return like


def _moved(array):
    """Something taken from the first element and given to the last: the sum stays what it was."""
    shift = np.zeros_like(array)
    shift.flat[0], shift.flat[-1] = 0.25, -0.25
    return array + shift


def _square(factors):
    return _operation(lambda x: x * x, lambda g, x: g * 2 * x * factors(x))


FUNCTIONS: dict[str, Any] = {
    # right
    "mul": lambda a, b: a * b,
    "bias": lambda x, b: x + b,
    "matmul": lambda a, b: a @ b,
    "twice": lambda x: x * x + x,
    "sum": lambda x: (x * x).sum(),
    "large": lambda x: x * x * 10_000,
    "cube": lambda x: x * x * x,
    "tanh": lambda x: x.tanh(),
    "unused": lambda a, b: a * 1.7,
    # wrong
    "three times": _square(lambda x: 3.0),
    "second": _operation(lambda a, b: a * b, lambda g, a, b: (g * b, g * b)),
    "first": _operation(lambda a, b: a * b, lambda g, a, b: (g * a, g * a)),
    "last element": _square(_only(-1, 3.0)),
    "turned round": _operation(lambda x: x[::-1] * 1.7, lambda g, x: g * 1.7),
    "moved": _operation(lambda x: x * x, lambda g, x: _moved(g * 2 * x)),
    "negative": _operation(np.abs, lambda g, x: g),
    "asks the upstream": _operation(lambda x: x * 1.7, lambda g, x: g * 1.7 * (g > 0)),
    "tiny": _operation(lambda x: x * x * 1e-4, lambda g, x: g * 3e-4 * x),
    "a thousandth": _square(lambda x: 1.001),
    "nan": _square(_only(0, np.nan)),
    "inf": _square(_only(0, np.inf)),
    "history cut": lambda a, b: a * Tensor(b.data, requires_grad=False),
    "wrong shape": _operation(lambda x, b: x + b, lambda g, x, b: (g, g)),
}


class _Looking(Function):
    """The last operation of an `f`: it changes nothing, and sees the upstream gradient."""

    def __init__(self, seen):
        self.seen = seen

    def forward(self, *arrays):
        return arrays[0].copy()

    def backward(self, out_grad, node):
        self.seen.upstream.append(out_grad.numpy())
        return out_grad


class _Seen:
    """What gradcheck did with the `f` and the `numeric_gradient` that it was given.

    Both are functions whose names, which Python's errors quote, are those that the learner knows.
    """

    def __init__(self, of_tensors):
        self.upstream: list[Any] = []
        self.weights: list[Any] = []
        self.dtypes: set[Any] = set()

        def f(*tensors):
            self.dtypes.update([tensor.data.dtype for tensor in tensors if isinstance(tensor, Tensor)])
            return _Looking(self)(of_tensors(*tensors))

        def numeric_gradient(f, xs, v, eps=1e-6):
            self.weights.append(np.array(v, dtype=np.float64))
            return babygrad.numeric_gradient(f, xs, v, eps)

        self.f, self.numeric_gradient = f, numeric_gradient
        f.__qualname__, numeric_gradient.__qualname__ = "f", "numeric_gradient"

    @property
    def same_weights(self):
        if not (self.upstream and self.weights):
            return True
        one, other = self.upstream[0], self.weights[0]
        return one.shape == other.shape and np.allclose(one, other)


def verdict(parts, f, xs, right, tensors=False):
    """Whether gradcheck accepts what is right and rejects what is wrong."""
    if tensors:
        xs = [Tensor(x) for x in xs]
        for tensor in xs:
            tensor.grad = tensor.data + 7
    seen = _Seen(FUNCTIONS[f])
    with names_mean(parts.gradcheck, Tensor=Tensor, numeric_gradient=seen.numeric_gradient):
        yield from (_accepted if right else _rejected)(parts, f, xs, seen)
    if tensors:
        yield "`x.grad` of the caller's Tensor, afterwards,", xs[0].grad
    for x in xs[:1]:
        yield "`x` afterwards", x


def _accepted(parts, f, xs, seen):
    complaint = answer = None
    try:
        answer = parts.gradcheck(seen.f, *xs)
    except AssertionError as error:
        complaint = f"it raises an AssertionError: {str(error)[:150] or '(no message)'}"
    except (TypeError, AttributeError) as error:
        if f not in _NO_GRAD_HERE or "argument" in str(error):
            raise
        yield _UNUSED, Claim(False, f"it stops with {type(error).__name__}: {str(error)[:150]}")
        return
    yield _UNUSED, Claim(True)
    yield "backward and nudging should get the same weights `v`", Claim(seen.same_weights)
    others = [str(dtype) for dtype in seen.dtypes if dtype != np.float64]
    yield (
        "`f` should be given float64 Tensors only",
        Claim(not others, f"a Tensor of {' and '.join(others)} was passed to it"),
    )
    yield "`gradcheck` should find nothing here: the rules are right", Claim(not complaint, complaint or "")
    yield "what `gradcheck` returns", answer


_UNUSED = "a `.grad` of None should count as zeros"
_NO_GRAD_HERE = ("unused", "history cut")


def _crashed(error):
    """Whether an error is not one that somebody raised in gradcheck, to say that a rule is wrong."""
    if isinstance(error, (TypeError, NameError, AttributeError, LookupError, NotImplementedError)):
        return True
    frame = error.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    return frame.tb_frame.f_globals.get("__name__", "").startswith(("babygrad", "numpy"))


def _rejected(parts, f, xs, seen):
    raised, answer, instead, other = False, None, "", False
    shape = f == "wrong shape"
    try:
        answer = parts.gradcheck(seen.f, *xs)
        instead = f"it returns {answer!r:.30}"
    except AssertionError:
        raised = True
    except Exception as error:
        about_none = isinstance(error, (TypeError, AttributeError)) and "argument" not in str(error)
        if f in _NO_GRAD_HERE and about_none:
            yield _UNUSED, Claim(False, f"it stops with {type(error).__name__}: {str(error)[:150]}")
            return
        raised = shape and isinstance(error, ValueError)  # the walk of babygrad says so itself
        if not raised and _crashed(error):
            raise
        other = not raised
        instead = f"it raises {type(error).__name__}: {str(error)[:120]}"
    ends = "an AssertionError or the ValueError of `backward`" if shape else "an AssertionError"
    returned = raised or other or answer is True
    yield _UNUSED, Claim(True)
    yield f"what is wrong should be raised as {ends}, no other error", Claim(not other, instead)
    yield "what is wrong should be raised as an error, not returned", Claim(returned, instead)
    yield f"`gradcheck` should raise {ends}: a rule is wrong", Claim(raised, instead)


class _AtOnePlace(Function):
    """``a * b`` for a vector and a matrix; the gradient of one input is 3 times too large at one index."""

    def __init__(self, position, index, seen):
        self.position, self.index, self.seen = position, index, seen

    def forward(self, *arrays):
        return np.multiply.reduce(np.broadcast_arrays(*arrays))

    def backward(self, out_grad, node):
        grads = []
        for place, tensor in enumerate(node._inputs):
            others = [t.data for other, t in enumerate(node._inputs) if other != place]
            grad = out_grad.data * (others[0] if others else 1)
            while grad.ndim > tensor.ndim:
                grad = grad.sum(0)
            grad = np.array(grad)
            if place == self.position:
                self.seen["nudging"] = float(grad[self.index])
                grad[self.index] *= 3
                self.seen["backward"] = float(grad[self.index])
            grads.append(Tensor(grad, requires_grad=False))
        return tuple(grads)


_AtOnePlace.__name__ = "Operation"  # errors quote it


def says_where(parts, xs, position, index):
    """The message: which input, which index, and the two numbers there."""
    seen: dict[str, float] = {}
    with names_mean(parts.gradcheck, Tensor=Tensor, numeric_gradient=numeric_gradient):
        try:
            parts.gradcheck(lambda *tensors: _AtOnePlace(position, index, seen)(*tensors), *xs)
        except AssertionError as error:
            text = str(error)
        except Exception as error:
            if _crashed(error):
                raise
            text = None
        else:
            text = None
    yield "`gradcheck` should raise an AssertionError: a rule is wrong", Claim(text is not None)
    instead = f"it says `{(text or '')[:200]}`" if text else "the message is empty"
    text = re.sub(r"np\.\w+\(([^()]*)\)|\b(?:float|int)\d\d\b", r"\1", text or "")
    place = r"\W+".join(str(i) for i in index)
    yield "the error should have a message", Claim(bool(text.strip()), instead)
    named = re.search(rf"(?<![\w.-]){place}(?![\w]|\.\d)", text)
    yield f"the message should name the index, {index}", Claim(named is not None, instead)
    rest = re.sub(rf"(?<![\w.-]){place}(?![\w]|\.\d)", " ", text, count=1)
    from_0 = re.search(rf"(?<![\d.-]){position}(?![\d]|\.\d)", rest)
    from_1 = re.search(rf"(?i)(?:input|arg\w*|tensor|x|number)\W*{position + 1}\b", rest)
    yield "the inputs should be counted from 0", Claim(bool(from_0) or not from_1, instead)
    yield f"the message should say which input it is: {position}", Claim(from_0 is not None, instead)
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*(?:[eE][-+]?\d+)?", text)]
    for way in ("backward", "nudging"):
        shown = any(abs(n - seen.get(way, np.inf)) <= 0.006 + 0.01 * abs(n) for n in numbers)
        yield f"the message should show the number that {way} gives", Claim(shown, instead)
    yield "each number should stand with its own name", Claim(not _swapped(text, seen), instead)


def _swapped(text, seen):
    """Whether a message names backward and nudging in one order, and their numbers in the other."""
    names = [match.group()[0].lower() for match in re.finditer(r"(?i)backward|nudg|numeric", text)]
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*(?:[eE][-+]?\d+)?", text)]
    order = [way[0] for n in numbers for way in seen if abs(n - seen[way]) <= 0.006 + 0.01 * abs(n)]
    return sorted(names) == sorted(order) == ["b", "n"] and names != order


def _small(rng, *shape):
    """Numbers of both signs, none near zero."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 1.5, size=shape)


def plain_ones(rng):
    """Right rules of every shape, and a rule that is wrong everywhere."""
    x = _small(rng, 2, 3)
    return [
        Case(
            "With `f(a, b) = a * b`",
            {"f": "mul", "xs": [np.array([3.0, -4.0]), np.array([5.0, 7.0])], "right": True},
        ),
        Case(
            "With a rule for `x * x` that is 3 times too large",
            {"f": "three times", "xs": [np.array([3.0, -4.0])], "right": False},
        ),
        Case("With `f(x) = x * x + x` and `x` of shape (2, 3)", {"f": "twice", "xs": [x], "right": True}),
        Case(
            "With `f(x, b) = x + b`, and shapes (2, 3) and (3,)",
            {"f": "bias", "xs": [x, _small(rng, 3)], "right": True},
        ),
        Case(
            "With `f(a, b) = a @ b`, and shapes (1, 3) and (3, 2)",
            {"f": "matmul", "xs": [x[:1], _small(rng, 3, 2)], "right": True},
        ),
        Case("With `f(x) = (x * x).sum()`", {"f": "sum", "xs": [_small(rng, 3)], "right": True}),
    ]


def faults_in_places(rng):
    """Rules that are wrong in one way only."""
    a, b, x = _small(rng, 3), 2 + rng.uniform(size=3), _small(rng, 4)
    up = np.sort(rng.uniform(0.5, 1.5, 4))
    return [
        Case(
            "With a rule for `a * b` whose first gradient is wrong",
            {"f": "first", "xs": [a, b], "right": False},
        ),
        Case(
            "With a rule for `a * b` whose second gradient is wrong",
            {"f": "second", "xs": [a, b], "right": False},
        ),
        *(
            Case(
                f"With the rule that is 3 times too large, at `[{x}]`",
                {"f": "three times", "xs": [np.array([x])], "right": False},
            )
            for x in (1.5, -1.5)
        ),
        Case(
            "With a rule that is wrong for the last element only",
            {"f": "last element", "xs": [x], "right": False},
        ),
        Case(
            "With the same rule on shape (2, 3)",
            {"f": "last element", "xs": [_small(rng, 2, 3)], "right": False},
        ),
        Case(
            "With a rule whose gradients are right only in their sum",
            {"f": "moved", "xs": [up], "right": False},
        ),
        Case(
            "With `f(x) = 1.7 * x[::-1]`, and a rule that does not turn the gradient round",
            {"f": "turned round", "xs": [x], "right": False},
        ),
        Case(
            "With a rule for `abs` that is wrong for negative numbers only",
            {"f": "negative", "xs": [np.array([0.5, -1.5, 3.5])], "right": False},
        ),
        Case(
            "With a rule that lets only a positive upstream gradient through",
            {"f": "asks the upstream", "xs": [_small(rng, 8)], "right": False},
        ),
    ]


def one_place(rng):
    """A rule that is wrong at one index of one input."""
    return [
        Case(
            "With a fault in input 1 (of two) at index (2, 0)",
            {"xs": [_small(rng, 3), _small(rng, 4, 3)], "position": 1, "index": (2, 0)},
        ),
        Case(
            "With a fault in input 0 (the only one) at index (3,)",
            {"xs": [_small(rng, 5)], "position": 0, "index": (3,)},
        ),
    ]


def careful(rng):
    """Tolerances, dtypes, inputs without use, and what is left behind."""
    x, y = _small(rng, 3), _small(rng, 3)
    return [
        Case(
            "With `f(x) = 10000 * x * x`, whose gradients are large",
            {"f": "large", "xs": [np.array([35.0, -47.0])], "right": True},
        ),
        Case("With `f(x) = x * x * x` at `[0.0]`", {"f": "cube", "xs": [np.array([0.0])], "right": True}),
        Case(
            "With gradients around 0.0003 that are a third of what backward says",
            {"f": "tiny", "xs": [x], "right": False},
        ),
        Case(
            "With a rule that is wrong by one part in a thousand",
            {"f": "a thousandth", "xs": [x], "right": False},
        ),
        Case(
            "With `f(x) = x.tanh()` at a list, `[5.0, -4.5]`",
            {"f": "tanh", "xs": [[5.0, -4.5]], "right": True},
        ),
        Case(
            "With `f(x) = x.tanh()` at a float32 array",
            {"f": "tanh", "xs": [np.array([5.0, -4.5], np.float32)], "right": True},
        ),
        Case(
            "With `f(a, b) = a * 1.7`, which does not use `b`",
            {"f": "unused", "xs": [x, y], "right": True},
        ),
        Case(
            "With `f(a, b) = a * Tensor(b.data, requires_grad=False)`, where no gradient reaches `b`",
            {"f": "history cut", "xs": [x, y], "right": False},
        ),
        Case("With a rule that gives nan", {"f": "nan", "xs": [x], "right": False}),
        Case("With a rule that gives inf", {"f": "inf", "xs": [x], "right": False}),
        Case(
            "With `f(x, b) = x + b`, shapes (2, 3) and (3,), and a gradient of shape (2, 3) for `b`",
            {"f": "wrong shape", "xs": [_small(rng, 2, 3), y], "right": False},
        ),
        Case(
            "With `f(x) = x * x + x` at a single number", {"f": "twice", "xs": [np.array(1.5)], "right": True}
        ),
        Case(
            "With the rule that is 3 times too large, at a single number",
            {"f": "three times", "xs": [np.array(1.5)], "right": False},
        ),
        Case(
            "With a Tensor that has a `.grad` from an earlier pass",
            {"f": "twice", "xs": [x], "right": True, "tensors": True},
        ),
    ]


class _Gradcheck:
    """A right gradcheck, with a place for each mistake."""

    def __call__(self, f, *xs):
        tensors = self.tensors(xs)
        out = f(*tensors)
        v = self.weights(out.shape)
        self.backward(out, v)
        nudged = numeric_gradient(self.around(f, tensors), [t.data for t in tensors], v)
        for place, (tensor, right) in enumerate(zip(tensors, nudged, strict=True)):
            if not self.looks_at(place, tensor):
                continue
            found = self.found(tensor, right)
            wrong = np.asarray(self.wrong(found, right))
            if wrong.any():
                index = tuple(np.argwhere(wrong)[0].tolist()) if wrong.shape == right.shape else ()
                return self.end(place, index, np.asarray(found), right)
        return self.fine()

    def tensors(self, xs):
        return [Tensor(x, dtype=np.float64) for x in xs]

    def around(self, f, tensors):
        return lambda *arrays: f(*map(self.nudged, arrays)).data

    def nudged(self, array):
        return Tensor(array)

    def weights(self, shape):
        return np.random.default_rng(0).normal(size=shape)

    def backward(self, out, v):
        out.backward(v)

    def looks_at(self, place, tensor):
        return True

    def found(self, tensor, right):
        return np.zeros_like(right) if tensor.grad is None else tensor.grad

    def wrong(self, found, right):
        return ~(np.abs(found - right) <= 1e-7 + 1e-5 * np.abs(right))

    def end(self, place, index, found, right):
        raise AssertionError(self.message(place, index, found, right))

    def message(self, place, index, found, right):
        return f"input {place}, index {index}: backward gives {found[index]:.6g}, nudging {right[index]:.6g}"

    def fine(self):
        return True


def _as_function(checker):
    """A function of this module, so that the names in it mean what the probe says."""

    def gradcheck(f, *xs):
        return checker(f, *xs)

    return gradcheck


_reference_gradcheck = _as_function(_Gradcheck())


def _gradcheck_with(**methods):
    """A gradcheck of which something is different."""
    wrong = {name: (lambda self, *a, method=method: method(*a)) for name, method in methods.items()}
    return {"gradcheck": _as_function(type("_Gradcheck", (_Gradcheck,), wrong)())}


def _absolute(size):
    return lambda found, right: ~(np.abs(found - right) <= size)


def _relative(size):
    return lambda found, right: ~(np.abs(found - right) <= 1e-7 + size * np.abs(right))


def _first_element(found, right):
    return ~np.isclose(found, right, rtol=1e-5, atol=1e-7) & (np.arange(right.size).reshape(right.shape) == 0)


def _raise(message):
    def end(place, index, found, right):
        raise AssertionError(message(place, index, found, right))

    return end


def _index_as_list(place, index, found, right):
    index = list(index)
    return f"input {place}, index {index}: backward {found[index]}, nudging {right[index]}"


def _raise_value_error(*where):
    raise ValueError(_Gradcheck().message(*where))


class _NudgesTheCallersArrays(_Gradcheck):
    def __call__(self, f, *xs):
        answer = super().__call__(f, *xs)
        for x in xs:
            if isinstance(x, (np.ndarray, Tensor)):
                x = x.data if isinstance(x, Tensor) else x
                x += 1e-6
        return answer


def _the_callers(xs):
    return [x if isinstance(x, Tensor) else Tensor(x, dtype=np.float64) for x in xs]


def _always_true(f, *xs):
    return True


def _asks_an_array(found, right):
    if np.abs(found - right) > 1e-7 + 1e-5 * np.abs(right):
        return np.array(True)
    return np.array(False)


def _nudges_f_itself(f, *xs):
    tensors = [Tensor(x, dtype=np.float64) for x in xs]
    out = f(*tensors)
    numeric_gradient(f, [tensor.data for tensor in tensors], np.random.default_rng(0).normal(size=out.shape))
    raise AssertionError


GRADCHECK_MISTAKES = (
    Mistake(
        "truth of an array",
        "`.any()` and `.all()` make one answer of many. If you meant to compare two numbers, one is still an "
        "array: `numeric_gradient` returns a list, with one array for each input.",
        _gradcheck_with(wrong=_asks_an_array),
    ),
    Mistake(
        "Tensors for arrays",
        "`numeric_gradient` knows arrays only: what it gets, what it calls your function with, and what "
        "comes back. `f` is a function of Tensors.",
        {"gradcheck": _nudges_f_itself},
    ),
    Mistake(
        "one side is no gradient",
        "Yours complains where the rule is right. Look at the two numbers that it names. If nudging is 0, "
        "the nudged function should use the arrays it gets. If backward is 0, was `backward` called before "
        "`.grad` was read? If they agree, is your tolerance below 0 there? If not, did both get the same "
        "weights?",
        _gradcheck_with(around=lambda f, tensors: lambda *arrays: f(*tensors).data),
    ),
    Mistake(
        "silent",
        "Yours says True whatever it is shown. What happens when backward and nudging differ?",
        {"gradcheck": _always_true},
    ),
    Mistake(
        "returns False instead of raising",
        "You return what you found. A False is easily overlooked, and cannot say where: raise an "
        "AssertionError instead.",
        _gradcheck_with(end=lambda *where: False),
    ),
    Mistake(
        "other error",
        "You do raise an error, of another kind. For 'this should be so, and is not' Python has "
        "AssertionError.",
        _gradcheck_with(end=_raise_value_error),
    ),
    Mistake(
        "silent",
        "Where all is well, yours ends without a `return`: the caller gets None, which counts as false.",
        _gradcheck_with(fine=lambda: None),
    ),
    Mistake(
        "compares the wrong way round",
        "Yours complains about what agrees and is content with what does not. Which of the two does your "
        "mask mark?",
        _gradcheck_with(wrong=lambda found, right: np.isclose(found, right, rtol=1e-5, atol=1e-7)),
    ),
    Mistake(
        "ones as weights",
        "A rule that brings gradients to the wrong places passes. With the same weight for every element "
        "nobody can tell them apart: what is your `v`?",
        _gradcheck_with(weights=np.ones),
    ),
    Mistake(
        "weights of one sign",
        "A rule may look at the upstream gradient itself, and let only what is positive through. Do your "
        "weights have both signs?",
        _gradcheck_with(weights=lambda shape: np.random.default_rng(0).uniform(0.5, 1.5, shape)),
    ),
    Mistake(
        "different weights",
        "Backward started from other weights than nudging, so the two answer different questions. "
        "Without an argument, `backward` starts from ones.",
        _gradcheck_with(backward=lambda out, v: out.backward()),
    ),
    Mistake(
        "only the first input",
        "A fault in the second input goes unseen. Does a `return` stand inside your loop, or is there no "
        "loop over the inputs?",
        _gradcheck_with(looks_at=lambda place, tensor: place == 0),
    ),
    Mistake(
        "only the first element",
        "A fault behind the first element goes unseen. How many elements of each gradient do you compare?",
        _gradcheck_with(wrong=_first_element),
    ),
    Mistake(
        "all for any",
        "One wrong element among right ones goes unseen. Do you complain only where *all* of them are wrong?",
        _gradcheck_with(
            wrong=lambda found, right: np.full(right.shape, not np.isclose(found, right, 1e-5, 1e-7).any())
        ),
    ),
    Mistake(
        "compares sums",
        "Some faults go unseen, or a place is named where nothing is wrong. Is each element compared by "
        "itself, and the place taken from those that differ?",
        _gradcheck_with(
            wrong=lambda found, right: np.full(
                right.shape, not np.isclose(found.sum(), right.sum(), 1e-5, 1e-7)
            )
        ),
    ),
    Mistake(
        "compares without signs",
        "A rule that is wrong in its sign goes unseen. Where do you take absolute values: of each "
        "number, or of their difference?",
        _gradcheck_with(wrong=lambda found, right: ~np.isclose(np.abs(found), np.abs(right), 1e-5, 1e-7)),
    ),
    Mistake(
        "signed difference",
        "Numbers that are too small pass, and only those too large are seen. A difference may be "
        "negative: which function is missing around it?",
        _gradcheck_with(wrong=lambda found, right: ~(found - right <= 1e-7 + 1e-5 * np.abs(right))),
    ),
    Mistake(
        "tolerance exact",
        "Right rules are rejected. Do you ask for equal numbers? Nudging always errs a little; how much "
        "is allowed stands in the formula.",
        _gradcheck_with(wrong=lambda found, right: found != right),
    ),
    Mistake(
        "tolerance absolute only",
        "Your tolerance is the same for large and small gradients. Where they are around 100 000, "
        "nudging errs by more than that; the formula has a second term.",
        _gradcheck_with(wrong=_absolute(1e-7)),
    ),
    Mistake(
        "tolerance absolute only",
        "Your tolerance is absolute and wide. A gradient of 0.0003 can be wrong by its whole size and "
        "still pass.",
        _gradcheck_with(wrong=_absolute(5e-3)),
    ),
    Mistake(
        "tolerance relative only",
        "Your tolerance vanishes where the gradient is 0, and there nudging errs by a trillionth. What "
        "is the first term of the formula for?",
        _gradcheck_with(wrong=lambda found, right: ~(np.abs(found - right) <= 1e-5 * np.abs(right))),
    ),
    Mistake(
        "tolerance relative to backward",
        "Even inf passes, because your tolerance grows with what backward says. Of which of the two numbers "
        "does the formula take a part?",
        _gradcheck_with(
            wrong=lambda found, right: ~(np.abs(found - right) <= 1e-7 + 1e-5 * np.abs(found)),
        ),
    ),
    Mistake(
        "tolerance too wide",
        "A rule that is wrong by a thousandth passes: your relative tolerance is too wide. How large is "
        "it in the formula?",
        _gradcheck_with(wrong=_relative(1e-2)),
    ),
    Mistake(
        "float32",
        "With float64 arrays all is well. A Tensor of a list or a float32 array computes with 7 digits. "
        "How do you make one of float64, whatever comes in?",
        _gradcheck_with(tensors=lambda xs: [Tensor(x) for x in xs]),
    ),
    Mistake(
        "float32",
        "You nudge in float32. A nudge of a millionth drowns in numbers of 7 digits.",
        _gradcheck_with(nudged=lambda array: Tensor(array, dtype=np.float32)),
    ),
    Mistake(
        "nan passes",
        "nan passes, because every comparison with nan is False, also `>`. Ask which elements *agree*.",
        _gradcheck_with(wrong=lambda found, right: np.abs(found - right) > 1e-7 + 1e-5 * np.abs(right)),
    ),
    Mistake(
        "skips what backward did not reach",
        "You skip an input that has no `.grad`. That nothing arrived may be the very fault: compare as "
        "if it were zeros.",
        _gradcheck_with(looks_at=lambda place, tensor: tensor.grad is not None),
    ),
    Mistake(
        "no gradient where none is due",
        "An input that `f` does not use has no `.grad`. What is its gradient, in numbers?",
        _gradcheck_with(found=lambda tensor, right: tensor.grad + 0 * right),
    ),
    Mistake(
        "overwrote the caller's data",
        "The caller's numbers are not what they were. Nudge copies, or put back what you change.",
        {"gradcheck": _as_function(_NudgesTheCallersArrays())},
    ),
    Mistake(
        "stale .grad",
        "If the caller passes a Tensor, you use that very one, and it may have a `.grad` already, to "
        "which yours is added. Make Tensors of your own.",
        _gradcheck_with(tensors=_the_callers),
    ),
    Mistake(
        "index not a tuple",
        "An index is a tuple. A list or an array in brackets picks whole rows, and fails where there is "
        "a single number.",
        _gradcheck_with(end=_raise(_index_as_list)),
    ),
    Mistake(
        "no message",
        'The error is there, and says nothing. Write `assert …, f"…"` or `raise AssertionError(f"…")`.',
        _gradcheck_with(end=_raise(lambda *where: "")),
    ),
    Mistake(
        "no place in the message",
        "The message says that something is wrong, not where.",
        _gradcheck_with(end=_raise(lambda *where: "backward and nudging do not agree")),
    ),
    Mistake(
        "no index in the message",
        "Your message names the input. In a matrix of a million weights, people need the index as well.",
        _gradcheck_with(end=_raise(lambda place, *rest: f"input {place} is wrong")),
    ),
    Mistake(
        "no index in the message",
        "The input and two numbers are there. The index is not, or it is that of the flattened array: "
        "`np.argwhere` gives one number for each axis.",
        _gradcheck_with(
            end=_raise(
                lambda place, i, found, right: (
                    f"input {place}, element {np.ravel_multi_index(i, right.shape)}: "
                    f"{found[i]:.6g}, {right[i]:.6g}"
                )
            )
        ),
    ),
    Mistake(
        "no input in the message",
        "Your message names the index. An index in which of the inputs?",
        _gradcheck_with(
            end=_raise(
                lambda place, i, found, right: f"index {i}: backward {found[i]:.6g}, nudging {right[i]:.6g}"
            )
        ),
    ),
    Mistake(
        "inputs counted from 1",
        "You count the inputs from 1. Python people count from 0, and so does the text.",
        _gradcheck_with(
            end=_raise(
                lambda place, i, found, right: (
                    f"input {place + 1}, index {i}: backward {found[i]:.6g}, nudging {right[i]:.6g}"
                )
            )
        ),
    ),
    Mistake(
        "no numbers in the message",
        "The place is there. The two numbers say what kind of fault it is: 3 times too large, a sign, "
        "nothing at all.",
        _gradcheck_with(end=_raise(lambda place, index, *rest: f"input {place}, index {index}")),
    ),
    Mistake(
        "numbers under wrong names",
        "Each of the two numbers stands under the name of the other. Which one came from `.grad`?",
        _gradcheck_with(
            end=_raise(
                lambda place, i, found, right: (
                    f"input {place}, index {i}: backward {right[i]:.6g}, nudging {found[i]:.6g}"
                )
            )
        ),
    ),
    Mistake(
        "one number in the message",
        "One number is there. Show both: what backward gives and what nudging gives.",
        _gradcheck_with(
            end=_raise(lambda place, i, found, right: f"input {place}, index {i}: backward {found[i]:.6g}")
        ),
    ),
)

# The bug hunt -----------------------------------------------------------------------------------------

_FAULTS = {
    1: ("tanh", "j"),
    2: ("add", "a"),
    3: ("backward", "i"),
    4: ("pow", "e"),
    5: ("transpose", "d"),
    6: ("relu", "c"),
    7: ("backward", "g"),
    8: ("matmul", "k"),
}
_PLACES = (*OPERATIONS, "backward")
_LETTERS = tuple("abcdefghijkl")
_SAME = {"multiply": "mul", "divide": "div", "power": "pow", "sum": "summation"}


def _entry(parts, number):
    """What is said of an engine: name and letter, None where there are not two; whether in a dictionary."""
    answer = parts.diagnosis()
    if not isinstance(answer, dict):
        return None, None, False
    entry = answer.get(number, answer.get(str(number), ("", "")))
    if isinstance(entry, str):  # a name alone earns its points
        entry = (entry, None) if entry.strip() else ("", "")
    if not (isinstance(entry, (tuple, list)) and len(entry) == 2):
        return None, None, True
    name, letter = (_plain(text) for text in entry)
    name = (name or "").removeprefix("e.").removesuffix("()")
    return _SAME.get(name, name), letter, True


def _plain(text):
    """A name or a letter as small letters, of a text or a function; None for None."""
    return None if text is None else str(getattr(text, "__name__", text)).strip().lower()


def where(parts, number):
    """The operation that is named for an engine."""
    name, _, is_dict = _entry(parts, number)
    yield "what `diagnosis` returns should be a dictionary, `{1: (…, …), …}`", Claim(is_dict)
    yield _PAIR, Claim(name is not None)
    yield f"there should be a name for engine {number}", Claim(name)
    claim = 'the name should be one of `OPERATIONS`, or `"backward"`'
    yield claim, Claim(name in _PLACES, f"it is `{name}`")
    right, _ = _FAULTS[number]
    claim = '`"backward"` should be blamed only where every operation is right by itself'
    yield claim, Claim(name != "backward" or right == "backward")
    blamed = f"it is `{name}`, which is right in this engine"
    yield "the name should be that of the faulty part", Claim(name == right, blamed)


def what(parts, number):
    """The letter that is chosen for an engine."""
    _, letter, is_dict = _entry(parts, number)
    yield "what `diagnosis` returns should be a dictionary, `{1: (…, …), …}`", Claim(is_dict)
    yield _PAIR, Claim(letter is not None)
    yield f"there should be a letter for engine {number}", Claim(letter)
    claim = "the letter should be one from a to l"
    yield claim, Claim(letter in _LETTERS, f"it is `{letter}`")
    _, right = _FAULTS[number]
    yield "the letter should say what is wrong in this engine", Claim(letter == right, f"it is `{letter}`")


_PAIR = 'each entry should be a tuple of two texts, such as `("sigmoid", "h")`'


def _engines(*numbers):
    def cases(rng):
        return [Case(f"With engine {number}", {"number": number}) for number in numbers]

    return cases


def _reference_diagnosis():
    return dict(_FAULTS)


def _says(name=None, letter=None, of=tuple(_FAULTS)):
    """A diagnosis that says the same of some engines, in one of its two entries, and is right otherwise."""
    said = {number: (name or right, letter or kind) for number, (right, kind) in _FAULTS.items()}
    return {"diagnosis": lambda: {n: said[n] if n in of else _FAULTS[n] for n in _FAULTS}}


_INPUTS = (1, 2, 3, 4, 5, 6, 8)
"""Engines whose fault shows in a single gradcheck; that of engine 7 shows in calls."""

# Letters are judged two engines at a time: what is said is about the first of the two that is wrong.
_FIRST_WRONG = {
    number: [(number,), (number, number + 1)] if number % 2 else [(number,)] for number in _FAULTS
}


def _letter_mistakes(letter, family, message, for_7, for_5):
    """Mistakes that give this letter to one engine, or to two; for engine 5 it is about shapes."""
    of_engine = {5: for_5, 7: for_7}
    return [
        Mistake(family, of_engine.get(number, message), _says(letter=letter, of=some))
        for number, engines in _FIRST_WRONG.items()
        for some in engines
    ]


_CALL_BY_CALL = (
    "One call of `backward` is right in this engine. Make the calls one by one and compare `.grad` with "
    "engine 0 after each: where do they part, and by how much?"
)
_SHAPES = (
    "Three axes of unequal sizes show it. Follow the shapes, forth and back: which line of the table ends at "
    "the shape that backward gives?"
)

HUNT_MISTAKES = (
    Mistake(
        "right rule suspected",
        "The rule that you name passes by itself, on every kind of input. What else was in the test that "
        "failed?",
        _says("sigmoid", of=_INPUTS),
    ),
    Mistake(
        "right rule suspected",
        "In this engine every operation passes, on every kind of input. What is used by all of them?",
        _says("sigmoid", of=(7,)),
    ),
    Mistake(
        "walk blamed for an operation",
        "The walk is right in this engine. When a composition fails, run gradcheck on each of its "
        "operations alone, on many kinds of inputs.",
        _says("backward"),
    ),
    Mistake(
        "no such name",
        "Use the names as they are printed above: an engine has no operation of this one.",
        _says("gradients"),
    ),
    Mistake(
        "not found yet",
        "What has not been tried on this engine yet: which inputs, and what else? Hints 2 and 3 list some.",
        _says(" "),
    ),
    *_letter_mistakes(
        "h",
        "other fault named",
        "Take the smallest input on which this engine fails, and work out both numbers with a pencil. "
        "Which line of the table turns one into the other?",
        _CALL_BY_CALL,
        _SHAPES,
    ),
    *_letter_mistakes(
        " ",
        "not found yet",
        *["Where it fails, what is different: the shape, or the numbers? By which factor, and when?"] * 3,
    ),
    *_letter_mistakes(
        "z",
        "no such letter",
        "The table has the letters a to l.",
        "The table has the letters a to l.",
        "The table has the letters a to l.",
    ),
    Mistake(
        "no dictionary",
        "A list is numbered from 0, the engines from 1: in a dictionary each number stands next to its "
        "engine. And None means that a `return` is missing.",
        {"diagnosis": lambda: list(_FAULTS.values())},
    ),
)

# topological_order ------------------------------------------------------------------------------------


class TimeUp(Exception):
    """Somebody looks at the Tensors of a graph again and again: what is said of loops is said of this."""


class _Log:
    """What was done to the Tensors of one graph."""

    most = 3000

    def __init__(self, depths=False):
        self.wants_depths, self.depths, self.reads, self.compared = depths, [], 0, 0


class _Watched(Tensor):
    """A Tensor that notes who looks at its inputs, from how deep, and with what it is compared."""

    __slots__ = ("held", "notes")

    def __init__(self, inputs, log):
        self.held, self.notes = (), log
        super().__init__(1.5)
        self.held = inputs
        self._op = babygrad.Add() if inputs else None

    @property
    def _inputs(self):
        self.notes.reads += 1
        if self.notes.reads > self.notes.most:
            raise TimeUp
        if not self.notes.wants_depths:
            return self.held
        depth = 0
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and depth < 3000:
            depth, frame = depth + 1, frame.f_back
        self.notes.depths.append(depth)
        return self.held

    @_inputs.setter
    def _inputs(self, inputs):
        self.held = inputs

    def __eq__(self, other):
        self.notes.compared += 1
        return self is other

    __hash__ = Tensor.__hash__


_Watched.__name__ = "Tensor"  # errors quote it

_GRAPHS = {
    "c = a + b": {"c": "ab"},
    "y = x + x": {"y": "xx"},
    "d = a + b, e = d + c, f = e + d": {"d": "ab", "e": "dc", "f": "ed"},
    "d = a + b, e = d + c, f = d + e": {"d": "ab", "e": "dc", "f": "de"},
    "p = x + x, q = p + x, r = q + p, s = r + x": {"p": "xx", "q": "px", "r": "qp", "s": "rx"},
    "p = x + y, q = p + x, r = p + y, s = q + r, t = s + p": {
        "p": "xy",
        "q": "px",
        "r": "py",
        "s": "qr",
        "t": "sp",
    },
}


def _built(graph):
    """The Tensors of a graph by name; each result is made from those whose names its text holds."""
    log = _Log()
    tensors: dict[str, Tensor] = {}
    for name, inputs in graph.items():
        for leaf in inputs:
            tensors.setdefault(leaf, _Watched((), log))
        tensors[name] = _Watched(tuple(tensors[leaf] for leaf in inputs), log)
    return tensors


def in_order(parts, graph):
    """Each tensor once, after all of its inputs."""
    graph = _GRAPHS[graph]
    tensors = _built(graph)
    root = tensors[list(graph)[-1]]
    names = {id(tensor): name for name, tensor in tensors.items()}
    with names_mean(parts.topological_order, Tensor=Tensor):
        order = parts.topological_order(root)
    instead = "it is None; a `return` may be missing" if order is None else f"it is a {type(order).__name__}"
    yield (
        "what `topological_order` returns should be a list",
        Claim(isinstance(order, (list, tuple)), instead),
    )
    seen = [names.get(id(tensor), "?") for tensor in order]
    instead = f"the order is {', '.join(seen)[:120] or 'empty'}"
    yield "there should be nothing but Tensors of this graph in it", Claim("?" not in seen, instead)
    yield "each Tensor should be there", Claim(set(seen) >= set(tensors), instead)
    yield "each Tensor should be there only once", Claim(len(seen) == len(set(seen)), instead)
    yield "the root should be there", Claim(list(graph)[-1] in seen, instead)
    yield (
        "inputs should come first, not last",
        Claim(_fits(seen, graph) or not _fits(seen[::-1], graph), instead),
    )
    yield "each Tensor should come after all of its inputs", Claim(_fits(seen, graph), instead)
    again = len(parts.topological_order(root))
    claim = "asked a second time, it should give the whole order again"
    yield claim, Claim(again == len(order), f"there are {again} Tensors in it instead of {len(order)}")


def _fits(names, graph):
    """Whether each result of the graph comes after its inputs."""
    place = {name: position for position, name in enumerate(names)}
    return all(place[i] < place[name] for name, inputs in graph.items() for i in inputs)


@cache
def _deep_chain(length):
    """A chain of Tensors, made without operations, which would take longer."""
    root = leaf = Tensor(1.5)
    for _ in range(length):
        below, root = root, Tensor.__new__(Tensor)
        root.data, root.grad, root.requires_grad = leaf.data, None, True
        root._op, root._inputs = None, (below,)
    return leaf, root


def _watched_chain(length, log):
    tensor = _Watched((), log)
    for _ in range(length):
        tensor = _Watched((tensor,), log)
    return tensor


def deep(parts, length):
    """A chain that is deeper than Python's stack."""
    log = _Log(depths=True)
    with names_mean(parts.topological_order, Tensor=Tensor):
        parts.topological_order(_watched_chain(100, log))
        grown = max(log.depths, default=0) - min(log.depths, default=0)
        yield (
            "the calls should not nest deeper where the graph is deeper",
            Claim(grown < 20, f"a chain of 100 operations takes {grown} calls inside each other"),
        )
        if grown >= 20:
            return
        length = length if log.compared < 1000 else 300  # who compares all with all would be here all day
        leaf, root = _deep_chain(length)
        order = parts.topological_order(root)
        yield _ONLY_TENSORS, Claim(all(isinstance(tensor, Tensor) for tensor in order))
        yield "the number of Tensors in the order should be right", Claim(len(order) == length + 1)
        ends = len(order) > 0 and order[0] is leaf and order[-1] is root
        yield "the leaf should be first, and the root last", Claim(ends)


_ONLY_TENSORS = "there should be nothing but Tensors in the order"


def few_looks(parts, shape, size):
    """How often the Tensors of a graph are looked at."""
    log = _Log()
    root = _Watched((), log)
    for _ in range(size):
        root = _Watched((root, root if shape == "ladder" else _Watched((), log)), log)
    count = size + 1 if shape == "ladder" else 2 * size + 1
    log.reads = 0
    with names_mean(parts.topological_order, Tensor=Tensor):
        order = parts.topological_order(root)
    instead = f"`_inputs` is read {log.reads} times for {count} Tensors"
    yield (
        "each Tensor's `_inputs` should be read a few times at most",
        Claim(log.reads <= 6 * count, instead),
    )
    yield _ONLY_TENSORS, Claim(all(isinstance(tensor, Tensor) for tensor in order))
    yield "each Tensor should be there once", Claim(len(order) == count)
    instead = f"there are {log.compared} comparisons for {count} Tensors"
    yield "a Tensor should not be compared with all others", Claim(log.compared <= 1000, instead)


def some_graphs(rng):
    """Small ones first; one Tensor on several levels, and the same graph with its inputs the other way."""
    return [Case(f"With `{graph}`", {"graph": graph}) for graph in _GRAPHS]


def a_deep_chain(rng):
    """20 000 operations in a row."""
    return [Case("With a chain of 20 000 operations", {"length": 20_000})]


def many_paths(rng):
    """`h = h + h` again and again: few Tensors, very many paths; and a long sum."""
    return [
        Case("With `h = h + h` nine times", {"shape": "ladder", "size": 9}),
        Case("With `s = s + a` 100 times, for a new `a` each time", {"shape": "sum", "size": 100}),
    ]


def _recursive(root):
    order, entered = [], set()

    def visit(node):
        if node not in entered:
            entered.add(node)
            for tensor in node._inputs:
                visit(tensor)
            order.append(node)

    visit(root)
    return order


def _root_first(root):
    return babygrad.topological_order(root)[::-1]


def _pre_order(root):
    order, entered, waiting = [], set(), [root]
    while waiting:
        node = waiting.pop()
        if node not in entered:
            entered.add(node)
            order.append(node)
            waiting.extend(node._inputs)
    return order[::-1]


def _breadth_first(root):
    order, entered = [root], {root}
    for node in order:
        for tensor in node._inputs:
            if tensor not in entered:
                entered.add(tensor)
                order.append(tensor)
    return order[::-1]


def _marked_when_put_on(root):
    order, entered, waiting = [], {root}, [(root, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
            continue
        waiting.append((node, True))
        for tensor in node._inputs:
            if tensor not in entered:
                entered.add(tensor)
                waiting.append((tensor, False))
    return order


def _once_per_path(root):
    order, waiting = [], [(root, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
        else:
            waiting.append((node, True))
            waiting.extend((tensor, False) for tensor in node._inputs)
    return order


def _once_per_path_put_once(root):
    return list(dict.fromkeys(_once_per_path(root)))


def _note_on_top(root):
    order, entered, waiting = [], set(), [(root, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
        elif node not in entered:
            entered.add(node)
            waiting.extend((tensor, False) for tensor in node._inputs)
            waiting.append((node, True))
    return order


def _from_the_front(root):
    order, entered, waiting = [], set(), [(root, False)]
    for node, done in waiting:
        if done:
            order.append(node)
        elif node not in entered:
            entered.add(node)
            waiting.append((node, True))
            waiting.extend((tensor, False) for tensor in node._inputs)
    return order


def _in_a_list(root):
    order, entered, waiting = [], [], [(root, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
        elif node not in entered:
            entered.append(node)
            waiting.append((node, True))
            waiting.extend((tensor, False) for tensor in node._inputs)
    return order


def _in_the_order(root):
    order, waiting = [], [(root, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
        elif node not in order:
            waiting.append((node, True))
            waiting.extend((tensor, False) for tensor in node._inputs)
    return order


_MET: set[Tensor] = set()


def _remembers(root):
    if root in _MET:
        return []
    _MET.clear()
    _MET.add(root)
    return babygrad.topological_order(root)


def _arrays(root):
    return [tensor.data for tensor in babygrad.topological_order(root)]


def _without_leaves(root):
    return [tensor for tensor in babygrad.topological_order(root) if tensor._inputs]


def _without_root(root):
    return babygrad.topological_order(root)[:-1]


ORDER_MISTAKES = (
    Mistake(
        "recursion limit",
        "Your function, or one inside it, calls itself. Raising Python's limit only moves the end of the "
        "road. What waits has to be on a list of your own.",
        {"topological_order": _recursive},
    ),
    Mistake(
        "reversed",
        "The root is first, and what it was made from comes after it. Here it should be the other way round.",
        {"topological_order": _root_first},
    ),
    Mistake(
        "breadth-first order",
        "Level by level, counted from the root, is no order: where a Tensor is used on two levels, it "
        "belongs to the deeper one.",
        {"topological_order": _breadth_first},
    ),
    Mistake(
        "pre-order",
        "You put a Tensor into the order when you meet it, and turn the list round. Where it is used on "
        "two levels, it comes too late. It has to wait until its inputs are done.",
        {"topological_order": _pre_order},
    ),
    Mistake(
        "marked too early",
        "You mark a Tensor when you put it on the list. Somebody further down may need it sooner than "
        "its turn there comes: has a Tensor been met while it only waits?",
        {"topological_order": _marked_when_put_on},
    ),
    Mistake(
        "queue instead of stack",
        "Yours goes level by level, from the root down. From which end of the list do you take, and what "
        "makes a Tensor wait for its inputs?",
        {"topological_order": _from_the_front},
    ),
    Mistake(
        "note above the inputs",
        "A Tensor goes into the order before its inputs have come off the list. What makes it wait? And what "
        "was put on last comes off first.",
        {"topological_order": _note_on_top},
    ),
    Mistake(
        "node visited once per path",
        "A Tensor that is used twice is in the order twice. Who remembers which ones are in it already?",
        {"topological_order": _once_per_path},
    ),
    Mistake(
        "node visited once per path",
        "The order is right in the end, but every path is walked by itself, and of paths there may be "
        "more than atoms. Ask when you meet a Tensor, not afterwards.",
        {"topological_order": _once_per_path_put_once},
    ),
    Mistake(
        "quadratic lookup",
        "The order is right, and finding it takes the square of the number of Tensors: you look "
        "something up in a list. Which container answers at once?",
        {"topological_order": _in_a_list},
    ),
    Mistake(
        "quadratic lookup",
        "The order is right, and finding it takes the square of the number of Tensors: you look "
        "something up in a list. Which container answers at once?",
        {"topological_order": _in_the_order},
    ),
    Mistake(
        "memory between calls",
        "The second call still knows whom the first has met. Where is what you remember made: in the body of "
        "the function, or once, outside or as a default?",
        {"topological_order": _remembers},
    ),
    Mistake(
        "arrays for Tensors",
        "These are the arrays. The order is made of the Tensors themselves.",
        {"topological_order": _arrays},
    ),
    Mistake(
        "leaves left out",
        "Only results of operations are there. The Tensors without inputs belong to the order, too.",
        {"topological_order": _without_leaves},
    ),
    Mistake(
        "root left out",
        "All are there except the root.",
        {"topological_order": _without_root},
    ),
)

# no_grad ----------------------------------------------------------------------------------------------


class Recording:
    """Stands for the switch of the lesson."""

    on = True


@contextmanager
def _a_switch(part: Any, on: bool = True) -> Iterator[Any]:
    """A switch that nobody has touched, under the name that the code of `part` knows it by."""
    switch = type("Recording", (), {"on": on})
    with names_mean(inspect.unwrap(part), Recording=switch):
        yield switch


_ON_SELF = "what `__enter__` remembers should still be known in `__exit__`"


_THREE = "`__exit__` should take three arguments besides `self`"


def _unknown_in_exit(no_grad, error):
    """Whether a name is unknown in ``__exit__`` because it was a local one in ``__enter__``."""
    enter = getattr(getattr(no_grad, "__enter__", None), "__code__", None)
    return enter is not None and error.name in enter.co_varnames


def off_and_on(parts, on):
    """One block."""
    with _a_switch(parts.no_grad, on) as switch:
        block = parts.no_grad()
        try:
            with block:
                inside = switch.on
        except NameError as error:
            if not _unknown_in_exit(parts.no_grad, error):
                raise
            instead = f"Python says: {error}. Local names end with their method; the object, `self`, stays"
            yield _ON_SELF, Claim(False, instead)
            return
        except TypeError as error:
            if "__exit__()" not in str(error):
                raise
            yield _ON_SELF, Claim(True)
            yield _THREE, Claim(False, f"Python says: {error}")
            return
        yield _ON_SELF, Claim(True)
        yield _THREE, Claim(True)
        yield "`Recording.on` inside the block", inside
        yield "`Recording.on` after the block", switch.on
        with parts.no_grad():
            again = switch.on
        yield "`Recording.on` inside a second block", again
        yield "`Recording.on` after the second block", switch.on


def nested(parts, how):
    """Blocks inside each other, or an error inside."""
    with _a_switch(parts.no_grad) as switch:
        if how == "nested":
            with parts.no_grad():
                with parts.no_grad():
                    inner = switch.on
                outer = switch.on
            yield "`Recording.on` in the inner block", inner
            yield "`Recording.on` in the outer block, after the inner one,", outer
            yield "`Recording.on` after both", switch.on
            return
        if how == "made before":
            block = parts.no_grad()
            switch.on = False
            with block:
                pass
            yield "`Recording.on` after the block", switch.on
            return
        came = False
        try:
            with parts.no_grad():
                raise OnPurpose
        except OnPurpose:
            came = True
        yield "`Recording.on` after the error", switch.on
        yield "the error should come out of the block", Claim(came, "it is swallowed, and nobody hears of it")


class OnPurpose(Exception):
    """What goes wrong inside a block."""


def one_block(rng):
    """The switch on before, or off already."""
    return [
        Case("With one block", {"on": True}),
        Case("With a switch that is off already", {"on": False}),
    ]


def harder_blocks(rng):
    """Nested, and with an error."""
    return [
        Case("With a block inside a block", {"how": "nested"}),
        Case("With an error inside the block", {"how": "error"}),
        Case(
            "With `block = no_grad()`, then `Recording.on = False`, and only then `with block:`",
            {"how": "made before"},
        ),
    ]


class _NoGrad:
    """A right no_grad, in two methods that a mistake may replace."""

    def __enter__(self):
        self.before = Recording.on
        Recording.on = False
        return self

    def __exit__(self, kind, error, trace):
        Recording.on = self.before


def _generator():
    before = Recording.on
    Recording.on = False
    yield
    Recording.on = before


class _ReadsTooEarly(_NoGrad):
    def __init__(self):
        self.early = Recording.on

    def __exit__(self, kind, error, trace):
        Recording.on = self.early


class _TurnsOn(_NoGrad):
    def __exit__(self, kind, error, trace):
        Recording.on = True


class _NeverBack(_NoGrad):
    def __exit__(self, kind, error, trace):
        pass


class _NeverOff(_NoGrad):
    def __enter__(self):
        self.before = Recording.on


class _Toggles(_NoGrad):
    def __enter__(self):
        Recording.on = not Recording.on

    def __exit__(self, kind, error, trace):
        Recording.on = not Recording.on


class _NotAfterErrors(_NoGrad):
    def __exit__(self, kind, error, trace):
        if kind is None:
            Recording.on = self.before


class _Swallows(_NoGrad):
    def __exit__(self, kind, error, trace):
        Recording.on = self.before
        return True


class _SharedMemory(_NoGrad):
    def __enter__(self):
        type(self).before = Recording.on
        Recording.on = False


def _reference_no_grad():
    """A function, so that the learner's may be one, too."""
    return _NoGrad()


NO_GRAD_MISTAKES = (
    Mistake(
        "generator undecorated",
        "A function with `yield` makes a generator. What turns it into a context manager is in `contextlib`, "
        "and stands above it with an `@`.",
        {"no_grad": _generator},
    ),
    Mistake(
        "nested no_grad switched on",
        "At the end your switch is True. Is that what it was before?",
        {"no_grad": _TurnsOn},
    ),
    Mistake(
        "not restored",
        "After the block the switch is still off: nothing will be recorded any more. Who puts it back, "
        "and was its old value kept before it was changed?",
        {"no_grad": _NeverBack},
    ),
    Mistake(
        "never off",
        "Inside the block the switch is still on. Does your code set `Recording.on` there, and to what?",
        {"no_grad": _NeverOff},
    ),
    Mistake(
        "toggled",
        "You turn the switch to the other side, whatever it was. If it is off already, that turns it on.",
        {"no_grad": _Toggles},
    ),
    Mistake(
        "not restored after an error",
        "After an error the switch stays off. What has to be done in any case must not depend on how the "
        "block ended. If you wrote a function with `yield`, Python has `try` and `finally` for this.",
        {"no_grad": _NotAfterErrors},
    ),
    Mistake(
        "error swallowed",
        "`__exit__` returns something true, and so the error disappears. Return nothing.",
        {"no_grad": _Swallows},
    ),
    Mistake(
        "old value read too early",
        "You remember what the switch was when the object was made. The block may begin later: which method "
        "is called then?",
        {"no_grad": _ReadsTooEarly},
    ),
    Mistake(
        "one memory for all blocks",
        "The inner block overwrites what the outer one remembered. Does each block have a memory of its "
        "own, `self`?",
        {"no_grad": _SharedMemory},
    ),
)

# grad -------------------------------------------------------------------------------------------------

_CURVES: dict[str, Any] = {
    "x ** 4": lambda x: x**4,
    "x * x * x": lambda x: x * x * x,
    "x.exp() * x + x / 3": lambda x: x.exp() * x + x / 3,
    "(x @ x.T).tanh()": lambda x: (x @ x.T).tanh(),
}


_WITH_CONSTANTS = ("x ** 4", "x.exp() * x + x / 3")
_LEAF = "a Tensor that no operation made, whose `_op` is None, should not be asked for a rule"
_NONE = "a rule that returns None for a constant should do no harm"
_SINGLE = "a rule that returns one Tensor, and no tuple, should do no harm"
_SWAPPED = "a rule should get the upstream gradient first, then the node"
_COMPLAINTS = (_LEAF, _NONE, _SINGLE, _SWAPPED)


def _asked(grad, y, x, constants):
    """What `grad` returns; or None, which of the complaints an error amounts to, and the error."""
    try:
        return grad(y, x), None, ""
    except (TypeError, AttributeError, ValueError) as error:
        text = str(error)
        if "has no attribute 'backward'" in text:
            complaint = _LEAF
        elif "NoneType" in text and constants:
            complaint = _NONE
        elif "'Tensor' object is not iterable" in text:
            complaint = _SINGLE
        elif "values to unpack" in text and _crashed(error):
            complaint = _SWAPPED
        else:
            raise
        return None, complaint, f"it stops with {type(error).__name__}: {text[:150]}"


def first_derivative(parts, text, array):
    """The gradient itself."""
    with names_mean(parts.grad, Tensor=Tensor, topological_order=babygrad.topological_order):
        x = Tensor(array)
        y = _CURVES[text](x)
        slope, complaint, instead = _asked(parts.grad, y, x, constants=text in _WITH_CONSTANTS)
        for claim in _COMPLAINTS:
            yield claim, Claim(claim != complaint, instead)
        if complaint:
            return
        yield "`grad(y, x)`", slope
        yield "`x.grad` afterwards", x.grad
        yield "`y.grad` afterwards", y.grad
        yield "`x` afterwards", x
        yield "`grad(y, x)` asked a second time", parts.grad(y, x)


def second_derivative(parts, text, array):
    """The gradient of the gradient."""
    with names_mean(parts.grad, Tensor=Tensor, topological_order=babygrad.topological_order):
        x = Tensor(array)
        slope = parts.grad(_CURVES[text](x), x)
        yield "`grad(y, x)`", Form(slope)
        claim = "`grad(y, x)` should have a history that leads to `x`"
        remembers = isinstance(slope, Tensor) and any(t is x for t in babygrad.topological_order(slope))
        yield claim, Claim(remembers)
        leaves = [t for t in babygrad.topological_order(slope) if t._op is None and t.requires_grad]
        claim = "no other leaf should want a gradient: the ones at the start are a constant"
        yield claim, Claim(all(t is x for t in leaves))
        curvature, complaint, instead = _asked(parts.grad, slope, x, constants=True)
        for claim in _COMPLAINTS:
            yield claim, Claim(claim != complaint, instead)
        if complaint:
            return
        yield "`grad(grad(y, x), x)`", curvature
        yield "`x.grad` afterwards", x.grad


def some_curves(rng):
    """x ** 4 at 5 first; then with one Tensor on several paths, and shapes."""
    shapes = {"x * x * x": (3,), "x.exp() * x + x / 3": (2, 3), "(x @ x.T).tanh()": (3, 2)}
    others = [
        Case(
            f"With `y = {text}` at a float64 `x` of shape {shape}",
            {"text": text, "array": _small(rng, *shape)},
        )
        for text, shape in shapes.items()
    ]
    return [Case("With `y = x ** 4` at 5", {"text": "x ** 4", "array": np.array(5, np.float32)}), *others]


class _Grad:
    """A right grad, with a place for each mistake."""

    def __call__(self, y, x):
        ledger = {y: self.seed(y)}
        for node in self.order(y):
            if node in ledger and node._op is not None:
                grads = node._op.backward(ledger[node], node)
                grads = grads if isinstance(grads, tuple) else (grads,)
                for tensor, found in zip(node._inputs, grads, strict=True):
                    if tensor.requires_grad:
                        self.enter(ledger, tensor, found)
        return self.answer(ledger, x)

    def order(self, y):
        return babygrad.topological_order(y)[::-1]

    def seed(self, y):
        return Tensor(np.ones_like(y.data), requires_grad=False)

    def enter(self, ledger, tensor, found):
        ledger[tensor] = ledger[tensor] + found if tensor in ledger else found

    def answer(self, ledger, x):
        return ledger[x]


class _LastOneWins(_Grad):
    def enter(self, ledger, tensor, found):
        ledger[tensor] = found


class _HistoryCut(_Grad):
    def enter(self, ledger, tensor, found):
        before = ledger[tensor].data if tensor in ledger else 0
        ledger[tensor] = Tensor(found.data + before, requires_grad=False)


class _ChangedInPlace(_Grad):
    def enter(self, ledger, tensor, found):
        if tensor in ledger:
            ledger[tensor] = Tensor(ledger[tensor])
            ledger[tensor].data = ledger[tensor].data + found.data
        else:
            ledger[tensor] = found


class _AddsNone(_Grad):
    def __call__(self, y, x):
        ledger = {y: self.seed(y)}
        for node in reversed(babygrad.topological_order(y)):
            if node._op is not None:
                grads = node._op.backward(ledger[node], node)
                grads = grads if isinstance(grads, tuple) else (grads,)
                for tensor, found in zip(node._inputs, grads, strict=True):
                    ledger[tensor] = ledger.get(tensor, 0) + found
        return ledger[x]


class _FromTheLeaves(_Grad):
    def order(self, y):
        return babygrad.topological_order(y)


class _RecordsTheOnes(_Grad):
    def seed(self, y):
        return Tensor(np.ones_like(y.data))


class _AnArray(_Grad):
    def answer(self, ledger, x):
        return ledger[x].data


def _through_backward(y, x):
    y.backward()
    return Tensor(x.grad)


GRAD_MISTAKES = (
    Mistake(
        "gradient overwritten instead of added",
        "What arrives on a second path replaces what came on the first. What arrives at the same Tensor "
        "adds up.",
        {"grad": _LastOneWins()},
    ),
    Mistake(
        "history cut",
        "The numbers are right, and the gradient does not remember where it came from. Did you take "
        "`.data` on the way, make a new Tensor of it, or walk with the switch off?",
        {"grad": _HistoryCut()},
    ),
    Mistake(
        "history cut",
        "Where one gradient is added to another, the sum forgets the second. Add with `+`, on Tensors.",
        {"grad": _ChangedInPlace()},
    ),
    Mistake(
        "gradient for a constant",
        "A constant has no gradient, and its rule may say None. What should the ledger do with inputs that "
        "require none?",
        {"grad": _AddsNone()},
    ),
    Mistake(
        "order not reversed",
        "You go from the inputs to the root, and most Tensors have their turn before anything has arrived. "
        "From which end does the gradient come?",
        {"grad": _FromTheLeaves()},
    ),
    Mistake(
        "ones recorded",
        "The ones that you begin with are a leaf that wants a gradient, like `x`. How does a Tensor say that "
        "it is a constant?",
        {"grad": _RecordsTheOnes()},
    ),
    Mistake(
        "array returned",
        "This is an array. Return the Tensor itself: its history is what we are after.",
        {"grad": _AnArray()},
    ),
    Mistake(
        "stale .grad",
        "You go through `backward`, which leaves `.grad` behind on every Tensor and records nothing. "
        "Walk through the graph yourself, with a ledger.",
        {"grad": _through_backward},
    ),
)

EXERCISES = (
    Exercise(
        "09_trust/gradcheck",
        cell="gradcheck",
        reference={"gradcheck": _reference_gradcheck},
        parts=(
            Part("accepts right rules and raises an error for a wrong one", 1, verdict, plain_ones),
            Part("finds a fault wherever it is", 1, verdict, faults_in_places),
            Part("says where: input, index and both numbers", 0.5, says_where, one_place),
            Part("is careful: tolerance, float64, nan, the caller's things", 0.5, verdict, careful),
        ),
        mistakes=GRADCHECK_MISTAKES,
    ),
    Exercise(
        "09_trust/bug hunt",
        cell="bug_hunt",
        reference={"diagnosis": _reference_diagnosis},
        parts=(
            *(Part(f"engine {number}: where", 0.25, where, _engines(number)) for number in _FAULTS),
            *(
                Part(f"engines {one} and {one + 1}: what", 0.25, what, _engines(one, one + 1))
                for one in (1, 3, 5, 7)
            ),
        ),
        mistakes=HUNT_MISTAKES,
    ),
    Exercise(
        "09_trust/topological_order",
        cell="deep_order",
        reference={"topological_order": babygrad.topological_order},
        parts=(
            Part("each Tensor once, after its inputs", 0.25, in_order, some_graphs),
            Part("20 000 operations deep", 0.5, deep, a_deep_chain),
            Part("a few looks at each Tensor", 0.25, few_looks, many_paths),
        ),
        mistakes=ORDER_MISTAKES,
    ),
    Exercise(
        "09_trust/no_grad",
        cell="no_grad",
        reference={"no_grad": _reference_no_grad},
        parts=(
            Part("off inside, and as before afterwards", 0.5, off_and_on, one_block),
            Part("blocks inside blocks, and errors", 0.5, nested, harder_blocks),
        ),
        mistakes=NO_GRAD_MISTAKES,
    ),
    Exercise(
        "09_trust/grad",
        cell="second_derivative",
        reference={"grad": _Grad()},
        parts=(
            Part("the gradient", 0, first_derivative, some_curves),
            Part("the gradient of the gradient", 0, second_derivative, some_curves),
        ),
        mistakes=GRAD_MISTAKES,
    ),
)
