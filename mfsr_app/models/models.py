"""The models page without widgets: which models exist, what is being done with them, and signals when that changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_app.desktop.messages import MessageKind
from mfsr_engine.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.worker import Job, Worker
    from mfsr_app.models.hub import Fit, ModelHub, ModelRow, Outcome
    from mfsr_engine.progress import Progress, ProgressReport


@dataclass(frozen=True)
class HubActivity:
    """A running job with a model."""

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
    account_changed = Signal()
    """Signed in, or it is known whether one is."""
    installed_changed = Signal()
    """A model was installed or removed: lists elsewhere are out of date."""

    def __init__(self, hub: ModelHub, worker: Worker, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub, self._worker, self._messages = hub, worker, messages
        self.rows: tuple[ModelRow, ...] = ()
        self.fits: dict[str, Fit] = {}
        self.is_signed_in = False
        self.activity: HubActivity | None = None
        self._job: Job | None = None
        self._changes_models = False
        self._measuring = 0

    @property
    def is_measuring(self) -> bool:
        """Whether the processor is being measured again."""
        return self._measuring > 0

    @Slot()
    def measure_again(self) -> None:
        """Measure the processor anew, and estimate by that from now on."""
        self._measuring += 1
        job = self._worker.submit(lambda _: self._hub.fits(measures_again=True), self._set_fits, self._messages.fail)
        job.ended.connect(self._on_measured)
        self.activity_changed.emit()

    @Slot()
    def _on_measured(self) -> None:
        self._measuring -= 1
        self.activity_changed.emit()

    def refresh(self) -> None:
        """Ask what there is, then what of it runs here."""
        self._worker.submit(lambda _: self._hub.rows(), self._set_rows, self._messages.fail)
        self._worker.submit(lambda _: self._hub.is_signed_in(), self._set_account, self._messages.fail)
        self._worker.submit(lambda _: self._hub.fits(), self._set_fits, self._messages.fail)

    @Slot(str)
    def sign_in(self, token: str) -> None:
        """Sign in to the hub; asks it whether the token is good."""

        def take(outcome: Outcome) -> None:
            self._messages.tell(outcome.text, MessageKind.DONE)
            self._set_account(True)

        self._worker.submit(lambda _: self._hub.sign_in(token), take, self._messages.fail)

    def _set_account(self, is_signed_in: bool) -> None:
        self.is_signed_in = is_signed_in
        self.account_changed.emit()

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
        if self._job is not None:
            self._job.cancel()

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
        self._job = self._worker.submit(work, self._on_done, self._messages.fail)
        self._job.reported.connect(self._on_reported)
        self._job.ended.connect(self._on_ended)
        self._show(HubActivity(name, is_download=is_download))

    def _set_rows(self, rows: Sequence[ModelRow]) -> None:
        self.rows = tuple(rows)
        self.rows_changed.emit()

    def _set_fits(self, fits: dict[str, Fit]) -> None:
        self.fits = fits
        self.rows_changed.emit()

    @Slot(object)
    def _on_reported(self, report: ProgressReport) -> None:
        assert self.activity is not None, "only a running job reports"
        self._show(replace(self.activity, report=report))

    def _on_done(self, outcome: Outcome) -> None:
        self._messages.tell(outcome.text, MessageKind.DONE if outcome.is_well else MessageKind.ERROR)

    @Slot()
    def _on_ended(self) -> None:
        job, activity, self._job = self._job, self.activity, None
        if job is not None and job.is_cancelled and activity is not None:
            words = self.tr("{0} was stopped.")
            if activity.is_download:
                words = self.tr("{0} was stopped. What was fetched is kept; the next download continues.")
            self._messages.tell(words.format(activity.name))
        self._show(None)
        if self._changes_models:
            self.refresh()
            self.installed_changed.emit()

    def _show(self, activity: HubActivity | None) -> None:
        self.activity = activity
        self.activity_changed.emit()
