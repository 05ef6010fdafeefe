"""The picture of a graph: what it says, what it shows, and that nothing in it collides."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babygrad import Tensor, exp
from babygrad.graph import draw
from babygrad.layout import arrange
from babygrad.picture import Arrowhead, Frame, Line, Words

SVG = "{http://www.w3.org/2000/svg}"


class Node:
    """A learner's Tensor: the five attributes and nothing else. It compares by value and has no hash."""

    def __init__(self, data, inputs=(), op=None, requires_grad=True, grad=None):
        self.data, self.grad, self.requires_grad = np.array(data, dtype=float), grad, requires_grad
        self._op, self._inputs = op, inputs

    def __eq__(self, other):
        return self.data == other.data

    __hash__ = None  # type: ignore[assignment]


class Blend:
    """A learner's operation."""


def product():
    """``f = e * d`` with ``d = a * b`` and ``e = d + c``, after backward."""
    a, b, c = Tensor(3.0), Tensor(4.0), Tensor(-2.0)
    d = a * b
    e = d + c
    f = e * d
    f.backward()
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f}


def chain(length):
    """A result with `length` nodes behind and including it."""
    node = Node(1.0)
    for _ in range(length - 1):
        node = Node(1.0, (node,), Blend())
    return node


def kind(picture, shape):
    return [each for each in picture.shapes if isinstance(each, shape)]


def texts(picture):
    return [words.text for words in kind(picture, Words)]


def parsed(picture):
    return ET.fromstring(picture.svg)


# In words ------------------------------------------------------------------------------------------------


def test_the_text_tells_every_node_after_its_inputs():
    t = product()
    assert draw(t["f"], **t).text.splitlines() == [
        "a: value 3, gradient 88, leaf",
        "b: value 4, gradient 66, leaf",
        "d = Mul(a, b): value 12, gradient 22",
        "c: value -2, gradient 12, leaf",
        "e = Add(d, c): value 10, gradient 12",
        "f = Mul(e, d): value 120, gradient 1",
    ]


def test_print_and_repr_give_the_text():
    picture = draw(product()["f"])
    assert str(picture) == repr(picture) == picture.text


def test_results_without_a_name_are_numbered_around_the_names_given():
    t = product()
    lines = draw(t["f"], v2=t["a"]).text.splitlines()
    assert [line.split(" = ")[0] for line in lines if " = " in line] == ["v1", "v3", "v4"]


def test_an_unnamed_leaf_and_a_constant_show_their_value():
    x = Tensor(1.5)
    y = x * 2
    y.backward()
    picture = draw(y, y=y)
    assert picture.text.splitlines() == [
        "1.5: gradient 2, leaf",
        "2: constant",
        "y = Mul(1.5, 2): value 3, gradient 1",
    ]
    assert texts(picture) == ["1.5", "grad 2", "2", "y", "value 3", "grad 1", "×"]  # noqa: RUF001


def test_a_named_constant_shows_name_and_value():
    k = Tensor(2.0, requires_grad=False)
    y = Tensor(1.0) * k
    assert "k: value 2, constant" in draw(y, k=k).text.splitlines()
    assert {"k", "value 2"} <= set(texts(draw(y, k=k)))


def test_large_arrays_show_their_shape():
    x = Tensor(np.ones((128, 10)))
    y = x.sum()
    y.backward()
    picture = draw(y, x=x)
    assert {"x", "(128, 10)", "grad (128, 10)"} <= set(texts(picture))
    assert "x: shape (128, 10), gradient of shape (128, 10), leaf" in picture.text.splitlines()


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (-0.0, "0"),
        (3.0, "3"),
        (1 / 3, "0.3333"),
        (123456.0, "1.235e+05"),
        (-1e-9, "-1e-09"),
        (np.nan, "nan"),
        (-np.inf, "-inf"),
        ([2.0], "[2]"),
        ([[1.0, 2.0], [-0.0, 0.12345]], "[[1, 2], [0, 0.1235]]"),
        ([1.0, 2.0, 3.0, 4.0, 5.0], "(5,)"),
        (np.zeros((0, 3)), "(0, 3)"),
    ],
)
def test_values_have_four_significant_digits(data, shown):
    assert texts(draw(Node(data))) == [shown]


def test_the_other_attributes_may_hold_what_unfinished_classes_put_there():
    node = Node(1.0, inputs=None, grad=Node(2.0))
    assert texts(draw(node)) == ["1", "grad 2"]
    node.data, node.grad = None, 3
    assert texts(draw(node)) == ["None", "grad 3"]


def test_edge_labels_are_drawn_and_told():
    t = product()
    picture = draw(t["f"], edge_labels={(t["f"], 0): "×12", (t["f"], 1): 10}, **t)  # noqa: RUF001
    assert {"×12", "10"} <= set(texts(picture))  # noqa: RUF001
    assert picture.text.endswith("f = Mul(e, d): value 120, gradient 1, edge from e: ×12, edge from d: 10")  # noqa: RUF001


def test_operations_have_signs_or_their_name():
    x, y = Tensor(2.0), Tensor(3.0)
    shown = texts(draw(exp(((x + y) * x - y) / x**y)))
    assert {"+", "−", "×", "÷", "^", "exp"} <= set(shown)  # noqa: RUF001


# Errors --------------------------------------------------------------------------------------------------


def test_a_name_for_a_tensor_outside_of_the_graph():
    t = product()
    with pytest.raises(ValueError, match=r"^f is not in this graph"):
        draw(t["e"], e=t["e"], f=t["f"])
    with pytest.raises(ValueError, match=r"^w is not in this graph"):
        draw(t["f"], w=3)


def test_two_names_for_one_node():
    x = Tensor(1.0)
    with pytest.raises(ValueError, match="a and b are the same node"):
        draw(x, a=x, b=x)


@pytest.mark.parametrize("position", [2, -1, "a"])
def test_an_edge_label_without_an_edge(position):
    t = product()
    with pytest.raises(ValueError, match="No edge for the label 'here'"):
        draw(t["f"], edge_labels={(t["f"], position): "here"})


def test_more_than_200_nodes():
    draw(chain(200))
    with pytest.raises(ValueError, match=r"has 1500 nodes; .*more than 200 .*smaller example"):
        draw(chain(1500))


def test_an_input_that_is_not_a_tensor():
    with pytest.raises(TypeError, match="Input 1 of Blend is of type int"):
        draw(Node(1.0, (Node(2.0), 3), Blend()))


def test_a_graph_that_runs_in_a_circle():
    node = Node(1.0, (), Blend())
    node._inputs = (Node(2.0, (node,), Blend()),)
    with pytest.raises(ValueError, match="runs in a circle"):
        draw(node)


# The drawing ---------------------------------------------------------------------------------------------


def test_classes_that_babygrad_does_not_know():
    x, k = Node(2.0), Node(3.0, requires_grad=False)
    picture = draw(Node(6.0, (x, k), Blend()), x=x)
    assert picture.text.splitlines() == ["x: value 2, leaf", "3: constant", "v1 = Blend(x, 3): value 6"]
    assert "blend" in texts(picture)


def test_borders_tell_leaf_constant_and_result_apart():
    leaf, constant, result, _ = kind(draw(Tensor(2.0) * 3), Frame)
    assert len({(frame.radius > 0, frame.dashed) for frame in (leaf, constant, result)}) == 3


def test_x_times_x_has_two_curves():
    x = Tensor(3.0)
    one, other = (line.curve for line in kind(draw(x * x), Line))
    assert one[0] == other[0]
    assert abs(one[3][1] - other[3][1]) > 20  # halfway
    assert abs(one[-1][1] - other[-1][1]) > 8  # on arrival


def test_every_input_has_a_curve_and_an_arrowhead():
    t = product()
    picture = draw(t["f"])
    inputs = sum(len(node._inputs) for node in t.values())
    assert len(kind(picture, Line)) == len(kind(picture, Arrowhead)) == inputs == 6
    svg = parsed(picture)
    assert len(svg.findall(f"{SVG}path")) == len(svg.findall(f"{SVG}polygon")) == inputs


def test_a_leaf_alone():
    assert texts(draw(Tensor(2.0))) == ["2"]


def test_a_deep_chain():
    picture = draw(chain(150))
    assert len(picture.text.splitlines()) == 150
    assert len({line.curve[0][1] for line in kind(picture, Line)}) == 1  # it runs straight


PRINTABLE = "".join(map(chr, [*range(32, 127), *range(0x391, 0x3CA)])).replace("\u03a2", "") + "×−÷·∂∞…"  # noqa: RUF001


@settings(max_examples=15)
@given(st.text(PRINTABLE))
def test_words_are_no_wider_than_assumed(text):
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    for bold in (False, True):
        font = FontProperties(size=13, weight="bold" if bold else "normal")  # DejaVu Sans, a wide font
        width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
        assert width <= Words((0, 0), text, 13, "black", bold=bold).width + 1e-6


def test_text_stays_in_its_frame():
    x = Tensor([[-0.001234, 1.5], [2.25, -1e-9]])
    y = (x * x).tanh()
    y.backward()
    picture = draw(y, a_rather_long_name_for_a_tensor=x, W=y, edge_labels={(y, 0): "a label with many words"})
    frames = kind(picture, Frame)
    for words in kind(picture, Words):
        x0, x1 = words.middle[0] - words.width / 2, words.middle[0] + words.width / 2
        y0, y1 = words.middle[1] - words.size / 2, words.middle[1] + words.size / 2
        assert any(
            left <= x0 and x1 <= right and top <= y0 and y1 <= bottom
            for left, top, right, bottom in (frame.box for frame in frames)
        ), words


# SVG and HTML --------------------------------------------------------------------------------------------


def test_the_same_graph_gives_the_same_bytes():
    one, other = (draw(t["f"], **t) for t in (product(), product()))
    assert one.svg == other.svg
    assert one._repr_mimebundle_() == other._repr_mimebundle_()


def test_the_same_bytes_in_another_process_and_matplotlib_is_not_imported():
    code = (
        "import sys; from babygrad import Tensor; from babygrad.graph import draw; x = Tensor(3.0);"
        "print(draw(x * x + x).svg, end=''); assert 'matplotlib' not in sys.modules"
    )
    svg = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    x = Tensor(3.0)
    assert svg == draw(x * x + x).svg


@settings(max_examples=25)
@given(st.text(), st.text())
def test_any_label_gives_well_formed_xml(name, label):
    x = Tensor(1.0)
    y = x * 2
    picture = draw(y, edge_labels={(y, 0): label}, **{name: x})
    parsed(picture)
    picture.svg.encode("utf-8")


def test_labels_are_escaped():
    x = Tensor(1.0)
    y = x * 2
    picture = draw(y, edge_labels={(y, 0): "1 < 2 & '3'"}, **{"<b>": x})
    shown = [element.text for element in parsed(picture).iter(f"{SVG}text")]
    assert "<b>" in shown
    assert "1 < 2 & '3'" in shown
    assert "<b>" not in picture.svg


def test_the_svg_carries_its_text_alternative():
    picture = draw(product()["f"])
    svg = parsed(picture)
    title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "Computation graph of v3"
    assert desc.text == picture.text


def test_ids_differ_between_pictures():
    t = product()
    ids = [
        {element.get("id") for element in parsed(draw(t[name])).iter() if element.get("id")} for name in "def"
    ]
    assert [len(each) for each in ids] == [2, 2, 2]
    assert len(set().union(*ids)) == 6


def test_the_notebook_gets_html_svg_and_text():
    picture = draw(product()["f"])
    bundle = picture._repr_mimebundle_()
    assert bundle["image/svg+xml"] == picture.svg
    assert bundle["text/plain"] == picture.text
    assert picture.svg in bundle["text/html"]
    assert "max-width:100%" in picture.svg
    assert "<script" not in picture.svg


def test_save_writes_the_svg(tmp_path):
    picture = draw(product()["f"])
    picture.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8") == picture.svg


# matplotlib ----------------------------------------------------------------------------------------------


@pytest.fixture
def plt():
    """pyplot without a window; every figure is closed afterwards."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")


def test_plot_draws_the_same_shapes(plt, capfd):
    picture = draw(product()["f"])
    ax = picture.plot()
    assert len(ax.patches) == len(picture.shapes) + 1  # the paper
    ax.figure.canvas.draw()
    assert capfd.readouterr() == ("", "")


def test_plot_on_given_axes_leaves_the_figure_alone(plt):
    figure, axes = plt.subplots(1, 2)
    assert draw(product()["f"]).plot(axes[1]) is axes[1]
    assert figure.axes == list(axes)
    assert not axes[0].patches


def test_plot_is_silent_about_letters_it_lacks(plt, capfd):
    x = Tensor(1.0)
    y = x * 2
    draw(y, edge_labels={(y, 0): "$価_"}, **{"名": x}).plot().figure.canvas.draw()
    assert capfd.readouterr() == ("", "")


# The layout, of any graph --------------------------------------------------------------------------------


@st.composite
def graphs(draw):
    """Sizes, edges and sizes of texts, as ``arrange`` takes them."""
    count = draw(st.integers(1, 14))
    length = st.integers(26, 150)
    sizes = draw(st.lists(st.tuples(length, length), min_size=count, max_size=count))
    edges = [
        (source, target)
        for target in range(1, count)
        for source in draw(st.lists(st.integers(0, target - 1), max_size=3))
    ]
    text = st.none() | st.tuples(length, st.just(17))
    return sizes, edges, draw(st.lists(text, min_size=len(edges), max_size=len(edges)))


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def points_on(curve):
    """Points along a curve of cubic Bézier pieces."""
    for place in range(0, len(curve) - 1, 3):
        piece = np.array(curve[place : place + 4])
        for t in np.linspace(0, 1, 9):
            yield np.array([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3]) @ piece


@settings(max_examples=15)
@given(graphs())
def test_nodes_keep_their_size_and_never_overlap(graph):
    sizes, _, _ = graph
    boxes = arrange(*graph).boxes
    for (left, top, right, bottom), size in zip(boxes, sizes, strict=True):
        assert (right - left, bottom - top) == pytest.approx(size)
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))


@settings(max_examples=15)
@given(graphs())
def test_edges_lead_from_left_to_right_into_their_target(graph):
    _, edges, _ = graph
    layout = arrange(*graph)
    for (source, target), curve in zip(edges, layout.curves, strict=True):
        left, top, _, bottom = layout.boxes[target]
        assert layout.boxes[source][2] < left
        assert curve[-1][0] == pytest.approx(left)
        assert top <= curve[-1][1] <= bottom
        assert all(x0 <= x1 for (x0, _), (x1, _) in pairwise(curve))


@settings(max_examples=15)
@given(graphs())
def test_edges_start_at_their_source_or_on_another_edge_from_it(graph):
    _, edges, _ = graph
    layout = arrange(*graph)
    for (source, _), curve in zip(edges, layout.curves, strict=True):
        _, top, right, bottom = layout.boxes[source]
        siblings = [c for (s, _), c in zip(edges, layout.curves, strict=True) if s == source and c != curve]
        assert curve[0] == pytest.approx((right, (top + bottom) / 2)) or any(curve[0] in s for s in siblings)


@settings(max_examples=15)
@given(graphs())
def test_edges_do_not_run_over_nodes(graph):
    layout = arrange(*graph)
    for curve in layout.curves:
        for x, y in points_on(curve):
            for left, top, right, bottom in layout.boxes:
                assert not (left + 0.01 < x < right - 0.01 and top < y < bottom)


@settings(max_examples=15)
@given(graphs())
def test_edges_with_both_ends_in_common_are_apart(graph):
    _, edges, _ = graph
    curves = arrange(*graph).curves
    for (edge, one), (other_edge, other) in combinations(zip(edges, curves, strict=True), 2):
        if edge == other_edge:
            assert one[-1] != other[-1]


@settings(max_examples=15)
@given(graphs())
def test_texts_have_room_of_their_size_and_cover_no_node(graph):
    _, _, texts = graph
    layout = arrange(*graph)
    for room, size in zip(layout.rooms, texts, strict=True):
        assert (room is None) == (size is None)
        if room:
            assert (room[2] - room[0], room[3] - room[1]) == pytest.approx(size)
            assert not any(overlap(room, box) for box in layout.boxes)


@settings(max_examples=15)
@given(graphs())
def test_everything_is_within_the_bounds(graph):
    layout = arrange(*graph)
    left, top, right, bottom = layout.bounds
    points = [point for curve in layout.curves for point in curve]
    for x0, y0, x1, y1 in [*layout.boxes, *filter(None, layout.rooms), *((*p, *p) for p in points)]:
        assert left <= x0 <= x1 <= right
        assert top <= y0 <= y1 <= bottom


def test_a_tree_has_no_crossings():
    edges = [(0, 4), (1, 5), (2, 4), (3, 5), (4, 6), (5, 6)]
    boxes = arrange([(50, 30)] * 7, edges, [None] * 6).boxes
    heights = [box[1] for box in boxes]
    assert max(heights[0], heights[2]) < min(heights[1], heights[3])
    assert heights[4] < heights[5]


def test_a_long_edge_runs_level_past_a_straight_chain():
    edges = [(node, node + 1) for node in range(6)] + [(0, 6)]
    layout = arrange([(50, 30)] * 7, edges, [None] * 7)
    assert len({box[1] for box in layout.boxes[1:]}) == 1
    passing = layout.curves[-1]
    assert len({round(y, 6) for _, y in passing[3:-6]}) == 1
