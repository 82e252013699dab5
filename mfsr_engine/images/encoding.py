"""Encodes strips of samples and metadata in each format. Knows open files, no paths and no options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import Image

from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.files.scratch import scratch_array
from mfsr_engine.images import iptc, png
from mfsr_engine.images.avif import GRID_FROM_PX, write_avif_grid
from mfsr_engine.images.jpeg import write_jpeg
from mfsr_engine.images.pillow_encoder import encoded_by_pillow
from mfsr_engine.images.tiff import write_tiff

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.geometry import Size
    from mfsr_engine.images.encode_job import EncodeJob

Encoder = Callable[["BinaryIO", "EncodeJob", "Iterable[NDArray[Any]]"], None]
"""Writes a picture into an empty file that is open for reading and writing, from strips of its samples from the top down."""

_FULL_COLOR_QUALITY = 90
"""From this quality on colours are stored in full resolution."""
_AVIF_SPEED = 9
"""Measured on a made-up picture of 3 megapixels: 0.7 s, 2.1 MB, 40.0 dB; Pillow's own 6: 6.4 s, 1.7 MB, 40.5 dB."""
_WEBP_SLOW_UP_TO_PX = 25_000_000
"""Measured at 96 megapixels: method 4 takes 31 s, method 2 3.4 s for 4 % more bytes and 0.2 to 0.7 dB less."""
_OPAQUE = 255
_COLLECTED_IN_MEMORY_BYTES = 64 * 2**20


def encode(file: BinaryIO, image_format: ImageFormat, job: EncodeJob, strips: Iterable[NDArray[Any]]) -> None:
    """Write the picture into `file`, which is open for reading and writing and empty.

    PNG, TIFF, JPEG and large AVIF are written as the strips come. The encoder of WebP takes whole pictures, which are collected
    first, in a temporary file if they are large.

    Args:
        file: where to.
        image_format: of the file.
        job: everything but the pixels.
        strips: (any, job.size.width, job.channels) samples from the top down.

    Raises:
        ImageWriteError: the encoder refuses the picture, or there is no room to collect it.
        OSError: the system refuses to write.
    """
    _ENCODERS[image_format](file, job, strips)


def _png(file: BinaryIO, job: EncodeJob, strips: Iterable[NDArray[Any]]) -> None:
    chunks = png.record_chunks(job.icc_profile, job.exif, job.xmp, job.dpi)
    png.write_png(file, job.size, job.channels, job.depth_bits, chunks, strips)


def _jpeg(file: BinaryIO, job: EncodeJob, strips: Iterable[NDArray[Any]]) -> None:
    records = _records(job)
    if job.exif:
        records["exif"] = b"Exif\0\0" + job.exif
    segment = iptc.jpeg_segment(job.iptc) if job.iptc else None
    if segment:
        records["extra"] = segment
    write_jpeg(file, job.size.height, strips, _coding(job), records)


def _webp(file: BinaryIO, job: EncodeJob, strips: Iterable[NDArray[Any]]) -> None:
    options = {"quality": job.quality, "exact": True, "method": _webp_method(job.size), **_records(job)}
    file.write(encoded_by_pillow(_collected(job, strips), ImageFormat.WEBP, options))


def _webp_method(size: Size) -> int:
    """How long libwebp looks for the best coding, 0 to 6. Large pictures are coded by 4, its usual way, several times over, until the
    kinds of their blocks fit into the head.
    """
    return 4 if size.width * size.height <= _WEBP_SLOW_UP_TO_PX else 2


def _avif(file: BinaryIO, job: EncodeJob, strips: Iterable[NDArray[Any]]) -> None:
    coding = {**_coding(job), "speed": _AVIF_SPEED}
    if job.size.width * job.size.height > GRID_FROM_PX:
        write_avif_grid(file, job, strips, coding)
    else:
        file.write(encoded_by_pillow(_collected(job, strips), ImageFormat.AVIF, coding | _records(job)))


_ENCODERS: Mapping[ImageFormat, Encoder] = {
    ImageFormat.PNG: _png,
    ImageFormat.JPEG: _jpeg,
    ImageFormat.WEBP: _webp,
    ImageFormat.TIFF: write_tiff,
    ImageFormat.AVIF: _avif,
}
"""How each format is written."""


def _coding(job: EncodeJob) -> dict[str, Any]:
    """Options of Pillow's encoders that decide the pixels."""
    return {"quality": job.quality, "subsampling": "4:4:4" if job.quality >= _FULL_COLOR_QUALITY else "4:2:0"}


def _records(job: EncodeJob) -> dict[str, Any]:
    """Options of Pillow's encoders for what stands beside the pixels."""
    options = {"icc_profile": job.icc_profile, "exif": job.exif, "xmp": job.xmp, "dpi": job.dpi}
    return {name: value for name, value in options.items() if value is not None}


def _collected(job: EncodeJob, strips: Iterable[NDArray[Any]]) -> Image.Image:
    """The whole picture as Pillow has it in memory, so that it takes it as it lies, without a copy."""
    shape = (job.size.height, job.size.width, 4)
    whole = scratch_array(shape, np.uint8, _COLLECTED_IN_MEMORY_BYTES)
    top = 0
    for strip in strips:
        rows = whole[top : top + len(strip)]
        rows[..., : strip.shape[2]] = strip
        if strip.shape[2] == 3:
            rows[..., 3] = _OPAQUE
        top += len(strip)
    mode = "RGBA" if job.channels == 4 else "RGBX"
    return Image.frombuffer(mode, (job.size.width, job.size.height), whole, "raw", mode, 0, 1)
