"""Which models the window offers and which it uses: what the engine knows, and what was wished for before it knew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from mfsr_app.compare.choices import Choices
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import EngineJobs
    from mfsr_app.ui.messages import Messages


class ModelInUse(QObject):
    """Binds what the engine says of models to the choices."""

    warmed = Signal()
    """The engine has loaded what the settings at the start need."""

    def __init__(self, choices: Choices, jobs: EngineJobs, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._choices, self._jobs, self._messages = choices, jobs, messages
        self._listings: set[int] = set()
        self._warming = 0
        self._wanted = self._instead_of = ""
        choices.picked.connect(self._on_picked)
        jobs.finished.connect(self._on_job)
        jobs.failed.connect(self._on_job_failed)

    def warm_up(self) -> None:
        """Let the engine load, now that the window is there."""
        self.list_models()
        self._warming = self._jobs.warm_up(self._choices.settings)

    @Slot()
    def list_models(self) -> None:
        """Ask the engine which models there are: at the start, and after one was installed or removed."""
        self._listings.add(self._jobs.list_models())

    def use(self, name: str) -> None:
        """Use a model, at once or, if it is new, as soon as the engine knows it and no other was chosen meanwhile."""
        self._wanted, self._instead_of = name, self._choices.settings.model
        self._take_wanted()

    def _take_wanted(self) -> None:
        name = self._wanted
        if name in [model.name for model in self._choices.models]:
            self._wanted = ""
            self._choices.set_model(name)

    @Slot()
    def _on_picked(self) -> None:
        if self._choices.settings.model != self._instead_of:
            self._wanted = ""

    @Slot(int, object)
    def _on_job(self, number: int, answer: object) -> None:
        if number in self._listings:
            assert isinstance(answer, list), "the engine lists models"
            self._listings.discard(number)
            self._choices.set_models(answer)
            self._take_wanted()
        if number == self._warming:
            self.warmed.emit()

    @Slot(int, object)
    def _on_job_failed(self, number: int, failure: Failure) -> None:
        if number in self._listings or number == self._warming:
            self._listings.discard(number)
            self._messages.fail(failure)
