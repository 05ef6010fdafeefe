"""Observations: what somebody's code did, as plain data.

A probe yields, one after the other, what it sees, each under a label: arrays, Tensors, numbers, texts.
``observe`` turns them into dictionaries, lists, strings and numbers, which can be compared here or sent from
one process to another. ``run`` runs a probe and observes all of it: what it yielded until it ended, the error
that ended it, what NumPy warned about.
"""

from __future__ import annotations

import linecache
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

Observation = dict[str, Any]
Probe = Callable[..., Iterator[tuple[str, Any]]]

STOPPED = "stopped"
"""The label under which an error is observed that ended the probe."""

WARNED = "warnings"

_LONGEST_TEXT = 300


class Raised:
    """The outcome of a call that may raise: for a probe that wants to see how an error reads."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.error: BaseException | None = None
        try:
            call()
        except Exception as error:
            self.error = error


class Claim:
    """Whether what its label says is so, and if not, what is so instead."""

    def __init__(self, holds: bool, instead: str = "") -> None:
        self.holds, self.instead = bool(holds), instead


class Form:
    """What something is, without its numbers: kinds, how many, shapes."""

    def __init__(self, value: Any) -> None:
        self.value = value


def run(probe: Probe, parts: SimpleNamespace, inputs: Mapping[str, Any]) -> dict[str, Observation]:
    """What `probe` saw when given `parts` and a copy of `inputs`: observations by label, in order."""
    return look(probe, parts, deepcopy(dict(inputs)))


def look(probe: Probe, parts: SimpleNamespace, inputs: Mapping[str, Any]) -> dict[str, Observation]:
    """The same with the inputs themselves, which may be changed by it."""
    seen: dict[str, Observation] = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            for label, value in probe(parts, **inputs):
                seen[label] = observe(value)
        except (Exception, SystemExit) as error:
            seen[STOPPED] = _observe_error(error)
    seen[WARNED] = {"kind": "list", "items": [observe(text) for text in _texts(caught)]}
    return seen


def observe(value: Any, room: int = 20_000) -> Observation:
    """`value` as plain data with a ``kind``; what cannot be read, or has no `room`, is named, not copied.

    room: how many numbers or items there may be in it. The items of a list share it, so that lists end which
    hold themselves.
    """
    try:
        return _read(value, room)
    except Exception:  # somebody's class may do anything when it is asked something
        return {"kind": "other", "type": type(value).__name__[:_LONGEST_TEXT]}


def _read(value: Any, room: int) -> Observation:
    if value is None:
        return {"kind": "None"}
    if isinstance(value, (bool, np.bool_)):
        return {"kind": "bool", "value": bool(value)}
    if isinstance(value, str):
        return {"kind": "text", "value": _shortened(value)}
    if isinstance(value, (np.ndarray, np.integer, np.floating)):  # NumPy makes scalars of 0-d results
        return {"kind": "array", **_content(np.asarray(value), room)}
    if isinstance(value, (int, float)):
        return {"kind": "number", "value": float(value)}
    if isinstance(value, np.dtype):
        return {"kind": "dtype", "value": str(value)[:_LONGEST_TEXT]}
    if isinstance(value, (tuple, list)) and room:
        kind = "tuple" if isinstance(value, tuple) else "list"
        items = value[:room]
        return {"kind": kind, "items": [observe(item, room // (len(items) + 1)) for item in items]}
    if isinstance(value, Claim):
        return {"kind": "claim", "value": value.holds, "instead": _shortened(value.instead)}
    if isinstance(value, Form):
        return _without_numbers(observe(value.value, room))
    if isinstance(value, Raised):
        return {"kind": "no error"} if value.error is None else _observe_error(value.error)
    if _is_tensor(value):
        return {"kind": "Tensor", **_content(value.data, room)}
    return {"kind": "other", "type": type(value).__name__[:_LONGEST_TEXT]}


def _without_numbers(seen: Observation) -> Observation:
    rest = {key: value for key, value in seen.items() if key not in ("value", "values", "dtype")}
    return {**rest, "items": [_without_numbers(item) for item in seen["items"]]} if "items" in seen else rest


def _is_tensor(value: Any) -> bool:
    """Whether it is a Tensor, the learner's or the reference's: told by name, there may be several."""
    named = any(kind.__name__ == "Tensor" for kind in type(value).__mro__)
    return named and isinstance(getattr(value, "data", None), np.ndarray)


def _content(array: np.ndarray, room: int) -> dict[str, Any]:
    array = np.asarray(array)  # a subclass might say of its shape what it likes
    about = {"dtype": _name(array.dtype), "shape": list(array.shape)}
    if array.size > room or array.dtype.kind not in "biuf":
        return about
    values = array.astype(np.float64).ravel().tolist()
    return {**about, "values": values}


@cache
def _name(dtype: np.dtype) -> str:
    return str(dtype)[:_LONGEST_TEXT]


def _observe_error(error: BaseException) -> Observation:
    try:
        text = _shortened(str(error))
    except Exception:
        text = ""
    return {
        "kind": "raised",
        "type": type(error).__name__[:_LONGEST_TEXT],
        "text": text,
        "line": _learners_line(error),
    }


def _shortened(text: str) -> str:
    """The text, or its beginning and "…", as a plain str also where `text` is of a class of its own."""
    if str.__len__(text) <= _LONGEST_TEXT:
        return str.__getitem__(text, slice(None))
    return str.__getitem__(text, slice(_LONGEST_TEXT - 2)).rstrip() + " …"


def _learners_line(error: BaseException) -> str:
    """The last line of the learner's own code that the error passed through ("" if there is none)."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if _in_a_cell(frame.filename):
            line = frame.line or linecache.getline(frame.filename, frame.lineno or 0)
            return line.strip()[:_LONGEST_TEXT]
    return ""


def _in_a_cell(filename: str) -> bool:
    """Whether a file name is that of a notebook cell: IPython's (ipykernel_…, <ipython-…>) or <cell …>."""
    return "ipykernel_" in filename or filename.startswith(("<ipython", "<cell"))


def _texts(caught: list[warnings.WarningMessage]) -> list[str]:
    """The texts of warnings, each once; only those about numbers are the mathematics' business."""
    numeric = [w for w in caught if issubclass(w.category, (RuntimeWarning, np.exceptions.ComplexWarning))]
    return list(dict.fromkeys(str(warning.message) for warning in numeric))
