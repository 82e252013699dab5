"""Asks what to do with an unsaved result when the window is closed."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

translate = QCoreApplication.translate


class CloseAnswer(Enum):
    """What the user wants."""

    WAIT = "wait"
    """Save, then close."""
    DISCARD = "discard"
    """Close now, without the file."""
    STAY = "stay"
    """Do not close."""


def ask_before_closing(window: QWidget) -> CloseAnswer:
    """Ask, and wait for the answer; a closed question means to stay."""
    box = question(window)
    box.exec()
    button = box.standardButton(box.clickedButton())
    box.deleteLater()
    return _ANSWERS.get(button, CloseAnswer.STAY)


def question(window: QWidget) -> QMessageBox:
    """The question with its three buttons."""
    box = QMessageBox(window)
    box.setWindowTitle(translate("CloseQuestion", "Close MFSR"))
    box.setText(translate("CloseQuestion", "A result is still to be saved."))
    box.setInformativeText(translate("CloseQuestion", "Wait until it is saved, or close now and lose it?"))
    words = {
        QMessageBox.StandardButton.Save: translate("CloseQuestion", "Save, then close"),
        QMessageBox.StandardButton.Discard: translate("CloseQuestion", "Close without saving"),
        QMessageBox.StandardButton.Cancel: translate("CloseQuestion", "Stay"),
    }
    for button, text in words.items():
        box.addButton(button).setText(text)
    box.setDefaultButton(QMessageBox.StandardButton.Save)
    box.setEscapeButton(QMessageBox.StandardButton.Cancel)
    return box


_ANSWERS = {
    QMessageBox.StandardButton.Save: CloseAnswer.WAIT,
    QMessageBox.StandardButton.Discard: CloseAnswer.DISCARD,
    QMessageBox.StandardButton.Cancel: CloseAnswer.STAY,
}
