"""The folder: ours is renewed, others' are left alone, nothing is half done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.export import folder as target
from autograder.export.folder import MARKER, Refused, checked, write

FILES = {"__init__.py": "x = 1\n", "ops/__init__.py": ""}


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_writing_twice_gives_the_same_bytes_and_leaves_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "lib", {**FILES, "old.py": ""})
    write(tmp_path / "lib", FILES)
    first = content(tmp_path / "lib")
    assert set(first) == {*FILES, MARKER}
    (tmp_path / "lib" / "__pycache__").mkdir()
    (tmp_path / "lib" / "__pycache__" / "x.pyc").write_bytes(b"cache")
    write(tmp_path / "lib", FILES)
    assert content(tmp_path / "lib") == first
    assert [path.name for path in tmp_path.iterdir()] == ["lib"]


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_of_somebody_else_is_left_alone(force: bool, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    for marker in (None, "not JSON", "[]"):
        if marker:
            (tmp_path / "lib" / MARKER).write_text(marker)
        before = content(tmp_path / "lib")
        with pytest.raises(Refused, match="was not made by `autograder export`"):
            write(tmp_path / "lib", FILES, force)
        assert content(tmp_path / "lib") == before


@pytest.mark.parametrize("force", [False, True])
def test_neither_files_nor_links_are_replaced(force: bool, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(Refused, match="was not made"):
        write(tmp_path / "file", FILES, force)
    write(tmp_path / "real", FILES)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "nowhere").symlink_to(tmp_path / "absent")
    for name in ("link", "nowhere"):
        with pytest.raises(Refused, match="symbolic link"):
            write(tmp_path / name, FILES, force)


def test_changes_by_hand_are_lost_only_on_demand(tmp_path: Path) -> None:
    write(tmp_path / "lib", FILES)
    (tmp_path / "lib" / "__init__.py").write_text("x = 2\n")
    (tmp_path / "lib" / "notes.txt").write_text("mine")
    with pytest.raises(Refused, match=r"changed __init__.py, notes.txt since it was made.*--force"):
        write(tmp_path / "lib", FILES)
    write(tmp_path / "lib", FILES, force=True)
    assert set(content(tmp_path / "lib")) == {*FILES, MARKER}


def test_a_failure_in_the_middle_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "lib", FILES)
    before, rename = content(tmp_path / "lib"), os.rename

    def fails_once(source: Path, to: Path) -> None:
        if Path(source).name == "new":
            raise OSError("the disk is full")
        rename(source, to)

    monkeypatch.setattr(target.os, "rename", fails_once)
    with pytest.raises(OSError, match="full"):
        write(tmp_path / "lib", {"__init__.py": "x = 3\n"})
    assert content(tmp_path / "lib") == before
    assert [path.name for path in tmp_path.iterdir()] == ["lib"]


@pytest.mark.parametrize("name", ["my-lib", "3d", "class", "json", "babygrad", "numpy", ""])
def test_names_that_cannot_be_imported_or_are_taken(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot be imported|is taken|there is no folder"):
        checked(tmp_path / name / "" if name else Path("/"))


def test_the_folder_above_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Make it first"):
        checked(tmp_path / "absent" / "lib")
