"""Lesson 13: the files of MNIST, a network that is kept, and a learning rate that rises and falls."""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.probes import lesson_13_mnist as probes

# read_idx ---------------------------------------------------------------------------------------------


def read_idx(data):
    """The array in the bytes of an idx file. Raises ValueError where it is none, or not whole."""
    if data[:3] != bytes([0, 0, 8]) or len(data) < 4:
        raise ValueError(f"no idx file of bytes: it begins with {list(data[:4])}")
    start = 4 + 4 * data[3]
    shape = [int.from_bytes(data[place : place + 4], "big") for place in range(4, start, 4)]
    _check_length(data, start + math.prod(shape))
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def _check_length(data: bytes, whole: int) -> None:
    if len(data) != whole:
        raise ValueError(f"there are {len(data)} bytes, and there should be {whole}")


def _file(rng: np.random.Generator, *sizes: int, kind: int = 8) -> list[int]:
    """The bytes of an idx file with these sizes, in which some numbers are above 127."""
    header = [0, 0, kind, len(sizes)]
    for size in sizes:
        header += list(size.to_bytes(4, "big"))
    elements = rng.integers(0, 256, math.prod(sizes))
    elements[:: max(1, len(elements) // 3)] |= 128
    return header + elements.tolist()


def _told(data: list[int], zeros: int = 0) -> str:
    """Some bytes for the beginning of a message: the header at least."""
    shown = " ".join(map(str, data[:20]))
    return f"With the {len(data) + zeros} bytes {shown}{' …' if len(data) + zeros > 20 else ''}"


def _whole(rng: np.random.Generator, *sizes: int) -> Case:
    data = _file(rng, *sizes)
    return Case(_told(data), {"data": data})


def some_labels(rng):
    """Files with one axis: few numbers, more than fit into one byte, and more than fit into two."""
    few, many = (int(number) for number in (rng.integers(3, 7), rng.integers(600, 900)))
    zeros = int(rng.integers(65_536 + 300, 65_536 + 900))
    data = [0, 0, 8, 1, *zeros.to_bytes(4, "big")]
    large = Case(_told(data, zeros), {"data": data, "zeros": zeros})
    return [_whole(rng, few), _whole(rng, many), large]


def some_images(rng):
    """Files with two, three and four axes, of sizes that differ; and one without elements."""
    count = int(rng.integers(260, 300))
    sizes = ((4, 3), (2, 3, 5), (count, 3, 2), (2, 5, 3, 4), (0, 5, 3))
    return [_whole(rng, *some) for some in sizes]


def other_beginnings(rng):
    """Files of other types, without the zeros, and a packed one; all as long as their sizes say."""
    beginnings = ([0, 0, 13, 1], [0, 5, 8, 1], [7, 0, 8, 1], [31, 139, 8, 1], [80, 75, 3, 1])
    files = [begin + _file(rng, int(rng.integers(3, 7)))[4:] for begin in beginnings]
    return [Case(_told(data), {"data": data}) for data in files]


def cut_files(rng):
    """Files that lack bytes at their end, in their header, or have some too many."""
    labels, images = _file(rng, int(rng.integers(5, 9))), _file(rng, 2, 3, 5)
    cases = [
        _cut(data, f"of a file with {len(from_file)}", wanted=len(from_file))
        for data, from_file in ((labels[:-2], labels), (images[:-7], images), ([*labels, 3, 5], labels))
    ]
    large = 2**24 + int(rng.integers(260, 300))  # nobody makes an array of that
    header = [0, 0, 8, 1, *large.to_bytes(4, "big")]
    cases.append(_cut(header + images[16:], f"of a file with {8 + large}", wanted=8 + large))
    cut = "of a file that is cut in its header"
    cases += [_cut(images[:length], cut, wanted=16, least=True) for length in (10, 6)]
    return [*cases, _cut(images[:3], "of a file that is cut"), Case("With no bytes at all", _EMPTY)]


_EMPTY = {"data": [], "wanted": 0}


def _cut(data: list[int], words: str, *, wanted: int = 0, least: bool = False) -> Case:
    return Case(f"{_told(data)}, {words}", {"data": data, "wanted": wanted, "least": least})


def _reader(
    *,
    begins: Callable[[bytes], bool] = lambda data: data[:3] == bytes([0, 0, 8]) and len(data) > 3,
    order: Any = "big",
    size_at: Callable[[bytes, int], int] | None = None,
    axes: Callable[[bytes], int] = lambda data: data[3],
    places: Callable[[int], range] = lambda axes: range(4, 4 + 4 * axes, 4),
    start: Callable[[bytes], int] = lambda data: 4 + 4 * data[3],
    count: Callable[[list[int]], int] = lambda shape: int(np.prod(shape)),  # may overflow, as it will
    fits: Callable[[int, int, int], bool] = lambda there, start, count: there == start + count,
    made: Callable[[bytes, int, list[int]], Any] | None = None,
    told: Callable[[int, int, int], tuple[Any, Any]] = lambda there, start, count: (there, start + count),
    refuse: Callable[[str], Any] | None = None,
) -> dict[str, Any]:
    """A reader that does some things in another way."""

    def read_idx(data):
        if not begins(data):
            return _refuse("this is no idx file", refuse)
        size = size_at or (lambda data, place: int.from_bytes(data[place : place + 4], order))
        shape = [size(data, place) for place in places(axes(data))]
        lengths = len(data), start(data), count(shape)
        if not fits(*lengths):
            there, wanted = told(*lengths)
            return _refuse(f"there are {there} bytes, and there should be {wanted}", refuse)
        if made is not None:
            return made(data, start(data), shape)
        return np.frombuffer(data, np.uint8, offset=start(data)).reshape(shape)

    return {"read_idx": read_idx}


def _refuse(words: str, other: Callable[[str], Any] | None) -> Any:
    if other is None:
        raise ValueError(words)
    return other(words)


def _anything(data: bytes) -> bool:
    return True


def _any_length(there: int, start: int, count: int) -> bool:
    return True


def _elements(dtype: Any = np.uint8, **how: Any) -> Callable[[bytes, int, list[int]], Any]:
    return lambda data, start, shape: np.frombuffer(data, dtype, offset=start).reshape(shape, **how)


def _raises(kind: type[Exception]) -> Callable[[str], Any]:
    def refuse(words: str) -> Any:
        raise kind(words)

    return refuse


def _prints(words: str) -> None:
    return None


def _returns(words: str) -> Any:
    return ValueError(words)


def _of_length_only(refuse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Only files of a wrong length are refused in another way."""

    def refused(words: str) -> Any:
        if words.startswith("there are"):
            return refuse(words)
        raise ValueError(words)

    return refused


def _no_numbers(words: str) -> Any:
    raise ValueError("the file is not whole")


def _same_words(words: str) -> Any:
    raise ValueError("bad file")


def _one_number(pattern: int) -> Callable[[str], Any]:
    def refuse(words: str) -> Any:
        numbers = [word for word in words.replace(",", "").split() if word.isdigit()]
        raise ValueError(f"bytes: {numbers[pattern] if numbers else ''}")

    return refuse


_LITTLE = (
    "The four bytes of a size are read with the lowest first. In this format the highest comes first: "
    '0 0 1 44 is 1 · 256 + 44. `"big"` is the word for it.'
)
_ONE_BYTE = (
    "Each size is read from one of its four bytes, and is right for sizes below 256 only. MNIST has 60 000 "
    "images."
)
_DIGITS = (
    "A size is put together from its four bytes with another factor than 256, or added up. Each byte counts "
    "256 times as much as the one after it."
)
_TWO_OR_THREE = (
    "Not all four bytes of a size are read, but the last two or three. A file may have more than 65 535 "
    "labels, and what its header says may be larger than 16 777 215."
)
_FIRST_THREE = "The first three of a size's four bytes are read: `data[4:8]` are four, the last is number 7."
_NO_STEP = (
    "The places of the sizes go up by one. Each size has four bytes: with a third number, as in "
    "`range(4, 16, 4)`, `range` goes up by that."
)
_FIXED_HEADER = (
    "The header is taken for longer or shorter than it is. It is the longer the more axes there are: four "
    "bytes, and then four for each size."
)
_HEADER_SHORT = (
    "The header is taken for four bytes shorter than it is. Four bytes come first, and then four for each "
    "size."
)
_NO_OFFSET = (
    "The elements begin after the header, and here the header is read as elements, too. `offset=…` tells "
    "`np.frombuffer` where to begin."
)
_SAME_SIZE = (
    "The first size is read for every axis. Each axis has four bytes of its own, four further on than those "
    "before."
)
_ADDED = "The sizes are added, and there are as many elements as their product: 5 rows of 7 are 35."
_FIXED_AXES = (
    "The same number of axes is read from every file. Labels have one and images have three: the fourth byte "
    "tells."
)
_MAGIC = (
    "A file that begins in another way is read as if it were one of these. Look at the first three bytes, "
    "all of them: 0, 0 and 8."
)
_NEVER = (
    "Every file is refused for its beginning, good ones too. A slice of bytes is equal to bytes only, never "
    "to a list: `bytes([0, 0, 8])` makes some. If that is what you have, is the question the wrong way round?"
)
_NOTHING_REFUSED = (
    "No file is refused by your code yet. NumPy has an error of its own for some, but with other numbers. "
    "Two questions are needed before the array is made: how does the file begin, and how long is it?"
)
_MISSING = (
    "A file of a wrong length comes as far as NumPy. That has an error of its own for some of them, but it "
    "names other numbers, and of a header that is cut off it makes an empty array. Compare the lengths, and "
    "`raise`, before the array is made."
)
_SIZE_LEFT_OUT = (
    "The last size is missing in your shape. `range` ends before its second number, and the header ends at "
    "4 + 4 · axes."
)
_SIGNED = "A byte is a number from 0 to 255 here, without a sign: np.uint8. With np.int8, 200 would be -56."
_NO_SHAPE = "All elements come in one row. `reshape` gives them the sizes that the header tells."
_TURNED = (
    "The sizes stand in the header as they stand in `shape`, the first axis first. Is their order reversed?"
)
_LIST = "An array is wanted. `np.frombuffer` makes one of the bytes; `list` makes a list of numbers."
_COPIED_DTYPE = (
    "The elements are bytes, and the array's dtype should be uint8. Is it converted, or left to NumPy?"
)


def _idx(family: str, message: str, **other: Any) -> Mistake:
    return Mistake(family, message, _reader(**other))


def _always(family: str, message: str, **other: Any) -> tuple[Mistake, ...]:
    """Every file is read wrongly. Refused are all that have to be, those with other beginnings, or none."""
    return (
        *_read_wrongly(family, message, **other),
        _idx(family, message, **other, fits=_any_length),
        _idx(family, message, **other, fits=_any_length, begins=_anything),
    )


def _read_wrongly(family: str, message: str, **other: Any) -> tuple[Mistake, Mistake]:
    """Whole files are read wrongly, whatever becomes of others, which are refused as they should be here."""
    unchecked = _reader(**other, fits=_any_length, begins=_anything)["read_idx"]

    def of_whole_files(data):
        read_idx(data)
        return unchecked(data)

    return _idx(family, message, **other), Mistake(family, message, {"read_idx": of_whole_files})


def _last_byte(data: bytes, place: int) -> int:
    return data[place + 3]


def _bytes_added(data: bytes, place: int) -> int:
    return sum(data[place : place + 4])


def _factor_255(data: bytes, place: int) -> int:
    return sum(data[place + byte] * 255 ** (3 - byte) for byte in range(4))


def _some_bytes(first: int, last: int) -> Callable[[bytes, int], int]:
    return lambda data, place: int.from_bytes(data[place + first : place + last], "big")


_OTHER_ERROR = "A wrong file is found, and the error is of another kind. A ValueError is asked for."
_ASSERTED = f"{_OTHER_ERROR} `assert` gives an AssertionError."
_RETURNED = "The error is returned, and whoever called goes on with it as if it were an array. `raise` stops."
_PRINTED = (
    "A wrong file is found, and None is returned, perhaps with a line that is printed. Whoever called goes "
    "on with it. `raise` stops."
)


def _idx_twice(family: str, message: str, refuse: Callable[[str], Any]) -> tuple[Mistake, Mistake]:
    """All files refused in this way, or only those of a wrong length."""
    return (
        _idx(family, message, refuse=refuse),
        _idx(family, message, refuse=_of_length_only(refuse)),
    )


_NOT_WHY = (
    "The file is refused, and nobody learns why. Two numbers help: how many bytes there are, and how many "
    "there should be, header included."
)


def _at_least_one_element(data: bytes, start: int, shape: list[int]) -> Any:
    if len(data) <= start:
        raise ValueError(f"there are {len(data)} bytes, and there should be {start + math.prod(shape)}")
    return _elements()(data, start, shape)


_HEADER_NOT_COMPARED = (
    "The length of the whole file is compared with the number of elements. The header is a part of it."
)
_NO_NUMBERS_FOR_HEADER = (
    "A file that ends within its header is refused without the two numbers. How many bytes there are is "
    "known, and its header alone tells how many there should be at least."
)


def _numbers_unless_cut_in_the_header(there: int, start: int, count: int) -> tuple[Any, Any]:
    return ("some", "more") if there < start else (there, start + count)


def _only_elements_counted(data: bytes, start: int, shape: list[int]) -> Any:
    elements = np.frombuffer(data, np.uint8, offset=start)
    if elements.size != math.prod(shape):
        raise ValueError(f"there are {len(data)} bytes, and there should be {start + math.prod(shape)}")
    return elements.reshape(shape)


READ_MISTAKES = (
    *_always("bytes in the wrong order", _LITTLE, order="little"),
    *_read_wrongly("size from one byte", _ONE_BYTE, size_at=_last_byte),
    *_read_wrongly("size from one byte", _DIGITS, size_at=_bytes_added),
    *_read_wrongly("size from one byte", _DIGITS, size_at=_factor_255),
    *_read_wrongly("size from one byte", _TWO_OR_THREE, size_at=_some_bytes(2, 4)),
    _idx("size from one byte", _TWO_OR_THREE, size_at=_some_bytes(1, 4)),
    *_always("size from one byte", _FIRST_THREE, size_at=_some_bytes(0, 3)),
    *_always("size from one byte", _NO_STEP, places=lambda axes: range(4, 4 + 4 * axes)),
    *_read_wrongly(
        "always the first axis", _SAME_SIZE, size_at=lambda data, place: _some_bytes(0, 4)(data, 4)
    ),
    *_always("header of a fixed length", _FIXED_HEADER, start=lambda data: 4),
    *_read_wrongly("header of a fixed length", _FIXED_HEADER, start=lambda data: 8),
    *_always("header of a fixed length", _FIXED_HEADER, start=lambda data: 16),
    *_always("header of a fixed length", _FIXED_HEADER, start=lambda data: 4 + data[3]),
    *_always("header of a fixed length", _HEADER_SHORT, start=lambda data: 4 * data[3]),
    *_always(
        "header of a fixed length",
        _HEADER_SHORT,
        start=lambda data: 4 * data[3],
        places=lambda axes: range(4, 4 * axes, 4),
    ),
    *_always("header of a fixed length", _FIXED_AXES, axes=lambda data: 3, start=lambda data: 16),
    *_read_wrongly("header of a fixed length", _FIXED_AXES, axes=lambda data: 1, start=lambda data: 8),
    *_always(
        "header not counted",
        _NO_OFFSET,
        made=lambda data, start, shape: np.frombuffer(data, np.uint8).reshape(shape),
    ),
    *_always(
        "dtype not kept",
        "Without `np.uint8`, `np.frombuffer` takes eight bytes for one number.",
        made=lambda data, start, shape: np.frombuffer(data, offset=start).reshape(shape),
    ),
    *_always(
        "dtype not kept",
        "Bytes are one thing for `np.array`. `np.frombuffer` makes an array of their numbers.",
        made=lambda data, start, shape: np.array(data[start:]).reshape(shape),
    ),
    _idx("factor summed instead of product", _ADDED, count=sum),
    _idx("beginning not looked at", _NEVER, begins=lambda data: False),
    _idx("missing bytes not noticed", _NOTHING_REFUSED, begins=_anything, fits=_any_length),
    _idx("beginning not looked at", _MAGIC, begins=lambda data: len(data) > 3),
    _idx("beginning not looked at", _MAGIC, begins=lambda data: True),
    _idx("beginning not looked at", _MAGIC, begins=lambda data: len(data) > 3 and data[2] == 8),
    _idx("beginning not looked at", _MAGIC, begins=lambda data: data[2] == 8),
    _idx("beginning not looked at", _MAGIC, begins=lambda data: data[:2] == bytes(2) and len(data) > 3),
    _idx("beginning not looked at", _MAGIC, begins=lambda data: data[:2] == bytes(2)),
    _idx("beginning not looked at", _MAGIC, begins=lambda d: len(d) > 3 and d[0] == 0 and d[2] == 8),
    _idx("beginning not looked at", _MAGIC, begins=lambda d: len(d) > 3 and d[1] == 0 and d[2] == 8),
    _idx(
        "beginning not looked at",
        "With all three bytes wrong it is refused, with one of them not: `and` stands where `or` should.",
        begins=lambda d: len(d) > 3 and not (d[0] != 0 and d[1] != 0 and d[2] != 8),
    ),
    _idx(
        "short files forgotten",
        "A file of fewer than four bytes has no number of axes, and `data[3]` ends with an IndexError. Ask "
        "how long it is before.",
        begins=lambda data: data[:3] == bytes([0, 0, 8]),
    ),
    _idx(
        "short files forgotten",
        "A file may have fewer than four bytes, and then `data[0]` or `data[3]` ends with an IndexError. "
        "Ask how long it is first, or compare slices: `data[:3]` of three bytes, or of none, is no error.",
        begins=lambda data: data[0] == 0 and data[1] == 0 and data[2] == 8,
    ),
    *_always("some left out", _SIZE_LEFT_OUT, axes=lambda data: data[3] - 1),
    _idx("missing bytes not noticed", _MISSING, fits=_any_length),
    _idx(
        "missing bytes not noticed",
        "The header is looked for, and whether the elements are there is left to NumPy. That has an error of "
        "its own, with other numbers: compare the length of the whole file.",
        fits=lambda there, start, count: there >= start,
    ),
    _idx(
        "missing bytes not noticed",
        _MISSING,
        fits=_any_length,
        made=lambda data, start, shape: np.frombuffer(data[start:], np.uint8).reshape(shape),
    ),
    _idx(
        "missing bytes not noticed",
        _MISSING,
        fits=_any_length,
        made=lambda data, start, shape: np.frombuffer(
            data, np.uint8, count=math.prod(shape), offset=start
        ).reshape(shape),
    ),
    _idx(
        "missing bytes not noticed",
        "What is there is padded, or cut, so that it fits. A file that is not whole should be refused: "
        "nobody would notice the difference.",
        fits=_any_length,
        made=lambda data, start, shape: np.resize(np.frombuffer(data[start:], np.uint8), shape),
    ),
    _idx(
        "surplus not noticed",
        "A file with bytes too many is taken. It should be refused, too: its header does not tell the "
        "truth. What is not equal is wrong.",
        fits=lambda there, start, count: there >= start + count,
        made=lambda data, start, shape: np.frombuffer(
            data, np.uint8, count=math.prod(shape), offset=start
        ).reshape(shape),
    ),
    _idx(
        "surplus not noticed",
        "A file with bytes too many gets NumPy's error, if any, which names other numbers. What is not "
        "equal is wrong.",
        fits=lambda there, start, count: there >= start + count,
    ),
    _idx(
        "surplus not noticed",
        "A file with bytes too many is refused, and one with too few is not, or with NumPy's numbers. What "
        "is not equal is wrong.",
        fits=lambda there, start, count: there <= start + count,
    ),
    _idx(
        "header not counted",
        _HEADER_NOT_COMPARED,
        fits=lambda there, start, count: there == count,
        told=lambda there, start, count: (there, count),
    ),
    _idx("header not counted", _HEADER_NOT_COMPARED, fits=lambda there, start, count: there == count),
    _idx(
        "header not counted",
        "Both numbers in the message are those of the elements. They should be those of the whole file, "
        "header included.",
        told=lambda there, start, count: (there - start, count),
    ),
    _idx(
        "header not counted",
        "How many bytes there should be is told without the header. It should be the number for the whole "
        "file.",
        told=lambda there, start, count: (there, count),
    ),
    _idx(
        "header not counted",
        "How many bytes there are is told without the header. It should be the number for the whole file.",
        told=lambda there, start, count: (there - start, start + count),
    ),
    *_read_wrongly("dtype not kept", _SIGNED, made=_elements(np.int8)),
    *_read_wrongly(
        "dtype not kept",
        _COPIED_DTYPE,
        made=lambda data, start, shape: np.array(list(data[start:])).reshape(shape),
    ),
    *_read_wrongly(
        "dtype not kept",
        _COPIED_DTYPE,
        made=lambda data, start, shape: _elements()(data, start, shape).astype(np.float32),
    ),
    *_read_wrongly(
        "dtype not kept",
        "The elements are divided by 255 here. The file's own numbers are asked for, as uint8.",
        made=lambda data, start, shape: _elements()(data, start, shape) / 255,
    ),
    *_read_wrongly(
        "not reshaped", _NO_SHAPE, made=lambda data, start, shape: np.frombuffer(data, np.uint8, offset=start)
    ),
    *_read_wrongly(
        "not reshaped",
        "Each image comes in one row. That will be done later; here the array has all the sizes of the "
        "header.",
        made=lambda data, start, shape: np.frombuffer(data, np.uint8, offset=start).reshape(shape[0], -1),
    ),
    *_read_wrongly(
        "shape turned", _TURNED, made=lambda data, start, shape: _elements()(data, start, shape[::-1])
    ),
    *_read_wrongly(
        "shape turned",
        'The last axis runs fastest, which is what `reshape` does by itself. With `order="F"`, the first '
        "does.",
        made=_elements(order="F"),
    ),
    *_read_wrongly("list instead of an array", _LIST, made=lambda data, start, shape: list(data[start:])),
    *_read_wrongly(
        "list instead of an array",
        _LIST,
        made=lambda data, start, shape: _elements()(data, start, shape).tolist(),
    ),
    _idx(
        "size 0 refused",
        "A file that ends with its header is refused. Where a size is 0, there are no elements, and the file "
        "is whole.",
        made=_at_least_one_element,
    ),
    *_idx_twice("another kind of error", _ASSERTED, _raises(AssertionError)),
    *_idx_twice("another kind of error", _OTHER_ERROR, _raises(TypeError)),
    *_idx_twice("another kind of error", _OTHER_ERROR, _raises(Exception)),
    *_idx_twice("returned for raised", _RETURNED, _returns),
    *_idx_twice("printed instead of raised", _PRINTED, _prints),
    _idx(
        "message says too little",
        _NOT_WHY,
        refuse=_of_length_only(_no_numbers),
    ),
    _idx("message says too little", _NOT_WHY, refuse=_same_words),
    _idx("message says too little", _NO_NUMBERS_FOR_HEADER, told=_numbers_unless_cut_in_the_header),
    _idx("message says too little", _NO_NUMBERS_FOR_HEADER, fits=_any_length, made=_only_elements_counted),
    _idx(
        "message says too little",
        "The two numbers stand in each other's place: first comes how many bytes there are.",
        told=lambda there, start, count: (start + count, there),
    ),
    _idx(
        "message says too little",
        "The message tells how many bytes there are. How many should there be?",
        refuse=_of_length_only(_one_number(0)),
    ),
    _idx(
        "message says too little",
        "The message tells how many bytes there should be. How many are there?",
        refuse=_of_length_only(_one_number(-1)),
    ),
    Mistake("nothing returned", "Is the array that you made returned?", {"read_idx": lambda data: None}),
)

# save, load -------------------------------------------------------------------------------------------


def save(model, file):
    """Each array of the state under its name."""
    np.savez(file, **model.state_dict())


def load(model, file):
    """The arrays of the file into the model."""
    with np.load(file) as arrays:
        model.load_state_dict(dict(arrays))


_NAMES = ("layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias")


def _sizes(n_in: int, hidden: int, n_out: int) -> list[tuple[int, ...]]:
    return [(n_in, hidden), (hidden,), (hidden, n_out), (n_out,)]


def _state(rng: np.random.Generator, *sizes: int) -> dict[str, np.ndarray]:
    shapes = zip(_NAMES, _sizes(*sizes), strict=True)
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes}


def _layers(*sizes: int) -> str:
    return f"With a network of {sizes[0]} inputs, {sizes[1]} hidden numbers and {sizes[2]} outputs"


def some_networks(rng):
    """Networks, one of which has two layers of the same size."""
    return [Case(_layers(*sizes), {"arrays": _state(rng, *sizes)}) for sizes in ((3, 2, 4), (5, 5, 5))]


def some_files(rng):
    """Files whose arrays are in another order than the parameters."""
    drawn = []
    for sizes in ((3, 2, 4), (5, 5, 5)):
        arrays, before = _state(rng, *sizes), _state(rng, *sizes)
        turned = {name: arrays[name] for name in reversed(_NAMES)}
        text = f"{_layers(*sizes)}, and a file that names its arrays in another order"
        drawn.append(Case(text, {"arrays": turned, "before": before}))
    return drawn


def misfits(rng):
    """Files that lack a name, have a shape of another network, or an array that nobody has asked for."""
    one = _state(rng, 3, 2, 4)
    lacking = {name: array for name, array in one.items() if name != "layers.2.bias"}
    other = {**one, "layers.2.bias": rng.normal(size=(1,)).astype(np.float32)}
    more = {**one, "layers.4.bias": rng.normal(size=(4,)).astype(np.float32)}
    before = _state(rng, 3, 2, 4)
    files = {
        "without `layers.2.bias`": lacking,
        "with `layers.2.bias` of shape (1,)": other,
        "with a `layers.4.bias`, too": more,
    }
    return [
        Case(f"{_layers(3, 2, 4)}, and a file {words}", {"arrays": arrays, "before": before})
        for words, arrays in files.items()
    ]


def a_pickled_file(rng):
    """A file with the right names, in which one array is no array of numbers."""
    text = f"{_layers(3, 2, 4)}, and a file with a pickle in it"
    return [Case(text, {"arrays": _state(rng, 3, 2, 4)})]


def _save_positional(model, file):
    np.savez(file, *model.state_dict().values())


def _save_dict(model, file):
    np.savez(file, model.state_dict())


def _save_under_one_name(model, file):
    np.savez(file, state=model.state_dict())


def _save_pickle(model, file):
    pickle.dump(model.state_dict(), file)


def _save_one_array(model, file):
    np.save(file, model.state_dict())


def _save_renamed(model, file):
    np.savez(file, **{name.replace(".", "_"): array for name, array in model.state_dict().items()})


def _save_weights_only(model, file):
    np.savez(file, **{name: array for name, array in model.state_dict().items() if "weight" in name})


def _save_in_a_loop(model, file):
    for name, array in model.state_dict().items():
        np.savez(file, **{name: array})


def _save_more(model, file):
    np.savez(file, version=np.array(1), **model.state_dict())


def _save_and_close(model, file):
    save(model, file)
    file.close()


def _save_within_with(model, file):
    with file:
        save(model, file)


def _save_to_open_files_only(model, file):
    memory = io.BytesIO()
    save(model, memory)
    file.write(memory.getvalue())


def _save_to_paths_only(model, file):
    with open(file, "wb") as opened:
        save(model, opened)


def _load_from_paths_only(model, file):
    with open(file, "rb") as opened:
        load(model, opened)


def _load_and_close(model, file):
    with file:
        load(model, file)


def _load_from_open_files_only(model, file):
    file.seek(0)
    load(model, file)


def _load_after_with(model, file):
    with np.load(file) as arrays:
        pass
    model.load_state_dict(dict(arrays))


def _load_a_pickle(model, file):
    model.load_state_dict(pickle.load(file))


def _load_pickles_too(model, file):
    with np.load(file, allow_pickle=True) as arrays:
        model.load_state_dict(dict(arrays))


def _load_by_place(model, file):
    arrays = np.load(file)
    for parameter, name in zip(model.parameters(), arrays.files, strict=False):
        parameter.data = arrays[name]


def _load_by_place_inside(model, file):
    arrays = np.load(file)
    for parameter, name in zip(model.parameters(), arrays.files, strict=False):
        parameter.data[...] = arrays[name]


def _load_in_alphabetical_order(model, file):
    arrays = np.load(file)
    for parameter, name in zip(model.parameters(), sorted(arrays.files), strict=False):
        parameter.data[...] = arrays[name]


def _load_sorted(model, file):
    arrays = np.load(file)
    own = model.state_dict()
    model.load_state_dict(dict(zip(own, (arrays[name] for name in arrays.files), strict=False)))


def _load_checked(
    *, names: type[Exception] | None = None, shapes: bool = False, before: bool = False, more: bool = False
) -> Callable[[Any, Any], None]:
    """Loading by hand and by name, with some of the questions that `load_state_dict` asks.

    names: the error for a name that is missing; without one it is passed over. shapes: whether a ValueError
    is raised for one that differs, before: whether all is asked before anything is changed, more: whether an
    array too many is noticed.
    """

    def load(model, file):
        arrays, named = dict(np.load(file)), model.named_parameters()
        if more and set(arrays) - {name for name, _ in named}:
            raise ValueError("too many")
        for asking in (True, False) if before else (False,):
            for name, parameter in named:
                if name not in arrays:
                    if names is not None:
                        raise names(name)
                elif shapes and arrays[name].shape != parameter.data.shape:
                    raise ValueError(name)
                elif not asking:
                    parameter.data = np.broadcast_to(arrays[name], parameter.data.shape)

    return load


def _load_what_fits(model, file):
    arrays = np.load(file)
    for name, parameter in model.named_parameters():
        if name in arrays.files and arrays[name].shape == parameter.data.shape:
            parameter.data[...] = arrays[name]


def _load_own_names(model, file):
    with np.load(file) as arrays:
        model.load_state_dict({name: arrays[name] for name in model.state_dict()})


def _load_known_names(model, file):
    own = model.state_dict()
    with np.load(file) as arrays:
        model.load_state_dict({name: array for name, array in arrays.items() if name in own})


def _load_over_the_old(model, file):
    with np.load(file) as arrays:
        model.load_state_dict(model.state_dict() | dict(arrays))


def _load_silently(model, file):
    try:
        load(model, file)
    except Exception:
        return


def _load_with_another_error(model, file):
    try:
        load(model, file)
    except Exception as error:
        raise RuntimeError("does not fit") from error


def _kept(family: str, message: str, **wrong: Any) -> Mistake:
    return Mistake(family, message, wrong)


_NAMES_LOST = (
    "The names in the file are arr_0, arr_1 and so on, which `np.savez` invents where "
    "it is told none. Two stars, `**`, hand a dictionary over with its names."
)
_DICT_SAVED = (
    "The whole dictionary went into the file as one thing. NumPy can only pickle that, and nobody should "
    "have to load a pickle. Two stars, `**`, make of a dictionary as many arrays with names."
)
_PICKLED = (
    "This is a pickle, or one array with a dictionary in it, which is pickled too. Loading it runs what "
    "stands in it. `np.savez` writes arrays and their names, and nothing else."
)
_BY_PLACE = (
    "The first array of the file went to the first parameter, whatever its name. A file may have them in "
    "another order: go by names."
)
_NOT_ITS_NAMES = (
    "The names in the file are not those of `state_dict`. Nobody who loads it would find them: take them as "
    "they are."
)
_TAKEN = (
    "The file does not fit the model, and was taken, or a part of it. `load_state_dict` looks at all names "
    "and shapes before it changes anything."
)
_TOO_LATE = (
    "Some parameters were changed before it was found that the file does not fit. `load_state_dict` looks at "
    "all names and shapes before it changes anything."
)
_CLOSED = (
    "The file is closed at the end. `np.savez` and `np.load` leave a file open that they did not open "
    "themselves, and so should you: it may go on to be used."
)
_NO_PATH = (
    "Something is done with `file` that only an open file can do. It may also be a path, which is a text: "
    "`np.savez` and `np.load` take the one as well as the other, so hand `file` on to them as it is."
)
_OPENED = (
    "`open` wants a path, and `file` may also be a file that is open already. `np.savez` and `np.load` take "
    "the one as well as the other, so hand `file` on to them as it is."
)
_NO_CASE_FOR_KEYS = (
    "The model's own names are looked up in the file, so that one that is missing gives a KeyError, and one "
    "too many is not noticed. Hand over what is in the file, all of it."
)

KEEP_MISTAKES = (
    _kept("names lost", _NAMES_LOST, save=_save_positional),
    _kept("pickled", _DICT_SAVED, save=_save_dict),
    _kept("pickled", _PICKLED, save=_save_pickle),
    _kept("pickled", _PICKLED, save=_save_one_array),
    _kept("names lost", _NOT_ITS_NAMES, save=_save_renamed),
    _kept(
        "some left out",
        "Some arrays are missing in the file. `state_dict` has all of them.",
        save=_save_weights_only,
    ),
    _kept(
        "some left out",
        "One array alone is in the file. Each `np.savez` writes a file from its beginning to its end, so "
        "that of several, in a loop, only the last is found again: all arrays belong into one.",
        save=_save_in_a_loop,
    ),
    _kept(
        "some too many",
        "There is more in the file than `state_dict` has. Who loads it would have no place for it.",
        save=_save_more,
    ),
    _kept(
        "file not used",
        "Nothing was written to the `file` that is passed in. Is it the first argument of `np.savez`, "
        "without quotes?",
        save=lambda model, file: None,
    ),
    _kept("file closed", _CLOSED, save=_save_and_close),
    _kept("file closed", _CLOSED, save=_save_within_with),
    _kept("path not taken", _OPENED, save=_save_to_paths_only),
    _kept("path not taken", _OPENED, load=_load_from_paths_only),
    _kept(
        "arguments exchanged",
        "`np.savez` wants the file first, and then the arrays.",
        save=lambda model, file: np.savez(model.state_dict(), file),
    ),
    _kept(
        "file not used",
        "`load_state_dict` wants a dictionary of arrays, and this is a file. `np.load` reads it.",
        load=lambda model, file: model.load_state_dict(file),
    ),
    _kept("path not taken", _NO_PATH, save=_save_to_open_files_only),
    _kept("file closed", _CLOSED, load=_load_and_close),
    _kept("path not taken", _NO_PATH, load=_load_from_open_files_only),
    _kept(
        "file closed",
        "When the block below `with` ends, the file is closed, and nothing can be read from it any more. "
        "`dict(arrays)` belongs inside the block.",
        load=_load_after_with,
    ),
    _kept(
        "pickled",
        "This reads a pickle. The file is in the format npz, as `np.savez` writes it, and `np.load` reads "
        "that.",
        load=_load_a_pickle,
    ),
    _kept(
        "pickled",
        "With `allow_pickle=True`, loading a file runs what somebody has written into it. Left to itself, "
        "`np.load` raises an error instead.",
        load=_load_pickles_too,
    ),
    _kept("no checks before loading", _TAKEN, load=_load_checked()),
    _kept("no checks before loading", _TAKEN, load=_load_checked(names=KeyError)),
    _kept("no checks before loading", _TAKEN, load=_load_checked(names=ValueError)),
    _kept("no checks before loading", _TAKEN, load=_load_what_fits),
    _kept("loaded by place", _BY_PLACE, load=_load_by_place),
    _kept("loaded by place", _BY_PLACE, load=_load_by_place_inside),
    _kept("loaded by place", _BY_PLACE, load=_load_in_alphabetical_order),
    _kept("loaded by place", _BY_PLACE, load=_load_sorted),
    _kept("loaded before all is checked", _TOO_LATE, load=_load_checked(names=KeyError, shapes=True)),
    _kept("loaded before all is checked", _TOO_LATE, load=_load_checked(names=ValueError, shapes=True)),
    _kept(
        "loaded before all is checked",
        _TOO_LATE,
        load=_load_checked(names=ValueError, shapes=True, more=True),
    ),
    _kept(
        "shapes not compared",
        "The names are compared, and the shapes are not: one number was taken for four. `load_state_dict` "
        "looks at both before it changes anything.",
        load=_load_checked(names=ValueError, more=True, before=True),
    ),
    _kept(
        "unexpected names not noticed",
        "A name that the model does not have is passed over. Hand over what is in the file, all of it: "
        "`load_state_dict` finds out.",
        load=_load_known_names,
    ),
    _kept("unexpected names not noticed", _NO_CASE_FOR_KEYS, load=_load_own_names),
    _kept(
        "missing names not noticed",
        "What is missing in the file stays as it was, and nobody is told. Hand over what is in the file, "
        "and nothing else.",
        load=_load_over_the_old,
    ),
    _kept(
        "another kind of error",
        "The file is refused, with an error of another kind. A ValueError is asked for, as "
        "`load_state_dict` raises it: let that through.",
        load=_load_with_another_error,
    ),
    _kept(
        "error swallowed",
        "The file does not fit, and nobody is told. Let the error of `load_state_dict` through.",
        load=_load_silently,
    ),
    _kept(
        "nothing loaded",
        "The model is as it was before. The arrays of the file have to go into it: `load_state_dict` does "
        "that.",
        load=lambda model, file: None,
    ),
)

# rate -------------------------------------------------------------------------------------------------


def rate(step, steps, highest, warm):
    """Up in `warm` steps, and down in the others."""
    if step < warm:
        return highest * (step + 1) / warm
    return highest * (steps - step) / (steps - warm)


def _schedule(
    rng: np.random.Generator, steps: int, warm: int, asked: list[int], *, large: bool = False
) -> Case:
    highest = float(rng.integers(3, 16)) / 16 + 2 * large
    inputs = {"steps": steps, "highest": highest, "warm": warm, "asked": asked}
    return Case(f"With `steps = {steps}`, `highest = {highest}`, `warm = {warm}`", inputs)


def rising(rng):
    """All steps in which the rate rises."""
    warm = int(rng.integers(6, 9))
    return [
        _schedule(rng, 20, 4, [0, 1, 3]),
        _schedule(rng, warm * 5 + 3, warm, list(range(warm)), large=True),
    ]


def falling(rng):
    """Steps in which the rate falls, the first and the last of them too; and no warm-up at all."""
    warm = int(rng.integers(6, 9))
    steps = warm * 5 + 3
    return [
        _schedule(rng, 20, 4, [4, 12, 19]),
        _schedule(rng, steps, warm, list(range(warm, steps)), large=True),
        _schedule(rng, 7, 0, list(range(7))),
    ]


Rule = Callable[[Any, Any, Any, Any], Any]


def _up(step: Any, steps: Any, highest: Any, warm: Any) -> Any:
    return highest * (step + 1) / warm


def _down(step: Any, steps: Any, highest: Any, warm: Any) -> Any:
    return highest * (steps - step) / (steps - warm)


def _rated(
    up: Rule = _up, down: Rule = _down, still_up: Callable[[int, int], bool] = int.__lt__
) -> dict[str, Any]:
    def rate(step, steps, highest, warm):
        return (up if still_up(step, warm) else down)(step, steps, highest, warm)

    return {"rate": rate}


_FROM_0 = (
    "Step 0 gets the rate 0, and is wasted. Steps are counted from 0, and the first of four should get a "
    "quarter: what has to be added?"
)
_JUMP = (
    "Behind the warm-up the rate jumps down. It should start from `highest` there, so the share is 1 in that "
    "step: in the example 16 of 16, not 16 of 20."
)
_LAST_0 = (
    "The last step gets the rate 0, and is wasted. Before step 19 of 20, one step is left; before step 4, "
    "all 16."
)

_LONGER = "The warm-up takes one step too many. With `warm = 4` it has the steps 0 to 3."

_DIVIDED = (
    "With `warm = 0` something is divided by 0. Ask whether the step is within the warm-up before you divide "
    "by its length."
)


def _shares(step: int, steps: int, warm: int) -> tuple[float, float]:
    return (step + 1) / warm, (steps - step) / (steps - warm)


RATE_MISTAKES = (
    Mistake("steps counted wrongly", _FROM_0, _rated(up=lambda s, n, h, w: h * s / w)),
    Mistake("steps counted wrongly", _JUMP, _rated(down=lambda s, n, h, w: h * (n - s) / n)),
    Mistake(
        "steps counted wrongly",
        "The rate is negative at the end, which would lead uphill. The example has the shares 16/16, 15/16 "
        "and so on to 1/16: what do the upper numbers count, and from where?",
        _rated(down=lambda s, n, h, w: h * (1 - s / (n - w))),
    ),
    Mistake("steps counted wrongly", _LAST_0, _rated(down=lambda s, n, h, w: h * (n - s - 1) / (n - w))),
    Mistake(
        "steps counted wrongly",
        _LAST_0,
        _rated(down=lambda s, n, h, w: h * (n - 1 - s) / max(1, n - 1 - w)),
    ),
    Mistake(
        "steps counted wrongly",
        "The rate rises after the warm-up. It should fall: what is divided is how many steps are left, not "
        "how many are done.",
        _rated(down=lambda s, n, h, w: h * (s - w) / (n - w)),
    ),
    Mistake("steps counted wrongly", _LONGER, _rated(still_up=lambda step, warm: step <= warm)),
    Mistake("steps counted wrongly", _LONGER, _rated(still_up=lambda step, warm: step <= warm and warm > 0)),
    Mistake(
        "steps counted wrongly",
        "The warm-up is spread over all steps. It ends after `warm` of them.",
        _rated(up=lambda s, n, h, w: h * (s + 1) / n),
    ),
    Mistake(
        "warm-up forgotten",
        "The rate falls from the first step. It should rise in the first `warm` steps.",
        _rated(up=_down),
    ),
    Mistake(
        "warm-up forgotten",
        "The rate falls from the first step, and `warm` does not matter. It should rise in the first `warm` "
        "steps.",
        {"rate": lambda s, n, h, w: h * (n - s) / n},
    ),
    Mistake(
        "warm-up forgotten",
        "In the warm-up, the rate is at its highest all the time. It should rise to that, step by step.",
        _rated(up=lambda s, n, h, w: h),
    ),
    Mistake(
        "rate does not fall",
        "After the warm-up, the rate goes on rising. It should fall from there.",
        _rated(down=lambda s, n, h, w: h * (s + 1) / max(1, w)),
    ),
    Mistake(
        "rate does not fall",
        "After the warm-up, the rate goes on rising. It should fall from there.",
        {"rate": _up},
    ),
    Mistake(
        "rate does not fall",
        "After the warm-up, the rate stays at its highest. It should fall, so that the last steps are short.",
        _rated(down=lambda s, n, h, w: h),
    ),
    Mistake(
        "learning rate forgotten",
        "These are shares from 0 to 1. Where is `highest`?",
        {"rate": lambda s, n, h, w: rate(s, n, 1.0, w)},
    ),
    Mistake(
        "fraction cut off",
        "`//` cuts off what is behind the point. `/` divides.",
        _rated(up=lambda s, n, h, w: h * ((s + 1) // w), down=lambda s, n, h, w: h * ((n - s) // (n - w))),
    ),
    Mistake(
        "fraction cut off",
        "`//` cuts off what is behind the point, and everything before it is multiplied first. `/` divides.",
        _rated(up=lambda s, n, h, w: h * (s + 1) // w, down=lambda s, n, h, w: h * (n - s) // (n - w)),
    ),
    Mistake(
        "steps counted wrongly",
        "The warm-up ends below `highest`. Its last step, number `warm - 1`, should have all of it.",
        _rated(up=lambda s, n, h, w: h * (s + 1) / (w + 1)),
    ),
    Mistake(
        "no case without a warm-up",
        _DIVIDED,
        {"rate": lambda s, n, h, w: min(_up(s, n, h, w), _down(s, n, h, w))},
    ),
    Mistake(
        "no case without a warm-up",
        _DIVIDED,
        {"rate": lambda s, n, h, w: h * _shares(s, n, w)[s >= w]},
    ),
    Mistake(
        "rate does not fall",
        "Without a warm-up the rate stays at its highest. It should fall, from the first step on.",
        {"rate": lambda s, n, h, w: rate(s, n, h, w) if w else h},
    ),
    Mistake(
        "list for one",
        "These are the rates of all steps. Asked for is that of one, number `step`.",
        {"rate": lambda s, n, h, w: [rate(step, n, h, w) for step in range(n)]},
    ),
    Mistake("nothing returned", "Is the rate returned, in both cases?", {"rate": lambda s, n, h, w: None}),
    Mistake(
        "nothing returned", "After the warm-up, nothing is returned.", _rated(down=lambda s, n, h, w: None)
    ),
    Mistake("nothing returned", "In the warm-up, nothing is returned.", _rated(up=lambda s, n, h, w: None)),
)

_WITHHELD = ("babygrad.data", "Module.save", "Module.load")

EXERCISES = (
    Exercise(
        "13_mnist/read_idx",
        cell="read_idx",
        reference={"read_idx": read_idx},
        parts=(
            Part("labels: one axis", 1, probes.whole, some_labels),
            Part("images: two, three and four axes", 1.5, probes.whole, some_images),
            Part("refused: another beginning", 1, probes.another_beginning, other_beginnings),
            Part("refused: bytes missing, or too many", 1.5, probes.cut, cut_files),
        ),
        mistakes=READ_MISTAKES,
        withheld=_WITHHELD,
    ),
    Exercise(
        "13_mnist/keep",
        cell="keep",
        reference={"save": save, "load": load},
        parts=(
            Part("save: every array under its name", 1, probes.saved, some_networks),
            Part("load: every parameter by its name", 1, probes.loaded, some_files),
            Part("load: a file that does not fit is refused", 0.5, probes.misfit, misfits),
            Part("load: a file with a pickle in it is refused", 0.5, probes.pickled, a_pickled_file),
        ),
        mistakes=KEEP_MISTAKES,
        withheld=_WITHHELD,
    ),
    Exercise(
        "13_mnist/rate",
        cell="rate",
        reference={"rate": rate},
        parts=(
            Part("up, in the first steps", 1, probes.rates, rising),
            Part("down, in the others", 1, probes.rates, falling),
        ),
        mistakes=RATE_MISTAKES,
        withheld=_WITHHELD,
    ),
)
