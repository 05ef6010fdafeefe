"""Lesson 14: the probes. What softmax and attention are for the parts that call them, is made up here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

import numpy as np

from autograder.observation import Claim
from autograder.surroundings import names_mean
from babygrad import Tensor

# softmax ----------------------------------------------------------------------------------------------


def shares(parts, x):
    """The shares."""
    x = Tensor(x)
    yield "what `softmax(x)` returns", parts.softmax(x)
    yield "`x` afterwards", x


def shares_and_gradient(parts, x, upstream):
    """What comes back to x."""
    x = Tensor(x)
    found = parts.softmax(x)
    yield "what `softmax(x)` returns", found
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
        return self.weights * 1.0  # an operation, which is recorded or not

    def scores(self, attention: Callable[..., Any], *inputs: Any, **named: Any) -> Any:
        """What attention returns; None where something goes wrong after softmax: that is another part's."""
        try:
            return self.asked(attention, *inputs, **named)
        except Exception:
            if not self.given:
                raise
            return None

    def asked(self, attention: Callable[..., Any], *inputs: Any, **named: Any) -> Any:
        """What attention returns."""

        def softmax(*given: Any, **by_name: Any) -> Tensor:
            try:
                signature(self.softmax).bind(*given, **by_name)
            except TypeError as error:
                raise TypeError(f"softmax: {error}") from None
            return self.softmax(*given, **by_name)

        with names_mean(attention, softmax=softmax):
            return attention(*inputs, **named)


_CALLED = "`attention` should call `softmax` once"
_PAIR = "`attention(…)` should return a pair: answers, weights"
_SCORES = "what `softmax` is given"


def _times(noted: Noted) -> Claim:
    return Claim(len(noted.given) == 1, f"it is called {len(noted.given)} times")


def _is_pair(found: Any) -> bool:
    return isinstance(found, (tuple, list)) and len(found) == 2


def _roughly(seen: Any) -> Any:
    """In single precision: a learner's root may be that of a Tensor, which is no more exact."""
    if isinstance(seen, Tensor):
        return Tensor(seen.data, dtype=np.float32)
    return seen.astype(np.float32) if isinstance(seen, np.ndarray) and seen.dtype == np.float64 else seen


def _pair(found: Any) -> Iterator[tuple[str, Any]]:
    """Whether a pair is returned; if not, what is."""
    instead = "it is None" if found is None else f"it is of class {type(found).__name__}"
    yield _PAIR, Claim(_is_pair(found), instead)
    if not _is_pair(found):
        yield "what it returns", found


def scores(parts, queries, keys, values, weights, upstream):
    """What softmax is given, and what comes back from there."""
    queries, keys, values, noted = Tensor(queries), Tensor(keys), Tensor(values), Noted(weights)
    found = noted.scores(parts.attention, queries, keys, values)
    yield _CALLED, _times(noted)
    if not noted.given:  # known mistakes are told apart by it
        yield "what it returns without `softmax`", found
        return
    given = noted.given[0]
    yield _SCORES, _roughly(given)
    if isinstance(given, Tensor) and given.requires_grad and given.shape == upstream.shape:
        given.backward(upstream)
    yield "`queries.grad`, when a gradient comes back from there,", _roughly(queries.grad)
    yield "`keys.grad`, when a gradient comes back from there,", _roughly(keys.grad)
    for name, tensor in (("queries", queries), ("keys", keys), ("values", values)):
        yield f"`{name}` afterwards", tensor


def masked(parts, queries, keys, values, weights, mask):
    """What softmax is given where there is a mask, and what is made of the weights that come from it."""
    noted = Noted(weights)
    noted.scores(parts.attention, Tensor(queries), Tensor(keys), Tensor(values), mask=mask)
    yield _CALLED, _times(noted)
    if noted.given:
        yield _SCORES, _roughly(noted.given[0])
        yield "`mask` afterwards", mask
    found = Noted(weights).asked(parts.attention, Tensor(queries), Tensor(keys), Tensor(values), mask=mask)
    yield from _pair(found)
    if _is_pair(found):
        yield "the weights that `attention` returns", found[1]
        yield "the answers that `attention` returns", found[0]


def answers(parts, queries, keys, values, weights, upstream):
    """What is made of the weights that softmax gives, and what comes back to them."""
    values, noted = Tensor(values), Noted(weights)
    found = noted.asked(parts.attention, Tensor(queries), Tensor(keys), values)
    yield _CALLED, _times(noted)
    yield from _pair(found)
    if not _is_pair(found):
        return
    yield "where `softmax` gives made-up weights, the answers", found[0]
    yield "where `softmax` gives made-up weights, the weights", found[1]
    if isinstance(found[0], Tensor) and found[0].requires_grad and found[0].shape == upstream.shape:
        found[0].backward(upstream)
    yield "`values.grad`, when a gradient comes back from the answers,", values.grad
    yield "the gradient of the weights, when one comes back from the answers,", noted.weights.grad


# Head -------------------------------------------------------------------------------------------------

_NAMES = ("key.weight", "query.weight", "value.weight")
_LAYERS = ("query", "key", "value")


def layers(parts, n_in, d, n_out, seed):
    """The parameters of a new head."""
    head = parts.Head(n_in, d, n_out, np.random.default_rng(seed))
    found = dict(head.named_parameters())
    yield "the names of its parameters, in alphabetical order,", ", ".join(sorted(found)) or "(none)"
    for name in _NAMES:
        if name in found:
            yield f"the shape of `{name}`", tuple(found[name].shape)
    if len({id(found.get(name)) for name in _NAMES}) == 3:
        one, other = (found[name].data for name in _NAMES[:2])
        claim = "`query` and `key` should begin with different weights"
        yield claim, Claim(not np.array_equal(one, other), "they are equal")
    again = dict(parts.Head(n_in, d, n_out, np.random.default_rng(seed)).named_parameters())
    same = all(np.array_equal(found[name].data, again[name].data) for name in found)
    claim = "a generator that begins with the same seed should give each layer the same weights again"
    yield claim, Claim(same, "they differ from head to head")


def passed_on(parts, x, query, key, value, mask, seed):
    """What attention is given, what becomes of its answer, and what comes back to the layers."""
    noted: list[dict[str, Any]] = []

    def attention(queries: Any, keys: Any, values: Any, mask: Any = None) -> Any:
        noted.append({"queries": queries, "keys": keys, "values": values, "mask": mask})
        return values, queries

    head = parts.Head(query.shape[0], query.shape[1], value.shape[1], np.random.default_rng(seed))
    weights: dict[str, Any] = {name: getattr(getattr(head, name, None), "weight", None) for name in _LAYERS}
    numbers = dict(zip(_LAYERS, (query, key, value), strict=True))
    unfit = [name for name in _LAYERS if getattr(weights[name], "shape", None) != numbers[name].shape]
    instead = f"not so is `{unfit[0]}`" if unfit else ""
    yield "`forward` needs three layers as they are asked for above", Claim(not unfit, instead)
    if unfit:  # known mistakes are told apart by it
        yield "the shapes of these", ", ".join(str(getattr(weights[name], "shape", "")) for name in _LAYERS)
        return
    for name, weight in weights.items():
        weight.data = numbers[name].copy()
    with names_mean(parts.Head, attention=attention):
        found = head(x) if mask is None else head(x, mask)
    yield "how often `attention` is called", len(noted)
    for name, given in (noted[0] if noted else {}).items():
        yield f"the {name} that `attention` is given", given
    fits = bool(noted) and _is_pair(found) and found[0] is noted[0]["values"] is not found[1]
    fits = fits and found[1] is noted[0]["queries"]
    instead = f"it is of class {type(found).__name__}" if not _is_pair(found) else "it is another pair"
    yield "`forward` should return the pair that `attention` returns", Claim(fits, instead)
    if not fits:  # known mistakes are told apart by it
        yield "the class of what it returns", type(found).__name__
        return
    for given in (noted[0][name] for name in ("queries", "keys", "values")):
        if getattr(given, "requires_grad", False):
            given.backward(np.ones(given.shape))
    for name, weight in weights.items():
        yield f"`{name}.weight.grad`, when gradients come back from `attention`,", weight.grad
