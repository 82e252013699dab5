"""The dialog in which parts of the open picture are painted that are left alone, or made with another fidelity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QSlider, QWidget

from mfsr_app.compare.area_brush import AreaBrush
from mfsr_app.ui.layout import choice_field, column, number_field, push_button, row
from mfsr_app.ui.theme import Space
from mfsr_engine.api import MaskedAreas

if TYPE_CHECKING:
    from mfsr_app.compare.area_brush import Mask
    from mfsr_app.imaging.raster import Raster

PREVIEW_PX = 1024
"""Longest side of what is painted on; the mask is enlarged from it, which only softens its edges further."""
SMALLEST, LARGEST, USUAL = 1, 50, 10
"""Diameter of the brush in percent of the picture's longer side."""


@dataclass(frozen=True)
class AreasAnswer:
    """What was painted."""

    areas: MaskedAreas | None
    """None if nothing is."""


class AreasDialog(QDialog):
    """Accepted means: take `answer`."""

    def __init__(self, picture: Raster, areas: MaskedAreas | None, parent: QWidget) -> None:
        """A dialog over a window.

        Args:
            picture: the open picture.
            areas: what is painted now.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Leave areas alone"))
        self._size = picture.size
        preview = picture.small(PREVIEW_PX)
        small = np.zeros((preview.height(), preview.width()), np.uint8)
        if areas is not None:
            small = _resized(areas.mask, preview.width(), preview.height())
        self.brush = AreaBrush(preview, small)
        self._before, self._painted_before = areas, small.copy()
        self.diameter = QSlider(Qt.Orientation.Horizontal)
        self.erases = QCheckBox(self.tr("Erase"))
        self.way = choice_field(self.tr("What happens there"))
        self.way.addItem(self.tr("Leave alone, only enlarge"), False)
        self.way.addItem(self.tr("Another fidelity"), True)
        self.fidelity = number_field(self.tr("Fidelity there, in percent"), 0, 100)
        self._show_areas(areas)
        inside = column(self, Space.L, Space.M)
        inside.addWidget(self.brush, 1)
        inside.addLayout(self._brush_row())
        inside.addLayout(self._way_row())
        self.diameter.valueChanged.connect(self._on_diameter)
        self.erases.toggled.connect(self._on_erases)
        self.way.currentIndexChanged.connect(self._on_way)
        self._on_way()

    @property
    def answer(self) -> AreasAnswer:
        """What is painted, at the picture's own size."""
        if not self.brush.painted.any():
            return AreasAnswer(None)
        fidelity = self.fidelity.value() / 100 if self.way.currentData() else None
        before = self._before
        if (
            before is not None
            and before.fidelity == fidelity
            and np.array_equal(self._painted_before, self.brush.painted)
        ):
            return AreasAnswer(before)  # nothing is computed again
        return AreasAnswer(MaskedAreas(_resized(self.brush.painted, self._size.width, self._size.height), fidelity))

    def _show_areas(self, areas: MaskedAreas | None) -> None:
        fidelity = None if areas is None else areas.fidelity
        self.way.setCurrentIndex(self.way.findData(fidelity is not None))
        self.fidelity.setSuffix(" %")
        self.fidelity.setValue(100 if fidelity is None else round(100 * fidelity))

    def _brush_row(self) -> QHBoxLayout:
        line = row()
        name = self.tr("Brush")
        self.diameter.setRange(SMALLEST, LARGEST)
        self.diameter.setValue(USUAL)
        self.diameter.setAccessibleName(self.tr("Size of the brush"))
        self.erases.setAccessibleName(self.erases.text())
        self.erases.setToolTip(self.tr("The right button of the mouse erases too"))
        line.addWidget(QLabel(name))
        line.addWidget(self.diameter, 1)
        line.addWidget(self.erases)
        line.addWidget(push_button(self.tr("Clear"), self.brush.clear))
        return line

    def _way_row(self) -> QHBoxLayout:
        line = row()
        line.addWidget(QLabel(self.tr("There")))
        line.addWidget(self.way)
        line.addWidget(self.fidelity)
        line.addStretch()
        line.addWidget(push_button(self.tr("Cancel"), self.reject))
        take = push_button(self.tr("Apply"), self.accept, is_main=True)
        take.setDefault(True)
        line.addWidget(take)
        return line

    @Slot(int)
    def _on_diameter(self, percent: int) -> None:
        self.brush.share = percent / 100

    @Slot(bool)
    def _on_erases(self, erases: bool) -> None:
        self.brush.erases = erases

    @Slot()
    def _on_way(self) -> None:
        self.fidelity.setEnabled(bool(self.way.currentData()))


def ask_areas(picture: Raster, areas: MaskedAreas | None, parent: QWidget) -> AreasAnswer | None:
    """Show the dialog and wait; None if it was left without an answer."""
    dialog = AreasDialog(picture, areas, parent)
    is_taken = bool(dialog.exec())
    dialog.deleteLater()
    return dialog.answer if is_taken else None


def _resized(mask: Mask, width: int, height: int) -> Mask:
    """(height, width) uint8."""
    if mask.shape == (height, width):
        return mask.copy()
    rows = np.ascontiguousarray(mask)
    image = QImage(rows.data, rows.shape[1], rows.shape[0], rows.shape[1], QImage.Format.Format_Grayscale8)
    image = image.scaled(
        width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_Grayscale8)
    levels = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return levels[:, :width].copy()
