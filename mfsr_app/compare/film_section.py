"""Binds the film strip to the folder. Hidden while there is only one photograph, while nobody wants it, and where there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mfsr_app.compare.film_strip import FilmStrip
from mfsr_app.ui.layout import column

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.compare.folder import FolderState
    from mfsr_app.ui.theme import Colors

LEAST_HEIGHT_PX = 520
"""A window lower than this has no room for the strip."""


class FilmSection(QWidget):
    """Shows the strip below the pictures."""

    def __init__(self, folder: FolderState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._photos: tuple[Path, ...] = ()
        self._has_room = True
        self.strip = FilmStrip()
        column(self).addWidget(self.strip)
        self.strip.chosen.connect(folder.open_at)
        folder.changed.connect(self._show)
        folder.shown_changed.connect(self._show)
        folder.small_made.connect(self._on_small)
        self._show()

    def set_colors(self, colors: Colors) -> None:
        """Use the theme's colors."""
        self.strip.set_empty_color(colors.raised)

    def set_page_height(self, height: int) -> None:
        """Say how high the page is."""
        self._has_room = height >= LEAST_HEIGHT_PX
        self._show()

    @Slot()
    def _show(self) -> None:
        folder = self._folder
        if folder.photos != self._photos:
            self._photos = folder.photos
            self.strip.set_photos([path.name for path in folder.photos], folder.small_of)
        self.strip.set_current(folder.position)
        self.setVisible(folder.is_strip_wanted and self._has_room and len(folder.photos) > 1)

    @Slot(object)
    def _on_small(self, path: Path) -> None:
        if path in self._photos and self.isVisible():
            self.strip.tell_made(self._photos.index(path))
