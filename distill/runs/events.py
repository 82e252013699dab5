"""Events of a training run, one JSON object per line, so that a window, a terminal or a plot can follow it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

from distill.runs.text_file import write_whole
from mfsr_engine.errors import MfsrError

_NAME = "metrics.jsonl"


class EventLogError(MfsrError):
    """The metrics cannot be written."""


@dataclass(frozen=True)
class StepEvent:
    """Metrics of a moment of training."""

    step: int
    """Optimizer steps done."""
    trained_images: int
    """Patches seen by all processes."""
    elapsed_s: float
    """Seconds of training so far, earlier parts of a resumed run included."""
    finished: float
    """Finished share of the run, 0..1."""
    learning_rate: float
    """Present learning rate."""
    losses: dict[str, float]
    """Means since the last event, by name."""


class EventLog:
    """Appends events to `metrics.jsonl`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _NAME

    def rewind(self, step: int) -> None:
        """Forget what was logged after `step`, and a line that a crash cut short: a resumed run does those steps again."""
        if not self._path.is_file():
            return
        kept = [event for event in read_events(self._folder) if event.step <= step]
        write_whole(self._path, "".join(_line(event) for event in kept))

    def append(self, event: StepEvent) -> None:
        """Write one line at once.

        Raises:
            EventLogError: no space or no permission.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_line(event))
        except OSError as error:
            raise EventLogError(
                f"Cannot write {self._path}: {error.strerror}. The last checkpoint is intact; make room and resume."
            ) from error


def _line(event: StepEvent) -> str:
    return json.dumps(asdict(event)) + "\n"


def read_events(folder: Path) -> list[StepEvent]:
    """All complete lines written so far; a half-written last line is left for the next read."""
    path = folder / _NAME
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [StepEvent(**json.loads(line)) for line in lines if line]


def is_healthy(losses: dict[str, float]) -> bool:
    """Whether all losses are finite."""
    return all(math.isfinite(value) for value in losses.values())
