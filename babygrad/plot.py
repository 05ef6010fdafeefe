"""Curves and bars drawn with matplotlib, in one style and with a text alternative.

figure, ax = axes()
ax.plot(x, y, label="f")
described(figure, "The graph of f", "A line that rises from 0 at x = 0 to 4 at x = 2.")
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from html import escape
from typing import Any

from babygrad.picture import PAPER, shown, shrinking

__all__ = ["axes", "described"]

_PIXELS_PER_INCH = 96
_INK, _GREY, _GRID = "#1b1f24", "#57606a", "#d0d7de"
_STYLE: Any = {
    "axes.edgecolor": _GREY,
    "axes.facecolor": PAPER,
    "axes.grid": True,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.facecolor": PAPER,
    "font.size": 10,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "svg.fonttype": "path",
    "text.color": _INK,
    "xtick.color": _GREY,
    "ytick.color": _GREY,
}
# Dark to light, and each with a dash of its own: they can be told apart in grey.
_COLOURS = ["#0b4f8a", "#c2540a", "#2e7d32", "#8e5aa8"]
_DASHES = ["-", "--", "-.", ":"]


@dataclass(frozen=True, repr=False)
class Plot:
    """A finished plot: its SVG, and its text for those who cannot see it."""

    svg: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return shown(self.svg, self.text)


def axes(columns: int = 1, rows: int = 1, width: float = 7.0, height: float = 3.2) -> tuple[Any, Any]:
    """A matplotlib Figure in the course's style, and its Axes (an array of them, if several).

    width, height: of the whole figure, in inches of 96 pixels. Lines differ in colour and in dashes.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.rcsetup import cycler

    lines = cycler(color=_COLOURS) + cycler(linestyle=_DASHES)
    with rc_context({**_STYLE, "axes.prop_cycle": lines}):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(rows, columns)


def described(figure: Any, title: str, text: str) -> Plot:
    """The matplotlib `figure` as a plot with a text alternative, which a notebook shows.

    title: what is shown, in a few words. text: the same content in words.
    """
    from matplotlib import rc_context

    key = "plot-" + hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:12]
    with rc_context({**_STYLE, "svg.hashsalt": key}):
        drawing = drawn(figure)
    width, height = (round(inches * _PIXELS_PER_INCH) for inches in figure.get_size_inches())
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" width="{width}" height="{height}" '
        f'viewBox="0 0 {width * 0.75:g} {height * 0.75:g}" style="{shrinking(width)}">\n'
        f'<title id="{key}-title">{escape(title)}</title>\n<desc id="{key}-desc">{escape(text)}</desc>'
    )
    return Plot(re.sub(r".*?<svg[^>]*>", lambda _: head, drawing, count=1, flags=re.DOTALL), text)


def drawn(figure: Any) -> str:
    """What matplotlib draws of a `figure`, as an SVG document without a date or a name."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    written = io.StringIO()
    # Not figure.savefig: it draws everything twice, the first time only to find the places.
    FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None, "Creator": None})
    return re.sub(r" *<metadata>.*?</metadata>\n?", "", written.getvalue(), flags=re.DOTALL)
