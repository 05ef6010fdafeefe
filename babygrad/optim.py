"""Optimizers: how parameters follow their gradients downhill.

optimizer = SGD(model.parameters(), lr=0.1)
for images, labels in loader:
    optimizer.zero_grad()
    softmax_loss(model(images), labels).backward()
    optimizer.step()
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from babygrad.tensor import Tensor

__all__ = ["SGD", "Adam", "Optimizer"]


class Optimizer:
    """Parameters and a learning rate. A subclass writes ``step``.

    parameters: Tensors that require gradients. lr: how far a step goes, above 0.
    Raises ValueError where there are no parameters, one is there twice or requires no gradient, or lr is not
    above 0; TypeError where a parameter is no Tensor.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float) -> None:
        self.parameters = list(parameters)
        self.lr = lr
        self.steps = 0
        _check_optimizer(self)

    def step(self) -> None:
        """Change all parameters that have a gradient."""
        raise NotImplementedError(f"{type(self).__name__} has no step.")

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: ``backward`` adds to what is there."""
        for parameter in self.parameters:
            parameter.grad = None

    def _gradients(self) -> list[tuple[Tensor, np.ndarray]]:
        """Begin a step: the parameters that have a gradient, each with it. Counts the steps in ``steps``.

        Raises FloatingPointError where a gradient holds nan or infinity, ValueError where it has another
        shape; no parameter has changed then.
        """
        self.steps += 1
        found = [(parameter, parameter.grad) for parameter in self.parameters if parameter.grad is not None]
        for parameter, grad in found:
            if grad.shape != parameter.shape:
                raise ValueError(f"{self._of(parameter)} has the shape {grad.shape}.")
            flat = grad.ravel()
            # A product finds nan and infinity in half the time; squares of large numbers look infinite too.
            if not math.isfinite(np.vdot(flat, flat)) and not np.isfinite(flat).all():
                raise FloatingPointError(
                    f"{self._of(parameter)} holds nan or infinity. Nothing was changed in this step. Look at "
                    "the inputs (np.isfinite(images).all()) and at the losses before: where they had been "
                    f"growing, {self.lr:g} is too high a learning rate; otherwise a log or a division met 0."
                )
        return found

    def _of(self, parameter: Tensor) -> str:
        """The beginning of a message about the gradient of a parameter."""
        (place,) = (place for place, one in enumerate(self.parameters) if one is parameter)
        return (
            f"{type(self).__name__}, step {self.steps}: the gradient of parameter {place}, of shape "
            f"{parameter.shape},"
        )


class SGD(Optimizer):
    """Stochastic gradient descent: ``parameter -= lr * gradient``.

    momentum: with it, velocities take the gradients' place: ``velocity = momentum * velocity + gradient``,
    at first the gradient itself. weight_decay: this much of each parameter is added to its gradient.
    The same numbers as ``torch.optim.SGD``. Raises ValueError for momentum outside [0, 1) or decay below 0.
    """

    def __init__(
        self, parameters: Iterable[Tensor], lr: float, momentum: float = 0, weight_decay: float = 0
    ) -> None:
        super().__init__(parameters, lr)
        _check_number("SGD", "momentum", momentum, below=1)
        _check_number("SGD", "weight_decay", weight_decay, below=np.inf)
        self.momentum = momentum
        self.weight_decay = weight_decay
        self._velocities: dict[Tensor, np.ndarray] = {}

    def step(self) -> None:
        """Change all parameters that have a gradient; see ``Optimizer`` for errors."""
        for parameter, grad in self._gradients():
            if self.weight_decay:
                grad = grad + self.weight_decay * parameter.data
            if self.momentum:
                velocity = self._velocities.get(parameter, 0)
                grad = self._velocities[parameter] = self.momentum * velocity + grad
            parameter.data -= self.lr * grad


class Adam(Optimizer):
    """Steps of about lr for each number, however large its gradient is (Kingma and Ba, 2015).

    With g for the gradient and t for the number of the step, the averages ``m = b1 * m + (1 - b1) * g`` and
    ``v = b2 * v + (1 - b2) * g * g`` start at 0, which is corrected by ``m' = m / (1 - b1 ** t)`` and
    ``v' = v / (1 - b2 ** t)``; then ``parameter -= lr * m' / (sqrt(v') + eps)``.
    betas: b1 and b2. weight_decay: this much of each parameter is added to its gradient.
    The same numbers as ``torch.optim.Adam``. Raises ValueError for betas outside [0, 1), eps not above 0 or
    a decay below 0.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
    ) -> None:
        super().__init__(parameters, lr)
        for place in (0, 1):
            _check_number("Adam", f"betas[{place}]", betas[place], below=1)
        _check_number("Adam", "weight_decay", weight_decay, below=np.inf)
        if not eps > 0:
            raise ValueError(f"Adam: eps must be above 0, as it keeps 0 / 0 away; it is {eps!r}.")
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self._averages: dict[Tensor, tuple[int, np.ndarray, np.ndarray]] = {}

    def step(self) -> None:
        """Change all parameters that have a gradient; see ``Optimizer`` for errors."""
        b1, b2 = self.betas
        for parameter, grad in self._gradients():
            t, m, v = self._averages.get(parameter, (0, 0, 0))
            if self.weight_decay:
                grad = grad + self.weight_decay * parameter.data
            t = t + 1
            m = b1 * m + (1 - b1) * grad
            v = b2 * v + (1 - b2) * (grad * grad)
            self._averages[parameter] = t, m, v
            root = np.sqrt(v / (1 - b2**t))
            parameter.data -= self.lr * (m / (1 - b1**t)) / (root + self.eps)


def _check_optimizer(optimizer: Optimizer) -> None:
    """Raise as ``Optimizer`` says."""
    name, lr = type(optimizer).__name__, optimizer.lr
    if not optimizer.parameters:
        raise ValueError(f"{name}: there are no parameters. Are the model's layers attributes of it?")
    for place, parameter in enumerate(optimizer.parameters):
        _check_parameter(f"{name}: parameter {place}", parameter, optimizer.parameters[:place])
    if not 0 < lr < np.inf:
        raise ValueError(f"{name}: the learning rate must be above 0, such as 0.01; it is {lr!r}.")


def _check_parameter(name: str, parameter: Tensor, others: list[Tensor]) -> None:
    if not isinstance(parameter, Tensor):
        raise TypeError(f"{name} is no Tensor but {type(parameter).__name__}; see model.parameters().")
    if not parameter.requires_grad:
        raise ValueError(f"{name}, of shape {parameter.shape}, requires no gradient: it would never change.")
    if any(parameter is other for other in others):
        raise ValueError(
            f"{name}, of shape {parameter.shape}, is there twice: it would go two steps at once."
        )


def _check_number(name: str, what: str, value: float, below: float) -> None:
    """Raise ValueError unless ``0 <= value < below``."""
    if not 0 <= value < below:
        limit = "" if below == np.inf else f" and below {below}"
        raise ValueError(f"{name}: {what} must be at least 0{limit}; it is {value!r}.")
