"""Wrong solutions of lesson 10: one mistake each."""

from __future__ import annotations

from functools import partial

from autograder.selftest.corpus import Wrong

# named_parameters -------------------------------------------------------------------------------------

_search = partial(Wrong, exercise="named_parameters")
_OPENED = "isinstance(value, (Module, list, tuple))"
_INNER = 'f"{name}.{inner}"'
_ONCE = "isinstance(value, Parameter) and value not in seen"
_LOOP = "    for attribute, value in vars(self).items():\n        search(attribute, value)\n"
_BEGUN = "found, seen = [], set()"
_FIRST_ONLY = """for name, value in self.__dict__.items():
        if isinstance(value, Parameter):
            return [(name, value)]
        inner = value.named_parameters() if isinstance(value, Module) else []
        return [(name + "." + rest, p) for rest, p in inner]
    return None
"""
_ASKED = """isinstance(value, Module):
            found.extend((name + "." + rest, p) for rest, p in value.named_parameters())
        elif isinstance(value, (list, tuple))"""

SEARCH = (
    _search("own-attributes-only", edits={_OPENED: "False"}, loses=4.5, family="modules not searched"),
    _search(
        "lists-forgotten",
        edits={_OPENED: "isinstance(value, Module)"},
        loses=2.5,
        family="lists not searched",
    ),
    _search(
        "tuples-forgotten",
        edits={_OPENED: "isinstance(value, (Module, list))"},
        loses=1.5,
        family="tuples not searched",
        survives="lists",
    ),
    _search(
        "tensors-too",
        edits={_ONCE: "isinstance(value, Tensor) and value not in seen"},
        loses=0.5,
        family="any Tensor taken for a Parameter",
        survives="models without other Tensors",
    ),
    _search(
        "whatever-requires-a-gradient",
        edits={_ONCE: "getattr(value, 'requires_grad', False) and value not in seen"},
        loses=0.5,
        family="any Tensor taken for a Parameter",
        survives="models without other Tensors",
    ),
    _search(
        "twice",
        edits={_ONCE: "isinstance(value, Parameter)"},
        loses=1,
        family="found twice",
        survives="trees",
    ),
    _search(
        "last-name-only",
        edits={_INNER: "str(inner)"},
        loses=4.5,
        family="name without its path",
    ),
    _search("no-dot", edits={_INNER: 'f"{name}{inner}"'}, loses=4.5, family="another separator"),
    _search("underscore", edits={_INNER: "name + '_' + str(inner)"}, loses=4.5, family="another separator"),
    _search("from-1", edits={"enumerate(value)": "enumerate(value, 1)"}, loses=2.5, family="counted from 1"),
    _search(
        "default-list",
        edits={
            "named_parameters(self):": "named_parameters(self, found=[]):",
            "found, seen = [], set()": "seen = set()",
        },
        loses=0.5,
        family="record kept between calls",
        survives="one call",
    ),
    _search(
        "default-set",
        edits={
            "named_parameters(self):": "named_parameters(self, seen=set()):",
            "found, seen = [], set()": "found = []",
        },
        loses=0.5,
        family="record kept between calls",
        survives="one call",
    ),
    _search(
        "data",
        edits={"append((name, value))": "append((name, value.data))"},
        loses=7,
        family="array for Tensor",
    ),
    _search(
        "without-names",
        edits={"append((name, value))": "append(value)"},
        loses=7,
        family="one of the pair only",
    ),
    _search(
        "sorted",
        edits={"return found": "return sorted(found, key=lambda pair: pair[0])"},
        loses=6.5,
        family="another order",
    ),
    _search(
        "own-ones-first",
        edits={
            _LOOP: "    for attribute, value in vars(self).items():\n"
            "        if isinstance(value, Parameter):\n            search(attribute, value)\n"
            "    for attribute, value in vars(self).items():\n        search(attribute, value)\n"
        },
        loses=3,
        family="another order",
        survives="modules of one kind",
    ),
    _search("nothing-returned", edits={"return found": "found"}, loses=7),
    _search(
        "returned-in-the-loop",
        edits={
            "(attribute, value)\n    return found": "(attribute, value)\n        return found",
        },
        loses=5.5,
        family="returned inside the loop",
    ),
    _search(
        "returned-for-each-module",
        edits={_BEGUN: f"{_FIRST_ONLY}    {_BEGUN}"},
        loses=7,
        family="returned inside the loop",
    ),
    _search(
        "each-module-its-own-set",
        edits={_OPENED: _ASKED, "vars(value).items() if isinstance(value, Module) else ": ""},
        loses=1,
        family="record not shared",
        survives="trees",
    ),
    _search(
        "without-the-way-and-lists",
        edits={_OPENED: "isinstance(value, Module)", _INNER: "inner"},
        loses=4.5,
        family="name without its path",
        also=("lists not searched",),
    ),
    _search(
        "parameter-first",
        edits={"append((name, value))": "append((value, name))"},
        loses=7,
        family="wrong order",
    ),
    _search("a-dict", edits={"return found": "return dict(found)"}, loses=7, family="dict for pairs"),
    _search(
        "brackets",
        edits={_INNER: 'f"{name}.{inner}" if isinstance(inner, str) else f"{name}[{inner}]"'},
        loses=2.5,
        family="another separator",
        survives="models without lists",
    ),
    _search(
        "places-left-out",
        edits={_INNER: 'f"{name}.{inner}" if isinstance(inner, str) else name'},
        loses=2.5,
        family="name without its path",
        survives="models without lists",
    ),
    _search(
        "last-name",
        edits={
            _BEGUN: "found = {}",
            _ONCE: "isinstance(value, Parameter)",
            "seen.add(value)\n            found.append((name, value))": "found[value] = name",
            "return found": "return [(name, p) for p, name in found.items()]",
        },
        loses=1,
        family="last name kept",
        survives="trees",
    ),
    _search(
        "equal-numbers",
        edits={
            _ONCE: "isinstance(value, Parameter) and str(value.data) not in seen",
            "seen.add(value)": "seen.add(str(value.data))",
        },
        loses=1,
        family="equal taken for the same",
        survives="different numbers",
    ),
)

# state_dict and load_state_dict -----------------------------------------------------------------------

_state = partial(Wrong, exercise="state_dict")
_MISSING = '    faults = [f"{name} is missing" for name in own if name not in state]\n'
_EXTRA = '    faults += [f"{name} is unexpected" for name in state if name not in own]\n'
_EXTRA_AT_ONCE = "    for name in state:\n        if name not in own:\n            raise ValueError(name)\n"
_LOOKED = "    for name, p in own.items():\n        if"
_DIFFERS = "if name in state and state[name].shape != p.shape"
_PUT = "p.data[...] = state[name]"
_TELLS = 'f"{name} has shape {state[name].shape}, and should have {p.shape}"'
_RAISED = '    if faults:\n        raise ValueError("; ".join(faults))\n'
_APPENDED = "            faults.append"
_AT_ONCE = (
    "            pass\n        elif name in state:\n            p.data[...] = state[name]\n"
    "        if name in state and state[name].shape != p.shape:\n            faults.append"
)

STATE = (
    _state("views", edits={"p.numpy()": "p.data"}, loses=1, family="shared memory", survives="one look"),
    _state("the-parameters", edits={"p.numpy()": "p"}, loses=1.5, family="Tensor for array"),
    _state(
        "detached",
        edits={"p.numpy()": "p.detach()"},
        loses=1.5,
        family="Tensor for array",
        also=("shared memory",),
    ),
    _state(
        "a-list",
        edits={
            "{name: p.numpy() for": "[(name, p.numpy()) for",
            "named_parameters()}": "named_parameters()]",
        },
        loses=1.5,
        family="pairs for a dict",
    ),
    _state(
        "the-states-own-arrays",
        edits={_PUT: "p.data = state[name]"},
        loses=1,
        family="shared memory",
        survives="one look",
    ),
    _state("a-new-name-only", edits={_PUT: "p = Parameter(state[name])"}, loses=1.5, family="nothing loaded"),
    _state("into-a-copy", edits={_PUT: "p.numpy()[...] = state[name]"}, loses=1.5, family="nothing loaded"),
    _state(
        "missing-ignored",
        edits={_MISSING: "    faults = []\n", _PUT: "p.data[...] = state.get(name, p.data)"},
        loses=1.5,
        family="missing names not noticed",
    ),
    _state(
        "missing-is-a-key-error",
        edits={_MISSING: "    faults = []\n"},
        loses=1.5,
        family="missing names not noticed",
        survives="states with more",
    ),
    _state(
        "unexpected-ignored",
        edits={_EXTRA: ""},
        loses=1.5,
        family="unexpected names not noticed",
        survives="smaller states",
    ),
    _state("shapes-left-to-numpy", edits={_DIFFERS: "if False"}, loses=1.5, family="shapes not compared"),
    _state(
        "sizes-compared",
        edits={_DIFFERS: "if name in state and state[name].size != p.size"},
        loses=1.5,
        family="shapes not compared",
        survives="other sizes",
    ),
    _state(
        "lengths-compared",
        edits={_DIFFERS: "if name in state and len(state[name]) != len(p.data)"},
        loses=1,
        survives="lengths",
    ),
    _state(
        "nameless",
        edits={
            'f"{name} is missing"': '"a name is missing"',
            'f"{name} is unexpected"': '"a name is unexpected"',
            _TELLS: '"a shape is wrong"',
        },
        loses=2,
        family="error without a name",
    ),
    _state(
        "without-shapes",
        edits={_TELLS: 'f"{name} has a wrong shape"'},
        loses=0.5,
        family="error without the shapes",
    ),
    _state(
        "key-error",
        edits={"ValueError(": "KeyError("},
        loses=2,
        family="error of another kind",
        survives="any error",
    ),
    _state(
        "assert",
        edits={_RAISED: '    assert not faults, "; ".join(faults)\n'},
        loses=2,
        family="assert instead of raise",
        survives="any error",
    ),
    _state(
        "loaded-on-the-way",
        edits={_APPENDED: _AT_ONCE},
        loses=0.5,
        family="loaded before all is checked",
        survives="the error alone",
    ),
    _state(
        "printed",
        edits={'raise ValueError("; ".join(faults))': 'print("; ".join(faults))\n        return'},
        loses=2.5,
        family="printed instead of raised",
    ),
    _state(
        "printed-and-loaded",
        edits={'raise ValueError("; ".join(faults))': 'print("; ".join(faults))'},
        loses=2.5,
        family="no checks before loading",
    ),
    _state(
        "an-error-for-each-kind",
        edits={_EXTRA: _RAISED + _EXTRA, _LOOKED: _RAISED + _LOOKED},
        loses=0.5,
        family="only the first fault told",
        survives="faults of one kind",
    ),
    _state(
        "names-then-shapes",
        edits={_LOOKED: _RAISED + _LOOKED},
        loses=0.5,
        family="only the first fault told",
        survives="faults of one kind",
    ),
    _state(
        "raised-at-once",
        edits={
            _MISSING: "    faults = []\n    for name in own:\n        if name not in state:\n"
            "            raise ValueError(name)\n",
            _EXTRA: _EXTRA_AT_ONCE,
        },
        loses=0.5,
        family="only the first fault told",
        survives="single faults",
    ),
    _state(
        "raised-and-loaded-one-by-one",
        edits={
            _MISSING: "    faults = []\n",
            "if name in state and state": "if name not in state:\n            raise ValueError(name)\n"
            "        if state",
            _APPENDED: "            raise ValueError",
            _RAISED: "        p.data[...] = state[name]\n" + _EXTRA_AT_ONCE,
            _EXTRA: "",
        },
        loses=1,
        family="loaded before all is checked",
        survives="single faults",
    ),
    _state(
        "one-shape",
        edits={_TELLS: 'f"{name} should have the shape {p.shape}"'},
        loses=0.5,
        family="error without the shapes",
    ),
    _state(
        "first-fault",
        edits={'"; ".join(faults)': "faults[0]"},
        loses=0.5,
        family="only the first fault told",
        survives="single faults",
    ),
)

# Linear -----------------------------------------------------------------------------------------------

_linear = partial(Wrong, exercise="Linear")
_DRAWN = "kaiming_uniform(n_in, n_out, generator)"
_BIAS = "Parameter(np.zeros(n_out, np.float32)) if bias else None"
_SUM = "return y if self.bias is None else y + self.bias"

LINEAR = (
    _linear(
        "zeros", edits={_DRAWN: "np.zeros((n_in, n_out), np.float32)"}, loses=1, family="weights all equal"
    ),
    _linear(
        "turned",
        edits={_DRAWN: "kaiming_uniform(n_out, n_in, generator)"},
        loses=1,
        family="shape turned",
        survives="squares",
    ),
    _linear(
        "bias-of-n-in",
        edits={"zeros(n_out": "zeros(n_in"},
        loses=1,
        family="size of the other side",
        survives="squares",
    ),
    _linear(
        "tensors",
        edits={f"Parameter({_DRAWN})": f"Tensor({_DRAWN})", _BIAS: _BIAS.replace("Parameter", "Tensor")},
        loses=1,
        family="plain Tensor for a Parameter",
        survives="numbers",
    ),
    _linear(
        "bias-a-tensor",
        edits={_BIAS: _BIAS.replace("Parameter", "Tensor")},
        loses=1,
        family="plain Tensor for a Parameter",
        survives="numbers",
    ),
    _linear(
        "always-a-bias",
        edits={" if bias else None": ""},
        loses=1,
        family="setting ignored",
        survives="the default",
    ),
    _linear(
        "own-generator",
        edits={_DRAWN: "kaiming_uniform(n_in, n_out, np.random.default_rng(0))"},
        loses=1,
        family="setting ignored",
        survives="shapes",
    ),
    _linear(
        "float64-bias",
        edits={"np.zeros(n_out, np.float32)": "np.zeros(n_out)"},
        loses=1,
        family="dtype not kept",
        survives="shapes",
    ),
    _linear("no-bias-added", edits={_SUM: "return y"}, loses=1.5, family="bias forgotten", survives="zeros"),
    _linear(
        "bias-always-added",
        edits={_SUM: "return y + self.bias"},
        loses=0.5,
        family="bias taken for granted",
        survives="the default",
    ),
    _linear(
        "transposed",
        edits={"x @ self.weight": "x @ self.weight.T"},
        loses=2,
        family="transposes or order wrong in matmul",
        survives="shapes of squares",
    ),
    _linear(
        "weight-first",
        edits={"x @ self.weight": "self.weight @ x"},
        loses=2,
        family="transposes or order wrong in matmul",
        survives="shapes of squares",
    ),
    _linear(
        "star", edits={"x @ self.weight": "x * self.weight"}, loses=2, family="element-wise product instead"
    ),
    _linear(
        "weight-data",
        edits={"x @ self.weight": "x @ self.weight.data"},
        loses=2,
        family="history cut",
        survives="values",
    ),
    _linear(
        "both-data",
        edits={"x @ self.weight": "x @ self.weight.data", "y + self.bias": "y + self.bias.data"},
        loses=2,
        family="history cut",
        survives="values",
    ),
    _linear(
        "arrays-only",
        edits={"x @ self.weight": "x.data @ self.weight.data", "y + self.bias": "y + self.bias.data"},
        loses=2,
        family="history cut",
    ),
    _linear(
        "numpys-random",
        edits={_DRAWN: "np.random.randn(n_in, n_out).astype(np.float32)"},
        loses=1,
        family="generator of one's own",
        survives="shapes",
    ),
    _linear(
        "the-seed", edits={_DRAWN: _DRAWN.replace("generator", "rng")}, loses=1, family="seed for a generator"
    ),
    _linear(
        "bias-data",
        edits={"y + self.bias": "y + self.bias.data"},
        loses=1.5,
        family="history cut",
        survives="values",
    ),
)

# Sequential -------------------------------------------------------------------------------------------

_chain = partial(Wrong, exercise="Sequential")
_EACH = "            x = layer(x)\n        return x"

SEQUENTIAL = (
    _chain("tuple-in-a-list", edits={"list(modules)": "[modules]"}, loses=2, family="setting unpacked"),
    _chain("first-left-out", edits={"list(modules)": "list(modules[1:])"}, loses=1.5, family="some left out"),
    _chain(
        "kept-reversed",
        edits={"list(modules)": "list(reversed(modules))"},
        loses=1.5,
        family="order reversed",
        survives="one module",
    ),
    _chain(
        "reversed",
        edits={"in self.layers": "in reversed(self.layers)"},
        loses=1,
        family="order reversed",
        survives="one module",
    ),
    _chain(
        "each-gets-x",
        edits={_EACH: "            y = layer(x)\n        return y"},
        loses=1.5,
        family="each gets the first input",
        survives="one module",
    ),
    _chain(
        "return-in-the-loop",
        edits={_EACH: "            x = layer(x)\n            return x"},
        loses=1.5,
        family="returned inside the loop",
        also=("nothing returned",),
        survives="one module",
    ),
    _chain("not-kept", edits={"x = layer(x)": "layer(x)"}, loses=1, family="unchanged"),
    _chain(
        "nothing-returned", edits={_EACH: "            x = layer(x)"}, loses=1.5, family="nothing returned"
    ),
    _chain(
        "other-name",
        edits={"self.layers = ": "self.modules = ", "in self.layers": "in self.modules"},
        loses=0.5,
        survives="results",
    ),
    _chain(
        "class-variable",
        edits={"self.layers = list(modules)": "Sequential.layers = list(modules)"},
        loses=1.5,
        survives="one chain",
    ),
)

# LogSumExp --------------------------------------------------------------------------------------------

_lse = partial(Wrong, exercise="LogSumExp")
_LARGEST = "x.max(axis=self.axes, keepdims=True)"
_SUM_OF_EXP = "np.exp(x - largest).sum(axis=self.axes, keepdims=True)"
_SQUEEZED = "return result if self.keepdims else result.squeeze(self.axes)"
_AS_SET = "{}(axis=self.axes, keepdims=self.keepdims)"
_RULE = "out_grad.reshape(kept) * exp(x - node.reshape(kept))"

LOG_SUM_EXP = (
    _lse("naive", edits={_LARGEST: "0"}, loses=1, family="overflow", survives="small numbers"),
    _lse(
        "one-maximum-for-all", edits={_LARGEST: "x.max()"}, loses=1, family="overflow", survives="rows alike"
    ),
    _lse(
        "minimum",
        edits={_LARGEST: "x.min(axis=self.axes, keepdims=True)"},
        loses=1,
        family="overflow",
        survives="small numbers",
    ),
    _lse(
        "mean",
        edits={_LARGEST: "x.mean(axis=self.axes, keepdims=True)"},
        loses=1,
        family="overflow",
        survives="small numbers",
    ),
    _lse("not-put-back", edits={")) + largest": "))"}, loses=2.5, family="maximum not put back"),
    _lse("mean-of-exp", edits={"largest).sum(": "largest).mean("}, loses=2.5, family="mean instead of sum"),
    _lse(
        "no-log",
        edits={f"np.log({_SUM_OF_EXP}) + largest": "np.exp(x).sum(axis=self.axes, keepdims=True)"},
        loses=2.5,
        family="logarithm forgotten",
    ),
    _lse("always-kept", edits={_SQUEEZED: "return result"}, loses=2.5, family="keepdims ignored"),
    _lse(
        "never-kept",
        edits={_SQUEEZED: "return result.squeeze(self.axes)"},
        loses=0.5,
        family="keepdims ignored",
        survives="the default",
    ),
    _lse(
        "squeezes-all",
        edits={"squeeze(self.axes)": "squeeze()"},
        loses=1.5,
        family="axes of size 1 lost",
        survives="axes above 1",
    ),
    _lse(
        "maximum-without-keepdims",
        edits={_LARGEST: "x.max(axis=self.axes)"},
        loses=2.5,
        family="axis not put back",
        survives="all axes",
    ),
    _lse(
        "axes-never-kept",
        edits={
            _LARGEST: "x.max(self.axes)",
            _SUM_OF_EXP: "np.exp(x - largest).sum(self.axes)",
            _SQUEEZED: "return result",
        },
        loses=2.5,
        family="axis not put back",
        survives="all axes",
    ),
    _lse(
        "keepdims-as-set",
        edits={
            _LARGEST: _AS_SET.format("x.max"),
            _SUM_OF_EXP: _AS_SET.format("np.exp(x - largest).sum"),
            _SQUEEZED: "return result",
        },
        loses=2.5,
        family="axis not put back",
        survives="keepdims",
    ),
    _lse(
        "maximum-kept-and-no-sum",
        edits={_SUM_OF_EXP: _AS_SET.format("np.exp(x - largest).sum"), _SQUEEZED: "return result"},
        loses=2.5,
        family="axis not put back",
        survives="keepdims",
    ),
    _lse(
        "all-axes",
        edits={_LARGEST: "x.max()", _SUM_OF_EXP: "np.exp(x - largest).sum()", _SQUEEZED: "return result"},
        loses=2.5,
        family="setting ignored",
    ),
    _lse(
        "axis-1",
        edits={
            _LARGEST: "x.max(axis=1, keepdims=True)",
            _SUM_OF_EXP: "np.exp(x - largest).sum(axis=1, keepdims=True)",
            "squeeze(self.axes)": "squeeze(1)",
        },
        loses=2.5,
        family="setting ignored",
        survives="rows",
    ),
    _lse(
        "largest-absolute-value",
        edits={_LARGEST: "np.abs(x).max(axis=self.axes, keepdims=True)"},
        loses=1,
        family="overflow",
        survives="positive numbers",
    ),
    _lse("taken-off-twice", edits={")) + largest": ")) - largest"}, loses=2.5, family="lost sign"),
    _lse(
        "in-place",
        edits={
            _SUM_OF_EXP: "np.exp(x).sum(axis=self.axes, keepdims=True)",
            "        result = ": "        x -= largest\n        result = ",
        },
        loses=2.5,
        family="caller's array changed",
        survives="results",
    ),
    _lse(
        "in-float64",
        edits={_SUM_OF_EXP: "np.exp((x - largest).astype(float)).sum(axis=self.axes, keepdims=True)"},
        loses=2.5,
        family="dtype not kept",
        survives="float64",
    ),
    _lse(
        "tensors-exp",
        edits={_SUM_OF_EXP: _SUM_OF_EXP.removeprefix("np.")},
        loses=2.5,
        family="NumPy function on a Tensor",
    ),
    _lse(
        "forgot-out-grad",
        edits={_RULE: "exp(x - node.reshape(kept))"},
        loses=2.5,
        family="forgot out_grad",
        survives="ones",
    ),
    _lse(
        "plain-sum-rule",
        edits={_RULE: "out_grad.reshape(kept) * np.ones(x.shape, x.dtype)"},
        loses=2.5,
        family="rule of another operation",
    ),
    _lse(
        "exp-alone", edits={_RULE: "out_grad.reshape(kept) * exp(x)"}, loses=2.5, family="part of the slope"
    ),
    _lse(
        "quotient",
        edits={_RULE: "out_grad.reshape(kept) * exp(x) / exp(node.reshape(kept))"},
        loses=0.5,
        family="overflow",
        survives="small numbers",
    ),
    _lse(
        "softmax-naive",
        edits={_RULE: "out_grad.reshape(kept) * exp(x) / exp(x).sum(axis=self.axes, keepdims=True)"},
        loses=0.5,
        family="overflow",
        survives="small numbers",
    ),
    _lse(
        "turned-round",
        edits={"x - node.reshape(kept)": "node.reshape(kept) - x"},
        loses=2.5,
        family="lost sign",
    ),
    _lse(
        "no-exp",
        edits={"exp(x - node.reshape(kept))": "(x - node.reshape(kept))"},
        loses=2.5,
        family="shares not exponentiated",
    ),
    _lse(
        "axes-not-put-back",
        edits={_RULE: "out_grad * exp(x - node)"},
        loses=2.5,
        family="axis not put back",
        survives="all axes",
    ),
    _lse(
        "put-back-in-node-only",
        edits={"out_grad.reshape(kept)": "out_grad"},
        loses=2.5,
        family="axis not put back",
        survives="all axes",
    ),
    _lse(
        "put-back-in-out-grad-only",
        edits={"x - node.reshape(kept)": "x - node"},
        loses=2.5,
        family="axis not put back",
        survives="all axes",
    ),
    _lse("exp-of-node", edits={_RULE: "out_grad * exp(node)"}, loses=2.5, family="output used for input"),
    _lse(
        "numpy-on-a-tensor",
        edits={" * exp(": " * np.exp("},
        loses=2.5,
        family="NumPy function on a Tensor",
    ),
)

# softmax_loss -----------------------------------------------------------------------------------------

_loss = partial(Wrong, exercise="softmax_loss")
_RETURNED = "(logsumexp(logits, axes=1) - (logits * mask).sum(axis=1)).mean()"
_OF_ALL = "(exp(logits) / exp(logits).sum(axis=1, keepdims=True))"
_RANGE = "if labels.min() < 0 or labels.max() >= classes:"

LOSS = (
    _loss("sum", edits={").mean()": ").sum()"}, loses=2.5, family="sum instead of mean", survives="one row"),
    _loss("no-mean", edits={").mean()": ")"}, loses=2.5, family="losses not averaged"),
    _loss(
        "turned-round",
        edits={_RETURNED: "((logits * mask).sum(axis=1) - logsumexp(logits, axes=1)).mean()"},
        loses=2.5,
        family="lost sign",
    ),
    _loss(
        "over-the-batch",
        edits={"logsumexp(logits, axes=1)": "logsumexp(logits, axes=0).mean()"},
        loses=2.5,
        family="wrong axis",
    ),
    _loss(
        "over-everything",
        edits={"logsumexp(logits, axes=1)": "logsumexp(logits)"},
        loses=2.5,
        family="wrong axis",
        survives="one row",
    ),
    _loss(
        "no-right-logit",
        edits={" - (logits * mask).sum(axis=1)": ""},
        loses=2.5,
        family="right logit forgotten",
    ),
    _loss(
        "columns",
        edits={"mask[np.arange(n), labels]": "mask[:, labels]"},
        loses=2.5,
        family="all columns for each row",
        survives="one row",
    ),
    _loss(
        "float64-mask",
        edits={"(n, classes), logits.dtype": "(n, classes)"},
        loses=1.5,
        family="dtype not kept",
        also=(),
        survives="float64",
    ),
    _loss(
        "divided-by-classes",
        edits={").mean()": ").sum() / classes"},
        loses=2.5,
        family="divided by a fixed number",
        survives="squares",
    ),
    _loss(
        "picked-from-data",
        edits={"(logits * mask).sum(axis=1)": "logits.data[np.arange(n), labels]"},
        loses=1,
        family="history cut",
        survives="values",
    ),
    _loss(
        "in-numpy",
        edits={
            _RETURNED: "Tensor((logsumexp(logits, axes=1).data - (logits.data * mask).sum(axis=1)).mean())"
        },
        loses=1,
        family="history cut",
        survives="values",
    ),
    _loss(
        "right-logits-summed",
        edits={"mask).sum(axis=1)": "mask).sum()"},
        loses=2.5,
        family="wrong axis",
        survives="one row",
    ),
    _loss(
        "mean-of-the-product",
        edits={"mask).sum(axis=1)": "mask).mean(axis=1)"},
        loses=2.5,
        family="mean instead of sum",
    ),
    _loss(
        "axis-0",
        edits={"axes=1": "axes=0", "mask).sum(axis=1)": "mask).sum(axis=0)"},
        loses=2.5,
        family="wrong axis",
    ),
    _loss("added", edits={"axes=1) - ": "axes=1) + "}, loses=2.5, family="lost sign"),
    _loss(
        "label-taken-off",
        edits={"(logits * mask).sum(axis=1)": "labels.astype(logits.dtype)"},
        loses=2.5,
        family="label for its logit",
    ),
    _loss(
        "logarithm-of-shares",
        edits={_RETURNED: f"-({_OF_ALL}.log() * mask).sum(axis=1).mean()"},
        loses=2.5,
        family="overflow",
        survives="small logits",
    ),
    _loss(
        "logarithm-of-the-right-share",
        edits={_RETURNED: f"-({_OF_ALL} * mask).sum(axis=1).log().mean()"},
        loses=2.5,
        family="overflow",
        survives="small logits",
    ),
    _loss(
        "picked-by-index",
        edits={"(logits * mask).sum(axis=1)": "logits[np.arange(n), labels]"},
        loses=2.5,
        family="Tensor treated as an array",
    ),
    _loss(
        "printed",
        edits={"raise ValueError(": "print("},
        loses=0.5,
        family="labels not checked",
        survives="right labels",
    ),
    _loss(
        "none-returned", edits={"raise ValueError(": "return print("}, loses=0.5, family="labels not checked"
    ),
    _loss("index-error", edits={"ValueError(": "IndexError("}, loses=0.5, family="error of another kind"),
    _loss(
        "unchecked",
        edits={_RANGE: "if False:"},
        loses=0.5,
        family="labels not checked",
        survives="right labels",
    ),
    _loss(
        "one-too-many",
        edits={">= classes": "> classes"},
        loses=0.5,
        family="labels not checked",
        survives="labels far outside",
    ),
    _loss(
        "negative-unchecked",
        edits={"labels.min() < 0 or ": ""},
        loses=0.5,
        family="labels not checked",
        survives="labels that are too large",
    ),
)

WRONG = (*SEARCH, *STATE, *LINEAR, *SEQUENTIAL, *LOG_SUM_EXP, *LOSS)
