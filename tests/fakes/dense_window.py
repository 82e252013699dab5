"""All pages of the window in a process of its own, because the density of the screen is settled when Qt starts.

Usage: QT_SCALE_FACTOR=1.25 python -m tests.fakes.dense_window

Prints a line of JSON for each page: the density, the size of the window and of its picture, pixels of its icons, and the
names of buttons that are too small for their words.
"""

from __future__ import annotations

import json
import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget

from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.parts import Kept, build_parts
from mfsr_app.ui.icons import register_icons
from mfsr_app.ui.theme import Theme
from mfsr_app.window import MainWindow
from mfsr_engine.settings.settings import ThemeName
from tests.fakes.scripted_engine import ScriptedUpscaler
from tests.fakes.scripted_hub import ScriptedHub

PAGES = ("compare", "queue", "models", "distil", "settings")


def main() -> None:
    app = QApplication([])
    register_icons()
    theme = Theme(app, ThemeName.LIGHT)
    window = MainWindow(build_parts(ScriptedUpscaler, EnginePictureFiles(), theme, kept=Kept(hub=ScriptedHub())))
    window.resize(window.minimumSize())
    window.show()
    for name in PAGES:
        window.actions_table[name].trigger()
        for _ in range(20):
            app.processEvents()
        print(json.dumps(_facts(window, name)), flush=True)
    window.close()


def _facts(window: MainWindow, name: str) -> dict[str, object]:
    picture, ratio = window.grab().toImage(), window.devicePixelRatioF()
    buttons = [b for b in window.findChildren(QAbstractButton) if b.isVisible() and not b.icon().isNull()]
    return {
        "page": name,
        "ratio": ratio,
        "window": [window.width(), window.height()],
        "picture": [picture.width(), picture.height()],
        "icons": sorted({b.icon().pixmap(b.iconSize(), ratio).width() / b.iconSize().width() for b in buttons}),
        "cut": [b.text() for b in window.findChildren(QPushButton) if b.isVisible() and _is_cut(b)],
    }


def _is_cut(widget: QWidget) -> bool:
    hint = widget.minimumSizeHint()
    return widget.width() < hint.width() or widget.height() < hint.height()


if __name__ == "__main__":
    main()
