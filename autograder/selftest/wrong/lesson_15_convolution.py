"""Wrong solutions of lesson 15: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

_ADD = "grad[:, down : down + rows, right : right + columns] += out_grad.data[..., place]"
_DIV = "down, right = divmod(place, self.size)"
_OFFSETS = "offsets = [(down, right) for down in range(size) for right in range(size)]"
_COUNT = "rows, columns = images.shape[1] - size + 1, images.shape[2] - size + 1"
_OUT = "return Tensor(grad)"


def _unfold(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "Unfold", edits, loses, family, survives=survives)


def _conv(name: str, edits: dict[str, str], loses: float, family: str = "") -> Wrong:
    return Wrong(name, "conv", edits, loses, family)


UNFOLD = (
    _unfold("stacked-in-front", {"axis=-1": "axis=0"}, 4, "wrong axis"),
    _unfold("stacked-second", {"axis=-1": "axis=1"}, 4, "wrong axis"),
    _unfold("no-plus-one", {_COUNT: _COUNT.replace(" + 1", "")}, 4, "last windows missing"),
    _unfold("rows-twice", {"images.shape[2]": "images.shape[1]"}, 4, "right for squares only"),
    _unfold(
        "turned",
        {_OFFSETS: _OFFSETS.replace("(down, right)", "(right, down)")},
        4,
        "window turned",
    ),
    _unfold("mirrored", {"axis=-1)": "axis=-1)[..., ::-1]"}, 4, "window turned"),
    _unfold("forward-not-returned", {"return np.stack(": "np.stack("}, 4, "nothing returned"),
    _unfold("overwritten", {"] += out": "] = out"}, 2, "gradient overwritten instead of added"),
    _unfold(
        "repeated-places",
        {
            _OUT: "p = self.forward(np.arange(grad.size).reshape(grad.shape))\n"
            "        grad = np.zeros(grad.shape)\n        grad.flat[p] += out_grad.data\n"
            "        return Tensor(grad)"
        },
        2,
        "gradient overwritten instead of added",
    ),
    _unfold("divided", {_OUT: "return Tensor(grad / self.size**2)"}, 3, "mean instead of sum"),
    _unfold("an-array", {_OUT: "return grad"}, 4, "array returned"),
    _unfold("back-turned", {_DIV: "right, down = divmod(place, self.size)"}, 3, "window turned"),
    _unfold(
        "returned-in-the-loop",
        {_OUT: "    return Tensor(grad)"},
        3,
        "one copy instead of the sum of copies",
    ),
    _unfold("as-it-came", {_OUT: "return out_grad"}, 4, "not led back"),
    _unfold("counted", {"+= out_grad.data[..., place]": "+= 1"}, 3, "forgot out_grad"),
    _unfold("back-not-returned", {_OUT: "pass"}, 4, "nothing returned"),
)

_SUM = "return windows @ kernels + bias"

CONV = (
    _conv("no-bias", {" + bias": ""}, 2, "bias forgotten"),
    _conv("minus", {"+ bias": "- bias"}, 2, "wrong sign"),
    _conv("windows-only", {_SUM: "return windows"}, 2, "kernels left out"),
    _conv("not-returned", {_SUM: "windows @ kernels + bias"}, 2, "nothing returned"),
    _conv(
        "forward-by-hand",
        {"Unfold(size)(images)": "Tensor(Unfold(size).forward(images.data))"},
        1,
        "history cut",
    ),
    _conv("wrapped-anew", {_SUM: "return Tensor((windows @ kernels + bias).data)"}, 1, "history cut"),
    _conv("times", {"windows @ kernels": "windows * kernels"}, 2, "element-wise product instead"),
    _conv("exchanged", {"windows @ kernels": "kernels @ windows"}, 2, "operands exchanged"),
)

WRONG = (*UNFOLD, *CONV)
