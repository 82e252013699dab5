"""Takes the window's pictures for the documentation, without a screen and with the real engine.

Usage: python scripts/take_screenshots.py PHOTOGRAPH FOLDER
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from mfsr_app.application import build_parts, real_engine, sample_photograph
from mfsr_app.icons import register_icons
from mfsr_app.jobs.engine_files import EnginePictureFiles
from mfsr_app.theme import Theme, ThemeChoice
from mfsr_app.window import MainWindow
from mfsr_app.window_parts import WindowParts

SIZES = ((1280, 800), (1920, 1080))
TIMEOUT_MS = 300_000


def main() -> int:
    """Every state of the window, in both themes and sizes."""
    photograph, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    register_icons()
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        theme = Theme(app, choice)
        for width, height in SIZES:
            parts = build_parts(real_engine, EnginePictureFiles(), theme, sample_photograph() or photograph)
            window = MainWindow(parts)
            window.resize(width, height)
            window.show()
            _take_all(window, parts, photograph, folder, f"{choice.value}-{width}")
            window.close()
    return 0


def _take_all(window: MainWindow, parts: WindowParts, photograph: Path, folder: Path, suffix: str) -> None:
    def take(name: str) -> None:
        wait(150)
        window.grab().save(str(folder / f"{name}-{suffix}.png"))

    states = parts.states
    take("empty")
    window.model_in_use.warm_up()
    window.open_path(photograph)
    _wait_for_whole(parts)
    take("side-by-side")
    window.actions_table["split"].trigger()
    states.view.zoom_to(1.0)
    take("split")
    window.actions_table["difference"].trigger()
    take("difference")
    window.actions_table["side-by-side"].trigger()
    states.choices.set_steps(4)
    _wait_for_whole(parts)
    take("four-steps")
    window.open_path(Path("no such photograph.jpg"))
    wait(300)
    take("error")


def _wait_for_whole(parts: WindowParts) -> None:
    wait(400)
    shown = parts.states.upscaling.shown
    if shown is not None and shown.is_whole:
        return
    loop = QEventLoop()
    parts.states.upscaling.finished.connect(loop.quit)
    parts.states.upscaling.stopped.connect(loop.quit)
    QTimer.singleShot(TIMEOUT_MS, loop.quit)
    loop.exec()


def wait(milliseconds: int) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    raise SystemExit(main())
