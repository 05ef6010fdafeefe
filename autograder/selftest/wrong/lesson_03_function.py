"""Wrong solutions of lesson 03: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

# Function.__call__ ------------------------------------------------------------------------------------

_WRAP = "inputs = tuple(_ensure_tensor(value) for value in inputs)"
_ASK = "any(t.requires_grad for t in inputs)"
_KEEP_OP, _KEEP_INPUTS = "output._op = self", "output._inputs = inputs"


def _call(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "Function.__call__", edits, loses, family, survives=survives)


CALL = (
    _call("all-inputs-must-want-it", {_ASK: _ASK.replace("any", "all")}, 3, "all for any in requires_grad"),
    _call(
        "only-first-input-asked",
        {_ASK: "inputs[0].requires_grad"},
        3,
        "first input only",
        survives="first input wants it",
    ),
    _call(
        "loop-remembers-the-last-answer",
        {f"requires_grad = {_ASK}": "for t in inputs:\n            requires_grad = t.requires_grad"},
        3,
        "last input only",
        survives="last input wants it",
    ),
    _call(
        "first-two-asked",
        {_ASK: "inputs[0].requires_grad or inputs[1].requires_grad"},
        1,
        "two inputs taken for granted",
        survives="two inputs",
    ),
    _call("truth-of-the-tensors", {_ASK: "any(inputs)"}, 1, "constant wants a gradient"),
    _call("result-not-told", {", requires_grad=requires_grad": ""}, 1, "constant wants a gradient"),
    _call("no-if", {"if requires_grad:": "if inputs:"}, 1, "history kept for constants"),
    _call("if-not", {"if requires_grad:": "if not requires_grad:"}, 4, "question the wrong way round"),
    _call("tensors-into-forward", {"*[t.data for t in inputs]": "*inputs"}, 1, "forward gets Tensors"),
    _call("star-missing", {"*[t.data": "[t.data"}, 5, "arrays not unpacked"),
    _call(
        "two-inputs-by-hand",
        {"*[t.data for t in inputs]": "inputs[0].data, inputs[1].data"},
        2,
        "two inputs taken for granted",
        survives="two inputs",
    ),
    _call(
        "float32-for-all",
        {"requires_grad=requires_grad)": 'requires_grad=requires_grad, dtype="float32")'},
        1,
        "dtype forced",
        survives="float32",
    ),
    _call(
        "arrays-kept",
        {_KEEP_INPUTS: "output._inputs = tuple(t.data for t in inputs)"},
        2,
        "parents stored as arrays",
    ),
    _call(
        "a-list-kept", {_WRAP: "inputs = [_ensure_tensor(value) for value in inputs]"}, 1, "parents in a list"
    ),
    _call("tuple-in-a-tuple", {_KEEP_INPUTS: "output._inputs = (inputs,)"}, 3, "tuple in a tuple"),
    _call(
        "constants-not-kept",
        {_KEEP_INPUTS: "output._inputs = tuple(t for t in inputs if t.requires_grad)"},
        3,
        "constants left out",
        survives="all inputs want it",
    ),
    _call("inputs-on-the-operation", {_KEEP_INPUTS: "self._inputs = inputs"}, 3, "history not recorded"),
    _call("no-op", {_KEEP_OP: "output._op = None"}, 1, "history not recorded"),
    _call("class-as-op", {_KEEP_OP: "output._op = type(self)"}, 1, "class for instance"),
    _call("nothing-wrapped", {_WRAP: ""}, 1, "numbers not wrapped", survives="Tensors"),
    _call(
        "what-was-passed-kept",
        {
            _WRAP: "tensors = tuple(_ensure_tensor(value) for value in inputs)",
            _ASK: "any(t.requires_grad for t in tensors)",
            "[t.data for t in inputs]": "[t.data for t in tensors]",
        },
        1,
        "numbers not wrapped",
        survives="Tensors",
    ),
    _call("all-wrapped-again", {"_ensure_tensor(value)": "Tensor(value)"}, 3, "parents copied"),
    _call(
        "all-made-constants",
        {"_ensure_tensor(value)": "Tensor(value, requires_grad=False)"},
        3,
        "requires_grad ignored",
    ),
    _call("grad-asked", {_ASK: "any(t.grad is not None for t in inputs)"}, 3, "requires_grad ignored"),
    _call("mapped", {_WRAP: "inputs = map(_ensure_tensor, inputs)"}, 5, "generator used up"),
    _call(
        "numbers-want-gradients",
        {"_ensure_tensor(value)": "value if isinstance(value, Tensor) else Tensor(value)"},
        1,
        "constant wants a gradient",
    ),
    _call(
        "return-inside-if",
        {"        return output": "            return output"},
        1,
        "returned in one case only",
    ),
    _call("no-return", {"return output": "output"}, 5, "nothing returned"),
)

# Add and Mul ------------------------------------------------------------------------------------------

_PASS_ON = "return out_grad, out_grad"

ADD = (
    Wrong("in-place", "Add", {"return a + b": "a += b\n        return a"}, 1, "overwrote the caller's data"),
    Wrong("minus", "Add", {"return a + b": "return a - b"}, 1, "other operation"),
    Wrong("one-for-both", "Add", {_PASS_ON: "return out_grad"}, 1, "single gradient for two inputs"),
    Wrong("plain-ones", "Add", {_PASS_ON: "return 1, 1"}, 1, "forgot out_grad"),
    Wrong(
        "ones-of-the-shape",
        "Add",
        {_PASS_ON: "one = out_grad * 0 + 1\n        return one, one"},
        0.5,
        "forgot out_grad",
        survives="ones",
    ),
    Wrong("arrays", "Add", {_PASS_ON: "return out_grad.data, out_grad.data"}, 1, "arrays for Tensors"),
    Wrong("the-sum-itself", "Add", {_PASS_ON: "return node, node"}, 0.5, "output used for gradient"),
    Wrong("inputs-themselves", "Add", {_PASS_ON: "return node._inputs"}, 0.5, "values for gradients"),
    Wrong("halves", "Add", {_PASS_ON: "return out_grad / 2, out_grad / 2"}, 0.5, "upstream shared out"),
    Wrong(
        "written-into-grad",
        "Add",
        {_PASS_ON: "for t in node._inputs:\n            t.grad = out_grad.data"},
        1,
        "nothing returned",
    ),
)

_TIMES_OTHER = "return out_grad * b, out_grad * a"

MUL = (
    Wrong(
        "kept-on-the-class",
        "Mul",
        {
            "return a * b": "Mul.a, Mul.b = a, b\n        return a * b",
            _TIMES_OTHER: "return out_grad * Mul.b, out_grad * Mul.a",
        },
        2,
        survives="one call",
    ),
    Wrong("matrix-product", "Mul", {"return a * b": "return a @ b"}, 1, "other operation"),
    Wrong(
        "own-values",
        "Mul",
        {_TIMES_OTHER: "return out_grad * a, out_grad * b"},
        1.5,
        "own value instead of the other's",
        survives="equal operands",
    ),
    Wrong(
        "copied-from-the-first",
        "Mul",
        {_TIMES_OTHER: "return out_grad * b, out_grad * b"},
        1.5,
        "own value instead of the other's",
        survives="equal operands",
    ),
    Wrong("no-upstream", "Mul", {_TIMES_OTHER: "return b, a"}, 1.5, "forgot out_grad", survives="ones"),
    Wrong(
        "no-upstream-in-the-second",
        "Mul",
        {_TIMES_OTHER: "return out_grad * b, a"},
        1.5,
        "forgot out_grad",
        survives="ones",
    ),
    Wrong(
        "as-in-the-product-rule",
        "Mul",
        {_TIMES_OTHER: "grad = out_grad * b + out_grad * a\n        return grad, grad"},
        1.5,
        "slopes added up",
    ),
    Wrong(
        "second-without-factor",
        "Mul",
        {_TIMES_OTHER: "return out_grad * b, out_grad"},
        1.5,
        "other input missing",
    ),
    Wrong(
        "name-used-twice",
        "Mul",
        {_TIMES_OTHER: "out_grad = out_grad * b\n        return out_grad, out_grad * a"},
        1.5,
        "out_grad overwritten",
    ),
    Wrong(
        "node-for-input",
        "Mul",
        {_TIMES_OTHER: "return out_grad * node, out_grad * node"},
        1.5,
        "output used for input",
    ),
    Wrong(
        "output-divided-by-input",
        "Mul",
        {_TIMES_OTHER: "return out_grad * node / a, out_grad * node / b"},
        1.5,
        "0 divided by 0",
        survives="away from 0",
    ),
    Wrong(
        "sums-of-slopes", "Mul", {_TIMES_OTHER: "return out_grad + b, out_grad + a"}, 1.5, "local slope added"
    ),
    Wrong("rule-of-add", "Mul", {_TIMES_OTHER: _PASS_ON}, 1.5, "rule of another operation"),
    Wrong(
        "arrays",
        "Mul",
        {_TIMES_OTHER: "return out_grad.data * b.data, out_grad.data * a.data"},
        2,
        "arrays for Tensors",
    ),
    Wrong(
        "into-the-inputs",
        "Mul",
        {_TIMES_OTHER: "a.data *= out_grad.data\n        b.data *= out_grad.data\n        return b, a"},
        1.5,
        "overwrote the caller's data",
    ),
)

# add, mul, + and * ------------------------------------------------------------------------------------

_ADD, _RADD = "return add(self, other)", "return add(other, self)"
_RMUL = "return mul(other, self)"

OPERATORS = (
    Wrong("class-called", "operators", {"Add()(a, b)": "Add(a, b)"}, 2, "parentheses missing"),
    Wrong(
        "operation-as-default",
        "operators",
        {"def mul(a, b):": "def mul(a, b, op=Mul()):", "Mul()(a, b)": "op(a, b)"},
        2,
        "one op object shared by two calls",
    ),
    Wrong("array-arithmetic", "operators", {"Add()(a, b)": "Tensor(a.data + b.data)"}, 2, "history cut"),
    Wrong("add-in-rmul", "operators", {_RMUL: _RADD}, 1, "other operation"),
    Wrong("add-in-mul", "operators", {"return Mul()(a, b)": "return Add()(a, b)"}, 2, "other operation"),
    Wrong("data-of-self", "operators", {_ADD: "return add(self.data, other)"}, 0.5, "history cut"),
    Wrong("other-wrapped", "operators", {_ADD: "return add(self, Tensor(other))"}, 0.5, "history cut"),
    Wrong("data-of-other", "operators", {_ADD: "return add(self, other.data)"}, 0.5, "history cut"),
    Wrong(
        "numbers-wrapped-first",
        "operators",
        {_ADD: "return add(self, other if isinstance(other, Tensor) else Tensor(other))"},
        0.5,
        "constant wants a gradient",
        survives="Tensors",
    ),
    Wrong("plus-in-add", "operators", {"Add()(a, b)": "a + b"}, 2, "calls itself"),
    Wrong("forward-called", "operators", {"Add()(a, b)": "Add().forward(a, b)"}, 2, "calls itself"),
    Wrong("radd-misspelt", "operators", {"def __radd__": "def __rad__"}, 1),
    Wrong("radd-adds-again", "operators", {_RADD: "return other + self"}, 1, "calls itself"),
)

# by_hand ----------------------------------------------------------------------------------------------

_BOTH_PATHS = "d_grad = e + e_grad"

BY_HAND = (
    Wrong("straight-path-only", "by_hand", {_BOTH_PATHS: "d_grad = e"}, 1.5, "one path of two"),
    Wrong(
        "second-path-overwrites",
        "by_hand",
        {_BOTH_PATHS: "d_grad = e\n    d_grad = e_grad"},
        1.5,
        "one path of two",
        also=("gradient overwritten instead of added",),
    ),
    Wrong(
        "ledger-as-default",
        "by_hand",
        {
            "def by_hand(a, b, c):": "def by_hand(a, b, c, grads={'d': 0}):",
            _BOTH_PATHS: "grads['d'] += e\n    grads['d'] += e_grad\n    d_grad = grads['d']",
        },
        1.5,
        survives="one call",
    ),
    Wrong(
        "paths-multiplied",
        "by_hand",
        {_BOTH_PATHS: "d_grad = e * e_grad"},
        1.5,
        "paths multiplied instead of added",
    ),
    Wrong("one-for-e", "by_hand", {"e_grad = d\n": "e_grad = 1\n"}, 2, "forgot out_grad"),
    Wrong(
        "factors-forgotten",
        "by_hand",
        {"return d_grad * b, d_grad * a": "return d_grad, d_grad"},
        1.5,
        "rule of another operation",
    ),
    Wrong(
        "a-and-b-exchanged",
        "by_hand",
        {"return d_grad * b, d_grad * a": "return d_grad * a, d_grad * b"},
        1.5,
        "own value instead of the other's",
        survives="equal operands",
    ),
    Wrong("e-times-e", "by_hand", {"e_grad = d\n": "e_grad = e\n"}, 2, "own value instead of the other's"),
    Wrong(
        "c-as-a-factor",
        "by_hand",
        {"c_grad = e_grad": "c_grad = e_grad * c"},
        0.5,
        "rule of another operation",
    ),
    Wrong("sum-has-slope-one", "by_hand", {"c_grad = e_grad": "c_grad = 1"}, 0.5, "forgot out_grad"),
    Wrong(
        "local-slopes",
        "by_hand",
        {"return d_grad * b, d_grad * a, c_grad": "return b, a, c_grad"},
        1.5,
        "forgot out_grad",
    ),
    Wrong(
        "in-the-order-found",
        "by_hand",
        {"return d_grad * b, d_grad * a, c_grad": "return c_grad, d_grad * b, d_grad * a"},
        2,
        "order of the gradients",
    ),
)

WRONG = (*CALL, *ADD, *MUL, *OPERATORS, *BY_HAND)
