"""DISTS: distance of two pictures that weighs structure against texture. Differentiable; VGG16 with smooth pooling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Distance of each pair, (B,), 0 for equal pictures. Both are (B, 3, H, W) sRGB 0..1 in the module's dtype."""
        alphas, betas = torch.split(self.alpha, _CHANNELS), torch.split(self.beta, _CHANNELS)
        similarity = torch.zeros(first.shape[0], dtype=first.dtype, device=first.device)
        stages = zip(self._stages(first), self._stages(second), alphas, betas, strict=True)
        for x, y, alpha, beta in stages:
            texture, structure = _similarities(*ChannelMoments.apply(x, y))  # type: ignore[no-untyped-call]
            similarity = similarity + texture @ alpha + structure @ beta
        return 1 - similarity

    def _stages(self, image: Tensor) -> list[Tensor]:
        image = image.contiguous(memory_format=torch.channels_last)
        return [image, *self.vgg(image)]


class ChannelMoments(torch.autograd.Function):
    """Means, variances and covariance of every channel. The gradient is linear in the pixels, so that it takes two passes over
    them; differentiating the sums one by one takes a dozen.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        """(B, C, H, W) each to five of (B, C): mean of x and y, variance of x and y, covariance."""
        mean_x, mean_y = x.mean((2, 3)), y.mean((2, 3))
        rest_x, rest_y = x - mean_x[..., None, None], y - mean_y[..., None, None]
        ctx.save_for_backward(x, y, mean_x, mean_y)
        covariance = (rest_x * rest_y).mean(
            (2, 3)
        )  # sums of products: `torch.var` takes five times as long with channels last
        return mean_x, mean_y, rest_x.square_().mean((2, 3)), rest_y.square_().mean((2, 3)), covariance

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """By d mean / dx = 1 / N, d variance / dx = 2 (x - mean x) / N and d covariance / dx = (y - mean y) / N."""
        x, y, mean_x, mean_y = ctx.saved_tensors
        of_mean_x, of_mean_y, of_variance_x, of_variance_y, of_covariance = gradients
        needs_x, needs_y = ctx.needs_input_grad
        of_x = _gradient(x, mean_x, y, mean_y, of_mean_x, of_variance_x, of_covariance) if needs_x else None
        of_y = _gradient(y, mean_y, x, mean_x, of_mean_y, of_variance_y, of_covariance) if needs_y else None
        return of_x, of_y


def _gradient(
    x: Tensor, mean_x: Tensor, y: Tensor, mean_y: Tensor, of_mean: Tensor, of_variance: Tensor, of_covariance: Tensor
) -> Tensor:
    """(B, C, H, W) gradient of x from those of its moments (B, C)."""
    constant = of_mean - 2 * of_variance * mean_x - of_covariance * mean_y
    parts = (constant, 2 * of_variance, of_covariance)
    offset, slope_x, slope_y = (part[..., None, None] / (x.shape[2] * x.shape[3]) for part in parts)
    return torch.addcmul(offset, x, slope_x).addcmul_(y, slope_y)


def _similarities(
    mean_x: Tensor, mean_y: Tensor, variance_x: Tensor, variance_y: Tensor, covariance: Tensor
) -> tuple[Tensor, Tensor]:
    """Likeness of the channels' means and of their variations, each (B, C) (eqs. 6 and 7)."""
    texture = (2 * mean_x * mean_y + _STABILITY) / (mean_x.square() + mean_y.square() + _STABILITY)
    structure = (2 * covariance + _STABILITY) / (variance_x + variance_y + _STABILITY)
    return texture, structure
