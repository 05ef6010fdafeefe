"""Wrong solutions of lesson 02: one mistake each."""

from __future__ import annotations

from functools import partial

from autograder.selftest.corpus import Wrong

# central_difference -----------------------------------------------------------------------------------

_slope = partial(Wrong, exercise="central_difference")
_LISTS = "up, down = list(x), list(x)\n"
_DIFFERENCE = "(f(*up) - f(*down))"
_WAY = "(2 * eps)"

DIFFERENCES = (
    _slope("to-the-right", edits={"*down)": "*x)", _WAY: "eps"}, loses=3, family="forward difference"),
    _slope("from-the-left", edits={"*up)": "*x)", _WAY: "eps"}, loses=3, family="backward difference"),
    _slope("one-nudge-below", edits={_WAY: "eps"}, loses=3, family="divided by one nudge"),
    _slope(
        "back-to-the-middle",
        edits={_LISTS: "up = list(x)\n", "    down[i]": "    down = list(up)\n    down[i]"},
        loses=3,
        family="one side divided by two nudges",
    ),
    _slope("divided-by-2-times-eps", edits={_WAY: "2 * eps"}, loses=3, family="order of operations"),
    _slope(
        "only-the-second-divided",
        edits={_DIFFERENCE: "f(*up) - f(*down)"},
        loses=3,
        family="order of operations",
    ),
    _slope("not-divided", edits={f" / {_WAY}": ""}, loses=3, family="not divided"),
    _slope(
        "down-minus-up",
        edits={_DIFFERENCE: "(f(*down) - f(*up))"},
        loses=3,
        family="lost sign",
        survives="slopes of 0",
    ),
    _slope(
        "sizes-only",
        edits={_DIFFERENCE: f"abs{_DIFFERENCE}"},
        loses=3,
        family="lost sign",
        survives="rising functions",
    ),
    _slope(
        "float32-arrays",
        edits={"list(x), list(x)": "np.array([x, x], dtype=np.float32)"},
        loses=3,
        family="float32",
    ),
    _slope(
        "rounded-to-6-digits",
        edits={f"{_DIFFERENCE} / {_WAY}": f"round({_DIFFERENCE} / {_WAY}, 6)"},
        loses=1,
        family="rounded",
        survives="short numbers",
    ),
    _slope(
        "rounded-to-2-digits",
        edits={f"{_DIFFERENCE} / {_WAY}": f"round({_DIFFERENCE} / {_WAY}, 2)"},
        loses=2.5,
        family="rounded",
        survives="short numbers",
    ),
)

NUDGES = (
    _slope("one-list", edits={_LISTS: "up = down = list(x)\n"}, loses=3, family="both values at one point"),
    _slope(
        "half-to-each-side",
        edits={"+= eps": "+= eps / 2", "-= eps": "-= eps / 2", _WAY: "eps"},
        loses=3,
        family="half a nudge",
        survives="functions without a bend",
    ),
    _slope(
        "relative-nudge",
        edits={"up[i] += eps": "up[i] *= 1 + eps", "down[i] -= eps": "down[i] *= 1 - eps"},
        loses=3,
        family="multiplied by the nudge",
        survives="x = 1",
    ),
    _slope(
        "nudge-of-its-own",
        edits={_LISTS: f"eps = 1e-6\n    {_LISTS}"},
        loses=3,
        family="eps ignored",
        survives="calls without eps",
    ),
    _slope(
        "larger-nudge-of-its-own",
        edits={_LISTS: f"eps = 1e-4\n    {_LISTS}"},
        loses=3,
        family="eps ignored",
        survives="a wide tolerance",
    ),
    _slope(
        "default-of-the-figure",
        edits={"eps=1e-6": "eps=1e-5"},
        loses=1,
        family="another default",
        survives="a wide tolerance",
    ),
    _slope(
        "number-replaced",
        edits={"up[i] += eps": "up[i] = eps", "down[i] -= eps": "down[i] = -eps"},
        loses=3,
        family="nudge instead of the number",
    ),
    _slope(
        "array-of-integers",
        edits={"list(x), list(x)": "np.array(x), np.array(x)"},
        loses=0.5,
        family="integers truncate the nudge",
        survives="floating numbers",
    ),
    _slope("tuple-changed", edits={_LISTS: "up, down = x, x\n"}, loses=3),
)

ARGUMENTS = (
    _slope(
        "first-whatever-i",
        edits={"up[i]": "up[0]", "down[i]": "down[0]"},
        loses=2,
        family="always the first argument",
        survives="one argument",
    ),
    _slope(
        "one-before",
        edits={"up[i]": "up[i - 1]", "down[i]": "down[i - 1]"},
        loses=2,
        family="counted from 1",
        survives="one argument",
    ),
    _slope(
        "all-together",
        edits={"up[i] += eps": "up = [n + eps for n in x]", "down[i] -= eps": "down = [n - eps for n in x]"},
        loses=2,
        family="all inputs nudged at once",
        survives="one argument",
    ),
    _slope(
        "star-forgotten", edits={"*up)": "up)", "*down)": "down)"}, loses=3, family="numbers not unpacked"
    ),
    _slope(
        "others-forgotten",
        edits={"*up)": "up[i])", "*down)": "down[i])"},
        loses=2,
        family="others left out",
        survives="one argument",
    ),
)

# choose_eps -------------------------------------------------------------------------------------------

_choose = partial(Wrong, exercise="choose_eps")

CHOOSE = (
    _choose("turned-round", edits={"== np": "!= np"}, loses=1, family="the other's nudge"),
    _choose(
        "compared-with-a-text", edits={"np.float64:": '"float64":'}, loses=1, family="one nudge for both"
    ),
    _choose(
        "asked-with-isinstance",
        edits={"dtype == np.float64": "isinstance(dtype, np.float64)"},
        loses=1,
        family="one nudge for both",
    ),
    _choose("smallest-of-float64", edits={"1e-5": "1e-8"}, loses=0.5, family="nudge too small"),
    _choose("top-of-the-other-side", edits={"5e-3": "0.5"}, loses=0.5, family="nudge too large"),
    _choose("exponents", edits={"1e-5": "-5", "5e-3": "-2"}, loses=1, family="exponents"),
)

# numeric_gradient -------------------------------------------------------------------------------------

_gradient = partial(Wrong, exercise="numeric_gradient")
_COPIES = "[np.array(x, dtype=np.float64) for x in xs]"
_ROOMS = "[np.zeros(x.shape) for x in arrays]"
_UP, _DOWN = "up = np.sum(v * f(*arrays))", "down = np.sum(v * f(*arrays))"


def _sums(of):
    """The edit that writes something else for both weighted sums."""
    return {_UP: f"up = {of}", _DOWN: f"down = {of}"}


WEIGHTS = (
    _gradient(
        "no-weights",
        edits=_sums("np.sum(f(*arrays))"),
        loses=1,
        family="weights forgotten",
        survives="ones as weights",
    ),
    _gradient(
        "weighted-at-last",
        edits={**_sums("np.sum(f(*arrays))"), "return gradients": "return [v * g for g in gradients]"},
        loses=2.5,
        family="weights multiplied after",
        survives="ones as weights",
    ),
    _gradient(
        "weight-of-the-index",
        edits={**_sums("np.sum(f(*arrays))"), "] = (up": "] = v[index] * (up"},
        loses=3.5,
        family="weights multiplied after",
        survives="element by element",
    ),
    _gradient(
        "sum-times-sum", edits=_sums("np.sum(v) * np.sum(f(*arrays))"), loses=3.5, family="weights summed"
    ),
    _gradient(
        "mean",
        edits=_sums("np.mean(v * f(*arrays))"),
        loses=3.5,
        family="mean instead of sum",
        survives="one output",
    ),
    _gradient(
        "pythons-sum",
        edits=_sums("sum(v * f(*arrays))"),
        loses=4,
        family="summed along one axis",
        survives="vectors",
    ),
    _gradient(
        "dot",
        edits=_sums("np.dot(v, f(*arrays))"),
        loses=3.5,
        family="summed along one axis",
        survives="vectors",
    ),
    _gradient("not-summed", edits=_sums("v * f(*arrays)"), loses=4, family="outputs not summed"),
    _gradient(
        "own-output",
        edits=_sums("(v * f(*arrays))[index]"),
        loses=3.5,
        family="own output only",
        survives="element by element",
    ),
    _gradient(
        "subtracted-before-summed",
        edits={**_sums("f(*arrays)"), "(up - down)": "np.sum(v * (up - down))"},
        loses=1,
        family="view kept",
        survives="functions that make a new array",
    ),
)

SLOPES = (
    _gradient(
        "forward", edits={"middle - eps": "middle", _WAY: "eps"}, loses=3.5, family="forward difference"
    ),
    _gradient("one-nudge", edits={_WAY: "eps"}, loses=3.5, family="divided by one nudge"),
    _gradient(
        "down-in-the-middle",
        edits={_DOWN: "down = np.sum(v * f(*xs))"},
        loses=3.5,
        family="one side divided by two nudges",
    ),
    _gradient("parentheses", edits={_WAY: "2 * eps"}, loses=3.5, family="order of operations"),
    _gradient("downwards", edits={"(up - down)": "(down - up)"}, loses=3.5, family="lost sign"),
    _gradient(
        "absolute",
        edits={"(up - down)": "abs(up - down)"},
        loses=3.5,
        family="lost sign",
        survives="rising functions",
    ),
    _gradient(
        "own-nudge",
        edits={"arrays =": "eps = 1e-6\n    arrays ="},
        loses=3.5,
        family="eps ignored",
        survives="a wide tolerance",
    ),
    _gradient(
        "own-larger-nudge",
        edits={"arrays =": "eps = 1e-4\n    arrays ="},
        loses=3.5,
        family="eps ignored",
        survives="a wide tolerance",
    ),
)

ELEMENTS = (
    _gradient(
        "not-put-back",
        edits={"x[index] = middle\n": "\n"},
        loses=3.5,
        family="nudge not taken back",
        survives="element by element",
    ),
    _gradient(
        "all-elements",
        edits={
            "x[index] = middle + eps": "x += eps",
            "x[index] = middle - eps": "x -= 2 * eps",
            "x[index] = middle\n": "x += eps\n",
        },
        loses=3.5,
        family="all elements nudged at once",
    ),
    _gradient(
        "rows",
        edits={"np.ndindex(x.shape)": "range(len(x))"},
        loses=3.5,
        family="rows instead of elements",
        survives="vectors",
    ),
    _gradient(
        "two-axes",
        edits={"np.ndindex(x.shape)": "np.ndindex(x.shape[:2])"},
        loses=1,
        family="rows instead of elements",
        survives="matrices",
    ),
    _gradient(
        "made-anew",
        edits={"        middle = x": "        gradient = np.zeros(x.shape)\n            middle = x"},
        loses=4,
        family="gradient not written",
    ),
    _gradient(
        "first-array",
        edits={"zip(arrays, gradients": "zip(arrays[:1], gradients[:1]"},
        loses=2.5,
        family="first array only",
        survives="one array",
    ),
    _gradient(
        "returned-after-one-array",
        edits={"\n    return": "\n        return"},
        loses=2.5,
        family="first array only",
        survives="one array",
    ),
    _gradient(
        "returned-after-one-element",
        edits={"\n    return": "\n            return"},
        loses=3.5,
        family="only the first element",
        survives="one element",
    ),
    _gradient(
        "others-forgotten",
        edits=_sums("np.sum(v * f(x))"),
        loses=3,
        family="others left out",
        survives="one array",
    ),
    _gradient("star-forgotten", edits=_sums("np.sum(v * f(arrays))"), loses=4, family="arrays not unpacked"),
)

MEMORY = (
    _gradient(
        "asarray",
        edits={"np.array(x, dtype": "np.asarray(x, dtype"},
        loses=0.5,
        family="one array twice",
        survives="different arrays",
    ),
    _gradient(
        "callers-arrays",
        edits={_COPIES: "list(xs)"},
        loses=1,
        family="integers truncate the nudge",
        survives="floating arrays",
    ),
    _gradient(
        "integers-kept",
        edits={", dtype=np.float64": ""},
        loses=0.5,
        family="integers truncate the nudge",
        survives="floating arrays",
    ),
    _gradient(
        "zeros-like-integers",
        edits={_ROOMS: "[np.zeros_like(x) for x in xs]"},
        loses=0.5,
        family="integers truncate the gradient",
        survives="floating arrays",
    ),
    _gradient(
        "float32",
        edits={"dtype=np.float64": "dtype=np.float32"},
        loses=3.5,
        family="float32",
        survives="a wide tolerance",
    ),
    _gradient(
        "one-room",
        edits={_ROOMS: "[np.zeros(arrays[0].shape)] * len(arrays)"},
        loses=2.5,
        family="one array under several names",
        survives="one array",
    ),
    _gradient(
        "room-for-the-weights",
        edits={"np.zeros(x.shape)": "np.zeros(v.shape)"},
        loses=3.5,
        family="shape of the weights",
        survives="outputs like inputs",
    ),
    _gradient(
        "kept-for-the-next-call",
        edits={"eps=1e-6)": "eps=1e-6, gradients=[])", f"gradients = {_ROOMS}": f"gradients += {_ROOMS}"},
        loses=4,
        survives="one call",
    ),
)

RETURNED = (
    _gradient(
        "inserted-in-front",
        edits={"return gradients": "return gradients[::-1]"},
        loses=2.5,
        family="wrong order",
        survives="one array",
    ),
    _gradient(
        "no-list",
        edits={"return gradients": "return gradients[0]"},
        loses=3.5,
        family="array instead of a list",
    ),
    _gradient(
        "stacked",
        edits={"return gradients": "return np.array(gradients)"},
        loses=3.5,
        family="array instead of a list",
    ),
    _gradient(
        "rows-of-slopes",
        edits={"return gradients": "return [g.ravel() for g in gradients]"},
        loses=3.5,
        family="flat gradient",
        survives="vectors",
    ),
)

WRONG = (*DIFFERENCES, *NUDGES, *ARGUMENTS, *CHOOSE, *WEIGHTS, *SLOPES, *ELEMENTS, *MEMORY, *RETURNED)
