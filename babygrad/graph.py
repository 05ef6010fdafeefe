"""The computation graph behind a tensor, as a picture.

    d = a * b
    draw(d, a=a, b=b)

Data flows one way: the graph is read into nodes and edges, these are laid out (``babygrad.layout``), and
the places are filled with shapes (``babygrad.picture``). Only the attributes ``data``, ``grad``,
``requires_grad``, ``_op`` and ``_inputs`` are looked at, so any class that has them can be drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from numbers import Number
from typing import Any

import numpy as np

from babygrad.layout import Box, Layout, Size, arrange
from babygrad.picture import PAPER, Arrowhead, Frame, Line, Picture, Shape, Words

__all__ = ["Picture", "draw"]

MAX_NODES = 200
MAX_ELEMENTS = 4  # of an array shown by its numbers; a larger one is shown by its shape

SYMBOLS = {"Add": "+", "Sub": "−", "Mul": "×", "Div": "÷", "Pow": "^"}  # noqa: RUF001

INK, GREY, RED = "#1b1f24", "#57606a", "#9b1c1c"
FILLS = {"leaf": "#e4effb", "constant": "#f2f2f0", "result": "#fff6e0"}
LINE_HEIGHT = 17
OP_HEIGHT = 26


def draw(root: Any, /, *, edge_labels: Mapping[tuple[Any, int], str] | None = None, **names: Any) -> Picture:
    """Draw everything that `root` was computed from: inputs on the left, `root` on the right.

    root: a Tensor, or any object with its attributes.
    edge_labels: texts for edges, by the node an edge leads to and the position among its inputs:
        ``{(f, 0): "times 4"}`` is written on the edge from the first input of `f`.
    names: what to call the nodes, as in ``draw(f, a=a, b=b)``. Other results are called v1, v2, … in the
        order of computation; other leaves and constants show just their value.

    Returns a Picture, which a notebook shows when it is the last value of a cell. A sharp frame is a leaf,
    a dashed one a constant (it requires no gradient), a round one the result of an operation.
    Raises ValueError for a name or an edge label that does not belong to this graph, for a graph with
    more than 200 nodes, and for one that runs in a circle; TypeError where an input is not a tensor.
    """
    tensors = _inputs_first(root)
    if len(tensors) > MAX_NODES:
        raise ValueError(
            f"This graph has {len(tensors)} nodes; a picture of more than {MAX_NODES} cannot be read. "
            "Draw an intermediate result that was computed from fewer nodes, or a smaller example."
        )
    nodes = _describe(tensors, names)
    edges = _connect(tensors, edge_labels or {})
    layout = arrange(
        [node.size for node in nodes],
        [(edge.source, edge.target) for edge in edges],
        [edge.label_size for edge in edges],
    )
    return Picture(
        title=f"Computation graph of {nodes[-1].label}",
        text=_in_words(nodes, edges),
        shapes=(*_edge_shapes(edges, layout), *_node_shapes(nodes, layout)),
        bounds=layout.bounds,
    )


# What is drawn ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Node:
    """One tensor. From left to right it takes the tip of an arrow, the symbol of its operation, a frame."""

    kind: str  # "leaf", "constant" or "result"
    name: str  # empty where the value stands for it
    op: str  # class name of the operation, empty for leaves and constants
    value: np.ndarray
    gradient: np.ndarray | None

    @property
    def label(self) -> str:
        return self.name or _show(self.value)

    @property
    def lines(self) -> list[Words]:
        """What stands in the frame, not yet in its place."""
        bold = self.kind != "constant" or bool(self.name)
        lines = [Words((0, 0), self.label, 15, INK, bold=bold)]
        if self.name:
            value = f"value {_show(self.value)}" if _is_small(self.value) else _show(self.value)
            lines.append(Words((0, 0), value, 13, INK))
        if self.gradient is not None:
            lines.append(Words((0, 0), f"grad {_show(self.gradient)}", 13, RED, italic=True))
        return lines

    @property
    def symbol(self) -> Words:
        if self.op in SYMBOLS:
            return Words((0, 0), SYMBOLS[self.op], 18, INK)
        return Words((0, 0), self.op.lower(), 13, INK)

    @property
    def op_width(self) -> float:
        if not self.op:
            return 0
        return OP_HEIGHT if self.op in SYMBOLS else max(OP_HEIGHT, self.symbol.width + 12)

    @property
    def size(self) -> Size:
        frame = max(44, max(line.width for line in self.lines) + 18)
        arrow = Arrowhead.length if self.op else 0
        return arrow + self.op_width + frame, len(self.lines) * LINE_HEIGHT + 12


@dataclass(frozen=True)
class _Edge:
    """`source` and `target` are places in the list of nodes."""

    source: int
    target: int
    label: str

    @property
    def words(self) -> Words:
        return Words((0, 0), self.label, 13, INK)

    @property
    def label_size(self) -> Size | None:
        return (self.words.width + 6, LINE_HEIGHT) if self.label else None


def _show(array: np.ndarray) -> str:
    """A small array as numbers with 4 significant digits, another as its shape."""
    return _nested(array.tolist()) if _is_small(array) else str(array.shape)


def _is_small(array: np.ndarray) -> bool:
    return 0 < array.size <= MAX_ELEMENTS


def _nested(values: Any) -> str:
    if isinstance(values, list):
        return f"[{', '.join(_nested(value) for value in values)}]"
    if isinstance(values, Number):
        return f"{values + 0.0:.4g}"  # type: ignore[operator]  # adding 0.0 turns -0.0 into 0.0
    return str(values)  # such as None, in a class that is not finished


# From the graph to nodes and edges -------------------------------------------------------------------


def _inputs_first(root: Any) -> list[Any]:
    """`root` and all it was computed from, each after its inputs.

    ``backward.topological_order`` would not do: here constants count, and tensors of other classes.
    """
    order: list[Any] = []
    done: set[int] = set()
    path = [root]  # from `root` down to the tensor at hand
    waiting: dict[int, Iterator[Any]] = {id(root): iter(_inputs(root))}  # what is left of their inputs
    while path:
        tensor = path[-1]
        source = next(waiting[id(tensor)], None)
        if source is None:
            del waiting[id(tensor)]
            done.add(id(tensor))
            order.append(path.pop())
        elif id(source) in waiting:
            raise ValueError(
                f"This graph runs in a circle: a result of {_op_name(source)} is among the tensors that it "
                "was computed from. Let the operation return a new tensor."
            )
        elif id(source) not in done:
            path.append(source)
            waiting[id(source)] = iter(_inputs(source))
    return order


def _inputs(tensor: Any) -> tuple[Any, ...]:
    inputs = tuple(tensor._inputs or ())
    for position, source in enumerate(inputs):
        if not hasattr(source, "_inputs"):
            raise TypeError(
                f"Input {position} of {_op_name(tensor)} is of type {type(source).__name__}, not a tensor: "
                "it has no _inputs. Wrap it as a constant before it is recorded."
            )
    return inputs


def _op_name(tensor: Any) -> str:
    return "?" if tensor._op is None else type(tensor._op).__name__


def _describe(tensors: Sequence[Any], names: Mapping[str, Any]) -> list[_Node]:
    """The tensors as nodes, in the same order."""
    given = _check_names(tensors, names)
    free = (name for name in (f"v{number}" for number in count(1)) if name not in names)
    nodes = []
    for tensor in tensors:
        computed = bool(tensor._inputs) or tensor._op is not None
        node = _Node(
            kind="result" if computed else "leaf" if tensor.requires_grad else "constant",
            name=given.get(id(tensor)) or (next(free) if computed else ""),
            op=_op_name(tensor) if computed else "",
            value=_array(tensor.data),
            gradient=None if tensor.grad is None else _array(tensor.grad),
        )
        nodes.append(node)
    return nodes


def _check_names(tensors: Sequence[Any], names: Mapping[str, Any]) -> dict[int, str]:
    """The name of each tensor that has one, by the tensor's id (a tensor need not be hashable)."""
    present = {id(tensor) for tensor in tensors}
    given: dict[int, str] = {}
    for name, tensor in names.items():
        if id(tensor) not in present:
            raise ValueError(
                f"{name} is not in this graph: the result was not computed from it. Leave {name} out, or "
                "pass the very object that took part in the computation."
            )
        if id(tensor) in given:
            raise ValueError(f"{given[id(tensor)]} and {name} are the same node. Give it one name.")
        given[id(tensor)] = name
    return given


def _array(values: Any) -> np.ndarray:
    """As an array, also where a class keeps plain numbers, or its gradients as tensors."""
    return np.asarray(values.data if hasattr(values, "_inputs") else values)


def _connect(tensors: Sequence[Any], edge_labels: Mapping[tuple[Any, int], str]) -> list[_Edge]:
    """The edges, ordered by target and then as the inputs are."""
    place = {id(tensor): number for number, tensor in enumerate(tensors)}
    labels = {
        (id(tensor), position): " ".join(str(text).split())  # one line
        for (tensor, position), text in edge_labels.items()
    }
    edges = [
        _Edge(place[id(source)], target, labels.pop((id(tensor), position), ""))
        for target, tensor in enumerate(tensors)
        for position, source in enumerate(_inputs(tensor))
    ]
    for (_, position), text in labels.items():
        raise ValueError(
            f"No edge for the label {text!r}: its key must be (node, {position}) with a node of this graph "
            f"that has an input {position}, counted from 0."
        )
    return edges


# From nodes and edges to words and shapes ------------------------------------------------------------


def _in_words(nodes: Sequence[_Node], edges: Sequence[_Edge]) -> str:
    """One line per node, such as ``d = Mul(a, b): value 12, gradient 5``."""
    arriving: list[list[_Edge]] = [[] for _ in nodes]
    for edge in edges:
        arriving[edge.target].append(edge)
    lines = []
    for node, ways in zip(nodes, arriving, strict=True):
        sources = [nodes[edge.source].label for edge in ways]
        subject = f"{node.label} = {node.op}({', '.join(sources)})" if node.op else node.label
        facts = []
        if node.name:
            facts.append(f"{'value' if _is_small(node.value) else 'shape'} {_show(node.value)}")
        if node.gradient is not None:
            of_shape = "" if _is_small(node.gradient) else "of shape "
            facts.append(f"gradient {of_shape}{_show(node.gradient)}")
        if not node.op:
            facts.append(node.kind)
        facts += [f"edge from {s}: {edge.label}" for s, edge in zip(sources, ways, strict=True) if edge.label]
        lines.append(f"{subject}: {', '.join(facts)}")
    return "\n".join(lines)


def _edge_shapes(edges: Sequence[_Edge], layout: Layout) -> Iterator[Shape]:
    """Curves and arrowheads, then the labels, each on a patch of paper that hides the lines below it."""
    for edge, curve in zip(edges, layout.curves, strict=True):
        _, top, _, bottom = layout.boxes[edge.target]
        x, y = curve[-1]
        # Beside its middle the round end of the operation lies further back.
        radius, off = OP_HEIGHT / 2, y - (top + bottom) / 2
        end = (x + radius - math.sqrt(radius**2 - off**2), y)
        yield Line((*curve, curve[-1], end, end), GREY)
        yield Arrowhead((end[0] + Arrowhead.length, y), GREY)
    for edge, room in zip(edges, layout.rooms, strict=True):
        if room:
            left, top, right, bottom = room
            yield Frame(room, PAPER, radius=4)
            yield replace(edge.words, middle=((left + right) / 2, (top + bottom) / 2))


def _node_shapes(nodes: Sequence[_Node], layout: Layout) -> Iterator[Shape]:
    """Frame and lines of text, and the symbol of the operation in front."""
    for node, (left, top, right, bottom) in zip(nodes, layout.boxes, strict=True):
        middle = (top + bottom) / 2
        frame_left = left + (Arrowhead.length + node.op_width if node.op else 0)
        yield _frame(node.kind, (frame_left, top, right, bottom))
        for number, line in enumerate(node.lines):
            y = middle + (number - (len(node.lines) - 1) / 2) * LINE_HEIGHT
            yield replace(line, middle=((frame_left + right) / 2, y))
        if node.op:
            half = OP_HEIGHT / 2
            op_box = (frame_left - node.op_width, middle - half, frame_left, middle + half)
            yield Frame(op_box, "#ffffff", radius=half, border=INK)
            yield replace(node.symbol, middle=(frame_left - node.op_width / 2, middle))


def _frame(kind: str, box: Box) -> Frame:
    """The border tells the kinds apart, also without colour."""
    if kind == "leaf":
        return Frame(box, FILLS[kind], border=INK, thickness=2)
    if kind == "constant":
        return Frame(box, FILLS[kind], border=INK, dashed=True)
    return Frame(box, FILLS[kind], radius=10, border=INK)
