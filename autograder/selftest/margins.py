"""How far what was seen is from what is right, in multiples of what the judge allows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge import EXACT, Seen, error, roughness
from autograder.observation import WARNED, Observation


def farthest(want: Seen, got: Seen) -> float:
    """The largest error of a number: 0 where all are equal, inf where something else differs."""
    if want.keys() != got.keys():
        return math.inf
    return max((_error(one, got[label]) for label, one in want.items() if label != WARNED), default=0.0)


def _error(want: Observation, got: Observation) -> float:
    if want["kind"] != got["kind"] or _form(want) != _form(got):
        return math.inf
    if "items" in want:
        return max(map(_error, want["items"], got["items"]), default=0.0)
    if want.get("values"):
        given, right = np.array(got["values"]), np.array(want["values"])
        return float(error(given, right, roughness(want, got)).max())
    if want["kind"] == "number" and "value" in want:
        return float(error(np.float64(got["value"]), np.float64(want["value"]), EXACT))
    return 0.0


def _form(seen: Observation) -> Mapping[str, Any]:
    """What has to be equal: all but numbers, how an error came about, and what takes a claim's place."""
    rest = {key: value for key, value in seen.items() if key not in ("values", "items", "line", "instead")}
    if seen["kind"] == "number":
        rest.pop("value", None)
    return {**rest, "many": len(seen.get("items", ())), "known": "values" in seen}
