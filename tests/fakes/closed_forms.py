"""Flows whose mean velocity is known exactly: z_r from z_t along the trajectory, and all that follows from it."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ClosedForm:
    """A flow by its instantaneous velocity v(z, t) and its solution z_r(z_t, r, t)."""

    name: str
    v: Callable[[Tensor, Tensor], Tensor]
    solution: Callable[[Tensor, Tensor, Tensor], Tensor]

    def u(self, z, r, t):
        """Mean velocity (z_t - z_r) / (t - r); where r = t the instantaneous one."""
        safe = torch.where(t > r, t - r, torch.ones_like(t))
        mean = (z - self.solution(z, r, t)) / wide(safe, z)
        return torch.where(wide(t > r, z).bool(), mean, self.v(z, t))

    def derivative(self, z, r, t):
        """du/dt along the trajectory: z_r does not move, so it is (v - u) / (t - r)."""
        return (self.v(z, t) - self.u(z, r, t)) / wide(t - r, z)


def wide(times, like):
    return times.reshape(-1, *[1] * (like.ndim - 1)).to(like.dtype)


def constant(velocity: float = 0.7) -> ClosedForm:
    """Straight lines: u = v everywhere."""
    return ClosedForm(
        "constant",
        lambda z, t: torch.full_like(z, velocity),
        lambda z, r, t: z - wide(t - r, z) * velocity,
    )


def linear_in_time(start: float = 0.3, slope: float = 0.8) -> ClosedForm:
    """v = a + b t: u = a + b (t + r) / 2, so du/dt = b / 2 exactly."""
    return ClosedForm(
        "linear in time",
        lambda z, t: start + slope * wide(t, z) + 0 * z,
        lambda z, r, t: z - start * wide(t - r, z) - slope / 2 * wide(t**2 - r**2, z),
    )


def linear_in_state(rate: float = 0.9) -> ClosedForm:
    """v = a z: z_r = exp(-a (t - r)) z."""
    return ClosedForm(
        "linear in state",
        lambda z, t: rate * z,
        lambda z, r, t: torch.exp(-rate * wide(t - r, z)) * z,
    )


def gaussian(mean: float = 0.4, std: float = 0.6) -> ClosedForm:
    """Data N(m, s^2) to noise N(0, 1): (z - (1 - t) m) / sqrt((1 - t)^2 s^2 + t^2) stays as it is."""

    def spread(t):
        return ((1 - t) ** 2 * std**2 + t**2).sqrt()

    def v(z, t):
        change = (t - (1 - t) * std**2) / spread(t) ** 2
        return wide(change, z) * (z - wide(1 - t, z) * mean) - mean

    def solution(z, r, t):
        return wide(1 - r, z) * mean + wide(spread(r) / spread(t), z) * (z - wide(1 - t, z) * mean)

    return ClosedForm("gaussian", v, solution)


ALL = [constant(), linear_in_time(), linear_in_state(), gaussian()]
