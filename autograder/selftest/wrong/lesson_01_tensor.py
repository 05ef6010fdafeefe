"""Wrong solutions of lesson 01: one mistake each."""

from __future__ import annotations

from functools import partial

from autograder.selftest.corpus import Wrong

# Tensor.__init__ --------------------------------------------------------------------------------------

_init = partial(Wrong, exercise="Tensor.__init__")
_UNWRAPPED = "if isinstance(data, Tensor):\n            data = data.data\n"
_FLOATING = "isinstance(data, np.ndarray) and np.issubdtype(data.dtype, np.floating)"
_MADE = "np.array(data, dtype=dtype)"

MEMORY = (
    _init(
        "asarray",
        edits={_MADE: "np.asarray(data, dtype=dtype)"},
        loses=1,
        family="shared memory",
        survives="lists",
    ),
    _init(
        "astype-without-copy",
        edits={_MADE: "np.asarray(data).astype(dtype, copy=False)"},
        loses=1,
        family="shared memory",
        survives="lists",
    ),
    _init(
        "arrays-as-they-are",
        edits={_MADE: "data if isinstance(data, np.ndarray) else np.array(data, dtype=dtype)"},
        loses=3,
        family="shared memory",
        also=("dtype left to NumPy",),
    ),
    _init(
        "tensors-shared",
        edits={
            _UNWRAPPED: f"wrapped = isinstance(data, Tensor)\n        {_UNWRAPPED}",
            _MADE: "data if wrapped and dtype == data.dtype else np.array(data, dtype=dtype)",
        },
        loses=0.5,
        family="shared memory",
        survives="arrays",
    ),
)

DTYPE = (
    _init(
        "always-float32", edits={_MADE: "np.array(data, dtype=np.float32)"}, loses=1.5, family="dtype forced"
    ),
    _init(
        "float-for-float32",
        edits={"else np.float32": "else float"},
        loses=1,
        family="dtype forced",
        survives="arrays",
    ),
    _init(
        "through-float32",
        edits={_MADE: "np.array(data, dtype=np.float32).astype(dtype)"},
        loses=1.5,
        family="dtype forced",
        survives="dtypes alone",
    ),
    _init(
        "asked-after-conversion",
        edits={_UNWRAPPED: f"{_UNWRAPPED}        data = np.array(data)\n"},
        loses=1,
        family="dtype asked too late",
        survives="whole numbers",
    ),
    _init(
        "arrays-of-any-dtype",
        edits={_FLOATING: "isinstance(data, np.ndarray)"},
        loses=1,
        family="dtype left to NumPy",
        survives="lists and floating arrays",
    ),
    _init(
        "condition-turned-round",
        edits={"dtype is None": "dtype is not None"},
        loses=2,
        family="dtype left to NumPy",
    ),
    _init(
        "unwrapped-at-last",
        edits={
            _UNWRAPPED + "        ": "",
            _MADE: "np.array(data.data if isinstance(data, Tensor) else data, dtype=dtype)",
        },
        loses=0.5,
        family="dtype before unwrapping",
        survives="float32 Tensors",
    ),
)

LABELS = (
    _init("no-case-for-tensors", edits={_UNWRAPPED + "        ": ""}, loses=1, family="no case for Tensors"),
    _init(
        "numbers-in-a-list",
        edits={_MADE: "np.atleast_1d(np.array(data, dtype=dtype))"},
        loses=2,
        family="number made a list",
        survives="lists and arrays",
    ),
    _init("always-wants", edits={"= requires_grad\n": "= True\n"}, loses=0.5, family="requires_grad ignored"),
    _init(
        "wants-as-the-first",
        edits={"data = data.data": "requires_grad, data = data.requires_grad, data.data"},
        loses=0.5,
        family="requires_grad taken over",
        survives="variables",
    ),
    _init(
        "gradient-from-the-first",
        edits={
            _UNWRAPPED: f"grad = getattr(data, 'grad', None)\n        {_UNWRAPPED}",
            "self.grad = None": "self.grad = grad",
        },
        loses=0.5,
        family="history taken over",
        survives="fresh Tensors",
    ),
    _init(
        "inputs-from-the-first",
        edits={
            _UNWRAPPED: f"first = data\n        {_UNWRAPPED}",
            "_op = None": "_op = getattr(first, '_op', None)",
            "_inputs = ()": "_inputs = getattr(first, '_inputs', ())",
        },
        loses=0.5,
        family="history taken over",
        survives="fresh Tensors",
    ),
    _init(
        "gradient-of-zeros",
        edits={"self.grad = None": "self.grad = np.zeros_like(self.data)"},
        loses=1,
        family="gradient before it is known",
    ),
    _init(
        "gradient-0",
        edits={"self.grad = None": "self.grad = 0.0"},
        loses=1,
        family="gradient before it is known",
    ),
    _init("list-of-inputs", edits={"_inputs = ()": "_inputs = []"}, loses=1, family="parents in a list"),
    _init(
        "no-inputs-are-none",
        edits={"_inputs = ()": "_inputs = None"},
        loses=1,
        family="None for an empty tuple",
    ),
    _init("op-not-set", edits={"self._op = None\n": "\n"}, loses=1),
)

# Tensor methods ---------------------------------------------------------------------------------------

_methods = partial(Wrong, exercise="Tensor methods", loses=0.5)
_COPY = "self.data.copy()"
_NEW = "Tensor(self.data, requires_grad=False)"

METHODS = (
    _methods(
        "class-of-the-array",
        edits={"return self.data.dtype": "return type(self.data)"},
        family="class for a dtype",
    ),
    _methods("own-array", edits={_COPY: "self.data"}, family="shared memory"),
    _methods("slice-for-copy", edits={_COPY: "self.data[:]"}, family="shared memory"),
    _methods("python-list", edits={_COPY: "self.data.tolist()"}, family="list instead of an array"),
    _methods(
        "float32-copy",
        edits={_COPY: "np.array(self.data, dtype=np.float32)"},
        family="dtype forced",
        survives="float32",
    ),
    _methods(
        "detach-copies", edits={"        detached.data = self.data\n": ""}, family="copied instead of shared"
    ),
    _methods(
        "detach-copies-into",
        edits={"detached.data = self": "detached.data[...] = self"},
        family="copied instead of shared",
    ),
    _methods("detached-wants", edits={_NEW: "Tensor(self.data)"}, family="constant wants a gradient"),
    _methods(
        "detaches-itself", edits={_NEW: "self\n        self.requires_grad = False"}, family="caller changed"
    ),
    _methods(
        "detached-with-history",
        edits={
            f"detached = {_NEW}": "import copy\n        detached = copy.copy(self)",
            "detached.data = self.data": "detached.requires_grad = False",
        },
        family="history taken over",
        survives="Tensors without history",
    ),
    _methods(
        "detach-gives-the-array", edits={"return detached": "return detached.data"}, family="array for Tensor"
    ),
    _methods(
        "said-of-variables",
        edits={"if self.requires_grad": "if not self.requires_grad"},
        family="question the wrong way round",
    ),
    _methods("never-said", edits={"{constant}": ""}, family="requires_grad ignored", survives="variables"),
)

# _ensure_tensor ---------------------------------------------------------------------------------------

_ensure = partial(Wrong, exercise="_ensure_tensor", loses=1)
_ASKED = "isinstance(value, Tensor)"

ENSURE = (
    _ensure("always-wrapped", edits={f"if {_ASKED}:\n        return value\n    ": ""}, family="history cut"),
    _ensure(
        "wrapped-as-it-was",
        edits={"return value\n": "return Tensor(value, requires_grad=value.requires_grad)\n"},
        family="history cut",
        survives="values alone",
    ),
    _ensure(
        "variables-only",
        edits={_ASKED: f"{_ASKED} and value.requires_grad"},
        family="history cut",
        survives="variables",
    ),
    _ensure("default-kept", edits={", requires_grad=False": ""}, family="constant wants a gradient"),
    _ensure(
        "all-made-constant",
        edits={
            f"if {_ASKED}:\n        return value\n": f"value = value if {_ASKED} else Tensor(value)\n",
            "return Tensor(value, requires_grad=False)": "value.requires_grad = False\n    return value",
        },
        family="caller changed",
        survives="constants",
    ),
    _ensure(
        "data-asked-for",
        edits={_ASKED: 'hasattr(value, "data")'},
        family="array for Tensor",
        survives="numbers and lists",
    ),
    _ensure(
        "array-first",
        edits={"Tensor(value, r": "Tensor(np.array(value), r"},
        family="dtype asked too late",
        survives="whole numbers and arrays",
    ),
)

WRONG = (*MEMORY, *DTYPE, *LABELS, *METHODS, *ENSURE)
