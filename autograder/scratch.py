"""A private folder for one child: it holds only so much, and disappears, whatever was put into it."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST_BYTES = 50 << 20
MOST_FILES = 1000

MOST_WRITTEN = 256 << 20
"""Bytes that a child may write into its folder. One file has a limit of its own; there can be many."""

_LOOK_EVERY = 0.25
_LONGEST_PATH = 2000


@contextmanager
def scratch(files: Path | None = None, besides: str = "") -> Iterator[Path]:
    """A new folder, with copies of the files below `files`, but for the one called `besides`.

    Only regular files are copied: no links, nothing hidden, at most 50 MB and 1000 files.
    """
    folder = Path(tempfile.mkdtemp(prefix="autograder-"))
    try:
        if files is not None:
            _copy(files, folder, besides)
        yield folder
    finally:
        remove(folder)


@contextmanager
def bounded(folder: Path, end: Callable[[], None], most: int = MOST_WRITTEN) -> Iterator[None]:
    """Call `end` once the folder holds more than `most` bytes, or is deeper than can be looked into."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK_EVERY):
            if _is_over(folder, most):
                end()
                return

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()


def _is_over(folder: Path, most: int) -> bool:
    held = 0
    waiting = [str(folder)]
    while waiting:
        place = waiting.pop()
        for entry in _entries(place):
            with suppress(OSError):
                about = entry.stat(follow_symlinks=False)
                held += _BLOCK + min(about.st_size, getattr(about, "st_blocks", 1 << 40) * 512)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
            if held > most or len(entry.path) > _LONGEST_PATH:
                return True
    return False


_BLOCK = 4096  # what an entry costs, even an empty one


def remove(folder: Path) -> None:
    """Remove a folder that somebody has filled on purpose: deeper than any path, or closed to us.

    Folders inside are moved up before they are looked into, so that no path becomes long.
    """
    number = 0
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        with suppress(OSError):
            os.chmod(place, 0o700)
        for entry in _entries(place):
            if not entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    os.unlink(entry.path)
                continue
            number += 1
            moved = folder / f".{number}-{os.urandom(4).hex()}"
            with suppress(OSError):
                os.chmod(entry.path, 0o700)  # a folder that cannot be written cannot be moved
                os.rename(entry.path, moved)
                waiting.append(moved)
        if place != folder:
            with suppress(OSError):
                os.rmdir(place)
    shutil.rmtree(folder, ignore_errors=True)


def _copy(source: Path, target: Path, besides: str) -> None:
    bytes_left, files_left = MOST_BYTES, MOST_FILES
    waiting = [(source, target)]
    while waiting:
        here, there = waiting.pop()
        for entry in sorted(_entries(here), key=lambda entry: entry.name):
            about = entry.stat(follow_symlinks=False)
            if entry.name.startswith(".") or (here == source and entry.name == besides):
                continue
            if stat.S_ISDIR(about.st_mode) and files_left > 0:
                (there / entry.name).mkdir()
                waiting.append((Path(entry.path), there / entry.name))
                files_left -= 1
            elif stat.S_ISREG(about.st_mode) and files_left > 0 and about.st_size <= bytes_left:
                shutil.copyfile(entry.path, there / entry.name, follow_symlinks=False)
                bytes_left -= about.st_size
                files_left -= 1


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
