"""What the choices of a colour correction and of 8-bit weights rest on: faults of known size, and ways that are what they say."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from benchmarks import colour, eight_bit
from benchmarks import full_size_networks as networks


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def truth() -> Tensor:
    """(1, 3, 96, 96) 0.2..0.8, so that no fault leaves the range."""
    return 0.2 + 0.6 * torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("name", "least", "most"), [("no fault", 0, 0), ("cast", 0.005, 0.07), ("blotches", 0.01, 0.06)]
)
def test_a_fault_has_the_size_it_says(truth: Tensor, name: str, least: float, most: float) -> None:
    spoiled = colour.FAULTS[name](truth, torch.Generator().manual_seed(1))
    assert least <= float((spoiled - truth).square().mean().sqrt()) <= most


def test_more_contrast_keeps_the_mean(truth: Tensor) -> None:
    spoiled = colour.contrast(truth, torch.Generator())
    torch.testing.assert_close(spoiled.mean(dim=(2, 3)), truth.mean(dim=(2, 3)))
    torch.testing.assert_close(spoiled.std(dim=(2, 3)), 1.15 * truth.std(dim=(2, 3)))


def test_with_the_truths_own_colours_adain_undoes_faults_of_the_whole_picture(truth: Tensor) -> None:
    pictures = colour.corrected(truth, truth, seed=2)
    assert set(pictures) == {(fault, name) for fault in colour.FAULTS for name in colour.CORRECTIONS}
    for fault in ("no fault", "cast", "contrast"):
        assert colour.psnr(pictures[fault, "adain"], truth) > 60
    assert colour.psnr(pictures["blotches", "wavelet"], truth) > colour.psnr(pictures["blotches", "adain"], truth)


def test_the_ratio_to_noise_is_that_of_its_definition(truth: Tensor) -> None:
    assert colour.psnr(truth, truth) == 99
    assert colour.psnr(truth + 0.1, truth) == pytest.approx(20, abs=1e-3)


@pytest.mark.parametrize(
    ("way", "dtype", "smallest", "largest", "error"),
    [
        ("as loaded", "fp32", 1.0, 1.0, 0.0),
        ("whole numbers, own", "fp32", 0.25, 0.35, 0.01),
        ("diffusers layerwise casting, float8 e4m3", "fp32", 0.25, 0.6, 0.04),
    ],
)
def test_each_way_takes_the_memory_and_makes_the_error_of_its_kind(
    way: str, dtype: str, smallest: float, largest: float, error: float
) -> None:
    full = eight_bit.measured("as loaded", "fp32", networks.TINY)
    row = eight_bit.measured(way, dtype, networks.TINY)
    assert smallest <= row["weights_mib"] / full["weights_mib"] <= largest
    assert error / 10 <= row["error"] <= error
    assert row["seconds"] > 0
