"""Lesson 15: windows of an image as rows, their way back, and a convolution made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.exercises.operation import Operation
from autograder.probes import lesson_15_conv, lesson_15_convolution
from babygrad import Function, Tensor

# Unfold -----------------------------------------------------------------------------------------------


class Unfold(Function):
    """All windows of some images, each as a row."""

    def __init__(self, size):
        self.size = size

    def forward(self, images):  # type: ignore[override]
        return _unfolded(images, self.size)

    def backward(self, out_grad, node):
        return Tensor(_folded(out_grad.data, node._inputs[0].shape, self.size))


def _offsets(size: int) -> list[tuple[int, int]]:
    return [divmod(place, size) for place in range(size * size)]


def _unfolded(images: Any, size: int, offsets: Callable[[int], Any] = _offsets, axis: int = -1) -> Any:
    rows, columns = (length - size + 1 for length in images.shape[1:])
    cut = [images[:, down : down + rows, right : right + columns] for down, right in offsets(size)]
    return np.stack(cut, axis=axis)


def _folded(grads: Any, shape: Any, size: int, offsets: Callable[[int], Any] = _offsets) -> Any:
    grad = np.zeros(shape, grads.dtype)
    rows, columns = grads.shape[1:3]
    for place, (down, right) in enumerate(offsets(size)):
        grad[:, down : down + rows, right : right + columns] += grads[..., place]
    return grad


class _UnfoldExercise(Operation):
    """The reference stands here: babygrad has no such operation."""

    @property
    def reference(self) -> Any:
        return Unfold


UNFOLD = _UnfoldExercise(lesson_15_convolution.UNFOLD)


def _case(rng: np.random.Generator, count: int, height: int, width: int, size: int, back: bool) -> Case:
    images = rng.permutation(count * height * width).reshape(count, height, width) / 4 - 3
    inputs: dict[str, Any] = {"arrays": (images,), "settings": (size,)}
    if back:
        inputs["out_grad"] = rng.normal(size=(count, height - size + 1, width - size + 1, size * size))
    many = "one image" if count == 1 else f"{count} images"
    return Case(f"With {many} of {height} rows and {width} columns, and `size = {size}`", inputs)


def _cases(*sizes: tuple[int, int, int, int], back: bool = False) -> Callable[..., list[Case]]:
    return lambda rng: [_case(rng, *each, back=back) for each in sizes]


def _some_shape(rng: np.random.Generator) -> list[Case]:
    """Images of a size that differs from seed to seed, never square."""
    height = int(rng.integers(3, 30))
    return [_case(rng, 2, height, height + int(rng.integers(1, 9)), 2, back=True)]


def _right_for_squares(op, images):
    rows = images.shape[1] - op.size + 1
    cut = [images[:, down : down + rows, right : right + rows] for down, right in _offsets(op.size)]
    return np.stack(cut, axis=-1)


def _side_by_side(op, images):
    size = op.size
    rows, columns = (length // size for length in images.shape[1:])
    images = images[:, : rows * size, : columns * size]
    return np.stack([images[:, down::size, right::size] for down, right in _offsets(size)], axis=-1)


def _last_missing(op, images):
    return _unfolded(images[:, :-1, :-1], op.size)


def _columns_first(size: int) -> list[tuple[int, int]]:
    return [(down, right) for right, down in _offsets(size)]


def _from_the_end(size: int) -> list[tuple[int, int]]:
    return _offsets(size)[::-1]


def _forward(family: str, message: str, forward: Callable[..., Any]) -> Mistake:
    return UNFOLD.mistake(family, message, forward=forward)


def _back(family: str, message: str, rule: Callable[[Any, Any, int], Any]) -> Mistake:
    """Another way back, as a function of the upstream array, the images and the size."""

    def backward(op, out_grad, node):
        made = rule(out_grad.data, node._inputs[0].data, op.size)
        return made if isinstance(made, np.ndarray) or made is None else Tensor(made[0])

    return UNFOLD.mistake(family, message, backward=backward)


def _overwritten(grads, images, size):
    grad = np.zeros(images.shape)
    rows, columns = grads.shape[1:3]
    for place, (down, right) in enumerate(_offsets(size)):
        grad[:, down : down + rows, right : right + columns] = grads[..., place]
    return (grad,)


def _repeated_places(grads, images, size):
    grad = np.zeros(images.shape)
    places = _unfolded(np.arange(images.size).reshape(images.shape), size)
    grad.reshape(-1)[places] += grads
    return (grad,)


def _counted(grads, images, size):
    return _folded(np.ones_like(grads), images.shape, size)


_TURNED = (
    "The pixels of a window stand in another order: a row of the window comes whole, from left to right, "
    "then the row below it. So `down` belongs to the outer loop, `right` to the inner one, both from 0."
)
_MEAN = (
    "Something is divided, as if the gradient were a mean. A pixel in four windows moves the loss in four "
    "ways: they are added."
)

UNFOLD_MISTAKES = (
    _forward(
        "wrong axis",
        "The slices are stacked along the first axis. They belong side by side at the end: `axis=-1`.",
        lambda op, images: _unfolded(images, op.size, axis=0),
    ),
    _forward(
        "wrong axis",
        "The slices are stacked along the second axis. They belong side by side at the end: `axis=-1`.",
        lambda op, images: _unfolded(images, op.size, axis=1),
    ),
    _forward("window turned", _TURNED, lambda op, images: _unfolded(images, op.size, _columns_first)),
    _forward("window turned", _TURNED, lambda op, images: _unfolded(images, op.size, _from_the_end)),
    _forward(
        "last windows missing",
        "The last row and column of windows are missing. In 4 columns, a window of 2 can begin at 0, 1 and "
        "2: how many is that?",
        _last_missing,
    ),
    _forward(
        "right for squares only",
        "There are as many columns of windows as rows. An image can be wider than it is high: count both.",
        _right_for_squares,
    ),
    _forward(
        "windows side by side",
        "These windows lie side by side. They overlap: each begins one pixel after the one before.",
        _side_by_side,
    ),
    _forward("nothing returned", "Does `forward` return the stacked array?", lambda op, images: None),
    _back(
        "gradient overwritten instead of added",
        "Each offset overwrites what the ones before have brought. A pixel is in several windows: add, with "
        "`+=`.",
        _overwritten,
    ),
    _back(
        "gradient overwritten instead of added",
        "Only one window counts for each pixel. With an array of places that repeat, `+=` adds once for each "
        "place. Loop over the offsets: within one slice, no pixel comes twice.",
        _repeated_places,
    ),
    _back("mean instead of sum", _MEAN, lambda g, x, k: (_folded(g, x.shape, k) / _counted(g, x, k),)),
    _back("mean instead of sum", _MEAN, lambda g, x, k: (_folded(g, x.shape, k) / k**2,)),
    _back(
        "array returned",
        "The numbers are right, but in an array. Wrap it in a Tensor before you return it.",
        lambda g, x, k: _folded(g, x.shape, k),
    ),
    _back("window turned", _TURNED, lambda g, x, k: (_folded(g, x.shape, k, _columns_first),)),
    _back("window turned", _TURNED, lambda g, x, k: (_folded(g, x.shape, k, _from_the_end),)),
    _back(
        "one copy instead of the sum of copies",
        "Only the first pixel of each window gets something. All offsets take part: does `return` stand "
        "within the loop?",
        lambda g, x, k: (_folded(g, x.shape, k, lambda size: [(0, 0)]),),
    ),
    _back(
        "sum over what was not repeated",
        "The gradients of all images are added up. Each image was unfolded by itself, and goes back "
        "by itself.",
        lambda g, x, k: (np.broadcast_to(_folded(g, x.shape, k).sum(axis=0), x.shape),),
    ),
    _back(
        "forgot out_grad",
        "You count the windows of each pixel. Add up the numbers of `out_grad` that belong to them instead.",
        lambda g, x, k: (_counted(g, x, k),),
    ),
    _back(
        "not led back",
        "This is `out_grad` as it came. The gradient has the shape of the images: each number goes to the "
        "pixel that it was copied from.",
        lambda g, x, k: (g,),
    ),
    _back("nothing returned", "Does `backward` return the gradient?", lambda g, x, k: None),
)

# conv -------------------------------------------------------------------------------------------------


def conv(images, kernels, bias, size):
    """All windows times all kernels."""
    return Unfold(size)(images) @ kernels + bias


def _conv_case(rng: np.random.Generator, sizes: tuple[int, ...], back: bool) -> Case:
    count, height, width, size, channels = sizes
    made = (count, height - size + 1, width - size + 1, channels)
    inputs = {
        "images": rng.normal(size=(count, height, width)),
        "kernels": rng.normal(size=(size * size, channels)),
        "bias": rng.normal(size=channels),
        "size": size,
    }
    if back:
        inputs["upstream"] = rng.normal(size=made)
    text = f"With images of shape {(count, height, width)}, `size = {size}` and {channels} kernels"
    return Case(text, inputs)


def _conv_cases(back: bool) -> Callable[..., list[Case]]:
    return lambda rng: [_conv_case(rng, sizes, back) for sizes in ((1, 3, 4, 2, 3), (2, 4, 6, 3, 5))]


def _conv(family: str, message: str, wrong: Callable[..., Any]) -> Mistake:
    return Mistake(family, message, {"conv": wrong})


CONV_MISTAKES = (
    _conv(
        "bias forgotten",
        "The bias is missing: one number for each kernel, added after the product.",
        lambda images, kernels, bias, size: Unfold(size)(images) @ kernels,
    ),
    _conv(
        "wrong sign",
        "The bias is subtracted. It is added.",
        lambda images, kernels, bias, size: Unfold(size)(images) @ kernels - bias,
    ),
    _conv(
        "kernels left out",
        "These are the windows themselves. Multiply them with the kernels: `@`.",
        lambda images, kernels, bias, size: Unfold(size)(images),
    ),
    _conv(
        "history cut",
        "The numbers are right, and no gradient comes back to the images. Give the Tensor to "
        "`Unfold(size)(…)`, not its array to `forward`.",
        lambda images, kernels, bias, size: Tensor(Unfold(size).forward(images.data)) @ kernels + bias,
    ),
    _conv(
        "history cut",
        "The result has no history: it was computed from arrays. Compute with the Tensors themselves.",
        lambda images, kernels, bias, size: Tensor(conv(images, kernels, bias, size).data),
    ),
    _conv(
        "element-wise product instead",
        "`*` multiplies element by element. Each window is added up with each kernel: that is `@`.",
        lambda images, kernels, bias, size: Unfold(size)(images) * kernels + bias,
    ),
    _conv(
        "operands exchanged",
        "The windows are the rows, so they stand on the left of `@`, and the kernels on its right.",
        lambda images, kernels, bias, size: kernels @ Unfold(size)(images) + bias,
    ),
    _conv(
        "nothing returned",
        "Is the result returned?",
        lambda images, kernels, bias, size: None,
    ),
)

EXERCISES = (
    Exercise(
        "15_convolution/Unfold",
        cell="unfold",
        reference={"Unfold": Unfold},
        parts=(
            UNFOLD.forward("forward: one image", 2, _cases((1, 3, 4, 2), (1, 5, 4, 3))),
            UNFOLD.forward("forward: several images", 2, _cases((3, 4, 5, 2), (2, 5, 7, 3))),
            UNFOLD.backward_form("backward: a Tensor, shaped like the images", 1, _some_shape),
            UNFOLD.backward("backward: a single window", 1, _cases((1, 2, 2, 2), (1, 3, 3, 3), back=True)),
            UNFOLD.backward(
                "backward: windows that overlap", 1, _cases((1, 3, 4, 2), (1, 6, 5, 3), back=True)
            ),
            UNFOLD.backward("backward: several images", 1, _cases((2, 3, 4, 2), (3, 5, 7, 3), back=True)),
        ),
        mistakes=UNFOLD_MISTAKES,
    ),
    Exercise(
        "15_convolution/conv",
        cell="conv",
        reference={"conv": conv},
        parts=(
            Part("the numbers", 1, lesson_15_conv.numbers, _conv_cases(back=False)),
            Part("the gradients", 1, lesson_15_conv.gradients, _conv_cases(back=True)),
        ),
        mistakes=CONV_MISTAKES,
    ),
)
