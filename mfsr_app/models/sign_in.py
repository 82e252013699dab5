"""Signing in to the hub with a token, for models that need an account. Keeps no token: the hub's own login does."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from mfsr_app.ui.layout import LinkedText, column, label, push_button, row
from mfsr_app.ui.theme import Space

TOKEN_PAGE = "https://huggingface.co/settings/tokens"
FIELD_PX = 360


class SignIn(QFrame):
    """A field for a token, which is given on and forgotten at once."""

    asked = Signal(str)
    """A token to sign in with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        inside = column(self, Space.L, Space.S)
        inside.addWidget(label(self.tr("Account on the hub"), "section"))
        self.words = label("", "muted")
        inside.addWidget(self.words)
        page = f'<a href="{TOKEN_PAGE}">{TOKEN_PAGE.removeprefix("https://")}</a>'
        inside.addWidget(LinkedText(self.tr("A token that may read is made here: {0}").format(page), "muted"))
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setAccessibleName(self.tr("Token of the hub"))
        self.token.setPlaceholderText(self.tr("Token"))
        self.token.setMaximumWidth(FIELD_PX)
        self.enter = push_button(self.tr("Sign in"), self._ask)
        line = row()
        line.addWidget(self.token, 1)
        line.addWidget(self.enter)
        line.addStretch()
        inside.addLayout(line)
        self.token.returnPressed.connect(self._ask)
        self.set_signed_in(is_signed_in=False)

    def set_signed_in(self, *, is_signed_in: bool) -> None:
        """Say whether a token is stored."""
        known = self.tr("A token is stored on this computer. Another one replaces it.")
        words = self.tr(
            "Gated models need a free account. The token is stored by the hub's own login, as its command does."
        )
        self.words.setText(known if is_signed_in else words)

    @Slot()
    def _ask(self) -> None:
        token = self.token.text().strip()
        if token:
            self.token.clear()
            self.asked.emit(token)
