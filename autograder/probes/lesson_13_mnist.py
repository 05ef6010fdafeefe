"""Lesson 13: the probes. Files are made in memory, of a few bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.observation import Claim
from babygrad.nn import Linear, Module, ReLU, Sequential

# read_idx ---------------------------------------------------------------------------------------------


def whole(parts, data):
    """What is read from a file that is as it should be. data: its bytes, as a list of numbers."""
    try:
        array = parts.read_idx(bytes(data))
    except ValueError as error:
        yield "a file that is whole should be read", Claim(False, _told(error))
        yield "the numbers in the error", _numbers(error)  # known mistakes are told apart by them
        return
    yield "a file that is whole should be read", Claim(True)
    yield "what `read_idx(…)` returns", array


def another_beginning(parts, data):
    """Whether a file is refused that begins in another way, and holds as many bytes as its header says."""
    outcome = yield from _refused(lambda: parts.read_idx(bytes(data)))
    if isinstance(outcome, ValueError):
        words = _words_for_a_whole_file(parts)
        everything = words is not None and words == _without_numbers(outcome)
        yield "a file that is whole should not be refused with the same words", Claim(not everything)


def _words_for_a_whole_file(parts) -> str | None:
    """What is said of one, where it is refused, whatever the reason."""
    try:
        parts.read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 4, 9]))
    except Exception as error:
        return _without_numbers(error)
    return None


def _without_numbers(error: BaseException) -> str:
    return re.sub(r"\d+", "", str(error))


def cut(parts, data, there, wanted):
    """Whether a file is refused that has `there` bytes. wanted: how many it should have, 0 for unknown."""
    outcome = yield from _refused(lambda: parts.read_idx(bytes(data)))
    if isinstance(outcome, ValueError) and wanted:
        found = _numbers(outcome).split()
        for number, words in ((there, "bytes there are"), (wanted, "bytes there should be")):
            claim = f"the message should say how many {words}, {number}"
            yield claim, Claim(str(number) in found, _said(outcome))
        by_numpy = any(word in str(outcome) for word in ("reshape", "buffer", "offset"))
        yield "whether it is NumPy's error", by_numpy and str(wanted) not in found


def _refused(call: Callable[[], Any]) -> Any:
    """Whether a ValueError is raised. Returns the error."""
    outcome: Any = None
    try:
        result = call()
        instead = f"nothing was raised, and {_described(result)} was returned"
        kind = f"{type(result).__name__}, returned"
    except (NotImplementedError, NameError):
        raise
    except Exception as error:
        outcome, kind, instead = error, type(error).__name__, _told(error)
    yield "a ValueError should be raised", Claim(isinstance(outcome, ValueError), instead)
    if not isinstance(outcome, ValueError):  # known mistakes are told apart by it
        yield "the error", kind
    return outcome


def _described(result: Any) -> str:
    if isinstance(result, np.ndarray):
        return f"an array of shape {result.shape}"
    return "None" if result is None else f"something of class {type(result).__name__}"


def _told(error: BaseException) -> str:
    said = f": {_shortened(error)}" if str(error).strip() else ""
    return f"it comes to this {type(error).__name__}{said}"


def _said(error: BaseException) -> str:
    return f"it is: {_shortened(error)}" if str(error).strip() else "it is empty"


def _shortened(error: BaseException) -> str:
    return str(error)[:150].rstrip(".")


def _numbers(error: BaseException) -> str:
    """The whole numbers in a message; one that NumPy writes with commas is one number."""
    return " ".join(re.findall(r"\d+", re.sub(r"(?<=\d),(?=\d{3})", "", str(error))))


# save, load -------------------------------------------------------------------------------------------


class _File(io.BytesIO):
    """A file in memory that can be read after it was closed."""

    def close(self) -> None:
        pass


def _model(arrays: Mapping[str, np.ndarray]) -> Module:
    """A network with the sizes of these weights, and with these numbers."""
    n_in, hidden = arrays["layers.0.weight"].shape
    model = Sequential(
        Linear(n_in, hidden, rng=3), ReLU(), Linear(hidden, arrays["layers.2.bias"].size, rng=4)
    )
    model.load_state_dict(dict(arrays))
    return model


def saved(parts, arrays):
    """What stands in the file."""
    model, file = _model(arrays), _File()
    parts.save(model, file)
    content = file.getvalue()
    yield "something should be written to `file`", Claim(bool(content), "it is empty")
    if not content:
        return
    found = _read(content)
    yield "the file should be one that `np.savez` writes", Claim(found is not None, _begins(content))
    if found is None:  # known mistakes are told apart by it
        yield "how it begins", content[:1].hex()
        return
    yield "a list of the names in the file, sorted,", ", ".join(sorted(found))
    for name in sorted(arrays):
        yield f"`{name}` in the file", found.get(name)
    for name, array in model.state_dict().items():
        yield f"the model's `{name}` afterwards", array


def _read(content: bytes) -> dict[str, np.ndarray] | None:
    """The arrays of an npz file; None where it is none, or holds what only a pickle can hold."""
    try:
        archive = np.load(io.BytesIO(content), allow_pickle=False)
    except Exception:
        return None
    if isinstance(archive, np.ndarray):
        return None
    return {name: _array(archive, name) for name in archive.files}


def _array(archive: Any, name: str) -> Any:
    try:
        return archive[name]
    except ValueError:
        return "pickled"


def _begins(content: bytes) -> str:
    if content.startswith(b"\x80"):
        return "it is a pickle"
    if content.startswith(b"\x93NUMPY"):
        return "it is what `np.save` writes, for one array"
    return f"it begins with the bytes {' '.join(map(str, content[:4]))}"


def _written(arrays: Mapping[str, np.ndarray]) -> io.BytesIO:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    file.seek(0)
    return file


def loaded(parts, arrays, before):
    """What the parameters are after loading. before: what they were."""
    model = _model(before)
    kept = model.parameters()
    parts.load(model, _written(arrays))
    for name, array in sorted(model.state_dict().items()):
        yield f"the model's `{name}`", array
    same = all(one is other for one, other in zip(kept, model.parameters(), strict=True))
    yield "the model should keep its parameters, with other numbers in them", Claim(same)


def misfit(parts, arrays, before):
    """What comes of a file that is not of such a model."""
    fitting = _model(before)
    parts.load(fitting, _written(before))
    model = _model(before)
    error: Any = None
    try:
        parts.load(model, _written(arrays))
    except (NotImplementedError, NameError):
        raise
    except Exception as raised:
        error = raised
    yield "an error should be raised", Claim(error is not None, "the file is taken")
    for name, array in sorted(model.state_dict().items()):
        yield f"afterwards, the model's `{name}`", array


# rate -------------------------------------------------------------------------------------------------


def rates(parts, steps, highest, warm, asked):
    """The learning rates of some steps."""
    for step in asked:
        yield f"the rate of step {step}", parts.rate(step, steps, highest, warm)
