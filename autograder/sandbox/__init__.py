"""What the learner's process takes away from itself before it runs a line of theirs.

Four layers, each of which holds without the others: limits on what it may use up, no capabilities, files and
network by Landlock, system calls by seccomp. They need no privilege and no helper program, and take a few
milliseconds. A layer that a system lacks is missing from what ``enter`` returns; only Linux has all.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from autograder.sandbox import capabilities, landlock, limits, seccomp
from autograder.sandbox.limits import Limits

__all__ = ["LAYERS", "Limits", "enter"]

LAYERS = ("limits", "capabilities", "landlock", "seccomp")


def enter(
    scratch: Path, readable: Iterable[Path], allowed: Limits | None = None, listed: Iterable[Path] = ()
) -> tuple[str, ...]:
    """Take everything away, for good, but what is named here; returns the names of the layers in force.

    scratch: the only folder that can be written. readable: the files and folders that can be read; listed:
    those in which names can be seen, and nothing read that is not `readable`.
    """
    attempts = {
        "limits": lambda: limits.apply(allowed or Limits()),
        "capabilities": capabilities.drop,
        "landlock": lambda: landlock.apply(readable, [scratch], listed),
        "seccomp": seccomp.apply,
    }
    return tuple(name for name in LAYERS if attempts[name]())
