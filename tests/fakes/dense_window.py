"""All pages of the window in a process of its own, because the density of the screen is settled when Qt starts.

Usage: QT_SCALE_FACTOR=1.25 python -m tests.fakes.dense_window

Prints a line of JSON for each size of the window and each page: the density, the size of the window and of its picture,
pixels of its icons, and what is cut, out of sight or over each other.
"""

from __future__ import annotations

import json
import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtWidgets import QAbstractButton, QApplication

from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.parts import AppFiles, build_parts
from mfsr_app.ui.icons import register_icons
from mfsr_app.ui.theme import Theme
from mfsr_app.window import MainWindow
from mfsr_engine.settings.settings import ThemeName
from tests.fakes.cut_words import faults
from tests.fakes.scripted_engine import ScriptedUpscaler
from tests.fakes.scripted_hub import ScriptedHub

PAGES = ("compare", "queue", "models", "distil", "settings")
SIZES = ((636, 364), (880, 560), (1000, 700))
"""The first is what a screen of 1280 x 800 at twice the density has, less the frame of a window."""
LONG_NAME = "a photograph with a very long name that nobody would type, of the summer at the lake, 12 August 2026.png"


def main() -> None:
    app = QApplication([])
    register_icons()
    theme = Theme(app, ThemeName.LIGHT)
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / LONG_NAME
        Image.fromarray(np.full((48, 64, 3), 128, np.uint8)).save(photo)
        kept = AppFiles(hub=ScriptedHub(), journal=Path(folder) / "queue.sqlite")
        parts = build_parts(ScriptedUpscaler, EnginePictureFiles(), theme, kept=kept)
        window = MainWindow(parts)
        window.show()
        _look(app, window, SIZES[:1], "empty ")
        _open(app, window, photo)
        _look(app, window, SIZES)
        window.close()


def _open(app: QApplication, window: MainWindow, photo: Path) -> None:
    """A photograph on the compare page, and in the queue."""
    upscaling, queue = window._parts.states.upscaling, window._parts.queueing.parts.queue
    window.open_path(photo)
    window.queue_page.load()
    while queue.adding or upscaling.shown is None or not upscaling.shown.is_whole:
        app.processEvents()
    queue.add([photo])
    while not queue.table.items:
        app.processEvents()


def _look(app: QApplication, window: MainWindow, sizes: tuple[tuple[int, int], ...], prefix: str = "") -> None:
    for width, height in sizes:
        window.setMinimumSize(width, height)  # which screens of few points allow
        window.resize(width, height)
        for name in PAGES:
            window.actions_table[name].trigger()
            for _ in range(20):
                app.processEvents()
            print(json.dumps(_facts(window, prefix + name)), flush=True)


def _facts(window: MainWindow, name: str) -> dict[str, object]:
    picture, ratio = window.grab().toImage(), window.devicePixelRatioF()
    buttons = [b for b in window.findChildren(QAbstractButton) if b.isVisible() and not b.icon().isNull()]
    return {
        "page": name,
        "ratio": ratio,
        "window": [window.width(), window.height()],
        "picture": [picture.width(), picture.height()],
        "icons": sorted({b.icon().pixmap(b.iconSize(), ratio).width() / b.iconSize().width() for b in buttons}),
        "cut": faults(window),
    }


if __name__ == "__main__":
    main()
