"""Updates every state when another picture is opened, in an order that works, before the change is announced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_app.compare.document import Stays

if TYPE_CHECKING:
    from mfsr_app.compare.document import Document
    from mfsr_app.compare.states import CompareStates
    from mfsr_app.compare.workspace import WorkspaceState
    from mfsr_app.desktop.messages import Messages


@dataclass(frozen=True)
class Opening:
    """The only place that knows in which order the states follow the picture; none of them listens to `DocumentState.opened`."""

    states: CompareStates
    """Those of the compare page."""
    workspace: WorkspaceState
    """What was open the last time."""
    messages: Messages
    """What the user should be told."""

    def follow(self, document: Document, stays: Stays = Stays.NOTHING) -> None:
        """Bring all states up to a picture that has just been opened.

        Where only its areas are others, where one looks and what one compares with stays; where another part of the same
        photograph was taken, its caption stays.
        """
        states = self.states
        is_same = stays is Stays.PICTURE
        with states.upscaling.one_change():  # what is shown follows once, at the end
            # first: from here on nobody finds a result of the picture before
            states.upscaling.begin(document, keeps_view=is_same)
            states.comparison.begin(keeps_files=is_same)
            states.saving.begin()
            states.consistency.begin()
            states.seed_variance.hide()
            states.sweep.close()
            states.model_sweep.close()
            states.choices.set_suited_fidelity(document.suited_fidelity)
            if stays is Stays.NOTHING:
                self._take_caption(document)  # other settings start an upscale, which must be of this picture
            if not is_same:
                states.beside.begin(document)
            states.folder.begin(document)
            self.workspace.begin(document)  # last: puts results, sides and the look in place of all this

    def _take_caption(self, document: Document) -> None:
        """Each photograph brings its own caption, that of the text file beside it, or none."""
        caption, choices = document.caption, self.states.choices
        choices.set_caption(caption.text)
        if caption.note and not caption.text and choices.model.takes_text:
            self.messages.tell(caption.note)
