"""Single degradations as pure functions from a picture (H, W, 3) float32 0..1 and parameters to a degraded picture."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from mfsr_engine.geometry import Size

Picture = NDArray[np.float32]
Resizer = Literal["area", "bilinear", "bicubic"]

_INTERPOLATION = {"area": cv2.INTER_AREA, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}


def blurred(picture: Picture, kernel: NDArray[np.float32]) -> Picture:
    """Convolved with the kernel, borders mirrored."""
    return cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REFLECT_101)  # type: ignore[no-any-return]


def resized(picture: Picture, size: Size, resizer: Resizer) -> Picture:
    """Resized without an anti-alias filter of its own (other than "area"), as cheap software does it."""
    return cv2.resize(picture, (size.width, size.height), interpolation=_INTERPOLATION[resizer])  # type: ignore[no-any-return]


def with_gaussian_noise(picture: Picture, sigma: float, is_grey: bool, generator: np.random.Generator) -> Picture:
    """Additive noise of standard deviation `sigma` (0..1 units), equal in all channels if `is_grey`."""
    channels = 1 if is_grey else 3
    noise = generator.standard_normal((*picture.shape[:2], channels), dtype=np.float32) * np.float32(sigma)
    return _clipped(picture + noise)


def with_poisson_noise(picture: Picture, scale: float, is_grey: bool, generator: np.random.Generator) -> Picture:
    """Shot noise: `scale` times the difference between a Poisson draw at 8-bit counts and its mean."""
    signal = picture.mean(axis=2, keepdims=True) if is_grey else picture
    noise = generator.poisson(np.clip(signal, 0, 1) * 255.0).astype(np.float32) / 255.0 - signal
    return _clipped(picture + np.float32(scale) * noise.astype(np.float32))


def with_sensor_noise(
    picture: Picture, read: float, shot: float, grain_px: float, generator: np.random.Generator
) -> Picture:
    """Camera noise: variance read^2 + shot * signal, smoothed by `grain_px` as demosaicing and in-camera denoising leave it.

    Args:
        picture: (H, W, 3) float32 0..1.
        read: standard deviation in black, 0..1 units.
        shot: variance per unit of signal.
        grain_px: standard deviation of the noise grain, pixels; 0 is white noise. The noise keeps its strength.
        generator: source of the noise.
    """
    noise = generator.standard_normal(picture.shape, dtype=np.float32)
    if grain_px > 0:
        smooth = cv2.GaussianBlur(noise, (0, 0), grain_px)
        noise = smooth / max(float(smooth.std()), 1e-6)
    return _clipped(picture + noise * np.sqrt(read**2 + shot * np.clip(picture, 0, 1)).astype(np.float32))


def with_jpeg(picture: Picture, quality: int) -> Picture:
    """Compressed as JPEG (quality 1..100, chroma subsampled) and read back."""
    done, data = cv2.imencode(".jpg", _bytes(picture)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done, "an 8-bit picture can always be encoded"
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None, "what was just encoded can be decoded"
    return _floats(decoded[:, :, ::-1])


def with_webp(picture: Picture, quality: int) -> Picture:
    """Compressed as WebP (quality 1..100) and read back."""
    done, data = cv2.imencode(".webp", _bytes(picture)[:, :, ::-1], [cv2.IMWRITE_WEBP_QUALITY, quality])
    assert done, "an 8-bit picture can always be encoded"
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None, "what was just encoded can be decoded"
    return _floats(decoded[:, :, ::-1])


def with_grain(
    picture: Picture, strength: float, size_px: float, is_gray: bool, generator: np.random.Generator
) -> Picture:
    """Film grain: noise of standard deviation `strength` (0..1 units), strongest in middle tones, smoothed to grains of `size_px`."""
    noise = generator.standard_normal((*picture.shape[:2], 1 if is_gray else 3), dtype=np.float32)
    if size_px > 0:
        noise = cv2.GaussianBlur(noise, (0, 0), size_px).reshape(noise.shape)
        noise = noise / max(float(noise.std()), 1e-6)
    luma = picture.mean(axis=2, keepdims=True)
    weight = 0.4 + 0.6 * 4 * luma * (1 - luma)
    return _clipped(picture + np.float32(strength) * weight * noise)


def halftoned(picture: Picture, period_px: float, angle: float) -> Picture:
    """Printed in dots: each of three inks on a screen of its own, 30 degrees apart, as an offset press does it.

    Args:
        picture: (H, W, 3) float32 0..1.
        period_px: distance of the dots.
        angle: turn of the first screen, radians.
    """
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    page = np.empty_like(picture)
    for channel in range(3):
        cos, sin = np.cos(angle + channel * np.pi / 6), np.sin(angle + channel * np.pi / 6)
        along, across = (x * cos + y * sin) * (2 * np.pi / period_px), (y * cos - x * sin) * (2 * np.pi / period_px)
        screen = 0.5 + 0.25 * (np.cos(along) + np.cos(across))
        page[..., channel] = 1 - 1 / (1 + np.exp(-12 * ((1 - picture[..., channel]) - screen)))
    return _clipped(page)


def sharpened(picture: Picture, amount: float, radius_px: float) -> Picture:
    """Unsharp mask as cameras apply it, halos included."""
    return _clipped(picture + np.float32(amount) * (picture - cv2.GaussianBlur(picture, (0, 0), radius_px)))


def sharpened_target(picture: Picture, amount: float = 0.5, radius_px: int = 51, threshold: float = 10.0) -> Picture:
    """Unsharp mask with a soft mask that leaves flat areas alone: the sharpened ground truth of Real-ESRGAN."""
    blur = cv2.GaussianBlur(picture, (radius_px, radius_px), 0)
    residual = picture - blur
    mask = (np.abs(residual) * 255.0 > threshold).astype(np.float32)
    soft = cv2.GaussianBlur(mask, (radius_px, radius_px), 0)
    sharp: Picture = soft * _clipped(picture + np.float32(amount) * residual) + (1 - soft) * picture
    return sharp


def is_gray(picture: Picture) -> bool:
    """Whether all channels are equal everywhere."""
    return bool((picture[..., 1:] == picture[..., :1]).all())


def gray(picture: Picture) -> Picture:
    """The picture's luma (BT.601) in three equal channels."""
    luma = picture @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.repeat(luma[..., None], 3, axis=2)


def rounded(picture: Picture) -> Picture:
    """Clipped to 0..1 and rounded to 8 bits."""
    return _floats(_bytes(picture))


def _floats(pixels: NDArray[np.generic]) -> Picture:
    floats: Picture = pixels.astype(np.float32) / np.float32(255)
    return floats


def _clipped(picture: Picture) -> Picture:
    return np.clip(picture, 0.0, 1.0).astype(np.float32)


def _bytes(picture: Picture) -> NDArray[np.uint8]:
    return (np.clip(picture, 0, 1) * 255.0 + 0.5).astype(np.uint8)
