"""Lesson 02: slopes by nudging, the size of the nudge, and the gradient of an array."""

from __future__ import annotations

from functools import partial

import numpy as np

import babygrad
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.observation import Claim
from autograder.probes.lesson_02_gradient import (
    NUDGE,
    WIDE,
    chosen,
    gradients,
    left_alone,
    names_in,
    slope,
)


def if_digits_are_left(seen, options, **inputs):
    """What was seen; where digits cancelled that should not have, only that they did.

    In a slope that was found in float32, or with a nudge far smaller than `eps`, the last digits are chance.
    They depend on the order in which things are added up, and tell nothing of the mistake.
    """
    nudge = seen.get(NUDGE, {}).get("value")
    ignored = isinstance(nudge, float) and 0 < nudge < options.get("eps", 0) / 50
    rounded = seen.get(WIDE, {}).get("value") is False
    for label, thing in seen.items():
        if label == NUDGE:
            yield "the nudge should be `eps`", Claim(not ignored, f"it is {nudge:.3g}" if ignored else "")
        elif label == WIDE or not (ignored or rounded):
            yield label, thing


# central_difference -----------------------------------------------------------------------------------


def one_argument(rng):
    """A function of one number: slopes of both signs, large nudges, and none given."""
    x = round(float(rng.uniform(1.5, 3)), 2)
    return [
        _slope_case("f(x) = x ** 3", 2.0, eps=0.1),
        _slope_case("f(x) = x ** 3", 2.0, eps=0.5),
        _slope_case("f(x) = 12 / x", 3.0, eps=0.5),
        _slope_case("f(x) = x ** 3 - 5 * x", -x, eps=0.25),
        _slope_case("f(x) = x ** 3", 0.0),
    ]


def several_arguments(rng):
    """A function of several numbers, along each of them."""
    a, b, c = (round(float(number), 2) for number in rng.uniform(1.5, 4, 3))
    three = "f(a, b, c) = a ** 2 * b - b ** 3 * c"
    return [
        _slope_case("f(a, b) = a * b ** 2", 3.0, 5.0, i=1, eps=0.1),
        _slope_case("f(a, b) = a * b ** 2", 3.0, 5.0, i=0, eps=0.1),
        _slope_case("f(a, b) = a ** 3 - 6 * b", 3.0, 5.0, eps=0.5),
        _slope_case("f(a, b) = a ** 3 - 6 * b", 3.0, 5.0, i=1, eps=0.5),
        *(_slope_case(three, a, -b, c, i=i, eps=0.25) for i in (1, 2, 0)),
    ]


def whole_numbers(rng):
    """The same for integers: a nudge must not be lost between them."""
    a, b = (int(number) for number in rng.integers(2, 9, 2))
    return [
        _slope_case("f(x) = x ** 3", 2, eps=0.1),
        _slope_case("f(a, b) = a ** 3 - 6 * b", a, b, i=0, eps=0.5),
        _slope_case("f(a, b) = a ** 3 - 6 * b", a, b, i=1, eps=0.5),
    ]


def _slope_case(f, *x, **options):
    arguments = ", ".join(["f", *map(str, x), *(f"{name}={value}" for name, value in options.items())])
    text = f"With `{f}` and `central_difference({arguments})`"
    return Case(text, {"f": f, "x": list(x), "options": options})


def _slope_of(quotient):
    """A wrong central difference: what is made of f at both sides of x and in the middle, and of eps."""

    def central_difference(f, *x, i=0, eps=1e-6):
        up, down = list(x), list(x)
        up[i] += eps
        down[i] -= eps
        return quotient(f(*up), f(*down), f(*x), eps)

    return central_difference


def _nudged_by(nudge):
    """A wrong central difference: `nudge` makes of x, i and eps the arguments of f."""

    def central_difference(f, *x, i=0, eps=1e-6):
        return (f(*nudge(x, i, eps)) - f(*nudge(x, i, -eps))) / (2 * eps)

    return central_difference


def _moved(x, i, step):
    moved = list(x)
    moved[i] += step
    return moved


def _stretched(x, i, step):
    stretched = list(x)
    stretched[i] *= 1 + step
    return stretched


def _in_float32(x, i, step):
    array = np.array(x, dtype=np.float32)
    array[i] += step
    return array


def _truncated(x, i, step):
    array = np.array(x)
    array[i] += np.array(step).astype(array.dtype) if array.dtype.kind == "i" else step
    return array


def _truncated_both_ways(x, i, step):
    array = np.array(x)
    array[i] = array[i] + step
    return array


def _one_list_for_both(f, *x, i=0, eps=1e-6):
    up = down = list(x)
    up[i] += eps
    down[i] -= eps
    return (f(*up) - f(*down)) / (2 * eps)


def cube(x):
    return x**3


def _asks_the_cube(f, *x, i=0, eps=1e-6):
    return babygrad.central_difference(cube, *x, i=i, eps=eps)


def _passes_only_one(f, *x, i=0, eps=1e-6):
    return (f(x[i] + eps) - f(x[i] - eps)) / (2 * eps)


def _adds_to_all(kind):
    def central_difference(f, *x, i=0, eps=1e-6):
        raise TypeError(f'can only concatenate {kind} (not "float") to {kind}')

    return central_difference


def _passes_a_list(f, *x, i=0, eps=1e-6):
    return (f(_moved(x, i, eps)) - f(_moved(x, i, -eps))) / (2 * eps)


def _all_slopes(f, *x, i=0, eps=1e-6):
    return [babygrad.central_difference(f, *x, i=place, eps=eps) for place in range(len(x))]


def _eps_by_itself(own):
    return lambda f, *x, i=0, eps=1e-6: babygrad.central_difference(f, *x, i=i, eps=own)


def _another_default(default):
    return lambda f, *x, i=0, eps=default: babygrad.central_difference(f, *x, i=i, eps=eps)


def _slope_mistake(family, message, wrong):
    return Mistake(family, message, {"central_difference": wrong})


OTHER_DEFAULTS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-7, 1e-8)

CENTRAL_DIFFERENCE_MISTAKES = (
    _slope_mistake(
        "forward difference",
        "You go from the middle to the right. That counts the bend of the curve in; on which other side "
        "could you start instead?",
        _slope_of(lambda up, down, middle, eps: (up - middle) / eps),
    ),
    _slope_mistake(
        "backward difference",
        "You go from the left to the middle. That leaves half of the bend of the curve in; on which "
        "other side could you end instead?",
        _slope_of(lambda up, down, middle, eps: (middle - down) / eps),
    ),
    _slope_mistake(
        "divided by one nudge",
        "Yours is twice the slope. How far is it from the lower point to the upper one, in nudges?",
        _slope_of(lambda up, down, middle, eps: (up - down) / eps),
    ),
    _slope_mistake(
        "one side divided by two nudges",
        "Yours is the step from the middle to the upper point, divided by two nudges. Where is `x` when "
        "you take the second value: one nudge below the middle, or back in it?",
        _slope_of(lambda up, down, middle, eps: (up - middle) / (2 * eps)),
    ),
    _slope_mistake(
        "one side divided by two nudges",
        "Yours is the step from the lower point to the middle, divided by two nudges. Where is `x` when "
        "you take the first value: one nudge above the middle, or back in it?",
        _slope_of(lambda up, down, middle, eps: (middle - down) / (2 * eps)),
    ),
    _slope_mistake(
        "order of operations",
        "Yours is the difference, halved, and then *multiplied* by `eps`. Python reads `a / 2 * c` from "
        "left to right: what should stand in parentheses?",
        _slope_of(lambda up, down, middle, eps: (up - down) / 2 * eps),
    ),
    _slope_mistake(
        "order of operations",
        "Only the second of the two values was divided; `/` goes before `-`. What should stand in "
        "parentheses?",
        _slope_of(lambda up, down, middle, eps: up - down / (2 * eps)),
    ),
    _slope_mistake(
        "order of operations",
        "Only the second of the two values was divided, and then multiplied by `eps`: `/` and `*` go before "
        "`-`, from left to right. What should stand in parentheses?",
        _slope_of(lambda up, down, middle, eps: up - down / 2 * eps),
    ),
    _slope_mistake(
        "not divided",
        "Yours says how far `f` moved, and that depends on the size of the nudge. A slope is a ratio: "
        "how many times the nudge?",
        _slope_of(lambda up, down, middle, eps: up - down),
    ),
    _slope_mistake(
        "lost sign",
        "The slope has the wrong sign: a function that rises should have a positive one. Which of the "
        "two values do you take from which?",
        _slope_of(lambda up, down, middle, eps: (down - up) / (2 * eps)),
    ),
    _slope_mistake(
        "lost sign",
        "The size is right and the sign is lost. Where the function falls, the slope is negative.",
        _slope_of(lambda up, down, middle, eps: abs(up - down) / (2 * eps)),
    ),
    *(
        _slope_mistake(
            "eps ignored",
            "You take a nudge of your own, whatever the caller says. Which argument of your function tells "
            "you its size?",
            _eps_by_itself(own),
        )
        for own in (1e-6, *OTHER_DEFAULTS)
    ),
    *(
        _slope_mistake(
            "another default",
            "The first line of the function gives `eps` the value 1e-6 where the caller says nothing. Is it "
            "as it was?",
            _another_default(default),
        )
        for default in OTHER_DEFAULTS
    ),
    _slope_mistake(
        "float32",
        "A float32 has only 7 digits, and of those most cancel. A list holds Python's own numbers, which "
        "have 16. Is anything here made float32?",
        _nudged_by(_in_float32),
    ),
    _slope_mistake(
        "half a nudge",
        "You go half a nudge to each side. `eps` is the way to one side, so the two points lie two "
        "nudges apart.",
        _nudged_by(lambda x, i, step: _moved(x, i, step / 2)),
    ),
    _slope_mistake(
        "half a nudge",
        "You go half a nudge to each side and divide by a whole one. `eps` is the way to one side.",
        lambda f, *x, i=0, eps=1e-6: babygrad.central_difference(f, *x, i=i, eps=eps / 2),
    ),
    _slope_mistake(
        "multiplied by the nudge",
        "Your nudge grows with `x`: it is `x` times `eps`. It should be `eps`, wherever you are.",
        _nudged_by(_stretched),
    ),
    _slope_mistake(
        "all inputs nudged at once",
        "You nudge all arguments together, so their slopes come in one sum. How do you keep the others "
        "still?",
        _nudged_by(lambda x, i, step: [number + step for number in x]),
    ),
    _slope_mistake(
        "always the first argument",
        "You nudge the first argument, whatever `i` says.",
        _nudged_by(lambda x, i, step: _moved(x, 0, step)),
    ),
    _slope_mistake(
        "always the last argument",
        "You nudge the last argument, whatever `i` says.",
        _nudged_by(lambda x, i, step: _moved(x, -1, step)),
    ),
    _slope_mistake(
        "counted from 1",
        "You nudge the argument before the one that is meant. Python counts from 0: `i=0` is the first.",
        _nudged_by(lambda x, i, step: _moved(x, i - 1, step)),
    ),
    _slope_mistake(
        "counted from 1",
        "Your list has no place at that index. Counted from 0, the only argument has the index 0: is it "
        "`i` itself that you nudge?",
        _nudged_by(lambda x, i, step: _moved(x, i + 1, step)),
    ),
    _slope_mistake(
        "another function",
        "Yours is the slope of the cube, whatever `f` is. Which function do you ask?",
        _asks_the_cube,
    ),
    _slope_mistake(
        "both values at one point",
        "Yours is 0 everywhere: both values of `f` are taken where no nudge is. Is the nudge written "
        "anywhere? Or do you nudge one list up and down again, under two names, as in lesson 01?",
        _one_list_for_both,
    ),
    _slope_mistake(
        "both values at one point",
        "Yours is 0 everywhere: both values of `f` are taken at the same point. Are your two lists two, "
        "or one under two names, as in lesson 01?",
        _slope_of(lambda up, down, middle, eps: 0.0),
    ),
    _slope_mistake(
        "numbers not unpacked",
        "`f` got all numbers in one piece, and wants them one by one. What does the star do in `f(*x)`?",
        _passes_a_list,
    ),
    _slope_mistake(
        "others left out",
        "`f` got only the number that is nudged. It wants all of them, the others as they were.",
        _passes_only_one,
    ),
    *(
        _slope_mistake(
            "nudge added to all",
            f"On the left of your `+` or `-` there is a {kind} of numbers, on the right a single number. "
            "Which one of the numbers is to be nudged?",
            _adds_to_all(kind),
        )
        for kind in ("tuple", "list")
    ),
    _slope_mistake(
        "nudge instead of the number",
        "You put the nudge itself in the place of the number. The number should be moved by it.",
        _nudged_by(lambda x, i, step: [step if place == i % len(x) else n for place, n in enumerate(x)]),
    ),
    _slope_mistake(
        "all slopes",
        "You return the slopes along all arguments. Only the one along argument `i` is asked for.",
        _all_slopes,
    ),
    *(
        _slope_mistake(
            "rounded",
            "Your slope is rounded. Its last digits may look untidy, but other slopes have digits that count "
            "just there. Where numbers are shown is early enough to round.",
            lambda f, *x, i=0, eps=1e-6, digits=digits: round(
                babygrad.central_difference(f, *x, i=i, eps=eps), digits
            ),
        )
        for digits in range(1, 7)
    ),
    _slope_mistake(
        "slope in a list",
        "The slope is there, in a list. A number is asked for, without brackets around it.",
        lambda f, *x, i=0, eps=1e-6: [babygrad.central_difference(f, *x, i=i, eps=eps)],
    ),
    _slope_mistake(
        "integers truncate the nudge",
        "An array that is made of whole numbers has an integer dtype, and a nudge of 0.1 is cut off in "
        "it. Lesson 01 has a cure for that.",
        _nudged_by(_truncated),
    ),
    _slope_mistake(
        "integers truncate the nudge",
        "An array that is made of whole numbers has an integer dtype: what you write into it loses all "
        "behind the point, so your nudge is not the one you divide by. Lesson 01 has a cure for that.",
        _nudged_by(_truncated_both_ways),
    ),
)

# choose_eps -------------------------------------------------------------------------------------------

_BEST = {np.float64: 1e-5, np.float32: 1e-2}
"""Where the drawn curves are lowest. It is also the cube root of the last digit near 8, 1.2e-5 and 9.8e-3."""

_NEAR = 10 * (1 + 1e-6)
"""How many times smaller or larger a chosen nudge may be; np.float32(0.1) is a little more than 0.1."""


def near_the_best(seen, dtype):
    """Whether the nudge is a good one; which would be, is not said."""
    for label, thing in seen.items():
        if label != "the nudge":
            yield label, thing
            continue
        eps, best = thing["value"], _BEST[dtype]
        yield (
            "the nudge should be larger: the best one is more than ten times as large",
            Claim(eps >= best / _NEAR),
        )
        yield (
            "the nudge should be smaller: it is more than ten times as large as the best",
            Claim(eps <= best * _NEAR),
        )


def _dtype(name):
    def cases(rng):
        return [Case(f"With `choose_eps(np.{name.__name__})`", {"dtype": name})]

    return cases


def _chooses(wide, narrow):
    def choose_eps(dtype):
        return wide if dtype is np.float64 else narrow

    return {"choose_eps": choose_eps}


CHOOSE_EPS_MISTAKES = (
    Mistake(
        "the other's nudge",
        "Too large for one, too small for the other: are the two swapped? Which of the two dtypes has "
        "fewer digits to lose?",
        _chooses(1e-2, 1e-5),
    ),
    Mistake(
        "one nudge for both",
        "You return the same nudge for both, and their valleys lie apart. If you compare: `dtype` is "
        "`np.float32` itself: no text, and no number of that dtype.",
        _chooses(1e-5, 1e-5),
    ),
    Mistake(
        "one nudge for both",
        "You return the same nudge for both, and this one is too large for float64. If you compare: "
        "`dtype` is `np.float64` itself: no text, and no number of that dtype.",
        _chooses(1e-2, 1e-2),
    ),
    Mistake(
        "one nudge for both",
        "You return the same nudge for both, and this one is too small for either: too many digits cancel.",
        _chooses(1e-12, 1e-12),
    ),
    Mistake(
        "one nudge for both",
        "You return the same nudge for both. It lies between the two valleys: too large for float64, "
        "and too small for float32.",
        _chooses(3e-4, 3e-4),
    ),
    Mistake(
        "one nudge for both",
        "You return the same nudge for both, and this one is too large for either: the curve bends on "
        "the way.",
        _chooses(0.5, 0.5),
    ),
    Mistake(
        "nudge too small",
        "Both are too small. The smallest nudge is not the best one: the more digits f(up) and f(down) have "
        "in common, the fewer are left. Follow the curves to the right.",
        _chooses(1e-16, 1e-7),
    ),
    Mistake(
        "nudge too large",
        "Both are too large: on such a way the curve bends visibly. Follow the curves to the left.",
        _chooses(0.5, 0.3),
    ),
    Mistake(
        "nudge too small",
        "With float64 you lose more digits in subtracting than need be. Follow its curve to the right, to "
        "where it is lowest.",
        _chooses(1e-9, 1e-2),
    ),
    Mistake(
        "nudge too large",
        "With float64 there are digits to spare, so the nudge may be smaller. Follow its curve to the "
        "left, to where it is lowest.",
        _chooses(1e-3, 1e-2),
    ),
    Mistake(
        "nudge too small",
        "With float32 you lose more digits in subtracting than need be. Follow its curve to the right, to "
        "where it is lowest.",
        _chooses(1e-5, 1e-6),
    ),
    Mistake(
        "nudge too large",
        "With float32 the nudge is so large that the curve bends on the way. Follow its curve to the "
        "left, to where it is lowest.",
        _chooses(1e-5, 0.3),
    ),
    Mistake(
        "exponents",
        "A nudge is larger than 0. If yours is an exponent, read off the axis: how is the number itself "
        "written, as in 1e-16?",
        _chooses(-5, -2),
    ),
    Mistake(
        "nudges too far apart",
        "Too small for float64 and too large for float32: the lowest points are nearer to each other "
        "than that. Read the bottom axis once more.",
        _chooses(1e-9, 0.3),
    ),
)

# numeric_gradient -------------------------------------------------------------------------------------


def one_array(rng):
    """One array and weights that are all 1: elements by themselves, then elements that touch each other."""
    return [
        _gradient_case("f(x) = x ** 3", [[2.0, -3.0]], np.ones(2)),
        _gradient_case("f(x) = x * np.sum(x)", [[2.0, -7.0, 3.0]], np.ones(3)),
        _gradient_case("f(x) = x ** 3", [_away_from_0(rng, 2, 3)], np.ones((2, 3))),
        _gradient_case("f(x) = np.sum(x ** 3)", [_away_from_0(rng, 3, 2)], np.ones(())),
        _gradient_case("f(x) = x * np.sum(x)", [_away_from_0(rng, 2, 3)], np.ones((2, 3))),
        _gradient_case("f(x) = x ** 3", [_away_from_0(rng, 2, 1, 3)], np.ones((2, 1, 3))),
        _gradient_case("f(x) = x ** 3", [np.zeros(2)], np.ones(2), {}),
    ]


def several_arrays(rng):
    """Several arrays, of the same shape and of different ones; all weights are 1."""
    a, b, c = (_away_from_0(rng, 2, 3) for _ in range(3))
    return [
        _gradient_case("f(a, b) = a * b ** 3", [[2.0, -3.0], [4.0, 0.5]], np.ones(2)),
        _gradient_case("f(a, b) = a ** 2 * np.sum(b ** 3)", [a, _away_from_0(rng, 4)], np.ones((2, 3))),
        _gradient_case("f(a, b, c) = a * b ** 2 * c", [a, b, c], np.ones((2, 3))),
    ]


def weighted(rng):
    """Weights that are not 1, and functions in which an element ends up elsewhere."""
    matrix = _away_from_0(rng, 2, 3)
    return [
        _gradient_case("f(x) = x ** 3", [[2.0, -3.0]], np.array([5.0, -7.0])),
        _gradient_case("f(x) = x[::-1]", [[2.0, -3.0, 4.0]], np.array([5.0, -7.0, 9.0])),
        _gradient_case("f(x) = np.cumsum(x ** 2)", [rng.normal(size=3)], rng.normal(size=3)),
        _gradient_case("f(x) = x.T", [matrix], rng.normal(size=(3, 2))),
        _gradient_case("f(x) = x.reshape(6)", [matrix], rng.normal(size=6)),
        _gradient_case("f(x) = np.sum(x ** 3, axis=0)", [matrix], rng.normal(size=3)),
        _gradient_case("f(x) = np.outer(x, x)", [rng.normal(size=3)], rng.normal(size=(3, 3))),
        _gradient_case("f(a, b) = a @ b", [matrix, rng.normal(size=(3, 2))], rng.normal(size=(2, 2))),
    ]


def odd_shapes(rng):
    """A number, whole numbers, nothing at all. All weights are 1."""
    return [
        _gradient_case("f(x) = x ** 3", [np.array(2.0)], np.ones(())),
        _gradient_case("f(x) = x ** 3", [np.array([2, -3])], np.ones(2)),
        _gradient_case("f(x) = x ** 3", [np.zeros((0, 3))], np.ones((0, 3))),
        _gradient_case(
            "f(a, b) = a ** 2 * np.sum(b ** 3)",
            [rng.uniform(0.5, 2, 2) * [1, -1], rng.integers(1, 5, 3)],
            np.ones(2),
        ),
    ]


def to_be_left_alone(rng):
    """Arrays that a careless nudge would change, and one that is passed twice."""
    x = np.array([2.0, -3.0])
    twice = {"f": "f(a, b) = a * b ** 3", "xs": [x], "v": np.ones(2), "options": {"eps": 0.1}, "twice": True}
    return [
        _gradient_case("f(x) = x ** 3", [[2.0, -3.0]], np.ones(2)),
        _gradient_case(
            "f(a, b) = a * b ** 3", [_away_from_0(rng, 2, 3), _away_from_0(rng, 2, 3)], np.ones((2, 3))
        ),
        Case(
            "With `f(a, b) = a * b ** 3`, one array `[2.0, -3.0]` as `a` and as `b`, all weights 1, "
            "`eps=0.1`",
            twice,
        ),
    ]


def _away_from_0(rng, *shape):
    return rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)


def _gradient_case(f, xs, v, options=None):
    xs = [np.array(x) for x in xs]
    options = {"eps": 0.1} if options is None else options
    arrays = " and ".join(_spoken(name, x) for name, x in zip(names_in(f), xs, strict=True))
    weights = "all weights 1" if (v == 1).all() else _spoken("v", v)
    nudge = ", ".join([weights, *(f"`{name}={value}`" for name, value in options.items())])
    return Case(f"With `{f}`, {arrays}, {nudge}", {"f": f, "xs": xs, "v": v, "options": options})


def _spoken(name, x):
    if x.ndim == 1 and 0 < x.size <= 3 and (x == np.round(x, 1)).all():
        return f"`{name} = {x.tolist()}`"
    if x.ndim == 0:
        return f"`{name} = {x}` of shape ()"
    return f"`{name}` of shape {x.shape}"


def _float64_copies(xs):
    return [np.array(x, dtype=np.float64) for x in xs]


def _gradients_by(
    *,
    copied=_float64_copies,
    loss=lambda v, y: np.sum(v * y),
    slope=lambda up, down, middle, eps: (up - down) / (2 * eps),
    back=True,
    nudged=lambda before, step: before + step,
    room=lambda x, v: np.zeros_like(x),
    indices=lambda x: np.ndindex(x.shape),
    returned=lambda gradients, v: gradients,
):
    """A wrong numeric_gradient: a right one in which something is done in another way."""

    def numeric_gradient(f, xs, v, eps=1e-6):
        arrays = copied(xs)
        gradients = [room(x, v) for x in arrays]
        for x, gradient in zip(arrays, gradients, strict=True):
            for index in indices(x):
                before = np.array(x[index])
                middle = loss(v, f(*arrays))
                x[index] = nudged(before, eps)
                up = loss(v, f(*arrays))
                x[index] = nudged(before, -eps)
                down = loss(v, f(*arrays))
                if back:
                    x[index] = before
                gradient[index] = slope(up, down, middle, eps)
        return returned(gradients, v)

    return numeric_gradient


def _arrays_nudged_together(f, xs, v, eps=1e-6):
    arrays = _float64_copies(xs)
    gradients = []
    for place, x in enumerate(arrays):
        up, down = ([*arrays[:place], x + step, *arrays[place + 1 :]] for step in (eps, -eps))
        gradients.append((np.sum(v * f(*up)) - np.sum(v * f(*down))) / (2 * eps) * np.ones(x.shape))
    return gradients


def _element_by_element(f, xs, v, eps=1e-6):
    arrays = _float64_copies(xs)
    gradients = []
    for place, x in enumerate(arrays):
        up, down = ([*arrays[:place], x + step, *arrays[place + 1 :]] for step in (eps, -eps))
        gradients.append(v * (f(*up) - f(*down)) / (2 * eps))
    return gradients


def _own_output_only(f, xs, v, eps=1e-6):
    arrays = _float64_copies(xs)
    gradients = [np.zeros(x.shape) for x in arrays]
    for x, gradient in zip(arrays, gradients, strict=True):
        for index in np.ndindex(x.shape):
            middle = x[index]
            x[index] = middle + eps
            up = (v * f(*arrays))[index]
            x[index] = middle - eps
            down = (v * f(*arrays))[index]
            x[index] = middle
            gradient[index] = (up - down) / (2 * eps)
    return gradients


def _same_index_in_all(f, xs, v, eps=1e-6):
    """Nudges every array that has the index."""
    arrays = _float64_copies(xs)
    gradients = [np.zeros(x.shape) for x in arrays]

    def moved(shape, index, step):
        move = np.zeros(shape)
        move[index] = step
        return [x + move if x.shape == shape else x for x in arrays]

    for x, gradient in zip(arrays, gradients, strict=True):
        for index in np.ndindex(x.shape):
            up, down = (np.sum(v * f(*moved(x.shape, index, step))) for step in (eps, -eps))
            gradient[index] = (up - down) / (2 * eps)
    return gradients


def _only_first_array(f, xs, v, eps=1e-6):
    first, *rest = babygrad.numeric_gradient(f, xs, v, eps)
    return [first, *(np.zeros_like(gradient) for gradient in rest)]


def _keeps_views(f, xs, v, eps=1e-6):
    """Subtracts what f returned only after the second nudge: where that is a view, both are the same."""
    arrays = _float64_copies(xs)
    gradients = [np.zeros(x.shape) for x in arrays]
    for x, gradient in zip(arrays, gradients, strict=True):
        for index in np.ndindex(x.shape):
            middle = x[index]
            x[index] = middle + eps
            up = f(*arrays)
            x[index] = middle - eps
            down = f(*arrays)
            gradient[index] = np.sum(v * (up - down)) / (2 * eps)
            x[index] = middle
    return gradients


def _stops_after_one(f, xs, v, eps=1e-6):
    """Returns from the loop over the elements."""
    if not np.size(xs[0]):
        return None
    first, *rest = babygrad.numeric_gradient(f, xs, v, eps)
    first.flat[1:] = 0
    return [first, *(np.zeros_like(gradient) for gradient in rest)]


def _nudges_a_copy(f, xs, v, eps=1e-6):
    f(*xs)
    return [np.zeros(np.shape(x)) for x in xs]


def _whole_arrays_nudged(loss):
    def numeric_gradient(f, xs, v, eps=1e-6):
        def weighted(*arrays):
            return loss(v, f(*arrays))

        arrays = _float64_copies(xs)
        return [babygrad.central_difference(weighted, *arrays, i=i, eps=eps) for i in range(len(xs))]

    return numeric_gradient


def _one_room_for_all(f, xs, v, eps=1e-6):
    rooms = iter([np.zeros(np.shape(xs[0]))] * len(xs))
    return _gradients_by(room=lambda x, v: next(rooms))(f, xs, v, eps)


def _weighted_at_the_index(f, xs, v, eps=1e-6):
    arrays = _float64_copies(xs)
    gradients = [np.zeros(x.shape) for x in arrays]
    for x, gradient in zip(arrays, gradients, strict=True):
        for index in np.ndindex(x.shape):
            middle = x[index]
            x[index] = middle + eps
            up = np.sum(f(*arrays))
            x[index] = middle - eps
            down = np.sum(f(*arrays))
            x[index] = middle
            gradient[index] = v[index] * (up - down) / (2 * eps)
    return gradients


def _rows_under_two_names(f, xs, v, eps=1e-6, axes=1):
    """Counts along the first axes, and what it remembers of a row is the row itself, which moves along."""
    arrays = _float64_copies(xs)
    gradients = [np.zeros(x.shape) for x in arrays]
    for x, gradient in zip(arrays, gradients, strict=True):
        for index in np.ndindex(x.shape[:axes]) if axes > 1 else range(len(x)):
            middle = x[index]
            x[index] = middle + eps
            up = np.sum(v * f(*arrays))
            x[index] = middle - eps
            down = np.sum(v * f(*arrays))
            x[index] = middle
            gradient[index] = (up - down) / (2 * eps)
    return gradients


def _counts_rows(f, xs, v, eps=1e-6):
    return _gradients_by(indices=lambda x: range(len(x)))(f, xs, v, eps)


def _gradient_mistake(family, message, wrong=None, **changes):
    return Mistake(family, message, {"numeric_gradient": wrong or _gradients_by(**changes)})


def _last_number(gradients, v):
    return [float(gradient.flat[-1]) if gradient.size else 0.0 for gradient in gradients]


def _last_element(gradients, v):
    for gradient in gradients:
        gradient.flat[:-1] = 0
    return gradients


NUMERIC_GRADIENT_MISTAKES = (
    _gradient_mistake(
        "weights forgotten",
        "Yours is right where all weights are 1. Each element of `f(*xs)` counts `v` times: where does "
        "`v` come in, in your code?",
        loss=lambda v, y: np.sum(y),
    ),
    _gradient_mistake(
        "weights multiplied after",
        "You multiply the finished gradient by `v`. But the weights belong to the elements of the "
        "output: an element of `x` may reach another place of it, or several.",
        loss=lambda v, y: np.sum(y),
        returned=lambda gradients, v: [v * gradient for gradient in gradients],
    ),
    _gradient_mistake(
        "weights multiplied after",
        "You weigh the nudged element, with the weight at its index. But the weights belong to the "
        "elements of the output: an element of `x` may reach another place of it, or several.",
        _weighted_at_the_index,
    ),
    _gradient_mistake(
        "shape of the weights",
        "You make room for the slopes in the shape of `v`, which is that of the output. Whose shape has a "
        "gradient?",
        room=lambda x, v: np.zeros(np.shape(v)),
    ),
    _gradient_mistake(
        "weights summed",
        "You multiply the sum of the outputs by the sum of the weights. Each output has a weight of its "
        "own: which comes first, weighing or summing?",
        loss=lambda v, y: np.sum(v) * np.sum(y),
    ),
    _gradient_mistake(
        "mean instead of sum",
        "Yours is the right gradient divided by the number of outputs. Is the loss their mean, or their sum?",
        loss=lambda v, y: np.mean(v * y) if np.size(y) else 0.0,
    ),
    _gradient_mistake(
        "forward difference",
        "You go from the middle to one side. That counts the bend of the curve in; 2.1 goes from one "
        "side to the other.",
        slope=lambda up, down, middle, eps: (up - middle) / eps,
    ),
    _gradient_mistake(
        "divided by one nudge",
        "Yours is twice the gradient. How far is it from the lower point to the upper one, in nudges?",
        slope=lambda up, down, middle, eps: (up - down) / eps,
    ),
    _gradient_mistake(
        "one side divided by two nudges",
        "Yours is the step from the middle to the upper point, divided by two nudges. Where is the "
        "element when you take the second value: one nudge below the middle, or back in it?",
        slope=lambda up, down, middle, eps: (up - middle) / (2 * eps),
    ),
    _gradient_mistake(
        "order of operations",
        "Yours is the difference, halved, and then *multiplied* by `eps`. What should stand in parentheses?",
        slope=lambda up, down, middle, eps: (up - down) / 2 * eps,
    ),
    _gradient_mistake(
        "not divided",
        "Yours says how far the sum moved. A slope is a ratio: how many times the nudge?",
        slope=lambda up, down, middle, eps: up - down,
    ),
    _gradient_mistake(
        "lost sign",
        "Every slope has the wrong sign. Which of the two sums do you take from which?",
        slope=lambda up, down, middle, eps: (down - up) / (2 * eps),
    ),
    _gradient_mistake(
        "lost sign",
        "The sizes are right and the signs are lost. Where a nudge upwards makes the sum smaller, the "
        "slope is negative.",
        slope=lambda up, down, middle, eps: abs(up - down) / (2 * eps),
    ),
    *(
        _gradient_mistake(
            "eps ignored",
            "You take a nudge of your own, whatever the caller says. Does `eps` arrive where you nudge?",
            lambda f, xs, v, eps=1e-6, own=own: babygrad.numeric_gradient(f, xs, v, own),
        )
        for own in (1e-6, *OTHER_DEFAULTS)
    ),
    _gradient_mistake(
        "nudge not taken back",
        "An element that you have nudged stays where it was at last, and the next ones are measured "
        "beside the point. What must happen before you go on to the next element?",
        back=False,
    ),
    _gradient_mistake(
        "caller's arrays changed",
        "You nudge the caller's own arrays, and do not put back what was there. Lesson 01 made copies "
        "of what it was given.",
        copied=lambda xs: xs,
        room=lambda x, v: np.zeros(x.shape),
        back=False,
    ),
    _gradient_mistake(
        "integers truncate the nudge",
        "An array of integers cuts off the nudge. Which dtype should the arrays have in which you nudge?",
        copied=lambda xs: xs,
        room=lambda x, v: np.zeros(x.shape),
    ),
    _gradient_mistake(
        "integers truncate the nudge",
        "An array of integers cuts off the nudge, and makes integers of the slopes. Which dtype should "
        "your copies have?",
        copied=lambda xs: [np.array(x) for x in xs],
    ),
    _gradient_mistake(
        "integers truncate the gradient",
        "The slopes went into an array of integers, which cuts off what is behind the point. Which "
        "dtype does your gradient have?",
        lambda f, xs, v, eps=1e-6: [
            gradient.astype(np.asarray(x).dtype)
            for gradient, x in zip(babygrad.numeric_gradient(f, xs, v, eps), xs, strict=True)
        ],
    ),
    _gradient_mistake(
        "all elements nudged at once",
        "You nudge all elements of an array together, so every slope is the sum of all. How do you keep "
        "the others still?",
        _arrays_nudged_together,
    ),
    _gradient_mistake(
        "all elements nudged at once",
        "You nudge all elements together and look at each output by itself. This is right only where "
        "each output comes from one input, at the same place.",
        _element_by_element,
    ),
    _gradient_mistake(
        "own output only",
        "You look only at the output that stands at the same index. A nudge may reach any of the "
        "outputs: what counts is the one number that they are summed up to.",
        _own_output_only,
    ),
    _gradient_mistake(
        "all arrays nudged at once",
        "You nudge the same index in several arrays together, so their slopes come in one sum.",
        _same_index_in_all,
    ),
    _gradient_mistake(
        "first array only",
        "Only the first array was nudged; the gradients of the others are 0.",
        _only_first_array,
    ),
    _gradient_mistake(
        "first array only",
        "There is one gradient too few, or more: each array in `xs` wants its own.",
        lambda f, xs, v, eps=1e-6: babygrad.numeric_gradient(f, xs, v, eps)[:1],
    ),
    _gradient_mistake(
        "only the first element",
        "Only the very first element has its slope, and all others are 0. How far is your `return` indented: "
        "does it end a loop in its first round?",
        _stops_after_one,
    ),
    *(
        _gradient_mistake(
            "another default",
            "The first line of the function gives `eps` the value 1e-6 where the caller says nothing. Is it "
            "as it was?",
            lambda f, xs, v, eps=default: babygrad.numeric_gradient(f, xs, v, eps),
        )
        for default in OTHER_DEFAULTS
    ),
    _gradient_mistake(
        "array instead of a list",
        "You return the gradient itself. `xs` is a list, and the answer is a list with one gradient for "
        "each of its arrays, also where there is only one.",
        returned=lambda gradients, v: gradients[0],
    ),
    _gradient_mistake(
        "gradient as a number",
        "There is one number where each element should have its own. Does each round of your loop "
        "write to another place?",
        returned=_last_number,
    ),
    _gradient_mistake(
        "gradient as a number",
        "There is one number where each element should have its own: you added up the slopes.",
        returned=lambda gradients, v: [np.sum(gradient) for gradient in gradients],
    ),
    _gradient_mistake(
        "last element only",
        "Only the last element of each array has its slope, the others are 0. Is something made anew in "
        "each round of the loop that should be made once?",
        returned=_last_element,
    ),
    _gradient_mistake(
        "wrong order",
        "Your gradients stand in the list in reverse: the one for the first array should come first. At "
        "which end of the list do you put them in?",
        returned=lambda gradients, v: gradients[::-1],
    ),
    _gradient_mistake(
        "flat gradient",
        "The slopes are there, in one row. A gradient has the shape of its input.",
        returned=lambda gradients, v: [gradient.ravel() for gradient in gradients],
    ),
    _gradient_mistake(
        "rows instead of elements",
        "You count along the first axis only: of a matrix that nudges whole rows, and a number has no "
        "axis at all. What did `np.ndindex` count?",
        _counts_rows,
    ),
    _gradient_mistake(
        "rows instead of elements",
        "You count along the first axis only, and of a matrix that nudges whole rows. Besides, what you "
        "remember of a row before the nudge is the row itself, which moves along. What did `np.ndindex` "
        "count?",
        _rows_under_two_names,
    ),
    *(
        _gradient_mistake(
            "rows instead of elements",
            "Your indices count along two axes. An array may have more: what did `np.ndindex` count?",
            wrong,
        )
        for wrong in (
            partial(_rows_under_two_names, axes=2),
            _gradients_by(indices=lambda x: np.ndindex(x.shape[:2])),
        )
    ),
    _gradient_mistake(
        "nudge does not arrive",
        "Every slope is 0: `f` gives the same both times. Does the nudge reach the very arrays that `f` "
        "is called with?",
        _nudges_a_copy,
    ),
    _gradient_mistake(
        "others left out",
        "`f` got only the array in which you nudge. It wants all of them, the others as they were.",
        lambda f, xs, v, eps=1e-6: [babygrad.numeric_gradient(f, [x], v, eps)[0] for x in xs],
    ),
    _gradient_mistake(
        "nudge instead of the element",
        "You put the nudge itself in the place of the element. The element should be moved by it.",
        nudged=lambda before, step: step,
    ),
    _gradient_mistake(
        "arrays not unpacked",
        "`f` got all arrays in one list, and wants them one by one. What does the star do in `f(*xs)`?",
        lambda f, xs, v, eps=1e-6: [np.sum(v * f(list(xs)))],
    ),
    _gradient_mistake(
        "gradient not written",
        "Every slope is 0, although `f` is asked at other points. Is each slope written into the "
        "gradient, at the index of its element?",
        slope=lambda up, down, middle, eps: 0.0,
    ),
    _gradient_mistake(
        "outputs not summed",
        "What you want to write at one index is still a whole array: one number for each output. What "
        "makes one number of them?",
        loss=lambda v, y: v * y,
    ),
    *(
        _gradient_mistake(
            "summed along one axis",
            "`@` and `np.dot` add up what they multiply along one axis only; of tables they make a product "
            "of matrices. What multiplies element by element and adds up all, whatever the shape?",
            loss=dot,
        )
        for dot in (np.dot, lambda v, y: v @ y)
    ),
    _gradient_mistake(
        "summed along one axis",
        "You add up along the first axis only, as Python's own `sum` does: of a table, a row is left. Which "
        "sum takes all elements, whatever the shape?",
        loss=lambda v, y: sum(v * y),
    ),
    *(
        _gradient_mistake(
            "float32",
            "A float32 has only 7 digits, and of those most cancel. Which dtype did 2.2 find better for "
            "nudging, and do your copies and your gradients have it?",
            copied=lambda xs: [np.array(x, dtype=np.float32) for x in xs],
            room=room,
        )
        for room in (lambda x, v: np.zeros_like(x), lambda x, v: np.zeros(x.shape))
    ),
    _gradient_mistake(
        "a gradient for each element",
        "Your list has one array for each element, where it should have one for each array in `xs`. In "
        "which of the two loops is it added to the list?",
        returned=lambda gradients, v: [g for g in gradients for _ in range(g.size)],
    ),
    _gradient_mistake(
        "one array under several names",
        "All your gradients are equal to the last one: are they one array under several names? `[…] * n` "
        "repeats one object and makes no copies.",
        _one_room_for_all,
    ),
    _gradient_mistake(
        "one array twice",
        "Where one array comes twice in `xs`, a nudge moves both: in your code, too, they are one. Does "
        "each get a copy of its own? Some functions, `np.asarray` among them, copy only where they must.",
        copied=lambda xs: [np.asarray(x, dtype=np.float64) for x in xs],
    ),
    *(
        _gradient_mistake(
            "whole arrays nudged",
            "Every slope is 0. If you pass whole arrays to `central_difference`: the finished one is made "
            "for numbers, and its up and down are then one array. How do you nudge one element, and ask "
            "for one number?",
            _whole_arrays_nudged(loss),
        )
        for loss in (lambda v, y: y, lambda v, y: v * y, lambda v, y: np.sum(v * y))
    ),
    _gradient_mistake(
        "slopes in one list",
        "The slopes of all elements of all arrays are in one list. Which array does each belong to, and "
        "at which index?",
        returned=lambda gradients, v: [slope for gradient in gradients for slope in gradient.ravel()],
    ),
    _gradient_mistake(
        "array instead of a list",
        "You stack the gradients into one array. Those of different shapes cannot be stacked: leave "
        "them in a list.",
        returned=lambda gradients, v: np.array(gradients),
    ),
    _gradient_mistake(
        "view kept",
        "Yours is right unless `f` hands back the memory that it was given, as `x.T` and `x[::-1]` do: "
        "then your second nudge changes the first result as well. What could you make of a result "
        "before you nudge again?",
        _keeps_views,
    ),
)

_ENGINE = ("babygrad.tensor", "babygrad.function", "babygrad.ops", "babygrad.backward")

EXERCISES = (
    Exercise(
        "02_gradient/central_difference",
        cell="central_difference",
        reference={"central_difference": babygrad.central_difference},
        parts=(
            Part("one argument", 1, slope, one_argument, if_digits_are_left),
            Part("one of several arguments", 1.5, slope, several_arguments, if_digits_are_left),
            Part("whole numbers", 0.5, slope, whole_numbers, if_digits_are_left),
        ),
        mistakes=CENTRAL_DIFFERENCE_MISTAKES,
        withheld=("babygrad.gradcheck", *_ENGINE),
    ),
    Exercise(
        "02_gradient/choose_eps",
        cell="choose_eps",
        reference=_chooses(1e-5, 5e-3),
        parts=(
            Part("float64", 0.5, chosen, _dtype(np.float64), near_the_best),
            Part("float32", 0.5, chosen, _dtype(np.float32), near_the_best),
        ),
        mistakes=CHOOSE_EPS_MISTAKES,
        withheld=_ENGINE,
    ),
    Exercise(
        "02_gradient/numeric_gradient",
        cell="numeric_gradient",
        reference={"numeric_gradient": babygrad.numeric_gradient},
        parts=(
            Part("one array", 1, gradients, one_array, if_digits_are_left),
            Part("several arrays", 1, gradients, several_arrays, if_digits_are_left),
            Part("the weights v", 1, gradients, weighted, if_digits_are_left),
            Part(
                "a single number, whole numbers, an empty array",
                0.5,
                gradients,
                odd_shapes,
                if_digits_are_left,
            ),
            Part("the caller's arrays stay as they were", 0.5, left_alone, to_be_left_alone),
        ),
        mistakes=NUMERIC_GRADIENT_MISTAKES,
        withheld=("numeric_gradient", "gradcheck", *_ENGINE),
        needed=("central_difference",),
    ),
)
