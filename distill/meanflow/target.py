"""The MeanFlow identity as a regression target, u = v - (t - r) du/dt (arXiv 2505.13447, eq. 6), with two ways to the derivative,
and the loss against it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

MeanVelocity = Callable[[Tensor, Tensor, Tensor], Tensor]
"""u(z, r, t): state (B, ...), times (B,), to the mean velocity (B, ...)."""
Derivative = Callable[[MeanVelocity, Tensor, Tensor, Tensor, Tensor], Tensor]
"""(u, z, v, r, t) to the total derivative du/dt along the trajectory dz/dt = v, dt/dt = 1, dr/dt = 0; shape of z."""
NORM_OFFSET = 0.1
"""c: tangents much smaller than this are left as small as they are."""


@dataclass(frozen=True)
class TargetOptions:
    """How a target is bounded: its (t - r) du/dt is normalised, then clamped, then warmed up."""

    normalises: bool = False
    """Whether each sample's (t - r) du/dt is divided by its own root mean square + `NORM_OFFSET`."""
    clamp: float = float("inf")
    """Largest absolute value of (t - r) du/dt."""
    derivative_weight: float = 1.0
    """Factor on (t - r) du/dt; below 1 while training warms up."""


def mean_velocity_target(
    u: MeanVelocity, z: Tensor, v: Tensor, r: Tensor, t: Tensor, derivative: Derivative, options: TargetOptions
) -> Tensor:
    """sg(v - (t - r) du/dt), with the same v as target and as tangent; shape and dtype of z, no gradient."""
    with torch.no_grad():
        correction = _wide(t - r, z) * derivative(u, z, v, r, t)
        if options.normalises:
            correction = normalised(correction)
        return v - options.derivative_weight * correction.clamp(-options.clamp, options.clamp)


def normalised(tangent: Tensor) -> Tensor:
    """Each sample as g / (rms(g) + c): large ones count as much as small ones (rCM, arXiv 2510.08431)."""
    size = tangent.float().square().flatten(1).mean(dim=1).sqrt()
    return tangent / _wide(size + NORM_OFFSET, tangent)


def exact_derivative(u: MeanVelocity, z: Tensor, v: Tensor, r: Tensor, t: Tensor) -> Tensor:
    """du/dt by forward-mode differentiation. Attention runs unfused: fused kernels have no forward derivative."""
    tangents = (v, torch.zeros_like(r), torch.ones_like(t))
    with sdpa_kernel(SDPBackend.MATH):
        derivative: Tensor = torch.func.jvp(u, (z, r, t), tangents)[1]
    return derivative


def secant_derivative(step: float) -> Derivative:
    """du/dt as a difference over a finite step back along v (RCGM, arXiv 2604.03225; AlphaFlow, arXiv 2510.20771).

    The step is cut to (t - r) where that is shorter, so it never leaves the interval; where r = t the result is 0, as its
    factor t - r is.
    """

    def derivative(u: MeanVelocity, z: Tensor, v: Tensor, r: Tensor, t: Tensor) -> Tensor:
        length = torch.minimum(t - r, torch.full_like(t, step))
        earlier = u(z - _wide(length, z) * v, r, t - length)
        change = u(z, r, t) - earlier
        safe = torch.where(length > 0, length, torch.ones_like(length))
        return change / _wide(safe, z)

    return derivative


def derivative_named(kind: Literal["secant", "jvp"], secant_step: float) -> Derivative:
    """The derivative a recipe asks for."""
    return exact_derivative if kind == "jvp" else secant_derivative(secant_step)


def _wide(times: Tensor, like: Tensor) -> Tensor:
    return times.view(-1, *[1] * (like.ndim - 1)).to(like.dtype)


def squared_error(u: Tensor, target: Tensor) -> Tensor:
    """(B,) mean squared difference of each sample, in fp32."""
    return (u.float() - target.float()).square().flatten(1).mean(dim=1)


def adaptively_weighted(loss: Tensor, power: float = 1.0, offset: float = 1e-3) -> Tensor:
    """(B,) loss / sg(loss + c)^p: bounds the influence of hard samples (MeanFlow, eq. 22); p = 0 leaves it alone."""
    return loss / (loss.detach() + offset) ** power
