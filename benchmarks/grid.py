"""A labelled sheet for the eye: one row for each picture, one column for each method, the truth last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_LABEL_PX = 22
_GAP_PX = 4
_PAPER, _INK = (24, 24, 24), (235, 235, 235)


def draw(rows: Mapping[str, Sequence[NDArray[np.uint8]]], columns: Sequence[str], crop_px: int) -> Image.Image:
    """Draw the sheet.

    Args:
        rows: Pictures (H, W, 3) uint8 sRGB by name, one for each column.
        columns: The columns' labels.
        crop_px: Side of the part from each picture's middle that is shown, unscaled.
    """
    cell = crop_px + _GAP_PX
    height = _LABEL_PX + len(rows) * (cell + _LABEL_PX)
    sheet = Image.new("RGB", (len(columns) * cell + _GAP_PX, height), _PAPER)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(13)
    for column, label in enumerate(columns):
        pen.text((_GAP_PX + column * cell, 3), label, _INK, font)
    for row, (name, pictures) in enumerate(rows.items()):
        top = _LABEL_PX + row * (cell + _LABEL_PX)
        pen.text((_GAP_PX, top + 3), name, _INK, font)
        for column, picture in enumerate(pictures):
            sheet.paste(_middle(picture, crop_px), (_GAP_PX + column * cell, top + _LABEL_PX))
    return sheet


def _middle(picture: NDArray[np.uint8], side_px: int) -> Image.Image:
    top = max(0, (picture.shape[0] - side_px) // 2)
    left = max(0, (picture.shape[1] - side_px) // 2)
    return Image.fromarray(np.ascontiguousarray(picture[top : top + side_px, left : left + side_px]))
