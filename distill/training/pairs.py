"""From batches of pictures to points of the flow: condition, data and noisy state."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from distill.data import Batch
from mfsr_engine.models.codec import Codec
from mfsr_engine.models.resample import enlarge


@dataclass(frozen=True)
class FlowPairs:
    """A batch in the codec's space."""

    x: Tensor
    """(B, C, h, w) fp32 data points."""
    lr: Tensor
    """(B, L, h, w) fp32 conditions."""


def flow_pairs(
    batch: Batch, codec: Codec, is_degraded: Tensor | None = None, generator: torch.Generator | None = None
) -> FlowPairs:
    """Data points and conditions, those kept with the batch if there are any; where `is_degraded` (B,) is true, the data
    point is the worse picture. With a CPU `generator` a codec that knows a distribution of data points draws from it.
    """
    if batch.x is not None and batch.lr is not None:
        assert is_degraded is None
        return FlowPairs(batch.x, batch.lr)
    lr = codec.encode_condition(enlarge(batch.low, 4))
    wanted = batch.high
    if is_degraded is not None:
        assert batch.soft is not None, "a teacher's crops have worse pictures"
        wanted = torch.where(is_degraded.to(wanted.device)[:, None, None, None], batch.soft, wanted)
    return FlowPairs(codec.encode_target(wanted, lr, generator), lr)


def noisy(x: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """z_t = (1 - t) x + t e."""
    wide = t.view(-1, *[1] * (x.ndim - 1)).to(x.dtype)
    return (1 - wide) * x + wide * noise
