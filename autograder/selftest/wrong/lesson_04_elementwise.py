"""Wrong solutions of lesson 04: one mistake each."""

from __future__ import annotations

from functools import partial

from autograder.selftest.corpus import Wrong


def _entry(exercise, name, edits, loses, family, **more):
    return Wrong(name, exercise, edits, loses, family, **more)


_negate, _sub, _div, _log, _exp, _sqrt, _relu, _abs, _sigmoid, _tanh, _pow, _operators, _table = (
    partial(_entry, name)
    for name in (
        *("Negate", "Sub", "Div", "Log", "Exp", "Sqrt", "ReLU", "Abs", "Sigmoid", "Tanh", "Pow"),
        *("operators", "table"),
    )
)

_THE_INPUT = "(x,) = node._inputs\n        "

# Minus, difference, quotient --------------------------------------------------------------------------

NEGATE = (
    _negate("no-minus", {"return -x": "return x"}, 0.5, "lost sign"),
    _negate(
        "always-negative",
        {"return -x": "return -np.abs(x)"},
        0.5,
        "other operation",
        survives="positive numbers",
    ),
    _negate(
        "written-into-x",
        {"return -x": "x *= -1\n        return x"},
        0.5,
        "overwrote the caller's data",
        survives="values only",
    ),
    _negate("gradient-without-minus", {"return -out_grad": "return out_grad"}, 0.5, "lost sign"),
    _negate(
        "the-output-is-the-gradient", {"return -out_grad": "return node"}, 0.5, "output used for gradient"
    ),
    _negate(
        "times-the-output",
        {"return -out_grad": "return out_grad * node"},
        0.5,
        "own value instead of the slope",
    ),
    _negate(
        "minus-ones",
        {"return -out_grad": "return Tensor(-np.ones(out_grad.shape))"},
        0.5,
        "forgot out_grad",
        survives="ones upstream",
    ),
    _negate(
        "written-into-out-grad",
        {"return -out_grad": "out_grad.data *= -1\n        return out_grad"},
        0.5,
        "overwrote the caller's data",
        survives="values only",
    ),
    _negate(
        "np-negative-of-a-tensor",
        {"return -out_grad": "return np.negative(out_grad)"},
        0.5,
        "NumPy function on a Tensor",
    ),
    _negate("an-array-goes-back", {"return -out_grad": "return -out_grad.data"}, 0.5, "array for Tensor"),
)

_SUB_BACK = "return out_grad, -out_grad"
SUB = (
    _sub("plus", {"return a - b": "return a + b"}, 0.5, "other operation"),
    _sub("b-minus-a", {"return a - b": "return b - a"}, 0.5, "wrong order"),
    _sub(
        "distance",
        {"return a - b": "return np.abs(a - b)"},
        0.5,
        "other operation",
        survives="the first one larger",
    ),
    _sub(
        "written-into-a",
        {"return a - b": "a -= b\n        return a"},
        0.5,
        "overwrote the caller's data",
        survives="values only",
    ),
    _sub("both-as-they-came", {_SUB_BACK: "return out_grad, out_grad"}, 0.5, "lost sign"),
    _sub("signs-swapped", {_SUB_BACK: "return -out_grad, out_grad"}, 0.5, "wrong order"),
    _sub(
        "subtracted-from-itself",
        {_SUB_BACK: "return out_grad - out_grad"},
        0.5,
        "one gradient instead of two",
    ),
    _sub(
        "slopes-only",
        {_SUB_BACK: "one = Tensor(np.ones(node.shape))\n        return one, -one"},
        0.5,
        "forgot out_grad",
        survives="ones upstream",
    ),
    _sub(
        "one-array-for-both",
        {_SUB_BACK: "for_b = out_grad\n        for_b.data *= -1\n        return out_grad, for_b"},
        0.5,
        "overwrote the caller's data",
    ),
    _sub(
        "none-for-b",
        {_SUB_BACK: "return out_grad, None"},
        0.5,
        "gradient missing",
    ),
)

_FOR_B = "-out_grad * a / (b * b)"
DIV = (
    _div("rounded-down", {"return a / b": "return a // b"}, 0.5, "rounded down", survives="whole quotients"),
    _div(
        "guarded-divisor",
        {"return a / b": "return a / (b + 1e-8)"},
        0.5,
        "shifted away from 0",
        survives="float32",
    ),
    _div(
        "written-into-a",
        {"return a / b": "a /= b\n        return a"},
        0.5,
        "overwrote the caller's data",
        survives="values only",
    ),
    _div("no-minus", {_FOR_B: "out_grad * a / (b * b)"}, 1, "lost sign"),
    _div("divided-once", {_FOR_B: "-out_grad * a / b"}, 1, "divisor not squared", survives="divisors of 1"),
    _div(
        "no-parentheses",
        {_FOR_B: "-out_grad * a / b * b"},
        1,
        "divisor not squared",
        survives="divisors of 1",
    ),
    _div("never-divided", {_FOR_B: "-out_grad * a"}, 1, "divisor not squared", survives="divisors of 1"),
    _div("output-for-a", {_FOR_B: "-out_grad * node / (b * b)"}, 1, "output used for input"),
    _div("no-a", {_FOR_B: "-out_grad / (b * b)"}, 1, "other input missing", survives="a of 1"),
    _div("like-a-difference", {_FOR_B: "-out_grad / b"}, 1, "rule of another operation"),
    _div(
        "taken-out-in-reverse",
        {"a, b = node._inputs": "b, a = node._inputs"},
        1,
        "own value instead of the other's",
        survives="equal inputs",
    ),
    _div(
        "returned-in-reverse",
        {f"return out_grad / b, {_FOR_B}": f"return {_FOR_B}, out_grad / b"},
        1,
        "gradients swapped",
    ),
    _div(
        "no-upstream",
        {"out_grad / b, -out_grad * a": "1 / b, -a"},
        1,
        "forgot out_grad",
        survives="ones upstream",
    ),
    _div("node-taken-apart", {"a, b = node._inputs": "a, b = node"}, 1.5, "output used for input"),
    _div("only-one", {f"out_grad / b, {_FOR_B}": "out_grad / b"}, 1.5, "one gradient instead of two"),
    _div(
        "arrays-go-back",
        {"a, b = node._inputs": "a, b, out_grad = (t.data for t in (*node._inputs, out_grad))"},
        1.5,
        "array for Tensor",
    ),
)

# Log, exp, sqrt ---------------------------------------------------------------------------------------

_LOG_BACK = "return out_grad / x"
LOG = (
    _log("base-ten", {"return np.log(x)": "return np.log10(x)"}, 0.5, "other base"),
    _log(
        "guarded",
        {"return np.log(x)": "return np.log(x + 1e-8)"},
        0.5,
        "shifted away from 0",
        survives="float32",
    ),
    _log(
        "guarded-by-less",
        {"return np.log(x)": "return np.log(x + 1e-12)"},
        0.5,
        "shifted away from 0",
        survives="numbers not close to 0",
    ),
    _log(
        "kept-above-0",
        {"return np.log(x)": "return np.log(np.clip(x, 1e-8, None))"},
        0.5,
        "clipped",
        survives="numbers not close to 0",
    ),
    _log(
        "math-log-in-a-list",
        {"return np.log(x)": "import math\n        return np.array([math.log(number) for number in x])"},
        0.5,
        "lists only",
        survives="one axis",
    ),
    _log(
        "math-log",
        {"return np.log(x)": "import math\n        return math.log(x)"},
        0.5,
        "numbers only",
        survives="a number",
    ),
    _log(
        "float64-in-a-loop",
        {"return np.log(x)": "import math\n        return np.vectorize(math.log, otypes=[float])(x)"},
        0.5,
        "dtype not kept",
        survives="values only",
    ),
    _log("divided-by-the-output", {_LOG_BACK: "return out_grad / node"}, 0.5, "output used for input"),
    _log(
        "times-the-input",
        {_LOG_BACK: "return out_grad * x"},
        0.5,
        "multiplied for divided",
        survives="inputs of 1",
    ),
    _log("no-upstream", {_LOG_BACK: "return 1 / x"}, 0.5, "forgot out_grad", survives="ones upstream"),
    _log("upside-down", {_LOG_BACK: "return x / out_grad"}, 0.5, "upside down", survives="ones for all"),
    _log(
        "slope-of-the-slope",
        {_LOG_BACK: "return -out_grad / x**2"},
        0.5,
        "slope of the slope",
    ),
    _log(
        "guarded-on-the-way-back",
        {_LOG_BACK: "return out_grad / (x + 1e-12)"},
        0.5,
        "shifted away from 0",
        survives="numbers not close to 0",
    ),
    _log("the-tuple", {"(x,) = node._inputs": "x = node._inputs"}, 0.5, "tuple of inputs for the input"),
    _log("np-log-of-a-tensor", {_LOG_BACK: "return out_grad / np.log(x)"}, 0.5, "NumPy function on a Tensor"),
    _log("an-array-goes-back", {_LOG_BACK: "return out_grad.data / x.data"}, 0.5, "array for Tensor"),
)

_EXP_BACK = "return out_grad * node"
EXP = (
    _exp(
        "output-overwritten",
        {"return out_grad * node": "node.data *= out_grad.data\n        return node"},
        0.5,
        "",
        survives="one path",
    ),
    _exp("base-two", {"return np.exp(x)": "return 2**x"}, 0.5, "other base"),
    _exp("rounded-base", {"return np.exp(x)": "return 2.718**x"}, 0.5, "other base"),
    _exp(
        "rounded-base-with-more-digits",
        {"return np.exp(x)": "return 2.71828**x"},
        0.5,
        "other base",
        survives="float32",
    ),
    _exp(
        "clipped",
        {"return np.exp(x)": "return np.exp(np.clip(x, -80, 80))"},
        0.5,
        "clipped",
        survives="small numbers",
    ),
    _exp(
        "times-the-input",
        {_EXP_BACK: f"{_THE_INPUT}return out_grad * x"},
        0.5,
        "input used for output",
    ),
    _exp("exp-twice", {_EXP_BACK: "return out_grad * node.exp()"}, 0.5, "output used for input"),
    _exp(
        "np-exp-of-a-tensor",
        {_EXP_BACK: f"{_THE_INPUT}return out_grad * np.exp(x)"},
        0.5,
        "NumPy function on a Tensor",
    ),
    _exp("no-upstream", {_EXP_BACK: "return node"}, 0.5, "forgot out_grad", survives="ones upstream"),
    _exp("no-slope", {_EXP_BACK: "return out_grad"}, 0.5, "local slope missing"),
    _exp("plus", {_EXP_BACK: "return out_grad + node"}, 0.5, "local slope added"),
    _exp(
        "like-a-power",
        {_EXP_BACK: f"{_THE_INPUT}return out_grad * x * node"},
        0.5,
        "rule of another operation",
        survives="inputs of 1",
    ),
)

_SQRT_BACK = "return out_grad / (2 * node)"
SQRT = (
    _sqrt("no-parentheses", {_SQRT_BACK: "return out_grad / 2 * node"}, 1, "parentheses missing"),
    _sqrt("no-two", {_SQRT_BACK: "return out_grad / node"}, 1, "factor lost"),
    _sqrt("half-below", {_SQRT_BACK: "return out_grad / (0.5 * node)"}, 1, "factor upside down"),
    _sqrt(
        "divided-by-the-input",
        {_SQRT_BACK: f"{_THE_INPUT}return out_grad / (2 * x)"},
        1,
        "input used for output",
        survives="inputs of 1",
    ),
    _sqrt(
        "exponent-as-before",
        {_SQRT_BACK: f"{_THE_INPUT}return out_grad * 0.5 * x**0.5"},
        1,
        "exponent not lowered",
        also=("parentheses missing",),
        survives="inputs of 1",
    ),
    _sqrt(
        "power-without-parentheses",
        {_SQRT_BACK: f"{_THE_INPUT}return out_grad * 1 / 2 * x ** -1 / 2"},
        1,
        "parentheses missing",
    ),
    _sqrt("multiplied", {_SQRT_BACK: "return out_grad * (2 * node)"}, 1, "multiplied for divided"),
    _sqrt(
        "no-upstream", {_SQRT_BACK: "return 1 / (2 * node)"}, 1, "forgot out_grad", survives="ones upstream"
    ),
    _sqrt(
        "root-of-the-root", {_SQRT_BACK: "return out_grad / (2 * node.sqrt())"}, 1, "output used for input"
    ),
    _sqrt(
        "np-sqrt-of-a-tensor",
        {_SQRT_BACK: f"{_THE_INPUT}return out_grad / (2 * np.sqrt(x))"},
        1,
        "NumPy function on a Tensor",
    ),
    _sqrt(
        "guarded",
        {_SQRT_BACK: "return out_grad / (2 * node + 1e-8)"},
        1,
        "shifted away from 0",
        survives="float32",
    ),
)

# ReLU and abs -----------------------------------------------------------------------------------------

_RELU, _RELU_BACK = "return np.maximum(x, 0)", "return out_grad * (x.data > 0)"
RELU = (
    _relu(
        "threshold-of-one",
        {"(x.data > 0)": "(x.data > 1)"},
        0.25,
        "",
        survives="numbers far from 0",
    ),
    _relu(
        "mask-kept-on-the-class",
        {_RELU: "ReLU.mask = x > 0\n        return np.maximum(x, 0)", "(x.data > 0)": "ReLU.mask"},
        0.5,
        "",
        survives="one call",
    ),
    _relu("max-along-an-axis", {_RELU: "return np.max(x, 0)"}, 0.5, "maximum along an axis"),
    _relu("pythons-max", {_RELU: "return max(x, 0)"}, 0.5, "truth of an array", survives="a number"),
    _relu(
        "max-in-a-list",
        {_RELU: "return np.array([max(number, 0) for number in x], dtype=x.dtype)"},
        0.5,
        "lists only",
        survives="one axis",
    ),
    _relu("mask-only", {_RELU: "return x > 0"}, 0.5, "mask returned"),
    _relu(
        "times-a-mask",
        {_RELU: "return x * (x > 0)"},
        0.5,
        "infinity times 0",
        survives="finite numbers",
    ),
    _relu(
        "half-of-the-sum",
        {_RELU: "return (x + np.abs(x)) / 2"},
        0.5,
        "infinity times 0",
        survives="finite numbers",
    ),
    _relu("leaky", {_RELU: "return np.where(x > 0, x, 0.01 * x)"}, 0.5, "other operation"),
    _relu(
        "written-into-x",
        {_RELU: "x[x < 0] = 0\n        return x"},
        0.5,
        "overwrote the caller's data",
        survives="values only",
    ),
    _relu(
        "zero-passes",
        {_RELU_BACK: "return out_grad * (x.data >= 0)"},
        0.25,
        "kink counted",
        survives="away from the kink",
    ),
    _relu(
        "half-at-zero",
        {_RELU_BACK: "return out_grad * np.heaviside(x.data, 0.5)"},
        0.25,
        "kink counted",
        survives="away from the kink",
    ),
    _relu(
        "sign-of-the-gradient",
        {_RELU_BACK: "return out_grad * (out_grad.data > 0)"},
        0.5,
        "mask taken from out_grad",
    ),
    _relu(
        "output-not-negative",
        {_RELU_BACK: "return out_grad * (node.data >= 0)"},
        0.5,
        "local slope missing",
        survives="positive numbers",
    ),
    _relu("times-the-output", {_RELU_BACK: "return out_grad * node"}, 0.25, "output used for gradient"),
    _relu("other-side", {_RELU_BACK: "return out_grad * (x.data < 0)"}, 0.25, "mask inverted"),
    _relu("tensor-compared", {_RELU_BACK: "return out_grad * (x > 0)"}, 0.5, "comparison of a Tensor"),
    _relu(
        "written-into-out-grad",
        {_RELU_BACK: "out_grad.data[x.data <= 0] = 0\n        return out_grad"},
        0.5,
        "overwrote the caller's data",
        survives="values only",
    ),
    _relu(
        "an-array-goes-back",
        {_RELU_BACK: "return np.where(x.data > 0, out_grad.data, 0)"},
        0.5,
        "array for Tensor",
    ),
    _relu(
        "float64-mask",
        {_RELU_BACK: "return out_grad * (x.data > 0).astype(float)"},
        0.5,
        "dtype not kept",
        survives="values only",
    ),
    _relu(
        "mask-only-goes-back",
        {_RELU_BACK: "return Tensor(x.data > 0)"},
        0.25,
        "forgot out_grad",
        survives="ones upstream",
    ),
)

_ABS_BACK = "return out_grad * np.sign(x.data)"
ABS = (
    _abs(
        "zero-on-the-right",
        {_ABS_BACK: "return out_grad * np.where(x.data >= 0, 1, -1)"},
        0.25,
        "kink counted",
        survives="away from the kink",
    ),
    _abs(
        "zero-on-the-left",
        {_ABS_BACK: "return Tensor(np.where(x.data > 0, out_grad.data, -out_grad.data))"},
        0.25,
        "kink counted",
        survives="away from the kink",
    ),
    _abs(
        "two-zeros",
        {_ABS_BACK: "return out_grad * np.copysign(1, x.data)"},
        0.25,
        "kink counted",
        survives="away from the kink",
    ),
    _abs(
        "divided-by-the-output",
        {_ABS_BACK: "return out_grad * x / node"},
        0.25,
        "divided by 0 at the kink",
        survives="away from the kink",
    ),
    _abs(
        "divided-by-a-little-more",
        {_ABS_BACK: "return out_grad * x / (node + 1e-12)"},
        0.75,
        "shifted away from 0",
        survives="numbers not close to 0",
    ),
    _abs(
        "sign-of-the-output",
        {_ABS_BACK: "return out_grad * np.sign(node.data)"},
        0.75,
        "output used for input",
        survives="positive numbers",
    ),
    _abs("abs-of-the-gradient", {_ABS_BACK: "return abs(out_grad)"}, 1, "mask taken from out_grad"),
    _abs("like-relu", {_ABS_BACK: "return out_grad * (x.data > 0)"}, 0.75, "rule of another operation"),
    _abs("sign-of-a-tensor", {_ABS_BACK: "return out_grad * np.sign(x)"}, 1, "NumPy function on a Tensor"),
    _abs("wrong-side", {_ABS_BACK: "return -out_grad * np.sign(x.data)"}, 0.75, "lost sign"),
    _abs(
        "no-upstream",
        {_ABS_BACK: "return Tensor(np.sign(x.data))"},
        0.75,
        "forgot out_grad",
        survives="ones upstream",
    ),
    _abs("times-the-output", {_ABS_BACK: "return out_grad * node"}, 0.75, "output used for gradient"),
    _abs(
        "tensor-compared", {_ABS_BACK: "return out_grad * ((x > 0) - (x < 0))"}, 1, "comparison of a Tensor"
    ),
    _abs(
        "float64-sign",
        {_ABS_BACK: "return out_grad * np.sign(x.data).astype(float)"},
        1,
        "dtype not kept",
        survives="values only",
    ),
)

# Sigmoid and tanh -------------------------------------------------------------------------------------

_SMALL, _SIGMOID = "small = np.exp(-np.abs(x))", "return np.where(x >= 0, 1, small) / (1 + small)"
_SIGMOID_BACK = "return out_grad * (node * (1 - node))"
SIGMOID = (
    _sigmoid(
        "textbook", {_SIGMOID: "return 1 / (1 + np.exp(-x))"}, 0.5, "overflow", survives="small numbers"
    ),
    _sigmoid(
        "the-other-formula",
        {_SIGMOID: "return np.exp(x) / (1 + np.exp(x))"},
        0.5,
        "overflow",
        survives="small numbers",
    ),
    _sigmoid(
        "both-in-where",
        {_SIGMOID: "e = np.exp(x)\n        return np.where(x < 0, e / (1 + e), 1 / (1 + np.exp(-x)))"},
        0.5,
        "overflow in the branch not taken",
        survives="small numbers",
    ),
    _sigmoid(
        "clipped-for-float64",
        {_SIGMOID: "return 1 / (1 + np.exp(-np.clip(x, -700, 700)))"},
        0.5,
        "overflow in float32",
        survives="float64",
    ),
    _sigmoid(
        "clipped-too-early",
        {_SIGMOID: "return 1 / (1 + np.exp(-np.clip(x, -10, 10)))"},
        0.5,
        "clipped",
        survives="small numbers",
    ),
    _sigmoid(
        "float64-inside",
        {_SMALL: "small = np.exp(-np.abs(x.astype(float)))"},
        1,
        "dtype not kept",
        survives="values only",
    ),
    _sigmoid(
        "one-if",
        {_SIGMOID: "return (1 if x >= 0 else small) / (1 + small)"},
        1,
        "truth of an array",
        survives="a number",
    ),
    _sigmoid(
        "one-on-top", {_SIGMOID: "return 1 / (1 + small)"}, 1, "sign ignored", survives="positive numbers"
    ),
    _sigmoid("sides-swapped", {_SIGMOID: "return np.where(x >= 0, small, 1) / (1 + small)"}, 1, "lost sign"),
    _sigmoid("no-minus", {_SMALL: "small = np.exp(np.abs(x))"}, 1, "lost sign"),
    _sigmoid(
        "sum-not-in-parentheses",
        {_SIGMOID: "return np.where(x >= 0, 1, small) / 1 + small"},
        1,
        "parentheses missing",
    ),
    _sigmoid(
        "no-upstream",
        {_SIGMOID_BACK: "return node * (1 - node)"},
        1,
        "forgot out_grad",
        survives="ones upstream",
    ),
    _sigmoid(
        "difference-not-in-parentheses",
        {_SIGMOID_BACK: "return out_grad * node * 1 - node"},
        1,
        "parentheses missing",
    ),
    _sigmoid(
        "nothing-left", {_SIGMOID_BACK: "return out_grad * (node * 1 - node)"}, 1, "parentheses missing"
    ),
    _sigmoid("like-tanh", {_SIGMOID_BACK: "return out_grad * (1 - node**2)"}, 1, "rule of another operation"),
    _sigmoid("output-alone", {_SIGMOID_BACK: "return out_grad * node"}, 1, "one factor of two"),
    _sigmoid(
        "input-for-output",
        {_SIGMOID_BACK: f"{_THE_INPUT}return out_grad * x * (1 - x)"},
        1,
        "input used for output",
    ),
    _sigmoid(
        "output-squashed-again",
        {_SIGMOID_BACK: "s = Sigmoid()(node)\n        return out_grad * s * (1 - s)"},
        1,
        "output used for input",
    ),
    _sigmoid(
        "forward-of-a-tensor",
        {_SIGMOID_BACK: "s = self.forward(node._inputs[0])\n        return out_grad * s * (1 - s)"},
        1,
        "NumPy function on a Tensor",
    ),
    _sigmoid(
        "exponential-a-second-time",
        {_SIGMOID_BACK: f"{_THE_INPUT}e = (-x).exp()\n        return out_grad * e / (1 + e) ** 2"},
        1,
        "computed again",
        survives="small numbers",
    ),
)

_TANH_BACK = "return out_grad * (1 - node * node)"
TANH = (
    _tanh("not-squared", {_TANH_BACK: "return out_grad * (1 - node)"}, 1, "exponent not squared"),
    _tanh("doubled", {_TANH_BACK: "return out_grad * (1 - 2 * node)"}, 1, "exponent not squared"),
    _tanh("difference-squared", {_TANH_BACK: "return out_grad * (1 - node) ** 2"}, 1, "exponent not squared"),
    _tanh("without-its-sign", {_TANH_BACK: "return out_grad * (1 - abs(node))"}, 1, "exponent not squared"),
    _tanh("no-parentheses", {_TANH_BACK: "return out_grad * 1 - node * node"}, 1, "parentheses missing"),
    _tanh(
        "no-upstream", {_TANH_BACK: "return 1 - node * node"}, 1, "forgot out_grad", survives="ones upstream"
    ),
    _tanh(
        "input-for-output",
        {_TANH_BACK: f"{_THE_INPUT}return out_grad * (1 - x**2)"},
        1,
        "input used for output",
    ),
    _tanh(
        "output-squashed-again",
        {_TANH_BACK: "return out_grad * (1 - node.tanh() ** 2)"},
        1,
        "output used for input",
    ),
    _tanh(
        "like-sigmoid", {_TANH_BACK: "return out_grad * node * (1 - node)"}, 1, "rule of another operation"
    ),
    _tanh("plus", {_TANH_BACK: "return out_grad * (1 + node * node)"}, 1, "lost sign"),
    _tanh(
        "np-tanh-of-a-tensor",
        {_TANH_BACK: f"{_THE_INPUT}return out_grad * (1 - np.tanh(x) ** 2)"},
        1,
        "NumPy function on a Tensor",
    ),
)

# Powers -----------------------------------------------------------------------------------------------

_POW, _FOR_A = "return a**b", "out_grad * b * a ** (b - 1 + (b.data == 0))"
_LOWERED, _ASKED = "(b - 1 + (b.data == 0))", "if b.requires_grad else None"
POW = (
    _pow("product", {_POW: "return a * b"}, 0.5, "other operation"),
    _pow("bits", {_POW: "return a ^ b"}, 0.5, "other operation"),
    _pow("b-to-the-a", {_POW: "return b**a"}, 0.5, "wrong order", survives="equal inputs"),
    _pow(
        "by-exp-and-log",
        {_POW: "return np.exp(b * np.log(a))"},
        0.5,
        "log of a negative base",
        survives="positive numbers",
    ),
    _pow("sign-dropped", {_POW: "return np.abs(a) ** b"}, 0.5, "sign ignored", survives="even exponents"),
    _pow(
        "log-of-the-absolute-value",
        {_POW: "return np.exp(b * np.log(np.abs(a)))"},
        0.5,
        "sign ignored",
        survives="even exponents",
    ),
    _pow(
        "written-into-a",
        {_POW: "a **= b\n        return a"},
        0.5,
        "overwrote the caller's data",
        survives="values only",
    ),
    _pow(
        "lowered-to-minus-one", {_LOWERED: "(b - 1)"}, 0.5, "0 times infinity", survives="bases other than 0"
    ),
    _pow(
        "mask-on-the-result",
        {_FOR_A: "out_grad * b * a ** (b - 1) * (b.data != 0)"},
        0.5,
        "0 times infinity",
        survives="bases other than 0",
    ),
    _pow(
        "tensor-compared",
        {_LOWERED: "(b - 1 + (b == 0))"},
        0.5,
        "0 times infinity",
        survives="bases other than 0",
    ),
    _pow(
        "mended-afterwards",
        {_FOR_A: "Tensor(np.where(b.data == 0, 0, (out_grad * b * a ** (b - 1)).data))"},
        0.5,
        "0 times infinity",
        survives="values only",
    ),
    _pow(
        "divided-by-the-base",
        {_FOR_A: "out_grad * b * node / a"},
        0.5,
        "0 divided by 0",
        survives="bases other than 0",
    ),
    _pow(
        "mask-from-the-base",
        {_LOWERED: "(b - 1 + (a.data == 0))"},
        0.5,
        "right only away from 0",
        survives="bases other than 0",
    ),
    _pow(
        "guarded-base",
        {_FOR_A: "out_grad * b * (a + 1e-12) ** (b - 1)"},
        1,
        "shifted away from 0",
        survives="bases not close to 0",
    ),
    _pow("mask-inverted", {_LOWERED: "(b - 1 + (b.data != 0))"}, 1.5, "mask inverted"),
    _pow(
        "exponent-as-before",
        {_FOR_A: "out_grad * b * a**b"},
        1.5,
        "exponent not lowered",
        survives="bases of 1",
    ),
    _pow("no-factor", {_FOR_A: f"out_grad * a ** {_LOWERED}"}, 1.5, "factor lost"),
    _pow("power-without-parentheses", {_FOR_A: "out_grad * b * a ** b - 1"}, 1.5, "parentheses missing"),
    _pow(
        "base-without-upstream",
        {_FOR_A: f"b * a ** {_LOWERED}"},
        1.5,
        "forgot out_grad",
        survives="ones upstream",
    ),
    _pow(
        "one-if",
        {_FOR_A: "out_grad * 0 if b.data == 0 else out_grad * b * a ** (b - 1)"},
        2.5,
        "truth of an array",
        survives="a number",
    ),
    _pow("log-always", {f" {_ASKED}": ""}, 1, "log for a constant exponent", survives="positive numbers"),
    _pow("base-asked", {_ASKED: "if a.requires_grad else None"}, 2, "question the wrong way round"),
    _pow(
        "never-for-the-exponent",
        {f"out_grad * node * Log()(a) {_ASKED}": "None"},
        1,
        "exponent's gradient missing",
        survives="constant exponents",
    ),
    _pow("log-of-the-exponent", {"Log()(a)": "Log()(b)"}, 1, "log of the exponent", survives="equal inputs"),
    _pow("log-of-the-output", {"Log()(a)": "Log()(node)"}, 1, "log of the output", survives="exponents of 1"),
    _pow(
        "guarded-log",
        {"Log()(a)": "Log()(a + 1e-12)"},
        1,
        "shifted away from 0",
        survives="bases not close to 0",
    ),
    _pow("no-output", {"out_grad * node * Log()(a)": "out_grad * Log()(a)"}, 1, "factor lost"),
    _pow("no-log", {"out_grad * node * Log()(a)": "out_grad * node"}, 1, "factor lost"),
    _pow("input-for-output", {"node * Log()(a)": "a * Log()(a)"}, 1, "input used for output"),
    _pow("np-log-of-a-tensor", {"Log()(a)": "np.log(a)"}, 1, "NumPy function on a Tensor"),
    _pow(
        "exponent-without-upstream",
        {"out_grad * node * Log()(a)": "node * Log()(a)"},
        1,
        "forgot out_grad",
        survives="ones upstream",
    ),
    _pow("returned-in-reverse", {"return for_a, for_b": "return for_b, for_a"}, 2.5, "gradients swapped"),
    _pow(
        "one-for-a-constant",
        {"return for_a, for_b": "return (for_a, for_b) if b.requires_grad else for_a"},
        1.5,
        "one gradient instead of two",
    ),
)

# The operators ----------------------------------------------------------------------------------------


OPERATORS = (
    _operators(
        "rsub-like-sub",
        {"return Sub()(other, self)": "return Sub()(self, other)"},
        1,
        "reflected operator = plain operator",
    ),
    _operators(
        "rtruediv-like-truediv",
        {"return Div()(other, self)": "return self / other"},
        1,
        "reflected operator = plain operator",
        survives="numbers that are 1 or -1",
    ),
    _operators(
        "all-reflected-like-plain",
        {f"return {op}()(other, self)": f"return {op}()(self, other)" for op in ("Sub", "Div", "Pow")},
        1,
        "reflected operator = plain operator",
    ),
    _operators("pow-exchanged", {"return Pow()(self, other)": "return Pow()(other, self)"}, 1, "wrong order"),
    _operators(
        "reciprocal-only",
        {"return Div()(other, self)": "return Div()(1, self)"},
        1,
        "other input missing",
        survives="1 / x",
    ),
    _operators(
        "square-only",
        {"return Pow()(self, other)": "return Pow()(self, 2)"},
        1,
        "other input missing",
        survives="x ** 2",
    ),
    _operators(
        "reflected-for-numbers-only",
        {"return Sub()(other, self)": "return Sub()(float(other), self)"},
        1,
        "numbers only",
        survives="numbers",
    ),
    _operators(
        "reflected-number-wrapped",
        {"return Sub()(other, self)": "return Sub()(Tensor(other), self)"},
        1,
        "constant wants a gradient",
        survives="values only",
    ),
    _operators(
        "other-wrapped-again",
        {"return Sub()(self, other)": "return Sub()(self, Tensor(other))"},
        1,
        "history cut",
        survives="values only",
    ),
    _operators(
        "data-for-tensors",
        {"return Sub()(self, other)": "return Sub()(self.data, other.data)"},
        1,
        "history cut",
        survives="values of Tensors only",
    ),
    _operators(
        "data-of-self",
        {"return Div()(self, other)": "return Div()(self.data, other)"},
        1,
        "history cut",
        survives="values only",
    ),
    _operators(
        "class-called", {"return Div()(self, other)": "return Div(self, other)"}, 1, "class for instance"
    ),
    _operators(
        "forward-called",
        {"return Div()(self, other)": "return Div().forward(self, other)"},
        1,
        "",
    ),
    _operators("calls-itself", {"return Negate()(self)": "return -self"}, 0.5, ""),
    _operators("minus-zero", {"return Negate()(self)": "return Sub()(self, 0)"}, 0.5, "lost sign"),
    _operators(
        "copied-sub-for-div", {"return Div()(self, other)": "return Sub()(self, other)"}, 1, "other operation"
    ),
    _operators(
        "copied-rsub-for-rdiv",
        {"return Div()(other, self)": "return Sub()(other, self)"},
        1,
        "other operation",
    ),
    _operators("python-2", {"__rtruediv__": "__rdiv__"}, 1, ""),
    _operators("no-return", {"return Sub()(self, other)": "Sub()(self, other)"}, 1, ""),
)

# Input or output --------------------------------------------------------------------------------------

_INPUTS, _OUTPUTS, _REST = '("Log", "Abs")', '("Exp", "Sqrt", "Sigmoid", "Tanh")', '"ReLU": "either"'
_WORDS = "input used for output or the reverse"
TABLE = (
    _table("relu-input", {_REST: '"ReLU": "input"'}, 0.5, _WORDS),
    _table("relu-output", {_REST: '"ReLU": "output"'}, 0.5, _WORDS),
    _table("relu-neither", {_REST: '"ReLU": "neither"'}, 0.5, _WORDS),
    _table("negate-either", {'"Negate": "neither"': '"Negate": "either"'}, 0.5, _WORDS),
    _table(
        "abs-output",
        {_INPUTS: '("Log",)', _OUTPUTS: '("Exp", "Sqrt", "Sigmoid", "Tanh", "Abs")'},
        0.5,
        _WORDS,
    ),
    _table(
        "log-output",
        {_INPUTS: '("Abs",)', _OUTPUTS: '("Exp", "Sqrt", "Sigmoid", "Tanh", "Log")'},
        0.5,
        _WORDS,
    ),
    _table("log-either", {"return table": 'return {**table, "Log": "either"}'}, 0.5, _WORDS),
    _table("exp-input", {"return table": 'return {**table, "Exp": "input"}'}, 0.5, _WORDS),
    _table("sqrt-either", {"return table": 'return {**table, "Sqrt": "either"}'}, 0.5, _WORDS),
    _table(
        "sigmoid-and-tanh-either",
        {"return table": 'return {**table, "Sigmoid": "either", "Tanh": "either"}'},
        0.5,
        _WORDS,
    ),
    _table(
        "exp-and-sqrt-input",
        {"return table": 'return {**table, "Exp": "input", "Sqrt": "input"}'},
        0.5,
        _WORDS,
    ),
    _table(
        "swapped",
        {
            '= "input"': '= "output"',
            'table[name] = "output"\n    return': 'table[name] = "input"\n    return',
        },
        1,
        _WORDS,
    ),
    _table("plural", {'= "output"': '= "outputs"'}, 1, ""),
    _table("negate-forgotten", {'"Negate": "neither", ': ""}, 0.5, ""),
)

WRONG: tuple[Wrong, ...] = (
    *(*NEGATE, *SUB, *DIV, *LOG, *EXP, *SQRT),
    *(*RELU, *ABS, *SIGMOID, *TANH, *POW),
    *(*OPERATORS, *TABLE),
)
