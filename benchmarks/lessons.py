"""How long a lesson takes to run: its solution notebook from top to bottom, and its slowest check.

    uv run python benchmarks/lessons.py [LESSON…]

A lesson should run in under 20 seconds on two processors, and no check should take longer than half a
second, with right answers and with wrong ones. The times of a check are those of ``check``, in this process.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from rich.console import Console
from rich.progress import track
from rich.table import Table

from autograder import check
from autograder.exercise import Exercise
from autograder.exercises import LESSONS, exercises

ROOT = Path(__file__).resolve().parents[1]


def notebook_seconds(lesson: str) -> float:
    """The time that the solution takes in a fresh kernel, the kernel's start included."""
    path = ROOT / "solutions" / lesson / f"{lesson}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(path.parent)}}).execute(
        stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def check_seconds(exercise: Exercise) -> Iterator[float]:
    """The times of an exercise's check: for the reference, then for each known mistake."""
    for wrong in ({}, *(mistake.wrong for mistake in exercise.mistakes)):
        start = time.perf_counter()
        with redirect_stdout(io.StringIO()):
            check(exercise.name, *{**exercise.reference, **wrong}.values())
        yield time.perf_counter() - start


def main(lessons: list[str]) -> None:
    """Measure and print a table."""
    table = Table(title="How long a lesson takes", title_justify="left")
    for heading in ("lesson", "slowest check", "right, ms", "wrong, ms", "notebook, s"):
        table.add_column(heading, justify="right" if "," in heading else "left", no_wrap=True)
    waiting = Console(stderr=True)
    for lesson in track(
        lessons, "measuring", console=waiting, transient=True, disable=not waiting.is_terminal
    ):
        times = {exercise.name.split("/")[1]: list(check_seconds(exercise)) for exercise in exercises(lesson)}
        slowest = max(times, key=lambda name: max(times[name]))
        right = 1000 * max(first for first, *_ in times.values())
        wrong = 1000 * max(max(rest, default=0) for _, *rest in times.values())
        table.add_row(lesson, slowest, f"{right:.0f}", f"{wrong:.0f}", f"{notebook_seconds(lesson):.1f}")
    Console().print(table)


if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv[1:]) or set(sys.argv[1:]) - set(LESSONS):
        sys.exit(f"{__doc__}\nLessons: {', '.join(LESSONS)}.")
    main(sys.argv[1:] or list(LESSONS))
