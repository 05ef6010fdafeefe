"""A learner's files beside a notebook: copied as plain files, without links, and not without end."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

LARGEST = 50 << 20
"""Bytes that all files together may have; what comes after is left out."""

_MOST = 1000


def copy_files(source: Path, target: Path) -> None:
    """Copy the regular files of a folder, and of folders in it; links are neither copied nor followed."""
    room, count = LARGEST, 0
    for folder, _, names in os.walk(source, followlinks=False):
        for name in sorted(names):
            file = Path(folder, name)
            about = file.lstat()
            if not stat.S_ISREG(about.st_mode):
                continue
            room, count = room - about.st_size, count + 1
            if room < 0 or count > _MOST:
                return
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place, follow_symlinks=False)
