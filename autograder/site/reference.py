"""The reference: a page for each module, from its docstrings."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from autograder.site.docstrings import as_markdown, signature

MODULES = {
    "The engine": ("tensor", "function", "backward", "gradcheck"),
    "Training": ("nn", "init", "optim", "data"),
    "Pictures": ("graph", "diagram", "tiles", "plot"),
}


def pages() -> Iterator[tuple[str, str]]:
    """Each page's name and Markdown."""
    yield "index", _index()
    for names in MODULES.values():
        for name in names:
            yield name, _page(importlib.import_module(f"babygrad.{name}"))


def _index() -> str:
    parts = [
        "# Reference",
        as_markdown(importlib.import_module("babygrad")),
        "The operations have [pages of their own](../operations/index.md).",
    ]
    for title, names in MODULES.items():
        rows = [f"| [`babygrad.{name}`]({name}.md) | {_first_line(name)} |" for name in names]
        parts.append(f"## {title}\n\n| module | |\n|---|---|\n" + "\n".join(rows))
    every = "\n".join(name for names in MODULES.values() for name in names)
    parts.append(f":::{{toctree}}\n:hidden:\n\n{every}\n:::")
    return "\n\n".join(parts) + "\n"


def _first_line(name: str) -> str:
    return (
        (inspect.getdoc(importlib.import_module(f"babygrad.{name}")) or "").split("\n")[0].replace("|", "\\|")
    )


def _page(module: ModuleType) -> str:
    parts = [f"# {module.__name__}", as_markdown(module), f":::{{py:currentmodule}} {module.__name__}\n:::"]
    for name, member in _members(module):
        parts.append(
            _class(name, member) if inspect.isclass(member) else _described("function", name, member)
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def _members(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What the module offers, in the order of its source."""
    listed = getattr(module, "__all__", None)
    for name, member in vars(module).items():
        wanted = name in listed if listed is not None else not name.startswith("_")
        own = listed is not None or getattr(member, "__module__", "") == module.__name__
        if wanted and own and (inspect.isclass(member) or inspect.isfunction(member)):
            yield name, member


def _class(name: str, member: type) -> str:
    inner = [
        _described(kind, attribute, value, fence=":::")
        for attribute, (kind, value) in _attributes(member).items()
        if value.__doc__
    ]
    body = "\n\n".join([as_markdown(member), *inner])
    return f"::::{{py:class}} {name}{signature(member)}\n\n{body}\n::::"


def _attributes(member: type) -> dict[str, tuple[str, Any]]:
    """Its own public methods and properties."""
    found: dict[str, tuple[str, Any]] = {}
    for name, value in vars(member).items():
        if name.startswith("_") and name != "__call__":
            continue
        if isinstance(value, property):
            found[name] = ("property", value)
        elif isinstance(value, staticmethod | classmethod) or inspect.isfunction(value):
            found[name] = ("method", getattr(member, name))
    return found


def _described(kind: str, name: str, member: Any, fence: str = ":::") -> str:
    told = "" if kind == "property" else signature(member)
    return f"{fence}{{py:{kind}}} {name}{told}\n\n{as_markdown(member)}\n{fence}"
