"""Figures that were drawn before: most learners' figures are those of the solution, and drawing takes long.

A figure is known by everything that matplotlib would save of it, and by the settings it is drawn with. A
drawing is found again only for the very same figure; all others are drawn. And the empty figures that the
solution begins with are made before, too.
"""

from __future__ import annotations

import copyreg
import hashlib
import io
import pickle
from collections.abc import Callable
from functools import wraps
from typing import Any

import matplotlib as mpl
from matplotlib.transforms import TransformNode

from babygrad import plot

Draw = Callable[[Any], str]
Make = Callable[..., tuple[Any, Any]]
Call = tuple[int, int, float, float]
"""Columns, rows, width and height, as ``plot.axes`` takes them."""


def remembering(draw: Draw, drawings: dict[str, str]) -> Draw:
    """`draw`, which takes a figure to its drawing, but for those figures whose drawings are there already."""

    def draw_new(figure: Any) -> str:
        known = drawings.get(fingerprint(figure))
        return draw(figure) if known is None else known

    return draw_new


def recording(draw: Draw, drawings: dict[str, str]) -> Draw:
    """`draw`, which also puts what it draws into `drawings`."""

    def draw_and_keep(figure: Any) -> str:
        key = fingerprint(figure)
        drawing = draw(figure)
        if key:
            drawings[key] = drawing
        return drawing

    return draw_and_keep


def noting(make: Make, calls: list[Call]) -> Make:
    """`make`, which makes an empty figure, and notes in `calls` what was asked for."""

    @wraps(make)
    def make_and_note(columns: int = 1, rows: int = 1, width: float = 7.0, height: float = 3.2) -> Any:
        calls.append((columns, rows, width, height))
        return make(columns, rows, width, height)

    return make_and_note


def made_before(make: Make, calls: list[Call]) -> Make:
    """`make`, with empty figures for these `calls` made now: each is given away once."""
    settings = dict(mpl.rcParams)
    there: dict[Call, list[Any]] = {}
    for call in calls:
        there.setdefault(call, []).append(make(*call))

    @wraps(make)
    def make_or_give(columns: int = 1, rows: int = 1, width: float = 7.0, height: float = 3.2) -> Any:
        ready = there.get((columns, rows, width, height))
        if ready and dict(mpl.rcParams) == settings:
            return ready.pop()
        return make(columns, rows, width, height)

    return make_or_give


def use(draw: Draw, make: Make) -> None:
    """Let ``babygrad.plot`` make and draw figures with these from here on."""
    plot.drawn, plot.axes = draw, make  # type: ignore[assignment]


def fingerprint(figure: Any) -> str:
    """A digest of a figure that is not drawn yet, the same in all forks of a process; "" if there is none."""
    written = io.BytesIO()
    try:
        _Pickler(written, protocol=5).dump(figure)
    except Exception:  # it holds something that cannot be saved, perhaps of a class of the learner's
        return ""
    settings = repr(sorted(dict.items(mpl.rcParams)))
    return hashlib.sha256(written.getvalue() + settings.encode()).hexdigest()


class _Pickler(pickle.Pickler):
    """Saves transforms without who depends on them: that is known by addresses in memory."""

    def reducer_override(self, obj: Any) -> Any:
        if not isinstance(obj, TransformNode):
            return NotImplemented
        state: Any = obj.__getstate__()
        return copyreg.__newobj__, (type(obj),), {**state, "_parents": None}  # type: ignore[attr-defined]
