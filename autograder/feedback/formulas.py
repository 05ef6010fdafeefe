"""LaTeX formulas as MathML, which browsers show without a script."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element
from markupsafe import Markup

_LONGEST = 2000
_DEFINES = re.compile(r"\\(?:(?:re|provide)?newcommand|g?def|edef|let)")  # a definition can multiply itself

# The elements and attributes of MathML Core that only present: no links, no styles, no embedded content.
_ELEMENTS = frozenset(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover "  # noqa: SIM905
    "munderover mmultiscripts mprescripts mtable mtr mtd mpadded mphantom mstyle".split()
)
_ATTRIBUTES = frozenset(
    "display displaystyle scriptlevel mathvariant stretchy symmetric largeop movablelimits "  # noqa: SIM905
    "fence separator form lspace rspace minsize maxsize width height depth linethickness "
    "accent accentunder columnalign rowspacing columnspacing".split()
)
_PARTS = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
_VALUE = re.compile(r"[a-z -]*|[+-]?\d{0,2}(?:\.\d+)?(?:em|ex|px|pt|mu|%)?")  # words, and lengths below 100


def formula(latex: str, display: str = "inline") -> Markup:
    """A formula as MathML; its source where it cannot be converted. `display` is "inline" or "block"."""
    try:
        return _as_mathml(latex, display)
    except Exception:  # the converter raises whatever a wrong formula leads it to
        return Markup('<code class="formula {}">{}</code>').format(display, latex[:_LONGEST])


def _as_mathml(latex: str, display: str) -> Markup:
    if len(latex) > _LONGEST or _DEFINES.search(latex):
        raise ValueError("not converted")
    root = convert_to_element(latex, display=display)
    for element in root.iter():
        if element.tag not in _ELEMENTS or len(element) != _PARTS.get(element.tag, len(element)):
            raise ValueError(f"{element.tag} is not shown, or not whole")
        # The converter writes characters as references and leaves the escaping to its callers.
        element.text = unescape(element.text or "")
        element.tail = unescape(element.tail or "")
        if element.text.startswith("\\"):
            raise ValueError(f"{element.text} is not known")
        for name, value in list(element.items()):
            if name not in _ATTRIBUTES or not _VALUE.fullmatch(value):
                del element.attrib[name]
    root.set("alttext", latex.strip())
    return Markup(ElementTree.tostring(root, encoding="unicode"))
