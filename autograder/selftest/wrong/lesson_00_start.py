"""Wrong solutions of lesson 00: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

_SUM = "return x + x"

WRONG = (
    Wrong(
        "sign-asked-for",
        "double",
        {_SUM: "return 2 * x if x > 0 else -2 * x"},
        loses=0,
        family="lost sign",
        also=("numbers only",),
        survives="positive numbers",
    ),
    Wrong(
        "nothing-below-0",
        "double",
        {_SUM: "return 2 * np.maximum(x, 0)"},
        loses=0,
        family="only positive numbers",
        survives="positive numbers",
    ),
    Wrong(
        "written-into-x",
        "double",
        {_SUM: "x += x\n    return x"},
        loses=0,
        family="caller's array changed",
        survives="numbers",
    ),
    Wrong("power-for-product", "double", {_SUM: "return x ** 2"}, loses=0, family="other operation"),
    Wrong(
        "whole-numbers-only",
        "double",
        {_SUM: "return int(x) * 2"},
        loses=0,
        family="fraction cut off",
        also=("numbers only",),
        survives="whole numbers",
    ),
    Wrong(
        "numbers-only",
        "double",
        {_SUM: "return float(x) + float(x)"},
        loses=0,
        family="numbers only",
        survives="numbers",
    ),
)
