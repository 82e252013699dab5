"""Picture files as the window reads and writes them: what it needs of them, so that tests can do without codecs, and the engine's
own way. All calls are made off the window's thread.
"""

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


class EnginePictureFiles:
    """See `PictureFiles`. The codecs are loaded on first use, in the thread that calls."""

    def read(self, path: Path) -> OpenedPicture:
        """Read a file.

        Raises:
            ImageReadError: it cannot be read as a picture.
        """
        from mfsr_engine import images
        from mfsr_engine.upscale.captions import read_caption

        picture = images.read(path)
        return OpenedPicture(
            picture.pixels,
            picture.alpha,
            origin=picture.kept,
            profile=picture.kept.icc_profile,
            notes=picture.notes,
            caption=read_caption(path),
        )

    def write(self, path: Path, picture: PictureToSave) -> tuple[str, ...]:
        """Write a result whole or not at all; an older file of that name is replaced, as the dialog has asked.

        Raises:
            ImageWriteError: it cannot be written.
        """
        from mfsr_engine import images

        made_by = images.Provenance(
            picture.model, picture.steps, picture.seed, fidelity=picture.fidelity, caption=picture.caption
        )
        options = images.WriteOptions(
            quality=picture.quality, keep_location=picture.keep_location, overwrite=True, provenance=made_by
        )
        kept = picture.origin or images.KeptMetadata()
        return images.write(path, picture.pixels, picture.alpha, kept=kept, options=options, size=picture.size).notes
