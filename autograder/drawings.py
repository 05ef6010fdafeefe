"""The modules of babygrad that show something: no exercise asks for them, the warm process may have them."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType

_SHOWING = ("layout", "picture", "diagram", "graph", "plot", "tiles", "progress")
NAMES = tuple(f"babygrad.{name}" for name in _SHOWING)


def loaded() -> dict[str, ModuleType]:
    """These modules by name, imported without the package that they are in; not left in ``sys.modules``."""
    spec = find_spec("babygrad")
    if spec is None or "babygrad" in sys.modules:
        return {}
    package = sys.modules["babygrad"] = ModuleType("babygrad")
    package.__path__ = list(spec.submodule_search_locations or ())
    try:
        return {name: importlib.import_module(name) for name in NAMES}
    finally:
        for name in ("babygrad", *NAMES):
            sys.modules.pop(name, None)
