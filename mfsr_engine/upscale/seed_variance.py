"""The variance between results of different seeds: where they disagree, detail was invented. One result at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SeedVariance:
    """The standard deviation of each pixel over results that differ only in their seed (Welford 1962).

    Holds 16 bytes for each pixel, however many results are added.
    """

    def __init__(self) -> None:
        self.count = 0
        self._mean = self._squares = np.zeros((0, 0), np.float32)

    def add(self, result: NDArray[np.float32]) -> None:
        """Take in one more result, (H, W, 3) float32 0..1, of the same size as those before."""
        if self.count == 0:
            self._mean, self._squares = np.zeros_like(result), np.zeros(result.shape[:2], np.float32)
        self.count += 1
        before = result - self._mean
        self._mean += before / np.float32(self.count)
        self._squares += np.einsum("hwc,hwc->hw", before, result - self._mean)

    def deviation(self) -> NDArray[np.float32]:
        """(H, W) float32: root of the variance (of a sample) that the three channels have in the mean; 0 for one result."""
        channels_and_freedom = np.float32(3 * max(1, self.count - 1))
        deviation: NDArray[np.float32] = np.sqrt(self._squares / channels_and_freedom)
        return deviation

    def smoothed(self, factor: int) -> NDArray[np.float32]:
        """(H / factor, W / factor) float32: the deviation in the mean of each pixel of the input.

        Single pixels of the result say little of so few results.
        """
        height, width = self._squares.shape
        blocks = self.deviation().reshape(height // factor, factor, width // factor, factor)
        mean: NDArray[np.float32] = blocks.mean(axis=(1, 3))
        return mean
