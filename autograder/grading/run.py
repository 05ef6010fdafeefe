"""A whole run: what is due goes to the workers, and what comes back to the one who writes."""

from __future__ import annotations

import errno
import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from autograder.grading.book import Book, graded_in, late_in, patiently, students_in
from autograder.grading.lesson import Lesson, describe
from autograder.grading.lock import only_one
from autograder.grading.one import Job, Outcome, grade
from autograder.grading.plan import Task, compared, misplaced, tasks
from autograder.grading.pool import NotStarted, WorkerDied, Workers
from autograder.grading.release import enter
from autograder.grading.sandboxed import layers_here
from autograder.grading.settings import GradingError, Settings, course_directory
from autograder.grading.surroundings import PRELOAD, prepared_for
from autograder.grading.writer import Writer
from autograder.submission import Unreadable, fingerprint

LONGEST = 1800.0
"""Seconds for one submission, after which its process is stopped. The steps have limits of their own."""

Work = Callable[[Job], Outcome]


class Watch(Protocol):
    """Who is told how it goes."""

    def planned(self, found: Sequence[Task], finished: int) -> None:
        """What was handed in, and how many results an earlier run had left, which are recorded now."""

    def misplaced(self, found: Sequence[str]) -> None:
        """What lies among the submissions and is none, in sentences."""

    def sandbox(self, layers: Sequence[str]) -> None:
        """The layers of the sandbox that are active here."""

    def working(self, now: Sequence[Job]) -> None:
        """These are in work."""

    def done(self, outcome: Outcome) -> None:
        """This one is recorded."""


@dataclass
class Summary:
    """How a run ended.

    due: how many were to be graded; anew: also those that were up to date; finished: of an earlier run,
    recorded by this one. outcomes: in the order in which they were recorded, without notebooks and files.
    late: how many of them have a late penalty, which their points do not count. added: students who were
    not in the gradebook, where it had students already.
    stopped: by Ctrl-C. seconds: of the run.
    """

    due: int = 0
    anew: bool = False
    up_to_date: int = 0
    finished: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    late: int = 0
    added: list[str] = field(default_factory=list)
    stopped: bool = False
    seconds: float = 0.0

    @property
    def graded(self) -> list[Outcome]:
        """Those that were graded."""
        return [outcome for outcome in self.outcomes if not outcome.reason]

    @property
    def ungraded(self) -> list[Outcome]:
        """Those that could not be graded."""
        return [outcome for outcome in self.outcomes if outcome.reason]

    @property
    def left(self) -> int:
        """How many are still to be graded."""
        return self.due - len(self.outcomes)


def run(
    settings: Settings,
    watch: Watch,
    lessons: Sequence[str] = (),
    students: Sequence[str] = (),
    *,
    force: bool = False,
    jobs: int | None = None,
    meeting_place: Path | None = None,
    work: Work = grade,
) -> Summary:
    """Grade what is due, and record it. Raises GradingError where that cannot begin or go on.

    jobs: how many at a time; as many as there are processors if None. meeting_place: where the workers share
    warm processes (see ``autograder.warm``). work: what grades one submission.
    """
    start = time.monotonic()
    summary = Summary(anew=force)
    home = settings.root / ".autograder"
    home.mkdir(exist_ok=True)
    with ExitStack() as stack:
        stop = stack.enter_context(_stopping())
        stack.enter_context(only_one(home / "lock"))
        stack.enter_context(_full_disk_in_words())
        stack.enter_context(_log_in(home / "grading.log"))
        book = stack.enter_context(_book(settings))
        writer = Writer(settings, book)
        roster = patiently(lambda: students_in(book))
        summary.finished = writer.finish()
        watch.misplaced(misplaced(settings))
        found = _recorded(settings, book, writer, tasks(settings, lessons, students, force))
        due = [task for task in found if task.due]
        summary.due, summary.up_to_date = len(due), len(found) - len(due)
        watch.planned(found, summary.finished)
        known = {name: _described(name, settings, book) for name in {task.lesson for task in due}}
        todo = [Job(settings, known[task.lesson], task.student, task.folder) for task in due]
        if todo:
            count = max(1, min(jobs or os.cpu_count() or 1, len(todo)))
            with _workers(settings, count, meeting_place, stop) as pool:
                watch.sandbox(layers_here())
                _Work(pool, count + 2, work, writer, summary, watch, stop).off(todo)
        late, everybody = patiently(lambda: (late_in(book), students_in(book)))
        summary.late = sum((one.lesson, one.student) in late for one in summary.graded)
        summary.added = sorted(everybody - roster) if roster else []
    summary.stopped = stop.is_set()
    summary.seconds = time.monotonic() - start
    return summary


def _recorded(settings: Settings, book: Book, writer: Writer, found: Sequence[Task]) -> list[Task]:
    """Record grades that are missing in the gradebook; what cannot be recorded as it is becomes due."""
    found = compared(found, patiently(lambda: graded_in(book)))
    for lesson in {task.lesson for task in found if task.unrecorded}:
        _described(lesson, settings, book)
    return [
        replace(task, due=True, unrecorded=False)
        if task.unrecorded and not writer.record_again(task.lesson, task.student)
        else task
        for task in found
    ]


class _Work:
    """The jobs, from the first to the last."""

    def __init__(
        self,
        pool: Executor,
        ahead: int,
        work: Work,
        writer: Writer,
        summary: Summary,
        watch: Watch,
        stop: threading.Event,
    ) -> None:
        self._pool, self._ahead, self._work = pool, ahead, work
        self._writer, self._summary, self._watch, self._stop = writer, summary, watch, stop
        self._running: dict[Future, Job] = {}
        self._again: set[tuple[str, str]] = set()

    def off(self, jobs: Sequence[Job]) -> None:
        """Do all of them, or as many as there are until somebody stops it."""
        left = deque(jobs)
        while (left or self._running) and not self._stop.is_set():
            while left and len(self._running) < self._ahead:
                job = left.popleft()
                self._running[self._pool.submit(self._work, job)] = job
            self._watch.working([job for future, job in self._running.items() if future.running()])
            finished, _ = wait(self._running, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in [future for future in self._running if future in finished]:
                job = self._running.pop(future)
                outcome = self._outcome(future, job)
                if outcome is None:
                    left.appendleft(job)
                else:
                    self._record(outcome)

    def _outcome(self, future: Future, job: Job) -> Outcome | None:
        """What came of a job; None if it is to be tried again. Raises OSError, GradingError."""
        who = (job.student, job.lesson.name)
        try:
            outcome: Outcome = future.result()
            return outcome
        except NotStarted as error:
            raise GradingError(f"{error}. What it said is in .autograder/grading.log.") from None
        except (WorkerDied, BrokenExecutor) as error:
            if who not in self._again:
                self._again.add(who)
                return None
            return Outcome(
                *who, _fingerprint(job), f"grading it was tried twice, and ended both times: {error}"
            )
        except OSError as error:
            if _is_full(error):
                raise
            return Outcome(*who, _fingerprint(job), f"{type(error).__name__}: {error}", ours=True)
        except Exception as error:
            return Outcome(*who, _fingerprint(job), f"{type(error).__name__}: {error}", ours=True)

    def _record(self, outcome: Outcome) -> None:
        reason = self._writer.write(outcome)
        outcome = replace(outcome, reason=outcome.reason or reason, notebook="", files={})
        self._summary.outcomes.append(outcome)
        self._watch.done(outcome)
        last = self._summary.outcomes[-3:]
        if len(last) == 3 and all(outcome.ours for outcome in last):
            raise GradingError(
                "three submissions in a row failed for a reason that is not in them, so grading was stopped: "
                f"{outcome.reason}. Details are in .autograder/grading.log."
            )


def _fingerprint(job: Job) -> str:
    try:
        return fingerprint(job.folder, course_directory(job.settings).ignore)
    except Unreadable:
        return ""


def _described(lesson: str, settings: Settings, book: Book) -> Lesson:
    """What the gradebook says of a lesson; one that is not there is entered. Raises GradingError."""

    def look() -> Lesson:
        with book.transaction():
            return describe(enter(lesson, settings, book), settings)

    return patiently(look)


# What a run stands on --------------------------------------------------------------------------------


@contextmanager
def _book(settings: Settings) -> Iterator[Book]:
    course = course_directory(settings)
    with _not_interrupted():  # a new gradebook is made by a program that nbgrader starts
        book = patiently(partial(Book, course.db_url, course.course_id))
    try:
        yield book
    finally:
        book.close()


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Ctrl-C does not reach a program that is started meanwhile; here it is heard afterwards."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _workers(
    settings: Settings, count: int, meeting_place: Path | None, stop: threading.Event
) -> Iterator[Workers]:
    """The processes; when all is done they end in peace, and otherwise at once."""
    pool = Workers(count, prepared_for(settings.root, meeting_place), PRELOAD, LONGEST)
    in_peace = False
    try:
        yield pool
        in_peace = not stop.is_set()
    finally:
        pool.shutdown(cancel_futures=not in_peace)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, so that nothing is broken off in the middle; a second one breaks it off."""
    event = threading.Event()

    def stop(number: int, frame: object) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    signals = [signal.SIGINT, signal.SIGTERM]
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _log_in(path: Path) -> Iterator[None]:
    """What nbgrader says while grades are recorded goes to a file."""
    handler = logging.FileHandler(path, delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


@contextmanager
def _full_disk_in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not _is_full(error):
            raise
        where = f" while writing {error.filename}" if error.filename else ""
        raise GradingError(
            f"there is no room left on the disk{where} ({error.strerror}). What is graded already is kept: "
            "make room and run the same command again."
        ) from error


def _is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
