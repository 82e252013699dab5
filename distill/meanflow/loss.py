"""Losses between a velocity and its target."""

from __future__ import annotations

from torch import Tensor


def squared_error(u: Tensor, target: Tensor) -> Tensor:
    """(B,) mean squared difference of each sample, in fp32."""
    return (u.float() - target.float()).square().flatten(1).mean(dim=1)


def adaptively_weighted(loss: Tensor, power: float = 1.0, offset: float = 1e-3) -> Tensor:
    """(B,) loss / sg(loss + c)^p: bounds the influence of hard samples (MeanFlow, eq. 22); p = 0 leaves it alone."""
    return loss / (loss.detach() + offset) ** power
