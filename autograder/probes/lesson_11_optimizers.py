"""Lesson 11: the probes."""

from __future__ import annotations

import numpy as np

from autograder.observation import Claim, Form
from babygrad import Tensor

# kaiming_normal, xavier_normal ------------------------------------------------------------------------


def _weights(parts, name, n_in, n_out, seed):
    return getattr(parts, name)(n_in, n_out, np.random.default_rng(seed))


def _numbers(weights):
    """The array, also where it is in a Tensor: that it should not be, `form` says."""
    return np.asarray(weights.data if isinstance(weights, Tensor) else weights)


def form(parts, name, n_in, n_out, seed):
    """Kind, shape and dtype."""
    weights = _weights(parts, name, n_in, n_out, seed)
    yield f"what `{name}` returns", Form(weights)
    instead = f"its dtype is {getattr(weights, 'dtype', 'none')}"
    yield "the numbers should be float32", Claim(getattr(weights, "dtype", None) == np.float32, instead)


def spread(parts, name, n_in, n_out, seed):
    """How the numbers lie: their mean, their standard deviation, and how many are near the middle."""
    weights = _numbers(_weights(parts, name, n_in, n_out, seed)).astype(np.float64)
    deviation = float(weights.std())
    yield "the mean", float(weights.mean())
    yield "the standard deviation", deviation
    yield "the share within one standard deviation", float((abs(weights - weights.mean()) < deviation).mean())


def from_rng(parts, name, n_in, n_out, seed):
    """Where the numbers come from."""
    rng = np.random.default_rng(seed)
    make = getattr(parts, name)
    first, second = _numbers(make(n_in, n_out, rng)), _numbers(make(n_in, n_out, rng))
    again, other = (_numbers(_weights(parts, name, n_in, n_out, seed + more)) for more in (0, 1))
    yield "how many numbers there are", 0 if first.dtype == object else int(first.size)
    kind = "random numbers should come from the `rng` that is passed in: "
    yield (
        f"{kind}a generator with the same seed should give the same numbers",
        Claim(np.array_equal(first, again), "they differ from call to call"),
    )
    yield (
        f"{kind}another seed should give other numbers",
        Claim(not np.array_equal(first, other), "they are the same for every seed"),
    )
    yield (
        f"{kind}two calls with one generator should give different numbers",
        Claim(not np.array_equal(first, second), "both calls give the same"),
    )


# Optimizers -------------------------------------------------------------------------------------------


def _begun(parts, kind, settings, start):
    tensors = {name: Tensor(array) for name, array in start.items()}
    return tensors, getattr(parts, kind)(list(tensors.values()), **settings)


def _give(tensors, grads):
    for name, tensor in tensors.items():
        grad = grads.get(name)
        tensor.grad = None if grad is None else np.array(grad)


def stepped(parts, kind, settings, start, grads):
    """The data of all parameters after each step; `grads` has the gradients for each step."""
    tensors, optimizer = _begun(parts, kind, settings, start)
    for number, each in enumerate(grads, 1):
        _give(tensors, each)
        optimizer.step()
        for name, tensor in tensors.items():
            yield f"after step {number}, `{name}.data`", tensor.data


def kept(parts, kind, settings, start, grads):
    """What a step must leave alone: gradients, dtypes and the arrays' shapes."""
    tensors, optimizer = _begun(parts, kind, settings, start)
    for number, each in enumerate(grads, 1):
        _give(tensors, each)
        held = {name: tensor.grad for name, tensor in tensors.items()}
        optimizer.step()
        own = all(any(one is tensor for tensor in tensors.values()) for one in optimizer.parameters)
        yield (
            f"after step {number}, the Tensors in `self.parameters` should be those that were passed in",
            Claim(own, "there are new ones in it"),
        )
        for name, tensor in tensors.items():
            claim = f"after step {number}, `{name}.grad` should still be there"
            yield claim, Claim(tensor.grad is not None, "it is None")
            yield (
                f"after step {number}, `{name}.grad` should be what it was before",
                Claim(tensor.grad is held[name] and np.array_equal(held[name], each[name]), "it has changed"),
            )
            yield f"after step {number}, `{name}.data`", tensor.data


def forgotten(parts, start, grads):
    """What zero_grad makes of gradients, and of everything else."""
    tensors, optimizer = _begun(parts, "Optimizer", {"lr": 0.25}, start)
    _give(tensors, grads)
    optimizer.zero_grad()
    for name, tensor in tensors.items():
        yield f"after `zero_grad()`, `{name}.grad`", tensor.grad
        yield f"after `zero_grad()`, `{name}.data`", tensor.data
    optimizer.zero_grad()
    for name, tensor in tensors.items():
        yield f"after a second `zero_grad()`, `{name}.grad`", tensor.grad
