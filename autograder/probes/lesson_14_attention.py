"""Lesson 14: the probes. What softmax and attention are for the parts that call them, is made up here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import signature
from typing import Any

import numpy as np

from autograder.observation import Claim
from autograder.surroundings import names_mean, those_of_babygrad
from babygrad import Tensor

_OPERATIONS = those_of_babygrad(
    *("Tensor", "exp", "logsumexp", "transpose", "reshape", "summation", "broadcast_to", "matmul"),
    *("Exp", "LogSumExp", "Transpose", "Reshape", "Summation", "BroadcastTo", "MatMul"),
)


@contextmanager
def _around(part: Any, **names: Any) -> Iterator[None]:
    """Let the operations that `part` uses be babygrad's: in the notebook, they are the learner's own."""
    known = getattr(part, "__globals__", {})
    operations = {name: operation for name, operation in _OPERATIONS.items() if name in known}
    with names_mean(part, **operations, **names):
        yield


def _constant(array: np.ndarray) -> Tensor:
    return Tensor(array, requires_grad=False)


# softmax ----------------------------------------------------------------------------------------------


def shares(parts, x):
    """The shares."""
    x = Tensor(x)
    with _around(parts.softmax):
        yield "what `softmax(x)` returns", parts.softmax(x)
    yield "`x` afterwards", x


def shares_and_gradient(parts, x, upstream):
    """What comes back to x."""
    x = Tensor(x)
    with _around(parts.softmax):
        found = parts.softmax(x)
    claim = "`softmax(x)` should be a Tensor that leads back to `x`"
    leads_back = isinstance(found, Tensor) and found.requires_grad
    yield claim, Claim(leads_back, f"it is of class {type(found).__name__}, without a history")
    if leads_back:
        found.backward(upstream)
        yield "`x.grad` after `softmax(x).backward(upstream)`", x.grad


# attention --------------------------------------------------------------------------------------------


class Noted:
    """Stands for softmax: notes what it is given, and answers with weights that are made up."""

    def __init__(self, weights: np.ndarray) -> None:
        self.weights = Tensor(weights)
        self.given: list[Any] = []

    def softmax(self, x: Any) -> Tensor:
        self.given.append(x)
        return self.weights

    def asked(self, attention: Callable[..., Any], *inputs: Any, **named: Any) -> Any:
        """What attention returns."""

        def softmax(*given: Any, **by_name: Any) -> Tensor:
            try:
                signature(self.softmax).bind(*given, **by_name)
            except TypeError as error:
                raise TypeError(f"softmax: {error}") from None
            return self.softmax(*given, **by_name)

        with _around(attention, softmax=softmax):
            return attention(*inputs, **named)


_CALLED = "`attention` should call `softmax` once"
_PAIR = "`attention(…)` should return a pair: answers, weights"
_SCORES = "what `softmax` is given"


def _times(noted: Noted) -> Claim:
    return Claim(len(noted.given) == 1, f"it is called {len(noted.given)} times")


def _is_pair(found: Any) -> bool:
    return isinstance(found, (tuple, list)) and len(found) == 2


def scores(parts, queries, keys, values, weights, upstream):
    """What softmax is given, and what comes back from there."""
    queries, keys, noted = Tensor(queries), Tensor(keys), Noted(weights)
    found = noted.asked(parts.attention, queries, keys, Tensor(values))
    yield _CALLED, _times(noted)
    if not noted.given:  # known mistakes are told apart by it
        yield "whether anything is returned", found is not None
        return
    given = noted.given[0]
    yield _SCORES, given
    if isinstance(given, Tensor) and given.requires_grad and given.shape == upstream.shape:
        given.backward(upstream)
    yield "`queries.grad`, when a gradient comes back from there,", queries.grad
    yield "`keys.grad`, when a gradient comes back from there,", keys.grad


def masked(parts, queries, keys, values, weights, mask):
    """What softmax is given where there is a mask."""
    noted = Noted(weights)
    noted.asked(parts.attention, Tensor(queries), Tensor(keys), Tensor(values), mask=mask)
    yield _CALLED, _times(noted)
    if noted.given:
        yield _SCORES, noted.given[0]
        yield "`mask` afterwards", mask


def masked_to_the_end(parts, queries, keys, values, weights, mask):
    """The same, and what is made of the weights that come from softmax."""
    yield from masked(parts, queries, keys, values, weights, mask)
    noted = Noted(weights)
    found = noted.asked(parts.attention, Tensor(queries), Tensor(keys), Tensor(values), mask=mask)
    yield _PAIR, Claim(_is_pair(found))
    if _is_pair(found):
        yield "the weights that `attention` returns", found[1]
        yield "the answers that `attention` returns", found[0]


def answers(parts, queries, keys, values, weights, upstream):
    """What is made of the weights that softmax gives."""
    values, noted = Tensor(values), Noted(weights)
    found = noted.asked(parts.attention, Tensor(queries), Tensor(keys), values)
    yield _CALLED, _times(noted)
    instead = "it is None" if found is None else f"it is of class {type(found).__name__}"
    yield _PAIR, Claim(_is_pair(found), instead)
    if not _is_pair(found):
        yield "what it returns", found
        return
    yield "where `softmax` gives made-up weights, the answers", found[0]
    yield "where `softmax` gives made-up weights, the weights", found[1]
    if isinstance(found[0], Tensor) and found[0].requires_grad and found[0].shape == upstream.shape:
        found[0].backward(upstream)
    yield "`values.grad`, when a gradient comes back from the answers,", values.grad


# Head -------------------------------------------------------------------------------------------------

_NAMES = ("key.weight", "query.weight", "value.weight")


def layers(parts, n_in, d, n_out, seed):
    """The parameters of a new head."""
    head = parts.Head(n_in, d, n_out, np.random.default_rng(seed))
    found = dict(head.named_parameters())
    yield "the names of its parameters, in alphabetical order,", ", ".join(sorted(found)) or "(none)"
    for name in _NAMES:
        if name in found:
            yield f"the shape of `{name}`", str(tuple(found[name].shape))
    if len({id(found.get(name)) for name in _NAMES}) == 3:
        one, other = (found[name].data for name in _NAMES[:2])
        claim = "`query` and `key` should begin with different weights"
        yield claim, Claim(not np.array_equal(one, other), "they are equal")
    again = dict(parts.Head(n_in, d, n_out, np.random.default_rng(seed)).named_parameters())
    same = all(np.array_equal(found[name].data, again[name].data) for name in found)
    claim = "a generator that begins with the same seed should give each layer the same weights again"
    yield claim, Claim(same, "they differ: is `rng` passed on to each layer?")


def passed_on(parts, x, query, key, value, mask, seed):
    """What attention is given, and what becomes of its answer."""
    noted: list[dict[str, Any]] = []
    pair = _constant(query[:2]), _constant(key[:2])

    def attention(queries: Any, keys: Any, values: Any, mask: Any = None) -> Any:
        noted.append({"queries": queries, "keys": keys, "values": values, "mask": mask})
        return pair

    head = parts.Head(query.shape[0], query.shape[1], value.shape[1], np.random.default_rng(seed))
    for name, numbers in (("query", query), ("key", key), ("value", value)):
        layer = getattr(head, name, None)
        if layer is not None and layer.weight.shape == numbers.shape:
            layer.weight.data = numbers.copy()
    with names_mean(parts.Head, attention=attention):
        found = head(x) if mask is None else head(x, mask)
    yield "how often `attention` is called", len(noted)
    for name, given in (noted[0] if noted else {}).items():
        yield f"the {name} that `attention` is given", given
    fits = _is_pair(found) and found[0] is pair[0] and found[1] is pair[1]
    instead = f"it is of class {type(found).__name__}" if not _is_pair(found) else "it is another pair"
    yield "`forward` should return the pair that `attention` returns", Claim(fits, instead)
    if not fits:  # known mistakes are told apart by it
        yield "the class of what it returns", type(found).__name__
