"""Complete degradations: from a good picture to the low-resolution half of a training pair, reproducible from a generator."""

from __future__ import annotations

import numpy as np

from distill.degrade import kernels, stages
from distill.degrade.kinds import KINDS
from distill.degrade.presets import CameraConfig, DegradationConfig, StageConfig
from distill.degrade.stages import Picture, Resizer
from mfsr_engine.geometry import Size

_RESIZERS: tuple[Resizer, ...] = ("area", "bilinear", "bicubic")


def draws_everyday(config: DegradationConfig, generator: np.random.Generator) -> bool:
    """Draw whether a picture meets a kind of everyday damage rather than the camera or two-order model."""
    return bool(config.kinds) and bool(generator.random() < sum(share for _, share in config.kinds))


def degrade(
    picture: Picture,
    config: DegradationConfig,
    generator: np.random.Generator,
    factor: int = 4,
    *,
    is_everyday: bool | None = None,
) -> Picture:
    """The damaged picture, `factor` times smaller, rounded to 8 bits.

    Args:
        picture: (H, W, 3) float32 0..1, sides multiples of `factor`.
        config: strengths.
        generator: all randomness comes from here.
        factor: how many times smaller.
        is_everyday: what `draws_everyday` said for this picture; drawn here if None.

    Returns:
        (H / factor, W / factor, 3) float32 0..1. Where all channels of the picture are equal, so are those of the result.
    """
    size = Size(picture.shape[1] // factor, picture.shape[0] // factor)
    if is_everyday is None:
        is_everyday = draws_everyday(config, generator)
    damaged = stages.rounded(_damaged(picture, size, config, generator, is_everyday))
    return stages.rounded(stages.gray(damaged)) if stages.is_gray(picture) else damaged


def _damaged(
    picture: Picture, size: Size, config: DegradationConfig, generator: np.random.Generator, is_everyday: bool
) -> Picture:
    if is_everyday:
        shares = np.array([share for _, share in config.kinds])
        name = config.kinds[int(generator.choice(len(shares), p=shares / shares.sum()))][0]
        return KINDS[name](picture, size, generator)
    if generator.random() < config.heavy_share:
        return _two_order(picture, size, config, generator)
    return _camera(picture, size, config.camera, generator)


def target(picture: Picture, config: DegradationConfig) -> Picture:
    """The picture a student shall make of the damaged one: this one, sharpened if the damage is of that kind (SeeSR)."""
    return stages.sharpened_target(picture) if config.sharpens_target else picture


def soften(picture: Picture, generator: np.random.Generator) -> Picture:
    """A worse picture of the same size: what a teacher is shown under the "degraded" prompt, so that guidance can lead away from it."""
    sigma = generator.uniform(0.8, 2.2)
    worse = stages.blurred(picture, kernels.elliptical(15, _spec(generator, (sigma, sigma))))
    if generator.random() < 0.5:
        worse = stages.with_gaussian_noise(worse, generator.uniform(2, 12) / 255, generator.random() < 0.4, generator)
    if generator.random() < 0.5:
        worse = stages.with_jpeg(worse, int(generator.integers(25, 75)))
    return stages.rounded(worse)


def _camera(picture: Picture, size: Size, config: CameraConfig, generator: np.random.Generator) -> Picture:
    base = generator.uniform(*config.sigma)
    spread = generator.uniform(0.85, 1.18)
    blur = kernels.BlurSpec("gaussian", base * spread, base / spread, generator.uniform(0, np.pi))
    small = stages.blurred(picture, kernels.elliptical(25, blur))
    small = stages.resized(small, size, "area" if generator.random() < 0.3 else "bilinear")
    if generator.random() < config.noisy_probability:
        read = generator.uniform(*config.noisy_read_noise) / 255
    else:
        read = generator.uniform(*config.read_noise) ** 2 / 4 / 255
    shot = generator.uniform(*config.shot_noise)
    small = stages.with_sensor_noise(small, read, shot, generator.choice([0.0, 0.5, 0.8]), generator)
    if generator.random() < config.sharpen_probability:
        small = stages.sharpened(small, generator.uniform(*config.sharpen_amount), generator.uniform(0.6, 1.6))
    if generator.random() < config.jpeg_probability:
        small = stages.with_jpeg(small, int(generator.integers(*config.jpeg_quality, endpoint=True)))
    return small


def _two_order(picture: Picture, size: Size, config: DegradationConfig, generator: np.random.Generator) -> Picture:
    full = Size(picture.shape[1], picture.shape[0])
    worse = _round(picture, full, config.first, generator)
    worse = stages.with_jpeg(worse, _quality(config.first, generator))
    worse = _round(worse, size, config.second, generator)
    ring = generator.random() < config.final_sinc_probability
    kernel = kernels.sinc(_odd_size(generator), generator.uniform(np.pi / 3, np.pi))
    jpeg_last = generator.random() < 0.5
    if jpeg_last:
        worse = stages.resized(worse, size, _resizer(generator))
        worse = stages.blurred(worse, kernel) if ring else worse
        return stages.with_jpeg(worse, _quality(config.second, generator))
    worse = stages.with_jpeg(worse, _quality(config.second, generator))
    worse = stages.resized(worse, size, _resizer(generator))
    return stages.blurred(worse, kernel) if ring else worse


def _round(picture: Picture, unit: Size, config: StageConfig, generator: np.random.Generator) -> Picture:
    if generator.random() < config.blur_probability:
        picture = stages.blurred(picture, _kernel(config, generator))
    choice = generator.choice(3, p=config.resize_probabilities)
    low, high = config.resize_range
    scale = (generator.uniform(1, high), generator.uniform(low, 1), 1.0)[choice]
    picture = stages.resized(picture, unit.scaled(scale), _resizer(generator))
    is_grey = bool(generator.random() < config.grey_probability)
    if generator.random() < config.gaussian_probability:
        return stages.with_gaussian_noise(picture, generator.uniform(*config.noise_sigma) / 255, is_grey, generator)
    return stages.with_poisson_noise(picture, generator.uniform(*config.poisson_scale), is_grey, generator)


def _kernel(config: StageConfig, generator: np.random.Generator) -> Picture:
    size = _odd_size(generator)
    if generator.random() < config.sinc_probability:
        return kernels.sinc(size, generator.uniform(np.pi / 3 if size < 13 else np.pi / 5, np.pi))
    return kernels.elliptical(size, _spec(generator, config.sigma))


def _spec(generator: np.random.Generator, sigma: tuple[float, float]) -> kernels.BlurSpec:
    """The shares and exponents are Real-ESRGAN's: 70, 15 and 15 %, of which 25 of 70, 3 of 15 and 3 of 15 are not round."""
    shape: kernels.KernelShape = generator.choice(["gaussian", "generalised", "plateau"], p=[0.7, 0.15, 0.15])
    beta = {"gaussian": 1.0, "generalised": generator.uniform(0.5, 4.0), "plateau": generator.uniform(1.0, 2.0)}[shape]
    is_round = generator.random() >= (25 / 70 if shape == "gaussian" else 0.2)
    sigma_x = generator.uniform(*sigma)
    sigma_y = sigma_x if is_round else generator.uniform(*sigma)
    return kernels.BlurSpec(shape, sigma_x, sigma_y, generator.uniform(-np.pi, np.pi), beta)


def _odd_size(generator: np.random.Generator) -> int:
    return int(2 * generator.integers(3, 11) + 1)


def _resizer(generator: np.random.Generator) -> Resizer:
    return _RESIZERS[int(generator.integers(3))]


def _quality(config: StageConfig, generator: np.random.Generator) -> int:
    return int(generator.integers(*config.jpeg_quality, endpoint=True))
