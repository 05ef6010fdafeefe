"""Where to draw the nodes and edges of a directed acyclic graph: in layers, from left to right.

The method of Sugiyama, Tagawa and Toda (1981), one function per step: give every node a layer, lead long
edges through stops in the layers between, order each layer so that few edges cross, choose heights, and
bend the edges into Bézier curves. Nothing here knows what the nodes stand for or how they are painted.
"""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate, pairwise

Point = tuple[float, float]
Size = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom; y grows downwards
Curve = tuple[Point, ...]  # a start, then three points for each cubic Bézier piece

_COLUMN_GAP = 40.0
_ROW_GAP = 20.0
_PORT_GAP = 9.0  # between two edges that arrive at the same node; also how far off its middle at most
_TWIN_GAP = 26.0  # between edges that have both ends in common, halfway
_SWEEPS = 24
_LIGHT = 1e-4  # the weight of a wish that gives way
_STILL = 0.01  # a smaller movement does not matter


@dataclass(frozen=True)
class Layout:
    """The result of ``arrange``: one entry per node in `boxes`, one per edge in `curves` and `rooms`.

    A curve starts where its edge leaves the other edges from the same source: those share one line up to
    there. A room is the box kept free for the edge's text, None for an edge without text.
    """

    bounds: Box
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    rooms: tuple[Box | None, ...]


def arrange(sizes: Sequence[Size], edges: Sequence[tuple[int, int]], texts: Sequence[Size | None]) -> Layout:
    """Lay out a graph so that no two nodes overlap and no edge runs over a node.

    sizes: width and height of node 0, 1, …, numbered so that every edge leads to a higher number.
    edges: (source, target) pairs; the same pair may occur several times.
    texts: for each edge the size of the text beside it, or None.
    """
    layers = _layers(len(sizes), edges)
    routes = _routes(layers, edges)
    rows = _rows(layers, routes)
    left, right = _neighbours(routes)
    rows = _untangle(rows, left, right)
    heights = dict(enumerate(height for _, height in sizes))
    middle = _settle(rows, left, right, heights)
    columns = _columns(rows, sizes, routes, texts, middle)
    boxes = tuple(
        (columns[layer][1] - width, middle[node] - height / 2, columns[layer][1], middle[node] + height / 2)
        for node, ((width, height), layer) in enumerate(zip(sizes, layers, strict=True))
    )
    hops = _hops(rows, routes, columns, middle)
    curves = _curves(routes, hops, boxes)
    rooms = _rooms(texts, hops, boxes)
    return Layout(_bounds(boxes, curves, rooms), boxes, curves, rooms)


def _layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Each node one layer after the last of its sources; a node without sources just before its first use."""
    layers = [0] * count
    for source, target in sorted(edges, key=lambda edge: edge[1]):
        layers[target] = max(layers[target], layers[source] + 1)
    fed = {target for _, target in edges}
    for node in set(range(count)) - fed:
        layers[node] = min((layers[target] - 1 for source, target in edges if source == node), default=0)
    return layers


def _routes(layers: Sequence[int], edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The way of each edge: its source, a stop in every layer it only passes, its target.

    Stops are numbered after the nodes. Edges from the same source share theirs.
    """
    stops: dict[tuple[int, int], int] = {}
    routes = []
    for source, target in edges:
        passed = range(layers[source] + 1, layers[target])
        via = [stops.setdefault((source, layer), len(layers) + len(stops)) for layer in passed]
        routes.append([source, *via, target])
    return routes


def _rows(layers: Sequence[int], routes: Sequence[Sequence[int]]) -> list[list[int]]:
    """The nodes and stops of each layer."""
    rows: list[list[int]] = [[] for _ in range(max(layers) + 1)]
    for node, layer in enumerate(layers):
        rows[layer].append(node)
    stops = {stop: layers[route[0]] + i for route in routes for i, stop in enumerate(route[1:-1], start=1)}
    for stop, layer in stops.items():
        rows[layer].append(stop)
    return rows


def _neighbours(routes: Iterable[Sequence[int]]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """For each node and stop, what it is joined to in the layer to the left and to the right."""
    left: dict[int, list[int]] = {}
    right: dict[int, list[int]] = {}
    for start, end in dict.fromkeys(hop for route in routes for hop in pairwise(route)):
        left.setdefault(end, []).append(start)
        right.setdefault(start, []).append(end)
    return left, right


def _untangle(
    rows: list[list[int]], left: Mapping[int, list[int]], right: Mapping[int, list[int]]
) -> list[list[int]]:
    """The rows reordered so that few edges cross: barycentre sweeps there and back, the best one kept."""
    best, fewest = rows, _crossings(rows, right)
    for sweep in range(_SWEEPS):
        rows = [list(row) for row in rows]
        place = {node: i / len(row) for row in rows for i, node in enumerate(row)}
        forwards = sweep % 2 == 0
        beside = left if forwards else right
        for row in rows if forwards else reversed(rows):
            wish = {node: _mean([place[other] for other in beside.get(node, [node])]) for node in row}
            row.sort(key=wish.__getitem__)
            place.update((node, i / len(row)) for i, node in enumerate(row))
        if (crossings := _crossings(rows, right)) < fewest:
            best, fewest = rows, crossings
        if fewest == 0:
            break
    return best


def _crossings(rows: Sequence[Sequence[int]], right: Mapping[int, list[int]]) -> int:
    """How many pairs of edges cross between neighbouring rows."""
    total = 0
    for row, following in pairwise(rows):
        place = {node: i for i, node in enumerate(following)}
        # Read from top to bottom, an edge crosses every earlier one that ends below it.
        ends: list[int] = []
        for node in row:
            here = [place[target] for target in right.get(node, [])]
            total += sum(len(ends) - bisect_right(ends, end) for end in here)
            for end in here:
                insort(ends, end)
    return total


def _settle(
    rows: Sequence[Sequence[int]],
    left: Mapping[int, list[int]],
    right: Mapping[int, list[int]],
    heights: Mapping[int, float],
) -> dict[int, float]:
    """The y of each node and stop: as near to its neighbours as the order and the gaps allow.

    Sweeps there and back. A node wishes to be level with the mean of its neighbours; along a long edge, or
    a chain of nodes, it follows only the one before it, so that these run straight. A leaf that is used
    once gives way to everything else.
    """
    leaves = {node for node in heights if node not in left}
    hanging = {leaf for leaf in leaves if len(right.get(leaf, [])) == 1}
    firm = _firm_sources(left, right, leaves, first_stop=len(heights))
    after = {
        source: node
        for node, sources in firm.items()
        for source in sources
        if len(sources) == 1 and (node not in heights or right[source] == [node])
    }
    before = {node: source for source, node in after.items()}
    middle = dict.fromkeys((node for row in rows for node in row), 0.0)
    for _ in range(_SWEEPS):
        previous = dict(middle)
        for ordered_rows, follow in ((reversed(rows), after), (rows, before)):
            for row in ordered_rows:
                wishes = []
                for node in row:
                    beside = [follow[node]] if node in follow else firm.get(node, []) + right.get(node, [])
                    wishes.append(_mean([middle[other] for other in beside or [node]]))
                gaps = [(heights.get(a, 0) + heights.get(b, 0)) / 2 + _ROW_GAP for a, b in pairwise(row)]
                weights = [_LIGHT if node in hanging else 1.0 for node in row]
                middle.update(zip(row, _spread(wishes, gaps, weights), strict=True))
        if all(abs(middle[node] - previous[node]) < _STILL for node in middle):
            break
    return middle


def _firm_sources(
    left: Mapping[int, list[int]], right: Mapping[int, list[int]], leaves: Set[int], first_stop: int
) -> dict[int, list[int]]:
    """Of the neighbours to the left, those that a node or stop should be level with.

    Leaves and long edges that pass by go where there is space; they count only where there is nothing else.
    """
    passing = set()
    for stop in sorted(node for node in left if node >= first_stop):
        (source,) = left[stop]
        if len(right[source]) > 1 or source in passing:
            passing.add(stop)
    loose = leaves | passing
    return {
        node: [source for source in sources if source not in loose] or sources
        for node, sources in left.items()
    }


def _spread(wishes: Sequence[float], gaps: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The positions nearest to `wishes` (weighted least squares) with at least `gaps` between neighbours.

    Apart from the gaps this is isotonic regression: neighbours that are too close form a group, which
    moves as one to where its members wish to be on average.
    """
    offsets = list(accumulate(gaps, initial=0.0))
    groups: list[tuple[float, float, int]] = []  # level, weight, number of members
    for wish, offset, weight in zip(wishes, offsets, weights, strict=True):
        level, members = wish - offset, 1
        while groups and groups[-1][0] >= level:
            other, other_weight, others = groups.pop()
            level = (level * weight + other * other_weight) / (weight + other_weight)
            weight, members = weight + other_weight, members + others
        groups.append((level, weight, members))
    levels = [level for level, _, members in groups for _ in range(members)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _columns(
    rows: Sequence[Sequence[int]],
    sizes: Sequence[Size],
    routes: Sequence[Sequence[int]],
    texts: Sequence[Size | None],
    middle: Mapping[int, float],
) -> list[tuple[float, float]]:
    """The left and right end of each layer. Steep edges and texts on edges widen the gap before it."""
    layer = {node: i for i, row in enumerate(rows) for node in row}
    gaps = [_COLUMN_GAP] * len(rows)
    for route, text in zip(routes, texts, strict=True):
        for start, end in pairwise(route):
            steep = min(0.15 * abs(middle[end] - middle[start]), _COLUMN_GAP)
            gaps[layer[end]] = max(gaps[layer[end]], _COLUMN_GAP + steep)
        if text:
            gaps[layer[route[-1]]] = max(gaps[layer[route[-1]]], text[0] + _COLUMN_GAP)
    columns: list[tuple[float, float]] = []
    for row, gap in zip(rows, gaps, strict=True):
        begin = columns[-1][1] + gap if columns else 0.0
        columns.append((begin, begin + max((sizes[node][0] for node in row if node < len(sizes)), default=0)))
    return columns


def _hops(
    rows: Sequence[Sequence[int]],
    routes: Sequence[Sequence[int]],
    columns: Sequence[tuple[float, float]],
    middle: Mapping[int, float],
) -> list[list[Curve]]:
    """For each edge a curve over every gap between two layers that it crosses."""
    layer = {node: i for i, row in enumerate(rows) for node in row}
    hops = []
    for route, (port, bulge) in zip(routes, _ports(routes, middle), strict=True):
        across = []
        for start, end in pairwise(route):
            arrives = end == route[-1]
            x0, y0 = columns[layer[start]][1], middle[start]
            x1, y1 = columns[layer[end]][0], middle[end] + (port if arrives else 0)
            if arrives and bulge:
                halfway = ((x0 + x1) / 2, (y0 + y1) / 2 + bulge)
                across.append(_bend((x0, y0), halfway) + _bend(halfway, (x1, y1))[1:])
            else:
                across.append(_bend((x0, y0), (x1, y1)))
        hops.append(across)
    return hops


def _ports(routes: Sequence[Sequence[int]], middle: Mapping[int, float]) -> list[tuple[float, float]]:
    """For each edge how far from its target's middle it arrives, and how far it bulges up or down."""
    arrivals: dict[int, list[int]] = {}
    for edge, route in enumerate(routes):
        arrivals.setdefault(route[-1], []).append(edge)
    ports = [(0.0, 0.0)] * len(routes)
    for target, edges in arrivals.items():
        edges.sort(key=lambda edge: middle[routes[edge][-2]])
        offsets = _port_offsets([middle[routes[edge][-2]] - middle[target] for edge in edges])
        for edge, offset in zip(edges, offsets, strict=True):
            twins = [other for other in edges if routes[other] == routes[edge]]
            ports[edge] = offset, (twins.index(edge) - (len(twins) - 1) / 2) * _TWIN_GAP
    return ports


def _port_offsets(heights: Sequence[float]) -> list[float]:
    """Where edges that come from these heights arrive: side by side, a level one straight in the middle."""
    level = [abs(height) < 1 for height in heights]
    weights = [1.0 if straight and sum(level) == 1 else _LIGHT for straight in level]
    gap = min(_PORT_GAP, 2 * _PORT_GAP / max(len(heights) - 1, 1))
    offsets = _spread([0.0] * len(heights), [gap] * (len(heights) - 1), weights)
    excess = max(offsets[-1] - _PORT_GAP, 0) + min(offsets[0] + _PORT_GAP, 0)
    return [offset - excess for offset in offsets]


def _curves(
    routes: Sequence[Sequence[int]], hops: Sequence[Sequence[Curve]], boxes: Sequence[Box]
) -> tuple[Curve, ...]:
    """The whole curve of each edge, without what an earlier edge has drawn already."""
    drawn: set[tuple[int, int]] = set()
    curves = []
    for route, across in zip(routes, hops, strict=True):
        points: list[Point] = []
        for (start, end), hop in zip(pairwise(route), across, strict=True):
            if end != route[-1] and (start, end) in drawn:
                continue
            drawn.add((start, end))
            # Straight through a column, so that the edge cannot touch a wider box above or below.
            points += _straight(points[-1], hop[0])[1:] + hop[1:] if points else hop
        arrival = (boxes[route[-1]][0], points[-1][1])
        curves.append((*points, *_straight(points[-1], arrival)[1:]))
    return tuple(curves)


def _bend(start: Point, end: Point) -> Curve:
    """A piece that leaves and arrives level."""
    half = (start[0] + end[0]) / 2
    return start, (half, start[1]), (half, end[1]), end


def _straight(start: Point, end: Point) -> Curve:
    return (start, start, end, end) if math.dist(start, end) > _STILL else (start,)


def _rooms(
    texts: Sequence[Size | None], hops: Sequence[Sequence[Curve]], boxes: Sequence[Box]
) -> tuple[Box | None, ...]:
    """Room for each text on the last hop of its edge, clear of boxes and texts, and off other edges."""
    if not any(texts):
        return (None,) * len(texts)
    paths = [[_along(across[-1], step / 20) for step in range(21)] for across in hops]
    rooms: list[Box | None] = [None] * len(texts)
    for edge, text in enumerate(texts):
        if text:
            others = [point for path in paths if path is not paths[edge] for point in path]
            taken = [room for room in rooms if room]
            near_halfway = [_around(paths[edge][step], text) for step in (10, 8, 12, 6, 14, 4, 16)]
            rooms[edge] = min(near_halfway, key=lambda room: _faults(room, boxes, taken, others))
    return tuple(rooms)


def _faults(
    room: Box, boxes: Sequence[Box], rooms: Sequence[Box], points: Sequence[Point]
) -> tuple[int, int, int]:
    """How much is in the way, the worst first. Halfway across the gap there is never a box."""
    return (
        sum(_overlap(room, box) for box in boxes),
        sum(_overlap(room, other) for other in rooms),
        sum(_overlap(room, (*point, *point)) for point in points),
    )


def _along(curve: Curve, t: float) -> Point:
    """The point of a curve at `t` between 0 (its start) and 1 (its end)."""
    pieces = len(curve) // 3
    piece = min(int(t * pieces), pieces - 1)
    t = t * pieces - piece
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    points = curve[3 * piece : 3 * piece + 4]
    x = sum(weight * x for weight, (x, _) in zip(weights, points, strict=True))
    y = sum(weight * y for weight, (_, y) in zip(weights, points, strict=True))
    return x, y


def _around(spot: Point, size: Size) -> Box:
    (x, y), (width, height) = spot, size
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _bounds(boxes: Iterable[Box], curves: Iterable[Curve], rooms: Iterable[Box | None]) -> Box:
    """The smallest box around everything."""
    everything = [*boxes, *filter(None, rooms), *((*point, *point) for curve in curves for point in curve)]
    lefts, tops, rights, bottoms = zip(*everything, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
