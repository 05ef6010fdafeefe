"""One grader at a time in a course: a lock that its owner's end releases, however it ends."""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from autograder.grading.settings import GradingError


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock at `path`. Raises GradingError, which says who has it since when."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o664)
    try:
        if not _lock(handle):
            raise GradingError(
                f"this course is being graded already{_holder(path)}. Wait for it to end, or stop it: only "
                "one grader at a time can write grades."
            )
        about = {"who": _who(), "process": os.getpid(), "since": datetime.now().isoformat(" ", "seconds")}
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps(about).encode())
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _holder(path: Path) -> str:
    with suppress(OSError, ValueError, KeyError):
        about = json.loads(path.read_text(encoding="utf-8"))
        return f" by {about['who']}, process {about['process']}, since {about['since']}"
    return ""


def _who() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "somebody"
    return f"{user} on {socket.gethostname()}"


def _lock(handle: int) -> bool:
    """Whether the lock is ours now."""
    try:
        import fcntl
    except ImportError:
        return _lock_on_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _lock_on_windows(handle: int) -> bool:
    import msvcrt

    os.lseek(handle, 1 << 30, os.SEEK_SET)  # a byte far behind the text, which others may read
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    finally:
        os.lseek(handle, 0, os.SEEK_SET)
    return True
