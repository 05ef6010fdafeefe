"""Gradients for probes that are about the way to a leaf and not about rules: by nudging the leaf.

Only ``forward`` of the operations on the way is needed, so that no rule has to be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def gradient(result: Any, leaf: Any, upstream: Any, nudge: float) -> np.ndarray | None:
    """The gradient of ``sum(upstream * result)`` for `leaf`, in float32; None if there is no way to it."""
    if not result.requires_grad or not any(source is leaf for source in leaves(result)):
        return None
    middle = np.float64(leaf.data)
    found = np.zeros_like(middle)
    for place in np.ndindex(middle.shape):
        step = np.zeros_like(middle)
        step[place] = nudge
        up, down = (_computed_again(result, leaf, nudged) for nudged in (middle + step, middle - step))
        found[place] = np.sum(upstream * (up - down)) / (2 * nudge)
    return found.astype(np.float32)


def leaves(tensor: Any) -> Iterator[Any]:
    """The Tensors that want a gradient and that no operation made, on the ways that lead to `tensor`."""
    if tensor._inputs:
        for source in tensor._inputs:
            yield from leaves(source)
    elif tensor.requires_grad:
        yield tensor


def _computed_again(tensor: Any, leaf: Any, array: np.ndarray) -> np.ndarray:
    """The data of `tensor`, had `leaf` the data `array`."""
    if tensor is leaf:
        return array
    if not tensor._inputs:
        return tensor.data.astype(np.float64)
    return tensor._op.forward(*[_computed_again(source, leaf, array) for source in tensor._inputs])
