"""The licence that must be accepted before a download, and the steps to a gated model."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.ui.layout import LinkedText, column, label, row
from mfsr_app.ui.text import size
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from mfsr_app.models.hub import ModelRow

WIDTH_PX = 560


class LicenceDialog(QDialog):
    """Accepted means: the licences were agreed to."""

    def __init__(self, model: ModelRow, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Download {0}").format(translated(model.title)))
        self.setFixedWidth(WIDTH_PX)
        inside = column(self, Space.XL, Space.M)
        inside.addWidget(label(self.tr("Before {0} is downloaded").format(translated(model.title)), "title"))
        for notice in model.notices:
            inside.addWidget(LinkedText(html.escape(translated(notice))))
        if model.licence_url:
            inside.addWidget(LinkedText(self.tr("Licence: {0}").format(_link(model.licence_url, model.licence))))
        if model.gates:
            inside.addWidget(label(self.tr("This model is gated: it needs a free account on the hub"), "section"))
            inside.addWidget(LinkedText(self._steps(model.gates)))
        inside.addWidget(label(self._size_words(model), "muted"))
        inside.addSpacing(Space.S)
        inside.addLayout(self._buttons())

    def showEvent(self, event: QShowEvent) -> None:
        """As high as the words need at this width, which Qt does not find out by itself."""
        inside = self.layout()
        assert inside is not None
        self.setFixedHeight(inside.totalHeightForWidth(WIDTH_PX))
        super().showEvent(event)

    def _size_words(self, model: ModelRow) -> str:
        if model.size_bytes is not None:
            return self.tr("{0} are fetched.").format(size(model.size_bytes))
        words = self.tr("At least {0} are fetched; the download says how much there is.")
        return words.format(size(model.least_bytes))

    def _steps(self, gates: tuple[str, ...]) -> str:
        pages = ", ".join(_link(page, page.split("//")[-1]) for page in gates)
        steps = (
            self.tr("Open {0}, sign in or make an account, and accept the licence there.").format(pages),
            self.tr("In your account's settings, under Access Tokens, make a token that may read."),
            self.tr("In a terminal, run <code>hf auth login</code> and paste the token. It stays on this computer."),
            self.tr("Press Download. If something is missing, you are told what, and nothing is lost."),
        )
        return "<ol style='margin-left: -20px'>" + "".join(f"<li>{step}</li>" for step in steps) + "</ol>"

    def _buttons(self) -> QHBoxLayout:
        buttons = row()
        buttons.addStretch()
        for words, role, slot in (
            (self.tr("Cancel"), "", self.reject),
            (self.tr("I accept: download"), "primary", self.accept),
        ):
            button = QPushButton(words)
            button.setAccessibleName(words)
            button.setProperty("role", role)
            button.setDefault(role == "primary")
            button.clicked.connect(slot)
            buttons.addWidget(button)
        return buttons


def agrees_to(model: ModelRow, parent: QWidget) -> bool:
    """Show what is to be agreed to, and wait for the answer."""
    dialog = LicenceDialog(model, parent)
    is_agreed = bool(dialog.exec())
    dialog.deleteLater()
    return is_agreed


def _link(address: str, words: str) -> str:
    return f'<a href="{html.escape(address, quote=True)}">{html.escape(words)}</a>'
