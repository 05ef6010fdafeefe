"""The same verdict for everybody: each solution is asked about with many seeds, and how close it was is kept.

A child is asked about the inputs of many seeds at once; each seed is then judged by itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from autograder.asking import Found, ask, question
from autograder.exercise import Exercise
from autograder.exercises import find
from autograder.judge import Answers, Seen, Verdict, cases_of, judge
from autograder.observation import STOPPED
from autograder.selftest.margins import farthest
from autograder.selftest.trial import Trial

_SEEDS_AT_ONCE = 10
"""So many that a child has time for all of them, and its answers have room."""

_SECONDS, _TOTAL = 20.0, 300.0


@dataclass
class Stability:
    """What came of one solution with many seeds.

    verdicts: how often each was given: the points of each part, and the families that were named. nearest,
    farthest: the largest error of a number, as a multiple of what is allowed, with the seed where that was
    smallest, and where it was largest.
    """

    trial: Trial
    verdicts: Counter[tuple[tuple[float, ...], tuple[str, ...]]] = field(default_factory=Counter)
    nearest: float = math.inf
    farthest: float = 0.0

    def note(self, verdicts: Sequence[Verdict], error: float) -> None:
        """One more seed."""
        points = tuple(verdict.earned for verdict in verdicts)
        self.verdicts[points, tuple(verdict.family for verdict in verdicts)] += 1
        self.nearest, self.farthest = min(self.nearest, error), max(self.farthest, error)

    @property
    def is_stable(self) -> bool:
        """Whether every seed gave the same verdict."""
        return len(self.verdicts) == 1

    def faults(self) -> Iterator[str]:
        """What is not as it should be, in sentences."""
        if not self.is_stable:
            counts = "; ".join(
                f"{count} times {sum(points):g} points and {_named(families)}"
                for (points, families), count in self.verdicts.most_common()
            )
            yield f"With other seeds the verdict is another: {counts}."


def _named(families: Sequence[str]) -> str:
    return ", ".join(sorted(set(families) - {""})) or "no mistake named"


def stability(trial: Trial, seeds: Sequence[int]) -> Stability:
    """Ask about one solution with many seeds. A loop without end is looked at with the first few only."""
    exercise = trial.about
    found = Stability(trial)
    for start in range(0, len(seeds), _SEEDS_AT_ONCE):
        some = seeds[start : start + _SEEDS_AT_ONCE]
        looks = _seen(trial, exercise, some)
        for seed, seen in zip(some, looks, strict=True):
            expected = _answers(exercise.name, seed)
            found.note(judge(exercise, expected.cases, seen, expected), _error(expected, seen))
        if any(map(_is_out_of_time, looks)):
            break
    return found


def _seen(trial: Trial, exercise: Exercise, seeds: Sequence[int]) -> list[list[list[Seen] | str]]:
    """What a child sees: by seed, and then by part; a sentence where nothing was seen of a part."""
    drawn = [_answers(exercise.name, seed).cases for seed in seeds]
    together = [[case for cases in drawn for case in cases[place]] for place in range(len(exercise.parts))]
    found = Found(trial.cells, _TOTAL)
    ask([exercise], {exercise.name: question(exercise, together)}, found, _SECONDS)
    by_part = [
        _shared_out(found.seen.get(exercise.name, {}).get(place), [len(cases[place]) for cases in drawn])
        for place in range(len(exercise.parts))
    ]
    return [list(parts) for parts in zip(*by_part, strict=True)]


def _shared_out(seen: list[Seen] | None, counts: Sequence[int]) -> list[list[Seen] | str]:
    """A list in pieces of these lengths; a sentence for each where there is none."""
    if seen is None:
        return ["Nothing was seen."] * len(counts)
    ends = list(accumulate(counts))
    return [seen[end - count : end] for end, count in zip(ends, counts, strict=True)]


@lru_cache(512)
def _answers(name: str, seed: int) -> Answers:
    exercise = find(name)
    return Answers(exercise, cases_of(exercise, seed))


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
