"""Creates the wizard's thread, state and run follower, and closes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_app.distill.draft_memory import DraftMemory
from mfsr_app.distill.run_follower import RunFollower
from mfsr_app.distill.wizard import DistillState
from mfsr_app.jobs.imports import import_shared
from mfsr_app.jobs.worker import Worker

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.desktop.messages import Messages
    from mfsr_app.distill.work import DistillWork


@dataclass(frozen=True)
class Distilling:
    """The wizard of a window."""

    state: DistillState
    """What its page shows."""
    follower: RunFollower
    """The run that is watched."""
    worker: Worker
    """Its thread."""

    def stop(self) -> None:
        """End the thread and what it does for the window; a training goes on."""
        self.follower.close()
        self.worker.stop()


def build_distilling(work: DistillWork, messages: Messages, draft: Path | None = None) -> Distilling:
    """A wizard with a thread of its own. `draft` is where its draft is kept; without it nothing is."""
    worker = Worker("distilling", import_shared)
    state = DistillState(work, worker, messages, DraftMemory(draft))
    return Distilling(state, RunFollower(state, worker, messages), worker)
