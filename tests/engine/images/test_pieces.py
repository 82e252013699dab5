"""A picture written piece by piece is the file of the same picture written at once: to the byte, or to the pixel where the encoder
works on parts.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from PIL import Image

from mfsr_engine.errors import ImageWriteError
from mfsr_engine.files.formats import FORMATS, ImageFormat
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images import (
    KeptMetadata,
    WriteOptions,
    encoding,
    fit_to,
    read,
    to_uint8,
    to_uint16,
    write,
    write_pieces,
)
from mfsr_engine.images import tiff as tiff_module
from mfsr_engine.images.avif import CELL_PX
from mfsr_engine.images.resize import resized
from mfsr_engine.strips import Piece, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = Size(301, 397)
"""Neither side fits a number of blocks, tiles or bands."""


@pytest.fixture(scope="module")
def photo():
    """(397, 301, 3) float32: waves, an edge and some noise."""
    rows, columns = np.mgrid[0 : SIZE.height, 0 : SIZE.width].astype(np.float32)
    waves = [0.5 + 0.3 * np.sin(rows / (9 + c)) * np.cos(columns / (7 - c)) for c in range(3)]
    picture = np.stack(waves, axis=2)
    picture[100:220, 50:160] = (0.9, 0.2, 0.1)
    noise = np.random.default_rng(0).normal(0, 0.03, picture.shape)
    return np.clip(picture + noise, 0, 1).astype(np.float32)


@pytest.fixture(scope="module")
def opacity():
    return np.repeat(np.linspace(0, 1, SIZE.width, dtype=np.float32)[None], SIZE.height, axis=0)


def cut(pixels: np.ndarray, alpha: np.ndarray | None, heights: int = 90, widths: int = 77) -> Iterator[Piece]:
    """Pieces as the engine hands them out: rows of rectangles."""
    height, width = pixels.shape[:2]
    for y in range(0, height, heights):
        for x in range(0, width, widths):
            area = Rect(x, y, min(widths, width - x), min(heights, height - y))
            yield Piece(area, pixels[area.slices()], None if alpha is None else alpha[area.slices()])


@pytest.mark.parametrize("is_gray", [False, True])
@pytest.mark.parametrize("has_alpha", [False, True])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("suffix", [".png", ".tiff", ".jpg", ".webp", ".avif"])
def test_pieces_make_the_file_of_the_whole_to_the_byte(
    tmp_path, photo, opacity, everything, suffix, depth, has_alpha, is_gray
):
    alpha = opacity if has_alpha else None
    kept = KeptMetadata(None, everything.exif, everything.xmp, everything.iptc, everything.dpi, depth, is_gray)
    whole = write(tmp_path / f"whole{suffix}", photo, alpha, kept=kept)
    options = WriteOptions()
    parts = write_pieces(
        tmp_path / f"parts{suffix}", SIZE, cut(photo, alpha), has_alpha=has_alpha, kept=kept, options=options
    )
    assert parts.path.read_bytes() == whole.path.read_bytes()
    assert parts.notes == whole.notes


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("has_alpha", [False, True])
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_lossless_files_hold_exactly_the_quantised_picture(tmp_path, photo, opacity, suffix, has_alpha, depth):
    alpha = opacity if has_alpha else None
    path = tmp_path / f"a{suffix}"
    write_pieces(path, SIZE, cut(photo, alpha), has_alpha=has_alpha, kept=KeptMetadata(depth_bits=depth))
    picture = read(path, as_stored=True)
    quantised = to_uint16 if depth == 16 else to_uint8
    assert np.array_equal(picture.pixels, quantised(photo))
    assert picture.alpha is None if alpha is None else np.array_equal(picture.alpha, quantised(alpha))


@pytest.mark.parametrize("quality", [95, 60])
@pytest.mark.parametrize("is_gray", [False, True])
def test_a_jpeg_in_strips_is_the_one_that_its_encoder_makes_at_once(tmp_path, photo, quality, is_gray):
    path, options = tmp_path / "a.jpg", WriteOptions(quality=quality)
    write_pieces(path, SIZE, cut(photo, None), has_alpha=False, kept=KeptMetadata(is_gray=is_gray), options=options)
    luma = np.array([0.2126, 0.7152, 0.0722], np.float32)
    samples = to_uint8(photo @ luma) if is_gray else to_uint8(photo)
    sampling = "4:4:4" if quality >= 90 or is_gray else "4:2:0"
    for at_once in ({"restart_marker_rows": 1}, {}):
        buffer = BytesIO()
        Image.fromarray(samples).save(buffer, "JPEG", quality=quality, subsampling=sampling, **at_once)
        if at_once:
            assert path.read_bytes() == buffer.getvalue()
        with Image.open(path) as found, Image.open(buffer) as expected:
            assert np.array_equal(np.asarray(found), np.asarray(expected))


@pytest.mark.parametrize("has_alpha", [False, True])
def test_a_webp_is_the_one_that_its_encoder_makes_of_the_whole(tmp_path, photo, opacity, has_alpha):
    alpha = opacity if has_alpha else None
    path = tmp_path / "a.webp"
    write_pieces(path, SIZE, cut(photo, alpha), has_alpha=has_alpha, kept=KeptMetadata())
    samples = to_uint8(photo if alpha is None else np.dstack([photo, alpha]))
    buffer = BytesIO()
    Image.fromarray(samples).save(buffer, "WEBP", quality=95, exact=True)
    assert path.read_bytes() == buffer.getvalue()


def test_a_large_picture_is_collected_in_a_file_that_is_gone_afterwards(tmp_path, photo, monkeypatch):
    in_memory = write(tmp_path / "a.webp", photo, kept=KeptMetadata()).path.read_bytes()
    home = tmp_path / "home"
    monkeypatch.setenv("MFSR_HOME", str(home))
    monkeypatch.setattr(encoding, "_COLLECTED_IN_MEMORY_BYTES", 1000)
    assert write(tmp_path / "b.webp", photo, kept=KeptMetadata()).path.read_bytes() == in_memory
    assert home.is_dir()
    assert [path for path in home.rglob("*") if path.is_file()] == []


class TestGrids:
    """AVIF of more pixels than its encoder should have at once."""

    @pytest.fixture(autouse=True)
    def _low_limit(self, monkeypatch):
        monkeypatch.setattr(encoding, "GRID_FROM_PX", 1000)

    @pytest.fixture
    def wide(self, photo):
        """(397, 1204, 3): more than a cell wide."""
        return np.concatenate([photo, photo[:, ::-1], photo[::-1], photo], axis=1)

    def test_each_cell_is_what_its_encoder_makes_of_it(self, tmp_path, wide):
        write_pieces(tmp_path / "a.avif", Size(1204, 397), cut(wide, None), has_alpha=False, kept=KeptMetadata())
        found = read(tmp_path / "a.avif", as_stored=True).pixels
        samples = to_uint8(wide)
        padding = ((0, CELL_PX - 397), (0, 2 * CELL_PX - 1204), (0, 0))
        padded = np.pad(samples, padding, mode="edge")
        for left in (0, CELL_PX):
            buffer = BytesIO()
            cell = Image.fromarray(np.ascontiguousarray(padded[:, left : left + CELL_PX]))
            cell.save(buffer, "AVIF", quality=95, subsampling="4:4:4", speed=9)
            with Image.open(buffer) as image:
                expected = np.asarray(image)[:397, : 1204 - left]
            assert np.array_equal(found[:, left : left + CELL_PX], expected)

    def test_records_and_opacity_are_there(self, tmp_path, wide, everything):
        alpha = np.repeat(np.linspace(0, 1, 1204, dtype=np.float32)[None], 397, axis=0)
        alpha[:, :CELL_PX] = 1  # one cell without any transparency
        path = write(tmp_path / "a.avif", wide, alpha, kept=everything).path
        picture = read(path)
        assert np.abs(picture.alpha - alpha).max() < 0.01
        assert picture.kept.icc_profile == everything.icc_profile
        assert b"Anna M\xc3\xbcller" in picture.kept.xmp
        with Image.open(path) as image:
            assert image.getexif()[0x010F] == "Maker"

    @pytest.mark.parametrize("quality", [30, 95])
    @pytest.mark.parametrize("height", [396, 397])
    def test_cells_do_not_show(self, tmp_path, wide, quality, height, monkeypatch):
        """Bound: where two cells meet, the departure is at most a quarter above that of the picture encoded at once."""
        options, picture = WriteOptions(quality=quality), wide[:height]
        departures = []
        for name in ("grid", "whole"):
            found = read(write(tmp_path / f"{name}.avif", picture, kept=KeptMetadata(), options=options).path).pixels
            departures.append(np.abs(found - picture)[:, CELL_PX - 8 : CELL_PX + 8].mean())
            monkeypatch.setattr(encoding, "GRID_FROM_PX", 1 << 30)
        assert departures[0] < 1.25 * departures[1]


class TestBigTiff:
    """TIFF of more pixels than a classic one can hold."""

    @pytest.fixture(autouse=True)
    def _low_limit(self, monkeypatch):
        monkeypatch.setattr(tiff_module, "CLASSIC_BYTES", 1000)

    @pytest.mark.parametrize("order", ["II", "MM"])
    @pytest.mark.parametrize("depth", [8, 16])
    def test_everything_is_in_it(self, tmp_path, photo, everything, depth, order):
        exif = everything.exif if order == "MM" else little_exif()
        kept = KeptMetadata(everything.icc_profile, exif, everything.xmp, everything.iptc, everything.dpi, depth)
        path = write(tmp_path / "a.tif", photo, kept=kept).path
        with tifffile.TiffFile(path) as file:
            page = file.pages.first
            assert file.is_bigtiff
            assert page.is_tiled
            assert np.array_equal(page.asarray(), to_uint16(photo) if depth == 16 else to_uint8(photo))
            assert page.tags[34665].value["DateTimeOriginal"] == "2024:05:06 07:08:09"
            assert page.tags[34675].value == everything.icc_profile
            assert b"Anna" in page.tags[700].value
            if order == "MM":
                assert page.tags[34853].value["GPSLatitudeRef"] == "N"
                assert page.tags[34853].value["GPSLatitude"] == (52, 1, 31, 1, 0, 1)


def little_exif() -> bytes:
    exif = Image.Exif()
    exif.endian = "<"
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    return exif.tobytes().removeprefix(b"Exif\0\0")


@pytest.mark.parametrize("has_alpha", [False, True])
@pytest.mark.parametrize(
    "target", [Size(150, 200), Size(97, 401), Size(903, 1191), Size(1, 1), Size(301, 13), Size(302, 397)]
)
def test_resizing_in_strips_is_resizing_the_whole(photo, opacity, target, has_alpha):
    """Bound: 1.5 / 65535, what is kept of a picture between two strips."""
    alpha = opacity if has_alpha else None
    result = list(resized(cut(photo, alpha), SIZE, target))
    assert [piece.area.y for piece in result] == list(np.cumsum([0, *[piece.area.height for piece in result[:-1]]]))
    assert np.abs(np.concatenate([piece.pixels for piece in result]) - fit_to(photo, target)).max() < 1.5 / 65535
    if alpha is not None:
        found = np.concatenate([piece.alpha for piece in result])
        assert np.abs(found - fit_to(alpha, target)).max() < 1.5 / 65535


def test_resizing_in_many_strips_too(photo, monkeypatch):
    monkeypatch.setattr("mfsr_engine.images.resize._STRIP_VALUES", 1)
    for target in (Size(150, 200), Size(903, 1191)):
        pieces = list(resized(cut(photo, None), SIZE, target))
        assert len(pieces) > 10
        found = np.concatenate([piece.pixels for piece in pieces])
        assert np.abs(found - fit_to(photo, target)).max() < 1.5 / 65535


def test_a_whole_picture_may_be_written_with_another_size(tmp_path, photo):
    path = write(tmp_path / "a.png", photo, kept=KeptMetadata(depth_bits=16), size=Size(150, 200)).path
    assert np.abs(read(path).pixels - fit_to(photo, Size(150, 200))).max() < 2.5 / 65535


def test_whoever_makes_the_pieces_comes_to_the_end(tmp_path, photo):
    for suffix in (".png", ".tiff", ".jpg", ".webp", ".avif"):
        ended = []

        def pieces(ended=ended):
            yield from pieces_of(photo)
            ended.append(True)

        for target in (SIZE, Size(100, 132)):
            some = resized(pieces(), SIZE, target)
            path = tmp_path / f"{target.width}{suffix}"
            write_pieces(path, target, some, has_alpha=False, kept=KeptMetadata())
        assert len(ended) == 2


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".jpg", ".webp", ".avif"])
def test_what_the_pieces_raise_comes_through_and_leaves_nothing(tmp_path, photo, suffix):
    def pieces():
        yield next(cut(photo, None))
        raise KeyError("half way")

    with pytest.raises(KeyError, match="half way"):
        write_pieces(tmp_path / f"a{suffix}", SIZE, pieces(), has_alpha=False, kept=KeptMetadata())
    assert list(tmp_path.iterdir()) == []


def test_avif_ends_where_its_decoders_do(tmp_path):
    for size, end in ((Size(32_769, 1), "32768 a side"), (Size(16_385, 16_384), "268 megapixels")):
        with pytest.raises(ImageWriteError, match=end):
            write_pieces(tmp_path / "a.avif", size, iter(()), has_alpha=False, kept=KeptMetadata())


def test_every_format_says_how_much_room_it_takes_at_least():
    assert all(0 < FORMATS[image_format].least_share < 1 for image_format in ImageFormat)
