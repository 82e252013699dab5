"""Textures that are repeated side by side: a border sees the opposite one, so that nothing shows where they meet."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mfsr_engine.api import UpscaleRequest
from mfsr_engine.errors import RequestError
from mfsr_engine.geometry import Rect, TargetSize
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.engine import Engine
from mfsr_engine.upscale.noise import noise_field
from mfsr_engine.upscale.tileable import repeated_noise


@pytest.fixture
def texture():
    """Waves that fit a whole number of times, in both directions."""
    y, x = np.mgrid[:24, :32] * 2 * np.pi
    waves = np.stack([np.sin(3 * x / 32), np.cos(2 * y / 24), np.sin(x / 32 + y / 24)], axis=2)
    return (0.5 + 0.4 * waves).astype(np.float32)


def run(pixels, settings, **options):
    return Engine().upscale(UpscaleRequest(pixels, settings, **options), Progress())


def edge_step(pixels):
    """Largest step between neighbours where the picture is laid beside itself, and below itself."""
    return max(np.abs(pixels[:, 0] - pixels[:, -1]).max(), np.abs(pixels[0] - pixels[-1]).max())


def test_opposite_edges_meet(texture, settings):
    plain = run(texture, settings())
    tileable = run(texture, settings(is_tileable=True))
    assert tileable.pixels.shape == plain.pixels.shape == (96, 128, 3)
    inside = max(np.abs(np.diff(tileable.pixels, axis=axis)).max() for axis in (0, 1))
    assert edge_step(tileable.pixels) <= inside < edge_step(plain.pixels)


def test_a_picture_that_lies_between_copies_of_itself_is_what_is_computed(texture, settings):
    tiled = np.tile(texture, (3, 3, 1))
    middle = run(tiled, settings(fidelity=1.0), region=Rect(32, 24, 32, 24)).pixels
    tileable = run(texture, settings(fidelity=1.0, is_tileable=True)).pixels
    assert np.abs(middle - tileable).mean() < 0.02


def test_noise_repeats_with_the_picture():
    period, wide = Rect(3, 2, 5, 4), Rect(0, 0, 20, 11)
    field = repeated_noise(7, 2, wide, period)
    inside = noise_field(7, 2, Rect(0, 0, 5, 4))
    assert torch.equal(field[:, 2:6, 3:8], inside)
    assert torch.equal(field[:, 6:10, 13:18], inside)
    assert torch.equal(field[:, :2, :3], inside[:, 2:, 2:])
    part = Rect(6, 5, 9, 3)
    assert torch.equal(repeated_noise(7, 2, part, period), field[:, 5:8, 6:15])


def test_opacity_and_sizes_follow(texture, settings):
    alpha = np.zeros((24, 32), np.float32)
    alpha[:, 16:] = 1.0  # a border between the right edge and the left one
    result = run(texture, settings(is_tileable=True, size=TargetSize(width=100)), alpha=alpha)
    assert result.pixels.shape == (75, 100, 3)
    assert result.alpha.shape == (75, 100)
    own = run(texture, settings(is_tileable=True), alpha=alpha).alpha
    assert own[:, -1].max() < 1.0
    assert own[:, 0].min() > 0.0


def test_a_region_is_the_same_part_of_the_whole(texture, settings):
    whole = run(texture, settings(is_tileable=True)).pixels
    region = Rect(20, 10, 30, 5)  # it ends at the border
    part = run(texture, settings(is_tileable=True), region=region).pixels
    assert np.array_equal(part, whole[40:60, 80:])
    with pytest.raises(RequestError, match="32 x 24"):
        run(texture, settings(is_tileable=True), region=Rect(32, 0, 5, 5))
