"""Messages for the user. Errors wait here until they are dismissed; nothing is shown modally."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.jobs.failure import Failure


class MessageKind(StrEnum):
    """How urgent a message is."""

    INFO = "info"
    DONE = "done"
    ERROR = "error"


class Subject(StrEnum):
    """What a message speaks of, where that can be over before the message was read."""

    OPENING = "opening"
    """A file that was to be opened."""
    COMPUTING = "computing"
    """A result of the open picture."""
    SAVING = "saving"
    """A file that was to be written of the open picture."""
    COMPARING = "comparing"
    """A file that the open picture was to be compared with."""


@dataclass(frozen=True)
class Message:
    """One thing to be told."""

    kind: MessageKind
    """Errors stay until dismissed; the others leave by themselves."""
    text: str
    """What happened and what to do, in plain words."""
    details: str = ""
    """For "Copy details"; empty if there is nothing more to say."""
    path: Path | None = None
    """A file that was written, to be opened or shown in its folder."""
    about: Subject | None = None
    """What it speaks of; None is something that is not over by itself."""


class Messages(QObject):
    """All that waits to be read, newest last."""

    changed = Signal()
    announced = Signal(str)
    """Text for screen readers, once for each message."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Message] = []

    @property
    def newest(self) -> Message | None:
        """The message to be shown now."""
        return self._waiting[-1] if self._waiting else None

    @property
    def waiting(self) -> tuple[Message, ...]:
        """Everything not yet dismissed."""
        return tuple(self._waiting)

    def tell(self, text: str, kind: MessageKind = MessageKind.INFO, path: Path | None = None) -> None:
        """Tell something that needs no answer, perhaps of a file that was written."""
        self._add(Message(kind, text, path=path))

    def fail(self, failure: Failure, about: Subject | None = None) -> None:
        """Tell of a failed job."""
        self._add(Message(MessageKind.ERROR, failure.text, failure.details, about=about))

    def settle(self, *subjects: Subject) -> None:
        """The cause of messages about these is gone: someone tries again, or another picture is open."""
        left = [message for message in self._waiting if message.about not in subjects]
        if len(left) < len(self._waiting):
            self._waiting = left
            self.changed.emit()

    def close(self, message: Message) -> None:
        """The user has closed it; older ones, which were there to be read before it, go too."""
        if message in self._waiting:
            self._waiting = self._waiting[self._waiting.index(message) + 1 :]
            self.changed.emit()

    def dismiss(self, message: Message) -> None:
        """Its time is over."""
        if message in self._waiting:
            self._waiting.remove(message)
            self.changed.emit()

    def drop_passing(self) -> None:
        """Let go of what needs no answer, because the language has changed: it would leave soon by itself, and its words,
        unlike those of failures, are made in the language of the moment.
        """
        self._waiting = [message for message in self._waiting if message.kind is MessageKind.ERROR]
        self.changed.emit()

    def _add(self, message: Message) -> None:
        errors = [m for m in self._waiting if m.kind is MessageKind.ERROR and m.text != message.text]
        self._waiting = [*errors, message]
        self.changed.emit()
        self.announced.emit(message.text)
