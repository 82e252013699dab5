"""All quality scores of one result, and their means. Knows no program that makes results."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from distill.metrics.dists import Dists
from distill.metrics.fidelity import grain, psnr_y, ssim_y
from distill.metrics.lpips import Lpips
from distill.metrics.niqe import SMALLEST_PX, niqe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class BenchmarkScores:
    """What a result, or the mean of several, scores against the truth."""

    psnr_y: float
    """Decibel on luma; higher is closer."""
    ssim_y: float
    """0..1 on luma; higher is closer."""
    lpips: float
    """AlexNet, v0.1; lower looks closer."""
    dists: float
    """Lower looks closer, texture for texture."""
    niqe: float | None
    """Lower looks more natural; needs no truth. None where a side is under 192, too small for it."""
    grain: float = 0.0
    """Deviation of luma where the truth is flat, in 8-bit counts; what is above the truth's own was made up."""


class Judge:
    """Holds the metrics' networks and scores results."""

    def __init__(self) -> None:
        self._lpips = Lpips()
        self._dists = Dists()

    def score(self, result: NDArray[np.uint8], truth: NDArray[np.uint8]) -> BenchmarkScores:
        """Score `result` against `truth`, both (H, W, 3) uint8 sRGB."""
        x, y = _batch(result), _batch(truth)
        with torch.inference_mode():
            return BenchmarkScores(
                psnr_y=psnr_y(x, y).item(),
                ssim_y=ssim_y(x, y).item(),
                lpips=self._lpips(x, y).item(),
                dists=self._dists(x, y).item(),
                niqe=niqe(result) if min(result.shape[:2]) >= SMALLEST_PX else None,
                grain=grain(x, y).item(),
            )


def mean(scores: Sequence[BenchmarkScores]) -> BenchmarkScores:
    """Mean of each score over the pictures that have it."""
    niqes = [score.niqe for score in scores if score.niqe is not None]
    return BenchmarkScores(
        psnr_y=statistics.fmean(score.psnr_y for score in scores),
        ssim_y=statistics.fmean(score.ssim_y for score in scores),
        lpips=statistics.fmean(score.lpips for score in scores),
        dists=statistics.fmean(score.dists for score in scores),
        niqe=statistics.fmean(niqes) if niqes else None,
        grain=statistics.fmean(score.grain for score in scores),
    )


def _batch(pixels: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
