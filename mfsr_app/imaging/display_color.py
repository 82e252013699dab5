"""Converts pixels of a file to pixels for the screen, for display only. Files keep their own profile."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ToScreen = Callable[["NDArray[np.uint8]"], "NDArray[np.uint8]"]
"""(H, W, 3) uint8 in a file's space to (H, W, 3) uint8 in the screen's. May be called from any thread."""
SAME_LEVELS = 2
"""A profile that changes no colour by more than this many of 255 levels is taken for sRGB."""
RGB, GRAY = b"RGB ", b"GRAY"


def to_screen(profile: bytes | None, screen: bytes | None = None) -> ToScreen | None:
    """How pixels of this ICC profile are shown on a screen of that one; None if they can be shown as they are.

    A profile that is missing, damaged or not for colours of light counts as sRGB. Loads codecs, so it is not for the GUI
    thread.
    """
    space = _space(profile)
    is_gray = space == GRAY
    source = profile if space in (RGB, GRAY) else None
    target = screen if _space(screen) == RGB else None
    if source is None and target is None:
        return None
    transform = _transform(source, target, "L" if is_gray else "RGB")
    if transform is None:
        return None if source is None or target is None else to_screen(None, screen)

    def convert(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        from PIL import Image, ImageCms

        image = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if is_gray else pixels))
        return np.asarray(ImageCms.applyTransform(image, transform), np.uint8)

    ramps = _ramps(is_gray=is_gray)
    difference = np.abs(convert(ramps).astype(int) - ramps.astype(int)).max()
    return None if difference <= SAME_LEVELS else convert


def from_screen(screen: bytes | None) -> ToScreen | None:
    """How pixels made for that screen become sRGB again, for files; None if they are sRGB."""
    return to_screen(screen) if _space(screen) == RGB else None


def is_for_screens(profile: bytes | None) -> bool:
    """Whether this is an ICC profile with red, green and blue that can be used."""
    return _space(profile) == RGB and _transform(None, profile, "RGB") is not None


def _space(profile: bytes | None) -> bytes | None:
    """Without a profile nothing is loaded: that is so on most screens, while the window is being shown."""
    if profile is None:
        return None
    from mfsr_engine.images.icc import color_space

    return color_space(profile)


def _transform(source: bytes | None, target: bytes | None, mode: str) -> Any:
    """From one profile to another; None is sRGB. None if one cannot be used."""
    from PIL import ImageCms

    def opened(profile: bytes | None) -> Any:
        return ImageCms.createProfile("sRGB") if profile is None else ImageCms.ImageCmsProfile(BytesIO(profile))

    try:
        return ImageCms.buildTransform(
            opened(source),
            opened(target),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _ramps(*, is_gray: bool) -> NDArray[np.uint8]:
    """Greys, and unless there are only those, pure colours, in even steps."""
    ramp = np.arange(0, 256, 15, dtype=np.uint8)
    rows = [np.stack([ramp] * 3, axis=1)]
    for channel in () if is_gray else range(3):
        rows.append(np.zeros((len(ramp), 3), np.uint8))
        rows[-1][:, channel] = ramp
    return np.stack(rows)
