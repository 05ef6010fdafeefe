"""What a cell may put into a notebook: the sieve lets through what is plain, well formed and not too much."""

from __future__ import annotations

from typing import Any

import nbformat
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, output_from_msg

from autograder.outputs import Amounts, Sieve

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=20,
)
MIME = st.sampled_from(["text/plain", "text/html", "image/png", "application/json", "a/b+json", "none"])
CONTENTS = JSON | st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["stdout", "stderr", "x", 3]),
        "text": JSON,
        "data": st.dictionaries(MIME, JSON, max_size=3) | JSON,
        "metadata": JSON,
        "transient": JSON,
        "execution_count": JSON,
        "ename": JSON,
        "evalue": JSON,
        "traceback": JSON,
    },
)
KINDS = ["stream", "display_data", "execute_result", "error"]


def through(kind: Any, content: Any, amounts: Amounts | None = None) -> list[tuple[str, dict[str, Any]]]:
    return list(Sieve(amounts or Amounts()).through(kind, content))


@given(st.sampled_from(KINDS), CONTENTS)
def test_what_passes_makes_a_valid_notebook(kind: str, content: Any) -> None:
    for name, plain in through(kind, content):
        output = output_from_msg({"header": {"msg_type": name}, "content": plain})
        nb = new_notebook(cells=[new_code_cell("", outputs=[output])])
        nbformat.validate(nb)
        nbformat.writes(nb).encode("utf-8")


@given(JSON, JSON)
def test_other_kinds_do_not_pass(kind: Any, content: Any) -> None:
    if kind not in (*KINDS, "update_display_data", "clear_output"):
        assert through(kind, content) == []


@given(st.sampled_from(KINDS), CONTENTS)
def test_what_has_passed_passes_again_unchanged(kind: str, content: Any) -> None:
    for name, plain in through(kind, content):
        assert through(name, plain) == [(name, plain)]


def test_text_is_cut_at_the_limit_and_counted() -> None:
    sieve = Sieve(Amounts(printed=10))
    parts = [*sieve.through("stream", {"name": "stdout", "text": "1234567"})]
    parts += sieve.through("stream", {"name": "stderr", "text": "12345"})
    parts += sieve.through("stream", {"name": "stdout", "text": "x" * 50})
    assert [plain["text"] for _, plain in parts] == ["1234567", "123"]
    assert {plain["name"]: plain["text"].strip() for _, plain in sieve.end_cell()} == {
        "stderr": "[2 characters more were printed here, and left out]",
        "stdout": "[50 characters more were printed here, and left out]",
    }
    sieve.start_cell()
    assert [*sieve.through("stream", {"name": "stdout", "text": "new"})]


def test_what_is_cleared_makes_room() -> None:
    sieve = Sieve(Amounts(shown=150))
    for _ in range(5):
        [(_, plain)] = sieve.through("display_data", {"data": {"text/plain": "x" * 60}, "metadata": {}})
        assert plain["data"]["text/plain"] == "x" * 60
        assert [*sieve.through("clear_output", {"wait": True})]


def test_a_notebook_has_a_limit_over_its_cells() -> None:
    sieve = Sieve(Amounts(shown=200, notebook=200))
    kept = []
    for _ in range(4):
        [(_, plain)] = sieve.through("display_data", {"data": {"text/html": "y" * 50}, "metadata": {}})
        kept.append("text/html" in plain["data"])
        sieve.start_cell()
    assert kept == [True, True, False, False]


def test_nothing_passes_after_an_overrun() -> None:
    sieve = Sieve(Amounts(passing=200))
    content = {"data": {"text/plain": "x" * 90}, "metadata": {}, "transient": {"display_id": "a"}}
    passed = [len([*sieve.through("update_display_data", content)]) for _ in range(4)]
    assert passed == [1, 0, 0, 0]
    assert sieve.overrun
