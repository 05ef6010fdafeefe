"""Which layers of the sandbox there are on this machine, found out by entering it."""

from __future__ import annotations

import multiprocessing
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from autograder import sandbox


def layers_here() -> tuple[str, ...]:
    """The names of the layers, as a process of its own finds them."""
    can_fork = "forkserver" in multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("forkserver" if can_fork else "spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory(prefix="layers-", ignore_cleanup_errors=True) as folder:
        process = context.Process(target=_enter, args=(theirs, Path(folder)))
        process.start()
        theirs.close()
        layers: tuple[str, ...] = ()
        with ours, suppress(EOFError, OSError):
            if ours.poll(30):
                layers = ours.recv()
        process.kill()
        process.join()
    return layers


def _enter(connection: Connection, folder: Path) -> None:
    connection.send(sandbox.enter(folder, [folder]))
