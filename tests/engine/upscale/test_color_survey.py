"""Colours of a picture of many tiles, against the formulas over the whole picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from mfsr_engine.api import ColorCorrection, UpscaleRequest, UpscaleSettings
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images import bicubic
from mfsr_engine.models.flow import FlowModel
from mfsr_engine.progress import FinishedTile, Progress, ProgressReport
from mfsr_engine.upscale import color_survey, tiling
from mfsr_engine.upscale.color import ChannelMap, adain, wavelet
from mfsr_engine.upscale.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Settings = Callable[..., UpscaleSettings]


def run(pixels: NDArray[np.float32], settings: UpscaleSettings, region: Rect | None = None) -> NDArray[np.float32]:
    return Engine().upscale(UpscaleRequest(pixels, settings, region=region), Progress()).pixels


def by_formula(
    function: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    painted: NDArray[np.float32],
    photograph: NDArray[np.float32],
) -> NDArray[np.float32]:
    content, style = (torch.from_numpy(v).permute(2, 0, 1)[None] for v in (painted, bicubic(photograph, 4)))
    return function(content, style)[0].permute(1, 2, 0).clamp(0, 1).numpy()


@pytest.fixture
def pale(photograph: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch) -> NDArray[np.float32]:
    """A picture whose results stay clear of black and white, where they are cut off before the formula here sees them; the model makes
    them warmer and flatter.
    """
    upscale = FlowModel.upscale

    def tinted(model: FlowModel, source: torch.Tensor, *rest: Any) -> torch.Tensor:
        result = upscale(model, source, *rest)
        return result * 0.8 + torch.tensor([0.16, 0.1, 0.04])[:, None, None]

    monkeypatch.setattr(FlowModel, "upscale", tinted)
    return (0.3 + 0.4 * photograph).astype(np.float32)


@pytest.mark.parametrize("tile_px", [48, 512])
def test_adain_is_that_of_the_whole_picture(pale: NDArray[np.float32], settings: Settings, tile_px: int) -> None:
    """Bound: 0.002, as overlaps count with the squares of tiles, and the formula's bicubic has other edges."""
    painted = run(pale, settings(color=ColorCorrection.NONE, tile_px=tile_px))
    found = run(pale, settings(color=ColorCorrection.ADAIN, tile_px=tile_px))
    wanted = by_formula(adain, painted, pale)
    assert np.abs(wanted - painted).max() > 0.02, "the correction does something"
    assert np.abs(found - wanted).max() < 0.002


def test_the_wavelet_is_that_of_the_whole_picture(pale: NDArray[np.float32], settings: Settings) -> None:
    painted = run(pale, settings(color=ColorCorrection.NONE, tile_px=64))
    found = run(pale, settings(color=ColorCorrection.WAVELET, tile_px=64))
    wanted = by_formula(wavelet, painted, pale)
    assert np.abs(wanted - painted).max() > 0.02
    inner = (slice(8, -8), slice(8, -8))  # the formula's bicubic has other edges
    assert np.abs(found - wanted)[inner].max() < 0.002


@pytest.mark.parametrize("region", [Rect(0, 0, 20, 20), Rect(137, 81, 80, 50)])
def test_a_region_has_the_colors_of_the_whole(
    photograph: NDArray[np.float32], settings: Settings, region: Rect
) -> None:
    wide = np.tile(photograph, (2, 2, 1))
    asked = settings(color=ColorCorrection.ADAIN, tile_px=40)
    whole = run(wide, asked)
    assert np.array_equal(run(wide, asked, region), whole[region.scaled(4).slices()])


def test_tiles_that_were_painted_first_are_not_painted_again(
    photograph: NDArray[np.float32], settings: Settings
) -> None:
    reports: list[ProgressReport] = []
    tiles: list[FinishedTile] = []
    asked = settings(color=ColorCorrection.ADAIN, tile_px=40)
    Engine().upscale(UpscaleRequest(photograph, asked), Progress(reports.append, tiles.append))
    steps = [report for report in reports if report.stage == "Upscaling"]
    assert steps[-1].fraction == 1
    assert steps[-1].total == len(tiles)


def test_parts_of_one_picture_are_surveyed_once(photograph: NDArray[np.float32], settings: Settings) -> None:
    wide = np.tile(photograph, (2, 2, 1))
    asked, engine = settings(color=ColorCorrection.ADAIN, tile_px=40), Engine()
    whole = run(wide, asked)

    def steps_for(pixels: NDArray[np.float32], region: Rect, asked: UpscaleSettings) -> int:
        reports: list[ProgressReport] = []
        found = engine.upscale(UpscaleRequest(pixels, asked, region=region), Progress(reports.append)).pixels
        if pixels is wide and asked.seed == 0 and asked.fidelity == 0:
            assert np.array_equal(found, whole[region.scaled(4).slices()])
        return reports[-1].total or 0

    first, second = Rect(137, 81, 30, 30), Rect(20, 20, 30, 30)
    begun = steps_for(wide, first, asked)
    assert steps_for(wide, second, asked) <= begun - 10, "16 tiles were painted to learn the colors"
    assert steps_for(wide, first, replace(asked, fidelity=0.5)) <= begun - 10
    assert steps_for(wide.copy(), first, asked) == begun, "it may be another picture"
    assert steps_for(wide, first, replace(asked, seed=1)) == begun


@pytest.mark.parametrize("has_alpha", [False, True])
def test_a_survey_is_remembered_for_the_very_same_arrays(has_alpha: bool) -> None:
    memory, colors = color_survey.SurveyMemory(), ChannelMap((1.0,), (0.0,))
    pixels = np.zeros((4, 4, 3), np.float32)
    alpha = np.ones((4, 4), np.float32) if has_alpha else None
    assert memory.find(pixels, alpha, "key") is None
    memory.keep(pixels, alpha, "key", colors)
    assert memory.find(pixels, alpha, "key") is colors
    assert memory.find(pixels, alpha, "other") is None
    assert memory.find(pixels.copy(), alpha, "key") is None
    assert memory.find(pixels, np.ones((4, 4), np.float32), "key") is None


@pytest.mark.parametrize(("size", "count"), [((40, 40), 1), ((120, 90), 12), ((2000, 3000), 16)])
def test_tiles_are_spread_over_the_picture_and_few(size: tuple[int, int], count: int) -> None:
    plan = tiling.plan(Size(*size), 40, 10)
    samples = color_survey.sample_tiles(plan)
    assert len(samples) == min(count, plan.count)
    assert {0, len(plan.across.starts) - 1} <= {tile.column for tile in samples}
    assert {0, len(plan.down.starts) - 1} <= {tile.row for tile in samples}
