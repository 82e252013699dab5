"""A heartbeat in the event loop: how long the loop could do nothing else, phase by phase."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, QTimer, Slot

BEAT_MS = 4
"""Time between two beats of a loop that has nothing to do."""


@dataclass(frozen=True)
class Stall:
    """A pause between two beats, longer than planned."""

    wall_ms: float
    """How much longer."""
    own_ms: float
    """Processor time of the GUI thread in it; the rest it waited for another thread or process."""
    process_ms: float
    """Processor time of all threads of this process in it: what the pause would have been at most on a machine that does
    nothing else, on one core."""
    at_s: float
    """When it ended, in seconds since the heartbeat began."""


@dataclass
class Phase:
    """What was seen while one thing was done."""

    stalls: list[Stall] = field(default_factory=list)

    @property
    def longest(self) -> Stall:
        """The longest pause; none at all is one of no length."""
        return max(self.stalls, key=lambda stall: stall.wall_ms, default=Stall(0.0, 0.0, 0.0, 0.0))

    @property
    def longest_undisturbed_ms(self) -> float:
        """The longest pause that is this process's own doing: of each the processor time, if that is less than its length."""
        return max((min(stall.wall_ms, stall.process_ms) for stall in self.stalls), default=0.0)

    @property
    def most_own_ms(self) -> float:
        """The longest that the window's own thread computed between two beats."""
        return max((stall.own_ms for stall in self.stalls), default=0.0)

    def above(self, wall_ms: float) -> int:
        """How many pauses were longer."""
        return sum(stall.wall_ms > wall_ms for stall in self.stalls)


class Heartbeat(QObject):
    """Beats in the GUI thread; every pause goes to the phase that was named last."""

    def __init__(self) -> None:
        super().__init__()
        self.phases: dict[str, Phase] = {}
        self._phase = Phase()
        self._began_s = self._last_s = time.perf_counter()
        self._last_own_s, self._last_process_s = time.thread_time(), time.process_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self.beat)
        self._timer.start()

    def begin(self, name: str) -> Phase:
        """Count what comes now for this phase."""
        self.beat()
        self._phase = self.phases.setdefault(name, Phase())
        return self._phase

    @Slot()
    def beat(self) -> None:
        """Note how long it was since the last beat."""
        now_s, own_s, process_s = time.perf_counter(), time.thread_time(), time.process_time()
        late_ms = max(0.0, (now_s - self._last_s) * 1000 - BEAT_MS)
        own_ms, process_ms = (own_s - self._last_own_s) * 1000, (process_s - self._last_process_s) * 1000
        self._phase.stalls.append(Stall(late_ms, own_ms, process_ms, now_s - self._began_s))
        self._last_s, self._last_own_s, self._last_process_s = now_s, own_s, process_s
