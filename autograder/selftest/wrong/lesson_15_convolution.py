"""Wrong solutions of lesson 15: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

# Unfold -----------------------------------------------------------------------------------------------

_OFFSETS = "offsets = [(down, right) for down in range(size) for right in range(size)]"
_COUNT = "rows, columns = images.shape[1] - size + 1, images.shape[2] - size + 1"
_CUT = "slices = [images[:, down : down + rows, right : right + columns] for down, right in offsets]"
_STACK = "np.stack(slices, axis=-1)"

_ZEROS = "grad = np.zeros_like(node._inputs[0].data)"
_BACK_COUNT = "rows, columns = out_grad.shape[1:3]"
_EACH = "for place in range(self.size**2):"
_DIV = "down, right = divmod(place, self.size)"
_ADD = "grad[:, down : down + rows, right : right + columns] += out_grad.data[..., place]"
_OUT = "return Tensor(grad)"

_PLACES = (
    "p = self.forward(np.arange(grad.size).reshape(grad.shape))\n"
    "        grad = np.zeros_like(grad)\n"
    "        grad.reshape(-1)[p] {} out_grad.data\n"
    "        return Tensor(grad)"
)
_WINDOWS = f"""{_BACK_COUNT}
        {_EACH}
            {_DIV}
            {_ADD}
"""
_WINDOW_BY_WINDOW = """k = self.size
        for i in range({}):
            for j in range({}):
                grad[:, i:i + k, j:j + k] {} out_grad.data[:, i, j].reshape(-1, k, k)
"""
_SHAPE, _ERROR = 3, 3.5
"""What is lost where forward gives something else; and where it gives no array, which has no dtype either."""
_VALUE, _BACK_ERROR = 3, 5
"""What is lost where backward gives other numbers; and where it stops, or gives something else."""


def _unfold(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "Unfold", edits, loses, family, survives=survives)


FORWARD = (
    _unfold("stacked-in-front", {"axis=-1": "axis=0"}, _SHAPE, "wrong axis"),
    _unfold("array-of-the-list", {_STACK: "np.array(slices)"}, _SHAPE, "wrong axis"),
    _unfold("stacked-second", {"axis=-1": "axis=1"}, _SHAPE, "wrong axis"),
    _unfold("concatenated", {_STACK: "np.concatenate(slices, axis=-1)"}, _SHAPE, "shapes joined"),
    _unfold("a-list", {_STACK: "slices"}, _ERROR, "list instead of an array"),
    _unfold(
        "still-square",
        {_STACK: f"{_STACK}.reshape(-1, rows, columns, size, size)"},
        _SHAPE,
        "not reshaped",
    ),
    _unfold("a-tensor", {_STACK: f"Tensor({_STACK})"}, _SHAPE, "Tensor for array"),
    _unfold("one-long-row", {_STACK: f"{_STACK}.reshape(len(images), -1, size * size)"}, _SHAPE, "axis lost"),
    _unfold(
        "rows-and-columns-swapped",
        {_STACK: f"{_STACK}.swapaxes(1, 2)"},
        _SHAPE,
        "table transposed",
        survives="squares",
    ),
    _unfold("no-plus-one", {_COUNT: _COUNT.replace(" + 1", "")}, _SHAPE, "last windows missing"),
    _unfold("inner-windows", {_STACK: f"{_STACK}[:, :-1, :-1]"}, _SHAPE, "last windows missing"),
    _unfold("one-too-many", {_COUNT: _COUNT.replace("+ 1", "+ 2")}, _ERROR, "slices of different sizes"),
    _unfold(
        "no-end",
        {_CUT: "slices = [images[:, down:, right:] for down, right in offsets]"},
        _ERROR,
        "slices of different sizes",
    ),
    _unfold(
        "end-without-offset",
        {_CUT: "slices = [images[:, down:rows, right:columns] for down, right in offsets]"},
        _ERROR,
        "slices of different sizes",
    ),
    _unfold("batch-axis-cut", {_CUT: _CUT.replace("[:, ", "[")}, _ERROR, "slices of different sizes"),
    _unfold(
        "from-one",
        {_OFFSETS: _OFFSETS.replace("(size)", "(1, size + 1)")},
        _ERROR,
        "slices of different sizes",
    ),
    _unfold(
        "rows-twice", {"images.shape[2]": "images.shape[1]"}, _SHAPE, "right for squares only", "squares"
    ),
    _unfold(
        "window-for-slice",
        {_CUT: "slices = [images[:, down : down + size, right : right + size] for down, right in offsets]"},
        _SHAPE,
        "windows taken for slices",
    ),
    _unfold(
        "axes-0-and-1",
        {_COUNT: "rows, columns = images.shape[0] - size + 1, images.shape[1] - size + 1"},
        _SHAPE,
        "one axis off",
    ),
    _unfold(
        "side-by-side",
        {
            _COUNT: "rows, columns = images.shape[1] // size * size, images.shape[2] // size * size",
            _CUT: "slices = [images[:, down:rows:size, right:columns:size] for down, right in offsets]",
        },
        _SHAPE,
        "windows side by side",
    ),
    Wrong(
        "steps-of-size",
        "Unfold",
        {_CUT: "slices = [images[:, down::size, right::size] for down, right in offsets]"},
        _SHAPE,
        "slices of different sizes",
        also=("windows side by side",),
    ),
    _unfold(
        "turned",
        {_OFFSETS: _OFFSETS.replace("(down, right)", "(right, down)")},
        _SHAPE,
        "window turned",
        "turned kernels",
    ),
    _unfold("mirrored", {_STACK: f"{_STACK}[..., ::-1]"}, _SHAPE, "window turned", "mirrored kernels"),
    _unfold(
        "stacked-in-the-loop",
        {
            f"return {_STACK}": "return found",
            _CUT: "for down, right in offsets:\n"
            "            found = [images[:, down : down + rows, right : right + columns]]\n"
            "        found = np.stack(found, axis=-1)",
        },
        _SHAPE,
        "one offset only",
    ),
    _unfold(
        "upper-left-each-time",
        {_CUT: "slices = [images[:, :rows, :columns] for down, right in offsets]"},
        _SHAPE,
        "offset forgotten",
    ),
    _unfold(
        "two-by-two", {_OFFSETS: _OFFSETS.replace("(size)", "(2)")}, _SHAPE, "setting ignored", "one size"
    ),
    _unfold("one-image", {_STACK: f"{_STACK}[:1]"}, 1, "only the first image", "one image"),
    _unfold("float64", {_STACK: f"{_STACK}.astype(float)"}, 0.5, "dtype not kept", "float64"),
    _unfold(
        "edge-of-zeros",
        {
            _COUNT: "rows, columns = images.shape[1:]\n"
            "        images = np.pad(images, ((0, 0), (0, size - 1), (0, size - 1)))"
        },
        _SHAPE,
        "windows beyond the edge",
    ),
    _unfold("summed-up", {_STACK: "sum(slices)"}, _SHAPE, "everything added up"),
    _unfold(
        "alone-as-it-is",
        {_COUNT: f"if size == 1:\n            return images\n        {_COUNT}"},
        1,
        "axis lost",
        survives="larger windows",
    ),
    _unfold("data-of-an-array", {"[images[": "[images.data["}, _ERROR, "array for Tensor"),
    _unfold(
        "returned-in-the-outer-loop",
        {_STACK: f"{_STACK}[..., :size]"},
        _SHAPE,
        "one offset only",
    ),
    _unfold("height-from-width", {"images.shape[1]": "images.shape[2]"}, _ERROR, "right for squares only"),
    _unfold("two-everywhere", {"size = self.size": "size = 2"}, _SHAPE, "setting ignored", "one size"),
    _unfold(
        "reshaped-to-the-end",
        {_STACK: "np.stack(slices).reshape(len(images), rows, columns, size**2)"},
        _SHAPE,
        "reshape for transpose",
    ),
    _unfold(
        "windows-in-front",
        {_STACK: f"np.moveaxis({_STACK}, 0, 2).reshape(len(images), rows, columns, size**2)"},
        1,
        "reshape for transpose",
        "one image",
    ),
    _unfold(
        "zeros-filled",
        {
            _CUT: f"{_CUT}\n        made = np.zeros((len(images), rows, columns, size**2))",
            f"return {_STACK}": "made[...] = np.stack(slices, axis=-1)\n        return made",
        },
        0.5,
        "dtype not kept",
        "float64",
    ),
    _unfold("forward-not-returned", {f"return {_STACK}": _STACK}, _ERROR, "nothing returned"),
)

BACKWARD = (
    _unfold(
        "overwritten", {"] += out": "] = out"}, 2, "gradient overwritten instead of added", "one window each"
    ),
    _unfold(
        "repeated-places",
        {_OUT: _PLACES.format("+=")},
        2,
        "gradient overwritten instead of added",
        "one window each",
    ),
    _unfold(
        "set-places",
        {_OUT: _PLACES.format("=")},
        2,
        "gradient overwritten instead of added",
        "one window each",
    ),
    _unfold(
        "windows-set",
        {_WINDOWS: _WINDOW_BY_WINDOW.format("out_grad.shape[1]", "out_grad.shape[2]", "=")},
        2,
        "gradient overwritten instead of added",
        "one window each",
    ),
    _unfold(
        "windows-one-short",
        {_WINDOWS: _WINDOW_BY_WINDOW.format("grad.shape[1] - k", "grad.shape[2] - k", "+=")},
        _VALUE,
        "last windows missing",
    ),
    _unfold("multiplied", {"] += out": "] *= out"}, _VALUE, "zeros unchanged"),
    _unfold("added-to-a-copy", {"] += out": "].copy()[...] += out"}, _VALUE, "zeros unchanged"),
    _unfold(
        "part-made-anew",
        {
            _ADD: "part = grad[:, down : down + rows, right : right + columns]\n"
            "            part = part + out_grad.data[..., place]"
        },
        _VALUE,
        "zeros unchanged",
    ),
    _unfold("a-list-of-one", {_OUT: "return [Tensor(grad)]"}, _BACK_ERROR, "list instead of a Tensor"),
    _unfold(
        "zeros-made-once",
        {
            _ZEROS: "if getattr(self, 'grad', None) is None:\n"
            "            self.grad = np.zeros_like(node._inputs[0].data)\n"
            "        grad = self.grad"
        },
        0.5,
        "memory between calls",
        "one call for each object",
    ),
    _unfold(
        "shape-noted",
        {
            _COUNT: f"{_COUNT}\n        self.shape = images.shape",
            _ZEROS: "grad = np.zeros(self.shape, out_grad.data.dtype)",
        },
        0.5,
        "memory between calls",
        "one call for each object",
    ),
    _unfold(
        "images-noted",
        {_COUNT: f"{_COUNT}\n        self.images = images", _ZEROS: "grad = np.zeros_like(self.images)"},
        0.5,
        "memory between calls",
        "one call for each object",
    ),
    _unfold("taken-off", {"] += out": "] -= out"}, _VALUE, "wrong sign"),
    _unfold("divided", {_OUT: "return Tensor(grad / self.size**2)"}, _VALUE, "mean instead of sum"),
    _unfold(
        "divided-by-windows",
        {_OUT: "return Tensor(grad / (rows * columns))"},
        2,
        "mean instead of sum",
        "one window each",
    ),
    _unfold(
        "times-the-images",
        {_OUT: "return Tensor(grad * node._inputs[0].data)"},
        _VALUE,
        "own value instead of the slope",
    ),
    _unfold("an-array", {_OUT: "return grad"}, _BACK_ERROR, "array returned"),
    _unfold(
        "zeros-of-float64",
        {_ZEROS: "grad = np.zeros(node._inputs[0].shape)"},
        0.5,
        "dtype not kept",
        "float64",
    ),
    _unfold("back-turned", {_DIV: "right, down = divmod(place, self.size)"}, _VALUE, "window turned"),
    _unfold("back-mirrored", {"[..., place]": "[..., -place - 1]"}, _VALUE, "window turned"),
    _unfold(
        "returned-in-the-loop",
        {_OUT: "    return Tensor(grad)"},
        _VALUE,
        "one copy instead of the sum of copies",
    ),
    _unfold(
        "zeros-in-the-outer-loop",
        {_DIV: f"{_DIV}\n            grad = grad * (right > 0)"},
        _VALUE,
        "one copy instead of the sum of copies",
    ),
    _unfold("number-stays", {"[..., place]": "[..., 0]"}, _VALUE, "offset number miscounted"),
    _unfold("number-by-rows", {"[..., place]": "[..., down]"}, _VALUE, "offset number miscounted"),
    _unfold("number-begins-anew", {"[..., place]": "[..., right]"}, _VALUE, "offset number miscounted"),
    _unfold("number-as-a-sum", {"[..., place]": "[..., down + right]"}, _VALUE, "offset number miscounted"),
    _unfold(
        "number-for-two",
        {"[..., place]": "[..., down * 2 + right]"},
        _VALUE,
        "offset number miscounted",
        "one size",
    ),
    _unfold("number-from-one", {"[..., place]": "[..., place + 1]"}, _BACK_ERROR, "offset number miscounted"),
    _unfold("ones-for-zeros", {"np.zeros_like": "np.ones_like"}, _VALUE, "start is not zero"),
    _unfold("images-for-zeros", {_ZEROS: "grad = node._inputs[0].data.copy()"}, _VALUE, "start is not zero"),
    _unfold("into-the-images", {_ZEROS: "grad = node._inputs[0].data"}, _VALUE, "start is not zero"),
    _unfold("one-number", {_OUT: "return Tensor(grad.sum())"}, _BACK_ERROR, "everything added up"),
    _unfold(
        "images-summed", {_OUT: "return Tensor(sum(grad))"}, _BACK_ERROR, "sum over what was not repeated"
    ),
    _unfold("first-for-all", {"[..., place]": "[0, ..., place]"}, 1, "only the first image", "one image"),
    _unfold("first-alone", {_OUT: "return Tensor(grad[0])"}, _BACK_ERROR, "only the first image"),
    _unfold("all-parts-each-time", {"[..., place]": ".sum(axis=-1)"}, _VALUE, "summed along one axis"),
    _unfold(
        "zeros-like-a-part",
        {
            _ZEROS: "grad = np.zeros_like(out_grad.data[..., 0])",
            _BACK_COUNT: "rows, columns = (n - self.size + 1 for n in out_grad.shape[1:3])",
        },
        _BACK_ERROR,
        "shape of the output",
    ),
    _unfold(
        "first-shape-noted",
        {
            _COUNT: f"{_COUNT}\n        self.shape = getattr(self, 'shape', images.shape)",
            _ZEROS: "grad = np.zeros(self.shape, out_grad.data.dtype)",
        },
        0.5,
        "memory between calls",
        "one call for each object",
    ),
    _unfold(
        "zeros-made-on-the-way",
        {_COUNT: f"{_COUNT}\n        self.grad = np.zeros_like(images)", _ZEROS: "grad = self.grad"},
        0.5,
        "memory between calls",
        "one call for each object",
    ),
    _unfold("without-batch", {_ADD: _ADD.replace("[:, ", "[")}, _BACK_ERROR, "slice of the wrong axes"),
    _unfold(
        "brackets-in-a-row",
        {_ADD: "grad[:][down : down + rows][right : right + columns] += out_grad.data[..., place]"},
        _BACK_ERROR,
        "slice of the wrong axes",
    ),
    _unfold("no-slice", {_ADD: "grad += out_grad.data[..., place]"}, _BACK_ERROR, "slice left out"),
    _unfold(
        "back-window-for-slice",
        {_BACK_COUNT: "rows = columns = self.size"},
        _BACK_ERROR,
        "windows taken for slices",
    ),
    _unfold("places-in-rows", {"[..., place]": "[:, place]"}, _BACK_ERROR, "wrong axis taken out"),
    _unfold("places-in-columns", {"[..., place]": "[..., place, :]"}, _BACK_ERROR, "wrong axis taken out"),
    _unfold("no-place", {"[..., place]": ""}, _BACK_ERROR, "wrong axis taken out"),
    _unfold("two-places", {"[..., place]": "[..., down, right]"}, _BACK_ERROR, "wrong axis taken out"),
    _unfold(
        "back-two-everywhere",
        {
            _BACK_COUNT: "rows, columns = (length - 1 for length in grad.shape[1:])",
            "self.size**2": "4",
            "divmod(place, self.size)": "divmod(place, 2)",
        },
        3,
        "setting ignored",
        "one size",
    ),
    _unfold(
        "output-for-input",
        {_ZEROS: "count, height, width = node.data.shape"},
        _BACK_ERROR,
        "output used for input",
    ),
    _unfold(
        "all-inputs", {"node._inputs[0].data": "node._inputs.data"}, _BACK_ERROR, "tuple for its only entry"
    ),
    _unfold(
        "zeros-in-a-tensor",
        {_ZEROS: "grad = Tensor(np.zeros_like(node._inputs[0].data))"},
        _BACK_ERROR,
        "Tensor treated as an array",
    ),
    _unfold(
        "zeros-in-the-loop",
        {_DIV: f"{_DIV}\n            grad = grad * 0"},
        _VALUE,
        "one copy instead of the sum of copies",
    ),
    _unfold(
        "size-for-its-square",
        {"range(self.size**2)": "range(self.size)"},
        _VALUE,
        "one copy instead of the sum of copies",
    ),
    _unfold("places-from-one", {"range(self.size**2)": "range(1, self.size**2)"}, _VALUE, "counted from 1"),
    _unfold(
        "back-upper-left",
        {_ADD: "grad[:, :rows, :columns] += out_grad.data[..., place]"},
        _VALUE,
        "offset forgotten",
    ),
    _unfold("counted", {"+= out_grad.data[..., place]": "+= 1"}, _VALUE, "forgot out_grad"),
    _unfold(
        "images-added-up",
        {"[..., place]": "[..., place].sum(axis=0)"},
        1,
        "sum over what was not repeated",
        "one image",
    ),
    _unfold(
        "back-one-image",
        {_ADD: _ADD.replace("grad[:,", "grad[0,", 1).replace("data[...", "data[0, ...")},
        1,
        "only the first image",
        "one image",
    ),
    _unfold("as-it-came", {_OUT: "return out_grad"}, _BACK_ERROR, "not led back"),
    _unfold("window-added-up", {_OUT: "return out_grad.sum(axis=-1)"}, _BACK_ERROR, "summed along one axis"),
    _unfold(
        "zeros-like-the-output",
        {_ZEROS: "grad = np.zeros_like(out_grad.data)"},
        _BACK_ERROR,
        "shape of the output",
    ),
    _unfold(
        "slices-like-the-images",
        {_BACK_COUNT: "rows, columns = grad.shape[1:3]"},
        _BACK_ERROR,
        "pixels counted for windows",
    ),
    _unfold(
        "back-no-plus-one",
        {_BACK_COUNT: "rows, columns = (n - self.size for n in grad.shape[1:])"},
        _BACK_ERROR,
        "last windows missing",
    ),
    _unfold(
        "back-rows-twice",
        {_BACK_COUNT: "rows = columns = out_grad.shape[1]"},
        4,
        "right for squares only",
        "squares",
    ),
    _unfold(
        "back-exchanged",
        {_BACK_COUNT: "columns, rows = out_grad.shape[1:3]"},
        4,
        "right for squares only",
        "squares",
    ),
    _unfold("first-axis-taken", {"[..., place]": "[place]"}, _BACK_ERROR, "wrong axis taken out"),
    _unfold("images-by-name", {_ZEROS: "grad = np.zeros_like(images)"}, _BACK_ERROR, "inputs not taken out"),
    _unfold(
        "tensor-with-brackets",
        {"out_grad.data[..., place]": "out_grad[..., place]"},
        _BACK_ERROR,
        "Tensor treated as an array",
    ),
    _unfold(
        "noted-on-the-class",
        {
            _COUNT: f"{_COUNT}\n        Unfold.rows, Unfold.columns = rows, columns",
            _BACK_COUNT: "rows, columns = self.rows, self.columns",
        },
        _BACK_ERROR,
        "memory between calls",
    ),
    _unfold("back-not-returned", {_OUT: "pass"}, _BACK_ERROR, "nothing returned"),
    _unfold("gives-up", {_ZEROS: "raise ValueError('not yet')"}, _BACK_ERROR),
)

# conv -------------------------------------------------------------------------------------------------

_PRODUCT = "windows @ kernels"
_SUM = f"return {_PRODUCT} + bias"
_UNFOLDED = "Unfold(size)(images)"


def _conv(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "conv", edits, loses, family, survives=survives)


CONV = (
    _conv("no-bias", {" + bias": ""}, 2, "bias forgotten"),
    _conv("minus", {"+ bias": "- bias"}, 2, "wrong sign"),
    _conv("bias-inside", {f"{_PRODUCT} + bias": "windows @ (kernels + bias)"}, 2, "order of operations"),
    _conv("bias-to-windows", {f"{_PRODUCT} + bias": "(windows + bias) @ kernels"}, 2, "order of operations"),
    _conv("one-bias-for-all", {"+ bias": "+ bias.sum()"}, 2, "summed all axes", "one kernel"),
    _conv("bias-for-each-column", {"+ bias": "+ bias.reshape((-1, 1))"}, 2, "vectors lie the wrong way"),
    _conv("bias-as-a-factor", {"+ bias": "* bias"}, 2, "bias multiplied"),
    _conv("windows-only", {_SUM: "return windows"}, 2, "kernels left out"),
    _conv("averaged", {_PRODUCT: f"{_PRODUCT} / size**2"}, 2, "mean instead of sum"),
    _conv("kernels-reversed", {"@ kernels": "@ Tensor(kernels.data[::-1])"}, 2, "window turned"),
    _conv("relu-at-once", {f"{_PRODUCT} + bias": f"({_PRODUCT} + bias).relu()"}, 2, "another function"),
    _conv("not-returned", {_SUM: f"{_PRODUCT} + bias"}, 2, "nothing returned"),
    _conv(
        "forward-by-hand",
        {_UNFOLDED: "Tensor(Unfold(size).forward(images.data))"},
        1,
        "history cut",
        "no gradient",
    ),
    _conv("array-of-images", {_UNFOLDED: "Unfold(size)(images.data)"}, 1, "history cut", "no gradient"),
    _conv("array-of-windows", {"windows @": "windows.data @"}, 1, "history cut", "no gradient"),
    _conv("array-of-kernels", {"@ kernels": "@ kernels.data"}, 1, "history cut", "no gradient"),
    _conv("array-of-biases", {"+ bias": "+ bias.numpy()"}, 1, "history cut", "no gradient"),
    _conv(
        "wrapped-anew", {_SUM: f"return Tensor(({_PRODUCT} + bias).data)"}, 1, "history cut", "no gradient"
    ),
    _conv(
        "nothing-recorded",
        {
            f"windows = {_UNFOLDED}\n    return ": "with no_grad():\n"
            "        windows = Unfold(size)(images)\n        return "
        },
        1,
        "history not recorded",
        "no gradient",
    ),
    _conv(
        "arrays-throughout",
        {f"{_PRODUCT} + bias": "windows.data @ kernels.data + bias.data"},
        2,
        "array returned",
    ),
    _conv(
        "dot",
        {f"return {_PRODUCT} + bias": "return np.dot(windows, kernels) + bias"},
        2,
        "NumPy function on a Tensor",
    ),
    _conv(
        "np-matmul",
        {f"return {_PRODUCT} + bias": "return np.matmul(windows, kernels) + bias"},
        2,
        "NumPy function on a Tensor",
    ),
    _conv("lower-case", {_UNFOLDED: "unfold(size)(images)"}, 2, "name misspelt"),
    _conv("mean-of-biases", {"+ bias": "+ bias.data.mean()"}, 2, "history cut"),
    _conv("times", {_PRODUCT: "windows * kernels"}, 2, "element-wise product instead"),
    _conv("exchanged", {_PRODUCT: "kernels @ windows"}, 2, "operands exchanged"),
    _conv("kernels-turned", {"@ kernels": "@ kernels.T"}, 2, "vectors lie the wrong way"),
    _conv("two", {"Unfold(size)": "Unfold(2)"}, 2, "setting ignored", "one size"),
    _conv("three", {"Unfold(size)": "Unfold(3)"}, 2, "setting ignored", "one size"),
    _conv("not-called", {_UNFOLDED: "Unfold(size)"}, 2, "made, not called"),
    _conv("made-with-both", {_UNFOLDED: "Unfold(images, size)"}, 2, "class for instance"),
    _conv("made-with-images", {_UNFOLDED: "Unfold(images)(size)"}, 2, "class for instance"),
    _conv("forward-of-tensors", {_UNFOLDED: "Unfold(size).forward(images)"}, 2, "forward gets Tensors"),
    _conv(
        "channels-second",
        {_SUM: f"return ({_PRODUCT} + bias).transpose((0, 3, 1, 2))"},
        2,
        "table transposed",
    ),
    _conv(
        "places-in-a-row", {_SUM: f"return ({_PRODUCT} + bias).reshape((-1, bias.shape[0]))"}, 2, "axis lost"
    ),
    _conv("all-added-up", {_SUM: f"return ({_PRODUCT} + bias).sum()"}, 2, "everything added up"),
    _conv("images-times-kernels", {_SUM: "return images @ kernels + bias"}, 2, "wrong input asked"),
    _conv("weights-of-its-own", {_SUM: "return Linear(size * size, bias.shape[0], rng=3)(windows)"}, 2),
)

WRONG = (*FORWARD, *BACKWARD, *CONV)
