"""DISTS: distance of two pictures that weighs structure against texture. Differentiable; VGG16 with smooth pooling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from distill.metrics.vgg import STAGE_ENDS, WIDTHS, Vgg16

_PARAMETERS = Path(__file__).parent / "data" / "dists_alpha_beta.npz"
_CHANNELS = [3, *(WIDTHS[index] for index in STAGE_ENDS)]
_STABILITY = 1e-6  # c1 and c2 of eqs. 6 and 7


def l2_pool(x: Tensor) -> Tensor:
    """Halve (B, C, H, W) without aliasing: root of the 3-tap Hanning-weighted mean square (Ding et al. 2020, eq. 3)."""
    window = torch.tensor([0.25, 0.5, 0.25], dtype=x.dtype, device=x.device)
    kernel = torch.outer(window, window).expand(x.shape[1], 1, 3, 3)
    power = F.conv2d(x.square(), kernel, stride=2, padding=1, groups=x.shape[1])
    return torch.sqrt(power + 1e-12)


class Dists(nn.Module):
    """Deep Image Structure and Texture Similarity (Ding et al. 2020, arXiv 2004.07728), frozen."""

    alpha: Tensor
    beta: Tensor

    def __init__(self, state: dict[str, Tensor] | None = None) -> None:
        """Build the network.

        Args:
            state: Tensors as `weights.load(Network.VGG16)` gives them; None loads these.

        Raises:
            WeightsError: `state` is None and the weights were not fetched.
        """
        super().__init__()
        self.vgg = Vgg16(pool=l2_pool, state=state)
        with np.load(_PARAMETERS, allow_pickle=False) as parameters:
            alpha, beta = torch.from_numpy(parameters["alpha"]), torch.from_numpy(parameters["beta"])
        total = alpha.sum() + beta.sum()
        self.register_buffer("alpha", alpha / total)
        self.register_buffer("beta", beta / total)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Distance of each pair, (B,), 0 for equal pictures. Both are (B, 3, H, W) sRGB 0..1 in the module's dtype."""
        alphas, betas = torch.split(self.alpha, _CHANNELS), torch.split(self.beta, _CHANNELS)
        similarity = torch.zeros(first.shape[0], dtype=first.dtype, device=first.device)
        stages = zip(self._stages(first), self._stages(second), alphas, betas, strict=True)
        for x, y, alpha, beta in stages:
            texture, structure = _similarities(x, y)
            similarity = similarity + texture @ alpha + structure @ beta
        return 1 - similarity

    def _stages(self, image: Tensor) -> list[Tensor]:
        return [image, *self.vgg(image)]


def _similarities(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Likeness of the channels' means and of their variations, each (B, C) (eqs. 6 and 7)."""
    mean_x, mean_y = x.mean((2, 3)), y.mean((2, 3))
    variance_x = (x - mean_x[..., None, None]).square().mean((2, 3))
    variance_y = (y - mean_y[..., None, None]).square().mean((2, 3))
    covariance = (x * y).mean((2, 3)) - mean_x * mean_y
    texture = (2 * mean_x * mean_y + _STABILITY) / (mean_x.square() + mean_y.square() + _STABILITY)
    structure = (2 * covariance + _STABILITY) / (variance_x + variance_y + _STABILITY)
    return texture, structure
