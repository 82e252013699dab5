"""The stage for pictures of the window: a home of its own, the real engine that can be held at any moment, and a camera."""

from __future__ import annotations

import platform
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.parts import AppFiles, build_parts, real_engine
from mfsr_app.ui.icons import register_icons
from mfsr_app.ui.theme import Theme
from mfsr_app.window import MainWindow
from mfsr_engine.files.paths import resources_dir
from mfsr_engine.progress import Progress
from mfsr_engine.settings.settings import ThemeName

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_engine.api import ModelInfo, Upscaler, UpscaleRequest, UpscaleResult, UpscaleSettings, UpscaleStream

SMALL, LARGE = (1280, 800), (1920, 1080)
QUALITY = 78
PATIENCE_MS = 300_000


class HeldEngine:
    """The real engine, made to wait before a result, or half-way through one, for as long as pictures are taken."""

    def __init__(self) -> None:
        self.may_begin, self.may_end, self.is_half_way = threading.Event(), threading.Event(), threading.Event()
        self.release()
        self._engine: Upscaler | None = None

    def release(self) -> None:
        """Let it work."""
        self.may_begin.set()
        self.may_end.set()

    def real(self) -> Upscaler:
        """The engine behind; made in the engine's thread."""
        self._engine = self._engine or real_engine()
        return self._engine

    def models(self) -> list[ModelInfo]:
        """See `Upscaler`."""
        return self.real().models()

    def warm_up(self, settings: UpscaleSettings, progress: Progress) -> None:
        """See `Upscaler`."""
        self.real().warm_up(settings, progress)

    def upscale(self, request: UpscaleRequest, progress: Progress) -> UpscaleResult:
        """See `Upscaler`."""
        self._wait(self.may_begin, progress)
        return self.real().upscale(request, _HeldProgress(progress, self))

    def stream(self, request: UpscaleRequest, progress: Progress) -> UpscaleStream:
        """See `Upscaler`."""
        self._wait(self.may_begin, progress)
        return self.real().stream(request, _HeldProgress(progress, self))

    def wait_half_way(self, progress: Progress, done: int, total: int) -> None:
        """Called with every report."""
        if total and 0 < done < total and not self.may_end.is_set():
            self.is_half_way.set()
            self._wait(self.may_end, progress)

    def _wait(self, event: threading.Event, progress: Progress) -> None:
        while not event.wait(0.02):
            progress.check()


class _HeldProgress(Progress):
    """Passes everything on, and waits where the engine is held."""

    def __init__(self, outer: Progress, engine: HeldEngine) -> None:
        super().__init__(on_tile=outer.tile if outer.wants_tiles else None)
        self._outer, self._engine = outer, engine
        self._stop = outer._stop

    def report(self, stage: str, done: int = 0, total: int = 0) -> None:
        self._outer.report(stage, done, total)
        self._engine.wait_half_way(self._outer, done, total)


class Camera:
    """Writes pictures of a window: those that the documentation keeps, or all."""

    def __init__(self, folder: Path, *, takes_all: bool) -> None:
        self._folder, self._takes_all = folder, takes_all
        self.taken = self.written_bytes = 0
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, stage: Stage, name: str, *, is_key: bool = False, dialog: QDialog | None = None) -> None:
        """Pictures called NAME-THEME-WIDTH.jpg: the small light one always, those of a key state in the dark too."""
        wanted = [(ThemeName.LIGHT, SMALL)]
        if self._takes_all:
            wanted = [(theme, size) for theme in (ThemeName.LIGHT, ThemeName.DARK) for size in (SMALL, LARGE)]
        elif is_key:
            wanted += [(ThemeName.DARK, SMALL), (ThemeName.DARK, LARGE)]
        for theme, (width, height) in wanted:
            if theme is not stage.theme.choice:
                stage.theme.choose(theme)
            stage.window.resize(width, height)
            focused = stage.window.focusWidget()
            if focused is not None:
                focused.clearFocus()
            pause(60)
            self._save(_shot(stage.window, dialog), f"{name}-{theme.value}-{width}.jpg")
        stage.theme.choose(ThemeName.LIGHT)
        stage.window.resize(*SMALL)
        pause(20)

    def _save(self, picture: QPixmap, name: str) -> None:
        path = self._folder / name
        picture.save(str(path), quality=QUALITY)
        self.taken += 1
        self.written_bytes += path.stat().st_size


class Stage:
    """A window with everything real: engine, files, models, journal, training. The environment names its home."""

    def __init__(self, home: Path, camera: Camera) -> None:
        platform.platform = lambda aliased=False, terse=False: platform.system()  # nobody needs to know the kernel
        self.pictures = home / "Pictures"
        shutil.copytree(resources_dir() / "samples", self.pictures, ignore=shutil.ignore_patterns("*.md"))
        (self.pictures / "sample.jpg").rename(self.pictures / "cat.jpg")
        for name in ("coffee", "rocket"):
            (self.pictures / f"sample_{name}.jpg").rename(self.pictures / f"{name}.jpg")
        self._camera, self.engine = camera, HeldEngine()
        app = QApplication.instance() or QApplication(["mfsr"])
        assert isinstance(app, QApplication)
        register_icons()
        self.theme = Theme(app, ThemeName.LIGHT)
        files = EnginePictureFiles()
        sample = self.pictures / "cat.jpg"
        self.parts = build_parts(lambda: self.engine, files, self.theme, sample, kept=AppFiles.of_user())
        self.window = MainWindow(self.parts)
        self.states = self.parts.states
        self.window.resize(*SMALL)
        self.window.show()
        self.window.model_in_use.warm_up()

    def take(self, name: str, *, is_key: bool = False, dialog: QDialog | None = None) -> None:
        """Take pictures of what is there now."""
        self._camera.take(self, name, is_key=is_key, dialog=dialog)

    def do(self, name: str) -> None:
        """Trigger an action of the window."""
        self.window.actions_table[name].trigger()
        pause(50)

    def wait_for_result(self) -> None:
        """Until all of the open picture is upscaled."""
        upscaling = self.states.upscaling
        until(lambda: upscaling.shown is not None and upscaling.shown.is_whole)

    def point_at(self, widget: QWidget, across: float, down: float) -> None:
        """Move the pointer over a widget, as shares of its sides."""
        place = QPointF(widget.width() * across, widget.height() * down)
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(QEvent.Type.MouseMove, place, widget.mapToGlobal(place), none, none, Qt.KeyboardModifier(0))
        QApplication.sendEvent(widget, event)

    def close(self) -> None:
        """End all threads."""
        self.engine.release()
        self.window.close()


def _shot(window: QWidget, dialog: QDialog | None) -> QPixmap:
    picture = window.grab()
    if dialog is None:
        return picture
    dialog.adjustSize()
    pause(30)
    over = dialog.grab()
    x, y = (picture.width() - over.width()) // 2, (picture.height() - over.height()) // 2
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
    painter.drawPixmap(x, y, over)
    painter.setPen(QColor(0, 0, 0, 120))
    painter.drawRect(x - 1, y - 1, over.width() + 1, over.height() + 1)
    painter.end()
    return picture


def pause(milliseconds: int) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(condition: Callable[[], bool]) -> None:
    """Let the window live until something is so.

    Raises:
        TimeoutError: it never was.
    """
    for _ in range(PATIENCE_MS // 20):
        if condition():
            return
        pause(20)
    raise TimeoutError("What the picture needs did not happen.")
