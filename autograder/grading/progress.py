"""How grading goes, for people on stderr, and for programs on stdout."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from autograder.grading.one import Job, Outcome
from autograder.grading.plan import Task
from autograder.grading.run import Summary, Watch


class _Rate(ProgressColumn):
    """Submissions per minute."""

    def render(self, task: Any) -> Text:
        rate = task.completed / task.elapsed * 60 if task.elapsed else 0
        return Text(f"{rate:.0f}/min" if task.completed else "")


class Shown(Watch):
    """A bar in a terminal, and lines elsewhere. Used as a context manager.

    kernel: whether notebooks run in Jupyter kernels.
    """

    def __init__(self, console: Console, kernel: bool = False) -> None:
        self._console, self._kernel = console, kernel
        columns = (
            BarColumn(20),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.description}"),
        )
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("starting nbgrader and the sandbox", total=None)
        self._since: dict[tuple[str, str], float] = {}
        self._done, self._due = 0, 0

    def __enter__(self) -> Shown:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def planned(self, found: Sequence[Task], finished: int) -> None:
        """Say how much there is to do."""
        self._due = sum(task.due for task in found)
        parts = [f"{_count(self._due, 'submission')} to grade"]
        if self._due < len(found):
            parts.append(f"{len(found) - self._due} up to date")
        again = sum(task.unrecorded for task in found)
        if again:
            parts.append(f"{again} of them missing from the gradebook, now recorded there again")
        if finished:
            parts.append(f"{finished} left by an earlier run, now recorded")
        self._say(", ".join(parts) + ".")
        self._bar.update(self._task, total=self._due)

    def misplaced(self, found: Sequence[str]) -> None:
        """Say it; of a few, where there are many."""
        for words in found[:_FEW]:
            self._say(f"Left alone: {words}")
        if len(found) > _FEW:
            self._say(f"Left alone: {len(found) - _FEW} more; --dry-run names all.")

    def sandbox(self, layers: Sequence[str]) -> None:
        """Name the layers."""
        names = ", ".join(layers) or "none on this system: students' code runs as you, unprotected"
        kernels = " Notebooks run in Jupyter kernels, outside it." if self._kernel else ""
        self._say(f"Sandbox: {names}.{kernels}")

    def working(self, now: Sequence[Job]) -> None:
        """Name those in work, and say of what takes long for how long it has been."""
        time = monotonic()
        who = [(job.student, job.lesson.name) for job in now]
        self._since = {one: self._since.get(one, time) for one in who}
        self._bar.update(
            self._task, description=_names((one, time - since) for one, since in self._since.items())
        )

    def done(self, outcome: Outcome) -> None:
        """Advance, and say what did not go well; where there is no bar, say all."""
        self._done += 1
        self._bar.advance(self._task)
        if outcome.reason or not self._console.is_terminal:
            count = "" if self._console.is_terminal else f"{self._done}/{self._due} "
            self._say(f"{count}{outcome.student} · {outcome.lesson}: {_result(outcome)}")

    def _say(self, words: str) -> None:
        self._bar.console.print(escape(words), soft_wrap=True)


class AsJson(Watch):
    """One JSON object for each submission, and at the end one for the run. Passes all on to another one."""

    def __init__(self, out: TextIO, people: Shown) -> None:
        self._out, self._people = out, people

    def planned(self, found: Sequence[Task], finished: int) -> None:
        """An object for each submission that is up to date."""
        self._people.planned(found, finished)
        for task in found:
            if not task.due:
                self._write({"student": task.student, "lesson": task.lesson, "state": "up to date"})

    def misplaced(self, found: Sequence[str]) -> None:
        """Only for people."""
        self._people.misplaced(found)

    def sandbox(self, layers: Sequence[str]) -> None:
        """Only for people."""
        self._people.sandbox(layers)

    def working(self, now: Sequence[Job]) -> None:
        """Only for people."""
        self._people.working(now)

    def done(self, outcome: Outcome) -> None:
        """An object for a submission."""
        self._people.done(outcome)
        about: dict[str, Any] = {"student": outcome.student, "lesson": outcome.lesson}
        about["state"] = "not graded" if outcome.reason else "graded"
        if outcome.reason:
            about["reason"] = outcome.reason
        else:
            about |= {"points": outcome.points, "most": outcome.most}
        about |= {"flags": outcome.flags, "notes": outcome.notes, "layers": outcome.layers}
        self._write({**about, "submission": outcome.submission, "seconds": round(outcome.seconds, 3)})

    def summary(self, summary: Summary) -> None:
        """An object for the run."""
        about = {
            "graded": len(summary.graded),
            "not graded": len(summary.ungraded),
            "flagged": sum(bool(outcome.flags) for outcome in summary.outcomes),
            "up to date": summary.up_to_date,
            "left": summary.left,
            "stopped": summary.stopped,
            "seconds": round(summary.seconds, 3),
        }
        self._write({"summary": about})

    def _write(self, about: dict[str, Any]) -> None:
        print(json.dumps(about), file=self._out, flush=True)


def show_misplaced(console: Console, found: Sequence[str]) -> None:
    """What lies among the submissions and is none."""
    for words in found:
        console.print(escape(f"Left alone: {words}"), soft_wrap=True)


def show_plan(console: Console, found: Sequence[Task]) -> None:
    """What a run would do."""
    for task in found:
        state = "to be graded" if task.due else "up to date"
        if task.unrecorded:
            state = "graded; missing from the gradebook, to be recorded there"
        console.print(escape(f"{task.student} · {task.lesson}: {state}"), soft_wrap=True)
    due = sum(task.due for task in found)
    console.print(f"{_count(due, 'submission')} to grade, {len(found) - due} up to date.")


def show_summary(console: Console, summary: Summary) -> None:
    """How a run ended: a table by lesson, then what needs a human."""
    if summary.outcomes:
        console.print(_table(summary))
    for outcome in summary.outcomes:
        who = f"[bold]{escape(f'{outcome.student} · {outcome.lesson}')}[/bold]"
        if outcome.reason:
            console.print(f"{who} could not be graded: {escape(outcome.reason)}.", soft_wrap=True)
        for flag in outcome.flags:
            console.print(f"{who} is for you to look at: {escape(flag)}", soft_wrap=True)
    minutes = summary.seconds / 60
    rate = f", {len(summary.graded) / minutes:.0f} a minute" if summary.graded and minutes else ""
    console.print(
        f"{_count(len(summary.graded), 'submission')} graded in {summary.seconds:.1f} s{rate}; "
        f"{summary.up_to_date} up to date, {len(summary.ungraded)} could not be graded.",
        soft_wrap=True,
    )
    if summary.late:
        console.print(
            f"The points are those before late penalties, which {summary.late} of these have; the report and "
            "the export count them.",
            soft_wrap=True,
        )
    if summary.added:
        console.print(f"Not on the roster, and added: {escape(', '.join(summary.added))}.", soft_wrap=True)
    if summary.left:
        verb = "is" if summary.left == 1 else "are"
        then = "with --force, all are graded again" if summary.anew else "it goes on"
        console.print(
            f"{summary.left} {verb} still to be graded. Run the same command again: {then}.", soft_wrap=True
        )


def _table(summary: Summary) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("lesson")
    for name in ("graded", "not graded", "flagged", "mean points"):
        table.add_column(name, justify="right")
    for lesson in dict.fromkeys(outcome.lesson for outcome in summary.outcomes):
        of = [outcome for outcome in summary.outcomes if outcome.lesson == lesson]
        count = Counter(bool(outcome.reason) for outcome in of)
        points = [outcome.points for outcome in of if not outcome.reason]
        mean = f"{sum(points) / len(points):.1f} of {max(o.most for o in of):g}" if points else ""
        flagged = sum(bool(outcome.flags) for outcome in of)
        table.add_row(lesson, str(count[False]), str(count[True]), str(flagged), mean)
    return table


def _result(outcome: Outcome) -> str:
    if outcome.reason:
        return f"could not be graded: {outcome.reason}"
    flagged = f", {_count(len(outcome.flags), 'flag')}" if outcome.flags else ""
    return f"{outcome.points:g} of {outcome.most:g} points{flagged}"


_FEW = 5

_LONG = 3.0
"""Seconds from which on it is said how long a submission has been in work."""


def _names(who: Iterable[tuple[tuple[str, str], float]]) -> str:
    return escape(
        ", ".join(
            f"{student} · {lesson}" + (f" for {seconds:.0f} s" if seconds >= _LONG else "")
            for (student, lesson), seconds in who
        )
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
