"""Lesson 06: what broadcasting does to shapes, and how gradients find back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import babygrad
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.exercises.operation import Operation
from autograder.observation import Claim
from autograder.probes import lesson_06_broadcasting as probes
from autograder.probes.lesson_06_broadcasting import led_back, predictions, read
from babygrad import Tensor

# predict_shapes ---------------------------------------------------------------------------------------

PAIRS = {
    "a": ((4, 3), (3,)),
    "b": ((4, 3), (4,)),
    "c": ((4, 1), (3,)),
    "d": ((6, 3), (2, 3)),
    "e": ((2, 1, 4), (3, 1)),
    "f": ((5, 1), (5,)),
}


def _together(x, y):
    try:
        return np.broadcast_shapes(x, y)
    except ValueError:
        return None


def as_numpy_says(seen, letters):
    """Whether the predictions are right, up to the first that is not; never what is right.

    After each claim comes the prediction itself, by which known mistakes are told apart: the judge does not
    get so far where it is wrong.
    """
    written = ""
    for label, thing in seen.items():
        letter = label.removeprefix("pair ")
        if letter.endswith(", as it is written"):
            written = thing["value"]
            continue
        right = True
        if letter in PAIRS:
            x, y = PAIRS[letter]
            right = thing["value"] == read(_together(x, y))
            claim = f"the one for pair {letter}, {x} with {y}, should agree with what NumPy does"
            yield claim, Claim(right, f"it is `{written}`, and NumPy does something else")
        yield label, thing
        if not right:
            return


def pairs(letters):
    """The case of some pairs; there is nothing random about them."""
    return lambda rng: [Case("With your six predictions", {"letters": tuple(letters)})]


def _predicted() -> list:
    return [_together(x, y) for x, y in PAIRS.values()]


def _prediction(letter: str, guess: Any, family: str, message: str) -> Mistake:
    def predict_shapes():
        return [guess if other == letter else right for other, right in zip(PAIRS, _predicted(), strict=True)]

    return Mistake(family, message, {"predict_shapes": predict_shapes})


_LEFT = "aligned from the left"
_STRETCH = "1 not stretched"
PREDICTION_MISTAKES = (
    _prediction("a", None, _LEFT, "Lined up from the right, which size stands above the 3 of `(3,)`?"),
    _prediction("a", (3,), "smaller shape wins", "Where do the other axes of the longer shape go?"),
    _prediction("a", (4, 4), _LEFT, "Lined up from the right, which size stands above the 3 of `(3,)`?"),
    _prediction(
        "b",
        (4, 3),
        _LEFT,
        "The shapes are lined up from the right, wherever there may be equal sizes. What stands above the 4 "
        "of `(4,)` then?",
    ),
    _prediction(
        "b",
        (4, 4),
        "larger size wins",
        "Only a 1 is stretched, not just any smaller size. Is there a 1 in the last column?",
    ),
    _prediction(
        "c",
        None,
        _STRETCH,
        "Before two sizes quarrel, see whether one of them is a 1. Are there columns where neither is?",
    ),
    _prediction(
        "c",
        (4, 1),
        _LEFT,
        "In the last column stands a 1 above a 3. Which of the two is stretched to the other? The result "
        "may be larger than either.",
    ),
    _prediction("c", (4,), "axis lost", "The result has as many axes as the longer of the two shapes."),
    _prediction("c", (3,), "axis lost", "The result has as many axes as the longer of the two shapes."),
    _prediction(
        "d",
        (6, 3),
        "multiple repeated",
        "NumPy repeats along an axis of size 1 only. That one size is larger, or a multiple of the other, "
        "does not count.",
    ),
    _prediction(
        "d",
        (2, 3),
        "smaller shape wins",
        "Look at the first column. Nothing is ever cut off. Is one of the two a 1?",
    ),
    _prediction(
        "e",
        None,
        _LEFT,
        "From the right, 1 stands below 4, and 3 below 1. Which sizes quarrel? Or have you lined them up "
        "from the left?",
    ),
    _prediction(
        "e",
        (2, 1, 4),
        _STRETCH,
        "Both shapes may be stretched at once, each in a column of its own. Look at the middle column.",
    ),
    _prediction(
        "e",
        (2, 3, 1),
        _STRETCH,
        "Both shapes may be stretched at once, each in a column of its own. Look at the last column.",
    ),
    _prediction("e", (3, 4), "axis lost", "The result has as many axes as the longer of the two shapes."),
    _prediction(
        "f",
        (5, 1),
        _LEFT,
        "The two 5 do not stand below each other. The shorter shape gets its 1 in front, and what stands in "
        "the last column then?",
    ),
    _prediction("f", (5,), "axis lost", "The result has as many axes as the longer of the two shapes."),
    _prediction(
        "f",
        None,
        _STRETCH,
        "The shorter shape gets a 1 in front. Are there columns in which neither size is a 1?",
    ),
    *(
        _prediction(
            letter,
            (*x, *y),
            "shapes joined",
            "The shapes do not come one after the other. They stand below each other, and each column makes "
            "one size.",
        )
        for letter, (x, y) in PAIRS.items()
    ),
)

# unbroadcast ------------------------------------------------------------------------------------------


SMALL = np.array([[10, 20, 30], [40, 50, 60]], np.float32)
_TENS = "and `out_grad = [[10, 20, 30], [40, 50, 60]]`"
_SMALL = "With `grad = [[10, 20, 30], [40, 50, 60]]`"


def _small(*shapes):
    return [Case(f"{_SMALL} and `shape = {shape}`", {"grad": SMALL, "shape": shape}) for shape in shapes]


def _random(rng, *pairs_of_shapes):
    return [
        Case(
            f"With {'an empty' if 0 in size else 'a random'} `grad` of shape {size} and `shape = {shape}`",
            {"grad": rng.normal(size=size), "shape": shape},
        )
        for size, shape in pairs_of_shapes
    ]


def new_axes(rng):
    """One new axis in front, or several; of size 1; sizes that differ, and sizes that do not."""
    return _small((3,)) + _random(
        rng,
        ((5, 3), (3,)),
        ((1, 3), (3,)),
        ((4, 2, 3), (3,)),
        ((2, 3, 5), (3, 5)),
        ((3, 3), (3,)),
        ((2, 4, 5, 3), (3,)),
    )


def stretched_axes(rng):
    """One stretched axis, or several, at any place."""
    return _small((2, 1), (1, 3)) + _random(
        rng,
        ((5, 3), (1, 1)),
        ((5,), (1,)),
        ((2, 5, 3), (2, 1, 3)),
        ((2, 5, 3), (1, 5, 1)),
        ((1, 5, 3), (1, 5, 1)),
        ((3, 3), (3, 1)),
        ((2, 0), (2, 1)),
    )


def both_kinds(rng):
    """New axes in front, and stretched ones behind them."""
    return _small((1,)) + _random(
        rng,
        ((4, 5, 3), (5, 1)),
        ((4, 5, 3), (1, 3)),
        ((2, 4, 5, 3), (1, 3)),
        ((2, 4, 5, 3), (4, 1, 3)),
        ((4, 5, 3), (1, 1)),
        ((3, 3, 3), (3, 1)),
    )


def nothing_or_little(rng):
    """Equal shapes, single numbers, no numbers."""
    return [
        *_small((2, 3), ()),
        Case("With `grad = 50` and `shape = ()`", {"grad": np.array(50, np.float32), "shape": ()}),
        *_random(rng, ((1, 3), (1, 3)), ((5,), ()), ((0, 3), (3,)), ((2, 0), (0,))),
    ]


def _new(grad, shape):
    return tuple(range(grad.ndim - len(shape)))


def _stretched(grad, shape):
    new = grad.ndim - len(shape)
    return tuple(new + axis for axis, size in enumerate(shape) if size == 1)


def _in_shape(shape):
    """Where the sizes 1 are in `shape`, as if no new axes stood in front."""
    return tuple(axis for axis, size in enumerate(shape) if size == 1)


def _copies(grad, shape):
    return _new(grad, shape) + _stretched(grad, shape)


def _sum(grad, axes=None, keepdims=False):
    return babygrad.summation(grad, axes, keepdims)


def _right(grad, shape):
    return _sum(grad, _copies(grad, shape)).reshape(shape)


def _over(axes_of):
    """The sum over these axes, in the old shape."""
    return lambda grad, shape: _sum(grad, tuple(axes_of(grad, shape))).reshape(shape)


def _grown(grad, shape):
    """Where in `shape` the sizes are that are others in `grad`."""
    new = grad.ndim - len(shape)
    return tuple(axis for axis, size in enumerate(shape) if size != grad.shape[new + axis])


def _grown_from_the_left(grad, shape):
    new = grad.ndim - len(shape)
    return tuple(new + axis for axis, size in enumerate(shape) if size != grad.shape[axis])


def _other_from_the_left(grad, shape):
    padded = (*shape, *[-1] * (grad.ndim - len(shape)))
    return tuple(axis for axis, size in enumerate(grad.shape) if size != padded[axis])


def _last(grad, shape):
    return tuple(range(len(shape), grad.ndim))


def _ones_of_grad(grad, shape):
    return tuple(axis for axis, size in enumerate(grad.shape) if size == 1)


def _one_before(grad, shape):
    return (*_new(grad, shape), *(axis - 1 for axis in _stretched(grad, shape)))


def _number_of_new(grad, shape):
    return (grad.ndim - len(shape), *_stretched(grad, shape))


def _first_of_several_new(grad, shape):
    return (*_new(grad, shape)[:1], *_stretched(grad, shape))


def _two_of_several_new(grad, shape):
    return (*_new(grad, shape)[:2], *_stretched(grad, shape))


def _first_of_several_ones(grad, shape):
    return (*_new(grad, shape), *_stretched(grad, shape)[:1])


def _index_of_each_one(grad, shape):
    new = grad.ndim - len(shape)
    return (*range(new), *(new + shape.index(size) for size in shape if size == 1))


def _larger_in_grad(grad, shape):
    new = grad.ndim - len(shape)
    return (*range(new), *(new + axis for axis, size in enumerate(shape) if grad.shape[new + axis] > size))


def _first_left_out(grad, shape):
    return (*range(1, grad.ndim - len(shape)), *_stretched(grad, shape))


def _size_for_place(grad, shape):
    new = grad.ndim - len(shape)
    return (*range(new), *(size + new for axis, size in enumerate(shape) if axis == 1))


def _same_for_every_one(grad, shape):
    new = grad.ndim - len(shape)
    return (*range(new), *(1 + new for size in shape if size == 1))


def _none_for_list(grad, shape):
    if 1 in shape:
        raise TypeError("'NoneType' object is not iterable")
    return _new_only(grad, shape)


def _none_for_axes(grad, shape):
    if shape.count(1) > 1:
        raise AttributeError("'NoneType' object has no attribute 'append'")
    return _sum(grad, None if 1 in shape else _new(grad, shape)).reshape(shape)


def _new_one_by_one(grad, shape):
    for axis in _new(grad, shape):
        grad = _sum(grad, axis)
    return _sum(grad, _in_shape(shape), keepdims=True)


def _one_by_one(grad, shape):
    for axis in _copies(grad, shape):
        grad = _sum(grad, axis)
    return grad.reshape(shape)


def _new_then_moved(grad, shape):
    axes = _stretched(grad, shape)
    grad = _sum(grad, _new(grad, shape))
    for axis in axes:
        grad = _sum(grad, axis, keepdims=True)
    return grad


def _new_only(grad, shape):
    return _sum(grad, _new(grad, shape))


def _new_once(grad, shape):
    if grad.ndim > len(shape):
        grad = _sum(grad, 0)
    return _sum(grad, _in_shape(shape), keepdims=True)


def _one_kind_or_the_other(grad, shape):
    return _new_only(grad, shape) if grad.ndim > len(shape) else _stretched_only(grad, shape)


def _stretched_only(grad, shape):
    return _sum(grad, _stretched(grad, shape), keepdims=True)


def _first_stretched_only(grad, shape):
    grad = _sum(grad, _new(grad, shape))
    return _sum(grad, _in_shape(shape)[:1], keepdims=True)


def _from_the_left(grad, shape):
    while grad.ndim > len(shape):
        grad = _sum(grad, grad.ndim - 1)
    return _sum(grad, _in_shape(shape), keepdims=True)


def _compared_from_the_left(grad, shape):
    for axis, (size, wanted) in enumerate(zip(grad.shape, shape, strict=False)):
        if size != wanted:
            grad = _sum(grad, axis, keepdims=True)
    return grad


def _compared_by_index(grad, shape):
    for axis, size in enumerate(grad.shape):
        if size != shape[axis]:
            grad = _sum(grad, axis, keepdims=True)
    return grad


def _counted_from_the_right(grad, shape):
    """The places of the stretched axes from the right, used as if they were from the left."""
    return tuple(axis for axis, size in enumerate(reversed(shape)) if size == 1)


def _mirrored(grad, shape):
    axes = {*_new(grad, shape), *_counted_from_the_right(grad, shape)}
    return _sum(grad, tuple(axes)).reshape(shape)


def _mirrored_in_two_steps(grad, shape):
    grad = _sum(grad, _new(grad, shape))
    return _sum(grad, _counted_from_the_right(grad, shape)).reshape(shape)


def _mirrored_only_where_sizes_differ(grad, shape):
    pairs = zip(reversed(grad.shape), reversed(shape), strict=False)
    axes = tuple(axis for axis, (size, wanted) in enumerate(pairs) if wanted == 1 and size != 1)
    return _sum(grad, _new(grad, shape) + axes).reshape(shape)


def _from_the_last_one_by_one(grad, shape):
    for place in range(1, len(shape) + 1):
        if shape[-place] == 1:
            grad = _sum(grad, -place)
    return _sum(grad, tuple(range(grad.ndim - len(shape) + shape.count(1)))).reshape(shape)


def _by_size(grad, shape):
    axes = tuple(axis for axis, size in enumerate(grad.shape) if size not in shape)
    return _sum(grad, axes).reshape(shape)


def _places_not_moved(grad, shape):
    return _sum(grad, tuple({*_new(grad, shape), *_in_shape(shape)})).reshape(shape)


def _stretched_first(grad, shape):
    return _sum(_sum(grad, _in_shape(shape), keepdims=True), _new(grad, shape))


def _where_it_grew(grad, shape):
    """A 1 that was stretched to 0 did not grow."""
    new = grad.ndim - len(shape)
    grown = tuple(new + axis for axis, size in enumerate(shape) if grad.shape[new + axis] > size)
    return _sum(_sum(grad, grown, keepdims=True), tuple(range(new)))


def _two_axes_at_most(grad, shape):
    if grad.ndim > 2:
        return grad
    return _right(grad, shape)


def _mean(axes_of):
    def unbroadcast(grad, shape):
        count = int(np.prod([grad.shape[axis] for axis in axes_of(grad, shape)], dtype=int))
        return _right(grad, shape) / max(count, 1)

    return unbroadcast


def _one_copy(place, axes_of):
    """One copy along some axes, the sum along the others."""

    def unbroadcast(grad, shape):
        chosen, array = axes_of(grad, shape), grad.data
        for axis in chosen:
            array = np.expand_dims(np.moveaxis(array, axis, 0)[place], axis)
        others = set(_copies(grad, shape)) - set(chosen)
        return _sum(Tensor(array), tuple(others)).reshape(shape)

    return unbroadcast


def _overwritten(grad, shape):
    grad.data = _right(grad, shape).data
    return grad


def _unbroadcast(family: str, message: str, *wrongs: Callable[..., Any]) -> tuple[Mistake, ...]:
    return tuple(Mistake(family, message, {"unbroadcast": wrong}) for wrong in wrongs)


UNBROADCAST_MISTAKES = (
    *_unbroadcast(
        "no unbroadcast",
        "Here `grad` comes back as it was, with a number for every copy. How many numbers were there before "
        "the broadcast?",
        lambda grad, shape: grad,
    ),
    *_unbroadcast(
        "mean instead of sum",
        "You average over copies. When a number is nudged, every copy of it moves by the whole nudge. Does "
        "the loss then move by the mean of what they bring?",
        _mean(_copies),
        _mean(_new),
        _mean(_stretched),
        lambda grad, shape: grad.mean(_copies(grad, shape), keepdims=True).reshape(shape),
    ),
    *_unbroadcast(
        "one copy instead of the sum of copies",
        "You pick one copy and leave the others out. A nudge moves all of them, and each has an upstream "
        "gradient of its own.",
        *(_one_copy(place, axes_of) for place in (0, -1) for axes_of in (_copies, _new, _stretched)),
    ),
    *_unbroadcast(
        "one copy instead of the sum of copies",
        "You keep the first numbers of `grad`, in reading order, and drop the rest. Every copy has its "
        "share.",
        lambda grad, shape: Tensor(np.resize(grad.data, shape)),
    ),
    *_unbroadcast(
        "stretched 1 not kept",
        "The sums are right, but an axis of size 1 is gone. A gradient has the shape of its Tensor, down to "
        "the last 1.",
        lambda grad, shape: _sum(grad, _copies(grad, shape)),
    ),
    *_unbroadcast(
        "prepended axes kept",
        "The sums are right, but the new axes are still there, with size 1. They were not there before the "
        "broadcast.",
        lambda grad, shape: _sum(grad, _copies(grad, shape), keepdims=True),
    ),
    *_unbroadcast(
        "prepended axes not summed",
        "You sum where `shape` has a 1. What about the axes of `grad` that `shape` does not have?",
        _stretched_only,
        _over(_stretched),
    ),
    *_unbroadcast(
        "stretched axes not summed",
        "Here you do not sum over the axes where `shape` has a 1. They were stretched, so they hold copies, "
        "too.",
        _new_only,
        lambda grad, shape: _new_only(grad, shape).reshape(shape),
    ),
    *_unbroadcast(
        "one new axis only",
        "You handle one new axis in front, or two. There may be more.",
        _new_once,
        _over(_first_of_several_new),
        _over(_two_of_several_new),
    ),
    *_unbroadcast(
        "one stretched axis only",
        "You handle one stretched axis. There may be several.",
        _first_stretched_only,
        _over(_first_of_several_ones),
    ),
    *_unbroadcast(
        "one stretched axis only",
        "You take the place of the same 1 more than once: `index` finds the first one. There may be several.",
        _over(_index_of_each_one),
    ),
    *_unbroadcast(
        "one kind or the other",
        "You handle either the new axes or the stretched ones. One broadcast may have both.",
        _one_kind_or_the_other,
    ),
    *_unbroadcast(
        "aligned from the left",
        "You sum the last axes away, as if the shapes were lined up from the left. Lined up from the right, "
        "which axes of `grad` are new?",
        _from_the_left,
        _over(_last),
        _over(lambda grad, shape: (*_last(grad, shape), *_in_shape(shape))),
    ),
    *_unbroadcast(
        "aligned from the left",
        "You compare size with size from the left. Lined up from the right, which size of `grad` belongs to "
        "the first of `shape`?",
        _compared_from_the_left,
        _compared_by_index,
        lambda grad, shape: _compared_from_the_left(grad, shape).reshape(shape),
        _over(_other_from_the_left),
        _over(lambda grad, shape: (*_new(grad, shape), *_grown_from_the_left(grad, shape))),
    ),
    *_unbroadcast(
        "axes told by their sizes",
        "You tell by its size whether an axis is summed. Two axes may have equal sizes. Which one is new is "
        "a matter of its place, counted from the right.",
        _by_size,
    ),
    *_unbroadcast(
        "axes not moved by new ones",
        "You look for a stretched axis under the number that it has in `shape`. In `(5, 1)`, the 1 is axis "
        "1. Which axis of a `grad` of shape `(4, 5, 3)` is that?",
        _places_not_moved,
        _stretched_first,
        _over(lambda grad, shape: (*_new(grad, shape), *_in_shape(shape))),
        _over(lambda grad, shape: (*_new(grad, shape), *_grown(grad, shape))),
        _over(lambda grad, shape: {*_new(grad, shape), *_grown(grad, shape)}),
    ),
    *_unbroadcast(
        "1 sought in the new shape",
        "You look for the 1 in the shape of `grad`. There it has been stretched already. Which shape still "
        "has it?",
        _over(lambda grad, shape: (*_new(grad, shape), *_ones_of_grad(grad, shape))),
        _over(lambda grad, shape: {*_new(grad, shape), *_ones_of_grad(grad, shape)}),
    ),
    *_unbroadcast(
        "one axis off",
        "The axis that you sum over stands one place before the one that was stretched.",
        _over(_one_before),
    ),
    *_unbroadcast(
        "count for number",
        "How many axes are new is one thing, which numbers they have is another. Which are they if two are "
        "new?",
        _over(_number_of_new),
    ),
    *_unbroadcast(
        "one axis off",
        "You take one axis too many for a new one. Which numbers are in `range(n)`, and which is the last?",
        _over(lambda grad, shape: (*range(grad.ndim - len(shape) + 1), *_stretched(grad, shape))),
        _over(lambda grad, shape: {*range(grad.ndim - len(shape) + 1), *_stretched(grad, shape)}),
    ),
    *_unbroadcast(
        "one axis off",
        "You leave the last of the new axes out. Which numbers are in `range(n)`, and which is the last?",
        _over(lambda grad, shape: (*_new(grad, shape)[:-1], *_stretched(grad, shape))),
    ),
    *_unbroadcast(
        "one axis off",
        "You number the new axes from 1. From which number on are axes counted?",
        _over(lambda grad, shape: (*(axis + 1 for axis in _new(grad, shape)), *_stretched(grad, shape))),
        _over(lambda grad, shape: {*(axis + 1 for axis in _new(grad, shape)), *_stretched(grad, shape)}),
    ),
    *_unbroadcast(
        "first new axis left out",
        "You leave the first of the new axes out. From which number on are axes counted?",
        _over(_first_left_out),
    ),
    *_unbroadcast(
        "place and size swapped",
        "`enumerate` gives the place first, then the size. Which of your two names gets which?",
        _over(_size_for_place),
    ),
    *_unbroadcast(
        "same axis for every 1",
        "Wherever in `shape` the 1 stands, you sum over the same axis. Where does its place come in?",
        _over(_same_for_every_one),
    ),
    *_unbroadcast(
        "append returns None",
        "Something is None where your axes should be. A list's `append` changes the list and returns None: "
        "have you given that a name?",
        _none_for_list,
        _none_for_axes,
    ),
    *_unbroadcast(
        "axes move while they are summed",
        "You sum one axis after the other. When one is gone, those behind it have other numbers.",
        _one_by_one,
        _new_one_by_one,
        _new_then_moved,
        _from_the_last_one_by_one,
    ),
    *_unbroadcast(
        "counted from the right, used from the left",
        "The axis that you sum over is not the one that was stretched. From which side, and from which "
        "number on, do you count? Axis 0 is the first one.",
        _mirrored,
        _mirrored_in_two_steps,
        _mirrored_only_where_sizes_differ,
    ),
    *_unbroadcast(
        "empty axes tuple",
        "If there is no axis to sum over, you sum over all of them: None stands for all. What stands for "
        "none?",
        lambda grad, shape: _sum(grad, _copies(grad, shape) or None).reshape(shape),
    ),
    *_unbroadcast(
        "single number forgotten",
        "A single number has the shape `()`. If it was broadcast, all axes of `grad` are new.",
        lambda grad, shape: grad if shape == () else _right(grad, shape),
    ),
    *_unbroadcast(
        "NumPy function on a Tensor",
        "NumPy's functions know nothing of Tensors. `summation` and `reshape` of this notebook do.",
        lambda grad, shape: np.sum(grad),
    ),
    *_unbroadcast(
        "1 stretched to 0",
        "You sum where a size grew. But a 1 can also be stretched to 0: then there are no copies, and their "
        "sum is 0.",
        _where_it_grew,
        _over(_larger_in_grad),
    ),
    *_unbroadcast(
        "right for two axes only",
        "This is right as long as `grad` has two axes at most. A batch of matrices has three.",
        _two_axes_at_most,
    ),
    *_unbroadcast(
        "axis 0 always",
        "You sum over axis 0, whatever the shapes are. That is right for a bias. Which axes hold the copies "
        "here?",
        lambda grad, shape: grad if grad.shape == shape else _sum(grad, 0),
        lambda grad, shape: _sum(grad, 0),
    ),
    *_unbroadcast(
        "summed all axes",
        "You add up the whole gradient. Only the copies of the same number belong together: along which "
        "axes are they?",
        lambda grad, shape: _sum(grad),
        lambda grad, shape: grad if grad.shape == shape else _sum(grad),
        lambda grad, shape: _sum(grad).reshape(shape),
        lambda grad, shape: Tensor(np.full(shape, grad.data.sum(), grad.dtype)),
    ),
    *_unbroadcast(
        "reshape for sum",
        "No axis of `grad` was summed here. A reshape keeps every element, and there are more of them than "
        "fit. What has to happen to the copies before?",
        lambda grad, shape: grad.reshape(shape),
        lambda grad, shape: Tensor(grad.data.reshape(shape)),
    ),
    *_unbroadcast(
        "broadcast again",
        "Broadcasting leads from `shape` to the shape of `grad`. You need the way back: what undoes copying?",
        lambda grad, shape: grad.broadcast_to(shape),
    ),
    *_unbroadcast(
        "overwrote the caller's data",
        "You put the result into `grad` itself. It belongs to somebody else, who may need it for the other "
        "input: return a new Tensor.",
        _overwritten,
    ),
    *_unbroadcast(
        "array for Tensor",
        "The numbers are right. `summation` and `reshape` return Tensors; if you computed with arrays, wrap "
        "the result.",
        lambda grad, shape: _right(grad, shape).data,
    ),
    *_unbroadcast(
        "dtype not kept",
        "The numbers are right, and the dtype is not that of `grad`. Where did they pass through a list, or "
        "get a dtype of their own?",
        lambda grad, shape: Tensor(_right(grad, shape).data, dtype=np.float32),
    ),
)

# Add, Sub, Mul, Div, Pow ------------------------------------------------------------------------------

ADD, SUB, MUL, DIV, POW = (Operation(p) for p in (probes.ADD, probes.SUB, probes.MUL, probes.DIV, probes.POW))


Pair = tuple[tuple[int, ...], tuple[int, ...]]
_SHAPES: tuple[Pair, ...] = (
    ((4, 1), (3,)),
    ((2, 1, 4), (3, 1)),
    ((3, 3), (3,)),
    ((0, 3), (3,)),
)


def _case(a, b, out_grad, text="", **more):
    return Case(
        text or f"With `a` of shape {a.shape}, `b` of shape {b.shape} and a random upstream gradient",
        {"arrays": (a, b), "out_grad": out_grad, **more},
    )


def _drawn(rng, draw_a, draw_b):
    """Random inputs of all kinds of shapes, and of one more with a constant."""
    for a, b in _SHAPES:
        yield _case(draw_a(a), draw_b(b), rng.normal(size=np.broadcast_shapes(a, b)))
    for name, wanted in (("a", [False, True]), ("b", [True, False])):
        yield _case(
            draw_a((1, 4)),
            draw_b((3, 1)),
            rng.normal(size=(3, 4)),
            f"With `a` of shape (1, 4), `b` of shape (3, 1), a random upstream gradient, and `{name}` as a "
            "constant",
            wanted=wanted,
        )


def _float32(values):
    return np.array(values, np.float32)


def _away_from_zero(rng):
    return lambda shape: rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)


def sums_and_products(rng):
    """Small numbers first; one input broadcast, the other, both, neither."""
    return [
        _case(
            _float32(3),
            _float32([4, 7]),
            _float32([10, 100]),
            "With `a = 3`, `b = [4, 7]` and `out_grad = [10, 100]`",
        ),
        _case(
            _float32([[3, 0, 7], [4, 8, -6]]),
            _float32([2, 0, -4]),
            SMALL,
            "With `a = [[3, 0, 7], [4, 8, -6]]`, `b = [2, 0, -4]` " + _TENS,
        ),
        *_drawn(rng, _away_from_zero(rng), _away_from_zero(rng)),
    ]


def quotients(rng):
    """The same for divisors that are not 0."""
    return [
        _case(
            _float32(6),
            _float32([4, 3]),
            _float32([8, 30]),
            "With `a = 6`, `b = [4, 3]` and `out_grad = [8, 30]`",
        ),
        _case(
            _float32([[6, 0, 8], [4, -12, -6]]),
            _float32([2, 3, -4]),
            SMALL,
            "With `a = [[6, 0, 8], [4, -12, -6]]`, `b = [2, 3, -4]` " + _TENS,
        ),
        *_drawn(rng, _away_from_zero(rng), _away_from_zero(rng)),
    ]


def constant_exponents(rng):
    """Exponents that require no gradient, with bases of both signs, and 0 to the power 0."""
    constant = {"wanted": [True, False]}
    return [
        _case(
            _float32([-3, 5]),
            _float32(2),
            _float32([10, 100]),
            "With `a = [-3, 5]`, a constant `b = 2` and `out_grad = [10, 100]`",
            **constant,
        ),
        _case(
            _float32(-3),
            _float32([2, 3]),
            _float32([10, 100]),
            "With `a = -3`, a constant `b = [2, 3]` and `out_grad = [10, 100]`",
            **constant,
        ),
        *(
            _case(
                rng.normal(size=a),
                rng.integers(1, 5, b).astype(float),
                rng.normal(size=np.broadcast_shapes(a, b)),
                f"With a random `a` of shape {a}, and a constant `b` of shape {b} that holds whole numbers",
                **constant,
            )
            for a, b in (((3,), (5, 3)), ((4, 1), (3,)), ((2, 1, 4), (3, 1)), ((3, 3), (3,)))
        ),
        _case(
            _float32([[0, 3, 0]]),
            _float32([[0], [2]]),
            SMALL,
            "With `a = [[0, 3, 0]]`, a constant `b = [[0], [2]]` " + _TENS,
            **constant,
        ),
    ]


def wanted_exponents(rng):
    """Exponents that require a gradient, with positive bases."""
    return [
        _case(
            _float32(5),
            _float32([2, 3]),
            _float32([10, 100]),
            "With `a = 5`, `b = [2, 3]` and `out_grad = [10, 100]`",
        ),
        *_drawn(rng, lambda shape: rng.uniform(0.5, 2, shape), _away_from_zero(rng)),
    ]


Rule = Callable[[Tensor, Tensor, Tensor], Any]


def _lowered(b):
    return b - 1 + Tensor(b.data == 0, dtype=b.dtype, requires_grad=False)


def _base(g, a, b):
    return g * b * a ** _lowered(b)


def _exponent(g, a, b):
    return g * a**b * babygrad.log(a) if b.requires_grad else None


def _add(g, a, b):
    return g, g


def _sub(g, a, b):
    return g, -g


def _mul(g, a, b):
    return g * b, g * a


def _div(g, a, b):
    return g / b, -g * a / (b * b)


def _pow(g, a, b):
    return _base(g, a, b), _exponent(g, a, b)


def _led(grad, t):
    return None if grad is None else babygrad.unbroadcast(grad, t.shape)


def _both(rule: Rule) -> Rule:
    """A rule that gives the shape of the output, led back to the shapes of the inputs."""

    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return _led(for_a, a), _led(for_b, b)

    return led


def _first_only(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return _led(for_a, a), for_b

    return led


def _second_only(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return for_a, _led(for_b, b)

    return led


def _to_the_other(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return _led(for_a, b), _led(for_b, a)

    return led


def _both_to_a(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return _led(for_a, a), _led(for_b, a)

    return led


def _both_to_b(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return _led(for_a, b), _led(for_b, b)

    return led


def _fewer_axes_only(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return _led(for_a, a) if a.ndim < b.ndim else for_a, _led(for_b, b) if b.ndim < a.ndim else for_b

    return led


def _first_or_second(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return (for_a, _led(for_b, b)) if a.shape == g.shape else (_led(for_a, a), for_b)

    return led


def _second_or_first(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return (_led(for_a, a), for_b) if b.shape == g.shape else (for_a, _led(for_b, b))

    return led


def _in_the_other_order(rule: Rule) -> Rule:
    return lambda g, a, b: _both(rule)(g, a, b)[::-1]


def _reshaped(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return for_a.reshape(a.shape), None if for_b is None else for_b.reshape(b.shape)

    return led


def _smaller_only(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return _led(for_a, a) if a.size < b.size else for_a, _led(for_b, b) if b.size < a.size else for_b

    return led


def _as_arrays(rule: Rule) -> Rule:
    def led(g, a, b):
        return tuple(None if grad is None else grad.data for grad in _both(rule)(g, a, b))

    return led


def _from_arrays(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return _led(for_a.data, a), None if for_b is None else _led(for_b.data, b)

    return led


def _different_lengths_only(rule: Rule) -> Rule:
    def led(g, a, b):
        return rule(g, a, b) if a.ndim == b.ndim else _both(rule)(g, a, b)

    return led


def _arguments_swapped(rule: Rule) -> Rule:
    def led(g, a, b):
        return babygrad.unbroadcast(a, g.shape), babygrad.unbroadcast(b, g.shape)

    return led


def _averaged(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = _both(rule)(g, a, b)
        return _shared_out(for_a, g), _shared_out(for_b, g)

    return led


def _shared_out(grad, g):
    return None if grad is None else grad * (grad.size / max(g.size, 1))


def _tensor_for_shape(rule: Rule) -> Rule:
    def led(g, a, b):
        for_a, for_b = rule(g, a, b)
        return babygrad.unbroadcast(for_a, a), None if for_b is None else babygrad.unbroadcast(for_b, b)

    return led


def _in_one_only(wrong: Callable[[Rule], Rule], place: int) -> Callable[[Rule], Rule]:
    """The mistake in one of the two gradients; the other is right."""

    def in_one_only(rule: Rule) -> Rule:
        def led(g, a, b):
            grads = list(_both(rule)(g, a, b))
            if grads[place] is not None:
                grads[place] = wrong(rule)(g, a, b)[place]
            return tuple(grads)

        return led

    return in_one_only


def _summed_first(rule: Rule, again: bool) -> Rule:
    """The upstream gradient led back, and the local slope after that."""

    def early(g, a, b):
        for_a, _ = rule(_led(g, a), a, b)
        _, for_b = rule(_led(g, b), a, b)
        return (_led(for_a, a), _led(for_b, b)) if again else (for_a, for_b)

    return early


def _one(g):
    return Tensor(np.ones((), g.dtype), requires_grad=False)


def _ones(g):
    return Tensor(np.ones_like(g.data), requires_grad=False)


RULES: dict[str, Rule] = {"Add": _add, "Sub": _sub, "Mul": _mul, "Div": _div, "Pow": _pow}


def _alike(
    operations: tuple[Operation, ...], family: str, message: str, wrong: Callable[[Rule], Rule]
) -> Mistake:
    """The same mistake in several operations. Each is recognised by itself, too."""
    parts: dict[str, Any] = {}
    for operation in operations:
        parts |= operation.rule(family, message, wrong(RULES[operation.name])).wrong
    return Mistake(family, message, parts)


def _in_the_operations(*operations: Operation) -> tuple[Mistake, ...]:
    """What can go wrong between any rule and the shapes of its inputs."""
    one_only = "You lead back one input at most. In `(4, 1)` with `(3,)`, both are broadcast."
    forgot = "You return local slopes. What is missing is the upstream gradient, `out_grad`."
    arrays = (
        "Gradients are Tensors, and there are arrays among yours. `out_grad` and the inputs are Tensors, and "
        "can be computed with as they are."
    )
    mistakes: tuple[tuple[str, str, Callable[[Rule], Rule]], ...] = (
        (
            "no unbroadcast",
            "This is the rule for equal shapes: both gradients have the shape of the output. Which shape "
            "should each of them have?",
            lambda rule: rule,
        ),
        (
            "unbroadcast one side only",
            "You lead the first gradient back, and not the second. Either input may be the one that was "
            "broadcast.",
            _first_only,
        ),
        (
            "unbroadcast one side only",
            "You lead the second gradient back, and not the first. Either input may be the one that was "
            "broadcast.",
            _second_only,
        ),
        (
            "unbroadcast to the other's shape",
            "Each gradient is led back to the shape of the other input. Whose gradient is the first of the "
            "two?",
            _to_the_other,
        ),
        (
            "unbroadcast to the other's shape",
            "You lead both gradients back to the shape of the first input. Whose gradient is the second of "
            "the two?",
            _both_to_a,
        ),
        (
            "unbroadcast to the other's shape",
            "You lead both gradients back to the shape of the second input. Whose gradient is the first of "
            "the two?",
            _both_to_b,
        ),
        ("unbroadcast one side only", one_only, _fewer_axes_only),
        ("unbroadcast one side only", one_only, _first_or_second),
        ("unbroadcast one side only", one_only, _second_or_first),
        ("unbroadcast one side only", one_only, _smaller_only),
        ("arrays for Tensors", arrays, _as_arrays),
        ("arrays for Tensors", arrays, _from_arrays),
        (
            "nothing returned",
            "Nothing comes back. `backward` stores nothing anywhere: it returns the gradients, and others "
            "see to the rest.",
            lambda rule: lambda g, a, b: None,
        ),
        (
            "order of the gradients",
            "The two gradients are in the wrong order: they come as the inputs do, that of `a` first.",
            _in_the_other_order,
        ),
        (
            "reshape for sum",
            "A reshape keeps every element, and there is one for each copy. They have to be added up: which "
            "function did you write for that?",
            _reshaped,
        ),
        (
            "arguments swapped",
            "You give `unbroadcast` the input and the shape of the gradient. It is the gradient that is led "
            "back: to which shape?",
            _arguments_swapped,
        ),
        (
            "mean instead of sum",
            "You average over the copies. When the number is nudged, every copy of it moves by the whole "
            "nudge.",
            _averaged,
        ),
        (
            "tensor for shape",
            "`unbroadcast` wants a shape as its second argument, a tuple, and gets a whole Tensor.",
            _tensor_for_shape,
        ),
        (
            "single gradient for two inputs",
            "`backward` returns one Tensor here. There are two inputs, so it should return two, in input "
            "order.",
            lambda rule: lambda g, a, b: _both(rule)(g, a, b)[0],
        ),
        ("forgot out_grad", forgot, lambda rule: _both(lambda g, a, b: rule(_ones(g), a, b))),
        ("forgot out_grad", forgot, lambda rule: _both(lambda g, a, b: rule(_one(g), a, b))),
        ("forgot out_grad", forgot, lambda rule: lambda g, a, b: rule(_one(g), a, b)),
        *(
            (
                "forgot out_grad",
                f"The gradient of `{name}` is a local slope. What is missing is the upstream gradient.",
                _in_one_only(wrong, place),
            )
            for place, name in enumerate("ab")
            for wrong in (
                lambda rule: _both(lambda g, a, b: rule(_ones(g), a, b)),
                lambda rule: _both(lambda g, a, b: rule(_one(g), a, b)),
            )
        ),
        (
            "no unbroadcast",
            "Where both inputs have equally many axes, you lead nothing back. Which shapes have `(1, 4)` and "
            "`(3, 1)` together?",
            _different_lengths_only,
        ),
    )
    return tuple(_alike(operations, *mistake) for mistake in mistakes)


def _summed_too_early(*operations: Operation) -> tuple[Mistake, ...]:
    """For operations whose slope differs from copy to copy."""
    return (
        _alike(
            operations,
            "summed before multiplied",
            "You sum first and multiply then. Every copy met another number, so its slope is its own: what "
            "has to be done before the copies are added up?",
            lambda rule: _summed_first(rule, again=False),
        ),
        _alike(
            operations,
            "summed before multiplied",
            "You sum the upstream gradient first, then multiply, then sum again. Every copy has an upstream "
            "gradient and a slope of its own, and these two belong together. One sum is enough, at the end.",
            lambda rule: _summed_first(rule, again=True),
        ),
        *(
            _alike(
                operations,
                "summed before multiplied",
                f"For `{name}`, you sum before all is multiplied. Every copy met another number, so its "
                "slope is its own: what has to be done before the copies are added up?",
                _in_one_only(lambda rule: _summed_first(rule, again=False), place),
            )
            for place, name in enumerate("ab")
        ),
    )


ADD_SUB_MUL_MISTAKES = (
    *_in_the_operations(ADD, SUB, MUL),
    *_summed_too_early(MUL),
    ADD.rule(
        "forgot out_grad",
        "You return the local slope, 1. What is missing is the upstream gradient, `out_grad`.",
        lambda g, a, b: (_ones(a), _ones(b)),
    ),
    *(
        operation.rule(
            "out_grad overwritten",
            "The first gradient is right. What does `out_grad` stand for when you get to the second?",
            rule,
        )
        for operation, rule in (
            (ADD, lambda g, a, b: (_led(g, a), _led(_led(g, a), b))),
            (SUB, lambda g, a, b: (_led(g, a), _led(-_led(g, a), b))),
        )
    ),
    ADD.rule(
        "rule of another operation",
        "This is the rule for multiplication. By how much does `a + b` move when `a` is nudged?",
        _both(_mul),
    ),
    SUB.rule(
        "lost sign",
        "Nudge `b` up, and `a - b` goes down. The gradient of `b` has lost its sign.",
        _both(_add),
    ),
    SUB.rule(
        "sign of the wrong input",
        "Which of the two inputs makes `a - b` smaller when it grows? Its gradient gets the minus sign.",
        _both(lambda g, a, b: (-g, g)),
    ),
    SUB.rule(
        "sign of the wrong input",
        "Both gradients have a minus sign. Does `a - b` become smaller when `a` grows?",
        _both(lambda g, a, b: (-g, -g)),
    ),
    MUL.rule(
        "own value instead of the other's",
        "Yours multiplies by the input's own value. Which of the two numbers does a nudge of `a` get "
        "multiplied by?",
        _both(lambda g, a, b: (g * a, g * b)),
    ),
    MUL.rule(
        "out_grad overwritten",
        "The first gradient is right, and the second has one factor too many. What does `out_grad` stand for "
        "when you get there?",
        _both(lambda g, a, b: (g * b, g * b * a)),
    ),
    MUL.rule(
        "output used for input",
        "You multiply by the output. `node` is the product; the two numbers that were multiplied are its "
        "inputs.",
        _both(lambda g, a, b: (g * (a * b), g * (a * b))),
    ),
    MUL.rule(
        "0 divided by 0",
        "You divide the output by an input, and that may be 0. Where is the other number, without dividing?",
        _both(lambda g, a, b: (g * (a * b) / a, g * (a * b) / b)),
    ),
    MUL.rule(
        "factor summed instead of product",
        "You lead the other input back, and multiply then. It is the product, upstream times local, that "
        "has a number for each copy.",
        lambda g, a, b: (g * _led(b, a), g * _led(a, b)),
    ),
    MUL.rule(
        "summed before multiplied",
        "You multiply a sum by a sum. Every copy has an upstream gradient and a slope that belong together. "
        "Is `(10 + 100) * (4 + 7)` the same as `10 * 4 + 100 * 7`?",
        lambda g, a, b: (_led(g, a) * _led(b, a), _led(g, b) * _led(a, b)),
    ),
    MUL.rule(
        "rule of another operation",
        "This is the rule for addition. When `a` is nudged, `a * b` moves by the nudge times what?",
        _both(_add),
    ),
)

DIV_POW_MISTAKES = (
    *_in_the_operations(DIV, POW),
    *_summed_too_early(DIV, POW),
    DIV.rule(
        "lost sign",
        "A larger divisor makes a smaller quotient, if both numbers are positive. The gradient of `b` has "
        "lost its sign.",
        _both(lambda g, a, b: (g / b, g * a / (b * b))),
    ),
    DIV.rule(
        "own value instead of the other's",
        "In the slope for `a`, look at what stands below the line in the table: which of the two divides?",
        _both(lambda g, a, b: (g / a, -g * a / (b * b))),
    ),
    DIV.rule(
        "0 divided by 0",
        "You divide the output by an input, and that may be 0. What stands in the table?",
        _both(lambda g, a, b: (g * (a / b) / a, -g * a / (b * b))),
    ),
    DIV.rule(
        "exponent lost",
        "In the slope for `b`, look at what stands below the line in the table: how often does `b` divide?",
        _both(lambda g, a, b: (g / b, -g * a / b)),
    ),
    DIV.rule(
        "order of operations",
        "In Python, `p / q * q` is `p` again: it goes from left to right. What has to be in parentheses?",
        _both(lambda g, a, b: (g / b, -g * a / b * b)),
    ),
    DIV.rule(
        "factor lost",
        "In the slope for `b`, look at what stands above the line in the table.",
        _both(lambda g, a, b: (g / b, -g / (b * b))),
    ),
    DIV.rule(
        "summed before multiplied",
        "For `b`, you multiply a sum by a sum. Every copy has an upstream gradient and a slope that belong "
        "together: what has to be done before the copies are added up?",
        lambda g, a, b: (_led(g / b, a), -_led(g, b) * _led(a, b) / (b * b)),
    ),
    DIV.rule(
        "rule of another operation",
        "This is the rule for multiplication. The slopes of a quotient are in the table above.",
        _both(_mul),
    ),
    POW.rule(
        "exponent not lowered",
        "In the slope for the base, the exponent is lower by one. You have that as `lowered`.",
        _both(lambda g, a, b: (g * b * a**b, _exponent(g, a, b))),
    ),
    POW.rule(
        "0 to the power -1",
        "Where the exponent is 0, `b - 1` is -1, and 0 to the power -1 is infinite. What is `lowered` there?",
        _both(lambda g, a, b: (g * b * a ** (b - 1), _exponent(g, a, b))),
    ),
    POW.rule(
        "factor lost",
        "In the slope for the base, the exponent is a factor, too.",
        _both(lambda g, a, b: (g * a ** _lowered(b), _exponent(g, a, b))),
    ),
    POW.rule(
        "log for a constant exponent",
        "You take a logarithm although the exponent is a constant. Nobody wants its gradient: what could "
        "you ask the exponent first?",
        _both(lambda g, a, b: (_base(g, a, b), g * a**b * babygrad.log(a))),
    ),
    POW.rule(
        "NumPy function on a Tensor",
        "NumPy's functions refuse a Tensor. `log`, from the first cell, takes one.",
        _both(lambda g, a, b: (_base(g, a, b), g * np.log(a) if b.requires_grad else None)),
    ),
    POW.rule(
        "no gradient for the exponent",
        "Here the exponent requires a gradient, and gets None. For which exponents do you return None?",
        lambda g, a, b: (_led(_base(g, a, b), a), None),
    ),
    POW.rule(
        "question the wrong way round",
        "You ask whether the exponent requires a gradient, but do for yes what belongs to no. Which of the "
        "two gets None?",
        _both(
            lambda g, a, b: (_base(g, a, b), None if b.requires_grad else g * a**b * babygrad.log(a)),
        ),
    ),
    POW.rule(
        "wrong input asked",
        "You ask the base whether it requires a gradient. Whose gradient depends on the answer?",
        _both(
            lambda g, a, b: (_base(g, a, b), g * a**b * babygrad.log(a) if a.requires_grad else None),
        ),
    ),
    POW.rule(
        "None for both",
        "Where the exponent is a constant, you return None and nothing else. The base still wants its "
        "gradient.",
        lambda g, a, b: _both(_pow)(g, a, b) if b.requires_grad else None,
    ),
    POW.rule(
        "None for both",
        "Where the exponent is a constant, you return None twice. The base still wants its gradient.",
        lambda g, a, b: _both(_pow)(g, a, b) if b.requires_grad else (None, None),
    ),
    POW.rule(
        "summed before multiplied",
        "For the exponent, you sum before all is multiplied. Every copy met another base, so its logarithm "
        "is another: what has to be done before the copies are added up?",
        lambda g, a, b: (
            _led(_base(g, a, b), a),
            _led(g * a**b, b) * babygrad.log(a) if b.requires_grad else None,
        ),
    ),
    POW.rule(
        "divided by the base",
        "You divide by the base, and it may be 0. In the slope of the table nothing is divided.",
        _both(lambda g, a, b: (g * b * a**b / a, _exponent(g, a, b))),
    ),
    POW.rule(
        "factor lowered",
        "In the slope for the base, the exponent comes twice: as it is, and lowered. Which is the factor?",
        _both(lambda g, a, b: (g * _lowered(b) * a ** _lowered(b), _exponent(g, a, b))),
    ),
    POW.rule(
        "logarithm of the power",
        "Your slope for the exponent is `b` times the logarithm of `a`, which is the logarithm of the whole "
        "power. What stands before the logarithm in the table?",
        _both(lambda g, a, b: (_base(g, a, b), g * babygrad.log(a**b) if b.requires_grad else None)),
    ),
    POW.rule(
        "log of the output",
        "In the slope for the exponent, you take the logarithm of the output. Of which number is it in the "
        "table?",
        _both(lambda g, a, b: (_base(g, a, b), g * a**b * babygrad.log(a**b) if b.requires_grad else None)),
    ),
    POW.rule(
        "own value instead of the other's",
        "In the slope for the exponent, you take the logarithm of the exponent. Of which number is it in "
        "the table?",
        _both(lambda g, a, b: (_base(g, a, b), g * a**b * babygrad.log(b) if b.requires_grad else None)),
    ),
    POW.rule(
        "factor lost",
        "In the slope for the exponent, the factor `c` is missing: the value of the power. Where is it "
        "already?",
        _both(lambda g, a, b: (_base(g, a, b), g * babygrad.log(a) if b.requires_grad else None)),
    ),
    POW.rule(
        "factor lost",
        "In the slope for the exponent, the logarithm is missing.",
        _both(lambda g, a, b: (_base(g, a, b), g * a**b if b.requires_grad else None)),
    ),
)

_RULES = tuple(f"{name}.backward" for name in ("Add", "Sub", "Mul", "Div", "Pow"))

EXERCISES = (
    Exercise(
        "06_broadcasting/predict_shapes",
        cell="predict_shapes",
        reference={"predict_shapes": _predicted},
        parts=(
            Part("pairs a, b and c", 1, predictions, pairs("abc"), as_numpy_says),
            Part("pairs d, e and f", 1, predictions, pairs("def"), as_numpy_says),
        ),
        mistakes=PREDICTION_MISTAKES,
    ),
    Exercise(
        "06_broadcasting/unbroadcast",
        cell="unbroadcast",
        reference={"unbroadcast": babygrad.unbroadcast},
        parts=(
            Part("new axes in front", 1, led_back, new_axes),
            Part("stretched axes", 1, led_back, stretched_axes),
            Part("both at once", 1.5, led_back, both_kinds),
            Part("equal shapes, single numbers, no numbers", 0.5, led_back, nothing_or_little),
        ),
        mistakes=UNBROADCAST_MISTAKES,
        withheld=("unbroadcast", "BroadcastTo.backward", *_RULES),
    ),
    Exercise(
        "06_broadcasting/Add, Sub, Mul",
        cell="add_sub_mul",
        reference={"Add": babygrad.Add, "Sub": babygrad.Sub, "Mul": babygrad.Mul},
        parts=(
            ADD.backward("Add", 0.25, sums_and_products),
            SUB.backward("Sub", 0.25, sums_and_products),
            MUL.backward("Mul", 0.5, sums_and_products),
        ),
        mistakes=ADD_SUB_MUL_MISTAKES,
        withheld=_RULES,
        needed=("unbroadcast",),
    ),
    Exercise(
        "06_broadcasting/Div, Pow",
        cell="div_pow",
        reference={"Div": babygrad.Div, "Pow": babygrad.Pow},
        parts=(
            DIV.backward("Div", 0.5, quotients),
            POW.backward("Pow, a constant exponent", 0.25, constant_exponents),
            POW.backward("Pow, an exponent that requires a gradient", 0.25, wanted_exponents),
        ),
        mistakes=DIV_POW_MISTAKES,
        withheld=_RULES,
        needed=("unbroadcast",),
    ),
)
