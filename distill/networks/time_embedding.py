"""Initialises a full-size student's time layers: the teacher's time embedding in another unit, and an interval embedding that adds nothing
yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from mfsr_engine.models.dit4sr.embeddings import TIME_FEATURES, sinusoid

if TYPE_CHECKING:
    from torch import nn

_SAMPLES = 4097
_FREQUENCY_INDEX = TIME_FEATURES // 8
"""Of the sinusoid's frequencies 10000^(-2 i / count): this one is 0.1, whose sine is all but straight over 0..1."""
_STRAIGHT_TO = 24.0
"""Where SiLU differs from the identity by less than a bit of fp32."""


@dataclass(frozen=True)
class TimeFit:
    """A time embedder in a new unit."""

    state: dict[str, Tensor]
    """fp32 weights of `linear_1` and `linear_2`."""
    relative_error: float
    """Root mean square difference from the old embedder over all times, relative to how much that one varies."""


@torch.no_grad()
def fitted_time_embedder(old: nn.Module, old_unit: float, new_unit: float) -> TimeFit:
    """Linear, SiLU, Linear that gives for t in `new_unit` what `old` gives for it in `old_unit`, by least squares.

    The first layer becomes ramps of many slopes spread over 0..1, the second their best combination. Deterministic.
    (Re-MeanFlow, arXiv 2511.23342, trains such a fit; a closed form does it here in seconds.)

    Args:
        old: a module with `linear_1` of 256 inputs and `linear_2`.
        old_unit: what t = 1 is for `old`.
        new_unit: what t = 1 is for the result.
    """
    weight = old.get_parameter("linear_1.weight")
    place, width = weight.device, weight.shape[0]
    t = torch.linspace(0, 1, _SAMPLES, dtype=torch.float64, device=place)
    wanted = old(sinusoid((t * old_unit).float())).double()
    first = _ramps(width, new_unit, place)
    inputs = sinusoid((t * new_unit).float())
    hidden = F.silu(F.linear(inputs, first["linear_1.weight"], first["linear_1.bias"])).double()
    design = torch.cat([hidden, torch.ones_like(hidden[:, :1])], dim=1)
    scale = design.square().mean(dim=0).sqrt().clamp(min=1e-12)
    scaled = design / scale
    gram = scaled.T @ scaled / _SAMPLES + 1e-9 * torch.eye(width + 1, dtype=torch.float64, device=place)
    solution = torch.linalg.solve(gram, scaled.T @ wanted / _SAMPLES) / scale[:, None]
    spread = (wanted - wanted.mean(dim=0)).square().mean().sqrt().clamp(min=1e-12)
    second = {"linear_2.weight": solution[:-1].T.float().contiguous(), "linear_2.bias": solution[-1].float()}
    found = F.linear(hidden.float(), second["linear_2.weight"], second["linear_2.bias"])
    error = (found - wanted).square().mean().sqrt() / spread
    return TimeFit(first | second, float(error))


def pass_through(lowest: Tensor) -> dict[str, Tensor]:
    """Weights of the interval embedder with which it gives back the embedding of t and leaves that of r out.

    A bias lifts every channel to where SiLU is straight, and another takes it back.

    Args:
        lowest: (D,) least value of each channel of t's embedding.

    Returns:
        fp32 `0.weight` (D, 2 D), `0.bias`, `2.weight` (D, D), `2.bias`, on the device of `lowest`.
    """
    lift = (_STRAIGHT_TO - lowest.float()).clamp(min=_STRAIGHT_TO)
    identity = torch.eye(len(lift), device=lift.device)
    return {
        "0.weight": torch.cat([torch.zeros_like(identity), identity], dim=1),
        "0.bias": lift,
        "2.weight": identity.clone(),
        "2.bias": -lift,
    }


def _ramps(width: int, unit: float, place: torch.device) -> dict[str, Tensor]:
    """First layer whose unit k is a ramp of slope a_k from t_k on; slopes run from 2 to three per knot, over and over."""
    knots = torch.linspace(-0.1, 1.0, width, device=place)
    share = torch.linspace(0, 1, 4, device=place).repeat(-(-width // 4))[:width]
    slopes = 2 * (1.5 * width) ** share
    frequency = 10000 ** (-_FREQUENCY_INDEX / (TIME_FEATURES // 2))
    weight = torch.zeros(width, TIME_FEATURES, device=place)
    weight[:, TIME_FEATURES // 2 + _FREQUENCY_INDEX] = slopes / (frequency * unit)
    return {"linear_1.weight": weight, "linear_1.bias": -slopes * knots}
