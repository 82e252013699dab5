"""From request to result: same picture for same seed, tiles and regions that do not show, progress, stopping, exact
sizes.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from mfsr_engine.api import ColorCorrection, DtypeChoice, UpscaleRequest, UpscaleResult, UpscaleSettings
from mfsr_engine.errors import Cancelled, ImageWriteError, ModelError, OutOfMemoryError, RequestError
from mfsr_engine.files import scratch
from mfsr_engine.geometry import Rect, TargetSize
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.images import bicubic
from mfsr_engine.models import card
from mfsr_engine.models.card import ImageTable, parse_card, write_card
from mfsr_engine.models.flow import FlowModel
from mfsr_engine.progress import FinishedTile, Progress, ProgressReport
from mfsr_engine.upscale.engine import Engine
from mfsr_engine.upscale.fidelity import departure

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Settings = Callable[..., UpscaleSettings]


@pytest.fixture
def engine() -> Engine:
    return Engine()


def run(engine: Engine, pixels: NDArray[np.float32], settings: UpscaleSettings, **options: object) -> UpscaleResult:
    return engine.upscale(UpscaleRequest(pixels, settings, **options), Progress())  # type: ignore[arg-type]


def test_the_result_is_four_times_larger_and_says_how_it_was_made(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    result = run(engine, photograph, settings(seed=5, steps=2))
    assert result.pixels.shape == (360, 600, 3)
    assert result.pixels.dtype == np.float32
    assert 0 <= result.pixels.min() < result.pixels.max() <= 1
    assert (result.model, result.steps, result.seed, result.device, result.dtype) == ("tiny", 2, 5, "cpu", "fp32")
    assert result.seconds > 0
    assert result.notes == ()
    assert result.alpha is None


def test_the_card_is_read_once_and_again_only_when_it_has_changed(
    make_model: Callable[..., Path],
    photograph: NDArray[np.float32],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = make_model("mine")
    read: list[str] = []
    monkeypatch.setattr(card, "parse_card", lambda table, origin: read.append(origin) or parse_card(table, origin))
    engine = Engine(ModelStore((folder.parent,)))
    for _ in range(2):
        run(engine, photograph[:40, :40], settings(model=str(folder)))
    assert read == [str(folder / "model.toml")]
    write_card(card.read_card(folder).model_copy(update={"title": "Another title"}), folder)
    del read[:]
    assert [model.title for model in engine.models()] == ["Another title"]
    assert len(read) == 1


@pytest.mark.parametrize("dtype", [DtypeChoice.FP32, DtypeChoice.BF16])
def test_equal_seeds_give_equal_bits_and_other_seeds_another_picture(
    photograph: NDArray[np.float32], settings: Settings, dtype: DtypeChoice
) -> None:
    first = run(Engine(), photograph, settings(dtype=dtype, seed=1)).pixels
    again = run(Engine(), photograph, settings(dtype=dtype, seed=1)).pixels
    other = run(Engine(), photograph, settings(dtype=dtype, seed=2)).pixels
    assert np.array_equal(first, again)
    assert np.abs(first - other).mean() > 1e-3


def test_tiles_do_not_show_at_one_step(engine: Engine, photograph: NDArray[np.float32], settings: Settings) -> None:
    """Bound: 1e-5, rounding alone, because the halo (10) is wider than the network's reach (6) and that of enlarging
    (2).
    """
    whole = run(engine, photograph, settings(tile_px=512)).pixels
    tiled = run(engine, photograph, settings(tile_px=48)).pixels
    assert np.abs(tiled - whole).max() < 1e-5


def test_tiles_hardly_show_at_more_steps_where_the_network_reaches_farther(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    """Bound: 1e-3 at any pixel, because context that lacks at a tile's edge matters less the farther it is."""
    whole = run(engine, photograph, settings(tile_px=512, steps=4)).pixels
    tiled = run(engine, photograph, settings(tile_px=48, steps=4)).pixels
    assert np.abs(tiled - whole).max() < 1e-3


@pytest.mark.parametrize("changes", [{}, {"tile_px": 48, "steps": 3}, {"fidelity": 0.7, "dtype": DtypeChoice.BF16}])
@pytest.mark.parametrize("region", [Rect(0, 0, 20, 20), Rect(37, 21, 80, 50), Rect(149, 89, 1, 1), Rect(0, 0, 150, 90)])
def test_a_region_equals_the_same_part_of_the_whole_to_the_bit(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, region: Rect, changes: dict[str, object]
) -> None:
    alpha = photograph[..., 0]
    whole = run(engine, photograph, settings(**changes), alpha=alpha)
    part = run(engine, photograph, settings(**changes), alpha=alpha, region=region)
    assert np.array_equal(part.pixels, whole.pixels[region.scaled(4).slices()])
    assert part.alpha is not None
    assert whole.alpha is not None
    assert np.array_equal(part.alpha, whole.alpha[region.scaled(4).slices()])


def test_a_region_outside_is_refused(engine: Engine, photograph: NDArray[np.float32], settings: Settings) -> None:
    with pytest.raises(RequestError, match="150 x 90"):
        run(engine, photograph, settings(), region=Rect(150, 0, 5, 5))


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (33, 2), (65, 127)])
def test_any_size_works(engine: Engine, settings: Settings, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).random((*size, 3), dtype=np.float32)
    assert run(engine, pixels, settings()).pixels.shape == (4 * size[0], 4 * size[1], 3)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (TargetSize(factor=4), (360, 600)),
        (TargetSize(factor=2.5), (225, 375)),
        (TargetSize(width=777), (466, 777)),
        (TargetSize(long_side=100), (60, 100)),
        (TargetSize(factor=5), (450, 750)),
    ],
)
def test_the_result_has_exactly_the_size_asked(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, target: TargetSize, expected: tuple[int, int]
) -> None:
    result = run(engine, photograph, settings(size=target), alpha=photograph[..., 0])
    assert result.pixels.shape == (*expected, 3)
    assert result.alpha is not None
    assert result.alpha.shape == expected


def test_opacity_is_enlarged_apart(engine: Engine, photograph: NDArray[np.float32], settings: Settings) -> None:
    alpha = np.where(photograph[..., 0] > 0.5, 1, 0.25).astype(np.float32)
    result = run(engine, photograph, settings(), alpha=alpha)
    assert result.alpha is not None
    np.testing.assert_allclose(result.alpha, bicubic(alpha, 4).clip(0, 1), atol=1e-5)
    assert np.array_equal(result.pixels, run(engine, photograph, settings()).pixels)


def test_finished_tiles_are_the_result_in_parts(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    for region in (None, Rect(30, 10, 100, 70)):
        tiles: list[FinishedTile] = []
        request = UpscaleRequest(photograph, settings(), region=region)
        result = engine.upscale(request, Progress(on_tile=tiles.append))
        assert len(tiles) > 1
        shown = np.full(result.pixels.shape, 99, np.uint8)
        count = np.zeros(result.pixels.shape[:2], int)
        for tile in tiles:
            shown[tile.area.slices()] = tile.pixels
            count[tile.area.slices()] += 1
        assert (count == 1).all()
        assert np.array_equal(shown, np.floor(result.pixels * 255 + 0.5).astype(np.uint8))


def test_progress_counts_steps_of_tiles_up_to_the_end(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    reports: list[ProgressReport] = []
    engine.upscale(UpscaleRequest(photograph, settings(steps=3)), Progress(on_report=reports.append))
    assert reports[0].stage == "Loading the model"
    done = [report.done for report in reports if report.stage == "Upscaling"]
    assert done == sorted(done)
    assert set(done) == set(range(reports[-1].total + 1))
    assert reports[-1].fraction == 1


@pytest.mark.parametrize("after", [1, 2, 5])
def test_a_stop_takes_effect_before_the_next_step(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, after: int
) -> None:
    reports: list[ProgressReport] = []

    def stop(report: ProgressReport) -> None:
        reports.append(report)
        if len(reports) == after:
            progress.cancel()

    progress = Progress(on_report=stop)
    with pytest.raises(Cancelled):
        engine.upscale(UpscaleRequest(photograph, settings(steps=8)), progress)
    assert len(reports) == after


def test_after_a_stop_the_engine_works_on(engine: Engine, photograph: NDArray[np.float32], settings: Settings) -> None:
    progress = Progress(on_tile=lambda tile: progress.cancel())
    with pytest.raises(Cancelled):
        engine.upscale(UpscaleRequest(photograph, settings()), progress)
    assert np.array_equal(run(engine, photograph, settings()).pixels, run(Engine(), photograph, settings()).pixels)


def test_the_model_stays_loaded(engine: Engine, photograph: NDArray[np.float32], settings: Settings) -> None:
    stages: list[str] = []
    progress = Progress(on_report=lambda report: stages.append(report.stage))
    engine.warm_up(settings(), progress)
    assert stages == ["Loading the model"]
    engine.upscale(UpscaleRequest(photograph, settings(seed=3)), progress)
    assert stages.count("Loading the model") == 1
    engine.warm_up(settings(dtype=DtypeChoice.BF16), progress)
    assert stages.count("Loading the model") == 2


def test_fidelity_ties_the_result_to_the_input(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    def mean_departure(fidelity: float) -> float:
        pixels = run(engine, photograph, settings(fidelity=fidelity)).pixels
        result, source = (torch.from_numpy(v).permute(2, 0, 1)[None] for v in (pixels, photograph))
        return float(departure(result, source, 4).mean())

    assert mean_departure(1) < 0.2 * mean_departure(0)


def test_a_fidelity_chosen_from_the_picture_is_that_of_the_whole_and_said(engine: Engine, settings: Settings) -> None:
    pixels = np.full((96, 96, 3), 0.5, np.float32)
    chosen, asked = settings(is_fidelity_auto=True), settings(fidelity=0.5)
    made = engine.upscale(UpscaleRequest(pixels, chosen, region=Rect(0, 0, 32, 32)), Progress())
    assert "Fidelity 0.5 was chosen" in made.notes[0]
    same = engine.upscale(UpscaleRequest(pixels, asked, region=Rect(0, 0, 32, 32)), Progress())
    assert np.array_equal(made.pixels, same.pixels)
    assert not any("Fidelity" in note for note in same.notes)


@pytest.mark.parametrize("color", [ColorCorrection.WAVELET, ColorCorrection.ADAIN])
def test_color_correction_ties_the_mean_color_to_the_input(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, color: ColorCorrection
) -> None:
    def drift(correction: ColorCorrection) -> float:
        pixels = run(engine, photograph, settings(color=correction, tile_px=512)).pixels
        return float(np.abs(pixels.mean(axis=(0, 1)) - photograph.mean(axis=(0, 1))).max())

    assert drift(color) < 0.5 * drift(ColorCorrection.NONE)


def test_a_teacher_takes_guided_steps(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, tiny_teacher: Path
) -> None:
    plain = run(engine, photograph, settings(model=str(tiny_teacher), guidance=1.0))
    guided = run(engine, photograph, settings(model=str(tiny_teacher)))
    assert guided.steps == 3
    assert np.abs(plain.pixels - guided.pixels).max() > 1e-3
    assert np.array_equal(
        guided.pixels, run(engine, photograph, settings(model=str(tiny_teacher), guidance=2.0)).pixels
    )


@pytest.fixture
def joint_teacher(tiny_teacher: Path) -> Path:
    """A teacher whose tiles walk together, four at a time."""
    own = card.read_card(tiny_teacher)
    sampling = own.sampling.model_copy(update={"joint_tiles": 2})
    write_card(own.model_copy(update={"sampling": sampling}), tiny_teacher)
    return tiny_teacher


def test_tiles_that_walk_together_do_not_show(
    photograph: NDArray[np.float32], settings: Settings, joint_teacher: Path
) -> None:
    """Bound: 1e-5, rounding alone, because the network reaches no farther than windows share."""
    whole = run(Engine(), photograph, settings(model=str(joint_teacher), tile_px=512)).pixels
    together = run(Engine(), photograph, settings(model=str(joint_teacher), tile_px=40)).pixels
    assert np.abs(together - whole).max() < 1e-5


@pytest.mark.parametrize("region", [Rect(0, 0, 20, 20), Rect(97, 21, 40, 50)])
def test_a_region_of_tiles_that_walk_together_equals_the_same_part_of_the_whole(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, joint_teacher: Path, region: Rect
) -> None:
    asked = settings(model=str(joint_teacher), tile_px=32)
    reports: list[ProgressReport] = []
    whole = engine.upscale(UpscaleRequest(photograph, asked), Progress(on_report=reports.append)).pixels
    part = run(engine, photograph, asked, region=region).pixels
    assert np.array_equal(part, whole[region.scaled(4).slices()])
    done = [report.done for report in reports if report.stage == "Upscaling"]
    assert done == sorted(done)
    assert reports[-1].fraction == 1


@pytest.mark.parametrize("size", [(20, 30), (100, 41), (90, 150)])
def test_a_model_of_fixed_tiles_sees_nothing_but_squares(
    make_model: Callable[..., Path],
    photograph: NDArray[np.float32],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    folder = make_model("fixed")
    own = card.read_card(folder)
    fixed = own.image.model_copy(update={"tile_px": 48, "fixed_tiles": True})
    write_card(own.model_copy(update={"image": fixed}), folder)
    seen: set[tuple[int, ...]] = set()
    upscale = FlowModel.upscale

    def watched(model: FlowModel, source: torch.Tensor, noise: torch.Tensor, *rest: Any) -> torch.Tensor:
        seen.add(tuple(noise.shape[2:]))
        return upscale(model, source, noise, *rest)

    monkeypatch.setattr(FlowModel, "upscale", watched)
    pixels = np.tile(photograph, (2, 1, 1))[: size[0], : size[1]]
    result = run(Engine(), pixels, settings(model=str(folder), tile_px=32)).pixels
    assert result.shape == (4 * size[0], 4 * size[1], 3)
    assert seen == {(48, 48)}


def test_what_a_student_cannot_follow_is_noted(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    result = run(engine, photograph, settings(guidance=3.0, prompt="a cat"))
    assert len(result.notes) == 2
    assert "Guidance" in result.notes[0]
    assert "takes no text" in result.notes[1]
    assert np.array_equal(result.pixels, run(engine, photograph, settings()).pixels)


def test_pictures_are_padded_to_what_a_model_needs(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, make_model: Callable[..., Path]
) -> None:
    image = ImageTable(size_multiple=16, min_px=64, tile_px=64, overlap_px=32)
    model = str(make_model("picky", image=image))
    assert run(engine, photograph, settings(model=model)).pixels.shape == (360, 600, 3)
    assert run(engine, photograph[:5, :7], settings(model=model)).pixels.shape == (20, 28, 3)


def test_large_results_lie_on_disk_and_are_the_same(
    engine: Engine,
    photograph: NDArray[np.float32],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    in_memory = run(engine, photograph, settings()).pixels
    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    monkeypatch.setattr(scratch, "DISK_LIMIT_BYTES", 1000)
    on_disk = run(engine, photograph, settings()).pixels
    assert isinstance(on_disk, np.memmap)
    assert not isinstance(in_memory, np.memmap)
    assert np.array_equal(on_disk, in_memory)
    del on_disk
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_tile_smaller_than_the_model_takes_is_not_made(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, make_model: Callable[..., Path]
) -> None:
    image = ImageTable(size_multiple=16, min_px=64, tile_px=64, overlap_px=32)
    model = str(make_model("picky", image=image))
    least = run(engine, photograph, settings(model=model, tile_px=64))
    assert np.array_equal(run(engine, photograph, settings(model=model, tile_px=32)).pixels, least.pixels)


@pytest.mark.parametrize("can_reserve", [True, False])
def test_a_disk_too_full_for_a_large_result_is_told_before_anything_is_computed(
    engine: Engine,
    photograph: NDArray[np.float32],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    can_reserve: bool,
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC if can_reserve else errno.EOPNOTSUPP, "refused")

    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    monkeypatch.setattr(scratch, "DISK_LIMIT_BYTES", 1000)
    monkeypatch.setattr(os, "posix_fallocate", refuse, raising=False)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**15 if can_reserve else 1000))
    with pytest.raises(ImageWriteError, match=r"disk of .* is full.*MFSR_HOME"):
        run(engine, photograph, settings())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="space is reserved only on POSIX")
def test_the_space_of_a_large_result_is_taken_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    taken: list[tuple[int, int]] = []
    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    monkeypatch.setattr(scratch, "DISK_LIMIT_BYTES", 1000)
    monkeypatch.setattr(os, "posix_fallocate", lambda _, *span: taken.append(span))
    scratch.scratch_array((20, 30, 3), np.float32)
    assert taken == [(0, 4 * 30 * 20 * 3)]


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")]
)
def test_a_model_that_does_not_fit_is_told_and_tried_again_by_the_next_picture(
    engine: Engine,
    photograph: NDArray[np.float32],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def full(*words: object, **options: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("mfsr_engine.upscale.engine.place", full)
        with pytest.raises(OutOfMemoryError, match=r"The model .* does not fit into memory"):
            run(engine, photograph, settings())
    assert run(engine, photograph[:20, :20], settings()).pixels.shape == (80, 80, 3)


def test_an_unknown_model_is_an_error_before_anything_is_loaded(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    with pytest.raises(ModelError, match="no-such-model"):
        run(engine, photograph, settings(model="no-such-model"))


STEPS = [1, 2, 5]


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize(
    "changes", [{}, {"fidelity": 0.7}, {"color": ColorCorrection.WAVELET}, {"dtype": DtypeChoice.BF16}]
)
def test_equal_channels_stay_equal(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, steps: int, changes: dict[str, object]
) -> None:
    gray = photograph[..., :1].repeat(3, axis=2)
    colored = run(engine, photograph, settings(steps=steps, **changes)).pixels
    for size in (TargetSize(), TargetSize(factor=2.5)):
        pixels = run(engine, gray, settings(steps=steps, size=size, **changes)).pixels
        assert np.array_equal(pixels, pixels[..., :1].repeat(3, axis=2))
    assert np.ptp(colored, axis=2).max() > 0.1


def test_hidden_colours_do_not_make_a_gray_picture_coloured(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    gray = photograph[..., :1].repeat(3, axis=2)
    alpha = np.ones(gray.shape[:2], np.float32)
    alpha[20:40, 20:40] = 0
    gray[20:40, 20:40] = (0, 1, 0)
    pixels = run(engine, gray, settings(), alpha=alpha).pixels
    assert np.array_equal(pixels, pixels[..., :1].repeat(3, axis=2))


def test_a_single_coloured_pixel_makes_a_picture_coloured(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    gray = photograph[..., :1].repeat(3, axis=2)
    gray[-1, -1] = (1, 0, 0)
    assert np.ptp(run(engine, gray, settings()).pixels, axis=2).max() > 0.1


@pytest.mark.parametrize("changes", [{}, {"steps": 3, "tile_px": 48}, {"fidelity": 1.0}])
def test_what_opacity_0_hides_plays_no_part(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, changes: dict[str, object]
) -> None:
    rows, columns = np.mgrid[0:90, 0:150]
    alpha = np.clip(30 - np.hypot(rows - 45, columns - 70), 0, 1).astype(np.float32)
    results = []
    for hidden in ((0, 0, 0), (0, 1, 0), (1, 1, 1)):
        pixels = np.where(alpha[..., None] > 0, photograph, np.float32(hidden))
        results.append(run(engine, pixels, settings(**changes), alpha=alpha))
    for other in results[1:]:
        assert np.array_equal(results[0].pixels, other.pixels)
        assert np.array_equal(results[0].alpha, other.alpha)  # type: ignore[arg-type]


def test_the_colour_of_an_object_goes_up_to_its_edge(engine: Engine, settings: Settings) -> None:
    """Bound: a result of one colour on a clear ground departs from that of an even picture by rounding alone."""
    color = np.float32((0.9, 0.6, 0.2))
    even = np.broadcast_to(color, (64, 64, 3)).copy()
    alpha = np.zeros((64, 64), np.float32)
    alpha[16:48, 16:48] = 1
    hidden = np.where(alpha[..., None] > 0, even, np.float32(0))
    expected = run(engine, even, settings()).pixels
    assert np.abs(run(engine, hidden, settings(), alpha=alpha).pixels - expected).max() < 1e-5


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_picture_as_it_is_stored_gives_the_same_result(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, dtype: type[np.unsignedinteger]
) -> None:
    largest = np.iinfo(dtype).max
    stored = (photograph * largest).astype(dtype)
    alpha = stored[..., 1]
    floats = [part.astype(np.float32) / np.float32(largest) for part in (stored, alpha)]
    first = run(engine, stored, settings(), alpha=alpha)
    second = run(engine, floats[0], settings(), alpha=floats[1])
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.alpha, second.alpha)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [TargetSize(), TargetSize(factor=2.5), TargetSize(factor=5)])
def test_a_stream_is_the_result_in_pieces(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings, size: TargetSize
) -> None:
    request = UpscaleRequest(photograph, settings(size=size, seed=4), photograph[..., 1])
    whole, stream = engine.upscale(request, Progress()), engine.stream(request, Progress())
    assert (stream.size.width, stream.size.height) == (whole.pixels.shape[1], whole.pixels.shape[0])
    assert stream.has_alpha
    facts = ("model", "steps", "seed", "device", "dtype", "caption")
    assert [getattr(stream, fact) for fact in facts] == [getattr(whole, fact) for fact in facts]
    pieces = list(stream.pieces)
    pixels = np.full_like(whole.pixels, np.nan)
    for piece in pieces:
        assert np.isnan(pixels[piece.area.slices()]).all()
        pixels[piece.area.slices()] = piece.pixels
        assert np.array_equal(piece.alpha, whole.alpha[piece.area.slices()])  # type: ignore[index]
    assert np.array_equal(pixels, whole.pixels)
    assert len(pieces) > 1 or size.factor is not None


def test_notes_of_a_stream_are_whole_after_its_last_piece(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    stream = engine.stream(UpscaleRequest(1 - photograph * 0, settings(prompt="a cat")), Progress())
    before = len(stream.notes)
    for _ in stream.pieces:
        pass
    assert before >= 1
    assert len(stream.notes) >= before
    assert tuple(stream.notes) == run(engine, 1 - photograph * 0, settings(prompt="a cat")).notes


def test_a_stream_is_stopped_between_its_pieces(
    engine: Engine, photograph: NDArray[np.float32], settings: Settings
) -> None:
    progress = Progress()
    stream = engine.stream(UpscaleRequest(photograph, settings()), progress)
    next(stream.pieces)
    progress.cancel()
    with pytest.raises(Cancelled):
        next(stream.pieces)
