"""Initial weights: their spread, their bounds, and what they are for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from babygrad import init

SCHEMES: dict[str, Callable[[int, int], float]] = {
    "xavier_uniform": lambda n_in, n_out: 2 / (n_in + n_out),
    "xavier_normal": lambda n_in, n_out: 2 / (n_in + n_out),
    "kaiming_uniform": lambda n_in, n_out: 2 / n_in,
    "kaiming_normal": lambda n_in, n_out: 2 / n_in,
}
"""Each scheme with the variance it promises."""


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize(("n_in", "n_out"), [(400, 100), (100, 400)])
def test_weights_have_mean_zero_and_the_promised_variance(name: str, n_in: int, n_out: int) -> None:
    weights = getattr(init, name)(n_in, n_out, np.random.default_rng(5))
    assert weights.shape == (n_in, n_out)
    assert weights.dtype == np.float32
    variance = SCHEMES[name](n_in, n_out)
    assert abs(weights.mean()) < 4 * np.sqrt(variance / weights.size)
    np.testing.assert_allclose(weights.var(), variance, rtol=0.03)  # 200 numbers to the square: 0.7 % or less


@pytest.mark.parametrize("name", ["xavier_uniform", "kaiming_uniform"])
def test_uniform_weights_fill_their_range_evenly(name: str) -> None:
    weights = getattr(init, name)(300, 100, np.random.default_rng(5)).astype(np.float64)
    bound = np.sqrt(3 * SCHEMES[name](300, 100))
    assert 0.999 * bound < np.abs(weights).max() <= bound * (1 + 1e-7)
    counts, _ = np.histogram(weights, bins=10, range=(-bound, bound))
    np.testing.assert_allclose(counts, weights.size / 10, rtol=0.06)


@pytest.mark.parametrize("name", ["xavier_normal", "kaiming_normal"])
def test_normal_weights_have_the_tails_of_a_normal_distribution(name: str) -> None:
    weights = getattr(init, name)(300, 100, np.random.default_rng(5))
    far = np.abs(weights) > 2 * np.sqrt(SCHEMES[name](300, 100))
    assert far.mean() == pytest.approx(0.0455, rel=0.1)


@pytest.mark.parametrize("name", SCHEMES)
def test_the_generator_decides_and_the_dtype_is_the_callers(name: str) -> None:
    scheme = getattr(init, name)
    first, same = (scheme(4, 3, np.random.default_rng(7), dtype=np.float64) for _ in range(2))
    rng = np.random.default_rng(7)
    assert np.array_equal(first, same)
    assert first.dtype == np.float64
    assert np.array_equal(scheme(4, 3, rng), first.astype(np.float32))
    assert not np.array_equal(scheme(4, 3, rng), scheme(4, 3, rng))


@pytest.mark.parametrize("name", ["kaiming_uniform", "kaiming_normal"])
def test_kaiming_keeps_the_size_of_numbers_through_ten_layers_of_relu(name: str) -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(200, 256))
    for _ in range(10):
        x = np.maximum(x @ getattr(init, name)(256, 256, rng, np.float64), 0)
    assert 0.3 < np.sqrt((x * x).mean()) < 3


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize(("sizes", "wrong"), [((0, 3), "n_in"), ((3, -1), "n_out"), ((2.5, 3), "n_in")])
def test_sizes_are_whole_numbers_above_zero(name: str, sizes: tuple, wrong: str) -> None:
    with pytest.raises(ValueError, match=f"{wrong} must be a whole number, at least 1, not"):
        getattr(init, name)(*sizes, np.random.default_rng(0))
