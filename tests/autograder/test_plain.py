"""Inputs travel as text and arrive as they were."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import plain
from autograder.judge import cases_of

from .lessons import EXERCISES, NAMES

DTYPES = [np.float32, np.float64, np.float16, np.int64, np.int32, np.uint8, np.bool_]
ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ARRAYS | st.sampled_from(DTYPES)
)
KEYS = st.text() | st.integers() | st.tuples(st.integers(), st.text())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner),
    max_leaves=10,
)


def same(one: Any, other: Any) -> bool:
    """Equal in value and in type, all the way down; nan equals nan."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        nan = one.dtype.kind == "f"
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and np.array_equal(one, other, equal_nan=nan)
        )
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    return one == other or (one != one and other != other)


@given(VALUES)
def test_there_and_back_is_the_same(value: Any) -> None:
    text = plain.dumps(value)
    assert same(plain.loads(text), value)
    assert text.isascii()


@pytest.mark.parametrize(
    "lookalike", [{"array": [3]}, {"dtype": "float32"}, {"tuple": [3]}, {"dict": []}, {}]
)
def test_what_looks_like_an_encoded_thing_is_not_taken_for_one(lookalike: dict[str, Any]) -> None:
    assert plain.loads(plain.dumps(lookalike)) == lookalike


def test_an_array_in_any_memory_order_arrives_in_its_shape() -> None:
    array = np.arange(24.0).reshape(2, 3, 4)
    for view in (array.T, array[:, ::-1], np.asfortranarray(array), array[::2, 1:, ::3]):
        assert np.array_equal(plain.loads(plain.dumps(view)), view)


@pytest.mark.parametrize("value", [{3, 5}, object(), 3j, lambda: 3, b"abc"])
def test_what_is_not_plain_is_refused_by_its_type(value: Any) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        plain.dumps([value])


@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
def test_the_inputs_of_every_exercise_can_travel(exercise: Any) -> None:
    for part in cases_of(exercise, seed=3):
        for case in part:
            inputs = dict(case.inputs)
            assert same(plain.loads(plain.dumps(inputs)), inputs)


def test_the_text_is_json() -> None:
    assert json.loads(plain.dumps((3, [None]))) == {"tuple": [3, [None]]}
