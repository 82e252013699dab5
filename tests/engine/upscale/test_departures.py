"""The map of what the input does not support: the same as the measure on the whole, in bands that do not show."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mfsr_engine.errors import Cancelled
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.fidelity import BAND_ROWS, departure, residual_map


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
