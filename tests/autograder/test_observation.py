"""Observations: whatever the learner's code makes, it is seen as plain data, and nothing is disturbed."""

from __future__ import annotations

import json
import linecache
import math
import warnings
from collections.abc import Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import babygrad
from autograder.observation import STOPPED, WARNED, Claim, Form, Raised, observe, run

NO_PARTS = SimpleNamespace()

# What things become ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (None, {"kind": "None"}),
        (True, {"kind": "bool", "value": True}),
        (np.False_, {"kind": "bool", "value": False}),
        (3, {"kind": "number", "value": 3.0}),
        (0.5, {"kind": "number", "value": 0.5}),
        (np.float32(0.5), {"kind": "array", "dtype": "float32", "shape": [], "values": [0.5]}),
        (np.int64(3), {"kind": "array", "dtype": "int64", "shape": [], "values": [3.0]}),
        ("float32", {"kind": "text", "value": "float32"}),
        (np.dtype("float32"), {"kind": "dtype", "value": "float32"}),
        (Claim(True), {"kind": "claim", "value": True, "instead": ""}),
        (Form(np.zeros((2, 3))), {"kind": "array", "shape": [2, 3]}),
        (Form((3, "a")), {"kind": "tuple", "items": [{"kind": "number"}, {"kind": "text"}]}),
        ((), {"kind": "tuple", "items": []}),
        ([None], {"kind": "list", "items": [{"kind": "None"}]}),
        (Fraction(1, 3), {"kind": "other", "type": "Fraction"}),
        (int, {"kind": "other", "type": "type"}),
    ],
)
def test_a_thing_is_named_by_its_kind(value: Any, seen: dict[str, Any]) -> None:
    assert observe(value) == seen


@given(
    hnp.arrays(st.sampled_from([np.float32, np.float64, np.int64, np.bool_]), hnp.array_shapes(min_dims=0))
)
def test_an_array_keeps_dtype_shape_and_values(array: np.ndarray) -> None:
    seen = observe(array)
    back = np.array(seen["values"]).reshape(seen["shape"]).astype(seen["dtype"])
    assert back.dtype == array.dtype
    assert np.array_equal(back, array, equal_nan=array.dtype.kind == "f")


def test_a_tensor_is_told_by_name_so_that_the_learners_counts() -> None:
    class Tensor:
        def __init__(self, data: Any) -> None:
            self.data = data

    class Continued(Tensor):
        pass

    array = np.array([3.0, 5.0])
    for tensor in (babygrad.Tensor(array), Tensor(array), Continued(array)):
        assert observe(tensor) == {**observe(array), "kind": "Tensor"}
    assert observe(Tensor([3.0])) == {"kind": "other", "type": "Tensor"}


# Odd objects -----------------------------------------------------------------------------------------


class Lying(np.ndarray):
    """An array that tells a wrong shape, size and dtype."""

    shape = property(lambda self: "wide")  # type: ignore[assignment]
    size = property(lambda self: -1)  # type: ignore[assignment]
    dtype = property(lambda self: None)  # type: ignore[assignment]

    def astype(self, *args: Any, **options: Any) -> Any:
        return None


class Explosive:
    """An object that nobody can look at."""

    def _no(self, *args: Any) -> Any:
        raise ValueError("do not touch")

    __class__ = property(_no)  # type: ignore[assignment]
    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = __bool__ = __getattr__ = _no  # type: ignore


class Tensor:
    """A Tensor whose data cannot be had."""

    @property
    def data(self) -> Any:
        raise ValueError("do not touch")


class Speechless(Exception):
    """An error without words."""

    def __str__(self) -> str:
        raise ValueError("do not touch")


class Text(str):
    """A text whose pieces are no texts."""

    def __getitem__(self, key: Any) -> Any:
        return Explosive()


class Number(float):
    """A number that is none."""

    def __float__(self) -> Any:
        return Explosive()


class Many(list):
    """A list without pieces."""

    def __getitem__(self, key: Any) -> Any:
        raise ValueError("do not touch")

    def __iter__(self) -> Any:
        raise ValueError("do not touch")


def endless(length: int) -> list[Any]:
    """A list that holds nothing but itself."""
    items: list[Any] = []
    items.extend([items] * length)
    return items


ODD = {
    "lying array": np.arange(6.0).reshape(2, 3).view(Lying),
    "explosive": Explosive(),
    "tensor without data": Tensor(),
    "text": Text("abc"),
    "number": Number(3.0),
    "list": Many([3, 5]),
    "itself": endless(1),
    "itself, often": endless(60),
    "arrays, often": [[[np.zeros(20_000)] * 50] * 50] * 50,
    "number without end": 10**400,
    "its opposite": -(10**400),
    "long text": "x" * 10**6,
    "large array": np.zeros((1000, 1000)),
    "complex": np.array([3j]),
    "of objects": np.array([None, Explosive], dtype=object),
    "of texts": np.array(["a", "b"]),
    "of records": np.zeros(3, dtype=[("a", int)]),
    "of dates": np.array(["2024-01-01"], dtype="M8[D]"),
    "masked": np.ma.masked_array([3.0, 5.0], mask=[True, False]),
    "class with a lying name": type("x" * 10**6, (), {}),
    "its instance": type("x" * 10**6, (), {})(),
    "lone surrogate": "\ud800",
    "not a number": math.nan,
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_object_is_seen_as_a_little_plain_data(name: str) -> None:
    seen = observe(ODD[name])
    text = json.dumps(seen)
    assert len(text) < 2_000_000
    assert json.loads(text)["kind"] == seen["kind"]


def test_a_lying_array_is_seen_as_it_is() -> None:
    assert observe(ODD["lying array"]) == observe(np.arange(6.0).reshape(2, 3))
    t = babygrad.Tensor(np.arange(6.0).reshape(2, 3))
    right = observe(t)
    t.data = ODD["lying array"]
    assert observe(t) == right


def test_room_is_shared_so_that_lists_of_arrays_end() -> None:
    array = np.zeros(10_000)
    assert "values" in observe(array)
    assert "values" in observe((array,))["items"][0]
    assert "values" not in observe((array, array))["items"][0]
    assert observe([[[3]]])["items"][0]["items"][0]["items"][0] == observe(3)
    assert len(observe([3] * 1000)["items"]) == 1000


@pytest.mark.parametrize("name", ODD)
def test_a_probe_that_meets_an_odd_object_still_answers(name: str) -> None:
    seen = run(lambda parts: iter([("`x`", ODD[name])]), NO_PARTS, {})
    assert set(seen) == {"`x`", WARNED}
    json.dumps(seen)


@pytest.mark.parametrize(
    "error", [Speechless(), ValueError("x" * 10**6), type("E" * 10**6, (Exception,), {})()]
)
def test_a_probe_that_meets_an_odd_error_still_answers(error: Exception) -> None:
    def probe(parts: Any) -> Any:
        raise error

    seen = run(probe, NO_PARTS, {})
    assert seen[STOPPED]["kind"] == "raised"
    assert len(json.dumps(seen)) < 2000


# Running a probe -------------------------------------------------------------------------------------


def test_a_probe_may_change_its_inputs_without_consequences() -> None:
    inputs = {"a": np.array([3.0, 5.0]), "b": [[7], {"c": 9}], "t": babygrad.Tensor([3.0])}

    def probe(parts: Any, a: Any, b: Any, t: Any) -> Iterator[tuple[str, Any]]:
        a *= -10
        b[0].append(8)
        b[1].clear()
        t.data[0] = -1
        yield "a", a

    once, again = (run(probe, NO_PARTS, inputs) for _ in range(2))
    assert once == again
    assert once["a"]["values"] == [-30.0, -50.0]
    assert inputs["a"].tolist() == [3.0, 5.0]
    assert inputs["b"] == [[7], {"c": 9}]
    assert inputs["t"].data.tolist() == [3.0]


@pytest.mark.parametrize("name", ["<cell mul>", "<ipython-input-3-abc>", "/x/ipykernel_12/345.py"])
def test_the_learners_last_line_is_found(name: str) -> None:
    source = "def f():\n    g()\ndef g():\n    a = []\n    a[3]   # here\n"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {}
    exec(compile(source, name, "exec"), namespace)

    def probe(parts: Any) -> Iterator[tuple[str, Any]]:
        yield "`f()`", namespace["f"]()

    error = run(probe, NO_PARTS, {})[STOPPED]
    assert error["line"] == "a[3]   # here"
    assert (error["type"], error["text"]) == ("IndexError", "list index out of range")


def test_an_error_elsewhere_has_no_line_of_the_learners() -> None:
    error = run(lambda parts: [][3], NO_PARTS, {})[STOPPED]
    assert error["line"] == ""


def test_numeric_warnings_are_recorded_once_and_others_ignored(capsys: pytest.CaptureFixture[str]) -> None:
    def probe(parts: Any) -> Iterator[tuple[str, Any]]:
        for _ in range(3):
            np.log(np.array([0.0]))
            np.array([3j]).astype(float)
            warnings.warn("old", DeprecationWarning, stacklevel=1)
            warnings.warn("yours", UserWarning, stacklevel=1)
        yield "x", 3

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        seen = run(probe, NO_PARTS, {})
    assert [item["value"] for item in seen[WARNED]["items"]] == [
        "divide by zero encountered in log",
        "Casting complex values to real discards the imaginary part",
    ]
    assert capsys.readouterr() == ("", "")


def test_what_was_seen_before_an_error_is_kept_in_order() -> None:
    def probe(parts: Any) -> Iterator[tuple[str, Any]]:
        yield "first", 3
        yield "second", 5
        raise ValueError("late")

    seen = run(probe, NO_PARTS, {})
    assert list(seen) == ["first", "second", STOPPED, WARNED]
    assert (seen["first"], seen[STOPPED]["text"]) == (observe(3), "late")


def test_a_call_that_should_fail_is_seen_to_fail_or_not() -> None:
    def fail() -> None:
        raise ValueError("wrong shape")

    assert observe(Raised(fail)) == {
        "kind": "raised",
        "type": "ValueError",
        "text": "wrong shape",
        "line": "",
    }
    assert observe(Raised(lambda: 3)) == {"kind": "no error"}


def test_an_interruption_by_the_learner_is_not_swallowed() -> None:
    def probe(parts: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(probe, NO_PARTS, {})
