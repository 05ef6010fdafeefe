"""A warm process that makes children of itself: imported once, forked for every notebook.

zygote = Zygote("autograder.child", preload=["numpy"])
with zygote.child() as child:      # runs ``autograder.child.main(channel)``
    child.send({"cells": [...]})
    answer = child.receive(seconds=5)

The zygote is a program of its own, so that a child has nothing of the grader in its memory: not the
reference, not another learner's work, not the gradebook. What a child answers is JSON of limited size, and
nothing in it is trusted. Where a process cannot fork (Windows), every child is a fresh process: slower, with
the same answers.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from autograder.sandbox import kernel

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "SCM_RIGHTS")

_LENGTH = struct.Struct("!I")
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
_QUIET = {
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONHASHSEED": "0",
}


class ChildError(Exception):
    """A child gave no answer that can be used."""


class TimeUp(ChildError):
    """No answer came in time; the child goes on."""


class Ended(ChildError):
    """The child has ended, or closed its channel."""


class TooMuch(ChildError):
    """An answer is larger than allowed."""


class Unreadable(ChildError):
    """An answer is not a JSON object."""


class Channel:
    """Messages between two processes: JSON objects, each with its length in front."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, message: dict[str, Any]) -> None:
        """Send a JSON object. Raises OSError where the other side is gone."""
        data = json.dumps(message).encode()
        self._connection.sendall(_LENGTH.pack(len(data)) + data)

    def receive(self, seconds: float | None = None, most: int = 1 << 30) -> dict[str, Any]:
        """The next JSON object.

        seconds: how long to wait, None for ever; most: bytes in it.
        Raises TimeUp, Ended, TooMuch, Unreadable.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, deadline))
        if length > most:
            raise TooMuch(f"an answer of {length} bytes; {most} are allowed")
        try:
            message = json.loads(self._exactly(length, deadline))
        except (ValueError, RecursionError) as error:
            raise Unreadable(str(error)) from None
        if not isinstance(message, dict):
            raise Unreadable("the answer is no JSON object")
        return message

    def close(self) -> None:
        """Close this end."""
        self._connection.close()

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        pieces = []
        while count:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise TimeUp("no answer in time")
            try:
                self._connection.settimeout(left)
                piece = self._connection.recv(min(count, 1 << 20))
            except TimeoutError:
                raise TimeUp("no answer in time") from None
            except OSError as error:
                raise Ended(str(error)) from None
            if not piece:
                raise Ended("the process has ended")
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)


class Child:
    """One child, from the outside. Leaving its ``with`` ends it, with all that it started."""

    def __init__(self, connection: socket.socket, process: _Forked | _Started) -> None:
        self.channel = Channel(connection)
        self._process = process

    def send(self, message: dict[str, Any]) -> None:
        """Send it a message. Raises Ended."""
        try:
            self.channel._connection.settimeout(30)
            self.channel.send(message)
        except OSError as error:
            raise Ended(str(error)) from None

    def receive(self, seconds: float, most: int = 32 << 20) -> dict[str, Any]:
        """Its next answer; see ``Channel.receive``."""
        return self.channel.receive(seconds, most)

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in it."""
        self._process.signal(getattr(signal, "SIGINT", signal.SIGTERM))

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.end()
        self.channel.close()


class Zygote:
    """A process that has imported `preload` and the module `target`, and forks a child whenever asked.

    In the child, ``target.main(channel)`` runs; then the child ends. The zygote starts with the first child.
    prepare: what ``target.prepare`` is called with, once, before the first fork; None: not called.
    Raises RuntimeError, with what Python said, where it cannot start: the fault is then ours.
    """

    def __init__(
        self, target: str, preload: Sequence[str] = (), prepare: dict[str, Any] | None = None
    ) -> None:
        self._command = [sys.executable, "-I", "-m", "autograder.zygote", target, *preload]
        self._prepare = {} if prepare is None else {"AUTOGRADER_PREPARE": json.dumps(prepare)}
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0

    def child(self) -> Child:
        """A new child."""
        if not CAN_FORK:
            return self._fresh()
        for attempt in (1, 2):
            try:
                return self._fork()
            except OSError as error:  # a zygote that something has ended is started anew, once
                complaint = self.close()
                if attempt == 2:
                    raise RuntimeError(f"the checking process did not start: {complaint or error}") from None
        raise AssertionError

    def close(self) -> str:
        """End the zygote and all its children; returns the end of what it said on stderr."""
        process, control = self._process, self._control
        self._process = self._control = None
        if control is not None:
            control.close()
        if process is None or self._owner != os.getpid():
            return ""
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()
        assert process.stderr is not None
        with process.stderr as stderr:
            stderr.seek(0)
            return stderr.read()[-2000:].decode("utf-8", "replace").strip()

    def __del__(self) -> None:
        with suppress(Exception):
            self.close()

    def _fork(self) -> Child:
        if self._control is None or self._owner != os.getpid():  # after a fork, everybody has their own
            self._start()
        assert self._control is not None
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            message, handles, _, _ = socket.recv_fds(self._control, 8, 1)
            if len(message) != 8:
                raise OSError("the warm process has ended")
        except OSError:
            ours.close()
            raise
        return Child(ours, _Forked(int.from_bytes(message, "big"), handles[0] if handles else None))

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = self._popen(theirs)
        self._control, self._owner = ours, os.getpid()

    def _fresh(self) -> Child:
        """A child that was not forked: a process of its own, which connects back."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(60)
            word = os.urandom(16).hex()
            environment = {
                **_environment(),
                **self._prepare,
                "AUTOGRADER_PORT": f"{server.getsockname()[1]}:{word}",
            }
            process = subprocess.Popen(
                self._command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
            try:
                connection, _ = server.accept()
                if connection.recv(64).decode() != word:
                    raise OSError("somebody else has connected")
            except OSError as error:
                process.kill()
                raise RuntimeError(f"the checking process did not start: {error}") from None
        return Child(connection, _Started(process))

    def _popen(self, control: socket.socket) -> subprocess.Popen[bytes]:
        stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed in `close`)
        process = subprocess.Popen(
            self._command,
            env={**_environment(), **self._prepare, "AUTOGRADER_CONTROL": str(control.fileno())},
            pass_fds=[control.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
        process.stderr = stderr
        return process


class _Forked:
    """A grandchild of ours, known by a handle that stands for it alone (Linux), or by its number."""

    def __init__(self, pid: int, handle: int | None) -> None:
        self._pid, self._handle = pid, handle

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)
            else:
                os.kill(self._pid, number)

    def end(self) -> None:
        self.signal(signal.SIGKILL)
        if self._handle is not None:
            select.select([self._handle], [], [], 5)  # readable once it is gone
            os.close(self._handle)
            self._handle = None
        else:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)


class _Started:
    """A child of ours that was started, not forked."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def signal(self, number: int) -> None:
        with suppress(ValueError, OSError):
            self._process.send_signal(number)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _QUIET


# In the process of its own ---------------------------------------------------------------------------


def _serve(control: socket.socket, main: Any) -> None:
    """Fork a child for every request, and end when the grader does, with all children."""
    running: dict[int, int] = {}  # by handle, or where there are none by -pid: pid
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the grader's business
    while True:
        ready, _, _ = select.select([control.fileno(), *(key for key in running if key > 0)], [], [])
        for key in ready:
            if key in running:
                _bury(running.pop(key))
                os.close(key)
        if control.fileno() not in ready:
            continue
        message, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            break
        pid = os.fork()
        if pid == 0:
            for key in [control.detach(), *(key for key in running if key > 0)]:
                os.close(key)
            _live(socket.socket(fileno=handles[0]), main)
        os.close(handles[0])
        handle = _handle(pid)
        running[-pid if handle is None else handle] = pid
        socket.send_fds(control, [pid.to_bytes(8, "big")], [] if handle is None else [handle])
        for key in [key for key, pid in running.items() if key < 0 and _has_ended(pid)]:
            _bury(running.pop(key))
    for pid in running.values():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _bury(pid)


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _bury(pid: int) -> None:
    """End what a child has left behind. Until the child is waited for, its number is nobody else's."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _handle(pid: int) -> int | None:
    """A file descriptor that stands for a process (Linux)."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _live(connection: socket.socket, main: Any) -> None:
    """A child's whole life."""
    status = 1
    try:
        os.setsid()
        if kernel.machine():
            kernel.prctl(kernel.END_WITH_PARENT, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nowhere, standard)
        main(Channel(connection))
        status = 0
    finally:
        os._exit(status)


def _run(target: str, preload: Sequence[str]) -> None:
    for name in preload:
        importlib.import_module(name)
    module = importlib.import_module(target)
    if "AUTOGRADER_PREPARE" in os.environ:
        module.prepare(**json.loads(os.environ.pop("AUTOGRADER_PREPARE")))
    main = module.main
    if "AUTOGRADER_PORT" in os.environ:
        port, word = os.environ.pop("AUTOGRADER_PORT").split(":")
        connection = socket.create_connection(("127.0.0.1", int(port)))
        connection.sendall(word.encode())
        main(Channel(connection))
        return
    control = socket.socket(fileno=int(os.environ.pop("AUTOGRADER_CONTROL")))
    gc.collect()
    gc.freeze()  # what is there now is never looked at again: pages stay shared with the children
    _serve(control, main)


if __name__ == "__main__":
    # As a module under its own name, so that a Channel here is a Channel there.
    importlib.import_module("autograder.zygote")._run(sys.argv[1], sys.argv[2:])
