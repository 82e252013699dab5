"""Turns, flips, straightens, crops and reduces a picture before it is upscaled, with its metadata."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.framing import WHOLE, Framing, inner_size
from mfsr_engine.geometry import Size
from mfsr_engine.images.exif import ExifError, parse_exif
from mfsr_engine.images.opacity import spread_colors
from mfsr_engine.images.quantise import to_float
from mfsr_engine.images.reading import upright_samples
from mfsr_engine.images.xmp import upright_xmp, without_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.images.picture import KeptMetadata, Picture

_NOTE = (
    "Positions in the metadata, such as faces and the point in focus, do not fit a cropped picture and were left out."
)


def framed(picture: Picture, framing: Framing) -> Picture:
    """What is taken of a picture.

    Args:
        picture: upright; unchanged.
        framing: what of it.

    Returns:
        A picture of its own with samples of the same type; the same object if all of it is taken as it is.
    """
    if framing == WHOLE:
        return picture
    pixels = picture.pixels
    if picture.alpha is not None and (framing.straighten_deg or framing.share != 1):
        pixels = _visible(pixels, picture.alpha)  # hidden colors must not be blended with those beside them
    pixels = framed_samples(pixels, framing)
    alpha = None if picture.alpha is None else framed_samples(picture.alpha[..., None], framing)[..., 0]
    whole = framing.whole_size(picture.size)
    kept, notes = _framed_metadata(picture.kept, framing, whole, framing.cropped_rect(whole).size)
    coding = picture.jpeg if not framing.straighten_deg and framing.share == 1 else None
    if coding is not None and framing.orientation >= 5:
        coding = coding.transposed()
    return replace(picture, pixels=pixels, alpha=alpha, kept=kept, notes=(*picture.notes, *notes), jpeg=coding)


def framed_samples(samples: NDArray[Any], framing: Framing) -> NDArray[Any]:
    """The samples that are taken, (H, W, C) of any type, as a contiguous array of their own."""
    turned = upright_samples(samples, framing.orientation)
    if framing.straighten_deg:
        turned = _straightened(turned, framing.straighten_deg)
    rows, columns = framing.cropped_rect(Size(turned.shape[1], turned.shape[0])).slices()
    taken = np.array(turned[rows, columns], order="C")
    return taken if framing.share == 1 else _reduced(taken, framing.share)


def _visible(pixels: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Pixels of the same type, with visible colors below the transparent ones."""
    if pixels.dtype.kind == "f":
        return spread_colors(pixels, alpha)
    top = np.iinfo(pixels.dtype).max
    return np.rint(spread_colors(to_float(pixels), to_float(alpha)) * top).astype(pixels.dtype)


def _straightened(samples: NDArray[Any], degrees: float) -> NDArray[Any]:
    """Turned about the middle, and only what is inside of the picture everywhere, in its shape."""
    import cv2

    size = Size(samples.shape[1], samples.shape[0])
    inner = inner_size(size, degrees)
    matrix = cv2.getRotationMatrix2D(((size.width - 1) / 2, (size.height - 1) / 2), -degrees, 1.0)
    matrix[:, 2] += (inner.width - size.width) / 2, (inner.height - size.height) / 2
    turned: NDArray[Any] = cv2.warpAffine(
        np.ascontiguousarray(samples),
        matrix,
        (inner.width, inner.height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    turned = turned.reshape(inner.height, inner.width, samples.shape[2])
    return np.clip(turned, 0, 1) if turned.dtype.kind == "f" else turned


def _reduced(samples: NDArray[Any], share: float) -> NDArray[Any]:
    """Smaller, each pixel the mean of those that it stands for."""
    import cv2

    size = Size(samples.shape[1], samples.shape[0]).scaled(share)
    reduced: NDArray[Any] = cv2.resize(samples, (size.width, size.height), interpolation=cv2.INTER_AREA)
    return reduced.reshape(size.height, size.width, samples.shape[2])


def _framed_metadata(
    kept: KeptMetadata, framing: Framing, whole: Size, size: Size
) -> tuple[KeptMetadata, tuple[str, ...]]:
    """What is written back with the result, and what had to be left out of it."""
    orientation, exif, xmp, dpi = framing.orientation, kept.exif, kept.xmp, kept.dpi
    notes: tuple[str, ...] = ()
    if dpi is not None and framing.quarter_turns % 2:
        dpi = dpi[1], dpi[0]
    if xmp is not None and orientation != 1:
        xmp, notes = upright_xmp(xmp, orientation, whole)
    if xmp is not None and not framing.is_whole:
        xmp, has_lost = without_positions(xmp, size)
        notes = (*notes, *((_NOTE,) if has_lost else ()))
    if exif is not None:
        exif, has_lost = _framed_exif(exif, framing, whole, size)
        notes = (*notes, *((_NOTE,) if has_lost else ()))
    return replace(kept, exif=exif, xmp=xmp, dpi=dpi), tuple(dict.fromkeys(notes))


def _framed_exif(exif: bytes, framing: Framing, whole: Size, size: Size) -> tuple[bytes, bool]:
    """The record, and whether it said where something is that it no longer says."""
    try:
        record = parse_exif(exif)
    except ExifError:  # which the writer tells of
        return exif, False
    if framing.orientation != 1:
        record = record.turned(framing.orientation, whole)
    if framing.is_whole:
        return record.pack(), False
    cropped, has_lost = record.cropped(size)
    return cropped.pack(), has_lost
