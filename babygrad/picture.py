"""A picture made of few kinds of shapes, written as SVG or drawn with matplotlib.

Each shape knows both ways to appear, so that the two pictures agree. Coordinates are in CSS pixels, y grows
downwards. Nothing here knows what the shapes stand for.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, Protocol

from babygrad.layout import Box, Curve, Point

PAPER = "#fdfdfc"  # the picture brings its own background, for light and dark pages

_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif"
_BASELINE = 0.35  # of the size, below the middle: so digits and capitals are centred
_MARGIN = 16
_PIXELS_PER_INCH = 96
_LARGEST_FIGURE = 100  # inches; matplotlib cannot make an image of any width


class Shape(Protocol):
    """Something on a picture."""

    def svg(self) -> str:
        """The shape as an SVG element."""

    def patch(self) -> Any:
        """The shape as a matplotlib patch."""


@dataclass(frozen=True)
class Frame:
    """A filled rectangle with a border; `radius` rounds its corners."""

    box: Box
    fill: str
    radius: float = 0
    border: str = "none"
    thickness: float = 1.2
    dashed: bool = False

    def svg(self) -> str:
        left, top, right, bottom = self.box
        dashes = ' stroke-dasharray="5 3"' if self.dashed else ""
        return (
            f'<rect x="{_number(left)}" y="{_number(top)}" width="{_number(right - left)}" '
            f'height="{_number(bottom - top)}" rx="{_number(self.radius)}" fill="{self.fill}" '
            f'stroke="{self.border}" stroke-width="{self.thickness}"{dashes}/>'
        )

    def patch(self) -> Any:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Outline

        return PathPatch(
            Outline(self._outline, [Outline.MOVETO, *[Outline.LINETO, *[Outline.CURVE4] * 3] * 4]),
            facecolor=self.fill,
            edgecolor=self.border,
            linewidth=self.thickness,
            linestyle=(0, (4, 2.4)) if self.dashed else "solid",
        )

    @property
    def _outline(self) -> list[Point]:
        """A start in the top left, then for each side a straight end and the three points of a corner."""
        left, top, right, bottom = self.box
        # A cubic Bézier piece this flat is within 0.03 % of a quarter of a circle.
        r, k = self.radius, self.radius * 0.4477
        return [
            (left + r, top),
            *[(right - r, top), (right - k, top), (right, top + k), (right, top + r)],
            *[(right, bottom - r), (right, bottom - k), (right - k, bottom), (right - r, bottom)],
            *[(left + r, bottom), (left + k, bottom), (left, bottom - k), (left, bottom - r)],
            *[(left, top + r), (left, top + k), (left + k, top), (left + r, top)],
        ]


@dataclass(frozen=True)
class Line:
    """A curve of cubic Bézier pieces."""

    curve: Curve
    colour: str
    thickness: float = 1.5

    def svg(self) -> str:
        start, *rest = [f"{_number(x)},{_number(y)}" for x, y in self.curve]
        return (
            f'<path d="M{start} C{" ".join(rest)}" fill="none" stroke="{self.colour}" '
            f'stroke-width="{self.thickness}"/>'
        )

    def patch(self) -> Any:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Outline

        codes = [Outline.MOVETO] + [Outline.CURVE4] * (len(self.curve) - 1)
        return PathPatch(
            Outline(self.curve, codes), fill=False, edgecolor=self.colour, linewidth=self.thickness
        )


@dataclass(frozen=True)
class Arrowhead:
    """A small triangle pointing right, with its tip at `tip`."""

    tip: Point
    colour: str
    length: float = 9

    @property
    def corners(self) -> list[Point]:
        x, y = self.tip
        return [(x - self.length, y - 4), self.tip, (x - self.length, y + 4)]

    def svg(self) -> str:
        points = " ".join(f"{_number(x)},{_number(y)}" for x, y in self.corners)
        return f'<polygon points="{points}" fill="{self.colour}"/>'

    def patch(self) -> Any:
        from matplotlib.patches import Polygon

        return Polygon(self.corners, closed=True, facecolor=self.colour, edgecolor="none")


@dataclass(frozen=True)
class Words:
    """One line of text, centred."""

    middle: Point
    text: str
    size: float
    colour: str
    bold: bool = False
    italic: bool = False

    @property
    def width(self) -> float:
        """At most this wide in the usual sans-serif fonts."""
        return self.size * sum(_width(character) for character in self.text) * (1.11 if self.bold else 1)

    def svg(self) -> str:
        x, y = self.middle
        weight = ' font-weight="700"' if self.bold else ""
        style = ' font-style="italic"' if self.italic else ""
        return (
            f'<text x="{_number(x)}" y="{_number(y + _BASELINE * self.size)}" text-anchor="middle" '
            f'font-size="{_number(self.size)}"{weight}{style} fill="{self.colour}">{_xml(self.text)}</text>'
        )

    def patch(self) -> Any:
        """The outlines of the letters: unlike matplotlib's text they keep their proportion to the frames."""
        from matplotlib.font_manager import FontProperties
        from matplotlib.patches import PathPatch
        from matplotlib.textpath import TextPath, text_to_path
        from matplotlib.transforms import Affine2D

        font = FontProperties(size=self.size, weight="bold" if self.bold else "normal")
        font.set_style("italic" if self.italic else "normal")
        with warnings.catch_warnings():
            # A letter that matplotlib's font lacks becomes an empty box; nothing belongs on stderr.
            warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
            width, _, _ = text_to_path.get_text_width_height_descent(self.text, font, ismath=False)
            outline = TextPath((0, 0), self.text.replace("$", r"\$"), prop=font)  # a dollar, not a formula
        x, y = self.middle
        place = Affine2D().scale(1, -1).translate(x - width / 2, y + _BASELINE * self.size)
        return PathPatch(place.transform_path(outline), facecolor=self.colour, edgecolor="none")


@dataclass(frozen=True, repr=False)
class Picture:
    """A drawing with its text alternative. A notebook shows it; ``print`` gives the text.

    title: what the picture shows, in a few words.
    text: the same content in words, for those who cannot see it and for places that cannot show it.
    shapes: from back to front.
    bounds: the box around all shapes.
    """

    title: str
    text: str
    shapes: tuple[Shape, ...]
    bounds: Box

    def __repr__(self) -> str:
        return self.text

    @property
    def _page(self) -> Box:
        left, top, right, bottom = self.bounds
        return left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN

    @cached_property
    def svg(self) -> str:
        """The picture as an SVG document, the same bytes for the same content."""
        left, top, right, bottom = self._page
        width, height = _number(right - left), _number(bottom - top)
        shapes = "\n".join(shape.svg() for shape in (Frame(self._page, PAPER, radius=8), *self.shapes))
        # Several pictures share a page: the ids that tie title and description to them must differ.
        content = "\n".join([self.title, self.text, shapes])
        key = "graph-" + hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:12]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'aria-labelledby="{key}-title {key}-desc" width="{width}" height="{height}" '
            f'viewBox="{_number(left)} {_number(top)} {width} {height}" font-family="{_FONTS}" '
            f'style="{shrinking(right - left)}">\n'
            f'<title id="{key}-title">{_xml(self.title)}</title>\n'
            f'<desc id="{key}-desc">{_xml(self.text)}</desc>\n'
            f"{shapes}\n</svg>\n"
        )

    def save(self, path: str | Path) -> None:
        """Write the SVG to a file."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def plot(self, ax: Any = None) -> Any:
        """Draw the picture with matplotlib, on `ax` or a figure of its own; returns the Axes."""
        left, top, right, bottom = self._page
        if ax is None:
            import matplotlib.pyplot as plt

            inches = [(right - left) / _PIXELS_PER_INCH, (bottom - top) / _PIXELS_PER_INCH]
            scale = min(1, _LARGEST_FIGURE / max(inches))
            ax = plt.figure(figsize=(inches[0] * scale, inches[1] * scale)).add_axes((0, 0, 1, 1))
        ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
        ax.axis("off")
        room = ax.get_window_extent()
        scale = min(room.width / (right - left), room.height / (bottom - top)) * 72 / ax.figure.dpi
        for shape in (Frame(self._page, PAPER), *self.shapes):
            patch = shape.patch()
            patch.set(linewidth=patch.get_linewidth() * scale, snap=False)
            # Not add_patch: it measures every curve (seconds), for limits that are set already.
            ax.add_artist(patch)
        return ax

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return shown(self.svg, self.text)


def shrinking(width: float) -> str:
    """CSS of an SVG that shrinks with the page, but not until it cannot be read: then its figure scrolls."""
    return f"max-width:100%;min-width:{round(0.7 * width)}px;height:auto"


def shown(svg: str, text: str) -> dict[str, str]:
    """What a notebook shows for a picture: the SVG where it can, else the text."""
    return {
        "text/html": f'<figure style="margin:0;overflow-x:auto">\n{svg}</figure>\n',
        "image/svg+xml": svg,
        "text/plain": text,
    }


def _width(character: str) -> float:
    """A generous width in ems: measured on DejaVu Sans, which is wider than most fonts."""
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.2
    if character in " .,:;!|'ijlI()[]ft/\\-":
        return 0.44
    if character in "mwMWQ@%&_+=<>~^#" or not character.isascii():
        return 1.0
    return 0.8 if character.isupper() else 0.66


def _xml(text: str) -> str:
    """`text` as XML character data; characters that XML does not allow become U+FFFD."""
    return escape(re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text))


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"
