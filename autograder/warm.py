"""The two warm processes of grading: a shell for a notebook's cells, and what the verdict comes from.

Nothing slow is imported here, so that a run can start them before all else (``warm``).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder import zygote
from autograder.zygote import Zygote


def warm_shell(lesson: str, solution: Path) -> Zygote:
    """The process that forks shells (``autograder.shell``).

    lesson: whose checks are warmed up. solution: its notebook, whose figures are drawn before; it may be
    absent.
    """
    known = str(solution) if lesson and solution.is_file() else ""
    return Zygote("autograder.shell", prepare={"lesson": lesson, "solution": known})


def warm_child() -> Zygote:
    """The process that forks the children of the verdict (``autograder.child``)."""
    return Zygote("autograder.child", preload=["numpy"])


@contextmanager
def warm(root: Path, lesson: str) -> Iterator[Path]:
    """Start both for a lesson of the course in `root`; yields the folder where others find and share them.

    They are started for where nbgrader's source folder usually is; for another place, others start later.
    """
    solution = root / "solutions" / lesson / f"{lesson}.ipynb"
    started = [warm_shell(lesson, solution.absolute()), warm_child()]
    with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as folder:
        zygote.meet_in(Path(folder))
        try:
            for one in started:
                one.start()
            yield Path(folder)
        finally:
            for one in started:
                one.close()
            zygote.end_those_left()
            zygote.meet_in(None)
