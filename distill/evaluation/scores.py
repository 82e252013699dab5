"""All quality scores of one result, and their means. Those that need weights are left out where the weights are not there."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import torch

from distill.metrics import weights
from distill.metrics.dists import Dists
from distill.metrics.fidelity import psnr_y, ssim_y
from distill.metrics.lpips import Lpips
from distill.metrics.niqe import niqe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NIQE_LEAST_PX = 192


@dataclass(frozen=True)
class Scores:
    """What a result, or the mean of several, scores against the truth."""

    psnr_y: float
    """Decibel on luma; higher is closer."""
    ssim_y: float
    """0..1 on luma; higher is closer."""
    lpips: float | None = None
    """AlexNet, v0.1; lower looks closer. None without its weights."""
    dists: float | None = None
    """Lower looks closer, texture for texture. None without its weights."""
    niqe: float | None = None
    """Lower looks more natural; needs no truth. None where pictures are too small for it, or have no texture at all."""


class Scorer:
    """Holds the metrics' networks, where their weights are there, and scores results."""

    def __init__(self) -> None:
        self.has_perceptual = weights.is_fetched()
        """Whether LPIPS and DISTS are measured."""
        self._lpips = Lpips() if self.has_perceptual else None
        self._dists = Dists() if self.has_perceptual else None

    def score(self, result: NDArray[np.float32], truth: NDArray[np.float32]) -> Scores:
        """Score `result` against `truth`, both (H, W, 3) float32 sRGB 0..1, rounded to 8 bits first."""
        rounded = [_rounded(picture) for picture in (result, truth)]
        x, y = (torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255 for picture in rounded)
        with torch.inference_mode():
            return Scores(
                psnr_y=psnr_y(x, y).item(),
                ssim_y=ssim_y(x, y).item(),
                lpips=None if self._lpips is None else self._lpips(x, y).item(),
                dists=None if self._dists is None else self._dists(x, y).item(),
                niqe=_niqe(rounded[0]),
            )


def mean(scores: Sequence[Scores]) -> Scores:
    """Mean of each score over pictures; None where any picture lacks it."""
    columns = ([getattr(score, item.name) for score in scores] for item in fields(Scores))
    return Scores(*(None if None in values else statistics.fmean(values) for values in columns))  # type: ignore[arg-type]


def _niqe(picture: NDArray[np.uint8]) -> float | None:
    if min(picture.shape[:2]) < NIQE_LEAST_PX:
        return None
    value = niqe(picture)
    return value if np.isfinite(value) else None


def _rounded(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
