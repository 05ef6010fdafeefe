"""Pictures that a learner's program made, as data inside the page: what is in them cannot run or load."""

from __future__ import annotations

import base64
import math
import re
from io import BytesIO
from xml.etree import ElementTree

from markupsafe import Markup
from PIL import Image

from autograder.feedback.texts import printable

_MOST_BYTES = 500_000
_MOST_PIXELS = 20_000_000
_MOST_ELEMENTS = 50_000
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
_LONGEST_TEXT = 1000

KINDS = ("image/svg+xml", *_FORMATS)


class NotShown(Exception):
    """A picture that is left out; says why."""


def picture(kind: str, data: str, text: str = "") -> Markup:
    """An ``img`` for a picture in a notebook's output or attachment.

    kind: one of KINDS. data: base64, or the SVG document itself. text: the same in words.
    Raises NotShown for what is too large or no such picture.
    """
    if len(data) > 2 * _MOST_BYTES:
        raise NotShown(_too_large(len(data)))
    raw, width = _vector(data) if kind == "image/svg+xml" else _raster(data, _FORMATS[kind])
    if len(raw) > _MOST_BYTES:
        raise NotShown(_too_large(len(raw)))
    return Markup(
        '<div class="picture"><img alt="{}" src="data:{};base64,{}" style="min-width:{}px"></div>'
    ).format(printable(text[:_LONGEST_TEXT]), kind, base64.b64encode(raw).decode("ascii"), width)


def _raster(data: str, form: str) -> tuple[bytes, int]:
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
        with Image.open(BytesIO(raw), formats=[form]) as image:
            pixels = math.prod(image.size)
    except Exception as error:  # whatever a broken file leads Pillow to
        raise NotShown(f"A picture is left out: it cannot be read as {form}.") from error
    if pixels > _MOST_PIXELS:
        raise NotShown(f"A picture is left out: it has more than {_MOST_PIXELS // 1_000_000} million pixels.")
    return raw, 0


def _vector(svg: str) -> tuple[bytes, int]:
    """The document, and the width below which it cannot be read: then it scrolls."""
    try:
        if "<!entity" in svg.lower():
            raise ValueError("entities multiply")
        raw = printable(svg).encode()
        root = ElementTree.fromstring(raw)
        if not root.tag.endswith("svg") or _drawn(root) > _MOST_ELEMENTS:
            raise ValueError("no picture, or one that multiplies itself")
    except Exception as error:  # whatever a broken document leads to, a recursion without end included
        raise NotShown("A picture is left out: it cannot be read as SVG.") from error
    width = re.match(r"\d{1,4}", root.get("width", ""))
    return raw, round(0.7 * int(width[0])) if width else 0


def _drawn(root: ElementTree.Element) -> float:
    """How many elements are drawn, with those that ``use`` draws again; infinite where it goes in circles."""
    named = {element.get("id"): element for element in root.iter()}
    known: dict[ElementTree.Element, float] = {}

    def drawn(element: ElementTree.Element) -> float:
        if element not in known:
            known[element] = math.inf  # until it is known: this is what a circle meets
            links = (value for name, value in element.items() if name.endswith("href"))
            again = [named[link[1:]] for link in links if link[:1] == "#" and link[1:] in named]
            known[element] = 1 + sum(drawn(part) for part in (*element, *again))
        return known[element]

    return drawn(root)


def _too_large(size: int) -> str:
    return f"A picture of {size / 1e6:.1f} MB is left out: up to {_MOST_BYTES // 1000} kB are shown."
