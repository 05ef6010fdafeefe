"""Observations: what somebody's code did, as plain data.

A probe hands back arrays, Tensors, numbers, texts; ``observe`` turns each into dictionaries, lists, strings
and numbers, which can be compared here or sent from one process to another. ``run`` runs a probe and observes
all of it: what it returned, what it raised, what NumPy warned about.
"""

from __future__ import annotations

import linecache
import traceback
import warnings
from collections.abc import Callable, Mapping
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import numpy as np

Observation = dict[str, Any]
Probe = Callable[..., Mapping[str, Any]]

STOPPED = "stopped"
"""The label under which an error is observed that ended the probe."""

WARNED = "warnings"

_LARGEST_ARRAY = 20_000
_LONGEST_TEXT = 300
_DEEPEST = 4
_MOST_ITEMS = 50


class Raised:
    """The outcome of a call that may raise: for a probe that wants to see how an error reads."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.error: BaseException | None = None
        try:
            call()
        except Exception as error:
            self.error = error


def run(probe: Probe, parts: SimpleNamespace, inputs: Mapping[str, Any]) -> dict[str, Observation]:
    """What `probe` saw when given `parts` and a copy of `inputs`: observations by label."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            seen = {label: observe(value) for label, value in probe(parts, **deepcopy(inputs)).items()}
        except (Exception, SystemExit) as error:
            seen = {STOPPED: _observe_error(error)}
    seen[WARNED] = {"kind": "list", "items": [observe(text) for text in _texts(caught)]}
    return seen


def observe(value: Any, depth: int = 0) -> Observation:
    """`value` as plain data with a ``kind``; large, deep and unknown things are named, not copied."""
    if value is None:
        return {"kind": "None"}
    if isinstance(value, (bool, np.bool_)):
        return {"kind": "bool", "value": bool(value)}
    if isinstance(value, str):
        return {"kind": "text", "value": value[:_LONGEST_TEXT]}
    if isinstance(value, (int, float, np.integer, np.floating)):
        return {"kind": "number", "value": float(value)}
    if isinstance(value, np.ndarray):
        return {"kind": "array", **_content(value)}
    if isinstance(value, (tuple, list)) and depth < _DEEPEST:
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {"kind": kind, "items": [observe(item, depth + 1) for item in value[:_MOST_ITEMS]]}
    if isinstance(value, Raised):
        return {"kind": "no error"} if value.error is None else _observe_error(value.error)
    if _is_tensor(value):
        return {"kind": "Tensor", **_content(value.data)}
    return {"kind": "other", "type": type(value).__name__[:_LONGEST_TEXT]}


def _is_tensor(value: Any) -> bool:
    """Whether it is a Tensor, the learner's or the reference's: told by name, there may be several."""
    named = any(kind.__name__ == "Tensor" for kind in type(value).__mro__)
    return named and isinstance(getattr(value, "data", None), np.ndarray)


def _content(array: np.ndarray) -> dict[str, Any]:
    about = {"dtype": str(array.dtype), "shape": list(array.shape)}
    if array.size > _LARGEST_ARRAY or array.dtype.kind not in "biuf":
        return about
    values = array.astype(np.float64).ravel().tolist()
    return {**about, "values": values}


def _observe_error(error: BaseException) -> Observation:
    return {
        "kind": "raised",
        "type": type(error).__name__[:_LONGEST_TEXT],
        "text": str(error)[:_LONGEST_TEXT],
        "line": _learners_line(error),
    }


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
