"""Pictures smaller than the published models take: enlarged, upscaled, reduced, as their public code does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from mfsr_engine.api import UpscaleRequest, UpscaleSettings
from mfsr_engine.geometry import Rect, Size, TargetSize
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.images.resize import fit_to
from mfsr_engine.models.card import ImageTable, read_card, write_card
from mfsr_engine.progress import FinishedTile, Progress
from mfsr_engine.upscale.engine import TINY_PX, Engine
from mfsr_engine.upscale.fidelity import OVERSHOOT
from mfsr_engine.upscale.small_input import fitting_size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

LEAST_PX = 64


@pytest.fixture
def engine(make_model: Callable[..., Path]) -> Engine:
    folder = make_model("small")
    card = read_card(folder)
    image = card.image.model_copy(update={"min_px": LEAST_PX, "enlarges_small": True})
    write_card(card.model_copy(update={"image": image, "name": "small"}), folder)
    return Engine(ModelStore((folder.parent,)))


@pytest.fixture
def asked(settings: Callable[..., UpscaleSettings]) -> Callable[..., UpscaleSettings]:
    return lambda **changes: settings(model="small", **changes)


@pytest.fixture
def tiny(photograph: NDArray[np.float32]) -> NDArray[np.float32]:
    return photograph[20:60, 30:90]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((60, 40), (192, 128)),
        ((40, 61), (128, 195)),
        ((128, 20), (819, 128)),
        ((128, 128), (128, 128)),
        ((1, 1), (128, 128)),
    ],
)
def test_the_shorter_side_gets_the_least_and_the_other_is_rounded_down(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert fitting_size(Size(*size), ImageTable(min_px=128, enlarges_small=True)) == Size(*expected)


@pytest.mark.parametrize("size", [Size(3, 9000), Size(20_000, 1)])
def test_a_thread_is_not_made_a_hundred_times_larger(size: Size) -> None:
    assert fitting_size(size, ImageTable(min_px=128, enlarges_small=True)) == size


def test_other_models_take_a_picture_as_it_is() -> None:
    assert fitting_size(Size(9, 9), ImageTable(min_px=128)) == Size(9, 9)


def test_it_is_the_enlarged_pictures_result_reduced(
    engine: Engine, asked: Callable[..., UpscaleSettings], tiny: NDArray[np.float32]
) -> None:
    planes = [Image.fromarray(tiny[..., c]).resize((96, 64), Image.Resampling.BICUBIC) for c in range(3)]
    enlarged = np.clip(np.dstack([np.asarray(plane) for plane in planes]), 0, 1)
    made = engine.upscale(UpscaleRequest(enlarged, asked()), Progress()).pixels
    found = engine.upscale(UpscaleRequest(tiny, asked()), Progress()).pixels
    assert made.shape == (256, 384, 3)
    assert found.shape == (160, 240, 3)
    assert np.abs(found - fit_to(made, Size(240, 160))).max() < 2 / 65535


def test_a_region_tiles_and_other_sizes_are_of_the_same_result(
    engine: Engine, asked: Callable[..., UpscaleSettings], tiny: NDArray[np.float32]
) -> None:
    alpha, region, tiles = tiny[..., 0], Rect(7, 11, 30, 20), list[FinishedTile]()
    whole = engine.upscale(UpscaleRequest(tiny, asked(), alpha), Progress(on_tile=tiles.append))
    part = engine.upscale(UpscaleRequest(tiny, asked(), alpha, region), Progress())
    assert whole.alpha is not None
    assert part.alpha is not None
    assert np.array_equal(part.pixels, whole.pixels[region.scaled(4).slices()])
    assert np.array_equal(part.alpha, whole.alpha[region.scaled(4).slices()])
    shown = np.zeros(whole.pixels.shape, np.uint8)
    for tile in tiles:
        shown[tile.area.slices()] = tile.pixels
    assert np.array_equal(shown, np.floor(whole.pixels * 255 + 0.5).astype(np.uint8))
    other = engine.upscale(UpscaleRequest(tiny, asked(size=TargetSize(width=90)), alpha), Progress())
    assert other.pixels.shape == (60, 90, 3)


def test_a_texture_that_repeats_is_continued_not_enlarged(
    engine: Engine, asked: Callable[..., UpscaleSettings], tiny: NDArray[np.float32]
) -> None:
    assert engine.upscale(UpscaleRequest(tiny, asked(is_tileable=True)), Progress()).pixels.shape == (160, 240, 3)


@pytest.mark.parametrize(("side", "has_rings"), [(TINY_PX, False), (TINY_PX + 8, True)])
def test_the_bundled_model_draws_no_rings_in_icons(side: int, has_rings: bool) -> None:
    icon = np.full((side, side, 3), (0.45, 0.5, 0.7), np.float32)
    icon[side // 4 : side // 2, side // 4 : side // 2] = (0.9, 0.1, 0.1)
    result = Engine().upscale(UpscaleRequest(icon, UpscaleSettings()), Progress()).pixels
    beyond = np.maximum(result - icon.max((0, 1)), icon.min((0, 1)) - result).max()
    assert bool(beyond > OVERSHOOT + 1e-6) == has_rings
