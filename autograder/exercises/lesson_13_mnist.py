"""Lesson 13: the files of MNIST, a network that is kept, and a learning rate that rises and falls."""

from __future__ import annotations

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


def _told(data: list[int]) -> str:
    """Some bytes for the beginning of a message: the header at least."""
    shown = " ".join(map(str, data[:20]))
    return f"With the {len(data)} bytes {shown}{' …' if len(data) > 20 else ''}"


def _whole(rng: np.random.Generator, *sizes: int) -> Case:
    data = _file(rng, *sizes)
    return Case(_told(data), {"data": data})


def some_labels(rng):
    """Files with one axis: few numbers, and more than fit into one byte."""
    few, many = (int(number) for number in (rng.integers(3, 7), rng.integers(600, 900)))
    return [_whole(rng, few), _whole(rng, many)]


def some_images(rng):
    """Files with two, three and four axes, of sizes that differ."""
    count = int(rng.integers(260, 300))
    return [_whole(rng, *sizes) for sizes in ((4, 3), (2, 3, 5), (count, 3, 2), (2, 5, 3, 4))]


def other_beginnings(rng):
    """Files of other types, without the zeros, and a packed one; all as long as their sizes say."""
    beginnings = ([0, 0, 13, 1], [0, 5, 8, 1], [7, 0, 8, 1], [31, 139, 8, 1], [80, 75, 3, 1])
    files = [begin + _file(rng, int(rng.integers(3, 7)))[4:] for begin in beginnings]
    return [Case(_told(data), {"data": data}) for data in files]


def cut_files(rng):
    """Files that lack bytes at their end, in their header, or have some too many."""
    labels, images = _file(rng, int(rng.integers(5, 9))), _file(rng, 2, 3, 5)
    pairs = [(labels[:-2], labels), (images[:-7], images), ([*labels, 3, 5], labels)]
    cases = [
        Case(
            f"{_told(data)}, of a file with {len(from_file)}",
            {"data": data, "there": len(data), "wanted": len(from_file)},
        )
        for data, from_file in pairs
    ]
    for length in (8, 6, 3, 0):
        data = images[:length]
        text = _told(data) if data else "With no bytes at all"
        cases.append(Case(f"{text}, of a file that is cut", {"data": data, "there": length, "wanted": 0}))
    return cases


def _reader(
    *,
    begins: Callable[[bytes], bool] = lambda data: data[:3] == bytes([0, 0, 8]) and len(data) > 3,
    order: Any = "big",
    size_at: Callable[[bytes, int], int] | None = None,
    axes: Callable[[bytes], int] = lambda data: data[3],
    start: Callable[[bytes], int] = lambda data: 4 + 4 * data[3],
    fits: Callable[[int, int], bool] = lambda there, wanted: there == wanted,
    made: Callable[[bytes, int, list[int]], Any] | None = None,
    refuse: Callable[[str], Any] | None = None,
) -> dict[str, Any]:
    """A reader that does some things in another way."""

    def read_idx(data):
        if not begins(data):
            return _refuse("this is no idx file", refuse)
        places = range(4, 4 + 4 * axes(data), 4)
        size = size_at or (lambda data, place: int.from_bytes(data[place : place + 4], order))
        shape = [size(data, place) for place in places]
        wanted = start(data) + math.prod(shape)
        if not fits(len(data), wanted):
            return _refuse(f"there are {len(data)} bytes, and there should be {wanted}", refuse)
        if made is not None:
            return made(data, start(data), shape)
        return np.frombuffer(data, np.uint8, offset=start(data)).reshape(shape)

    return {"read_idx": read_idx}


def _refuse(words: str, other: Callable[[str], Any] | None) -> Any:
    if other is None:
        raise ValueError(words)
    return other(words)


def _any_length(there: int, wanted: int) -> bool:
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


def _first_number_twice(words: str) -> Any:
    number = words.split()[2]
    raise ValueError(f"there are {number} bytes, and there should be {number}")


def _no_numbers(words: str) -> Any:
    raise ValueError("the file is not whole")


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
_FIXED_HEADER = (
    "The elements do not begin where yours do. The header is longer the more axes there are: four bytes, and "
    "then four for each size."
)
_FIXED_AXES = (
    "The same number of axes is read from every file. Labels have one and images have three: the fourth byte "
    "tells."
)
_MAGIC = (
    "A file that begins in another way is read as if it were one of these. Look at the first three bytes, "
    "all of them: 0, 0 and 8."
)
_MISSING = (
    "It is not compared with anything how many bytes there are. NumPy has an error of its own for some of "
    "these files, but it names other numbers, and of a header that is cut off it makes an empty array."
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


def _last_byte(data: bytes, place: int) -> int:
    return data[place + 3]


def _bytes_added(data: bytes, place: int) -> int:
    return sum(data[place : place + 4])


def _two_bytes(data: bytes, place: int) -> int:
    return data[place + 2] * 255 + data[place + 3]


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


READ_MISTAKES = (
    _idx("bytes in the wrong order", _LITTLE, order="little"),
    _idx("bytes in the wrong order", _LITTLE, order="little", fits=_any_length),
    _idx("size from one byte", _ONE_BYTE, size_at=_last_byte),
    _idx("size from one byte", _ONE_BYTE, size_at=_last_byte, fits=_any_length),
    _idx("size from one byte", _DIGITS, size_at=_bytes_added),
    _idx("size from one byte", _DIGITS, size_at=_bytes_added, fits=_any_length),
    _idx("size from one byte", _DIGITS, size_at=_two_bytes),
    _idx("header of a fixed length", _FIXED_HEADER, start=lambda data: 4),
    _idx("header of a fixed length", _FIXED_HEADER, start=lambda data: 4, fits=_any_length),
    _idx("header of a fixed length", _FIXED_HEADER, start=lambda data: 8),
    _idx("header of a fixed length", _FIXED_HEADER, start=lambda data: 8, fits=_any_length),
    _idx("header of a fixed length", _FIXED_HEADER, start=lambda data: 16),
    _idx("header of a fixed length", _FIXED_HEADER, start=lambda data: 16, fits=_any_length),
    _idx("header of a fixed length", _FIXED_HEADER, start=lambda data: 4 + data[3]),
    _idx("header of a fixed length", _FIXED_HEADER, start=lambda data: 4 * data[3]),
    _idx("header of a fixed length", _FIXED_AXES, axes=lambda data: 3, start=lambda data: 16),
    _idx("header of a fixed length", _FIXED_AXES, axes=lambda data: 1, start=lambda data: 8),
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
    _idx("some left out", _SIZE_LEFT_OUT, axes=lambda data: data[3] - 1),
    _idx("some left out", _SIZE_LEFT_OUT, axes=lambda data: data[3] - 1, fits=_any_length),
    _idx("missing bytes not noticed", _MISSING, fits=_any_length),
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
        fits=lambda there, wanted: there >= wanted,
        made=lambda data, start, shape: np.frombuffer(
            data, np.uint8, count=math.prod(shape), offset=start
        ).reshape(shape),
    ),
    _idx(
        "surplus not noticed",
        "A file with bytes too many gets NumPy's error, if any, which names other numbers. What is not "
        "equal is wrong.",
        fits=lambda there, wanted: there >= wanted,
    ),
    _idx(
        "surplus not noticed",
        "A file with bytes too many is refused, and one with too few is not, or with NumPy's numbers. What "
        "is not equal is wrong.",
        fits=lambda there, wanted: there <= wanted,
    ),
    _idx(
        "header not counted",
        "The length of the whole file is compared with the number of elements. The header is a part of it.",
        start=lambda data: 0,
        made=lambda data, start, shape: _elements()(data, 4 + 4 * data[3], shape),
    ),
    _idx(
        "header not counted",
        "The length of the whole file is compared with the number of elements, without the header. Its own "
        "message does not see it.",
        start=lambda data: 0,
        refuse=_of_length_only(_first_number_twice),
    ),
    _idx("dtype not kept", _SIGNED, made=_elements(np.int8)),
    _idx(
        "dtype not kept",
        _COPIED_DTYPE,
        made=lambda data, start, shape: np.array(list(data[start:])).reshape(shape),
    ),
    _idx(
        "dtype not kept",
        _COPIED_DTYPE,
        made=lambda data, start, shape: _elements()(data, start, shape).astype(np.float32),
    ),
    _idx(
        "dtype not kept",
        "The elements are divided by 255 here. The file's own numbers are asked for, as uint8.",
        made=lambda data, start, shape: _elements()(data, start, shape) / 255,
    ),
    _idx(
        "not reshaped", _NO_SHAPE, made=lambda data, start, shape: np.frombuffer(data, np.uint8, offset=start)
    ),
    _idx(
        "not reshaped",
        "Each image comes in one row. That will be done later; here the array has all the sizes of the "
        "header.",
        made=lambda data, start, shape: np.frombuffer(data, np.uint8, offset=start).reshape(shape[0], -1),
    ),
    _idx("shape turned", _TURNED, made=lambda data, start, shape: _elements()(data, start, shape[::-1])),
    _idx(
        "shape turned",
        'The last axis runs fastest, which is what `reshape` does by itself. With `order="F"`, the first '
        "does.",
        made=_elements(order="F"),
    ),
    _idx("list instead of an array", _LIST, made=lambda data, start, shape: list(data[start:])),
    _idx(
        "list instead of an array",
        _LIST,
        made=lambda data, start, shape: _elements()(data, start, shape).tolist(),
    ),
    *_idx_twice("another kind of error", _ASSERTED, _raises(AssertionError)),
    *_idx_twice("another kind of error", _OTHER_ERROR, _raises(TypeError)),
    *_idx_twice("another kind of error", _OTHER_ERROR, _raises(Exception)),
    *_idx_twice("returned for raised", _RETURNED, _returns),
    *_idx_twice("printed instead of raised", _PRINTED, _prints),
    _idx(
        "message says too little",
        "The file is refused, and nobody learns why. Two numbers help: how many bytes there are, and how "
        "many there should be, header included.",
        refuse=_no_numbers,
    ),
    _idx(
        "message says too little",
        "The message tells how many bytes there are. How many should there be?",
        refuse=_one_number(0),
    ),
    _idx(
        "message says too little",
        "The message tells how many bytes there should be. How many are there?",
        refuse=_one_number(-1),
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
    """Files that lack a name, or have a shape of another network."""
    one = _state(rng, 3, 2, 4)
    lacking = {name: array for name, array in one.items() if name != "layers.2.bias"}
    other = {**one, "layers.2.bias": rng.normal(size=(1,)).astype(np.float32)}
    network = _layers(3, 2, 4)
    before = _state(rng, 3, 2, 4)
    return [
        Case(f"{network}, and a file without `layers.2.bias`", {"arrays": lacking, "before": before}),
        Case(
            f"{network}, and a file with `layers.2.bias` of shape (1,)", {"arrays": other, "before": before}
        ),
    ]


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


def _load_by_place(model, file):
    arrays = np.load(file)
    for parameter, name in zip(model.parameters(), arrays.files, strict=False):
        parameter.data = arrays[name]


def _load_sorted(model, file):
    arrays = np.load(file)
    own = model.state_dict()
    model.load_state_dict(dict(zip(own, (arrays[name] for name in arrays.files), strict=False)))


def _load_known_names(model, file):
    arrays = np.load(file)
    for name, parameter in model.named_parameters():
        if name in arrays.files:
            parameter.data[...] = arrays[name]


def _load_by_name(model, file):
    arrays = np.load(file)
    for name, parameter in model.named_parameters():
        parameter.data[...] = arrays[name]


def _load_replaced(model, file):
    arrays = np.load(file)
    for name, parameter in model.named_parameters():
        parameter.data = arrays[name]


def _load_silently(model, file):
    try:
        load(model, file)
    except Exception:
        return


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
_TAKEN = (
    "The file does not fit the model, and was taken, or a part of it. `load_state_dict` looks at all names "
    "and shapes before it changes anything."
)

KEEP_MISTAKES = (
    _kept("names lost", _NAMES_LOST, save=_save_positional),
    _kept("pickled", _DICT_SAVED, save=_save_dict),
    _kept("pickled", _DICT_SAVED, save=_save_under_one_name),
    _kept("pickled", _PICKLED, save=_save_pickle),
    _kept("pickled", _PICKLED, save=_save_one_array),
    _kept(
        "names lost",
        "The names in the file are not those of `state_dict`. Nobody who loads it would find them: take "
        "them as they are.",
        save=_save_renamed,
    ),
    _kept(
        "some left out",
        "Some arrays are missing in the file. `state_dict` has all of them.",
        save=_save_weights_only,
    ),
    _kept(
        "file not used",
        "Nothing was written to the `file` that is passed in. Is it the first argument of `np.savez`, "
        "without quotes?",
        save=lambda model, file: None,
    ),
    _kept("loaded by place", _BY_PLACE, load=_load_by_place),
    _kept("loaded by place", _BY_PLACE, load=_load_sorted),
    _kept("no checks before loading", _TAKEN, load=_load_known_names),
    _kept("no checks before loading", _TAKEN, load=_load_by_name),
    _kept("no checks before loading", _TAKEN, load=_load_replaced),
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


def _schedule(rng: np.random.Generator, steps: int, warm: int, asked: list[int]) -> Case:
    highest = float(rng.integers(3, 20)) / 16
    inputs = {"steps": steps, "highest": highest, "warm": warm, "asked": asked}
    return Case(f"With `steps = {steps}`, `highest = {highest}`, `warm = {warm}`", inputs)


def rising(rng):
    """All steps in which the rate rises."""
    warm = int(rng.integers(6, 9))
    return [_schedule(rng, 20, 4, [0, 1, 3]), _schedule(rng, warm * 5 + 3, warm, list(range(warm)))]


def falling(rng):
    """Steps in which the rate falls, the first and the last of them too; and no warm-up at all."""
    warm = int(rng.integers(6, 9))
    steps = warm * 5 + 3
    return [
        _schedule(rng, 20, 4, [4, 12, 19]),
        _schedule(rng, steps, warm, list(range(warm, steps))),
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
    "Behind the warm-up the rate jumps down. It should start from `highest` there: how many steps are left, "
    "`steps - step`, and of how many that fall?"
)
_LAST_0 = (
    "The last step gets the rate 0, and is wasted. Before step 19 of 20, one step is left; before step 4, "
    "all 16."
)

_LONGER = "The warm-up takes one step too many. With `warm = 4` it has the steps 0 to 3."

RATE_MISTAKES = (
    Mistake("steps counted wrongly", _FROM_0, _rated(up=lambda s, n, h, w: h * s / w)),
    Mistake("steps counted wrongly", _JUMP, _rated(down=lambda s, n, h, w: h * (n - s) / n)),
    Mistake(
        "steps counted wrongly",
        "The rate is negative at the end, which would lead uphill. The steps after the warm-up are counted "
        "from its end, and there are `steps - warm` of them.",
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
        "no case without a warm-up",
        "With `warm = 0` something is divided by 0. Ask whether the step is within the warm-up before you "
        "divide by its length.",
        {"rate": lambda s, n, h, w: min(_up(s, n, h, w), _down(s, n, h, w))},
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
            Part("save: every array under its name", 1.5, probes.saved, some_networks),
            Part("load: every parameter by its name", 1, probes.loaded, some_files),
            Part("load: a file that does not fit is refused", 0.5, probes.misfit, misfits),
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
