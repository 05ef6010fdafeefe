"""Lesson 07: products of matrices, of batches, and with vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import babygrad
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.exercises.operation import Operation
from autograder.probes import lesson_07_batches, lesson_07_matmul
from autograder.probes.lesson_07_vectors import Matrices, expression, product
from babygrad import MatMul, Tensor, matmul, reshape, summation, transpose, unbroadcast
from babygrad.tensor import _ensure_tensor

Rule = Callable[..., Any]


PLAIN, BATCH = Operation(lesson_07_matmul.PLAIN), Operation(lesson_07_batches.BATCH)

# Rules, right and wrong, for matrices of any kind ----------------------------------------------------


def _turned(t: Any) -> Any:
    """The last two axes swapped, of an array or a Tensor."""
    return np.swapaxes(t, -1, -2) if isinstance(t, np.ndarray) else transpose(t)


def _right_a(g, a, b):
    return g @ _turned(b)


def _right_b(g, a, b):
    return _turned(a) @ g


def _ones_like(t):
    return Tensor(np.ones_like(t.data), requires_grad=False)


@dataclass(frozen=True)
class _Rules:
    """Mistakes in the backward of one operation.

    finish: what becomes of a product, given also the input that it is the gradient for. thorough: whether to
    look for each mistake on one side alone, too, and for all wrong orders; after 7.1 few people make these.
    """

    operation: Operation
    finish: Callable[[Tensor, Tensor], Tensor]
    thorough: bool = True

    def wrong(
        self, family: str, message: str, a: Rule = _right_a, b: Rule = _right_b, arrays: bool = False
    ) -> Mistake:
        """The rules for `a` and for `b`, of which one may be right; `arrays`: written with NumPy."""

        def rule(g, *inputs):
            if arrays:
                plain = g.data, *(x.data for x in inputs)
                grads = [Tensor(side(*plain)) for side in (a, b)]
            else:
                grads = [side(g, *inputs) for side in (a, b)]
            return tuple(self.finish(grad, x) for grad, x in zip(grads, inputs, strict=True))

        return self.operation.rule(family, message, rule)

    def order(self) -> Iterator[Mistake]:
        """Factors in the wrong order or wrongly turned: where sizes differ, they stop with an error."""
        family = "transposes or order wrong in matmul"
        most = len(_WRONG_A) if self.thorough else 3
        for message, side in _WRONG_A[:most]:
            yield self.wrong(family, message, a=side)
        for message, side in _WRONG_B[:most]:
            yield self.wrong(family, message, b=side)

    def order_of_arrays(self) -> Iterator[Mistake]:
        """The same, written with NumPy."""
        for _, side in _WRONG_A:  # NumPy does not say which arrays did not fit, so neither can we
            yield self.wrong("transposes or order wrong in matmul", _DO_NOT_FIT, a=side, arrays=True)

    def values(self) -> Iterator[Mistake]:
        """Mistakes that are no matter of order."""
        sides = [("both gradients", True, True)]
        if self.thorough:
            sides += [("the gradient for `a`", True, False), ("the gradient for `b`", False, True)]
        for which, a, b in sides:
            yield self.wrong(
                "result turned",
                f"By the shapes, rows and columns are exchanged in {which}. The rows of a product come from "
                "its left factor: which one has the rows that you need?",
                a=(lambda g, a, b: _turned(_right_a(g, a, b))) if a else _right_a,
                b=(lambda g, a, b: _turned(_right_b(g, a, b))) if b else _right_b,
            )
        for which, a, b in sides:
            yield self.wrong(
                "reshape instead of transpose",
                f"The shapes of {which} are right, and the numbers stand in wrong places. `reshape` keeps "
                "their order and cuts other rows; what makes columns of rows?",
                a=(lambda g, a, b: g @ _cut_anew(b)) if a else _right_a,
                b=(lambda g, a, b: _cut_anew(a) @ g) if b else _right_b,
            )
        missing = "The upstream gradient is missing: `out_grad` is a factor of both products."
        if self.thorough:
            for turn in (lambda t: t, _turned):
                yield self.wrong(
                    "forgot out_grad", missing, lambda g, a, b, t=turn: t(b), lambda g, a, b, t=turn: t(a)
                )
        yield self.wrong(
            "forgot out_grad",
            "Yours is right when `out_grad` is all ones, and wrong otherwise. The upstream gradient is "
            "missing.",
            lambda g, a, b: _right_a(_ones_like(g), a, b),
            lambda g, a, b: _right_b(_ones_like(g), a, b),
        )
        yield self.wrong(
            "own value instead of the other's",
            "You return the inputs themselves. What is a nudge of `a` multiplied by on its way to the loss?",
            lambda g, a, b: a,
            lambda g, a, b: b,
        )
        yield self.wrong(
            "output used for out_grad",
            "Yours uses the product itself where `out_grad` belongs. `node` is what went forward; "
            "`out_grad` is what comes back.",
            lambda g, a, b: _right_a(a @ b, a, b),
            lambda g, a, b: _right_b(a @ b, a, b),
        )
        for arrays in (False, True)[: 1 + self.thorough]:
            yield self.wrong(
                "element-wise product instead",
                "This is the rule for `*`, element by element. One entry of `a` moves a whole row of `c`, so "
                "there is something to add up. Which product does that?",
                lambda g, a, b: g * b,
                lambda g, a, b: g * a,
                arrays=arrays,
            )

    def means(self) -> Iterator[Mistake]:
        """Right sums, divided by something."""
        mean = (
            "a mean instead of a sum. Nothing was divided on the way forward, so nothing is on the way back."
        )
        rows = f"Your gradient for `b` is divided by the number of rows of `a`: {mean}"
        yield self.wrong(
            "mean instead of sum", rows, b=lambda g, a, b: _right_b(g, a, b) / max(a.shape[-2], 1)
        )
        yield self.wrong(
            "mean instead of sum",
            f"Each of your gradients is divided by how many numbers were added up: {mean}",
            lambda g, a, b: _right_a(g, a, b) / max(g.shape[-1], 1),
            lambda g, a, b: _right_b(g, a, b) / max(g.shape[-2], 1),
        )
        yield self.wrong(
            "mean instead of sum",
            f"Both gradients are divided by the number of rows of `a`: {mean}",
            lambda g, a, b: _right_a(g, a, b) / max(g.shape[-2], 1),
            lambda g, a, b: _right_b(g, a, b) / max(g.shape[-2], 1),
        )

    def pairs(self) -> Iterator[Mistake]:
        """Right gradients, wrongly handed back."""

        def right(g, a, b):
            return self.finish(_right_a(g, a, b), a), self.finish(_right_b(g, a, b), b)

        yield self.operation.rule(
            "gradient pair swapped",
            "By their shapes, your two gradients have changed places: the one for `a`, the first input, "
            "comes first.",
            lambda g, a, b: right(g, a, b)[::-1],
        )
        yield self.operation.rule(
            "array for Tensor",
            "The numbers are right, but they are arrays. Gradients travel as Tensors: leave out `.data`, or "
            "wrap what you have computed.",
            lambda g, a, b: tuple(grad.data for grad in right(g, a, b)),
        )
        for times in (np.dot, np.matmul):
            yield self.operation.rule(
                "NumPy function on a Tensor",
                "NumPy's functions are for arrays, and in `backward` you have Tensors. Which sign multiplies "
                "those?",
                lambda g, a, b, times=times: times(g, _turned(b)),
            )
        for place in (0, 1):
            yield self.operation.rule(
                "single gradient for two inputs",
                "`backward` returns one Tensor here. There are two inputs, so there are two gradients, in a "
                "tuple.",
                lambda g, a, b, place=place: right(g, a, b)[place],
            )

    def names(self) -> Iterator[Mistake]:
        """Inputs that were never taken out of `node`."""
        for name in self.operation.inputs:
            yield self.operation.rule(
                "inputs not taken out",
                f"`backward` is given `out_grad` and `node`, and no `{name}`. Where does `node` keep its "
                "inputs?",
                lambda g, a, b, name=name: _unknown(name),
            )

    def forward(self) -> Iterator[Mistake]:
        """Other products than the one that is meant."""
        formula = self.operation.formula
        yield formula(
            "element-wise product instead",
            "This is `*`, which multiplies element by element. What is the sign for the product of matrices?",
            lambda a, b: a * b,
        )
        turned = "On the way forward nothing has to be turned: (n, p) and (p, m) fit as they are."
        for times in (np.matmul, np.dot):  # they complain in different words
            yield formula(
                "operands exchanged",
                "Here `b` stands on the left. With matrices the order matters.",
                lambda a, b, times=times: times(b, a),
            )
            for side in (lambda a, b: (a, _turned(b)), lambda a, b: (_turned(a), b)):
                yield formula(
                    "transposes or order wrong in matmul",
                    turned,
                    lambda a, b, times=times, side=side: times(*side(a, b)),
                )
        yield formula(
            "dtype not kept",
            "Your product is in float64, whatever the inputs are. `float` means float64, and so does "
            "`np.zeros` if it is told no dtype.",
            lambda a, b: np.asarray(a @ b, np.float64),
        )


def _unknown(name):
    raise NameError(f"name {name!r} is not defined")


def _cut_anew(t):
    return reshape(t, (*t.shape[:-2], t.shape[-1], t.shape[-2]))


_WRONG_A: tuple[tuple[str, Rule], ...] = (
    (
        "You multiply `out_grad` and `b` as they are. Write down their shapes: which sizes should meet in "
        "the middle, so that the shape of `a` is left outside, and what has to be turned for that?",
        lambda g, a, b: g @ b,
    ),
    (
        "Here `b`, turned, stands to the left of `out_grad`. If it is for `a`: the rows of a product come "
        "from its left factor; which of the two has as many rows as `a`? If it is for `b`: which input is a "
        "nudge of `b` multiplied by?",
        lambda g, a, b: _turned(b) @ g,
    ),
    (
        "You multiply `b` and `out_grad` as they are. If it is for `a`: the rows of a product come from its "
        "left factor; which of the two has as many rows as `a`? And do the sizes in the middle fit then?",
        lambda g, a, b: b @ g,
    ),
    (
        "You turn `out_grad` and multiply it by `b`. If it is for `a`: `out_grad` has as many rows as `a` "
        "already. What else is there to turn?",
        lambda g, a, b: _turned(g) @ b,
    ),
    (
        "You turn both `out_grad` and `b`. If it is for `a`: in the sum of the lesson a row meets a row, "
        "and `@` pairs rows with columns. How many of the two have to be turned?",
        lambda g, a, b: _turned(g) @ _turned(b),
    ),
    (
        "You turn both `b` and `out_grad`, with `b` on the left. If it is for `a`: which sizes have to be "
        "left outside, and which should meet in the middle?",
        lambda g, a, b: _turned(b) @ _turned(g),
    ),
)
_WRONG_B: tuple[tuple[str, Rule], ...] = (
    (
        "You multiply `a` and `out_grad` as they are. A nudge of `b[k, j]` moves a column of `c`, so the sum "
        "runs over rows: what has to be turned so that the numbers of rows meet in the middle?",
        lambda g, a, b: a @ g,
    ),
    (
        "You multiply `out_grad` and `a` as they are, in this order. If it is for `b`: the columns of a "
        "product come from its right factor; which of the two has as many columns as `b`? If it is for `a`: "
        "which input is a nudge of `a` multiplied by?",
        lambda g, a, b: g @ a,
    ),
    (
        "Here `out_grad` stands to the left of `a`, turned. If it is for `b`: the columns of a product come "
        "from its right factor; which of the two has as many columns as `b`? If it is for `a`: which input "
        "is a nudge of `a` multiplied by?",
        lambda g, a, b: g @ _turned(a),
    ),
    (
        "You turn both `out_grad` and `a`. If it is for `b`: the sum runs over the rows of both, and `@` "
        "pairs rows with columns. How many of the two have to be turned?",
        lambda g, a, b: _turned(g) @ _turned(a),
    ),
    (
        "You multiply `a` by `out_grad`, turned. If it is for `b`: `out_grad` has as many columns as `b` "
        "already. What else is there to turn?",
        lambda g, a, b: a @ _turned(g),
    ),
    (
        "You turn both `a` and `out_grad`, with `a` on the left. If it is for `b`: which sizes have to be "
        "left outside, and which should meet in the middle?",
        lambda g, a, b: _turned(a) @ _turned(g),
    ),
)
_DO_NOT_FIT = (
    "Two of your matrices do not fit. Write down the shapes of `out_grad`, of the other input, and of both "
    "of them turned: which two fit in the middle and leave the shape of the gradient outside?"
)

# 7.1 MatMul2D ----------------------------------------------------------------------------------------

_A = np.array([[3.0, 5, -4], [7, -3, 6]])
_B = np.array([[4.0, -3, 6, 5], [3, 8, -5, 7], [-6, 4, 9, 3]])
_OUT_GRAD = np.array([[5.0, -4, 3, 6], [-7, 9, 8, -3]])


def _drawn(rng: np.random.Generator, *pairs: tuple[Sequence[int], Sequence[int]]) -> list[Case]:
    """For each pair of shapes two random inputs, and an upstream gradient for their product."""
    cases = []
    for shape_a, shape_b in pairs:
        a, b = rng.normal(size=shape_a), rng.normal(size=shape_b)
        inputs = {"arrays": (a, b), "out_grad": rng.normal(size=(a @ b).shape)}
        cases.append(
            Case(f"With `a` of shape {shape_a}, `b` of shape {shape_b}, and a random `out_grad`", inputs)
        )
    return cases


def _without_upstream(cases: list[Case]) -> list[Case]:
    """The same inputs, for forward."""
    return [
        Case(case.text.replace(", and a random `out_grad`", ""), {"arrays": case.inputs["arrays"]})
        for case in cases
    ]


_SIZES = (((5, 2), (2, 3)), ((3, 3), (3, 3)), ((1, 4), (4, 1)), ((2, 0), (0, 3)))


def matrices_forward(rng):
    """The lesson's numbers; sizes that differ, squares, sizes 1 and 0."""
    return [
        Case(
            "With the lesson's `A` and `B` as `a` and `b`, of shapes (2, 3) and (3, 4)", {"arrays": (_A, _B)}
        ),
        *_without_upstream(_drawn(rng, *_SIZES, ((0, 3), (3, 2)))),
    ]


def matrices(rng):
    """The same with an upstream gradient, and a matrix multiplied by itself."""
    lesson = {"arrays": (_A, _B), "out_grad": _OUT_GRAD}
    x = rng.normal(size=(3, 3))
    itself = {"arrays": (x, x), "out_grad": rng.normal(size=(3, 3)), "same": True}
    return [
        Case("With the lesson's `A`, `B` and `out_grad`, of shapes (2, 3), (3, 4) and (2, 4)", lesson),
        *_drawn(rng, *_SIZES),
        Case("With one `x` of shape (3, 3) as both inputs, and a random `out_grad`", itself),
    ]


def _one_constant(rng: np.random.Generator) -> list[Case]:
    """Where only one of the inputs requires a gradient."""
    (case,) = _drawn(rng, ((2, 3), (3, 5)))
    return [
        Case(f"{case.text}, where only `{name}` requires a gradient", {**case.inputs, "wanted": wanted})
        for name, wanted in (("a", [True, False]), ("b", [False, True]))
    ]


def matrices_and_constants(rng):
    """Also where only one of the inputs requires a gradient."""
    return [*matrices(rng), *_one_constant(rng)]


def float32(rng):
    """The lesson's numbers in another dtype."""
    arrays = _A.astype(np.float32), _B.astype(np.float32)
    inputs = {"arrays": arrays, "out_grad": _OUT_GRAD.astype(np.float32)}
    return [Case("With the lesson's `A`, `B` and `out_grad` in float32", inputs)]


_PLAIN_RULES = _Rules(PLAIN, lambda product, like: product)
PLAIN_MISTAKES = (
    *_PLAIN_RULES.forward(),
    PLAIN.rule(
        "dtype not kept",
        "`np.zeros` makes float64 unless it is told another dtype. Which one do the inputs have?",
        lambda g, a, b: [Tensor(t.data, dtype=np.float64) for t in (_right_a(g, a, b), _right_b(g, a, b))],
    ),
    *_PLAIN_RULES.names(),
    *_PLAIN_RULES.pairs(),
    *_PLAIN_RULES.values(),
    *_PLAIN_RULES.means(),
    *_PLAIN_RULES.order(),
    *_PLAIN_RULES.order_of_arrays(),
)

# 7.2 MatMul ------------------------------------------------------------------------------------------

_ITEMS = np.array([[[3, 5]], [[-4, 7]]], np.float32)
_WEIGHT = np.array([[6, -3, 4], [5, 8, -7]], np.float32)
_ITEMS_GRAD = np.array([[[5, -4, 3]], [[-6, 7, 9]]], np.float32)

_OWN = (((4, 2, 3), (4, 3, 5)), ((2, 3), (3, 5)), ((2, 4, 2, 3), (2, 4, 3, 5)), ((4, 2, 0), (4, 0, 5)))
_SHARED = (((4, 2, 3), (3, 5)), ((2, 3), (4, 3, 5)), ((4, 6, 2, 3), (3, 5)), ((4, 6, 2, 3), (6, 3, 5)))
_STRETCHED = (
    ((4, 2, 3), (1, 3, 5)),
    ((1, 2, 3), (3, 5)),
    ((3, 2, 3), (1, 3, 5)),
    ((4, 1, 2, 3), (1, 6, 3, 5)),
    ((6, 2, 3), (4, 1, 3, 5)),
)


def shared_small(rng):
    """The two items and the weight of the lesson."""
    inputs = {"arrays": (_ITEMS, _WEIGHT), "out_grad": _ITEMS_GRAD}
    return [
        Case("With two items `[[[3, 5]], [[-4, 7]]]` and a `b` of shape (2, 3), as in the lesson", inputs)
    ]


def batches_forward(rng):
    """Products of all kinds."""
    small = [Case(case.text, {"arrays": case.inputs["arrays"]}) for case in shared_small(rng)]
    pairs = _OWN[0], _OWN[1], _SHARED[1], _STRETCHED[3], ((4, 2, 0), (4, 0, 5)), ((0, 2, 3), (3, 5))
    return [*small, *_without_upstream(_drawn(rng, *pairs))]


def own_matrices(rng):
    """Each item has matrices of its own, on both sides."""
    return _drawn(rng, *_OWN)


def shared_matrices(rng):
    """One side has fewer axes than the other."""
    return [*shared_small(rng), *_drawn(rng, *_SHARED)]


def stretched_batches(rng):
    """Batch axes of size 1 on either side, or on both."""
    return _drawn(rng, *_STRETCHED)


def batches(rng):
    """All of it, and constants."""
    pairs = _OWN[0], _SHARED[1], _SHARED[3], _STRETCHED[0], _STRETCHED[3]
    return [*shared_small(rng), *_drawn(rng, *pairs), *_one_constant(rng)]


# What may become of a gradient for a batch, where it should be `unbroadcast`


def _summed(grad, like):
    return unbroadcast(grad, like.shape)


def _left_as_it_is(grad, like):
    return grad


def _mean_over_copies(grad, like):
    return _summed(grad, like) / max(grad.size / max(like.size, 1), 1)


def _first_copy(grad, like):
    data = grad.data
    while data.ndim > like.ndim:
        data = data[0]
    for axis, size in enumerate(like.shape[:-2]):
        data = data[(slice(None),) * axis + (slice(0, 1),)] if size == 1 else data
    return Tensor(data)


def _first_axis_only(grad, like):
    return summation(grad, 0) if grad.ndim > like.ndim else grad


def _axis_0(grad, like):
    return summation(grad, 0)


def _mean_over_axis_0(grad, like):
    return summation(grad, 0) / max(grad.shape[0], 1)


def _mean_over_new_axis_0(grad, like):
    return _mean_over_axis_0(grad, like) if grad.ndim > like.ndim else grad


def _leading_axes_only(grad, like):
    return summation(grad, tuple(range(grad.ndim - like.ndim))) if grad.ndim > like.ndim else grad


def _stretched_not_kept(grad, like):
    grad = _leading_axes_only(grad, like)
    stretched = tuple(axis for axis, size in enumerate(like.shape[:-2]) if size == 1)
    return summation(grad, stretched) if stretched else grad


def _sizes_not_there(grad, like):
    axes = tuple(axis for axis, size in enumerate(grad.shape) if size not in like.shape)
    return reshape(summation(grad, axes), like.shape)


def _two_axes_only(grad, like):
    return summation(grad, tuple(range(grad.ndim - 2))) if like.ndim == 2 else grad


def _whole_batch(grad, like):
    return summation(grad, tuple(range(grad.ndim - 2))) if grad.ndim > 2 else grad


def _of_copies(
    family: str,
    message: str,
    a: Callable[[Tensor, Tensor], Tensor],
    b: Callable[[Tensor, Tensor], Tensor],
) -> Mistake:
    """Right products, of which something else becomes than the sum over the copies."""
    return BATCH.rule(family, message, lambda g, x, y: (a(_right_a(g, x, y), x), b(_right_b(g, x, y), y)))


def _summed_first(g, a, b):
    """The gradient for a shared `b`, with both sums taken before the product instead of after it."""
    if b.ndim == 2 and g.ndim > 2:
        return _turned(_whole_batch(a, b)) @ _whole_batch(g, b)
    return _summed(_right_b(g, a, b), b)


def _as_one_matrix(g, a, b):
    """The gradient for `b` from all rows of the whole batch in a single matrix."""
    return transpose(reshape(a, (-1, a.shape[-1]))) @ reshape(g, (-1, g.shape[-1]))


def _all_axes_reversed(t):
    return t.T if isinstance(t, np.ndarray) else transpose(t, tuple(range(t.ndim))[::-1])


def _wrong_sums() -> Iterator[Mistake]:
    """Other ends of a gradient than `unbroadcast`, for both inputs or for the second."""
    for family, message, wrong in _WRONG_SUMS:
        for for_a in (wrong, _summed, _left_as_it_is):
            yield _of_copies(family, message, for_a, wrong)


_MEAN = (
    "Yours is the mean over the batch. A nudge of a shared entry moves the loss along every one of its "
    "paths: are their effects averaged or added up?"
)
_WRONG_SUMS = (
    ("mean instead of sum", _MEAN, _mean_over_copies),
    (
        "one copy instead of the sum of copies",
        "Yours is what the first item sends back. The others use the shared matrix as well.",
        _first_copy,
    ),
    (
        "right for a shared weight only",
        "You add up for an input with two axes. One with batch axes of its own may be shared as well: if "
        "they are fewer than those of the result, or of size 1.",
        _two_axes_only,
    ),
    (
        "right for one batch axis only",
        "Not all that was repeated is gone. There may be several batch axes, `a` may be the shared one as "
        "well as `b`, and an axis of size 1 is repeated, too. Which given function knows all these cases?",
        _first_axis_only,
    ),
    (
        "stretched 1 not kept",
        "You add up over axes that are new in front. A batch axis of size 1 was repeated as well.",
        _leading_axes_only,
    ),
    (
        "stretched 1 not kept",
        "A batch axis of size 1 is still an axis: after adding up, the gradient should have it, too.",
        _stretched_not_kept,
    ),
    (
        "sum over what was not repeated",
        "You take axis 0 away, always. Where each item has a matrix of its own, each keeps a gradient of "
        "its own.",
        _axis_0,
    ),
    (
        "sum over what was not repeated",
        "You take the whole batch away, always. Where each item has a matrix of its own, each keeps a "
        "gradient of its own.",
        _whole_batch,
    ),
    (
        "axes told by their sizes",
        "You tell what was repeated by its size, and a batch may have as many items as a matrix has rows. "
        "By what else is an axis known?",
        _sizes_not_there,
    ),
    # Last: where shapes alone are compared, the messages above are true of these as well.
    ("mean instead of sum", _MEAN, _mean_over_axis_0),
    ("mean instead of sum", _MEAN, _mean_over_new_axis_0),
)


def _other_ends() -> Iterator[Mistake]:
    """What else is tried where `unbroadcast` belongs, or with it; all of these stop somewhere."""
    exchanged = "`unbroadcast(grad, shape)` takes the gradient first, and then the shape that it should have."
    yield _of_copies(
        "arguments exchanged", exchanged, *[lambda grad, like: unbroadcast(like.shape, grad)] * 2
    )
    shape = "`unbroadcast(grad, shape)` wants a shape, a tuple, and gets a Tensor here."
    yield _of_copies("Tensor for its shape", shape, *[lambda grad, like: unbroadcast(grad, like)] * 2)
    yield BATCH.rule(
        "shapes exchanged in unbroadcast",
        "You ask for the shape of the product, which no gradient here should have. Whose gradient is it?",
        lambda g, a, b: (unbroadcast(_right_a(g, a, b), g.shape), unbroadcast(_right_b(g, a, b), g.shape)),
    )
    reshaped = (
        "`reshape` keeps every number, and where a matrix was shared there are too many: each of its uses "
        "sent some back. What becomes of them?"
    )
    one = (
        "With `[…]` you would keep what one item sends back, and a Tensor has no `[…]`. The other items use "
        "the shared matrix as well: what should happen to all of their gradients?"
    )
    for for_a in (None, _summed, _left_as_it_is):
        yield _of_copies("reshape instead of sum", reshaped, for_a or _reshaped, _reshaped)
        first = for_a or _item_where_shared
        yield _of_copies("one copy instead of the sum of copies", one, first, _item_where_shared)
    yield _of_copies("one copy instead of the sum of copies", one, _summed, _item)
    for turned_first in (True, False):
        yield BATCH.rule(
            "unbroadcast before the product",
            "You `unbroadcast` an input, which nobody has repeated yet. Multiply first; the result of that "
            "has something to add up.",
            lambda g, a, b, first=turned_first: (
                g @ _turned_and_summed(b, a, first),
                _turned_and_summed(a, b, first) @ g,
            ),
        )


def _reshaped(grad, like):
    return reshape(grad, like.shape)


def _item(grad, like):
    return grad[0]


def _item_where_shared(grad, like):
    return grad[0] if grad.ndim > like.ndim else grad


def _turned_and_summed(t, like, turned_first):
    return unbroadcast(_turned(t), like.shape) if turned_first else _turned(unbroadcast(t, like.shape))


_BATCH_RULES = _Rules(BATCH, _summed, thorough=False)
_REVERSED = (
    "Yours is right for plain matrices; in a batch, all axes are reversed here, those of the batch too. Only "
    "the last two make a matrix."
)


def _reversed_mistakes() -> Iterator[Mistake]:
    """Other turns than that of the last two axes."""
    for arrays in (False, True):
        for a, b in ((True, True), (True, False), (False, True)):
            yield _BATCH_RULES.wrong(
                ".T on batches",
                _REVERSED,
                (lambda g, a, b: g @ _all_axes_reversed(b)) if a else _right_a,
                (lambda g, a, b: _all_axes_reversed(a) @ g) if b else _right_b,
                arrays=arrays,
            )
    for axes, number in (((1, 0), "two"), ((0, 2, 1), "three")):
        yield _BATCH_RULES.wrong(
            "right for one number of axes only",
            f"The axes that you give `transpose` fit Tensors with {number} axes, and there may be others. "
            "What does it do when it is given none?",
            lambda g, a, b, axes=axes: g @ transpose(b, axes),
            lambda g, a, b, axes=axes: transpose(a, axes) @ g,
        )


BATCH_MISTAKES = (
    BATCH.formula(
        "right for one number of axes only",
        "Your letters are for three axes on either side. There may be two, four or more, and not the same "
        "number on both sides. Which operator takes them as they come?",
        lambda a, b: np.einsum("bik,bkj->bij", a, b),
    ),
    BATCH.formula(
        "dot instead of matmul",
        "`np.dot` multiplies each matrix of the one batch by each matrix of the other. Which operator goes "
        "through both batches side by side?",
        np.dot,
    ),
    _of_copies(
        "no unbroadcast",
        "Your gradient still has one matrix for each item of the batch. Where an input was shared, what "
        "should happen to the gradients that its uses send back?",
        _left_as_it_is,
        _left_as_it_is,
    ),
    _of_copies(
        "no unbroadcast",
        "You add up what was repeated for `b`, and not for `a`. Either of them may be the shared one.",
        _left_as_it_is,
        _summed,
    ),
    _of_copies(
        "no unbroadcast",
        "You add up what was repeated for `a`, and not for `b`. Either of them may be the shared one.",
        _summed,
        _left_as_it_is,
    ),
    *_wrong_sums(),
    *_other_ends(),
    BATCH.rule(
        "shapes exchanged in unbroadcast",
        "Each gradient is given the other input's shape. The gradient for `a` should end with the shape of "
        "`a`.",
        lambda g, a, b: (_summed(_right_a(g, a, b), b), _summed(_right_b(g, a, b), a)),
    ),
    BATCH.rule(
        "unbroadcast before the product",
        "You `unbroadcast` `out_grad`, which has the shape of the product and of neither input. Multiply "
        "first; the result of that has something to add up.",
        lambda g, a, b: (unbroadcast(g, a.shape) @ _turned(b), _turned(a) @ unbroadcast(g, b.shape)),
    ),
    BATCH.rule(
        "unbroadcast before the product",
        "You `unbroadcast` `out_grad` on the way to the gradient for `b`. Multiply first: each item's `a` "
        "belongs to that item's `out_grad`, and what comes of all of them is added up.",
        lambda g, a, b: (_summed(_right_a(g, a, b), a), _turned(a) @ unbroadcast(g, b.shape)),
    ),
    BATCH.rule(
        "mean instead of sum",
        "Your gradient for `b` is divided by the first size of `a`. Nothing was divided on the way forward: "
        "the effects of a nudge along all paths add up.",
        lambda g, a, b: (_summed(_right_a(g, a, b), a), _summed(_right_b(g, a, b), b) / max(a.shape[0], 1)),
    ),
    BATCH.rule(
        "right for a shared weight only",
        "Yours puts all rows into a single matrix. That is right for one shared weight; what if each item "
        "has a `b` of its own, or if `a` is the shared one?",
        lambda g, a, b: (_summed(_right_a(g, a, b), a), _as_one_matrix(g, a, b)),
    ),
    BATCH.rule(
        "summed before the product",
        "You add up over the batch first and multiply then. Each item's `a` belongs to that item's "
        "`out_grad`: multiply them item by item, then add up.",
        lambda g, a, b: (_summed(_right_a(g, a, b), a), _summed_first(g, a, b)),
    ),
    *_reversed_mistakes(),
    *_BATCH_RULES.names(),
    *_BATCH_RULES.pairs(),
    *_BATCH_RULES.values(),
    *_BATCH_RULES.order(),
)

# 7.3 matmul ------------------------------------------------------------------------------------------


def _operands(rng: np.random.Generator, *pairs: tuple[Sequence[int], Sequence[int]]) -> list[Case]:
    cases = []
    for shape_a, shape_b in pairs:
        a, b = rng.normal(size=shape_a), rng.normal(size=shape_b)
        inputs = {"a": a, "b": b, "v": rng.normal(size=np.shape(a @ b))}
        cases.append(Case(f"With `a` of shape {shape_a} and `b` of shape {shape_b}", inputs))
    return cases


def two_vectors(rng):
    """A row times a column."""
    small = {"a": np.array([3, -5, 4], np.float32), "b": np.array([6, 7, -8], np.float32), "v": np.float32(5)}
    return [
        Case("With `a = [3, -5, 4]` and `b = [6, 7, -8]`", {**small, "v": np.array(5, np.float32)}),
        *_operands(rng, ((5,), (5,)), ((1,), (1,)), ((0,), (0,))),
    ]


def a_matrix_and_a_vector(rng):
    """In both orders, with sizes 1, and two matrices."""
    return _operands(
        rng,
        ((2, 3), (3,)),
        ((3,), (3, 5)),
        ((1, 3), (3,)),
        ((3,), (3, 1)),
        ((1,), (1, 4)),
        ((2, 3), (3, 5)),
        ((2, 3), (3, 1)),
        ((1, 3), (3, 5)),
    )


def batches_and_a_vector(rng):
    """A vector that every item of a batch uses."""
    return _operands(
        rng,
        ((6, 2, 3), (3,)),
        ((3,), (6, 3, 5)),
        ((4, 1, 2, 3), (3,)),
        ((3,), (1, 6, 3, 1)),
        ((6, 2, 3), (3, 5)),
        ((6, 1, 2, 3), (4, 3, 5)),
        ((6, 2, 3), (3, 1)),
        ((1, 3), (6, 3, 5)),
    )


def _reference_matmul(a, b):
    """As in the lesson. The globals of babygrad's own are MatMul's too, and must not be replaced."""
    rows, columns = _as_matrices(_ensure_tensor(a), _ensure_tensor(b))
    return _without(MatMul()(rows, columns), a, b)


def _as_matrices(a, b):
    return (
        reshape(a, (1, a.size)) if a.ndim == 1 else a,
        reshape(b, (b.size, 1)) if b.ndim == 1 else b,
    )


def _without(c, a, b):
    """`c` without the axes that were invented."""
    n = () if a.ndim == 1 else c.shape[-2:-1]
    m = () if b.ndim == 1 else c.shape[-1:]
    return reshape(c, (*c.shape[:-2], *n, *m))


def _matrices_as(rows, columns, take_out=_without):
    """matmul with other matrices in the place of vectors, or with other axes taken out."""

    def matmul(a, b):
        if a.ndim > 1 and b.ndim > 1:
            return MatMul()(a, b)
        return take_out(MatMul()(rows(a), columns(b)), a, b)

    return matmul


def _row(t):
    return reshape(t, (1, t.size)) if t.ndim == 1 else t


def _column(t):
    return reshape(t, (t.size, 1)) if t.ndim == 1 else t


def _copied_row(t):
    return Tensor(t.data.reshape(1, -1)) if t.ndim == 1 else t


def _copied_column(t):
    return Tensor(t.data.reshape(-1, 1)) if t.ndim == 1 else t


def _squeezed(c, a, b):
    return reshape(c, tuple(size for size in c.shape if size != 1))


def _without_first_or_last(c, a, b):
    shape = c.shape[1:] if a.ndim == 1 else c.shape
    return reshape(c, shape[:-1] if b.ndim == 1 else shape)


def _without_last_two_of_size_1(c, a, b):
    return reshape(c, (*c.shape[:-2], *(size for size in c.shape[-2:] if size != 1)))


def _one_axis_only(c, a, b):
    return reshape(c, c.shape[:-1]) if a.ndim == b.ndim == 1 else _without(c, a, b)


def _other_axis(c, a, b):
    n = () if b.ndim == 1 else c.shape[-2:-1]
    m = () if a.ndim == 1 else c.shape[-1:]
    return reshape(c, (*c.shape[:-2], *n, *m))


def _rows_from_the_front(c, a, b):
    n = () if a.ndim == 1 else c.shape[:1]
    m = () if b.ndim == 1 else c.shape[-1:]
    return reshape(c, (*c.shape[:-2], *n, *m))


def _without_batch(c, a, b):
    n = () if a.ndim == 1 else c.shape[-2:-1]
    m = () if b.ndim == 1 else c.shape[-1:]
    return reshape(c, (*n, *m))


def _vectors(family: str, message: str, wrong: Callable[..., Tensor]) -> Mistake:
    return Mistake(family, message, {"matmul": wrong})


_EVERY_1 = (
    "You take out axes of size 1. Some of them the caller brought along: only those that you invented "
    "have to go."
)


def _losing_axes_of_matrices() -> Iterator[Mistake]:
    """Right for vectors; of two matrices, an axis of size 1 that the caller brought along is lost."""
    for axes in ((-1,), (-2, -1)):

        def wrong(a, b, axes=axes):
            c = _without(MatMul()(_row(a), _column(b)), a, b)
            if min(a.ndim, b.ndim) < 2:
                return c
            lost = [axis % c.ndim for axis in axes if c.shape[axis] == 1]
            return reshape(c, [size for axis, size in enumerate(c.shape) if axis not in lost])

        yield _vectors("axis of size 1 lost", _EVERY_1, wrong)


def _lying_the_wrong_way() -> Iterator[Mistake]:
    """Two rows or two columns, whether or not something is taken out of the result."""
    either = (
        (
            _row,
            "You make a row of either vector. On the right of a product, what has to run from top to bottom?",
        ),
        (_column, "You make a column of either vector. On the left, what has to run from left to right?"),
    )
    for lying, message in either:
        for take_out in (_without, lambda c, a, b: c):
            yield _vectors("vectors lie the wrong way", message, _matrices_as(lying, lying, take_out))


VECTOR_MISTAKES = (
    _vectors(
        "no case for vectors",
        "A vector went into `MatMul` as it is. Make a row of it if it is on the left, a column if it is on "
        "the right.",
        lambda a, b: MatMul()(a, b),
    ),
    _vectors(
        "no case for vectors",
        "You make a row of a vector on the left; a vector on the right needs its case as well.",
        _matrices_as(_row, lambda t: t),
    ),
    _vectors(
        "no case for vectors",
        "You make a column of a vector on the right; a vector on the left needs its case as well.",
        _matrices_as(lambda t: t, _column),
    ),
    _vectors(
        "vector shapes not restored",
        "The axes that you invented are still in the result, where the caller does not expect them. If you "
        "do take them out: is `a.ndim` still 1 when you ask?",
        _matrices_as(_row, _column, lambda c, a, b: c),
    ),
    _vectors(
        "vector shapes not restored",
        "With two vectors there are two invented axes, and one of them is still there.",
        _matrices_as(_row, _column, _one_axis_only),
    ),
    _vectors(
        "operands exchanged",
        "You give `MatMul` its inputs in the wrong order: `a` is the left one.",
        lambda a, b: _without(MatMul()(_column(b), _row(a)), a, b),
    ),
    _vectors(
        "Tensor treated as an array",
        "A Tensor has no `[…]`. What gives a Tensor a new shape, and remembers?",
        _matrices_as(_row, _column, lambda c, a, b: c[0]),
    ),
    _vectors(
        "Tensor treated as an array",
        "Arrays have `squeeze`, Tensors do not. What gives a Tensor a new shape, and remembers?",
        _matrices_as(_row, _column, lambda c, a, b: c.squeeze(-1)),
    ),
    _vectors(
        "outer product",
        "Yours makes a column of the left vector and a row of the right one: that multiplies every number "
        "with every other. Which way do they have to lie to give one number?",
        _matrices_as(_column, _row, lambda c, a, b: c),
    ),
    _vectors(
        "outer product",
        "Yours makes a column of the left vector and a row of the right one. Which way do they have to lie "
        "to give one number?",
        _matrices_as(_column, _row),
    ),
    *_lying_the_wrong_way(),
    _vectors(
        "axis of size 1 lost",
        _EVERY_1,
        _matrices_as(_row, _column, _squeezed),
    ),
    _vectors(
        "axis of size 1 lost",
        _EVERY_1,
        _matrices_as(_row, _column, _without_last_two_of_size_1),
    ),
    _vectors(
        "axis of size 1 lost",
        _EVERY_1,
        lambda a, b: _without_last_two_of_size_1(MatMul()(_row(a), _column(b)), a, b),
    ),
    *_losing_axes_of_matrices(),
    _vectors(
        "right without a batch only",
        "You take out axis 0. In a batch, the axis of the invented row is not the first: which one is it, "
        "counted from the end?",
        _matrices_as(_row, _column, _without_first_or_last),
    ),
    _vectors(
        "right without a batch only",
        "You take the first size for the number of rows. In a batch it is the number of items: where do the "
        "rows stand, counted from the end?",
        _matrices_as(_row, _column, _rows_from_the_front),
    ),
    *(
        _vectors(
            "size of the other input",
            "You give a vector the size of the other input. That fits two vectors; whose elements are they?",
            lambda a, b, rows=rows, columns=columns: _without(MatMul()(rows(a, b), columns(a, b)), a, b),
        )
        for rows, columns in (
            (lambda a, b: _row(a), lambda a, b: reshape(b, (a.size, 1)) if b.ndim == 1 else b),
            (lambda a, b: reshape(a, (1, b.size)) if a.ndim == 1 else a, lambda a, b: _column(b)),
        )
    ),
    _vectors(
        "right without a batch only",
        "Yours has no room for batch axes in the result. They stand in front of the last two.",
        _matrices_as(_row, _column, _without_batch),
    ),
    _vectors(
        "wrong axis taken out",
        "You take out the other axis, not the one that you invented. A row that was made of `a` adds its "
        "axis at which place of the result, and a column that was made of `b`?",
        _matrices_as(_row, _column, _other_axis),
    ),
    _vectors(
        "history cut",
        "The numbers are right, and no gradient comes back: they were computed on arrays. Use `reshape` and "
        "`MatMul`, which remember.",
        lambda a, b: Tensor(a.data @ b.data),
    ),
    *(
        _vectors(
            "history cut",
            "A new Tensor was made of an array on the way, and so the history is cut there. `reshape` from "
            "`babygrad` gives a new shape and remembers.",
            _matrices_as(rows, columns, take_out),
        )
        for rows, columns, take_out in (
            (_copied_row, _copied_column, _without),
            (_copied_row, _column, _without),
            (_row, _copied_column, _without),
            (_row, _column, lambda c, a, b: Tensor(_without(c, a, b).data)),
        )
    ),
)

# 7.4 @ -----------------------------------------------------------------------------------------------


def _sides(rng: np.random.Generator, text: str, *pairs: tuple[Sequence[int], Sequence[int]]) -> list[Case]:
    names = text.split(" @ ")
    cases = []
    for shapes in pairs:
        left, right = (rng.normal(size=shape) for shape in shapes)
        described = " and ".join(
            f"{'a Tensor' if name in ('x', 'y') else 'an'} `{name}` of shape {shape}"
            for name, shape in zip(names, shapes, strict=True)
        )
        inputs = {
            "text": text,
            "left": left,
            "right": right,
            "out_grad": rng.normal(size=np.shape(left @ right)),
        }
        cases.append(Case(f"With {described}, and `{text}`", inputs))
    return cases


def tensor_on_the_left(rng):
    """Two Tensors, or a Tensor and an array; matrices that can be exchanged, and a vector."""
    return [
        *_sides(rng, "x @ y", ((2, 3), (3, 5)), ((3, 3), (3, 3)), ((6, 2, 3), (3,))),
        *_sides(rng, "x @ array", ((2, 3), (3, 5))),
    ]


def array_on_the_left(rng):
    """An array or a list and a Tensor."""
    small = {
        "text": "[[4, 9]] @ x",
        "left": [[4.0, 9.0]],
        "right": np.array([[3, -5, 7], [6, 8, -4]], np.float32),
    }
    return [
        Case(
            "With a Tensor `x` of shape (2, 3), and `[[4, 9]] @ x`",
            {**small, "out_grad": np.array([[5, -6, 3]], np.float32)},
        ),
        *_sides(rng, "array @ x", ((4, 2), (2, 3)), ((3, 3), (3, 3)), ((3,), (6, 3, 5))),
    ]


def _operator(plain: Rule, reflected: Rule) -> dict[str, Any]:
    """A Tensor class with these two methods."""
    return {"Tensor": type("Tensor", (Tensor,), {"__matmul__": plain, "__rmatmul__": reflected})}


# `matmul` is the name that the probe gives another meaning, here as in a notebook: both complain in one way.
def _straight(self, other):
    return matmul(self, other)


def _reflected(self, other):
    return matmul(other, self)


def _wrapped(value):
    return value if isinstance(value, Tensor) else Tensor(value)


OPERATOR_MISTAKES = (
    Mistake(
        "reflected operator = plain operator",
        "In `__rmatmul__`, `self` is what stood on the right. Yours multiplies as if it were on the left.",
        _operator(_straight, _straight),
    ),
    Mistake(
        "reflected operator = plain operator",
        "The two methods have changed places: in `__matmul__` it is `self` that stood on the left.",
        _operator(_reflected, _straight),
    ),
    Mistake(
        "operands exchanged",
        "In `__matmul__`, `self` is what stood on the left. Yours multiplies as if it were on the right.",
        _operator(_reflected, _reflected),
    ),
    Mistake(
        "element-wise product instead",
        "This is `*`, element by element. Which function did you write in 7.3?",
        _operator(
            lambda self, other: babygrad.mul(self, other), lambda self, other: babygrad.mul(other, self)
        ),
    ),
    Mistake(
        "constant wants a gradient",
        "A Tensor that you make wants a gradient unless you forbid it. `matmul` wraps what has to be "
        "wrapped.",
        _operator(_straight, lambda self, other: matmul(Tensor(other), self)),
    ),
    Mistake(
        "function taken for a method",
        "`matmul` is the function that you wrote in 7.3, and it wants both sides. Tensors have no method of "
        "that name.",
        _operator(lambda self, other: self.matmul(other), lambda self, other: other.matmul(self)),
    ),
    Mistake(
        "history cut",
        "You wrap `other` even if it is a Tensor already, and so cut its history. `matmul` wraps what has "
        "to be wrapped.",
        _operator(lambda self, other: matmul(self, Tensor(other)), _reflected),
    ),
    Mistake(
        "history cut",
        "The numbers are right, and no gradient comes back: they were computed on arrays. Let `matmul` have "
        "the Tensors themselves.",
        _operator(
            lambda self, other: Tensor(self.data @ _wrapped(other).data),
            lambda self, other: Tensor(_wrapped(other).data @ self.data),
        ),
    ),
    *(
        Mistake(
            "history cut",
            "You give `matmul` an array where there was a Tensor, so that no gradient finds its way back to "
            "it. Let `matmul` have the Tensors themselves.",
            _operator(plain, reflected),
        )
        for plain, reflected in (
            (lambda self, other: matmul(self.data, other), lambda self, other: matmul(other, self.data)),
            (lambda self, other: matmul(self, _wrapped(other).data), _reflected),
        )
    ),
    Mistake(
        "array returned",
        "You return the array of the product. A product of Tensors is a Tensor, which remembers where it "
        "came from.",
        _operator(lambda self, other: matmul(self, other).data, lambda self, other: matmul(other, self).data),
    ),
    Mistake(
        "no case for vectors",
        "You call `MatMul` yourself, and it was given a vector. Which function of yours knows what to do "
        "with vectors?",
        _operator(lambda self, other: Matrices()(self, other), lambda self, other: Matrices()(other, self)),
    ),
)

EXERCISES = (
    Exercise(
        "07_matmul/MatMul2D",
        cell="matmul_2d",
        reference={"MatMul2D": babygrad.MatMul},
        parts=(
            PLAIN.forward("forward", 0.5, matrices_forward),
            PLAIN.backward_form("backward returns the shapes of its inputs", 0.25, matrices_and_constants),
            Part("float32 stays float32", 0.25, lesson_07_matmul.PLAIN.dtypes, PLAIN.with_output(float32)),
            Part(
                "backward, values for a",
                1,
                lesson_07_matmul.PLAIN.first_gradient,
                PLAIN.with_output(matrices),
            ),
            Part(
                "backward, values for b",
                1,
                lesson_07_matmul.PLAIN.second_gradient,
                PLAIN.with_output(matrices),
            ),
        ),
        mistakes=PLAIN_MISTAKES,
        withheld=("MatMul.backward", "BothGradients", "Matrices"),
        needed=("MatMul", "Tensor.__matmul__"),
    ),
    Exercise(
        "07_matmul/MatMul",
        cell="matmul",
        reference={"MatMul": babygrad.MatMul},
        parts=(
            BATCH.forward("forward", 0.5, batches_forward),
            BATCH.backward_form("backward returns the shapes of its inputs", 0.5, batches),
            BATCH.backward("backward, each item with matrices of its own", 0.5, own_matrices),
            BATCH.backward("backward, shared matrices", 1, shared_matrices),
            BATCH.backward("backward, batch axes of size 1", 0.5, stretched_batches),
        ),
        mistakes=BATCH_MISTAKES,
        withheld=("MatMul.backward", "Matrices"),
        needed=("MatMul", "Tensor.__matmul__", "BothGradients"),
    ),
    Exercise(
        "07_matmul/matmul",
        cell="vectors",
        reference={"matmul": _reference_matmul},
        parts=(
            Part("two vectors", 0.25, product, two_vectors),
            Part("a matrix and a vector", 0.5, product, a_matrix_and_a_vector),
            Part("a batch and a vector", 0.25, product, batches_and_a_vector),
        ),
        mistakes=VECTOR_MISTAKES,
        withheld=("MatMul", "matmul", "Tensor.__matmul__", "Tensor.__rmatmul__"),
        needed=("Matrices", "Tensor.backward"),
    ),
    Exercise(
        "07_matmul/operator",
        cell="operator",
        reference={"Tensor": babygrad.Tensor},
        parts=(
            Part("a Tensor on the left", 0.5, expression, tensor_on_the_left),
            Part("an array or a list on the left", 0.5, expression, array_on_the_left),
        ),
        mistakes=OPERATOR_MISTAKES,
        withheld=("MatMul", "matmul", "Tensor.__matmul__", "Tensor.__rmatmul__"),
        needed=("Matrices",),
    ),
)
