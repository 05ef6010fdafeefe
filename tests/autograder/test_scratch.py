"""A private folder: what is copied into it, and that it disappears."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder import scratch as scratches
from autograder.scratch import remove, scratch


def test_regular_files_are_copied_and_nothing_else(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    given = tmp_path / "given"
    (given / "sub" / "deeper").mkdir(parents=True)
    (given / "sub" / "deeper" / "a.txt").write_text("a")
    (given / "lesson.ipynb").write_text("{}")
    (given / "other.ipynb").write_text("{}")
    (given / ".hidden").write_text("x")
    (given / "link").symlink_to(outside)
    (given / "file").symlink_to(outside / "secret")
    with scratch(given, "lesson.ipynb") as folder:
        copied = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        assert copied == ["other.ipynb", os.path.join("sub", "deeper", "a.txt")]
    assert not folder.exists()
    assert (outside / "secret").exists()


def test_what_is_too_much_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratches, "MOST_BYTES", 10)
    monkeypatch.setattr(scratches, "MOST_FILES", 3)
    for name, size in {"a": 4, "b": 40, "c": 4, "d": 4, "e": 0, "f": 0}.items():
        (tmp_path / name).write_bytes(b"x" * size)
    with scratch(tmp_path) as folder:
        assert sorted(path.name for path in folder.iterdir()) == ["a", "c", "e"]


@pytest.mark.skipif(os.name != "posix", reason="paths of this depth need working folders")
def test_a_folder_deeper_than_any_path_is_removed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("kept")
    folder = tmp_path / "folder"
    folder.mkdir()
    before = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(600):
            os.mkdir("0123456789")
            os.chdir("0123456789")
        Path("file").write_text("x")
    finally:
        os.chdir(before)
    (folder / "closed").mkdir(0)
    (folder / "link").symlink_to(tmp_path)
    remove(folder)
    assert os.listdir(tmp_path) == ["kept"]
