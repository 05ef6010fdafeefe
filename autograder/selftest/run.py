"""All trials, several at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import as_completed
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from autograder import zygote
from autograder.grading.pool import Workers

One = TypeVar("One")
Result = TypeVar("Result")


def in_parallel(
    function: Callable[[One], Result], items: Iterable[One], jobs: int | None = None
) -> Iterator[tuple[One, Result]]:
    """What `function` makes of each item, as it comes. Raises what it raises.

    jobs: how many at a time; as many as there are processors if None.
    """
    with tempfile.TemporaryDirectory(prefix="selftest-", ignore_cleanup_errors=True) as place:
        pool = Workers(jobs or os.cpu_count() or 1, partial(zygote.meet_in, Path(place)), _PRELOAD)
        try:
            futures: dict[Any, One] = {pool.submit(function, item): item for item in items}
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


_PRELOAD = ("autograder.selftest.trial",)
