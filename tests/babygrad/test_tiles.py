"""Arrays as tiles: every element is there, in its place; marks are seen without colour."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from babygrad.picture import Frame, Picture, Words
from babygrad.tiles import tiles

NUMBERS = np.arange(24.0) + 100


def drawn(picture: Picture) -> list[tuple[str, float, float]]:
    """The words on a picture with their places, row by row."""
    words = [shape for shape in picture.shapes if isinstance(shape, Words)]
    return sorted((w.text, *w.middle) for w in words)


def places(picture: Picture, values: np.ndarray) -> np.ndarray:
    """Where the numbers of an array are: x and y for each."""
    found = {text: (x, y) for text, x, y in drawn(picture)}
    return np.array([found[f"{value:.3g}"] for value in values.ravel()]).reshape(*values.shape, 2)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (1, 5), (5, 1), (2, 3, 4)], ids=str)
def test_every_element_is_drawn_in_the_order_of_its_axes(shape: tuple[int, ...]) -> None:
    values = NUMBERS[: int(np.prod(shape, dtype=int))].reshape(shape)
    where = places(tiles("t", "text", {"x": values}), values)
    if len(shape) >= 1 and shape[-1] > 1:
        assert (np.diff(where[..., 0], axis=-1) > 0).all(), "columns go to the right"
    if len(shape) >= 2 and shape[-2] > 1:
        assert (np.diff(where[..., 1], axis=-2) > 0).all(), "rows go down"
    if len(shape) == 3:
        below = np.diff(where[..., 1], axis=0).min()
        assert below > np.ptp(where[0, ..., 1]), "layers lie below each other"


def test_names_and_shapes_are_shown() -> None:
    texts = [text for text, *_ in drawn(tiles("t", "text", {"x": NUMBERS[:6].reshape(2, 3), "y": 7}))]
    assert {"x", "(2, 3)", "y", "()"} <= set(texts)


def test_tiles_do_not_overlap_and_lie_within_the_page() -> None:
    picture = tiles("t", "text", {"x": NUMBERS.reshape(2, 3, 4), "y": NUMBERS[:3]}, between=["a long label"])
    boxes = [shape.box for shape in picture.shapes if isinstance(shape, Frame)]
    left, top, right, bottom = picture.bounds
    for place, (x, y, x2, y2) in enumerate(boxes):
        assert left <= x < x2 <= right
        assert top <= y < y2 <= bottom
        for a, b, a2, b2 in boxes[:place]:
            assert x2 <= a or a2 <= x or y2 <= b or b2 <= y


def test_marks_are_told_by_borders_and_weight_too() -> None:
    mask = NUMBERS[:6].reshape(2, 3) == 103
    picture = tiles("t", "text", {"x": NUMBERS[:6].reshape(2, 3)}, marked={"x": mask})
    frames = [shape for shape in picture.shapes if isinstance(shape, Frame)]
    assert sorted(frame.thickness > 2 for frame in frames) == [False] * 5 + [True]
    (bold,) = [s for s in picture.shapes if isinstance(s, Words) and s.bold and s.text != "x"]
    assert bold.text == "103"


def test_arrows_stand_between_arrays_where_they_are_wanted() -> None:
    three = {name: NUMBERS[:2] for name in "xyz"}
    assert [t for t, *_ in drawn(tiles("t", "text", three, between=[None, "sum"])) if t == "sum"] == ["sum"]
    ends = {
        between: tiles("t", "text", three, between=between).bounds[2] for between in [(), ("",), ("", "")]
    }
    assert ends[()] < ends[("",)] < ends["", ""]


def test_the_picture_is_xml_with_its_text_alternative() -> None:
    picture = tiles("A title", "What is <seen>", {"x < y": ["a", "b"]})
    root = ElementTree.fromstring(picture.svg)
    assert [root[0].text, root[1].text] == ["A title", "What is <seen>"]
    assert repr(picture) == "What is <seen>"


def test_more_axes_than_can_be_drawn_are_refused() -> None:
    with pytest.raises(ValueError, match="tiles: x has 4 axes; three can be drawn at most"):
        tiles("t", "text", {"x": NUMBERS.reshape(2, 2, 2, 3)})
