"""The judge: compares what was seen with what should have been seen, and says it in words.

It knows no operation and no notebook. Two sets of observations go in; out comes nothing, or the first
difference as a sentence for the person whose code it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.exercise import Case, Exercise, Part
from autograder.observation import STOPPED, WARNED, Observation, run

Seen = dict[str, Observation]


@dataclass(frozen=True)
class Verdict:
    """How one part of an exercise ended."""

    label: str
    points: float
    earned: float
    message: str = ""
    family: str = ""


def cases_of(exercise: Exercise, seed: int) -> list[list[Case]]:
    """The cases of each part, drawn from `seed`."""
    return [
        part.cases(np.random.default_rng((seed, position))) for position, part in enumerate(exercise.parts)
    ]


def judge(exercise: Exercise, cases: list[list[Case]], seen: list[list[Seen]]) -> list[Verdict]:
    """The verdict on each part of an exercise, given what was seen in each of its cases."""
    return [
        _judge_part(exercise, part, part_cases, part_seen)
        for part, part_cases, part_seen in zip(exercise.parts, cases, seen, strict=True)
    ]


def _judge_part(exercise: Exercise, part: Part, cases: Sequence[Case], seen: Sequence[Seen]) -> Verdict:
    reference = exercise.namespace()
    for case, got in zip(cases, seen, strict=True):
        want = run(part.probe, reference, case.inputs)
        if STOPPED in want:
            raise RuntimeError(
                f"{exercise.name}, {part.label}, {case.text}: the reference itself {want[STOPPED]}"
            )
        difference = _first_difference(want, got)
        if difference:
            message, family = f"{case.text}: {difference}", ""
            if _is_stub(got):
                message = _UNWRITTEN
            elif STOPPED not in got:
                hint, family = _known_mistake(exercise, part, cases, seen)
                message += f"\n{hint}" if hint else ""
            return Verdict(part.label, part.points, 0.0, message, family)
    return Verdict(part.label, part.points, part.points)


def _known_mistake(
    exercise: Exercise, part: Part, cases: Sequence[Case], seen: Sequence[Seen]
) -> tuple[str, str]:
    """Message and family of the first known mistake that gives the same answers in every case, or blanks."""
    for mistake in exercise.mistakes:
        wrong = exercise.namespace(**mistake.wrong)
        if all(
            not _first_difference(run(part.probe, wrong, case.inputs), got)
            for case, got in zip(cases, seen, strict=True)
        ):
            return mistake.message, mistake.family
    return "", ""


def _first_difference(want: Seen, got: Seen) -> str:
    """What is wrong, in a sentence; "" if nothing is."""
    if STOPPED in got and STOPPED not in want:
        return _stopped(got[STOPPED])
    for label, wanted in want.items():
        sentence = _difference(label, wanted, got.get(label, {"kind": "nothing"}))
        if sentence:
            return sentence
    return ""


def _is_stub(got: Seen) -> bool:
    """Whether the probe ended at the line that stands where the learner's code should be."""
    error = got.get(STOPPED, {})
    return error.get("type") == "NotImplementedError" and not error.get("text")


_UNWRITTEN = "Nothing is written here yet. Replace the line `raise NotImplementedError()` with your code."


def _stopped(error: Observation) -> str:
    if error["type"] == "TimeUp":
        return "your code did not come to an end. Is there a loop that nothing stops?"
    where = f" in your line `{error['line']}`" if error["line"] else ""
    return f"your code stopped with {_error(error)}{where}."


def _difference(label: str, want: Observation, got: Observation) -> str:
    if label == WARNED:
        fresh = [item["value"] for item in got["items"] if item not in want["items"]]
        return f"your code makes NumPy warn: {fresh[0]}." if fresh else ""
    if want["kind"] != got["kind"]:
        return f"{label} should be {_what(want)}, and yours is {_what(got)}."
    if want["kind"] in ("Tensor", "array"):
        return _array_difference(label, want, got)
    if want["kind"] in ("tuple", "list"):
        if len(want["items"]) != len(got["items"]):
            return f"{label} should hold {_count(want)}, and yours holds {_count(got)}."
        for position, (one, other) in enumerate(zip(want["items"], got["items"], strict=True)):
            sentence = _difference(f"entry {position} of {label}", one, other)
            if sentence:
                return sentence
        return ""
    if want["kind"] == "raised":
        same = want["type"] == got["type"] and want["text"] == got["text"]
        return "" if same else f"{label} should be {_what(want)}, and yours is {_what(got)}."
    if want["kind"] == "number":
        if np.isclose(got["value"], want["value"], rtol=1e-9, atol=1e-12, equal_nan=True):
            return ""
        one, other = _numbers(want["value"], got["value"])
        return f"{label} should be {one}, and yours is {other}."
    if want == got:
        return ""
    if label.startswith("whether "):
        no = "" if want["value"] else "not "
        return f"it should {no}be so that {label[8:]}, and with your code it is{'' if no else ' not'}."
    return f"{label} should be {_what(want)}, and yours is {_what(got)}."


def _array_difference(label: str, want: Observation, got: Observation) -> str:
    if want["shape"] != got["shape"]:
        return f"{label} should have shape {_shape(want)}, and yours has {_shape(got)}."
    if want["dtype"] != got["dtype"]:
        return f"{label} should be {want['dtype']}, and yours is {got['dtype']}."
    if "values" not in want or "values" not in got:
        return ""
    right, given = np.array(want["values"]), np.array(got["values"])
    tolerance = 1e-9 if want["dtype"] == "float64" else 1e-5
    wrong = ~np.isclose(given, right, rtol=tolerance, atol=tolerance * 1e-3, equal_nan=True)
    if not wrong.any():
        return ""
    first = int(np.argmax(wrong))
    one, other = _numbers(right[first], given[first])
    if wrong.size == 1:
        return f"{label} should be {one}, and yours is {other}."
    index = [int(i) for i in np.unravel_index(first, want["shape"])]
    return (
        f"{label} should be {one} at {index}, and yours is {other} "
        f"({int(wrong.sum())} of {wrong.size} elements differ)."
    )


# Words -----------------------------------------------------------------------------------------------


def _what(seen: Observation) -> str:
    """An observation as a noun phrase."""
    kind = seen["kind"]
    if kind in ("Tensor", "array"):
        article = "a Tensor" if kind == "Tensor" else "an array"
        return f"{article} of shape {_shape(seen)}"
    if kind in ("tuple", "list"):
        return f"a {kind} of {_count(seen)}"
    if kind == "number":
        return f"the number {seen['value']:.6g}"
    if kind == "text":
        return f"the text `{seen['value']}`"
    if kind == "bool":
        return str(seen["value"])
    if kind == "raised":
        return f"the error {_error(seen)}"
    if kind == "other":
        return f"something of type {seen['type']}"
    return kind


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
    """Two numbers with as few digits as still show that they differ, four at least."""
    for digits in range(4, 18):
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts
