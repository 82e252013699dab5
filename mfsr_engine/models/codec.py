"""Codecs: the residual pixel space of the bundled model and the autoencoder of the full-size ones."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


class ResidualPixelCodec:
    """z is the difference from the enlarged input in pixels, folded to the input's own grid; parameter-free and exact.

    The condition is the enlarged picture folded the same way (pixel-unshuffle), so both have 3 factor^2 channels.
    """

    def __init__(self, factor: int = 4, residual_scale: float = 0.1) -> None:
        """`residual_scale` divides the difference (in -1..1 units) so that z is of the size of the unit noise."""
        self.factor = factor
        self.channels = 3 * factor * factor
        self.residual_scale = residual_scale

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """(B, 3, H, W) -1..1 to (B, 3 factor^2, H / factor, W / factor)."""
        return F.pixel_unshuffle(enlarged, self.factor)

    def encode_target(self, picture: Tensor, condition: Tensor) -> Tensor:
        """The scaled difference of picture and enlarged input, folded."""
        return (F.pixel_unshuffle(picture, self.factor) - condition) / self.residual_scale

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """(B, 3, H, W) -1..1, the enlarged input plus the unfolded difference."""
        return F.pixel_shuffle(condition + z * self.residual_scale, self.factor)
