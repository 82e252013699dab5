"""How the window reads and writes picture files: an interface, so that tests need no codecs, and its implementation by the engine. All
calls are made off the window's thread.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from mfsr_engine.geometry import Size
    from mfsr_engine.images.picture import DepthBits, KeptMetadata, Picture
    from mfsr_engine.upscale.captions import Caption


@dataclass(frozen=True)
class PictureToSave:
    """A result on its way to a file."""

    pixels: NDArray[np.float32]
    """(H, W, 3) float32 sRGB 0..1, at the factor of the model's passes."""
    alpha: NDArray[np.float32] | None
    """(H, W) float32 0..1, or None."""
    size: Size
    """Exact size the file shall have."""
    kept: KeptMetadata
    """What the file of the source carried beside its pixels."""
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
    source: Path | None = None
    """File of the photograph; None if it has none."""
    keep_date: bool = False
    """Whether the file gets the date and the permissions of `source`."""
    depth: DepthBits | None = None
    """Bits of a color value for formats that hold 16; None is the source's."""
    dpi: int | None = None
    """Pixels per inch on paper; None is what the source says."""
    areas: str = ""
    """What is said of parts that were made in another way, for the provenance record."""
    passes: int = 1
    """How often the model was run, for the provenance record."""


class PictureFiles(Protocol):
    """Reads and writes pictures."""

    def read(self, path: Path) -> Picture:
        """Read a file.

        Raises:
            ImageReadError: it cannot be read as a picture.
        """

    def caption(self, path: Path) -> Caption:
        """What the photograph in a file shows, from the text file beside it; none if there is none."""

    def write(self, path: Path, picture: PictureToSave) -> tuple[str, ...]:
        """Write a result; the format follows the suffix. Gives back what the format could not hold, in sentences.

        Raises:
            ImageWriteError: it cannot be written.
        """


class EnginePictureFiles:
    """See `PictureFiles`. The codecs are loaded on first use, in the thread that calls."""

    def read(self, path: Path) -> Picture:
        """Read a file.

        Raises:
            ImageReadError: it cannot be read as a picture.
        """
        from mfsr_engine import images

        return images.read(path)

    def caption(self, path: Path) -> Caption:
        """See `PictureFiles`."""
        from mfsr_engine.upscale.captions import read_caption

        return read_caption(path)

    def write(self, path: Path, picture: PictureToSave) -> tuple[str, ...]:
        """Write a result whole or not at all; an older result of that name is replaced, as the dialog has asked, and any other
        file is kept under another name.

        Raises:
            ImageWriteError: it cannot be written.
        """
        from mfsr_engine import images

        made_by = images.Provenance(
            picture.model,
            picture.steps,
            picture.seed,
            fidelity=picture.fidelity,
            passes=picture.passes,
            areas=picture.areas,
            caption=picture.caption,
        )
        options = images.WriteOptions(
            quality=picture.quality,
            keep_location=picture.keep_location,
            overwrite=True,
            provenance=made_by,
            source=picture.source,
            keep_date=picture.keep_date,
            depth=picture.depth,
        )
        pixels, alpha, kept = picture.pixels, picture.alpha, picture.kept
        if picture.dpi is not None:
            kept = _printed(kept, float(picture.dpi))
        return images.write(path, pixels, alpha, kept=kept, options=options, size=picture.size).notes


def _printed(kept: KeptMetadata, dpi: float) -> KeptMetadata:
    """With this resolution everywhere, so that no two records of the file disagree."""
    from mfsr_engine.images.exif import ExifError, parse_exif

    exif = kept.exif
    if exif is not None:
        with suppress(ExifError):  # which the writer tells of
            exif = parse_exif(exif).with_resolution((dpi, dpi)).pack()
    return replace(kept, dpi=(dpi, dpi), exif=exif)
