"""Lesson 09: the probes."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any

import numpy as np

import babygrad
from autograder.broken_engines import OPERATIONS
from autograder.observation import Claim, Form
from autograder.surroundings import names_mean, those_of_babygrad
from babygrad import Function, Tensor, numeric_gradient

# gradcheck --------------------------------------------------------------------------------------------


def _operation(forward, rule):
    """A function of Tensors with this forward and this rule; the rule computes on arrays."""

    def backward(op, out_grad, node):
        grads = rule(out_grad.data, *[tensor.data for tensor in node._inputs])
        grads = grads if isinstance(grads, tuple) else (grads,)
        return tuple(Tensor(grad, dtype=out_grad.dtype, requires_grad=False) for grad in grads)

    def of(op, *arrays):
        return forward(*arrays)

    kind = type("Operation", (Function,), {"forward": of, "backward": backward})
    return lambda *tensors: kind()(*tensors)


def _only(index, factor):
    """Ones, but `factor` at `index`."""

    def like(array):
        factors = np.ones_like(array)
        factors[index] = factor
        return factors

    return like


def _moved(array):
    """Something taken from the first element and given to the last: the sum stays what it was."""
    shift = np.zeros_like(array)
    shift.flat[0], shift.flat[-1] = 0.25, -0.25
    return array + shift


def _square(factors):
    return _operation(lambda x: x * x, lambda g, x: g * 2 * x * factors(x))


def _square_off(amounts):
    """A rule for squares that is off by these amounts in the first elements, whatever the weights."""

    def rule(g, x):
        grad = g * 2 * x
        grad.flat[: len(amounts)] += amounts
        return grad

    return _operation(lambda x: x * x, rule)


def _too_large(grad):
    """More than it should be, never less: whether too little is seen as well has points of its own."""
    return grad + 3 * np.abs(grad)


def _last_too_large(g, x):
    grad = np.array(g * 2 * x)
    grad.flat[-1] = _too_large(grad.flat[-1])
    return grad


FUNCTIONS: dict[str, Any] = {
    # right
    "mul": lambda a, b: a * b,
    "bias": lambda x, b: x + b,
    "matmul": lambda a, b: a @ b,
    "twice": lambda x: x * x + x,
    "sum": lambda x: (x * x).sum(),
    "large": lambda x: x * x * 10_000,
    "cube": lambda x: x * x * x,
    "tanh": lambda x: x.tanh(),
    "unused": lambda a, b: a * 1.7,
    # wrong
    "off": _square_off([1.0, -3.0]),
    "three times": _square(lambda x: 3.0),
    "too large": _operation(lambda x: x * x, lambda g, x: _too_large(g * 2 * x)),
    "second": _operation(lambda a, b: a * b, lambda g, a, b: (g * b, g * b)),
    "first": _operation(lambda a, b: a * b, lambda g, a, b: (g * a, g * a)),
    "last element": _operation(lambda x: x * x, _last_too_large),
    "turned round": _operation(lambda x: x[::-1] * 1.7, lambda g, x: g * 1.7),
    "moved": _operation(lambda x: x * x, lambda g, x: _moved(g * 2 * x)),
    "negative": _operation(np.abs, lambda g, x: g),
    "asks the upstream": _operation(lambda x: x * 1.7, lambda g, x: g * 1.7 * (g > 0)),
    "tiny": _operation(lambda x: x * x * 1e-6, lambda g, x: g * 3e-6 * x),
    "a thousandth": _square(lambda x: 1.001),
    "nan": _square(_only(0, np.nan)),
    "inf": _square_off([np.inf]),
    "history cut": lambda a, b: a * Tensor(b.data, requires_grad=False),
    "wrong shape": _operation(lambda x, b: x + b, lambda g, x, b: (g, g)),
}


class _Looking(Function):
    """The last operation of an `f`: it changes nothing, and sees the upstream gradient."""

    def __init__(self, seen):
        self.seen = seen

    def forward(self, *arrays):
        return arrays[0].copy()

    def backward(self, out_grad, node):
        self.seen.upstream.append(out_grad.numpy())
        return out_grad


class _Seen:
    """What gradcheck did with the `f` and the `numeric_gradient` that it was given.

    Both are functions whose names, which Python's errors quote, are those that the learner knows.
    """

    def __init__(self, of_tensors):
        self.upstream: list[Any] = []
        self.weights: list[Any] = []
        self.dtypes: set[Any] = set()

        def f(*tensors):
            self.dtypes.update([tensor.data.dtype for tensor in tensors if isinstance(tensor, Tensor)])
            return _Looking(self)(of_tensors(*tensors))

        def numeric_gradient(f, xs, v, eps=1e-6):
            self.weights.append(np.array(v, dtype=np.float64))
            return babygrad.numeric_gradient(f, xs, v, eps)

        self.f, self.numeric_gradient = f, numeric_gradient
        f.__qualname__, numeric_gradient.__qualname__ = "f", "numeric_gradient"

    @property
    def same_weights(self):
        if not (self.upstream and self.weights):
            return True
        one, other = self.upstream[0], self.weights[0]
        return one.shape == other.shape and np.allclose(one, other)


def verdict(parts, f, xs, right, tensors=False):
    """Whether gradcheck accepts what is right and rejects what is wrong."""
    if tensors:
        xs = [Tensor(x) for x in xs]
        for tensor in xs:
            tensor.grad = tensor.data + 7
    seen = _Seen(FUNCTIONS[f])
    with names_mean(parts.gradcheck, Tensor=Tensor, numeric_gradient=seen.numeric_gradient):
        yield from (_accepted if right else _rejected)(parts, f, xs, seen)
    if tensors:
        unchanged = np.array_equal(xs[0].grad, xs[0].data + 7)
        yield "`x.grad` of the caller's Tensor should be what it was", Claim(unchanged)
    for x in xs[:1]:
        yield "`x` afterwards", x


def _accepted(parts, f, xs, seen):
    complaint = answer = None
    try:
        answer = parts.gradcheck(seen.f, *xs)
    except AssertionError as error:
        complaint = f"it raises an AssertionError: {str(error)[:150] or '(no message)'}"
    except (TypeError, AttributeError) as error:
        if f not in _NO_GRAD_HERE or "argument" in str(error):
            raise
        yield _UNUSED, Claim(False, f"it stops with {type(error).__name__}: {str(error)[:150]}")
        return
    yield _UNUSED, Claim(True)
    yield "backward and nudging should get the same weights `v`", Claim(seen.same_weights)
    others = [str(dtype) for dtype in seen.dtypes if dtype != np.float64]
    yield (
        "`f` should be given float64 Tensors only",
        Claim(not others, f"a Tensor of {' and '.join(others)} was passed to it"),
    )
    yield "`gradcheck` should find nothing here: the rules are right", Claim(not complaint, complaint or "")
    yield "what `gradcheck` returns", answer


_UNUSED = "a `.grad` of None should count as zeros"


_NO_GRAD_HERE = ("unused", "history cut")


def _crashed(error):
    """Whether an error is not one that somebody raised in gradcheck, to say that a rule is wrong."""
    if isinstance(error, (TypeError, NameError, AttributeError, LookupError, NotImplementedError)):
        return True
    frame = error.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    return frame.tb_frame.f_globals.get("__name__", "").startswith(("babygrad", "numpy"))


def _rejected(parts, f, xs, seen):
    raised, answer, instead, other = False, None, "", False
    shape = f == "wrong shape"
    try:
        answer = parts.gradcheck(seen.f, *xs)
        instead = f"it returns {answer!r:.30}"
    except AssertionError:
        raised = True
    except Exception as error:
        about_none = isinstance(error, (TypeError, AttributeError)) and "argument" not in str(error)
        if f in _NO_GRAD_HERE and about_none:
            yield _UNUSED, Claim(False, f"it stops with {type(error).__name__}: {str(error)[:150]}")
            return
        raised = shape and isinstance(error, ValueError)  # the walk of babygrad says so itself
        if not raised and _crashed(error):
            raise
        other = not raised
        instead = f"it raises {type(error).__name__}: {str(error)[:120]}"
    ends = "an AssertionError or the ValueError of `backward`" if shape else "an AssertionError"
    returned = raised or other or answer is True
    yield _UNUSED, Claim(True)
    yield f"what is wrong should be raised as {ends}, no other error", Claim(not other, instead)
    yield "what is wrong should be raised as an error, not returned", Claim(returned, instead)
    yield f"`gradcheck` should raise {ends}: a rule is wrong", Claim(raised, instead)


class AtOnePlace(Function):
    """``a * b`` for a vector and a matrix; the gradient of one input is too large at one index."""

    def __init__(self, position, index, seen):
        self.position, self.index, self.seen = position, index, seen

    def forward(self, *arrays):
        return np.multiply.reduce(np.broadcast_arrays(*arrays))

    def backward(self, out_grad, node):
        grads = []
        for place, tensor in enumerate(node._inputs):
            others = [t.data for other, t in enumerate(node._inputs) if other != place]
            grad = out_grad.data * (others[0] if others else 1)
            while grad.ndim > tensor.ndim:
                grad = grad.sum(0)
            grad = np.array(grad)
            if place == self.position:
                self.seen["nudging"] = float(grad[self.index])
                grad[self.index] = _too_large(grad[self.index])
                self.seen["backward"] = float(grad[self.index])
            grads.append(Tensor(grad, requires_grad=False))
        return tuple(grads)


def says_where(parts, xs, position, index):
    """The message: which input, which index, and the two numbers there."""
    seen: dict[str, float] = {}
    with names_mean(parts.gradcheck, Tensor=Tensor, numeric_gradient=numeric_gradient):
        try:
            parts.gradcheck(lambda *tensors: AtOnePlace(position, index, seen)(*tensors), *xs)
        except AssertionError as error:
            text = str(error)
        except Exception as error:
            if _crashed(error):
                raise
            text = None
        else:
            text = None
    yield "`gradcheck` should raise an AssertionError: a rule is wrong", Claim(text is not None)
    instead = f"it says `{(text or '')[:200]}`" if text else "the message is empty"
    text = re.sub(r"np\.\w+\(([^()]*)\)|\b(?:float|int)\d\d\b", r"\1", text or "")
    place = r"\W+".join(str(i) for i in index)
    yield "the error should have a message", Claim(bool(text.strip()), instead)
    named = re.search(rf"(?<![\w.-]){place}(?![\w]|\.\d)", text)
    yield f"the message should name the index, {index}", Claim(named is not None, instead)
    rest = re.sub(rf"(?<![\w.-]){place}(?![\w]|\.\d)", " ", text, count=1)
    from_0 = re.search(rf"(?<![\d.-]){position}(?![\d]|\.\d)", rest)
    from_1 = re.search(rf"(?i)(?:input|arg\w*|tensor|x|number)\W*{position + 1}\b", rest)
    yield "the inputs should be counted from 0", Claim(bool(from_0) or not from_1, instead)
    yield f"the message should say which input it is: {position}", Claim(from_0 is not None, instead)
    rest = re.sub(rf"(?<![\d.-]){position}(?![\d]|\.\d)", " ", rest, count=1)
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*(?:[eE][-+]?\d+)?", rest)]
    for way in ("backward", "nudging"):
        shown = any(abs(n - seen.get(way, np.inf)) <= 0.006 + 0.01 * abs(n) for n in numbers)
        yield f"the message should show the number that {way} gives", Claim(shown, instead)
    yield "each number should stand with its own name", Claim(not _swapped(rest, seen), instead)


def _swapped(text, seen):
    """Whether a message names backward and nudging in one order, and their numbers in the other."""
    names = [match.group()[0].lower() for match in re.finditer(r"(?i)backward|nudg|numeric", text)]
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*(?:[eE][-+]?\d+)?", text)]
    order = [way[0] for n in numbers for way in seen if abs(n - seen[way]) <= 0.006 + 0.01 * abs(n)]
    return sorted(names) == sorted(order) == ["b", "n"] and names != order


# The bug hunt -----------------------------------------------------------------------------------------


_SAME = {"multiply": "mul", "divide": "div", "power": "pow", "sum": "summation"}


def _entry(parts, number):
    """What is said of an engine: name and letter, None where there are not two; whether in a dictionary."""
    answer = parts.diagnosis()
    if not isinstance(answer, dict):
        return None, None, False
    entry = answer.get(number, answer.get(str(number), ("", "")))
    if isinstance(entry, str):  # a name alone earns its points
        entry = (entry, None) if entry.strip() else ("", "")
    if not (isinstance(entry, (tuple, list)) and len(entry) == 2):
        return None, None, True
    name, letter = (_plain(text) for text in entry)
    name = (name or "").removeprefix("e.").removesuffix("()")
    return _SAME.get(name, name), letter, True


def _plain(text):
    """A name or a letter as small letters, of a text or a function; None for None."""
    return None if text is None else str(getattr(text, "__name__", text)).strip().lower()


_PLACES = (*OPERATIONS, "backward")
_LETTERS = tuple("abcdefghijkl")


def where(parts, number):
    """The operation that is named for an engine."""
    name, _, is_dict = _entry(parts, number)
    yield "what `diagnosis` returns should be a dictionary, `{1: (…, …), …}`", Claim(is_dict)
    yield _PAIR, Claim(name is not None)
    yield f"there should be a name for engine {number}", Claim(name)
    claim = 'the name should be one of `OPERATIONS`, or `"backward"`'
    yield claim, Claim(name in _PLACES, f"it is `{name}`")
    yield "the name", name


def what(parts, number):
    """The letter that is chosen for an engine."""
    _, letter, is_dict = _entry(parts, number)
    yield "what `diagnosis` returns should be a dictionary, `{1: (…, …), …}`", Claim(is_dict)
    yield _PAIR, Claim(letter is not None)
    yield f"there should be a letter for engine {number}", Claim(letter)
    claim = "the letter should be one from a to l"
    yield claim, Claim(letter in _LETTERS, f"it is `{letter}`")
    yield "the letter", letter


_PAIR = 'each entry should be a tuple of two texts, such as `("sigmoid", "h")`'


# topological_order ------------------------------------------------------------------------------------


class TimeUp(Exception):
    """Somebody looks at the Tensors of a graph again and again: what is said of loops is said of this."""


class _Log:
    """What was done to the Tensors of one graph."""

    most = 3000

    def __init__(self, depths=False):
        self.wants_depths, self.depths, self.reads, self.compared = depths, [], 0, 0


class Watched(Tensor):
    """A Tensor that notes who looks at its inputs, from how deep, and with what it is compared."""

    __slots__ = ("held", "notes")

    def __init__(self, inputs, log):
        self.held, self.notes = (), log
        super().__init__(1.5)
        self.held = inputs
        self._op = babygrad.Add() if inputs else None

    @property
    def _inputs(self):
        self.notes.reads += 1
        if self.notes.reads > self.notes.most:
            raise TimeUp
        if not self.notes.wants_depths:
            return self.held
        depth = 0
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and depth < 3000:
            depth, frame = depth + 1, frame.f_back
        self.notes.depths.append(depth)
        return self.held

    @_inputs.setter
    def _inputs(self, inputs):
        self.held = inputs

    def __eq__(self, other):
        self.notes.compared += 1
        return self is other

    __hash__ = Tensor.__hash__


GRAPHS = {
    "c = a + b": {"c": "ab"},
    "y = x + x": {"y": "xx"},
    "d = a + b, e = d + c, f = e + d": {"d": "ab", "e": "dc", "f": "ed"},
    "d = a + b, e = d + c, f = d + e": {"d": "ab", "e": "dc", "f": "de"},
    "p = x + x, q = p + x, r = q + p, s = r + x": {"p": "xx", "q": "px", "r": "qp", "s": "rx"},
    "p = x + y, q = p + x, r = p + y, s = q + r, t = s + p": {
        "p": "xy",
        "q": "px",
        "r": "py",
        "s": "qr",
        "t": "sp",
    },
}


def _built(graph):
    """The Tensors of a graph by name; each result is made from those whose names its text holds."""
    log = _Log()
    tensors: dict[str, Tensor] = {}
    for name, inputs in graph.items():
        for leaf in inputs:
            tensors.setdefault(leaf, Watched((), log))
        tensors[name] = Watched(tuple(tensors[leaf] for leaf in inputs), log)
    return tensors


def in_order(parts, graph):
    """Each tensor once, after all of its inputs."""
    graph = GRAPHS[graph]
    tensors = _built(graph)
    root = tensors[list(graph)[-1]]
    names = {id(tensor): name for name, tensor in tensors.items()}
    with names_mean(parts.topological_order, Tensor=Tensor):
        order = parts.topological_order(root)
    instead = "it is None; a `return` may be missing" if order is None else f"it is a {type(order).__name__}"
    yield (
        "what `topological_order` returns should be a list",
        Claim(isinstance(order, (list, tuple)), instead),
    )
    seen = [names.get(id(tensor), "?") for tensor in order]
    instead = f"the order is {', '.join(seen)[:120] or 'empty'}"
    yield "there should be nothing but Tensors of this graph in it", Claim("?" not in seen, instead)
    if "?" in seen:  # known mistakes are told apart by it
        yield "what else is in it", type(order[seen.index("?")]).__name__
    yield "each Tensor should be there", Claim(set(seen) >= set(tensors), instead)
    yield "each Tensor should be there only once", Claim(len(seen) == len(set(seen)), instead)
    yield "the root should be there", Claim(list(graph)[-1] in seen, instead)
    yield (
        "inputs should come first, not last",
        Claim(_fits(seen, graph) or not _fits(seen[::-1], graph), instead),
    )
    yield "each Tensor should come after all of its inputs", Claim(_fits(seen, graph), instead)
    again = len(parts.topological_order(root))
    claim = "asked a second time, it should give the whole order again"
    yield claim, Claim(again == len(order), f"there are {again} Tensors in it instead of {len(order)}")


def _fits(names, graph):
    """Whether each result of the graph comes after its inputs."""
    place = {name: position for position, name in enumerate(names)}
    return all(place[i] < place[name] for name, inputs in graph.items() for i in inputs)


@cache
def _deep_chain(length):
    """A chain of Tensors, made without operations, which would take longer."""
    root = leaf = Tensor(1.5)
    for _ in range(length):
        below, root = root, Tensor.__new__(Tensor)
        root.data, root.grad, root.requires_grad = leaf.data, None, True
        root._op, root._inputs = None, (below,)
    return leaf, root


def _watched_chain(length, log):
    tensor = Watched((), log)
    for _ in range(length):
        tensor = Watched((tensor,), log)
    return tensor


def deep(parts, length):
    """A chain that is deeper than Python's stack."""
    log = _Log(depths=True)
    with names_mean(parts.topological_order, Tensor=Tensor):
        parts.topological_order(_watched_chain(100, log))
        grown = max(log.depths, default=0) - min(log.depths, default=0)
        yield (
            "the calls should not nest deeper where the graph is deeper",
            Claim(grown < 20, f"a chain of 100 operations takes {grown} calls inside each other"),
        )
        if grown >= 20:
            return
        length = length if log.compared < 1000 else 300  # who compares all with all would be here all day
        leaf, root = _deep_chain(length)
        order = parts.topological_order(root)
        yield _ONLY_TENSORS, Claim(all(isinstance(tensor, Tensor) for tensor in order))
        yield "the number of Tensors in the order should be right", Claim(len(order) == length + 1)
        ends = len(order) > 0 and order[0] is leaf and order[-1] is root
        yield "the leaf should be first, and the root last", Claim(ends)


_ONLY_TENSORS = "there should be nothing but Tensors in the order"


def few_looks(parts, shape, size):
    """How often the Tensors of a graph are looked at."""
    log = _Log()
    root = Watched((), log)
    for _ in range(size):
        root = Watched((root, root if shape == "ladder" else Watched((), log)), log)
    count = size + 1 if shape == "ladder" else 2 * size + 1
    log.reads = 0
    with names_mean(parts.topological_order, Tensor=Tensor):
        order = parts.topological_order(root)
    instead = f"`_inputs` is read {log.reads} times for {count} Tensors"
    yield (
        "each Tensor's `_inputs` should be read a few times at most",
        Claim(log.reads <= 6 * count, instead),
    )
    yield _ONLY_TENSORS, Claim(all(isinstance(tensor, Tensor) for tensor in order))
    yield "each Tensor should be there once", Claim(len(order) == count)
    instead = f"there are {log.compared} comparisons for {count} Tensors"
    yield "a Tensor should not be compared with all others", Claim(log.compared <= 1000, instead)


# no_grad ----------------------------------------------------------------------------------------------


@contextmanager
def _a_switch(part: Any, on: bool = True) -> Iterator[Any]:
    """A switch that nobody has touched, under the name that the code of `part` knows it by."""
    switch = type("Recording", (), {"on": on})
    with names_mean(inspect.unwrap(part), Recording=switch):
        yield switch


_ON_SELF = "what `__enter__` remembers should still be known in `__exit__`"


_THREE = "`__exit__` should take three arguments besides `self`"


def _unknown_in_exit(no_grad, error):
    """Whether a name is unknown in ``__exit__`` because it was a local one in ``__enter__``."""
    enter = getattr(getattr(no_grad, "__enter__", None), "__code__", None)
    return enter is not None and error.name in enter.co_varnames


def off_and_on(parts, on):
    """One block."""
    with _a_switch(parts.no_grad, on) as switch:
        block = parts.no_grad()
        try:
            with block:
                inside = switch.on
        except NameError as error:
            if not _unknown_in_exit(parts.no_grad, error):
                raise
            instead = f"Python says: {error}. Local names end with their method; the object, `self`, stays"
            yield _ON_SELF, Claim(False, instead)
            return
        except TypeError as error:
            if "__exit__()" not in str(error):
                raise
            yield _ON_SELF, Claim(True)
            yield _THREE, Claim(False, f"Python says: {error}")
            return
        yield _ON_SELF, Claim(True)
        yield _THREE, Claim(True)
        yield "`Recording.on` inside the block", inside
        yield "`Recording.on` after the block", switch.on
        with parts.no_grad():
            again = switch.on
        yield "`Recording.on` inside a second block", again
        yield "`Recording.on` after the second block", switch.on


def nested(parts, how):
    """Blocks inside each other, or an error inside."""
    with _a_switch(parts.no_grad) as switch:
        if how == "nested":
            with parts.no_grad():
                with parts.no_grad():
                    inner = switch.on
                outer = switch.on
            yield "`Recording.on` in the inner block", inner
            yield "`Recording.on` in the outer block, after the inner one,", outer
            yield "`Recording.on` after both", switch.on
            return
        if how == "made before":
            block = parts.no_grad()
            switch.on = False
            with block:
                pass
            yield "`Recording.on` after the block", switch.on
            return
        came = False
        try:
            with parts.no_grad():
                raise OnPurpose
        except OnPurpose:
            came = True
        yield "`Recording.on` after the error", switch.on
        yield "the error should come out of the block", Claim(came, "it is swallowed, and nobody hears of it")


class OnPurpose(Exception):
    """What goes wrong inside a block."""


# grad -------------------------------------------------------------------------------------------------


_CURVES: dict[str, Any] = {
    "x ** 4": lambda x: x**4,
    "x * x * x": lambda x: x * x * x,
    "x.exp() * x + x / 3": lambda x: x.exp() * x + x / 3,
    "(x @ x.T).tanh()": lambda x: (x @ x.T).tanh(),
}


_WITH_CONSTANTS = ("x ** 4", "x.exp() * x + x / 3")


_LEAF = "a Tensor that no operation made, whose `_op` is None, should not be asked for a rule"


_NONE = "a rule that returns None for a constant should do no harm"


_SINGLE = "a rule that returns one Tensor, and no tuple, should do no harm"


_SWAPPED = "a rule should get the upstream gradient first, then the node"


_COMPLAINTS = (_LEAF, _NONE, _SINGLE, _SWAPPED)


def _asked(grad, y, x, constants):
    """What `grad` returns; or None, which of the complaints an error amounts to, and the error."""
    try:
        return grad(y, x), None, ""
    except (TypeError, AttributeError, ValueError) as error:
        text = str(error)
        if "has no attribute 'backward'" in text:
            complaint = _LEAF
        elif "NoneType" in text and constants:
            complaint = _NONE
        elif "'Tensor' object is not iterable" in text or "'Tensor' object is not subscriptable" in text:
            complaint = _SINGLE
        elif "values to unpack" in text and _crashed(error):
            complaint = _SWAPPED
        else:
            raise
        return None, complaint, f"it stops with {type(error).__name__}: {text[:150]}"


def first_derivative(parts, text, array):
    """The gradient itself."""
    with names_mean(parts.grad, Tensor=Tensor, **those_of_babygrad("topological_order")):
        x = Tensor(array)
        y = _CURVES[text](x)
        slope, complaint, instead = _asked(parts.grad, y, x, constants=text in _WITH_CONSTANTS)
        for claim in _COMPLAINTS:
            yield claim, Claim(claim != complaint, instead)
        if complaint:
            return
        yield "`grad(y, x)`", slope
        yield "`x.grad` afterwards", x.grad
        yield "`y.grad` afterwards", y.grad
        yield "`x` afterwards", x
        yield "`grad(y, x)` asked a second time", parts.grad(y, x)


def second_derivative(parts, text, array):
    """The gradient of the gradient."""
    with names_mean(parts.grad, Tensor=Tensor, **those_of_babygrad("topological_order")):
        x = Tensor(array)
        slope, complaint, instead = _asked(parts.grad, _CURVES[text](x), x, constants=text in _WITH_CONSTANTS)
        for claim in _COMPLAINTS:
            yield claim, Claim(claim != complaint, instead)
        if complaint:
            return
        yield "`grad(y, x)`", Form(slope)
        claim = "`grad(y, x)` should have a history that leads to `x`"
        remembers = isinstance(slope, Tensor) and any(t is x for t in babygrad.topological_order(slope))
        yield claim, Claim(remembers)
        leaves = [t for t in babygrad.topological_order(slope) if t._op is None and t.requires_grad]
        claim = "no other leaf should want a gradient: the ones at the start are a constant"
        yield claim, Claim(all(t is x for t in leaves))
        curvature, complaint, instead = _asked(parts.grad, slope, x, constants=True)
        for claim in _COMPLAINTS:
            yield claim, Claim(claim != complaint, instead)
        if complaint:
            return
        yield "`grad(grad(y, x), x)`", curvature
        yield "`x.grad` afterwards", x.grad
