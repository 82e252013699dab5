"""Two panes at 100 % in a process of its own, because the density of the screen is settled when Qt starts.

Usage: QT_SCALE_FACTOR=1.25 python -m tests.fakes.dense_panes WIDTH

Prints a line for each pane: its device pixels along one row, each 0 or 255, of a picture whose columns take turns.
"""

from __future__ import annotations

import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QWidget

from mfsr_app.compare.canvas import Canvas
from mfsr_app.compare.values import Shown
from mfsr_app.compare.view import ViewModel
from mfsr_app.imaging.raster import raster_of
from mfsr_app.ui.layout import row
from mfsr_engine.geometry import Size


def main() -> None:
    app = QApplication([])
    source = Size(600, 300)
    pixels = np.zeros((1200, 2400, 3), np.float32)
    pixels[:, ::2] = 1.0
    shown = Shown("", raster_of(pixels), None, is_smooth=False, factor=4)
    window = QWidget()
    window.resize(int(sys.argv[1]), 301)
    inside = row()
    inside.setSpacing(3)
    window.setLayout(inside)
    panes = [Canvas(), Canvas()]
    view = ViewModel()
    for pane in panes:
        inside.addWidget(pane, 1)
    window.show()
    app.processEvents()
    view.set_source(source, 4)
    view.set_port(panes[1].port)
    view.zoom_to(1.0)
    for pane in panes:
        pane.set_look(view.view, source)
        pane.set_shown(None, shown)
    image = window.grab().toImage()
    ratio = window.devicePixelRatioF()
    for pane in panes:
        corner = pane.mapTo(window, QPointF(0, 0)) * ratio
        y = round(corner.y() + pane.height() * ratio / 2)
        left, right = round(corner.x()) + 4, round(corner.x() + pane.width() * ratio) - 4
        print(" ".join(str(image.pixelColor(x, y).red()) for x in range(left, right)))


if __name__ == "__main__":
    main()
