"""What moving some pictures of a list does to its order. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mfsr_engine.batch.journal import QueueItem


class Move(Enum):
    """Where pictures are moved."""

    TOP = "top"
    UP = "up"
    DOWN = "down"
    BOTTOM = "bottom"


def moved(items: Sequence[QueueItem], chosen: Collection[int], where: Move) -> tuple[list[QueueItem], slice]:
    """Move the chosen pictures together.

    Returns:
        The list in its new order, and the part of it that is touched.
    """
    rows = [row for row, item in enumerate(items) if item.number in chosen]
    if not rows:
        return list(items), slice(0, 0)
    span = _span(rows, len(items), where)
    together = [item for item in items[span] if item.number in chosen]
    rest = [item for item in items[span] if item.number not in chosen]
    changed = list(items)
    changed[span] = [*together, *rest] if where in (Move.TOP, Move.UP) else [*rest, *together]
    return changed, span


def _span(rows: list[int], count: int, where: Move) -> slice:
    match where:
        case Move.TOP:
            return slice(0, rows[-1] + 1)
        case Move.UP:
            return slice(max(0, rows[0] - 1), rows[-1] + 1)
        case Move.DOWN:
            return slice(rows[0], min(count, rows[-1] + 2))
        case Move.BOTTOM:
            return slice(rows[0], count)
