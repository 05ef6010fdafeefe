"""A notebook at work: a child that runs its cells, within limits, and another one where Python has ended."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.outputs import Amounts, Sieve
from autograder.scratch import bounded, scratch
from autograder.zygote import Child, ChildError, TimeUp, TooMuch, Zygote

_GRACE = 1.0  # seconds between an interrupt and the end
_START = 60.0  # seconds that a child may take to start; a warm one takes some hundredths
_RESTARTS = 3
_MOST = 40 << 20  # bytes in one message


class NotRun(ChildError):
    """A cell was left out."""


class TimedOut(ChildError):
    """A cell was interrupted; words: what there is to say besides, nothing if it then stopped by itself."""

    def __init__(self, *words: str) -> None:
        super().__init__(*words)
        self.words = words


@dataclass
class _Past:
    """A cell that has run, for who has to run it again."""

    source: str
    count: int
    seconds: float


class Running:
    """A notebook at work: its child, or the one after it.

    After a cell that ended Python, the cells before it are run again in a new child, if they are quick; what
    they show then is not looked at.
    """

    def __init__(
        self, zygote: Zygote, files: Path | None, besides: str, deadline: float, limits: dict[str, Any]
    ) -> None:
        self.layers: list[str] = []
        self.language: dict[str, Any] = {}
        self.reply: dict[str, Any] = {}
        self._zygote, self._files, self._besides = zygote, files, besides
        self._deadline, self._limits = deadline, limits
        self._past: list[_Past] = []
        self._restarts = 0
        self._why_not = ""
        self._sieve = Sieve(Amounts().with_slack())
        self._child: Child | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Running:
        try:
            self._start()
        except ChildError as error:  # before the first line of the learner's: the fault is ours
            self._stop()
            raise RuntimeError(f"the process for a notebook did not start: {error}") from None
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()

    def run(self, source: str, count: int, seconds: float | None) -> Iterator[tuple[str, dict[str, Any]]]:
        """Run a cell: its messages as they come; what the kernel said at the end is then in `reply`.

        Raises TimedOut, NotRun, and ChildError where Python ended.
        """
        child = self._ready_child()
        started = time.monotonic()
        limit = min(self._deadline, started + seconds) if seconds else self._deadline
        try:
            yield from self._listen(child, source, count, limit)
            self._past.append(_Past(source, count, time.monotonic() - started))
            return
        except TimeUp:
            pass
        except TooMuch:
            self._stop()
            raise ChildError("Python was ended: this cell sent more than can be kept.") from None
        except ChildError:
            self._stop()
            raise ChildError("Python ended while this cell ran.") from None
        child.interrupt()
        try:
            yield from self._hear(child, time.monotonic() + _GRACE)
        except ChildError:
            self._stop()
            raise TimedOut("The cell could not be interrupted: Python was ended.") from None
        raise TimedOut

    def _ready_child(self) -> Child:
        if time.monotonic() >= self._deadline:
            self._stop()
            self._why_not = "The time for the whole notebook was over: this cell was not run."
        elif self._child is None and not self._why_not:
            try:
                self._start_again()
            except ChildError:
                self._stop()
                self._why_not = "Python had ended in a cell above: this cell was not run."
        if self._child is None:
            raise NotRun(self._why_not)
        return self._child

    def _start_again(self) -> None:
        """A new child, where the cells that ended by themselves are run once more."""
        needed = 2 * sum(past.seconds for past in self._past) + 1
        if self._restarts == _RESTARTS or time.monotonic() + needed > self._deadline:
            raise NotRun
        self._restarts += 1
        self._start()
        assert self._child is not None
        limit = time.monotonic() + needed
        self._sieve, sieve = Sieve(Amounts().with_slack()), self._sieve
        for past in self._past:
            for _ in self._listen(self._child, past.source, past.count, limit):
                pass
        self._sieve = sieve

    def _start(self) -> None:
        folder = self._stack.enter_context(scratch(self._files, self._besides))
        child = self._stack.enter_context(self._zygote.child())
        self._stack.enter_context(bounded(folder, child.kill))
        child.send(
            {
                "folder": str(folder),
                "environment": {name: os.environ[name] for name in _TOLD if name in os.environ},
                "amounts": asdict(Amounts()),
                **self._limits,
            }
        )
        ready = child.receive(_START)  # of our own code still
        self.layers, self.language = ready["ready"], ready["language_info"]
        self._child = child

    def _stop(self) -> None:
        self._child = None
        self._stack.close()

    def _listen(
        self, child: Child, source: str, count: int, limit: float
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        child.send({"source": source, "count": count})
        self._sieve.start_cell()
        return self._hear(child, limit)

    def _hear(self, child: Child, limit: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """What a child says until the end of a cell."""
        while True:
            answer = child.receive(limit - time.monotonic(), _MOST)
            if "reply" in answer:
                yield from self._sieve.end_cell()
                self.reply = _reply(answer["reply"])
                return
            yield from self._sieve.through(answer.get("message"), answer.get("content"))
            if self._sieve.overrun:
                raise TooMuch


_TOLD = ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")
"""What nbgrader tells the code that it runs."""


def _reply(claimed: Any) -> dict[str, Any]:
    """What the kernel said at the end of a cell, as plain data of limited size."""
    if not isinstance(claimed, dict) or claimed.get("status") != "error":
        return {"status": "ok"}
    sieve = Sieve(Amounts())
    [(_, plain)] = sieve.through("error", claimed)
    return {"status": "error", **plain}
