"""The value of the pixel under the pointer, in a label at the foot of a pane. Drawing and arithmetic only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF

from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from mfsr_app.compare.values import Shown, View
    from mfsr_engine.geometry import Size

HEIGHT_PX = 44
"""The foot of a pane that is painted anew when the pointer moves."""


def spot_under(at: QPointF, middle: QPointF, view: View, ratio: float) -> QPointF:
    """The place on the picture, in source pixels, under a point of a pane given in device-independent pixels."""
    from_middle = (at - middle) * ratio / view.scale
    return QPointF(view.center_x, view.center_y) + from_middle


def readout(shown: Shown, spot: QPointF, source: Size) -> str:
    """Place and value of the pixel at a place of the picture; empty outside of it."""
    cells = shown.cells
    if cells is None or not (0 <= spot.x() < source.width and 0 <= spot.y() < source.height):
        return ""
    x, y = (
        min(math.floor(at * cells_across / source_across), cells_across - 1)
        for at, cells_across, source_across in (
            (spot.x(), cells.size.width, source.width),
            (spot.y(), cells.size.height, source.height),
        )
    )
    red, green, blue = cells.read(Rect(x, y, 1, 1))[0, 0].tolist()
    words = QCoreApplication.translate("Readout", "{0}, {1}   R {2}  G {3}  B {4}")
    return words.format(x, y, red, green, blue)
