"""What the window is made of: states and threads, built before it and ended after it. Knows no widget but the pages' needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.compare.page import CompareStates
    from mfsr_app.compare.workspace import WorkspaceState
    from mfsr_app.desktop.languages import Languages
    from mfsr_app.distill.parts import Distilling
    from mfsr_app.jobs.background import Background
    from mfsr_app.jobs.worker import EngineJobs
    from mfsr_app.queue.parts import Queueing
    from mfsr_app.settings.apply import Around
    from mfsr_app.ui.messages import Messages
    from mfsr_app.ui.theme import Theme


@dataclass(frozen=True)
class WindowParts:
    """What the window is made of; built by `main` and by tests."""

    states: CompareStates
    """State of the compare page."""
    messages: Messages
    """What the user should be told."""
    jobs: EngineJobs
    """The engine's thread."""
    background: Background
    """The other thread."""
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
        self.jobs.stop()
        self.around.stop()
        self.background.stop()
        self.queueing.stop()
        self.distilling.stop()
        self.around.settings.finish()
        self.languages.stop()
