"""Samples the two times r <= t (MeanFlow, arXiv 2505.13447, section 4.3)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class TimePair:
    """Times of a batch, each (B,) fp32 in 0..1, r <= t."""

    r: Tensor
    t: Tensor


def logit_normal(count: int, mean: float, std: float, generator: torch.Generator) -> Tensor:
    """(count,) fp32 draws of sigmoid(N(mean, std)), on the CPU."""
    return torch.sigmoid(torch.randn(count, generator=generator) * std + mean)


def time_pairs(
    count: int,
    generator: torch.Generator,
    *,
    mean: float = -0.4,
    std: float = 1.0,
    instantaneous_share: float = 0.5,
    whole_share: float = 0.0,
) -> TimePair:
    """Two logit-normal draws, sorted; a share with r = t, and a share with r = 0, t = 1.

    Args:
        count: B.
        generator: CPU generator.
        mean: mean of the logit.
        std: standard deviation of the logit.
        instantaneous_share: probability of r = t.
        whole_share: probability of the one-step case (0, 1), taken before `instantaneous_share` is applied to the rest.
    """
    draws = torch.stack([logit_normal(count, mean, std, generator) for _ in range(2)])
    t, r = draws.amax(dim=0), draws.amin(dim=0)
    choice = torch.rand(2, count, generator=generator)
    r = torch.where(choice[0] < instantaneous_share, t, r)
    is_whole = choice[1] < whole_share
    return TimePair(torch.where(is_whole, 0.0, r), torch.where(is_whole, 1.0, t))
