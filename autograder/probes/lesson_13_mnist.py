"""Lesson 13: the probes. Files are of a few bytes: in memory, and one in a folder that is removed at once."""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograder.observation import Claim
from babygrad.nn import Linear, Module, ReLU, Sequential

# read_idx ---------------------------------------------------------------------------------------------

_WHOLE = bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 4, 9])
_LARGER = bytes([0, 0, 8, 2, 0, 0, 0, 5, 0, 0, 0, 7, *range(35)])
_OTHER = bytes([7, 0, 8, 1, 0, 0, 0, 3, 7, 4, 9])


def whole(parts, data, zeros=0):
    """What is read from a file that is as it should be. data: its bytes, as numbers; then come zeros."""
    try:
        array = parts.read_idx(bytes(data) + bytes(zeros))
    except ValueError as error:
        yield "a file that is whole should be read", Claim(False, _told(error))
        yield "what the error is like", _alike(parts, error)
        return
    yield "a file that is whole should be read", Claim(True)
    large_list = zeros and isinstance(array, list)
    yield "what `read_idx(…)` returns", array[:9] if large_list else array


def another_beginning(parts, data):
    """Whether a file is refused that begins in another way, and holds as many bytes as its header says."""
    error = yield from _refused(parts, bytes(data))
    if isinstance(error, ValueError):
        alike = [_outcome(parts, data) == _words(error) for data in (_WHOLE, _LARGER)]
        label = "a file that is whole, 0 0 8 1 0 0 0 3 7 4 9, should not be refused in the same way"
        yield label, Claim(not alike[0], _told(error))
        if alike[0]:  # known mistakes are told apart by it
            yield "what the error is like", _alike(parts, error)
            yield "whether it is that of all files", alike[1]


def cut(parts, data, wanted, least=False):
    """Whether a file is refused that is too short or too long.

    wanted: how many bytes it should have, 0 for unknown. least: whether it should have more, perhaps.
    """
    there = len(data)
    error = yield from _refused(parts, bytes(data))
    if not (isinstance(error, ValueError) and wanted):
        return
    found = [int(number) for number in _numbers(error)]
    enough = any(number >= wanted for number in found) if least else wanted in found
    more = " at least" if least else ""
    swapped = re.search(rf"there are {wanted}\b|should be {there}\b", str(error))
    claims = {
        f"the message should say how many bytes there are, {there}": there in found,
        f"the message should say how many bytes there should be, {wanted}{more}": enough,
        "the two numbers in the message should stand the other way round": least or not swapped,
    }
    for label, holds in claims.items():
        yield label, Claim(holds, _said(error))
    if not all(claims.values()):
        yield "what the error is like", _alike(parts, error)


def _refused(parts: Any, data: bytes) -> Any:
    """Whether a ValueError is raised. Returns the error, if any; raises one that every file ends with."""
    outcome: Any = None
    try:
        result = parts.read_idx(data)
        instead = f"nothing was raised, and {_described(result)} was returned"
        kind = f"{type(result).__name__}, returned"
    except (NotImplementedError, NameError):
        raise
    except Exception as error:
        if not isinstance(error, ValueError) and _outcome(parts, _WHOLE) == _words(error):
            raise
        outcome, kind, instead = error, type(error).__name__, _told(error)
    yield "a ValueError should be raised", Claim(isinstance(outcome, ValueError), instead)
    if not isinstance(outcome, ValueError):  # known mistakes are told apart by it
        yield "the error", kind
    return outcome


def _outcome(parts: Any, data: bytes) -> str:
    """The words of the error that reading a file ends with, "" where there is none."""
    try:
        parts.read_idx(data)
    except Exception as error:
        return _words(error)
    return ""


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {re.sub(r'[0-9]+', '', str(error))}"


def _alike(parts: Any, error: ValueError) -> str:
    """What known mistakes are told apart by: NumPy's words, the numbers, or "for its beginning"."""
    if _is_numpys(error):
        return str(error)
    if _outcome(parts, _OTHER) == _words(error):
        return "as with another beginning"
    return " ".join(sorted(_numbers(error)))


def _is_numpys(error: BaseException) -> bool:
    return any(word in str(error) for word in ("reshape array", "buffer", "offset must be"))


def _described(result: Any) -> str:
    if isinstance(result, np.ndarray):
        return f"an array of shape {result.shape}"
    return "None" if result is None else f"something of class {type(result).__name__}"


def _told(error: BaseException) -> str:
    said = f": {_shortened(error)}" if str(error).strip() else ""
    return f"it comes to this {type(error).__name__}{said}"


def _said(error: BaseException) -> str:
    whose = " NumPy's own" if _is_numpys(error) else ""
    return f"it is{whose}: {_shortened(error)}" if str(error).strip() else "it is empty"


def _shortened(error: BaseException) -> str:
    text = str(error)
    return text.rstrip(".") if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip('. ')} …"


_LONGEST = 150


def _numbers(error: BaseException) -> list[str]:
    """The whole numbers in a message; written with commas or underscores, or as 5.0, they are one number."""
    return re.findall(r"[0-9]+", re.sub(r"(?<=[0-9])([,_](?=[0-9]{3})|\.0\b)", "", str(error)))


# save, load -------------------------------------------------------------------------------------------


class OpenFile(io.BytesIO):
    """A file in memory whose content is known after it was closed, too."""

    content = b""

    def close(self) -> None:
        if not self.closed:
            self.content = self.getvalue()
        super().close()

    def written(self) -> bytes:
        """What stands in it, or stood in it when it was closed."""
        return self.content if self.closed else self.getvalue()


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
    model, file = _model(arrays), OpenFile()
    parts.save(model, file)
    content = file.written()
    yield "something should be written to `file`", Claim(bool(content), "it is empty")
    if not content:
        return
    found = _read(content)
    yield "the file should be one that `np.savez` writes", Claim(found is not None, _begins(content))
    if found is None:  # known mistakes are told apart by it
        yield "how it begins", content[:1].hex()
        return
    label = f"the names in the file should be {', '.join(sorted(arrays))}"
    yield label, Claim(set(found) == set(arrays), f"they are {', '.join(sorted(found))}")
    if set(found) != set(arrays):
        yield "how the names differ", _other_names(found, set(arrays))
        return
    for name in sorted(arrays):
        yield f"`{name}` in the file", found[name]
    for name, array in model.state_dict().items():
        yield f"the model's `{name}` afterwards", array
    yield _STAYS_OPEN, Claim(not file.closed)
    yield from _saved_at_a_path(parts, model, set(found))


_STAYS_OPEN = "`file` should still be open afterwards: it belongs to whoever has opened it"


def _saved_at_a_path(parts: Any, model: Module, names: set[str]) -> Iterator[tuple[str, Claim]]:
    with _folder() as folder:
        path = Path(folder, "digits.npz")
        error = _error_of(lambda: parts.save(model, str(path)))
        content = path.read_bytes() if path.is_file() else b""
        label = "a path in the place of `file` should give the same file"
        instead = "there is no such file" if not content else "it has other content"
        yield (
            label,
            Claim(not error and set(_read(content) or ()) == names, _told(error) if error else instead),
        )


def _folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for a moment; where we are shut in, only the current one takes it."""
    try:
        return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    except OSError:
        return tempfile.TemporaryDirectory(dir=os.curdir, ignore_cleanup_errors=True)


def _error_of(call: Callable[[], Any]) -> Exception | None:
    try:
        call()
    except (NotImplementedError, NameError):
        raise
    except Exception as error:
        return error
    return None


def _read(content: bytes) -> dict[str, Any] | None:
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
        return _PICKLED


_PICKLED = "pickled"


def _other_names(found: Mapping[str, Any], names: set[str]) -> str:
    """How names differ from those that are wanted, as far as it matters."""
    if any(isinstance(array, str) for array in found.values()):
        return "one thing, pickled" if len(found) == 1 else "several things, pickled"
    if all(re.fullmatch(r"arr_[0-9]+", name) for name in found):
        return "invented"
    if set(found) < names:
        return "one is there" if len(found) == 1 else "some are missing"
    return "some are too many" if set(found) > names else "others"


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
    file = _written(arrays)
    parts.load(model, file)
    for name, array in sorted(model.state_dict().items()):
        yield f"the model's `{name}`", array
    same = all(one is other for one, other in zip(kept, model.parameters(), strict=True))
    yield "the model should keep its parameters, with other numbers in them", Claim(same)
    yield _STAYS_OPEN, Claim(not file.closed)
    with _folder() as folder:
        path = Path(folder, "digits.npz")
        path.write_bytes(_written(arrays).getvalue())
        model = _model(before)
        error = _error_of(lambda: parts.load(model, str(path)))
    label = "a path in the place of `file` should load the same"
    yield (
        label,
        Claim(not error and _holds(model, arrays), _told(error) if error else "other numbers are loaded"),
    )


def _holds(model: Module, arrays: Mapping[str, np.ndarray]) -> bool:
    return all(np.array_equal(array, arrays[name]) for name, array in model.state_dict().items())


def misfit(parts, arrays, before):
    """What comes of a file that is not of such a model, when one that is of such a model is loaded."""
    if not (yield from _loads_what_fits(parts, before)):
        return
    model = _model(before)
    error = _error_of(lambda: parts.load(model, _written(arrays)))
    instead = _told(error) if error else "the file is taken"
    yield "a ValueError should be raised", Claim(isinstance(error, ValueError), instead)
    if not isinstance(error, ValueError):  # known mistakes are told apart by it
        yield "the error", "KeyError" if isinstance(error, KeyError) else "none" if error is None else "other"
    yield from _unchanged(model, before)


def _loads_what_fits(parts: Any, arrays: Mapping[str, np.ndarray]) -> Generator[tuple[str, Any], None, bool]:
    """What is loaded from a file that fits. Returns whether it is what stands in there."""
    model = _model({name: -array for name, array in arrays.items()})
    parts.load(model, _written(arrays))
    for name, array in sorted(model.state_dict().items()):
        yield f"the model's `{name}`, from a file that fits,", array
    found = model.state_dict()
    return all(found[n].shape == a.shape and np.allclose(found[n], a) for n, a in arrays.items())


def _unchanged(model: Module, before: Mapping[str, np.ndarray]) -> Iterator[tuple[str, Claim]]:
    others = [name for name, array in model.state_dict().items() if not np.array_equal(array, before[name])]
    label = "afterwards the model should be as it was"
    yield label, Claim(not others, f"there are other numbers in {', '.join(others)}")


_RAN = "_ran_while_a_file_was_loaded"


class _Order:
    """A number, when it is unpickled, and a note that something was done then."""

    def __reduce__(self):
        return eval, (f"setattr(__import__('sys'), {_RAN!r}, True) or 0.5",)


def pickled(parts, arrays):
    """What comes of a file in which one array is pickled, with something to do when it is loaded."""
    if not (yield from _loads_what_fits(parts, arrays)):
        return
    orders = np.full(arrays["layers.0.weight"].shape, _Order(), dtype=object)
    model = _model(arrays)
    file = _written({**arrays, "layers.0.weight": orders})
    try:
        error = _error_of(lambda: parts.load(model, file))
        ran = hasattr(sys, _RAN)
    finally:
        vars(sys).pop(_RAN, None)
    yield "nothing in the file should be run", Claim(not ran, "something was run when it was loaded")
    yield "an error should be raised", Claim(error is not None, "the file is taken")
    yield from _unchanged(model, arrays)


# rate -------------------------------------------------------------------------------------------------


def rates(parts, steps, highest, warm, asked):
    """The learning rates of some steps."""
    for step in asked:
        yield f"the rate of step {step}", parts.rate(step, steps, highest, warm)
