"""Lesson 09: gradcheck, a bug hunt, the order without recursion, no_grad, and gradients of gradients."""

from __future__ import annotations

import numpy as np

import babygrad
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.observation import Claim
from autograder.probes.lesson_09_trust import (
    GRAPHS,
    AtOnePlace,
    Watched,
    deep,
    few_looks,
    first_derivative,
    in_order,
    nested,
    off_and_on,
    says_where,
    second_derivative,
    verdict,
    what,
    where,
)
from babygrad import Tensor, numeric_gradient

# gradcheck --------------------------------------------------------------------------------------------


AtOnePlace.__name__ = "Operation"  # errors quote it


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
            "With a rule for `x * x` whose gradients are off, by 1 in one element and by -3 in the other",
            {"f": "off", "xs": [np.array([3.0, -4.0])], "right": False},
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
        *(
            Case(f"With `f(x) = x * x + x` at `[{x}]`", {"f": "twice", "xs": [np.array([x])], "right": True})
            for x in (1.5, -2.5)
        ),
    ]


def faults_in_places(rng):
    """Rules that are wrong in one way only.

    There is one pair in which too little and too much are told apart, at 1.5 and -1.5. Elsewhere both occur,
    or only too much, or eight elements differ, so that the learner's weights do not matter.
    """
    a, b, x = _small(rng, 8), 2 + rng.uniform(size=8), _small(rng, 4)
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
                f"With a rule for `x * x` that is 3 times too large, at `[{x}]`",
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
            {
                "f": "negative",
                "xs": [np.array([0.5, -1.5, 3.5, -2.5, -0.5, -3.5, -1.0, -2.0])],
                "right": False,
            },
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
    """Tolerances, dtypes, inputs without use, and what is left behind.

    The numbers have one sign, so that those of the gradients are a matter of the weights and not of luck.
    """
    x, y = rng.uniform(0.5, 1.5, size=(2, 8))
    return [
        Case(
            "With `f(x) = 10000 * x * x`, whose gradients are large",
            {"f": "large", "xs": [np.array([35.0, -47.0])], "right": True},
        ),
        Case("With `f(x) = x * x * x` at `[0.0]`", {"f": "cube", "xs": [np.array([0.0])], "right": True}),
        Case(
            "With gradients around 0.000003 that are two thirds of what backward says",
            {
                "f": "tiny",
                "xs": [np.array([1.25, -1.5, 0.75, 1.75, 1.5, -1.25, -0.75, -1.75])],
                "right": False,
            },
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
            {"f": "wrong shape", "xs": [_small(rng, 2, 3), y[:3]], "right": False},
        ),
        Case(
            "With `f(x) = x * x + x` at a single number", {"f": "twice", "xs": [np.array(1.5)], "right": True}
        ),
        Case(
            "With a rule whose gradients are too large, at a single number",
            {"f": "too large", "xs": [np.array(1.5)], "right": False},
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


_NO_INDEX = (
    "The input and two numbers are there. The index is not, or it is that of the flattened array: "
    "`np.argwhere` gives one number for each axis."
)


def _flat_index(place, i, found, right):
    flat = np.ravel_multi_index(i, right.shape)
    return f"input {place}, element {flat}: {found[i]:.6g}, {right[i]:.6g}"


def _input_and_numbers(place, i, found, right):
    return f"input {place}: backward gives {found[i]:.6g}, nudging {right[i]:.6g}"


def _indexed_by_a_number(place, i, found, right):
    flat = int(np.ravel_multi_index(i, right.shape)) if i else 0
    return _Gradcheck().message(place, flat, found, right)


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
        "`.grad` was read? If neither is, did both get the same weights?",
        _gradcheck_with(around=lambda f, tensors: lambda *arrays: f(*tensors).data),
    ),
    *[
        Mistake(
            "silent",
            "Yours says True whatever it is shown. What happens when backward and nudging differ? What is "
            "only printed stops nobody.",
            wrong,
        )
        for wrong in ({"gradcheck": _always_true}, _gradcheck_with(end=lambda *where: True))
    ],
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
    *[
        Mistake(
            "signed difference",
            "What is too small passes, and only what is too large is seen, or the reverse. A difference may "
            "be negative, and then it is below every tolerance: which function is missing around it?",
            _gradcheck_with(
                wrong=lambda found, right, one=one: ~(one * (found - right) <= 1e-7 + 1e-5 * np.abs(right)),
                weights=lambda shape, sign=sign: sign * np.random.default_rng(0).normal(size=shape),
            ),
        )
        for one in (1, -1)
        for sign in (1, -1)
    ],
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
        "The part of your tolerance that is the same for all gradients is too wide: one of 0.000003 can be "
        "wrong by its whole size and still pass. How large is that part in the formula?",
        _gradcheck_with(wrong=_absolute(5e-3)),
    ),
    Mistake(
        "tolerance absolute only",
        "The part of your tolerance that is the same for all gradients is too wide: one of 0.000003 can be "
        "wrong by its whole size and still pass. How large is that part in the formula?",
        _gradcheck_with(wrong=lambda found, right: ~(np.abs(found - right) <= 1e-5 + 1e-7 * np.abs(right))),
    ),
    *[
        Mistake(
            "signed tolerance",
            "Yours complains about negative gradients even where both numbers agree. The tolerance grows "
            "with the *size* of what nudging says: what is around it in the formula?",
            _gradcheck_with(
                wrong=lambda found, right: ~(np.abs(found - right) <= 1e-7 + 1e-5 * right),
                weights=lambda shape, sign=sign: sign * np.random.default_rng(0).normal(size=shape),
            ),
        )
        for sign in (1, -1)
    ],
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
        "Your Tensors are float32, which keeps 7 digits. Nudging can be compared with numbers of 16 only.",
        _gradcheck_with(tensors=lambda xs: [Tensor(x, dtype=np.float32) for x in xs]),
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
        "index not a tuple",
        "`np.argwhere(…).tolist()` lists each index as a list. To be used on an array it has to be a tuple: "
        "a list in brackets picks whole rows.",
        _gradcheck_with(end=_raise(lambda place, i, *both: _Gradcheck().message(place, list(i), *both))),
    ),
    Mistake(
        "index not a tuple",
        "Your index is a number that counts through the flattened array. An index has one number for each "
        "axis, and none where there is no axis: what does `np.argwhere` give?",
        _gradcheck_with(end=_raise(_indexed_by_a_number)),
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
    *[
        Mistake("no index in the message", _NO_INDEX, _gradcheck_with(end=_raise(message)))
        for message in (_flat_index, _input_and_numbers)
    ],
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


def right_name(seen, number):
    """Whether the name is that of the faulty part."""
    right, _ = _FAULTS[number]
    for label, thing in seen.items():
        if label != "the name":
            yield label, thing
            continue
        name = thing.get("value")
        claim = '`"backward"` should be blamed only where every operation is right by itself'
        yield claim, Claim(name != "backward" or right == "backward")
        blamed = f"it is `{name}`, which is right in this engine"
        yield "the name should be that of the faulty part", Claim(name == right, blamed)


def right_letter(seen, number):
    """Whether the letter says what is wrong."""
    _, right = _FAULTS[number]
    for label, thing in seen.items():
        if label != "the letter":
            yield label, thing
            continue
        letter = thing.get("value")
        claim = "the letter should say what is wrong in this engine"
        yield claim, Claim(letter == right, f"it is `{letter}`")


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
        "engines counted from 0",
        "Each of your lines is right, for the engine after the one that it stands next to. The engines are "
        "numbered from 1.",
        {"diagnosis": lambda: {number - 1: said for number, said in _FAULTS.items()}},
    ),
    Mistake(
        "no dictionary",
        "A list is numbered from 0, the engines from 1: in a dictionary each number stands next to its "
        "engine. And None means that a `return` is missing.",
        {"diagnosis": lambda: list(_FAULTS.values())},
    ),
)

# topological_order ------------------------------------------------------------------------------------


Watched.__name__ = "Tensor"  # errors quote it


def some_graphs(rng):
    """Small ones first; one Tensor on several levels, and the same graph with its inputs the other way."""
    return [Case(f"With `{graph}`", {"graph": graph}) for graph in GRAPHS]


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


def _notes(root):
    return [(tensor, True) for tensor in babygrad.topological_order(root)]


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
        "not the Tensors themselves",
        "These are notes, of a Tensor and something else. Only the Tensor belongs in the order.",
        {"topological_order": _notes},
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


class _LocalName(_NoGrad):
    def __enter__(self):
        before = Recording.on
        Recording.on = before and False

    def __exit__(self, kind, error, trace):
        Recording.on = before  # type: ignore[name-defined]  # noqa: F821


class _NoArguments(_NoGrad):
    def __exit__(self):  # type: ignore[override]
        Recording.on = self.before


_NoArguments.__exit__.__qualname__ = "no_grad.__exit__"  # errors quote it


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
        "local name forgotten",
        "A name that a method assigns to is gone when the method ends. What is it that both methods get?",
        {"no_grad": _LocalName},
    ),
    Mistake(
        "arguments of __exit__ missing",
        "Python tells `__exit__` what has ended the block, whether anybody wants to know it or not: the "
        "first line of the method stood in the cell.",
        {"no_grad": _NoArguments},
    ),
    Mistake(
        "one memory for all blocks",
        "The inner block overwrites what the outer one remembered. Does each block have a memory of its "
        "own, `self`?",
        {"no_grad": _SharedMemory},
    ),
)

# grad -------------------------------------------------------------------------------------------------


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
                grads = self.one_by_one(node._op.backward(self.arrived(ledger, y, node), node))
                for tensor, found in zip(node._inputs, grads, strict=True):
                    if self.wants(tensor):
                        self.enter(ledger, tensor, found)
        return self.answer(ledger, x)

    def order(self, y):
        return babygrad.topological_order(y)[::-1]

    def arrived(self, ledger, y, node):
        return ledger[node]

    def one_by_one(self, grads):
        return grads if isinstance(grads, tuple) else (grads,)

    def wants(self, tensor):
        return tensor.requires_grad

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


class _NewTensors(_Grad):
    def enter(self, ledger, tensor, found):
        super().enter(ledger, tensor, Tensor(found.data))


class _ChangedInPlaceForAll(_Grad):
    def enter(self, ledger, tensor, found):
        if tensor in ledger:
            ledger[tensor].data += found.data
        else:
            ledger[tensor] = found


class _ForConstantsToo(_Grad):
    def wants(self, tensor):
        return True


class _Iterates(_Grad):
    def one_by_one(self, grads):
        return iter(grads)


class _PassesOnesOn(_Grad):
    def arrived(self, ledger, y, node):
        return ledger[y]


class _SingleOne(_Grad):
    def seed(self, y):
        return Tensor(1.0, requires_grad=False)


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
        "The numbers are right, and the gradient does not remember where it came from. `Tensor(….data)` is a "
        "new leaf. What do the rules return, and what could be made of it without a new Tensor?",
        {"grad": _NewTensors()},
    ),
    *[
        Mistake(
            "history cut",
            "Where one gradient is added to another, the sum forgets the second. Add with `+`, on Tensors.",
            {"grad": grad},
        )
        for grad in (_ChangedInPlace(), _ChangedInPlaceForAll())
    ],
    *[
        Mistake(
            "gradient for a constant",
            "A constant has no gradient, and its rule may say None. What should the ledger do with inputs "
            "that require none?",
            {"grad": grad},
        )
        for grad in (_AddsNone(), _ForConstantsToo())
    ],
    Mistake(
        "single gradient iterated as a tuple",
        "An operation with one input may return one Tensor, without a tuple around it. How do you find out "
        "which of the two has come?",
        {"grad": _Iterates()},
    ),
    Mistake(
        "forgot out_grad",
        "Each rule is given what you have begun with. What has arrived at `node`, according to the ledger?",
        {"grad": _PassesOnesOn()},
    ),
    Mistake(
        "seed of the wrong shape",
        "You begin with a single 1, whatever the shape of `y`. Every element needs its own.",
        {"grad": _SingleOne()},
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

_WALK = ("walk", "accumulate", "grad", "Tensor.backward", "gradcheck", "finished_gradcheck")

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
        withheld=("gradcheck", "finished_gradcheck"),
        needed=("Tensor.backward", "numeric_gradient", "no_grad"),
    ),
    Exercise(
        "09_trust/bug hunt",
        cell="bug_hunt",
        reference={"diagnosis": _reference_diagnosis},
        parts=(
            *(
                Part(f"engine {number}: where", 0.25, where, _engines(number), right_name)
                for number in _FAULTS
            ),
            *(
                Part(f"engines {one} and {one + 1}: what", 0.25, what, _engines(one, one + 1), right_letter)
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
        withheld=("topological_order", *_WALK),
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
        withheld=("no_grad", *_WALK),
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
        withheld=_WALK,
        needed=("topological_order",),
    ),
)
