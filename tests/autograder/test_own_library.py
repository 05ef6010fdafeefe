"""While an answer is checked in a notebook, the learner's own package means babygrad, under every name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

import pytest

import babygrad
import babygrad.nn
from autograder.own_library import own_library_is_babygrad, own_packages

PACKAGE = {
    "own_for_test": "from own_for_test.ops.functions import exp, helper\n"
    "from own_for_test.tensor import Tensor",
    "own_for_test.tensor": "class Tensor: ...",
    "own_for_test.ops": "",
    "own_for_test.ops.functions": "def exp(x): ...\ndef helper(x): ...",
    "own_for_test.nn": "class Module: ...\nclass ReLU(Module): ...",
}
CELL = """
import own_for_test as lib
from own_for_test import Tensor, exp as power, helper
from own_for_test.nn import Module, ReLU

size = 3

def answer():
    from own_for_test import exp
    return lib, Tensor, power, exp, ReLU, helper, size

class Head(Module):
    def answer(self):
        return answer()
"""


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What a cell has that imports from a learner's package."""
    for name in PACKAGE:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for name, source in reversed(PACKAGE.items()):
        exec(source, vars(sys.modules[name]))
    own_packages.add("own_for_test")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(CELL, namespace)
    yield namespace
    own_packages.discard("own_for_test")


def test_whatever_the_code_has_of_the_package_is_babygrads_for_a_while(cell: dict[str, Any]) -> None:
    own = cell["answer"]()
    with own_library_is_babygrad([cell["answer"]]):
        lib, tensor, power, imported_inside, relu, helper, size = cell["answer"]()
    assert lib is babygrad
    assert (tensor, power, imported_inside) == (babygrad.Tensor, babygrad.exp, babygrad.exp)
    assert relu is babygrad.nn.ReLU  # and not the operation
    assert isinstance(helper, FunctionType)
    assert helper.__module__ == "own_for_test.ops.functions"
    assert size == 3
    assert cell["answer"]() == own


def test_a_class_that_continues_one_of_the_package_keeps_to_its_kind(cell: dict[str, Any]) -> None:
    own = cell["answer"]()
    with own_library_is_babygrad([cell["Head"]]):
        assert cell["Head"]().answer() == own


def test_nothing_is_exchanged_where_no_package_was_gathered(cell: dict[str, Any]) -> None:
    own_packages.discard("own_for_test")
    own = cell["answer"]()
    with own_library_is_babygrad([cell["answer"]]):
        assert cell["answer"]() == own
