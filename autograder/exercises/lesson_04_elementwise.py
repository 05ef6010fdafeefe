"""Lesson 04: the operations that compute number by number, their operators, and what their rules need."""

from __future__ import annotations

import math
from itertools import chain, combinations

import numpy as np

import babygrad
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.exercises.operation import Operation
from autograder.observation import Claim
from autograder.probes import lesson_04_elementwise as probes
from autograder.probes.lesson_04_elementwise import (
    around_zero,
    entry,
    expression,
    float32,
    names_in,
)
from babygrad import Tensor

NEGATE, SUB, DIV, POW = (Operation(p) for p in (probes.NEGATE, probes.SUB, probes.DIV, probes.POW))
LOG, EXP, SQRT = (Operation(p) for p in (probes.LOG, probes.EXP, probes.SQRT))
RELU, ABS, SIGMOID, TANH = (Operation(p) for p in (probes.RELU, probes.ABS, probes.SIGMOID, probes.TANH))

# Cases ------------------------------------------------------------------------------------------------


def _text(names, arrays):
    given = [f"`{name} = {np.asarray(array).tolist()!r}`" for name, array in zip(names, arrays, strict=True)]
    return "With " + " and ".join(given)


def _given(names, *arrays, **more):
    """A case with small numbers, in float32, which the text shows."""
    return Case(_text(names, arrays), {"arrays": tuple(float32(array) for array in arrays), **more})


def _and_upstream(case, out_grad, text=""):
    text = text or f"`out_grad = {np.asarray(out_grad).tolist()!r}`"
    dtype = case.inputs["arrays"][0].dtype
    return Case(f"{case.text}, and {text}", {**case.inputs, "out_grad": np.array(out_grad, dtype=dtype)})


def numbers(number, two, low, high, *more):
    """Cases of one input: a number, two of them, random float64 from a range, none at all; and `more`."""

    def cases(rng):
        return [
            _given("x", number),
            _given("x", two),
            Case("With a float64 array of shape (2, 3)", {"arrays": (rng.uniform(low, high, (2, 3)),)}),
            Case("With an array of shape (0, 3)", {"arrays": (np.zeros((0, 3)),)}),
            *(_given("x", values) for values in more),
        ]

    return cases


def pairs(number, two, draw, *more):
    """Cases of two inputs of equal shape; `draw` gives the random ones; and `more`."""

    def cases(rng):
        return [
            _given("ab", *number),
            _given("ab", *two),
            Case("With float64 arrays of shape (2, 3)", {"arrays": draw(rng)}),
            Case("With arrays of shape (0, 3)", {"arrays": (np.zeros((0, 3)), np.zeros((0, 3)))}),
            *(_given("ab", *values) for values in more),
        ]

    return cases


def upstream(cases, *more, output=None):
    """The same with an upstream gradient that is nowhere 1; `more` are those of further cases.

    output: what makes the output, where small cases should tell it, because the rule is made from it.
    """

    def told(case):
        (x,) = case.inputs["arrays"]
        out = np.round(np.float64(output(x)), 4).tolist()
        return Case(f"{case.text} (so that the output is {out})", case.inputs) if "`" in case.text else case

    def with_upstream(rng):
        plain = [told(case) if output else case for case in cases(rng)]
        gradients = [
            (5, ""),
            ([5, -6], ""),
            (rng.normal(size=(2, 3)), "a random upstream gradient"),
            (np.zeros((0, 3)), "an empty upstream gradient"),
            *((gradient, "") for gradient in more),
        ]
        return [_and_upstream(case, *gradient) for case, gradient in zip(plain, gradients, strict=True)]

    return with_upstream


# Mistakes of any operation ----------------------------------------------------------------------------


def _arrays_and_tensors(operation):
    """Mistakes about what is an array, what a Tensor, and what the output."""

    def unpacked(op, out_grad, node):
        (x,) = node
        return x

    def arrays(op, out_grad, node):
        grads = operation.reference.backward(op, out_grad, node)
        if isinstance(grads, Tensor):
            return grads.data
        return tuple(grad and grad.data for grad in grads)

    there = " Before you compute anything: is the result there already?"
    return (
        operation.mistake(
            "NumPy function on a Tensor",
            "NumPy's functions take arrays. In `backward` you have Tensors, each with its array in `data`; "
            "between Tensors the signs `+ - * / **` work."
            + (there if operation.name in ("Exp", "Sqrt", "Sigmoid", "Tanh") else ""),
            backward=lambda op, out_grad, node: np.exp(node),
        ),
        operation.mistake(
            "output used for input",
            "`node` is the output, one Tensor, and it cannot be taken apart. Where are its inputs?",
            backward=unpacked,
        ),
        operation.mistake(
            "array for Tensor",
            "The numbers are right, but you return them as an array. Can you compute without `data`, or make "
            "a Tensor of what you have?"
            if len(operation.inputs) == 1
            else "The numbers are right, but you return them as arrays. Can you compute without `data`, or "
            "make Tensors of what you have?",
            backward=arrays,
        ),
    )


def _slopes_as(dtype):
    """Ones like a Tensor, in its dtype or in another: who forgets the upstream gradient may lose that too."""
    return lambda t: Tensor(np.ones_like(t.data, dtype=dtype), requires_grad=False)


_ones = _slopes_as(None)
_ONES = (_ones, _slopes_as(np.float64), _slopes_as(np.float32))


def _wider_forward(operation):
    """The right numbers in float64."""

    def forward(op, x):
        return operation.reference.forward(op, np.asarray(x, dtype=np.float64))

    return operation.mistake(
        "dtype not kept",
        "The numbers are right, but for a float32 array you return float64. Which step makes the wider "
        "numbers?",
        forward=forward,
    )


def _wider_backward(operation):
    """The right gradient in float64."""

    def backward(op, out_grad, node):
        ones = np.ones(out_grad.shape)[()]  # a number, not an array, where there are no axes
        return operation.reference.backward(op, out_grad, node) * ones

    return operation.mistake(
        "dtype not kept",
        "The numbers are right, but float32 has become float64. A mask of True and False, or of whole "
        "numbers, leaves the gradient its dtype: of what is yours made?",
        backward=backward,
    )


def _one_number(operation, function):
    """A function of `math`."""
    return operation.mistake(
        "numbers only",
        "What comes from `math` takes and returns a single number. Which library has the same function for a "
        "whole array?",
        forward=lambda op, x: function(x),
    )


def _through_a_list(operation, function):
    """Forward as a list of numbers, in the dtype of the array or in Python's."""
    for dtype in (None, np.float64):
        yield operation.mistake(
            "lists only",
            "You go through `x` as through a list of numbers. But it may have no axis, as a single number "
            "has none, or two. Which function of NumPy takes all elements, however they lie?",
            forward=lambda op, x, dtype=dtype: np.array([function(one) for one in x], dtype or x.dtype),
        )


def _written_into_a(operation, ufunc, thing, sign):
    """Forward in place."""
    return operation.mistake(
        "overwrote the caller's data",
        f"The {thing} was written into `a`. That array belongs to somebody else: `a {sign}= b` changes it. "
        "What would make a new one?",
        forward=lambda op, a, b: ufunc(a, b, out=a),
    )


_SHIFTS = (1e-6, 1e-7, 1e-8, 1e-10, 1e-12)
_SHIFTED = (
    "You add something small to {}. It keeps you from dividing by 0, but numbers close to 0 are numbers too: "
)


def _usual(operation):
    """Mistakes of an operation of one input that do not depend on its rule."""
    right = operation.reference.backward

    def slope_only(ones):
        return lambda op, out_grad, node: Tensor(
            right(op, ones(out_grad), node).data, dtype=ones(out_grad).dtype
        )

    def sum_of_both(op, out_grad, node):
        return out_grad + right(op, _ones(out_grad), node)

    def in_place(op, out_grad, node):
        out_grad.data[...] = right(op, out_grad, node).data
        return out_grad

    return (
        *_arrays_and_tensors(operation),
        *(
            operation.mistake(
                "forgot out_grad",
                "Yours is right when out_grad is 1 and wrong otherwise. That is the local slope; the "
                "upstream gradient is still missing.",
                backward=slope_only(ones),
            )
            for ones in _ONES
        ),
        operation.mistake(
            "local slope added",
            "You add the local slope to the upstream gradient. The nudge is magnified by the one and then by "
            "the other: is that a sum?",
            backward=sum_of_both,
        ),
        operation.mistake(
            "overwrote the caller's data",
            "The gradient is right, but you wrote it into `out_grad`. Others may still have to read that: "
            "can you make a new Tensor instead?",
            backward=in_place,
        ),
    )


def _passed_on(operation):
    """The upstream gradient as it came."""
    return operation.rule(
        "local slope missing",
        "You hand on the upstream gradient as it came. By what does this operation magnify a nudge of `x`?",
        lambda g, x: g,
    )


def _one_of_two(operation):
    """The first gradient alone."""

    def backward(op, out_grad, node):
        return operation.reference.backward(op, out_grad, node)[0]

    return operation.mistake(
        "one gradient instead of two",
        f"`backward` returns one Tensor here. {operation.name} has two inputs, so it must return two things, "
        "in input order.",
        backward=backward,
    )


def _first_only(operation):
    """A gradient for the first input, and None for the second."""

    def backward(op, out_grad, node):
        return operation.reference.backward(op, out_grad, node)[0], None

    return operation.mistake(
        "gradient missing",
        "There is no gradient for `b`. It takes part in the result like `a`: what does its nudge do?",
        backward=backward,
    )


# Negate, Sub, Div -------------------------------------------------------------------------------------

SIGNED = numbers(3.5, [-4, 6.5], -3, 3)

NEGATE_MISTAKES = (
    *_usual(NEGATE),
    NEGATE.formula(
        "lost sign", "`forward` gives back what it was given. Where is the sign changed?", lambda x: +x
    ),
    NEGATE.formula(
        "other operation",
        "This is minus the absolute value. What is the negative of a negative number?",
        lambda x: -np.abs(x),
    ),
    NEGATE.rule(
        "lost sign",
        "You hand on the upstream gradient as it came. When `x` goes up, which way does `-x` go?",
        lambda g, x: g * 1,
    ),
    NEGATE.rule(
        "output used for gradient",
        "You return the output itself, the negative of `x`. By how much does the loss move when `x` is "
        "nudged?",
        lambda g, x: -x,
    ),
    NEGATE.rule(
        "output used for gradient",
        "You return the output with its sign changed, and that is `x`. By how much does the loss move when "
        "`x` is nudged?",
        lambda g, x: x * 1,
    ),
    *(
        NEGATE.rule(
            "own value instead of the slope",
            "Yours grows with `x`. Does it matter for a nudge how large `x` is?",
            rule,
        )
        for rule in (lambda g, x: g * -x, lambda g, x: g * x)
    ),
    NEGATE.rule(
        "forgot out_grad",
        "This is the local slope, as a plain number. The upstream gradient is missing.",
        lambda g, x: -1,
    ),
    NEGATE.mistake(
        "overwrote the caller's data",
        "`forward` changes the sign in the array that it was given. That array belongs to somebody else: "
        "make a new one.",
        forward=lambda op, x: np.negative(x, out=x),
    ),
)

UNEQUAL = pairs((7, 3), ([7, -2], [3, 8]), lambda rng: (rng.normal(size=(2, 3)), rng.normal(size=(2, 3))))


def _plus_and_minus(ones):
    return lambda g, a, b: (ones(a), -ones(b))


def _negated_in_place(op, out_grad, node):
    np.negative(out_grad.data, out=out_grad.data)
    return out_grad, out_grad


SUB_MISTAKES = (
    *_arrays_and_tensors(SUB),
    SUB.formula("other operation", "This is the sum.", lambda a, b: a + b),
    SUB.formula(
        "other operation",
        "This is how far apart the two are. A difference has a sign: which one, if `b` is the larger number?",
        lambda a, b: np.abs(a - b),
    ),
    SUB.formula("wrong order", "This is `b - a`. Which one is taken away from which?", lambda a, b: b - a),
    _written_into_a(SUB, np.subtract, "difference", "-"),
    SUB.mistake(
        "overwrote the caller's data",
        "You change the sign in the array of `out_grad` itself. So it is changed for the first gradient too, "
        "and for everybody else: can you make a new Tensor instead?",
        backward=_negated_in_place,
    ),
    SUB.rule(
        "lost sign",
        "This is the rule for addition. When `b` goes up, which way does `a - b` go?",
        lambda g, a, b: (g, g),
    ),
    SUB.rule(
        "wrong order",
        "The two gradients are swapped. Which of the two inputs, when it goes up, makes the difference "
        "smaller?",
        lambda g, a, b: (-g, g),
    ),
    SUB.rule(
        "lost sign",
        "Both of your gradients have the sign changed. When `a` goes up, which way does `a - b` go?",
        lambda g, a, b: (-g, -g),
    ),
    *(
        SUB.rule(
            "forgot out_grad",
            "You return the local slopes, 1 and -1. The upstream gradient is missing.",
            rule,
        )
        for rule in (*map(_plus_and_minus, _ONES), lambda g, a, b: (1, -1))
    ),
    SUB.rule(
        "own value instead of the slope",
        "Your gradients depend on the values of the inputs. By how much does `a - b` move when `a` is "
        "nudged? Does it matter how large `a` is?",
        lambda g, a, b: (g * a, -g * b),
    ),
    SUB.rule(
        "rule of another operation",
        "This is the rule for multiplication, with a sign. By how much does `a - b` move when `a` is nudged?",
        lambda g, a, b: (g * b, -g * a),
    ),
    _one_of_two(SUB),
    _first_only(SUB),
)


def _divisible(rng):
    a, b = rng.normal(size=(2, 3)), rng.uniform(0.5, 3, (2, 3))
    return a, b * np.where(rng.random((2, 3)) < 0.5, -1, 1)


QUOTIENTS = pairs((6, 4), ([6, -3], [4, -0.5]), _divisible, ([3, 4], [1e-12, 2]))

DIV_MISTAKES = (
    *_arrays_and_tensors(DIV),
    DIV.formula("other operation", "This is the product.", lambda a, b: a * b),
    _written_into_a(DIV, np.divide, "quotient", "/"),
    *(
        DIV.formula(
            "shifted away from 0",
            _SHIFTED.format("`b`") + "what is 3 divided by your sum, if `b` is 1e-12?",
            lambda a, b, shift=shift: a / (b + shift),
        )
        for shift in _SHIFTS
    ),
    DIV.formula("wrong order", "This is `b / a`. Which one is divided by which?", lambda a, b: b / a),
    DIV.formula(
        "rounded down",
        "`//` rounds the quotient down to a whole number. Which sign divides without rounding?",
        lambda a, b: a // b,
    ),
    DIV.rule(
        "lost sign",
        "The sign for `b` is lost. Does a larger `b` make the quotient larger or smaller?",
        lambda g, a, b: (g / b, g * a / (b * b)),
    ),
    DIV.rule(
        "divisor not squared",
        "In the gradient for `b`, the divisor stands below the line only once. When `b` was doubled, the "
        "slope became a quarter. Is that so with yours?",
        lambda g, a, b: (g / b, -g * a / b),
    ),
    DIV.rule(
        "divisor not squared",
        "The gradient for `b` should get smaller when `b` gets larger. In Python `p / b * b` is `(p / b) * "
        "b`: are there parentheses where you need them?",
        lambda g, a, b: (g / b, -g * a / b * b),
    ),
    DIV.rule(
        "divisor not squared",
        "In the gradient for `b` you divide by twice `b`. When `b` was doubled, the slope became a quarter. "
        "Is that so with yours?",
        lambda g, a, b: (g / b, -g * a / (2 * b)),
    ),
    DIV.rule(
        "lost sign and square",
        "In the gradient for `b` two things are missing. Which way does the quotient go when `b` grows? And "
        "when `b` was doubled, the slope became a quarter: is that so with yours?",
        lambda g, a, b: (g / b, g * a / b),
    ),
    DIV.rule(
        "other input missing",
        "The gradient for `b` does not depend on `a`. In the table, what happened to that slope when `a` was "
        "doubled?",
        lambda g, a, b: (g / b, -g / (b * b)),
    ),
    DIV.rule(
        "rule of another operation",
        "For `b` you return the gradient for `a` with its sign changed, as in a difference. In the table, "
        "what happened to the slope for `b` when `a` was doubled, and what when `b` was?",
        lambda g, a, b: (g / b, -g / b),
    ),
    DIV.rule(
        "output used for input",
        "For `b` you have the quotient where `a` should be: `node` is what came out. Compare with the table "
        "for 6 and 4.",
        lambda g, a, b: (g / b, -g * (a / b) / (b * b)),
    ),
    DIV.rule(
        "gradients swapped",
        "The two gradients are swapped. The first one belongs to `a`.",
        lambda g, a, b: (-g * a / (b * b), g / b),
    ),
    DIV.rule(
        "own value instead of the other's",
        "In each rule `a` and `b` have changed places. For 6 and 4 the slope for `a` is 0.25: which of the "
        "two numbers is it made from?",
        lambda g, a, b: (g / a, -g * b / (a * a)),
    ),
    DIV.rule(
        "rule of another operation",
        "This is the rule for multiplication. Compare it with the table: a larger `b` made both slopes "
        "smaller.",
        lambda g, a, b: (g * b, g * a),
    ),
    DIV.rule(
        "rule of another operation",
        "For `a` this is the rule for multiplication. In the table, did a larger `b` make the slope for `a` "
        "larger or smaller?",
        lambda g, a, b: (g * b, -g * a / (b * b)),
    ),
    DIV.rule(
        "forgot out_grad",
        "Yours is right when out_grad is 1 and wrong otherwise. These are the local slopes; the upstream "
        "gradient is still missing.",
        lambda g, a, b: (1 / b, -a / (b * b)),
    ),
    DIV.rule(
        "forgot out_grad",
        "The gradient for `a` is right. In that for `b` the upstream gradient is still missing.",
        lambda g, a, b: (g / b, -a / (b * b)),
    ),
    DIV.rule(
        "forgot out_grad",
        "The gradient for `b` is right. In that for `a` the upstream gradient is still missing.",
        lambda g, a, b: (1 / b, -g * a / (b * b)),
    ),
    _one_of_two(DIV),
    _first_only(DIV),
)

# Log, Exp, Sqrt ---------------------------------------------------------------------------------------

POSITIVE = numbers(2.5, [0.5, 20], 0.1, 9, [1e-12, 3])

LOG_MISTAKES = (
    *_usual(LOG),
    _passed_on(LOG),
    _wider_forward(LOG),
    _one_number(LOG, math.log),
    *_through_a_list(LOG, math.log),
    *(
        LOG.formula(
            "clipped",
            "You keep `x` from being small. Numbers close to 0 have logarithms too: is yours the one of "
            "1e-12?",
            lambda x, end=end: np.log(np.maximum(x, end)),
        )
        for end in _SHIFTS[:-1]
    ),
    *(
        LOG.formula(
            "shifted away from 0",
            "You add something small to `x` before you take the logarithm. Numbers close to 0 have "
            "logarithms too: is yours the one of 1e-12?",
            lambda x, shift=shift: np.log(x + shift),
        )
        for shift in _SHIFTS
    ),
    *(
        LOG.rule(
            "shifted away from 0",
            _SHIFTED.format("`x`") + "what is 5 divided by your sum, if `x` is 1e-12?",
            lambda g, x, shift=shift: g / (x + shift),
        )
        for shift in _SHIFTS
    ),
    LOG.formula(
        "other base",
        "This is the logarithm to the base 10. The natural one, to the base 2.718…, is shorter.",
        np.log10,
    ),
    LOG.formula(
        "other base", "This is the logarithm to the base 2. The natural one has base 2.718….", np.log2
    ),
    LOG.formula("other operation", "This is the exponential, which undoes the logarithm.", np.exp),
    LOG.mistake(
        "tuple of inputs for the input",
        "`node._inputs` is a tuple, also where there is only one input. Which entry do you need?",
        backward=lambda op, out_grad, node: out_grad / node._inputs,
    ),
    LOG.rule(
        "output used for input",
        "You divide by the logarithm: `node` is what came out. The slope 0.4 at 2.5 is made from the 2.5.",
        lambda g, x: g / x.log(),
    ),
    LOG.rule(
        "output used for input",
        "You multiply by the logarithm: `node` is what came out. At 2.5 the slope is 0.4; what did that "
        "come from?",
        lambda g, x: g * x.log(),
    ),
    LOG.rule(
        "multiplied for divided",
        "Your gradient grows with `x`. In the table, was the slope larger at 0.5 or at 10?",
        lambda g, x: g * x,
    ),
    LOG.rule(
        "upside down",
        "You divide `x` by the upstream gradient. If the loss reacts twice as much to the output, should "
        "`x` get half as much or twice as much?",
        lambda g, x: x / g,
    ),
    LOG.rule(
        "slope of the slope",
        "You divide by `x` twice. At 2.5 yours has the slope 0.16, and the table has 0.4.",
        lambda g, x: g / (x * x),
    ),
    LOG.rule(
        "slope of the slope",
        "You divide by `x` twice and change the sign: that is how the *slope* changes. At 2.5 yours has the "
        "slope -0.16, and the table has 0.4.",
        lambda g, x: -g / (x * x),
    ),
    LOG.rule(
        "lost sign",
        "The sign is changed. Does the logarithm rise or fall when `x` rises?",
        lambda g, x: -g / x,
    ),
)

SMALL = numbers(3, [-1.5, 0.5], -3, 3)


def _far_out(cases):
    """With numbers whose exponential is as large, and as small, as a float64 can be."""

    def more(rng):
        far = np.array([709.0, -709.0])
        return [*cases(rng), Case("With the float64 array `x = [709, -709]`", {"arrays": (far,)})]

    return more


EXP_MISTAKES = (
    *_usual(EXP),
    _passed_on(EXP),
    _wider_forward(EXP),
    _one_number(EXP, math.exp),
    *_through_a_list(EXP, math.exp),
    *(
        EXP.formula(
            "other base",
            "Your base is rounded, and it shows. NumPy knows more digits: which of its functions is this "
            "one?",
            lambda x, base=base: base**x,
        )
        for base in (2.7, 2.71, 2.72, 2.718, 2.7183, 2.71828)
    ),
    *(
        EXP.formula(
            "clipped",
            "You keep large numbers from being too large, and change some that are not. In float64, where "
            "does the exponential end?",
            lambda x, end=end: np.exp(np.clip(x, -end, end)),
        )
        for end in (80, 88, 100, 500, 700)
    ),
    EXP.formula(
        "other base", "This is a power of 2. The base should be 2.718…, and NumPy has a function.", np.exp2
    ),
    EXP.formula("other operation", "This is the exponential of `-x`.", lambda x: np.exp(-x)),
    EXP.rule(
        "input used for output",
        "You multiply by the input. Compare the slope of `exp` at 3, about 20, with the other two numbers "
        "of its row.",
        lambda g, x: g * x,
    ),
    EXP.rule(
        "output used for input",
        "You take the exponential of `node`. But `node` is the output already: what has been done to `x`?",
        lambda g, x: g * x.exp().exp(),
    ),
    EXP.rule(
        "rule of another operation",
        "This is the rule for powers such as `x ** 3`. Here `x` is the exponent: what does the table say?",
        lambda g, x: g * x * (x - 1).exp(),
    ),
    EXP.rule(
        "rule of another operation",
        "Yours has an extra factor `x`. At 0.5, the table shows 1.6487 both as the value and as the slope.",
        lambda g, x: g * x * x.exp(),
    ),
    EXP.rule(
        "divided for multiplied",
        "You divide by the output. Is the slope of `exp` large or small where its value is large?",
        lambda g, x: g / x.exp(),
    ),
    EXP.rule(
        "lost sign",
        "The sign is changed. Does `exp` rise or fall when `x` rises?",
        lambda g, x: -g * x.exp(),
    ),
)

ROOTS = numbers(9, [0.25, 7], 0.1, 9, [1e-20, 4])

SQRT_MISTAKES = (
    *_usual(SQRT),
    _passed_on(SQRT),
    *(
        SQRT.rule(
            "shifted away from 0",
            _SHIFTED.format("what is below the line")
            + "what is 5 divided by your sum, if the root is 1e-10?",
            lambda g, x, shift=shift: g / (2 * x.sqrt() + shift),
        )
        for shift in _SHIFTS
    ),
    SQRT.rule(
        "parentheses missing",
        "Yours is a quarter of the upstream gradient, divided by the input. If you mean a power: Python "
        "reads `p ** -1 / 2` as `(p ** -1) / 2`. What belongs in parentheses?",
        lambda g, x: g / (4 * x),
    ),
    SQRT.rule(
        "input used for output",
        "You divide by twice the input. In the table, which number did you multiply with the slope to get "
        "the same in each row?",
        lambda g, x: g / (2 * x),
    ),
    SQRT.rule(
        "output used for input",
        "You take the root of `node`. But `node` is the output: its root has been taken already.",
        lambda g, x: g / (2 * x.sqrt().sqrt()),
    ),
    SQRT.rule(
        "factor lost",
        "Yours is twice as large as it should be. At 9 the slope is 0.1667, and the root is 3.",
        lambda g, x: g / x.sqrt(),
    ),
    SQRT.rule(
        "parentheses missing",
        "Yours grows with the root, but the slope shrinks. Does the root stand above the line or below? "
        "Python reads `p / 2 * q` as `(p / 2) * q`.",
        lambda g, x: g / 2 * x.sqrt(),
    ),
    SQRT.rule(
        "factor upside down",
        "Yours is four times as large as it should be. Does the 2 belong above the line or below?",
        lambda g, x: 2 * g / x.sqrt(),
    ),
    SQRT.rule(
        "multiplied for divided",
        "Yours is the output times something that does not depend on `x`. Is the slope of `sqrt` larger at "
        "0.25 or at 25?",
        lambda g, x: g * 2 * x.sqrt(),
    ),
    SQRT.rule(
        "rule of another operation",
        "You multiply by twice the input: this is the rule for squares.",
        lambda g, x: g * 2 * x,
    ),
    SQRT.rule(
        "lost sign",
        "The sign is changed. Does the root rise or fall when `x` rises?",
        lambda g, x: -g / (2 * x.sqrt()),
    ),
)

# ReLU and Abs -----------------------------------------------------------------------------------------

BOTH_SIGNS = numbers(6.5, [-4, 6.5], -3, 3, -4, [0.25, -0.5])


def _infinite(cases):
    def more(rng):
        return [*cases(rng), _given("x", [-np.inf, 3])]

    return more


def kink(rng):
    """Zero exactly, of either sign, and nothing else: what is wrong elsewhere costs points elsewhere."""
    drawn = rng.integers(2, 9, 2).tolist()
    return [
        _and_upstream(_given("x", 0), 5),
        _and_upstream(_given("x", [0.0, -0.0]), [-6, 7]),
        _and_upstream(_given("x", [-0.0, 0.0]), drawn),
    ]


def _mask(array, like):
    return Tensor(array, dtype=like.dtype, requires_grad=False)


def _relu_in_place(op, x):
    x[x < 0] = 0
    return x


def _relu_gradient_in_place(op, out_grad, node):
    out_grad.data[node._inputs[0].data <= 0] = 0
    return out_grad


def _compared(g, x):
    return g * Tensor(x > 0, dtype=x.dtype)


_NO_COMPARISON = (
    "A Tensor has no comparisons. Which attribute of it is the array, and did the mask above use it?"
)

_ONE_DECISION = (
    "`if`, `and` and Python's `max` decide once, for the whole array, so that yours works for a single "
    "number only. What did this lesson use that decides element by element?"
)

RELU_MISTAKES = (
    RELU.formula(
        "maximum along an axis",
        "`np.max(x, 0)` is the largest element of one array: the 0 is read as an axis. Which function "
        "compares two?",
        lambda x: np.max(x, 0),
    ),
    RELU.rule("comparison of a Tensor", _NO_COMPARISON, _compared),
    *_usual(RELU),
    _wider_forward(RELU),
    *_through_a_list(RELU, lambda number: max(number, 0)),
    _wider_backward(RELU),
    RELU.mistake(
        "overwrote the caller's data",
        "The values are right, but you wrote them into `x`. That array belongs to somebody else, who will be "
        "surprised: make a new one.",
        forward=_relu_in_place,
    ),
    RELU.formula("other operation", "This is the absolute value. Negative numbers should become 0.", np.abs),
    RELU.formula(
        "other operation",
        "Yours keeps the smaller of the two numbers. Of -4 and 0, which one should stay?",
        lambda x: np.minimum(x, 0),
    ),
    *(
        RELU.formula(
            "mask returned",
            "`forward` returns a mask, which says where `x` is positive. What should stand there is `x`.",
            mask,
        )
        for mask in (lambda x: (x > 0).astype(x.dtype), lambda x: x > 0)
    ),
    RELU.formula(
        "other operation",
        "Yours lets a little of the negative numbers through, as the *leaky* relu does. What should -4 "
        "become?",
        lambda x: np.where(x > 0, x, 0.01 * x),
    ),
    RELU.formula("truth of an array", _ONE_DECISION, lambda x: x if x > 0 else 0),
    RELU.formula(
        "other operation", "`forward` gives back what it was given, negative numbers too.", lambda x: +x
    ),
    RELU.formula(
        "infinity times 0",
        "You multiply `x` by a mask. That is right for every finite number, but infinity times 0 is nan. "
        "Can you choose between two values instead of multiplying?",
        lambda x: x * (x > 0),
    ),
    RELU.formula(
        "infinity times 0",
        "You add `x` and its absolute value. That is right for every finite number, but minus infinity plus "
        "infinity is nan. Can you choose between two values instead of adding?",
        lambda x: (x + np.abs(x)) / 2,
    ),
    RELU.rule(
        "kink counted",
        "Yours lets the gradient through where `x` is exactly 0. Does your comparison include the 0, or not?",
        lambda g, x: g * _mask(x.data >= 0, x),
    ),
    RELU.rule(
        "kink counted",
        "Yours takes 0.5 at the kink, the mean of both sides, as nudging does. Here the slope at 0 is "
        "agreed to be 0.",
        lambda g, x: g * _mask((np.sign(x.data) + 1) / 2, x),
    ),
    RELU.rule(
        "mask taken from out_grad",
        "Yours stops the gradient where the *gradient* is negative. On what does the slope of `relu` "
        "depend: on the gradient, or on `x`?",
        lambda g, x: g * _mask(g.data > 0, x),
    ),
    RELU.rule(
        "mask inverted",
        "Your mask lets the gradient through where `x` is negative. Where does a nudge of `x` reach the "
        "output?",
        lambda g, x: g * _mask(x.data < 0, x),
    ),
    RELU.rule(
        "mask inverted",
        "Your mask lets the gradient through where `x` is not positive. Where does a nudge of `x` reach the "
        "output?",
        lambda g, x: g * _mask(x.data <= 0, x),
    ),
    RELU.rule(
        "local slope missing",
        "The upstream gradient comes through everywhere, with a mask that is always True or without any. "
        "Does a nudge of -4 move the output?",
        lambda g, x: g * 1,
    ),
    RELU.rule(
        "output used for gradient",
        "Yours multiplies the upstream gradient by the output. Where `x` is positive, by how much does a "
        "nudge move the output?",
        lambda g, x: g * x.relu(),
    ),
    RELU.rule(
        "rule of another operation",
        "Yours gives -1 for negative inputs: this is the slope of `abs`.",
        lambda g, x: g * _mask(np.sign(x.data), x),
    ),
)

SIDES = numbers(-4, [-4, 6.5], -3, 3, [-1e-12, 3])


ABS_MISTAKES = (
    ABS.rule("comparison of a Tensor", _NO_COMPARISON, _compared),
    *_usual(ABS),
    _wider_backward(ABS),
    ABS.rule(
        "kink counted",
        "Yours has the slope 1 at 0. Does your comparison include the 0? It belongs to neither side.",
        lambda g, x: g * _mask(np.where(x.data >= 0, 1, -1), x),
    ),
    ABS.rule(
        "kink counted",
        "Yours has the slope -1 at 0. Is 0 on the negative side? It belongs to neither.",
        lambda g, x: g * _mask(np.where(x.data > 0, 1, -1), x),
    ),
    ABS.rule(
        "kink counted",
        "Yours has the slope 1 at 0 and -1 at -0.0. Both are the same number, and it belongs to neither "
        "side.",
        lambda g, x: g * _mask(np.copysign(1, x.data), x),
    ),
    ABS.rule(
        "divided by 0 at the kink",
        "You divide by the absolute value, and at the kink that is 0 divided by 0, which is nan. "
        "Which function gives -1, 0 or 1 without dividing?",
        lambda g, x: g * (x / x.abs()),
    ),
    *(
        ABS.rule(
            "shifted away from 0",
            _SHIFTED.format("the absolute value")
            + "what is the slope of `abs` at -1e-12, and what is yours?",
            lambda g, x, shift=shift: g * (x / (x.abs() + shift)),
        )
        for shift in _SHIFTS
    ),
    ABS.rule(
        "output used for input",
        "Your slope is never -1. The output of `abs` is positive on both sides: does it still know where "
        "`x` was?",
        lambda g, x: g * _mask(np.sign(np.abs(x.data)), x),
    ),
    ABS.rule(
        "rule of another operation",
        "Yours stops the gradient where `x` is negative: that is the rule of `relu`. To which side does "
        "`abs(x)` move when -4 goes up?",
        lambda g, x: g * _mask(x.data > 0, x),
    ),
    ABS.rule(
        "mask taken from out_grad",
        "Yours gives the absolute value of the *gradient*. On what does the slope of `abs` depend: on the "
        "gradient, or on `x`?",
        lambda g, x: g * _mask(np.sign(g.data), x),
    ),
    ABS.rule(
        "lost sign",
        "The sign is changed on both sides. When 6.5 goes up, which way does its absolute value go?",
        lambda g, x: -g * _mask(np.sign(x.data), x),
    ),
    ABS.rule(
        "own value instead of the slope",
        "Yours multiplies the upstream gradient by `x`. At -4, by how much does a nudge of 0.01 move the "
        "output?",
        lambda g, x: g * x,
    ),
    ABS.rule(
        "local slope missing",
        "You hand on the upstream gradient as it came. When -4 goes up, which way does its absolute value "
        "go?",
        lambda g, x: g * 1,
    ),
    ABS.rule(
        "output used for gradient",
        "Yours multiplies the upstream gradient by the output. At 6.5, by how much does a nudge of 0.01 "
        "move the output?",
        lambda g, x: g * x.abs(),
    ),
)

# Sigmoid and Tanh -------------------------------------------------------------------------------------

MODERATE = numbers(3, [-3, 0.5], -4, 4, [0, 5])


def large(rng):
    """Where one of the two formulas overflows; in both dtypes, because float32 ends earlier."""
    wide = rng.uniform(720, 3000, (2, 3)) * rng.permutation([-1, -1, -1, 1, 1, 1]).reshape(2, 3)
    return [
        _given("x", [-1000]),
        _given("x", [1000]),
        _given("x", [-1000, 3, 1000]),
        _given("x", [-200, 200]),
        Case("With a float64 array with large numbers of both signs", {"arrays": (wide,)}),
    ]


def _saturated(rng):
    moderate = upstream(MODERATE, [5, -6], output=lambda x: 1 / (1 + np.exp(-x)))
    return [*moderate(rng), _and_upstream(_given("x", [-1000, 1000]), [5, -6])]


def _naive(x):
    return 1 / (1 + np.exp(-x))


def _naive_other(x):
    return np.exp(x) / (1 + np.exp(x))


def _stable(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


SIGMOID_MISTAKES = (
    SIGMOID.rule(
        "parentheses missing",
        "The upstream gradient multiplies only a part of your slope. Python multiplies before it subtracts: "
        "what belongs in parentheses?",
        lambda g, x: g * x.sigmoid() - x.sigmoid() * x.sigmoid(),
    ),
    SIGMOID.rule(
        "input used for output",
        "One of your two factors is made from the input. In the table the slope 0.16 came from 0.8, which "
        "was a value, not an `x`.",
        lambda g, x: g * x.sigmoid() * (1 - x),
    ),
    *_usual(SIGMOID),
    _passed_on(SIGMOID),
    _wider_forward(SIGMOID),
    SIGMOID.formula(
        "truth of an array",
        _ONE_DECISION,
        lambda x: 1 / (1 + np.exp(-x)) if x >= 0 else np.exp(x) / (1 + np.exp(x)),
    ),
    *(
        SIGMOID.formula(
            "clipped",
            "You keep the exponential small, and too small: where `x` is far below 0, yours stops falling. "
            "Can you do without a limit?",
            lambda x, end=end: _naive(np.clip(x, -end, end)),
        )
        for end in (10, 15, 20)
    ),
    SIGMOID.formula(
        "overflow in float32",
        "Yours survives in float64 only: in float32 the exponential may not go beyond e**88.",
        lambda x: 1 / (1 + np.exp(np.clip(-x, -500, 500))),
    ),
    SIGMOID.formula(
        "overflow",
        "Your formula is right, but for very negative `x` the exponential of `-x` is beyond the largest "
        "number. For those, what could be written instead?",
        _naive,
    ),
    SIGMOID.formula(
        "overflow",
        "Your formula is right, but for large `x` the exponential is beyond the largest number, and "
        "infinity divided by infinity is nan. For those, what could be written instead?",
        _naive_other,
    ),
    SIGMOID.formula(
        "overflow",
        "Your formula is right, but its exponential is beyond the largest number for large `x` of either "
        "sign. Is a minus sign missing in an exponent, or have the two sides changed places?",
        lambda x: np.where(x >= 0, np.exp(np.abs(x)), 1) / (1 + np.exp(np.abs(x))),
    ),
    SIGMOID.formula(
        "overflow in the branch not taken",
        "You choose the right formula on each side, but `np.where` gets both of them complete, and one of "
        "them overflows before anything is chosen. Is there an exponential that is safe everywhere?",
        lambda x: np.where(x >= 0, _naive(x), _naive_other(x)),
    ),
    SIGMOID.formula(
        "sign ignored",
        "Yours gives the same for 3 and for -3. Which of the two formulas is it for negative `x`?",
        lambda x: 1 / (1 + np.exp(-np.abs(x))),
    ),
    SIGMOID.formula(
        "sign ignored",
        "Yours gives the same for 3 and for -3. Which of the two formulas is it for positive `x`?",
        lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))),
    ),
    SIGMOID.formula(
        "lost sign",
        "Yours falls where it should rise. Is the sign in an exponent lost, or have two cases changed "
        "places?",
        lambda x: 1 / (1 + np.exp(x)),
    ),
    SIGMOID.formula(
        "lost sign",
        "Yours falls where it should rise, and for large numbers of either sign it is nan. Is a minus sign "
        "missing in an exponent?",
        lambda x: np.where(x >= 0, 1, np.exp(np.abs(x))) / (1 + np.exp(np.abs(x))),
    ),
    *(
        SIGMOID.formula(
            "parentheses missing",
            "Python divides before it adds: `p / 1 + q` is `(p / 1) + q`. What belongs below the line?",
            formula,
        )
        for formula in (
            lambda x: 1 / 1 + np.exp(-x),
            lambda x: np.where(x >= 0, 1, np.exp(-np.abs(x))) / 1 + np.exp(-np.abs(x)),
        )
    ),
    SIGMOID.rule(
        "input used for output",
        "Yours works with the input. In the table the slope 0.16 came from 0.8, which was a value, not an "
        "`x`.",
        lambda g, x: g * x * (1 - x),
    ),
    SIGMOID.rule(
        "parentheses missing",
        "The upstream gradient and the value multiply only a part of your slope. Python multiplies before "
        "it subtracts: what belongs in parentheses?",
        lambda g, x: g * x.sigmoid() * 1 - x.sigmoid(),
    ),
    SIGMOID.rule(
        "parentheses missing",
        "Your slope is 0 everywhere. Python multiplies before it subtracts, so that `p * 1 - p` is nothing: "
        "what belongs in parentheses?",
        lambda g, x: 0 * g,
    ),
    SIGMOID.rule(
        "output used for input",
        "You put `node` through the sigmoid. But `node` is the output: that has been done already.",
        lambda g, x: g * x.sigmoid().sigmoid() * (1 - x.sigmoid().sigmoid()),
    ),
    SIGMOID.rule(
        "one factor of two",
        "You multiply by the value alone. For 0.8, the table has a slope of 0.16: what is 0.8 multiplied by?",
        lambda g, x: g * x.sigmoid(),
    ),
    SIGMOID.rule(
        "one factor of two",
        "You multiply only by what is missing to 1. For 0.8, the table has a slope of 0.16, not 0.2.",
        lambda g, x: g * (1 - x.sigmoid()),
    ),
    SIGMOID.rule(
        "rule of another operation",
        "This is the rule of `tanh`. For the value 0.5 it would give 0.75: what does the table say?",
        lambda g, x: g * (1 - x.sigmoid() * x.sigmoid()),
    ),
    SIGMOID.rule(
        "lost sign",
        "The sign is changed. Does the sigmoid rise or fall when `x` rises?",
        lambda g, x: g * x.sigmoid() * (x.sigmoid() - 1),
    ),
    *(
        SIGMOID.rule(
            "computed again",
            "Where there is no overflow yours is right, but you compute the exponential a second time, and "
            "so it overflows a second time. What do you have already, that holds the result?",
            rule,
        )
        for rule in (
            lambda g, x: g * (1 / (1 + (-x).exp())) * (1 - 1 / (1 + (-x).exp())),
            lambda g, x: g * (-x).exp() / (1 + (-x).exp()) ** 2,
        )
    ),
)

TANGENTS = upstream(numbers(0.5, [-2, 0.75], -2, 2, [0, 1.5]), [5, -6], output=np.tanh)

TANH_MISTAKES = (
    *_usual(TANH),
    _passed_on(TANH),
    TANH.rule(
        "output used for input",
        "You take `tanh` of `node`. But `node` is the output: that has been done already.",
        lambda g, x: g * (1 - x.tanh().tanh() ** 2),
    ),
    TANH.rule(
        "exponent not squared",
        "You subtract twice the value. For 0.8, the table has a slope of 0.36: what became of the 0.8?",
        lambda g, x: g * (1 - 2 * x.tanh()),
    ),
    TANH.rule(
        "exponent not squared",
        "You subtract the value without its sign. For 0.8, the table has a slope of 0.36, not 0.2: what "
        "became of the 0.8?",
        lambda g, x: g * (1 - x.tanh().abs()),
    ),
    TANH.rule(
        "exponent not squared",
        "You subtract the value, not its square. In the table, the slope at the value -0.6 is the same as "
        "at 0.6.",
        lambda g, x: g * (1 - x.tanh()),
    ),
    TANH.rule(
        "input used for output",
        "Yours works with the input. In the table the slope 0.36 came from 0.8, which was a value, not an "
        "`x`.",
        lambda g, x: g * (1 - x * x),
    ),
    TANH.rule(
        "parentheses missing",
        "The upstream gradient multiplies only a part of your slope. Python multiplies before it subtracts: "
        "what belongs in parentheses?",
        lambda g, x: g * 1 - x.tanh() * x.tanh(),
    ),
    TANH.rule(
        "parentheses missing",
        "The upstream gradient multiplies only a part of your slope. Python multiplies before it subtracts: "
        "what belongs in parentheses?",
        lambda g, x: 1 - x.tanh() * x.tanh() * g,
    ),
    TANH.rule(
        "exponent not squared",
        "You square the difference. In the table, the slope at the value -0.6 is the same as at 0.6: what "
        "should be squared?",
        lambda g, x: g * (1 - x.tanh()) * (1 - x.tanh()),
    ),
    TANH.rule(
        "rule of another operation",
        "This is the rule of `sigmoid`. At the value 0 it would give 0: what does the table say?",
        lambda g, x: g * x.tanh() * (1 - x.tanh()),
    ),
    TANH.rule(
        "lost sign",
        "The sign is changed. Does `tanh` rise or fall when `x` rises?",
        lambda g, x: g * (x.tanh() * x.tanh() - 1),
    ),
    TANH.rule(
        "lost sign",
        "You add the square to 1. For 0.8, the table has a slope of 0.36, less than 1.",
        lambda g, x: g * (1 + x.tanh() * x.tanh()),
    ),
    TANH.rule(
        "part of the slope",
        "You multiply by the square of the value. At the value 0 that gives 0: what does the table say?",
        lambda g, x: g * x.tanh() * x.tanh(),
    ),
    TANH.rule(
        "output used for gradient",
        "You multiply by the value. At the value 0 that gives 0: what does the table say?",
        lambda g, x: g * x.tanh(),
    ),
)

# Pow --------------------------------------------------------------------------------------------------


def powers(rng):
    """Positive bases with any exponent, negative ones with whole exponents, even ones and odd ones."""
    return pairs(
        (3, 4), ([5, -2, -3], [3, 5, 2]), lambda rng: (rng.uniform(0.5, 3, (2, 3)), rng.normal(size=(2, 3)))
    )(rng)


def constant_exponents(rng):
    """The exponent requires no gradient, and the base is of either sign."""
    cases = upstream(
        pairs(
            (5, 3),
            ([4, -2], [3, 5]),
            lambda rng: (rng.normal(size=(2, 3)), rng.integers(2, 6, (2, 3)).astype(np.float64)),
            ([1e-12, 3], [-1, 2]),
        ),
        [5, -6],
    )(rng)
    fractions = {"arrays": (rng.uniform(0.5, 3, (2, 3)), rng.uniform(-2, 3, (2, 3)))}
    more = Case("With float64 arrays and fractions as exponents", fractions)
    cases.append(_and_upstream(more, rng.normal(size=(2, 3)), "a random upstream gradient"))
    return [
        Case(f"{case.text}, where `b` requires no gradient", {**case.inputs, "wanted": [True, False]})
        for case in cases
    ]


def zeros(rng):
    """A base of 0, and an exponent of 0, alone and together."""
    cases = [
        _and_upstream(_given("ab", 0, 0), 5),
        _and_upstream(_given("ab", [0, 0, 0], [0, 3, 1]), [5, 7, -6]),
        _and_upstream(_given("ab", [4, -3, 0], [0, 0, 0]), [5, 7, -6]),
        _and_upstream(_given("ab", [0, 0, 0], [3, 1, 0]), rng.integers(2, 9, 3).tolist()),
    ]
    return [
        Case(f"{case.text}, where `b` requires no gradient", {**case.inputs, "wanted": [True, False]})
        for case in cases
    ]


def wanted_exponents(rng):
    """Only the exponent requires a gradient: the rule for the base has parts of its own."""
    cases = upstream(
        pairs(
            (5, 3),
            ([4, 0.5], [3, -2]),
            lambda rng: (rng.uniform(0.5, 3, (2, 3)), rng.normal(size=(2, 3))),
            ([1e-12, 3], [-1, 2]),
        ),
        [5, -6],
    )(rng)
    return [
        Case(f"{case.text}, where only `b` requires a gradient", {**case.inputs, "wanted": [False, True]})
        for case in cases
    ]


def _right_base(g, a, b, node):
    return babygrad.Pow().backward(g, node)[0]


def _right_exponent(g, a, b, node):
    return g * node * a.log() if b.requires_grad else None


def _pow(family, message, base=_right_base, exponent=_right_exponent):
    """A mistake in one of the two rules; rules get the upstream gradient, the inputs and the output."""

    def backward(op, out_grad, node):
        a, b = node._inputs
        for_a = base(out_grad, a, b, node) if a.requires_grad else None
        return for_a, exponent(out_grad, a, b, node)

    return POW.mistake(family, message, backward=backward)


def _unguarded(g, a, b, node):
    return g * b * a ** (b - 1)


def _guarded(g, a, b, node):
    return g * b * a ** (b - 1 + _mask(b.data == 0, b))


def _always_log(g, a, b, node):
    return g * node * a.log()


def _if_wanted(rule):
    return lambda g, a, b, node: rule(g, a, b, node) if b.requires_grad else None


def _nothing_at_zero(g, a, b, node):
    safe = Tensor(np.where(a.data == 0, 1, a.data), dtype=a.dtype)
    return g * b * safe ** (b - 1) * _mask(a.data != 0, a)


def _base(family, message, base):
    """A mistake in the base's rule. A logarithm is taken in any case: who takes none is recognised too."""
    return _pow(family, message, base, _always_log)


def _exponent(family, message, rule):
    """A mistake in the exponent's rule."""
    return _pow(family, message, exponent=_if_wanted(rule))


def _stopped_at_if(a, b):
    if b.data == 0:
        return None


def _both(family, message, rule):
    """A mistake in both rules together."""
    return POW.mistake(
        family, message, backward=lambda op, out_grad, node: rule(out_grad, *node._inputs[:2], node)
    )


def _alone_for_a_constant(base):
    def rule(g, a, b, node):
        first = base(g, a, b, node)
        return (first, _always_log(g, a, b, node)) if b.requires_grad else first

    return rule


_ONE_FOR_A_CONSTANT = (
    "For a constant exponent you return one Tensor. There are still two inputs, so two things go back: what "
    "stands for a gradient that nobody asked for?"
)
_LOG_TAKEN = (
    "You take the logarithm of the base also where the exponent is a constant. Nobody will ask for that "
    "gradient, and for a base of 0 or below there is no logarithm. What can you ask of `b` first?"
)

POW_MISTAKES = (
    *_arrays_and_tensors(POW),
    POW.formula("other operation", "This is the product.", lambda a, b: a * b),
    POW.formula(
        "other operation", "In Python `^` is no power, but compares bits. Which sign is?", lambda a, b: a ^ b
    ),
    POW.formula("wrong order", "This is `b ** a`. Which one is raised to which?", lambda a, b: b**a),
    POW.formula(
        "log of a negative base",
        "You compute the power through a logarithm, and a negative base has none. NumPy and Python can "
        "raise to a power directly.",
        lambda a, b: np.exp(b * np.log(a)),
    ),
    _pow(
        "0 times infinity",
        "Your rule is right, except where base and exponent are both 0: there 0 is multiplied by `0 ** -1`, "
        "which is infinite. A mask that multiplies the result comes too late: 0 times nan is nan. And `==` "
        "makes a mask of an array only, not of a Tensor. Which exponent must not be lowered?",
        _unguarded,
    ),
    _pow("log for a constant exponent", _LOG_TAKEN, exponent=_always_log),
    POW.mistake(
        "truth of an array",
        _ONE_DECISION,
        backward=lambda op, out_grad, node: (
            _stopped_at_if(*node._inputs) or POW.reference.backward(op, out_grad, node)
        ),
    ),
    _written_into_a(POW, np.power, "power", "**"),
    POW.formula(
        "sign ignored",
        "Yours gives the same for -2 and for 2. What is -2 to the power 5?",
        lambda a, b: np.abs(a) ** b,
    ),
    _base(
        "mask inverted",
        "A mask that multiplies the result comes too late: 0 times nan is nan. If yours is added to the "
        "exponent, it should be 1 where the exponent must not be lowered. Is it?",
        lambda g, a, b, node: g * b * a ** (b - 1 + _mask(b.data != 0, b)),
    ),
    _pow(
        "0 times infinity",
        "The values are right, but they were mended afterwards: something infinite arose, and NumPy says so. "
        "Can it be kept from arising?",
        lambda g, a, b, node: Tensor(np.where(b.data == 0, 0, _unguarded(g, a, b, node).data)),
    ),
    _pow(
        "0 divided by 0",
        "You lower the power by dividing the value by the base. Where the base is 0, this is 0 divided by "
        "0. How else is an exponent lowered?",
        lambda g, a, b, node: g * b * node / a,
    ),
    _pow(
        "right only away from 0",
        "Where the base is 0 you return 0. With the exponent 1, the power is `a` itself: what is its slope "
        "at 0?",
        _nothing_at_zero,
    ),
    *(
        _pow(
            "shifted away from 0",
            _SHIFTED.format("the base") + "what is the slope of `1 / a` there?",
            lambda g, a, b, node, shift=shift: g * b * (a + shift) ** (b - 1),
        )
        for shift in _SHIFTS
    ),
    _base(
        "exponent not lowered",
        "In the gradient for the base, the power is as high as before. For 5 and 3 the slope is 75, which "
        "is 3 times 25: what became of the exponent?",
        lambda g, a, b, node: g * b * node,
    ),
    _base(
        "factor lost",
        "In the gradient for the base a factor is missing. For 5 and 3 the slope is 75, and yours has 25.",
        lambda g, a, b, node: g * a ** (b - 1),
    ),
    _base(
        "factor lost",
        "In the gradient for the base, the factor is lowered as well. For 5 and 3 the slope is 75: 25 times "
        "what?",
        lambda g, a, b, node: g * (b - 1) * a ** (b - 1),
    ),
    _base(
        "own value instead of the other's",
        "The gradient for the base has the base as its factor. For 5 and 3 the slope is 75: 25 times what?",
        lambda g, a, b, node: g * a * a ** (b - 1),
    ),
    _base(
        "base and exponent swapped",
        "In the gradient for the base, base and exponent have changed places. For 5 and 3 the slope is 3 "
        "times 25.",
        lambda g, a, b, node: g * a * b ** (a - 1),
    ),
    _base(
        "exponent raised",
        "In the gradient for the base, the exponent went up. For 5 and 3 the slope is 75, which is 3 times "
        "25.",
        lambda g, a, b, node: g * b * a ** (b + 1),
    ),
    _base(
        "parentheses missing",
        "Python raises to a power before it subtracts: it reads `p ** q - 1` as `(p ** q) - 1`. What "
        "belongs in parentheses?",
        lambda g, a, b, node: g * b * a**b - 1,
    ),
    _base(
        "forgot out_grad",
        "In the gradient for the base the upstream gradient is missing: you return the local slope.",
        lambda g, a, b, node: b * a ** (b - 1),
    ),
    _base(
        "forgot out_grad",
        "In the gradient for the base the upstream gradient is missing: you return the local slope.",
        lambda g, a, b, node: _right_base(_ones(g), a, b, node),
    ),
    _pow(
        "forgot out_grad",
        "In both gradients the upstream gradient is missing: you return the local slopes.",
        lambda g, a, b, node: b * a ** (b - 1),
        lambda g, a, b, node: node * a.log(),
    ),
    _exponent(
        "forgot out_grad",
        "In the gradient for the exponent the upstream gradient is missing: you return the local slope.",
        lambda g, a, b, node: node * a.log(),
    ),
    _exponent(
        "exponent's gradient missing",
        "You return None for the exponent even where it requires a gradient, as in `2 ** x`. When is "
        "somebody asking?",
        lambda g, a, b, node: None,
    ),
    _pow(
        "question the wrong way round",
        "You take the logarithm of the base where the exponent is a constant, and take none where the "
        "exponent requires a gradient. Which of the two Tensors do you ask, and for which answer do you "
        "return None?",
        exponent=lambda g, a, b, node: None if b.requires_grad else _always_log(g, a, b, node),
    ),
    _exponent(
        "factor lost",
        "In the gradient for the exponent the logarithm is missing. The last column of the table says how "
        "large the slope is compared with the value.",
        lambda g, a, b, node: g * node,
    ),
    _exponent(
        "factor lost",
        "In the gradient for the exponent the value is missing. The last column of the table was the slope "
        "*divided by the value*.",
        lambda g, a, b, node: g * a.log(),
    ),
    *(
        _exponent(
            "shifted away from 0",
            "You add something small to the base before you take the logarithm. Numbers close to 0 have "
            "logarithms too: is yours the one of 1e-12?",
            lambda g, a, b, node, shift=shift: g * node * (a + shift).log(),
        )
        for shift in _SHIFTS
    ),
    _exponent(
        "input used for output",
        "In the gradient for the exponent the base stands where the value should be. The last column of the "
        "table was the slope *divided by the value*.",
        lambda g, a, b, node: g * a * a.log(),
    ),
    _exponent(
        "log of the output",
        "You take the logarithm of the output. The last column of the table was the same for both "
        "exponents: of what is it the logarithm?",
        lambda g, a, b, node: g * node * node.log(),
    ),
    _exponent(
        "log of the exponent",
        "You take the logarithm of the exponent. The last column of the table was the same for both "
        "exponents: of what is it the logarithm?",
        lambda g, a, b, node: g * node * b.log(),
    ),
    _exponent(
        "rule of another operation",
        "For the exponent you use the rule for the base, with the two swapped. Look at the last column of "
        "the table: it does not depend on the exponent.",
        lambda g, a, b, node: g * a * b ** (a - 1),
    ),
    _exponent(
        "rule of another operation",
        "For the exponent you return what belongs to the base. Are the two swapped? If not, what does the "
        "last column of the table say?",
        lambda g, a, b, node: g * b * a ** (b - 1),
    ),
    _both(
        "gradients swapped",
        "The two gradients are swapped. The first one belongs to the base.",
        lambda g, a, b, node: (_right_exponent(g, a, b, node), _guarded(g, a, b, node)),
    ),
    *(
        _both("one gradient instead of two", _ONE_FOR_A_CONSTANT, _alone_for_a_constant(base))
        for base in (_unguarded, _right_base)
    ),
)

# The operators ----------------------------------------------------------------------------------------

_METHODS = ("__neg__", "__sub__", "__rsub__", "__truediv__", "__rtruediv__", "__pow__", "__rpow__")
_RIGHT = {name: getattr(Tensor, name) for name in _METHODS}
_OWN_OPERATORS = type("Tensor", (Tensor,), _RIGHT)


def _expressions(*texts):
    """Expressions with one or two Tensors; bases are positive, except below a constant exponent."""

    def cases(rng):
        found: list[Case] = []
        for text in texts:  # the first with the same numbers each time, the others with new ones
            drawn = rng.integers(2, 6, 3).tolist() if found else (4, 3, 2)
            sign = -1 if text in ("-x", "x - 7", "x / 7", "x ** 3") else 1
            x, y = float32([sign * drawn[0], 0.5]), float32([drawn[1], -drawn[2]])
            known = [
                f"`{name} = Tensor({a.tolist()})`"
                for name, a in (("x", x), ("y", y))
                if name in names_in(text)
            ]
            found.append(Case("With " + " and ".join(known), {"text": text, "x": x, "y": y}))
        return found

    return cases


def _operators(**methods):
    return {"Tensor": type("Tensor", (Tensor,), {**_RIGHT, **methods})}


def _plain(operation):
    return lambda self, other: getattr(babygrad, operation)()(self, other)


def _reflected(operation):
    return lambda self, other: getattr(babygrad, operation)()(other, self)


def _choices(methods, sizes):
    """Some of the methods, as many as the sizes say, and how to name them."""
    for names in chain.from_iterable(combinations(methods, size) for size in sizes):
        *first, last = (f"`{name}`" for name in names)
        yield names, f"{', '.join(first)} and {last}" if first else last


_PLAIN = {"__sub__": "Sub", "__truediv__": "Div", "__pow__": "Pow"}
_REFLECTED = {"__rsub__": "Sub", "__rtruediv__": "Div", "__rpow__": "Pow"}


def _in_some(methods, family, message, method, sizes=(3, 1)):
    """A mistake in all of three methods or in some.

    message: with {} where these are named. method: what the mistake makes of an operation's class.
    """
    for names, written in _choices(methods, sizes):
        operators = _operators(**{name: method(getattr(babygrad, methods[name])) for name in names})
        yield Mistake(family, message.format(written), operators)


def _instead(method, operation, text):
    """A mistake: another operation is called in a method."""
    call = _reflected if method in _REFLECTED else _plain
    return Mistake("other operation", f"`{method}` {text} here.", _operators(**{method: call(operation)}))


def _always(method, number, call):
    """A mistake: the same number whatever the other one is."""
    message = f"`{method}` takes no notice of `other`: yours has {number} in its place."
    return Mistake("other input missing", message, _operators(**{method: call}))


def _called_too_early(operation):
    return lambda *operands: getattr(babygrad, operation)(*operands)


_WRAP = "`Function` wraps what has to be wrapped."
_NOT_MADE = (
    "there is one pair of parentheses. It makes the operation; a second one calls it. Which of the two gets "
    "the inputs?"
)

OPERATOR_MISTAKES = (
    *_in_some(
        _REFLECTED,
        "reflected operator = plain operator",
        "In {} the two sides have changed places. In `7 - x`, `7 / x` and `3 ** x`, `self` is `x`: on which "
        "side does it stand?",
        lambda operation: lambda self, other: operation()(self, other),
        sizes=(3, 2, 1),
    ),
    *_in_some(
        _PLAIN,
        "wrong order",
        "In {} the two sides have changed places. In `x - 7`, `x / 7` and `x ** 3`, `self` is `x`: on which "
        "side does it stand?",
        lambda operation: lambda self, other: operation()(other, self),
        sizes=(3, 2, 1),
    ),
    *_in_some(
        _PLAIN,
        "history cut",
        "In {} you wrap `other`. A Tensor loses its history that way, and a number, though it is a constant, "
        f"asks for a gradient. {_WRAP}",
        lambda operation: lambda self, other: operation()(self, Tensor(other)),
    ),
    *_in_some(
        _REFLECTED,
        "constant wants a gradient",
        f"In {{}} you wrap `other`. It then asks for a gradient, though it is a constant. {_WRAP}",
        lambda operation: lambda self, other: operation()(Tensor(other), self),
    ),
    *_in_some(
        _PLAIN,
        "history cut",
        "In {} the operation gets the array of `self` and cannot remember whose it was. What does an "
        "operation want to be called with?",
        lambda operation: lambda self, other: operation()(self.data, other),
    ),
    *_in_some(
        _PLAIN,
        "history cut",
        "In {} the operation gets arrays and cannot remember whose they were. And `other` may be a number, "
        "which has no `data`. What does an operation want to be called with?",
        lambda operation: lambda self, other: operation()(self.data, other.data),
    ),
    *_in_some(
        _REFLECTED,
        "numbers only",
        "In {} you make `other` a single number. It may be an array as well.",
        lambda operation: lambda self, other: operation()(float(other), self),
    ),
    *_in_some(
        _PLAIN,
        "class for instance",
        f"In {{}} {_NOT_MADE}",
        lambda operation: lambda self, other: operation(self, other),
    ),
    *_in_some(
        _REFLECTED,
        "class for instance",
        f"In {{}} {_NOT_MADE}",
        lambda operation: lambda self, other: operation(other, self),
    ),
    Mistake(
        "class for instance",
        f"In `__neg__` {_NOT_MADE}",
        _operators(__neg__=_called_too_early("Negate")),
    ),
    Mistake(
        "class for instance",
        f"In all seven {_NOT_MADE}",
        _operators(
            __neg__=_called_too_early("Negate"),
            **{name: _called_too_early(operation) for name, operation in _PLAIN.items()},
            **{name: _called_too_early(operation) for name, operation in _REFLECTED.items()},
        ),
    ),
    Mistake("lost sign", "`-x` gives `x` here.", _operators(__neg__=lambda self: babygrad.mul(self, 1))),
    _instead("__sub__", "Add", "adds"),
    _instead("__rsub__", "Add", "adds"),
    _instead("__truediv__", "Sub", "subtracts"),
    _instead("__truediv__", "Mul", "multiplies"),
    _instead("__rtruediv__", "Sub", "subtracts"),
    _instead("__rtruediv__", "Mul", "multiplies"),
    _instead("__pow__", "Div", "divides"),
    _instead("__pow__", "Mul", "multiplies"),
    _instead("__rpow__", "Div", "divides"),
    _instead("__rpow__", "Mul", "multiplies"),
    _always("__rsub__", 0, lambda self, other: babygrad.sub(0, self)),
    _always("__rsub__", 1, lambda self, other: babygrad.sub(1, self)),
    _always("__rtruediv__", 1, lambda self, other: babygrad.div(1, self)),
    _always("__pow__", 2, lambda self, other: babygrad.pow(self, 2)),
    _always("__rpow__", 2, lambda self, other: babygrad.pow(2, self)),
)

# What backward needs ----------------------------------------------------------------------------------

_TABLE = {
    "Negate": "neither",
    "Log": "input",
    "Exp": "output",
    "Sqrt": "output",
    "ReLU": "either",
    "Abs": "input",
    "Sigmoid": "output",
    "Tanh": "output",
}

_CONSTANT = "backward would not know where it is, and the slope would be the same everywhere"
_UNREAD = "something is kept, and nothing in the rule reads it"
_ONE_OF_TWO = "the other one is thrown away. The question is whether it would have done as well"
_NO_SIDE = "backward might be told only that the result was 3, and not whether `x` was 3 or -3"
_UNDO = "backward might have the logarithm alone, and would have to undo it by an exponential"
_AGAIN = "backward might have `x` alone, and would have to compute {} a second time"
_CONSEQUENCES = {
    "Negate": _UNREAD,
    "Log": _UNDO,
    "Exp": _AGAIN.format("the exponential"),
    "Sqrt": _AGAIN.format("the root"),
    "ReLU": _ONE_OF_TWO,
    "Abs": _NO_SIDE,
    "Sigmoid": _AGAIN.format("the sigmoid, with its exponential,"),
    "Tanh": _AGAIN.format("`tanh`"),
}


def _consequence(op, word):
    """What the word would mean for backward, as the end of "With your code, …"."""
    return _CONSTANT if word == "neither" else _CONSEQUENCES[op]


def another_word(seen, op):
    """Whether the word is the right one; which that is is not said, only what would follow from this one."""
    for label, thing in seen.items():
        if label == f"the entry for `{op}`":
            word = thing.get("value")
            claim = Claim(word == _TABLE[op], _consequence(op, word))
            yield f"the entry for `{op}` should be another word", claim
        yield label, thing


def entries(*ops):
    """One case for each of some operations."""

    def cases(rng):
        return [Case("With what your function returns", {"op": op}) for op in ops]

    return cases


def _table(**entries_):
    return {"what_backward_needs": lambda: {**_TABLE, **entries_}}


_OUTPUT_OPS = ("Exp", "Sqrt", "Sigmoid", "Tanh")

_OUTPUT_ALONE = (
    "Suppose the output is thrown away and `x` is left: can you have the slope with arithmetic alone?"
)
_INPUT_ALONE = (
    "Suppose `x` is thrown away and the output is left: can you have the slope with arithmetic alone?"
)
_NOT_CONSTANT = "Take two inputs, far apart. Is the slope the same at both? And if not, what tells you?"
_UNUSED = "Which of the two does your rule for `-x` read?"
_BOTH_WOULD_DO = (
    "Your `relu` rule may well read the {}. The question is whether the {} would have done as well: compare "
    "where the two are positive."
)
_QUESTIONS = {
    "Negate": dict.fromkeys(("input", "output", "either"), _UNUSED),
    "Log": {"output": _INPUT_ALONE, "either": _INPUT_ALONE},
    "Abs": dict.fromkeys(
        ("output", "either"),
        "The sign of `x` decides about the slope of `abs`. What is the sign of the output?",
    ),
    "ReLU": {
        "input": _BOTH_WOULD_DO.format("input", "output"),
        "output": _BOTH_WOULD_DO.format("output", "input"),
    },
    **{name: {"input": _OUTPUT_ALONE, "either": _OUTPUT_ALONE} for name in _OUTPUT_OPS},
}


def _wrong_words(*names):
    """Each wrong word in the entry of an operation, or the same in those of several."""
    for word in ("input", "output", "either", "neither"):
        if word not in {_TABLE[name] for name in names}:
            question = _NOT_CONSTANT if word == "neither" else _QUESTIONS[names[0]][word]
            family = "input used for output or the reverse"
            yield Mistake(family, question, _table(**dict.fromkeys(names, word)))


TABLE_MISTAKES = (
    Mistake(
        "input used for output or the reverse",
        "You say input everywhere. In which of the rules that you wrote does `x` not occur at all?",
        {"what_backward_needs": lambda: dict.fromkeys(_TABLE, "input")},
    ),
    Mistake(
        "input used for output or the reverse",
        "You say output everywhere. In which of the rules that you wrote does `node` not occur, except in "
        "`node._inputs`?",
        {"what_backward_needs": lambda: dict.fromkeys(_TABLE, "output")},
    ),
    Mistake(
        "input used for output or the reverse",
        "You say either everywhere. Suppose the other one were thrown away: could each rule still do "
        "without an exponential, a logarithm or a root?",
        {"what_backward_needs": lambda: dict.fromkeys(_TABLE, "either")},
    ),
    Mistake(
        "input used for output or the reverse",
        "Input and output look swapped. In `backward`, `node` is the output.",
        _table(
            **{name: {"input": "output", "output": "input"}.get(word, word) for name, word in _TABLE.items()}
        ),
    ),
    *chain.from_iterable(_wrong_words(name) for name in _TABLE),
    *_wrong_words("Exp", "Sqrt"),
    *_wrong_words("Sigmoid", "Tanh"),
)

# The exercises ----------------------------------------------------------------------------------------

# The rules are made of operators, so that these are there, with values; and a sigmoid takes some thought.
_RULES = (*(f"{name}.backward" for name in probes.BEFORE), "Sigmoid")
_OPERATORS = tuple(f"Tensor.{name}" for name in _METHODS)


def _of_one(operation, cell, parts, mistakes):
    return Exercise(
        f"04_elementwise/{operation.name}",
        cell=cell,
        reference={operation.name: operation.reference},
        parts=parts,
        mistakes=mistakes,
        withheld=_RULES,
        needed=_OPERATORS,
    )


EXERCISES = (
    _of_one(
        NEGATE,
        "negate",
        (
            NEGATE.forward("forward", 0.5, SIGNED),
            NEGATE.backward("backward", 0.5, upstream(SIGNED)),
        ),
        NEGATE_MISTAKES,
    ),
    _of_one(
        SUB,
        "sub",
        (
            SUB.forward("forward", 0.5, UNEQUAL),
            SUB.backward("backward", 0.5, upstream(UNEQUAL)),
        ),
        SUB_MISTAKES,
    ),
    _of_one(
        DIV,
        "div",
        (
            DIV.forward("forward", 0.5, QUOTIENTS),
            DIV.backward_form("backward returns two Tensors", 0.5, upstream(QUOTIENTS, [5, -6])),
            DIV.backward("backward, values", 1, upstream(QUOTIENTS, [5, -6])),
        ),
        DIV_MISTAKES,
    ),
    _of_one(
        LOG,
        "log",
        (
            LOG.forward("forward", 0.5, POSITIVE),
            LOG.backward("backward", 0.5, upstream(POSITIVE, [5, -6])),
        ),
        LOG_MISTAKES,
    ),
    _of_one(
        EXP,
        "exp",
        (
            EXP.forward("forward", 0.5, _far_out(SMALL)),
            EXP.backward("backward", 0.5, upstream(SMALL)),
        ),
        EXP_MISTAKES,
    ),
    _of_one(SQRT, "sqrt", (SQRT.backward("backward", 1, upstream(ROOTS, [5, -6])),), SQRT_MISTAKES),
    _of_one(
        RELU,
        "relu",
        (
            RELU.forward("forward", 0.5, _infinite(BOTH_SIGNS)),
            RELU.backward("backward, away from 0", 0.25, upstream(BOTH_SIGNS, 5, [6, -7])),
            RELU.backward("backward, at the kink", 0.25, kink),
        ),
        RELU_MISTAKES,
    ),
    _of_one(
        ABS,
        "abs",
        (
            ABS.backward("backward, away from 0", 0.75, upstream(SIDES, [5, -6])),
            ABS.backward("backward, at the kink", 0.25, kink),
        ),
        ABS_MISTAKES,
    ),
    _of_one(
        SIGMOID,
        "sigmoid",
        (
            SIGMOID.forward("forward", 0.5, MODERATE),
            SIGMOID.forward("forward, no overflow", 0.5, large),
            SIGMOID.backward("backward", 1, _saturated),
        ),
        SIGMOID_MISTAKES,
    ),
    _of_one(TANH, "tanh", (TANH.backward("backward", 1, TANGENTS),), TANH_MISTAKES),
    _of_one(
        POW,
        "pow",
        (
            POW.forward("forward", 0.5, powers),
            POW.backward("backward, a constant exponent", 1, constant_exponents),
            Part("backward, 0 to the power 0", 0.5, around_zero, POW.with_output(zeros)),
            POW.backward("backward, an exponent that requires a gradient", 1, wanted_exponents),
        ),
        POW_MISTAKES,
    ),
    Exercise(
        "04_elementwise/operators",
        cell="operators",
        reference={"Tensor": _OWN_OPERATORS},
        parts=(
            Part("between Tensors", 0.5, expression, _expressions("-x", "x - y", "x / y", "x ** y")),
            Part(
                "with a plain number on the right", 0.5, expression, _expressions("x - 7", "x / 7", "x ** 3")
            ),
            Part(
                "with the number or the array on the left",
                1,
                expression,
                _expressions(
                    "7 - x",
                    "7 / x",
                    "3 ** x",
                    "np.array([5, 6]) - x",
                    "np.array([5, 6]) / x",
                    "np.array([5, 6]) ** x",
                ),
            ),
        ),
        mistakes=OPERATOR_MISTAKES,
        withheld=("negate", "sub", "div", "pow", *_OPERATORS, *_RULES),
    ),
    Exercise(
        "04_elementwise/table",
        cell="table",
        reference={"what_backward_needs": _table()["what_backward_needs"]},
        parts=(
            Part("Negate, Log, Exp, Sqrt", 0.5, entry, entries("Negate", "Log", "Exp", "Sqrt"), another_word),
            Part(
                "ReLU, Abs, Sigmoid, Tanh",
                0.5,
                entry,
                entries("ReLU", "Abs", "Sigmoid", "Tanh"),
                another_word,
            ),
        ),
        mistakes=TABLE_MISTAKES,
    ),
)
