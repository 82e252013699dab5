"""What a benchmark of the window found: figures, their bounds, and how they go from one process to another as JSON."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Figure:
    """One measured value."""

    name: str
    """What was measured, for people."""
    value: float
    """How much."""
    unit: str
    """Of value and bound: "ms" or "s", or empty for a count."""
    bound: float | None = None
    """What the value may be at most; None for a figure that is only told."""
    note: str = ""
    """More about it."""

    @property
    def is_met(self) -> bool:
        """Whether the bound holds; without one it always does."""
        return self.bound is None or self.value <= self.bound


class Timer:
    """Wall time and processor time since it was made: a busy machine stretches only the first."""

    def __init__(self) -> None:
        self._wall_s, self._own_s, self._process_s = time.perf_counter(), time.thread_time(), time.process_time()

    @property
    def wall_s(self) -> float:
        """Seconds that passed."""
        return time.perf_counter() - self._wall_s

    @property
    def own_s(self) -> float:
        """Seconds in which this thread computed."""
        return time.thread_time() - self._own_s

    @property
    def process_s(self) -> float:
        """Seconds in which all threads of this process computed, together."""
        return time.process_time() - self._process_s


def to_text(figures: Sequence[Figure]) -> str:
    """Figures as one line."""
    return json.dumps([asdict(figure) for figure in figures])


def from_text(line: str) -> list[Figure]:
    """The figures of a line.

    Raises:
        ValueError: It is something else.
    """
    found = json.loads(line)
    if not isinstance(found, list):
        raise ValueError(f"no figures: {line}")
    return [Figure(**one) for one in found]


def share(values: Sequence[float], part: float) -> float:
    """The value below which this part (0..1) of all values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
