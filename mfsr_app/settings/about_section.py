"""What this program is, where its log is, and a report for whoever shall mend something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

from mfsr_app.desktop.log import diagnostics, log_path, system_words
from mfsr_app.ui.layout import column, label, row
from mfsr_app.ui.theme import Space
from mfsr_engine import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.settings.settings import SettingsState


class AboutSection(QWidget):
    """Words, and two buttons."""

    def __init__(self, settings: SettingsState, path: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._path = settings, path or log_path()
        inside = column(self, 0, Space.S)
        inside.addWidget(label(f"MFSR {__version__}", "section"))
        inside.addWidget(label(system_words(), "muted"))
        inside.addWidget(label(self.tr("Free software under the Apache License 2.0. No telemetry."), "muted"))
        where = label(self.tr("Log: {0}").format(self._path), "muted")
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.addWidget(where)
        buttons = row()
        self.copy = QPushButton(self.tr("Copy diagnostics"))
        self.copy.setToolTip(self.tr("Versions, settings and the end of the log, to paste into a report"))
        self.show_log = QPushButton(self.tr("Show the folder of the log"))
        for button, slot in ((self.copy, self._copy), (self.show_log, self._show)):
            button.setAccessibleName(button.text())
            button.clicked.connect(slot)
            buttons.addWidget(button)
        buttons.addStretch()
        inside.addLayout(buttons)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(diagnostics(self._settings.current, self._path))
        self.copy.setText(self.tr("Copied"))

    @Slot()
    def _show(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))
