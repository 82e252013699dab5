"""Masks in files: what their pixels mean, and that they come back as they were painted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mfsr_engine.api import AreasFile, MaskedAreas
from mfsr_engine.errors import ImageReadError, RequestError
from mfsr_engine.geometry import Size
from mfsr_engine.images.areas import check_areas, kept_areas, read_areas, read_mask, remove_other_masks


def painted(height: int = 600, width: int = 40) -> np.ndarray:
    """(600, 40) uint8 with every grey."""
    return (np.arange(height * width) % 256).astype(np.uint8).reshape(height, width)


def test_a_mask_comes_back_to_the_bit(tmp_path: Path) -> None:
    mask = painted()
    kept = kept_areas(tmp_path / "deep", MaskedAreas(mask, 0.25))
    back = read_areas(kept, "a.png", Size(40, 600))
    assert np.array_equal(back.mask, mask)
    assert back.mask.dtype == np.uint8
    assert back.fidelity == 0.25
    with Image.open(kept.path) as file:
        assert file.mode == "L"


def test_a_mask_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    first = kept_areas(tmp_path, MaskedAreas(painted()))
    before = first.path.stat().st_mtime_ns
    assert kept_areas(tmp_path, MaskedAreas(painted(), 0.5)) == AreasFile(first.path, 0.5)
    assert first.path.stat().st_mtime_ns == before
    other = kept_areas(tmp_path, MaskedAreas(255 - painted()))
    flat = kept_areas(tmp_path, MaskedAreas(painted().reshape(40, 600)))
    assert len({first.path, other.path, flat.path}) == 3
    remove_other_masks(tmp_path, {other.path})
    assert [path.name for path in tmp_path.iterdir()] == [other.path.name]
    remove_other_masks(tmp_path / "missing", ())


def test_floats_are_kept_in_eight_bits(tmp_path: Path) -> None:
    mask = np.full((4, 4), 0.5, np.float32)
    assert (read_mask(kept_areas(tmp_path, MaskedAreas(mask)).path) == 128).all()


@pytest.mark.parametrize(
    ("mode", "color", "level"),
    [
        ("L", 100, 100),
        ("1", 1, 255),
        ("RGB", (0, 90, 180), 90),
        ("LA", (200, 51), 40),
        ("RGBA", (255, 255, 255, 0), 0),
        ("I;16", 0x8080, 128),
    ],
)
def test_brightness_counts_and_what_is_transparent_is_black(
    tmp_path: Path, mode: str, color: object, level: int
) -> None:
    path = tmp_path / "mask.png"
    Image.new(mode, (6, 5), color).save(path)  # type: ignore[arg-type]
    mask = read_mask(path)
    assert mask.shape == (5, 6)
    assert (mask == level).all()


def test_one_that_does_not_fit_is_refused_from_its_header(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    Image.new("L", (6, 5)).save(path)
    check_areas(AreasFile(path), "photo.jpg", Size(6, 5))
    for refuse in (check_areas, read_areas):
        with pytest.raises(RequestError, match=r"mask\.png have 6 x 5 pixels, but photo\.jpg has 12 x 10"):
            refuse(AreasFile(path), "photo.jpg", Size(12, 10))
        with pytest.raises(ImageReadError):
            refuse(AreasFile(tmp_path / "missing.png"), "photo.jpg", Size(6, 5))
    with pytest.raises(RequestError, match="Fidelity"):
        AreasFile(path, 2.0)
