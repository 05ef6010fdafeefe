"""Fifty training steps of a small network by PyTorch, and what they gave where PyTorch was installed.

The figures in ``pytorch_run.json`` were written by this program, from the repository's root:

    uv run --with torch python -m tests.babygrad.pytorch_run
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

RECORDED = Path(__file__).with_suffix(".json")

STEPS = 50
DTYPES = ("float32", "float64")
OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "plain SGD": ("SGD", {"lr": 0.1}),
    "SGD with momentum": ("SGD", {"lr": 0.05, "momentum": 0.9}),
    "SGD with weight decay": ("SGD", {"lr": 0.1, "weight_decay": 0.01}),
    "SGD with momentum and weight decay": ("SGD", {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}),
    "Adam": ("Adam", {"lr": 0.01}),
    "Adam with weight decay": ("Adam", {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.01}),
}
SIZES = (5, 8, 3)


def numbers(*shape: int, start: int) -> np.ndarray:
    """Numbers from -1 to 1 that look random and are the same everywhere: multiples of a prime, modulo one."""
    count = np.arange(start, start + np.prod(shape))
    return (count * 7919 % 1009 / 504.5 - 1).reshape(shape)


def problem(dtype: str) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Inputs of shape (24, 5), labels from 0 to 2, and the network's first parameters by their names."""
    x = numbers(24, SIZES[0], start=0)
    labels = (x @ numbers(SIZES[0], SIZES[-1], start=200)).argmax(axis=1)
    n_in, hidden, n_out = SIZES
    state = {
        "layers.0.weight": numbers(n_in, hidden, start=300),
        "layers.0.bias": numbers(hidden, start=400) / 10,
        "layers.2.weight": numbers(hidden, n_out, start=500),
        "layers.2.bias": numbers(n_out, start=600) / 10,
    }
    return x.astype(dtype), labels, {name: array.astype(dtype) for name, array in state.items()}


def by_pytorch(optimizer: str, dtype: str) -> dict[str, Any]:
    """The losses of all steps, and by name the parameters after them. Raises ImportError without PyTorch."""
    import torch

    x, labels, state = problem(dtype)
    inputs, targets = torch.tensor(x), torch.tensor(labels)
    first, first_bias, second, second_bias = (torch.tensor(a, requires_grad=True) for a in state.values())
    parameters = [first, first_bias, second, second_bias]
    kind, settings = OPTIMIZERS[optimizer]
    steps = getattr(torch.optim, kind)(parameters, **settings)
    losses = []
    for _ in range(STEPS):
        steps.zero_grad()
        hidden = (inputs @ first + first_bias).relu()
        loss = torch.nn.functional.cross_entropy(hidden @ second + second_bias, targets)
        loss.backward()
        steps.step()
        losses.append(loss.item())
    return {"losses": losses, **{n: p.tolist() for n, p in zip(state, parameters, strict=True)}}


def recorded(optimizer: str, dtype: str) -> dict[str, Any]:
    """The same from the file."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))[f"{optimizer}, {dtype}"]


def main() -> None:
    import torch

    figures = {
        "made by": "uv run --with torch python -m tests.babygrad.pytorch_run",
        "PyTorch": torch.__version__.split("+")[0],
        **{f"{name}, {dtype}": by_pytorch(name, dtype) for name in OPTIMIZERS for dtype in DTYPES},
    }
    lines = [f"{json.dumps(key)}: {json.dumps(_shortened(value))}" for key, value in figures.items()]
    RECORDED.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


def _shortened(value: Any) -> Any:
    """Nine digits of each number: all that a float32 has."""
    return json.loads(json.dumps(value), parse_float=lambda text: float(f"{float(text):.9g}"))


if __name__ == "__main__":
    main()
