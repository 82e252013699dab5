"""Frozen VGG16 that returns the features of chosen layers. Differentiable in the picture; for DISTS and as a loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from distill import winograd
from distill.metrics import weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTHS = (64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
"""Channels after each of the 13 convolutions."""
STAGE_ENDS = (1, 3, 6, 9, 12)
"""Indices of the convolutions that end a stage: relu1_2, 2_2, 3_3, 4_3, 5_3."""

_POOLED_BEFORE = (2, 4, 7, 10)
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


def max_pool(x: Tensor) -> Tensor:
    """VGG's own pooling, halving both sides."""
    return F.max_pool2d(x, 2)


class Vgg16(nn.Module):
    """VGG16 without its classifier (Simonyan and Zisserman 2014), frozen."""

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        taps: Sequence[int] = STAGE_ENDS,
        *,
        pool: Callable[[Tensor], Tensor] = max_pool,
        rectified: bool = True,
        state: dict[str, Tensor] | None = None,
    ) -> None:
        """Build the network up to its last tap.

        Args:
            taps: Indices 0..12 of the convolutions whose output is wanted, ascending.
            pool: What stands between the stages: (B, C, H, W) to (B, C, H / 2, W / 2).
            rectified: Whether taps are taken after the ReLU or before it.
            state: Tensors as `weights.load(Network.VGG16)` gives them; None loads these.

        Raises:
            WeightsError: `state` is None and the weights were not fetched.
            ValueError: `taps` is empty, not ascending, or outside 0..12.
        """
        super().__init__()
        self.taps = tuple(taps)
        if (
            not self.taps
            or list(self.taps) != sorted(set(self.taps))
            or not 0 <= self.taps[0] <= self.taps[-1] < len(WIDTHS)
        ):
            raise ValueError(f"Taps must be ascending indices 0..{len(WIDTHS) - 1}, not {self.taps}.")
        tensors = weights.load(weights.Network.VGG16) if state is None else state
        inputs = (3, *WIDTHS)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(inputs[i], WIDTHS[i], 3, padding=1) for i in range(self.taps[-1] + 1)
        )
        for index, convolution in enumerate(self.convolutions):
            convolution.load_state_dict(
                {"weight": tensors[f"conv{index}.weight"], "bias": tensors[f"conv{index}.bias"]}
            )
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(_STD).view(1, 3, 1, 1))
        self._faster: dict[int, winograd.FrozenConvolution] = {}
        self.pool = pool
        self.rectified = rectified
        self.requires_grad_(False)
        self.eval()

    def forward(self, image: Tensor) -> list[Tensor]:
        """The tapped activations (B, C, h, w) of (B, 3, H, W) sRGB 0..1, in the module's dtype."""
        x = (image - self.mean) / self.std
        tapped = []
        for index in range(len(self.convolutions)):
            if index in _POOLED_BEFORE:
                x = self.pool(x)
            x = self._convolved(index, x)
            if index in self.taps and not self.rectified:
                tapped.append(x)
                x = F.relu(x)
            else:
                x = F.relu_(x)
            if index in self.taps and self.rectified:
                tapped.append(x)
        return tapped

    def _convolved(self, index: int, x: Tensor) -> Tensor:
        convolution = self.convolutions[index]
        assert isinstance(convolution, nn.Conv2d)
        assert convolution.bias is not None
        if convolution.weight.requires_grad or not winograd.suits(x, convolution.weight):
            return convolution(x)  # type: ignore[no-any-return]
        if index not in self._faster:
            self._faster[index] = winograd.FrozenConvolution(convolution.weight, convolution.bias)
        return self._faster[index](x)
