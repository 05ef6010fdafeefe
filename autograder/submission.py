"""What was handed in, read with care: the folder of one student for one lesson.

Nothing in it is run, and no link in it is followed. Each folder gives either a notebook, with notes and
flags, or one reason in words why there is none.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

MEGABYTE = 1_000_000
LARGEST_NOTEBOOK = 30 * MEGABYTE
LARGEST_REST = 20 * MEGABYTE
"""Bytes: of the notebook, and of all other files together."""

MOST_FILES, MOST_CELLS, DEEPEST = 1000, 5000, 200


class Unreadable(Exception):
    """There is no notebook to grade; says why, naming the file."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one lesson.

    files: all others, by their path in the folder. notes: sentences. flags: sentences for a human.
    """

    notebook: NotebookNode
    files: Mapping[str, bytes]
    notes: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """Something in the folder: its path there, what it is, and where a link leads."""

    name: str
    path: Path
    status: os.stat_result
    target: str = ""

    @property
    def is_file(self) -> bool:
        """Whether it is an ordinary file."""
        return stat.S_ISREG(self.status.st_mode)

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return next((word for test, word in _KINDS if test(self.status.st_mode)), "no ordinary file")


_KINDS = (
    (stat.S_ISREG, "a file"),
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read(folder: Path, lesson: str, ignore: Sequence[str] = ()) -> Submission:
    """Read the folder. ignore: names, with ``*``, of what does not count. Raises Unreadable."""
    entries = list(_entries(folder, ignore))
    chosen, notes = _choose(entries, lesson)
    notebook, more = parse(_content(chosen, LARGEST_NOTEBOOK), chosen.name)
    files, about = _other_files(entry for entry in entries if not entry.name.endswith(".ipynb"))
    return Submission(notebook, files, (*notes, *more, *about), tuple(_leaving(entries, folder)))


def fingerprint(folder: Path, ignore: Sequence[str] = ()) -> str:
    """The sha256 of names and contents; two folders with the same one hold the same. Raises Unreadable.

    What is too large to be read counts with its size and time, and a link with where it leads.
    """
    total = hashlib.sha256()
    for entry in sorted(_entries(folder, ignore), key=lambda entry: entry.name):
        content = b""
        if entry.is_file:
            try:
                content = _content(entry, LARGEST_NOTEBOOK)
            except Unreadable as error:
                content = f"{error} {entry.status.st_size} {entry.status.st_mtime_ns}".encode()
        name = os.fsencode(entry.name)
        for piece in (name, entry.kind.encode(), os.fsencode(entry.target), content):
            total.update(hashlib.sha256(piece).digest())
    return total.hexdigest()


def not_files(folder: Path, ignore: Sequence[str] = ()) -> list[str]:
    """The paths in the folder at which no ordinary file lies. Raises Unreadable."""
    return [entry.name for entry in _entries(folder, ignore) if not entry.is_file]


# The folder ------------------------------------------------------------------------------------------


def _entries(folder: Path, ignore: Sequence[str]) -> Iterator[Entry]:
    """All that is in the folder and its folders, without following a link. Raises Unreadable."""
    if folder.is_symlink():
        raise Unreadable(f"the folder {folder.name} is a symbolic link; it was not followed")
    count = 0
    folders = [folder]
    while folders:
        place = folders.pop()
        try:
            found = sorted(os.scandir(place), key=lambda item: item.name)
        except OSError as error:
            if place != folder:
                yield _entry(place, folder)  # noted as a folder, and left out
                continue
            raise Unreadable(f"the folder {place.name} cannot be read ({_words(error)})") from None
        for item in found:
            if any(fnmatch(item.name, pattern) for pattern in ignore):
                continue
            count += 1
            if count > MOST_FILES:
                raise Unreadable(f"the folder holds more than {MOST_FILES} files")
            entry = _entry(Path(item.path), folder)
            if stat.S_ISDIR(entry.status.st_mode) and not entry.name.endswith(".ipynb"):
                folders.append(entry.path)
            else:
                yield entry


def _entry(path: Path, folder: Path) -> Entry:
    status = path.lstat()
    target = os.readlink(path) if stat.S_ISLNK(status.st_mode) else ""
    return Entry(path.relative_to(folder).as_posix(), path, status, target)


def _choose(entries: Sequence[Entry], lesson: str) -> tuple[Entry, list[str]]:
    """The lesson's notebook: the one of that name, else the only one. Raises Unreadable."""
    wanted = f"{lesson}.ipynb"
    notebooks = [entry for entry in entries if entry.name.endswith(".ipynb") and "/" not in entry.name]
    chosen = next((entry for entry in notebooks if entry.name == wanted), None)
    if chosen is None and not notebooks:
        raise Unreadable(f"there is no {wanted}: the folder {_held(entries)}")
    if chosen is None and len(notebooks) > 1:
        names = ", ".join(entry.name for entry in notebooks[:5])
        raise Unreadable(
            f"there is no {wanted}; which of {names} is meant cannot be told. Name that one {wanted}, or "
            "delete the others"
        )
    chosen = chosen or notebooks[0]
    if not chosen.is_file:
        raise Unreadable(f"{chosen.name} is {chosen.kind}, not a file")
    renamed = f"The notebook was handed in as {chosen.name}; it counts as {wanted}."
    return chosen, [] if chosen.name == wanted else [renamed]


def _held(entries: Sequence[Entry]) -> str:
    """What the folder is found to be that has no notebook in it, and what to do about that."""
    if not entries:
        return "is empty"
    deeper = next((entry.name for entry in entries if entry.name.endswith(".ipynb")), "")
    if deeper:
        return f"holds {deeper}, which is a folder too deep. Move it up"
    packed = next((entry.name for entry in entries if entry.name.lower().endswith(_PACKED)), "")
    if packed:
        return f"holds {packed}, which is not unpacked. Unpack it there"
    names = [entry.name for entry in entries[:5]] + ["…"] * (len(entries) > 5)
    return f"holds {', '.join(names)}, no notebook"


_PACKED = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar")


def _content(entry: Entry, most: int) -> bytes:
    """What is in a file. Raises Unreadable, also where it has become something else since it was found."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(entry.path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable(f"{entry.name} is not a file")
            content = file.read(most + 1) if status.st_size <= most else b""
    except OSError as error:
        raise Unreadable(f"{entry.name} cannot be read ({_words(error)})") from None
    if max(len(content), status.st_size) > most:
        size = status.st_size / MEGABYTE
        raise Unreadable(
            f"{entry.name} is {size:.0f} MB large; up to {most // MEGABYTE} MB are read. Without its outputs "
            "it is small: have it handed in again after Kernel, Restart and Clear Outputs"
        )
    return content


def _other_files(entries: Iterable[Entry]) -> tuple[dict[str, bytes], list[str]]:
    """The ordinary files, as long as they are not too much together, and what is to be said of the others."""
    files: dict[str, bytes] = {}
    notes: list[str] = []
    left = LARGEST_REST
    for entry in entries:
        if not entry.is_file:
            notes.append(f"{entry.name} is {entry.kind}; it was left out.")
            continue
        try:
            files[entry.name] = _content(entry, left)
        except Unreadable:
            why = "too large" if entry.status.st_size > left else "not readable"
            notes.append(f"{entry.name} is {why}; it was left out.")
        else:
            left -= len(files[entry.name])
    return files, notes


def _leaving(entries: Iterable[Entry], folder: Path) -> Iterator[str]:
    """A sentence for each link that leads out of the folder."""
    home = os.path.realpath(folder)
    for entry in entries:
        if entry.target:
            end = os.path.realpath(entry.path)
            if os.path.commonpath([home, end]) != home:
                yield f"{entry.name} is a symbolic link out of the submission, to {entry.target}."


def _words(error: OSError) -> str:
    return "no permission" if error.errno == errno.EACCES else os.strerror(error.errno or 0).lower()


# The notebook ----------------------------------------------------------------------------------------


def parse(content: bytes, name: str) -> tuple[NotebookNode, list[str]]:
    """The notebook in a file's content, in Jupyter's format 4, and notes. Raises Unreadable."""
    notes = []
    if content.startswith(b"\xef\xbb\xbf"):
        content = content.removeprefix(b"\xef\xbb\xbf")
        notes.append(f"{name} began with a byte order mark; it was ignored.")
    if not content.strip():
        raise Unreadable(f"{name} is empty")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{name} is not a notebook: it is not UTF-8 text (byte {error.start})") from None
    data = _as_json(text, name)
    version = data.get("nbformat")
    if version == 4:
        notebook = _as_notebook(data, name)
    else:
        notebook = _upgraded(text, version, name)
        notes.append(f"{name} was in Jupyter's old format {version}; it was converted to format 4.")
    if not notebook.cells:
        raise Unreadable(f"{name} has no cells")
    if len(notebook.cells) > MOST_CELLS:
        raise Unreadable(f"{name} has {len(notebook.cells)} cells; up to {MOST_CELLS} are read")
    return notebook, notes


def _as_json(text: str, name: str) -> dict[str, Any]:
    too_deep = Unreadable(f"{name} is not a notebook: it is nested too deeply")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        cut = error.msg.startswith("Unterminated string") or not text[error.pos :].strip()
        if not cut or not text.lstrip().startswith("{"):
            raise Unreadable(
                f"{name} is not a notebook: its text is not JSON (line {error.lineno}: {error.msg})"
            ) from None
        raise Unreadable(
            f"{name} ends in the middle (line {error.lineno}): it was not saved or not sent completely"
        ) from None
    except RecursionError:
        raise too_deep from None
    except ValueError as error:  # a number of thousands of digits
        raise Unreadable(f"{name} is not a notebook: its text is not JSON ({error})") from None
    if not isinstance(data, dict):
        raise Unreadable(f"{name} is not a notebook: its JSON is no object")
    if _is_deeper(data, DEEPEST):
        raise too_deep
    return data


def _is_deeper(data: Any, most: int) -> bool:
    """Whether lists and objects are inside each other more than so many times."""
    level = [data]
    for _ in range(most):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    return bool(level)


def _as_notebook(data: dict[str, Any], name: str) -> NotebookNode:
    """Data that says it is format 4. Raises Unreadable where its structure is another."""
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"{name} has no cells")
    for place, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or not isinstance(cell.get("source", ""), (str, list)):
            raise Unreadable(f"{name} is not a notebook that can be read: its cell {place} is damaged")
        if "outputs" in cell:
            cell["outputs"] = []  # grading makes them anew, and they may be anything
        if not isinstance(cell.get("metadata"), dict):
            cell["metadata"] = {}
    if not isinstance(data.get("metadata"), dict):
        data["metadata"] = {}
    try:
        return nbformat.v4.nbjson.JSONReader().to_notebook(data)
    except Exception as error:  # whatever a wrong structure leads to
        raise Unreadable(
            f"{name} is not a notebook that can be read ({type(error).__name__}: {error})"
        ) from None


def _upgraded(text: str, version: Any, name: str) -> NotebookNode:
    """A notebook of another format. Raises Unreadable."""
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise Unreadable(f"{name} is not a notebook: it does not say which nbformat it is in")
    if version > 4:
        raise Unreadable(
            f"{name} is in Jupyter's format {version}, which is newer than this grader (4). Have it saved in "
            "format 4, or update nbformat"
        )
    try:
        notebook = nbformat.reads(text, as_version=4)
    except Exception as error:  # whatever a wrong structure leads to
        raise Unreadable(f"{name}, in the old format {version}, cannot be read ({error})") from None
    for cell in notebook.cells:
        if "outputs" in cell:
            cell.outputs = []
    return notebook
