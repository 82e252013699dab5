"""Means of named numbers over some steps of training."""

from __future__ import annotations

from torch import Tensor


class Meter:
    """Sums detached scalars by name; each has its own count, since not every step has every number."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was added since the last `take`."""
        return not self._sums

    def add(self, values: dict[str, Tensor]) -> None:
        """Take in one step's scalars; no device is waited for."""
        for name, value in values.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value
            self._counts[name] = self._counts.get(name, 0) + 1

    def take(self) -> dict[str, Tensor]:
        """The means by name, in the order of first appearance, and start anew."""
        means = {name: total / self._counts[name] for name, total in self._sums.items()}
        self._sums, self._counts = {}, {}
        return means
