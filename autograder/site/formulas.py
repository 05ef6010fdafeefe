r"""Formulas without a script: a Sphinx extension that writes MathML, and the font that it is set in.

Browsers show MathML by themselves. The font, STIX Two Math, is cut down to what formulas need, and is taken
from the package ziamath, so that it is neither in this repository nor fetched by who reads the site.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from autograder.feedback.formulas import formula

FONT = "stix-two-math.woff"
_LETTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *range(0x302, 0x30D),  # accents
    *range(0x391, 0x3D7),  # Greek
    *range(0x2010, 0x2064),
    *range(0x2190, 0x21D5),  # arrows
    *range(0x2200, 0x2300),  # operators
    *range(0x2308, 0x230C),
    *range(0x23B4, 0x23E2),  # horizontal braces
    *range(0x1D400, 0x1D468),  # bold and italic letters
    *range(0x1D6A4, 0x1D6DC),  # italic dotless i and j, bold Greek
    *range(0x1D6FC, 0x1D71C),  # italic Greek
    0x210E,  # the italic h
    0x2113,
)
_SIGNS = frozenset("-+±\N{MINUS SIGN}")
_CLOSING = frozenset(")]}|")
_FUNCTIONS = frozenset(["exp", "ln", "log", "sin", "tanh"])
_log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer; ``html_math_renderer = "mathml"`` chooses it."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(_mathml(node, "inline"))
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="formula" tabindex="0" role="group">{_mathml(node, "block")}</div>\n')
    raise nodes.SkipNode


def _mathml(node: nodes.Element, display: str) -> str:
    """The formula as MathML. What cannot be converted is shown as it is written, with a warning."""
    made = str(formula(node.astext(), display))
    if made.startswith("<code"):
        _log.warning("this formula cannot be shown: %s", node.astext(), location=node)
        return made
    root = ElementTree.fromstring(made)
    for row in list(root.iter()):
        _space(row)
    return ElementTree.tostring(root, encoding="unicode")


def _space(row: ElementTree.Element) -> None:
    """The spaces that TeX would leave: none behind a sign, a small one behind the name of a function."""
    for place, element in reversed(list(enumerate(row))):
        if place == 0:
            continue
        before = row[place - 1]
        if element.tag == "mo":
            if element.text in _SIGNS and before.tag == "mo" and before.text not in _CLOSING:
                element.set("form", "prefix")
        elif before.tag == "mi" and before.text in _FUNCTIONS:
            row.insert(place, ElementTree.Element("mspace", width="0.1667em"))


def write_font(path: Path) -> None:
    """The letters and signs of formulas from STIX Two Math (SIL Open Font License) as a web font."""
    if path.is_file():
        return
    from fontTools import subset

    options = subset.Options(flavor="woff", name_IDs=["*"])  # all names: the licence is among them
    with as_file(files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf") as source:
        font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=_LETTERS)
    cutter.subset(font)
    path.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(path), options)
