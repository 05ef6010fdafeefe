"""Lesson 08: the topological order, and backward."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import takewhile
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Part
from autograder.probes.lesson_08_backward import (
    CountedAdd,
    Graph,
    MulOfBoth,
    Watched,
    arrays_of_their_own,
    asked_once,
    built,
    by_levels,
    called_again,
    called_several_times,
    constants_get_none,
    gradients_of_leaves,
    gradients_on_the_way,
    inputs_first,
    leaves_are_there,
    listed,
    little_work,
    nothing_to_go_back_to,
    once,
    refused,
    results_are_there,
    results_of,
    root_last,
    with_grad,
)
from babygrad import Tensor

# The originals: in the learner's process `Tensor.backward` is the learner's.
from babygrad.backward import accumulate, topological_order

# Graphs as plain data ---------------------------------------------------------------------------------


def _graph(steps: str, constants: dict[str, Any] | None = None, **leaves: Any) -> Graph:
    """Leaves and constants with their numbers, and what is computed from them."""
    return {"leaves": leaves, "constants": constants or {}, "steps": steps}


def _in_words(graph: Graph) -> str:
    """The graph as a learner would write it: `a = 3`, `b = 5` and `d = a * b`."""
    numbers = [f"`{name} = {value:g}`" for name, value in graph["leaves"].items()]
    numbers += [f"a constant `{name} = {value:g}`" for name, value in graph["constants"].items()]
    steps = [f"`{step}`" for step in graph["steps"].replace("*!", "*").split(", ")]
    return listed([*numbers, *steps])


def _case(graph: Graph, text: str = "", **inputs: Any) -> Case:
    """A case whose root is what was computed last."""
    root = [*graph["constants"], *graph["leaves"], *results_of(graph)][-1]
    return Case(text or f"With {_in_words(graph)}", {"graph": graph, "root": root, **inputs})


_DEMO = "d = a * b, e = d + c, f = e * d"
_SHORTCUT_FIRST = "d = a * b, e = d + c, f = d * e"
_LONG_WAY_ROUND = "d = a * b, e = d + c, f = e * a, g = f + d"
_SHARED = "d = a * b, e = d * c, f = d + a, g = e + f"
"""The sum gives `d` and `a` the same gradient; then `d` gets more, long before the turn of `a`."""


def _demo(steps: str = _DEMO) -> Graph:
    return _graph(steps, a=3.0, b=5.0, c=-4.0)


def _swapped(**inputs: Any) -> Case:
    """The graph of the lesson but for the order of f's inputs."""
    graph = _demo(_SHORTCUT_FIRST)
    return _case(graph, f"With {_in_words(graph)} (the factors of `f` are swapped here)", **inputs)


def _number(rng: np.random.Generator) -> float:
    """A number that is short enough to be shown."""
    return float(rng.integers(5, 40)) / 4 * float(rng.choice([-1, 1]))


def _random_graph(rng: np.random.Generator) -> Graph:
    """Four leaves and nine operations, in which no two Tensors hold the same number."""
    while True:
        graph = _any_graph(rng)
        numbers = np.sort([float(tensor.data) for tensor in built(graph).values()])
        if np.all(np.diff(numbers) > 1e-6):
            return graph


def _any_graph(rng: np.random.Generator) -> Graph:
    """Four leaves and nine operations, each on the newest Tensor and an older one."""
    names, steps = ["a", "b", "c", "k"], []
    leaves: dict[str, Any] = {name: float(rng.normal()) + 0.1 for name in names}
    for number in range(1, 10):
        one, other = rng.permutation([names[-1], rng.choice(names[:-1])])
        steps.append(f"v{number} = {one} {rng.choice(['+', '*', '-'])} {other}")
        names.append(f"v{number}")
    return _graph(", ".join(steps), **leaves)


# topological_order ------------------------------------------------------------------------------------


Watched.__name__ = "Tensor"  # errors name it, and a learner knows no other


def chains(rng):
    """Nothing is used twice."""
    return [
        _case(_graph("h = -x, y = h.exp()", x=0.5)),
        _case(_graph("d = a * b, e = d + c", a=3.0, b=5.0, c=-4.0)),
    ]


def diamonds(rng):
    """Short and long ways to the same Tensor, the short one first or last; and random graphs."""
    return [
        _case(_demo()),
        _swapped(),
        _case(_demo(_LONG_WAY_ROUND)),
        *[
            Case(
                "With a random graph of four leaves and nine operations `v1` to `v9`",
                {"graph": _random_graph(rng), "root": "v9"},
            )
            for _ in range(3)
        ],
    ]


def used_several_times(rng):
    """The same Tensor as both inputs, as an input of several, of several in a row."""
    return [
        _case(_graph("y = x * x", x=3.0)),
        _case(_graph("h = x + x, y = h * h", x=3.0)),
        _case(_demo()),
        _case(_graph("y = x * w, z = y - x", x=3.0, w=5.0)),
    ]


def equal_numbers(rng):
    """Different Tensors that hold the same numbers."""
    sums = "p = a * b, q = a + c, y = p * q"
    arrays: dict[str, Any] = {"a": np.array([3.0, -5.0]), "b": np.array([2.0, 4.0])}
    both = "p = a + b, q = b + a, y = p * q"
    return [
        _case(_graph(sums, a=3.0, b=5.0, c=12.0)),
        _case(_graph("d = a * b, e = d - c", a=3.0, b=5.0, c=15.0)),
        _case(
            _graph(both, **arrays),
            "With `a = [3, -5]`, `b = [2, 4]`, `p = a + b`, `q = b + a` and `y = p * q`",
        ),
    ]


def leaves_and_constants(rng):
    """Tensors that nobody computed, with and without a gradient."""
    return [
        Case("With `x = 3` and nothing computed from it", {"graph": _graph("", x=3.0), "root": "x"}),
        _case(_graph("d = a * b", a=3.0, b=5.0)),
        _case(_graph("d = a * k, e = d + m", {"k": 7.0, "m": -4.0}, a=3.0)),
    ]


def several_calls(rng):
    """The same root again; one after it that contains it, or is contained in it."""
    text = f"With {_in_words(_demo())}"
    return [
        Case(
            f"{text}, where `topological_order(f)` is called twice", {"graph": _demo(), "roots": ["f", "f"]}
        ),
        Case(
            f"{text}, where `topological_order(f)` is called after `topological_order(d)`",
            {"graph": _demo(), "roots": ["d", "f"]},
        ),
        Case(
            f"{text}, where `topological_order(d)` is called after `topological_order(f)`",
            {"graph": _demo(), "roots": ["f", "d"]},
        ),
    ]


def thirty_doublings(rng):
    """Thirty-one Tensors, and two thousand million paths."""
    return [Case("With `h = Tensor(0.5)` and thirty times `h = h + h`", {"doublings": 30})]


def _depth_first(
    enter: Callable[[Tensor, list], Any] = lambda tensor, order: None,
    leave: Callable[[Tensor, list], Any] = lambda tensor, order: None,
    key: Callable[[Tensor], Any] = id,
    follow: Callable[[Tensor], Any] = lambda tensor: tensor._inputs,
) -> Callable[[Tensor], list]:
    """A function like topological_order: what is done on the way in and out, and what counts as seen."""

    def order_of(root):
        order: list = []
        seen: set = set()

        def visit(tensor):
            if key(tensor) not in seen:
                seen.add(key(tensor))
                enter(tensor, order)
                for source in follow(tensor):
                    visit(source)
                leave(tensor, order)

        visit(root)
        return order

    return order_of


def _append(tensor: Tensor, order: list) -> None:
    order.append(tensor)


def _without_record(first: bool) -> Callable[[Tensor], list]:
    """Nobody notes who was visited."""

    def order_of(root):
        sources = [entry for source in root._inputs for entry in order_of(source)]
        return [root, *sources] if first else [*sources, root]

    return order_of


def _sorted_by_levels(root):
    """The farthest first; within a level, those first that were found first."""
    steps = {root: 0}
    for tensor in by_levels(root):
        for source in tensor._inputs:
            steps.setdefault(source, steps[tensor] + 1)
    return sorted(steps, key=lambda tensor: -steps[tensor])


def _last_in_first_out(root):
    order, waiting = [], [root]
    while waiting:
        tensor = waiting.pop()
        if tensor not in order:
            order.append(tensor)
            waiting.extend(tensor._inputs)
    return order


def _marked_when_put_on_the_pile(root):
    order, seen, waiting = [], {root}, [root]
    while waiting:
        tensor = waiting.pop()
        order.append(tensor)
        for source in tensor._inputs:
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return order


def _backwards(order_of: Callable[[Tensor], list]) -> Callable[[Tensor], list]:
    return lambda root: order_of(root)[::-1]


_post_order = _depth_first(leave=_append)
_pre_order = _depth_first(enter=_append)


def _kept_record() -> Callable[[Tensor], list]:
    """The set of those visited is made once and for all."""
    seen: deque = deque(maxlen=500)  # for ever would fill our memory

    def order_of(root):
        order: list = []

        def visit(tensor):
            if not any(tensor is known for known in seen):
                seen.append(tensor)
                for source in tensor._inputs:
                    visit(source)
                order.append(tensor)

        visit(root)
        return order

    return order_of


def _remove_later(root):
    return list(dict.fromkeys(_without_record(first=False)(root)))


def _once_for_each_input(root):
    order: list = []
    seen: set = set()

    def visit(tensor):
        if tensor not in seen:
            seen.add(tensor)
            for source in tensor._inputs:
                visit(source)
                order.append(tensor)

    visit(root)
    return order


def _root_again_and_again(root):
    return [root] * len(_post_order(root))


def _two_inputs(tensor):
    return (tensor._inputs[0], tensor._inputs[1]) if tensor._inputs else ()


def _unpacked(tensor):
    left, right = tensor._inputs
    return left, right


def _dictionary_for_a_set(root):
    seen: Any = {}
    seen.add(root)


def _order_mistake(family: str, message: str, wrong: Callable[[Tensor], Any]) -> Mistake:
    return Mistake(family, message, {"topological_order": wrong})


_PER_PATH = (
    "A Tensor is visited again on every path that leads to it. What could the function look at, before it "
    "does anything, to find that it has been here? All of its calls have to share it."
)
_CONTAINS_STRANGERS = (
    "Were these Tensors put in by an earlier call? A list that is a default value, as in `def f(x, "
    "order=[])`, or that is made outside the function, is made once and kept. Each call of "
    "`topological_order` needs its own."
)

ORDER_MISTAKES = (
    _order_mistake(
        "pre-order",
        "This is the order of arriving: each Tensor is put into the list before its inputs have been looked "
        "at. When is the right moment to put it there?",
        _pre_order,
    ),
    _order_mistake(
        "pre-order",
        "Each Tensor goes into the list when it is taken off the pile, and that is before its inputs. When "
        "would it be safe to put it there?",
        _last_in_first_out,
    ),
    _order_mistake(
        "reversed pre-order",
        "Turning the order of arriving round puts the root last, and is right only as long as nobody takes "
        "a shortcut: a Tensor may be reached early, through one that uses it, while another one that uses "
        "it comes later. Do not turn the list; look for a better moment to put a Tensor into it.",
        _backwards(_pre_order),
    ),
    _order_mistake(
        "reversed pre-order",
        "Turning the list round puts the root last, and is right only as long as nobody takes a shortcut: a "
        "Tensor may be taken off the pile early, while another one that uses it is still waiting. When "
        "would it be safe to put it into the list?",
        _backwards(_last_in_first_out),
    ),
    _order_mistake(
        "reversed pre-order",
        "Turning the list round puts the root last, and is right only as long as nobody takes a shortcut: a "
        "Tensor may be taken off the pile early, while another one that uses it is still waiting. When "
        "would it be safe to put it into the list?",
        _backwards(_marked_when_put_on_the_pile),
    ),
    _order_mistake(
        "breadth-first order",
        "This goes level by level, the root first. Counted in steps from the root, an input may be near by "
        "one path and far by another. What has to be in the list before a Tensor may be put there?",
        by_levels,
    ),
    _order_mistake(
        "breadth-first order",
        "This goes level by level, and turns the list round. Counted in steps from the root, a Tensor may "
        "be near by one path and far by another, so levels do not tell who uses whom. What has to be in the "
        "list before a Tensor may be put there?",
        _backwards(by_levels),
    ),
    _order_mistake(
        "breadth-first order",
        "This goes level by level, and turns the list round. Counted in steps from the root, a Tensor may "
        "be near by one path and far by another, so levels do not tell who uses whom. What has to be in the "
        "list before a Tensor may be put there?",
        _sorted_by_levels,
    ),
    _order_mistake(
        "order reversed",
        "This is a right order turned round: the root comes first here. `backward` will go through the list "
        "from its end; the list itself begins with Tensors that have no inputs.",
        _backwards(_post_order),
    ),
    _order_mistake("visited once per path", _PER_PATH, _without_record(first=False)),
    _order_mistake(
        "visited once per path, pre-order",
        f"{_PER_PATH} Besides, each Tensor is put into the list before its inputs.",
        _without_record(first=True),
    ),
    _order_mistake(
        "visited once per path, then tidied",
        "Your list is right, but Tensors are visited again on every path that leads to them, and what comes "
        "twice is taken out afterwards. With each doubling the work doubles. Can you see it before you go "
        "down a second time?",
        _remove_later,
    ),
    _order_mistake(
        "compared by value",
        "Two Tensors that hold the same numbers are taken for one. They may be different places in the "
        "graph, with gradients of their own. How does one ask whether it is the very same object?",
        _depth_first(leave=_append, key=lambda tensor: tensor.data.tobytes()),
    ),
    _order_mistake(
        "compared by value",
        "You look for an array. Two Tensors may hold the same numbers, and the question is whether it is the "
        "very same Tensor.",
        _depth_first(leave=_append, key=lambda tensor: tensor.data),
    ),
    _order_mistake(
        "compared by value",
        "Your record holds numbers. Two Tensors may hold the same one, or whole arrays. A Tensor itself "
        "can be in a set.",
        _depth_first(leave=_append, key=lambda tensor: float(tensor.data)),
    ),
    _order_mistake(
        "dictionary for a set",
        "`{}` is an empty dictionary. An empty set is written `set()`.",
        _dictionary_for_a_set,
    ),
    _order_mistake(
        "two inputs taken for granted",
        "There are leaves without inputs, and operations with one. Can you go through `_inputs` however many "
        "there are?",
        _depth_first(leave=_append, follow=_unpacked),
    ),
    _order_mistake(
        "two inputs taken for granted",
        "There are operations with one input only. Can you go through `_inputs` however many there are?",
        _depth_first(leave=_append, follow=_two_inputs),
    ),
    _order_mistake(
        "only the root",
        "Only the root is in the list. Is your function called for the inputs as well, and do all of the "
        "calls fill one and the same list?",
        lambda root: [root],
    ),
    _order_mistake(
        "only the root",
        "Only the root is in the list, many times. Which Tensor is being visited when the list is filled?",
        _root_again_and_again,
    ),
    _order_mistake(
        "empty list",
        "If there is an inner function that fills it: is that ever called, and does it get as far as the "
        "line that puts something there?",
        lambda root: [],
    ),
    _order_mistake(
        "once for each input",
        "A Tensor is put into the list once for every input that it has: leaves never, others too often. "
        "Where does the line stand that puts it there?",
        _once_for_each_input,
    ),
    _order_mistake(
        "constants left out",
        "What is missing requires no gradient. Whether a gradient is wanted is for `backward` to decide; "
        "here everything counts that the root was made from.",
        _depth_first(leave=lambda tensor, order: order.append(tensor) if tensor.requires_grad else None),
    ),
    _order_mistake(
        "leaves left out",
        "What is missing was made by no operation. Gradients have to arrive there, so the leaves belong in "
        "the list.",
        _depth_first(leave=lambda tensor, order: order.append(tensor) if tensor._inputs else None),
    ),
    _order_mistake(
        "root left out",
        "The root itself is missing. It belongs at the end: it is the one that was made from all the others.",
        lambda root: _post_order(root)[:-1],
    ),
    _order_mistake(
        "one step only",
        "You look at the inputs of the root, and no further. They have inputs as well, and so on.",
        lambda root: [*dict.fromkeys(root._inputs), root],
    ),
    _order_mistake(
        "first input only",
        "You follow the first input of each Tensor and no other one.",
        _depth_first(leave=_append, follow=lambda tensor: tensor._inputs[:1]),
    ),
    _order_mistake(
        "not the Tensors themselves",
        "The list holds arrays. An array does not know its `_op` and `_inputs`: the list needs the Tensors.",
        _depth_first(leave=lambda tensor, order: order.append(tensor.data)),
    ),
    _order_mistake(
        "not the Tensors themselves",
        "The list holds numbers. An `id` is fine to remember who was visited, but the list needs the "
        "Tensors.",
        _depth_first(leave=lambda tensor, order: order.append(id(tensor))),
    ),
    _order_mistake(
        "record kept between calls",
        "The first call is right, and a later one leaves out what was visited before. A default value such "
        "as `seen=set()` is made once, with the function, and so is a set outside of it. Each call needs a "
        "new one.",
        _kept_record(),
    ),
    _order_mistake(
        "list kept between calls", _CONTAINS_STRANGERS, lambda root: [Tensor(0.0), *_post_order(root)]
    ),
)

# backward ---------------------------------------------------------------------------------------------


def _reference(self: Tensor, grad: Any = None) -> None:
    """What `Tensor.backward` of babygrad does."""
    if not self.requires_grad:
        raise RuntimeError("Cannot call backward on a tensor that does not require gradients.")
    accumulate(self, grad)


# Errors name them, and a learner knows no others.
CountedAdd.backward.__qualname__ = "Add.backward"
MulOfBoth.backward.__qualname__ = "Mul.backward"


def straight_ways(rng):
    """Everything is used once."""
    u, v, w = (round(float(x), 2) for x in rng.uniform(-6, 6, 3))
    product = "y = a * b"
    two_steps = "d = a * b, y = d * c"
    mixed = "d = a - b, e = c * d, y = e + k"
    return [
        _case(_graph(product, a=3.0, b=5.0)),
        _case(_graph(two_steps, a=3.0, b=5.0, c=-4.0)),
        _case(_graph(mixed, a=u, b=v, c=w, k=7.0)),
    ]


def one_input(rng):
    """Operations whose rule returns one Tensor and no tuple."""
    array = rng.normal(size=(1, 3))
    return [
        _case(_graph("y = -x", x=3.0)),
        _case(_graph("d = a * b, y = d.exp()", a=0.5, b=3.0)),
        _case(
            _graph("h = x.exp(), y = h.sum()", x=array),
            "With x of shape (1, 3), `h = x.exp()` and `y = h.sum()`",
        ),
    ]


def used_twice(rng):
    """Two gradients or more arrive at a leaf, at once or one after the other."""
    return [
        _case(_graph("y = x * x", x=3.0)),
        _case(_graph("y = x * w, z = y + x", x=3.0, w=5.0)),
        _case(_graph("h = x * x, k = h * x, y = k - x", x=3.0)),
        _case(_graph("s = a + b, p = a * b, y = p + s", a=3.0, b=5.0)),
        _case(_graph("y = x * w, z = y + x", x=_number(rng), w=_number(rng))),
    ]


def diamonds_of_numbers(rng):
    """A result is used twice, by a short way and by a long one."""
    return [
        _case(_demo()),
        _swapped(),
        _case(_demo(_LONG_WAY_ROUND)),
        _case(_graph("p = a * b, q = a + c, y = p * q", a=3.0, b=5.0, c=12.0)),
        _case(_demo(_SHARED)),
        *[
            Case(
                "With a random graph of four leaves `a`, `b`, `c`, `k` and nine operations",
                {"graph": _random_graph(rng), "root": "v9"},
            )
            for _ in range(2)
        ],
    ]


def results(rng):
    """Graphs with several results; one call, and two."""
    steps = "d = a * b, e = d + k, y = e * c"
    graph = _graph(steps, a=3.0, b=5.0, c=-4.0, k=7.0)
    numbers: dict[str, Any] = {name: _number(rng) for name in "abck"}
    drawn = _graph(steps, **numbers)
    text = f"With {_in_words(graph)}"
    return [
        _case(graph, f"{text}, after `y.backward()`", calls=1),
        _case(graph, f"{text}, after `y.backward()` was called twice", calls=2),
        _case(drawn, f"With {_in_words(drawn)}, after `y.backward()`", calls=1),
    ]


def dtypes_and_aliases(rng):
    """Both dtypes and a mixture, several shapes; an operation that hands the same gradient to both inputs."""
    wide = rng.normal(size=(2, 3))
    narrow = rng.normal(size=(2, 3)).astype(np.float32)
    three = np.float32(3)
    product, total = "y = a * b", "y = a + b"
    return [
        _case(
            _graph(product, a=np.array(three), b=np.array(three + 2)),
            "With float32 `a = 3`, `b = 5` and `y = a * b`",
        ),
        _case(
            _graph(product, a=wide, b=wide * 3),
            "With float64 arrays a and b of shape (2, 3), and `y = a * b`",
        ),
        _case(_graph(total, a=3.0, b=5.0)),
        _case(
            _graph("", x=np.array([3.0, -2.0])),
            "With a leaf `x = [3, -2]`, after `x.backward(grad)` with `grad = Tensor([5, -6])`",
            grad=np.array([5.0, -6.0]),
        ),
        _case(
            _graph("", x=np.array([3.0, -2.0])),
            "With a float64 leaf `x = [3, -2]`, after `x.backward([0.1, -0.7])`",
            grad=[0.1, -0.7],
        ),
        _case(
            _graph(product, a=narrow, b=wide),
            "With `y = a * b`, where a is a float32 array and b a float64 array",
        ),
    ]


def upstream_gradients(rng):
    """None, and a number, a list, an array, a Tensor; a root that is a leaf."""
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    small = _graph("y = a * b", a=np.array([3.0, -2.0]), b=np.array([4.0, 7.0]))
    written = "With `a = [3, -2]`, `b = [4, 7]` and `y = a * b`"
    large = _graph("d = a * b, y = d - c", a=a, b=b, c=a + b)
    twice = _graph("y = a + a", a=a)
    leaf = _graph("", x=np.array([3.0, -2.0]))
    shapes = "With a, b and c of shape (2, 3), `d = a * b` and `y = d - c`"
    five = np.array([5.0, -6.0])
    return [
        _case(small, f"{written}, after `y.backward()`", grad=None, kind=""),
        _case(small, f"{written}, after `y.backward([5, -6])`", grad=five, kind="list"),
        _case(
            small,
            f"{written}, after `y.backward(grad)` with the array `grad = [5, -6]`",
            grad=five,
            kind="array",
        ),
        _case(
            _graph("y = a * b", a=3.0, b=4.0),
            "With `a = 3`, `b = 4` and `y = a * b`, after `y.backward(5.0)`",
            grad=np.array(5.0),
            kind="number",
        ),
        _case(large, f"{shapes}, after `y.backward()`", grad=None, kind=""),
        _case(
            large, f"{shapes}, after `y.backward(grad)` with a random Tensor", grad=a * b + 1, kind="Tensor"
        ),
        _case(
            twice,
            "With a of shape (2, 3) and `y = a + a`, after `y.backward(grad)` with a random Tensor",
            grad=b,
            kind="Tensor",
            of=[],
        ),
        _case(
            leaf,
            "With a leaf `x = [3, -2]`, after `x.backward(grad)` with the array `grad = [5, -6]`",
            grad=five,
            kind="array",
        ),
    ]


def wrong_shapes(rng):
    """Shapes that would broadcast, that have as many elements, or as many axes."""
    graph = _graph("y = a * b", a=rng.normal(size=(2, 3)), b=rng.normal(size=(2, 3)))
    line = _graph("y = a * b", a=np.array([3.0, -2.0]), b=np.array([4.0, 7.0]))
    point = _graph("y = a * b", a=3.0, b=4.0)
    wrong = [(line, np.array(5.0), "number"), (point, np.array([5.0]), "list")]
    wrong += [(graph, rng.normal(size=shape), "array") for shape in ((3,), (1, 3), (3, 2), ())]
    wrong += [(graph, rng.normal(size=(2, 1)), "Tensor")]
    return [
        _case(
            graph,
            f"With `y` of shape {built(graph)['y'].shape} and, as `grad`, "
            + ("the number 5" if kind == "number" else f"{_A[kind]} of shape {grad.shape}"),
            grad=grad,
            kind=kind,
        )
        for graph, grad, kind in wrong
    ]


_A = {"list": "a list", "array": "an array", "Tensor": "a Tensor"}


def constants_beside(rng):
    """Constants whose rule gives None, and constants whose rule gives a gradient that nobody wants."""
    answered = "y = x *! k"
    inner = "m = k * n, y = m * x"
    left = "h = k *! x, y = h + n"
    return [
        _case(_graph("y = x * k", {"k": 7.0}, x=3.0)),
        _case(
            _graph(answered, {"k": 7.0}, x=3.0),
            f"With {_in_words(_graph(answered, {'k': 7.0}, x=3.0))}, where "
            "the rule answers for `k` as well, though nobody asked",
        ),
        _case(_graph("y = x ** k", {"k": 3.0}, x=5.0)),
        _case(_graph(inner, {"k": 7.0, "n": -4.0}, x=3.0)),
        _case(
            _graph(left, {"k": 7.0, "n": -4.0}, x=3.0),
            f"With {_in_words(_graph(left, {'k': 7.0, 'n': -4.0}, x=3.0))}, "
            "where the rule of `*` answers for `k` as well",
        ),
        _case(_graph("y = x * k", {"k": _number(rng)}, x=_number(rng))),
    ]


def call_after_call(rng):
    """The same root twice, thrice; another root on top; a .grad that was there before."""
    two_steps = _graph("d = a * b, y = d * c", a=3.0, b=5.0, c=-4.0)
    more = _graph("d = a * b, y = d * c, z = y * w", a=3.0, b=5.0, c=-4.0, w=0.5)
    product = _graph("y = a * b", a=3.0, b=5.0)
    drawn = _graph("y = a * b", a=_number(rng), b=_number(rng))
    text = f"With {_in_words(two_steps)}"
    none: dict[str, float] = {}
    return [
        Case(
            f"With {_in_words(product)}, after `y.backward()` was called twice",
            {"graph": product, "calls": ["y", "y"], "before": none},
        ),
        Case(
            f"{text}, after `y.backward()` was called twice",
            {"graph": two_steps, "calls": ["y", "y"], "before": none},
        ),
        Case(
            f"With {_in_words(more)}, after `y.backward()`, then `z.backward()`, then `y.backward()`",
            {"graph": more, "calls": ["y", "z", "y"], "before": none},
        ),
        Case(
            f"{text}, where `d.grad` and `a.grad` were 100 before `y.backward()`",
            {"graph": two_steps, "calls": ["y"], "before": {"d": 100.0, "a": 100.0}},
        ),
        Case(
            "With `y = a * b`, a float32 and b float64, after `y.backward()` was called twice",
            {
                "graph": _graph("y = a * b", a=np.array(3, np.float32), b=np.array(0.1)),
                "calls": ["y", "y"],
                "before": none,
            },
        ),
        Case(
            f"With {_in_words(drawn)}, after `y.backward()` was called twice",
            {"graph": drawn, "calls": ["y", "y"], "before": none},
        ),
    ]


def no_gradient_required(rng):
    """A constant, and what was made from constants."""
    return [
        Case(
            "With `k = Tensor(7.0, requires_grad=False)`",
            {"graph": _graph("", {"k": 7.0}), "root": "k"},
        ),
        _case(_graph("m = k * n", {"k": 7.0, "n": -4.0})),
    ]


class _Walk:
    """A right `backward`, with a place for each mistake."""

    at_end = True
    """Whether `.grad` is written when the walk is over; otherwise by each Tensor in its turn."""

    def run(self, root: Tensor, grad: Any) -> None:
        self.refuse(root)
        self.root = root
        self.ledger: dict[Tensor, Any] = {}
        self.ledger[root] = self.start(root, grad)
        for node in self.order(root):
            if not self.has_entry(node):
                continue
            found = self.ledger[node]
            if not self.at_end:
                self.keep(node, found)
            if self.has_rule(node):
                grads = self.ask(node, self.passed_on(node, found))
                for tensor, share in self.pairs(node, self.one_by_one(grads)):
                    if self.wants(tensor, share):
                        self.enter(tensor, share)
                self.leave(node)
        if self.at_end:
            for node, found in self.ledger.items():
                self.keep(node, found)

    def pairs(self, node, grads):
        return zip(node._inputs, grads, strict=False)

    def refuse(self, root):
        if not root.requires_grad:
            raise RuntimeError("this Tensor requires no gradient")

    def start(self, root, grad):
        return self.fitting(root, self.ones(root) if grad is None else grad)

    def ones(self, root):
        return np.ones_like(root.data)

    def fitting(self, root, grad):
        seed = Tensor(grad, dtype=root.dtype, requires_grad=False)
        if self.differs(seed, root):
            raise ValueError(f"grad has shape {seed.shape}, the Tensor {root.shape}")
        return seed

    def differs(self, seed, root):
        return seed.shape != root.shape

    def order(self, root):
        return reversed(topological_order(root))

    def has_entry(self, node):
        return node in self.ledger

    def has_rule(self, node):
        return node._op is not None

    def keep(self, node, found):
        node.grad = np.array(found.data if node.grad is None else node.grad + found.data, node.dtype)

    def ask(self, node, out_grad):
        return node._op.backward(out_grad, node)

    def passed_on(self, node, found):
        return found

    def one_by_one(self, grads):
        return grads if isinstance(grads, tuple) else (grads,)

    def wants(self, tensor, share):
        return tensor.requires_grad

    def enter(self, tensor, share):
        self.ledger[tensor] = self.ledger[tensor] + share if tensor in self.ledger else share

    def leave(self, node):
        pass


def _walk_mistake(family: str, message: str, **methods: Any) -> Mistake:
    """A right walk with other methods."""
    kind = type("_WrongWalk", (_Walk,), methods)

    def backward(self, grad=None):
        kind().run(self, grad)

    return Mistake(family, message, {"backward": backward})


def _overwrite(walk, tensor, share):
    walk.ledger[tensor] = share


def _keep_first(walk, tensor, share):
    walk.ledger.setdefault(tensor, share)


def _enter_without_asking(walk, tensor, share):
    walk.ledger[tensor] = walk.ledger[tensor] + share


def _enter_product(walk, tensor, share):
    walk.ledger[tensor] = walk.ledger[tensor] * share if tensor in walk.ledger else share


def _enter_and_one(walk, tensor, share):
    walk.ledger[tensor] = walk.ledger.get(tensor, 1) + share


def _enter_array(walk, tensor, share):
    walk.ledger[tensor] = walk.ledger[tensor] + share.data if tensor in walk.ledger else share.data


def _enter_in_place(walk, tensor, share):
    if tensor in walk.ledger:
        walk.ledger[tensor].data += share.data
    else:
        walk.ledger[tensor] = share


def _keep_last(walk, node, found):
    node.grad = np.array(found.data, node.dtype)


def _keep_by_adding(walk, node, found):
    node.grad = node.grad + found.data


def _keep_only_first(walk, node, found):
    if node.grad is None:
        node.grad = np.array(found.data, node.dtype)


def _keep_without_copy(walk, node, found):
    node.grad = found.data if node.grad is None else np.asarray(node.grad + found.data)


def _keep_without_copy_in_its_dtype(walk, node, found):
    node.grad = np.asarray(found.data if node.grad is None else node.grad + found.data, node.dtype)


def _keep_in_place(walk, node, found):
    if node.grad is None:
        node.grad = found.data
    else:
        node.grad += found.data


def _keep_its_dtype(walk, node, found):
    node.grad = np.array(found.data if node.grad is None else node.grad + found.data)


def _keep_float32(walk, node, found):
    node.grad = np.array(found.data if node.grad is None else node.grad + found.data, np.float32)


def _keep_tensor(walk, node, found):
    node.grad = Tensor(found) if node.grad is None else Tensor(node.grad) + found


def _only_where(condition: Callable[[Any, Tensor], bool]) -> Callable[..., None]:
    def keep(walk, node, found):
        if condition(walk, node):
            _Walk.keep(walk, node, found)

    return keep


def _forget(walk, node):
    node._op, node._inputs = None, ()


def _every_path(
    keep: Callable[[Tensor, Any], Any], pass_on: Callable[[Tensor, Any], Any]
) -> Callable[..., None]:
    """No order and no ledger: what arrives is passed on at once."""

    def backward(self, grad=None):
        _Walk().refuse(self)
        arrive(self, _Walk().start(self, grad))

    def arrive(tensor, found):
        keep(tensor, found)
        if tensor._op is not None:
            walk = _Walk()
            grads = walk.one_by_one(walk.ask(tensor, pass_on(tensor, found)))
            for source, share in zip(tensor._inputs, grads, strict=True):
                if source.requires_grad:
                    arrive(source, share)

    return backward


def _add_up(tensor, found):
    _Walk().keep(tensor, found)


def _replace(tensor, found):
    tensor.grad = np.array(found.data, tensor.dtype)


def _its_grad(tensor: Tensor) -> Tensor:
    return Tensor(np.array(tensor.grad), requires_grad=False)


def _assert_shape(walk, seed, root):
    assert seed.shape == root.shape
    return False


def _assert_wanted(walk, root):
    assert root.requires_grad


def _refuse_with_a_value_error(walk, root):
    if not root.requires_grad:
        raise ValueError("this Tensor requires no gradient")


def _differs_with_a_runtime_error(walk, seed, root):
    if seed.shape != root.shape:
        raise RuntimeError("grad has another shape")
    return False


def _grad_is_the_ledger(self, grad=None):
    walk = _Walk()
    walk.refuse(self)
    self.grad = walk.start(self, grad).data
    for node in reversed(topological_order(self)):
        if node._op is not None:
            grads = walk.one_by_one(walk.ask(node, _its_grad(node)))
            for tensor, share in zip(node._inputs, grads, strict=True):
                if tensor.requires_grad:
                    walk.keep(tensor, share)


_KEPT: dict[Tensor, Any] = {}


def _in_a_kept_ledger(walk, root, grad):
    """What earlier calls for the same graph have left is still there; of other graphs we keep nothing."""
    order = topological_order(root)
    if not any(tensor in _KEPT for tensor in order):
        _KEPT.clear()
    walk.refuse(root)
    walk.root, walk.ledger = root, _KEPT
    _KEPT[root] = walk.start(root, grad)
    for node in order[::-1]:
        if node in _KEPT and node._op is not None:
            grads = walk.one_by_one(walk.ask(node, _KEPT[node]))
            for tensor, share in zip(node._inputs, grads, strict=True):
                if tensor.requires_grad:
                    walk.enter(tensor, share)
    for node, found in _KEPT.items():
        walk.keep(node, found)


def _as_they_come(take: int) -> Callable[..., None]:
    """Whoever gets something waits for a turn, each time; take: from the front of the list or its end."""

    def run(walk, root, grad):
        walk.refuse(root)
        walk.root, walk.ledger = root, {root: walk.start(root, grad)}
        waiting = [root]
        while waiting:
            node = waiting.pop(take)
            if node._op is not None:
                grads = walk.one_by_one(walk.ask(node, walk.ledger[node]))
                for tensor, share in zip(node._inputs, grads, strict=True):
                    if tensor.requires_grad:
                        walk.enter(tensor, share)
                        waiting.append(tensor)
        for node, found in walk.ledger.items():
            walk.keep(node, found)

    return run


def _quiet_about_shapes(walk, root, grad):
    with suppress(ValueError):
        _Walk.run(walk, root, grad)


def _as_it_is(walk, root, grad):
    if grad.shape != root.shape:
        raise ValueError("grad has another shape")
    return grad


def _until_first_leaf(walk, root):
    return takewhile(lambda tensor: tensor._op is not None, reversed(topological_order(root)))


def _nothing(self, grad=None):
    pass


def _fitting_without_dtype(walk, root, grad):
    seed = Tensor(grad, requires_grad=False)
    if seed.shape != root.shape:
        raise ValueError(f"grad has shape {seed.shape}, the Tensor {root.shape}")
    return seed


def _truth_of_grad(walk, root, grad):
    return walk.fitting(root, grad if grad else walk.ones(root))


def _whatever_comes(walk, root, grad):
    return Tensor(walk.ones(root) if grad is None else grad, dtype=root.dtype, requires_grad=False)


def _stretched(walk, root, grad):
    seed = _whatever_comes(walk, root, grad)
    return Tensor(np.broadcast_to(seed.data, root.shape), requires_grad=False)


def _zero_if_constant(tensor: Tensor) -> Tensor:
    if not tensor.requires_grad:
        tensor.grad = np.zeros_like(tensor.data)
    return tensor


_FROM_THE_LEAVES = (
    "You begin with Tensors to which nobody has reported yet. The list has the inputs first; who is the "
    "first one to report?"
)

BACKWARD_MISTAKES = (
    Mistake(
        "nothing computed",
        "No rule is asked here, and no error is raised. Does your code get as far as the lines that should "
        "do it?",
        {"backward": _nothing},
    ),
    _walk_mistake(
        "nothing kept",
        "No `.grad` is set. What is in the ledger when the loop begins, and which line takes what it holds "
        "to `.grad`?",
        keep=lambda walk, node, found: None,
    ),
    _walk_mistake(
        "leaf asked for its rule",
        "A leaf was made by no operation: its `_op` is None, and there is no rule to ask.",
        has_rule=lambda walk, node: True,
    ),
    Mistake(
        ".grad of earlier calls passed on",
        "The first call is right; in a later one, what earlier calls left behind is passed on once more. Is "
        "`.grad` your ledger? It holds what arrived in all calls together. What has arrived in *this* call?",
        {"backward": _grad_is_the_ledger},
    ),
    _walk_mistake(
        "gradient overwritten instead of added",
        "Where a Tensor is used several times, only the report that came last is left. What should become "
        "of an entry that is there already?",
        enter=_overwrite,
    ),
    _walk_mistake(
        "only the first gradient kept",
        "Where a Tensor is used several times, only the report that came first is left. What should become "
        "of the later ones?",
        enter=_keep_first,
    ),
    _walk_mistake(
        "gradient multiplied instead of added",
        "Where a Tensor is used several times, you multiply the reports. A nudge of it moves the result "
        "along each of its paths: what becomes of the moves?",
        enter=_enter_product,
    ),
    _walk_mistake(
        "first report added to nothing",
        "The first report to a Tensor finds no entry to which it could be added. What should the entry be "
        "then?",
        enter=_enter_without_asking,
    ),
    _walk_mistake(
        "first report added to 1",
        "To the first report that comes to a Tensor you add 1, and nobody has sent that. What does a Tensor "
        "have before anybody has reported to it?",
        enter=_enter_and_one,
    ),
    *[
        _walk_mistake(
            "ledger changed in place",
            "An entry of the ledger is changed in place. A rule may have given the same Tensor to both of "
            "its inputs, so that another entry, or the caller's `grad`, changes along with it. Can you put "
            "a new sum there instead?",
            enter=_enter_in_place,
            at_end=at_end,
        )
        for at_end in (True, False)
    ],
    _walk_mistake(
        "order not reversed",
        _FROM_THE_LEAVES,
        order=lambda walk, root: topological_order(root),
        has_entry=lambda walk, node: True,
    ),
    _walk_mistake(
        "order not reversed",
        _FROM_THE_LEAVES,
        order=lambda walk, root: topological_order(root),
        has_entry=lambda walk, node: node._op is not None,
    ),
    _walk_mistake(
        "order not reversed",
        "The inputs of the root get something, and nobody else does. Do you begin with the leaves, to whom "
        "nobody has reported yet? The list has the inputs first; who is the first one to report?",
        order=lambda walk, root: topological_order(root),
    ),
    _walk_mistake(
        "order not reversed",
        "Nothing arrives at the leaves. Either they have their turn before anybody has reported to them (the "
        "list has the inputs first), or what the rules return is never noted down. What is in your ledger "
        "after the first turn?",
        order=lambda walk, root: topological_order(root),
        at_end=False,
    ),
    _walk_mistake(
        "nothing to go through",
        "What you go through there is None. `xs.reverse()` turns the list round and returns nothing; "
        "`reversed(xs)` is what can be gone through.",
        order=lambda walk, root: topological_order(root).reverse(),
    ),
    _walk_mistake(
        "stopped at the first leaf",
        "Your walk ends at the first leaf or constant. Others may be waiting behind it in the list: how does "
        "a loop leave out one round only?",
        order=_until_first_leaf,
    ),
    _walk_mistake(
        "pre-order",
        "Some Tensor passes its gradient on before all who use it have reported. Is this the order of "
        "arriving, with each Tensor before its inputs? It has to be the topological order, from its end.",
        order=lambda walk, root: _pre_order(root),
    ),
    _walk_mistake(
        "breadth-first order",
        "Some Tensor passes its gradient on before all who use it have reported. Do you go level by level? "
        "It has to be the topological order, from its end.",
        order=lambda walk, root: by_levels(root),
    ),
    _walk_mistake(
        "forgot out_grad",
        "Each rule is told that 1 arrives. What has arrived at `node`, according to the ledger?",
        ask=lambda walk, node, found: node._op.backward(Tensor(np.ones_like(found.data)), node),
    ),
    _walk_mistake(
        "value instead of gradient",
        "Each rule is given the value of its result as the upstream gradient. What has arrived there, "
        "according to the ledger?",
        ask=lambda walk, node, found: node._op.backward(node.detach(), node),
    ),
    _walk_mistake(
        "the root's rule everywhere",
        "Everywhere it is the rule of the root that you ask. Whose turn is it?",
        ask=lambda walk, node, found: walk.root._op.backward(found, node),
    ),
    _walk_mistake(
        "the root as every output",
        "Each rule is told that its output is the root. A rule reads its inputs there: which Tensor has this "
        "operation made?",
        ask=lambda walk, node, found: node._op.backward(found, walk.root),
    ),
    _walk_mistake(
        "backward called by itself",
        "The `backward` of a Tensor is the very function that you are writing. The rule belongs to the "
        "operation that made the Tensor.",
        ask=lambda walk, node, found: node.backward(found),
    ),
    _walk_mistake(
        "arguments swapped",
        "A rule is called as `backward(out_grad, node)`: what arrived comes first, then the output.",
        ask=lambda walk, node, found: node._op.backward(node, found.detach()),
    ),
    _walk_mistake(
        "gradients crossed",
        "The gradients of a rule come in the order of the inputs. You give them out the other way round.",
        one_by_one=lambda walk, grads: grads[::-1] if isinstance(grads, tuple) else (grads,),
    ),
    _walk_mistake(
        "only the first gradient passed on",
        "Only the first input of each operation gets a report.",
        one_by_one=lambda walk, grads: grads[:1] if isinstance(grads, tuple) else (grads,),
    ),
    _walk_mistake(
        "not in pairs",
        "You go through two things: all of the inputs first, then all of the answers. An input and its "
        "answer should come together: which function puts two lists side by side?",
        pairs=lambda walk, node, grads: iter((node._inputs, grads)),
    ),
    _walk_mistake(
        "single gradient iterated as a tuple",
        "An operation with one input may return one Tensor, without a tuple around it. You go through it as "
        "if it were a tuple.",
        one_by_one=lambda walk, grads: iter(grads),
    ),
    _walk_mistake(
        "single gradient iterated as a tuple",
        "An operation with one input may return one Tensor, without a tuple around it. You take entries out "
        "of it as if it were a tuple.",
        one_by_one=lambda walk, grads: (grads[0], *grads[1:]),
    ),
    _walk_mistake(
        "single gradient iterated as a tuple",
        "An operation with one input may return one Tensor, without a tuple around it. A Tensor has no "
        "length.",
        one_by_one=lambda walk, grads: grads[: len(grads)],
    ),
    _walk_mistake(
        "constants given gradients",
        "What is looked up for a constant is None: nobody reports to it, or its rule returned None. Which "
        "Tensors want a gradient?",
        wants=lambda walk, tensor, share: True,
    ),
    _walk_mistake(
        "constants given gradients",
        "You leave out an input where the rule returns None. A rule may also return a gradient that nobody "
        "wants: whether one is wanted, the input itself knows.",
        wants=lambda walk, tensor, share: share is not None,
    ),
    _walk_mistake(
        "constants given gradients",
        "`.grad` is set on everything in the list, constants too. Who of them requires a gradient?",
        order=lambda walk, root: [_zero_if_constant(tensor) for tensor in reversed(topological_order(root))],
    ),
    _walk_mistake(
        "constant looked up",
        "Everything in the list is looked up in the ledger, constants too. Nobody reports to a constant, so "
        "it has no entry.",
        has_entry=lambda walk, node: True,
    ),
    _walk_mistake(
        ".grad of earlier calls passed on",
        "The first call is right; in a later one, what earlier calls left behind is passed on once more. Is "
        "it `.grad` that you give to the rules, or a ledger that is not new in each call? What has arrived "
        "in *this* call?",
        passed_on=lambda walk, node, found: _its_grad(node),
        at_end=False,
    ),
    _walk_mistake(
        "ledger kept between calls",
        "The first call is right; a later one finds what the first has left in the ledger. A ledger that is "
        "a default value, as in `def f(x, ledger={})`, or that is made outside the function, is made once "
        "and kept. Each call of `backward` needs its own.",
        run=_in_a_kept_ledger,
    ),
    _walk_mistake(
        ".grad overwritten by a later call",
        "After a second call only its own gradient is there. `.grad` adds up over calls, until somebody "
        "clears it.",
        keep=_keep_last,
    ),
    _walk_mistake(
        ".grad kept from the first call",
        "A `.grad` that is there already stays as it is. It should have the new gradient added.",
        keep=_keep_only_first,
    ),
    _walk_mistake(
        "history freed too early",
        "The second call finds no way back: `_op` or `_inputs` were cleared by the first. They belong to "
        "the graph, and the graph may be used again.",
        leave=_forget,
    ),
    *[
        _walk_mistake(
            ".grad without copy",
            "`.grad` holds the very array that was in the ledger, and a rule may have handed that array to "
            "others as well. Give each Tensor a copy.",
            keep=keep,
        )
        for keep in (_keep_without_copy, _keep_without_copy_in_its_dtype)
    ],
    _walk_mistake(
        ".grad without copy, then changed in place",
        "`.grad` holds the very array that was in the ledger, others hold it too, and a later call changes "
        "it in place for all of them. Give each Tensor an array of its own.",
        keep=_keep_in_place,
    ),
    _walk_mistake(
        ".grad added to None",
        "Before anything has arrived, `.grad` is None, and nothing can be added to that. What should `.grad` "
        "be then?",
        keep=_keep_by_adding,
    ),
    _walk_mistake(
        ".grad in another dtype",
        "With float32 and float64 side by side, NumPy computes in float64, and the root is float64. Each "
        "`.grad` should have the dtype of its own Tensor. Is it that one that `np.array(…, dtype=…)` gets?",
        keep=_keep_its_dtype,
    ),
    _walk_mistake(
        ".grad in another dtype",
        "`.grad` is float32 everywhere. It should have the dtype of its Tensor.",
        keep=_keep_float32,
    ),
    _walk_mistake(
        ".grad is a Tensor",
        "You put Tensors into `.grad`. It should be an array, like `data`.",
        keep=_keep_tensor,
    ),
    _walk_mistake(
        "no .grad on the way",
        "Only the leaves get a `.grad`. Everything that requires a gradient should have one, the results "
        "and the root as well.",
        keep=_only_where(lambda walk, node: node._op is None),
    ),
    _walk_mistake(
        "no .grad for leaves",
        "The leaves get no `.grad`. They have no operation, but they are what everybody wants to know about.",
        keep=_only_where(lambda walk, node: node._op is not None),
    ),
    _walk_mistake(
        "no .grad for the root",
        "The Tensor whose `backward` was called gets no `.grad`, and it requires one as well. What has "
        "arrived at it?",
        keep=_only_where(lambda walk, node: node is not walk.root),
    ),
    *[
        _walk_mistake(
            "seed is no Tensor",
            "A number has got among the Tensors of your ledger, as an entry or as a key. Rules work on "
            "Tensors.",
            start=lambda walk, root, grad, seed=seed: seed,
        )
        for seed in (1.0, 1)
    ],
    _walk_mistake(
        "seed is no Tensor",
        "`grad` may be a number or a list as well, and those have no shape. What could you make of it first?",
        fitting=_as_it_is,
    ),
    _walk_mistake(
        "ledger of arrays",
        "Your ledger holds arrays, and the rules work on Tensors. What should an entry be?",
        start=lambda walk, root, grad: _Walk.start(walk, root, grad).data,
        enter=_enter_array,
        keep=lambda walk, node, found: _Walk.keep(walk, node, Tensor(found)),
    ),
    _walk_mistake(
        "seed of the wrong shape",
        "The walk starts with a single 1, whatever the shape of the Tensor. Every element needs its own.",
        start=lambda walk, root, grad: Tensor(1.0) if grad is None else walk.fitting(root, grad),
    ),
    _walk_mistake(
        "seed of the wrong shape",
        "Nobody gave a `grad`, and you refuse one: your own. The walk starts with a single 1, whatever the "
        "shape of the Tensor. Every element needs its own.",
        ones=lambda walk, root: 1.0,
    ),
    _walk_mistake(
        "start in another dtype",
        "You start with float32 numbers where the Tensor is float64. `Tensor(…)` makes float32 of numbers "
        "and lists, unless it is told otherwise: which dtype should the start have?",
        fitting=_fitting_without_dtype,
    ),
    _walk_mistake(
        "seed is not ones",
        "The walk starts with the Tensor's own values. If every element is nudged, by how much does each of "
        "them move?",
        ones=lambda walk, root: root.data,
    ),
    _walk_mistake(
        "seed is not ones",
        "The walk starts with the mean in mind: ones divided by their number. What is wanted is the "
        "gradient of the sum.",
        ones=lambda walk, root: np.ones_like(root.data) / max(root.size, 1),
    ),
    _walk_mistake(
        "grad ignored",
        "You start with ones even where `grad` says something else.",
        start=lambda walk, root, grad: (
            walk.fitting(root, walk.ones(root) if grad is None else grad) and Tensor(walk.ones(root))
        ),
    ),
    _walk_mistake(
        "grad ignored",
        "You start with a single 1, whatever `grad` says. Who looks at `grad`?",
        start=lambda walk, root, grad: Tensor(1.0),
    ),
    _walk_mistake(
        "grad ignored",
        "You start with ones, whatever `grad` says. Who looks at `grad`?",
        start=lambda walk, root, grad: Tensor(walk.ones(root)),
    ),
    _walk_mistake(
        "truth of an array",
        "Both `if grad:` and `grad == None` ask each element of an array. There is only one None: which "
        "comparison asks whether `grad` is that very object?",
        start=_truth_of_grad,
    ),
    *[
        _walk_mistake(
            "shape of grad not checked",
            "A `grad` of another shape is accepted. NumPy stretches it without a word, and the gradients are "
            "those of something that nobody asked for. When is a shape right?",
            fitting=lambda walk, root, grad: Tensor(grad, dtype=root.dtype, requires_grad=False),
            at_end=at_end,
        )
        for at_end in (True, False)
    ],
    _walk_mistake(
        "silent return for a wrong shape",
        "No error is raised. What is printed or returned does not stop the code that called; `raise` does.",
        run=_quiet_about_shapes,
    ),
    _walk_mistake(
        "shape of grad not checked",
        "A `grad` of another shape is stretched to the right one. The caller has made a mistake there, and "
        "should be told.",
        start=_stretched,
    ),
    _walk_mistake(
        "only the size of grad checked",
        "You compare how many elements there are, and a different shape may have as many.",
        differs=lambda walk, seed, root: seed.size != root.size,
    ),
    _walk_mistake(
        "only the number of axes of grad checked",
        "You compare how many axes there are, and they may have other lengths. When are two shapes the same?",
        differs=lambda walk, seed, root: seed.ndim != root.ndim,
    ),
    _walk_mistake(
        "only the first axis of grad checked",
        "You compare the lengths of the first axis only.",
        differs=lambda walk, seed, root: seed.shape[:1] != root.shape[:1],
    ),
    _walk_mistake(
        "assert instead of raise",
        "`assert` is for what can never happen, and can be switched off. Here the caller has made a "
        "mistake: `raise` an error that says so.",
        refuse=_assert_wanted,
        differs=_assert_shape,
    ),
    _walk_mistake(
        "errors exchanged",
        "You do raise an error, of another kind. One kind is for a Tensor that requires no gradient, the "
        "other for a `grad` of another shape: which is which?",
        refuse=_refuse_with_a_value_error,
        differs=_differs_with_a_runtime_error,
    ),
    _walk_mistake(
        "silent return for a constant",
        "No error is raised where there is nothing to compute, and whoever called believes that there are "
        "gradients now. What is printed or returned does not stop their code; `raise` does.",
        refuse=lambda walk, root: None,
        run=lambda walk, root, grad: _Walk.run(walk, root, grad) if root.requires_grad else None,
    ),
    _walk_mistake(
        "no error for a constant",
        "You go ahead although the Tensor requires no gradient. Ask it first.",
        refuse=lambda walk, root: None,
    ),
    Mistake(
        "visited once per path",
        "The gradients are right, but each path is walked separately: a Tensor passes on every report by "
        "itself, instead of waiting for all of them. Who knows when they are all there?",
        {"backward": _every_path(_add_up, lambda tensor, found: found)},
    ),
    Mistake(
        "visited once per path, gradient overwritten",
        "Each path is walked separately, and the last one overwrites what the others have brought. What "
        "should become of the gradients that arrive at one Tensor, and when should it pass them on?",
        {"backward": _every_path(_replace, lambda tensor, found: found)},
    ),
    *[
        _walk_mistake(
            "visited once per path, ledger passed on",
            "With every report that arrives, a Tensor gets another turn, and passes on all that it has so "
            "far: the earlier reports are passed on again. It should wait until all of them are there, and "
            "have one turn. Which list says when?",
            run=_as_they_come(take),
        )
        for take in (0, -1)
    ],
    Mistake(
        "visited once per path, .grad passed on",
        "With every report that arrives, a Tensor passes on all that it has so far, so the earlier reports "
        "are passed on again. It should wait until all of them are there, and pass on their sum once.",
        {"backward": _every_path(_add_up, lambda tensor, found: _its_grad(tensor))},
    ),
)


_WALK = ("walk", "accumulate", "grad", "Tensor.backward", "gradcheck")

EXERCISES = (
    Exercise(
        "08_backward/topological_order",
        cell="topological_order",
        reference={"topological_order": topological_order},
        parts=(
            Part("a chain: inputs first, the root last", 0.5, root_last, chains),
            Part("a diamond, by short ways and long ones", 1.5, inputs_first, diamonds),
            Part("each Tensor once, however often it is used", 1, once, used_several_times),
            Part("equal numbers in different Tensors", 0.5, results_are_there, equal_numbers),
            Part("leaves and constants, too", 0.5, leaves_are_there, leaves_and_constants),
            Part("a second call", 0.5, called_again, several_calls),
            Part("thirty doublings in no time", 0.5, little_work, thirty_doublings),
        ),
        mistakes=ORDER_MISTAKES,
        withheld=("topological_order", *_WALK),
    ),
    Exercise(
        "08_backward/backward",
        cell="backward",
        reference={"backward": _reference},
        parts=(
            Part("straight ways: nothing is used twice", 1, gradients_of_leaves, straight_ways),
            Part("operations with one input", 0.5, gradients_of_leaves, one_input),
            Part("a leaf that is used several times", 1, gradients_of_leaves, used_twice),
            Part(
                "a diamond: a result that is used several times", 1, gradients_of_leaves, diamonds_of_numbers
            ),
            Part("each rule is asked once", 0.5, asked_once, thirty_doublings),
            Part("results have a `.grad` as well", 0.5, gradients_on_the_way, results),
            Part(
                "`.grad` is an array of its own, with shape and dtype",
                0.5,
                arrays_of_their_own,
                dtypes_and_aliases,
            ),
            Part("several elements, and the argument `grad`", 1, with_grad, upstream_gradients),
            Part("a `grad` of another shape is refused", 0.5, refused, wrong_shapes),
            Part("constants get none", 1, constants_get_none, constants_beside),
            Part("a second call adds up", 1, called_several_times, call_after_call),
            Part("an error where no gradient is required", 0.5, nothing_to_go_back_to, no_gradient_required),
        ),
        mistakes=BACKWARD_MISTAKES,
        withheld=_WALK,
        needed=("topological_order",),
    ),
)
