"""Wrong solutions of lesson 09: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

# gradcheck --------------------------------------------------------------------------------------------

_AGREES = "np.abs(found - right) <= 1e-7 + 1e-5 * np.abs(right)"
_V = "np.random.default_rng(0).normal(size=out.shape)"
_TENSORS = "[Tensor(x, dtype=np.float64) for x in xs]"
_RAISE = 'raise AssertionError(f"input {place}, index {index}: {both}")'
_EACH = "for index in map(tuple, np.argwhere(~agrees).tolist()):"
_NONE = "        found = np.zeros_like(right) if found is None else found\n"

COMPARED = (
    Wrong(
        "return-in-the-loop",
        "gradcheck",
        {"    return True": "        return True"},
        loses=2,
        family="only the first input",
        survives="one input",
    ),
    Wrong(
        "one-element-each",
        "gradcheck",
        {_EACH: "for index in [(0,) * right.ndim]:\n            if agrees[index]:\n                break"},
        loses=1.5,
        family="only the first element",
        survives="rules that are wrong everywhere",
    ),
    Wrong(
        "no-abs-around-the-difference",
        "gradcheck",
        {"np.abs(found - right)": "found - right"},
        loses=1,
        family="signed difference",
        survives="gradients too large",
    ),
    Wrong(
        "no-abs-the-other-way-round",
        "gradcheck",
        {"np.abs(found - right)": "right - found"},
        loses=2,
        family="signed difference",
        survives="gradients too small",
    ),
    Wrong(
        "no-abs-around-nudging",
        "gradcheck",
        {"np.abs(right)": "right"},
        loses=2,
        family="signed tolerance",
        survives="positive numbers",
    ),
    Wrong(
        "abs-of-each",
        "gradcheck",
        {"np.abs(found - right)": "np.abs(np.abs(found) - np.abs(right))"},
        loses=1,
        family="compares without signs",
        survives="positive numbers",
    ),
    Wrong(
        "mask-of-those-too-far-off",
        "gradcheck",
        {_AGREES: _AGREES.replace("<=", ">"), "~agrees": "agrees"},
        loses=0.5,
        family="nan passes",
        survives="numbers",
    ),
    Wrong(
        "mask-not-inverted",
        "gradcheck",
        {"~agrees": "agrees"},
        loses=3,
        family="compares the wrong way round",
    ),
    Wrong(
        "only-if-none-agrees",
        "gradcheck",
        {f"        {_EACH}": f"        if agrees.any():\n            continue\n        {_EACH}"},
        loses=2,
        family="all for any",
        survives="rules that are wrong everywhere",
    ),
    Wrong(
        "sums-compared",
        "gradcheck",
        {"np.abs(found - right)": "np.abs(found.sum() - right.sum())"},
        loses=1.5,
        family="compares sums",
        survives="rules that are wrong everywhere",
    ),
    Wrong(
        "equality",
        "gradcheck",
        {_AGREES: "found == right"},
        loses=2,
        family="tolerance exact",
        survives="wrong rules",
    ),
    Wrong(
        "absolute-only",
        "gradcheck",
        {" + 1e-5 * np.abs(right)": ""},
        loses=0.5,
        family="tolerance absolute only",
    ),
    Wrong("relative-only", "gradcheck", {"1e-7 + ": ""}, loses=0.5, family="tolerance relative only"),
    Wrong(
        "relative-to-backward",
        "gradcheck",
        {"np.abs(right)": "np.abs(found)"},
        loses=0.5,
        family="tolerance relative to backward",
    ),
    Wrong("relative-too-wide", "gradcheck", {"1e-5": "1e-2"}, loses=0.5, family="tolerance too wide"),
    Wrong(
        "exponents-exchanged",
        "gradcheck",
        {"1e-7 + 1e-5": "1e-5 + 1e-7"},
        loses=0.5,
        family="tolerance absolute only",
    ),
)

TWO_WAYS = (
    Wrong(
        "weights-of-one",
        "gradcheck",
        {_V: "np.ones(out.shape)"},
        loses=1,
        family="ones as weights",
        survives="element-wise operations",
    ),
    Wrong(
        "positive-weights",
        "gradcheck",
        {_V: "np.random.default_rng(0).uniform(size=out.shape)"},
        loses=1,
        family="weights of one sign",
    ),
    Wrong(
        "backward-without-weights",
        "gradcheck",
        {"backward(v)": "backward()"},
        loses=2,
        family="different weights",
    ),
    Wrong(
        "backward-forgotten",
        "gradcheck",
        {"    out.backward(v)\n": ""},
        loses=2,
        family="one side is no gradient",
    ),
    Wrong(
        "nudged-arrays-not-used",
        "gradcheck",
        {"f(*map(Tensor, arrays)).data": "f(*tensors).data"},
        loses=2,
        family="one side is no gradient",
    ),
    Wrong(
        "f-nudged-as-it-is",
        "gradcheck",
        {"lambda *arrays: f(*map(Tensor, arrays)).data": "f"},
        loses=3,
        family="Tensors for arrays",
    ),
    Wrong(
        "tensors-left-float32",
        "gradcheck",
        {_TENSORS: "[Tensor(x) for x in xs]"},
        loses=0.5,
        family="float32",
        survives="float64 arrays",
    ),
    Wrong(
        "tensors-made-float32",
        "gradcheck",
        {"dtype=np.float64": "dtype=np.float32"},
        loses=1.5,
        family="float32",
    ),
    Wrong(
        "tensors-taken-as-they-are",
        "gradcheck",
        {_TENSORS: "[x if isinstance(x, Tensor) else Tensor(x, dtype=np.float64) for x in xs]"},
        loses=0.5,
        family="stale .grad",
        survives="arrays",
    ),
    Wrong("none-compared", "gradcheck", {_NONE: ""}, loses=0.5, family="no gradient where none is due"),
    Wrong(
        "none-left-out",
        "gradcheck",
        {_NONE: "        if found is None:\n            continue\n"},
        loses=0.5,
        family="skips what backward did not reach",
        survives="inputs that are not used",
    ),
)

ANSWER = (
    Wrong(
        "false-returned",
        "gradcheck",
        {_RAISE: "return False"},
        loses=3,
        family="returns False instead of raising",
    ),
    Wrong(
        "value-error",
        "gradcheck",
        {"raise AssertionError": "raise ValueError"},
        loses=3,
        family="other error",
    ),
    Wrong("printed", "gradcheck", {_RAISE: "print(place, index, both)"}, loses=3, family="silent"),
    Wrong("nothing-returned", "gradcheck", {"    return True": "    return"}, loses=1.5, family="silent"),
    Wrong(
        "index-as-a-list",
        "gradcheck",
        {"map(tuple, np.argwhere(~agrees).tolist())": "np.argwhere(~agrees).tolist()"},
        loses=3,
        family="index not a tuple",
    ),
    Wrong(
        "flat-index",
        "gradcheck",
        {"map(tuple, np.argwhere(~agrees).tolist())": "np.flatnonzero(~agrees).tolist()"},
        loses=2,
        family="index not a tuple",
        survives="one axis",
    ),
    Wrong("no-index", "gradcheck", {", index {index}": ""}, loses=0.5, family="no index in the message"),
    Wrong("no-input", "gradcheck", {"input {place}, ": ""}, loses=0.5, family="no input in the message"),
    Wrong(
        "counted-from-1",
        "gradcheck",
        {"in enumerate(nudged)": "in enumerate(nudged, start=1)", "tensors[place]": "tensors[place - 1]"},
        loses=0.5,
        family="inputs counted from 1",
    ),
    Wrong("no-numbers", "gradcheck", {": {both}": ""}, loses=0.5, family="no numbers in the message"),
    Wrong(
        "numbers-exchanged",
        "gradcheck",
        {"{found[index]:.6g}, nudging gives {right": "{right[index]:.6g}, nudging gives {found"},
        loses=0.5,
        family="numbers under wrong names",
    ),
)

# The bug hunt -----------------------------------------------------------------------------------------

HUNT = (
    Wrong(
        "add-for-the-walk",
        "bug hunt",
        {'3: ("backward"': '3: ("add"'},
        loses=0.25,
        family="right rule suspected",
        survives="x + x",
    ),
    Wrong(
        "walk-for-tanh",
        "bug hunt",
        {'"tanh"': '"backward"'},
        loses=0.25,
        family="walk blamed for an operation",
    ),
    Wrong(
        "seventh-not-found", "bug hunt", {'("backward", "g")': '("", "")'}, loses=0.5, family="not found yet"
    ),
    Wrong(
        "paths-for-passes",
        "bug hunt",
        {'"backward", "g"': '"backward", "f"'},
        loses=0.25,
        family="other fault named",
    ),
    Wrong(
        "mean-for-one-copy",
        "bug hunt",
        {'"k"': '"a"', '"add", "a"': '"add", "k"'},
        loses=0.5,
        family="other fault named",
    ),
    Wrong(
        "reshape-with-an-axis-lost",
        "bug hunt",
        {'("transpose", "d")': '("reshape", "l")'},
        loses=0.5,
        family="right rule suspected",
        also=("other fault named",),
    ),
    Wrong(
        "words-for-a-letter",
        "bug hunt",
        {'"c"': '"slope of 1 where it is flat"'},
        loses=0.25,
        family="no such letter",
    ),
    Wrong("rectifier", "bug hunt", {'"relu"': '"rectifier"'}, loses=0.25, family="no such name"),
    Wrong(
        "engines-counted-from-0",
        "bug hunt",
        {"return {": "return {number - 1: said for number, said in {", "    }": "    }.items()}"},
        loses=3,
        family="engines counted from 0",
    ),
    Wrong("dictionary-not-returned", "bug hunt", {"return {": "found = {"}, loses=3, family="no dictionary"),
)

# topological_order ------------------------------------------------------------------------------------

_CALLS_ITSELF = """seen, order = set(), []
    def visit(node):
        if node not in seen:
            seen.add(node)
            for tensor in node._inputs:
                visit(tensor)
            order.append(node)
    __import__("sys").setrecursionlimit(1_000_000)
    visit(root)
    return order"""
_NOTES = "order, entered, waiting = [], set(), [(root, False)]"
_MEET = "elif node not in entered:\n            entered.add(node)"
_INPUTS = "waiting.extend((tensor, False) for tensor in node._inputs)"

ORDER = (
    Wrong(
        "higher-recursion-limit",
        "topological_order",
        {_NOTES: f"{_CALLS_ITSELF}\n    {_NOTES}"},
        loses=0.5,
        family="recursion limit",
    ),
    Wrong(
        "marked-when-put-on",
        "topological_order",
        {
            _MEET: "else:",
            _INPUTS: "new = [tensor for tensor in dict.fromkeys(node._inputs) if tensor not in entered]\n"
            "            entered.update(new)\n            waiting.extend((tensor, False) for tensor in new)",
        },
        loses=0.25,
        family="marked too early",
        survives="chains",
    ),
    Wrong(
        "note-above-the-inputs",
        "topological_order",
        {
            "            waiting.append((node, True))\n": "",
            _INPUTS: f"{_INPUTS}\n            waiting.append((node, True))",
        },
        loses=0.75,
        family="note above the inputs",
    ),
    Wrong(
        "taken-from-the-front",
        "topological_order",
        {"waiting.pop()": "waiting.pop(0)"},
        loses=0.75,
        family="queue instead of stack",
    ),
    Wrong(
        "nobody-is-marked",
        "topological_order",
        {_MEET: "else:"},
        loses=0.5,
        family="node visited once per path",
        survives="chains",
    ),
    Wrong(
        "asked-when-done",
        "topological_order",
        {
            _MEET: "else:",
            "            order.append(node)": "            order += [node] * (node not in entered)\n"
            "            entered.add(node)",
        },
        loses=0.25,
        family="node visited once per path",
        survives="small graphs",
    ),
    Wrong(
        "list-for-a-set",
        "topological_order",
        {"[], set(), [": "[], [], [", "entered.add": "entered.append"},
        loses=0.25,
        family="quadratic lookup",
        survives="small graphs",
    ),
    Wrong(
        "set-as-a-default",
        "topological_order",
        {"(root):": "(root, entered=set()):", _NOTES: "order, waiting = [], [(root, False)]"},
        loses=0.25,
        family="memory between calls",
        survives="one call",
    ),
    Wrong(
        "only-what-was-computed",
        "topological_order",
        {"            order.append(node)": "            order += [node] * bool(node._inputs)"},
        loses=1,
        family="leaves left out",
    ),
    Wrong(
        "put-in-when-met",
        "topological_order",
        {"waiting.append((node, True))": "order.append(node)", "return order": "return order[::-1]"},
        loses=0.25,
        family="pre-order",
        survives="chains",
    ),
    Wrong(
        "turned-round",
        "topological_order",
        {"return order": "return order[::-1]"},
        loses=0.75,
        family="reversed",
    ),
    Wrong(
        "notes-in-the-order",
        "topological_order",
        {"order.append(node)": "order.append((node, True))"},
        loses=1,
        family="not the Tensors themselves",
    ),
)

# no_grad ----------------------------------------------------------------------------------------------

_BACK = "Recording.on = self.before"
_KEPT = "self.before = Recording.on\n        Recording.on = False"
_GENERATOR = """


from contextlib import contextmanager

@contextmanager
def no_grad():
    before, Recording.on = Recording.on, False
    yield
    Recording.on = before"""

NO_GRAD = (
    Wrong(
        "on-at-the-end",
        "no_grad",
        {_BACK: "Recording.on = True"},
        loses=1,
        family="nested no_grad switched on",
        survives="one block",
    ),
    Wrong(
        "only-without-an-error",
        "no_grad",
        {_BACK: f"if error is None:\n            {_BACK}"},
        loses=0.5,
        family="not restored after an error",
        survives="no errors",
    ),
    Wrong(
        "generator-without-finally",
        "no_grad",
        {_BACK: _BACK + _GENERATOR},
        loses=0.5,
        family="not restored after an error",
        survives="no errors",
    ),
    Wrong(
        "true-returned",
        "no_grad",
        {_BACK: f"{_BACK}\n        return True"},
        loses=0.5,
        family="error swallowed",
        survives="no errors",
    ),
    Wrong(
        "local-names",
        "no_grad",
        {"self.before = R": "before = R", _BACK: "Recording.on = before"},
        loses=1,
        family="local name forgotten",
    ),
    Wrong(
        "kept-on-the-class",
        "no_grad",
        {"self.before = R": "no_grad.before = R", _BACK: "Recording.on = no_grad.before"},
        loses=0.5,
        family="one memory for all blocks",
        survives="one block",
    ),
    Wrong(
        "kept-when-made",
        "no_grad",
        {
            "def __enter__": "def __init__(self):\n        self.before = Recording.on\n\n    def __enter__",
            _KEPT: "Recording.on = False",
        },
        loses=0.5,
        family="old value read too early",
        survives="with no_grad():",
    ),
    Wrong(
        "kept-too-late",
        "no_grad",
        {_KEPT: "Recording.on = False\n        self.before = Recording.on"},
        loses=1,
        family="not restored",
    ),
    Wrong(
        "turned-over",
        "no_grad",
        {_KEPT: "Recording.on = not Recording.on", _BACK: "Recording.on = not Recording.on"},
        loses=1,
        family="toggled",
        survives="one block",
    ),
    Wrong(
        "switch-of-an-object",
        "no_grad",
        {"Recording.on = False": "Recording().on = False"},
        loses=1,
        family="never off",
    ),
    Wrong(
        "exit-without-the-error",
        "no_grad",
        {"(self, kind, error, trace)": "(self)"},
        loses=1,
        family="arguments of __exit__ missing",
    ),
)

# grad -------------------------------------------------------------------------------------------------

_START = "Tensor(np.ones_like(y.data), requires_grad=False)"
_ENTER = "ledger[tensor] = ledger[tensor] + found if tensor in ledger else found"

GRAD = (
    Wrong(
        "later-one-overwrites",
        "grad",
        {_ENTER: "ledger[tensor] = found"},
        loses=0,
        family="gradient overwritten instead of added",
    ),
    Wrong(
        "a-new-tensor-of-data",
        "grad",
        {"found = grads[place]": "found = Tensor(grads[place].data)"},
        loses=0,
        family="history cut",
        survives="first derivatives",
    ),
    Wrong(
        "data-added-in-place",
        "grad",
        {
            _ENTER: "if tensor in ledger:\n                        ledger[tensor].data += found.data\n"
            "                    else:\n                        ledger[tensor] = found"
        },
        loses=0,
        family="history cut",
        survives="first derivatives",
    ),
    Wrong(
        "ones-want-a-gradient",
        "grad",
        {_START: "Tensor(np.ones_like(y.data))"},
        loses=0,
        family="ones recorded",
        survives="first derivatives",
    ),
    Wrong(
        "a-single-one",
        "grad",
        {_START: "Tensor(1.0, requires_grad=False)"},
        loses=0,
        family="seed of the wrong shape",
        survives="products",
    ),
    Wrong(
        "array-returned",
        "grad",
        {"return ledger[x]": "return ledger[x].data"},
        loses=0,
        family="array returned",
    ),
    Wrong(
        "from-the-leaves",
        "grad",
        {"reversed(topological_order(y))": "topological_order(y)"},
        loses=0,
        family="order not reversed",
    ),
    Wrong(
        "constants-not-asked",
        "grad",
        {"if tensor.requires_grad:": "if True:"},
        loses=0,
        family="gradient for a constant",
    ),
    Wrong(
        "no-tuple-made",
        "grad",
        {"            if not isinstance(grads, tuple):\n                grads = (grads,)\n": ""},
        loses=0,
        family="single gradient iterated as a tuple",
    ),
    Wrong(
        "through-backward",
        "grad",
        {"    ledger = {y": "    y.backward()\n    return Tensor(x.grad)\n    ledger = {y"},
        loses=0,
    ),
    Wrong(
        "out-grad-left-out",
        "grad",
        {"node._op.backward(ledger[node], node)": "node._op.backward(ledger[y], node)"},
        loses=0,
        family="forgot out_grad",
    ),
)

WRONG: tuple[Wrong, ...] = (*COMPARED, *TWO_WAYS, *ANSWER, *HUNT, *ORDER, *NO_GRAD, *GRAD)
