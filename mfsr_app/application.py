"""Builds the window with everything it needs and runs it. The engine is only named here: it loads in its own thread."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Slot
from PySide6.QtWidgets import QApplication

from mfsr_app.compare.captions import CaptionState
from mfsr_app.compare.choices import Choices
from mfsr_app.compare.comparison import Comparison
from mfsr_app.compare.document import DocumentState
from mfsr_app.compare.exporting import ExportState
from mfsr_app.compare.file_comparison import FileComparison
from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.compare.page import CompareStates
from mfsr_app.compare.saving import SavingState
from mfsr_app.compare.seed_spread import SpreadState
from mfsr_app.compare.support import Measure, SupportState, measure_departure
from mfsr_app.compare.sweep import SweepState
from mfsr_app.compare.upscaling import UpscalingState
from mfsr_app.compare.view import ViewModel
from mfsr_app.compare.workspace import WorkspaceState
from mfsr_app.desktop.languages import Languages
from mfsr_app.desktop.screen_profile import ScreenPlace, system_profile
from mfsr_app.distill.parts import build_distilling
from mfsr_app.distill.work import EngineDistillWork, NoDistillWork
from mfsr_app.jobs.background import Background
from mfsr_app.jobs.plain_imports import restore_plain_imports
from mfsr_app.jobs.read_ahead import read_ahead
from mfsr_app.jobs.worker import EngineJobs
from mfsr_app.models.hub import NoHub
from mfsr_app.models.models import ModelsState
from mfsr_app.parts import WindowParts
from mfsr_app.queue.parts import build_queue
from mfsr_app.settings.apply import Around
from mfsr_app.settings.screen import ScreenState
from mfsr_app.settings.settings import SettingsState
from mfsr_app.settings.window_memory import WindowMemory
from mfsr_app.shutdown import Leaving
from mfsr_app.ui.icons import register_icons
from mfsr_app.ui.messages import MessageKind, Messages
from mfsr_app.ui.theme import Theme
from mfsr_app.window import MainWindow
from mfsr_engine.api import UpscaleSettings
from mfsr_engine.files.formats import is_image_path
from mfsr_engine.files.paths import cache_dir, data_dir, resources_dir
from mfsr_engine.settings.settings import ThemeName

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from mfsr_app.compare.files import PictureFiles
    from mfsr_app.compare.result_store import ResultStore
    from mfsr_app.desktop.startup_timer import Stopwatch
    from mfsr_app.distill.work import DistillWork
    from mfsr_app.models.hub import ModelHub
    from mfsr_engine.api import Upscaler
    from mfsr_engine.settings.file import SettingsFile

DESKTOP_FILE = "org.mfsr.mfsr-app"
"""Name of the desktop file that the bundle installs, by which taskbars know the program."""
SWITCH_S = 0.001
"""Longest time for which a thread keeps the interpreter while another waits for it."""


@dataclass(frozen=True)
class Kept:
    """What outlives the window; by default nothing does."""

    settings: SettingsFile | None = None
    """Where the settings lie."""
    hub: ModelHub = field(default_factory=NoHub)
    """Where models are and come from."""
    memory: WindowMemory = field(default_factory=WindowMemory)
    """The window's place and the files opened last."""
    log_path: Path | None = None
    """The log that is written."""
    journal: Path | None = None
    """The list of the queue."""
    workspace: Path | None = None
    """Folder for what was open at the end."""
    distill: DistillWork = field(default_factory=NoDistillWork)
    """What the wizard can do."""
    measure: Measure = measure_departure
    """How far a result departs from its input."""
    screen_profile: Callable[[ScreenPlace], bytes | None] = system_profile
    """Finds the colour profile of a screen."""

    @classmethod
    def of_user(cls) -> Kept:
        """Everything in its usual place."""
        from mfsr_app.desktop.log import log_path, start_log
        from mfsr_app.models.hub import EngineModelHub
        from mfsr_engine.settings.file import SettingsFile

        start_log(log_path())
        return cls(
            SettingsFile.default(),
            EngineModelHub(),
            WindowMemory.default(),
            log_path(),
            data_dir() / "queue.sqlite",
            cache_dir() / "workspace",
            EngineDistillWork(),
        )


def build_parts(
    factory: Callable[[], Upscaler],
    files: PictureFiles,
    theme: Theme,
    sample: Path | None = None,
    store: ResultStore | None = None,
    kept: Kept | None = None,
) -> WindowParts:
    """State and threads of a window. `factory` is called in the engine's thread, when the first job runs."""
    restore_plain_imports()  # before there are threads
    kept = kept or Kept()
    messages, background, jobs = Messages(), Background(), EngineJobs(factory)
    settings = SettingsState(background, messages, kept.settings)
    languages = Languages()
    languages.choose(settings.current.language)
    hub_jobs = EngineJobs(factory=_no_engine, name="models")
    models = ModelsState(kept.hub, hub_jobs, messages)
    now = settings.current
    choices, view = Choices(UpscaleSettings(now.model, device=now.device, dtype=now.dtype)), ViewModel()
    document = DocumentState(files, background, messages)
    upscaling = UpscalingState(document, choices, view, jobs, background, messages, store)
    comparison = Comparison(document, choices, upscaling)
    screen = ScreenState(document, settings, background, messages, kept.screen_profile)
    saving = SavingState(
        document, choices, upscaling, files, background, messages, output=lambda: settings.current.output
    )
    support = SupportState(document, choices, view, upscaling, comparison, jobs, background, messages, kept.measure)
    spread = SpreadState(document, choices, view, upscaling, comparison, jobs, messages)
    sweep = SweepState(document, choices, view, upscaling, jobs, messages)
    beside = FileComparison(document, comparison, files, background, messages)
    exporting = ExportState(document, view, comparison, background, messages)
    states = CompareStates(
        document, choices, view, upscaling, comparison, saving, support, spread, sweep, beside, exporting
    )
    _ = CaptionState(document, choices, messages, document)
    around = Around(settings, models, hub_jobs, kept.memory, kept.log_path, languages, screen)
    queueing = build_queue(states, files, jobs, background, messages, theme, settings, kept.journal)
    distilling = build_distilling(kept.distill, messages)
    workspace = WorkspaceState(document, choices, view, upscaling, comparison, beside, background, kept.workspace)
    return WindowParts(
        states, messages, jobs, background, theme, sample, around, queueing, distilling, languages, workspace
    )


def _no_engine() -> Upscaler:
    """Jobs with models need no engine; what they get in its place is never touched."""
    return cast("Upscaler", None)


def real_engine() -> Upscaler:
    """The engine of this program; this is where torch is loaded."""
    read_ahead("torch")
    from mfsr_engine.settings.file import SettingsFile
    from mfsr_engine.upscale.engine import Engine

    gc.freeze()  # torch's half a million objects stay anyway; looking through them again and again stops all threads
    return Engine(memory_limit_mib=SettingsFile.default().load().settings.memory_limit_mib)


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
    kept = Kept.of_user()
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
    leaving = Leaving(window)
    window.surroundings.fit(app.primaryScreen().availableSize())
    window.show()
    code = app.exec()
    leaving.stop()
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
