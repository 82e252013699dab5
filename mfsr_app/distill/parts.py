"""Puts the wizard together: its thread, its state, what follows a run, its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from mfsr_app.distill.run_follower import RunFollower
from mfsr_app.distill.wizard import DistillState
from mfsr_app.jobs.worker import EngineJobs

if TYPE_CHECKING:
    from mfsr_app.distill.work import DistillWork
    from mfsr_app.ui.messages import Messages
    from mfsr_engine.api import Upscaler


@dataclass(frozen=True)
class Distilling:
    """The wizard of a window."""

    state: DistillState
    """What its page shows."""
    follower: RunFollower
    """The run that is watched."""
    jobs: EngineJobs
    """Its thread."""

    def stop(self) -> None:
        """End the thread and what it does for the window; a training goes on."""
        self.follower.close()
        self.jobs.stop()


def build_distilling(work: DistillWork, messages: Messages) -> Distilling:
    """A wizard with a thread of its own."""
    jobs = EngineJobs(_no_engine, name="distilling")
    state = DistillState(work, jobs, messages)
    return Distilling(state, RunFollower(state, jobs, messages), jobs)


def _no_engine() -> Upscaler:
    """The wizard's jobs need no engine; what they get in its place is never touched."""
    return cast("Upscaler", None)
