"""What could not be graded: ``.autograder/ungraded/LESSON/STUDENT.json``, with the reason in words."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def path_of(folder: Path, lesson: str, student: str) -> Path:
    """Where it is said, below `folder`, that this submission could not be graded."""
    return folder / lesson / f"{student}.json"


def write(folder: Path, about: dict[str, Any]) -> None:
    """Say it. about: student, lesson, reason, submission."""
    path = path_of(folder, about["lesson"], about["student"])
    path.parent.mkdir(parents=True, exist_ok=True)
    writing = path.with_name(path.name + ".writing")
    when = datetime.now(UTC).isoformat(timespec="seconds")
    writing.write_text(json.dumps({**about, "when": when}, indent=1) + "\n", encoding="utf-8")
    os.replace(writing, path)


def remove(folder: Path, lesson: str, student: str) -> None:
    """It has been graded now."""
    with suppress(FileNotFoundError):
        path_of(folder, lesson, student).unlink()
