"""Encodes pictures through Pillow, and explains its refusals."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from mfsr_engine.errors import ImageWriteError
from mfsr_engine.files.formats import FORMATS, ImageFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image


def encoded_by_pillow(image: Image.Image, image_format: ImageFormat, options: Mapping[str, Any]) -> memoryview:
    """A whole file. It is made in memory, for Pillow hides the system's reason when a write fails.

    Raises:
        ImageWriteError: the encoder refuses the picture.
    """
    buffer = BytesIO()
    try:
        image.save(buffer, image_format.value, **options)
    except (OSError, ValueError) as error:
        title = FORMATS[image_format].title
        raise ImageWriteError(f"The {title} encoder refused the picture ({error}). Choose PNG or TIFF.") from error
    return buffer.getbuffer()
