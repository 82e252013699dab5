"""Progress of a run of the queue and its estimated remaining time. Pure arithmetic; the time is told to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mfsr_engine.batch.journal import ItemState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mfsr_engine.geometry import Size

PIXELS_PER_MEGAPIXEL = 1_000_000


@dataclass
class Pace:
    """Seconds and megapixels of the sources done in this run."""

    seconds: float = 0.0
    megapixels: float = 0.0
    count: int = 0

    def add(self, size: Size | None, seconds: float) -> None:
        """One more picture is done."""
        self.count += 1
        self.seconds += seconds
        self.megapixels += megapixels(size) if size is not None else self.megapixels / max(1, self.count - 1)

    def remaining_s(self, sizes: Iterable[Size | None]) -> float | None:
        """Seconds for pictures of these sizes, or None while nothing is known; an unknown size counts as the mean."""
        if not self.count:
            return None
        mean = self.megapixels / self.count
        waiting = sum(mean if size is None else megapixels(size) for size in sizes)
        return self.seconds * waiting / self.megapixels if self.megapixels else None


@dataclass
class Tally:
    """Pictures of one run."""

    done: int = 0
    failed: int = 0
    pace: Pace = field(default_factory=Pace)

    def count(self, state: ItemState) -> None:
        """One more picture came to its end."""
        self.done += state in (ItemState.DONE, ItemState.SKIPPED)
        self.failed += state is ItemState.FAILED

    def position(self, waiting: int) -> tuple[int, int]:
        """Number of the picture in hand, and how many the run has, if so many wait."""
        finished = self.done + self.failed
        return finished + 1, finished + waiting

    def share(self, waiting: int) -> float:
        """Finished share 0..1, if so many wait."""
        finished, total = self.done + self.failed, self.done + self.failed + waiting
        return finished / total if total else 0.0

    def remaining_s(
        self, sizes: Sequence[Size | None], in_hand_s: float | None, *, has_one_in_hand: bool
    ) -> float | None:
        """Seconds for the picture in hand and those that wait, of these sizes; None while nothing is known."""
        rest = self.pace.remaining_s(sizes) if sizes else 0.0
        if rest is None or (in_hand_s is None and has_one_in_hand and not self.pace.count):
            return None
        return rest + (in_hand_s or 0.0)


class Clock:
    """Measures one picture without the time in which it was held."""

    def __init__(self, now_s: float) -> None:
        self._since_s: float | None = now_s
        self._passed_s = 0.0

    def hold(self, now_s: float) -> None:
        """Stop counting."""
        self._passed_s = self.passed_s(now_s)
        self._since_s = None

    def let_go(self, now_s: float) -> None:
        """Count again."""
        if self._since_s is None:
            self._since_s = now_s

    def passed_s(self, now_s: float) -> float:
        """Seconds counted."""
        return self._passed_s + (0.0 if self._since_s is None else now_s - self._since_s)

    def remaining_s(self, fraction: float | None, now_s: float) -> float | None:
        """Seconds left when this share 0..1 is done; None before the first."""
        return self.passed_s(now_s) * (1 - fraction) / fraction if fraction else None


def megapixels(size: Size) -> float:
    """Area in millions of pixels."""
    return size.width * size.height / PIXELS_PER_MEGAPIXEL
