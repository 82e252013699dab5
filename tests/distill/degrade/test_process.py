"""Whole degradations: a small damaged picture of the right size, the same for the same seed, aligned with the good one."""

import numpy as np
import pytest

from distill.degrade import PRESETS, DegradationConfig, StageConfig, degrade, preset, soften
from mfsr_engine.errors import RequestError


@pytest.fixture
def picture():
    rows, columns = np.mgrid[0:64, 0:96] / 96
    planes = [0.5 + 0.4 * np.sin(30 * rows * columns), np.where(columns > rows, 0.8, 0.2), 0.9 - 0.8 * columns]
    return np.stack(planes, axis=2).astype(np.float32)


@pytest.mark.parametrize("name", PRESETS)
def test_result_is_four_times_smaller_in_whole_eight_bit_values(name, picture):
    before = picture.copy()
    for seed in range(12):
        small = degrade(picture, preset(name), np.random.default_rng(seed))
        assert small.shape == (16, 24, 3)
        assert small.dtype == np.float32
        counts = small * 255
        np.testing.assert_allclose(counts, np.round(counts), atol=1e-4)
        assert small.min() >= 0
        assert small.max() <= 1
    assert np.array_equal(picture, before)


@pytest.mark.parametrize("name", PRESETS)
def test_same_seed_gives_the_same_damage_and_another_seed_another(name, picture):
    first, again, other = (degrade(picture, preset(name), np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", PRESETS)
def test_many_damaged_pictures_lie_where_the_good_one_does(name):
    """The mean over seeds of a slope is the slope: no stage shifts, none darkens."""
    slope = np.tile((0.25 + 0.5 * (np.arange(128) + 0.5) / 128)[None, :, None], (128, 1, 3)).astype(np.float32)
    mean = np.mean([degrade(slope, preset(name), np.random.default_rng(seed)) for seed in range(60)], axis=0)
    wanted = 0.25 + 0.5 * (np.arange(32) + 0.5) / 32
    np.testing.assert_allclose(mean.mean(axis=(0, 2))[3:-3], wanted[3:-3], atol=0.012)


def test_presets_are_ordered_by_the_damage_they_do(picture):
    ideal = picture.reshape(16, 4, 24, 4, 3).mean(axis=(1, 3))

    def damage(name):
        results = [degrade(picture, preset(name), np.random.default_rng(seed)) for seed in range(40)]
        return float(np.mean([np.abs(result - ideal).mean() for result in results]))

    assert damage("camera") < damage("mixed") < damage("heavy")


def test_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(RequestError, match="heavy, camera, mixed"):
        preset("gentle")


def test_heavy_has_the_published_numbers_of_seesr():
    assert preset("heavy") == DegradationConfig(
        heavy_share=1.0,
        first=StageConfig(
            blur_probability=1.0,
            sigma=(0.2, 3.0),
            sinc_probability=0.1,
            resize_probabilities=(0.2, 0.7, 0.1),
            resize_range=(0.15, 1.5),
            noise_sigma=(1, 30),
            poisson_scale=(0.05, 3),
            gaussian_probability=0.5,
            grey_probability=0.4,
            jpeg_quality=(30, 95),
        ),
        second=StageConfig(
            blur_probability=0.8,
            sigma=(0.2, 1.5),
            sinc_probability=0.1,
            resize_probabilities=(0.3, 0.4, 0.3),
            resize_range=(0.3, 1.2),
            noise_sigma=(1, 25),
            poisson_scale=(0.05, 2.5),
            gaussian_probability=0.5,
            grey_probability=0.4,
            jpeg_quality=(30, 95),
        ),
        final_sinc_probability=0.8,
        sharpens_target=True,
    )


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS)
def test_every_range_and_share_of_a_preset_makes_sense(config):
    assert 0 <= config.heavy_share <= 1
    for stage in (config.first, config.second):
        assert sum(stage.resize_probabilities) == pytest.approx(1.0)
        assert stage.resize_range[0] < 1 < stage.resize_range[1]
        for share in (stage.blur_probability, stage.sinc_probability, stage.gaussian_probability):
            assert 0 <= share <= 1
        for low, high in (stage.sigma, stage.noise_sigma, stage.poisson_scale, stage.jpeg_quality):
            assert 0 < low <= high
        assert stage.jpeg_quality[1] <= 100
    camera = config.camera
    for low, high in (camera.sigma, camera.read_noise, camera.noisy_read_noise, camera.shot_noise):
        assert 0 <= low <= high
    assert 0 <= camera.noisy_probability < 0.5


def test_softened_picture_keeps_its_size_and_loses_detail(picture):
    worse = soften(picture, np.random.default_rng(0))
    assert worse.shape == picture.shape
    assert worse.dtype == np.float32
    assert np.array_equal(worse, soften(picture, np.random.default_rng(0)))
    edges = [np.abs(np.diff(p[..., 1], axis=1)).max() for p in (picture, worse)]
    assert edges[1] < 0.7 * edges[0]
