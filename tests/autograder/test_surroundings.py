"""While a part is checked, what surrounds it is the reference; afterwards all is as it was."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.surroundings import method_is, names_mean

CELL = """
def helper():
    return "mine"

def part():
    return helper(), other()

class Part:
    size = 3

    def method(self):
        return helper()

    @property
    def inner(self):
        return helper()

class Continued(Part):
    def method(self):
        return super().method() + helper()
"""


@pytest.fixture
def cell() -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(CELL, namespace)
    return namespace


def theirs() -> str:
    return "theirs"


def test_names_mean_something_else_for_a_while(cell: dict[str, Any]) -> None:
    before = dict(cell)
    with names_mean(cell["part"], helper=theirs, other=theirs):
        assert cell["part"]() == ("theirs", "theirs")
    assert cell == before
    with pytest.raises(NameError):
        cell["part"]()


def test_the_code_of_a_class_sees_it_too(cell: dict[str, Any]) -> None:
    for name in ("Part", "Continued"):
        with names_mean(cell[name], helper=theirs):
            assert set(cell[name]().method()) == set("theirs")
            assert cell[name]().inner == "theirs"
        assert set(cell[name]().method()) == set("mine")


def test_an_error_leaves_nothing_behind(cell: dict[str, Any]) -> None:
    before = dict(cell)
    with pytest.raises(KeyError), names_mean(cell["part"], helper=theirs, other=theirs):
        raise KeyError
    assert cell == before


@pytest.mark.parametrize(
    "part", [None, 3, "text", len, object(), int, type("Empty", (), {})], ids=lambda p: type(p).__name__
)
def test_what_has_no_code_has_no_names(part: Any) -> None:
    with names_mean(part, helper=theirs):
        pass


def test_a_method_is_another_one_for_a_while(cell: dict[str, Any]) -> None:
    own, inherited = cell["Part"], cell["Continued"]
    for owner, name in ((own, "method"), (inherited, "inner"), (own, "__init__")):
        before = dict(vars(owner))
        with method_is(owner, name, theirs):
            assert vars(owner)[name] is theirs
        assert dict(vars(owner)) == before
        with pytest.raises(KeyError), method_is(owner, name, theirs):
            raise KeyError
        assert dict(vars(owner)) == before
