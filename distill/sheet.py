"""A labelled sheet of pictures: one row for each photograph, one column for each way of making it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_LABEL_PX, _GAP_PX = 22, 4
_PAPER, _INK = (24, 24, 24), (235, 235, 235)


def write_sheet(columns: Sequence[str], rows: Sequence[Sequence[NDArray[np.float32]]], path: Path) -> None:
    """Write the sheet as PNG in one move.

    Args:
        columns: labels.
        rows: for each photograph one picture (S, S, 3) float32 0..1 for each column, all of one size.
        path: file to write; its folder is made.
    """
    side_px = rows[0][0].shape[0]
    cell = side_px + _GAP_PX
    sheet = Image.new("RGB", (_GAP_PX + cell * len(columns), _LABEL_PX + cell * len(rows)), _PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for column, label in enumerate(columns):
        pen.text((_GAP_PX + column * cell, 3), label, _INK, font)
        for row, pictures in enumerate(rows):
            bytes_ = (np.clip(pictures[column], 0, 1) * 255 + 0.5).astype(np.uint8)
            sheet.paste(Image.fromarray(bytes_), (_GAP_PX + column * cell, _LABEL_PX + row * cell))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    sheet.save(temporary, "PNG")
    temporary.replace(path)
