"""Wrong solutions of lesson 05: one mistake each."""

from __future__ import annotations

from functools import partial

from autograder.selftest.corpus import Wrong

_reshape, _transpose = partial(Wrong, exercise="Reshape"), partial(Wrong, exercise="Transpose")
_summation, _broadcast_to = partial(Wrong, exercise="Summation"), partial(Wrong, exercise="BroadcastTo")

RESHAPE = (
    _reshape(
        "read-by-columns",
        edits={"x.reshape(self.shape)": 'x.ravel(order="F").reshape(self.shape)'},
        loses=0.5,
        family="transpose for reshape",
        also=("column by column",),
        survives="vectors",
    ),
    _reshape(
        "filled-by-columns",
        edits={"x.reshape(self.shape)": 'np.reshape(x, self.shape, order="F")'},
        loses=0.5,
        family="column by column",
        survives="vectors",
    ),
    _reshape(
        "np-resize",
        edits={"x.reshape(self.shape)": "np.resize(x, self.shape)"},
        loses=0.5,
        family="other operation",
        survives="sizes without -1",
    ),
    _reshape(
        "two-sizes-only",
        edits={"x.reshape(self.shape)": "x.reshape(self.shape[0], self.shape[1])"},
        loses=0.5,
        family="right for two axes only",
        survives="matrices",
    ),
    _reshape(
        "shape-assigned-to-the-array",
        edits={"return x.reshape(self.shape)": "x.shape = self.shape\n        return x"},
        loses=0.5,
        family="caller's array changed",
        survives="values",
    ),
    _reshape(
        "array-resized-in-place",
        edits={"x.reshape(self.shape)": "x.resize(self.shape)"},
        loses=0.5,
        family="caller's array changed",
    ),
    _reshape(
        "shape-kept-in-the-class",
        edits={
            "return x.reshape(": "Reshape.before = x.shape\n        return x.reshape(",
            "Reshape(x.shape)(out": "Reshape(Reshape.before)(out",
        },
        loses=1.5,
        family="memory between calls",
        survives="one call",
    ),
    _reshape(
        "shape-of-the-output-again",
        edits={"Reshape(x.shape)(out": "Reshape(self.shape)(out"},
        loses=1.5,
        family="shape of the output",
        survives="equal shapes",
    ),
    _reshape(
        "one-long-row",
        edits={"Reshape(x.shape)(out": "Reshape((x.size,))(out"},
        loses=1.5,
        family="shape of the output",
        survives="vectors",
    ),
    _reshape("node-for-out-grad", edits={"(out_grad)": "(node)"}, loses=1, family="values for gradients"),
    _reshape(
        "ones-in-the-right-shape",
        edits={"return Reshape(x.shape)(out_grad)": "return Tensor(np.ones(x.shape))"},
        loses=1,
        family="forgot out_grad",
        survives="last operation",
    ),
    _reshape(
        "turned-on-the-way-back",
        edits={"(out_grad)": "(out_grad.T)"},
        loses=1.5,
        family="transpose for reshape",
        survives="upstream gradient of ones",
    ),
    _reshape(
        "never-called",
        edits={"Reshape(x.shape)(out_grad)": "Reshape(x.shape)"},
        loses=1.5,
        family="made, not called",
    ),
    _reshape(
        "array-handed-back",
        edits={"Reshape(x.shape)(out_grad)": "np.reshape(out_grad.data, x.shape)"},
        loses=1.5,
        family="array for Tensor",
    ),
    _reshape(
        "out-grad-reshaped-in-place",
        edits={"return Reshape(x.shape)(out_grad)": "out_grad.data.shape = x.shape\n        return out_grad"},
        loses=1,
        family="caller's array changed",
        survives="values",
    ),
)

TRANSPOSE = (
    _transpose(
        "all-axes-reversed-forward",
        edits={"np.swapaxes(x, -1, -2)": "x.T"},
        loses=0.5,
        family="all axes reversed",
        survives="matrices",
    ),
    _transpose(
        "first-two-swapped",
        edits={"np.swapaxes(x, -1, -2)": "np.swapaxes(x, 0, 1)"},
        loses=0.5,
        family="last two counted from the front",
        survives="matrices",
    ),
    _transpose(
        "two-negative-axes-named",
        edits={"np.swapaxes(x, -1, -2)": "x.transpose(-1, -2)"},
        loses=0.5,
        family="right for a matrix only",
        survives="matrices",
    ),
    _transpose(
        "swapaxes-of-all-axes",
        edits={"x.transpose(self.axes)": "np.swapaxes(x, *self.axes)"},
        loses=0.5,
        family="axes read as a pair",
        survives="matrices",
    ),
    _transpose(
        "axes-say-where-to",
        edits={"x.transpose(self.axes)": "np.moveaxis(x, range(x.ndim), self.axes)"},
        loses=0.5,
        family="axes read the other way round",
        survives="swaps",
    ),
    _transpose(
        "reshaped-to-the-new-sizes",
        edits={"x.transpose(self.axes)": "x.reshape([x.shape[axis] for axis in self.axes])"},
        loses=0.5,
        family="reshape for transpose",
        survives="shapes",
    ),
    _transpose(
        "axes-ignored-forward",
        edits={"x.transpose(self.axes)": "x.T"},
        loses=0.5,
        family="setting ignored",
        survives="matrices",
    ),
    _transpose(
        "same-axes-again",
        edits={"(tuple(np.argsort(from_the_front)))": "(self.axes)"},
        loses=2,
        family="wrong permutation again instead of its inverse",
        survives="swaps",
    ),
    _transpose(
        "inverse-of-the-inverse",
        edits={"np.argsort(from_the_front)": "np.argsort(np.argsort(from_the_front))"},
        loses=2,
        family="wrong permutation again instead of its inverse",
        survives="swaps",
    ),
    _transpose(
        "place-and-axis-mixed-up",
        edits={
            "        return Transpose(tuple(np.argsort(from_the_front)))": """\
        inverse = [0] * len(self.axes)
        for place, axis in enumerate(from_the_front):
            inverse[place] = axis
        return Transpose(tuple(inverse))"""
        },
        loses=2,
        family="wrong permutation again instead of its inverse",
        survives="swaps",
    ),
    _transpose(
        "order-read-from-the-end",
        edits={"tuple(np.argsort(from_the_front))": "tuple(reversed(from_the_front))"},
        loses=3,
        family="wrong permutation again instead of its inverse",
    ),
    _transpose(
        "inverse-read-from-the-end",
        edits={"np.argsort(from_the_front)": "np.argsort(from_the_front)[::-1]"},
        loses=3,
        family="wrong permutation again instead of its inverse",
    ),
    _transpose(
        "negative-axes-sorted-first",
        edits={"np.argsort(from_the_front)": "np.argsort(self.axes)"},
        loses=1,
        family="negative axes not normalised",
        survives="non-negative axes",
    ),
    _transpose(
        "number-of-axes-added-to-all",
        edits={"axis % len(self.axes)": "axis + len(self.axes)"},
        loses=1,
        family="negative axes not normalised",
        survives="non-negative axes",
    ),
    _transpose(
        "number-of-axes-minus-axis",
        edits={"axis % len(self.axes)": "axis if axis >= 0 else len(self.axes) - axis"},
        loses=1,
        family="negative axes not normalised",
        survives="one negative axis",
    ),
    _transpose(
        "minus-1-only",
        edits={"axis % len(self.axes)": "len(self.axes) - 1 if axis == -1 else axis"},
        loses=1,
        family="negative axes not normalised",
        survives="-1",
    ),
    _transpose(
        "sign-dropped",
        edits={"axis % len(self.axes)": "abs(axis)"},
        loses=1,
        family="negative axes not normalised",
        survives="non-negative axes",
    ),
    _transpose(
        "one-less-than-the-number-of-axes",
        edits={"axis % len(self.axes)": "axis % (len(self.axes) - 1)"},
        loses=3,
        family="divided by a number too small",
    ),
    _transpose(
        "nothing-to-undo-without-axes",
        edits={"return Transpose()(out_grad)": "return out_grad"},
        loses=1,
        family="not led back",
    ),
    _transpose(
        "all-axes-reversed-backward",
        edits={"return Transpose()(out_grad)": "return Tensor(out_grad.data.T)"},
        loses=1,
        family="all axes reversed",
        survives="matrices",
    ),
    _transpose(
        "no-case-for-none",
        edits={"        if self.axes is None:\n            return Transpose()(out_grad)\n": ""},
        loses=1,
        family="axes None not handled",
        survives="axes named",
    ),
    _transpose(
        "axes-ignored-backward",
        edits={"Transpose(tuple(np.argsort(from_the_front)))(out_grad)": "out_grad.T"},
        loses=3,
        family="setting ignored",
        survives="matrices",
    ),
    _transpose(
        "reshaped-on-the-way-back",
        edits={
            "Transpose(tuple(np.argsort(from_the_front)))(out_grad)": (
                "Tensor(out_grad.data.reshape(node._inputs[0].shape))"
            )
        },
        loses=3,
        family="reshape for transpose",
        survives="upstream gradient of ones",
    ),
    _transpose(
        "array-handed-back",
        edits={
            "Transpose(tuple(np.argsort(from_the_front)))(out_grad)": (
                "out_grad.data.transpose(np.argsort(from_the_front))"
            )
        },
        loses=3,
        family="array for Tensor",
    ),
)

_KEPT = "        kept = np.zeros(x.shape).sum(axis=self.axes, keepdims=True).shape\n"
_SPREAD = "BroadcastTo(x.shape)(Reshape(kept)(out_grad))"


def _marked(*lines: str) -> dict[str, str]:
    """The sizes of x with a 1 for each summed axis, where `lines` say which these are."""
    body = "".join(f"        {line}\n" for line in lines)
    loop = "        kept = list(x.shape)\n        for axis in axes:\n            kept[axis] = 1\n"
    return {_KEPT: body + loop}


def _put_back(*lines: str) -> dict[str, str]:
    """The summed axes put back into the array one by one, where `lines` end in a loop over their numbers."""
    first = "axes = (self.axes,) if isinstance(self.axes, int) else self.axes or ()"
    body = "".join(f"        {line}\n" for line in ("grad = out_grad.data", first, *lines))
    return {_KEPT: body, _SPREAD: "Tensor(np.broadcast_to(grad, x.shape))"}


def _in_a_loop(order: str) -> dict[str, str]:
    """Forward, which sums along one axis at a time."""
    return {
        "        return x.sum(axis=self.axes, keepdims=self.keepdims)": f"""\
        axes = [self.axes] if isinstance(self.axes, int) else self.axes
        if axes is None:
            return x.sum(keepdims=self.keepdims)
        for axis in {order}:
            x = x.sum(axis=axis, keepdims=self.keepdims)
        return x"""
    }


SUMMATION = (
    _summation("mean-forward", edits={"x.sum(": "x.mean("}, loses=0.5, family="mean instead of sum"),
    _summation(
        "keepdims-forgotten-forward",
        edits={"(axis=self.axes, keepdims=self.keepdims)": "(axis=self.axes)"},
        loses=0.5,
        family="keepdims ignored",
    ),
    _summation(
        "one-after-the-other",
        edits=_in_a_loop("axes"),
        loses=0.5,
        family="axes move while they are summed",
        survives="axes that go down",
    ),
    _summation(
        "one-after-the-other-from-the-last",
        edits=_in_a_loop("sorted(axes, reverse=True)"),
        loses=0.5,
        family="negative axes not normalised",
        survives="non-negative axes",
    ),
    _summation(
        "axes-or-none",
        edits={"sum(axis=self.axes, keepdims=self": "sum(axis=self.axes or None, keepdims=self"},
        loses=0.5,
        family="empty axes tuple",
        survives="axes but 0",
    ),
    _summation(
        "shape-in-a-global-name",
        edits={
            "        return x.sum(": "        global shape\n        shape = x.shape\n        return x.sum(",
            "        (x,) = node._inputs\n": "",
            "np.zeros(x.shape)": "np.zeros(shape)",
            "BroadcastTo(x.shape)": "BroadcastTo(shape)",
        },
        loses=3.5,
        family="memory between calls",
        survives="one call",
    ),
    _summation(
        "axis-not-put-back",
        edits={"(Reshape(kept)(out_grad))": "(out_grad)"},
        loses=2,
        family="axis not put back",
        survives="axis 0",
    ),
    _summation(
        "shape-without-keepdims",
        edits={"axis=self.axes, keepdims=True": "axis=self.axes"},
        loses=2.5,
        family="axis not put back",
        survives="axis 0",
    ),
    _summation(
        "ones-behind",
        edits={"Reshape(kept)": "Reshape(out_grad.shape + (1,) * (x.ndim - out_grad.ndim))"},
        loses=2,
        family="axis put back at the end",
        survives="last axis",
    ),
    _summation(
        "repeated-in-place",
        edits={_SPREAD: "Tensor(np.repeat(out_grad.data, x.size // max(out_grad.size, 1)).reshape(x.shape))"},
        loses=2.5,
        family="repeated in reading order",
        survives="last axis",
    ),
    _summation(
        "tiled",
        edits={_SPREAD: "Tensor(np.tile(out_grad.data, x.shape))"},
        loses=2.5,
        family="tile for broadcast",
        survives="sum of everything",
    ),
    _summation(
        "reshaped-straight-away",
        edits={_SPREAD: "Reshape(x.shape)(out_grad)"},
        loses=3.5,
        family="reshape for broadcast",
    ),
    _summation(
        "loop-through-an-int",
        edits=_marked("axes = range(x.ndim) if self.axes is None else self.axes"),
        loses=1.5,
        family="axes int not handled",
        survives="tuples",
    ),
    _summation(
        "loop-through-none",
        edits=_marked("axes = [self.axes] if isinstance(self.axes, int) else self.axes"),
        loses=1.5,
        family="axes None not handled",
        survives="axes named",
    ),
    _summation(
        "axis-0-counts-as-false",
        edits=_marked(
            "axes = self.axes if self.axes else range(x.ndim)",
            "axes = [axes] if isinstance(axes, int) else axes",
        ),
        loses=2.5,
        family="empty axes tuple",
        survives="axes but 0",
    ),
    _summation(
        "numbers-from-the-front-only",
        edits={
            _KEPT: """\
        axes = (self.axes,) if isinstance(self.axes, int) else self.axes
        kept = [1 if axes is None or i in axes else size for i, size in enumerate(x.shape)]
"""
        },
        loses=2.5,
        family="negative axes not normalised",
        survives="non-negative axes",
    ),
    _summation(
        "axes-found-by-their-sizes",
        edits={_KEPT: "        kept = [size if size in out_grad.shape else 1 for size in x.shape]\n"},
        loses=2,
        family="axes told by their sizes",
        survives="sizes that differ",
    ),
    _summation(
        "put-back-in-the-order-given",
        edits=_put_back(
            "for axis in axes if not self.keepdims else ():", "    grad = np.expand_dims(grad, axis)"
        ),
        loses=1,
        family="axes put back unsorted",
        survives="sorted axes",
    ),
    _summation(
        "put-back-from-the-end",
        edits=_put_back(
            "for axis in sorted([a % x.ndim for a in axes])[::-1] if not self.keepdims else ():",
            "    grad = np.expand_dims(grad, axis)",
        ),
        loses=1,
        family="axes put back unsorted",
        survives="one axis",
    ),
    _summation(
        "sorted-with-negative-numbers",
        edits=_put_back(
            "for axis in sorted(axes) if not self.keepdims else ():", "    grad = np.expand_dims(grad, axis)"
        ),
        loses=1,
        family="negative axes not normalised",
        survives="non-negative axes",
    ),
    _summation(
        "put-back-although-kept",
        edits=_put_back(
            "for axis in sorted(axis % x.ndim for axis in axes):", "    grad = np.expand_dims(grad, axis)"
        ),
        loses=0.5,
        family="axis put back twice",
        survives="keepdims=False",
    ),
    _summation(
        "ones-everywhere",
        edits={"Reshape(kept)(out_grad)": "Tensor(np.ones(kept, dtype=x.dtype))"},
        loses=3.5,
        family="forgot out_grad",
        survives="last operation",
    ),
    _summation(
        "times-x",
        edits={_SPREAD: f"{_SPREAD} * x"},
        loses=3.5,
        family="own value instead of the slope",
        survives="inputs of ones",
    ),
    _summation(
        "shared-out",
        edits={_SPREAD: f"{_SPREAD} / max(x.size / max(out_grad.size, 1), 1)"},
        loses=3.5,
        family="mean instead of sum",
    ),
    _summation(
        "ones-in-float64",
        edits={_SPREAD: "Reshape(kept)(out_grad) * Tensor(np.ones(x.shape))"},
        loses=3.5,
        family="dtype not kept",
        survives="float64",
    ),
)

_TOTAL = "Summation((*range(new), *stretched))(out_grad)"

BROADCAST_TO = (
    _broadcast_to(
        "tiled",
        edits={"np.broadcast_to(x, self.shape)": "np.tile(x, self.shape)"},
        loses=0.5,
        family="tile for broadcast",
        survives="single numbers",
    ),
    _broadcast_to(
        "times-float64-ones",
        edits={"np.broadcast_to(x, self.shape)": "x * np.ones(self.shape)"},
        loses=0.5,
        family="dtype not kept",
        survives="float64",
    ),
    _broadcast_to(
        "stretched-axes-not-moved",
        edits={"new + axis for": "axis for"},
        loses=0.5,
        family="axes without their offset",
        survives="one kind at a time",
    ),
    _broadcast_to(
        "new-axes-only",
        edits={_TOTAL: "Summation(tuple(range(new)))(out_grad)"},
        loses=1.5,
        family="stretched axes not summed",
        survives="new axes",
    ),
    _broadcast_to(
        "stretched-axes-only",
        edits={_TOTAL: "Summation(tuple(stretched))(out_grad)"},
        loses=1.5,
        family="prepended axes not summed",
        survives="equal numbers of axes",
    ),
    _broadcast_to(
        "first-new-axis-only",
        edits={"*range(new), ": "*range(min(new, 1)), "},
        loses=1.5,
        family="one new axis only",
        survives="one new axis",
    ),
    _broadcast_to(
        "first-1-only",
        edits={
            "[new + axis for axis, size in enumerate(x.shape) if size == 1]": (
                "[new + x.shape.index(1)] if 1 in x.shape else []"
            )
        },
        loses=1.5,
        family="one stretched axis only",
        survives="one stretched axis",
    ),
    _broadcast_to(
        "1-looked-for-among-the-sizes-of-the-output",
        edits={"if size == 1": "if size not in out_grad.shape"},
        loses=1.5,
        family="axes told by their sizes",
        survives="outputs without a 1",
    ),
    _broadcast_to(
        "new-axes-counted-backwards",
        edits={"len(out_grad.shape) - len(x.shape)": "len(x.shape) - len(out_grad.shape)"},
        loses=1.5,
        family="prepended axes not summed",
        survives="equal numbers of axes",
    ),
    _broadcast_to(
        "compared-from-the-left",
        edits={
            "        stretched = [new + axis for axis, size in enumerate(x.shape) if size == 1]\n": "",
            "(*range(new), *stretched)": (
                "tuple(i for i, (a, b) in enumerate(zip(x.shape, out_grad.shape)) if a != b)"
            ),
        },
        loses=1.5,
        family="shapes lined up from the left",
        survives="equal numbers of axes",
    ),
    _broadcast_to(
        "axes-move-in-the-loop",
        edits={
            f"        total = {_TOTAL}": """\
        total = out_grad
        for axis in (*range(new), *stretched):
            total = Summation(axis)(total)"""
        },
        loses=2.5,
        family="axes move while they are summed",
        survives="one axis",
    ),
    _broadcast_to(
        "last-1-lost",
        edits={"Reshape(x.shape)(total)": "total"},
        loses=1.5,
        family="stretched 1 not kept",
        survives="new axes",
    ),
    _broadcast_to(
        "new-axes-still-there",
        edits={"stretched))(out": "stretched), keepdims=True)(out", "Reshape(x.shape)(total)": "total"},
        loses=1.5,
        family="prepended axes kept",
        survives="equal numbers of axes",
    ),
    _broadcast_to(
        "one-row-of-the-new-axes",
        edits={_TOTAL: "Summation([a - new for a in stretched])(Tensor(out_grad.data[(0,) * new]))"},
        loses=1.5,
        family="one copy instead of the sum of copies",
        survives="equal numbers of axes",
    ),
    _broadcast_to(
        "mean-of-the-copies",
        edits={_TOTAL: "out_grad.mean((*range(new), *stretched))"},
        loses=2.5,
        family="mean instead of sum",
    ),
    _broadcast_to(
        "everything-added-up",
        edits={_TOTAL: "Summation()(out_grad)"},
        loses=2.5,
        family="everything added up",
        survives="single numbers",
    ),
    _broadcast_to(
        "in-pieces-as-long-as-x",
        edits={"Reshape(x.shape)(total)": "Reshape(x.shape)(Summation(0)(Reshape((-1, x.size))(out_grad)))"},
        loses=1.5,
        family="repeated in reading order",
        survives="new axes",
    ),
    _broadcast_to(
        "broadcast-again",
        edits={"Reshape(x.shape)(total)": "BroadcastTo(x.shape)(out_grad)"},
        loses=2.5,
        family="broadcast again instead of sum",
    ),
    _broadcast_to(
        "count-of-copies",
        edits={_TOTAL: "Summation((*range(new), *stretched))(Tensor(np.ones(out_grad.shape)))"},
        loses=2.5,
        family="forgot out_grad",
        survives="last operation",
    ),
    _broadcast_to(
        "back-into-the-new-shape",
        edits={"Reshape(x.shape)(total)": "Reshape(self.shape)(total)"},
        loses=2.5,
        family="shape of the output",
    ),
)

WRONG: tuple[Wrong, ...] = (*RESHAPE, *TRANSPOSE, *SUMMATION, *BROADCAST_TO)
