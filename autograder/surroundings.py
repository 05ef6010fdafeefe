"""What surrounds a learner's part while it is checked: the reference, so that faults stay local.

A learner's ``add`` calls a learner's ``Add``. If ``Add`` is broken, the exercise about ``add`` should not
suffer: while the probe runs, the name ``Add`` means the reference's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import babygrad
from autograder.absent import Absent

_ABSENT = object()


def those_of_babygrad(*names: str) -> dict[str, Any]:
    """The parts of babygrad with these names, as far as they are there: when graded, some are not."""
    found = {name: vars(babygrad).get(name, _ABSENT) for name in names}
    return {name: part for name, part in found.items() if part is not _ABSENT and type(part) is not Absent}


@contextmanager
def names_mean(part: Any, **names: Any) -> Iterator[None]:
    """Give global names another meaning for the code of `part` (a function or a class), for a while."""
    with replaced(globals_of(part), names):
        yield


@contextmanager
def method_is(owner: type, name: str, method: Any) -> Iterator[None]:
    """Give a class another method, for a while."""
    before = vars(owner).get(name, _ABSENT)
    setattr(owner, name, method)
    try:
        yield
    finally:
        if before is _ABSENT:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


@contextmanager
def replaced(namespace: dict[str, Any], names: dict[str, Any]) -> Iterator[None]:
    """Give names another meaning in a namespace, for a while."""
    before = {name: namespace.get(name, _ABSENT) for name in names}
    namespace.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is _ABSENT:
                namespace.pop(name, None)
            else:
                namespace[name] = value


def globals_of(part: Any) -> dict[str, Any]:
    """The global names that the code of a function or a class sees ({} for anything else)."""
    methods = vars(part).values() if isinstance(part, type) else [part]
    return next((m.__globals__ for m in methods if hasattr(m, "__globals__")), {})
