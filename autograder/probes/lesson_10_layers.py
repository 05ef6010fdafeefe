"""Lesson 10: the probes.

Layers are looked at among modules that stand here, so that nobody pays for another exercise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from autograder.observation import Claim, Raised
from autograder.probes.operation import Operation
from autograder.surroundings import method_is, names_mean, those_of_babygrad
from babygrad import Tensor


class Parameter(Tensor):
    """Stands for the lesson's."""


class Module:
    """Stands for the lesson's; the search is lent to it for a while, or an answer of its own."""

    forward: Any
    named_parameters: Any

    def __call__(self, x):
        return self.forward(x)

    def parameters(self):
        return [parameter for _, parameter in self.named_parameters()]


# named_parameters -------------------------------------------------------------------------------------


def pairs_found(parts, holds):
    """The names found, and what is found under them."""
    module = _built({"module": holds}, {})
    with _searching(parts):
        answer = parts.named_parameters(module)
        found = list(answer)
    yield from _names_and_numbers(answer, [pair for pair in found if not _is_strange(pair, module)])


def found_again(parts, holds):
    """The same, asked twice, with another module in between."""
    module, other = _built({"module": holds}, {}), _built({"module": {"other": 3.0}}, {})
    with _searching(parts):
        list(parts.named_parameters(module))
        list(parts.named_parameters(other))
        answer = parts.named_parameters(module)
        found = list(answer)
    own = not any(_is_strange(pair, module) for pair in found)
    yield "what other modules hold should not be found in this one", Claim(own)
    if own:
        yield from _names_and_numbers(answer, found)


def _names_and_numbers(answer, pairs):
    fits = not isinstance(answer, dict) and all(_is_pair(pair) and isinstance(pair[0], str) for pair in pairs)
    yield "`m.named_parameters()` should give pairs: a name and a Parameter", Claim(fits)
    if not fits:  # known mistakes are told apart by it
        yield "what it gives instead", _instead_of_pairs(answer, pairs)
    else:
        yield "the names, one after the other,", ", ".join(name for name, _ in pairs) or "(none)"
        yield "what the Parameters hold, one after the other,", [_held(part) for _, part in pairs]
        very = all(type(part) is Parameter for _, part in pairs)
        yield (
            "the second of each pair should be the Parameter itself, neither its data nor a copy",
            Claim(very),
        )


def _is_pair(thing: Any) -> bool:
    return isinstance(thing, (tuple, list)) and len(thing) == 2


def _instead_of_pairs(answer: Any, entries: list[Any]) -> str:
    if isinstance(answer, dict):
        return "a dict"
    if all(_is_pair(entry) and isinstance(entry[1], str) for entry in entries):
        return "pairs the other way round"
    kinds = {type(entry).__name__ for entry in entries}
    return kinds.pop() if len(kinds) == 1 else "several things"


def _is_strange(pair: Any, module: Module) -> bool:
    """Whether it is a Parameter that another module holds: code may remember what it found before."""
    part = pair[1] if _is_pair(pair) else None
    return isinstance(part, Parameter) and not any(part is own for own in _inside(module))


def _inside(thing: Any) -> Iterator[Any]:
    yield thing
    if isinstance(thing, (Module, list, tuple)):
        for inner in vars(thing).values() if isinstance(thing, Module) else thing:
            yield from _inside(inner)


def _held(part: Any) -> Any:
    """The number that tells a Parameter from the others."""
    return float(part.data.flat[0]) if isinstance(part, Tensor) else type(part).__name__


@contextmanager
def _searching(parts: SimpleNamespace) -> Iterator[None]:
    search = parts.named_parameters
    with (
        names_mean(search, Module=Module, Parameter=Parameter),
        method_is(Module, "named_parameters", search),
    ):
        yield


def _built(plan: Any, known: dict[str, Any]) -> Any:
    """A module, and what it holds, from a plan: a number for a Parameter that holds it."""
    if isinstance(plan, float):
        return Parameter([plan, plan])
    if isinstance(plan, list):
        return [_built(inner, known) for inner in plan]
    if isinstance(plan, tuple):
        return tuple(_built(inner, known) for inner in plan)
    if isinstance(plan, str):
        return _OTHERS[plan]() if plan in _OTHERS else known[plan]
    if "known as" in plan:
        known[plan["known as"]] = _built(plan["is"], known)
        return known[plan["known as"]]
    module = Module()
    for name, inner in plan["module"].items():
        setattr(module, name, _built(inner, known))
    return module


_OTHERS = {
    "a constant": lambda: Tensor([4.0], requires_grad=False),
    "a Tensor": lambda: Tensor([4.0]),
    "an array": lambda: np.array([4.0, 6.0]),
    "a number": lambda: 4,
    "a text": lambda: "weight",
    "None": lambda: None,
}


# state_dict and load_state_dict -----------------------------------------------------------------------


_PAIRS: WeakKeyDictionary[Module, list[tuple[str, Parameter]]] = WeakKeyDictionary()


class Stored(Module):
    """Has the parameters that it is told to have, whatever it keeps as attributes."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        _PAIRS[self] = [(name, Parameter(array)) for name, array in arrays.items()]
        for name, parameter in _PAIRS[self]:
            if "." not in name:
                setattr(self, name, parameter)

    def named_parameters(self):
        return list(_PAIRS[self])

    def _by_name(self):
        return dict(_PAIRS[self])


Stored.__name__ = Stored.__qualname__ = "Module"  # errors name it, and a learner knows no other


def _load(parts: SimpleNamespace, model: Stored, state: Any) -> None:
    """Load with the learner's function, which may ask the model for its state."""
    with method_is(Stored, "state_dict", parts.state_dict):
        parts.load_state_dict(model, state)


def state_of(parts, own):
    """Names and arrays."""
    state = parts.state_dict(Stored(own))
    yield "`state_dict()` should return a dict", Claim(isinstance(state, dict))
    yield "its names, one after the other,", ", ".join(state) or "(none)"
    for name in own:
        yield f'`state["{name}"]`', state[name]


def state_later(parts, own):
    """The same after a step of training, of either kind."""
    model = Stored(own)
    state = parts.state_dict(model)
    for _, parameter in model.named_parameters():
        parameter.data *= -10
    for name in own:
        yield f'`state["{name}"]`, after `weight.data *= -10` and the like,', state[name]


def loaded(parts, own, state):
    """What the parameters hold after loading, and that they hold it by themselves."""
    model = Stored(own)
    before = model.named_parameters()
    _load(parts, model, state)
    for name, parameter in model.named_parameters():
        yield f"`.data` of `{name}` afterwards", parameter.data
    for array in state.values():
        array *= -10
    for name, parameter in model.named_parameters():
        label = f"`.data` of `{name}`, after the arrays of the state were multiplied by -10,"
        yield label, parameter.data
    same = all(one is other for (_, one), (_, other) in zip(before, model.named_parameters(), strict=True))
    yield "the Parameters should be the same objects as before", Claim(same)


def refused(parts, own, state, mentions):
    """The error, and what it speaks of."""
    outcome = Raised(lambda: _load(parts, Stored(own), state))
    yield from _refusal("`load_state_dict(state)` should raise a ValueError", outcome)
    text = str(outcome.error)
    for word in mentions:
        yield f"the message should mention {word}", Claim(word in text, f"it is: {text[:150].rstrip('.')}")


def left_alone(parts, own, state):
    """What the parameters hold after loading was refused."""
    model = Stored(own)
    fitting = {name: array + 1 for name, array in own.items()}
    first = Raised(lambda: _load(parts, model, fitting))
    if isinstance(first.error, NotImplementedError):
        raise first.error
    claim = "a state that fits should be loaded without an error before"
    yield claim, Claim(first.error is None, f"there is one: {str(first.error)[:150].rstrip('.')}")
    if first.error is None:
        claim = "a state that fits is loaded before, and the Parameters should then hold its numbers"
        held = all(np.array_equal(part.data, fitting[name]) for name, part in model.named_parameters())
        yield claim, Claim(held)
    outcome = Raised(lambda: _load(parts, model, state))
    yield "an error should be raised", Claim(outcome.error is not None, "there is none")
    for name, parameter in model.named_parameters():
        yield f"`.data` of `{name}` afterwards", parameter.data


def _refusal(claim: str, outcome: Raised) -> Iterator[tuple[str, Any]]:
    """Whether a ValueError was raised; what is no answer at all is raised again."""
    error = outcome.error
    if isinstance(error, (NotImplementedError, NameError)):
        raise error
    kind = type(error).__name__ if error is not None else "none"
    said = f": {str(error)[:150].rstrip('.')}" if str(error).strip() else ""
    article = "an" if kind[0] in "AEIOU" else "a"
    text = f"it is {article} {kind}{said}" if error is not None else "nothing was raised"
    yield claim, Claim(isinstance(error, ValueError), text)
    if isinstance(error, ValueError):
        yield "the error should have a message that says what is wrong", Claim(bool(str(error).strip()))
    else:
        yield "the error", kind


# Linear and Sequential --------------------------------------------------------------------------------


def beginning(parts, sizes, options, seeded=None):
    """What a new layer holds. seeded: the seed of a generator that is given for rng."""

    def made():
        given = {} if seeded is None else {"rng": np.random.default_rng(seeded)}
        return parts.Linear(*sizes, **options, **given)

    layer, again = made(), made()
    same = np.array_equal(_numbers_of(layer.weight), _numbers_of(again.weight))
    yield "a second layer with the same `rng` should begin with the same weights", Claim(same)
    if not same:
        return
    for name in ("weight", "bias"):
        part = getattr(layer, name)
        yield f"`layer.{name}`", _numbers_of(part)
        kind = type(part).__name__
        claim = f"`layer.{name}` should be a Parameter{_OR_NONE[name]}"
        fits = part is None or kind == "Parameter"
        yield claim, Claim(fits, f"it is of class {kind}")
        if not fits:  # known mistakes are told apart by it
            yield "its class", kind


_OR_NONE = {"weight": "", "bias": ", or None where there is no bias"}


def _numbers_of(part: Any) -> Any:
    return part.data if isinstance(part, Tensor) else part


def applied(parts, x, weight, bias):
    """What a layer makes of x, and the gradients that go back through it."""
    layer = parts.Linear.__new__(parts.Linear)  # its numbers are given; how it begins has points of its own
    layer.weight = Tensor(weight)
    layer.bias = None if bias is None else Tensor(bias)
    x = Tensor(x)
    y = layer.forward(x)
    yield "`layer.forward(x)`", y
    if isinstance(y, Tensor) and y.requires_grad:
        y.backward(np.arange(1.0, y.size + 1).reshape(y.shape))
    for name, tensor in {"x": x, "weight": layer.weight, "bias": layer.bias}.items():
        if tensor is not None:
            label = f"the gradient `{name}.grad`, after `y.backward(v)` with v = 1, 2, 3, …,"
            yield label, tensor.grad


class Times(Module):
    """Multiplies: with Plus, the order shows."""

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def forward(self, x):
        return x * self.factor


class Plus(Module):
    """Adds."""

    def __init__(self, term: float) -> None:
        self.term = term

    def forward(self, x):
        return x + self.term


_KINDS = {"Times": Times, "Plus": Plus}


def kept(parts, modules):
    """Where the modules are kept."""
    with names_mean(parts.Sequential, Module=Module):
        modules = [_KINDS[kind](number) for kind, number in modules]
        layers = parts.Sequential(*modules).layers
        yield "`layers` should be a list or a tuple", Claim(isinstance(layers, (list, tuple)))
        same = len(layers) == len(modules) and all(a is b for a, b in zip(layers, modules, strict=True))
        yield "`layers` should hold the modules themselves, in their order", Claim(same)


def one_after_the_other(parts, modules, x):
    """What comes out at the end; twice, with another chain in between."""
    with names_mean(parts.Sequential, Module=Module):
        chain = parts.Sequential(*[_KINDS[kind](number) for kind, number in modules])
        parts.Sequential(Plus(1000.0))
        x = Tensor(x)
        yield "the result", chain.forward(x)
        yield "the result of a second call", chain.forward(x)
        yield "`x` afterwards", x


# LogSumExp and softmax_loss ---------------------------------------------------------------------------


LOG_SUM_EXP = Operation("LogSumExp", ("x",))

_AROUND = those_of_babygrad("logsumexp", "LogSumExp")


def loss_of(parts, logits, labels):
    """The loss."""
    with names_mean(parts.softmax_loss, **_AROUND):
        logits = Tensor(logits)
        kept = labels.copy()
        yield "the loss", parts.softmax_loss(logits, labels)
        yield "`logits` afterwards", logits
        yield "`labels` should be left as they were", Claim(np.array_equal(kept, labels))


def loss_and_gradient(parts, logits, labels):
    """The gradient of the loss."""
    with names_mean(parts.softmax_loss, **_AROUND):
        logits = Tensor(logits)
        loss = parts.softmax_loss(logits, labels)
        claim = "the loss should be a Tensor that requires a gradient"
        yield claim, Claim(isinstance(loss, Tensor) and loss.requires_grad)
        loss.backward()
        yield "`logits.grad` after `loss.backward()`", logits.grad


def labels_refused(parts, logits, labels):
    """Labels for which there is no class."""
    with names_mean(parts.softmax_loss, **_AROUND):
        first = Raised(lambda: parts.softmax_loss(Tensor(logits), np.zeros_like(labels)))
        if isinstance(first.error, NotImplementedError):
            raise first.error
        claim = "labels that are all 0 should not be refused"
        text = f"there is a {type(first.error).__name__}: {str(first.error)[:150].rstrip('.')}"
        yield claim, Claim(not isinstance(first.error, (ValueError, NameError)), text)
        outcome = Raised(lambda: parts.softmax_loss(Tensor(logits), labels))
    yield from _refusal("a ValueError should be raised", outcome)
