"""The full-size velocity model at a few thousand parameters, and one distillation loss on it, the same at every call."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from distill.meanflow.target import (
    Flow,
    Interval,
    TargetOptions,
    bounded_target,
    identity_by_jvp,
    identity_by_secant,
    moving_rows,
    squared_error,
)
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.dit4sr.transformer_config import TransformerConfig
from mfsr_engine.models.prompts import Prompt


def tiny_config(**changes: object) -> TransformerConfig:
    """A student's transformer of a few thousand parameters."""
    config = TransformerConfig(
        sample_size=16,
        in_channels=4,
        out_channels=4,
        num_layers=2,
        attention_head_dim=8,
        num_attention_heads=2,
        joint_attention_dim=12,
        pooled_projection_dim=10,
        pos_embed_max_size=20,
        dual_attention_layers=(0,),
        lr_keys="own",
        time_unit=1.0,
        has_interval=True,
    )
    return replace(config, **changes)  # type: ignore[arg-type]


CONFIG = tiny_config()


def make_transformer() -> VelocityTransformer:
    """A student of the full-size family with random weights, in fp32."""
    torch.manual_seed(3)
    return VelocityTransformer(CONFIG)


def distillation_loss(network: VelocityTransformer, derivative: str, rows: slice) -> Tensor:
    """MeanFlow loss of some of four fixed samples; `network` may be sharded."""
    generator = torch.Generator().manual_seed(4)
    z, lr, v = (torch.randn(4, 4, 4, 4, generator=generator)[rows] for _ in range(3))
    prompt = Prompt(torch.randn(1, 10, generator=generator), torch.randn(1, 3, 12, generator=generator))
    t, r = torch.tensor([0.9, 0.6, 1.0, 0.5])[rows], torch.tensor([0.2, 0.6, 0.0, 0.1])[rows]
    u, moving = network(z, lr, prompt, t, r), moving_rows(r, t)
    flow = Flow(lambda zz, rr, tt: network(zz, lr[moving], prompt, tt, rr), lambda zz, tt: zz)
    at = Interval(z[moving], v[moving], r[moving], t[moving], lambda: u.detach()[moving])
    kind = identity_by_jvp if derivative == "jvp" else identity_by_secant(0.05)
    target = v.index_copy(0, moving, bounded_target(kind, flow, at, TargetOptions(clamp=5.0)))
    return squared_error(u, target).mean()
