"""The processes that grade, before the first submission."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from autograder import zygote

PRELOAD = (
    "autograder.grading.late_grammar",
    "autograder.grading.one",
    "autograder.grading.sandboxed",
    "autograder.restore",
    "autograder.verdict",
    "autograder.execute",
    "autograder.cli",
)
"""What every process needs, imported once; the first of them makes the others quicker."""


def prepared_for(root: Path, meeting_place: Path | None) -> Callable[[], None]:
    """What a process that grades in the course `root` does first.

    meeting_place: a folder in which the processes find the warm ones that they share; None: each has its own.
    """
    return partial(_prepare, root, meeting_place)


def _prepare(root: Path, meeting_place: Path | None) -> None:
    """What nbgrader and kernels say goes to a file, and they are told that this is grading."""
    zygote.meet_in(meeting_place)
    os.chdir(root)
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    log = os.open(root / ".autograder" / "grading.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for standard in (1, 2):
        os.dup2(log, standard)
    os.close(log)
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
