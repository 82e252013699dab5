"""Colour correction: the detail of one picture with the colours of another. Knows tensors, no model."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

LUMA = (0.2126, 0.7152, 0.0722)
"""Weights of red, green and blue in grey (ITU-R BT.709)."""

WAVELET_REACH_PX = 31
"""Pixels on each side that a low frequency depends on: the steps of all blurs together."""

_LEVELS = 5
_LEAST_VARIANCE = 1e-5
"""Added to a variance, so that flat channels can be divided by."""


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
    return mean, (variance + _LEAST_VARIANCE).sqrt()


@dataclass(frozen=True)
class Moments:
    """Mean and unbiased variance of each channel of a picture."""

    mean: tuple[float, ...]
    """In units of the picture."""
    variance: tuple[float, ...]
    """In squares of them; 0 for a single pixel."""


class MomentSum:
    """The moments of a picture that comes in parts. Keeps numbers alone."""

    def __init__(self, channels: int = 3) -> None:
        self._weight = 0.0
        self._sums, self._squares = [0.0] * channels, [0.0] * channels

    def add(self, part: Tensor, weights: Tensor) -> None:
        """Take in a part.

        Args:
            part: (C, H, W) float.
            weights: (H, W) share of each pixel, 0..1: overlapping parts share a pixel.
        """
        weights = weights.to(part.device, torch.float64)
        weighted = part.double() * weights
        self._weight += float(weights.sum())
        for index, (first, second) in enumerate(
            zip(weighted.sum(dim=(1, 2)).tolist(), (weighted * part).sum(dim=(1, 2)).tolist(), strict=True)
        ):
            self._sums[index] += first
            self._squares[index] += second

    def moments(self) -> Moments:
        """Of all parts so far, at least one of them with weight."""
        count = self._weight
        mean = tuple(total / count for total in self._sums)
        scatter = (square - count * m * m for square, m in zip(self._squares, mean, strict=True))
        return Moments(mean, tuple(max(0.0, one) / max(count - 1, 1) for one in scatter))


@dataclass(frozen=True)
class ChannelMap:
    """A straight line for each channel, as AdaIN draws it."""

    gain: tuple[float, ...]
    """Factors."""
    offset: tuple[float, ...]
    """What is added then."""

    def __call__(self, picture: Tensor) -> Tensor:
        """(B, C, H, W) mapped."""
        gain, offset = (picture.new_tensor(values)[:, None, None] for values in (self.gain, self.offset))
        return torch.addcmul(offset, picture, gain)


def adain_map(content: Moments, style: Moments) -> ChannelMap:
    """What `adain` does, from the moments of content and style."""
    gain = tuple(
        ((s + _LEAST_VARIANCE) / (c + _LEAST_VARIANCE)) ** 0.5
        for c, s in zip(content.variance, style.variance, strict=True)
    )
    offset = tuple(s - c * g for c, s, g in zip(content.mean, style.mean, gain, strict=True))
    return ChannelMap(gain, offset)


def extrapolated(content_part: Moments, style_part: Moments, style: Moments) -> Moments:
    """The moments of a whole content of which a part is known, from a style that is known in both.

    The part's difference of means holds for the whole. So does the ratio of variances where the part of the style varies more than the
    whole, and their difference where it varies less: neither can run away. Where the part is the whole, this is exact.
    """
    mean = tuple(w + c - p for c, p, w in zip(content_part.mean, style_part.mean, style.mean, strict=True))
    variance = tuple(
        c * w / p if p > w else w + c - p
        for c, p, w in zip(content_part.variance, style_part.variance, style.variance, strict=True)
    )
    return Moments(mean, variance)


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
