"""Asks what to do with an unsaved result, or with a running queue, when the window is closed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from mfsr_engine.settings.settings import AtClose

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


@dataclass(frozen=True)
class QueueAnswer:
    """What the user wants of a running queue."""

    choice: AtClose | None
    """In the background or stopped; None is not to close."""
    is_for_good: bool = False
    """Whether not to ask again."""


def ask_about_queue(window: QWidget) -> QueueAnswer:
    """Ask, and wait for the answer; a closed question means to stay."""
    box = queue_question(window)
    box.exec()
    button, again = box.standardButton(box.clickedButton()), box.checkBox()
    box.deleteLater()
    choice = _QUEUE_ANSWERS.get(button)
    return QueueAnswer(choice, choice is not None and again.isChecked())


def queue_question(window: QWidget) -> QMessageBox:
    """The question with its three buttons."""
    box = QMessageBox(window)
    box.setWindowTitle(translate("CloseQuestion", "Close MFSR"))
    box.setText(translate("CloseQuestion", "The queue is running."))
    words = translate("CloseQuestion", "Finish it in the background, or stop now and resume it at the next start?")
    box.setInformativeText(words)
    buttons = {
        QMessageBox.StandardButton.Yes: translate("CloseQuestion", "Finish in the background"),
        QMessageBox.StandardButton.Close: translate("CloseQuestion", "Stop and close"),
        QMessageBox.StandardButton.Cancel: translate("CloseQuestion", "Stay"),
    }
    for button, text in buttons.items():
        box.addButton(button).setText(text)
    box.setDefaultButton(QMessageBox.StandardButton.Yes)
    box.setEscapeButton(QMessageBox.StandardButton.Cancel)
    box.setCheckBox(QCheckBox(translate("CloseQuestion", "Do not ask again"), box))
    return box


_QUEUE_ANSWERS = {
    QMessageBox.StandardButton.Yes: AtClose.BACKGROUND,
    QMessageBox.StandardButton.Close: AtClose.STOP,
}
