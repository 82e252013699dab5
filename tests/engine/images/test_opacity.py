"""What lies below opacity 0 is replaced by what can be seen around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfsr_engine.images.opacity import NEUTRAL, spread_colors


def random_picture(height: int, width: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width, 3), dtype=np.float32)


@settings(deadline=None)
@given(sides=st.tuples(st.integers(1, 40), st.integers(1, 40)), seed=st.integers(0, 99), share=st.floats(0, 1))
def test_visible_colours_stay_and_hidden_ones_play_no_part(sides: tuple[int, int], seed: int, share: float) -> None:
    pixels, other = random_picture(*sides, seed), random_picture(*sides, seed + 1)
    alpha = np.random.default_rng(seed).random(sides, dtype=np.float32)
    alpha[alpha < share] = 0
    filled = spread_colors(pixels, alpha)
    assert np.array_equal(filled[alpha > 0], pixels[alpha > 0])
    assert np.array_equal(filled, spread_colors(np.where(alpha[..., None] > 0, pixels, other), alpha))
    assert filled.min() >= 0
    assert filled.max() <= 1


def test_the_colour_of_an_edge_goes_on_behind_it() -> None:
    pixels = np.zeros((32, 32, 3), np.float32)
    alpha = np.zeros((32, 32), np.float32)
    pixels[:, :10], alpha[:, :10] = (0.9, 0.5, 0.2), 1
    filled = spread_colors(pixels, alpha)
    assert np.abs(filled - np.float32([0.9, 0.5, 0.2])).max() < 1e-6


def test_of_two_edges_each_colours_what_is_near_it() -> None:
    pixels = np.zeros((8, 64, 3), np.float32)
    alpha = np.zeros((8, 64), np.float32)
    alpha[:, :8] = alpha[:, -8:] = 1
    pixels[:, -8:] = 1
    filled = spread_colors(pixels, alpha)[4, :, 0]
    assert filled[8] < 0.2
    assert filled[-9] > 0.8


@settings(deadline=None)
@given(seed=st.integers(0, 99))
def test_equal_channels_stay_equal(seed: int) -> None:
    gray = random_picture(17, 23, seed)[..., :1].repeat(3, axis=2)
    alpha = (np.random.default_rng(seed).random((17, 23)) > 0.6).astype(np.float32)
    filled = spread_colors(gray, alpha)
    assert np.array_equal(filled, filled[..., :1].repeat(3, axis=2))


def test_where_nothing_can_be_seen_the_colour_is_neutral() -> None:
    assert (spread_colors(random_picture(3, 4, 0), np.zeros((3, 4), np.float32)) == NEUTRAL).all()


@pytest.mark.parametrize("least", [1 / 255, 1.0])
def test_a_picture_without_hidden_places_is_left_alone(least: float) -> None:
    pixels = random_picture(3, 4, 0)
    assert spread_colors(pixels, np.full((3, 4), least, np.float32)) is pixels
