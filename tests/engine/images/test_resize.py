"""Resampling keeps flat areas, sizes and positions, and agrees with the closed form of the cubic kernel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfsr_engine.geometry import Size
from mfsr_engine.images import bicubic, fit_to

SIDES = st.integers(1, 24)


@settings(max_examples=60, deadline=None)
@given(width=SIDES, height=SIDES, to_width=SIDES, to_height=SIDES, level=st.floats(0, 1, width=32))
def test_flat_pictures_stay_flat_at_any_size(width, height, to_width, to_height, level):
    flat = np.full((height, width, 3), level, np.float32) * np.array([1, 0.5, 0], np.float32)
    fitted = fit_to(flat, Size(to_width, to_height))
    assert fitted.shape == (to_height, to_width, 3)
    assert fitted.dtype == np.float32
    assert np.abs(fitted - flat[:1, :1]).max() < 1e-5


def test_opacity_is_fitted_too(alpha):
    assert fit_to(alpha, Size(7, 5)).shape == (5, 7)


def test_the_same_size_gives_equal_values_in_another_array(pixels):
    fitted = fit_to(pixels, Size(32, 24))
    assert np.array_equal(fitted, pixels)
    assert not np.shares_memory(fitted, pixels)


def test_overshoot_is_clipped():
    edge = np.repeat(np.array([0, 0, 0, 1, 1, 1], np.float32)[None, :, None], 3, axis=2)
    fitted = fit_to(edge, Size(60, 1))
    assert (fitted.min(), fitted.max()) == (0.0, 1.0)


def test_reducing_averages_instead_of_aliasing():
    stripes = np.tile(np.array([0.0, 1.0], np.float32), (64, 32))
    assert np.abs(fit_to(stripes, Size(8, 8))[:, 1:-1] - 0.5).max() < 0.02


@pytest.mark.parametrize("size", [Size(96, 72), Size(24, 18)])
def test_nothing_moves(size):
    across = np.tile(np.linspace(0, 1, 32, dtype=np.float32), (24, 1))
    columns = (np.arange(size.width) + 0.5) * 32 / size.width - 0.5
    assert np.abs(fit_to(across, size) - columns / 31)[:, 8:-8].max() < 0.004


def cubic_weight(distance: float, a: float = -0.75) -> float:
    """Keys 1981, equation 4, with the parameter that torch uses."""
    d = abs(distance)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * (d**3 - 5 * d**2 + 8 * d - 4) if d < 2 else 0.0


@pytest.mark.parametrize("factor", [1, 2, 3, 4])
@pytest.mark.parametrize("length", [1, 2, 7])
def test_bicubic_is_the_closed_form_with_half_pixel_centres_and_repeated_edges(factor, length):
    row = np.random.default_rng(length).random(length).astype(np.float32)
    expected = []
    for index in range(length * factor):
        centre = (index + 0.5) / factor - 0.5
        taps = range(int(np.floor(centre)) - 1, int(np.floor(centre)) + 3)
        expected.append(sum(cubic_weight(centre - tap) * row[min(max(tap, 0), length - 1)] for tap in taps))
    assert np.allclose(bicubic(row[None], factor)[0], expected, atol=2e-6)
    assert np.allclose(bicubic(row[:, None], factor)[:, 0], expected, atol=2e-6)


def test_bicubic_keeps_channels_apart_and_overshoots():
    edge = np.zeros((4, 4, 3), np.float32)
    edge[:, 2:, 1] = 1
    enlarged = bicubic(edge, 4)
    assert enlarged.shape == (16, 16, 3)
    assert enlarged.dtype == np.float32
    assert not enlarged[..., [0, 2]].any()
    assert enlarged[..., 1].max() > 1.0
