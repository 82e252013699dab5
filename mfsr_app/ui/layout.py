"""Layout helpers shared by all pages: boxes with standard spacing, text styles, icon buttons, lists, links, scrolling panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction


class ChoiceBox(QComboBox):
    """Qt's own cuts a letter in two. What has no room is shortened in its middle, and can be read in the tip."""

    def __init__(self, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tip = tip

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as Qt does, with shorter words."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self)
        words = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideMiddle, room.width())
        self.setToolTip(option.currentText if words != option.currentText else self._tip)
        option.currentText = words
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def column(parent: QWidget, margin: Space | int = 0, spacing: Space = Space.S) -> QVBoxLayout:
    """A vertical layout on the spacing scale."""
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    return layout


def row(spacing: Space = Space.S) -> QHBoxLayout:
    """A horizontal layout on the spacing scale."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def label(text: str = "", role: str = "") -> QLabel:
    """A label in a role of the type scale: display, title, lead, section, muted or none."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(role in ("muted", "lead"))
    return made


def clear(layout: QVBoxLayout) -> None:
    """Remove all widgets of a layout."""
    while layout.count():
        item = layout.takeAt(0)
        widget: QWidget | None = item.widget() if item else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Change a property that the style sheet asks for; Qt would go on with the looks of the old one."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def surface(name: str) -> QFrame:
    """A frame that the style sheet knows by name."""
    frame = QFrame()
    frame.setObjectName(name)
    return frame


def centred(name: str, inner: QWidget, widest_px: int) -> QFrame:
    """A named surface as wide as it can be, with what it holds in its middle, no wider than `widest_px`."""
    frame = surface(name)
    inner.setMaximumWidth(widest_px)
    across = row()
    frame.setLayout(across)
    across.addStretch()
    across.addWidget(inner, 100)
    across.addStretch()
    return frame


def choice_field(name: str, tip: str = "") -> QComboBox:
    """A field with a list to choose from; the list has a name for screen readers too."""
    field = ChoiceBox(tip)
    field.setToolTip(tip)
    field.setAccessibleName(name)
    field.view().setAccessibleName(name)
    return field


def number_field(name: str, smallest: int, largest: int, *, follows_typing: bool = False) -> QSpinBox:
    """A field for a whole number, with a name for screen readers. It tells its value when typing has ended, or, for what costs
    nothing to change, at each key.
    """
    field = QSpinBox()
    field.setRange(smallest, largest)
    field.setKeyboardTracking(follows_typing)
    field.setAccessibleName(name)
    field.lineEdit().setTextMargins(Space.S, 0, 0, 0)
    return field


def push_button(words: str, do: Callable[[], object], *, name: str = "", is_main: bool = False) -> QPushButton:
    """A button with words, and with a name for screen readers where the words alone do not tell enough."""
    made = QPushButton(words)
    made.setAccessibleName(name or words.rstrip("…"))
    made.setProperty("role", "primary" if is_main else "")
    made.clicked.connect(lambda _checked=False: do())
    return made


def trigger_button(action: QAction, words: str = "", *, is_main: bool = False) -> QPushButton:
    """A button with words for an action, with the keys in its tip; hidden and disabled as the action is."""
    made = push_button(words or action.text(), action.trigger, name=action.text(), is_main=is_main)
    made.setToolTip(action.toolTip())
    made.setEnabled(action.isEnabled())
    action.enabledChanged.connect(made.setEnabled)
    if not action.isVisible():  # to show it before it has its place would make a window of it
        made.hide()
    return made


def action_button(action: QAction) -> QToolButton:
    """An icon button for an action, with a name for screen readers and the keys in its tip."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the pictures
    button.setAccessibleName(action.text())
    return button


class LinkedText(QLabel):
    """Links open outside of the program, by mouse and by keys."""

    def __init__(self, text: str, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.setOpenExternalLinks(True)

    def changeEvent(self, event: QEvent) -> None:
        """Qt gives links their colour when the text is read, and leaves it there: read it again."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and "<a " in self.text():
            text = self.text()
            self.setText("")
            self.setText(text)


LINE_PX = 52
"""Height of a line of a bar."""
PANEL_PX = 304
"""Width of a panel of fields."""


class GroupBar(QFrame):
    """A bar of groups of widgets, in as many lines as they need; no group is cut as long as the bar is as wide as the widest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._groups: list[QWidget] = []
        self._widest: QWidget | None = None
        self._wanted_px = 0
        self.setFixedHeight(LINE_PX)

    def add(self, group: QWidget, *, takes_room: bool = False, wanted_px: int = 0) -> None:
        """Put a group at the end. One of them may take the room that its line has left; it has a line to itself rather than
        less than `wanted_px`.
        """
        group.setParent(self)
        self._groups.append(group)
        if takes_room:
            self._widest, self._wanted_px = group, wanted_px
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest group."""
        widest = max((_least_width(group) for group in self._groups), default=0)
        return QSize(widest + 2 * Space.S, LINE_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of lines may be needed."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """A group may need more room now."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        room = self.width() - 2 * Space.S
        lines = self._lines(room)
        self.setFixedHeight(LINE_PX * max(1, len(lines)))
        for number, line in enumerate(lines):
            left = int(Space.S)
            spare = room - _line_width(line)
            for group in line:
                width = _least_width(group) + (max(0, spare) if group is self._widest else 0)
                group.setGeometry(left, number * LINE_PX, width, LINE_PX)
                left += width + Space.M

    def _wanted_width(self, line: list[QWidget]) -> int:
        widest = self._widest if self._widest in line else None
        missing = 0 if widest is None else max(0, self._wanted_px - _least_width(widest))
        return _line_width(line) + missing

    def _lines(self, room: int) -> list[list[QWidget]]:
        lines: list[list[QWidget]] = []
        for group in (group for group in self._groups if not group.isHidden()):
            if lines and self._wanted_width([*lines[-1], group]) <= room:
                lines[-1].append(group)
            else:
                lines.append([group])
        return lines


def _least_width(widget: QWidget) -> int:
    return widget.minimumSizeHint().expandedTo(widget.minimumSize()).width()


def _line_width(groups: list[QWidget]) -> int:
    return sum(_least_width(group) for group in groups) + Space.M * (len(groups) - 1)


def button_group(*actions: QAction, last: QWidget | None = None) -> QWidget:
    """Icon buttons for actions, next to each other, and `last` after them."""
    group = QWidget()
    inside = row(Space.XS)
    group.setLayout(inside)
    for action in actions:
        inside.addWidget(action_button(action))
    if last is not None:
        inside.addWidget(last)
    return group


class ScrollPanel(QScrollArea):
    """As wide as it is made; what is too high is scrolled to, by the wheel or by moving the focus there."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)


class Scroller(ScrollPanel):
    """A page. Keeps as much room on the left as the bar takes on the right, so that its middle never moves."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(content, parent)
        self.setObjectName("scroller")
        self.verticalScrollBar().rangeChanged.connect(self._balance)

    @Slot(int, int)
    def _balance(self, first: int, last: int) -> None:
        self.setViewportMargins(self.verticalScrollBar().sizeHint().width() if last > first else 0, 0, 0, 0)
