"""What cannot be written is refused from the header of its source, before anything is decoded or computed."""

from __future__ import annotations

import struct
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mfsr_engine import images
from mfsr_engine.api import UpscaleSettings
from mfsr_engine.batch import preflight
from mfsr_engine.batch.batch import Failed, upscale_file
from mfsr_engine.batch.naming import RunFacts
from mfsr_engine.batch.planning import BatchItem
from mfsr_engine.errors import ImageReadError, ImageWriteError, MfsrError, OutOfMemoryError, RequestError
from mfsr_engine.geometry import Size, TargetSize
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

FACTS = RunFacts("model", 1, 0, TargetSize(), 4)


def put_header(path: Path, size: Size) -> Path:
    """A BMP that says its size and has no pixels: whoever decodes it fails otherwise than expected."""
    header = struct.pack("<2sIII", b"BM", 54, 0, 54)
    path.write_bytes(header + struct.pack("<IiiHHIIiiII", 40, size.width, size.height, 1, 24, 0, 0, 0, 0, 0, 0))
    return path


def refusal(item: BatchItem) -> MfsrError:
    """Why the whole run of a picture fails; the engine must not be asked."""
    outcome = upscale_file(item, UpscaleSettings(), None, Progress())  # type: ignore[arg-type]
    assert isinstance(outcome, Failed)
    assert not item.target.exists()
    return outcome.error


@pytest.mark.parametrize(
    ("name", "size", "end"),
    [
        ("a.webp", Size(4096, 10), "16383 a side"),
        ("a.webp", Size(2600, 2500), "100 megapixels"),
        ("a.avif", Size(8193, 10), "32768 a side"),
        ("a.avif", Size(4097, 4096), "268 megapixels"),
    ],
)
def test_a_format_that_cannot_hold_the_result_is_told(tmp_path: Path, name: str, size: Size, end: str) -> None:
    item = BatchItem(put_header(tmp_path / "a.png", size), tmp_path / name, facts=FACTS)
    error = refusal(item)
    assert isinstance(error, ImageWriteError)
    assert end in str(error)
    assert f"{4 * size.width} x {4 * size.height}" in str(error)


def test_no_result_is_longer_than_a_viewer_takes(tmp_path: Path) -> None:
    item = BatchItem(put_header(tmp_path / "a.bmp", Size(16_376, 1)), tmp_path / "b.jpg", facts=FACTS)
    assert isinstance(refusal(item), RequestError)


def test_the_format_asked_for_counts_and_not_the_ending(tmp_path: Path) -> None:
    source = put_header(tmp_path / "a.bmp", Size(4096, 10))
    asked = BatchItem(source, tmp_path / "b.png", facts=FACTS, format=images.ImageFormat.WEBP)
    assert "WebP" in str(refusal(asked))


def test_room_on_the_disk_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def usage(folder: Path) -> SimpleNamespace:
        asked.append(folder)
        return SimpleNamespace(free=50_000_000)

    monkeypatch.setattr(preflight.shutil, "disk_usage", usage)
    target = tmp_path / "not" / "there" / "b.png"
    error = refusal(BatchItem(put_header(tmp_path / "a.bmp", Size(4000, 3000)), target, facts=FACTS))
    assert isinstance(error, ImageWriteError)
    assert "room" in str(error)
    assert "115 MB" in str(error)
    assert "50 MB" in str(error)
    assert asked == [tmp_path]


def test_room_to_collect_a_whole_picture_is_looked_for_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("MFSR_HOME", str(home))
    usage = {tmp_path: 10**15, home: 1000}
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda folder: SimpleNamespace(free=usage[folder]))
    item = BatchItem(put_header(tmp_path / "a.bmp", Size(400, 300)), tmp_path / "b.webp", facts=FACTS)
    assert str(home) in str(refusal(item))


@pytest.mark.parametrize(("name", "is_enough"), [("b.png", True), ("b.webp", False), ("b.avif", True), ("b.tif", True)])
def test_memory_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_enough: bool) -> None:
    monkeypatch.setattr(preflight.psutil, "virtual_memory", lambda: SimpleNamespace(available=600_000_000))
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda folder: SimpleNamespace(free=10**15))
    error = refusal(BatchItem(put_header(tmp_path / "a.bmp", Size(2500, 2500)), tmp_path / name, facts=FACTS))
    if is_enough:
        assert isinstance(error, ImageReadError)  # the check passed, and the picture has no pixels
    else:
        assert isinstance(error, OutOfMemoryError)
        assert "10000 x 10000" in str(error)
        assert "600 MB" in str(error)


TWICE = replace(FACTS, passes=2)


@pytest.mark.parametrize(
    ("name", "size", "facts", "words"),
    [
        ("b.png", Size(4094, 1), TWICE, "65504 x 16"),
        ("b.png", Size(16_376, 1), replace(TWICE, size=TargetSize(factor=1)), "first of two passes would give 65504"),
        ("b.webp", Size(1024, 10), TWICE, "16383 a side"),
        ("b.png", Size(10, 10), replace(TWICE, scale=8), "can be run once"),
    ],
)
def test_two_passes_are_checked_from_the_header_too(
    tmp_path: Path, name: str, size: Size, facts: RunFacts, words: str
) -> None:
    item = BatchItem(put_header(tmp_path / "a.bmp", size), tmp_path / name, facts=facts)
    assert words in str(refusal(item))


def test_the_first_of_two_passes_needs_memory_or_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("MFSR_HOME", str(home))
    monkeypatch.setattr(preflight.psutil, "virtual_memory", lambda: SimpleNamespace(available=450_000_000))
    usage = {tmp_path: 10**15, home: 1_000_000_000}
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda folder: SimpleNamespace(free=usage[folder]))

    def check(size: Size, passes: int) -> None:
        facts = replace(FACTS, size=TargetSize(factor=4), passes=passes)
        preflight.check(
            BatchItem(put_header(tmp_path / "a.bmp", size), tmp_path / "b.png", facts=facts), tmp_path / "b.png"
        )

    check(Size(2000, 2000), 1)
    with pytest.raises(OutOfMemoryError, match="needs about"):
        check(Size(2000, 2000), 2)  # 64 megapixels of 8 bytes are held
    with pytest.raises(ImageWriteError, match="home"):
        check(Size(3000, 3000), 2)  # 144 megapixels would lie in a file


def test_small_results_are_never_refused_for_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight.psutil, "virtual_memory", lambda: SimpleNamespace(available=0))
    target = tmp_path / "b.webp"
    preflight.check(BatchItem(put_header(tmp_path / "a.bmp", Size(100, 100)), target, facts=FACTS), target)


def test_without_facts_nothing_is_known_of_the_result(tmp_path: Path) -> None:
    preflight.check(BatchItem(tmp_path / "missing.png", tmp_path / "b.png"), tmp_path / "b.png")


def test_what_fits_passes(tmp_path: Path) -> None:
    images.write(tmp_path / "a.png", np.zeros((5, 5, 3), np.float32), kept=images.KeptMetadata())
    for name in ("b.png", "b.jpg", "b.webp", "b.avif", "b.tif"):
        preflight.check(BatchItem(tmp_path / "a.png", tmp_path / name, facts=FACTS), tmp_path / name)
