"""Colours for the screen: pixels in another colour space become sRGB, for display only. Files keep their own profile."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ToScreen = Callable[["NDArray[np.uint8]"], "NDArray[np.uint8]"]
"""(H, W, 3) uint8 in a file's space to (H, W, 3) uint8 sRGB. May be called from any thread."""
SAME_LEVELS = 2
"""A profile that changes no colour by more than this many of 255 levels is taken for sRGB."""
GRAY = b"GRAY"


def to_screen(profile: bytes | None) -> ToScreen | None:
    """How pixels of this ICC profile are shown; None if they can be shown as they are, or if the profile is of no use.

    Loads codecs, so it is not for the GUI thread.
    """
    from mfsr_engine.images.icc import color_space

    space = color_space(profile)
    if profile is None or space not in (b"RGB ", GRAY):
        return None
    transform = _transform(profile, "L" if space == GRAY else "RGB")
    if transform is None:
        return None

    def convert(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        from PIL import Image, ImageCms

        source = pixels[..., 0] if space == GRAY else pixels
        image = Image.fromarray(np.ascontiguousarray(source))
        return np.asarray(ImageCms.applyTransform(image, transform), np.uint8)

    probe = _probe(is_gray=space == GRAY)
    difference = np.abs(convert(probe).astype(int) - probe.astype(int)).max()
    return None if difference <= SAME_LEVELS else convert


def _transform(profile: bytes, mode: str) -> Any:
    from PIL import ImageCms

    try:
        return ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _probe(*, is_gray: bool) -> NDArray[np.uint8]:
    """Greys, and unless there are only those, pure colours, in even steps."""
    ramp = np.arange(0, 256, 15, dtype=np.uint8)
    rows = [np.stack([ramp] * 3, axis=1)]
    for channel in () if is_gray else range(3):
        rows.append(np.zeros((len(ramp), 3), np.uint8))
        rows[-1][:, channel] = ramp
    return np.stack(rows)
