"""Measures of the method's claims: distance of a student's results from its teacher's, and the residual of the MeanFlow identity."""

from __future__ import annotations

import torch
from torch import Tensor

from distill.meanflow.target import Interval, MeanVelocity, exact_derivative


def root_mean_square(difference: Tensor) -> Tensor:
    """(B,) of (B, ...), in fp32."""
    return difference.float().square().flatten(1).mean(dim=1).sqrt()


@torch.no_grad()
def map_distance(student_end: Tensor, teacher_end: Tensor) -> Tensor:
    """(B,) how far the student's map from noise to data is from the guided teacher's own, at the same noise: root mean square of the
    difference of their ends (B, ...), in the codec's space.
    """
    return root_mean_square(student_end - teacher_end)


@torch.no_grad()
def identity_residual(u: MeanVelocity, z: Tensor, v: Tensor, r: Tensor, t: Tensor) -> Tensor:
    """(B,) root mean square of u - (v - (t - r) du/dt), du/dt by forward-mode differentiation: 0 for the true mean velocity of v."""
    present = u(z, r, t)
    at = Interval(z, v, r, t, lambda: present)
    span = (t - r).view(-1, *[1] * (z.ndim - 1)).to(z.dtype)
    return root_mean_square(present - (v - span * exact_derivative(u, at)))


@torch.no_grad()
def seed_spread(pictures: Tensor) -> float:
    """Standard deviation over seeds of pictures (seeds, B, 3, H, W), mean over everything else; 0 where the seed changes nothing."""
    return float(pictures.float().std(dim=0).mean())
