"""The judge: which differences it sees, which it overlooks, and what it says."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.checking import observations
from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.judge import Verdict, cases_of, judge
from autograder.observation import Claim, Form, Raised
from babygrad import Tensor


def exercise(
    reference: Any, probe: Callable[..., Any], cases: int = 1, mistakes: dict[str, Any] | None = None
):
    """An exercise that asks for one thing, `it`."""
    return Exercise(
        "99_made_up/it",
        cell="it",
        reference={"it": reference},
        parts=(
            Part("all of it", 3, probe, lambda rng: [Case(f"With n = {n}", {"n": n}) for n in range(cases)]),
        ),
        mistakes=tuple(
            Mistake(f"the {m} one", f"This looks {m}.", {"it": w}) for m, w in (mistakes or {}).items()
        ),
    )


def verdict(asked: Exercise, own: Any) -> Verdict:
    """The verdict on somebody's `it`."""
    cases = cases_of(asked, seed=1)
    (only,) = judge(asked, cases, observations(asked, {"it": own}, cases))
    return only


def said(want: Any, got: Any, label: str = "`x`") -> str:
    """What is said where `label` should be `want` and is `got`."""
    only = verdict(exercise(want, lambda parts, n: [(label, parts.it)]), got)
    assert (only.earned == only.points) == (only.message == "")
    return only.message.removeprefix("With n = 0: ")


def called(want: Callable[[], Any], got: Callable[[], Any]) -> str:
    """What is said of what a call gives."""
    only = verdict(exercise(want, lambda parts, n: iter([("`f()`", parts.it())])), got)
    return only.message.removeprefix("With n = 0: ")


# Every kind of difference ----------------------------------------------------------------------------


ONE, TWO = np.zeros(2), np.zeros(2, dtype=np.float32)

DIFFERENCES = {
    "kind": (True, "`x` should be True, and yours is the number 1.", 1),
    "nothing": (
        Tensor([3.0, 5.0]),
        "`x` should be a Tensor of shape (2,), and yours is None. Is a `return` missing?",
        None,
    ),
    "None and not": (None, "`x` should be None, and yours is the number 0.", 0),
    "array for Tensor": (
        Tensor([[3.0]]),
        "`x` should be a Tensor of shape (1, 1), and yours is an array of shape (1, 1).",
        np.ones((1, 1)),
    ),
    "list for tuple": (
        (3, 5),
        "`x` should be a tuple of 2 numbers, and yours is a list of 2 numbers.",
        [3, 5],
    ),
    "tuple for one thing": (
        Tensor(3.0),
        "`x` should be a Tensor of shape (), and yours is a tuple of 1 Tensor.",
        (Tensor(3.0),),
    ),
    "empty and not": ((), "`x` should be the empty tuple `()`, and yours is a tuple of 2 things.", (None, 3)),
    "count": ((3, 5), "`x` should be a tuple of 2 numbers, and yours is a tuple of 3 numbers.", (3, 5, 7)),
    "own class": (3.5, "`x` should be the number 3.5, and yours is an object of class dict.", {"a": 1}),
    "class for object": (3.5, "`x` should be the number 3.5, and yours is a class.", dict),
    "uncalled": (
        (2, 3),
        "`x` should be a tuple of 2 numbers, and yours is a function. Are its parentheses missing?",
        "abc".upper,
    ),
    "shape": (np.zeros((2, 3)), "`x` should have shape (2, 3), and yours has (3, 2).", np.zeros((3, 2))),
    "no axes and one": (np.array(3.0), "`x` should have shape (), and yours has (1,).", np.array([3.0])),
    "no elements": (np.zeros(0), "`x` should have shape (0,), and yours has (0, 3).", np.zeros((0, 3))),
    "dtype": (ONE, "`x` should be float64, and yours is float32.", TWO),
    "dtype of no elements": (ONE[:0], "`x` should be float64, and yours is float32.", TWO[:0]),
    "value before dtype": (ONE, "`x` should be 0 at [0], and yours is 1 (2 of 2 elements differ).", TWO + 1),
    "value": (
        np.array([[1.5, 2.5], [3.5, 4.5]]),
        "`x` should be 3.5 at [1, 0], and yours is -3.5 (2 of 4 elements differ).",
        np.array([[1.5, 2.5], [-3.5, 0.0]]),
    ),
    "one value": (Tensor(3.0), "`x` should be 3, and yours is 4.", Tensor(4.0)),
    "value in a tuple": ((3, (5, 7)), "entry 1 of entry 1 of `x` should be 7, and yours is 8.", (3, (5, 8))),
    "number": (0.25, "`x` should be 0.25, and yours is 0.5.", 0.5),
    "number in an array": (0.25, "`x` should be 0.25, and yours is 0.5.", np.array(0.5)),
    "array for number": (
        0.25,
        "`x` should be the number 0.25, and yours is an array of shape (1,).",
        np.array([0.25]),
    ),
    "no number": (
        0.25,
        "`x` should be the number 0.25, and yours is an array of shape ().",
        np.array(None),
    ),
    "text": ("ab", "`x` should be the text `ab`, and yours is the text `a`.", "a"),
    "dtype as a thing": (
        np.dtype("float32"),
        "`x` should be the dtype `float32`, and yours is the text `float32`.",
        "float32",
    ),
    "bool": (True, "`x` should be True, and yours is False.", False),
    "nan": (np.array([3.0]), "`x` should be 3, and yours is nan.", np.array([np.nan])),
    "infinity": (np.array([np.inf]), "`x` should be inf, and yours is -inf.", np.array([-np.inf])),
    "form": (
        Form((Tensor([3.0]), 3)),
        "entry 0 of `x` should have shape (1,), and yours has (2,).",
        Form((Tensor([3.0, 4.0]), 5)),
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_is_one_sentence(name: str) -> None:
    want, sentence, got = DIFFERENCES[name]
    assert said(want, got) == sentence
    assert said(want, want) == said(got, got) == ""


def test_a_form_has_no_numbers_and_no_dtypes() -> None:
    assert said(Form((ONE, 3, "a")), Form((TWO + 1, 5, "b"))) == ""
    assert said(Form((ONE, 3)), Form((ONE, None))) != ""
    assert said(Form((ONE, 3)), Form((ONE, 3, 3))) != ""


def test_a_claim_is_told_by_its_own_words() -> None:
    label = "`c` should be the very Tensor"
    instead = "it is a copy"
    assert said(Claim(True), Claim(False, instead), label) == f"{label}. With your code, {instead}."
    assert said(Claim(True), Claim(False), label) == f"{label}."
    assert said(Claim(True, "this"), Claim(True, "that"), label) == ""


def test_what_is_not_there_is_missing() -> None:
    asked = exercise(True, lambda parts, n: [("`x`", 3), ("`y`", 5)][: 1 + parts.it])
    assert verdict(asked, False).message == "With n = 0: `y` is missing."


def raises(error: BaseException) -> Callable[[], None]:
    """A function that does nothing else."""

    def function() -> None:
        raise error

    return function


def test_an_expected_error_is_compared_by_type_and_text() -> None:
    def message(want: Callable[[], Any], got: Callable[[], Any]) -> str:
        asked = exercise(want, lambda parts, n: [("the outcome", Raised(parts.it))])
        return verdict(asked, got).message.removeprefix("With n = 0: the outcome should be ")

    wrong_shape = raises(ValueError("wrong shape"))
    assert message(wrong_shape, raises(ValueError("wrong shape"))) == ""
    assert message(wrong_shape, raises(ValueError())) == (
        "the error ValueError: wrong shape, and yours is the error ValueError."
    )
    assert message(wrong_shape, raises(KeyError("wrong shape"))) == (
        "the error ValueError: wrong shape, and yours is the error KeyError: 'wrong shape'."
    )
    assert message(wrong_shape, lambda: 3) == "the error ValueError: wrong shape, and yours is no error."
    assert message(lambda: 3, wrong_shape) == "no error, and yours is the error ValueError: wrong shape."


# Where the code stopped, or warned -------------------------------------------------------------------


def written_in_a_cell(source: str) -> Callable[..., Any]:
    """The function `f` of a notebook cell."""
    import linecache

    name = "<cell f>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {}
    exec(compile(source, name, "exec"), namespace)
    return namespace["f"]


def test_an_error_is_told_with_the_learners_own_line() -> None:
    f = written_in_a_cell("def f():\n    a = [3, 5]\n    return a[7]\n")
    assert called(lambda: 3, f) == (
        "your code stopped with IndexError: list index out of range in your line `return a[7]`."
    )


def test_a_line_and_advice_follow_an_error_of_whole_sentences() -> None:
    f = written_in_a_cell(
        'def f():\n    raise ValueError("One. axis 2 is out of bounds for array of dimension 2.")\n'
    )
    message = called(lambda: 3, f)
    assert "dimension 2. It came up in your line `raise ValueError(" in message
    assert message.endswith("`. Axes are numbered from 0. How many are there at this point?")


def test_what_was_left_out_of_a_long_error_is_seen_to_be_left_out() -> None:
    f = written_in_a_cell('def f():\n    raise ValueError("too many words " * 99)\n')
    assert " … It came up in your line `raise ValueError(" in called(lambda: 3, f)


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("if np.ones(2) > 0: pass", "Or is something decided for each element?"),
        ("Tensor(3.0) ^ 2", "In Python, `^` compares bits and is no power."),
        ("np.ones(2) ^ 2", "In Python, `^` compares bits and is no power."),
        ("np.exp(Tensor(3.0))", "NumPy's functions are for arrays, and this is a Tensor."),
        ("Tensor([3.0])[0]", "for what is to have a gradient, operations are needed."),
        ("beta + 1", "If an object keeps it, its name begins with the object's: `self.…`."),
        ("for i, t in [Tensor(3.0)]: pass", "`zip` pairs the things of two lists."),
        ("object()._inputs", "Only Tensors have `_inputs`: a result knows what it was made from."),
        ("Tensor(3.0).inputs", "Its name begins with an underscore."),
        ("np.ones((3, 4)).data[:, 1:]", "An array needs no `.data`: it is the array."),
        ("np.ones((3, 4)).data[0]", "An array needs no `.data`: it is the array."),
    ],
)
def test_an_error_with_a_usual_cause_is_told_with_advice(line: str, advice: str) -> None:
    f = written_in_a_cell(f"import numpy as np\nfrom babygrad import Tensor\ndef f():\n    {line}\n")
    message = called(lambda: 3, f)
    assert f" in your line `{line}`. " in message
    assert message.endswith(advice)


def test_an_error_that_only_the_probe_meets_is_not_called_the_learners() -> None:
    asked = exercise(lambda: [3], lambda parts, n: [("`f()[0]`", parts.it()[0])])
    assert verdict(asked, lambda: None).message == (
        "With n = 0: what your code gives cannot be used as the exercise says "
        "(TypeError: 'NoneType' object is not subscriptable). Is a `return` missing?"
    )


def test_what_an_object_lacks_is_told_with_advice() -> None:
    asked = exercise(Tensor(3.0), lambda parts, n: [("`t.data`", parts.it.data)])
    assert verdict(asked, object()).message == (
        "With n = 0: Python says: 'object' object has no attribute 'data'. "
        "Is it assigned, spelled as in the exercise, and has its cell been run?"
    )


def test_what_was_seen_before_an_error_comes_first() -> None:
    def probe(parts: Any, n: int) -> Iterator[tuple[str, Any]]:
        yield "the first", parts.it[0]
        yield "the second", parts.it[1]

    asked = exercise([3, 5], probe)
    assert verdict(asked, [7]).message == "With n = 0: the first should be 3, and yours is 7."
    assert "list index out of range" in verdict(asked, [3]).message


def test_an_error_after_all_else_is_an_error() -> None:
    def probe(parts: Any, n: int) -> Iterator[tuple[str, Any]]:
        yield "the only", 3
        parts.it()

    assert "ValueError: late" in verdict(exercise(lambda: 3, probe), raises(ValueError("late"))).message


STUB = "The line `raise NotImplementedError()` is still there. Put your code in its place."


def test_the_stub_is_told_from_other_missing_code() -> None:
    stub = written_in_a_cell("def f():\n    raise NotImplementedError()\n")
    asked = exercise(lambda: 3, lambda parts, n: [("x", parts.it())])
    assert verdict(asked, stub).message == STUB
    other = written_in_a_cell('def f():\n    raise NotImplementedError("no forward")\n')
    assert called(lambda: 3, other) == "no forward. Is it defined, and spelled like this?"


def test_a_loop_is_told_as_a_loop() -> None:
    class TimeUp(Exception):
        pass

    assert called(lambda: 3, raises(TimeUp("5 seconds"))) == (
        "your code did not come to an end. Is there a loop that nothing stops?"
    )


def test_a_function_that_calls_itself_is_told_so() -> None:
    f = written_in_a_cell("def f():\n    return f()\n")
    assert called(lambda: 3, f) == (
        "your code calls itself, and that calls itself again, without end in your line `return f()`."
    )


def test_leaving_python_is_an_error_like_others() -> None:
    f = written_in_a_cell("import sys\ndef f():\n    sys.exit(3)\n")
    assert called(lambda: 3, f) == "your code stopped with SystemExit: 3 in your line `sys.exit(3)`."


def test_a_warning_is_told_unless_the_mathematics_calls_for_it() -> None:
    def quiet() -> np.ndarray:
        return np.array([-np.inf])

    def loud() -> np.ndarray:
        return np.log(np.array([0.0]))

    assert called(quiet, loud) == "your code makes NumPy warn: divide by zero encountered in log."
    assert called(loud, loud) == called(loud, quiet) == ""


def test_nothing_is_printed_and_no_warning_leaves(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        called(lambda: 3.0, lambda: np.float64(3.0) / np.float64(0.0))
    assert capsys.readouterr() == ("", "")


# What is equal ---------------------------------------------------------------------------------------


FLOATS = st.floats(width=32) | st.sampled_from([0.0, -0.0, np.inf, -np.inf, np.nan])
DTYPES = st.sampled_from([np.float32, np.float64, np.int64, np.bool_])
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, SHAPES))
ODD_ARRAYS = [np.array(None), np.array("a"), np.array(3j), np.float32(3.5), np.int64(3), np.empty(0, "M8[D]")]
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        FLOATS,
        st.text(max_size=5),
        ARRAYS,
        ARRAYS.map(Tensor),
        st.sampled_from(ODD_ARRAYS),
    ),
    lambda inner: st.tuples(inner, inner) | st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(VALUES)
def test_what_is_the_same_is_never_different(value: Any) -> None:
    assert said(value, value) == ""


@given(VALUES, VALUES)
def test_any_two_things_are_the_same_or_told_apart_in_a_sentence(one: Any, other: Any) -> None:
    message = said(one, other)
    assert message == "" or re.fullmatch(
        r"(entry \d of )*`x` should .*, and yours .*[.?]", message, re.DOTALL
    )


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-9)])
@pytest.mark.parametrize("value", [3.0, -0.001, 1e6])
def test_rounding_is_forgiven_and_more_is_not(dtype: type, tolerance: float, value: float) -> None:
    right = np.array([value, 1.0], dtype=dtype)
    assert said(right, (right * (1 + tolerance * 0.3)).astype(dtype)) == ""
    assert said(right, (right * (1 + tolerance * 5)).astype(dtype)) != ""


@pytest.mark.parametrize(("dtype", "smallest"), [(np.float32, 1e-8), (np.float64, 1e-12)])
def test_near_zero_the_tolerance_is_absolute(dtype: type, smallest: float) -> None:
    assert said(np.zeros(2, dtype), np.full(2, smallest / 3, dtype)) == ""
    assert said(np.zeros(2, dtype), np.full(2, smallest * 3, dtype)) != ""


def test_whole_numbers_are_compared_exactly() -> None:
    assert said(np.array([1_000_000]), np.array([1_000_001])) != ""
    assert said(1_000_000, 1_000_001) != ""


def test_both_zeros_are_zero() -> None:
    assert said(np.array([0.0]), np.array([-0.0])) == said(0.0, -0.0) == ""


def test_nan_and_infinity_equal_themselves_and_nothing_else() -> None:
    odd = [np.nan, np.inf, -np.inf, 3.0]
    for position, one in enumerate(odd):
        for place, other in enumerate(odd):
            same = position == place
            assert (said(one, other) == "") is same
            assert (said(np.array([one, 5.0]), np.array([other, 5.0])) == "") is same


@given(FLOATS | st.floats(), FLOATS | st.floats())
@example(1.0, 1.0 + 1e-8)
@example(123456.0, 123456.5)
def test_two_numbers_are_written_with_digits_that_differ(one: float, other: float) -> None:
    message = said(np.array([one]), np.array([other]))
    assume(message)
    texts = re.fullmatch(r"`x` should be (\S+), and yours is (\S+)\.", message)
    assert texts is not None
    assert texts[1] != texts[2]
    assert np.isclose(float(texts[1]), one, rtol=1e-3, equal_nan=True)


def test_no_more_digits_than_needed() -> None:
    assert said(np.array([1 / 3]), np.array([2 / 3])) == "`x` should be 0.3333, and yours is 0.6667."
    assert said(np.array([1.0]), np.array([1.0 + 1e-7])) == "`x` should be 1, and yours is 1.0000001."
    assert said(59390, 1) == "`x` should be 59390, and yours is 1."


def test_arrays_too_large_to_send_are_compared_by_shape_and_dtype() -> None:
    large = np.zeros((300, 300))
    assert said(large, large + 1) == ""
    assert said(large, large.astype(np.float32)) == "`x` should be float64, and yours is float32."
    assert said(large, large[1:]) == "`x` should have shape (300, 300), and yours has (299, 300)."


# Parts, cases and known mistakes ---------------------------------------------------------------------


def times(factor: float) -> Callable[[float], float]:
    return lambda n: factor * n


def the_product(parts: Any, n: int) -> list[tuple[str, float]]:
    return [("`f(n)`", parts.it(n))]


def test_the_first_case_that_differs_is_told() -> None:
    only = verdict(exercise(times(3), the_product, cases=5), times(5))
    assert only.message == "With n = 1: `f(n)` should be 3, and yours is 5."
    assert (only.earned, only.points) == (0, 3)


def test_a_known_mistake_is_told_only_where_it_explains_every_case() -> None:
    asked = exercise(times(3), the_product, cases=4, mistakes={"doubled": times(2), "lost": times(0)})
    doubled = verdict(asked, times(2))
    assert doubled.message.endswith(", and yours is 2.\nThis looks doubled.")
    assert doubled.family == "the doubled one"
    assert verdict(asked, times(0)).family == "the lost one"
    for other in (times(7), lambda n: 2 * n if n < 3 else 7 * n):
        only = verdict(asked, other)
        assert "looks" not in only.message
        assert only.family == ""
        assert only.earned == 0


def test_what_is_known_takes_the_place_of_what_is_guessed() -> None:
    nothing = times(0)
    asked = exercise(times(3), the_product, mistakes={"lost": lambda n: None})
    assert verdict(asked, lambda n: None).message.endswith(", and yours is None.\nThis looks lost.")
    assert verdict(asked, lambda n: nothing).message.endswith(" Are its parentheses missing?")


def test_of_two_mistakes_that_explain_a_part_the_one_that_explains_more_is_told() -> None:
    def sum_and_product(parts: Any, n: int) -> list[tuple[str, float]]:
        return [("the result", parts.it(n, 3))]

    def cases(rng: np.random.Generator) -> list[Case]:
        return [Case("With n = 4", {"n": 4})]

    def ones(rng: np.random.Generator) -> list[Case]:
        return [Case("With n = 1", {"n": 1})]

    asked = Exercise(
        "99_made_up/it",
        cell="it",
        reference={"it": lambda n, m: n + m},
        parts=(Part("one", 1, sum_and_product, ones), Part("four", 1, sum_and_product, cases)),
        mistakes=(
            Mistake("forgot n", "This is m.", {"it": lambda n, m: m}),
            Mistake("multiplied", "This is the product.", {"it": lambda n, m: n * m}),
        ),
    )
    drawn = cases_of(asked, seed=1)
    own = {"it": lambda n, m: n * m}
    verdicts = judge(asked, drawn, observations(asked, own, drawn))
    assert [found.family for found in verdicts] == ["multiplied", "multiplied"]


def test_a_reference_that_fails_is_our_fault_and_no_verdict() -> None:
    asked = exercise(raises(ValueError("oh")), lambda parts, n: [("`f()`", parts.it())])
    with pytest.raises(RuntimeError, match="99_made_up/it, all of it, With n = 0: the reference itself"):
        verdict(asked, lambda: 3)


def test_each_part_has_inputs_of_its_own_from_the_seed() -> None:
    drawn: list[list[float]] = []

    def cases(rng: np.random.Generator) -> list[Case]:
        drawn.append(rng.normal(size=3).tolist())
        return []

    part = Part("p", 1, lambda parts: {}, cases)
    asked = Exercise("99_made_up/it", "it", {}, (part, part))
    cases_of(asked, 1), cases_of(asked, 1), cases_of(asked, 2)
    first, second, again, again_second, other, _ = drawn
    assert (first, second) == (again, again_second)
    assert first != second
    assert first != other
