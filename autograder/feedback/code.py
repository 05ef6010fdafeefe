"""Python code as HTML, with its colours."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.feedback.texts import as_html, excerpt_of_source

_FORM = HtmlFormatter(nowrap=True)
_LANGUAGE = PythonLexer(ensurenl=False, stripnl=False)


@lru_cache(maxsize=1024)
def _coloured(source: str) -> Markup:
    return Markup(highlight(source, _LANGUAGE, _FORM).rstrip("\n"))


def code(source: str) -> Markup:
    """A code cell's source; of a very long one, the start and the end."""
    part = excerpt_of_source(source)
    if not part.left_out:
        return Markup("<pre><code>{}</code></pre>").format(_coloured(part.start))
    return Markup("<pre><code>{}</code></pre>").format(as_html(part))
