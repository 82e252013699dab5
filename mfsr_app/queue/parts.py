"""Creates the queue's thumbnail thread, journal and states, and closes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_app.queue.output import QueueOutput
from mfsr_app.queue.queue import QueueState
from mfsr_app.queue.table import QueueTable
from mfsr_app.queue.thumbnails import Thumbnails
from mfsr_app.ui.text import duration
from mfsr_engine.batch.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.file_comparison import FileComparison
    from mfsr_app.compare.files import PictureFiles
    from mfsr_app.compare.states import CompareStates
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.engine import EngineWorker
    from mfsr_app.jobs.worker import Worker
    from mfsr_app.settings.settings import SettingsState
    from mfsr_app.ui.theme import Theme


@dataclass(frozen=True)
class QueueParts:
    """What the queue page shows and acts on."""

    queue: QueueState
    """The pictures."""
    choices: Choices
    """The settings, shared with the compare page."""
    comparison: FileComparison
    """The way of a result to the compare page."""
    messages: Messages
    """What the user should be told."""
    theme: Theme
    """Colours."""


@dataclass(frozen=True)
class Queueing:
    """The queue of a window."""

    parts: QueueParts
    """What its page shows."""
    thumbnails: Thumbnails
    """The thread for small copies."""

    def stop(self) -> None:
        """Let go of everything; after the engine and the background have ended."""
        self.thumbnails.stop()
        self.parts.queue.close()


def build_queue(
    states: CompareStates,
    files: PictureFiles,
    engine: EngineWorker,
    background: Worker,
    messages: Messages,
    theme: Theme,
    settings: SettingsState,
    journal: Path | None,
    thumbnails: Thumbnails,
) -> Queueing:
    """A queue on the window's threads. `journal` None keeps its list in memory."""
    table = QueueTable(thumbnails, duration)
    output = QueueOutput(states.choices, settings.current.output)
    settings.changed.connect(lambda: output.adopt(settings.current.output))
    queue = QueueState(table, output, engine, background, messages, Journal(journal))
    return Queueing(QueueParts(queue, states.choices, states.beside, messages, theme), thumbnails)
