"""Bicubic resizing of one plane with MATLAB's kernel and border, as NIQE's second scale expects it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def bicubic(plane: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Resize (H, W) to `shape` (rows, columns): Keys' cubic, a = -1/2, widened when shrinking, border mirrored."""
    result: NDArray[np.float64] = _weights(plane.shape[0], shape[0]) @ plane @ _weights(plane.shape[1], shape[1]).T
    return result


def _weights(source: int, target: int) -> NDArray[np.float64]:
    """Matrix (target, source) whose rows are the kernels around each target pixel's centre."""
    scale = target / source
    stretch = max(1.0, 1 / scale)
    centres = (np.arange(target) + 0.5) / scale - 0.5
    reach = int(np.ceil(2 * stretch)) + 1
    taps = np.floor(centres)[:, None].astype(np.int64) + np.arange(-reach, reach + 1)
    values = _keys((centres[:, None] - taps) / stretch)
    values /= values.sum(axis=1, keepdims=True)
    wrapped = np.mod(taps, 2 * source)
    mirrored = np.minimum(wrapped, 2 * source - 1 - wrapped)
    matrix = np.zeros((target, source))
    np.add.at(matrix, (np.arange(target)[:, None], mirrored), values)
    return matrix


def _keys(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys' cubic convolution kernel (1981, eq. 15), zero beyond 2."""
    x = np.abs(distance)
    inner = 1.5 * x**3 - 2.5 * x**2 + 1
    outer = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, inner, np.where(x < 2, outer, 0.0))
