"""The learner's own package in a notebook, and what it means there while an answer is checked: babygrad.

When graded, it is babygrad all along. Without this, an answer made of the learner's own operations would be
given Tensors of another library by the check.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

import babygrad
from autograder.surroundings import globals_of, replaced

own_packages: set[str] = set()
"""The names of learners' packages that this process knows."""


@contextmanager
def own_library_is_babygrad(parts: Collection[Any]) -> Iterator[None]:
    """Let all that the code of `parts` has of a learner's package be babygrad's, for a while.

    Not where one of them is a class that continues one of the package's: it knows its own kind only.
    """
    with ExitStack() as stack:
        if own_packages and not any(_continues_own(part) for part in parts):
            modules = {name: _namesake(module) for name, module in list(sys.modules.items()) if _is_own(name)}
            stack.enter_context(replaced(sys.modules, modules))
            for part in parts:
                stack.enter_context(replaced(globals_of(part), _namesakes(globals_of(part))))
        yield


def _continues_own(part: Any) -> bool:
    return any(_is_own(kind.__module__) for kind in getattr(part, "__mro__", ()))


def _is_own(module: Any) -> bool:
    return isinstance(module, str) and module.partition(".")[0] in own_packages


def _namesakes(namespace: dict[str, Any]) -> dict[str, Any]:
    """What babygrad has of the same name, for all in a namespace that comes from a learner's package."""
    found = {}
    for name, thing in list(namespace.items()):
        whole = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", None)
        if isinstance(thing, (type, FunctionType, ModuleType)) and _is_own(whole):
            found[name] = _namesake(thing)
    return found


def _namesake(thing: Any) -> Any:
    """A module, a class or a function of babygrad; the thing itself where babygrad has none of that name."""
    if isinstance(thing, ModuleType):
        return _module_of_babygrad(thing.__name__) or thing
    home = _module_of_babygrad(thing.__module__) or babygrad  # there are two of the name ReLU
    return getattr(home, thing.__name__, getattr(babygrad, thing.__name__, thing))


def _module_of_babygrad(own: str) -> ModuleType | None:
    """The module of the same name; None where there is none."""
    with suppress(ModuleNotFoundError):
        return import_module(f"babygrad.{own.partition('.')[2]}".rstrip("."))
    return None
