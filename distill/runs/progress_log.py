"""Log lines of a training process, written to stderr from time to time, for terminals and logs alike. Knows no files."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from distill.runs.events import StepEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_engine.progress import ProgressReport

TICK = "distill: "
"""What every such line begins with, unlike errors."""
EVERY_S = 30.0
TRAINING = "Training"
"""The stage whose lines are made of events."""


class ProgressLog:
    """Says when a stage begins, and after that at most one line in a while."""

    def __init__(self, say: Callable[[str], None], every_s: float = EVERY_S) -> None:
        self._say, self._every_s = say, every_s
        self._stage, self._said_s = "", -float("inf")

    def report(self, report: ProgressReport) -> None:
        """Take in how far the preparation is."""
        if report.stage == TRAINING or not self._is_time(report.stage):
            return
        count = f", {report.done} of {report.total}" if report.total and report.done else ""
        self._say(f"{TICK}{report.stage}{count}")

    def step(self, event: StepEvent) -> None:
        """Take in how far the training is; its end is always told."""
        if self._is_time(TRAINING) or event.finished >= 1:
            self._say(TICK + line(event))

    def _is_time(self, stage: str) -> bool:
        now = time.monotonic()
        if stage == self._stage and now - self._said_s < self._every_s:
            return False
        self._stage, self._said_s = stage, now
        return True


def line(event: StepEvent) -> str:
    """An event in one line: step, share, time gone and left, losses."""
    words = f"step {event.step}, {event.finished:.0%} in {_clock(event.elapsed_s)}"
    if 0 < event.finished < 1:
        words += f", about {_clock(event.elapsed_s * (1 - event.finished) / event.finished)} left"
    losses = ", ".join(f"{name} {value:.4g}" for name, value in event.losses.items() if name != "skipped" or value)
    return f"{words}; {losses}"


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
