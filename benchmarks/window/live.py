"""The window of this program, offscreen, with nothing of the user's, for benchmarks that run in a process of their own."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QElapsedTimer, QEventLoop
from PySide6.QtWidgets import QApplication

from mfsr_app.application import keep_responsive
from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.parts import AppFiles, build_parts, real_engine
from mfsr_app.ui.icons import register_icons
from mfsr_app.ui.theme import Theme
from mfsr_app.window import MainWindow
from mfsr_engine.files.paths import resources_dir
from mfsr_engine.settings.settings import ThemeName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mfsr_app.compare.result_store import ResultStore
    from mfsr_app.jobs.worker import Job
    from mfsr_app.parts import WindowParts
    from mfsr_engine.api import Upscaler

SAMPLE = resources_dir() / "samples" / "sample.jpg"
WINDOW_PX = (1920, 1080)


class TooSlowError(Exception):
    """Something that was waited for did not happen in time."""


@dataclass(frozen=True)
class Live:
    """A window that is shown."""

    app: QApplication
    """Its application."""
    window: MainWindow
    """The window."""
    parts: WindowParts
    """What it is made of."""

    def run_until(self, is_done: Callable[[], bool], timeout_s: float = 1200.0) -> float:
        """Let the event loop work until something is so; the seconds that took.

        Raises:
            TooSlowError: It took longer than `timeout_s`.
        """
        clock = QElapsedTimer()
        clock.start()
        while not is_done():
            self.app.processEvents(
                QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
            )
            if clock.elapsed() > timeout_s * 1000:
                raise TooSlowError(f"not within {timeout_s:.0f} s")
        return clock.nsecsElapsed() / 1e9

    def run_to_end(self, job: Job) -> None:
        """Let the event loop work until a job that was just submitted has ended."""
        ended: list[bool] = []
        job.ended.connect(lambda: ended.append(True))
        self.run_until(lambda: bool(ended))

    def warm_up(self) -> Job:
        """Load the model in use."""
        settings = self.parts.states.choices.settings
        return self.parts.engine.run(lambda upscaler, progress: upscaler.warm_up(settings, progress))

    def run_for(self, seconds: float) -> None:
        """Let the event loop work for a while. Needs something that keeps it awake, such as a heartbeat."""
        until = time.perf_counter() + seconds
        self.run_until(lambda: time.perf_counter() >= until)


@contextmanager
def live_window(
    factory: Callable[[], Upscaler] = real_engine, journal: Path | None = None, store: ResultStore | None = None
) -> Iterator[Live]:
    """Show the window; it is closed at the end. `factory` makes the engine in the engine's thread."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication([])
    register_icons()
    keep_responsive()
    theme = Theme(app, ThemeName.LIGHT)
    parts = build_parts(factory, EnginePictureFiles(), theme, store=store, kept=AppFiles(journal=journal))
    window = MainWindow(parts)
    window.resize(*WINDOW_PX)
    window.show()
    app.processEvents()
    try:
        yield Live(app, window, parts)
    finally:
        window.close()


def photograph(folder: Path, width: int, height: int) -> Path:
    """A file with a photograph of this size: the sample, enlarged, with grain, so that it is no smooth picture."""
    import cv2
    import numpy as np

    small = cv2.imread(str(SAMPLE))
    assert small is not None, f"{SAMPLE} is missing"
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.int16)
    grain = np.random.default_rng(0).integers(-12, 13, (height, width, 1), np.int16)
    path = folder / f"photograph_{width}x{height}.jpg"
    cv2.imwrite(str(path), (large + grain).clip(0, 255).astype(np.uint8))
    return path
