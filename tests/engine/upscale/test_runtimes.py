"""Pictures of the bundled model, whatever runs its network."""

import numpy as np
import pytest

from mfsr_engine.api import DeviceChoice, DtypeChoice, UpscaleRequest, UpscaleSettings
from mfsr_engine.geometry import Rect
from mfsr_engine.models.compact import model_folder
from mfsr_engine.models.compact.folded import start_torch
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.engine import Engine

SETTINGS = UpscaleSettings(device=DeviceChoice.CPU, dtype=DtypeChoice.FP32, steps=1, tile_px=64)


@pytest.fixture
def photograph():
    rows, columns = np.mgrid[0:48, 0:104].astype(np.float32)
    ripples = 0.5 + 0.3 * np.sin(rows[..., None] / [5, 6, 7]) * np.cos(columns[..., None] / [9, 8, 7])
    return (ripples + 0.3 * (columns > 50)[..., None]).clip(0, 1).astype(np.float32)


@pytest.fixture
def upscaled(monkeypatch, photograph):
    """What the bundled model makes of the photograph, or of a region, with one runtime."""

    def run(start, region=None):
        monkeypatch.setattr(model_folder, "start_fastest", start)
        return Engine().upscale(UpscaleRequest(photograph, SETTINGS, region=region), Progress()).pixels

    return run


@pytest.fixture
def start_ncnn():
    pytest.importorskip("ncnn", reason="the optional runtime is not installed")
    from mfsr_engine.models.compact.runtime import start_ncnn

    return start_ncnn


def test_pictures_of_both_runtimes_differ_by_less_than_any_screen_shows(upscaled, start_ncnn):
    assert np.abs(upscaled(start_torch) - upscaled(start_ncnn)).max() < 1e-4  # of 1; a level of 255 is 4e-3


def test_a_region_equals_the_whole_to_the_bit(upscaled, start_ncnn):
    whole = upscaled(start_ncnn)
    part = upscaled(start_ncnn, Rect(44, 10, 30, 20))
    np.testing.assert_array_equal(part, whole[40:120, 176:296])
