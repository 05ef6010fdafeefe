"""All of it, several at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from autograder import zygote
from autograder.grading.pool import Workers
from autograder.selftest.mutants import mutants
from autograder.selftest.stability import Stability, stability
from autograder.selftest.survivors import why
from autograder.selftest.trial import Trial, Tried, trials, tried

One = TypeVar("One")
Result = TypeVar("Result")

_PRELOAD = ("autograder.selftest.run",)


@dataclass
class Findings:
    """What was found out.

    tried: the solutions of the corpus. mutants: those of mutmut. stable: the solutions with many seeds.
    """

    lessons: Sequence[str]
    tried: list[Tried] = field(default_factory=list)
    mutants: list[Tried] = field(default_factory=list)
    stable: list[Stability] = field(default_factory=list)

    def of(self, kind: str) -> list[Tried]:
        """Those of one kind: "wrong", "right", "stubs"."""
        return [one for one in self.tried if one.trial.kind == kind]

    def faults(self) -> Iterator[tuple[Trial, str]]:
        """What is not as it should be, in sentences."""
        for one in self.tried:
            yield from ((one.trial, fault) for fault in one.faults())
        for steady in self.stable:
            yield from ((steady.trial, fault) for fault in steady.faults())
        for mutant in self.mutants:
            yield from ((mutant.trial, fault) for fault in _faults_of_a_mutant(mutant))


def _faults_of_a_mutant(mutant: Tried) -> Iterator[str]:
    trial = mutant.trial
    if mutant.own.right and not why(trial.lesson, trial.exercise, trial.name):
        yield (
            "A mutant that no check notices. If it is right, say why in autograder/selftest/survivors.py; "
            "if not, strengthen the check."
        )
    if not mutant.is_alone:
        yield "Another exercise pays for this mutant."


def examine(
    root: Path,
    lessons: Sequence[str],
    advance: Callable[[str, int, int], None],
    *,
    seeds: int = 0,
    with_mutants: bool = False,
    jobs: int | None = None,
) -> Findings:
    """Grade all that there is for these lessons.

    advance: is told what is being done, how much of it is done, and how much there is. seeds: with how many
    the solutions are tried besides. Raises ImportError where there are to be mutants, and mutmut is missing.
    """
    found = Findings(lessons)
    corpus = [trial for lesson in lessons for trial in trials(root, lesson)]
    for done, one in enumerate(in_parallel(tried, corpus, jobs), 1):
        found.tried.append(one)
        advance("solutions", done, len(corpus))
    if with_mutants:
        changed = [trial for lesson in lessons for trial in mutants(root, lesson)]
        for done, one in enumerate(in_parallel(tried, changed, jobs), 1):
            found.mutants.append(one)
            advance("mutants", done, len(changed))
    if seeds:
        solutions = [trial for trial in corpus if trial.kind != "stubs"]
        for steady in in_parallel(partial(_stabilities, seeds=seeds), _by_exercise(solutions), jobs):
            found.stable += steady
            advance(f"{seeds} seeds", len(found.stable), len(solutions))
    return found


def _by_exercise(trials: Iterable[Trial]) -> list[list[Trial]]:
    """The trials of an exercise together, because they share what known mistakes answer; most first."""
    groups: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((trial.lesson, trial.exercise), []).append(trial)
    return sorted(groups.values(), key=len, reverse=True)


def _stabilities(trials: Iterable[Trial], seeds: int) -> list[Stability]:
    return [stability(trial, range(seeds)) for trial in trials]


def in_parallel(
    function: Callable[[One], Result], items: Iterable[One], jobs: int | None = None
) -> Iterator[Result]:
    """What `function` makes of each item, as it comes. Raises what it raises.

    jobs: how many at a time; as many as there are processors if None.
    """
    with tempfile.TemporaryDirectory(prefix="selftest-", ignore_cleanup_errors=True) as place:
        pool = Workers(jobs or os.cpu_count() or 1, partial(zygote.meet_in, Path(place)), _PRELOAD)
        finished = False
        try:
            for future in as_completed([pool.submit(function, item) for item in items]):
                yield future.result()
            finished = True
        finally:
            pool.shutdown(cancel_futures=not finished)
