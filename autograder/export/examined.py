"""The package in a process of its own: it is imported there, and probes look at it.

``main`` runs in a child that ``autograder.zygote`` has forked, and shuts itself in before it imports a line
of the learner's. The probes are those of the lessons. Where they say ``babygrad`` they get the package, so
that all of it is looked at together, and nothing of babygrad is there.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.child import Library, Work, confined


def main(channel: Any) -> None:
    """Do what the one request says that comes by the channel."""
    request = channel.receive()
    for name in [name for name in sys.modules if name.split(".")[0] in ("babygrad", "autograder")]:
        del sys.modules[name]
    sys.meta_path.insert(0, Library(request["library"]))
    confined(Path(request["work"]))
    channel.send({"ready": True})
    try:
        work = Work(request)
    except (Exception, SystemExit) as error:
        channel.send({"broken": _in_words(error), "frames": list(_frames(error, request))})
        return
    for answer in work.answers():
        channel.send(answer)
    channel.send({"running": "done"})


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}"


def _frames(error: BaseException, request: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The lines of the package's files that the error came through, as file and line number."""
    folder = (Path(request["work"]) / request["package"]).resolve()
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename).resolve()
        if path.is_relative_to(folder):
            yield [path.relative_to(folder).as_posix(), frame.lineno]
