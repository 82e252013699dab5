"""Finds words and buttons of a window that are cut, lie over each other, or are out of sight."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QScrollBar,
    QStackedWidget,
    QWidget,
)

FLOATING = ("message",)
"""Object names of what may lie over others."""


def faults(window: QWidget) -> list[str]:
    """What is wrong, in words; nothing if all is well."""
    seen = [widget for widget in window.findChildren(QWidget) if widget.isVisible() and not _is_inner(widget)]
    found = [f"cut: {_name(widget)}" for widget in seen if _is_cut(widget)]
    found += [f"out of sight: {_name(widget)}" for widget in seen if _is_out_of_sight(widget, window)]
    for parent in {widget.parentWidget() for widget in seen}:
        mates = [widget for widget in seen if widget.parentWidget() is parent and widget.objectName() not in FLOATING]
        if isinstance(parent, (QStackedWidget, QAbstractScrollArea)):
            continue
        found += [
            f"over each other: {_name(one)}, {_name(other)}"
            for one, other in combinations(mates, 2)
            if one.geometry().intersects(other.geometry())
        ]
    return found


def _is_inner(widget: QWidget) -> bool:
    """Whether it is a piece of one of Qt's own widgets."""
    parent = widget.parentWidget()
    return isinstance(parent, (QComboBox, QAbstractSpinBox, QScrollBar)) or isinstance(widget, QScrollBar)


def _is_cut(widget: QWidget) -> bool:
    """What is shortened and can be read in the tip is not cut."""
    if isinstance(widget, QLabel):
        if "…" in widget.text() and widget.toolTip():
            return False
        if widget.wordWrap():
            return widget.height() < widget.heightForWidth(widget.width())
        return bool(widget.text()) and widget.width() < widget.minimumSizeHint().width()
    if isinstance(widget, QAbstractSpinBox):
        line = widget.lineEdit()
        return line.fontMetrics().horizontalAdvance(line.text()) > line.width()
    if isinstance(widget, (QAbstractButton, QComboBox)):
        least = widget.minimumSizeHint()
        return widget.width() < least.width() or widget.height() < least.height()
    return False


def _is_out_of_sight(widget: QWidget, window: QWidget) -> bool:
    """Whether its right or lower end lies beyond what holds it, though nothing scrolls there."""
    if not isinstance(widget, (QLabel, QAbstractButton, QComboBox, QAbstractSpinBox)):
        return False
    corner, end = widget.mapTo(window, widget.rect().topLeft()), widget.mapTo(window, widget.rect().bottomRight())
    holder, area = widget.parentWidget(), window
    while holder is not None and holder is not window:
        if isinstance(holder, QAbstractScrollArea):
            area = holder
            break
        holder = holder.parentWidget()
    right = area.mapTo(window, area.rect().bottomRight()) if area is not window else window.rect().bottomRight()
    is_too_low = area is window and end.y() > right.y()
    return end.x() > right.x() or is_too_low or corner.x() < 0


def _name(widget: QWidget) -> str:
    words = getattr(widget, "text", str)() or widget.accessibleName() or widget.objectName()
    return f"{type(widget).__name__} {words}".strip()
