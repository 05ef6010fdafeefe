"""Processes that stay: forked from a warm one, each works on one task at a time, and a dead one is replaced.

An executor like those of ``concurrent.futures``, but for one thing: a process that dies takes only its own
task with it, and which one that was is known.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import queue
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

Prepare = Callable[[], None]

_START = 120.0
"""Seconds in which a process has to be ready."""


def warm_up(preload: Sequence[str]) -> None:
    """Have the warm process start, and import these modules, while this one does something else."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        multiprocessing.get_context("forkserver").set_forkserver_preload(list(preload))
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # it inherits that: Ctrl-C is for us alone
        forkserver.ensure_running()
        signal.signal(signal.SIGINT, before)


class WorkerDied(Exception):
    """The process ended, or had to be stopped, while it worked on this task."""


class NotStarted(Exception):
    """A process did not begin to work: the fault is not in the task."""


class Workers(Executor):
    """So many processes. prepare: runs in each one first; preload: modules that are imported once for all.

    seconds: the longest that a task may take. The processes end with this one, however it ends.
    """

    def __init__(
        self, count: int, prepare: Prepare, preload: Sequence[str] = (), seconds: float = 3600
    ) -> None:
        can_fork = "forkserver" in multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("forkserver" if can_fork else "spawn")
        if can_fork:
            self._context.set_forkserver_preload(list(preload))
        self._prepare, self._seconds = prepare, seconds
        self._tasks: queue.SimpleQueue[tuple[Future, Callable, tuple] | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._workers: set[_Worker] = set()
        self._closed = False
        self._drivers = [threading.Thread(target=self._drive, daemon=True) for _ in range(count)]
        for driver in self._drivers:
            driver.start()

    def submit(self, function: Callable, /, *arguments: Any, **named: Any) -> Future:
        """Have a process call the function. The future raises WorkerDied if that process ends."""
        if self._closed or named:
            raise RuntimeError("this pool is closed, or was given arguments by name")
        future: Future = Future()
        self._tasks.put((future, function, arguments))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: at once if `cancel_futures`, else after what was submitted."""
        self._closed = True
        if cancel_futures:
            with suppress(queue.Empty):
                while True:
                    task = self._tasks.get_nowait()
                    if task is not None:
                        task[0].cancel()
            with self._starting:
                for worker in self._workers:
                    worker.kill()
        for _ in self._drivers:
            self._tasks.put(None)
        if wait:
            for driver in self._drivers:
                driver.join()

    def _drive(self) -> None:
        """A thread for each process: hands it one task after the other."""
        worker = self._at_once()
        while (task := self._tasks.get()) is not None:
            future, function, arguments = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                worker = worker or self._start()
                good, answer = worker.ask((function, arguments), self._seconds)
            except Exception as error:
                future.set_exception(error)
                self._without(worker)
                worker = None
                continue
            if good:
                future.set_result(answer)
            else:
                future.set_exception(answer)
        self._without(worker)

    def _at_once(self) -> _Worker | None:
        """A process before the first task is there; if it does not start, that is said with the task."""
        try:
            return self._start()
        except Exception:
            return None

    def _start(self) -> _Worker:
        with self._starting:
            if self._closed and self._tasks.empty():
                raise NotStarted("the pool is closing")
            worker = _Worker(self._context, self._prepare)
            self._workers.add(worker)
            return worker

    def _without(self, worker: _Worker | None) -> None:
        if worker is not None:
            with self._starting:
                self._workers.discard(worker)  # so that nobody kills it after its end
            worker.end()


class _Worker:
    """One process, from outside."""

    def __init__(self, context: Any, prepare: Prepare) -> None:
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, prepare), daemon=False)
        self._process.start()
        theirs.close()
        if not wait([self._connection, self._process.sentinel], _START):
            self._process.kill()
        self._is_ready = False

    def ask(self, task: Any, seconds: float) -> tuple[bool, Any]:
        """Whether the task succeeded, and its result or its error. Raises WorkerDied, NotStarted."""
        if not self._is_ready:
            self._begin()
        try:
            self._connection.send(task)
            ready = wait([self._connection, self._process.sentinel], seconds)
            if self._connection in ready:
                answer: tuple[bool, Any] = self._connection.recv()
                return answer
        except (EOFError, OSError):
            ready = [self._process.sentinel]
        if not ready:
            raise WorkerDied(f"it took longer than {seconds:g} seconds")
        self._process.join(1)
        raise WorkerDied(f"the grading process ended ({_ending(self._process.exitcode)})")

    def _begin(self) -> None:
        try:
            self._is_ready = self._connection.recv() is None
        except (EOFError, OSError):
            self._process.join(1)
            raise NotStarted(f"a grading process did not start ({_ending(self._process.exitcode)})") from None

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def end(self) -> None:
        """Let it go: it ends when nobody speaks to it any more, or else is ended."""
        self._connection.close()
        self._process.join(2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


_UNKNOWN = 255
"""Python's forkserver says this where it was not told how a process ended."""


def _ending(code: int | None) -> str:
    if code == _UNKNOWN:
        return "abruptly"
    if code is None or code >= 0:
        return f"exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"


# In the process --------------------------------------------------------------------------------------


def _serve(connection: Connection, prepare: Prepare) -> None:
    """Do what is asked until nobody asks any more."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asks
    prepare()
    connection.send(None)  # ready
    while True:
        try:
            function, arguments = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (True, function(*arguments))
        except Exception as error:
            answer = (False, _sendable(error))
        connection.send(answer)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _sendable(error: Exception) -> Exception:
    """The error, or what it says where it cannot be sent."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
