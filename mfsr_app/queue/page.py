"""The queue page: a hint while it is empty, the table, its actions, overall progress. Binds state to widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QStackedWidget, QWidget

from mfsr_app.desktop.messages import MessageKind
from mfsr_app.desktop.notifications import DesktopNotice
from mfsr_app.desktop.offer import Offer
from mfsr_app.desktop.taskbar import TaskbarProgress
from mfsr_app.queue.actions import QueueActions, is_plain
from mfsr_app.queue.commands import QueueCommands
from mfsr_app.queue.panel import QueuePanel
from mfsr_app.queue.parts import QueueParts
from mfsr_app.queue.queue import Phase
from mfsr_app.queue.view import QueueView
from mfsr_app.ui.icons import icon, pixmap
from mfsr_app.ui.layout import (
    GroupBar,
    ScrollPanel,
    button_group,
    column,
    label,
    restyle,
    row,
    surface,
    trigger_button,
)
from mfsr_app.ui.menu_button import MenuButton
from mfsr_app.ui.progress_strip import ProgressStrip
from mfsr_app.ui.text import duration
from mfsr_app.ui.theme import Space
from mfsr_engine.batch.journal import ItemState

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QPixmap

CARD_WIDTH_PX = 560
NARROW_PX = 460
"""An invitation narrower than this puts its buttons below each other."""


class QueueHint(QWidget):
    """An invitation in the middle of the page; the buttons are the given actions, the first the main one."""

    def __init__(self, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        middle = Qt.AlignmentFlag.AlignCenter
        self._picture = QLabel(alignment=middle)
        self._card = surface("drop")
        self._card.setMaximumWidth(CARD_WIDTH_PX)
        outer = column(self, Space.XL)
        outer.addStretch()
        across = row()
        across.addStretch(1)
        across.addWidget(self._card, 20)
        across.addStretch(1)
        outer.addLayout(across)
        outer.addStretch()
        self._inner = inner = column(self._card, Space.XL * 2, Space.M)
        title = label(self.tr("Drop photographs or folders here"), "display")
        words = label(self.tr("They are upscaled one after the other.\nFolders keep their sub-folders."), "lead")
        self._buttons = buttons = row()
        buttons.addStretch()
        made = [trigger_button(action, is_main=number == 0) for number, action in enumerate(actions)]
        self.main = made[0]
        for button in made:
            buttons.addWidget(button)
        buttons.addStretch()
        for widget in (self._picture, title, words):
            inner.addWidget(widget)
        for text in (title, words):
            text.setAlignment(middle)
            text.setWordWrap(True)
        inner.addSpacing(Space.M)
        inner.addLayout(buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the buttons stand below each other."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < NARROW_PX
        margin = Space.M if is_narrow else Space.XL * 2
        self._inner.setContentsMargins(margin, margin, margin, margin)
        directions = QBoxLayout.Direction
        self._buttons.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its buttons below each other."""
        widest = max(button.minimumSizeHint().width() for button in self._card.findChildren(QPushButton))
        return QSize(widest + 2 * (Space.XL + Space.M), super().minimumSizeHint().height())

    def set_picture(self, picture: QPixmap) -> None:
        """The drawing above the words."""
        self._picture.setPixmap(picture)

    def set_hovered(self, is_hovered: bool) -> None:
        """Light up while something is dragged over the page."""
        restyle(self._card, "hover", "true" if is_hovered else "false")


HINT_ICON_PX = 64
SUMMARY_MS = 100
"""The summary follows the states at most this often."""


class QueuePage(QWidget):
    """Shows an invitation until a picture is in the queue."""

    def __init__(self, parts: QueueParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts, self._queue = parts, parts.queue
        self.setAcceptDrops(True)
        self.view = QueueView(parts.queue.table)
        self.commands = QueueCommands(parts, self.view, self)
        self.actions_table = QueueActions(self, self.commands.handlers())
        self.hint = QueueHint([self.actions_table["add_files"], self.actions_table["add_folder"]])
        self._invitation = ScrollPanel(self.hint)
        self.recent = MenuButton(self.tr("Add again"))
        self.panel = QueuePanel(parts.queue, parts.choices, self.actions_table["start"])
        self._notice = DesktopNotice(self)
        self._taskbar = TaskbarProgress(self)
        self.strip = ProgressStrip(self.actions_table["stop"])
        self.body = QStackedWidget()  # over which messages float
        self._summary = label("", "muted")
        self._summary_timer = QTimer(self, singleShot=True)
        self._summary_timer.setInterval(SUMMARY_MS)
        self._lay_out()
        self._connect()
        self._use_colors()
        self._show_all()

    @property
    def summary(self) -> str:
        """How many pictures are in which state, in words."""
        return self._summary.text()

    def load(self) -> None:
        """Read what an earlier window left, now that this one is there."""
        self._queue.load()

    def _lay_out(self) -> None:
        self.body.addWidget(self._invitation)
        self.body.addWidget(self.view)
        left = QWidget()
        inside = column(left)
        inside.setSpacing(0)
        inside.addWidget(self._header())
        inside.addWidget(self.body, 1)
        inside.addWidget(self.strip)
        across = row()
        across.setSpacing(0)
        self.setLayout(across)
        across.addWidget(left, 1)
        across.addWidget(self.panel)
        self.view.addActions(self.actions_table.for_rows())

    def _header(self) -> QWidget:
        header = GroupBar()
        adding = (self.actions_table["add_files"], self.actions_table["add_folder"])
        header.add(button_group(*adding, last=self.recent))
        for names in (
            ("compare_file", "open_result", "show_in_folder"),
            ("top", "up", "down", "bottom"),
            ("own_settings", "retry_failed", "remove", "remove_finished"),
        ):
            header.add(button_group(*(self.actions_table[name] for name in names)))
        self._summary.setWordWrap(False)
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header.add(self._summary, takes_room=True)
        return header

    def _connect(self) -> None:
        queue = self._queue
        queue.changed.connect(self._show_progress)
        queue.ended.connect(self._on_ended)
        queue.table.counted.connect(self._on_counted)
        queue.table.modelReset.connect(self._on_counted)
        self._summary_timer.timeout.connect(self._show_all)
        self.view.selection_changed.connect(self._enable)
        self.view.opened.connect(self.commands.open_or_compare)
        self.view.installEventFilter(self)
        self._parts.theme.changed.connect(self._use_colors)

    @Slot(int, int)
    def _on_ended(self, done: int, failed: int) -> None:
        """Tell, and call for the user if the window is not in use."""
        words = self.tr("The queue is finished: {0} done.").format(done)
        if failed:
            words = self.tr("The queue is finished: {0} done, {1} failed.").format(done, failed)
        if self.isVisible():
            self._parts.messages.announced.emit(words)
        else:
            self._parts.messages.tell(words, MessageKind.DONE)
        self._notice.call(self.window(), words)

    @Slot()
    def _use_colors(self) -> None:
        colors = self._parts.theme.colors
        self.actions_table.set_icons(colors)
        self.view.set_colors(colors)
        self.panel.set_colors(colors)
        self.recent.setIcon(icon("recent", colors))
        self.hint.set_picture(pixmap("queue", colors.accent, HINT_ICON_PX))

    @Slot()
    def _on_counted(self) -> None:
        is_empty = not self._queue.table.items and not self._queue.adding
        if is_empty != (self.body.currentWidget() is self._invitation):
            self._show_all()
        elif not self._summary_timer.isActive():
            self._summary_timer.start()

    @Slot()
    def _show_all(self) -> None:
        is_empty = not self._queue.table.items
        self.body.setCurrentWidget(self._invitation if is_empty else self.view)
        self._summary.setText(self._summary_words())
        self._show_progress()

    @Slot()
    def _show_progress(self) -> None:
        queue = self._queue
        self._notice.count(0 if queue.phase is Phase.IDLE else queue.waiting)
        self._taskbar.show_share(None if queue.phase is Phase.IDLE else queue.share)
        if queue.phase is Phase.IDLE:
            self.strip.set_idle(self._idle_words())
        else:
            self.strip.set_running(self._running_words(), queue.share)
        self._enable()

    @Slot()
    def _enable(self) -> None:
        """Offer only what would do something now."""
        queue, table, actions = self._queue, self._queue.table, self.actions_table
        chosen = self.commands.chosen
        results = [item for item in chosen if item.state is ItemState.DONE]
        for name in ("top", "up", "down", "bottom", "remove"):
            actions[name].setEnabled(bool(chosen))
        for name in ("compare_file", "open_result"):
            actions[name].setEnabled(len(chosen) == 1 and bool(results))
        actions["show_in_folder"].setEnabled(len(chosen) == 1)
        actions["own_settings"].setEnabled(any(item.state is not ItemState.RUNNING for item in chosen))
        actions["common_settings"].setEnabled(any(item.own_plan for item in chosen))
        actions["again"].setEnabled(any(not item.is_open for item in chosen))
        actions["copy_reason"].setEnabled(any(item.words for item in chosen))
        actions["retry_failed"].setEnabled(table.count(ItemState.FAILED) > 0)
        actions["remove_finished"].setEnabled(table.count(ItemState.DONE, ItemState.SKIPPED) > 0)
        has_focus = self.panel.main.hasFocus()
        actions["start"].setEnabled(queue.waiting > 0)
        if has_focus and not queue.waiting:  # not to wherever Qt would send it
            self.view.setFocus()
        actions["stop"].setEnabled(queue.phase is not Phase.IDLE)

    def _summary_words(self) -> str:
        table = self._queue.table
        parts = (
            (self.tr("{0} waiting"), self._queue.waiting),
            (self.tr("{0} done"), table.count(ItemState.DONE)),
            (self.tr("{0} skipped"), table.count(ItemState.SKIPPED)),
            (self.tr("{0} failed"), table.count(ItemState.FAILED)),
        )
        return " · ".join(words.format(count) for words, count in parts if count)

    def _running_words(self) -> str:
        queue = self._queue
        number, total = queue.position
        if queue.phase is Phase.PAUSED:
            return self.tr("Paused at picture {0} of {1}").format(min(number, total), total)
        words = self.tr("Picture {0} of {1}").format(min(number, total), total)
        remaining_s = queue.remaining_s
        return words if remaining_s is None else self.tr("{0}, {1} left").format(words, duration(remaining_s))

    def _idle_words(self) -> str:
        queue = self._queue
        if queue.adding:
            return self.tr("Looking for photographs…")
        if not queue.table.items:
            return ""
        if not queue.waiting:
            failed = queue.table.count(ItemState.FAILED)
            return self.tr("Finished; {0} failed").format(failed) if failed else self.tr("Finished")
        return self.tr("{0} waiting").format(queue.waiting)

    def event(self, event: QEvent) -> bool:
        """Keys of the page come before those of the window, which belong to other pages."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_in_table = self.view.hasFocus()
            if is_plain(event) or self.actions_table.for_key(event, is_in_table=is_in_table) is not None:
                event.accept()
                return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that the table would take for itself."""
        is_key = event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        return (is_key and self._take_key(event, is_in_table=True)) or super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the page."""
        if not self._take_key(event, is_in_table=False):
            super().keyPressEvent(event)

    def _take_key(self, event: QEvent, *, is_in_table: bool) -> bool:
        assert isinstance(event, QKeyEvent)
        action = self.actions_table.for_key(event, is_in_table=is_in_table)
        if action is None:
            return False
        action.trigger()
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders of other programs; a picture without a file goes on to the window."""
        if event.source() is None and Offer(event.mimeData()).paths:
            event.acceptProposedAction()
            self.hint.set_hovered(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went elsewhere."""
        self.hint.set_hovered(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        self.hint.set_hovered(False)
        if self.commands.add_offered(event.mimeData()):
            event.acceptProposedAction()

    def showEvent(self, event: QShowEvent) -> None:
        """The keys of the page work at once."""
        super().showEvent(event)
        self._show_all()
        (self.view if self._queue.table.items else self.hint.main).setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """The summary need not follow."""
        super().hideEvent(event)
        self._summary_timer.stop()
