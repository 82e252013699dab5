"""The dialog in which what of a comparison goes to a file is chosen, with a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from mfsr_app.compare.values import EXPORTS, FRAME_MS, Export, ExportKind
from mfsr_app.ui.layout import choice_field, column, label, push_button, row
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QImage

PREVIEW_PX = (560, 380)
"""Room for the preview."""


def export_words(export: Export) -> str:
    """What an export is called."""
    translate = QCoreApplication.translate
    if export.kind is ExportKind.VIEW:
        return translate("Exports", "Current view")
    if export.kind is ExportKind.PAIR:
        return translate("Exports", "Side by side, with labels")
    return {
        ".webp": translate("Exports", "Before and after, animated WebP"),
        ".apng": translate("Exports", "Before and after, animated PNG"),
        ".gif": translate("Exports", "Before and after, animated GIF"),
    }[export.suffix]


class ExportDialog(QDialog):
    """Accepted means: take `chosen`."""

    def __init__(self, pictures: Callable[[ExportKind], Sequence[QImage]], parent: QWidget) -> None:
        """A dialog over a window.

        Args:
            pictures: what an export shows: one picture, or those of an animation.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export the comparison"))
        self._pictures = pictures
        self._frames: list[QPixmap] = []
        self._frame = 0
        self.kinds = choice_field(self.tr("What is exported"))
        for number, export in enumerate(EXPORTS):
            self.kinds.addItem(export_words(export), number)
        self.preview, self.words = QLabel(alignment=Qt.AlignmentFlag.AlignCenter), label("", "muted")
        self.preview.setFixedSize(*PREVIEW_PX)
        self.preview.setAccessibleName(self.tr("Preview"))
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._show_next)
        self._lay_out()
        self.kinds.currentIndexChanged.connect(self._show_kind)
        self._show_kind()

    @property
    def chosen(self) -> Export:
        """What is to be exported."""
        return EXPORTS[self.kinds.currentIndex()]

    def _lay_out(self) -> None:
        inside = column(self, Space.L, Space.M)
        inside.addWidget(self.kinds)
        inside.addWidget(self.preview)
        inside.addWidget(self.words)
        line = row()
        line.addStretch()
        line.addWidget(push_button(self.tr("Cancel"), self.reject))
        take = push_button(self.tr("Save as…"), self.accept, is_main=True)
        take.setDefault(True)
        line.addWidget(take)
        inside.addLayout(line)

    @Slot()
    def _show_kind(self) -> None:
        room = self.preview.contentsRect().size()
        shape, way = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        made = [QPixmap.fromImage(image) for image in self._pictures(self.chosen.kind)]
        self._frames = [one.scaled(room, shape, way) if one.width() > room.width() or one.height() > room.height() else one
                        for one in made]  # fmt: skip
        self._frame = -1
        self._show_next()
        if len(self._frames) > 1:
            self._timer.start()
        else:
            self._timer.stop()
        self.words.setText(self._advice())

    @Slot()
    def _show_next(self) -> None:
        if self._frames:
            self._frame = (self._frame + 1) % len(self._frames)
            self.preview.setPixmap(self._frames[self._frame])

    def _advice(self) -> str:
        if self.chosen.suffix == ".gif":
            return self.tr("256 colors for both pictures together. WebP and PNG keep all colors.")
        if self.chosen.kind is ExportKind.TURNS:
            return self.tr("All colors; browsers and most viewers show it.")
        return self.tr("The part in view, without loss.")


def ask_export(pictures: Callable[[ExportKind], Sequence[QImage]], parent: QWidget) -> Export | None:
    """Show the dialog and wait; None if it was left without an answer."""
    dialog = ExportDialog(pictures, parent)
    is_taken = bool(dialog.exec())
    dialog.deleteLater()
    return dialog.chosen if is_taken else None
