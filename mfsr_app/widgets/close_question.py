"""Asks what becomes of a file that is still to be saved when the window is closed."""

from __future__ import annotations

from enum import Enum

from PySide6.QtWidgets import QMessageBox, QWidget


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
    return _ANSWERS.get(box.standardButton(box.clickedButton()), CloseAnswer.STAY)


def question(window: QWidget) -> QMessageBox:
    """The question with its three buttons."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(box.tr("Close MFSR"))
    box.setText(box.tr("A result is still to be saved."))
    box.setInformativeText(box.tr("Wait until it is saved, or close now and lose it?"))
    words = {
        QMessageBox.StandardButton.Save: box.tr("Save, then close"),
        QMessageBox.StandardButton.Discard: box.tr("Close without saving"),
        QMessageBox.StandardButton.Cancel: box.tr("Stay"),
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
