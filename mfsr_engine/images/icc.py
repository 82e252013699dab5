"""ICC profiles: which colour space one describes, and conversion to sRGB where it cannot be kept."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageCms

if TYPE_CHECKING:
    from numpy.typing import NDArray

RGB_SPACE, GRAY_SPACE = b"RGB ", b"GRAY"


def color_space(profile: bytes | None) -> bytes | None:
    """The four letters of the profile's colour space (ICC.1, byte 16), or None if it is no ICC profile."""
    if profile is None or len(profile) < 128 or profile[36:40] != b"acsp":
        return None
    return profile[16:20]


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image | None:
    """A CMYK or LAB image as sRGB through `profile` (LAB needs none); None if there is no usable profile."""
    try:
        source = (
            ImageCms.createProfile("LAB") if image.mode == "LAB" else ImageCms.ImageCmsProfile(BytesIO(profile or b""))
        )
        return ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def gray_to_srgb(gray: NDArray[np.float32], profile: bytes) -> NDArray[np.float32]:
    """Grey values in the space of a grey profile as sRGB grey values, through a curve of 256 points.

    Args:
        gray: (H, W) float32 0..1.
        profile: ICC profile of space "GRAY".

    Returns:
        (H, W) float32 0..1; the input if the profile cannot be used.
    """
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    converted = to_srgb(ramp, profile)
    if converted is None:
        return gray
    curve = np.asarray(converted, np.float32)[0].mean(axis=1) / 255.0
    return np.asarray(np.interp(gray, np.linspace(0.0, 1.0, 256), curve), np.float32)
