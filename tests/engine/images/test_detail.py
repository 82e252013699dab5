"""Where detail ends is found in pictures that were enlarged or blurred, and nowhere else."""

import cv2
import numpy as np
import pytest

from mfsr_engine.images.detail import detail_limit


def natural(side=384, seed=0):
    """(side, side, 3) float32 whose spectrum falls as that of natural pictures does, to the last pixel."""
    random = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    frequency[0, 0] = np.inf
    phases = random.uniform(0, 2 * np.pi, frequency.shape)
    waves = np.fft.irfft2(np.exp(1j * phases) / frequency, s=(side, side))
    gray = 0.5 + 0.15 * waves / waves.std()
    return np.clip(gray, 0, 1).astype(np.float32)[..., None].repeat(3, axis=2)


def enlarged(factor):
    side = 384
    small = cv2.resize(natural(), (round(side / factor),) * 2, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)


def test_a_sharp_picture_needs_all_of_its_size():
    assert detail_limit(natural()) > 0.75


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_one_that_was_enlarged_needs_what_it_was_and_not_much_more(factor):
    assert 1 / factor <= detail_limit(enlarged(factor)) < 1 / factor + 0.3


def test_blur_takes_detail_away():
    picture = natural()
    found = [detail_limit(cv2.GaussianBlur(picture, (0, 0), sigma)) for sigma in (0.5, 1.0, 2.0, 4.0)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.3


def test_noise_is_no_detail():
    noisy = enlarged(4) + np.random.default_rng(1).normal(0, 0.03, (384, 384, 3)).astype(np.float32)
    assert detail_limit(noisy) < 0.6


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_it_is_the_same_whatever_the_samples_are(kind):
    picture = enlarged(3)
    samples = np.rint(np.clip(picture, 0, 1) * np.iinfo(kind).max).astype(kind)
    assert detail_limit(samples) == pytest.approx(detail_limit(picture), abs=0.1)


@pytest.mark.parametrize("pixels", [np.zeros((200, 200, 3)), np.zeros((8, 900, 3)), np.full((64, 64, 3), 0.25)])
def test_without_detail_nothing_is_advised(pixels):
    assert detail_limit(pixels) == 1.0
