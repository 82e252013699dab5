"""Odd, damaged and hostile picture files, made by code: each stands for a kind. What is right for each stands beside it."""

from __future__ import annotations

import os
import socket
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pillow_heif
import tifffile
from PIL import Image

RNG = np.random.default_rng(0)
RGB = RNG.integers(0, 256, (24, 32, 3), np.uint8)
DEEP = RGB.astype(np.uint16) * 257
EXIF_BOMB = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 270, 2, 0xFFFFFFF0, 8) + bytes(4)
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><x>&j;</x>"
)


@dataclass(frozen=True)
class OddFile:
    """One file of the table."""

    name: str
    make: Callable[[Path], Any]
    """Writes it to this place."""
    right: str = ""
    """What its refusal must say; empty if it is to be read."""
    note: str = ""
    """What must be said of it although it is read."""


TABLE: list[OddFile] = []


def odd(name: str, content: bytes | Callable[[Path], Any], right: str = "", note: str = "") -> None:
    def write(path: Path) -> None:
        assert isinstance(content, bytes)
        path.write_bytes(content)

    TABLE.append(OddFile(name, write if isinstance(content, bytes) else content, right, note))


def encoded(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """A small picture in one of Pillow's formats."""
    buffer = BytesIO()
    (image or Image.fromarray(RGB)).save(buffer, kind, **options)
    return buffer.getvalue()


def tiff(samples: np.ndarray = DEEP, **options: Any) -> bytes:
    buffer = BytesIO()
    options.setdefault("photometric", "rgb" if samples.ndim == 3 else "minisblack")
    tifffile.imwrite(buffer, samples, metadata=None, **options)
    return buffer.getvalue()


def pages(*parts: tuple[np.ndarray, int]) -> bytes:
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        for samples, kind in parts:
            file.write(samples, photometric="rgb", subfiletype=kind, metadata=None)
    return buffer.getvalue()


def tagged(content: bytes, code: int, value: int, kind: int | None = None) -> bytes:
    """A classic little-endian TIFF with another number in one of its tags."""
    data = bytearray(content)
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    for place in range(at + 2, at + 2 + 12 * count, 12):
        found, old = struct.unpack_from("<HH", data, place)
        if found == code:
            struct.pack_into("<HHII", data, place, code, kind or old, 1, value)
    return bytes(data)


def dng(pixels: np.ndarray, orientation: int = 1) -> bytes:
    """A raw file of a camera that sees linear sRGB: (H, W, 3) float 0..1 linear light through a mosaic of red, green and blue."""
    height, width = pixels.shape[:2]
    color = np.array([[0, 1], [1, 2]])[np.arange(height)[:, None] % 2, np.arange(width) % 2]
    mosaic = np.take_along_axis(pixels, color[..., None], axis=2)[..., 0]
    to_camera = (
        32406,
        10000,
        -15372,
        10000,
        -4986,
        10000,
        -9689,
        10000,
        18758,
        10000,
        415,
        10000,
        557,
        10000,
        -2040,
        10000,
        10570,
        10000,
    )
    tags = [
        (271, 2, 0, "Maker", True), (272, 2, 0, "Model", True), (274, 3, 1, orientation, True),
        (33421, 3, 2, (2, 2), True), (33422, 1, 4, (0, 1, 1, 2), True),
        (50706, 1, 4, (1, 4, 0, 0), True), (50708, 2, 0, "Maker Model", True), (50717, 4, 1, 65535, True),
        (50721, 10, 9, to_camera, True), (50728, 5, 3, (1, 1, 1, 1, 1, 1), True), (50778, 3, 1, 21, True),
    ]  # fmt: skip
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        file.write(np.rint(mosaic * 65535).astype(np.uint16), photometric=32803, extratags=tags, metadata=None)
    return buffer.getvalue()


def heic(**options: Any) -> bytes:
    buffer = BytesIO()
    pillow_heif.from_pillow(Image.fromarray(RGB)).save(buffer, quality=90, **options)
    return buffer.getvalue()


def avif(bits: int = 8, **options: Any) -> bytes:
    samples = RGB if bits == 8 else RGB.astype(np.uint16) << (bits - 8)
    return bytes(imagecodecs.avif_encode(samples, level=90, speed=10, bitspersample=bits, **options))


def chunk(kind: bytes, data: bytes, length: int | None = None) -> bytes:
    claimed = len(data) if length is None else length
    return struct.pack(">I", claimed) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def ihdr(width: int, height: int, depth: int = 8, kind: int = 2, interlace: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace))


SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = chunk(b"IEND", b"")


def png_with(*chunks: bytes, content: bytes | None = None) -> bytes:
    """A good PNG with further chunks behind its header."""
    content = content or encoded("PNG")
    return content[:33] + b"".join(chunks) + content[33:]


def cut(content: bytes, share: float) -> bytes:
    return content[: int(len(content) * share)]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def vp8x(width: int, height: int, flags: int = 0) -> tuple[bytes, bytes]:
    return b"VP8X", bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def resized_jpeg(width: int, height: int) -> bytes:
    """A JPEG whose header claims another size."""
    content = bytearray(encoded("JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def resized(content: bytes, at: int, fields: str, *values: int) -> bytes:
    data = bytearray(content)
    struct.pack_into(fields, data, at, *values)
    return bytes(data)


def sparse(head: bytes, size: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(head)
            file.truncate(size)

    return make


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def listening(path: Path) -> None:
    place = path.parent / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
    place.rename(path)


FIRST = Image.fromarray(RGB)
LATER = [Image.fromarray(255 - RGB), Image.fromarray(RGB[::-1].copy())]
DAMAGED, TOO_LARGE, NO_PICTURE, NONE_LEFT = "damaged or cut off", "too large", "not a picture", "left out"

# What people have.
odd("bilevel.png", encoded("PNG", FIRST.convert("1")))
odd("palette.png", encoded("PNG", FIRST.convert("P"), transparency=3))
odd("gray_alpha16.png", bytes(imagecodecs.png_encode(DEEP[..., :2].copy())))
odd("animated.png", encoded("PNG", save_all=True, append_images=LATER), note=NONE_LEFT)
odd("animated.gif", encoded("GIF", save_all=True, append_images=LATER), note=NONE_LEFT)
odd("animated.webp", encoded("WEBP", save_all=True, append_images=LATER), note=NONE_LEFT)
odd("animated.avif", encoded("AVIF", save_all=True, append_images=LATER), note=NONE_LEFT)
odd("gray.jpg", encoded("JPEG", FIRST.convert("L")))
odd("inks.jpg", encoded("JPEG", FIRST.convert("CMYK")), note="CMYK")
odd("progressive.jpg", encoded("JPEG", progressive=True))
odd("trailing.jpg", encoded("JPEG") + b"\0" * 100_000)
odd("stereo.jpg", encoded("MPO", save_all=True, append_images=LATER[:1]))
odd("one_pixel.png", encoded("PNG", Image.new("RGB", (1, 1))))
odd("thread.png", encoded("PNG", Image.new("RGB", (1, 5000))))
odd("bits.bmp", encoded("BMP", FIRST.convert("1")))
odd("wrong_ending.jpg", encoded("PNG"))
odd("no_end.png", encoded("PNG")[:-12])
odd("behind_the_end.png", encoded("PNG") + b"more")
odd("large_profile.png", png_with(chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(2 << 20)))), note="profile")
odd("ten_bits.avif", avif(10))
odd("twelve_bits.avif", avif(12))
odd("display_p3.avif", avif(primaries=12, transfer=13, matrix=1))
odd("display_p3.heic", heic(color_primaries=12, transfer_characteristics=13))
odd("hdr.png", png_with(chunk(b"cICP", bytes([9, 16, 0, 1]))), note="HDR")
odd("linear.png", png_with(chunk(b"gAMA", struct.pack(">I", 100_000))))
odd("camera.dng", dng(np.full((64, 64, 3), 0.5)), note="developed")
odd("plain.jxl", bytes(imagecodecs.jpegxl_encode(RGB, lossless=True)))
odd("boxed16.jxl", bytes(imagecodecs.jpegxl_encode(DEEP, lossless=True, usecontainer=True)))
odd("animated.jxl", bytes(imagecodecs.jpegxl_encode(np.stack([RGB] * 3), lossless=True)), note="animation")
odd("plain.jp2", bytes(imagecodecs.jpeg2k_encode(RGB, level=0)))
odd("stream.j2k", bytes(imagecodecs.jpeg2k_encode(DEEP, level=0, codecformat="j2k")))
for packing in ("lzw", "zstd", "lzma", "packbits", "jpeg2000", "jpegxl", "lerc"):
    odd(f"{packing}.tif", tiff(compression=packing))
odd("webp.tif", tiff(RGB, compression="webp"))
odd("planes.tif", tiff(np.moveaxis(DEEP, 2, 0), planarconfig="separate", compression="lzw", photometric="rgb"))
odd("big_turned.tif", tiff(bigtiff=True, extratags=[(274, 3, 1, 6, True)]))
odd("white_is_zero.tif", tiff(DEEP[..., 0], photometric="miniswhite", compression="lzw"))
odd("inks16.tif", tiff(np.dstack([DEEP, DEEP[..., 0]]), photometric="separated"), note="CMYK")
odd("extra.tif", tiff(np.dstack([DEEP, DEEP[..., :2]]), extrasamples=["unspecified"] * 2), note=NONE_LEFT)
odd("twelve_bits.tif", tiff(DEEP[..., 0] >> 4, bitspersample=12))
odd("thumbnail_first.tif", pages((RGB[::4, ::4], 1), (RGB, 0)))
odd("three_pages.tif", pages((RGB, 2), (RGB, 2), (RGB, 2)), note=NONE_LEFT)
odd("no_numbers.tif", tiff(np.where(RGB > 9, RGB / 255, np.nan).astype(np.float32)), note="no numbers")
odd("exif_nonsense.jpg", encoded("JPEG", exif=b"Exif\0\0" + bytes(range(200))), note="EXIF")
odd("exif_claims.png", png_with(chunk(b"eXIf", EXIF_BOMB)))
odd("laughs.png", png_with(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + LAUGHS)))
odd("deep_xmp.jpg", encoded("JPEG", xmp=b"<a>" * 9000))
odd("packed_profile.png", png_with(chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(300 << 20), 9))))
odd("packed_text.png", png_with(chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(200 << 20), 9))))

# Cut off on the way.
WHOLE = {
    "png": encoded("PNG"), "deep.png": bytes(imagecodecs.png_encode(DEEP)), "jpg": encoded("JPEG"), "webp": encoded("WEBP"),
    "bmp": encoded("BMP"), "gif": encoded("GIF"), "avif": avif(), "heic": heic(), "tif": tiff(compression="zlib"),
    "jxl": bytes(imagecodecs.jpegxl_encode(RGB, lossless=True)), "jp2": bytes(imagecodecs.jpeg2k_encode(RGB, level=0)),
}  # fmt: skip
for ending, content in WHOLE.items():
    for share in (0.2, 0.6):
        odd(f"cut{round(share * 10)}.{ending}", cut(content, share), DAMAGED)
odd("only_start.jpg", b"\xff\xd8\xff\xe0", DAMAGED)
odd("only_start.tif", b"II*\0", DAMAGED)
odd("only_start.gif", b"GIF89a", DAMAGED)
odd("line_ends.png", encoded("PNG").replace(b"\r\n", b"\n"), DAMAGED)
odd("flipped.png", encoded("PNG")[:60] + b"\xff" * 40 + encoded("PNG")[100:], DAMAGED)

# What claims more than it is.
odd("chunk_of_4_gb.png", SIGNATURE + ihdr(40, 28, 16, 0) + chunk(b"IDAT", b"xx", 0xFFFF00AD), DAMAGED)
odd("chunk_of_1_gb.png", SIGNATURE + ihdr(40, 28) + chunk(b"IDAT", b"xx", 1 << 30), DAMAGED)
odd("text_of_2_gb.png", SIGNATURE + ihdr(8, 8) + chunk(b"tEXt", b"xx", 0x7FFFFFFF), DAMAGED)
odd("giant.png", SIGNATURE + ihdr(60_000, 60_000) + chunk(b"IDAT", zlib.compress(b"")) + END, TOO_LARGE)
odd("giant_deep.png", SIGNATURE + ihdr(60_000, 60_000, 16) + chunk(b"IDAT", zlib.compress(b"")) + END, TOO_LARGE)
odd("largest.png", SIGNATURE + ihdr(0x7FFFFFFF, 0x7FFFFFFF) + END, TOO_LARGE)
odd("no_width.png", SIGNATURE + ihdr(0, 9) + END, "no pixels")
odd("odd_depth.png", SIGNATURE + ihdr(8, 8, 7) + chunk(b"IDAT", zlib.compress(bytes(99))) + END, DAMAGED)
odd("no_pixels.png", SIGNATURE + ihdr(8, 8) + END, DAMAGED)
odd("no_header.png", SIGNATURE + END, DAMAGED)
odd("short_header.png", SIGNATURE + chunk(b"IHDR", b"1234") + END, DAMAGED)
odd("high.webp", riff(vp8x(40, 8_126_492, 2), (b"ANIM", bytes(6)), (b"ANMF", bytes(40))), TOO_LARGE)
odd("speck.webp", (lambda data: resized(data, data.index(b"VP8X") + 12, "<HBHB", 15_999, 0, 15_999, 0))(
    encoded("WEBP", save_all=True, append_images=LATER)), DAMAGED)  # fmt: skip
odd("speck_that_claims_more.webp", (lambda data: resized(
    resized(data, data.index(b"VP8X") + 12, "<HBHB", 15_999, 0, 15_999, 0), data.index(b"ANMF") + 14, "<HBHB", 15_999, 0, 15_999, 0))(
    encoded("WEBP", save_all=True, append_images=LATER)), DAMAGED)  # fmt: skip
odd("frame_beyond.webp", (lambda data: resized(data, data.index(b"ANMF") + 19, "<B", 0x80))(
    encoded("WEBP", save_all=True, append_images=LATER)), DAMAGED)  # fmt: skip
odd("canvas.webp", riff(vp8x(16_384, 16_384), (b"VP8L", b"\x2f" + bytes(20))), DAMAGED)
odd("empty.webp", riff(), DAMAGED)
odd("chunk_beyond.webp", b"RIFF\xff\xff\xff\x7fWEBPVP8 \xff\xff\xff\x7f", DAMAGED)
odd("giant.gif", resized(encoded("GIF"), 6, "<HH", 65_535, 65_535), TOO_LARGE)
odd("no_frame.gif", b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0) + b";", DAMAGED)
odd("giant.jpg", resized_jpeg(65_500, 65_500), TOO_LARGE)
odd("mostly_missing.jpg", resized_jpeg(65_500, 6_000), DAMAGED)
odd("mostly_missing.png", SIGNATURE + ihdr(19_000, 20_000) + chunk(b"IDAT", zlib.compress(bytes(9999))) + END, DAMAGED)
odd("giant.bmp", resized(encoded("BMP"), 18, "<ii", 100_000, 100_000), TOO_LARGE)
odd("wide.tif", tagged(tiff(RGB, compression="packbits"), 256, 16_711_720, 4), TOO_LARGE)
odd("strip_beyond.tif", tagged(tiff(), 273, 0xFFFFFF00), DAMAGED)
odd("strip_of_4_gb.tif", tagged(tiff(), 279, 0xFFFFFFF0), DAMAGED)
odd("no_width.tif", tagged(tiff(), 256, 0), "no pixels")
odd("channels.tif", tagged(tiff(), 277, 60_000), "channels")
odd("in_itself.tif", resized(encoded("TIFF"), 4, "<I", 4), "no pixels")
odd("far_away.tif", resized(tiff(), 4, "<I", 0xFFFFFFF0), DAMAGED)
odd("far_away_big.tif", resized(tiff(bigtiff=True), 8, "<Q", 1 << 62), DAMAGED)
odd("giant_inside.tif", (lambda data: resized(data, data.index(b"IHDR") + 4, ">II", 50_000, 50_000))(
    tiff(RGB, compression="png")), DAMAGED)  # fmt: skip
odd("giant.jxl", b"\xff\x0a" + (int("1" * 30, 2) << 3 | 0b110).to_bytes(12, "little"), TOO_LARGE)
odd("giant.jp2", (lambda data: resized(data, data.index(b"\xff\x4f\xff\x51") + 8, ">II", 100_000, 100_000))(
    bytes(imagecodecs.jpeg2k_encode(RGB, level=0))), TOO_LARGE)  # fmt: skip

# Of kinds that are not read.
odd("twelve_bits.jpg", bytes(imagecodecs.jpeg8_encode(DEEP >> 4, bitspersample=12)), "not supported")
odd("lossless.jpg", bytes(imagecodecs.ljpeg_encode(DEEP[..., 0].copy(), bitspersample=16)), "not supported")
odd("packing.tif", tagged(tiff(compression="zlib"), 259, 34_661), "not supported")
odd("raw_camera.tif", tagged(tiff(), 262, 32_803), "raw file of a camera")
odd("raw_head.cr2", b"II*\0\x10\0\0\0CR\2\0" + bytes(500), "raw file of a camera")
odd("raw_head.raf", b"FUJIFILMCCD-RAW 0201" + bytes(500), "raw file of a camera")
odd("raw_head.cr3", b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(500), "raw file of a camera")
odd("signed.tif", tiff(DEEP[..., 0].astype(np.int16)), "unusual kind")
odd("nothing_finite.tif", tiff(np.full((4, 4), np.nan, np.float32)), "no finite number")
odd("text.png", b"hello, this is text", NO_PICTURE)
odd("zeros.jpg", bytes(5000), NO_PICTURE)
odd("page.png", b"<!DOCTYPE html><html>not found</html>", NO_PICTURE)
odd("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", NO_PICTURE)
odd("paper.jpg", b"%PDF-1.7\n", NO_PICTURE)
odd("archive.png", b"PK\3\4" + bytes(60), NO_PICTURE)
odd("layers.tif", b"8BPS\0\1" + bytes(60), NO_PICTURE)
odd("film.heic", b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", NO_PICTURE)
odd("sound.webp", b"RIFF\x24\0\0\0WAVEfmt ", NO_PICTURE)
odd("empty.png", b"", "empty")
odd("sparse.jpg", sparse(b"", 1 << 33), NO_PICTURE)
odd("sparse.bmp", sparse(encoded("BMP"), 1 << 33), "far more than")
odd("folder.png", lambda path: path.mkdir(), "is a folder")
if os.name == "posix":
    odd("itself.png", link_to_itself, "symbolic links")
    odd("nowhere.png", lambda path: path.symlink_to(path.with_name("gone")), "link to a file that is not there")
    odd("pipe.png", os.mkfifo, "device or a pipe")
    odd("socket.png", listening, "device or a pipe")
    odd("zeros_for_ever.png", lambda path: path.symlink_to("/dev/zero"), "device or a pipe")


def make_all(folder: Path) -> dict[str, OddFile]:
    """Write the whole table into a folder; returns it by name."""
    for file in TABLE:
        file.make(folder / file.name)
    return {file.name: file for file in TABLE}
