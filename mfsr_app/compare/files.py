"""What the window needs of picture files, so that tests can do without codecs. All calls are made off its thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mfsr_engine.upscale.captions import NO_CAPTION, Caption

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from mfsr_engine.geometry import Size


@dataclass(frozen=True)
class OpenedPicture:
    """A picture that was read."""

    pixels: NDArray[np.float32]
    """(H, W, 3) float32 sRGB 0..1."""
    alpha: NDArray[np.float32] | None = None
    """(H, W) float32 0..1, or None."""
    origin: Any = None
    """What the files object wants to see again when the result is written: metadata, colour profile, depth."""
    profile: bytes | None = None
    """ICC profile of the pixels; None is sRGB."""
    notes: tuple[str, ...] = ()
    """What reading had to change, in sentences for the user."""
    caption: Caption = NO_CAPTION
    """What it shows, from the text file beside it."""


@dataclass(frozen=True)
class PictureToSave:
    """A result on its way to a file."""

    pixels: NDArray[np.float32]
    """(H, W, 3) float32 sRGB 0..1, at the model's own factor."""
    alpha: NDArray[np.float32] | None
    """(H, W) float32 0..1, or None."""
    size: Size
    """Exact size the file shall have."""
    origin: Any
    """`OpenedPicture.origin` of the source."""
    model: str
    """Model that made it, for the provenance record."""
    steps: int
    """Steps it was made with."""
    seed: int
    """Seed it was made with."""
    fidelity: float = 0.0
    """0 most detail to 1 closest to the input, for the provenance record."""
    quality: int = 95
    """1 to 100, for formats that lose something."""
    keep_location: bool = True
    """Whether the place where the photograph was taken is kept."""
    caption: str = ""
    """What the model was told that the picture shows, for the provenance record."""


class PictureFiles(Protocol):
    """Reads and writes pictures."""

    def read(self, path: Path) -> OpenedPicture:
        """Read a file.

        Raises:
            ImageReadError: it cannot be read as a picture.
        """

    def write(self, path: Path, picture: PictureToSave) -> tuple[str, ...]:
        """Write a result; the format follows the suffix. Gives back what the format could not hold, in sentences.

        Raises:
            ImageWriteError: it cannot be written.
        """
