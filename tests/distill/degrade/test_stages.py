"""Single kinds of damage: what each does to a picture, and that it does nothing else."""

import numpy as np
import pytest

from distill.degrade import stages
from distill.degrade.kernels import BlurSpec, elliptical
from mfsr_engine.geometry import Size


@pytest.fixture
def picture():
    rows, columns = np.mgrid[0:48, 0:64] / 64
    planes = [0.5 + 0.4 * np.sin(20 * rows * columns), np.where(columns > rows, 0.8, 0.2), 0.9 - 0.8 * columns]
    return np.stack(planes, axis=2).astype(np.float32)


def flat(value, side=256):
    return np.full((side, side, 3), value, np.float32)


def random(seed=0):
    return np.random.default_rng(seed)


STAGES = {
    "blur": lambda p, g: stages.blurred(p, elliptical(7, BlurSpec("gaussian", 1.0, 2.0, 0.5))),
    "area": lambda p, g: stages.resized(p, Size(20, 15), "area"),
    "bilinear": lambda p, g: stages.resized(p, Size(90, 60), "bilinear"),
    "bicubic": lambda p, g: stages.resized(p, Size(20, 70), "bicubic"),
    "gaussian": lambda p, g: stages.with_gaussian_noise(p, 0.1, False, g),
    "grey gaussian": lambda p, g: stages.with_gaussian_noise(p, 0.1, True, g),
    "poisson": lambda p, g: stages.with_poisson_noise(p, 2.0, False, g),
    "grey poisson": lambda p, g: stages.with_poisson_noise(p, 2.0, True, g),
    "sensor": lambda p, g: stages.with_sensor_noise(p, 0.01, 0.001, 0.8, g),
    "jpeg": lambda p, g: stages.with_jpeg(p, 40),
    "sharpen": lambda p, g: stages.sharpened(p, 1.0, 1.2),
    "sharpened target": lambda p, g: stages.sharpened_target(p),
    "rounded": lambda p, g: stages.rounded(p),
}


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_stage_is_pure_and_reproducible(stage, picture):
    before = picture.copy()
    first, again = stage(picture, random(3)), stage(picture, random(3))
    assert np.array_equal(picture, before)
    assert np.array_equal(first, again)
    assert first.dtype == np.float32
    assert not np.array_equal(first, picture)


@pytest.mark.parametrize("name", ["gaussian", "grey gaussian", "poisson", "grey poisson", "sensor"])
def test_noise_differs_from_generator_to_generator(name, picture):
    assert not np.array_equal(STAGES[name](picture, random(3)), STAGES[name](picture, random(4)))


@pytest.mark.parametrize("name", sorted(set(STAGES) - {"bicubic", "blur"}))
def test_stage_stays_within_the_range_of_pictures(name, picture):
    result = STAGES[name]((picture > 0.5).astype(np.float32), random())
    assert result.min() >= 0
    assert result.max() <= 1


@pytest.mark.parametrize(("resizer", "width"), [("area", 16), ("bilinear", 16), ("bilinear", 128), ("bicubic", 128)])
def test_resize_does_not_shift(resizer, width):
    """A slope stays the same slope at the new pixels' centres."""
    slope = np.tile(((np.arange(64) + 0.5) / 64)[None, :, None], (64, 1, 3)).astype(np.float32)
    resized = stages.resized(slope, Size(width, width), resizer)
    inner = slice(width // 8, -width // 8)
    np.testing.assert_allclose(resized[0, inner, 0], ((np.arange(width) + 0.5) / width)[inner], atol=2e-3)


def test_gaussian_noise_has_the_asked_strength():
    noise = stages.with_gaussian_noise(flat(0.5), 0.05, False, random()) - 0.5
    assert noise.std() == pytest.approx(0.05, rel=0.02)
    assert abs(noise.mean()) < 1e-3
    assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("noise", [stages.with_gaussian_noise, stages.with_poisson_noise])
def test_grey_noise_is_equal_in_all_channels(noise):
    difference = noise(flat(0.5), 0.05, True, random()) - 0.5
    np.testing.assert_allclose(difference[..., 0], difference[..., 2], atol=1e-6)


@pytest.mark.parametrize("level", [0.1, 0.4])
def test_shot_noise_has_the_variance_of_its_counts(level):
    noise = stages.with_poisson_noise(flat(level), 1.0, False, random()) - level
    assert noise.std() == pytest.approx((level / 255) ** 0.5, rel=0.03)
    assert abs(noise.mean()) < 1e-3


@pytest.mark.parametrize(("level", "grain"), [(0.2, 0.0), (0.2, 0.8), (0.7, 0.5)])
def test_sensor_noise_is_read_and_shot_noise_at_full_strength_whatever_its_grain(level, grain):
    noise = stages.with_sensor_noise(flat(level), 0.01, 0.0008, grain, random()) - level
    assert noise.std() == pytest.approx((0.01**2 + 0.0008 * level) ** 0.5, rel=0.03)


def test_grain_makes_neighbours_alike():
    def likeness(grain):
        noise = stages.with_sensor_noise(flat(0.5), 0.05, 0.0, grain, random())[..., 0] - 0.5
        return np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1]

    assert abs(likeness(0.0)) < 0.02
    assert likeness(0.8) > 0.5


def test_jpeg_of_lower_quality_is_further_from_the_picture(picture):
    def distance(quality):
        return float(np.abs(stages.with_jpeg(picture, quality) - picture).mean())

    assert distance(95) < distance(60) < distance(30)
    assert distance(95) < 0.03


def test_jpeg_keeps_colours_in_their_channels():
    red = np.zeros((16, 16, 3), np.float32)
    red[..., 0] = 1
    np.testing.assert_allclose(stages.with_jpeg(red, 95), red, atol=0.02)


def test_sharpening_leaves_flat_areas_alone_and_makes_halos():
    assert np.allclose(stages.sharpened(flat(0.4, 32), 1.0, 1.0), 0.4, atol=1e-6)
    edge = np.where(np.arange(32) < 16, 0.3, 0.7)[None, :, None].repeat(32, 0).repeat(3, 2).astype(np.float32)
    sharp = stages.sharpened(edge, 1.0, 1.0)
    assert sharp.min() < 0.25
    assert sharp.max() > 0.75


def test_rounding_gives_whole_eight_bit_values(picture):
    rounded = stages.rounded(picture * 3 - 1)
    counts = rounded * 255
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-4)
    assert (rounded.min(), rounded.max()) == (0.0, 1.0)
