"""The dialog in which the open picture is cropped, turned, flipped and straightened before it is upscaled."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QWidget,
)

from mfsr_app.compare.crop_area import ALL, CropArea
from mfsr_app.ui.layout import choice_field, column, label, number_field, push_button, row
from mfsr_app.ui.theme import Space
from mfsr_engine.framing import LEAST_SHARE, WHOLE, Framing

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QSpinBox

    from mfsr_app.compare.values import WholeLook

MOST_DEG = 15.0
"""A horizon is hardly ever more wrong than this; the field takes more than the slider."""
SLIDER_STEPS = 10
"""Steps of the slider for each degree."""
MOST_NEEDED = 0.45
"""Pictures whose detail needs more came out better without, those below better when reduced; docs/FEATURES.md has the figures."""
SHAPES = ((1, 1), (5, 4), (4, 3), (3, 2), (16, 9))


class FramingDialog(QDialog):
    """Accepted means: take `framing`."""

    def __init__(self, whole: WholeLook, framing: Framing, parent: QWidget) -> None:
        """A dialog over a window.

        Args:
            whole: all of the picture.
            framing: what of it is taken now.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Crop, turn, flip and straighten"))
        self._size, self._preview = whole.size, _samples(whole.preview)
        self.framing = framing
        self.area = CropArea()
        self.angle = QDoubleSpinBox()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.shape = self._shape_field()
        self.sides = self._side_fields()
        self.share = number_field(self.tr("Reduce to, in percent"), round(100 * LEAST_SHARE), 100)
        self._needed = max(LEAST_SHARE, math.ceil(20 * whole.needed_share) / 20)
        self.left_over = label(role="muted")
        inside = column(self, Space.L, Space.M)
        inside.addWidget(self.area, 1)
        inside.addLayout(self._turn_row())
        inside.addLayout(self._angle_row())
        inside.addLayout(self._crop_row())
        inside.addLayout(self._share_row())
        inside.addLayout(self._end_row())
        self.area.changed.connect(self._on_dragged)
        self.slider.valueChanged.connect(self._on_slider)
        self.angle.valueChanged.connect(self._straighten)
        for field in self.sides:
            field.valueChanged.connect(self._on_sides)
        self.shape.activated.connect(self._on_shape)
        self.share.valueChanged.connect(self._on_share)
        self._show()

    def _turn_row(self) -> QHBoxLayout:
        buttons = row()
        changes: dict[str, Callable[[Framing], Framing]] = {
            self.tr("Turn left"): lambda framing: framing.turned(-1),
            self.tr("Turn right"): lambda framing: framing.turned(1),
            self.tr("Flip horizontally"): Framing.flipped,
            self.tr("Flip vertically"): lambda framing: framing.flipped().turned(2),
        }
        for words, change in changes.items():
            buttons.addWidget(push_button(words, partial(self._change, change)))
        buttons.addStretch()
        return buttons

    def _angle_row(self) -> QHBoxLayout:
        line = row()
        name = self.tr("Straighten")
        self.slider.setRange(round(-MOST_DEG * SLIDER_STEPS), round(MOST_DEG * SLIDER_STEPS))
        self.slider.setAccessibleName(name)
        self.angle.setRange(-45.0, 45.0)
        self.angle.setDecimals(1)
        self.angle.setSingleStep(0.1)
        self.angle.setSuffix("°")
        self.angle.lineEdit().setTextMargins(Space.S, 0, 0, 0)
        self.angle.setAccessibleName(name)
        line.addWidget(QLabel(name))
        line.addWidget(self.slider, 1)
        line.addWidget(self.angle)
        return line

    def _shape_field(self) -> QComboBox:
        field = choice_field(self.tr("Shape of the frame"))
        field.addItem(self.tr("Any shape"), None)
        field.addItem(self.tr("As the picture"), 0.0)
        for wide, high in SHAPES:
            field.addItem(f"{wide} : {high}", wide / high)
            if wide != high:
                field.addItem(f"{high} : {wide}", high / wide)
        return field

    def _side_fields(self) -> tuple[QSpinBox, QSpinBox, QSpinBox, QSpinBox]:
        names = self.tr("Left"), self.tr("Top"), self.tr("Width"), self.tr("Height")
        made = [number_field(self.tr("{0} of the part, in pixels").format(name), 0, 10**6) for name in names]
        for field, name in zip(made, names, strict=True):
            field.setPrefix(f"{name}  ")
        return made[0], made[1], made[2], made[3]

    def _crop_row(self) -> QHBoxLayout:
        line = row()
        line.addWidget(QLabel(self.tr("Crop")))
        line.addWidget(self.shape, 1)
        for field in self.sides:
            line.addWidget(field)
        return line

    def _share_row(self) -> QHBoxLayout:
        """To reduce the picture first, and how far, if its detail ends before its pixels do."""
        line = row()
        self.share.setSuffix(" %")
        line.addWidget(QLabel(self.tr("Reduce to")))
        line.addWidget(self.share)
        if self._needed > MOST_NEEDED:
            line.addStretch()
            return line
        percent = round(100 * self._needed)
        line.addWidget(push_button(self.tr("Use {0} %").format(percent), lambda: self.share.setValue(percent)))
        words = self.tr(
            "The detail of this picture ends at about {0} % of its size; reduced to that, it is likely to be upscaled better."
        )
        line.addWidget(label(words.format(percent), "muted"), 1)
        return line

    def _end_row(self) -> QHBoxLayout:
        line = row()
        line.addWidget(push_button(self.tr("Reset"), lambda: self._change(lambda _: WHOLE)))
        line.addWidget(self.left_over, 1)
        line.addWidget(push_button(self.tr("Cancel"), self.reject))
        take = push_button(self.tr("Apply"), self.accept, is_main=True)
        take.setDefault(True)
        take.setFocus()
        line.addWidget(take)
        return line

    def _change(self, change: Callable[[Framing], Framing]) -> None:
        self.framing = change(self.framing)
        if self.shape.currentData() is not None:  # a turned frame has another shape
            self.shape.setCurrentIndex(0)
            self.area.shape = None
        self._show()

    @Slot(int)
    def _on_slider(self, value: int) -> None:
        self._straighten(value / SLIDER_STEPS)

    @Slot(float)
    def _straighten(self, degrees: float) -> None:
        if degrees != self.framing.straighten_deg:
            self.framing = replace(self.framing, straighten_deg=degrees)
            self._show()

    @Slot()
    def _on_dragged(self) -> None:
        self.framing = replace(self.framing, crop=None if self.area.edges == ALL else self.area.edges)
        self._show_numbers()

    @Slot()
    def _on_sides(self) -> None:
        """A part of that size in pixels, as much of it as there is."""
        whole = self.framing.whole_size(self._size)
        left, top, width, height = (field.value() for field in self.sides)
        left, top = min(left, whole.width - 1), min(top, whole.height - 1)
        right, bottom = min(whole.width, left + max(1, width)), min(whole.height, top + max(1, height))
        crop = (left / whole.width, top / whole.height, right / whole.width, bottom / whole.height)
        self.framing = replace(self.framing, crop=None if crop == ALL else crop)
        self.area.set_edges(crop)
        self._show_numbers()

    @Slot(int)
    def _on_share(self, percent: int) -> None:
        self.framing = replace(self.framing, share=percent / 100)
        self._show_numbers()

    @Slot()
    def _on_shape(self) -> None:
        shape = self.shape.currentData()
        whole = self.framing.whole_size(self._size)
        self.area.set_shape(whole.width / whole.height if shape == 0.0 else shape)

    def _show(self) -> None:
        """Everything as `framing` says."""
        self.area.show_picture(_framed_preview(self._preview, replace(self.framing, crop=None, share=1.0)))
        self.area.set_edges(self.framing.crop or ALL)
        with QSignalBlocker(self.angle), QSignalBlocker(self.slider):  # what is shown was not asked for
            self.angle.setValue(self.framing.straighten_deg)
            self.slider.setValue(round(self.framing.straighten_deg * SLIDER_STEPS))
        self._show_numbers()

    def _show_numbers(self) -> None:
        whole = self.framing.whole_size(self._size)
        part = self.framing.cropped_rect(whole)
        for field, value in zip(self.sides, (part.x, part.y, part.width, part.height), strict=True):
            with QSignalBlocker(field):
                field.setValue(value)
        with QSignalBlocker(self.share):
            self.share.setValue(round(100 * self.framing.share))
        taken, words = self.framing.taken_size(self._size), self.tr("{0} × {1} of {2} × {3} pixels")
        self.left_over.setText(words.format(taken.width, taken.height, whole.width, whole.height))


def ask_framing(whole: WholeLook, framing: Framing, parent: QWidget) -> Framing | None:
    """Show the dialog and wait; None if it was left without an answer."""
    dialog = FramingDialog(whole, framing, parent)
    is_taken = bool(dialog.exec())
    dialog.deleteLater()
    return dialog.framing if is_taken else None


def _samples(preview: QImage) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """(h, w, 4) uint8 in Qt's 32-bit order."""
    image = preview.convertToFormat(QImage.Format.Format_ARGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


def _framed_preview(preview: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], framing: Framing) -> QImage:
    from mfsr_engine.images.framing import framed_samples

    samples = framed_samples(preview, framing)
    height, width = samples.shape[:2]
    return QImage(samples.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
