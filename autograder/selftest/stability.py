"""The same verdict for everybody: each solution is asked about with many seeds, and how close it was is kept.

A child is asked about the inputs of many seeds at once; each seed is then judged by itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate

from autograder.asking import Found, Question, ask, question
from autograder.exercise import Case
from autograder.exercises import find
from autograder.judge import Answers, Seen, cases_of, judge
from autograder.observation import STOPPED
from autograder.selftest.margins import farthest
from autograder.selftest.trial import Trial

_SEEDS_AT_ONCE = 25
"""So many that a child has time for all of them, and its answers have room."""

_NAMED = 50
"""With so many seeds known mistakes are sought, too: that takes longer than all the rest."""

_SECONDS, _TOTAL = 20.0, 300.0


@dataclass
class Stability:
    """What came of one solution with many seeds.

    points: how often each came out, part by part; named: how often each family was. nearest,
    farthest: the largest error of a number, as a multiple of what is allowed, with the seed where that was
    smallest, and where it was largest.
    """

    trial: Trial
    points: Counter[tuple[float, ...]] = field(default_factory=Counter)
    named: Counter[tuple[str, ...]] = field(default_factory=Counter)
    nearest: float = math.inf
    farthest: float = 0.0

    def note(self, answers: Answers, seen: Sequence[list[Seen] | str]) -> None:
        """One more seed: what was seen, and what should have been."""
        verdicts = judge(answers.exercise, answers.cases, seen, answers)
        self.points[tuple(verdict.earned for verdict in verdicts)] += 1
        if answers.exercise.mistakes or not self.named:
            self.named[tuple(verdict.family for verdict in verdicts)] += 1
        error = _error(answers, seen)
        self.nearest, self.farthest = min(self.nearest, error), max(self.farthest, error)

    @property
    def is_stable(self) -> bool:
        """Whether every seed gave the same points, and named the same."""
        return len(self.points) == len(self.named) == 1

    def faults(self) -> Iterator[str]:
        """What is not as it should be, in sentences."""
        if len(self.points) > 1:
            counts = "; ".join(f"{n} times {sum(points):g}" for points, n in self.points.most_common())
            yield f"With other seeds the points are others: {counts}."
        if len(self.named) > 1:
            counts = "; ".join(f"{n} times {_named(families)}" for families, n in self.named.most_common())
            yield f"With other seeds the mistake is another: {counts}."


def _named(families: Sequence[str]) -> str:
    return ", ".join(sorted(set(families) - {""})) or "no mistake named"


def stability(trial: Trial, seeds: Sequence[int]) -> Stability:
    """Ask about one solution with many seeds. A loop without end is looked at with the first few only.

    What keeps something from one call to the next has a process for each seed, as when it is graded.
    """
    found = _asked(trial, seeds, _SEEDS_AT_ONCE)
    return found if found.is_stable else _asked(trial, seeds, 1)


def _asked(trial: Trial, seeds: Sequence[int], at_once: int) -> Stability:
    found = Stability(trial)
    for start in range(0, len(seeds), at_once):
        some = tuple(seeds[start : start + at_once])
        looks = _seen(trial, some)
        for seed, seen in zip(some, looks, strict=True):
            found.note(_answers(trial.about.name, seed, found.named.total() < _NAMED), seen)
        if any(map(_is_out_of_time, looks)):
            break
    return found


@lru_cache(512)
def _answers(name: str, seed: int, with_mistakes: bool) -> Answers:
    exercise = find(name)
    if with_mistakes:
        return Answers(exercise, cases_of(exercise, seed))
    return Answers(replace(exercise, mistakes=()), _answers(name, seed, True).cases)


def _seen(trial: Trial, seeds: tuple[int, ...]) -> list[list[list[Seen] | str]]:
    """What a child sees: by seed, and then by part; a sentence where nothing was seen of a part."""
    name = trial.about.name
    found = Found(trial.cells, _TOTAL)
    ask([trial.about], {name: _question(name, seeds)}, found, _SECONDS)
    by_part = [
        _shared_out(found.seen.get(name, {}).get(place), [len(cases[place]) for cases in _cases(name, seeds)])
        for place in range(len(trial.about.parts))
    ]
    return [list(parts) for parts in zip(*by_part, strict=True)]


def _cases(name: str, seeds: tuple[int, ...]) -> list[Sequence[Sequence[Case]]]:
    return [_answers(name, seed, True).cases for seed in seeds]


@lru_cache(16)
def _question(name: str, seeds: tuple[int, ...]) -> Question:
    """The cases of all these seeds, one after the other."""
    drawn = _cases(name, seeds)
    parts = range(len(find(name).parts))
    return question(find(name), [[case for cases in drawn for case in cases[place]] for place in parts])


def _shared_out(seen: list[Seen] | None, counts: Sequence[int]) -> list[list[Seen] | str]:
    """A list in pieces of these lengths; a sentence for each where there is none."""
    if seen is None:
        return ["Nothing was seen."] * len(counts)
    ends = list(accumulate(counts))
    return [seen[end - count : end] for end, count in zip(ends, counts, strict=True)]


def _error(expected: Answers, seen: Sequence[list[Seen] | str]) -> float:
    """The largest error in any part."""
    errors = [0.0]
    for place, looks in enumerate(seen):
        if isinstance(looks, str):
            return math.inf
        errors += [farthest(expected.right(place, case), got) for case, got in enumerate(looks)]
    return max(errors)


def _is_out_of_time(seen: Sequence[list[Seen] | str]) -> bool:
    return any(
        isinstance(looks, str) or any(got.get(STOPPED, {}).get("type") == "TimeUp" for got in looks)
        for looks in seen
    )
