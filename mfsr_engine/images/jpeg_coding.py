"""How a JPEG file was compressed, as far as its blocks depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

_STANDARD = (16, 11, 10, 16)
"""The first steps of luma at quality 50 (ITU-T T.81, table K.1). Later ones are cut off at 255 in files of low quality."""
_TABLE_STEPS = 64
_HALVED_BOTH_WAYS = 2


@dataclass(frozen=True)
class JpegCoding:
    """How a JPEG file was compressed."""

    tables: tuple[tuple[int, ...], ...]
    """Quantisation tables of 64 steps, row by row; luma first."""
    subsampling: int
    """0 is 4:4:4, 1 4:2:2, 2 4:2:0."""

    @property
    def quality(self) -> float:
        """What an encoder with the usual tables would call it, 1..100."""
        percent = 100 * sum(self.tables[0][: len(_STANDARD)]) / sum(_STANDARD)
        return max(1.0, 5000 / percent if percent > 100 else (200 - percent) / 2)

    def transposed(self) -> JpegCoding:
        """That of the same picture with rows and columns exchanged."""
        tables = tuple(tuple(np.reshape(table, (8, 8)).T.ravel().tolist()) for table in self.tables)
        return JpegCoding(tables, _HALVED_BOTH_WAYS if self.subsampling == 1 else self.subsampling)


def jpeg_coding(image: Image.Image) -> JpegCoding | None:
    """How an opened file was compressed; None if it is no JPEG of grey or RGB values."""
    from PIL import JpegImagePlugin

    if not isinstance(image, JpegImagePlugin.JpegImageFile) or image.mode not in ("L", "RGB"):
        return None
    tables = tuple(tuple(table) for _, table in sorted(image.quantization.items()))
    if not tables or any(len(table) != _TABLE_STEPS for table in tables):
        return None
    found = JpegImagePlugin.get_sampling(image) if image.mode == "RGB" else 0
    return JpegCoding(tables[:2], found if found >= 0 else _HALVED_BOTH_WAYS)
