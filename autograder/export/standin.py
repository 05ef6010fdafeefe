"""babygrad under the name of a learner's package, where there is none of theirs.

Here, and in the process that grades, which has this module for ``autograder.export``.
"""

from __future__ import annotations

import sys
from importlib import import_module

_MODULES = ("", ".ops", ".nn", ".init", ".optim", ".data")


def stand_in(name: str = "mybabygrad") -> None:
    """Let `name` mean babygrad in imports from here on, with those of its modules that are there."""
    for module in _MODULES:
        try:
            sys.modules[name + module] = import_module(f"babygrad{module}")
        except ImportError:  # when graded, some are not
            sys.modules.pop(name + module, None)


library = stand_in
"""What a notebook calls."""
