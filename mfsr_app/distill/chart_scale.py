"""Round numbers for the axis of a chart."""

from __future__ import annotations

import math

MOST_TICKS = 5
LEAST_GAPS = 2


def ticks(low: float, high: float) -> tuple[float, ...]:
    """Between three and five round numbers, evenly apart, that hold `low` and `high` between the first and the last.

    Args:
        low: smallest value.
        high: largest value; may equal `low`.
    """
    if high <= low:
        margin = abs(low) / 2 or 1.0
        low, high = low - margin, high + margin
    gap = 10.0 ** math.floor(math.log10((high - low) / LEAST_GAPS))
    for factor in (1, 2, 5, 10, 20, 50):
        first, last = math.floor(low / (gap * factor) + 1e-9), math.ceil(high / (gap * factor) - 1e-9)
        if LEAST_GAPS <= last - first < MOST_TICKS:
            return tuple(number * gap * factor for number in range(first, last + 1))
    return (low, (low + high) / 2, high)


def tick_words(values: tuple[float, ...]) -> tuple[str, ...]:
    """All with as many decimals as tell neighbours apart."""
    gap = values[1] - values[0]
    decimals = max(0, math.ceil(-math.log10(gap) - 1e-9))
    return tuple(f"{value:.{decimals}f}" for value in values)
