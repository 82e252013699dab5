"""Widgets shared by several steps of the wizard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.ui.layout import column, label, surface
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

RADIO_PX = 30
"""Where the words of a radio button begin: its frame, its circle, and what lies between."""


def card() -> tuple[QFrame, QVBoxLayout]:
    """A card, and the column inside of it."""
    frame = surface("card")
    return frame, column(frame, Space.L, Space.S)


def paragraph(role: str = "muted") -> QLabel:
    """Words that may need several lines, hidden while there are none."""
    made = label("", role)
    made.setWordWrap(True)
    made.hide()
    return made


def below_radio(words: QLabel) -> QLabel:
    """Words in line with those of the radio button above them."""
    words.setContentsMargins(RADIO_PX, 0, 0, 0)
    return words


def say(where: QLabel, lines: Sequence[str]) -> None:
    """Put sentences into a paragraph, those of the engine in the language in use."""
    words = "\n".join(translated(line) for line in lines)
    if where.text() != words:
        where.setText(words)
    where.setVisible(bool(words))


def sentence(words: str) -> str:
    """Words with a capital at the beginning and a full stop."""
    return f"{words[:1].upper()}{words[1:]}."
