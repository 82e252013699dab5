"""Picture files by way of the engine's own reading and writing, so that window and command line give equal files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_app.compare.files import OpenedPicture, PictureToSave

if TYPE_CHECKING:
    from pathlib import Path


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

        pixels, alpha = picture.pixels, picture.alpha
        if (pixels.shape[1], pixels.shape[0]) != (picture.size.width, picture.size.height):
            pixels = images.fit_to(pixels, picture.size)
            alpha = None if alpha is None else images.fit_to(alpha, picture.size)
        made_by = images.Provenance(
            picture.model, picture.steps, picture.seed, fidelity=picture.fidelity, caption=picture.caption
        )
        options = images.WriteOptions(
            quality=picture.quality, keep_location=picture.keep_location, overwrite=True, provenance=made_by
        )
        return images.write(path, pixels, alpha, kept=picture.origin or images.KeptMetadata(), options=options).notes
