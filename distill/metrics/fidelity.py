"""PSNR and SSIM on luma: how exactly a result agrees with the truth. Pure functions of tensors."""

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


def _blur(x: Tensor) -> Tensor:
    offsets = torch.arange(_WINDOW_PX, dtype=x.dtype, device=x.device) - _WINDOW_PX // 2
    window = torch.exp(-offsets.square() / (2 * _WINDOW_SIGMA_PX**2))
    window = window / window.sum()
    return F.conv2d(F.conv2d(x, window.view(1, 1, -1, 1)), window.view(1, 1, 1, -1))
