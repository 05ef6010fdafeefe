"""Lesson 15: the probes of 15.2, which lend the learner an Unfold that is right."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.surroundings import names_mean
from babygrad import Function, Tensor


class _Unfold(Function):
    """All windows of some images, as rows."""

    def __init__(self, size):
        self.size = size

    def forward(self, images):  # type: ignore[override]
        views = sliding_window_view(images, (self.size, self.size), axis=(1, 2))
        return views.reshape(*views.shape[:3], -1).copy()

    def backward(self, out_grad, node):
        grad = np.zeros_like(node._inputs[0].data)
        for image, row, column, place in np.ndindex(out_grad.shape):
            down, right = divmod(place, self.size)
            grad[image, row + down, column + right] += out_grad.data[image, row, column, place]
        return Tensor(grad)


_NAMES = {"Unfold": _Unfold, "Tensor": Tensor}


def numbers(parts, images, kernels, bias, size):
    """What conv computes."""
    with names_mean(parts.conv, **_NAMES):
        made = parts.conv(Tensor(images), Tensor(kernels), Tensor(bias), size)
        yield "what `conv` returns", made


def gradients(parts, images, kernels, bias, size, upstream):
    """What comes back through it to the images, the kernels and the bias."""
    with names_mean(parts.conv, **_NAMES):
        tensors = [Tensor(array, requires_grad=True) for array in (images, kernels, bias)]
        made = parts.conv(*tensors, size)
        (made * Tensor(upstream, requires_grad=False)).sum().backward()
        for name, tensor in zip(("images", "kernels", "bias"), tensors, strict=True):
            yield f"the gradient of `{name}`", tensor.grad
