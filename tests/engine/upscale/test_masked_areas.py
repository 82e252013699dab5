"""Parts of a picture that are left alone or made with another fidelity; all the rest is as without them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mfsr_engine.api import ColorCorrection, MaskedAreas, UpscaleRequest
from mfsr_engine.errors import RequestError
from mfsr_engine.geometry import Rect
from mfsr_engine.models.resample import enlarge
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.engine import Engine

INNER = (slice(130, 230), slice(170, 310))
"""Part of the result that lies well within `mask`."""


@pytest.fixture
def mask(photograph):
    mask = np.zeros(photograph.shape[:2], np.uint8)
    mask[30:60, 40:80] = 255
    return mask


def run(pixels, settings, areas=None, **options):
    return Engine().upscale(UpscaleRequest(pixels, settings, areas=areas, **options), Progress())


def enlarged(pixels):
    large = enlarge(torch.from_numpy(pixels).permute(2, 0, 1)[None], 4)[0]
    return large.clamp(0, 1).permute(1, 2, 0).numpy()


def far_from(mask):
    """Where the result of a mask is as without: 2 input pixels from it and more."""
    far = np.ones(mask.shape, bool)
    far[28:62, 38:82] = False
    return far.repeat(4, axis=0).repeat(4, axis=1)


@pytest.mark.parametrize("color", [ColorCorrection.WAVELET, ColorCorrection.ADAIN, ColorCorrection.NONE])
def test_areas_left_alone_are_the_enlarged_input_and_all_else_is_untouched(photograph, settings, mask, color):
    chosen = settings(tile_px=64, color=color, fidelity=0.4)
    plain = run(photograph, chosen)
    result = run(photograph, chosen, MaskedAreas(mask))
    assert np.abs(result.pixels - enlarged(photograph))[INNER].max() < 1e-5
    assert np.array_equal(result.pixels[far_from(mask)], plain.pixels[far_from(mask)])
    assert np.abs(plain.pixels - enlarged(photograph))[INNER].max() > 0.01
    assert result.notes == ("8.9 % of the picture was left alone and only enlarged.",)


@pytest.mark.parametrize("color", [ColorCorrection.WAVELET, ColorCorrection.ADAIN])
def test_another_fidelity_applies_in_the_areas(photograph, settings, mask, color):
    low, high = settings(tile_px=64, color=color), settings(tile_px=64, color=color, fidelity=1.0)
    plain, close = run(photograph, low), run(photograph, high)
    result = run(photograph, low, MaskedAreas(mask, 1.0))
    assert np.abs(result.pixels - close.pixels)[INNER].max() < 1e-6
    assert np.array_equal(result.pixels[far_from(mask)], plain.pixels[far_from(mask)])
    assert result.notes == ("8.9 % of the picture was made with a fidelity of 100 %.",)


def test_a_soft_mask_lies_between(photograph, settings, mask):
    half = run(photograph, settings(), MaskedAreas(mask // 2)).pixels
    between = (run(photograph, settings()).pixels + enlarged(photograph)) / 2
    assert np.abs(half - between)[INNER].max() < 0.01


@pytest.mark.parametrize("fidelity", [None, 0.7])
@pytest.mark.parametrize("is_tileable", [False, True])
def test_a_region_equals_the_same_part_of_the_whole(photograph, settings, mask, fidelity, is_tileable):
    chosen, areas = settings(tile_px=64, is_tileable=is_tileable), MaskedAreas(mask, fidelity)
    whole = run(photograph, chosen, areas).pixels
    part = run(photograph, chosen, areas, region=Rect(33, 21, 60, 40)).pixels
    assert np.array_equal(part, whole[84:244, 132:372])


def test_pieces_and_tiles_that_are_shown_early_have_the_areas(photograph, settings, mask):
    areas = MaskedAreas(mask)
    shown = np.zeros((*(4 * side for side in mask.shape), 3), np.uint8)
    progress = Progress(on_tile=lambda tile: shown.__setitem__(tile.area.slices(), tile.pixels))
    whole = Engine().upscale(UpscaleRequest(photograph, settings(tile_px=64), areas=areas), progress).pixels
    assert np.abs(shown / 255 - whole).max() < 0.003


def test_an_empty_mask_changes_nothing(photograph, settings, mask):
    plain = run(photograph, settings())
    result = run(photograph, settings(), MaskedAreas(np.zeros_like(mask)))
    assert np.array_equal(result.pixels, plain.pixels)
    assert result.notes == ()


def test_gray_stays_gray(photograph, settings, mask):
    gray = np.repeat(photograph[..., :1], 3, axis=2)
    result = run(gray, settings(), MaskedAreas(mask)).pixels
    assert np.array_equal(result[..., 0], result[..., 2])


def test_a_mask_of_another_size_or_an_impossible_fidelity_is_refused(photograph, mask):
    with pytest.raises(RequestError, match="mask of shape"):
        UpscaleRequest(photograph, areas=MaskedAreas(mask[1:]))
    with pytest.raises(RequestError, match="Fidelity"):
        MaskedAreas(mask, 1.5)
