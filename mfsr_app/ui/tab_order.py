"""Makes the Tab key follow the layout, top to bottom and left to right."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QLayout


def order_tabs(page: QWidget) -> None:
    """Put everything on a page that takes the focus into the order of its layouts; to be called after rows were made anew."""
    for before, after in pairwise(list(stops(page))):
        QWidget.setTabOrder(before, after)


def stops(widget: QWidget | None) -> Iterator[QWidget]:
    """What takes the focus of a widget and of all that lies in it, as laid out, shown or not."""
    if widget is None:
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    if isinstance(widget, QScrollArea):
        yield from stops(widget.widget())
    elif isinstance(widget, QStackedWidget):
        for number in range(widget.count()):
            yield from stops(widget.widget(number))
    else:
        yield from _stops_in(widget.layout())


def _stops_in(layout: QLayout | None) -> Iterator[QWidget]:
    for number in range(layout.count() if layout is not None else 0):
        item = layout.itemAt(number) if layout is not None else None
        if item is None:
            continue
        inner = item.widget()
        if inner is not None:
            yield from stops(inner)
        else:
            yield from _stops_in(item.layout())
