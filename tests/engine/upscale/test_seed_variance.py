"""Results of different seeds: where they disagree, and by how much."""

from __future__ import annotations

import numpy as np
import pytest

from mfsr_engine.upscale.seed_variance import SeedVariance


def added(results: np.ndarray) -> SeedVariance:
    spread = SeedVariance()
    for result in results:
        spread.add(result)
    return spread


def test_it_is_the_standard_deviation_of_a_sample() -> None:
    results = np.random.default_rng(0).random((5, 8, 12, 3), np.float32)
    expected = np.sqrt(results.var(axis=0, ddof=1).mean(axis=-1))
    np.testing.assert_allclose(added(results).deviation(), expected, rtol=1e-4)


def test_equal_results_do_not_spread() -> None:
    result = np.random.default_rng(1).random((8, 8, 3), np.float32)
    assert added(np.stack([result] * 4)).deviation().max() < 1e-6
    assert added(result[None]).deviation().max() == 0


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_smoothing_takes_the_mean_over_each_pixel_of_the_input(factor: int) -> None:
    spread = added(np.random.default_rng(2).random((3, 8, 12, 3), np.float32))
    smoothed = spread.smoothed(factor)
    assert smoothed.shape == (8 // factor, 12 // factor)
    np.testing.assert_allclose(smoothed[0, 0], spread.deviation()[:factor, :factor].mean(), rtol=1e-5)
