"""Wrong solutions of lesson 06: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

# predict_shapes ---------------------------------------------------------------------------------------

_A, _B, _D, _E, _F = "return [(4, 3), ", "None, (4, 3), ", "None, (2, 3, 4)", "(2, 3, 4)", "(5, 5)]"
_ALL = "[(4, 3), None, (4, 3), None, (2, 3, 4), (5, 5)]"


def _predicted(
    name: str, edits: dict[str, str], loses: float, family: str = "", also: tuple[str, ...] = ()
) -> Wrong:
    return Wrong(name, "predict_shapes", edits, loses, family, also)


PREDICT = (
    _predicted("b-would-fit-from-the-left", {_B: "(4, 3), (4, 3), "}, 1, "aligned from the left"),
    _predicted("f-from-the-left", {_F: "(5, 1)]"}, 1, "aligned from the left"),
    _predicted(
        "all-from-the-left",
        {_ALL: "[None, (4, 3), None, None, None, (5, 1)]"},
        2,
        "aligned from the left",
    ),
    _predicted("repeated-three-times", {_D: "(6, 3), (2, 3, 4)"}, 1, "multiple repeated"),
    _predicted(
        "larger-size-of-each-column",
        {_ALL: "[(4, 3), (4, 4), (4, 3), (6, 3), (2, 3, 4), (5, 5)]"},
        2,
        "larger size wins",
        also=("multiple repeated",),
    ),
    _predicted("only-one-is-stretched", {_E: "(2, 3, 1)"}, 1, "1 not stretched"),
    _predicted("e-without-its-first-axis", {_E: "(3, 4)"}, 1, "axis lost"),
    _predicted("shapes-one-after-the-other", {_E: "(2, 1, 4, 3, 1)"}, 1, "shapes joined"),
    _predicted(
        "ones-quarrel",
        {_ALL: "[(4, 3), None, None, None, None, None]"},
        2,
        "1 not stretched",
        also=("aligned from the left",),
    ),
    _predicted("five-of-six", {"None, (2, 3, 4), ": "(2, 3, 4), "}, 2),
)

# unbroadcast ------------------------------------------------------------------------------------------

_AXES, _NEW, _STRETCHED = "(*range(new), *stretched)", "*range(new)", "if size == 1"
_PLACES = f"[new + axis for axis, size in enumerate(shape) {_STRETCHED}]"
_TOTAL, _BACK = f"summation(grad, {_AXES})", "return reshape(total, shape)"
_NOTHING_DONE = "    if grad.shape == shape:\n        return grad\n"
_FIRST = "tuple(slice(0, 1) if i in axes else slice(None) for i in range(len(grad.shape)))"


def _led(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "unbroadcast", edits, loses, family, survives=survives)


UNBROADCAST = (
    _led("no-reshape", {_NOTHING_DONE: "", _BACK: "return total"}, 3, "stretched 1 not kept"),
    _led(
        "all-kept",
        {_AXES: "(*range(new), *stretched), keepdims=True", _BACK: "return total"},
        3,
        "prepended axes kept",
    ),
    _led("new-axes-only", {_AXES: "tuple(range(new))"}, 2.5, "stretched axes not summed", "a bias"),
    _led("ones-only", {_AXES: "tuple(stretched)"}, 3, "prepended axes not summed"),
    _led("no-offset", {"[new + axis for": "[axis for"}, 1.5, "axes not moved by new ones", "one kind only"),
    _led(
        "first-axis-if-any-is-new",
        {_AXES: "((0, *stretched) if new else tuple(stretched))"},
        3,
        "one new axis only",
        "a bias",
    ),
    _led(
        "first-one-only",
        {_PLACES: "[new + shape.index(1)] if 1 in shape else []"},
        2.5,
        "one stretched axis only",
        "a single 1",
    ),
    _led(
        "index-of-each-one",
        {_PLACES: "[new + shape.index(size) for size in shape if size == 1]"},
        2.5,
        "one stretched axis only",
        "a single 1",
    ),
    _led("one-too-many", {_NEW: "*range(new + 1)"}, 4, "one axis off"),
    _led("one-too-few", {_NEW: "*range(new - 1)"}, 3, "one axis off"),
    _led("counted-from-one", {_NEW: "*range(1, new + 1)"}, 3, "one axis off"),
    _led("two-new-at-most", {_NEW: "*range(min(new, 2))"}, 1, "one new axis only", "two new axes"),
    _led(
        "last-axes-are-new",
        {_NEW: "*range(len(shape), len(grad.shape))"},
        3,
        "aligned from the left",
        "squares",
    ),
    _led(
        "compared-without-offset",
        {_STRETCHED: "if size != grad.shape[axis]"},
        3,
        "aligned from the left",
        "equal numbers of axes",
    ),
    _led(
        "where-grad-is-larger",
        {_STRETCHED: "if grad.shape[new + axis] > size"},
        1,
        "1 stretched to 0",
        "no empty arrays",
    ),
    _led(
        "ones-of-grad",
        {"enumerate(shape)": "enumerate(grad.shape[new:])"},
        2.5,
        "1 sought in the new shape",
        "a bias",
    ),
    _led(
        "one-axis-after-the-other",
        {
            f"total = {_TOTAL}": f"total = grad\n    for axis in {_AXES}:\n        "
            "total = summation(total, axis)"
        },
        4,
        "axes move while they are summed",
        "one axis",
    ),
    _led(
        "none-for-no-axes",
        {_NOTHING_DONE: "", _AXES: "(*range(new), *stretched) or None"},
        0.5,
        "empty axes tuple",
    ),
    _led("everything-summed", {_NOTHING_DONE: "", _AXES: "None"}, 4, "summed all axes"),
    _led(
        "mean",
        {_TOTAL: "grad.mean((*range(new), *stretched))"},
        4,
        "mean instead of sum",
        "equal shapes",
    ),
    _led(
        "first-copy",
        {f"total = {_TOTAL}": f"axes = {_AXES}\n    total = Tensor(grad.data[{_FIRST}])"},
        4,
        "one copy instead of the sum of copies",
        "equal shapes",
    ),
    _led(
        "reshape-first",
        {_TOTAL: "grad"},
        4,
        "reshape for sum",
        "equal shapes",
    ),
    _led("array-back", {_BACK: "return total.data.reshape(shape)"}, 4, "array for Tensor"),
    _led(
        "by-way-of-a-list",
        {_BACK: "return reshape(Tensor(total.data.tolist()), shape)"},
        4,
        "dtype not kept",
        "float32",
    ),
    _led(
        "into-grad",
        {_BACK: "grad.data = total.data.reshape(shape)\n    return grad"},
        4,
        "overwrote the caller's data",
    ),
    _led(
        "axes-as-default",
        {
            "grad, shape):": "grad, shape, axes=[]):",
            _TOTAL: f"summation(grad, axes.extend({_AXES}) or tuple(axes))",
        },
        4,
        survives="one call",
    ),
)

# Add, Sub, Mul ----------------------------------------------------------------------------------------

_TO_A, _TO_B = "unbroadcast(out_grad, a.shape)", "unbroadcast(out_grad, b.shape)"
_BOTH = f"return {_TO_A}, {_TO_B}"
_FOR_A, _FOR_B = "unbroadcast(out_grad * b, a.shape)", "unbroadcast(out_grad * a, b.shape)"
_PAIR = f"{_FOR_A}, {_FOR_B}"


def _sum(name: str, edits: dict[str, str], loses: float, family: str, survives: str = "") -> Wrong:
    return Wrong(name, "Add, Sub, Mul", edits, loses, family, survives=survives)


ADD_SUB_MUL = (
    _sum("add-as-before", {_BOTH: "return out_grad, out_grad"}, 0.25, "no unbroadcast", "equal shapes"),
    _sum(
        "add-the-bias-only",
        {_BOTH: f"return out_grad, {_TO_B}"},
        0.25,
        "unbroadcast one side only",
        "a bias",
    ),
    _sum(
        "add-the-smaller-only",
        {
            _BOTH: f"if a.shape == out_grad.shape:\n            return out_grad, {_TO_B}\n        "
            f"return {_TO_A}, out_grad"
        },
        0.25,
        "unbroadcast one side only",
        "one side broadcast",
    ),
    _sum(
        "add-arrays",
        {_BOTH: f"return {_TO_A}.data, {_TO_B}.data"},
        0.25,
        "arrays for Tensors",
    ),
    _sum(
        "add-name-used-twice",
        {_BOTH: f"out_grad = {_TO_A}\n        return out_grad, {_TO_B}"},
        0.25,
        "out_grad overwritten",
        "equal shapes",
    ),
    _sum(
        "add-arguments-exchanged",
        {_BOTH: "return unbroadcast(a, out_grad.shape), unbroadcast(b, out_grad.shape)"},
        0.25,
        "arguments swapped",
    ),
    _sum(
        "add-only-where-lengths-differ",
        {_BOTH: f"if len(a.shape) == len(b.shape):\n            return out_grad, out_grad\n        {_BOTH}"},
        0.25,
        "no unbroadcast",
        "a bias",
    ),
    _sum(
        "sub-sign-lost",
        {"unbroadcast(-out_grad, b.shape)": "unbroadcast(out_grad, b.shape)"},
        0.25,
        "lost sign",
    ),
    _sum(
        "sub-sign-of-the-first",
        {f"{_TO_A}, unbroadcast(-out_grad, b.shape)": f"-{_TO_A}, {_TO_B}"},
        0.25,
        "sign of the wrong input",
    ),
    _sum(
        "mul-as-before",
        {_PAIR: "out_grad * b, out_grad * a"},
        0.5,
        "no unbroadcast",
        "equal shapes",
    ),
    _sum(
        "mul-to-the-output",
        {_PAIR: "unbroadcast(out_grad * b, node.shape), unbroadcast(out_grad * a, node.shape)"},
        0.5,
        "no unbroadcast",
        "equal shapes",
    ),
    _sum(
        "mul-output-by-input",
        {_PAIR: "unbroadcast(out_grad * node / a, a.shape), unbroadcast(out_grad * node / b, b.shape)"},
        0.5,
        "0 divided by 0",
        "away from 0",
    ),
    _sum(
        "mul-by-the-output",
        {_PAIR: "unbroadcast(out_grad * node, a.shape), unbroadcast(out_grad * node, b.shape)"},
        0.5,
        "output used for input",
    ),
    _sum(
        "mul-name-used-twice",
        {f"return {_PAIR}": f"out_grad = out_grad * b\n        return {_TO_A}, {_FOR_B}"},
        0.5,
        "out_grad overwritten",
    ),
    _sum(
        "mul-copied-line",
        {_FOR_B: "unbroadcast(out_grad * a, a.shape)"},
        0.5,
        "unbroadcast to the other's shape",
        "equal shapes",
    ),
    _sum(
        "mul-sum-first",
        {_PAIR: "unbroadcast(out_grad, a.shape) * b, unbroadcast(out_grad, b.shape) * a"},
        0.5,
        "summed before multiplied",
        "equal shapes",
    ),
    _sum(
        "mul-factor-first",
        {_PAIR: "out_grad * unbroadcast(b, a.shape), out_grad * unbroadcast(a, b.shape)"},
        0.5,
        "factor summed instead of product",
        "equal shapes",
    ),
    _sum(
        "mul-own-values",
        {_FOR_A: "unbroadcast(out_grad * a, a.shape)", _FOR_B: "unbroadcast(out_grad * b, b.shape)"},
        0.5,
        "own value instead of the other's",
        "equal operands",
    ),
    _sum(
        "mul-no-upstream",
        {_FOR_A: "unbroadcast(b, a.shape)", _FOR_B: "unbroadcast(a, b.shape)"},
        0.5,
        "forgot out_grad",
        "ones",
    ),
    _sum(
        "mul-reshaped",
        {_FOR_A: "(out_grad * b).reshape(a.shape)", _FOR_B: "(out_grad * a).reshape(b.shape)"},
        0.5,
        "reshape for sum",
        "equal shapes",
    ),
)

# Div, Pow ---------------------------------------------------------------------------------------------

_DIVIDED = "unbroadcast(-out_grad * a / (b * b), b.shape)"
_BASE = "unbroadcast(out_grad * exponent * base**lowered, base.shape)"
_EXPONENT = "unbroadcast(out_grad * node * log(base), exponent.shape)"
_IF = "        if not exponent.requires_grad:\n            return for_base, None\n"


def _quotient(name: str, edits: dict[str, str], loses: float, family: str, survives: str = "") -> Wrong:
    return Wrong(name, "Div, Pow", edits, loses, family, survives=survives)


DIV_POW = (
    _quotient("div-sign-lost", {_DIVIDED: "unbroadcast(out_grad * a / (b * b), b.shape)"}, 0.5, "lost sign"),
    _quotient("div-not-squared", {"(b * b)": "b"}, 0.5, "exponent lost"),
    _quotient("div-no-parentheses", {"(b * b)": "b * b"}, 0.5, "order of operations"),
    _quotient(
        "div-first-only",
        {_DIVIDED: "-out_grad * a / (b * b)"},
        0.5,
        "unbroadcast one side only",
        "a number on the left",
    ),
    _quotient(
        "div-sum-first",
        {_DIVIDED: "unbroadcast(-out_grad, b.shape) * unbroadcast(a, b.shape) / (b * b)"},
        0.5,
        "summed before multiplied",
        "equal shapes",
    ),
    _quotient(
        "pow-base-not-led-back",
        {_BASE: "out_grad * exponent * base**lowered"},
        0.5,
        "unbroadcast one side only",
        "a constant number as exponent",
    ),
    _quotient(
        "pow-exponent-not-led-back",
        {_EXPONENT: "out_grad * node * log(base)"},
        0.25,
        "unbroadcast one side only",
        "equal shapes",
    ),
    _quotient(
        "pow-log-after-the-sum",
        {_EXPONENT: "unbroadcast(out_grad * node, exponent.shape) * log(base)"},
        0.25,
        "summed before multiplied",
        "equal shapes",
    ),
    _quotient("pow-none-twice", {"return for_base, None": "return None, None"}, 0.5, "None for both"),
    _quotient("pow-not-lowered", {"base**lowered": "base**exponent"}, 0.5, "exponent not lowered"),
    _quotient(
        "pow-lowered-by-hand",
        {"base**lowered": "base ** (exponent - 1)"},
        0.25,
        "0 to the power -1",
        "exponents other than 0",
    ),
    _quotient(
        "pow-output-by-base",
        {"base**lowered": "node / base"},
        0.25,
        "divided by the base",
        "bases other than 0",
    ),
    _quotient("pow-always-log", {_IF: ""}, 0.25, "log for a constant exponent", "positive bases"),
    _quotient(
        "pow-never-log",
        {"if not exponent.requires_grad:": "if exponent.data.ndim >= 0:"},
        0.25,
        "no gradient for the exponent",
    ),
    _quotient("pow-not-forgotten", {"if not exponent": "if exponent"}, 0.5, "question the wrong way round"),
    _quotient(
        "pow-asks-the-base",
        {"if not exponent.requires_grad": "if not base.requires_grad"},
        0.5,
        "wrong input asked",
    ),
    _quotient(
        "pow-log-of-exponent", {"log(base)": "log(exponent)"}, 0.25, "own value instead of the other's"
    ),
    _quotient("pow-log-of-output", {"log(base)": "log(node)"}, 0.25, "log of the output"),
    _quotient("pow-log-only", {"out_grad * node * log": "out_grad * log"}, 0.25, "factor lost"),
    _quotient("pow-no-upstream", {"out_grad * node * log": "node * log"}, 0.25, "forgot out_grad", "ones"),
)

WRONG = (*PREDICT, *UNBROADCAST, *ADD_SUB_MUL, *DIV_POW)
