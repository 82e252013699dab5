"""Where the parts of DiT4SR models lie as others publish them: transformer and autoencoder in folders of their own. Loads no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TRANSFORMER, AUTOENCODER = "transformer", "vae"
BASE_ENTRY = "sd35_base"
"""Catalogue entry of the autoencoder, which all published models share."""


def is_in(folder: Path) -> bool:
    """Whether a folder looks like a published model."""
    return (folder / TRANSFORMER).is_dir()


def parts(folder: Path, candidates: Sequence[Path]) -> dict[str, Path]:
    """See `PublishedLayout.parts`."""
    for place in candidates:
        if (place / "config.json").is_file():
            return {TRANSFORMER: folder / TRANSFORMER, AUTOENCODER: place}
    raise ModelError(
        f"{folder} has no {AUTOENCODER}/. Put the autoencoder of Stable Diffusion 3.5 Medium there, name its folder with "
        f"`--vae`, or fetch it with `mfsr models pull {BASE_ENTRY}`."
    )
