"""Lesson 15: the probes of 15.2, which lend the learner an Unfold that is right."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.observation import Claim, Form
from autograder.surroundings import names_mean
from babygrad import Function, Tensor


class Unfold(Function):
    """All windows of some images, as rows."""

    def __init__(self, size):
        if not isinstance(size, (int, np.integer)):
            raise TypeError(f"Unfold is made with a whole number, and this is a {type(size).__name__}.")
        self.size = int(size)

    def forward(self, images):  # type: ignore[override]
        if not isinstance(images, np.ndarray):
            raise TypeError("`forward` takes an array: with a Tensor, the operation itself is called.")
        if images.ndim != 3:
            raise ValueError(f"images have three axes, and this has the shape {images.shape}.")
        views = sliding_window_view(images, (self.size, self.size), axis=(1, 2))
        return views.reshape(*views.shape[:3], -1).copy()

    def backward(self, out_grad, node):
        grad = np.zeros_like(node._inputs[0].data)
        for image, row, column, place in np.ndindex(out_grad.shape):
            down, right = divmod(place, self.size)
            grad[image, row + down, column + right] += out_grad.data[image, row, column, place]
        return Tensor(grad)


def numbers(parts, images, kernels, bias, size):
    """What conv computes."""
    with names_mean(parts.conv, Unfold=Unfold):
        made = parts.conv(Tensor(images), Tensor(kernels), Tensor(bias), size)
        yield "what `conv` returns", made


def gradients(parts, images, kernels, bias, size, upstream):
    """What comes back through it to the images, the kernels and the bias."""
    tensors = [Tensor(array) for array in (images, kernels, bias)]
    with names_mean(parts.conv, Unfold=Unfold):
        made = parts.conv(*tensors, size)
    yield "what `conv` returns", Form(made)
    leads_back = isinstance(made, Tensor) and made.requires_grad
    claim = "what `conv` returns should lead back to what it was made from"
    yield claim, Claim(leads_back, "it has no history")
    if leads_back and made.shape == upstream.shape:
        made.backward(upstream)
    for name, tensor in zip(("images", "kernels", "bias"), tensors, strict=True):
        yield f"the gradient of `{name}`", tensor.grad
