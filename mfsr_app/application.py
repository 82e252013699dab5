"""Runs the window: what is set up before it, what happens after it is first shown, and how it ends."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Slot
from PySide6.QtWidgets import QApplication

from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.desktop.messages import MessageKind
from mfsr_app.parts import AppFiles, build_parts, real_engine
from mfsr_app.settings.window_memory import WindowMemory
from mfsr_app.shutdown import Shutdown
from mfsr_app.ui.icons import register_icons
from mfsr_app.ui.theme import Theme
from mfsr_app.window import MainWindow
from mfsr_engine.files.formats import is_image_path
from mfsr_engine.files.paths import resources_dir
from mfsr_engine.settings.settings import ThemeName

if TYPE_CHECKING:
    import argparse

    from mfsr_app.desktop.startup_timer import Stopwatch

DESKTOP_FILE = "org.mfsr.mfsr-app"
"""Name of the desktop file that the bundle installs, by which taskbars know the program."""
SWITCH_S = 0.001
"""Longest time for which a thread keeps the interpreter while another waits for it."""


def keep_responsive() -> None:
    """Let threads that compute in Python make way for the window's after a fifth of the usual time."""
    sys.setswitchinterval(SWITCH_S)


def sample_photograph() -> Path | None:
    """A photograph that came with the program, if one did."""
    folder = resources_dir() / "samples"
    found = sorted(path for path in folder.glob("*") if is_image_path(path))
    return found[0] if found else None


def run_window(options: argparse.Namespace, stopwatch: Stopwatch) -> int:
    """Show the window, with the first of the files open, until it is closed."""
    keep_responsive()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("mfsr")
    app.setApplicationDisplayName("MFSR")
    if QStandardPaths.locate(QStandardPaths.StandardLocation.ApplicationsLocation, f"{DESKTOP_FILE}.desktop"):
        app.setDesktopFileName(DESKTOP_FILE)
    register_icons()
    kept = AppFiles.of_user()
    if options.measure_startup:  # which leaves what the user had open as it was
        kept = replace(kept, memory=WindowMemory(), workspace=None)
    theme = Theme(app)
    parts = build_parts(real_engine, EnginePictureFiles(), theme, sample_photograph(), kept=kept)
    theme.choose(ThemeName(options.theme or parts.around.settings.current.theme))
    window = MainWindow(parts)
    for note in parts.around.settings.notes:
        parts.messages.tell(note, MessageKind.ERROR)
    start = _Start(window, options, stopwatch)
    window.first_shown.connect(start.on_shown)
    window.page.painted.connect(start.on_painted)
    window.model_in_use.warmed.connect(start.on_warm)
    shutdown = Shutdown(window)
    window.app_settings.fit(window.screen().availableSize())
    window.show()
    code = app.exec()
    shutdown.stop()
    del start
    return code


class _Start(QObject):
    """What follows the first sight of the window: open the file, load the engine, measure if asked."""

    def __init__(self, window: MainWindow, options: argparse.Namespace, stopwatch: Stopwatch) -> None:
        super().__init__(window)
        self._window, self._options, self._stopwatch = window, options, stopwatch

    @Slot()
    def on_shown(self) -> None:
        """The window is there."""
        self._stopwatch.mark("window_shown_s")
        self._stopwatch.note("has_torch_when_shown", "torch" in sys.modules)
        if self._options.files:
            self._window.commands.open_paths(self._options.files)
        elif not self._options.measure_startup:
            self._window.restore_workspace()
        self._window.model_in_use.warm_up()
        self._window.queue_page.load()
        self._window.find_training()
        if self._options.measure_startup and not self._options.files:
            self._finish()

    @Slot()
    def on_painted(self) -> None:
        """Pixels came to the screen; the first sharpened ones end the measurement."""
        if self._options.measure_startup and self._window.has_sharp_pixels and self._stopwatch.mark("first_sharp_s"):
            self._finish()

    @Slot()
    def on_warm(self) -> None:
        """The engine is ready, before anything that was opened meanwhile."""
        self._stopwatch.mark("engine_warm_s")

    def _finish(self) -> None:
        self._stopwatch.write()
        QTimer.singleShot(0, self._window.close)
