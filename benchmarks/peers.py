"""The ways to get gradients that are compared: babygrad, NumPy by hand, HIPS autograd and PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from babygrad import Tensor

BATCH = 128
SIZES = (784, 256, 128, 10)
RATE = np.float32(0.01)


class Problem:
    """Random images with random labels, and the weights a network starts with. All float32."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.images = random.normal(size=(BATCH, SIZES[0])).astype(np.float32)
        self.labels = random.integers(SIZES[-1], size=BATCH)
        self.targets = np.eye(SIZES[-1], dtype=np.float32)[self.labels]
        self.weights = [
            (random.normal(size=(inputs, outputs)) * np.sqrt(2 / inputs)).astype(np.float32)
            for inputs, outputs in pairwise(SIZES)
        ]
        self.biases = [np.zeros(outputs, np.float32) for outputs in SIZES[1:]]


class Peer(Protocol):
    """A way to get gradients. ``chain`` and ``uses`` return the gradient with respect to `start`."""

    name: str

    def training(self, problem: Problem) -> Callable[[], float]:
        """A function that takes one step (forward, loss, backward, update) and returns the loss."""

    def chain(self, start: np.ndarray, length: int) -> np.ndarray:
        """`length` operations in a row, four kinds in turn: ``* 0.999``, ``+ 0.001``, ``tanh``, ``-``."""

    def uses(self, start: np.ndarray, times: int) -> np.ndarray:
        """`start` added up `times` times: one tensor with as many uses."""


class Babygrad:
    name = "babygrad"

    def training(self, problem: Problem) -> Callable[[], float]:
        images = Tensor(problem.images, requires_grad=False)
        targets = Tensor(problem.targets, requires_grad=False)
        weights = [Tensor(weight) for weight in problem.weights]
        biases = [Tensor(bias) for bias in problem.biases]

        def step() -> float:
            hidden = images
            for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
                hidden = (hidden @ weight + bias).relu()
            logits = hidden @ weights[-1] + biases[-1]
            largest = logits.data.max(axis=1, keepdims=True)  # exp cannot overflow below it
            log_sums = (logits - largest).exp().sum(axis=1, keepdims=True).log() + largest
            loss = (log_sums - (logits * targets).sum(axis=1, keepdims=True)).mean()
            for parameter in weights + biases:
                parameter.grad = None
            loss.backward()
            for parameter in weights + biases:
                parameter.data -= RATE * parameter.grad
            return loss.item()

        return step

    def chain(self, start: np.ndarray, length: int) -> np.ndarray:
        x = y = Tensor(start)
        for _ in range(length // 4):
            y = -(y * 0.999 + 0.001).tanh()
        y.backward()
        return x.grad

    def uses(self, start: np.ndarray, times: int) -> np.ndarray:
        x = y = Tensor(start)
        for _ in range(times):
            y = y + x
        y.backward()
        return x.grad


class ByHand:
    name = "NumPy by hand"

    def training(self, problem: Problem) -> Callable[[], float]:
        images, targets = problem.images, problem.targets
        weights = [weight.copy() for weight in problem.weights]
        biases = [bias.copy() for bias in problem.biases]

        def step() -> float:
            inputs = [images]
            for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
                inputs.append(np.maximum(inputs[-1] @ weight + bias, 0))
            logits = inputs[-1] @ weights[-1] + biases[-1]
            largest = logits.max(axis=1, keepdims=True)
            powers = np.exp(logits - largest)
            sums = powers.sum(axis=1, keepdims=True)
            losses = np.log(sums) + largest - (logits * targets).sum(axis=1, keepdims=True)
            upstream = (powers / sums - targets) / BATCH
            for layer in reversed(range(len(weights))):
                weight_grad = inputs[layer].T @ upstream
                bias_grad = upstream.sum(axis=0)
                if layer > 0:
                    upstream = (upstream @ weights[layer].T) * (inputs[layer] > 0)
                weights[layer] -= RATE * weight_grad
                biases[layer] -= RATE * bias_grad
            return float(losses.mean())

        return step

    def chain(self, start: np.ndarray, length: int) -> np.ndarray:
        y, results = start, []
        for _ in range(length // 4):
            result = np.tanh(y * 0.999 + 0.001)
            results.append(result)
            y = -result
        upstream = np.ones_like(y)
        for result in reversed(results):
            upstream = -upstream * (1 - result * result) * 0.999
        return upstream

    def uses(self, start: np.ndarray, times: int) -> np.ndarray:
        y = start
        for _ in range(times):
            y = y + start
        upstream = np.ones_like(y)
        total = upstream
        for _ in range(times):
            total = total + upstream
        return total


class HipsAutograd:
    """Written so that everything stays float32: ``maximum`` and ``mean`` would make the gradients float64."""

    name = "HIPS autograd"

    def __init__(self) -> None:
        import autograd
        import autograd.numpy
        from autograd.tracer import getval

        self.autograd, self.numpy, self.value = autograd, autograd.numpy, getval

    def training(self, problem: Problem) -> Callable[[], float]:
        anp, value = self.numpy, self.value
        images, targets = problem.images, problem.targets
        weights = [weight.copy() for weight in problem.weights]
        biases = [bias.copy() for bias in problem.biases]

        def loss(weights: list, biases: list) -> Any:
            hidden = images
            for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
                hidden = hidden @ weight + bias
                hidden = hidden * (hidden > 0)
            logits = hidden @ weights[-1] + biases[-1]
            largest = value(logits).max(axis=1, keepdims=True)
            log_sums = anp.log(anp.exp(logits - largest).sum(axis=1, keepdims=True)) + largest
            return anp.sum(log_sums - (logits * targets).sum(axis=1, keepdims=True)) / BATCH

        loss_and_gradients = self.autograd.value_and_grad(loss, (0, 1))

        def step() -> float:
            result, gradients = loss_and_gradients(weights, biases)
            for parameters, grads in zip((weights, biases), gradients, strict=True):
                for parameter, grad in zip(parameters, grads, strict=True):
                    parameter -= RATE * grad
            return float(result)

        return step

    def chain(self, start: np.ndarray, length: int) -> np.ndarray:
        def f(y: Any) -> Any:
            for _ in range(length // 4):
                y = -self.numpy.tanh(y * 0.999 + 0.001)
            return y

        return self._gradient(f, start)

    def uses(self, start: np.ndarray, times: int) -> np.ndarray:
        def f(x: Any) -> Any:
            y = x
            for _ in range(times):
                y = y + x
            return y

        return self._gradient(f, start)

    def _gradient(self, f: Callable, x: np.ndarray) -> np.ndarray:
        gradient, y = self.autograd.make_vjp(f)(x)
        return gradient(np.ones_like(y))


class PyTorch:
    """Eager, as one writes it, with its own function for the loss."""

    name = "PyTorch"

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        self.torch = torch

    def training(self, problem: Problem) -> Callable[[], float]:
        torch = self.torch
        images, labels = torch.tensor(problem.images), torch.tensor(problem.labels)
        weights = [torch.tensor(weight, requires_grad=True) for weight in problem.weights]
        biases = [torch.tensor(bias, requires_grad=True) for bias in problem.biases]

        def step() -> float:
            hidden = images
            for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
                hidden = (hidden @ weight + bias).relu()
            logits = hidden @ weights[-1] + biases[-1]
            loss = torch.nn.functional.cross_entropy(logits, labels)
            for parameter in weights + biases:
                parameter.grad = None
            loss.backward()
            with torch.no_grad():
                for parameter in weights + biases:
                    parameter -= float(RATE) * parameter.grad
            return loss.item()

        return step

    def chain(self, start: np.ndarray, length: int) -> np.ndarray:
        x = y = self.torch.tensor(start, requires_grad=True)
        for _ in range(length // 4):
            y = -(y * 0.999 + 0.001).tanh()
        y.backward(self.torch.ones_like(y))
        return x.grad.numpy()

    def uses(self, start: np.ndarray, times: int) -> np.ndarray:
        x = y = self.torch.tensor(start, requires_grad=True)
        for _ in range(times):
            y = y + x
        y.backward(self.torch.ones_like(y))
        return x.grad.numpy()


def installed() -> tuple[list[Peer], list[str]]:
    """The peers that can run here, and the names of those that cannot."""
    found: list[Peer] = [ByHand(), Babygrad()]
    missing = []
    for peer in (HipsAutograd, PyTorch):
        try:
            found.append(peer())
        except ImportError:
            missing.append(peer.name)
    return found, missing
