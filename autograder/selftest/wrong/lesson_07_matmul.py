"""Wrong solutions of lesson 07: one mistake each."""

from __future__ import annotations

from functools import partial

from autograder.selftest.corpus import Wrong

_matmul_2d, _matmul = partial(Wrong, exercise="MatMul2D"), partial(Wrong, exercise="MatMul")
_vectors, _operator = partial(Wrong, exercise="matmul"), partial(Wrong, exercise="operator")

_ORDER = "transposes or order wrong in matmul"
_RULES = "out_grad @ transpose(b), transpose(a) @ out_grad"

# An error in backward costs its form, both values and, because the lesson's numbers stop it too, float32.
MATMUL_2D = (
    _matmul_2d(
        "times-for-matmul",
        edits={"a @ b": "a * b"},
        loses=0.75,
        family="element-wise product instead",
        survives="shapes of squares",
    ),
    _matmul_2d(
        "right-factor-first",
        edits={"a @ b": "np.dot(b, a)"},
        loses=0.75,
        family="operands exchanged",
        survives="shapes of squares",
    ),
    _matmul_2d(
        "a-tensor-of-babygrad", edits={"a @ b": "a @ transpose(b)"}, loses=0.75, survives="symmetric matrices"
    ),
    _matmul_2d(
        "turned-on-the-way-forward",
        edits={"a @ b": "np.dot(a, b.T)"},
        loses=0.75,
        family=_ORDER,
        survives="symmetric matrices",
    ),
    _matmul_2d(
        "float64-forward",
        edits={"a @ b": "np.array(a, float) @ b"},
        loses=0.25,
        family="dtype not kept",
        survives="float64",
    ),
    _matmul_2d(
        "float64-backward",
        edits={
            "return out_grad": "out_grad = Tensor(np.array(out_grad.data, float))\n        return out_grad"
        },
        loses=0.25,
        family="dtype not kept",
        survives="float64",
    ),
    _matmul_2d(
        "nothing-turned",
        edits={_RULES: "out_grad @ b, a @ out_grad"},
        loses=2.5,
        family=_ORDER,
        survives="symmetric matrices",
    ),
    _matmul_2d(
        "inputs-on-the-left",
        edits={"out_grad @ transpose(b)": "transpose(b) @ out_grad"},
        loses=2.5,
        family=_ORDER,
        survives="shapes of squares",
    ),
    _matmul_2d(
        "out-grad-on-the-left",
        edits={"transpose(a) @ out_grad": "out_grad @ transpose(a)"},
        loses=2.5,
        family=_ORDER,
        survives="shapes of squares",
    ),
    _matmul_2d(
        "own-inputs-turned",
        edits={_RULES: "out_grad @ transpose(a), transpose(b) @ out_grad"},
        loses=2.5,
        family=_ORDER,
        also=("own value instead of the other's",),
        survives="equal operands",
    ),
    _matmul_2d(
        "out-grad-turned-for-b",
        edits={"transpose(a) @ out_grad": "transpose(out_grad) @ a"},
        loses=1.5,
        family="result turned",
        survives="shapes of squares",
    ),
    _matmul_2d(
        "out-grad-turned-for-a",
        edits={"out_grad @ transpose(b)": "b @ transpose(out_grad)"},
        loses=1.5,
        family="result turned",
        survives="shapes of squares",
    ),
    _matmul_2d(
        "reshaped-for-turned",
        edits={"@ transpose(b)": "@ reshape(b, b.shape[::-1])"},
        loses=1,
        family="reshape instead of transpose",
        survives="shapes",
    ),
    _matmul_2d(
        "first-the-one-for-b",
        edits={_RULES: "transpose(a) @ out_grad, out_grad @ transpose(b)"},
        loses=2.5,
        family="gradient pair swapped",
        survives="shapes of squares",
    ),
    _matmul_2d(
        "one-gradient-only",
        edits={_RULES: "out_grad @ transpose(b)"},
        loses=2.5,
        family="single gradient for two inputs",
    ),
    _matmul_2d(
        "mean-over-the-rows",
        edits={"transpose(a) @ out_grad": "transpose(a) @ out_grad / a.shape[0]"},
        loses=1,
        family="mean instead of sum",
        survives="single rows",
    ),
    _matmul_2d(
        "ones-for-out-grad",
        edits={"return out_grad": "out_grad = Tensor(np.ones_like(out_grad.data))\n        return out_grad"},
        loses=2,
        family="forgot out_grad",
        survives="last operation",
    ),
    _matmul_2d(
        "only-the-other-turned",
        edits={_RULES: "transpose(b), transpose(a)"},
        loses=2.5,
        family="forgot out_grad",
    ),
    _matmul_2d(
        "node-for-out-grad-in-one",
        edits={"out_grad @ transpose(b)": "node @ transpose(b)"},
        loses=1,
        family="output used for out_grad",
    ),
    _matmul_2d(
        "element-by-element",
        edits={_RULES: "out_grad * b, out_grad * a"},
        loses=2.5,
        family="element-wise product instead",
        survives="shapes of squares",
    ),
    _matmul_2d(
        "arrays-handed-back",
        edits={_RULES: "out_grad.data @ b.data.T, a.data.T @ out_grad.data"},
        loses=2.5,
        family="array for Tensor",
    ),
    _matmul_2d(
        "numpy-on-tensors",
        edits={_RULES: "np.dot(out_grad, b.T), np.dot(a.T, out_grad)"},
        loses=2.5,
        family="NumPy function on a Tensor",
    ),
)

_FOR_A, _FOR_B = (
    "unbroadcast(out_grad @ transpose(b), a.shape)",
    "unbroadcast(transpose(a) @ out_grad, b.shape)",
)


def _end_for_b(*lines: str) -> dict[str, str]:
    """What becomes of the product for `b`, instead of `unbroadcast`."""
    body = "".join(f"{line}\n        " for line in lines)
    if_wanted = f"if b.requires_grad:\n            b_grad = {_FOR_B}"
    return {if_wanted: "b_grad = transpose(a) @ out_grad", "return a_grad": f"{body}return a_grad"}


MATMUL = (
    _matmul(
        "np-dot",
        edits={"return a @ b": "return np.dot(a, b)"},
        loses=0.5,
        family="dot instead of matmul",
        survives="2-D",
    ),
    _matmul(
        "einsum-for-three-axes",
        edits={"return a @ b": 'return np.einsum("bik,bkj->bij", a, b)'},
        loses=0.5,
        family="right for one number of axes only",
        survives="equal batches",
    ),
    _matmul(
        "array-t-of-b",
        edits={"transpose(b)": "Tensor(b.data.T)"},
        loses=2.5,
        family=".T on batches",
        survives="2-D",
    ),
    _matmul(
        "array-t-of-a",
        edits={"transpose(a)": "Tensor(a.data.T)"},
        loses=2.5,
        family=".T on batches",
        survives="2-D",
    ),
    _matmul(
        "axes-0-and-1",
        edits={"transpose(b)": "transpose(b, (1, 0))", "transpose(a)": "transpose(a, (1, 0))"},
        loses=2.5,
        family="right for one number of axes only",
        survives="2-D",
    ),
    _matmul(
        "axes-minus-1-and-minus-2",
        edits={"transpose(b)": "transpose(b, (-1, -2))", "transpose(a)": "transpose(a, (-1, -2))"},
        loses=2.5,
        family="right for one number of axes only",
        survives="2-D",
    ),
    _matmul(
        "weight-not-added-up",
        edits={_FOR_B: "transpose(a) @ out_grad"},
        loses=2,
        family="no unbroadcast",
        survives="equal batches",
    ),
    _matmul(
        "shared-on-the-left-not-added-up",
        edits={_FOR_A: "out_grad @ transpose(b)"},
        loses=2,
        family="no unbroadcast",
        survives="shared weight",
    ),
    _matmul(
        "always-sum-over-axis-0",
        edits={_FOR_B: "(transpose(a) @ out_grad).sum(0)"},
        loses=2.5,
        family="sum over what was not repeated",
        survives="shared weight, one batch axis",
    ),
    _matmul(
        "axis-0-where-axes-are-missing",
        edits=_end_for_b("if b_grad.ndim > b.ndim:", "    b_grad = b_grad.sum(0)"),
        loses=2,
        family="right for one batch axis only",
        survives="one batch axis",
    ),
    _matmul(
        "new-axes-only",
        edits=_end_for_b("b_grad = b_grad.sum(tuple(range(b_grad.ndim - b.ndim)))"),
        loses=1,
        family="stretched 1 not kept",
        survives="batch axes without a 1",
    ),
    _matmul(
        "axes-told-by-their-sizes",
        edits=_end_for_b(
            "copied = tuple(i for i, size in enumerate(b_grad.shape) if size not in b.shape)",
            "b_grad = reshape(b_grad.sum(copied), b.shape)",
        ),
        loses=2,
        family="axes told by their sizes",
        survives="sizes that differ",
    ),
    _matmul(
        "weights-with-two-axes-only",
        edits=_end_for_b("if b.ndim == 2:", "    b_grad = b_grad.sum(tuple(range(b_grad.ndim - 2)))"),
        loses=2,
        family="right for a shared weight only",
        survives="shared weight",
    ),
    _matmul(
        "divided-by-the-first-size",
        edits={_FOR_B: f"{_FOR_B} / a.shape[0]"},
        loses=2,
        family="mean instead of sum",
        survives="batches of one",
    ),
    _matmul(
        "mean-over-the-copies",
        edits=_end_for_b(
            "copies = max(b_grad.size / max(b.size, 1), 1)", "b_grad = unbroadcast(b_grad, b.shape) / copies"
        ),
        loses=1.5,
        family="mean instead of sum",
        survives="equal batches",
    ),
    _matmul(
        "first-item-only",
        edits=_end_for_b(
            "while b_grad.ndim > b.ndim:",
            "    b_grad = Tensor(b_grad.data[0])",
            "b_grad = unbroadcast(b_grad, b.shape)",
        ),
        loses=1,
        family="one copy instead of the sum of copies",
        survives="equal batches",
    ),
    _matmul(
        "reshaped-for-summed",
        edits={_FOR_B: "reshape(transpose(a) @ out_grad, b.shape)"},
        loses=2,
        family="reshape instead of sum",
        survives="equal batches",
    ),
    _matmul(
        "out-grad-added-up-first",
        edits={_FOR_B: "transpose(a) @ unbroadcast(out_grad, b.shape)"},
        loses=2,
        family="unbroadcast before the product",
        survives="equal batches",
    ),
    _matmul(
        "all-rows-in-one-matrix",
        edits={
            _FOR_B: "transpose(reshape(a, (-1, a.shape[-1]))) @ reshape(out_grad, (-1, out_grad.shape[-1]))"
        },
        loses=2.5,
        family="right for a shared weight only",
        survives="shared weight",
    ),
    _matmul(
        "the-others-shape",
        edits={
            "transpose(b), a.shape": "transpose(b), b.shape",
            "@ out_grad, b.shape": "@ out_grad, a.shape",
        },
        loses=2,
        family="shapes exchanged in unbroadcast",
        survives="equal shapes",
    ),
    _matmul(
        "tensor-for-its-shape",
        edits={"transpose(b), a.shape": "transpose(b), a", "@ out_grad, b.shape": "@ out_grad, b"},
        loses=2.5,
        family="Tensor for its shape",
    ),
    _matmul(
        "factors-exchanged",
        edits={"out_grad @ transpose(b)": "transpose(b) @ out_grad"},
        loses=2.5,
        family=_ORDER,
        survives="shapes of squares",
    ),
    _matmul(
        "gradients-exchanged",
        edits={"return a_grad, b_grad": "return b_grad, a_grad"},
        loses=2.5,
        family="gradient pair swapped",
        survives="shapes of squares",
    ),
    _matmul(
        "ones-for-out-grad",
        edits={"a, b = node": "out_grad = Tensor(np.ones_like(out_grad.data))\n        a, b = node"},
        loses=2,
        family="forgot out_grad",
        survives="last operation",
    ),
)

VECTORS = (
    _vectors(
        "no-column",
        edits={"columns = reshape(b, (b.size, 1)) if b.ndim == 1 else b": "columns = b"},
        loses=1,
        family="no case for vectors",
        survives="vector on the left",
    ),
    _vectors(
        "two-columns",
        edits={"(1, a.size)": "(a.size, 1)"},
        loses=1,
        family="vectors lie the wrong way",
        survives="vector on the right",
    ),
    _vectors(
        "size-copied-from-the-line-above",
        edits={"(b.size, 1)": "(a.size, 1)"},
        loses=0.75,
        family="size of the other input",
        survives="two vectors",
    ),
    _vectors(
        "or-for-and",
        edits={"a.ndim > 1 and b.ndim": "a.ndim > 1 or b.ndim"},
        loses=0.75,
        family="no case for vectors",
        survives="two vectors",
    ),
    _vectors(
        "invented-axes-kept",
        edits={"return reshape(c, (*c.shape[:-2], *n, *m))": "return c"},
        loses=1,
        family="vector shapes not restored",
        survives="matrices",
    ),
    _vectors(
        "other-axis-taken-out",
        edits={"n = () if a.ndim": "n = () if b.ndim", "m = () if b.ndim": "m = () if a.ndim"},
        loses=0.75,
        family="wrong axis taken out",
        survives="two vectors",
    ),
    _vectors(
        "every-1-taken-out",
        edits={"(*c.shape[:-2], *n, *m)": "tuple(size for size in c.shape if size != 1)"},
        loses=0.75,
        family="axis of size 1 lost",
        survives="sizes above 1",
    ),
    _vectors(
        "no-room-for-a-batch",
        edits={"(*c.shape[:-2], *n, *m)": "(*n, *m)"},
        loses=0.25,
        family="right without a batch only",
        survives="2-D",
    ),
    _vectors(
        "rows-counted-from-the-front",
        edits={"(c.shape[-2],)": "(c.shape[0],)"},
        loses=0.25,
        family="right without a batch only",
        survives="2-D",
    ),
    _vectors(
        "factors-exchanged",
        edits={"MatMul()(rows, columns)": "MatMul()(columns, rows)"},
        loses=1,
        family="operands exchanged",
    ),
    _vectors(
        "row-made-of-an-array",
        edits={"reshape(a, (1, a.size))": "Tensor(a.data.reshape(1, a.size))"},
        loses=1,
        family="history cut",
        survives="values",
    ),
    _vectors(
        "result-made-of-an-array",
        edits={
            "return reshape(c, (*c.shape[:-2], *n, *m))": "return Tensor(reshape(c, (*c.shape[:-2], *n, *m)))"
        },
        loses=1,
        family="history cut",
        survives="values",
    ),
)

OPERATOR = (
    _operator(
        "plain-rule-in-the-reflected",
        edits={"matmul(other, self)": "matmul(self, other)"},
        loses=0.5,
        family="reflected operator = plain operator",
        survives="Tensor on the left",
    ),
    _operator(
        "operator-in-the-reflected",
        edits={"matmul(other, self)": "self @ other"},
        loses=0.5,
        family="reflected operator = plain operator",
        survives="Tensor on the left",
    ),
    _operator("reflected-by-itself", edits={"matmul(other, self)": "other @ self"}, loses=0.5),
    _operator(
        "sides-exchanged-in-the-plain",
        edits={"matmul(self, other)": "matmul(other, self)"},
        loses=0.5,
        family="operands exchanged",
        survives="shapes of squares",
    ),
    _operator(
        "times-for-matmul",
        edits={"matmul(self, other)": "self * other"},
        loses=0.5,
        family="element-wise product instead",
        survives="shapes of squares",
    ),
    _operator(
        "class-for-function",
        edits={"matmul(self, other)": "MatMul()(self, other)"},
        loses=0.5,
        family="no case for vectors",
        survives="matrices",
    ),
    _operator(
        "array-of-self",
        edits={"matmul(self, other)": "matmul(self.data, other)"},
        loses=0.5,
        family="history cut",
        survives="values",
    ),
    _operator(
        "other-wrapped-again",
        edits={"matmul(self, other)": "matmul(self, Tensor(other))"},
        loses=0.5,
        family="history cut",
        survives="values",
    ),
    _operator(
        "left-side-wants-a-gradient",
        edits={"matmul(other, self)": "matmul(Tensor(other), self)"},
        loses=0.5,
        family="constant wants a gradient",
        survives="values",
    ),
    _operator(
        "array-handed-back",
        edits={"matmul(self, other)": "matmul(self, other).data"},
        loses=0.5,
        family="array returned",
        survives="values",
    ),
)

WRONG: tuple[Wrong, ...] = (*MATMUL_2D, *MATMUL, *VECTORS, *OPERATOR)
