"""Results that wait to be recorded: written completely first, then recorded, then removed.

.autograder/staging/LESSON/STUDENT/files/…     what the autograded folder will be
.autograder/staging/LESSON/STUDENT/done.json   written last: what lies here is complete
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.utils import rmtree

from autograder.grading.one import Outcome

_DONE = "done.json"


@dataclass(frozen=True)
class Staged:
    """A complete result on disk. about: what is recorded but the files."""

    folder: Path
    about: dict[str, Any]

    @property
    def student(self) -> str:
        """Whose."""
        return str(self.about["student"])

    @property
    def lesson(self) -> str:
        """Of which lesson."""
        return str(self.about["lesson"])

    @property
    def files(self) -> Path:
        """The autograded folder to be; it is not there for what could not be graded."""
        return self.folder / "files"

    @property
    def replaced(self) -> Path:
        """Where the autograded folder goes that was there before."""
        return self.folder / "replaced"

    def remove(self) -> None:
        """Forget it: from the first moment on it is no longer complete."""
        with suppress(FileNotFoundError):
            os.unlink(self.folder / _DONE)
        rmtree(str(self.folder))
        with suppress(OSError):  # another student's result is in there
            self.folder.parent.rmdir()


def stage(outcome: Outcome, staging: Path, permissions: int) -> Staged:
    """Write a result below `staging`. permissions: of its files. Raises OSError, and then leaves nothing."""
    folder = staging / outcome.lesson / outcome.student
    if folder.exists():
        rmtree(str(folder))
    folder.mkdir(parents=True)
    about = {
        "student": outcome.student,
        "lesson": outcome.lesson,
        "submission": outcome.submission,
        "reason": outcome.reason,
    }
    staged = Staged(folder, about)
    try:
        if not outcome.reason:
            files = {**outcome.files, f"{outcome.lesson}.ipynb": outcome.notebook.encode("utf-8")}
            for name, content in files.items():
                _write(staged.files / name, content)
                (staged.files / name).chmod(permissions)
        _write(folder / "writing", json.dumps(about).encode("utf-8"))
        _sync(folder)
        os.replace(folder / "writing", folder / _DONE)
        _sync(folder)
    except BaseException:
        with suppress(OSError):
            rmtree(str(folder))
        raise
    return staged


def waiting(staging: Path) -> Iterator[Staged]:
    """The complete results that wait there; incomplete ones are removed."""
    for folder in sorted(staging.glob("*/*")):
        try:
            about = json.loads((folder / _DONE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            shutil.rmtree(folder, ignore_errors=True)
            continue
        yield Staged(folder, about)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have the folder's entries on disk, where a system can be asked for it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
