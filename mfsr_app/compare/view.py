"""The shared position and zoom of all panes, and which visible part is worth computing first."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from mfsr_app.compare.values import View, filling_scale, fitting_scale
from mfsr_engine.geometry import Rect, Size

MAX_ZOOM = 128.0
"""Device pixels per result pixel at most: wide enough for a pixel's value in numbers, on dense screens too."""


NEAR = 1e-6
"""A zoom so near a stop, in doublings, is that stop."""


class ViewModel(QObject):
    """The one view that all panes share. At 100 % one pixel of the result is one device pixel."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = View()
        """Where the panes look."""
        self.source = Size(1, 1)
        """Size of the picture looked at, in source pixels."""
        self.factor = 4
        """Result pixels per source pixel, along one side."""
        self.is_fitted = True
        """Whether all of the picture is shown, and stays so when the pane changes its size."""
        self._port = Size(1, 1)
        self.visible = self.view.visible(self.source, self._port)
        """Source pixels in view; None if there are none."""

    @property
    def zoom(self) -> float:
        """Device pixels per result pixel; 1.0 is 100 %."""
        return self.view.scale / self.factor

    def set_source(self, source: Size, factor: int) -> None:
        """Look at another picture, all of it."""
        self.source, self.factor = source, factor
        self.fit()

    def set_factor(self, factor: int) -> None:
        """The result has another size now; the look stays."""
        if factor != self.factor:
            self.factor = factor
            self.changed.emit()

    def set_port(self, port: Size) -> None:
        """A pane now has this size in device pixels."""
        if port == self._port:
            return
        self._port = port
        self._show(self._fitted() if self.is_fitted else self.view, is_fitted=self.is_fitted)

    def zoom_at(self, factor: float, dx: float = 0.0, dy: float = 0.0) -> None:
        """Zoom about a point given in device pixels from the middle of a pane."""
        wanted = self.view.scale * factor
        allowed = min(max(wanted, self._smallest_scale()), MAX_ZOOM * self.factor)
        self._show(self.view.zoomed(allowed / self.view.scale, dx, dy))

    def zoom_to(self, zoom: float, dx: float = 0.0, dy: float = 0.0) -> None:
        """Zoom to a number of device pixels per result pixel."""
        self.zoom_at(zoom * self.factor / self.view.scale, dx, dy)

    def step(self, direction: int) -> None:
        """Zoom to the next stop, closer (1) or farther (-1): each is twice the one before, and 100 % is one."""
        at = math.log2(self.zoom)
        stop = math.floor(at + NEAR) + 1 if direction > 0 else math.ceil(at - NEAR) - 1
        self.zoom_to(2.0**stop)

    def look_at(self, x: float, y: float) -> None:
        """Bring a place of the source into the middle."""
        view = self.view
        self.pan((view.center_x - x) * view.scale, (view.center_y - y) * view.scale)

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by device pixels."""
        self._show(self.view.panned(dx, dy))

    def fit(self) -> None:
        """Show all of the picture, and keep doing so when the pane changes its size."""
        self._show(self._fitted(), is_fitted=True)

    def fill(self) -> None:
        """Fill the pane with the picture."""
        self._show(replace(self.view, scale=filling_scale(self.source, self._port)))

    def _fitted(self) -> View:
        return View(self.source.width / 2, self.source.height / 2, fitting_scale(self.source, self._port))

    def _smallest_scale(self) -> float:
        return min(fitting_scale(self.source, self._port) / 2, self.factor / 2)  # 50 % is a stop

    def _show(self, view: View, *, is_fitted: bool = False) -> None:
        self.is_fitted = is_fitted
        view = view.clamped(self.source, self._port)
        self.visible = view.visible(self.source, self._port)
        if view != self.view:
            self.view = view
            self.changed.emit()


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
