"""A private folder: what is copied into it, and that it disappears."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import scratch as scratches
from autograder.scratch import bounded, remove, scratch


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


# How much it holds -----------------------------------------------------------------------------------


def ended_by(fill: Callable[[Path], object], most: int = 1 << 20) -> bool:
    """Whether who fills a folder like this is ended within two seconds."""
    ended = threading.Event()
    with scratch() as folder, bounded(folder, ended.set, most):
        fill(folder)
        return ended.wait(2)


def test_many_files_are_too_much_together() -> None:
    assert ended_by(lambda folder: [(folder / str(i)).write_bytes(bytes(200_000)) for i in range(6)])


def test_empty_files_count_too() -> None:
    assert ended_by(lambda folder: [(folder / str(i)).touch() for i in range(300)])


def test_what_is_too_deep_to_look_into_is_too_much() -> None:
    def dig(folder: Path) -> None:
        for _ in range(12):
            folder = folder / ("x" * 200)
            folder.mkdir()

    assert ended_by(dig)


def test_what_fits_may_stay() -> None:
    assert not ended_by(lambda folder: (folder / "a").write_bytes(bytes(500_000)))


def test_a_file_of_holes_takes_little() -> None:
    def sparse(folder: Path) -> None:
        with (folder / "a").open("wb") as file:
            file.truncate(1 << 30)

    assert not ended_by(sparse)
