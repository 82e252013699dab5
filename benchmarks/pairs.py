"""Picture pairs to measure on: a folder with `lr/` and `hr/`, with the same file names, four times larger in `hr/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from mfsr_engine.errors import MfsrError
from mfsr_engine.files.formats import is_image_path

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SCALE = 4


class PairsError(MfsrError):
    """The folder holds no usable pairs."""


@dataclass(frozen=True)
class Pair:
    """A small picture and the true large one."""

    name: str
    """File name without its suffix."""
    lr: NDArray[np.float32]
    """(H, W, 3) float32 sRGB 0..1."""
    hr: NDArray[np.uint8]
    """(4 H, 4 W, 3) uint8 sRGB."""


def find(folder: Path, limit: int | None = None) -> list[Path]:
    """Small pictures that have a large one, by name; the first `limit` of them.

    Raises:
        PairsError: There are none.
    """
    files = sorted(file for file in (folder / "lr").glob("*") if is_image_path(file))
    paired = [file for file in files if _truth(file).is_file()]
    if not paired:
        raise PairsError(f"{folder} holds no pairs: it needs folders lr and hr with equally named pictures.")
    return paired[:limit]


def read(file: Path) -> Pair:
    """Read a small picture and its truth.

    Raises:
        PairsError: The truth is not exactly four times larger.
    """
    lr, hr = _pixels(file), _pixels(_truth(file))
    if hr.shape[:2] != (lr.shape[0] * SCALE, lr.shape[1] * SCALE):
        raise PairsError(f"{file.name}: {hr.shape[:2]} is not {SCALE} times {lr.shape[:2]}.")
    return Pair(file.stem, lr.astype(np.float32) / np.float32(255), hr)


def _truth(file: Path) -> Path:
    return file.parent.parent / "hr" / file.name


def _pixels(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))
