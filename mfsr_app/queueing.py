"""Puts the queue together: its thread for small copies, its journal, its states, its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_app.jobs.thumbnails import Thumbnails
from mfsr_app.pages.queue_commands import QueueParts
from mfsr_app.pages.words import duration
from mfsr_app.state.queue import QueueState
from mfsr_app.state.queue_output import QueueOutput
from mfsr_app.state.queue_table import QueueTable
from mfsr_engine.journal import Journal
from mfsr_engine.naming import Conflict
from mfsr_engine.run_plan import OutputPlan

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.jobs.background import Background
    from mfsr_app.jobs.engine_jobs import EngineJobs
    from mfsr_app.jobs.files import PictureFiles
    from mfsr_app.pages.compare_page import CompareStates
    from mfsr_app.state.messages import Messages
    from mfsr_app.theme import Theme
    from mfsr_engine.settings import OutputSettings


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
    jobs: EngineJobs,
    background: Background,
    messages: Messages,
    theme: Theme,
    output: OutputSettings,
    journal: Path | None,
) -> Queueing:
    """A queue on the window's threads. `journal` None keeps its list in memory."""
    thumbnails = Thumbnails()
    table = QueueTable(thumbnails, duration)
    plan = QueueOutput(states.choices, output_plan(output))
    queue = QueueState(table, plan, jobs, background, messages, Journal(journal))
    return Queueing(QueueParts(queue, states.choices, states.beside, messages, theme), thumbnails)


def output_plan(output: OutputSettings) -> OutputPlan:
    """The settings for results as the queue begins with them."""
    from pathlib import Path

    return OutputPlan(
        template=output.naming,
        folder=Path(output.folder).expanduser() if output.folder else None,
        conflict=Conflict(output.conflict.value),
        ending=output.format.suffix,
        quality=output.quality,
        keep_location=output.keep_location,
    )
