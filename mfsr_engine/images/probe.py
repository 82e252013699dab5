"""Probes a picture file: its size and a thumbnail, decoding no more than necessary. Keeps no records."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mfsr_engine.errors import ImageReadError
from mfsr_engine.geometry import Size
from mfsr_engine.images.decode_pillow import is_for_pillow, opened_image
from mfsr_engine.images.decoded import check_size
from mfsr_engine.images.quantise import to_float, to_uint8
from mfsr_engine.images.reading import decoding, orientation_of, upright_samples, upright_size
from mfsr_engine.images.xmp import declared_provenance

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from mfsr_engine.images.decoded import Decoded
    from mfsr_engine.images.provenance import Provenance


@dataclass(frozen=True)
class Probe:
    """What can be seen of a picture at once."""

    size: Size
    """Its true size, upright."""
    small: NDArray[np.uint8]
    """(h, w, 3) uint8 RGB, upright, no side above what was asked; opacity is left out."""


def header_size(path: Path, page: int = 0) -> Size:
    """Size of a picture, or of one of its pages, upright, from its header. Its pixels are not looked at, so they may still be damaged.

    Raises:
        ImageReadError: the file is missing, damaged, too large, or no picture.
    """
    with decoding(path, page) as (_, _, header):
        check_size(header.width, header.height)
        return upright_size(header)


def stated_size(path: Path) -> Size:
    """The same without a limit: results may be larger than what is read as a source.

    Raises:
        ImageReadError: the file is missing, damaged or no picture.
    """
    with decoding(path) as (_, _, header):
        return upright_size(header)


def page_count(path: Path) -> int:
    """How many pages or frames of full size a file has; 1 where they cannot be counted or the file cannot be read."""
    try:
        with decoding(path) as (_, _, header):
            return max(1, header.frame_count)
    except ImageReadError:  # it will be told when its turn comes
        return 1


def probe(path: Path, side_px: int) -> Probe:
    """Look at a picture.

    Args:
        path: the file.
        side_px: longest side of the small copy.

    Raises:
        ImageReadError: the file is missing, damaged, too large, or no picture.
    """
    with decoding(path) as (file, decoder, header):
        check_size(header.width, header.height)
        size = upright_size(header)
        small = size.scaled(min(1.0, side_px / max(size.width, size.height)))
        samples, orientation = _drafted(file, side_px), orientation_of(header.records)
        if samples is None:
            decoded = decoder.decode(file, header)
            samples, orientation = _eight_bits(decoded, small), orientation_of(decoded.records)
        stored = Size(small.height, small.width) if orientation >= 5 else small
        image = Image.fromarray(np.ascontiguousarray(samples)).convert("RGB")
        reduced = image.resize((stored.width, stored.height), Image.Resampling.BOX, reducing_gap=2.0)
        return Probe(size, np.ascontiguousarray(upright_samples(np.asarray(reduced), orientation)))


def provenance_of(path: Path) -> Provenance | None:
    """What a result's own record says of its making; None if it says nothing.

    Raises:
        ImageReadError: the file is missing, damaged or no picture.
    """
    with decoding(path) as (_, _, header):
        packet = header.records.xmp
    return declared_provenance(packet) if packet else None


def is_result(path: Path) -> bool:
    """Whether a file says that this program made it; False for one that cannot be read, which will be told elsewhere."""
    try:
        return provenance_of(path) is not None
    except Exception:  # whatever is wrong with the file will be told when its turn comes
        return False


def _drafted(file: BinaryIO, side_px: int) -> NDArray[Any] | None:
    """A JPEG decoded at a fraction of its size, which its decoder does much faster; None for other files."""
    file.seek(0)
    if not is_for_pillow(file.read(3)):
        return None
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged EXIF and large sizes are judged elsewhere
        image = opened_image(file)
        if image.format != "JPEG" or image.mode not in ("L", "RGB"):
            return None
        image.draft("RGB", (side_px * 2, side_px * 2))
        return np.asarray(image)


def _eight_bits(decoded: Decoded, size: Size) -> NDArray[np.uint8]:
    """Samples thinned out to at least twice the size, with 8 bits and without opacity."""
    step = max(1, min(decoded.samples.shape[:2]) // (2 * max(size.width, size.height)))
    samples = decoded.samples if decoded.samples.dtype == np.uint8 else decoded.samples[::step, ::step]
    colors = samples[..., :3] if samples.shape[2] >= 3 else samples[..., 0]
    return colors if colors.dtype == np.uint8 else to_uint8(to_float(colors))
