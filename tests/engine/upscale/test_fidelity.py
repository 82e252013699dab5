"""Back-projection makes a result agree with its input and leaves detail that the input cannot tell."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from mfsr_engine.errors import Cancelled
from mfsr_engine.models.resample import enlarge, reduce
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.fidelity import (
    BAND_ROWS,
    OVERSHOOT,
    REACH_PX,
    back_projected,
    departure,
    residual_map,
    without_overshoot,
)

FACTOR = 4


@pytest.fixture
def source() -> Tensor:
    torch.manual_seed(0)
    return enlarge(torch.rand(1, 3, 6, 6), FACTOR).clamp(0, 1)  # (1, 3, 24, 24), as smooth as photographs are


@pytest.fixture
def result(source: Tensor) -> Tensor:
    torch.manual_seed(1)
    return enlarge(source, FACTOR) + 0.1 * torch.randn(1, 3, 96, 96) + 0.05


def test_zero_leaves_it_untouched(result: Tensor, source: Tensor) -> None:
    assert back_projected(result, source, 0.0, FACTOR) is result


def test_departure_falls_as_fidelity_rises(result: Tensor, source: Tensor) -> None:
    means = [departure(back_projected(result, source, f, FACTOR), source, FACTOR).mean() for f in (0, 0.3, 0.6, 1)]
    assert means == sorted(means, reverse=True)
    assert means[-1] < 0.1 * means[0]


def test_detail_beyond_the_input_stays(source: Tensor) -> None:
    rows = torch.arange(96)
    detail = 0.1 * ((rows[:, None] + rows) % 2 * 2 - 1).float().expand(1, 3, 96, 96)  # a chessboard of single pixels
    plain = enlarge(source, FACTOR)
    with_detail = back_projected(plain + detail, source, 1.0, FACTOR)
    without = back_projected(plain, source, 1.0, FACTOR)
    torch.testing.assert_close((with_detail - without)[..., 8:-8, 8:-8], detail[..., 8:-8, 8:-8], atol=2e-3, rtol=0)


def test_it_reaches_no_farther_than_stated(result: Tensor, source: Tensor) -> None:
    changed = source.clone()
    changed[..., 12, 12] += 0.5
    difference = back_projected(result, changed, 1.0, FACTOR) - back_projected(result, source, 1.0, FACTOR)
    rows = difference.abs().amax(dim=(0, 1, 3)).nonzero()
    assert rows.min() >= (12 - REACH_PX) * FACTOR
    assert rows.max() < (13 + REACH_PX) * FACTOR


def test_departure_of_an_agreeing_result_is_zero() -> None:
    flat = torch.full((1, 3, 8, 8), 0.4)
    assert departure(enlarge(flat, FACTOR), flat, FACTOR).max() < 1e-6
    shifted = departure(enlarge(flat, FACTOR) + torch.tensor([0.0, 0.1, -0.2])[:, None, None], flat, FACTOR)
    torch.testing.assert_close(shifted, torch.full((1, 8, 8), 0.2))


def test_enlarging_a_part_with_its_surroundings_equals_the_part_of_the_whole(source: Tensor) -> None:
    whole = enlarge(source, FACTOR)
    part = enlarge(source[..., 5:17, 7:19], FACTOR)[..., 8:-8, 8:-8]
    assert torch.equal(part, whole[..., 28:60, 36:68])


def test_reducing_does_not_alias() -> None:
    stripes = torch.arange(64).remainder(2).float().expand(1, 1, 64, 64)
    inner = reduce(stripes, FACTOR)[..., 2:-2]
    torch.testing.assert_close(inner, torch.full_like(inner, 0.5), atol=1e-3, rtol=0)


def test_bands_do_not_show() -> None:
    generator = np.random.default_rng(1)
    source = generator.random((2 * BAND_ROWS + 17, 12, 3), np.float32)
    result = generator.random((source.shape[0] * 2, 24, 3), np.float32)
    whole = departure(
        torch.from_numpy(result).permute(2, 0, 1)[None], torch.from_numpy(source).permute(2, 0, 1)[None], 2
    )
    assert np.allclose(residual_map(result, source, 2, Progress()), whole[0].numpy(), atol=1e-6)


def test_only_what_departs_is_marked() -> None:
    source = np.full((40, 40, 3), 0.5, np.float32)
    result = np.full((160, 160, 3), 0.5, np.float32)
    result[80:96, 80:96, 1] = 0.9
    found = residual_map(result, source, 4, Progress())
    assert found[21:23, 21:23].min() > 0.3
    assert found[:16].max() < 1e-5


def test_detail_that_averages_out_is_supported() -> None:
    source = np.full((16, 16, 3), 0.5, np.float32)
    board = np.indices((64, 64)).sum(axis=0) % 2
    result = np.repeat((0.4 + 0.2 * board)[..., None], 3, axis=2).astype(np.float32)
    assert residual_map(result, source, 4, Progress())[3:-3, 3:-3].max() < 0.01


def test_it_stops_when_asked() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        residual_map(np.zeros((8, 8, 3), np.float32), np.zeros((4, 4, 3), np.float32), 2, progress)


def test_overshoot_is_cut_to_the_input_around_it() -> None:
    source = torch.zeros(1, 3, 10, 10)
    source[:, 0, 4:6, 4:6] = 0.5
    result = torch.full((1, 3, 32, 32), 0.4)
    result[:, :, :, 16:] = -0.4
    cut = without_overshoot(result, source, 4)
    near = torch.zeros(32, 32, dtype=torch.bool)
    near[8:24, 8:24] = True
    left = torch.arange(32) < 16
    assert cut[0, 0][near & left].unique().tolist() == pytest.approx([0.4])
    assert cut[0, 0][~near & left].unique().tolist() == pytest.approx([OVERSHOOT])
    assert cut[0, 1][:, left].unique().tolist() == pytest.approx([OVERSHOOT])
    assert cut[:, :, :, ~left].unique().tolist() == pytest.approx([-OVERSHOOT])
