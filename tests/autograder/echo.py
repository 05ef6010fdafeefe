"""What the tests of the zygote run in its children."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

from autograder.zygote import Channel


def main(channel: Channel) -> None:
    """Answer every message as it says."""
    while True:
        message = channel.receive()
        channel.send(getattr(sys.modules[__name__], message.pop("do"))(**message))


def tell(what: Any) -> dict[str, Any]:
    """What was said."""
    return {"told": what}


def imported(name: str) -> dict[str, Any]:
    """Whether a module is in memory."""
    return {"imported": name in sys.modules}


def sleep(seconds: float) -> dict[str, Any]:
    """Be busy for a while, unless interrupted."""
    try:
        time.sleep(seconds)
    except KeyboardInterrupt:
        return {"interrupted": True}
    return {"interrupted": False}


def leave(status: int) -> None:
    """End without an answer."""
    os._exit(status)


def number() -> dict[str, Any]:
    """The number of this process."""
    return {"pid": os.getpid()}


def parent() -> dict[str, Any]:
    """The number of the process that has forked this one."""
    return {"pid": os.getppid()}


def start() -> dict[str, Any]:
    """Start a process that stays."""
    return {"pid": subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid}


def much(count: int) -> dict[str, Any]:
    """A long answer."""
    return {"much": "x" * count}
