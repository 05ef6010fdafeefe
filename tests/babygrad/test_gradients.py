"""Gradients, op by op: against a second library, against nudging, and as arrays of the right kind."""

from __future__ import annotations

from collections.abc import Callable

import autograd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import babygrad as bg
from babygrad import Tensor, numeric_gradient

from .strategies import ANY, BINARY, CALLS, Call, arrays, broadcast_pair

Arrays = list[np.ndarray]


def our_gradients(call: Call, inputs: Arrays, v: np.ndarray) -> Arrays:
    """What ``.backward(v)`` leaves in ``.grad``."""
    tensors = [Tensor(a) for a in inputs]
    call.ours(*tensors).backward(v)
    return [t.grad for t in tensors]


def their_gradients(call: Call, inputs: Arrays, v: np.ndarray) -> Arrays:
    """The same by HIPS autograd."""
    vjp, _ = autograd.make_vjp(call.theirs, tuple(range(len(inputs))))(*inputs)
    return [np.asarray(g) for g in vjp(v)]


@pytest.mark.parametrize("op", CALLS)
@given(data=st.data())
def test_gradients_agree_with_autograd_and_with_nudging(op: str, data: st.DataObject) -> None:
    call = data.draw(CALLS[op])
    v = data.draw(arrays(np.shape(call.theirs(*call.arrays)), ANY), "upstream")
    found = our_gradients(call, call.arrays, v)
    second = their_gradients(call, call.arrays, v)
    nudged = numeric_gradient(call.theirs, call.arrays, v)
    for x, ours, theirs, numeric in zip(call.arrays, found, second, nudged, strict=True):
        assert type(ours) is np.ndarray
        assert ours.shape == x.shape
        assert ours.dtype == np.float64
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(ours, numeric, rtol=1e-5, atol=1e-6)

    for x, ours, reference in zip(
        call.arrays, our_gradients(call, [a.astype(np.float32) for a in call.arrays], v), found, strict=True
    ):
        assert ours.shape == x.shape
        assert ours.dtype == np.float32
        np.testing.assert_allclose(
            ours, reference, rtol=1e-5, atol=1e-5 * np.max(np.abs(reference), initial=1)
        )


@pytest.mark.parametrize("op", [*BINARY, "matmul"])
@settings(max_examples=20)
@given(data=st.data(), narrow=st.sampled_from([0, 1]))
def test_each_gradient_has_the_dtype_of_its_own_tensor(op: str, data: st.DataObject, narrow: int) -> None:
    call = data.draw(CALLS[op])
    v = data.draw(arrays(np.shape(call.theirs(*call.arrays))))
    mixed = list(call.arrays)
    mixed[narrow] = mixed[narrow].astype(np.float32)
    found, reference = our_gradients(call, mixed, v), our_gradients(call, call.arrays, v)
    for x, ours, expected in zip(mixed, found, reference, strict=True):
        assert ours.dtype == x.dtype
        assert ours.shape == x.shape
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5 * np.max(np.abs(expected), initial=1))


# The cases in which rules go wrong, whatever Hypothesis happens to draw.
DELICATE: dict[str, tuple[Callable[..., Tensor], tuple[tuple[int, ...], ...]]] = {
    "a cycle of axes": (lambda x: x.transpose(1, 2, 0), ((2, 3, 4),)),
    "the other cycle, with both signs": (lambda x: x.transpose(-1, 0, 1), ((2, 3, 4),)),
    "a cycle of equal sides": (lambda x: x.transpose(1, 2, 0), ((3, 3, 3),)),
    "the last two axes": (lambda x: x.T, ((2, 3, 4),)),
    "sum over unsorted axes": (lambda x: x.sum((2, 0)), ((2, 3, 4),)),
    "sum over unsorted neighbours": (lambda x: x.sum((2, 1)), ((2, 3, 4),)),
    "sum over axes from the back": (lambda x: x.sum((-1, 0)), ((2, 3, 4),)),
    "sum over an axis of a cube": (lambda x: x.sum(1), ((3, 3, 3),)),
    "sum that keeps its axes": (lambda x: x.sum((-2, 0), keepdims=True), ((2, 3, 4),)),
    "mean over axes": (lambda x: x.mean((2, 0)), ((2, 3, 4),)),
    "logsumexp over unsorted axes": (lambda x: bg.logsumexp(x, (2, 0)), ((2, 3, 4),)),
    "logsumexp over axes from the back": (lambda x: bg.logsumexp(x, (-1, 0)), ((2, 3, 4),)),
    "logsumexp over an axis of a cube": (lambda x: bg.logsumexp(x, 1), ((3, 3, 3),)),
    "logsumexp that keeps its axes": (lambda x: bg.logsumexp(x, -2, keepdims=True), ((2, 3, 4),)),
    "reshape": (lambda x: x.reshape(4, -1), ((2, 3, 4),)),
    "a new axis and a stretched one": (lambda x: x.broadcast_to(4, 2, 3), ((2, 1),)),
    "a new axis and a kept one": (lambda x: x.broadcast_to(4, 1, 3), ((1, 3),)),
    "each stretches the other": (lambda a, b: a - b, ((3, 1), (1, 4))),
    "a new axis in front": (lambda a, b: a / (b * b + 1), ((2, 3, 4), (3, 1))),
    "a number and an array": (lambda a, b: a * b, ((), (2, 3))),
    "matrices": (bg.matmul, ((2, 3), (3, 4))),
    "square matrices": (bg.matmul, ((3, 3), (3, 3))),
    "batches": (bg.matmul, ((2, 3, 4), (2, 4, 5))),
    "a shared matrix on the right": (bg.matmul, ((2, 3, 4), (4, 5))),
    "a shared matrix on the left": (bg.matmul, ((3, 4), (2, 4, 5))),
    "batches that stretch each other": (bg.matmul, ((2, 1, 3, 4), (3, 4, 2))),
    "two vectors": (bg.matmul, ((3,), (3,))),
    "a vector on the left": (bg.matmul, ((3,), (3, 4))),
    "a vector on the right": (bg.matmul, ((2, 3), (3,))),
    "a vector and batches": (bg.matmul, ((3,), (2, 3, 4))),
    "batches and a vector": (bg.matmul, ((2, 4, 3), (3,))),
}


@pytest.mark.parametrize("case", DELICATE)
def test_delicate_cases(case: str) -> None:
    f, shapes = DELICATE[case]
    rng = np.random.default_rng(5)
    xs = [Tensor(rng.normal(size=shape)) for shape in shapes]
    out = f(*xs)
    v = rng.normal(size=out.shape)
    out.backward(v)
    numeric = numeric_gradient(lambda *arrays: f(*map(Tensor, arrays)).data, [x.data for x in xs], v)
    for x, expected in zip(xs, numeric, strict=True):
        assert x.grad.shape == x.shape
        np.testing.assert_allclose(x.grad, expected, rtol=1e-6, atol=1e-8)


def as_fortran(x: np.ndarray) -> np.ndarray:
    return np.asfortranarray(x) if x.ndim else x


def as_every_other(x: np.ndarray) -> np.ndarray:
    """A view that skips every second element of a larger array."""
    return np.stack([x, np.full_like(x, np.nan)], axis=-1)[..., 0]


def as_backwards(x: np.ndarray) -> np.ndarray:
    """A view with negative strides."""
    flip = (slice(None, None, -1),) * x.ndim
    return x[flip].copy()[flip]


@pytest.mark.parametrize("op", CALLS)
@settings(max_examples=20)
@given(data=st.data(), layout=st.sampled_from([as_fortran, as_every_other, as_backwards]))
def test_the_layout_of_memory_does_not_matter(op: str, data: st.DataObject, layout: Callable) -> None:
    call = data.draw(CALLS[op])
    v = data.draw(arrays(np.shape(call.theirs(*call.arrays))))
    expected = our_gradients(call, call.arrays, v)
    tensors = [Tensor(a) for a in call.arrays]
    for tensor in tensors:
        tensor.data = layout(tensor.data)
    call.ours(*tensors).backward(layout(v))
    for tensor, gradient in zip(tensors, expected, strict=True):
        np.testing.assert_allclose(tensor.grad, gradient, rtol=1e-13, atol=1e-13)


def overlap(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(a.size and b.size and np.shares_memory(a, b))


@pytest.mark.parametrize("op", CALLS)
@settings(max_examples=20)
@given(data=st.data())
def test_nothing_is_changed_and_no_memory_is_shared(op: str, data: st.DataObject) -> None:
    call = data.draw(CALLS[op])
    v = data.draw(arrays(np.shape(call.theirs(*call.arrays))))
    upstream = Tensor(v, requires_grad=False)
    upstream.data = before = v.copy()
    tensors = [Tensor(a) for a in call.arrays]
    out = call.ours(*tensors)
    value = out.data.copy()
    for times in (1, 2):
        out.backward(upstream)
        assert upstream.data is before
        assert np.array_equal(before, v)
        assert upstream.grad is None
        assert np.array_equal(out.grad, times * v)
        assert np.array_equal(out.data, value)
    for position, (tensor, original) in enumerate(zip(tensors, call.arrays, strict=True)):
        assert np.array_equal(tensor.data, original)
        assert tensor.grad.flags.writeable
        others = [t.grad for t in tensors[position + 1 :]] + [t.data for t in tensors]
        for other in (upstream.data, out.data, out.grad, *others):
            assert not overlap(tensor.grad, other)


@pytest.mark.parametrize(
    "through",
    [
        lambda x: x,
        lambda x: x + 0,
        lambda x: x.reshape(1, 2).reshape(2),
        lambda x: x.transpose(0),
        lambda x: x.broadcast_to(2),
        lambda x: x.sum(()),
        lambda x: x.astype(np.float64),
    ],
)
def test_a_leaf_never_shares_memory_with_the_upstream_gradient(through: Callable) -> None:
    v = np.array([3.0, 4.0])
    x = Tensor(np.ones(2))
    through(x).backward(v)
    x.grad += 100
    assert v.tolist() == [3, 4]
    assert x.data.tolist() == [1, 1]


@given(pair=broadcast_pair())
def test_unbroadcast_adds_up_the_copies(pair: tuple) -> None:
    small, big = pair[0], np.broadcast_shapes(*pair)
    gradient = np.random.default_rng(0).normal(size=big)
    source = np.arange(np.prod(small, dtype=int)).reshape(small)  # which element each copy was made from
    copies = np.broadcast_to(source, big).ravel()
    expected = np.bincount(copies, weights=gradient.ravel(), minlength=source.size).reshape(small)
    np.testing.assert_allclose(bg.unbroadcast(Tensor(gradient), small).data, expected, rtol=1e-12, atol=1e-12)
