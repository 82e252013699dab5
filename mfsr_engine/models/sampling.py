"""Sampling from noise to data: time grids and the MeanFlow steps, as pure functions. Time runs from 1 (noise) to 0 (data)."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor

MeanVelocity = Callable[[Tensor, Tensor, Tensor], Tensor]
"""u(z, r, t): (B, C, h, w) state and (B,) times r <= t to the mean velocity, shape of z. Condition and prompt are
already bound.
"""

Grid = Literal["linear", "cosine", "shift", "flow-match-euler"]
_TRAINED_TIMES = 1000
"""Discrete times that Stable Diffusion 3 was trained with."""


def times(grid: Grid, steps: int, shift: float = 3.0) -> tuple[float, ...]:
    """Times of a trajectory of `steps` steps: `steps + 1` values falling from 1 to 0.

    Args:
        grid: with s running evenly from 1 to 0, "linear" is s; "cosine" is 0.5 (1 - cos(pi s)), as SMFSR samples; "shift" is
            f(s) = shift s / (1 + (shift - 1) s) (Esser et al. 2024, arXiv 2403.03206, eq. 23). "flow-match-euler" is what the
            scheduler of that name in diffusers makes of it, and what DiT4SR samples by: the times run evenly from 1 to f(1 / 1000),
            are shifted once more, and 0 follows; its last step but one is therefore long, and few steps are hardly worth having.
        steps: 1 or more.
        shift: used by "shift" and "flow-match-euler"; above 1 spends more steps near the noise.
    """
    even = [1 - i / steps for i in range(steps + 1)]
    if grid == "cosine":
        return tuple(0.5 * (1 - math.cos(math.pi * s)) for s in even)
    if grid == "shift":
        return tuple(_shifted(s, shift) for s in even)
    if grid == "flow-match-euler":
        least, last = _shifted(1 / _TRAINED_TIMES, shift), max(steps - 1, 1)
        return (*(_shifted(1 - (1 - least) * i / last, shift) for i in range(steps)), 0.0)
    return tuple(even)


def _shifted(s: float, shift: float) -> float:
    return shift * s / (1 + (shift - 1) * s)


def meanflow(
    u: MeanVelocity, z: Tensor, times: tuple[float, ...], between_steps: Callable[[], None] = lambda: None
) -> Tensor:
    """Go from noise to data: z_r = z_t - (t - r) u(z_t, r, t) for each pair of neighbouring times (MeanFlow, arXiv
    2505.13447, eq. 12).

    Args:
        u: the mean velocity.
        z: (B, C, h, w) float32 noise, the state at `times[0]`.
        times: falling, for example (1, 0) for one step.
        between_steps: called before every step; may raise to stop.

    Returns:
        (B, C, h, w) float32 state at `times[-1]`.
    """
    for t, r in pairwise(times):
        between_steps()
        z = z - (t - r) * u(z, _filled(r, z), _filled(t, z))
    return z


def instantaneous(u: MeanVelocity) -> MeanVelocity:
    """The same with r = t: Euler steps along the instantaneous velocity, as teachers need."""
    return lambda z, r, t: u(z, t, t)


def guided(negative: MeanVelocity, positive: MeanVelocity, scale: float) -> MeanVelocity:
    """Velocity away from the negative prompt: u_neg + scale (u_pos - u_neg) (Ho and Salimans 2022, arXiv 2207.12598,
    eq. 6).
    """

    def u(z: Tensor, r: Tensor, t: Tensor) -> Tensor:
        away = negative(z, r, t)
        return torch.lerp(away, positive(z, r, t), scale)

    return u


def _filled(time: float, z: Tensor) -> Tensor:
    return torch.full((z.shape[0],), time, dtype=torch.float32, device=z.device)
