"""Random weights of the right size, so that numbers neither fade nor explode on their way through layers.

An output of a layer is a sum of n_in products, so that it varies n_in times as much as one of them. Weights
whose variance is about 1 / n_in even this out. Kaiming's is twice that, because relu throws one half away;
Xavier's is a compromise with the way back, on which n_out products are added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

__all__ = ["kaiming_normal", "kaiming_uniform", "xavier_normal", "xavier_uniform"]


def xavier_uniform(
    n_in: int, n_out: int, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> np.ndarray:
    """Weights evenly between -b and b, where ``b = sqrt(6 / (n_in + n_out))``, for tanh and sigmoid.

    Returns an array of shape (n_in, n_out). Raises ValueError where a size is below 1.
    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    2010, equation 16.
    """
    _check_sizes(n_in, n_out)
    bound = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-bound, bound, (n_in, n_out)).astype(dtype)


def xavier_normal(
    n_in: int, n_out: int, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> np.ndarray:
    """Normal weights of standard deviation ``sqrt(2 / (n_in + n_out))``; see ``xavier_uniform``."""
    _check_sizes(n_in, n_out)
    deviation = np.sqrt(2 / (n_in + n_out))
    return rng.normal(0, deviation, (n_in, n_out)).astype(dtype)


def kaiming_uniform(
    n_in: int, n_out: int, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> np.ndarray:
    """Weights evenly between -b and b, where ``b = sqrt(6 / n_in)``, for relu.

    Returns an array of shape (n_in, n_out). Raises ValueError where a size is below 1.
    Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, equation 10.
    """
    _check_sizes(n_in, n_out)
    bound = np.sqrt(6 / n_in)
    return rng.uniform(-bound, bound, (n_in, n_out)).astype(dtype)


def kaiming_normal(
    n_in: int, n_out: int, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> np.ndarray:
    """Normal weights of standard deviation ``sqrt(2 / n_in)``; see ``kaiming_uniform``."""
    _check_sizes(n_in, n_out)
    deviation = np.sqrt(2 / n_in)
    return rng.normal(0, deviation, (n_in, n_out)).astype(dtype)


def _check_sizes(n_in: int, n_out: int) -> None:
    for name, size in (("n_in", n_in), ("n_out", n_out)):
        if not isinstance(size, (int, np.integer)) or size < 1:
            raise ValueError(f"{name} must be a whole number, at least 1, not {size!r}.")
