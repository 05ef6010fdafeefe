"""Arrays as tiles: every element a square with its number, so that one sees where the elements go.

tiles("A transpose", "The element 3 moves from row 0, column 2 to row 2, column 0.",
      {"x": [[1, 2, 3], [4, 5, 6]], "x.T": [[1, 4], [2, 5], [3, 6]]}, between=["transpose"])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from babygrad.layout import Box
from babygrad.picture import Arrowhead, Frame, Line, Picture, Shape, Words

__all__ = ["tiles"]

_INK, _GREY = "#1b1f24", "#57606a"
_PLAIN, _MARKED = "#eef4fb", "#b9d3ee"
_SIZE, _TITLE, _NUMBER = 34, 14, 13
_GAP, _ARROW, _LAYER = 26, 74, 12


def tiles(
    title: str,
    text: str,
    arrays: Mapping[str, ArrayLike],
    *,
    between: Sequence[str | None] = (),
    marked: Mapping[str, ArrayLike] | None = None,
) -> Picture:
    """A picture of arrays, from left to right, with their names above and their shapes below.

    title, text: what is shown, for those who cannot see it. arrays: by name; up to three axes, of which the
    first is drawn as layers below each other. between: labels of the arrows from each array to the next; ""
    is an arrow without a label, None is none. marked: by name, a mask of the elements that have a
    darker tile and a thick border. Returns a Picture, which a notebook shows. Raises ValueError for more than
    three axes.
    """
    grids = {name: _Grid(name, np.asarray(values)) for name, values in arrays.items()}
    masks = {name: np.broadcast_to(mask, grids[name].array.shape) for name, mask in (marked or {}).items()}
    tallest = max(grid.height for grid in grids.values())
    shapes: list[Shape] = []
    left = 0.0
    for place, (name, grid) in enumerate(grids.items()):
        shapes += grid.shapes(left, (tallest - grid.height) / 2, masks.get(name))
        left += grid.width
        if place + 1 < len(grids):
            label = between[place] if place < len(between) else None
            shapes += _arrow(left, tallest / 2, label)
            left += _GAP if label is None else _arrow_width(label)
    return Picture(title, text, tuple(shapes), (0, -30, left, tallest + 26))


class _Grid:
    """One array: where its tiles are."""

    def __init__(self, name: str, array: np.ndarray) -> None:
        if array.ndim > 3:
            raise ValueError(f"tiles: {name} has {array.ndim} axes; three can be drawn at most.")
        self.name, self.array = name, array
        self.layers = array.reshape((1,) * (3 - array.ndim) + array.shape)
        count, rows, columns = self.layers.shape
        self.height = count * rows * _SIZE + (count - 1) * _LAYER
        self.width = max(columns * _SIZE, *(words.width for words in self._captions(0, 0)))

    def _captions(self, middle: float, top: float) -> tuple[Words, Words]:
        return (
            Words((middle, top - 16), self.name, _TITLE, _INK, bold=True),
            Words((middle, top + self.height + 14), f"{self.array.shape}", _NUMBER, _GREY),
        )

    def shapes(self, left: float, top: float, mask: np.ndarray | None) -> Iterator[Shape]:
        """The tiles, plain ones first, so that thick borders lie on top; then name and shape."""
        middle = left + self.width / 2
        marks = np.zeros(self.layers.shape, bool) if mask is None else mask.reshape(self.layers.shape)
        for strong in (False, True):
            for index in np.argwhere(marks == strong):
                yield from self._tile(tuple(int(i) for i in index), middle, top, strong)
        yield from self._captions(middle, top)

    def _tile(self, index: tuple[int, ...], middle: float, top: float, strong: bool) -> Iterator[Shape]:
        layer, row, column = index
        _, rows, columns = self.layers.shape
        x = middle + (column - columns / 2) * _SIZE
        y = top + layer * (rows * _SIZE + _LAYER) + row * _SIZE
        box: Box = (x, y, x + _SIZE, y + _SIZE)
        fill, thickness = (_MARKED, 2.4) if strong else (_PLAIN, 1)
        yield Frame(box, fill, border=_INK if strong else _GREY, thickness=thickness)
        number = _shown(self.layers[index])
        yield Words((x + _SIZE / 2, y + _SIZE / 2), number, _NUMBER, _INK, bold=strong)


def _shown(value: object) -> str:
    """A number as short as it fits; a text as it is."""
    return f"{value:.3g}" if isinstance(value, (np.integer, np.floating)) else str(value)


def _arrow_width(label: str) -> float:
    return _ARROW + max(0, Words((0, 0), label, _NUMBER, _INK).width - 40)


def _arrow(left: float, y: float, label: str | None) -> Iterator[Shape]:
    """An arrow to the right with its label above; nothing for None."""
    if label is None:
        return
    start, end = left + 14, left + _arrow_width(label) - 14
    yield Line(((start, y), (start, y), (end, y), (end - Arrowhead.length, y)), _GREY)
    yield Arrowhead((end, y), _GREY)
    yield Words(((start + end) / 2, y - 14), label, _NUMBER, _INK, italic=True)
