"""What the processes of a pool do in tests; little is to be imported for it."""

from __future__ import annotations

import os
import time


def nothing() -> None:
    """Prepare nothing."""


def pid_after(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def leave() -> None:
    os._exit(3)


class Odd(Exception):
    """An error that cannot be sent."""

    def __init__(self) -> None:
        super().__init__("odd")
        self.function = lambda: None


def fail(kind: type[Exception]) -> None:
    raise kind() if kind is Odd else kind("so it is")
