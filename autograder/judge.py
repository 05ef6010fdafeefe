"""The judge: compares what was seen with what should have been seen, and says it in words.

It knows no operation and no notebook. Two sets of observations go in; out comes nothing, or the first
difference as a sentence for the person whose code it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.observation import STOPPED, WARNED, Claim, Observation, observe, run

Seen = dict[str, Observation]


@dataclass(frozen=True)
class Verdict:
    """How one part of an exercise ended.

    case: the inputs, as in "With a = 3"; difference: what is wrong there; hint: which known mistake it looks
    like, and family: which kind of mistake that is. All are empty where nothing is wrong.
    """

    label: str
    points: float
    earned: float
    case: str = ""
    difference: str = ""
    hint: str = ""
    family: str = ""

    @property
    def right(self) -> bool:
        """Whether nothing is wrong; points do not tell, because some exercises give none."""
        return not self.difference

    @property
    def message(self) -> str:
        """All of it, for the learner."""
        sentence = f"{self.case}: {self.difference}" if self.case else self.difference
        return f"{sentence}\n{self.hint}" if self.hint else sentence


def cases_of(exercise: Exercise, seed: int) -> list[list[Case]]:
    """The cases of each part, drawn from `seed`."""
    return [
        part.cases(np.random.default_rng((seed, position))) for position, part in enumerate(exercise.parts)
    ]


class Answers:
    """What the reference and the known mistakes answer in some cases, each found once, when it is needed."""

    def __init__(self, exercise: Exercise, cases: Sequence[Sequence[Case]]) -> None:
        self.exercise, self.cases = exercise, cases
        self._found: dict[tuple[int | None, int, int], Seen] = {}

    def right(self, part: int, case: int) -> Seen:
        """What the reference answers. Raises RuntimeError where it fails: the fault is then ours."""
        right = self._answer(None, part, case)
        if STOPPED in right:
            where = f"{self.exercise.parts[part].label}, {self.cases[part][case].text}"
            raise RuntimeError(f"{self.exercise.name}, {where}: the reference itself {right[STOPPED]}")
        return right

    def mistaken(self, mistake: int, part: int, case: int) -> Seen:
        """What a known mistake answers."""
        return self._answer(mistake, part, case)

    def _answer(self, mistake: int | None, part: int, case: int) -> Seen:
        key = mistake, part, case
        if key not in self._found:
            wrong = {} if mistake is None else self.exercise.mistakes[mistake].wrong
            asked, inputs = self.exercise.parts[part], self.cases[part][case].inputs
            self._found[key] = _read(
                asked, run(asked.probe, self.exercise.namespace(**wrong), inputs), inputs
            )
        return self._found[key]


def judge(
    exercise: Exercise,
    cases: Sequence[Sequence[Case]],
    seen: Sequence[list[Seen] | str],
    answers: Answers | None = None,
) -> list[Verdict]:
    """The verdict on each part of an exercise, given what was seen in each of its cases.

    A part of which nothing was seen has a sentence instead: why. answers: those to the same cases, where some
    have been found before.
    """
    answers = answers or Answers(exercise, cases)
    read = [
        looks
        if isinstance(looks, str)
        else [_read(part, got, case.inputs) for case, got in zip(its, looks, strict=True)]
        for part, its, looks in zip(exercise.parts, cases, seen, strict=True)
    ]
    verdicts = [_judge_part(answers, place, looks) for place, looks in enumerate(read)]
    if all(verdict.right for verdict in verdicts):
        return verdicts
    likely = _mistakes_by_likelihood(answers, read, [not verdict.right for verdict in verdicts])
    return [
        _with_hint(verdict, next((mistake for mistake, explained in likely if explained[place]), None))
        for place, verdict in enumerate(verdicts)
    ]


def _read(part: Part, seen: Seen, inputs: Mapping[str, Any]) -> Seen:
    """What is compared: what was seen, or what the part makes of it."""
    if part.reading is None:
        return seen
    return {
        label: observe(thing) if isinstance(thing, Claim) else thing
        for label, thing in part.reading(seen, **inputs)
    }


def _judge_part(answers: Answers, place: int, seen: Sequence[Seen] | str) -> Verdict:
    part = answers.exercise.parts[place]
    if isinstance(seen, str):
        return Verdict(part.label, part.points, 0.0, difference=seen)
    for position, (case, got) in enumerate(zip(answers.cases[place], seen, strict=True)):
        want = answers.right(place, position)
        if _is_stub(got):
            return Verdict(part.label, part.points, 0.0, difference=_UNWRITTEN)
        difference = _first_difference(want, got)
        if difference:
            return Verdict(part.label, part.points, 0.0, case.text, difference)
    return Verdict(part.label, part.points, part.points)


def _mistakes_by_likelihood(
    answers: Answers, seen: Sequence[Sequence[Seen] | str], wrong: Sequence[bool]
) -> list[tuple[Mistake, list[bool]]]:
    """The known mistakes that explain a part that is wrong, those that explain most parts first.

    A part is explained where a mistake gives the same answers in every case.
    """
    found = []
    places = range(len(seen))
    for number, mistake in enumerate(answers.exercise.mistakes):
        # The parts that are wrong first: where none of them is explained, the others tell nothing.
        explained = {
            place: _explains(answers, number, place, seen[place]) for place in places if wrong[place]
        }
        if any(explained.values()):
            rest = {p: _explains(answers, number, p, seen[p]) for p in places if not wrong[p]}
            found.append((mistake, [{**explained, **rest}[place] for place in places]))
    return sorted(found, key=lambda pair: -sum(pair[1]))


def _explains(answers: Answers, mistake: int, place: int, seen: Sequence[Seen] | str) -> bool:
    return not isinstance(seen, str) and all(
        not _first_difference(answers.mistaken(mistake, place, position), got)
        for position, got in enumerate(seen)
    )


def _with_hint(verdict: Verdict, mistake: Mistake | None) -> Verdict:
    """The verdict on a part that went wrong, with what is known of the mistake instead of a guess."""
    if mistake is None or not verdict.case:
        return verdict
    told = verdict.difference
    for guess in _GUESSES:
        told = told.removesuffix(f" {guess}")
    return replace(verdict, difference=told, hint=mistake.message, family=mistake.family)


def _first_difference(want: Seen, got: Seen) -> str:
    """What is wrong, in a sentence; "" if nothing is."""
    for label, wanted in want.items():
        if label not in got:
            return _stopped(got[STOPPED]) if STOPPED in got else f"{label} is missing."
        sentence = _difference(label, wanted, got[label])
        if sentence:
            return sentence
    return _stopped(got[STOPPED]) if STOPPED in got and STOPPED not in want else ""


def _is_stub(got: Seen) -> bool:
    """Whether the probe ended at the line that stands where the learner's code should be."""
    error = got.get(STOPPED, {})
    return error.get("type") == "NotImplementedError" and not error.get("text")


_UNWRITTEN = "The line `raise NotImplementedError()` is still there. Put your code in its place."


def _stopped(error: Observation) -> str:
    where = f" in your line `{error['line']}`" if error["line"] else ""
    if error["type"] == "TimeUp":
        return "your code did not come to an end. Is there a loop that nothing stops?"
    if error["type"] == "NotImplementedError" and _OF_A_MEMORYVIEW not in error["text"]:
        return f"{error['text']}. Is it defined, and spelled like this?"
    if error["type"] == "RecursionError":
        return f"your code calls itself, and that calls itself again, without end{where}."
    known = _ADVICE if where else {**_ADVICE, **_ADVICE_ON_RESULTS}
    advice = next((f" {advice}" for words, advice in known.items() if words in error["text"]), "")
    if where:
        told = _error(error)
        link = " It came up" if told.endswith((".", "…")) else ""
        return f"your code stopped with {told}{link}{where}.{advice}"
    if error["type"] == "AttributeError":
        advice = advice or " Is it assigned, spelled as in the exercise, and has its cell been run?"
        return f"Python says: {error['text']}.{advice}"
    told = _error(error).removesuffix(".")
    return f"what your code gives cannot be used as the exercise says ({told}).{advice}"


_POWER = "In Python, `^` compares bits and is no power."
_UNDERSCORE = "Its name begins with an underscore."
_FOR_ARRAYS = "NumPy's functions are for arrays, and this is a Tensor."
_RETURN = "Is a `return` missing?"
_PROPERTY = "Is `@property` missing above it?"
_PARENTHESES = "Are its parentheses missing?"
_NO_DATA = "An array needs no `.data`: it is the array."
_OF_A_MEMORYVIEW = "multi-dimensional s"
"""So begins what the `.data` of an array says when it is asked for a slice, or for a row."""
_ADVICE = {
    "() takes no arguments": "Is `__init__` missing or misspelt? Or is something called before it is made? "
    "`Name()` makes an object, a second pair of parentheses calls it.",
    "Tensor.__init__() takes": "What stands behind the `*` in a first line has to be given by name.",
    "is not a file in the archive": "Those are not the names in the file.",
    "memoryview": _NO_DATA,
    _OF_A_MEMORYVIEW: _NO_DATA,
    "cannot access local variable": "A name that a function assigns to, with `=` or `+=`, is that function's "
    "own: nothing is in it before.",
    "is not callable": "Is a method missing or misspelt, or are there parentheses too many?",
    "truth value of an array": "One number, or one yes or no, is wanted here, and this is a whole array. Is "
    "its shape meant, or one element, or only whether there is an array (`is None`)? Or is something decided "
    "for each element?",
    "operand type(s) for ^": _POWER,
    "bitwise_xor": _POWER,
    "has no attribute '_inputs'": "Only Tensors have `_inputs`: a result knows what it was made from.",
    "'Tensor' object has no attribute 'inputs'": _UNDERSCORE,
    "'Tensor' object has no attribute 'op'": _UNDERSCORE,
    "'Tensor' has no len()": "A Tensor has no length, but its shape has one.",
    "'Tensor' object is not subscriptable": "A Tensor takes no `[…]`. Its array does, but an array has no "
    "history: for what is to have a gradient, operations are needed.",
    "keyword argument 'out'": _FOR_ARRAYS,
    "does not support ufuncs": _FOR_ARRAYS,
    "expected a sequence of integers": "A shape is a tuple of numbers. A Tensor is none, but it has one.",
    "'numpy.ndarray' object has no attribute": "Is it a function of NumPy, `np.…`, or something that only a "
    "Tensor has?",
    "NoneType": "Something here is None: a value that was never set, or what comes back from a "
    "function without `return`, or from `append`, which only changes its list.",
    "'tuple' object does not support item": "A tuple cannot be changed; a list made of it can.",
    "'tuple' object has no attribute 'append'": "A tuple cannot be changed; a list made of it can.",
    "'NoneType' object has no attribute 'append'": "`append` changes the list and returns None.",
    "'int' object is not iterable": "This is one number. `for`, `tuple` and a list's `+=` want several, as "
    "in `range(n)` or `[n]`.",
    "duplicate value in 'axis'": "Which numbers are in your tuple of axes at this point?",
    "list assignment index": "The list has fewer places than that. How long was it made?",
    "is out of bounds for array of dimension": "Axes are numbered from 0. How many are there at this point?",
    "cannot unpack non-iterable": "Two names in front want two things: `enumerate` gives each thing with its "
    "place, `zip` pairs the things of two lists.",
    "values to unpack": "How many things come, and for how many are there names? `enumerate` and `zip` give "
    "pairs.",
    "unexpected keyword argument 'axes'": "The methods of a Tensor say `axis`, as NumPy does; the library's "
    "functions say `axes`.",
    "unexpected keyword argument 'axis'": "The library's functions say `axes`; the methods of a Tensor say "
    "`axis`, as NumPy does.",
    "unexpected keyword argument 'keepdim'": "It is called `keepdims`.",
    "context manager protocol": "Are its parentheses missing? `with name():` calls it.",
    "' is not defined": "Is it spelled as where it is made? If an object keeps it, its name begins with the "
    "object's: `self.…`.",
}
_ADVICE_ON_RESULTS = {"NoneType": _RETURN, "non-string": _RETURN}
_GUESSES = (*_ADVICE.values(), *_ADVICE_ON_RESULTS.values(), _PROPERTY, _PARENTHESES)


def _difference(label: str, want: Observation, got: Observation) -> str:
    if label == WARNED:
        fresh = [item["value"] for item in got["items"] if item not in want["items"]]
        return f"your code makes NumPy warn: {fresh[0]}." if fresh else ""
    if want["kind"] == got["kind"] == "claim":
        instead = f" With your code, {got['instead']}." if got["instead"] else ""
        return "" if want["value"] == got["value"] else f"{label}.{instead}"
    if want["kind"] == "number" and got["kind"] in ("number", "array"):
        return _number_difference(label, want, got)
    if want["kind"] != got["kind"]:
        return (
            f"{label} should be {_what(want)}, and yours is {_what(got)}.{_what_is_missing(label, want, got)}"
        )
    if want["kind"] in ("Tensor", "array"):
        return _array_difference(label, want, got)
    if want["kind"] in ("tuple", "list"):
        return _items_difference(label, want, got)
    if want["kind"] == "raised":
        same = want["type"] == got["type"] and want["text"] == got["text"]
        return "" if same else f"{label} should be {_what(want)}, and yours is {_what(got)}."
    return "" if want == got else f"{label} should be {_what(want)}, and yours is {_what(got)}."


def _what_is_missing(label: str, want: Observation, got: Observation) -> str:
    """A question about something small that is easily forgotten, or ""."""
    attribute = re.search(r"\.\w+`", label)
    one_of_several = label.startswith(("the ", "entry "))
    if got["kind"] == "None" and not attribute and not one_of_several:
        return f" {_RETURN}"
    if got.get("type") in _FUNCTIONS and want["kind"] not in ("None", "other"):
        return f" {_PROPERTY if attribute else _PARENTHESES}"
    return ""


def _number_difference(label: str, want: Observation, got: Observation) -> str:
    if got["kind"] == "array" and (got["shape"] or "values" not in got):
        return f"{label} should be {_what(want)}, and yours is {_what(got)}."
    if "value" not in want:
        return ""
    given = got["value"] if got["kind"] == "number" else got["values"][0]
    if error(np.float64(given), np.float64(want["value"]), EXACT) <= 1:
        return ""
    one, other = _numbers(want["value"], given)
    return f"{label} should be {one}, and yours is {other}."


def _items_difference(label: str, want: Observation, got: Observation) -> str:
    if len(want["items"]) != len(got["items"]):
        return f"{label} should be {_what(want)}, and yours is {_what(got)}."
    for position, (one, other) in enumerate(zip(want["items"], got["items"], strict=True)):
        sentence = _difference(f"entry {position} of {label}", one, other)
        if sentence:
            return sentence
    return ""


def _array_difference(label: str, want: Observation, got: Observation) -> str:
    """Shape first, then numbers, then dtype: the order in which people think of them."""
    if want["shape"] != got["shape"]:
        return f"{label} should have shape {_shape(want)}, and yours has {_shape(got)}."
    if "values" in want and "values" in got and want["values"] != got["values"]:
        right, given = np.array(want["values"]), np.array(got["values"])
        wrong = error(given, right, roughness(want, got)) > 1
        if wrong.any():
            return _value_difference(label, want["shape"], right, given, wrong)
    if want.get("dtype") != got.get("dtype"):
        return f"{label} should be {want['dtype']}, and yours is {got['dtype']}."
    return ""


def roughness(want: Observation, got: Observation) -> float:
    """The relative error that is allowed in an array."""
    return 1e-5 if "float32" in (want["dtype"], got["dtype"]) else EXACT


EXACT = 1e-9
"""The relative error that is allowed in a number of double precision."""


def error(given: Any, right: Any, rough: float) -> Any:
    """How far off numbers are, as a multiple of what is allowed: element by element, inf at most.

    Allowed is `rough` of the right number and of a thousandth together; nan is equal to nan.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        far = np.abs(given - right) / (rough * (1e-3 + np.abs(right)))
    if np.isfinite(far).all():
        return far
    same = (given == right) | (np.isnan(given) & np.isnan(right))
    return np.where(same, 0.0, np.where(np.isfinite(far), far, np.inf))


def _value_difference(
    label: str, shape: Sequence[int], right: np.ndarray, given: np.ndarray, wrong: np.ndarray
) -> str:
    first = int(np.argmax(wrong))
    one, other = _numbers(right[first], given[first])
    if wrong.size == 1:
        return f"{label} should be {one}, and yours is {other}."
    index = [int(i) for i in np.unravel_index(first, shape)]
    count = f"{int(wrong.sum())} of {wrong.size} elements differ"
    return f"{label} should be {one} at {index}, and yours is {other} ({count})."


# Words -----------------------------------------------------------------------------------------------


def _what(seen: Observation) -> str:
    """An observation as a noun phrase."""
    kind = seen["kind"]
    if kind in ("Tensor", "array"):
        article = "a Tensor" if kind == "Tensor" else "an array"
        return f"{article} of shape {_shape(seen)}"
    if kind in ("tuple", "list"):
        empty = "`()`" if kind == "tuple" else "`[]`"
        return f"a {kind} of {_count(seen)}" if seen["items"] else f"the empty {kind} {empty}"
    if kind == "number":
        return f"the number {seen['value']:.6g}" if "value" in seen else "a number"
    if kind in ("text", "dtype"):
        return f"the {kind} `{seen['value']}`" if "value" in seen else f"a {kind}"
    if kind == "bool":
        return str(seen.get("value", "True or False"))
    if kind == "raised":
        return f"the error {_error(seen)}"
    if kind == "other":
        return _OTHERS.get(seen["type"], f"an object of class {seen['type']}")
    return kind


_FUNCTIONS = ("method", "function", "builtin_function_or_method")
_OTHERS = {"type": "a class", **dict.fromkeys(_FUNCTIONS, "a function")}


def _error(seen: Observation) -> str:
    return f"{seen['type']}: {seen['text']}" if seen["text"] else seen["type"]


def _count(seen: Observation) -> str:
    count = len(seen["items"])
    kinds = {item["kind"] for item in seen["items"]}
    noun = f"{kinds.pop()}" if len(kinds) == 1 else "thing"
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _shape(seen: Observation) -> str:
    return str(tuple(seen["shape"]))


def _numbers(one: float, other: float) -> tuple[str, str]:
    """Two numbers with as few digits as still show that they differ, four at least, or all of a count."""
    for digits in range(4, 18):
        texts = _number(one, digits), _number(other, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _number(number: float, digits: int) -> str:
    counts = abs(number) < 1e6 and number == int(number)
    return f"{number:.0f}" if counts else f"{number:.{digits}g}"
