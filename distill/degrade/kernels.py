"""Blur kernels of the two-order degradation model: Gaussian, generalised Gaussian, plateau and sinc (Real-ESRGAN, arXiv 2107.10833)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

KernelShape = Literal["gaussian", "generalised", "plateau"]


@dataclass(frozen=True)
class BlurSpec:
    """One elliptical blur."""

    shape: KernelShape
    """Fall-off of the kernel."""
    sigma_x: float
    """Standard deviation along the first axis of the ellipse, pixels."""
    sigma_y: float
    """Standard deviation along the second axis, pixels."""
    angle: float
    """Rotation of the ellipse, radians."""
    beta: float = 1.0
    """Exponent of the generalised and plateau kernels; 1 makes the former a Gaussian."""


def elliptical(size_px: int, spec: BlurSpec) -> NDArray[np.float32]:
    """(size, size) float32 kernel that sums to 1; `size_px` is odd."""
    x, y = _grid(size_px)
    cos, sin = np.cos(spec.angle), np.sin(spec.angle)
    along, across = x * cos + y * sin, y * cos - x * sin
    distance = (along / spec.sigma_x) ** 2 + (across / spec.sigma_y) ** 2
    if spec.shape == "plateau":
        kernel = 1.0 / (distance**spec.beta + 1.0)
    else:
        kernel = np.exp(-0.5 * distance ** (spec.beta if spec.shape == "generalised" else 1.0))
    return _normalised(kernel)


def sinc(size_px: int, cutoff: float) -> NDArray[np.float32]:
    """(size, size) float32 circular low-pass kernel with ringing; `cutoff` in radians per pixel, pi / 3 to pi."""
    x, y = _grid(size_px)
    radius = np.hypot(x, y)
    centre = size_px // 2
    radius[centre, centre] = 1.0
    kernel = cutoff * _bessel_j1(cutoff * radius) / (2.0 * np.pi * radius)
    kernel[centre, centre] = cutoff**2 / (4.0 * np.pi)
    return _normalised(kernel)


def _bessel_j1(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The Bessel function J1 for |x| up to 100, from its integral: the mean of cos(t - x sin t) over a full turn.

    The integrand is periodic, so the mean over equally spaced angles is exact to rounding once there are more of them than x.
    """
    angles = np.linspace(0.0, 2.0 * np.pi, 160, endpoint=False)
    values: NDArray[np.float64] = np.cos(angles - x[..., None] * np.sin(angles)).mean(axis=-1)
    return values


def _grid(size_px: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    assert size_px % 2 == 1, "a kernel has a centre"
    offsets = np.arange(size_px, dtype=np.float64) - size_px // 2
    x, y = np.meshgrid(offsets, offsets)
    return x, y


def _normalised(kernel: NDArray[np.float64]) -> NDArray[np.float32]:
    normalised: NDArray[np.float32] = (kernel / kernel.sum()).astype(np.float32)
    return normalised
