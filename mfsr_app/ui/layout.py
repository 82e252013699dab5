"""Small pieces that every page is laid out with: boxes on the spacing scale, labels of the type scale, icon buttons, lists, text with
links, scrolling panels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QPaintEvent
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
    """Qt's own cuts a letter in two."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as Qt does, with shorter words."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self)
        words = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideMiddle, room.width())
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


def choice_field(name: str) -> QComboBox:
    """A field with a list to choose from; the list has a name for screen readers too."""
    field = ChoiceBox()
    field.setAccessibleName(name)
    field.view().setAccessibleName(name)
    return field


def number_field(name: str, smallest: int, largest: int) -> QSpinBox:
    """A field for a whole number, with a name for screen readers; it tells its value when typing has ended."""
    field = QSpinBox()
    field.setRange(smallest, largest)
    field.setKeyboardTracking(False)
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
