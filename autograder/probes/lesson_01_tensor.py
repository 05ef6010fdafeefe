"""Lesson 01: the probes."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

import babygrad
from autograder.observation import Claim, Probe
from autograder.surroundings import method_is, names_mean, those_of_babygrad

# Tensor.__init__ --------------------------------------------------------------------------------------


class Operation:
    """Stands for whatever made a Tensor."""


def data_of(parts, data, options):
    """The array inside."""
    yield "`t.data`", parts.Tensor(data, **options).data


def data_after_change(parts, source):
    """The array inside, after the array it was made from has changed."""
    t = parts.Tensor(source)
    source *= -10
    yield "`t.data`, after the source was multiplied by -10,", np.asarray(t.data, dtype=np.float32)


def data_after_change_of_tensor(parts, source):
    """The same where it was made from another Tensor."""
    first = parts.Tensor(source)
    second = parts.Tensor(first)
    first.data *= -10
    yield (
        "`second.data`, after `first.data` was multiplied by -10,",
        np.asarray(second.data, dtype=np.float32),
    )


def labels(parts, data, options):
    """The four labels on the box."""
    t = parts.Tensor(data, **options)
    yield "`t.grad`", t.grad
    yield "`t.requires_grad`", t.requires_grad
    yield "`t._op`", t._op
    yield "`t._inputs`", t._inputs


def labels_of_a_copy(parts, data):
    """The labels on a Tensor made from a constant that has a gradient and a history."""
    first = parts.Tensor(data, requires_grad=False)
    first.grad = np.array(data) + 1
    first._op = Operation()
    first._inputs = (parts.Tensor(data), parts.Tensor(data))
    second = parts.Tensor(first)
    yield "`second.data`", second.data
    yield "`second.grad`", second.grad
    yield "`second._op`", second._op
    yield "`second._inputs`", second._inputs
    yield "`second.requires_grad`", second.requires_grad


# shape, dtype, numpy, detach, repr --------------------------------------------------------------------


_ITS_CONSTRUCTOR: Any = getattr(those_of_babygrad("Tensor").get("Tensor"), "__init__", None)


def right_constructor(self, data, *, dtype=None, requires_grad=True):
    """A right constructor for the learner's class, so that this exercise does not pay for another one."""
    data = data.data if hasattr(data, "requires_grad") else data
    _ITS_CONSTRUCTOR(self, data, dtype=dtype, requires_grad=requires_grad)


def _continued(probe: Probe) -> Probe:
    """The probe, on a class that has a right constructor, provided that the class was continued at all."""

    def on_a_right_class(parts: SimpleNamespace, **inputs: Any) -> Iterator[tuple[str, Any]]:
        yield _KEPT, Claim(parts.Tensor.__init__ is not object.__init__)
        with method_is(parts.Tensor, "__init__", right_constructor):
            yield from probe(parts, **inputs)

    return on_a_right_class


_KEPT = (
    "the class should still have the constructor of 1.1: its first line is `class Tensor(Tensor):`. Correct "
    "it, then run the cell of 1.1 and this one again"
)


@_continued
def properties(parts, data):
    """shape and dtype."""
    t = parts.Tensor(data)
    yield "`t.shape`", t.shape
    yield "`t.dtype`", t.dtype


@_continued
def numpy_copy(parts, data):
    """numpy(): an array of its own."""
    t = parts.Tensor(data)
    array = t.numpy()
    yield "`t.numpy()`", array
    yield "`t.numpy()` should not share memory with `t.data`", Claim(not np.shares_memory(array, t.data))


@_continued
def detached(parts, data):
    """detach(): the same memory, no history."""
    t = parts.Tensor(data)
    t.grad = np.array(data)
    t._op, t._inputs = Operation(), (parts.Tensor(data), parts.Tensor(data))
    d = t.detach()
    yield "`d`", d
    yield "`d.requires_grad`", d.requires_grad
    yield "`d._op`", d._op
    yield "`d._inputs`", d._inputs
    yield "`d.grad`", d.grad
    yield "`d.data` should share memory with `t.data`", Claim(np.shares_memory(d.data, t.data))
    yield "`t.requires_grad` afterwards", t.requires_grad
    yield "`t._op` afterwards", t._op


@_continued
def printed(parts, data, requires_grad):
    """repr(): what is needed to recognise it."""
    text = repr(parts.Tensor(data, requires_grad=requires_grad))
    instead = f"`repr(t)` is `{text}`"
    yield "`repr(t)` should begin with `Tensor(`", Claim(text.startswith("Tensor("), instead)
    yield f"`repr(t)` should show the number {data[0]}", Claim(str(data[0]) in text, instead)
    no = "not " if requires_grad else ""
    says = "requires_grad=False" in text
    yield "`repr(t)` should end with `)`", Claim(text.endswith(")"), instead)
    yield f"`repr(t)` should {no}say `requires_grad=False`", Claim(says != requires_grad, instead)


# _ensure_tensor ---------------------------------------------------------------------------------------


def ensured_tensor(parts, data, requires_grad):
    """A Tensor comes back as it is."""
    with names_mean(parts._ensure_tensor, Tensor=babygrad.Tensor):
        t = babygrad.Tensor(data, requires_grad=requires_grad)
        result = parts._ensure_tensor(t)
        yield "the result", result
        yield "the result should be `t` itself", Claim(result is t)
        yield "`t.requires_grad` afterwards", t.requires_grad


def ensured_constant(parts, value):
    """Anything else becomes a constant."""
    with names_mean(parts._ensure_tensor, Tensor=babygrad.Tensor):
        result = parts._ensure_tensor(value)
        yield "the result", result
        yield "`requires_grad` of the result", result.requires_grad
