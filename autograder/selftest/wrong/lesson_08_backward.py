"""Wrong solutions of lesson 08: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

# topological_order ------------------------------------------------------------------------------------

_PILE = """waiting = [root]
    while waiting:
        tensor = waiting.pop()
        if tensor not in order:
            order.append(tensor)
            waiting.extend(tensor._inputs)
    return order[::-1]"""

_MARKED_WHEN_PUT_ON = """waiting = [root]
    while waiting:
        order.append(waiting.pop())
        waiting += [source for source in dict.fromkeys(order[-1]._inputs) if source not in seen]
        seen.update(order[-1]._inputs)
    return order[::-1]"""

_LEVELS = """order.append(root)
    for tensor in order:
        order.extend(source for source in dict.fromkeys(tensor._inputs) if source not in order)
    return order[::-1]"""

_NOTE = "seen.add(tensor)"
_APPEND = "                visit(source)\n            order.append(tensor)"
_ALL = "visit(root)\n    return order"

ORDER = (
    Wrong(
        "appended-before-its-inputs",
        "topological_order",
        {
            _APPEND: "                visit(source)",
            _NOTE: "seen.add(tensor)\n            order.append(tensor)",
        },
        loses=2,
        family="pre-order",
    ),
    Wrong(
        "arriving-order-turned-round",
        "topological_order",
        {
            _APPEND: "                visit(source)",
            _NOTE: "seen.add(tensor)\n            order.append(tensor)",
            "return order": "return order[::-1]",
        },
        loses=1.5,
        family="reversed pre-order",
        survives="chains",
    ),
    Wrong(
        "a-pile-without-second-visits",
        "topological_order",
        {_ALL: _PILE},
        loses=1.5,
        family="reversed pre-order",
        survives="chains",
    ),
    Wrong(
        "marked-when-put-on-the-pile",
        "topological_order",
        {_ALL: _MARKED_WHEN_PUT_ON},
        loses=1.5,
        family="reversed pre-order",
        survives="chains",
    ),
    Wrong(
        "levels-turned-round",
        "topological_order",
        {_ALL: _LEVELS},
        loses=1.5,
        family="breadth-first order",
        survives="chains",
    ),
    Wrong(
        "inserted-at-the-front",
        "topological_order",
        {"order.append(tensor)": "order.insert(0, tensor)"},
        loses=2,
        family="order reversed",
    ),
    Wrong(
        "nobody-is-marked",
        "topological_order",
        {f"            {_NOTE}\n": ""},
        loses=1.5,
        family="visited once per path",
        survives="one use of each",
    ),
    Wrong(
        "a-new-set-in-each-visit",
        "topological_order",
        {"if tensor not in seen": "seen = set()\n        if tensor not in seen"},
        loses=1.5,
        family="visited once per path",
        survives="one use of each",
    ),
    Wrong(
        "twice-and-then-tidied",
        "topological_order",
        {f"            {_NOTE}\n": "", "return order": "return list(dict.fromkeys(order))"},
        loses=0.5,
        family="visited once per path, then tidied",
        survives="small graphs",
    ),
    Wrong(
        "equal-arrays-taken-for-one",
        "topological_order",
        {"if tensor not in seen": "if not any(np.array_equal(tensor.data, t.data) for t in order)"},
        loses=0.5,
        family="compared by value",
        survives="different numbers",
    ),
    Wrong(
        "numbers-in-the-set",
        "topological_order",
        {"if tensor not in seen": "if float(tensor.data) not in seen", _NOTE: "seen.add(float(tensor.data))"},
        loses=0.5,
        family="compared by value",
        survives="different numbers",
    ),
    Wrong(
        "list-as-a-default",
        "topological_order",
        {"(root):": "(root, order=[]):", "order, seen = [], set()": "seen = set()"},
        loses=5,
        family="list kept between calls",
        survives="one call",
    ),
    Wrong(
        "set-as-a-default",
        "topological_order",
        {"(root):": "(root, seen=set()):", "order, seen = [], set()": "order = []"},
        loses=0.5,
        family="record kept between calls",
        survives="one call",
    ),
    Wrong(
        "only-where-a-gradient-is-wanted",
        "topological_order",
        {"visit(source)": "if source.requires_grad:\n                    visit(source)"},
        loses=0.5,
        family="constants left out",
        survives="no constants",
    ),
    Wrong(
        "only-what-was-computed",
        "topological_order",
        {"order.append(tensor)": "if tensor._op is not None:\n                order.append(tensor)"},
        loses=1,
        family="leaves left out",
    ),
    Wrong(
        "begun-with-the-inputs",
        "topological_order",
        {"    visit(root)": "    for source in root._inputs:\n        visit(source)"},
        loses=1,
        family="root left out",
    ),
    Wrong(
        "inputs-put-in-not-visited",
        "topological_order",
        {"visit(source)": "order.append(source)"},
        loses=4,
        family="one step only",
    ),
    Wrong(
        "first-input-only",
        "topological_order",
        {"in tensor._inputs": "in tensor._inputs[:1]"},
        loses=3,
        family="first input only",
    ),
    Wrong(
        "always-two-inputs",
        "topological_order",
        {
            "for source in tensor._inputs:\n                visit(source)": (
                "if tensor._op is not None:\n                visit(tensor._inputs[0])\n"
                "                visit(tensor._inputs[1])"
            )
        },
        loses=0.5,
        family="two inputs taken for granted",
        survives="binary operations",
    ),
    Wrong(
        "always-left-and-right",
        "topological_order",
        {
            "for source in tensor._inputs:\n                visit(source)": (
                "left, right = tensor._inputs\n            visit(left)\n            visit(right)"
            )
        },
        loses=5,
        family="two inputs taken for granted",
    ),
    Wrong(
        "the-question-turned-round",
        "topological_order",
        {"if tensor not in seen": "if tensor in seen"},
        loses=5,
        family="empty list",
    ),
    Wrong("never-begun", "topological_order", {"    visit(root)\n": ""}, loses=5, family="empty list"),
    Wrong(
        "append-in-the-loop",
        "topological_order",
        {"            order.append(tensor)": "                order.append(tensor)"},
        loses=3.5,
        family="once for each input",
    ),
    Wrong(
        "the-outer-function-called-again",
        "topological_order",
        {"                visit(source)": "                topological_order(source)"},
        loses=5,
        family="only the root",
        also=("visited once per path",),
    ),
    Wrong(
        "root-in-the-inner-function",
        "topological_order",
        {"order.append(tensor)": "order.append(root)"},
        loses=5,
        family="only the root",
    ),
    Wrong(
        "list-of-ids",
        "topological_order",
        {"order.append(tensor)": "order.append(id(tensor))"},
        loses=5,
        family="not the Tensors themselves",
    ),
    Wrong(
        "braces-for-a-set",
        "topological_order",
        {"[], set()": "[], {}"},
        loses=5,
        family="dictionary for a set",
    ),
    Wrong("the-set-returned", "topological_order", {"return order": "return seen"}, loses=5),
)

# backward ---------------------------------------------------------------------------------------------

_ENTER = "ledger[t] = ledger[t] + g if t in ledger else g"
_ASK = "node._op.backward(ledger[node], node)"
_START = "Tensor(np.ones_like(self.data) if grad is None else grad, dtype=self.dtype)"
_KEEP = "t.grad = np.array(g.data if t.grad is None else t.grad + g.data, dtype=t.dtype)"
_TURNS = "for node in reversed(topological_order(self)):"
_MAY = "if node in ledger and node._op is not None:"
_CONSTANT = (
    'if not self.requires_grad:\n        raise RuntimeError("backward: this Tensor requires no gradient.")'
)
_SHAPE = 'raise ValueError(f"backward: grad has shape {start.shape}, the Tensor {self.shape}.")'
_AT_THE_END = f"    for t, g in ledger.items():\n        {_KEEP}"

_GRAD_FOR_A_LEDGER = {
    "ledger = {self: start}": _KEEP.replace("t.", "self.").replace("g.data", "start.data"),
    _MAY: "if node.grad is not None and node._op is not None:",
    _ASK: "node._op.backward(Tensor(node.grad), node)",
    _AT_THE_END: "",
    _ENTER: _KEEP,
}

LEDGER = (
    Wrong(
        "later-report-overwrites",
        "backward",
        {_ENTER: "ledger[t] = g"},
        loses=2,
        family="gradient overwritten instead of added",
        survives="one use of each",
    ),
    Wrong(
        "first-report-stays",
        "backward",
        {_ENTER: "ledger.setdefault(t, g)"},
        loses=2,
        family="only the first gradient kept",
        survives="one use of each",
    ),
    Wrong(
        "array-of-the-entry-changed",
        "backward",
        {
            _ENTER: "if t in ledger:\n                        ledger[t].data += g.data\n"
            "                    else:\n                        ledger[t] = g"
        },
        loses=2,
        family="ledger changed in place",
        survives="products only",
    ),
    Wrong(
        "data-of-the-entry-replaced",
        "backward",
        {
            _ENTER: "if t in ledger:\n                        ledger[t].data = ledger[t].data + g.data\n"
            "                    else:\n                        ledger[t] = g"
        },
        loses=2,
        family="ledger changed in place",
        survives="products only",
    ),
    Wrong(
        "always-added-to-an-entry",
        "backward",
        {_ENTER: "ledger[t] = ledger[t] + g"},
        loses=8,
        family="first report added to nothing",
    ),
    Wrong(
        "grad-for-a-ledger",
        "backward",
        _GRAD_FOR_A_LEDGER,
        loses=1.5,
        family=".grad of earlier calls passed on",
        survives="one call",
    ),
    Wrong(
        "ledger-as-a-default",
        "backward",
        {
            "(self, grad=None):": "(self, grad=None, ledger={}):",
            "ledger = {self: start}": "ledger[self] = start",
        },
        loses=1.5,
        family="ledger kept between calls",
        survives="one call",
    ),
    Wrong(
        "nothing-in-the-ledger",
        "backward",
        {"ledger = {self: start}": "ledger = {}"},
        loses=8,
        family="nothing kept",
        also=("nothing computed",),
    ),
)

WALK = (
    Wrong(
        "from-the-beginning-of-the-list",
        "backward",
        {"reversed(topological_order(self))": "topological_order(self)"},
        loses=7.5,
        family="order not reversed",
        survives="one operation",
    ),
    Wrong(
        "what-reverse-returns",
        "backward",
        {"reversed(topological_order(self))": "topological_order(self).reverse()"},
        loses=8,
        family="nothing to go through",
    ),
    Wrong(
        "ended-at-the-first-leaf",
        "backward",
        {_MAY: "if node._op is None:\n            break\n        if node in ledger:"},
        loses=5.5,
        family="stopped at the first leaf",
    ),
    Wrong(
        "passed-on-to-backward-of-the-inputs",
        "backward",
        {
            f"{_TURNS}\n        {_MAY}": "for node in [self]:\n        if node._op is not None:",
            _ENTER: "t.backward(g)",
        },
        loses=0.5,
        family="visited once per path",
        survives="small graphs",
    ),
    Wrong(
        "passed-on-to-backward-of-the-inputs-with-grad",
        "backward",
        {
            **_GRAD_FOR_A_LEDGER,
            _TURNS: "for node in [self]:",
            _ENTER: "t.backward(g)",
        },
        loses=3,
        family="visited once per path, .grad passed on",
        survives="one call on a tree",
    ),
    Wrong(
        "queue-of-all-who-got-something",
        "backward",
        {
            _TURNS: "waiting = [self]\n    for node in waiting:",
            _ENTER: f"{_ENTER}\n                    waiting.append(t)",
        },
        loses=1.5,
        family="visited once per path, ledger passed on",
        survives="trees",
    ),
    Wrong(
        "pile-of-all-who-got-something",
        "backward",
        {
            _TURNS: "waiting = [self]\n    while waiting:\n        node = waiting.pop()",
            _ENTER: f"{_ENTER}\n                    waiting.append(t)",
        },
        loses=1.5,
        family="visited once per path, ledger passed on",
        survives="trees",
    ),
    Wrong(
        "queue-without-repetitions",
        "backward",
        {
            _TURNS: "waiting = [self]\n    for node in waiting:",
            _ENTER: f"{_ENTER}\n                    waiting += [t] * (t not in waiting)",
        },
        loses=1,
        family="breadth-first order",
        survives="trees",
    ),
    Wrong(
        "history-freed",
        "backward",
        {_ENTER: f"{_ENTER}\n            node._op, node._inputs = None, ()"},
        loses=1.5,
        family="history freed too early",
        survives="one call",
    ),
)

RULE = (
    Wrong(
        "start-for-every-rule",
        "backward",
        {_ASK: "node._op.backward(start, node)"},
        loses=5,
        family="forgot out_grad",
        survives="one operation",
    ),
    Wrong(
        "value-for-gradient",
        "backward",
        {_ASK: "node._op.backward(node, node)"},
        loses=7,
        family="value instead of gradient",
    ),
    Wrong(
        "backward-of-the-node",
        "backward",
        {_ASK: "node.backward(ledger[node])"},
        loses=8,
        family="backward called by itself",
    ),
    Wrong(
        "node-before-gradient",
        "backward",
        {_ASK: "node._op.backward(node, ledger[node])"},
        loses=8,
        family="arguments swapped",
    ),
    Wrong(
        "self-for-node",
        "backward",
        {_ASK: "node._op.backward(ledger[node], self)"},
        loses=6.5,
        family="the root as every output",
        survives="one operation",
    ),
    Wrong(
        "answers-from-the-end",
        "backward",
        {"zip(node._inputs, grads,": "zip(node._inputs, grads[::-1],"},
        loses=7,
        family="gradients crossed",
        survives="equal operands",
    ),
    Wrong(
        "first-input-only",
        "backward",
        {"in zip(node._inputs, grads, strict=True)": "in [(node._inputs[0], grads[0])]"},
        loses=7,
        family="only the first gradient passed on",
        survives="operations with one input",
    ),
    Wrong(
        "no-tuple-made",
        "backward",
        {"            grads = grads if isinstance(grads, tuple) else (grads,)\n": ""},
        loses=0.5,
        family="single gradient iterated as a tuple",
        survives="binary operations",
    ),
    Wrong(
        "tuple-of-a-tensor",
        "backward",
        {"grads if isinstance(grads, tuple) else (grads,)": "tuple(grads)"},
        loses=0.5,
        family="single gradient iterated as a tuple",
        survives="binary operations",
    ),
    Wrong(
        "constants-not-asked",
        "backward",
        {"                if t.requires_grad:\n    ": "            "},
        loses=1,
        family="constants given gradients",
        survives="no constants",
    ),
    Wrong(
        "only-none-left-out",
        "backward",
        {"if t.requires_grad": "if g is not None"},
        loses=1,
        family="constants given gradients",
        survives="rules that answer None",
    ),
)

GRADS = (
    Wrong(
        "earlier-grad-overwritten",
        "backward",
        {_KEEP: "t.grad = np.array(g.data, dtype=t.dtype)"},
        loses=1.5,
        family=".grad overwritten by a later call",
        survives="one call",
    ),
    Wrong(
        "added-to-none",
        "backward",
        {_KEEP: "t.grad = np.array(t.grad + g.data, dtype=t.dtype)"},
        loses=8,
        family=".grad added to None",
    ),
    Wrong(
        "asarray-for-array",
        "backward",
        {"t.grad = np.array": "t.grad = np.asarray"},
        loses=0.5,
        family=".grad without copy",
        survives="values",
    ),
    Wrong(
        "grad-changed-in-place",
        "backward",
        {
            f"        {_KEEP}": "        if t.grad is None:\n            t.grad = g.data\n        "
            "else:\n            t.grad += g.data"
        },
        loses=1,
        family=".grad without copy, then changed in place",
        survives="products only",
    ),
    Wrong(
        "dtype-left-to-numpy",
        "backward",
        {", dtype=t.dtype)": ")"},
        loses=0.5,
        family=".grad in another dtype",
        survives="one dtype",
    ),
    Wrong(
        "dtype-of-the-root",
        "backward",
        {", dtype=t.dtype)": ", dtype=self.dtype)"},
        loses=0.5,
        family=".grad in another dtype",
        survives="one dtype",
    ),
    Wrong(
        "tensor-in-grad",
        "backward",
        {_KEEP: "t.grad = g if t.grad is None else g + t.grad"},
        loses=0.5,
        family=".grad is a Tensor",
        survives="values",
    ),
    Wrong(
        "leaves-only",
        "backward",
        {_KEEP: f"if t._op is None:\n            {_KEEP}"},
        loses=0.5,
        family="no .grad on the way",
    ),
)

START = (
    Wrong(
        "a-single-one",
        "backward",
        {_START: "Tensor(1.0 if grad is None else grad, dtype=self.dtype)"},
        loses=1.5,
        family="seed of the wrong shape",
        survives="single numbers",
    ),
    Wrong(
        "start-without-dtype",
        "backward",
        {_START: "Tensor(np.ones_like(self.data) if grad is None else grad)"},
        loses=0.5,
        family="start in another dtype",
        survives="arrays for grad",
    ),
    Wrong(
        "always-ones",
        "backward",
        {_START: "Tensor(np.ones_like(self.data), dtype=self.dtype)"},
        loses=1.5,
        family="grad ignored",
    ),
    Wrong(
        "truth-of-grad",
        "backward",
        {_START: "Tensor(grad if grad else np.ones_like(self.data), dtype=self.dtype)"},
        loses=1,
        family="truth of an array",
        survives="a list for grad",
    ),
    Wrong(
        "shape-asked-of-a-list",
        "backward",
        {"if start.shape != self.shape": "if grad is not None and grad.shape != self.shape"},
        loses=1.5,
        family="seed is no Tensor",
        survives="arrays for grad",
    ),
    Wrong(
        "shape-not-asked",
        "backward",
        {f"    if start.shape != self.shape:\n        {_SHAPE}\n": ""},
        loses=0.5,
        family="shape of grad not checked",
    ),
    Wrong(
        "sizes-compared",
        "backward",
        {"if start.shape != self.shape": "if start.data.size != self.data.size"},
        loses=0.5,
        family="only the size of grad checked",
    ),
    Wrong(
        "axes-counted",
        "backward",
        {"if start.shape != self.shape": "if start.ndim != self.ndim"},
        loses=0.5,
        family="only the number of axes of grad checked",
    ),
    Wrong(
        "wrong-shape-printed",
        "backward",
        {_SHAPE: 'print("grad has another shape")\n        return'},
        loses=0.5,
        family="silent return for a wrong shape",
    ),
    Wrong(
        "constant-returned-from",
        "backward",
        {'raise RuntimeError("backward: this Tensor requires no gradient.")': "return"},
        loses=0.5,
        family="silent return for a constant",
    ),
    Wrong(
        "constant-not-asked",
        "backward",
        {f"    {_CONSTANT}\n": ""},
        loses=0.5,
        family="no error for a constant",
    ),
    Wrong(
        "constant-asserted",
        "backward",
        {_CONSTANT: 'assert self.requires_grad, "no gradient required"'},
        loses=0.5,
        family="assert instead of raise",
    ),
    Wrong(
        "value-error-for-a-constant",
        "backward",
        {"raise RuntimeError": "raise ValueError"},
        loses=0.5,
        family="errors exchanged",
    ),
)

WRONG: tuple[Wrong, ...] = (*ORDER, *LEDGER, *WALK, *RULE, *GRADS, *START)
