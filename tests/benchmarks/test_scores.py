"""Means of quality scores where some pictures are too small for one of them."""

import numpy as np
import pytest

from benchmarks.scores import BenchmarkScores, mean
from distill.metrics.niqe import SMALLEST_PX, niqe


def scores(niqe_value, lpips=0.2):
    return BenchmarkScores(psnr_y=20.0, ssim_y=0.5, lpips=lpips, dists=0.1, niqe=niqe_value)


def test_a_picture_too_small_for_niqe_counts_in_the_other_means_only():
    found = mean([scores(4.0, 0.2), scores(None, 0.6)])
    assert found.niqe == 4.0
    assert found.lpips == pytest.approx(0.4)


def test_there_is_no_niqe_where_no_picture_is_large_enough():
    assert mean([scores(None)]).niqe is None


def test_smallest_side_is_where_niqe_begins():
    pixels = np.random.default_rng(0).integers(0, 256, (SMALLEST_PX, SMALLEST_PX, 3), dtype=np.uint8)
    assert niqe(pixels) > 0
    with pytest.raises(ValueError, match=str(SMALLEST_PX)):
        niqe(pixels[1:])
