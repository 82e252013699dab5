"""The noise of a seed is one endless field; everything gets its own cut of it."""

from __future__ import annotations

import pytest
import torch

from mfsr_engine.geometry import Rect
from mfsr_engine.upscale.noise import BLOCK_CELLS, noise_field


@pytest.mark.parametrize("area", [Rect(0, 0, 5, 7), Rect(30, 20, 40, 50), Rect(-3, -40, 10, 60), Rect(64, 64, 1, 1)])
def test_a_cut_equals_the_same_part_of_a_larger_cut(area: Rect) -> None:
    large = noise_field(3, 4, Rect(-50, -50, 150, 150))
    rows, columns = Rect(area.x + 50, area.y + 50, area.width, area.height).slices()
    assert torch.equal(noise_field(3, 4, area), large[:, rows, columns])


def test_seeds_and_places_differ() -> None:
    first = noise_field(0, 2, Rect(0, 0, BLOCK_CELLS, BLOCK_CELLS))
    others = [
        noise_field(1, 2, Rect(0, 0, BLOCK_CELLS, BLOCK_CELLS)),
        noise_field(0, 2, Rect(BLOCK_CELLS, 0, BLOCK_CELLS, BLOCK_CELLS)),
        noise_field(0, 2, Rect(0, BLOCK_CELLS, BLOCK_CELLS, BLOCK_CELLS)),
    ]
    for other in others:
        correlation = torch.corrcoef(torch.stack([first.flatten(), other.flatten()]))[0, 1]
        assert abs(correlation) < 0.1  # 2048 values: four standard deviations are 0.09


def test_rows_and_columns_are_not_interchanged() -> None:
    assert not torch.equal(noise_field(0, 1, Rect(32, 64, 8, 8)), noise_field(0, 1, Rect(64, 32, 8, 8)))


def test_it_is_standard_normal() -> None:
    field = noise_field(7, 3, Rect(0, 0, 200, 200))
    assert field.dtype == torch.float32
    assert abs(field.mean()) < 0.01
    assert abs(field.std() - 1) < 0.01
    assert torch.corrcoef(field.flatten(1)).fill_diagonal_(0).abs().max() < 0.03


def test_large_seeds_are_welcome() -> None:
    assert not torch.equal(noise_field(2**63 + 1, 1, Rect(0, 0, 4, 4)), noise_field(0, 1, Rect(0, 0, 4, 4)))
