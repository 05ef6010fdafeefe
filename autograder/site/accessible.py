"""What Sphinx and the theme leave out for people who hear the page or use it by keyboard: an extension."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from sphinx.application import Sphinx

_FITS = 80  # characters of code in a line, on a wide screen
_CODE = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)


def setup(app: Sphinx) -> dict[str, Any]:
    """Go over every page after the theme has done its part."""
    app.connect("html-page-context", _mend, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _mend(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if "body" in context:
        context["body"] = _CODE.sub(_reachable, context["body"])
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def _reachable(block: re.Match[str]) -> str:
    """A block of code that has to be scrolled can be reached with the Tab key."""
    lines = unescape(re.sub(r"<[^>]*>", "", block[1])).splitlines()
    if max(map(len, lines), default=0) <= _FITS:
        return block[0]
    return f'<pre tabindex="0">{block[1]}</pre>'
