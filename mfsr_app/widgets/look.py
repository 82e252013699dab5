"""Where a picture lies on a pane. Arithmetic only, draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF

if TYPE_CHECKING:
    from mfsr_app.state.view import View
    from mfsr_engine.geometry import Rect, Size


@dataclass(frozen=True)
class Look:
    """A view onto a picture through a pane, all in device pixels."""

    view: View
    """Centre and scale."""
    source: Size
    """Size of the picture in source pixels."""
    port: Size
    """Size of the pane."""
    ratio: float = 1.0
    """Device pixels per device-independent one."""

    @property
    def frame(self) -> QRectF:
        """Where the whole picture lies on the pane; its corner is a whole device pixel, so that 100 % is exact."""
        left = round(self.port.width / 2 - self.view.center_x * self.view.scale)
        top = round(self.port.height / 2 - self.view.center_y * self.view.scale)
        return QRectF(left, top, self.source.width * self.view.scale, self.source.height * self.view.scale)

    def frame_of(self, area: Rect | None) -> QRectF:
        """Where a part of the picture lies, in source pixels; None is all of it."""
        whole, scale = self.frame, self.view.scale
        if area is None:
            return whole
        corner = whole.topLeft() + QPointF(area.x * scale, area.y * scale)
        return QRectF(corner, QSizeF(area.width * scale, area.height * scale))
