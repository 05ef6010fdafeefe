"""Lesson 07: the probes of 7.2, MatMul of batches."""

from __future__ import annotations

from autograder.probes.lesson_07_matmul import NAMES, Product
from babygrad import Function, transpose


class BothGradients(Function):
    """What 7.2 may use of 7.1: the same rule, whoever wants a gradient."""

    def forward(self, *arrays):
        a, b = arrays
        return a @ b

    def backward(self, out_grad, node):
        a, b = node._inputs
        return out_grad @ transpose(b), transpose(a) @ out_grad


BothGradients.__name__ = "MatMul2D"  # the name that errors should show

BATCH = Product("MatMul", ("a", "b"), {**NAMES, "MatMul2D": BothGradients})
