"""Kernel inception distance (KID) of patches: how far two sets of pictures are from looking like draws of one kind.

After Binkowski et al. 2018, "Demystifying MMD GANs": the unbiased squared maximum mean discrepancy under the kernel
(x . y / D + 1)^3. Their features are Inception's; here they are VGG16's last stage, which LPIPS and DISTS have fetched already, of
patches rather than of whole pictures, as in super-resolution there are few pictures and much in each. Figures are therefore
comparable with one another, and not with published ones.
"""

from __future__ import annotations

import torch
from torch import Tensor

from distill.metrics.vgg import STAGE_ENDS, Vgg16

PATCH_PX = 64
"""Side of the patches that features are taken of, pixels."""
_CALL = 32
"""Patches in one call of the network."""


class PatchFeatures:
    """Holds the network that describes patches."""

    def __init__(self, network: Vgg16 | None = None) -> None:
        """Build it, with the fetched weights unless it is given.

        Raises:
            WeightsError: the weights were not fetched.
        """
        self._network = network or Vgg16(STAGE_ENDS[-1:])

    @torch.no_grad()
    def __call__(self, pictures: Tensor) -> Tensor:
        """(N, D) fp32 features of the patches, side by side from the upper left corner, of (B, 3, H, W) sRGB 0..1.

        Raises:
            ValueError: a side is smaller than a patch.
        """
        if min(pictures.shape[-2:]) < PATCH_PX:
            raise ValueError(f"Pictures of {tuple(pictures.shape[-2:])} hold no patch of {PATCH_PX} pixels.")
        tiles = pictures.unfold(2, PATCH_PX, PATCH_PX).unfold(3, PATCH_PX, PATCH_PX)
        patches = tiles.permute(0, 2, 3, 1, 4, 5).reshape(-1, 3, PATCH_PX, PATCH_PX)
        calls = torch.split(patches, _CALL)
        found = [self._network(some)[0].float().mean(dim=(2, 3)) for some in calls]
        return torch.cat(found)


def kid(features: Tensor, others: Tensor) -> float:
    """The unbiased squared discrepancy of features (N, D) and (M, D), N and M at least 2; around 0, also below, for draws of one
    kind.

    Raises:
        ValueError: there are too few of either, or they are of different features.
    """
    if min(len(features), len(others)) < 2 or features.shape[1:] != others.shape[1:]:
        raise ValueError(f"Features of {tuple(features.shape)} and {tuple(others.shape)} cannot be compared.")
    x, y = features.double(), others.double()
    within = sum(_mean_of_pairs(_kernel(one, one)) for one in (x, y))
    return float(within - 2 * _kernel(x, y).mean())


def _kernel(x: Tensor, y: Tensor) -> Tensor:
    return (x @ y.T / x.shape[1] + 1) ** 3


def _mean_of_pairs(kernel: Tensor) -> Tensor:
    """Mean over pairs of two different ones."""
    count = len(kernel)
    return (kernel.sum() - kernel.diagonal().sum()) / (count * (count - 1))
