"""Boxes and arrows: pictures of who holds whom.

diagram("Two names, one array", "a and b both point to the array [3, 5].",
        boxes={"a": (0, 0, "a"), "b": (0, 60, "b"), "array": (200, 30, "[3, 5]")},
        arrows=[("a", "array", ".data"), ("b", "array", ".data")])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from babygrad.layout import Box, Point
from babygrad.picture import PAPER, Arrowhead, Frame, Line, Picture, Shape, Words

__all__ = ["diagram", "held_by"]

INK, GREY = "#1b1f24", "#57606a"
FILLS = ("#fff6e0", "#e4effb")
SIZE, LINE_HEIGHT, PADDING = 13, 19, 12


def diagram(
    title: str,
    text: str,
    boxes: Mapping[str, tuple[float, float, str]],
    arrows: Sequence[tuple[str, str, str]] = (),
) -> Picture:
    """A picture of boxes with text in them, and of labelled arrows from left to right between them.

    title, text: what is shown, for those who cannot see it. boxes: by name, the middle (x, y) in pixels and
    the lines of text, of which the first is bold; a text that begins with "[" is drawn as an array, sharp
    and blue. arrows: from the right side of one box to the left side of another, with a label or "".
    Returns a Picture, which a notebook shows. Raises ValueError for an arrow to a box that does not exist.
    """
    frames = {name: _frame(x, y, lines) for name, (x, y, lines) in boxes.items()}
    for source, target, _ in arrows:
        for name in (source, target):
            if name not in frames:
                raise ValueError(f"diagram: there is no box {name!r}; boxes: {', '.join(frames)}.")
    shapes = [shape for arrow in _curves(arrows, frames) for shape in arrow]
    for name, (_, _, lines) in boxes.items():
        shapes += _box(frames[name], lines)
    lefts, tops, rights, bottoms = zip(*frames.values(), strict=True)
    return Picture(title, text, tuple(shapes), (min(lefts), min(tops), max(rights), max(bottoms)))


def held_by(tensor: Any, **names: Any) -> Picture:
    """A picture of what `tensor` holds as its history; `names` says what to call its inputs.

    tensor: a Tensor, or any object with ``data``, ``_op`` and ``_inputs``. An input that is none of `names`,
    the very object, is shown as unknown. Raises TypeError where `tensor` is something else.
    """
    if not hasattr(tensor, "_inputs"):
        raise TypeError(f"held_by: expected a Tensor, not {tensor!r:.60}. Is a `return` missing?")
    known = {id(value): f"{name}\ndata {value.data}" for name, value in names.items()}
    operation = "None" if tensor._op is None else f"a {type(tensor._op).__name__} object"
    boxes = {"tensor": (0, 60, f"the result\ndata {tensor.data}"), "op": (280, 0, operation)}
    arrows = [("tensor", "op", "_op")]
    for place, value in enumerate(tensor._inputs):
        boxes[f"{place}"] = (280, 60 * (place + 1), known.get(id(value), "unknown\nnone of those named"))
        arrows.append(("tensor", f"{place}", f"_inputs[{place}]"))
    held = [known.get(id(value), "an unknown object").split("\n")[0] for value in tensor._inputs]
    text = f"The result holds {operation} in _op, and in _inputs {' and '.join(held) or 'nothing'}."
    return diagram("Who holds whom", text, boxes, arrows)


def _words(lines: str, middle: Point = (0, 0)) -> list[Words]:
    """The lines of a box, around its middle; the first is bold unless the box is an array."""
    x, y = middle
    texts = lines.split("\n")
    top = y - (len(texts) - 1) / 2 * LINE_HEIGHT
    bold = not lines.startswith("[")
    return [
        Words((x, top + number * LINE_HEIGHT), text, SIZE, INK, bold=bold and number == 0)
        for number, text in enumerate(texts)
    ]


def _frame(x: float, y: float, lines: str) -> Box:
    words = _words(lines)
    width = max(word.width for word in words) / 2 + PADDING
    height = len(words) * LINE_HEIGHT / 2 + PADDING / 2
    return x - width, y - height, x + width, y + height


def _box(frame: Box, lines: str) -> Iterator[Shape]:
    left, top, right, bottom = frame
    array = lines.startswith("[")
    yield Frame(frame, FILLS[array], radius=0 if array else 8, border=INK, thickness=2 if array else 1.2)
    yield from _words(lines, ((left + right) / 2, (top + bottom) / 2))


def _curves(arrows: Sequence[tuple[str, str, str]], frames: Mapping[str, Box]) -> Iterator[list[Shape]]:
    """Lines first, labels last; arrows that leave the same box start below each other."""
    labels: list[Shape] = []
    for source, target, label in arrows:
        start = (frames[source][2], _port(source, target, [(a, b) for a, b, _ in arrows], frames[source]))
        left, top, _, bottom = frames[target]
        end = (left, _port(target, source, [(b, a) for a, b, _ in arrows], (0, top, 0, bottom)))
        bend = (start[0] + end[0]) / 2
        base = (end[0] - Arrowhead.length, end[1])
        yield [Line((start, (bend, start[1]), (bend, end[1]), base), GREY), Arrowhead(end, GREY)]
        if label:
            words = Words(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), label, SIZE, INK, italic=True)
            x, y = words.middle
            labels += [Frame((x - words.width / 2 - 3, y - 9, x + words.width / 2 + 3, y + 9), PAPER), words]
    yield labels


def _port(box: str, other: str, ends: Sequence[tuple[str, str]], frame: Box) -> float:
    """How far down the side of `box` its arrow to `other` begins: all its arrows share the side evenly."""
    partners = list(dict.fromkeys(b for a, b in ends if a == box))
    _, top, _, bottom = frame
    return top + (bottom - top) * (partners.index(other) + 1) / (len(partners) + 1)
