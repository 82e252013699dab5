"""Kinds of everyday damage: size, range, repeatability, and what each leaves behind."""

import numpy as np
import pytest

from distill.degrade import degrade, draws_everyday, preset, stages
from distill.degrade.kinds import KINDS, VALIDATION_KINDS, Compressed, CompressedTwice, Print, Reduced, Web
from mfsr_engine.geometry import Size

ALL = [*KINDS.items(), *VALIDATION_KINDS.items()]
SMALL = Size(24, 16)


@pytest.fixture
def picture():
    rows, columns = np.mgrid[0:64, 0:96] / 96
    planes = [0.5 + 0.4 * np.sin(30 * rows * columns), np.where(columns > rows, 0.8, 0.2), 0.9 - 0.8 * columns]
    return np.stack(planes, axis=2).astype(np.float32)


@pytest.mark.parametrize(("name", "kind"), ALL, ids=[name for name, _ in ALL])
def test_every_kind_gives_the_asked_size_within_range_and_repeats(name, kind, picture):
    before = picture.copy()
    first, again = (kind(picture, SMALL, np.random.default_rng(3)) for _ in range(2))
    assert first.shape == (16, 24, 3)
    assert first.dtype == np.float32
    assert first.min() >= 0
    assert first.max() <= 1
    assert np.array_equal(first, again)
    assert np.array_equal(picture, before)


@pytest.mark.parametrize(("name", "kind"), KINDS.items(), ids=KINDS)
def test_many_damaged_pictures_lie_where_the_good_one_does(name, kind):
    slope = np.tile((0.25 + 0.5 * (np.arange(128) + 0.5) / 128)[None, :, None], (128, 1, 3)).astype(np.float32)
    mean = np.mean([kind(slope, Size(32, 32), np.random.default_rng(seed)) for seed in range(40)], axis=0)
    wanted = 0.25 + 0.5 * (np.arange(32) + 0.5) / 32
    np.testing.assert_allclose(mean.mean(axis=(0, 2))[4:-4], wanted[4:-4], atol=0.03 if name == "print" else 0.015)


def blockiness(picture):
    """Mean step across the borders of 8x8 blocks over that inside of them."""
    steps = np.abs(np.diff(picture.mean(axis=2), axis=1))
    at_border = np.arange(steps.shape[1]) % 8 == 7
    return steps[:, at_border].mean() / steps[:, ~at_border].mean()


@pytest.fixture
def large():
    """A soft large picture, whose blocks after strong compression stand out."""
    soft = stages.blurred(
        np.random.default_rng(1).random((512, 512, 3), np.float32), np.full((31, 31), 1 / 961, np.float32)
    )
    return np.clip(0.5 + 0.2 * (soft - soft.mean()) / soft.std(), 0, 1)


def test_lower_quality_leaves_more_of_the_blocks(large):
    size = Size(128, 128)
    found = [blockiness(Compressed((q, q), 0.0)(large, size, np.random.default_rng(0))) for q in (95, 10)]
    assert found[1] > 1.5 * found[0]


def test_the_blocks_of_the_first_compression_lie_off_the_grid_of_the_second(large):
    size = Size(128, 128)
    twice = CompressedTwice((8, 8), (98, 98), (1.0, 1.0))
    off = [blockiness(twice(large, size, np.random.default_rng(seed))) for seed in range(8)]
    once = blockiness(Compressed((8, 8), 0.0)(large, size, np.random.default_rng(0)))
    assert np.median(off) < 0.7 * once


def test_web_pictures_are_sharper_than_reduced_ones(picture):
    plain = Reduced(("lanczos",))(picture, SMALL, np.random.default_rng(0))
    web = Web(("lanczos",), (1.0, 1.0), (0.8, 0.8), (95, 95), 0.0)(picture, SMALL, np.random.default_rng(0))
    assert np.abs(np.diff(web, axis=1)).mean() > 1.05 * np.abs(np.diff(plain, axis=1)).mean()


def test_printing_keeps_the_tone_and_adds_dots():
    flat = np.full((128, 128, 3), 0.5, np.float32)
    dots = stages.halftoned(flat, 6.0, 0.3)
    assert dots.std() > 0.2
    assert dots.mean() == pytest.approx(0.5, abs=0.03)
    assert Print()(flat, Size(32, 32), np.random.default_rng(0)).mean() == pytest.approx(0.5, abs=0.03)


def test_grain_is_equal_in_all_channels_unless_it_is_colored():
    flat = np.full((32, 32, 3), 0.5, np.float32)
    gray = stages.with_grain(flat, 0.05, 0.5, True, np.random.default_rng(0))
    colored = stages.with_grain(flat, 0.05, 0.5, False, np.random.default_rng(0))
    assert stages.is_gray(gray)
    assert not stages.is_gray(colored)
    assert gray.std() == pytest.approx(0.05, rel=0.1)


def test_grain_is_weaker_in_black_and_white_than_between():
    levels = [
        stages.with_grain(np.full((64, 64, 3), v, np.float32), 0.02, 0.0, True, np.random.default_rng(0)).std()
        for v in (0.1, 0.5, 0.9)
    ]
    assert levels[1] > 1.3 * max(levels[0], levels[2])


def test_everyday_shares_are_drawn_as_said():
    config = preset("everyday")
    generator = np.random.default_rng(0)
    share = np.mean([draws_everyday(config, generator) for _ in range(4000)])
    assert share == pytest.approx(sum(share for _, share in config.kinds), abs=0.03)
    assert not draws_everyday(preset("mixed"), generator)


def test_a_black_and_white_picture_stays_one_whatever_it_meets(picture):
    gray = stages.gray(picture)
    for seed in range(40):
        assert stages.is_gray(degrade(gray, preset("everyday"), np.random.default_rng(seed)))
