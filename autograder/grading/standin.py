"""nbgrader's steps open the gradebook themselves; here they get another one instead."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

_NAME = "Gradebook"


@contextmanager
def gradebook_is(gradebook: Any, steps: Iterable[Any]) -> Iterator[None]:
    """For these steps, ``Gradebook(…)`` is `gradebook`, for as long as the ``with`` lasts.

    A step finds the class by that name in the module that defines it, or one that it inherits from.
    """
    modules = {
        module
        for step in steps
        for kind in type(step).__mro__
        if (module := sys.modules.get(kind.__module__)) is not None and hasattr(module, _NAME)
    }
    before = {module: getattr(module, _NAME) for module in modules}
    for module in modules:
        setattr(module, _NAME, lambda *address, **about: gradebook)
    try:
        yield
    finally:
        for module, own in before.items():
            setattr(module, _NAME, own)
