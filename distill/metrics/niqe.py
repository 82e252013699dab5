"""NIQE: how natural a picture's luma looks, without a reference. Lower is more natural. Plain numpy, with the resizing that the published
model was made with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
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


_PARAMETERS = Path(__file__).parent / "data" / "niqe_pris_params.npz"
_BLOCK_PX = 96
SMALLEST_PX = 2 * _BLOCK_PX
"""Shortest side of a picture that can be judged."""
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))
_LUMA = np.array([65.481, 128.553, 24.966])
_SHAPES = np.arange(0.2, 10.001, 0.001)


def _gamma(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([math.gamma(value) for value in values])


_MOMENT_RATIOS = _gamma(2 / _SHAPES) ** 2 / (_gamma(1 / _SHAPES) * _gamma(3 / _SHAPES))


@dataclass(frozen=True)
class AsymmetricGaussian:
    """An asymmetric generalised Gaussian fitted to samples (Lasmar et al. 2009)."""

    shape: float
    """Exponent: 2 is a Gaussian, 1 is Laplacian."""
    left: float
    """Scale of the negative side."""
    right: float
    """Scale of the positive side."""

    @property
    def mean(self) -> float:
        """Mean of the distribution."""
        return (self.right - self.left) * math.gamma(2 / self.shape) / math.gamma(1 / self.shape)


def niqe(image: NDArray[np.uint8]) -> float:
    """Natural Image Quality Evaluator (Mittal et al. 2013) of luma, usually 2 (natural) to 15.

    The picture is cut to whole blocks of 96 px at the right and bottom; no other border is cut.

    Args:
        image: (H, W, 3) uint8 sRGB, sides at least 192 px.

    Raises:
        ValueError: The picture has fewer than four whole blocks, too few to estimate from.
    """
    rows, columns = image.shape[0] // _BLOCK_PX, image.shape[1] // _BLOCK_PX
    if min(rows, columns) < 2:
        raise ValueError(f"NIQE needs a picture of at least {SMALLEST_PX} pixels a side, not {image.shape[:2]}.")
    cut = image[: rows * _BLOCK_PX, : columns * _BLOCK_PX]
    features = _features(np.round(16 + cut.astype(np.float64) @ _LUMA / 255))
    with np.load(_PARAMETERS, allow_pickle=False) as parameters:
        difference = parameters["mu_pris_param"][0] - np.nanmean(features, axis=0)
        whole = features[~np.isnan(features).any(axis=1)]
        pooled = (parameters["cov_pris_param"] + np.cov(whole, rowvar=False)) / 2
    return float(np.sqrt(difference @ np.linalg.pinv(pooled) @ difference))  # eq. 10


def _features(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Features (blocks, 36) of luma (H, W) 0..255: 18 at full size and 18 at half."""
    half = bicubic(y / 255, (y.shape[0] // 2, y.shape[1] // 2)) * 255
    scales = [_block_features(y, _BLOCK_PX), _block_features(half, _BLOCK_PX // 2)]
    return np.concatenate(scales, axis=1)


def _block_features(y: NDArray[np.float64], block_px: int) -> NDArray[np.float64]:
    normalised = _normalise(y)
    blocks = [
        normalised[top : top + block_px, left : left + block_px]
        for left in range(0, y.shape[1], block_px)
        for top in range(0, y.shape[0], block_px)
    ]
    return np.array([_statistics(block) for block in blocks])


def _normalise(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Luma less its local mean, over its local deviation (eq. 1)."""
    with np.load(_PARAMETERS, allow_pickle=False) as parameters:
        window = parameters["gaussian_window"]
    mean = cv2.filter2D(y, cv2.CV_64F, window, borderType=cv2.BORDER_REPLICATE)
    power = cv2.filter2D(y * y, cv2.CV_64F, window, borderType=cv2.BORDER_REPLICATE)
    normalised: NDArray[np.float64] = (y - mean) / (np.sqrt(np.abs(power - mean * mean)) + 1)
    return normalised


def _statistics(block: NDArray[np.float64]) -> list[float]:
    """The 18 features of a block: the fit of its values (2) and of its products with four neighbours (4 each)."""
    values = fit(block)
    features = [values.shape, (values.left + values.right) / 2]
    for shift in _NEIGHBOURS:
        product = fit(block * np.roll(block, shift, axis=(0, 1)))
        features += [product.shape, product.mean, product.left, product.right]
    return features


def fit(samples: NDArray[np.float64]) -> AsymmetricGaussian:
    """Fit an asymmetric generalised Gaussian by its moments; NaN where one side has no samples."""
    negative, positive = samples[samples < 0], samples[samples > 0]
    if not negative.size or not positive.size:
        return AsymmetricGaussian(math.nan, math.nan, math.nan)
    left, right = np.sqrt((negative**2).mean()), np.sqrt((positive**2).mean())
    ratio = left / right
    moment = np.abs(samples).mean() ** 2 / (samples**2).mean()
    moment *= (ratio**3 + 1) * (ratio + 1) / (ratio**2 + 1) ** 2
    shape = float(_SHAPES[np.argmin((_MOMENT_RATIOS - moment) ** 2)])
    width = math.sqrt(math.gamma(1 / shape) / math.gamma(3 / shape))
    return AsymmetricGaussian(shape, float(left) * width, float(right) * width)
