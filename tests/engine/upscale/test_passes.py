"""Two passes: the second is the model over its own result, and everything that holds for one pass holds for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mfsr_engine.api import (
    ColorCorrection,
    MaskedAreas,
    ModelInfo,
    UpscaleRequest,
    UpscaleResult,
    UpscaleSettings,
    factor_of,
    most_passes,
)
from mfsr_engine.errors import Cancelled, RequestError
from mfsr_engine.files import scratch
from mfsr_engine.geometry import Rect, Size, TargetSize
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.images.quantise import to_uint16
from mfsr_engine.progress import FinishedTile, Progress, ProgressReport, Stage
from mfsr_engine.upscale import passes
from mfsr_engine.upscale.engine import Engine
from mfsr_engine.upscale.passes import PASSES_NOTE, check_first
from mfsr_engine.upscale.tile_runner import TileRunner
from tests.fakes.tiny_model_folder import write_tiny_full_size

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Settings = Callable[..., UpscaleSettings]


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def small(photograph: NDArray[np.float32]) -> NDArray[np.float32]:
    """(18, 24, 3)"""
    return photograph[28:46, 34:58]


def run(engine: Engine, pixels: NDArray[Any], settings: UpscaleSettings, **options: object) -> UpscaleResult:
    return engine.upscale(UpscaleRequest(pixels, settings, **options), Progress())  # type: ignore[arg-type]


def chained(engine: Engine, pixels: NDArray[Any], settings: UpscaleSettings) -> NDArray[np.float32]:
    """Two runs, one after the other, as a person would make them with files of 16 bits."""
    first = run(engine, pixels, settings)
    alpha = None if first.alpha is None else to_uint16(first.alpha)
    return run(engine, to_uint16(first.pixels), settings, alpha=alpha).pixels


@pytest.mark.parametrize(
    "changes", [{}, {"fidelity": 0.5, "seed": 3}, {"color": ColorCorrection.ADAIN}, {"tile_px": 32}]
)
def test_two_passes_are_two_runs_one_after_the_other(
    engine: Engine, small: NDArray[np.float32], settings: Settings, changes: dict[str, object]
) -> None:
    result = run(engine, small, settings(passes=2, **changes))
    assert result.pixels.shape == (288, 384, 3)
    assert np.array_equal(result.pixels, chained(engine, small, settings(**changes)))
    assert PASSES_NOTE in result.notes


def test_a_full_size_model_makes_two_passes_too(tmp_path: Path, small: NDArray[np.float32], settings: Settings) -> None:
    folder = write_tiny_full_size(tmp_path / "models" / "full")
    engine, chosen = Engine(ModelStore((folder.parent,))), settings(model=str(folder))
    result = run(engine, small, settings(model=str(folder), passes=2))
    assert result.pixels.shape == (288, 384, 3)
    assert np.array_equal(result.pixels, chained(engine, small, chosen))


def test_textures_still_meet_at_their_edges(engine: Engine, small: NDArray[np.float32], settings: Settings) -> None:
    wrapped = np.roll(small, (7, 5), (0, 1))
    result = run(engine, small, settings(passes=2, is_tileable=True, color=ColorCorrection.NONE))
    assert np.array_equal(result.pixels, chained(engine, small, settings(is_tileable=True, color=ColorCorrection.NONE)))
    assert run(engine, wrapped, settings(passes=2, is_tileable=True)).pixels.shape == result.pixels.shape


@pytest.mark.parametrize(
    "size", [TargetSize(factor=8), TargetSize(width=101), TargetSize(factor=20), TargetSize(factor=1)]
)
def test_another_size_is_resized_at_the_end(
    engine: Engine, small: NDArray[np.float32], settings: Settings, size: TargetSize
) -> None:
    wanted = size.resolve(Size(24, 18), 16)
    result = run(engine, small, settings(passes=2, size=size))
    assert result.pixels.shape == (wanted.height, wanted.width, 3)


@pytest.mark.parametrize("color", [ColorCorrection.NONE, ColorCorrection.ADAIN])
@pytest.mark.parametrize("region", [Rect(0, 0, 5, 5), Rect(9, 3, 12, 8), Rect(23, 17, 9, 9)])
def test_a_region_equals_the_same_part_of_the_whole_to_the_bit(
    engine: Engine, small: NDArray[np.float32], settings: Settings, region: Rect, color: ColorCorrection
) -> None:
    alpha, chosen = np.ascontiguousarray(small[..., 0]), settings(passes=2, color=color, tile_px=32)
    whole = run(engine, small, chosen, alpha=alpha)
    part = run(engine, small, chosen, alpha=alpha, region=region)
    place = region.intersected(Rect(0, 0, 24, 18))
    assert place is not None
    assert np.array_equal(part.pixels, whole.pixels[place.scaled(16).slices()])
    assert part.alpha is not None
    assert whole.alpha is not None
    assert np.array_equal(part.alpha, whole.alpha[place.scaled(16).slices()])


def test_the_first_pass_is_made_once_for_parts_of_one_picture(
    engine: Engine, small: NDArray[np.float32], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained: list[Size] = []
    real = passes._drained

    def counted(stream: Any, areas: Any) -> Any:
        drained.append(stream.size)
        return real(stream, areas)

    monkeypatch.setattr(passes, "_drained", counted)
    for region in (Rect(0, 0, 5, 5), Rect(9, 3, 12, 8), None):
        run(engine, small, settings(passes=2), region=region)
    assert drained == [Size(96, 72)]
    run(engine, small, settings(passes=2), region=Rect(0, 0, 5, 5))  # all of it was there: nothing was kept
    run(engine, small, settings(passes=2, seed=9), region=Rect(0, 0, 5, 5))
    run(engine, small.copy(), settings(passes=2, seed=9), region=Rect(0, 0, 5, 5))
    assert len(drained) == 4


def test_areas_left_alone_are_left_alone_by_both_passes(
    engine: Engine, small: NDArray[np.float32], settings: Settings
) -> None:
    mask = np.zeros(small.shape[:2], np.uint8)
    mask[4:14, 4:14] = 255
    chosen = settings(passes=2, color=ColorCorrection.NONE)
    plain, masked = run(engine, small, chosen), run(engine, small, chosen, areas=MaskedAreas(mask))
    inside, outside = (slice(96, 192), slice(96, 192)), (slice(250, 288), slice(250, 384))
    other_seed = run(engine, small, settings(passes=2, color=ColorCorrection.NONE, seed=8), areas=MaskedAreas(mask))
    assert np.abs(masked.pixels[inside] - other_seed.pixels[inside]).max() < 1e-4  # nothing is generated there
    assert np.abs(masked.pixels[inside] - plain.pixels[inside]).max() > 0.01
    assert np.abs(masked.pixels[outside] - plain.pixels[outside]).max() < 1e-4
    assert sum("left alone" in note for note in masked.notes) == 1


def test_between_the_passes_large_pictures_lie_on_the_disk(
    engine: Engine,
    small: NDArray[np.float32],
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scratch, "DISK_LIMIT_BYTES", 1000)
    monkeypatch.setattr(scratch.paths, "cache_dir", lambda: tmp_path)
    kinds: list[type] = []
    stream = engine.stream(UpscaleRequest(small, settings(passes=2)), Progress())
    real = passes._drained
    monkeypatch.setattr(passes, "_drained", lambda *given: (kinds.append(type((made := real(*given)).pixels)), made)[1])
    assert sum(piece.area.width * piece.area.height for piece in stream.pieces) == 384 * 288
    assert kinds == [np.memmap]
    assert not list(tmp_path.iterdir())  # it never had a name: nothing is left by a process that is killed


def test_progress_runs_once_through_both_passes_and_shows_tiles_of_the_last(
    engine: Engine, small: NDArray[np.float32], settings: Settings
) -> None:
    reports: list[ProgressReport] = []
    tiles: list[FinishedTile] = []
    progress = Progress(reports.append, tiles.append)
    engine.upscale(UpscaleRequest(small, settings(passes=2, tile_px=32, color=ColorCorrection.NONE)), progress)
    fractions = [report.fraction or 0 for report in reports if report.stage == Stage.UPSCALING]
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert max(tile.area.right for tile in tiles) == 384
    assert sum(tile.area.width * tile.area.height for tile in tiles) == 384 * 288


@pytest.mark.parametrize("at", [1, 3])
def test_it_stops_in_either_pass(
    engine: Engine, small: NDArray[np.float32], settings: Settings, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    progress = Progress()
    real = TileRunner.run

    def cancelling(self: TileRunner, areas: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            progress.cancel()
        return real(self, areas)

    monkeypatch.setattr(TileRunner, "run", cancelling)
    chosen = settings(passes=2, tile_px=64, color=ColorCorrection.NONE)
    with pytest.raises(Cancelled):
        engine.upscale(UpscaleRequest(small, chosen), progress)
    assert calls == at


def test_tiles_that_fail_are_counted_in_both_passes(
    engine: Engine, small: NDArray[np.float32], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mfsr_engine.upscale import engine as engine_module

    counts = iter((1, 2))
    monkeypatch.setattr(engine_module, "_notes", lambda runner, count: [f"{next(counts)} of {count} tiles failed"])
    notes = run(engine, small, settings(passes=2, tile_px=64, color=ColorCorrection.NONE)).notes
    assert [note.split(" of ")[0] for note in notes if "tiles failed" in note] == ["1", "2"]


def test_auto_fidelity_is_measured_once_at_the_photograph(
    engine: Engine, small: NDArray[np.float32], settings: Settings
) -> None:
    notes = run(engine, small, settings(passes=2, is_fidelity_auto=True)).notes
    assert sum("was chosen: noise" in note for note in notes) == 1


def test_what_a_model_does_not_allow_is_refused(engine: Engine, settings: Settings) -> None:
    with pytest.raises(RequestError, match="Passes must be"):
        settings(passes=3)
    assert [most_passes(scale) for scale in (1, 2, 4, 8)] == [1, 2, 2, 1]
    with pytest.raises(RequestError, match="can be run once"):
        factor_of(8, 2)
    small, large = (ModelInfo("m", "M", scale, 1, 8, is_teacher=False, licence="") for scale in (4, 8))
    assert small.most_passes == 2
    assert [(info.factor(1), info.factor(2)) for info in (small, large)] == [(4, 16), (8, 8)]
    long = np.zeros((1, 4094, 3), np.uint8)
    with pytest.raises(RequestError, match="65504 x 16"):
        engine.stream(UpscaleRequest(long, settings(passes=2)), Progress())
    with pytest.raises(RequestError, match="first of two passes"):
        check_first(Size(65_504, 16))
