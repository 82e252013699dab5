"""NIQE and the resizing it needs."""

import numpy as np
import pytest

from distill.metrics.niqe import bicubic, fit, niqe


@pytest.fixture
def landscape():
    """(208, 200, 3) uint8: smooth noise at several scales, which is roughly how photographs are distributed."""
    generator = np.random.default_rng(0)
    plane = sum(bicubic(generator.standard_normal((n, n)), (208, 200)) / n for n in (4, 8, 16, 32, 64, 128))
    grey = 128 + 60 * plane / plane.std()
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def test_pinned_value(landscape):
    assert niqe(landscape) == pytest.approx(8.2793, abs=1e-3)


def test_noise_is_less_natural(landscape):
    noise = np.random.default_rng(1).integers(0, 256, landscape.shape, dtype=np.uint8)
    assert niqe(noise) > niqe(landscape) + 1


def test_only_whole_blocks_count(landscape):
    changed = landscape.copy()
    changed[192:] = 0
    changed[:, 192:] = 255
    assert niqe(changed) == niqe(landscape)


def test_a_picture_of_too_few_blocks_is_refused(landscape):
    with pytest.raises(ValueError, match="192"):
        niqe(landscape[:191])


@pytest.mark.parametrize(("draw", "shape"), [("standard_normal", 2.0), ("laplace", 1.0)])
def test_the_fit_finds_the_shape_of_known_distributions(draw, shape):
    generator = np.random.default_rng(0)
    samples = generator.standard_normal(200_000) if draw == "standard_normal" else generator.laplace(size=200_000)
    assert fit(samples).shape == pytest.approx(shape, abs=0.03)
    assert fit(samples).mean == pytest.approx(0, abs=0.02)


def test_the_fit_tells_the_sides_apart():
    samples = np.abs(np.random.default_rng(0).standard_normal(100_000))
    samples[::2] *= -3
    found = fit(samples)
    assert found.left / found.right == pytest.approx(3, rel=0.02)
    assert found.mean < 0


def test_the_fit_of_a_flat_block_is_no_number():
    assert np.isnan(fit(np.zeros((8, 8))).shape)


def test_resizing_to_the_same_size_changes_nothing():
    plane = np.random.default_rng(0).random((9, 12))
    np.testing.assert_allclose(bicubic(plane, (9, 12)), plane, atol=1e-15)


def test_resizing_keeps_a_constant_to_the_border():
    np.testing.assert_allclose(bicubic(np.full((20, 30), 0.7), (10, 15)), 0.7)


def test_halving_has_the_kernel_of_a_stretched_cubic():
    impulse = np.zeros((16, 1))
    impulse[8] = 1
    halved = bicubic(impulse, (8, 1))[:, 0]
    # Keys' cubic at distances 0.25, 0.75, 1.25 and 1.75, halved because it is stretched by two.
    expected = np.array([0.8671875, 0.2265625, -0.0703125, -0.0234375]) / 2
    np.testing.assert_allclose(halved[[4, 3, 5, 2]], expected, atol=1e-12)
