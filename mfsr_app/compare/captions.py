"""Each photograph brings its own caption: that of the text file beside it, or none. Knows no widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.document import DocumentState
    from mfsr_app.ui.messages import Messages


class CaptionState(QObject):
    """Binds the open picture to the caption in use. To be made after whatever listens to `opened` for the picture's sake."""

    def __init__(
        self, document: DocumentState, choices: Choices, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._messages = document, choices, messages
        document.opened.connect(self._on_opened)

    @Slot()
    def _on_opened(self) -> None:
        document = self._document.current
        assert document is not None, "opened without a document"
        caption = document.picture.caption
        self._choices.set_caption(caption.text)
        if caption.note and not caption.text and self._choices.model.takes_text:
            self._messages.tell(caption.note)
