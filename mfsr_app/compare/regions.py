"""Which part of the picture is worth computing apart. Pure arithmetic on the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from mfsr_app.compare.view import ViewModel

WHOLE_SHARE = 0.6
"""A view that shows more than this share of the picture is not computed apart."""
REGION_GRID_PX = 16
"""Parts in view are widened to this grid, so that a nudge of the view needs nothing new."""


def part_in_view(view: ViewModel) -> Rect | None:
    """The part in view, widened to the grid; None if that is all of the picture."""
    whole = Rect(0, 0, view.source.width, view.source.height)
    part = _on_grid(view.visible).intersected(whole) if view.visible is not None else None
    return None if part == whole else part


def is_worth_it(view: ViewModel) -> bool:
    """Whether the part in view is so small that it is computed before all of the picture."""
    seen, source = view.visible, view.source
    return seen is not None and seen.width * seen.height <= WHOLE_SHARE * source.width * source.height


def _on_grid(area: Rect) -> Rect:
    grid = REGION_GRID_PX
    left, top = area.x // grid * grid, area.y // grid * grid
    right, bottom = -(-area.right // grid) * grid, -(-area.bottom // grid) * grid
    return Rect(left, top, right - left, bottom - top)
