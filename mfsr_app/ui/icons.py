"""The program's icons, drawn as lines and tinted with theme colours."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QDir, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from mfsr_engine.files.paths import resources_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_app.ui.theme import Colors

SIZES_PX = (20, 40)
"""Sizes drawn ahead: for buttons at once and twice the density."""
LARGE_SIZES_PX = (20, 40, 64)
"""The same for what is larger: the rail, and the window's icon on the desktop."""


def register_icons() -> None:
    """Let style sheets name icons as `icon:name.svg`."""
    QDir.setSearchPaths("icon", [str(resources_dir() / "icons")])


def icon(name: str, colors: Colors, color: str | None = None, sizes_px: Sequence[int] = SIZES_PX) -> QIcon:
    """An icon in `color` (the text colour if none), accented where it is checked, faint where it is disabled."""
    tinted = QIcon()
    for state, tint in (
        ((QIcon.Mode.Normal, QIcon.State.Off), color or colors.text),
        ((QIcon.Mode.Normal, QIcon.State.On), color or colors.accent),
        ((QIcon.Mode.Disabled, QIcon.State.Off), colors.outline),
    ):
        renderer = _renderer(name, tint)
        for side in sizes_px:
            tinted.addPixmap(_drawn(renderer, side), *state)
    return tinted


def pixmap(name: str, color: str, side_px: int) -> QPixmap:
    """An icon as pixels."""
    return _drawn(_renderer(name, color), side_px)


def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace("#000000", color).encode()))


def _drawn(renderer: QSvgRenderer, side_px: int) -> QPixmap:
    image = QPixmap(side_px, side_px)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, side_px, side_px))
    painter.end()
    return image


@cache
def _drawing(name: str) -> str:
    """The file of an icon; each is drawn in several sizes and colours."""
    return (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
