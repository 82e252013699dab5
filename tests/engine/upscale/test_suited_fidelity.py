"""The fidelity that suits a picture: much for a clean one, none for one whose noise or blocks would come back."""

import numpy as np
import pytest

from mfsr_engine.api import UpscaleSettings
from mfsr_engine.images.damage import Damage
from mfsr_engine.upscale.suited_fidelity import MOST_BLOCKINESS, suited_fidelity, with_suited_fidelity


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
