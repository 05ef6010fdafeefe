"""What was handed in gives a notebook, or one reason in words; no link is followed, nothing hangs."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest

from autograder import submission
from autograder.submission import Unreadable, fingerprint, not_files, read

from .lessons import ROOT

LESSON = "01_tensor"
NAME = f"{LESSON}.ipynb"
RELEASED = (ROOT / "notebooks" / LESSON / NAME).read_bytes()

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and rights as POSIX has them")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder; beside it lies a file that is nobody's business."""
    (tmp_path / "secret.txt").write_text("the solutions", encoding="utf-8")
    made = tmp_path / "handed in"
    made.mkdir()
    return made


def reason(folder: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read(folder, LESSON)
    return str(caught.value)


def test_a_released_notebook_is_read_as_nbformat_reads_it(folder: Path) -> None:
    (folder / NAME).write_bytes(RELEASED)
    got = read(folder, LESSON)
    assert got.notebook == nbformat.reads(RELEASED.decode(), as_version=4)
    assert (got.files, got.notes, got.flags) == ({}, (), ())


# Text ------------------------------------------------------------------------------------------------


def with_cells(*cells: object, **more: object) -> bytes:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, **more}).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", f"{NAME} is empty"),
        (b" \n ", f"{NAME} is empty"),
        (b"Dear all, 12.", f"{NAME} is not a notebook: its text is not JSON (line 1: Expecting value)"),
        (RELEASED[:-3], "ends in the middle (line"),
        (RELEASED[: len(RELEASED) // 2], "it was not saved or not sent completely"),
        (b"\x93\x00\xff", f"{NAME} is not a notebook: it is not UTF-8 text (byte 0)"),
        (RELEASED.decode().encode("utf-16"), "it is not UTF-8 text"),
        (b'{"a":' * 100_000, "it is nested too deeply"),
        (b"[" * 300 + b"]" * 300, "its JSON is no object"),
        (b'{"nbformat":4,"cells":' + b"[" * 300 + b"]" * 300 + b"}", "it is nested too deeply"),
        (b"[]", "its JSON is no object"),
        (b"{}", "it does not say which nbformat it is in"),
        (b'{"nbformat": "4"}', "it does not say which nbformat it is in"),
        (b'{"nbformat": true}', "it does not say which nbformat it is in"),
        (b'{"nbformat": 4}', f"{NAME} has no cells"),
        (b'{"nbformat": 4, "cells": {}}', f"{NAME} has no cells"),
        (with_cells(), f"{NAME} has no cells"),
        (with_cells(nbformat=5), "is in Jupyter's format 5, which is newer than this grader (4)"),
        (with_cells(3), "its cell 1 is damaged"),
        (with_cells({"source": {}}), "its cell 1 is damaged"),
        (with_cells({"source": [3], "cell_type": "code"}), "not a notebook that can be read (TypeError"),
        (with_cells(*[{"source": ""}] * 5001), "has 5001 cells; up to 5000 are read"),
        (b'{"nbformat": 2}', "in the old format 2, cannot be read"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "its text is not JSON"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(folder: Path, content: bytes, words: str) -> None:
    (folder / NAME).write_bytes(content)
    said = reason(folder)
    assert words in said
    assert said.startswith(NAME)
    assert len(said) < 300


def test_a_byte_order_mark_is_no_obstacle(folder: Path) -> None:
    (folder / NAME).write_bytes(b"\xef\xbb\xbf" + RELEASED)
    got = read(folder, LESSON)
    assert len(got.notebook.cells) == 29
    assert got.notes == (f"{NAME} began with a byte order mark; it was ignored.",)


def test_an_old_format_is_converted(folder: Path) -> None:
    current = nbformat.reads(RELEASED.decode(), as_version=4)
    for cell in current.cells:
        cell.metadata.pop("nbgrader", None)
    (folder / NAME).write_text(nbformat.writes(deepcopy(current), version=3), encoding="utf-8")
    got = read(folder, LESSON)
    assert [cell.source for cell in got.notebook.cells] == [cell.source for cell in current.cells]
    assert got.notes == (f"{NAME} was in Jupyter's old format 3; it was converted to format 4.",)


def test_outputs_are_not_even_looked_at(folder: Path) -> None:
    cell = {"cell_type": "code", "source": ["a\n", "b"], "outputs": "what", "metadata": {}}
    (folder / NAME).write_bytes(with_cells(cell))
    (read_cell,) = read(folder, LESSON).notebook.cells
    assert (read_cell.source, read_cell.outputs) == ("a\nb", [])


def test_a_huge_notebook_is_refused_unread(folder: Path) -> None:
    with (folder / NAME).open("wb") as file:
        file.truncate(100_000_000)
    assert reason(folder).startswith(f"{NAME} is 100 MB large; up to 30 MB are read.")
    before = fingerprint(folder)
    os.utime(folder / NAME, (1, 1))
    assert fingerprint(folder) != before


# Names -----------------------------------------------------------------------------------------------


def test_the_only_notebook_is_the_lessons_whatever_its_name(folder: Path) -> None:
    (folder / "final (2).ipynb").write_bytes(RELEASED)
    assert read(folder, LESSON).notes == (
        f"The notebook was handed in as final (2).ipynb; it counts as {NAME}.",
    )
    (folder / NAME).write_bytes(RELEASED)
    assert read(folder, LESSON).notes == ()


def test_of_several_notebooks_none_is_guessed(folder: Path) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        (folder / name).write_bytes(RELEASED)
    assert reason(folder) == (
        f"there is no {NAME}; which of a.ipynb, b.ipynb is meant cannot be told. Name that one {NAME}, or "
        "delete the others"
    )


def test_without_a_notebook_it_says_what_there_is(folder: Path) -> None:
    assert reason(folder) == f"there is no {NAME}: the folder is empty"
    (folder / "answer.txt").touch()
    assert reason(folder) == f"there is no {NAME}: the folder holds answer.txt, no notebook"
    (folder / "work.zip").touch()
    packed = "holds work.zip, which is not unpacked. Unpack it there"
    assert reason(folder) == f"there is no {NAME}: the folder {packed}"
    (folder / "deep").mkdir()
    (folder / "deep" / NAME).write_bytes(RELEASED)
    deep = f"holds deep/{NAME}, which is a folder too deep. Move it up"
    assert reason(folder) == f"there is no {NAME}: the folder {deep}"


# What is no file -------------------------------------------------------------------------------------


def link(path: Path) -> None:
    path.symlink_to("../secret.txt")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listen(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path is short
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@posix
@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (link, "a symbolic link"),
        (pipe, "a named pipe"),
        (Path.mkdir, "a folder"),
        (device, "a symbolic link"),
        pytest.param(listen, "a socket", marks=pytest.mark.filterwarnings("ignore::ResourceWarning")),
    ],
)
def test_a_notebook_that_is_no_file_is_refused(folder: Path, make: Callable[[Path], None], kind: str) -> None:
    make(folder / NAME)
    assert reason(folder) == f"{NAME} is {kind}, not a file"
    assert fingerprint(folder)


@posix
def test_other_files_come_along_and_links_do_not(folder: Path) -> None:
    (folder / NAME).write_bytes(RELEASED)
    (folder / "data").mkdir()
    (folder / "data" / "x.csv").write_bytes(b"1,2")
    (folder / "again.csv").symlink_to("data/x.csv")
    (folder / "data" / "y.csv").symlink_to("../../secret.txt")
    pipe(folder / "z")
    (folder / "everything").symlink_to("/")
    got = read(folder, LESSON)
    assert got.files == {"data/x.csv": b"1,2"}
    assert set(got.notes) == {
        "again.csv is a symbolic link; it was left out.",
        "data/y.csv is a symbolic link; it was left out.",
        "z is a named pipe; it was left out.",
        "everything is a symbolic link; it was left out.",
    }
    assert set(got.flags) == {
        "data/y.csv is a symbolic link out of the submission, to ../../secret.txt.",
        "everything is a symbolic link out of the submission, to /.",
    }
    assert set(not_files(folder)) == {"again.csv", "data/y.csv", "z", "everything"}


@posix
def test_a_folder_that_is_a_link_is_refused(folder: Path) -> None:
    (folder / NAME).write_bytes(RELEASED)
    other = folder.parent / "other"
    other.symlink_to(folder)
    assert reason(other) == "the folder other is a symbolic link; it was not followed"


def test_ignored_names_and_other_notebooks_do_not_come_along(folder: Path) -> None:
    for name in (NAME, "second.ipynb", "numpy.py", "notes.txt"):
        (folder / name).write_bytes(RELEASED)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x").touch()
    got = read(folder, LESSON, ["*.py", "__pycache__"])
    assert set(got.files) == {"notes.txt"}


def test_files_are_bounded_together(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "LARGEST_REST", 25)
    (folder / NAME).write_bytes(RELEASED)
    for name in "abc":
        (folder / name).write_bytes(b"0123456789")
    got = read(folder, LESSON)
    assert set(got.files) == {"a", "b"}
    assert got.notes == ("c is too large; it was left out.",)
    monkeypatch.setattr(submission, "MOST_FILES", 3)
    assert reason(folder) == "the folder holds more than 3 files"


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_refused_in_words(folder: Path) -> None:
    (folder / NAME).write_bytes(RELEASED)
    (folder / NAME).chmod(0)
    assert reason(folder) == f"{NAME} cannot be read (no permission)"
    folder.chmod(0)
    try:
        assert reason(folder) == "the folder handed in cannot be read (no permission)"
    finally:
        folder.chmod(0o700)


def test_a_folder_inside_that_may_not_be_read_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / NAME).write_bytes(RELEASED)
    (folder / "closed").mkdir()
    own = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied")
        return own(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert read(folder, LESSON).notes == ("closed is a folder; it was left out.",)
    assert fingerprint(folder)


def test_a_folder_that_is_not_there_is_said_to_be_missing(folder: Path) -> None:
    shutil.rmtree(folder)
    assert "the folder handed in cannot be read (no such file" in reason(folder)


# The fingerprint -------------------------------------------------------------------------------------


def test_the_fingerprint_tells_names_contents_and_links_apart(folder: Path) -> None:
    seen = {fingerprint(folder)}

    def is_new() -> bool:
        count = len(seen)
        seen.add(fingerprint(folder))
        return len(seen) == count + 1

    (folder / "a").write_bytes(b"bc")
    assert is_new()
    (folder / "a").rename(folder / "ab")
    (folder / "ab").write_bytes(b"c")
    assert is_new()
    (folder / "ab").unlink()
    (folder / "d").mkdir()
    (folder / "d" / "ab").write_bytes(b"c")
    assert is_new()
    if os.name == "posix":
        (folder / "l").symlink_to("a")
        assert is_new()
        (folder / "l").unlink()
        (folder / "l").symlink_to("b")
        assert is_new()
    copy = shutil.copytree(folder, folder.parent / "copy", symlinks=True)
    assert fingerprint(copy) == fingerprint(folder)
    (copy / ".DS_Store").touch()
    assert fingerprint(copy, [".DS_Store"]) == fingerprint(folder)
