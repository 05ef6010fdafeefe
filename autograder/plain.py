"""Inputs as JSON and back: arrays keep dtype and shape, tuples stay tuples."""

from __future__ import annotations

import json
from typing import Any

import numpy as np


def dumps(value: Any) -> str:
    """JSON text for None, bools, numbers, texts, arrays, dtypes, and lists, tuples and dicts of these."""
    return json.dumps(encoded(value))


def loads(text: str) -> Any:
    """What ``dumps`` was given."""
    return decoded(json.loads(text))


def encoded(value: Any) -> Any:
    """The same for a JSON message that has more in it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.ndarray):
        return {"array": value.ravel().tolist(), "dtype": str(value.dtype), "shape": list(value.shape)}
    if isinstance(value, type) and issubclass(value, np.generic):
        return {"dtype": np.dtype(value).name}
    if isinstance(value, tuple):
        return {"tuple": [encoded(item) for item in value]}
    if isinstance(value, list):
        return [encoded(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[encoded(key), encoded(item)] for key, item in value.items()]}
    raise TypeError(
        f"an input of type {type(value).__name__} cannot be sent to another process as plain data"
    )


def decoded(value: Any) -> Any:
    """What ``encoded`` was given."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], dtype=value["dtype"]).reshape(value["shape"])
    if "dtype" in value:
        return np.dtype(value["dtype"]).type
    if "tuple" in value:
        return tuple(decoded(item) for item in value["tuple"])
    return {decoded(key): decoded(item) for key, item in value["dict"]}
