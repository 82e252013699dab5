"""A labelled image grid: one row per photograph, one column per method. Can be taken apart again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from mfsr_engine.errors import RequestError
from mfsr_engine.files import atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_LABEL_PX, _GAP_PX = 22, 4
_PAPER, _INK = (24, 24, 24), (235, 235, 235)
_SHAPE_KEY = "mfsr-sheet"


@dataclass(frozen=True)
class ImageGrid:
    """Pictures that belong together."""

    columns: tuple[str, ...]
    """Labels."""
    rows: tuple[tuple[NDArray[np.uint8], ...], ...]
    """For each photograph one picture (S, S, 3) uint8 sRGB for each column."""

    @classmethod
    def of(cls, columns: Sequence[str], rows: Iterable[Iterable[NDArray[np.float32]]]) -> ImageGrid:
        """The same of (S, S, 3) float32 0..1; what lies outside is clipped."""
        return cls(tuple(columns), tuple(tuple(map(_rounded, pictures)) for pictures in rows))

    def write(self, path: Path) -> None:
        """Write the grid as PNG in one move; the folder is made."""
        side_px = self.rows[0][0].shape[0]
        cell = side_px + _GAP_PX
        size = (_GAP_PX + cell * len(self.columns), _LABEL_PX + cell * len(self.rows))
        paper = Image.new("RGB", size, _PAPER)
        pen, font = ImageDraw.Draw(paper), ImageFont.load_default(13)
        for column, label in enumerate(self.columns):
            pen.text((_GAP_PX + column * cell, 3), label, _INK, font)
            for row, pictures in enumerate(self.rows):
                place = (_GAP_PX + column * cell, _LABEL_PX + row * cell)
                paper.paste(Image.fromarray(pictures[column]), place)
        shape = PngInfo()
        described = {"columns": list(self.columns), "rows": len(self.rows), "side_px": side_px}
        shape.add_itxt(_SHAPE_KEY, json.dumps(described))
        with atomic.replacing(path, is_durable=False) as file:
            paper.save(file, "PNG", pnginfo=shape)

    @classmethod
    def read(cls, path: Path) -> ImageGrid:
        """Take a grid that was written apart.

        Raises:
            RequestError: it cannot be read, or is no grid.
        """
        try:
            with Image.open(path) as paper:
                shape = json.loads(paper.info[_SHAPE_KEY])
                pixels = np.asarray(paper.convert("RGB"))
        except (OSError, KeyError, ValueError) as error:
            raise RequestError(f"{path} is not a sheet of pictures.") from error
        columns, side_px = tuple(shape["columns"]), int(shape["side_px"])
        cell = side_px + _GAP_PX

        def cut(row: int, column: int) -> NDArray[np.uint8]:
            top, left = _LABEL_PX + row * cell, _GAP_PX + column * cell
            return pixels[top : top + side_px, left : left + side_px].copy()

        return cls(columns, tuple(tuple(cut(row, n) for n in range(len(columns))) for row in range(shape["rows"])))


def _rounded(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    return (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
