"""PSNR and SSIM on luma: how closely a result agrees with the truth. Pure functions of tensors."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_LUMA = (65.481, 128.553, 24.966)
_WINDOW_PX = 11
_WINDOW_SIGMA_PX = 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def luma(image: Tensor) -> Tensor:
    """Y of ITU-R BT.601, studio range 16..235, float64 (B, 1, H, W), of (B, 3, H, W) sRGB 0..1. Not rounded."""
    factors = torch.tensor(_LUMA, dtype=torch.float64, device=image.device).view(1, 3, 1, 1)
    return 16 + (image.double() * factors).sum(1, keepdim=True)


def psnr_y(result: Tensor, truth: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of luma in dB with peak 255, (B,); infinite for equal pictures.

    Both are (B, 3, H, W) sRGB 0..1; no border is cut.
    """
    error = (luma(result) - luma(truth)).square().mean((1, 2, 3))
    return 10 * torch.log10(255**2 / error)


def ssim_y(result: Tensor, truth: Tensor) -> Tensor:
    """Structural similarity of luma, (B,), 1 for equal pictures (Wang et al. 2004, eq. 13).

    Both are (B, 3, H, W) sRGB 0..1, sides at least 11 px; Gaussian window of 11 px and sigma 1.5, only where it fits
    whole; no border is cut.
    """
    x, y = luma(result), luma(truth)
    mean_x, mean_y = _blur(x), _blur(y)
    variance_x = _blur(x * x) - mean_x.square()
    variance_y = _blur(y * y) - mean_y.square()
    covariance = _blur(x * y) - mean_x * mean_y
    likeness = ((2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)) / (
        (mean_x.square() + mean_y.square() + _C1) * (variance_x + variance_y + _C2)
    )
    return likeness.mean((1, 2, 3))


def grain(result: Tensor, truth: Tensor, flat_share: float = 0.15) -> Tensor:
    """How restless a result is where the truth is flat: mean local deviation of luma there, (B,), in 8-bit counts.

    Args:
        result: (B, 3, H, W) sRGB 0..1, sides at least 7 px.
        truth: the same; its own grain is `grain(truth, truth)`.
        flat_share: share of the truth's pixels, those of the smallest local deviation, that count as flat.

    The deviation is taken in windows of 7x7 pixels, only where they fit whole.
    """
    at, where = local_deviation(luma(result)).flatten(1), local_deviation(luma(truth)).flatten(1)
    flat = where.argsort(dim=1, stable=True)[:, : max(1, round(where.shape[1] * flat_share))]
    return at.gather(1, flat).mean(1) * (255 / 219)


def local_deviation(y: Tensor, window_px: int = 7) -> Tensor:
    """Standard deviation of (B, 1, H, W) in each window that fits whole, (B, 1, H - window + 1, W - window + 1)."""
    mean = F.avg_pool2d(y, window_px, 1)
    return (F.avg_pool2d(y * y, window_px, 1) - mean.square()).clamp(min=0).sqrt()


def _blur(x: Tensor) -> Tensor:
    offsets = torch.arange(_WINDOW_PX, dtype=x.dtype, device=x.device) - _WINDOW_PX // 2
    window = torch.exp(-offsets.square() / (2 * _WINDOW_SIGMA_PX**2))
    window = window / window.sum()
    return F.conv2d(F.conv2d(x, window.view(1, 1, -1, 1)), window.view(1, 1, 1, -1))
