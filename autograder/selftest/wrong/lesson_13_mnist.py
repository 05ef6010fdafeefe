"""Wrong solutions of lesson 13: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

# read_idx ---------------------------------------------------------------------------------------------

_MAGIC = "if data[:3] != bytes([0, 0, 8]) or len(data) < 4:"
_START = "start = 4 + 4 * data[3]"
_SIZE = 'int.from_bytes(data[place : place + 4], "big")'
_LENGTH = "if len(data) != whole:"
_NO_IDX = 'raise ValueError(f"this is no idx file of bytes: it begins with {list(data[:4])}")'
_NOT_WHOLE = 'raise ValueError(f"there are {len(data)} bytes, and there should be {whole}")'
_MADE = "np.frombuffer(data, np.uint8, offset=start).reshape(shape)"


def _read(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "read_idx", edits, loses, family, survives=survives)


READ_IDX = (
    _read("little-endian", {'"big"': '"little"'}, 4, "bytes in the wrong order"),
    _read(
        "little-endian-unchecked",
        {'"big"': '"little"', _LENGTH: "if False:"},
        4,
        "bytes in the wrong order",
    ),
    _read("last-byte-of-a-size", {_SIZE: "data[place + 3]"}, 4, "size from one byte", "small sizes"),
    _read(
        "sizes-added-up",
        {_SIZE: "sum(data[place : place + 4])"},
        2.5,
        "size from one byte",
        "small sizes",
    ),
    _read("elements-after-four", {"offset=start": "offset=4"}, 2.5, "header of a fixed length"),
    _read(
        "header-of-images", {"offset=start": "offset=16"}, 2.5, "header of a fixed length", "MNIST's images"
    ),
    _read("axes-counted-once", {_START: "start = 4 + data[3]"}, 4, "header of a fixed length"),
    _read(
        "always-three-axes",
        {_START: "start = 16"},
        4,
        "header of a fixed length",
        "MNIST's images",
    ),
    _read("last-size-missing", {"range(4, start, 4)": "range(4, 4 * data[3], 4)"}, 4, "some left out"),
    _read(
        "sliced-and-left-to-numpy",
        {_LENGTH: "if False:", _MADE: "np.frombuffer(data[start:], np.uint8).reshape(shape)"},
        1.5,
        "missing bytes not noticed",
        "good files",
    ),
    _read("beginning-not-read", {_MAGIC: "if len(data) < 4:"}, 1, "beginning not looked at", "good files"),
    _read(
        "type-byte-only",
        {_MAGIC: "if len(data) < 4 or data[2] != 8:"},
        1,
        "beginning not looked at",
        "good files",
    ),
    _read(
        "zeros-only",
        {_MAGIC: "if len(data) < 4 or data[0] != 0 or data[1] != 0:"},
        1,
        "beginning not looked at",
        "good files",
    ),
    _read(
        "and-for-or",
        {_MAGIC: "if len(data) < 4 or (data[0] != 0 and data[1] != 0 and data[2] != 8):"},
        1,
        "beginning not looked at",
        "good files",
    ),
    _read(
        "no-byte-at-all",
        {_MAGIC: "if data[0] != 0 or data[1] != 0 or data[2] != 8:"},
        1.5,
        "short files forgotten",
        "good files",
    ),
    _read(
        "three-bytes",
        {_MAGIC: "if data[:3] != bytes([0, 0, 8]):"},
        1.5,
        "short files forgotten",
        "good files",
    ),
    _read("length-left-to-numpy", {_LENGTH: "if False:"}, 1.5, "missing bytes not noticed", "good files"),
    _read(
        "header-alone-compared",
        {_LENGTH: "if len(data) < start:"},
        1.5,
        "missing bytes not noticed",
        "good files",
    ),
    _read(
        "more-is-fine",
        {_LENGTH: "if len(data) < whole:", "offset=start": "count=whole - start, offset=start"},
        1.5,
        "surplus not noticed",
        "good files",
    ),
    _read(
        "more-is-numpys",
        {_LENGTH: "if len(data) < whole:"},
        1.5,
        "surplus not noticed",
        "good files",
    ),
    _read("only-more-refused", {_LENGTH: "if len(data) > whole:"}, 1.5, "surplus not noticed", "good files"),
    _read("header-not-counted", {_LENGTH: "if len(data) != whole - start:"}, 2.5, "header not counted"),
    _read("signed", {"np.uint8": "np.int8"}, 2.5, "dtype not kept", "numbers below 128"),
    _read("list-of-numbers", {_MADE: "np.array(list(data[start:])).reshape(shape)"}, 2.5, "dtype not kept"),
    _read("to-floats", {_MADE: f"{_MADE} / 255"}, 2.5, "dtype not kept"),
    _read("no-reshape", {".reshape(shape)": ""}, 1.5, "not reshaped", "labels"),
    _read(
        "rows-of-pixels", {".reshape(shape)": ".reshape(shape[0], -1)"}, 2.5, "not reshaped", "images in rows"
    ),
    _read("sizes-reversed", {".reshape(shape)": ".reshape(shape[::-1])"}, 1.5, "shape turned", "squares"),
    _read("first-axis-fastest", {".reshape(shape)": '.reshape(shape, order="F")'}, 1.5, "shape turned"),
    _read("a-list", {_MADE: f"{_MADE}.tolist()"}, 2.5, "list instead of an array"),
    _read(
        "asserted",
        {
            f"{_LENGTH}\n        {_NOT_WHOLE}": "assert len(data) == whole, "
            'f"there are {len(data)} bytes, and there should be {whole}"'
        },
        1.5,
        "another kind of error",
    ),
    _read(
        "type-error",
        {_NO_IDX: 'raise TypeError("no idx file")', _NOT_WHOLE: 'raise TypeError("not whole")'},
        2.5,
        "another kind of error",
    ),
    _read("error-returned", {_NOT_WHOLE: _NOT_WHOLE.replace("raise", "return")}, 1.5, "returned for raised"),
    _read(
        "printed",
        {
            _NO_IDX: 'print("no idx file")\n        return None',
            _NOT_WHOLE: 'print("not whole")\n        return None',
        },
        2.5,
        "printed instead of raised",
    ),
    _read(
        "no-numbers",
        {_NOT_WHOLE: 'raise ValueError("the file was cut short")'},
        1.5,
        "message says too little",
    ),
    _read(
        "one-number",
        {_NOT_WHOLE: 'raise ValueError(f"only {len(data)} bytes")'},
        1.5,
        "message says too little",
    ),
    _read(
        "elements-counted-in-the-message",
        {"{len(data)} bytes, and": "{len(data) - start} bytes, and"},
        1.5,
        "message says too little",
    ),
    _read("nothing-returned", {f"return {_MADE}": f"array = {_MADE}"}, 2.5, "nothing returned"),
)

# save, load -------------------------------------------------------------------------------------------

_SAVE = "np.savez(file, **model.state_dict())"
_LOAD = "model.load_state_dict(dict(arrays))"


def _keep(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "keep", edits, loses, family, survives=survives)


KEEP = (
    _keep("values-only", {_SAVE: "np.savez(file, *model.state_dict().values())"}, 1.5, "names lost"),
    _keep(
        "parameters-only", {_SAVE: "np.savez(file, *[p.data for p in model.parameters()])"}, 1.5, "names lost"
    ),
    _keep("no-stars", {_SAVE: "np.savez(file, model.state_dict())"}, 1.5, "pickled", "loaded by oneself"),
    _keep("one-star", {_SAVE: "np.savez(file, *model.state_dict())"}, 1.5, "names lost"),
    _keep("under-one-name", {_SAVE: "np.savez(file, state=model.state_dict())"}, 1.5, "pickled"),
    _keep("np-save", {_SAVE: "np.save(file, model.state_dict(), allow_pickle=True)"}, 1.5, "pickled"),
    _keep(
        "pickle",
        {_SAVE: "import pickle\n    pickle.dump(model.state_dict(), file)"},
        1.5,
        "pickled",
        "loaded by oneself",
    ),
    _keep(
        "dots-replaced",
        {_SAVE: 'np.savez(file, **{n.replace(".", "_"): a for n, a in model.state_dict().items()})'},
        1.5,
        "names lost",
    ),
    _keep(
        "biases-left-out",
        {_SAVE: 'np.savez(file, **{n: a for n, a in model.state_dict().items() if n.endswith("weight")})'},
        1.5,
        "some left out",
    ),
    _keep("state-not-saved", {_SAVE: "state = model.state_dict()"}, 1.5, "file not used"),
    _keep(
        "by-place",
        {
            _LOAD: "for parameter, name in zip(model.parameters(), arrays):\n"
            "            parameter.data = arrays[name]"
        },
        1.5,
        "loaded by place",
        "the order of saving",
    ),
    _keep(
        "names-sorted-by-hand",
        {_LOAD: "model.load_state_dict(dict(zip(model.state_dict(), [arrays[n] for n in arrays.files])))"},
        1,
        "loaded by place",
        "the order of saving",
    ),
    _keep(
        "one-by-one",
        {
            _LOAD: "for name, parameter in model.named_parameters():\n"
            "            parameter.data = arrays[name]"
        },
        0.5,
        "no checks before loading",
        "files that fit",
    ),
    _keep(
        "what-is-there",
        {
            _LOAD: "for name, parameter in model.named_parameters():\n"
            "            if name in arrays:\n"
            "                parameter.data[...] = arrays[name]"
        },
        0.5,
        "no checks before loading",
        "files that fit",
    ),
    _keep(
        "errors-hidden",
        {
            _LOAD: "try:\n            model.load_state_dict(dict(arrays))\n"
            "        except ValueError as error:\n            print(error)"
        },
        0.5,
        "error swallowed",
        "files that fit",
    ),
    _keep("read-and-dropped", {_LOAD: "state = dict(arrays)"}, 1.5, "nothing loaded"),
    _keep("own-state-again", {_LOAD: "model.load_state_dict(model.state_dict())"}, 1.5, "nothing loaded"),
)

# rate -------------------------------------------------------------------------------------------------

_UP = "return highest * (step + 1) / warm"
_DOWN = "return highest * (steps - step) / (steps - warm)"
_IF = "if step < warm:"


def _rate(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "rate", edits, loses, family, survives=survives)


RATE = (
    _rate("first-step-wasted", {_UP: "return highest * step / warm"}, 1, "steps counted wrongly"),
    _rate(
        "last-step-wasted",
        {_DOWN: "return highest * (steps - step - 1) / (steps - warm)"},
        1,
        "steps counted wrongly",
    ),
    _rate(
        "to-nought",
        {_DOWN: "return highest * (steps - 1 - step) / (steps - 1 - warm)"},
        1,
        "steps counted wrongly",
    ),
    _rate("falls-from-the-start", {_DOWN: "return highest * (1 - step / steps)"}, 1, "steps counted wrongly"),
    _rate(
        "below-nought", {_DOWN: "return highest * (1 - step / (steps - warm))"}, 1, "steps counted wrongly"
    ),
    _rate(
        "up-again",
        {_DOWN: "return highest * (step - warm) / (steps - warm)"},
        1,
        "steps counted wrongly",
    ),
    _rate("up-over-all", {_UP: "return highest * (step + 1) / steps"}, 1, "steps counted wrongly"),
    _rate("one-step-longer", {_IF: "if step <= warm:"}, 1, "steps counted wrongly", "warm-up only"),
    _rate("no-warm-up", {_IF: "if False:"}, 1, "warm-up forgotten", "warm = 0"),
    _rate("only-down", {_IF: "if False:", "(steps - warm)": "steps"}, 2, "warm-up forgotten", "warm = 0"),
    _rate("flat-warm-up", {_UP: "return highest"}, 1, "warm-up forgotten"),
    _rate("goes-on-rising", {f"{_IF}\n        {_UP}\n    {_DOWN}": _UP}, 1, "rate does not fall"),
    _rate("stays-up", {_DOWN: "return highest"}, 1, "rate does not fall"),
    _rate(
        "shares",
        {_UP: "return (step + 1) / warm", _DOWN: "return (steps - step) / (steps - warm)"},
        2,
        "learning rate forgotten",
    ),
    _rate(
        "floor-division",
        {
            _UP: "return highest * ((step + 1) // warm)",
            _DOWN: "return highest * ((steps - step) // (steps - warm))",
        },
        2,
        "fraction cut off",
    ),
    _rate(
        "smaller-of-both",
        {
            f"{_IF}\n        {_UP}": "up = highest * (step + 1) / warm",
            _DOWN: "return min(up, highest * (steps - step) / (steps - warm))",
        },
        1,
        "no case without a warm-up",
        "warm above 0",
    ),
    _rate("no-return", {_DOWN: _DOWN.replace("return ", "falling = ")}, 1, "nothing returned"),
)

WRONG = (*READ_IDX, *KEEP, *RATE)
