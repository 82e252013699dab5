"""A bar over the picture that shows one message. It covers, but moves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.desktop.messages import Message, MessageKind
from mfsr_app.ui.icons import pixmap
from mfsr_app.ui.layout import label, restyle, row
from mfsr_app.ui.theme import Colors, Space

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

STAY_MS, READING_MS = 6000, 80
"""How long a message that needs no answer stays, at least, and for each letter."""
ICON_PX = 20
ICONS = {MessageKind.INFO: "info", MessageKind.DONE: "done", MessageKind.ERROR: "support"}
MAX_WIDTH_PX = 720


class MessageBar(QFrame):
    """Lies at the lower edge of its parent, or of a widget in it, in the middle: away from titles, fields and their buttons."""

    dismissed = Signal(object)
    """The message whose time is over."""
    closed = Signal(object)
    """The message that was closed."""
    open_asked = Signal(object)
    """The file that a message tells of shall be opened; a path."""
    folder_asked = Signal(object)
    """The folder of the file shall be shown; the path of the file."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self._over = parent
        self._message: Message | None = None
        self._colors: Colors | None = None
        self._icon = QLabel()
        self._icon.setFixedWidth(ICON_PX)
        self._words = label("")
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = self._button(self.tr("Copy details"))
        self._copy.clicked.connect(self._copy_details)
        self.open, self.folder = self._button(self.tr("Open")), self._button(self.tr("Show in folder"))
        self.open.clicked.connect(lambda: self._ask(self.open_asked))
        self.folder.clicked.connect(lambda: self._ask(self.folder_asked))
        self._close = self._button(self.tr("Close"))
        self._close.clicked.connect(self._close_message)
        inside = row(Space.M)
        inside.setContentsMargins(Space.L, Space.S, Space.S, Space.S)
        self.setLayout(inside)
        inside.addWidget(self._icon)
        inside.addWidget(self._words, 1)
        for button in (self.open, self.folder, self._copy):
            inside.addWidget(button)
        inside.addWidget(self._close)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._dismiss)
        self.hide()

    def set_colors(self, colors: Colors) -> None:
        """Use the theme's colours."""
        self._colors = colors
        self._show_icon()

    def float_over(self, widget: QWidget) -> None:
        """Lie over this widget, which is somewhere inside of the parent."""
        self._over = widget
        self.place()

    @property
    def text(self) -> str:
        """What it says; empty while hidden."""
        return self._words.text() if self._message else ""

    def show_message(self, message: Message | None) -> None:
        """Show this one, or nothing."""
        self._message = message
        self._timer.stop()
        if message is None:
            self.hide()
            return
        self._words.setText(translated(message.text))
        self._copy.setVisible(bool(message.details))
        for button in (self.open, self.folder):
            button.setVisible(message.path is not None)
        restyle(self, "kind", message.kind.value)
        self._show_icon()
        if message.kind is not MessageKind.ERROR:
            self._timer.start(max(STAY_MS, READING_MS * len(message.text)))
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Take the place at the lower edge of the widget it floats over, above the labels of pictures."""
        parent, over = self.parentWidget(), self._over
        if parent is None:
            return
        corner = over.mapTo(parent, QPoint(0, 0))
        width = min(MAX_WIDTH_PX, over.width() - 2 * Space.L)
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        x, y = (over.width() - width) // 2, over.height() - height - 2 * Space.XL
        self.setGeometry(corner.x() + x, corner.y() + y, width, height)

    def _show_icon(self) -> None:
        if self._colors is not None and self._message is not None:
            kind = self._message.kind
            tint = self._colors.danger if kind is MessageKind.ERROR else self._colors.accent
            self._icon.setPixmap(pixmap(ICONS[kind], tint, ICON_PX))

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text)
        return button

    def _copy_details(self) -> None:
        if self._message is not None:
            QGuiApplication.clipboard().setText(f"{self._message.text}\n\n{self._message.details}")

    def _ask(self, signal: SignalInstance) -> None:
        if self._message is not None and self._message.path is not None:
            signal.emit(self._message.path)

    def _close_message(self) -> None:
        if self._message is not None:
            self.closed.emit(self._message)

    def _dismiss(self) -> None:
        if self._message is not None:
            self.dismissed.emit(self._message)
