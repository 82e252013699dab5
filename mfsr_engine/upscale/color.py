"""Colour correction: the detail of one picture with the colours of another. Pure functions of tensors that know no model."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

LUMA = (0.2126, 0.7152, 0.0722)
"""Weights of red, green and blue in grey (ITU-R BT.709)."""

_LEVELS = 5


def gray(picture: Tensor) -> Tensor:
    """(B, 3, H, W) with three equal channels: the luma of a picture."""
    red, green, blue = LUMA
    luma = red * picture[:, :1] + green * picture[:, 1:2] + blue * picture[:, 2:]
    return luma.expand(-1, 3, -1, -1)


def adain(content: Tensor, style: Tensor) -> Tensor:
    """`content` with the mean and standard deviation that `style` has in each channel (AdaIN, arXiv 1703.06868).

    Args:
        content: (B, 3, H, W) float.
        style: (B, 3, H', W') float of the same range.

    Returns:
        (B, 3, H, W) float; may leave the range slightly.
    """
    content_mean, content_std = _moments(content)
    style_mean, style_std = _moments(style)
    return (content - content_mean) / content_std * style_std + style_mean


def _moments(picture: Tensor) -> tuple[Tensor, Tensor]:
    """(B, 3, 1, 1) mean and standard deviation; unbiased, 1e-5 added to the variance. A single pixel has variance 0."""
    mean = picture.mean(dim=(2, 3), keepdim=True)
    count = picture.shape[2] * picture.shape[3]
    variance = (picture - mean).square().sum(dim=(2, 3), keepdim=True) / max(count - 1, 1)
    return mean, (variance + 1e-5).sqrt()


def wavelet(content: Tensor, style: Tensor) -> Tensor:
    """The high frequencies of `content` on the low ones of `style`, by dilated blurs (StableSR, arXiv 2305.07015).

    Args:
        content: (B, 3, H, W) float.
        style: (B, 3, H, W) float of the same range.

    Returns:
        (B, 3, H, W) float; may leave the range slightly.
    """
    return content - low_frequencies(content) + low_frequencies(style)


def low_frequencies(picture: Tensor) -> Tensor:
    """(B, C, H, W) blurred by 1 2 1 in both directions, with steps of 1, 2, 4, 8 and 16 pixels; borders repeated."""
    for level in range(_LEVELS):
        picture = _blur(picture, 2**level)
    return picture


def _blur(picture: Tensor, step_px: int) -> Tensor:
    """The 3x3 binomial kernel is the product of two lines, so it is applied as such."""
    across = F.pad(picture, (step_px, step_px, 0, 0), mode="replicate")
    width = picture.shape[3]
    picture = (across[..., :width] + 2 * picture + across[..., -width:]) / 4
    down = F.pad(picture, (0, 0, step_px, step_px), mode="replicate")
    height = picture.shape[2]
    return (down[..., :height, :] + 2 * picture + down[..., -height:, :]) / 4
