"""Lesson 05: Reshape, Transpose, Summation and BroadcastTo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

import babygrad
from autograder.exercise import Case, Exercise, Mistake
from autograder.exercises.operation import Operation
from autograder.probes import lesson_05_shape as probes
from babygrad import Tensor

RESHAPE, TRANSPOSE = Operation(probes.RESHAPE), Operation(probes.TRANSPOSE)
SUMMATION, BROADCAST_TO = Operation(probes.SUMMATION), Operation(probes.BROADCAST_TO)

# Cases ------------------------------------------------------------------------------------------------

SMALL = np.array([[3, -5, 7], [4, 8, -6]], np.float32)
_SMALL = "`x = [[3, -5, 7], [4, 8, -6]]`"


def _tens(*shape: int) -> np.ndarray:
    """10, 20, 30, …: an upstream gradient whose numbers tell where they come from."""
    return (10 * np.arange(1, np.prod(shape, dtype=int) + 1)).reshape(shape).astype(np.float32)


def _numbers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.normal(size=shape)


@dataclass(frozen=True)
class _Given:
    """What an operation is tried on: an x, its settings, and both in words."""

    x: np.ndarray
    settings: tuple
    words: tuple[str, ...]

    def case(self, *more: str, **inputs: Any) -> Case:
        words = (*self.words, *more)
        text = f"With {', '.join(words[:-1])} and {words[-1]}"
        return Case(text, {"arrays": (self.x,), "settings": self.settings, **inputs})


def _given(x: Any, settings: tuple, words: tuple[str, ...], what: str = "") -> _Given:
    x = np.asarray(x)
    empty = "an empty " if 0 in x.shape else ""
    return _Given(x, settings, (what or f"{empty}`x` of shape {x.shape}", *words))


def _forward(given: list[_Given]) -> list[Case]:
    return [one.case() for one in given]


def _backward(op: Operation, rng: np.random.Generator, given: list[_Given]) -> list[Case]:
    """To a small x comes back 10, 20, 30, …; to a random one something random."""
    cases = []
    for one in given:
        shape = op.reference(*one.settings).forward(one.x).shape
        small = one.x.dtype == np.float32
        out_grad = _tens(*shape) if small else rng.normal(size=shape)
        shown = f"`out_grad = {out_grad.astype(int).tolist()}`" if small else "a random upstream gradient"
        if not out_grad.size:
            shown = f"an empty upstream gradient of shape {shape}"
        cases.append(one.case(shown, out_grad=out_grad))
    return cases


def _reshapes(rng):
    def given(x, shape, what=""):
        return _given(x, (shape,), (f"`shape={shape}`",), what)

    return [
        given(SMALL, (3, 2), _SMALL),
        given(_numbers(rng, 2, 3, 4), (4, 6)),
        given(_numbers(rng, 3, 4), (12,)),
        given(_numbers(rng, 2, 3, 4), (3, -1)),
        given(_numbers(rng, 5), (-1, 1)),
        given(np.full((1, 1), 7.0, np.float32), (), "`x = [[7]]`"),
        given(rng.normal(), (1, 1)),
        given(np.zeros((0, 3)), (3, 0)),
    ]


def reshaped(rng):
    """The same number of elements in another shape, -1 for one size, 0-d, empty."""
    return _forward(_reshapes(rng))


def reshaped_with_upstream(rng):
    """The same, with an upstream gradient."""
    return _backward(RESHAPE, rng, _reshapes(rng))


def _transposed(x, axes, what=""):
    return _given(x, (axes,), (f"`axes={axes}`",), what)


def _last_two(rng):
    shapes = [(2, 3, 4), (2, 3, 4, 5), (3, 3, 3), (0, 3)]
    return [
        _given(SMALL, (), ("no axes given",), _SMALL),
        *(_transposed(_numbers(rng, *shape), None) for shape in shapes),
    ]


def last_two(rng):
    """No axes given."""
    return _forward(_last_two(rng))


def permuted(rng):
    """Every axis named, in all kinds of orders."""
    return _forward(
        [
            _transposed(SMALL, (1, 0), _SMALL),
            _transposed(_numbers(rng, 2, 3, 4), (2, 0, 1)),
            _transposed(_numbers(rng, 2, 3, 4, 5), (3, 0, 2, 1)),
            _transposed(_numbers(rng, 2, 3, 4), (-1, 0, 1)),
            _transposed(_numbers(rng, 2, 3, 4), (0, 1, 2)),
            _transposed(_numbers(rng, 4), (0,)),
        ]
    )


def last_two_with_upstream(rng):
    """No axes given, on the way back."""
    return _backward(TRANSPOSE, rng, _last_two(rng))


def swaps_with_upstream(rng):
    """Orders that are undone by doing them again."""
    return _backward(
        TRANSPOSE,
        rng,
        [
            _transposed(SMALL, (1, 0), _SMALL),
            _transposed(_numbers(rng, 2, 3, 4), (2, 1, 0)),
            _transposed(_numbers(rng, 2, 3, 4), (0, 2, 1)),
            _transposed(_numbers(rng, 2, 3, 4, 5), (1, 0, 3, 2)),
            _transposed(_numbers(rng, 4), (0,)),
        ],
    )


def circles_with_upstream(rng):
    """Orders that are not undone by doing them again; also where sizes are equal, and only numbers tell."""
    return _backward(
        TRANSPOSE,
        rng,
        [
            _transposed(SMALL.reshape(1, 2, 3), (2, 0, 1), "`x = [[[3, -5, 7], [4, 8, -6]]]`"),
            _transposed(_numbers(rng, 2, 3, 4), (1, 2, 0)),
            _transposed(_numbers(rng, 2, 2, 2), (2, 0, 1)),
            _transposed(_numbers(rng, 2, 3, 4, 5), (0, 3, 1, 2)),
            _transposed(_numbers(rng, 2, 3, 4, 5), (1, 2, 3, 0)),
        ],
    )


def negative_with_upstream(rng):
    """Axes counted from the end, some or all of them."""
    return _backward(
        TRANSPOSE,
        rng,
        [
            _transposed(SMALL, (-1, -2), _SMALL),
            _transposed(_numbers(rng, 2, 3, 4), (0, -1, 1)),
            _transposed(_numbers(rng, 2, 3, 4), (-1, 0, 1)),
            _transposed(_numbers(rng, 2, 3, 4), (-2, -1, -3)),
            _transposed(_numbers(rng, 2, 3, 4, 5), (2, -1, 0, -3)),
        ],
    )


def _summed(x, axes, keepdims=False, what=""):
    kept = ("`keepdims=True`",) if keepdims else ()
    return _given(x, (axes, keepdims), (f"`axes={axes}`", *kept), what)


def sums(rng):
    """All axes, one, several, none; kept and not kept."""
    return _forward(
        [
            _summed(SMALL, None, what=_SMALL),
            _summed(SMALL, 0, what=_SMALL),
            _summed(SMALL, -1, what=_SMALL),
            _summed(_numbers(rng, 2, 3, 4), (2, 0)),
            _summed(_numbers(rng, 2, 3, 4), (-1, 1)),
            _summed(_numbers(rng, 2, 3, 4), (0, 1)),
            _summed(_numbers(rng, 2, 3, 4), (2, -2)),
            _summed(SMALL, 1, True, _SMALL),
            _summed(_numbers(rng, 2, 3, 4), (0, 2), True),
            _summed(rng.normal(), None),
            _summed(np.zeros((0, 3)), 0),
            _summed(_numbers(rng, 2, 3), ()),
        ]
    )


def all_summed(rng):
    """The sum is one number."""
    return _backward(
        SUMMATION,
        rng,
        [
            _summed(SMALL, None, what=_SMALL),
            _summed(_numbers(rng, 2, 3, 4), None),
            _summed(rng.normal(), None),
        ],
    )


def one_summed(rng):
    """One axis, also where the shapes would fit in the wrong way."""
    return _backward(
        SUMMATION,
        rng,
        [
            _summed(SMALL, 0, what=_SMALL),
            _summed(SMALL, 1, what=_SMALL),
            _summed(_numbers(rng, 3, 3), 1),
            _summed(_numbers(rng, 2, 3, 4), 1),
            _summed(_numbers(rng, 2, 3, 4), -1),
            _summed(_numbers(rng, 2, 3, 4), -3),
            _summed(np.zeros((0, 3)), 1),
        ],
    )


def several_summed(rng):
    """Several axes, in any order, down to none at all."""
    return _backward(
        SUMMATION,
        rng,
        [
            _summed(SMALL[:, :, None], (0, 2), what="`x = [[[3], [-5], [7]], [[4], [8], [-6]]]`"),
            _summed(_numbers(rng, 2, 3, 4), (0, 2)),
            _summed(_numbers(rng, 2, 3, 4), (-1, -2)),
            _summed(_numbers(rng, 2, 3, 4), (2, 0)),
            _summed(_numbers(rng, 2, 3, 4, 5), (2, 1)),
            _summed(_numbers(rng, 3, 2, 3), (1, 2)),
            _summed(_numbers(rng, 2, 3, 4), (-1, 0)),
            _summed(_numbers(rng, 2, 3), (1, 0)),
            _summed(_numbers(rng, 2, 3), (1,)),
            _summed(_numbers(rng, 2, 3), ()),
        ],
    )


def kept_sums(rng):
    """The summed axes are still there."""
    return _backward(
        SUMMATION,
        rng,
        [
            _summed(SMALL, 1, True, _SMALL),
            _summed(SMALL, 0, True, _SMALL),
            _summed(_numbers(rng, 2, 3, 4), (2, 0), True),
            _summed(_numbers(rng, 2, 3, 4), -2, True),
            _summed(_numbers(rng, 2, 3), None, True),
        ],
    )


def _broadcast(x, shape, what=""):
    return _given(x, (shape,), (f"`shape={shape}`",), what)


def broadcasts(rng):
    """New axes in front, stretched axes, both, neither."""
    return _forward(
        [
            _broadcast(SMALL[0], (2, 3), "`x = [3, -5, 7]`"),
            _broadcast(SMALL[:, :1], (2, 3), "`x = [[3], [4]]`"),
            _broadcast(rng.normal(), (2, 3)),
            _broadcast(_numbers(rng, 3, 1), (2, 3, 4)),
            _broadcast(_numbers(rng, 2, 3), (2, 3)),
            _broadcast(_numbers(rng, 1), (0,)),
        ]
    )


def new_axes(rng):
    """New axes in front."""
    return _backward(
        BROADCAST_TO,
        rng,
        [
            _broadcast(SMALL[0], (2, 3), "`x = [3, -5, 7]`"),
            _broadcast(rng.normal(), (2, 3)),
            _broadcast(_numbers(rng, 3, 4), (5, 3, 4)),
            _broadcast(_numbers(rng, 3, 4), (5, 2, 3, 4)),
            _broadcast(_numbers(rng, 3), (3, 3)),
            _broadcast(_numbers(rng, 3), (1, 3)),
        ],
    )


def stretched_axes(rng):
    """Axes of size 1 that grow, or might."""
    return _backward(
        BROADCAST_TO,
        rng,
        [
            _broadcast(SMALL[:, :1], (2, 3), "`x = [[3], [4]]`"),
            _broadcast(SMALL[:1], (2, 3), "`x = [[3, -5, 7]]`"),
            _broadcast(_numbers(rng, 1, 1), (2, 3)),
            _broadcast(_numbers(rng, 1, 3, 1), (2, 3, 4)),
            _broadcast(_numbers(rng, 2, 1), (2, 1)),
            _broadcast(_numbers(rng, 1, 1), (2, 1)),
            _broadcast(_numbers(rng, 1), (0,)),
        ],
    )


def both_kinds(rng):
    """New axes and stretched ones at once; nothing to do."""
    return _backward(
        BROADCAST_TO,
        rng,
        [
            _broadcast(SMALL[:, :1], (2, 2, 3), "`x = [[3], [4]]`"),
            _broadcast(_numbers(rng, 3, 1), (2, 3, 4)),
            _broadcast(_numbers(rng, 1, 4), (2, 3, 4)),
            _broadcast(_numbers(rng, 1), (2, 3)),
            _broadcast(_numbers(rng, 1, 1), (3, 2, 1)),
            _broadcast(_numbers(rng, 2, 1, 4, 1), (3, 5, 2, 3, 4, 2)),
            _broadcast(_numbers(rng, 2, 3), (2, 3)),
        ],
    )


# Mistakes: in any of the four -------------------------------------------------------------------------

Backward = Callable[[Any, Tensor, Tensor], Any]


def _from_right(op: Operation, change: Callable[[Tensor, Tensor], Any]) -> Backward:
    """A backward that makes something else of the right gradient and x."""

    def backward(self, out_grad, node):
        return change(op.reference.backward(self, out_grad, node), node._inputs[0])

    return backward


def _ones(t: Tensor) -> Tensor:
    return Tensor(np.ones_like(t.data), requires_grad=False)


def _in_any(op: Operation, verb: str, *made_of: type[babygrad.Function]) -> tuple[Mistake, ...]:
    """made_of: the operations that its backward may be made of."""
    return (
        op.mistake(
            "array for Tensor",
            "The numbers are right, but `backward` returns an array. Gradients travel as Tensors: apply "
            "operations to `out_grad` itself, or wrap what you have computed.",
            backward=_from_right(op, lambda right, x: right.data),
        ),
        *(
            op.mistake(
                "forgot out_grad",
                "This does not depend on `out_grad`: it is the gradient for an upstream gradient of ones. "
                "The local slope is 1, but the upstream gradient is not.",
                backward=lambda self, out_grad, node, ones=ones: op.reference.backward(
                    self, ones(out_grad), node
                ),
            )
            for ones in (_ones, lambda t: Tensor(np.ones(t.shape), requires_grad=False))
        ),
        op.mistake(
            "own value instead of the slope",
            f"Yours is the right gradient times the values of `x`. A nudge of an element is {verb}. Is it "
            "magnified on the way?",
            backward=_from_right(op, lambda right, x: right * x),
        ),
        op.mistake(
            "values for gradients",
            "You return `x`. Its values do not matter here; its shape does.",
            backward=lambda self, out_grad, node: Tensor(node._inputs[0].data),
        ),
        op.mistake(
            "dtype not kept",
            "The numbers are right, the dtype is not. NumPy's `ones`, `zeros` and `empty` make float64, "
            "unless you say `dtype=`.",
            backward=_from_right(op, lambda right, x: Tensor(right.data.astype(np.float64))),
        ),
        *(
            op.mistake(
                "made, not called",
                f"`{other.__name__}(…)` only makes the object. A second pair of parentheses calls it, on a "
                "Tensor.",
                backward=lambda self, out_grad, node, other=other: other(node._inputs[0].shape),
            )
            for other in made_of
        ),
        *(
            op.mistake(
                "made, not called",
                f"`{other.__name__}(…)` takes one setting, and a tuple counts as one. What it works on goes "
                "into a second pair of parentheses.",
                backward=lambda self, out_grad, node, other=other: other(node._inputs[0].shape, out_grad),
            )
            for other in made_of
            if other is not babygrad.Summation
        ),
        op.mistake(
            "inputs taken for the input",
            "`node._inputs` is a tuple, also where there is only one input. Which of its entries is `x`?",
            backward=lambda self, out_grad, node: node._inputs.shape,
        ),
        op.mistake(
            "Tensor for array",
            "`forward` gets an array and returns an array; you return a Tensor. It is wrapped later, by "
            "`__call__`.",
            forward=lambda self, x: Tensor(op.reference.forward(self, x)),
        ),
    )


def _shared_memory(op: Operation) -> Mistake:
    """The shape of the last input kept where all objects see it, and used on the way back."""
    last = {}

    def forward(self, x):
        last["shape"] = x.shape
        return op.reference.forward(self, x)

    def backward(self, out_grad, node):
        like = SimpleNamespace(_inputs=(Tensor(np.zeros(last["shape"])),))
        return op.reference.backward(self, out_grad, like)

    return op.mistake(
        "memory between calls",
        "Between its forward and its backward another object of your class was used, and here you have the "
        "shape of that one's input. What is kept in the class or in a global name belongs to all of them. "
        "Who knows the input of this one?",
        forward=forward,
        backward=backward,
    )


def _unchanged(op: Operation, question: str) -> Mistake:
    return op.mistake(
        "shape of the output",
        f"This is `out_grad`, still as it came. {question}",
        backward=lambda self, out_grad, node: out_grad,
    )


# Mistakes: Reshape -------------------------------------------------------------------------------------


def _array_rule(rule: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda g, x: Tensor(rule(g.data, x.data))


_BY_COLUMNS = (
    "The elements are taken column by column. Reading order is row by row, as in a text: the last index "
    "runs fastest. Is there an `order=` that should not be there?"
)
_TURNED = (
    "The shape can be right this way, the places are not: you swap rows and columns. A reshape keeps the "
    "elements in reading order, on the way there and on the way back."
)


def _column_by_column(x, shape):
    return x.reshape(shape, order="F")


def _given_another_shape(array, shape):
    array.shape = shape
    return array


def _out_grad_given_another_shape(self, out_grad, node):
    _given_another_shape(out_grad.data, node._inputs[0].shape)
    return out_grad


RESHAPE_MISTAKES = (
    RESHAPE.mistake(
        "column by column",
        _BY_COLUMNS,
        forward=lambda self, x: _column_by_column(x, self.shape),
    ),
    RESHAPE.mistake(
        "column by column",
        _BY_COLUMNS,
        backward=lambda self, out_grad, node: Tensor(
            _column_by_column(out_grad.data, node._inputs[0].data.shape)
        ),
    ),
    RESHAPE.mistake(
        "column by column",
        _BY_COLUMNS,
        forward=lambda self, x: _column_by_column(x, self.shape),
        backward=lambda self, out_grad, node: Tensor(
            _column_by_column(out_grad.data, node._inputs[0].data.shape)
        ),
    ),
    RESHAPE.mistake(
        "transpose for reshape",
        _TURNED,
        forward=lambda self, x: x.T.reshape(self.shape),
    ),
    RESHAPE.mistake("transpose for reshape", _TURNED, forward=lambda self, x: x.T),
    RESHAPE.rule("transpose for reshape", _TURNED, _array_rule(lambda g, x: g.T)),
    RESHAPE.rule("transpose for reshape", _TURNED, _array_rule(lambda g, x: g.T.reshape(x.shape))),
    RESHAPE.rule("transpose for reshape", _TURNED, lambda g, x: babygrad.transpose(g)),
    RESHAPE.rule("transpose for reshape", _TURNED, lambda g, x: babygrad.Reshape(x.shape)(g.T)),
    RESHAPE.mistake(
        "other operation",
        "`np.resize` cuts or repeats until the sizes fit, and finds no size for a -1. Which of NumPy's "
        "functions keeps every element?",
        forward=lambda self, x: np.resize(x, self.shape),
    ),
    RESHAPE.mistake(
        "right for two axes only",
        "Yours is for two sizes, and a shape may also have one, three or none. Does NumPy need them one by "
        "one?",
        forward=lambda self, x: x.reshape(self.shape[0], self.shape[1]),
    ),
    RESHAPE.mistake(
        "caller's array changed",
        "To assign to `.shape` changes the array itself, and it belongs to somebody else. What gives you an "
        "array in another shape and leaves `x` as it is?",
        forward=lambda self, x: _given_another_shape(x, self.shape),
    ),
    RESHAPE.mistake(
        "caller's array changed",
        "An array's own `resize` changes the array itself, which belongs to somebody else, and returns None. "
        "Which method leaves it as it is and gives you another?",
        forward=lambda self, x: x.resize(self.shape),
    ),
    RESHAPE.mistake(
        "caller's array changed",
        "To assign to `.shape` changes the array itself, and `out_grad` belongs to somebody else. What makes "
        "a new Tensor in another shape?",
        backward=_out_grad_given_another_shape,
    ),
    RESHAPE.mistake(
        "setting ignored",
        "You return `x` in one long row. Which shape was asked for, and where does the object keep it?",
        forward=lambda self, x: x.ravel(),
    ),
    RESHAPE.formula(
        "setting ignored",
        "You return `x` as it came. Which shape was asked for, and where does the object keep it?",
        lambda x: x,
    ),
    RESHAPE.mistake(
        "setting unpacked",
        "The star unpacks a tuple, and of `()`, the shape of a single number, it leaves nothing. Does NumPy "
        "need it unpacked?",
        forward=lambda self, x: x.reshape(*self.shape),
    ),
    _unchanged(
        RESHAPE,
        "It has the shape of the output, which is `self.shape` or `node.shape`. Whose shape does the "
        "gradient for `x` need?",
    ),
    RESHAPE.rule(
        "shape of the output",
        "The numbers are right and in order, but in one long row. Whose shape does the gradient for `x` "
        "need?",
        _array_rule(lambda g, x: g.ravel()),
    ),
    _shared_memory(RESHAPE),
    *_in_any(RESHAPE, "moved to another place", babygrad.Reshape),
)

# Mistakes: Transpose ----------------------------------------------------------------------------------


_NOTHING: Any = None


def _axes_as_given(self, axes=None):
    self.axes = axes


def _transpose_mistake(family: str, message: str, **methods: Callable[..., Any]) -> Mistake:
    return TRANSPOSE.mistake(family, message, __init__=_axes_as_given, **methods)


def _back_by(
    order: Callable[[tuple, int], Any], without: Callable = lambda g: g.swapaxes(-1, -2)
) -> Backward:
    """A backward that finds the order in its own way; without axes it is right, unless told otherwise."""

    def backward(self, out_grad, node):
        g = out_grad.data
        return Tensor(without(g) if self.axes is None else g.transpose(order(self.axes, g.ndim)))

    return backward


def _forth_by(order: Callable[[tuple, int], Any], without: Callable = lambda x: x.swapaxes(-1, -2)):
    return lambda self, x: without(x) if self.axes is None else x.transpose(order(self.axes, x.ndim))


def _inverse(axes, ndim):
    return np.argsort([axis % ndim for axis in axes])


def _same(axes, ndim):
    return axes


def _first_two_swapped(array, axes):
    return array.swapaxes(axes[0], axes[1])


def _as_a_pair(self, x):
    return x.swapaxes(-1, -2) if self.axes is None else _first_two_swapped(x, self.axes)


_ALL_REVERSED = (
    "Without axes you reverse all axes, as `.T` of NumPy does. For two axes that is the same. What "
    "should happen to the first axis of a batch of matrices?"
)
_RESHAPED = (
    "The shape is right, the elements are in the wrong places: a reshape keeps the reading order, and a "
    "transpose does not. Follow one element."
)
_NEGATIVE = (
    "Some axes here are counted from the end, and you take their numbers as they are. Of three axes, "
    "which one is -1, counted from the front?"
)
_OPPOSITE = (
    "You read `axes` the other way round. `axes[k]` does not say where axis k goes, but which axis comes to "
    "place k. For two axes there is no difference."
)
_FROM_THE_FRONT = (
    "You name two axes by fixed numbers from the front. With more axes, or fewer, the last two have other "
    "numbers there. Counted from which end are they always the same?"
)
_TWO_OF_MORE = (
    "Your order names two axes, and a batch of matrices has more. What swaps the last two, however many "
    "stand in front?"
)
_PAIR = (
    "You swap two axes, those named first. `axes` names all of them: the new order, place by place. What "
    "becomes of a third one?"
)

TRANSPOSE_MISTAKES = (
    _transpose_mistake(
        "wrong permutation again instead of its inverse",
        "You apply the same order of axes again. That undoes a swap, but no circle of three: each axis "
        "has moved on by one place, and now it moves on once more. Which order brings it back?",
        backward=_back_by(_same),
    ),
    _transpose_mistake(
        "wrong permutation again instead of its inverse",
        "You apply `axes` in reversed order. Reading a list from the end does not undo it: with "
        "`axes=(2, 0, 1)`, at which place is axis 0 of `x` now?",
        backward=_back_by(lambda axes, ndim: axes[::-1]),
    ),
    _transpose_mistake(
        "wrong permutation again instead of its inverse",
        "You find the order that leads back and then read it from the end. It says for each axis of `x`, "
        "beginning with axis 0, where that one stands: which comes first?",
        backward=_back_by(lambda axes, ndim: _inverse(axes, ndim)[::-1]),
    ),
    _transpose_mistake(
        "negative axes not normalised",
        "Some axes here are counted from the end, and you sort them in front of axis 0. Of three axes, which "
        "one is -1, counted from the front?",
        backward=_back_by(lambda axes, ndim: np.argsort(axes)),
    ),
    _transpose_mistake(
        "negative axes not normalised",
        "You subtract a negative number, and that adds: of three axes, -1 becomes 4. Which number does the "
        "last of three have?",
        backward=_back_by(lambda axes, ndim: np.argsort([a if a >= 0 else ndim - a for a in axes])),
    ),
    _transpose_mistake(
        "negative axes not normalised",
        "For -1 you have a number from the front. -2 and -3 are counted from the end as well.",
        backward=_back_by(lambda axes, ndim: np.argsort([ndim - 1 if a == -1 else a for a in axes])),
    ),
    _transpose_mistake(
        "negative axes not normalised",
        _NEGATIVE,
        backward=_back_by(lambda axes, ndim: [axes.index(place) for place in range(ndim)]),
    ),
    _transpose_mistake(
        "negative axes not normalised",
        _NEGATIVE,
        backward=_back_by(lambda axes, ndim: [list(axes).index(place) for place in range(ndim)]),
    ),
    _transpose_mistake(
        "negative axes not normalised",
        _NEGATIVE,
        backward=_back_by(lambda axes, ndim: [{a: p for p, a in enumerate(axes)}[p] for p in range(ndim)]),
    ),
    _transpose_mistake(
        "negative axes not normalised",
        "You drop the minus sign of an axis. -1 is the last axis, not axis 1. How many axes are there, "
        "and which number does the last one have?",
        backward=_back_by(lambda axes, ndim: np.argsort(np.abs(axes))),
    ),
    _transpose_mistake(
        "divided by a fixed number",
        "This is right for three axes, and not for more or fewer. Is there a 3 that should be the number of "
        "axes?",
        backward=_back_by(lambda axes, ndim: np.argsort([axis % 3 for axis in axes])),
    ),
    _transpose_mistake(
        "divided by a number too small",
        "You divide by one less than the number of axes. Then the last axis leaves the remainder 0, as "
        "axis 0 does.",
        backward=_back_by(lambda axes, ndim: np.argsort([axis % (ndim - 1) for axis in axes])),
    ),
    _transpose_mistake("all axes reversed", _ALL_REVERSED, forward=_forth_by(_same, lambda x: x.T)),
    _transpose_mistake("all axes reversed", _ALL_REVERSED, backward=_back_by(_inverse, lambda g: g.T)),
    _transpose_mistake(
        "all axes reversed",
        _ALL_REVERSED,
        forward=_forth_by(_same, lambda x: x.T),
        backward=_back_by(_inverse, lambda g: g.T),
    ),
    _transpose_mistake(
        "all axes reversed",
        "You reverse all axes, whatever `self.axes` says. Does that bring each axis back to its old place?",
        backward=_back_by(lambda axes, ndim: None, lambda g: g.T),
    ),
    *(
        _transpose_mistake(
            "last two counted from the front",
            _FROM_THE_FRONT,
            forward=_forth_by(_same, lambda x, pair=pair: x.swapaxes(*pair)),
        )
        for pair in ((0, 1), (1, 2), (0, 2))
    ),
    _transpose_mistake(
        "right for a matrix only", _TWO_OF_MORE, forward=_forth_by(_same, lambda x: x.transpose(1, 0))
    ),
    _transpose_mistake(
        "right for a matrix only",
        _TWO_OF_MORE,
        backward=_back_by(_inverse, lambda g: babygrad.Transpose((1, 0))(Tensor(g)).data),
    ),
    _transpose_mistake(
        "nothing swapped",
        "-2, -1 is the order in which the last two axes stand already. Nothing is swapped, and an axis in "
        "front of them has no place.",
        forward=_forth_by(_same, lambda x: x.transpose(-2, -1)),
    ),
    _transpose_mistake(
        "setting ignored",
        "You swap the last two axes, whatever `self.axes` says.",
        forward=lambda self, x: x.swapaxes(-1, -2) if x.ndim > 1 else x,
    ),
    _transpose_mistake(
        "setting ignored",
        "You reverse all axes, whatever `self.axes` says. For two axes named (1, 0) that is the same. Which "
        "order was asked for here?",
        forward=_forth_by(lambda axes, ndim: None),
    ),
    _transpose_mistake(
        "setting ignored",
        "You swap the last two axes, whatever `self.axes` says. Other axes may have moved on the way there.",
        backward=lambda self, g, node: Tensor(g.data.swapaxes(-1, -2) if g.ndim > 1 else g.data),
    ),
    _transpose_mistake(
        "setting ignored",
        "You swap the last two axes, whatever `self.axes` says. Other axes may have moved on the way there.",
        backward=lambda self, g, node: babygrad.transpose(g),
    ),
    _transpose_mistake("axes read as a pair", _PAIR, forward=_as_a_pair),
    _transpose_mistake(
        "axes read as a pair",
        "`swapaxes` wants two axes, and `axes` names all of them: the new order, place by place. Which "
        "function takes the whole order?",
        forward=lambda self, x: x.swapaxes(-1, -2) if self.axes is None else np.swapaxes(x, *self.axes),
    ),
    _transpose_mistake(
        "axes read as a pair", _PAIR, backward=lambda self, g, node: Tensor(_as_a_pair(self, g.data))
    ),
    _transpose_mistake(
        "axes read as a pair",
        _PAIR,
        forward=_as_a_pair,
        backward=lambda self, g, node: Tensor(_as_a_pair(self, g.data)),
    ),
    _transpose_mistake("axes read the other way round", _OPPOSITE, forward=_forth_by(_inverse)),
    _transpose_mistake(
        "axes read the other way round", _OPPOSITE, forward=_forth_by(_inverse), backward=_back_by(_same)
    ),
    _transpose_mistake(
        "reshape for transpose",
        _RESHAPED,
        forward=lambda self, x: x.reshape(babygrad.Transpose.forward(self, x).shape),
    ),
    _transpose_mistake(
        "reshape for transpose",
        _RESHAPED,
        backward=lambda self, g, node: Tensor(g.data.reshape(node._inputs[0].shape)),
    ),
    _transpose_mistake(
        "reshape for transpose",
        _RESHAPED,
        forward=lambda self, x: x.reshape(babygrad.Transpose.forward(self, x).shape),
        backward=lambda self, g, node: Tensor(g.data.reshape(node._inputs[0].shape)),
    ),
    *(
        _transpose_mistake(
            "axes None not handled",
            "Here `self.axes` is None: there is no order to undo. What was done to the axes on the way "
            "there?",
            backward=_back_by(_inverse, without),
        )
        for without in (
            lambda g: babygrad.Transpose(np.argsort(_NOTHING).tolist())(Tensor(g)).data,
            lambda g: g.transpose(np.argsort(_NOTHING)),
            lambda g: g.transpose(list(_NOTHING)),
            lambda g: g.transpose(len(_NOTHING)),
        )
    ),
    _transpose_mistake(
        "not led back",
        "Without axes you hand `out_grad` on as it came. The last two axes were swapped on the way there.",
        backward=_back_by(_inverse, lambda g: g),
    ),
    _unchanged(
        TRANSPOSE,
        "Its axes are in the order of the output. In which order does the gradient for `x` need them?",
    ),
    *_in_any(TRANSPOSE, "moved to another place", babygrad.Transpose),
)

# Mistakes: Summation ----------------------------------------------------------------------------------


def _settings_as_given(self, axes=None, keepdims=False):
    self.axes, self.keepdims = axes, keepdims


def _sum_mistake(family: str, message: str, **methods: Callable[..., Any]) -> Mistake:
    methods = {"backward": _summed_right, **methods}
    return SUMMATION.mistake(family, message, __init__=_settings_as_given, **methods)


def _with_axes(self, ndim: int) -> list[int]:
    """The summed axes, counted from the front, in the order given."""
    axes = range(ndim) if self.axes is None else np.atleast_1d(np.array(self.axes, int))
    return [int(axis) % ndim for axis in axes]


_Spread = Callable[[Tensor, tuple], Tensor]
_BROADCASTS: tuple[_Spread, ...] = (
    lambda g, shape: babygrad.BroadcastTo(shape)(g),
    lambda g, shape: Tensor(np.broadcast_to(g.data, shape)),
)
_SPREADS: tuple[_Spread, ...] = (
    *_BROADCASTS,
    lambda g, shape: g * Tensor(np.ones(shape, g.dtype)),
    lambda g, shape: Tensor(np.full(shape, g.data)),
)
"""Ways to repeat a gradient, which differ only in how they complain if the shapes do not fit."""


def _spread(place: Callable[[Any, Tensor, int], Tensor], way: _Spread) -> Backward:
    """A backward that puts the axes back by `place`, then repeats."""

    def backward(self, out_grad, node):
        (x,) = node._inputs
        return way(place(self, out_grad, x.ndim), x.shape)

    return backward


def _in_all_ways(
    family: str,
    message: str,
    place: Callable[[Any, Tensor, int], Tensor],
    ways: tuple[_Spread, ...] = _BROADCASTS,
) -> tuple[Mistake, ...]:
    return tuple(_sum_mistake(family, message, backward=_spread(place, way)) for way in ways)


def _one_by_one(self, g, ndim):
    """Axes put back in the order in which they were given."""
    array = g.data
    if self.axes is not None and not self.keepdims:
        for axis in np.atleast_1d(np.array(self.axes, int)):
            array = np.expand_dims(array, int(axis))
    return Tensor(array)


def _one_by_one_from_the_front(self, g, ndim):
    array = g.data
    if not self.keepdims and self.axes is not None:
        for axis in _with_axes(self, ndim):
            array = np.expand_dims(array, axis)
    return Tensor(array)


def _one_by_one_from_the_last(self, g, ndim):
    array = g.data
    if not self.keepdims and self.axes is not None:
        for axis in sorted(_with_axes(self, ndim), reverse=True):
            array = np.expand_dims(array, axis)
    return Tensor(array)


def _one_by_one_as_sorted(self, g, ndim):
    """Sorted by their numbers, which a count from the end spoils."""
    array = g.data
    if not self.keepdims and self.axes is not None:
        for axis in sorted(np.atleast_1d(np.array(self.axes, int))):
            array = np.expand_dims(array, int(axis))
    return Tensor(array)


def _inserted(self, g, ndim):
    """Sizes put back with list.insert, for which -1 is the place before the last."""
    if self.axes is None or self.keepdims:
        return g
    sizes = list(g.shape)
    for axis in sorted(np.atleast_1d(np.array(self.axes, int))):
        sizes.insert(axis, 1)
    return babygrad.Reshape(tuple(sizes))(g)


def _at_the_end(self, g, ndim):
    return babygrad.Reshape(g.shape + (1,) * (ndim - g.ndim))(g)


def _put_back_although_kept(self, g, ndim):
    if self.axes is None:
        return g
    return Tensor(np.expand_dims(g.data, self.axes))


def _found_by_number(reshape: Callable[[Tensor, list], Tensor]) -> Backward:
    """Every axis of x looked for among those summed, by its number from the front."""

    def backward(self, out_grad, node):
        (x,) = node._inputs
        axes = (self.axes,) if isinstance(self.axes, int) else self.axes
        sizes = [1 if axes is None or axis in axes else size for axis, size in enumerate(x.shape)]
        return babygrad.BroadcastTo(x.shape)(reshape(out_grad, sizes))

    return backward


def _for_several_axes(self, g, node):
    """Right for a tuple of axes; an int is gone through as if it were one."""
    (x,) = node._inputs
    sizes = list(x.shape)
    for axis in range(x.ndim) if self.axes is None else self.axes:
        sizes[axis] = 1
    return Tensor(np.broadcast_to(g.data.reshape(sizes), x.shape))


def _for_one_or_several(self, g, node):
    """Right for an int and for a tuple; None is gone through as if it were one."""
    (x,) = node._inputs
    sizes = list(x.shape)
    for axis in (self.axes,) if isinstance(self.axes, int) else self.axes:
        sizes[axis] = 1
    return Tensor(np.broadcast_to(g.data.reshape(sizes), x.shape))


def _for_one_axis(self, g, node):
    """Right for an int; a tuple is used as if it were one."""
    (x,) = node._inputs
    sizes = list(x.shape)
    if self.axes is not None:
        sizes[self.axes] = 1
        g = babygrad.Reshape(sizes)(g)
    return babygrad.BroadcastTo(x.shape)(g)


def _for_axes_that_count_as_true(reshape: Callable[[Tensor, list], Tensor]) -> Backward:
    """None asked for as what counts as false, which axis 0 and () do too."""

    def backward(self, out_grad, node):
        (x,) = node._inputs
        sizes = list(x.shape)
        for axis in _with_axes(self, x.ndim) if self.axes else range(x.ndim):
            sizes[axis] = 1
        return babygrad.BroadcastTo(x.shape)(reshape(out_grad, sizes))

    return backward


def _for_sizes_that_differ(reshape: Callable[[Tensor, list], Tensor]) -> Backward:
    """The summed axes found by their sizes, which out_grad has no more."""

    def backward(self, out_grad, node):
        (x,) = node._inputs
        sizes = [size if size in out_grad.shape else 1 for size in x.shape]
        return babygrad.BroadcastTo(x.shape)(reshape(out_grad, sizes))

    return backward


_RESHAPES: tuple[Callable[[Tensor, Any], Tensor], ...] = (
    lambda g, sizes: babygrad.Reshape(sizes)(g),
    lambda g, sizes: Tensor(g.data.reshape(sizes)),
)
"""Ways to reshape a gradient, which differ only in how they complain if the sizes do not fit."""


def _count(self, x) -> int:
    return int(np.prod([x.shape[axis] for axis in _with_axes(self, x.ndim)], dtype=int))


def _summed_one_by_one(self, x, in_order):
    axes = range(x.ndim) if self.axes is None else np.atleast_1d(np.array(self.axes, int)).tolist()
    for axis in sorted(axes, reverse=True) if self.axes is None else in_order(axes):
        x = x.sum(axis=axis, keepdims=self.keepdims)
    return x


def _each_repeated(g, x, least):
    return Tensor(np.repeat(g, x.size // max(g.size, least)).reshape(x.shape))


def _shared_out(self, out_grad, node):
    return _summed_right(self, out_grad, node) * (1 / max(_count(self, node._inputs[0]), 1))


def _mean(self, x):
    return x.mean(axis=self.axes, keepdims=self.keepdims)


def _summed_right(self, out_grad, node):
    return babygrad.Summation(self.axes, self.keepdims).backward(out_grad, node)


_AXIS = (
    "The summed axis is not put back. Shapes are lined up from the right, so the numbers of `out_grad` "
    "end up in wrong places or do not fit. Which shape would the sum have with `keepdims=True`?"
)
_UNSORTED = (
    "You put the axes back one after the other, in the order in which they are named. Each one moves those "
    "behind it. In which order would that do no harm?"
)
_MEAN = (
    "This is the mean, which moves by a fraction of the nudge. By how much does a sum move if one of its "
    "terms is nudged?"
)

_FALSE = (
    "Axis 0 and the empty tuple count as false in an `if` or an `or`, so you take them for None and "
    "{}. Is there a way to ask for None itself?"
)
_SIZES = (
    "You tell axes apart by their sizes, and two axes may have the same one. By what else is an axis known?"
)

SUMMATION_MISTAKES = (
    *_in_all_ways("axis not put back", _AXIS, lambda self, g, ndim: g, _SPREADS),
    *_in_all_ways(
        "axis not put back",
        "The summed axes are left out of your shape, even if `keepdims=True` has kept them. Which shape "
        "would the sum have if they were kept?",
        lambda self, g, ndim: Tensor(g.data.squeeze(self.axes) if self.keepdims else g.data),
    ),
    *_in_all_ways("axes put back unsorted", _UNSORTED, _one_by_one),
    *_in_all_ways("axes put back unsorted", _UNSORTED, _one_by_one_from_the_front),
    *_in_all_ways(
        "axes put back unsorted",
        "You put the last axis back first, where those before it are missing still. In which order would "
        "each find its place?",
        _one_by_one_from_the_last,
    ),
    *_in_all_ways(
        "negative axes not normalised",
        "Some axes are counted from the end, and while you put them back one by one the end moves. Which "
        "number does each of them have in `x`, counted from the front?",
        _one_by_one_as_sorted,
    ),
    *_in_all_ways(
        "negative axes not normalised",
        "`insert` puts something before the place that you name, so -1 is not the end. Which axis is "
        "-1, counted from the front?",
        _inserted,
    ),
    *(
        _sum_mistake(
            "negative axes not normalised",
            "You look for the number of each axis among `axes`, and -1 is not found: it has another "
            "number there. Of three axes, which one is -1, counted from the front?",
            backward=_found_by_number(reshape),
        )
        for reshape in _RESHAPES
    ),
    *(
        _sum_mistake(
            "empty axes tuple",
            _FALSE.format("put every axis back"),
            backward=_for_axes_that_count_as_true(reshape),
        )
        for reshape in _RESHAPES
    ),
    *(
        _sum_mistake("axes told by their sizes", _SIZES, backward=_for_sizes_that_differ(reshape))
        for reshape in _RESHAPES
    ),
    *_in_all_ways(
        "axis put back at the end",
        "You put the missing axes back at the end. That is right for the last axis. Where was the one "
        "that was summed?",
        _at_the_end,
    ),
    *_in_all_ways(
        "axis put back twice",
        "With `keepdims=True` the summed axes are still there, with size 1; you put them back a second time.",
        _put_back_although_kept,
    ),
    _sum_mistake(
        "axes int not handled",
        "`axes` may also be a single number, and a loop cannot go through a number.",
        backward=_for_several_axes,
    ),
    _sum_mistake(
        "axes int not handled",
        "`axes` may also be a tuple, and a tuple is no index of a list.",
        backward=_for_one_axis,
    ),
    _sum_mistake(
        "axes None not handled",
        "Here `self.axes` is None. Nothing is missing: it means that all axes were summed.",
        backward=_for_one_or_several,
    ),
    _sum_mistake(
        "keepdims ignored",
        "You ignore `self.keepdims`. NumPy's `sum` knows `keepdims=` as well.",
        forward=lambda self, x: x.sum(axis=self.axes),
    ),
    _sum_mistake(
        "keepdims ignored",
        "You always keep the summed axes. `self.keepdims` says whether they stay.",
        forward=lambda self, x: x.sum(axis=self.axes, keepdims=True),
    ),
    _sum_mistake(
        "setting ignored",
        "You sum everything, whatever `self.axes` says. NumPy's `sum` takes `axis=`.",
        forward=lambda self, x: x.sum(keepdims=self.keepdims),
    ),
    _sum_mistake(
        "setting ignored",
        "You sum everything, whatever the settings say. NumPy's `sum` takes `axis=` and `keepdims=`.",
        forward=lambda self, x: x.sum(),
    ),
    _sum_mistake(
        "empty axes tuple",
        _FALSE.format("sum everything"),
        forward=lambda self, x: x.sum(axis=self.axes or None, keepdims=self.keepdims),
    ),
    _sum_mistake(
        "empty axes tuple",
        "The empty tuple is not None. It names no axis: nothing is summed. Is there a way to ask for "
        "None itself?",
        forward=lambda self, x: x.sum(axis=None if self.axes == () else self.axes, keepdims=self.keepdims),
    ),
    _sum_mistake(
        "axes move while they are summed",
        "You sum along the axes one after the other. Once the first is gone, those behind it have moved: "
        "which number does the second one have now?",
        forward=lambda self, x: _summed_one_by_one(self, x, list),
    ),
    _sum_mistake(
        "negative axes not normalised",
        "You sum along the axes one after the other, and count some of them from the end, which moves. Which "
        "number does each of them have in `x`, counted from the front?",
        forward=lambda self, x: _summed_one_by_one(self, x, lambda axes: sorted(axes, reverse=True)),
    ),
    _sum_mistake("mean instead of sum", _MEAN, forward=_mean),
    _sum_mistake(
        "mean instead of sum",
        "You share the upstream gradient out among the terms. A nudge of one term alone moves the sum by "
        "the whole nudge.",
        backward=_shared_out,
    ),
    _sum_mistake("mean instead of sum", _MEAN, forward=_mean, backward=_shared_out),
    _sum_mistake(
        "repeated in reading order",
        "You fill the shape of `x` with the numbers of `out_grad` in reading order, again and again. "
        "Of all sums, into which one did an element of `x` go?",
        backward=lambda self, g, node: Tensor(np.resize(g.data, node._inputs[0].shape)),
    ),
    *(
        _sum_mistake(
            "repeated in reading order",
            "You repeat each number right behind itself. So it must be where the last axes were summed. "
            "Along which axis do the copies belong here?",
            backward=lambda self, g, node, least=least: _each_repeated(g.data, node._inputs[0], least),
        )
        for least in (0, 1)
    ),
    _sum_mistake(
        "tile for broadcast",
        "`np.tile` takes how often to repeat along each axis. You give it the shape that is to come out.",
        backward=lambda self, g, node: Tensor(np.tile(g.data, node._inputs[0].shape)),
    ),
    _sum_mistake(
        "reshape for broadcast",
        "A reshape keeps the number of elements, and `out_grad` has fewer than `x`. Repeating makes them "
        "more. Which shape must they have before that?",
        backward=lambda self, g, node: babygrad.Reshape(node._inputs[0].shape)(g),
    ),
    _sum_mistake(
        "reshape for broadcast",
        "A reshape keeps the number of elements, and `out_grad` has fewer than `x`. Repeating makes them "
        "more. Which shape must they have before that?",
        backward=lambda self, g, node: Tensor(g.data.reshape(node._inputs[0].shape)),
    ),
    _sum_mistake(
        "upstream gradients added up",
        "Every element gets the sum of the whole upstream gradient. An element of `x` went into one sum "
        "only, so which one number comes back to it?",
        backward=lambda self, g, node: Tensor(np.full_like(node._inputs[0].data, g.data.sum())),
    ),
    _unchanged(
        SUMMATION,
        "It has one number for each sum. How many does the gradient for `x` need?",
    ),
    _shared_memory(SUMMATION),
    *_in_any(SUMMATION, "passed on into a sum", babygrad.BroadcastTo, babygrad.Reshape),
)

# Mistakes: BroadcastTo --------------------------------------------------------------------------------


def _new(g, x):
    return tuple(range(g.ndim - x.ndim))


def _grown(g, x, offset=True):
    """The axes of g along which an axis of size 1 was stretched, or might have been."""
    new = g.ndim - x.ndim if offset else 0
    return tuple(new + axis for axis, size in enumerate(x.shape) if size == 1)


def _sum_of(g, axes, keepdims=False):
    return babygrad.Summation(axes, keepdims)(g)


def _led_back(g, x):
    return babygrad.Reshape(x.shape)(_sum_of(g, _new(g, x) + _grown(g, x)))


def _first_copies(g, x):
    copies = [0] * (g.ndim - x.ndim) + [slice(0, 1) if size == 1 else slice(None) for size in x.shape]
    return g[tuple(copies)]


def _mean_of_copies(g, x):
    axes = _new(g, x) + _grown(g, x)
    return _led_back(g, x) * (1 / max(int(np.prod([g.shape[axis] for axis in axes], dtype=int)), 1))


def _array_sum(g, axes, keepdims=False):
    return Tensor(g.data.sum(axis=axes, keepdims=keepdims))


_SUMS = (_sum_of, _array_sum)
"""Ways to sum a gradient, which differ only in how they complain of axes that are not there."""


def _moving_axes(sum_of):
    """New axes summed one by one, counted as if none had gone."""

    def rule(g, x):
        for axis in _new(g, x):
            g = sum_of(g, axis)
        for axis in _grown(g, x, offset=False):
            g = sum_of(g, axis, True)
        return g

    return rule


def _all_moving_axes(sum_of, reshape):
    """New axes and stretched ones summed one by one, counted as if none had gone."""

    def rule(g, x):
        for axis in _new(g, x) + _grown(g, x):
            g = sum_of(g, axis)
        return reshape(g, x.shape)

    return rule


def _not_kept_one_by_one(sum_of):
    """New axes in front right; then the stretched ones, one by one, without keeping them."""

    def rule(g, x):
        g = sum_of(g, _new(g, x))
        for axis in _grown(g, x):
            g = sum_of(g, axis)
        return g

    return rule


def _different_from_the_left(g, x):
    """The axes whose sizes differ, if the shapes are compared from the left."""
    axes = tuple(axis for axis, (a, b) in enumerate(zip(x.shape, g.shape, strict=False)) if a != b)
    return babygrad.Reshape(x.shape)(_sum_of(g, axes))


def _kept_from_the_left(g, x):
    """The two shapes compared from the left instead of from the right."""
    shape = tuple(x.shape) + (1,) * (g.ndim - x.ndim)
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return babygrad.Reshape(x.shape)(_sum_of(g, axes))


_NOT_KEPT = (
    "The copies are added up, but the axes of size 1 are gone. The gradient needs the shape of `x`, to the "
    "last 1."
)
_NOT_KEPT_ONE_BY_ONE = (
    "A stretched axis is gone after you sum it, and those behind it have moved. `x` still has it, with "
    "size 1. Which setting of `Summation` keeps it?"
)
_ONE_COPY = (
    "You take the gradient of one copy. A nudge of `x` moves all copies, and each of them moves the loss."
)
_STRETCHED = (
    "An axis of `x` that has size 1 was repeated as well. What becomes of the gradients of those copies?"
)


def _reshaped_sum(
    family: str,
    message: str,
    axes: Callable[[Any, Any], Sequence[int] | None],
    shape: Callable[[Any, Any], tuple[int, ...]] = lambda g, x: x.shape,
) -> Iterator[Mistake]:
    """The sum over these axes, in this shape; of Tensors and of arrays."""
    for reshape, sum_of in zip(_RESHAPES, _SUMS, strict=True):
        yield BROADCAST_TO.rule(
            family,
            message,
            lambda g, x, reshape=reshape, sum_of=sum_of: reshape(sum_of(g, axes(g, x)), shape(g, x)),
        )


def _grown_counted_backwards(g, x):
    return tuple(x.ndim - g.ndim + axis for axis, size in enumerate(x.shape) if size == 1)


def _with_a_size_not_there(g, x):
    """The axes of x whose sizes g does not have, and the new ones."""
    stretched = (g.ndim - x.ndim + axis for axis, size in enumerate(x.shape) if size not in g.shape)
    return (*_new(g, x), *stretched)


BROADCAST_TO_MISTAKES = (
    BROADCAST_TO.rule(
        "prepended axes not summed",
        "An axis of `out_grad` that `x` does not have at all means copies as well. What becomes of their "
        "gradients?",
        lambda g, x: _sum_of(g, _grown(g, x), True),
    ),
    BROADCAST_TO.rule(
        "stretched axes not summed",
        _STRETCHED,
        lambda g, x: _sum_of(g, _new(g, x)),
    ),
    *_reshaped_sum(
        "prepended axes not summed",
        "An axis that is new in front means copies as well, and a reshape adds nothing up. What becomes of "
        "their gradients?",
        _grown,
    ),
    *_reshaped_sum(
        "prepended axes not summed",
        "The number of new axes comes out negative, so that you sum over none of them. Which has more axes, "
        "`x` or `out_grad`?",
        _grown_counted_backwards,
    ),
    *_reshaped_sum("stretched axes not summed", _STRETCHED, _new),
    *_reshaped_sum(
        "one new axis only",
        "You sum over the first new axis. There may be several: how many does `out_grad` have more than `x`?",
        lambda g, x: _new(g, x)[:1] + _grown(g, x),
    ),
    *_reshaped_sum(
        "one stretched axis only",
        "You sum over the first axis of size 1. There may be several.",
        lambda g, x: _new(g, x) + _grown(g, x)[:1],
    ),
    *_reshaped_sum(
        "everything added up",
        "You add the whole upstream gradient up to one number. Only the copies of one and the same element "
        "belong together.",
        lambda g, x: None,
    ),
    *_reshaped_sum(
        "shape of the output",
        "The copies are added up, and then you ask for the shape of the output, where they still were. Whose "
        "shape does the gradient for `x` need?",
        lambda g, x: _new(g, x) + _grown(g, x),
        lambda g, x: g.shape,
    ),
    BROADCAST_TO.rule(
        "repeated in reading order",
        "You take `out_grad` in pieces as long as `x`, in reading order. That fits copies of the whole `x`, "
        "one after the other. Where are the copies of an element along a stretched axis?",
        _array_rule(lambda g, x: g.reshape(-1, x.size).sum(axis=0).reshape(x.shape)),
    ),
    *_reshaped_sum("axes told by their sizes", _SIZES, _with_a_size_not_there),
    BROADCAST_TO.rule("stretched 1 not kept", _NOT_KEPT, lambda g, x: _sum_of(g, _new(g, x) + _grown(g, x))),
    BROADCAST_TO.rule(
        "prepended axes kept",
        "The copies are added up, but the new axes are still there, with size 1. How many axes does `x` "
        "have?",
        lambda g, x: _sum_of(g, _new(g, x) + _grown(g, x), True),
    ),
    BROADCAST_TO.rule(
        "one copy instead of the sum of copies",
        _ONE_COPY,
        _array_rule(lambda g, x: _first_copies(g, x) if g.size else np.zeros_like(x)),
    ),
    BROADCAST_TO.rule("one copy instead of the sum of copies", _ONE_COPY, _array_rule(lambda g, x: g[0])),
    BROADCAST_TO.rule(
        "mean instead of sum",
        "This is the mean over the copies. A nudge of `x` moves all copies, each by the whole nudge. "
        "Do their effects on the loss average or add up?",
        _mean_of_copies,
    ),
    BROADCAST_TO.rule(
        "everything added up",
        "Every element gets the sum of the whole upstream gradient. Only its own copies came from it.",
        _array_rule(lambda g, x: np.full_like(x, g.sum())),
    ),
    BROADCAST_TO.rule(
        "reshape for sum",
        "A reshape keeps the number of elements, and `out_grad` has more than `x`. Several have to become "
        "one.",
        lambda g, x: babygrad.Reshape(x.shape)(g),
    ),
    BROADCAST_TO.rule(
        "reshape for sum",
        "A reshape keeps the number of elements, and `out_grad` has more than `x`. Several have to become "
        "one.",
        _array_rule(lambda g, x: g.reshape(x.shape)),
    ),
    BROADCAST_TO.rule(
        "axes without their offset",
        "New axes in front move all the others. Where is axis 0 of `x` to be found in `out_grad`?",
        lambda g, x: babygrad.Reshape(x.shape)(_sum_of(g, _new(g, x) + _grown(g, x, offset=False))),
    ),
    BROADCAST_TO.rule(
        "axes without their offset",
        "New axes in front move all the others. Where is axis 0 of `x` to be found in `out_grad`?",
        lambda g, x: babygrad.Reshape(x.shape)(_sum_of(g, tuple({*_new(g, x), *_grown(g, x, offset=False)}))),
    ),
    BROADCAST_TO.rule(
        "axes without their offset",
        "New axes in front move the others to the right. Do their numbers get smaller by that, or larger?",
        lambda g, x: babygrad.Reshape(x.shape)(
            _sum_of(g, _new(g, x) + tuple(a - g.ndim + x.ndim for a in _grown(g, x, offset=False)))
        ),
    ),
    *(
        BROADCAST_TO.rule(
            "empty axes tuple",
            "You sum everything where nothing was repeated. An empty tuple counts as false in an `or`; does "
            "it need to be replaced?",
            lambda g, x, reshape=reshape, sum_of=sum_of: reshape(
                sum_of(g, (_new(g, x) + _grown(g, x)) or None), x.shape
            ),
        )
        for reshape, sum_of in zip(_RESHAPES, _SUMS, strict=True)
    ),
    *(
        BROADCAST_TO.rule(
            "axes told by their sizes",
            _SIZES,
            lambda g, x, reshape=reshape, sum_of=sum_of: reshape(
                sum_of(g, tuple(axis for axis, size in enumerate(g.shape) if size not in x.shape)), x.shape
            ),
        )
        for reshape, sum_of in zip(_RESHAPES, _SUMS, strict=True)
    ),
    *(
        BROADCAST_TO.rule(
            "axes move while they are summed",
            "You sum the axes one after the other. Once the first is gone, those behind it have moved: "
            "which number does the second one have now?",
            moving,
        )
        for moving in (
            *map(_moving_axes, _SUMS),
            *map(_all_moving_axes, _SUMS, _RESHAPES),
        )
    ),
    *(
        BROADCAST_TO.rule("stretched 1 not kept", _NOT_KEPT_ONE_BY_ONE, _not_kept_one_by_one(sum_of))
        for sum_of in _SUMS
    ),
    *(
        BROADCAST_TO.rule(
            "shapes lined up from the left",
            "You line the shapes up from the left. Broadcasting lines them up from the right: new axes "
            "are in front. Square shapes hide the difference.",
            rule,
        )
        for rule in (_kept_from_the_left, _different_from_the_left)
    ),
    *(
        BROADCAST_TO.rule(
            "broadcast again instead of sum",
            "You broadcast `out_grad`, and broadcasting can only make an array larger. The copies are in "
            "`out_grad` already. What becomes of several gradients that belong to one element?",
            rule,
        )
        for rule in (
            lambda g, x: babygrad.BroadcastTo(x.shape)(g),
            lambda g, x: Tensor(np.broadcast_to(g.data, x.shape)),
        )
    ),
    BROADCAST_TO.rule(
        "always the first axis",
        "You sum over axis 0, whatever was repeated. Along which axes of `out_grad` are the copies here?",
        lambda g, x: _sum_of(g, 0),
    ),
    BROADCAST_TO.rule(
        "everything added up",
        "You add the whole upstream gradient up to one number. Only the copies of one and the same "
        "element belong together.",
        lambda g, x: _sum_of(g, None),
    ),
    BROADCAST_TO.mistake(
        "dtype not kept",
        "The numbers are right, the dtype is not. NumPy's `ones`, `zeros` and `empty` make float64, "
        "unless you say `dtype=`.",
        forward=lambda self, x: x + np.zeros(self.shape),
    ),
    BROADCAST_TO.formula(
        "setting ignored",
        "You return `x` as it came. Which shape was asked for, and where does the object keep it?",
        lambda x: x,
    ),
    BROADCAST_TO.mistake(
        "reshape for broadcast",
        "A reshape keeps the number of elements, and here they become more: each is repeated. Which function "
        "of NumPy does that?",
        forward=lambda self, x: x.reshape(self.shape),
    ),
    BROADCAST_TO.mistake(
        "tile for broadcast",
        "`np.tile` takes how often to repeat along each axis. You have the shape that is to come out.",
        forward=lambda self, x: np.tile(x, self.shape),
    ),
    BROADCAST_TO.mistake(
        "repeated in reading order",
        "You fill the shape with the numbers of `x` in reading order, again and again. An axis of size 1 "
        "should be repeated along that axis.",
        forward=lambda self, x: np.resize(x, self.shape),
    ),
    _unchanged(
        BROADCAST_TO,
        "It has one number for each copy. How many elements does `x` have, and what should become of the "
        "rest?",
    ),
    _shared_memory(BROADCAST_TO),
    *_in_any(BROADCAST_TO, "repeated", babygrad.Reshape, babygrad.Summation),
)

_RULES = tuple(f"{name}.backward" for name in ("Reshape", "Transpose", "Summation", "BroadcastTo"))

EXERCISES = (
    Exercise(
        "05_shape/Reshape",
        cell="reshape",
        reference={"Reshape": babygrad.Reshape},
        parts=(
            RESHAPE.forward("forward", 0.5, reshaped),
            RESHAPE.backward_form(
                "backward returns a Tensor with the shape of x",
                0.5,
                reshaped_with_upstream,
            ),
            RESHAPE.backward("backward, values", 1, reshaped_with_upstream),
        ),
        mistakes=RESHAPE_MISTAKES,
        withheld=("unbroadcast", *_RULES),
    ),
    Exercise(
        "05_shape/Transpose",
        cell="transpose",
        reference={"Transpose": babygrad.Transpose},
        parts=(
            TRANSPOSE.forward("forward, without axes", 0.5, last_two),
            TRANSPOSE.forward("forward, all axes named", 0.5, permuted),
            TRANSPOSE.backward("backward, without axes", 1, last_two_with_upstream),
            TRANSPOSE.backward("backward, axes swapped", 1, swaps_with_upstream),
            TRANSPOSE.backward("backward, axes moved in a circle", 1, circles_with_upstream),
            TRANSPOSE.backward("backward, axes counted from the end", 1, negative_with_upstream),
        ),
        mistakes=TRANSPOSE_MISTAKES,
        withheld=("unbroadcast", *_RULES),
    ),
    Exercise(
        "05_shape/Summation",
        cell="summation",
        reference={"Summation": babygrad.Summation},
        parts=(
            SUMMATION.forward("forward", 0.5, sums),
            SUMMATION.backward("backward of the sum of everything", 1, all_summed),
            SUMMATION.backward("backward, one axis", 1, one_summed),
            SUMMATION.backward("backward, several axes", 1, several_summed),
            SUMMATION.backward("backward, with keepdims", 0.5, kept_sums),
        ),
        mistakes=SUMMATION_MISTAKES,
        withheld=("unbroadcast", *_RULES),
    ),
    Exercise(
        "05_shape/BroadcastTo",
        cell="broadcast_to",
        reference={"BroadcastTo": babygrad.BroadcastTo},
        parts=(
            BROADCAST_TO.forward("forward", 0.5, broadcasts),
            BROADCAST_TO.backward("backward, new axes in front", 1, new_axes),
            BROADCAST_TO.backward("backward, stretched axes", 1, stretched_axes),
            BROADCAST_TO.backward("backward, both at once", 0.5, both_kinds),
        ),
        mistakes=BROADCAST_TO_MISTAKES,
        withheld=("unbroadcast", *_RULES),
    ),
)
