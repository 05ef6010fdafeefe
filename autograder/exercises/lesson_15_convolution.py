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


def _case(
    rng: np.random.Generator, sizes: tuple[int, ...], back: bool = True, dtype: type = np.float64
) -> Case:
    """Images whose numbers all differ; sizes: how many, of how many rows and columns, and of the window."""
    count, height, width, size = sizes
    images = rng.permutation(count * height * width).reshape(count, height, width) / 4 - 3
    inputs: dict[str, Any] = {"arrays": (images.astype(dtype),), "settings": (size,)}
    if back:
        made = (count, height - size + 1, width - size + 1, size * size)
        inputs["out_grad"] = _far_from_0(rng, made).astype(dtype)
    many = "one image" if count == 1 else f"{count} images"
    return Case(f"With {many} of {height} rows and {width} columns, and `size = {size}`", inputs)


def _far_from_0(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of size 1 to 3: where one is left out of a sum, nobody takes that for rounding."""
    return rng.uniform(1, 3, shape) * rng.choice([-1, 1], shape)


def _cases(*sizes: tuple[int, int, int, int], back: bool = False) -> Callable[..., list[Case]]:
    return lambda rng: [_case(rng, each, back) for each in sizes]


def _some_shape(rng: np.random.Generator) -> list[Case]:
    """Images of a size that differs from seed to seed, never square."""
    height = int(rng.integers(6, 30))  # larger than the four offsets, which would fit in their place
    return [_case(rng, (2, height, height + int(rng.integers(1, 9)), 2))]


def _float32(rng: np.random.Generator) -> list[Case]:
    case = _case(rng, (2, 4, 6, 2), dtype=np.float32)
    return [Case(f"{case.text}, all in float32", case.inputs)]


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
    grad = np.zeros_like(images)
    rows, columns = grads.shape[1:3]
    for place, (down, right) in enumerate(_offsets(size)):
        grad[:, down : down + rows, right : right + columns] = grads[..., place]
    return (grad,)


def _repeated_places(grads, images, size):
    grad = np.zeros_like(images)
    places = _unfolded(np.arange(images.size).reshape(images.shape), size)
    grad.reshape(-1)[places] += grads
    return (grad,)


def _counted(grads, images, size):
    return _folded(np.ones_like(grads), images.shape, size)


def _no_slice(op, images):
    """Slices from their offset to the end: they differ in size."""
    return np.stack([images[:, down:, right:] for down, right in _offsets(op.size)], axis=-1)


def _as_large_as_a_window(op, images):
    size = op.size
    cut = [images[:, down : down + size, right : right + size] for down, right in _offsets(size)]
    return np.stack(cut, axis=-1)


def _one_axis_off(op, images):
    rows, columns = (length - op.size + 1 for length in images.shape[:2])
    cut = [images[:, down : down + rows, right : right + columns] for down, right in _offsets(op.size)]
    return np.stack(cut, axis=-1)


def _joined(op, images):
    return np.concatenate(list(np.moveaxis(_unfolded(images, op.size), -1, 0)), axis=-1)


def _added_in(count: Callable[[Any, Any, int], tuple[int, int]]) -> Callable[..., Any]:
    """The way back with slices of another size; what NumPy says of it is known by this."""

    def rule(grads, images, size):
        grad = np.zeros_like(images)
        rows, columns = count(grads, images, size)
        for place, (down, right) in enumerate(_offsets(size)):
            grad[:, down : down + rows, right : right + columns] += grads[..., place]
        return (grad,)

    return rule


def _zeros_like_the_output(grads, images, size):
    grad = np.zeros_like(grads)
    rows, columns = grads.shape[1:3]
    for place, (down, right) in enumerate(_offsets(size)):
        grad[:, down : down + rows, right : right + columns] += grads[..., place]
    return (grad,)


def _zeros_like_a_part(grads, images, size):
    grad = np.zeros_like(grads[..., 0])
    rows, columns = (length - size + 1 for length in images.shape[1:])
    for place, (down, right) in enumerate(_offsets(size)):
        grad[:, down : down + rows, right : right + columns] += grads[..., place]
    return (grad,)


def _images_for_offsets(grads, images, size):
    grad = np.zeros_like(images)
    rows, columns = grads.shape[1:3]
    for place, (down, right) in enumerate(_offsets(size)):
        grad[:, down : down + rows, right : right + columns] += grads[place]
    return (grad,)


def _windows_without_the_last(grads, images, size):
    grad = np.zeros_like(images)
    rows, columns = (length - 1 for length in grads.shape[1:3])
    part = grads[:, :rows, :columns]
    for place, (down, right) in enumerate(_offsets(size)):
        grad[:, down : down + rows, right : right + columns] += part[..., place]
    return (grad,)


def _noting_for_all(op, images):
    type(op).noted = tuple(length - op.size + 1 for length in images.shape[1:])
    return _unfolded(images, op.size)


def _as_noted_for_all(op, out_grad, node):
    images = node._inputs[0].data
    return Tensor(_added_in(lambda g, x, k: type(op).noted)(out_grad.data, images, op.size)[0])


def _noting_for_itself(op, images):
    op.noted = images.shape
    return _unfolded(images, op.size)


def _as_noted_for_itself(op, out_grad, node):
    return Tensor(_folded(out_grad.data, op.noted, op.size))


def _zeros_made_on_the_way(op, images):
    op.grad = np.zeros_like(images)
    return _unfolded(images, op.size)


def _zeros_made_once(op, out_grad, node):
    op.grad = _folded(out_grad.data, node._inputs[0].shape, op.size) + getattr(op, "grad", 0)
    return Tensor(op.grad)


def _each_part(taken: Callable[[Any, int, int, int], Any]) -> Callable[..., Any]:
    """The way back of other parts of `out_grad`: by its array, the size, down and right."""

    def rule(grads, images, size):
        grad = np.zeros_like(images)
        rows, columns = grads.shape[1:3]
        for down, right in _offsets(size):
            grad[:, down : down + rows, right : right + columns] += taken(grads, size, down, right)
        return (grad,)

    return rule


def _each_slice(slices: Callable[..., Any]) -> Callable[..., Any]:
    """The way back into other slices: by the zeros, rows, columns, down and right."""

    def rule(grads, images, size):
        grad = np.zeros_like(images)
        for place, (down, right) in enumerate(_offsets(size)):
            piece = slices(grad, *grads.shape[1:3], down, right)
            piece += grads[..., place]
        return (grad,)

    return rule


def _numbered(number: Callable[[int, int, int], int]) -> Callable[..., Any]:
    """The way back with another count of the offsets."""
    return _each_part(lambda g, size, down, right: g[..., number(size, down, right)])


def _of_size(fixed: int) -> Callable[..., Any]:
    """The way back as if all windows had this size."""

    def rule(grads, images, size):
        return _added_in(lambda g, x, k: (x.shape[1] - k + 1, x.shape[2] - k + 1))(grads, images, fixed)

    return rule


def _into_the_images(grads, images, size):
    rows, columns = grads.shape[1:3]
    for place, (down, right) in enumerate(_offsets(size)):
        images[:, down : down + rows, right : right + columns] += grads[..., place]
    return (images,)


def _output_for_input(grads, images, size):
    count, height, width = grads.shape
    return (np.zeros((count, height, width)),)


def _fixed_columns(op, images):
    across = images.shape[2] - op.size + 1
    cut = [images[:, down : down + across, right : right + across] for down, right in _offsets(op.size)]
    return np.stack(cut, axis=-1)


def _reshaped_to_the_end(op, images):
    right = _unfolded(images, op.size)
    return np.moveaxis(right, -1, 0).reshape(right.shape)


def _reshaped_to_the_front(windows):
    return np.moveaxis(windows, 0, 2).reshape(windows.shape)


def _data_of_an_array(op, images):
    return images.data[:, 0:1, 0:1]


def _unknown_images(grads, images, size):
    raise NameError("name 'images' is not defined")


def _tensor_with_brackets(op, out_grad, node):
    return out_grad[..., 0]


def _of_offsets(kept: Callable[[int], Any]) -> Callable[..., Any]:
    """The way back of the parts with some numbers, and of no others."""

    def rule(grads, images, size):
        part = np.zeros_like(grads)
        part[..., kept(size)] = grads[..., kept(size)]
        return (_folded(part, images.shape, size),)

    return rule


def _two_by_two_offsets(size: int) -> list[tuple[int, int]]:
    return _offsets(2)


def _two_by_two(grads, images, size):
    return (_folded(grads, images.shape, size, _two_by_two_offsets),)


def _first_image_only(grads, images, size):
    grad = np.zeros_like(images)
    grad[:1] = _folded(grads[:1], images[:1].shape, size)
    return (grad,)


def _wide(array: Any) -> Any:
    return array.astype(np.float64)


_TURNED = (
    "Down and right are exchanged. A row of the window comes whole, from left to right, then the row below "
    "it: offset number 1 is one to the *right*. So `right` belongs to the inner loop, and to the columns."
)
_FROM_THE_END = (
    "The pixels of a window come in the reverse order. Offset number 0 is (0, 0): its slice is the upper "
    "left part of the image."
)
_MEAN = (
    "Something is divided, as if the gradient were a mean. A pixel in four windows moves the loss in four "
    "ways: they are added."
)
_FORWARD_DTYPE = (
    "The windows are float64, whatever the images are. `np.zeros` makes float64 unless it is told another "
    "dtype: `np.zeros(shape, dtype=images.dtype)`. Is there an `astype`?"
)
_DTYPE = (
    "`np.zeros` makes float64 unless it is told another dtype. Which one does the array have that comes in? "
    "`np.zeros_like(array)` takes it over, with the shape."
)
_TWO_BY_TWO = "The windows are always of 2 by 2 here. How large they are, `self.size` says."
_THREE_BY_THREE = "The windows are always of 3 by 3 here. How large they are, `self.size` says."
_FIRST_IMAGE = "Only the first image is used. All of them take part: `:` stands for that, in the first place."
_ONE_PLACE = (
    "All slices begin in the upper left corner. Each begins at its own offset, and ends `rows` and `columns` "
    "after that."
)

_TOO_FEW_ZEROS = (
    "The zeros have as many rows and columns as there are windows. There is a gradient for each pixel: which "
    "shape do the images have, and where does `backward` find them?"
)
_KEPT_ZEROS = (
    "The second gradient holds the first one, too: it is added to an array that was kept. Make the zeros "
    "anew in each call of `backward`."
)
_ONLY_ENTRY = (
    "`node._inputs` is a tuple with one entry for each input. The images are `node._inputs[0].data`."
)
_LAST_AXIS = (
    "Which part of `out_grad` is that? The offsets are counted along its last axis, and what stands in the "
    "other three belongs to it: `[..., number]`."
)
_NUMBER = (
    "The number of the offset goes wrong. Print it in each round: it should be 0, 1, 2, … `size * size - 1`, "
    "one further with every offset."
)
_NUMBERS: tuple[Callable[[int, int, int], int], ...] = (
    lambda size, down, right: 0,
    lambda size, down, right: down,
    lambda size, down, right: right,
    lambda size, down, right: down + right,
    lambda size, down, right: down * right,
    lambda size, down, right: down * 2 + right,
    lambda size, down, right: down * 3 + right,
    lambda size, down, right: down * size + right + 1,
    lambda size, down, right: 2 * (down * size + right),
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
    _forward(
        "shapes joined",
        "The slices stand one after the other along an axis that was there before, as `np.concatenate` lays "
        "them. They need a new axis, and `np.stack` makes one.",
        _joined,
    ),
    _forward(
        "list instead of an array",
        "That is the list of slices. `np.stack` makes one array of it.",
        lambda op, images: list(np.moveaxis(_unfolded(images, op.size), -1, 0)),
    ),
    _forward(
        "not reshaped",
        "Each window is still a square here. It should be a row: its rows one after the other.",
        lambda op, images: _unfolded(images, op.size).reshape(
            len(images), images.shape[1] - op.size + 1, -1, op.size, op.size
        ),
    ),
    _forward(
        "axis lost",
        "All windows of an image stand in one long row. Each has a place from top to bottom, and one from "
        "left to right: that makes two axes.",
        lambda op, images: _unfolded(images, op.size).reshape(len(images), -1, op.size**2),
    ),
    _forward(
        "table transposed",
        "Rows and columns of windows are exchanged in the result: those from top to bottom come first.",
        lambda op, images: _unfolded(images, op.size).swapaxes(1, 2),
    ),
    _forward(
        "everything added up",
        "The slices are added up, so that one number is left of each window. Lay them side by side.",
        lambda op, images: _unfolded(images, op.size).sum(axis=-1),
    ),
    _forward(
        "windows beyond the edge",
        "There is a window for each pixel, and some of them reach beyond the edge, where zeros were added. "
        "All windows lie within the image.",
        lambda op, images: _unfolded(np.pad(images, ((0, 0), *[(0, op.size - 1)] * 2)), op.size),
    ),
    _forward(
        "Tensor for array",
        "`forward` works with arrays, and returns one: the Tensor is made around it by the call.",
        lambda op, images: Tensor(_unfolded(images, op.size)),
    ),
    _forward("window turned", _TURNED, lambda op, images: _unfolded(images, op.size, _columns_first)),
    _forward("window turned", _FROM_THE_END, lambda op, images: _unfolded(images, op.size, _from_the_end)),
    _forward(
        "last windows missing",
        "The last row and column of windows are missing. In 4 columns, a window of 2 can begin at 0, 1 and "
        "2: how many is that?",
        _last_missing,
    ),
    _forward(
        "slices of different sizes",
        "The slices differ in size, so that they cannot be stacked. Print their shapes. All images take "
        "part, and each slice has as many rows and columns as there are windows, wherever it begins.",
        _no_slice,
    ),
    _forward(
        "right for squares only",
        "There are as many columns of windows as rows. An image can be wider than it is high: count both.",
        _right_for_squares,
    ),
    _forward(
        "windows taken for slices",
        "Each slice is as large as a window. It holds one pixel of *every* window, so it has as many rows "
        "and columns as there are windows.",
        _as_large_as_a_window,
    ),
    _forward(
        "one axis off",
        "You count images, where rows are meant, and rows for columns. The first axis of `images.shape` says "
        "how many images there are; rows and columns come after it.",
        _one_axis_off,
    ),
    _forward(
        "windows side by side",
        "These windows lie side by side. They overlap: each begins one pixel after the one before.",
        _side_by_side,
    ),
    _forward(
        "one offset only",
        "There is one slice, that of the first offset. Does `return` stand within the loops?",
        lambda op, images: _unfolded(images, op.size)[..., :1],
    ),
    _forward(
        "one offset only",
        "There is one slice, that of the last offset. Does the list begin anew in each round of a loop?",
        lambda op, images: _unfolded(images, op.size)[..., -1:],
    ),
    _forward(
        "offset forgotten",
        _ONE_PLACE,
        lambda op, images: _unfolded(images, op.size, lambda size: [(0, 0)] * size**2),
    ),
    _forward(
        "setting ignored", _TWO_BY_TWO, lambda op, images: _unfolded(images, op.size, _two_by_two_offsets)
    ),
    _forward("only the first image", _FIRST_IMAGE, lambda op, images: _unfolded(images[:1], op.size)),
    _forward(
        "one offset only",
        "There are only the slices of the first row of offsets. Does `return` stand within the outer loop?",
        lambda op, images: _unfolded(images, op.size)[..., : op.size],
    ),
    _forward(
        "one offset only",
        "There are only the slices of the last row of offsets. Does the list begin anew in the outer loop?",
        lambda op, images: _unfolded(images, op.size)[..., -op.size :],
    ),
    _forward(
        "axis lost",
        "A window of 1 by 1 is a row, too, of one number: also then there is a last axis.",
        lambda op, images: images if op.size == 1 else _unfolded(images, op.size),
    ),
    _forward(
        "right for squares only",
        "There are as many rows of windows as columns. An image can be wider than it is high: count both.",
        _fixed_columns,
    ),
    _forward("setting ignored", _TWO_BY_TWO, lambda op, images: _unfolded(images, 2)),
    _forward("setting ignored", _THREE_BY_THREE, lambda op, images: _unfolded(images, 3)),
    _forward(
        "reshape for transpose",
        "The shape is right, and the numbers are in the wrong places: a reshape does not move axes. "
        "`np.stack(slices, axis=-1)` puts the new axis where it belongs.",
        _reshaped_to_the_end,
    ),
    _forward(
        "reshape for transpose",
        "The shape is right, and the numbers are in the wrong places: a reshape does not move axes. "
        "`np.stack(slices, axis=-1)` makes a new axis, where it belongs.",
        lambda op, images: _joined(op, images).reshape(_unfolded(images, op.size).shape),
    ),
    _forward(
        "reshape for transpose",
        "With several images, the numbers are in the wrong places: a reshape does not move axes. Which axis "
        "do the images have before it?",
        lambda op, images: _reshaped_to_the_front(_unfolded(images, op.size)),
    ),
    _forward(
        "array for Tensor",
        "`images` is an array here already; `.data` is for Tensors. Leave it out.",
        _data_of_an_array,
    ),
    _forward("dtype not kept", _FORWARD_DTYPE, lambda op, images: _wide(_unfolded(images, op.size))),
    UNFOLD.mistake(
        "dtype not kept",
        _FORWARD_DTYPE,
        forward=lambda op, images: _wide(_unfolded(images, op.size)),
        backward=lambda op, out_grad, node: Tensor(_wide(Unfold.backward(op, out_grad, node).data)),
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
        "Only the last window counts for each pixel: it overwrites those before. Add, with `+=`, slice by "
        "slice. With an array of places that repeat, even `+=` keeps the last one only.",
        _repeated_places,
    ),
    _back(
        "zeros unchanged",
        "Nothing arrives in your zeros. `part = part + …` and `.copy()` make a new array, and `*=` leaves "
        "zeros what they are; `grad[…] += …` changes the zeros themselves.",
        lambda g, x, k: (np.zeros_like(x),),
    ),
    _back("wrong sign", "The sign is wrong: add, with `+=`.", lambda g, x, k: (-_folded(g, x.shape, k),)),
    _back("mean instead of sum", _MEAN, lambda g, x, k: (_folded(g, x.shape, k) / _counted(g, x, k),)),
    _back("mean instead of sum", _MEAN, lambda g, x, k: (_folded(g, x.shape, k) / k**2,)),
    _back(
        "mean instead of sum",
        _MEAN,
        lambda g, x, k: (_folded(g, x.shape, k) / (g.shape[1] * g.shape[2]),),
    ),
    _back(
        "own value instead of the slope",
        "The gradient is multiplied by the images. Unfolding copies its pixels: a nudge comes out as large "
        "as it went in, whatever the pixel is.",
        lambda g, x, k: (_folded(g, x.shape, k) * x,),
    ),
    UNFOLD.mistake(
        "list instead of a Tensor",
        "That is a list. Return the Tensor itself.",
        backward=lambda op, out_grad, node: [Unfold.backward(op, out_grad, node)],
    ),
    _back(
        "array returned",
        "That is an array. Wrap it in a Tensor before you return it.",
        lambda g, x, k: _folded(g, x.shape, k),
    ),
    _back("dtype not kept", _DTYPE, lambda g, x, k: (_wide(_folded(g, x.shape, k)),)),
    _back("window turned", _TURNED, lambda g, x, k: (_folded(g, x.shape, k, _columns_first),)),
    _back("window turned", _FROM_THE_END, lambda g, x, k: (_folded(g, x.shape, k, _from_the_end),)),
    _back(
        "one copy instead of the sum of copies",
        "Only the first pixel of each window gets something. All offsets take part: does `return` stand "
        "within the loop?",
        _of_offsets(lambda size: slice(0, 1)),
    ),
    _back(
        "one copy instead of the sum of copies",
        "Only the last pixel of each window gets something. Are the zeros made anew in each round of a loop?",
        _of_offsets(lambda size: slice(-1, None)),
    ),
    _back(
        "one copy instead of the sum of copies",
        "Only the upper row of each window gets something. A window has `size * size` pixels, and each has "
        "its offset.",
        _of_offsets(lambda size: slice(0, size)),
    ),
    _back(
        "one copy instead of the sum of copies",
        "Only the lower row of each window gets something. Are the zeros made anew in each round of the "
        "outer loop?",
        _of_offsets(lambda size: slice(-size, None)),
    ),
    *(_back("offset number miscounted", _NUMBER, _numbered(number)) for number in _NUMBERS),
    _back(
        "start is not zero",
        "Every gradient is 1 too large. Begin with zeros: `np.zeros_like`.",
        lambda g, x, k: (_folded(g, x.shape, k) + 1,),
    ),
    _back(
        "start is not zero",
        "The sum begins with other numbers than 0, here with those of the images. `np.zeros_like` makes "
        "zeros; `np.empty_like` takes whatever lies in memory.",
        lambda g, x, k: (_folded(g, x.shape, k) + x,),
    ),
    _back(
        "start is not zero",
        "The parts are added into the images themselves, which change by it. Begin with zeros of their "
        "shape: `np.zeros_like`.",
        _into_the_images,
    ),
    _back(
        "everything added up",
        "All gradients are added up to one number. There is one for each pixel: wrap the finished array in "
        "`Tensor(…)` as it is.",
        lambda g, x, k: (_folded(g, x.shape, k).sum(),),
    ),
    _back(
        "sum over what was not repeated",
        "The gradients of all images are added up. Wrap the finished array in `Tensor(…)` as it is.",
        lambda g, x, k: (_folded(g, x.shape, k).sum(axis=0),),
    ),
    _back(
        "counted from 1",
        "The first pixel of each window gets nothing. The offsets are counted from 0.",
        _of_offsets(lambda size: slice(1, None)),
    ),
    _back(
        "offset forgotten",
        _ONE_PLACE,
        lambda g, x, k: (_folded(g, x.shape, k, lambda size: [(0, 0)] * size**2),),
    ),
    _back("setting ignored", _TWO_BY_TWO, _two_by_two),
    _back("setting ignored", _TWO_BY_TWO, _of_size(2)),
    _back("setting ignored", _THREE_BY_THREE, _of_size(3)),
    _back(
        "sum over what was not repeated",
        "The gradients of all images are added up. Each image was unfolded by itself, and goes back "
        "by itself.",
        lambda g, x, k: (np.broadcast_to(_folded(g, x.shape, k).sum(axis=0), x.shape),),
    ),
    _back("only the first image", _FIRST_IMAGE, _first_image_only),
    _back(
        "only the first image",
        "Every image gets what comes back to the first one. Each part of `out_grad` has a place for every "
        "image: `[..., number]`.",
        lambda g, x, k: (np.repeat(_folded(g[:1], x[:1].shape, k), len(x), axis=0),),
    ),
    _back(
        "only the first image",
        "Only the gradient of the first image is left. Wrap the finished array in `Tensor(…)` as it is.",
        lambda g, x, k: (_folded(g, x.shape, k)[0],),
    ),
    _back(
        "summed along one axis",
        "Each slice gets the sum of all parts. It gets its own part: `[..., number]`.",
        _each_part(lambda g, k, down, right: g.sum(axis=-1)),
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
    _back(
        "summed along one axis",
        "The numbers of each window are added up, and they belong to different pixels. It is the other way "
        "round: for each pixel, add what comes from its windows.",
        lambda g, x, k: (g.sum(axis=-1),),
    ),
    _back(
        "shape of the output",
        "The zeros have the shape of `out_grad`. There is a gradient for each pixel: which shape do the "
        "images have, and where does `backward` find them?",
        _zeros_like_the_output,
    ),
    _back("shape of the output", _TOO_FEW_ZEROS, _zeros_like_a_part),
    _back("shape of the output", _TOO_FEW_ZEROS, lambda g, x, k: _zeros_like_a_part(g, g[..., 0], k)),
    _back(
        "slice of the wrong axes",
        "The slice takes from images and rows instead of rows and columns. Does it begin with `:`, for all "
        "images?",
        _each_slice(
            lambda grad, rows, columns, down, right: grad[down : down + rows, right : right + columns]
        ),
    ),
    _back(
        "slice of the wrong axes",
        "Each pair of brackets counts axes from the first one again. Put the whole slice into one pair, with "
        "commas.",
        _each_slice(
            lambda grad, rows, columns, down, right: grad[:][down : down + rows][right : right + columns]
        ),
    ),
    _back(
        "slice left out",
        "You add to the whole of `grad`. Add to the slice that begins at the offset, and not to the rest.",
        _each_slice(lambda grad, rows, columns, down, right: grad),
    ),
    _back(
        "windows taken for slices",
        "Each slice is as large as a window. It holds one pixel of *every* window, so it has as many rows "
        "and columns as there are windows: the shape of `out_grad` says how many.",
        _added_in(lambda g, x, k: (k, k)),
    ),
    _back(
        "pixels counted for windows",
        "The slices have as many rows and columns as the images. `out_grad` has one for each *window*, and "
        "its shape says how many these are.",
        _added_in(lambda g, x, k: x.shape[1:]),
    ),
    _back(
        "last windows missing",
        "The slices are one row and one column too small. In 4 columns, a window of 2 can begin at 0, 1 and "
        "2; the shape of `out_grad` says how many windows there are.",
        _added_in(lambda g, x, k: (x.shape[1] - k, x.shape[2] - k)),
    ),
    _back(
        "last windows missing",
        "Nothing comes back from the last row and column of windows. In 4 columns, a window of 2 can begin "
        "at 0, 1 and 2; the shape of `out_grad` says how many windows there are.",
        _windows_without_the_last,
    ),
    _back(
        "right for squares only",
        "The slices have as many columns as rows. An image can be wider than it is high: count both.",
        _added_in(lambda g, x, k: (g.shape[1], g.shape[1])),
    ),
    _back(
        "right for squares only",
        "Rows and columns of `out_grad` are exchanged. Its axes are: images, rows, columns, offsets.",
        _added_in(lambda g, x, k: (g.shape[2], g.shape[1])),
    ),
    UNFOLD.mistake(
        "memory between calls",
        "`backward` finds what another call of `forward` has left, with images of another size: it was noted "
        "where all `Unfold` share it. The shapes of `out_grad` and of the images say all that is needed.",
        forward=_noting_for_all,
        backward=_as_noted_for_all,
    ),
    UNFOLD.mistake(
        "memory between calls",
        "`backward` uses what `forward` has noted on `self`, and another call has noted something else "
        "there. The node knows its own images: `node._inputs[0].data`.",
        forward=_noting_for_itself,
        backward=_as_noted_for_itself,
    ),
    UNFOLD.mistake(
        "memory between calls",
        _KEPT_ZEROS,
        backward=_zeros_made_once,
    ),
    UNFOLD.mistake(
        "memory between calls",
        _KEPT_ZEROS,
        forward=_zeros_made_on_the_way,
        backward=_zeros_made_once,
    ),
    _back("wrong axis taken out", _LAST_AXIS, _images_for_offsets),
    _back("wrong axis taken out", _LAST_AXIS, _each_part(lambda g, k, down, right: g)),
    _back("wrong axis taken out", _LAST_AXIS, _each_part(lambda g, k, down, right: g[:, down * k + right])),
    _back(
        "wrong axis taken out", _LAST_AXIS, _each_part(lambda g, k, down, right: g[..., down * k + right, :])
    ),
    _back("wrong axis taken out", _LAST_AXIS, _each_part(lambda g, k, down, right: g[..., down, right])),
    _back(
        "output used for input",
        "What is taken for the images has four axes, as the output has. The node is the output; what it was "
        "made from is `node._inputs[0]`.",
        _output_for_input,
    ),
    UNFOLD.mistake(
        "tuple for its only entry",
        _ONLY_ENTRY,
        backward=lambda op, out_grad, node: node._inputs.data,
    ),
    UNFOLD.mistake(
        "tuple for its only entry",
        _ONLY_ENTRY,
        backward=lambda op, out_grad, node: node._inputs.shape,
    ),
    _back(
        "inputs not taken out",
        "`backward` is not given the images. They are what the node was made from: `node._inputs[0]`.",
        _unknown_images,
    ),
    UNFOLD.mistake(
        "Tensor treated as an array",
        "A Tensor takes no `[…]`. Its array does: `out_grad.data` is one. Leave the zeros an array, too; "
        "only the finished sum becomes a Tensor.",
        backward=_tensor_with_brackets,
    ),
    _back("nothing returned", "Does `backward` return the gradient?", lambda g, x, k: None),
)

# conv -------------------------------------------------------------------------------------------------


def conv(images, kernels, bias, size):
    """All windows times all kernels."""
    return Unfold(size)(images) @ kernels + bias


def _conv_case(rng: np.random.Generator, sizes: tuple[int, ...], back: bool) -> Case:
    count, height, width, size, channels = sizes
    inputs = {
        "images": rng.normal(size=(count, height, width)),
        "kernels": rng.normal(size=(size * size, channels)),
        "bias": rng.normal(size=channels),
        "size": size,
    }
    if back:
        inputs["upstream"] = rng.normal(size=(count, height - size + 1, width - size + 1, channels))
    text = f"With images of shape {(count, height, width)}, `size = {size}` and {channels} kernels"
    return Case(text, inputs)


def _conv_cases(back: bool) -> Callable[..., list[Case]]:
    return lambda rng: [_conv_case(rng, sizes, back) for sizes in ((1, 3, 5, 2, 3), (2, 6, 7, 3, 6))]


def _conv(family: str, message: str, wrong: Callable[..., Any]) -> Mistake:
    return Mistake(family, message, {"conv": wrong})


_CUT = (
    "No gradient comes back to `{}`: the history ends on the way. Where is an array asked for, with `.data`, "
    "or a new Tensor made? Compute with the Tensors that come in."
)
_MADE_AND_CALLED = (
    "There are two pairs of parentheses: `Unfold` is made with its setting, and what is made is called with "
    "its Tensor."
)
_HOW_LARGE = "The windows are always of {0} by {0} here. How large they are, `size` says."


_HAS_AT = (
    "Tensors have `@`, which records what it does. NumPy's functions record nothing: with arrays, no "
    "gradient would find its way back."
)


def _in_lower_case(images, kernels, bias, size):
    raise NameError("name 'unfold' is not defined")


def _upside_down(kernels):
    return Tensor(np.eye(len(kernels.data))[::-1], requires_grad=False) @ kernels


CONV_MISTAKES = (
    _conv(
        "history cut",
        _CUT.format("bias"),
        lambda images, kernels, bias, size: Unfold(size)(images) @ kernels + bias.data,
    ),
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
        "order of operations",
        "The bias is added to the kernels. It is added to their results: `@` first, then `+`.",
        lambda images, kernels, bias, size: Unfold(size)(images) @ (kernels + bias),
    ),
    _conv(
        "order of operations",
        "The bias is added to the windows. It is added to the results: `@` first, then `+`.",
        lambda images, kernels, bias, size: (Unfold(size)(images) + bias) @ kernels,
    ),
    _conv(
        "vectors lie the wrong way",
        "The biases lie along another axis than the channels. As they come, they fit the last axis.",
        lambda images, kernels, bias, size: Unfold(size)(images) @ kernels + bias.reshape((-1, 1)),
    ),
    _conv(
        "summed all axes",
        "The sum of all biases is added. Each kernel has one of its own: `+` gives it to its column.",
        lambda images, kernels, bias, size: Unfold(size)(images) @ kernels + bias.sum(),
    ),
    _conv(
        "bias multiplied",
        "The results are multiplied by the bias. It is added.",
        lambda images, kernels, bias, size: Unfold(size)(images) @ kernels * bias,
    ),
    _conv(
        "kernels left out",
        "These are the windows themselves. Multiply them with the kernels: `@`.",
        lambda images, kernels, bias, size: Unfold(size)(images),
    ),
    _conv(
        "wrong input asked",
        "The images themselves are multiplied with the kernels. First come their windows.",
        lambda images, kernels, bias, size: images @ kernels + bias,
    ),
    _conv(
        "table transposed",
        "The channels are the last axis, as the product leaves them. No axis needs to move.",
        lambda images, kernels, bias, size: conv(images, kernels, bias, size).transpose((0, 3, 1, 2)),
    ),
    _conv(
        "axis lost",
        "All results stand in one long row. The product keeps the axes of the windows: leave them as they "
        "are.",
        lambda images, kernels, bias, size: conv(images, kernels, bias, size).reshape((-1, bias.shape[0])),
    ),
    _conv(
        "everything added up",
        "All results are added up. There is one for each window and each kernel.",
        lambda images, kernels, bias, size: conv(images, kernels, bias, size).sum(),
    ),
    _conv(
        "mean instead of sum",
        "The products are averaged over the window. They are added up, as `@` does.",
        lambda images, kernels, bias, size: Unfold(size)(images) @ kernels / size**2 + bias,
    ),
    _conv(
        "window turned",
        "Windows and kernels meet the wrong way round: the first pixel of a window belongs to the first "
        "weight of a kernel. Nothing needs to be reversed.",
        lambda images, kernels, bias, size: Unfold(size)(images) @ _upside_down(kernels) + bias,
    ),
    _conv(
        "another function",
        "Where the result is negative, yours is 0. The relu comes later, in the network; it is no part of "
        "the convolution.",
        lambda images, kernels, bias, size: conv(images, kernels, bias, size).relu(),
    ),
    _conv(
        "history cut",
        _CUT.format("images"),
        lambda images, kernels, bias, size: Tensor(Unfold(size).forward(images.data)) @ kernels + bias,
    ),
    _conv(
        "history cut",
        _CUT.format("kernels"),
        lambda images, kernels, bias, size: Unfold(size)(images) @ kernels.data + bias,
    ),
    _conv(
        "history cut",
        "The result has no history: a new Tensor begins without one, and arrays never have one. Compute with "
        "the Tensors that come in, and return what comes out.",
        lambda images, kernels, bias, size: Tensor(conv(images, kernels, bias, size).data),
    ),
    _conv(
        "history not recorded",
        "The result has no history, because nothing was recorded. Is there a `no_grad`, or a "
        "`requires_grad=False`?",
        lambda images, kernels, bias, size: Tensor(
            conv(images, kernels, bias, size).data, requires_grad=False
        ),
    ),
    _conv(
        "array returned",
        "That is an array. Compute with the Tensors themselves, not with their `.data`: then a Tensor comes "
        "out, and its gradient finds its way back.",
        lambda images, kernels, bias, size: conv(images, kernels, bias, size).data,
    ),
    _conv(
        "element-wise product instead",
        "`*` multiplies element by element. Each window is multiplied with each kernel, and the products are "
        "added up: that is `@`.",
        lambda images, kernels, bias, size: Unfold(size)(images) * kernels + bias,
    ),
    _conv(
        "operands exchanged",
        "The windows are the rows, so they stand on the left of `@`, and the kernels on its right.",
        lambda images, kernels, bias, size: kernels @ Unfold(size)(images) + bias,
    ),
    _conv(
        "vectors lie the wrong way",
        "The kernels are the columns of `kernels` as it is. They need not be transposed.",
        lambda images, kernels, bias, size: Unfold(size)(images) @ kernels.T + bias,
    ),
    _conv(
        "setting ignored",
        _HOW_LARGE.format(2),
        lambda images, kernels, bias, size: Unfold(2)(images) @ kernels + bias,
    ),
    _conv(
        "setting ignored",
        _HOW_LARGE.format(3),
        lambda images, kernels, bias, size: Unfold(3)(images) @ kernels + bias,
    ),
    _conv(
        "forward gets Tensors",
        "`forward` is for arrays, and the call of an operation hands them to it. Call `Unfold(size)` itself, "
        "with the Tensor: then the gradient finds its way back, too.",
        lambda images, kernels, bias, size: Tensor(Unfold(size).forward(images)) @ kernels + bias,
    ),
    _conv(
        "NumPy function on a Tensor",
        _HAS_AT,
        lambda images, kernels, bias, size: np.dot(Unfold(size)(images), kernels) + bias,
    ),
    _conv(
        "NumPy function on a Tensor",
        _HAS_AT,
        lambda images, kernels, bias, size: np.matmul(Unfold(size)(images), kernels) + bias,
    ),
    _conv(
        "name misspelt",
        "Is it `Unfold`, with a capital?",
        _in_lower_case,
    ),
    _conv(
        "made, not called",
        "`Unfold(size)` is the operation. It has to be called with the images: a second pair of parentheses.",
        lambda images, kernels, bias, size: Unfold(size) @ kernels + bias,
    ),
    _conv(
        "class for instance",
        _MADE_AND_CALLED,
        lambda images, kernels, bias, size: Unfold(images, size) @ kernels + bias,  # type: ignore[call-arg]
    ),
    _conv(
        "class for instance",
        _MADE_AND_CALLED,
        lambda images, kernels, bias, size: Unfold(images)(size) @ kernels + bias,
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
            UNFOLD.forward("forward: one image", 2, _cases((1, 3, 4, 2), (1, 7, 6, 3))),
            UNFOLD.forward("forward: several images", 1, _cases((3, 4, 6, 2), (2, 6, 9, 3), (2, 3, 5, 1))),
            UNFOLD.backward_form("backward: a Tensor, shaped like the images", 1, _some_shape),
            UNFOLD.backward("backward: a single window", 1, _cases((1, 2, 2, 2), (1, 3, 3, 3), back=True)),
            UNFOLD.backward(
                "backward: windows that overlap", 1, _cases((1, 3, 4, 2), (1, 7, 6, 3), back=True)
            ),
            UNFOLD.backward(
                "backward: several images", 1, _cases((2, 4, 6, 2), (3, 6, 8, 3), (2, 3, 4, 1), back=True)
            ),
            Part(
                "backward: the same in a later call",
                0.5,
                lesson_15_convolution.UNFOLD.later_calls,
                UNFOLD.with_output(_some_shape),
            ),
            Part(
                "float32 stays float32",
                0.5,
                lesson_15_convolution.UNFOLD.dtypes,
                UNFOLD.with_output(_float32),
            ),
        ),
        mistakes=UNFOLD_MISTAKES,
        withheld=("Unfold",),
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
        needed=("Unfold",),
    ),
)
