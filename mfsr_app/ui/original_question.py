"""Asks before an original photograph, or another file, is overwritten."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

translate = QCoreApplication.translate


def ask_to_replace(window: QWidget, path: Path) -> bool:
    """Ask whether the open photograph is to be replaced, and wait for the answer; a closed question means no."""
    box = question(window, path)
    box.exec()
    button = box.standardButton(box.clickedButton())
    box.deleteLater()
    return button is QMessageBox.StandardButton.Save


def ask_to_overwrite(window: QWidget, path: Path) -> bool:
    """Ask whether a file that no dialog has asked about is to be replaced; a closed question means no."""
    words = translate("OriginalQuestion", "{0} exists already. Replace it?").format(path.name)
    buttons = QMessageBox.StandardButton
    answer = QMessageBox.question(window, "MFSR", words, buttons.Yes | buttons.No, buttons.No)
    return answer == buttons.Yes


def question(window: QWidget, path: Path) -> QMessageBox:
    """The question with its two buttons."""
    box = QMessageBox(window)
    box.setWindowTitle(translate("OriginalQuestion", "Replace the photograph"))
    box.setText(translate("OriginalQuestion", "{0} is the photograph that is open.").format(path.name))
    words = translate(
        "OriginalQuestion", "If it is replaced, the original is kept beside it as “{0} original{1}”, or with a number."
    )
    box.setInformativeText(words.format(path.stem, path.suffix))
    texts = {
        QMessageBox.StandardButton.Save: translate("OriginalQuestion", "Replace, and keep the original"),
        QMessageBox.StandardButton.Cancel: translate("OriginalQuestion", "Do not save"),
    }
    for button, text in texts.items():
        box.addButton(button).setText(text)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.setEscapeButton(QMessageBox.StandardButton.Cancel)
    return box
