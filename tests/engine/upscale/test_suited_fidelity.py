"""The fidelity that suits a picture: much for a clean one, none for one whose noise or blocks would come back."""

import io

import numpy as np
import pytest
from PIL import Image

from mfsr_engine.api import UpscaleSettings
from mfsr_engine.upscale.suited_fidelity import (
    MOST_BLOCKINESS,
    Damage,
    measured_damage,
    suited_fidelity,
    with_suited_fidelity,
)


def test_the_noisier_a_picture_the_less_it_is_agreed_with():
    found = [suited_fidelity(Damage(noise=noise)) for noise in (0, 1, 2, 3, 4, 6, 12, 40)]
    assert found == sorted(found, reverse=True)
    assert found[0] == 0.5
    assert found[-1] == 0


def test_with_blocks_that_show_it_is_not_agreed_with():
    assert suited_fidelity(Damage(blockiness=MOST_BLOCKINESS + 0.1)) == 0
    assert suited_fidelity(Damage(blockiness=MOST_BLOCKINESS - 0.1)) == 0.5


@pytest.mark.parametrize("fidelity", [0.0, 0.35, 1.0])
def test_a_number_that_was_asked_for_is_kept(fidelity):
    asked = UpscaleSettings(fidelity=fidelity)
    assert with_suited_fidelity(asked, np.zeros((64, 64, 3), np.uint8)) == (asked, ())


@pytest.mark.parametrize(("sigma", "fidelity"), [(0, 0.5), (30, 0.0)])
def test_otherwise_it_is_chosen_from_the_picture_and_said(sigma, fidelity):
    noise = np.random.default_rng(0).standard_normal((96, 96, 3)) * sigma
    pixels = np.clip(128 + noise, 0, 255).astype(np.uint8)
    settings, notes = with_suited_fidelity(UpscaleSettings(is_fidelity_auto=True, seed=5), pixels)
    assert settings == UpscaleSettings(fidelity=fidelity, seed=5)
    assert len(notes) == 1
    assert f"Fidelity {fidelity:g} was chosen" in notes[0]


def smooth(height=192, width=256):
    """(height, width, 3) float32: slow waves around gray, nothing finer."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    plane = 0.5 + 0.2 * np.sin(x / 17) * np.cos(y / 23)
    return plane[..., None].repeat(3, axis=2)


def noisy(sigma, picture=None):
    picture = smooth() if picture is None else picture
    noise = np.random.default_rng(3).standard_normal(picture.shape, dtype=np.float32)
    return np.clip(picture + noise * np.float32(sigma / 255), 0, 1)


def as_jpeg(quality, sigma=6):
    stored = io.BytesIO()
    Image.fromarray(np.rint(noisy(sigma) * 255).astype(np.uint8)).save(stored, "JPEG", quality=quality)
    return np.asarray(Image.open(stored).convert("RGB"))


@pytest.mark.parametrize("sigma", [1, 3, 8, 20])
def test_noise_is_measured_in_levels(sigma):
    assert measured_damage(noisy(sigma)).noise == pytest.approx(sigma, rel=0.15)


def test_a_clean_picture_has_neither():
    found = measured_damage(smooth())
    assert found.noise < 0.3
    assert found.blockiness < 0.1


def test_texture_beside_a_calm_part_is_no_noise():
    picture = smooth()
    picture[:, 128:] = noisy(40, picture[:, 128:])
    assert measured_damage(picture).noise < 2


def test_bars_of_one_color_hide_no_noise():
    picture = noisy(8)
    picture[:48] = picture[-48:] = 0.5
    assert measured_damage(picture).noise > 6


def test_black_and_white_parts_where_noise_is_cut_off_do_not_count():
    picture = smooth()
    picture[:96] = 0.0
    assert measured_damage(noisy(8, picture)).noise == pytest.approx(8, rel=0.25)


def test_blocks_show_the_more_the_harder_a_picture_was_compressed():
    found = [measured_damage(as_jpeg(quality)).blockiness for quality in (95, 30, 10)]
    assert found == sorted(found)
    assert found[0] < 0.5
    assert found[-1] > 1.5


@pytest.mark.parametrize("cut", [(1, 0), (3, 5), (7, 7)])
def test_blocks_are_found_wherever_a_picture_was_cropped(cut):
    pixels, (top, left) = as_jpeg(10), cut
    whole, cropped = measured_damage(pixels), measured_damage(pixels[top:, left:])
    assert cropped.blockiness == pytest.approx(whole.blockiness, rel=0.25)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_samples_of_files_measure_as_floats_do(kind):
    picture = noisy(8)
    samples = np.rint(picture * np.iinfo(kind).max).astype(kind)
    assert measured_damage(samples).noise == pytest.approx(measured_damage(picture).noise, rel=0.1)


@pytest.mark.parametrize("shape", [(1, 1, 3), (8, 500, 3), (15, 15, 3)])
def test_what_is_too_small_to_measure_counts_as_clean(shape):
    assert measured_damage(np.full(shape, 0.5, np.float32)) == Damage()


@pytest.mark.parametrize("shape", [(16, 16, 3), (17, 300, 3), (70, 65, 3)])
def test_any_larger_shape_is_measured(shape):
    assert 0 <= measured_damage(noisy(5, np.full(shape, 0.5, np.float32))).noise < 12
