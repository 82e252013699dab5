"""Targets for a mean velocity u(z, r, t): several equations that the true mean velocity fulfils, behind one interface, and the loss. Knows
no network and no teacher but as functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

MeanVelocity = Callable[[Tensor, Tensor, Tensor], Tensor]
"""u(z, r, t): state (B, ...), times (B,), to the mean velocity (B, ...)."""
Velocity = Callable[[Tensor, Tensor], Tensor]
"""v(z, t): state (B, ...), time (B,), to the instantaneous velocity (B, ...)."""
NORM_OFFSET = 0.1
"""c: tangents much smaller than this are left as small as they are."""
CORRECTION_BOUND = 1.0
"""Bound of the correction that RCGM makes to the present mean velocity."""
LEAST_ALPHA = 0.005
"""Where AlphaFlow's share stops; below it a finite step is lost in rounding."""
ALPHA_STEEPNESS = 25.0
"""Slope of AlphaFlow's schedule."""


@dataclass(frozen=True)
class Flow:
    """The two velocities as functions of state and time alone, both without gradient."""

    mean: MeanVelocity
    """The student's present u."""
    instantaneous: Velocity
    """The guided teacher's v."""


@dataclass(frozen=True)
class Interval:
    """From where to where a target is asked for, and what is already known there, each without gradient."""

    z: Tensor
    """(B, ...) state at t."""
    v: Tensor
    """(B, ...) instantaneous velocity at z, t: target and tangent at once."""
    r: Tensor
    """(B,) end, 0 <= r < t."""
    t: Tensor
    """(B,) start."""
    present: Callable[[], Tensor]
    """Gives (B, ...) the student's present u(z, r, t). Asked only by targets that use it: what is computed for it with gradient is kept
    until the loss, while the others have the memory to themselves.
    """


Target = Callable[[Flow, Interval], Tensor]
"""What u(z, r, t) shall become on intervals with r < t; shape and dtype of z."""


@dataclass(frozen=True)
class TargetOptions:
    """How far a target may be from v: their difference is normalised, then clamped, then warmed up."""

    normalises: bool = False
    """Whether each sample's difference is divided by its own root mean square + `NORM_OFFSET`."""
    clamp: float = float("inf")
    """Largest absolute value of the difference; for the MeanFlow identity it is (t - r) du/dt."""
    derivative_weight: float = 1.0
    """Factor on the difference; below 1 while training warms up."""


@torch.no_grad()
def bounded_target(target: Target, flow: Flow, at: Interval, options: TargetOptions) -> Tensor:
    """The target with its difference from v bounded; no gradient."""
    correction = at.v - target(flow, at)
    if options.normalises:
        correction = normalised(correction)
    return at.v - options.derivative_weight * correction.clamp(-options.clamp, options.clamp)


def moving_rows(r: Tensor, t: Tensor) -> Tensor:
    """Indices of the samples with r < t, which alone need a target: where r = t it is v.

    Never empty: each process of a network that is shared out must run it equally often.
    """
    rows = (r < t).nonzero().flatten()
    return rows if len(rows) else rows.new_zeros(1)


def identity_by_jvp(flow: Flow, at: Interval) -> Tensor:
    """The identity v - (t - r) du/dt (MeanFlow, arXiv 2505.13447, eq. 6), exact by forward-mode differentiation along dz/dt = v, dr/dt = 0.

    Attention runs unfused: fused kernels have no forward derivative.
    """
    return at.v - _wide(at.t - at.r, at.z) * exact_derivative(flow.mean, at)


def exact_derivative(u: MeanVelocity, at: Interval) -> Tensor:
    """du/dt along the trajectory; shape of z."""
    tangents = (at.v, torch.zeros_like(at.r), torch.ones_like(at.t))
    with sdpa_kernel(SDPBackend.MATH):
        derivative: Tensor = torch.func.jvp(u, (at.z, at.r, at.t), tangents)[1]
    return derivative


def identity_by_secant(step: float) -> Target:
    """The same identity with a one-sided difference for du/dt: one finite step back along v, cut to t - r where that is shorter.

    Its error is of the order of the step.
    """

    def target(flow: Flow, at: Interval) -> Tensor:
        length = _cut(step, at)
        earlier = flow.mean(_moved(at, length), at.r, at.t - length)
        return at.v - _wide((at.t - at.r) / length, at.z) * (at.present() - earlier)

    return target


def rcgm(step: float, parts: int = 2) -> Target:
    """The correction u - clamp((u (t - r) - I) / D - v): the student's mean velocity over all of the interval and its way I over all but
    the first D, in `parts` equal steps, say how it moves in that D, which must be by v (VOSR, arXiv 2604.03225).
    """

    def target(flow: Flow, at: Interval) -> Tensor:
        length = _cut(step, at)
        z, time = _moved(at, length), at.t - length
        start, part = z, (time - at.r) / parts
        for _ in range(parts):
            earlier = time - part
            z, time = z - _wide(part, z) * flow.mean(z, earlier, time), earlier
        u = at.present()
        covered = _wide(at.t - at.r, z) * u - (start - z)
        correction = covered / _wide(length, z) - at.v
        return u - correction.clamp(-CORRECTION_BOUND, CORRECTION_BOUND)

    return target


def alpha_flow(alpha: float) -> Target:
    """The velocity v over a share a of the interval, the student over the rest: a v + (1 - a) u(z - a (t - r) v, r, t - a (t - r)). Plain
    flow matching at a = 1, the MeanFlow identity as a goes to 0 (AlphaFlow, arXiv 2510.20771).
    """

    def target(flow: Flow, at: Interval) -> Tensor:
        length = alpha * (at.t - at.r)
        return alpha * at.v + (1 - alpha) * flow.mean(_moved(at, length), at.r, at.t - length)

    return target


def alpha_at(step: int, steps: int) -> float:
    """AlphaFlow's share a at a training step: a sigmoid that falls from 1 to `LEAST_ALPHA` over `steps`; from the start if 0."""
    share = step / steps if steps else 1.0
    middle = torch.tensor(ALPHA_STEEPNESS * (0.5 - share))
    return max(LEAST_ALPHA, float(torch.sigmoid(middle)))


def split_mean_flow(generator: torch.Generator) -> Target:
    """Two steps of the student in place of one, with a random time between them: (1 - l) u(z_s, r, s) + l u(z, s, t) with
    l = (t - s) / (t - r) and z_s = z - (t - s) u(z, s, t) (SplitMeanFlow, arXiv 2507.16884). v comes in where r = t alone.
    """

    def target(flow: Flow, at: Interval) -> Tensor:
        share = torch.rand(len(at.t), generator=generator).to(at.t)
        first = share * (at.t - at.r)
        between = at.t - first
        near = flow.mean(at.z, between, at.t)
        far = flow.mean(at.z - _wide(first, at.z) * near, at.r, between)
        return _wide(1 - share, at.z) * far + _wide(share, at.z) * near

    return target


def midpoint_teacher(step: float) -> Target:
    """The student's way up to D before the end, and one midpoint step of the teacher from there (OFTSR, arXiv 2412.09465, where all ways
    start at t = 1): ((t - q) u(z, q, t) + D v(z_q - D v(z_q, q) / 2, q - D / 2)) / (t - r) with q = r + D.
    """

    def target(flow: Flow, at: Interval) -> Tensor:
        length = _cut(step, at)
        last, way = at.r + length, _wide(at.t - at.r - length, at.z)
        near = flow.mean(at.z, last, at.t)
        z = at.z - way * near
        half = _wide(length / 2, z)
        v = flow.instantaneous(z - half * flow.instantaneous(z, last), last - length / 2)
        return (way * near + _wide(length, z) * v) / _wide(at.t - at.r, z)

    return target


def normalised(tangent: Tensor) -> Tensor:
    """Each sample as g / (rms(g) + c): large ones count as much as small ones (rCM, arXiv 2510.08431)."""
    size = tangent.float().square().flatten(1).mean(dim=1).sqrt()
    return tangent / _wide(size + NORM_OFFSET, tangent)


def _cut(step: float, at: Interval) -> Tensor:
    """(B,) a step in time that never leaves the interval; above 0 also where the interval is empty, so that it can be divided by."""
    length = torch.minimum(at.t - at.r, torch.full_like(at.t, step))
    return torch.where(length > 0, length, torch.full_like(length, torch.finfo(length.dtype).tiny))


def _moved(at: Interval, length: Tensor) -> Tensor:
    """The state that much earlier, along v."""
    return at.z - _wide(length, at.z) * at.v


def _wide(times: Tensor, like: Tensor) -> Tensor:
    return times.view(-1, *[1] * (like.ndim - 1)).to(like.dtype)


def squared_error(u: Tensor, target: Tensor) -> Tensor:
    """(B,) mean squared difference of each sample, in fp32."""
    return (u.float() - target.float()).square().flatten(1).mean(dim=1)


def adaptively_weighted(loss: Tensor, power: float = 1.0, offset: float = 1e-3) -> Tensor:
    """(B,) loss / sg(loss + c)^p: bounds the influence of hard samples (MeanFlow, eq. 22); p = 0 leaves it alone."""
    return loss / (loss.detach() + offset) ** power
