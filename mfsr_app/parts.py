"""What the window is made of: states and threads, created before it and closed after it. The engine is only named here: it loads in its
own thread.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mfsr_app.compare.choices import Choices
from mfsr_app.compare.comparison import Comparison
from mfsr_app.compare.consistency import ConsistencyState, Measure, measure_residual
from mfsr_app.compare.document import DocumentState
from mfsr_app.compare.exporting import ExportState
from mfsr_app.compare.file_comparison import FileComparison
from mfsr_app.compare.folder import FolderState
from mfsr_app.compare.model_sweep import ModelSweepState
from mfsr_app.compare.opening import Opening
from mfsr_app.compare.result_drag import ResultDrag
from mfsr_app.compare.saving import SavingState
from mfsr_app.compare.seed_variance import SeedVarianceState
from mfsr_app.compare.states import CompareStates
from mfsr_app.compare.sweep import SweepState
from mfsr_app.compare.upscaling import UpscalingState
from mfsr_app.compare.view import ViewModel
from mfsr_app.compare.workspace import WorkspaceState
from mfsr_app.desktop.languages import Languages
from mfsr_app.desktop.messages import Messages
from mfsr_app.desktop.screen_profile import ScreenPlace, system_profile
from mfsr_app.distill.parts import build_distilling
from mfsr_app.distill.work import EngineDistillWork, NoDistillWork
from mfsr_app.jobs.engine import EngineWorker
from mfsr_app.jobs.imports import import_shared, read_ahead, restore_plain_imports
from mfsr_app.jobs.worker import Worker
from mfsr_app.models.hub import NoHub
from mfsr_app.models.models import ModelsState
from mfsr_app.queue.parts import build_queue
from mfsr_app.queue.thumbnails import Thumbnails
from mfsr_app.settings.apply import Around
from mfsr_app.settings.screen import ScreenState
from mfsr_app.settings.settings import SettingsState
from mfsr_app.settings.window_memory import WindowMemory
from mfsr_app.ui.theme import Theme
from mfsr_engine.api import UpscaleSettings
from mfsr_engine.files.paths import cache_dir, data_dir

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_app.compare.files import PictureFiles
    from mfsr_app.compare.result_store import ResultStore
    from mfsr_app.distill.parts import Distilling
    from mfsr_app.distill.work import DistillWork
    from mfsr_app.models.hub import ModelHub
    from mfsr_app.queue.parts import Queueing
    from mfsr_engine.api import Upscaler
    from mfsr_engine.settings.settings import SettingsFile


@dataclass(frozen=True)
class WindowParts:
    """What the window is made of; built by `main` and by tests."""

    states: CompareStates
    """State of the compare page."""
    messages: Messages
    """What the user should be told."""
    engine: EngineWorker
    """The engine's thread."""
    background: Worker
    """The thread for reading, writing and converting."""
    theme: Theme
    """Colours."""
    sample: Path | None
    """A photograph to try, if there is one."""
    around: Around
    """What is around the open picture."""
    queueing: Queueing
    """Many pictures, one after the other."""
    distilling: Distilling
    """The wizard that makes students."""
    languages: Languages
    """The language of all words."""
    workspace: WorkspaceState
    """What was open at the end of the last time."""

    def stop(self) -> None:
        """Stop everything and wait for it; what is being written is finished first. The workspace is written before the
        long waits, because a system that shuts down has little patience.
        """
        self.states.upscaling.close()
        self.workspace.finish()
        self.engine.stop()
        self.around.stop()
        self.background.finish()
        self.states.drag.stop()
        self.queueing.stop()
        self.distilling.stop()
        self.around.settings.finish()
        self.languages.stop()


@dataclass(frozen=True)
class AppFiles:
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
    draft: Path | None = None
    """The wizard's draft."""
    distill: DistillWork = field(default_factory=NoDistillWork)
    """What the wizard can do."""
    measure: Measure = measure_residual
    """How far a result departs from its input."""
    screen_profile: Callable[[ScreenPlace], bytes | None] = system_profile
    """Finds the colour profile of a screen."""

    @classmethod
    def of_user(cls) -> AppFiles:
        """Everything in its usual place."""
        from mfsr_app.desktop.log import log_path, start_log
        from mfsr_app.models.hub import EngineModelHub
        from mfsr_engine.settings.settings import SettingsFile

        start_log(log_path())
        return cls(
            SettingsFile.default(),
            EngineModelHub(),
            WindowMemory.default(),
            log_path(),
            data_dir() / "queue.sqlite",
            cache_dir() / "workspace",
            data_dir() / "distill-draft.json",
            EngineDistillWork(),
        )


def build_parts(
    factory: Callable[[], Upscaler],
    files: PictureFiles,
    theme: Theme,
    sample: Path | None = None,
    store: ResultStore | None = None,
    kept: AppFiles | None = None,
) -> WindowParts:
    """State and threads of a window. `factory` is called in the engine's thread, when the first job runs."""
    restore_plain_imports()  # before there are threads
    kept = kept or AppFiles()
    messages, engine = Messages(), EngineWorker(factory)
    background = Worker(
        "background", lambda: read_ahead("cv2", "opencv_python_headless.libs")
    )  # nearly all calls need it
    settings = SettingsState(background, messages, kept.settings)
    languages = Languages()
    languages.choose(settings.current.language)
    hub_worker = Worker("models", import_shared)
    models = ModelsState(kept.hub, hub_worker, messages)
    now = settings.current
    choices, view = Choices(UpscaleSettings(now.model, device=now.device, dtype=now.dtype)), ViewModel()
    document = DocumentState(files, background, messages)
    upscaling = UpscalingState(document, choices, view, engine, background, messages, store)
    comparison = Comparison(document, choices, upscaling)
    screen = ScreenState(document, settings, background, messages, kept.screen_profile)
    saving = SavingState(
        document,
        choices,
        upscaling,
        files,
        background,
        messages,
        output=lambda: settings.current.output,
        change_output=settings.change_output,
    )
    consistency = ConsistencyState(
        document, choices, view, upscaling, comparison, engine, background, messages, kept.measure
    )
    seed_variance = SeedVarianceState(document, choices, view, upscaling, comparison, engine, messages)
    sweep = SweepState(document, choices, view, upscaling, engine, messages)
    model_sweep = ModelSweepState(document, choices, view, upscaling, engine, messages)
    beside = FileComparison(document, comparison, files, background, messages)
    exporting = ExportState(document, view, comparison, background, messages)
    thumbnails = Thumbnails()
    folder = FolderState(
        document, background, thumbnails, takes_results=lambda: settings.current.output.include_results
    )
    drag = ResultDrag(saving, upscaling, files, background, messages)
    states = CompareStates(
        document,
        choices,
        view,
        upscaling,
        comparison,
        saving,
        consistency,
        seed_variance,
        sweep,
        beside,
        exporting,
        folder,
        drag,
        model_sweep,
    )
    around = Around(settings, models, hub_worker, kept.memory, kept.log_path, languages, screen)
    queueing = build_queue(states, files, engine, background, messages, theme, settings, kept.journal, thumbnails)
    distilling = build_distilling(kept.distill, messages, kept.draft)
    workspace = WorkspaceState(document, choices, view, upscaling, comparison, beside, background, kept.workspace)
    workspace.is_wanted = lambda: settings.current.restores_workspace
    document.follow = Opening(states, workspace, messages).follow
    return WindowParts(
        states, messages, engine, background, theme, sample, around, queueing, distilling, languages, workspace
    )


def real_engine() -> Upscaler:
    """The engine of this program; this is where torch is loaded."""
    read_ahead("torch")
    from mfsr_engine.settings.settings import SettingsFile
    from mfsr_engine.upscale.engine import Engine

    gc.freeze()  # torch's half a million objects stay anyway; looking through them again and again stops all threads
    settings = SettingsFile.default().load().settings
    return Engine(memory_limit_mib=settings.memory_limit_mib, threads=settings.threads)
