"""A warm process that makes children of itself: imported once, forked for every notebook.

zygote = Zygote("autograder.child", preload=["numpy"])
with zygote.child() as child:      # runs ``autograder.child.main(channel)``
    child.send({"cells": [...]})
    answer = child.receive(seconds=5)

The zygote is a program of its own, so that a child has nothing of the grader in its memory: not the
reference, not another learner's work, not the gradebook. What a child answers is JSON of limited size, and
nothing in it is trusted. Several graders can share a zygote (``meet_in``). Where a process cannot fork
(Windows), every child is a fresh process: slower, with the same answers.
"""

from __future__ import annotations

import gc
import hashlib
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
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

    def kill(self) -> None:
        """End it now."""
        self._process.signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.end()
        self.channel.close()


_meeting_place: Path | None = None
_left_to_others: list[subprocess.Popen[bytes]] = []


def meet_in(folder: Path | None) -> None:
    """From here on, share zygotes with all processes that meet in the same folder; None: with nobody.

    A zygote then ends when the last of them is gone. The folder should be private, and its path short.
    """
    global _meeting_place
    _meeting_place = folder if CAN_FORK else None


def end_those_left() -> None:
    """End the zygotes that this process has started and left to others, once there are no others any more."""
    while _left_to_others:
        process = _left_to_others.pop()
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold a lock on a file."""
    import fcntl  # where a process can fork, it is there

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
        self._is_shared = False

    def start(self) -> None:
        """Have it begin to warm up, before the first child is asked for."""
        if CAN_FORK and (self._control is None or self._owner != os.getpid()):
            self._start()  # after a fork, everybody has a connection of their own

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
        """End all our children, and the zygote, if nobody else has children of it.

        Returns the end of what it said on stderr, where it has ended.
        """
        process, control = self._process, self._control
        self._process = self._control = None
        if control is not None:
            control.close()
        if process is None or self._owner != os.getpid():
            return ""
        try:
            process.wait(1 if self._is_shared else 5)
        except subprocess.TimeoutExpired:
            if self._is_shared:
                _left_to_others.append(process)
                return ""
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
        self.start()
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
        self._owner, self._is_shared = os.getpid(), _meeting_place is not None
        if _meeting_place is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = self._popen("AUTOGRADER_CONTROL", theirs)
        else:
            self._control = self._met(_meeting_place)

    def _met(self, place: Path) -> socket.socket:
        """A connection to the zygote of this kind that there is in a folder, or to a new one."""
        kind = hashlib.sha256(repr((self._command, self._prepare)).encode()).hexdigest()[:16]
        address = place / kind
        with _only_one(place / f"{kind}.lock"):
            control = socket.socket(socket.AF_UNIX)
            try:
                control.connect(str(address))
            except OSError:  # nobody is there, or nobody any more
                address.unlink(missing_ok=True)
                with socket.socket(socket.AF_UNIX) as listening:
                    listening.bind(str(address))
                    listening.listen(64)
                    self._process = self._popen("AUTOGRADER_LISTENING", listening)
                    control.connect(str(address))
        return control

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

    def _popen(self, name: str, connection: socket.socket) -> subprocess.Popen[bytes]:
        stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed in `close`)
        process = subprocess.Popen(
            self._command,
            env={**_environment(), **self._prepare, name: str(connection.fileno())},
            pass_fds=[connection.fileno()],
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


class _Server:
    """Forks a child for every request, and ends when nobody is there to ask, with all children."""

    def __init__(self, main: Any, listening: socket.socket | None, graders: Sequence[socket.socket]) -> None:
        self._main, self._listening = main, listening
        self._graders = {grader.fileno(): grader for grader in graders}
        self._running: dict[int, tuple[int, int]] = {}
        """By handle, or where there are none by -pid: pid, and whose it is."""

    def serve(self) -> None:
        """Answer until the last grader has gone."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the grader's business
        if self._listening is not None:
            self._welcome(self._listening)
        while self._graders:
            listening = [] if self._listening is None else [self._listening.fileno()]
            handles = [key for key in self._running if key > 0]
            ready, _, _ = select.select([*self._graders, *listening, *handles], [], [])
            for handle in set(ready) & set(handles):
                self._bury(handle)
                os.close(handle)
            for grader in [self._graders[one] for one in ready if one in self._graders]:
                self._answer(grader)
            if self._listening is not None and self._listening.fileno() in ready:
                self._welcome(self._listening)
            for key in [key for key, (pid, _) in self._running.items() if key < 0 and _has_ended(pid)]:
                self._bury(key)

    def _welcome(self, listening: socket.socket) -> None:
        grader, _ = listening.accept()
        self._graders[grader.fileno()] = grader

    def _answer(self, grader: socket.socket) -> None:
        """Fork a child for a grader; where it has gone, end its children."""
        try:
            message, received, _, _ = socket.recv_fds(grader, 1, 1)
        except OSError:
            message, received = b"", []
        if not message:
            del self._graders[grader.fileno()]
            for key in [key for key, (_, whose) in self._running.items() if whose == grader.fileno()]:
                with suppress(ProcessLookupError):
                    os.kill(self._running[key][0], signal.SIGKILL)
                self._bury(key)
                if key > 0:
                    os.close(key)
            grader.close()
            return
        pid = os.fork()
        if pid == 0:
            self._leave_alone()
            _live(socket.socket(fileno=received[0]), self._main)
        os.close(received[0])
        handle = _handle(pid)
        self._running[-pid if handle is None else handle] = (pid, grader.fileno())
        with suppress(OSError):  # who has gone in between is noticed next
            socket.send_fds(grader, [pid.to_bytes(8, "big")], [] if handle is None else [handle])

    def _leave_alone(self) -> None:
        """In a child: close what is the zygote's."""
        mine = [*self._graders.values(), *([] if self._listening is None else [self._listening])]
        for handle in [*(one.detach() for one in mine), *(key for key in self._running if key > 0)]:
            os.close(handle)

    def _bury(self, key: int) -> None:
        """End what a child has left behind. Until the child is waited for, its number is nobody else's."""
        pid, _ = self._running.pop(key)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


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
    listening, control = (
        socket.socket(fileno=int(os.environ.pop(name))) if name in os.environ else None
        for name in ("AUTOGRADER_LISTENING", "AUTOGRADER_CONTROL")
    )
    gc.collect()
    gc.freeze()  # what is there now is never looked at again: pages stay shared with the children
    _Server(main, listening, [] if control is None else [control]).serve()


if __name__ == "__main__":
    # As a module under its own name, so that a Channel here is a Channel there.
    importlib.import_module("autograder.zygote")._run(sys.argv[1], sys.argv[2:])
