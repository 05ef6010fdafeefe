"""Docstrings as Markdown. They are nearly that already: `code` in backticks, examples indented."""

from __future__ import annotations

import ast
import inspect
import re
from typing import Any

_FIELD = re.compile(r"((?:\*{0,2}\w+)(?:, \*{0,2}\w+)*): (?=\S)")


def as_markdown(documented: Any) -> str:
    """The docstring of a module, class or function as Markdown; "" if it has none.

    Paragraphs of lines such as ``x: an array`` become lists, indented ones become code.
    """
    # A module's docstring is not indented; getdoc would take the space before its examples.
    text = documented.__doc__ if inspect.ismodule(documented) else inspect.getdoc(documented)
    paragraphs = re.split(r"\n\s*\n", (text or "").strip())
    return "\n\n".join(_paragraph(text) for text in paragraphs if text.strip())


def _paragraph(text: str) -> str:
    if text.startswith("    ") or _is_code(text):
        return f"```python\n{inspect.cleandoc(text)}\n```"
    lines: list[str] = []
    for line in text.splitlines():
        field = _FIELD.match(line)
        if field and (lines or field.end() < len(line)):
            names = ", ".join(f"`{name}`" for name in field[1].split(", "))
            lines.append(f"- {names}: {line[field.end() :]}")
        else:
            # A sentence that begins a line after the fields is about something else.
            begins = (
                bool(lines) and lines[0].startswith("- ") and lines[-1].endswith(".") and line[0].isupper()
            )
            lines += ["", line] if begins else [line]
    return "\n".join(lines)


def _is_code(text: str) -> bool:
    """Whether this is an example. Sentences are no Python."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return "(" in text or "=" in text


def signature(function: Any) -> str:
    """What is written between a function's name and the colon, without types; "()" if it cannot be told."""
    try:
        told = inspect.signature(function)
    except (TypeError, ValueError):
        return "()"
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for name, parameter in told.parameters.items()
        if name != "self"
    ]
    return str(told.replace(parameters=bare, return_annotation=inspect.Signature.empty))
