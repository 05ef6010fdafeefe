"""The table: for each exercise, what became of wrong solutions and of right ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from autograder.exercises import exercises
from autograder.selftest.run import Findings
from autograder.selftest.stability import Stability
from autograder.selftest.trial import Tried


def as_table(found: Findings) -> Table:
    """A row for each exercise, and one for all."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("\nExercise", no_wrap=True)
    headings = ["Wrong\ncaught", "\nalone", "\nnamed", "Right\naccepted"]
    headings += ["Mutants\ncaught"] if found.mutants else []
    headings += ["Same\nverdict", "Right\noff by", "Wrong\noff by"] if found.stable else []
    for heading in [*headings, "\nSeconds"]:
        table.add_column(heading, justify="right", no_wrap=True)
    for lesson in found.lessons:
        for exercise in exercises(lesson):
            here = lesson, exercise.cell
            table.add_row(
                exercise.name,
                *_cells(
                    found,
                    [one for one in found.tried if (one.trial.lesson, one.trial.exercise) == here],
                    [one for one in found.mutants if (one.trial.lesson, one.trial.exercise) == here],
                    [one for one in found.stable if (one.trial.lesson, one.trial.exercise) == here],
                ),
            )
    table.add_section()
    table.add_row("all", *_cells(found, found.tried, found.mutants, found.stable))
    return table


def _cells(
    found: Findings, tried: Sequence[Tried], mutants: Sequence[Tried], stable: Sequence[Stability]
) -> list[str]:
    wrong = [one for one in tried if one.trial.kind == "wrong"]
    right = [one for one in tried if one.trial.kind == "right"]
    cells = [
        _of((one.is_caught for one in wrong), len(wrong)),
        _of((one.is_alone for one in wrong), len(wrong)),
        _of((one.is_named for one in wrong), len(wrong)),
        _of((not list(one.faults()) for one in right), len(right)),
    ]
    if found.mutants:
        cells.append(_of((not one.own.right for one in mutants), len(mutants)))
    if found.stable:
        cells.append(_of((one.is_stable for one in stable), len(stable)))
        off = [one.farthest for one in stable if one.trial.kind == "right" and one.farthest < math.inf]
        cells.append(_multiple(max(off, default=0.0)))
        far = [one.nearest for one in stable if one.trial.kind == "wrong" and 1 < one.nearest < math.inf]
        cells.append(_multiple(min(far, default=math.inf)))
    return [*cells, f"{sum(one.seconds for one in [*tried, *mutants]):.1f}"]


def _of(good: Iterable[bool], count: int) -> str:
    return f"{sum(good)}/{count}" if count else "-"


def _multiple(error: float) -> str:
    return "0" if error == 0 else "-" if error == math.inf else f"{error:.0e}"
