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
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_LABEL_PX, _GAP_PX = 22, 4
_PAPER, _INK = (24, 24, 24), (235, 235, 235)
_SHAPE_KEY = "mfsr-sheet"


@dataclass(frozen=True)
class Sheet:
    """A sheet, taken apart."""

    columns: tuple[str, ...]
    """Labels."""
    rows: tuple[tuple[NDArray[np.uint8], ...], ...]
    """For each photograph one picture (S, S, 3) uint8 sRGB for each column."""


def write_grid(columns: Sequence[str], rows: Sequence[Sequence[NDArray[np.float32]]], path: Path) -> None:
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
    shape = PngInfo()
    shape.add_itxt(_SHAPE_KEY, json.dumps({"columns": list(columns), "rows": len(rows), "side_px": side_px}))
    with atomic.replacing(path, is_durable=False) as file:
        sheet.save(file, "PNG", pnginfo=shape)


def read_grid(path: Path) -> Sheet:
    """Take a written sheet apart.

    Raises:
        RequestError: it cannot be read, or is no sheet.
    """
    try:
        with Image.open(path) as sheet:
            shape = json.loads(sheet.info[_SHAPE_KEY])
            pixels = np.asarray(sheet.convert("RGB"))
    except (OSError, KeyError, ValueError) as error:
        raise RequestError(f"{path} is not a sheet of pictures.") from error
    columns, side_px = tuple(shape["columns"]), int(shape["side_px"])
    cell = side_px + _GAP_PX

    def cut(row: int, column: int) -> NDArray[np.uint8]:
        top, left = _LABEL_PX + row * cell, _GAP_PX + column * cell
        return pixels[top : top + side_px, left : left + side_px].copy()

    return Sheet(columns, tuple(tuple(cut(row, n) for n in range(len(columns))) for row in range(shape["rows"])))
