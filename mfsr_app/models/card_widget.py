"""A card for one model: what it is, whether it runs here, and what can be done with it. Values in, signals out."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from mfsr_app.ui.layout import LinkedText, column, label, row
from mfsr_app.ui.progress_strip import ShareBar
from mfsr_app.ui.theme import Space


@dataclass(frozen=True)
class CardWords:
    """What a card says."""

    title: str
    """Name of the model."""
    kind: str
    """What it is, in two or three words."""
    summary: str
    """What it is good for."""
    facts: str
    """Size and licence; may hold a link."""
    fit: str
    """Whether it runs on this computer."""
    is_fit: bool
    """Whether it does."""
    fault: str
    """What is wrong with it."""
    is_warning: bool = False
    """Whether it runs in principle only."""


class ModelCard(QFrame):
    """Buttons are made by the page, which knows what can be done."""

    stop_asked = Signal()
    """The job with this model shall stop."""

    def __init__(self, words: CardWords, buttons: list[QPushButton], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        inside = column(self, Space.L, Space.XS)
        inside.addLayout(self._head(words, buttons))
        self.fit = label("", "muted")
        for text in (words.summary, words.facts):
            if text:
                inside.addWidget(self._line(text))
        inside.addWidget(self.fit)
        if words.fault:
            fault = self._line(words.fault)
            fault.setProperty("role", "fault")
            inside.addWidget(fault)
        self._buttons = buttons
        self._work = QWidget()
        self._fill_work()
        inside.addWidget(self._work)
        self.set_fit(words.fit, is_fit=words.is_fit, is_warning=words.is_warning)
        self.set_idle(can_act=True)

    def set_fit(self, words: str, *, is_fit: bool, is_warning: bool = False) -> None:
        """Say whether the model runs here, or only in principle; nothing while that is not known."""
        sign = "⚠" if is_warning and is_fit else "✓" if is_fit else "✗"
        self.fit.setText(words and f"{sign}  {words}")
        self.fit.setVisible(bool(words))

    def set_running(self, words: str, fraction: float | None) -> None:
        """A job with this model runs."""
        self._words.setText(words)
        self._bar.set_share(fraction)
        self._work.show()
        self._enable(can_act=False)

    def set_idle(self, *, can_act: bool) -> None:
        """No job with this model runs; another one may."""
        self._work.hide()
        self._enable(can_act=can_act)

    @property
    def progress_words(self) -> str:
        """What is said of the running job."""
        return self._words.text()

    def _head(self, words: CardWords, buttons: list[QPushButton]) -> QHBoxLayout:
        head = row()
        head.addWidget(label(words.title, "title"), 0, Qt.AlignmentFlag.AlignVCenter)
        if words.kind:
            head.addWidget(label(words.kind, "chip"), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch()
        for button in buttons:
            head.addWidget(button)
        return head

    def _fill_work(self) -> None:
        inside = row(Space.M)
        inside.setContentsMargins(0, Space.S, 0, 0)
        self._work.setLayout(inside)
        self._words = label("")
        self._bar = ShareBar(self.tr("Progress"))
        stop = QPushButton(self.tr("Stop"))
        stop.setAccessibleName(stop.text())
        stop.clicked.connect(self.stop_asked)
        inside.addWidget(self._bar, 2)
        inside.addWidget(self._words, 1)
        inside.addWidget(stop)

    def _line(self, text: str) -> QLabel:
        if "<a " not in text:
            return label(text, "muted")
        line = LinkedText(text, "muted")
        by_hand, by_keys = (
            Qt.TextInteractionFlag.LinksAccessibleByMouse,
            Qt.TextInteractionFlag.LinksAccessibleByKeyboard,
        )
        line.setTextInteractionFlags(by_hand | by_keys)
        return line

    def _enable(self, *, can_act: bool) -> None:
        for button in self._buttons:
            button.setEnabled(can_act)
