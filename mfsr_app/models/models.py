"""The models page without its widgets: what there is, what is being done with it, and telling when it has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_app.models.hub import Fit, ModelRow, Outcome
from mfsr_app.ui.messages import MessageKind
from mfsr_engine.progress import ProgressReport, Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import EngineJobs
    from mfsr_app.models.hub import ModelHub
    from mfsr_app.ui.messages import Messages
    from mfsr_engine.progress import Progress


@dataclass(frozen=True)
class HubActivity:
    """A running job with a model."""

    number: int
    """Of the job."""
    name: str
    """The model, or the folder that is imported."""
    report: ProgressReport | None = None
    """How far it is."""
    is_download: bool = False
    """Whether what came stays when it is stopped, and the next attempt goes on from there."""

    @property
    def bytes_per_second(self) -> float | None:
        """Rate of a download; None for other stages and before the first second."""
        report = self.report
        if report is None or report.stage != Stage.DOWNLOADING or report.elapsed_s < 1 or not report.done:
            return None
        return report.done / report.elapsed_s


class ModelsState(QObject):
    """One job at a time; lists are asked for again after each."""

    rows_changed = Signal()
    """Other models, or other words about them."""
    activity_changed = Signal()
    """A job began, moved on or ended."""
    installed_changed = Signal()
    """A model was installed or removed: lists elsewhere are out of date."""

    def __init__(self, hub: ModelHub, jobs: EngineJobs, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._jobs, self._messages = hub, jobs, messages
        self.rows: tuple[ModelRow, ...] = ()
        self.fits: dict[str, Fit] = {}
        self.activity: HubActivity | None = None
        self._changes_models = False
        self._listing: set[int] = set()
        jobs.reported.connect(self._on_reported)
        jobs.finished.connect(self._on_finished)
        jobs.failed.connect(self._on_failed)
        jobs.cancelled.connect(self._on_cancelled)

    def refresh(self) -> None:
        """Ask what there is, then what of it runs here."""
        self._listing.add(self._jobs.submit(lambda _, progress: self._hub.rows()))
        self._listing.add(self._jobs.submit(lambda _, progress: self._hub.fits()))

    @Slot()
    def note_installed(self) -> None:
        """A model was installed by other means: lists are out of date."""
        self.refresh()
        self.installed_changed.emit()

    def pull(self, name: str) -> None:
        """Fetch a model whose licences were accepted."""
        self._begin(name, lambda progress: self._hub.pull(name, progress), is_download=True)

    def variants(self, folder: Path) -> tuple[str, ...]:
        """What must be asked before a folder is imported."""
        return self._hub.variants(folder)

    def import_folder(self, folder: Path, variant: str | None = None) -> None:
        """Install a folder of this computer."""
        self._begin(folder.name, lambda progress: self._hub.import_folder(folder, variant, progress))

    def verify(self, name: str) -> None:
        """Check a model."""
        self._begin(name, lambda progress: self._hub.verify(name, progress), changes_models=False)

    def remove(self, name: str) -> None:
        """Delete a model; the user was asked."""
        self._begin(name, lambda progress: self._hub.remove(name))

    def cancel(self) -> None:
        """Stop the running job; what was fetched stays for the next time."""
        if self.activity is not None:
            self._jobs.cancel(self.activity.number)

    def _begin(
        self,
        name: str,
        work: Callable[[Progress], Outcome],
        *,
        changes_models: bool = True,
        is_download: bool = False,
    ) -> None:
        if self.activity is not None:
            self._messages.tell(self.tr("Wait for {0} to be finished, or stop it.").format(self.activity.name))
            return
        self._changes_models = changes_models
        number = self._jobs.submit(lambda _, progress: work(progress))
        self._show(HubActivity(number, name, is_download=is_download))

    @Slot(int, object)
    def _on_reported(self, number: int, report: object) -> None:
        activity = self.activity
        if activity is not None and number == activity.number and isinstance(report, ProgressReport):
            self._show(replace(activity, report=report))

    @Slot(int, object)
    def _on_finished(self, number: int, answer: object) -> None:
        if number in self._listing:
            self._listing.discard(number)
            if isinstance(answer, dict):
                self.fits = answer
            elif isinstance(answer, list):
                self.rows = tuple(answer)
            self.rows_changed.emit()
        elif self._is_ours(number) and isinstance(answer, Outcome):
            self._messages.tell(answer.text, MessageKind.DONE if answer.is_well else MessageKind.ERROR)
            self._end()

    @Slot(int, object)
    def _on_failed(self, number: int, failure: Failure) -> None:
        if number in self._listing or self._is_ours(number):
            self._messages.fail(failure)
        if self._is_ours(number):
            self._end()
        self._listing.discard(number)

    @Slot(int)
    def _on_cancelled(self, number: int) -> None:
        activity = self.activity
        if activity is not None and self._is_ours(number):
            words = self.tr("{0} was stopped.")
            if activity.is_download:
                words = self.tr("{0} was stopped. What was fetched is kept; the next download continues.")
            self._messages.tell(words.format(activity.name))
            self._end()

    def _is_ours(self, number: int) -> bool:
        return self.activity is not None and number == self.activity.number

    def _end(self) -> None:
        self._show(None)
        if self._changes_models:
            self.refresh()
            self.installed_changed.emit()

    def _show(self, activity: HubActivity | None) -> None:
        self.activity = activity
        self.activity_changed.emit()
