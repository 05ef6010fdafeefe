"""Lesson 08: the probes."""

from __future__ import annotations

import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

import babygrad
from autograder.observation import Claim, Form, Raised
from autograder.surroundings import method_is, names_mean, those_of_babygrad
from babygrad import Tensor

# Graphs as plain data ---------------------------------------------------------------------------------


Graph = dict[str, Any]


class MulOfBoth(babygrad.Mul):
    """A product whose rule answers for both inputs, asked or not, as in lesson 03."""

    def backward(self, out_grad, node):
        a, b = node._inputs
        return out_grad * b, out_grad * a


_OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "+": babygrad.add,
    "-": babygrad.sub,
    "*": babygrad.mul,
    "*!": lambda a, b: MulOfBoth()(a, b),
    "**": babygrad.power,
    "exp": babygrad.exp,
    "negative": babygrad.negate,
    "sum": babygrad.summation,
}


@cache
def _steps(text: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The name, operation and inputs of each step in "d = a * b, y = d.exp()"."""
    steps: list[tuple[str, str, tuple[str, ...]]] = []
    for step in filter(None, text.split(", ")):
        name, formula = step.split(" = ")
        words = formula.split()
        if len(words) == 3:
            steps.append((name, words[1], (words[0], words[2])))
        elif formula.startswith("-"):
            steps.append((name, "negative", (formula[1:],)))
        else:
            source, method = formula.removesuffix("()").split(".")
            steps.append((name, method, (source,)))
    return tuple(steps)


def built(graph: Graph) -> dict[str, Tensor]:
    """The Tensors of a graph, by name. Python numbers become float64 here, for precision."""
    tensors = {
        name: Tensor(np.array(value), requires_grad=kind == "leaves")
        for kind in ("leaves", "constants")
        for name, value in graph[kind].items()
    }
    for name, operation, sources in _steps(graph["steps"]):
        tensors[name] = _OPERATIONS[operation](*[tensors[source] for source in sources])
    return tensors


def listed(items: list[str]) -> str:
    return " and ".join([*[", ".join(items[:-1])] * bool(items[:-1]), *items[-1:]])


def _leaves(graph: Graph) -> list[str]:
    return list(graph["leaves"])


def results_of(graph: Graph) -> list[str]:
    return [name for name, *_ in _steps(graph["steps"])]


# topological_order ------------------------------------------------------------------------------------


class _TooOften(Exception):
    """The learner's code went on and on, and was stopped."""


def _names(order: Any, tensors: dict[str, Tensor]) -> list[str]:
    """The entries of a list by their names; what is no Tensor of this graph has the name "?"."""
    known = {id(tensor): name for name, tensor in tensors.items()}
    return [known.get(id(entry), "?") for entry in order]


def _is_list(order: Any) -> tuple[str, Claim]:
    known = {
        "NoneType": "it is None: there is no `return`, or nothing behind it",
        "set": "it is a set, and a set has no order",
    }
    kind = type(order).__name__
    instead = known.get(kind, f"it is an object of class {kind}")
    return (
        "what `topological_order` returns should be a list",
        Claim(isinstance(order, (list, tuple)), instead),
    )


def _are_known(order: Any, names: list[str]) -> tuple[str, Claim]:
    kind = type(order[names.index("?")]).__name__ if "?" in names else ""
    what = "another Tensor" if kind == "Tensor" else f"an object of class {kind}"
    return (
        "every entry of the list should be one of the Tensors that the root was made from, the very object",
        Claim(not kind, f"entry {names.index('?')} is {what}" if kind else ""),
    )


def _needed(tensors: dict[str, Tensor], root: str) -> list[str]:
    """The names of all that a right list holds, in no particular order."""
    found = {root}
    while True:
        more = {name for known in found for name in _names(tensors[known]._inputs, tensors)}
        if more <= found:
            return [name for name in tensors if name in found]
        found |= more


def _results_below(tensors: dict[str, Tensor], root: str) -> list[str]:
    """The names of the computed ones among them, without the root; leaves have points of their own."""
    return [name for name in _needed(tensors, root) if tensors[name]._inputs and name != root]


def _are_there(names: list[str], needed: list[str], what: str = "every Tensor") -> Iterator[tuple[str, Any]]:
    missing = [f"`{name}`" for name in needed if name not in names]
    instead = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    yield f"{what} should be in the list", Claim(not missing, instead if names else "the list is empty")
    if missing:  # known mistakes are told apart by it, here and below
        yield "what is missing", ", ".join(sorted(missing))


def _are_single(names: list[str]) -> Iterator[tuple[str, Any]]:
    more = [f"`{name}` is there {count} times" for name, count in Counter(names).items() if count > 1]
    yield "no Tensor should be in the list more than once", Claim(not more, next(iter(more), ""))
    if more:
        yield "what is there more than once", ", ".join(sorted(more))


def _first_too_early(names: list[str], tensors: dict[str, Tensor]) -> str:
    """The first Tensor that comes before one of its inputs, in words; "" if there is none."""
    for place, name in enumerate(names):
        for source in _names(tensors[name]._inputs, tensors):
            if source in names and names.index(source) > place:
                return f"`{name}` comes before its input `{source}`"
    return ""


def _kind_of_order(names: list[str], tensors: dict[str, Tensor], root: str) -> str:
    """What is known of a wrong order; where nothing is, the order itself."""
    if len(set(names)) < len(names):
        return ", ".join(names)
    if not _first_too_early(names[::-1], tensors):
        return "turned round"
    steps = {root: 0}
    for name in by_levels(tensors[root]):
        for source in _names(name._inputs, tensors):
            steps.setdefault(source, steps[_names([name], tensors)[0]] + 1)
    levels = [steps[name] for name in names]
    if levels == sorted(levels):
        return "by levels"
    return "by levels, turned round" if levels == sorted(levels)[::-1] else ", ".join(names)


def _ordered(
    parts: SimpleNamespace, root: Tensor, tensors: dict[str, Tensor]
) -> Generator[tuple[str, Any], None, list[str]]:
    """What topological_order returns, as far as it is a list of this graph's Tensors: yields and returns."""
    order = parts.topological_order(root)
    yield _is_list(order)
    if not isinstance(order, (list, tuple)):
        return []
    names = _names(order, tensors)
    yield _are_known(order, names)
    if "?" not in names:
        return names
    yield "what it is", type(order[names.index("?")]).__name__  # known mistakes are told apart by it
    return []


def inputs_first(parts, graph, root):
    """Every result is there, after its inputs. Whether anything is there twice does not matter here."""
    tensors = built(graph)
    names = yield from _ordered(parts, tensors[root], tensors)
    yield from _are_there(names, _results_below(tensors, root), "every result on the way")
    wrong = _first_too_early(names, tensors)
    instead = f"the list is {', '.join(names)}: {wrong}"
    yield "every Tensor should come after all of its inputs", Claim(not wrong, instead)
    if wrong:  # known mistakes are told apart by it
        yield "the kind of order", _kind_of_order(names, tensors, root)


def root_last(parts, graph, root):
    """Everything is there, the root at the end."""
    parts.topological_order(Tensor(0.25))  # so that a list that is kept between calls shows at once
    yield from inputs_first(parts, graph, root)
    tensors = built(graph)
    names = _names(parts.topological_order(tensors[root]), tensors)
    yield from _are_there([*names, root], _needed(tensors, root))
    yield (
        f"the root `{root}` itself should be there, at the end",
        Claim(names[-1:] == [root], f"the list is {', '.join(names)}"),
    )


def leaves_are_there(parts, graph, root):
    """Nothing is missing that was not computed."""
    tensors = built(graph)
    names = yield from _ordered(parts, tensors[root], tensors)
    leaves = [name for name in _needed(tensors, root) if not tensors[name]._inputs]
    yield from _are_there(names, leaves, "every leaf and every constant")


def results_are_there(parts, graph, root):
    """Nothing is missing that was computed on the way."""
    tensors = built(graph)
    names = yield from _ordered(parts, tensors[root], tensors)
    yield from _are_there(names, _results_below(tensors, root), "every result on the way")


def once(parts, graph, root):
    """Nothing is there twice."""
    tensors = built(graph)
    names = yield from _ordered(parts, tensors[root], tensors)
    yield from _are_there(names, _results_below(tensors, root), "every result on the way")
    yield from _are_single(names)


def called_again(parts, graph, roots):
    """A call knows nothing of the ones before."""
    tensors = built(graph)
    for root in roots[:-1]:
        parts.topological_order(tensors[root])
    names = yield from _ordered(parts, tensors[roots[-1]], tensors)
    yield from _are_there(names, _results_below(tensors, roots[-1]), "every result on the way")
    more = [f"`{name}`" for name in dict.fromkeys(names) if name not in _needed(tensors, roots[-1])]
    instead = f"there is also {listed(more)}"
    yield f"nothing should be in it that `{roots[-1]}` was not made from", Claim(not more, instead)


class Watched(Tensor):
    """A Tensor that counts how often somebody asks for its inputs, and says stop when it is too often."""

    __slots__ = ("asked",)

    def __init__(self, data: Any, inputs: tuple[Tensor, ...], asked: list[int]) -> None:
        super().__init__(data)
        self.asked = asked
        self._op = babygrad.Add() if inputs else None
        self._inputs = inputs

    def __getattribute__(self, name: str) -> Any:
        if name == "_inputs":
            self.asked[0] += 1
            if self.asked[0] > _PATIENCE:
                raise _TooOften
        return super().__getattribute__(name)


_PATIENCE = 10_000


def little_work(parts, doublings):
    """The work grows with the number of Tensors, not with the number of paths between them."""
    asked = [0]
    nodes = [Watched(0.5, (), asked)]
    for _ in range(doublings):
        nodes.append(Watched(nodes[-1].data * 2, (nodes[-1], nodes[-1]), asked))
    order: Any = None
    finished = True
    try:
        order = parts.topological_order(nodes[-1])
    except _TooOften:
        finished = False
    yield (
        f"{doublings + 1} Tensors should take a few hundred looks at some `_inputs` at most",
        Claim(finished, f"it was stopped after {_PATIENCE} looks, and far from finished"),
    )
    yield _is_list(order)
    known = {id(node) for node in nodes}
    yield _are_known(order, ["known" if id(entry) in known else "?" for entry in order or ()])
    missing = {id(node) for node in nodes[1:-1]} - {id(entry) for entry in order or ()}
    yield "all results should be in the list", Claim(not missing, f"{len(missing)} of them are missing")
    if missing:
        yield "how many are missing", len(missing)


def by_levels(root):
    """First in, first out."""
    order, waiting = [], deque([root])
    while waiting:
        tensor = waiting.popleft()
        if tensor not in order:
            order.append(tensor)
            waiting.extend(tensor._inputs)
    return order


# backward ---------------------------------------------------------------------------------------------


class _NoEntry:
    """What a KeyError says, instead of a number or a Tensor that tells nobody anything."""

    def __init__(self, key: Any, root: Tensor, asked: bool) -> None:
        tensor = next((t for t in by_levels(root) if t is key or id(t) == key), root)
        if not tensor.requires_grad:
            self.text = "a constant has no entry"
        elif asked:
            self.text = "nobody has reported to this input before"
        else:
            self.text = "no rule has been asked, and nobody has reported to this Tensor"

    def __repr__(self) -> str:
        return self.text


def _go_back(parts: SimpleNamespace, root: Tensor, *grad: Any) -> None:
    """Call backward, with our order around it."""
    with (
        names_mean(parts.backward, **those_of_babygrad("topological_order")),
        method_is(Tensor, "backward", _once_at_a_time(parts.backward)),
    ):
        try:
            root.backward(*grad)
        except KeyError as error:
            error.args = (_NoEntry(error.args[0], root, _asks_a_rule(root, *grad)),)
            raise


def _once_at_a_time(backward: Callable[..., Any]) -> Callable[..., Any]:
    """The learner's backward, which says stop when it is called for a Tensor that it is busy with."""
    busy: list[Tensor] = []

    def guarded(self, *grad):
        if any(self is tensor for tensor in busy):
            raise RecursionError("backward is called by itself, for the same Tensor")
        busy.append(self)
        try:
            return backward(self, *grad)
        finally:
            busy.pop()

    return guarded


def _asks_a_rule(root: Tensor, *grad: Any) -> bool:
    """Whether backward, called once more, asks the rule of the root before it stops."""
    asked = []
    if root._op is not None:
        rule = root._op.backward

        def noted(*given):
            asked.append(given)
            return rule(*given)

        root._op.backward = noted  # type: ignore[method-assign]
        with suppress(Exception):
            root.backward(*grad)
    return bool(asked)


def _plain(grad: Any) -> Any:
    """The numbers of a gradient, roughly; of which class and dtype it is has points of its own."""
    grad = grad.data if isinstance(grad, Tensor) else grad
    return np.array(grad, np.float32) if isinstance(grad, (np.ndarray, np.number, float)) else grad


def _grads(tensors: dict[str, Tensor], names: list[str]) -> Iterator[tuple[str, Any]]:
    for name in names:
        yield f"`{name}.grad`", _plain(tensors[name].grad)


def gradients_of_leaves(parts, graph, root):
    """What arrives at the leaves."""
    tensors = built(graph)
    _go_back(parts, tensors[root])
    yield from _grads(tensors, _leaves(graph))


class CountedAdd(babygrad.Add):
    """An addition that says when its rule is asked, and stop when that is too often."""

    def __init__(self, asked: list[int]) -> None:
        self.asked = asked

    def backward(self, out_grad, node):
        self.asked[0] += 1
        if self.asked[0] > 100:
            raise _TooOften
        return super().backward(out_grad, node)


def asked_once(parts, doublings):
    """Each rule is asked once, when its gradient is complete."""
    asked, h = [0], Tensor(0.5)
    for _ in range(doublings):
        h = CountedAdd(asked)(h, h)
    stopped = False
    try:
        _go_back(parts, h)
    except _TooOften:
        stopped = True
    often = "more than 100 times" if stopped else "once" if asked[0] == 1 else f"{asked[0]} times"
    yield (
        f"the rules of the {doublings} additions should be asked once each, {doublings} times in all",
        Claim(asked[0] == doublings, f"they were asked {often}"),
    )
    if asked[0] != doublings:  # known mistakes are told apart by it
        yield "how often", often


def gradients_on_the_way(parts, graph, root, calls):
    """.grad of the results, the root included."""
    tensors = built(graph)
    for _ in range(calls):
        _go_back(parts, tensors[root])
    yield from _grads(tensors, results_of(graph)[::-1])


def arrays_of_their_own(parts, graph, root, grad=None):
    """.grad is an ndarray with the shape and dtype of its Tensor, and nobody else holds it."""
    tensors = built(graph)
    if isinstance(grad, list):
        yield from _all_digits(parts, tensors[root], grad)
        return
    given = {} if grad is None else {"grad": Tensor(grad)}
    refused = yield from _refused_its_own(parts, tensors[root], *given.values())
    if refused:
        return
    for name in _leaves(graph):
        grad = tensors[name].grad
        array = isinstance(grad, (np.ndarray, np.number))  # NumPy makes scalars of 0-d sums
        kind = "None" if grad is None else f"an object of class {type(grad).__name__}"
        yield f"`{name}.grad` should be an ndarray", Claim(array, f"it is {kind}")
        if not array:
            return
        yield f"`{name}.grad`", Form(grad)
        yield f"`{name}.grad.dtype`", grad.dtype
        held = {f"{other}.grad": t.grad for other, t in tensors.items()}
        held |= {f"{other}.data": t.data for other, t in (tensors | given).items()}
        sharing = [
            other
            for other, its in held.items()
            if isinstance(its, np.ndarray) and other != f"{name}.grad" and np.shares_memory(grad, its)
        ]
        instead = f"whoever changes `{name}.grad` changes `{sharing[0] if sharing else ''}` as well"
        yield f"`{name}.grad` should be an array of its own", Claim(not sharing, instead)


def _all_digits(parts: SimpleNamespace, leaf: Tensor, grad: list[float]) -> Iterator[tuple[str, Any]]:
    """Whether a list is float64 from the start; that it is taken at all has points of its own."""
    with suppress(Exception):
        _go_back(parts, leaf, grad)
    rounded = leaf.grad is not None and np.array_equal(_plain(leaf.grad), np.array(grad, np.float32))
    exact = not rounded or np.asarray(getattr(leaf.grad, "data", leaf.grad)).tolist() == grad
    claim = "`.grad` of a float64 Tensor should have all of its digits"
    yield claim, Claim(exact, "the numbers were float32 on the way, which keeps seven digits")


def _refused_its_own(
    parts: SimpleNamespace, root: Tensor, *grad: Any
) -> Generator[tuple[str, Any], None, bool]:
    """Call backward; where no `grad` is given, say whether it complains of one; return whether it does."""
    try:
        _go_back(parts, root, *grad)
    except ValueError as error:
        if grad or not _is_raised(error):
            raise
        text = str(error)[:150].rstrip(".")
        yield _NOTHING_TO_REFUSE, Claim(False, f"it stops with {type(error).__name__}: {text}")
        return True
    yield _NOTHING_TO_REFUSE, Claim(True)
    return False


_NOTHING_TO_REFUSE = "where no `grad` is given, there should be none to refuse"


def _is_raised(error: Exception) -> bool:
    """Whether a line with `raise` has raised it, and no mistake in a line of another kind."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return "raise " in (last.line or "") and "babygrad" not in last.filename


_AS: dict[str, Callable[[Any], Any]] = {
    "number": float,
    "list": lambda array: array.tolist(),
    "array": np.array,
    "Tensor": Tensor,
}


def with_grad(parts, graph, root, grad, kind, of=None):
    """A gradient of several elements, and one that is given."""
    tensors = built(graph)
    given = () if grad is None else (_AS[kind](grad),)
    refused = yield from _refused_its_own(parts, tensors[root], *given)
    if refused:
        return
    yield from _grads(tensors, _leaves(graph) if of is None else of)
    for value in given:
        yield "`grad` afterwards", value


def refused(parts, graph, root, grad, kind):
    """A gradient of the wrong shape."""
    tensors = built(graph)
    outcome = Raised(lambda: _go_back(parts, tensors[root], _AS[kind](grad)))
    yield from _raised("`y.backward(grad)` should raise a ValueError, with a message", outcome, ValueError)
    untouched = all(tensor.grad is None for tensor in tensors.values())
    yield "no `.grad` should have been set by then", Claim(untouched, "the walk had begun already")


def nothing_to_go_back_to(parts, graph, root):
    """A Tensor that requires no gradient."""
    tensors = built(graph)
    outcome = Raised(lambda: _go_back(parts, tensors[root]))
    claim = f"`{root}.backward()` should raise a RuntimeError, with a message"
    yield from _raised(claim, outcome, RuntimeError)
    yield f"`{root}.grad`", _plain(tensors[root].grad)


def _raised(claim: str, outcome: Raised, wanted: type[Exception]) -> Iterator[tuple[str, Any]]:
    """Whether the error is of this kind and says something; what is no answer at all is raised again."""
    error = outcome.error
    if isinstance(error, (NotImplementedError, RecursionError)):
        raise error
    kind = type(error).__name__
    if error is None:
        kind = "none"
        yield claim, Claim(False, "nothing was raised")
    elif isinstance(error, wanted):
        kind = "" if str(error).strip() else "no message"
        yield claim, Claim(not kind, f"the {type(error).__name__} has no message: say in it what is wrong")
    else:
        article = "an" if kind[0] in "AEIOU" else "a"
        text = f": {str(error)[:150].rstrip('.')}" if str(error) else ""
        yield claim, Claim(False, f"it is {article} {kind}{text}")
    if kind:  # known mistakes are told apart by it
        yield "the error", kind


def constants_get_none(parts, graph, root):
    """.grad of constants and of their neighbours."""
    tensors = built(graph)
    _go_back(parts, tensors[root])
    constant = [name for name, tensor in tensors.items() if not tensor.requires_grad]
    yield from _grads(tensors, [*_leaves(graph), *constant])


def called_several_times(parts, graph, calls, before):
    """What has gathered in .grad after some calls."""
    tensors = built(graph)
    history = {name: (tensor._op, tensor._inputs) for name, tensor in tensors.items()}
    for name, value in before.items():
        tensors[name].grad = np.array(value)
    for root in calls:
        _go_back(parts, tensors[root])
    yield from _grads(tensors, _leaves(graph))
    kept = all(
        tensor._op is history[name][0] and tensor._inputs is history[name][1]
        for name, tensor in tensors.items()
    )
    yield "the graph should still be there afterwards, with every `_op` and `_inputs`", Claim(kept)
