"""The folder of the package: written as a whole or not at all, and never over what somebody else has made."""

from __future__ import annotations

import hashlib
import json
import keyword
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

MARKER = ".autograder-export.json"
"""Lies in a folder that was made here, with the sha256 of each file."""


class Refused(Exception):
    """The folder is left as it is; says why, and what to do."""


def checked(folder: Path, force: bool = False) -> None:
    """See that a package may be written to `folder`. Raises Refused.

    force: changes that were made by hand in a folder of ours may be lost; others' folders stay theirs.
    """
    _check_name(folder.name)
    if not folder.parent.is_dir():
        raise Refused(f"there is no folder {folder.parent}. Make it first.")
    if folder.is_symlink():
        raise Refused(f"{folder} is a symbolic link; it stays as it is. Choose another name.")
    if not folder.exists():
        return
    known = _marked(folder)
    if known is None:
        raise Refused(
            f"{folder} was not made by `autograder export`; it stays as it is. Choose another name, such as "
            f"`autograder export {folder.name}2`, or move it away."
        )
    changed = sorted(_changed(folder, known))
    if changed and not force:
        names = ", ".join(changed[:3]) + (" and more" if len(changed) > 3 else "")
        raise Refused(
            f"in {folder} somebody has changed {names} since it was made. "
            "Changes belong into the notebooks; to lose these, delete the folder, or add --force."
        )


def write(folder: Path, files: Mapping[str, str], force: bool = False) -> None:
    """Write a package, in the place of one that was written before. Raises Refused, OSError.

    It is made beside `folder` first and then renamed, so that no half of it is ever seen.
    """
    checked(folder, force)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        new, old = work / "new", work / "old"
        new.mkdir()
        for name, text in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        sums = {name: _sum(text.encode()) for name, text in sorted(files.items())}
        (new / MARKER).write_bytes((json.dumps({"files": sums}, indent=1) + "\n").encode())
        if folder.exists():
            os.rename(folder, old)
        try:
            os.rename(new, folder)
        except OSError:
            if old.exists():
                os.rename(old, folder)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _check_name(name: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise Refused(
            f"{name!r} cannot be imported: a package's name has letters, digits and _, as in mybabygrad."
        )
    if name in sys.stdlib_module_names or name in _TAKEN:
        raise Refused(
            f"the name {name} is taken by another package. Choose one of your own, such as mybabygrad."
        )


_TAKEN = ("babygrad", "autograder", "numpy", "matplotlib", "solutions", "notebooks", "tests")


def _marked(folder: Path) -> dict[str, str] | None:
    """What the marker says: sums by file. None where there is none of ours."""
    marker = folder / MARKER
    if not folder.is_dir() or marker.is_symlink():
        return None
    try:
        known = json.loads(marker.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return known if isinstance(known, dict) else None


def _changed(folder: Path, known: Mapping[str, str]) -> Iterator[str]:
    """Files and links that are not as they were made, or were not made here; caches do not count."""
    there = set()
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if name not in _CACHES]
        for name in [*names, *(name for name in inner if (Path(place) / name).is_symlink())]:
            path = Path(place) / name
            relative = path.relative_to(folder).as_posix()
            there.add(relative)
            if relative == MARKER:
                continue
            if path.is_symlink() or known.get(relative) != _sum(path.read_bytes()):
                yield relative
    yield from set(known) - there


_CACHES = ("__pycache__", ".ipynb_checkpoints", ".mypy_cache", ".ruff_cache")


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
