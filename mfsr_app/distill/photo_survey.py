"""The wizard's survey of photographs: a folder is looked at, and a few crops are shown before and after the damage."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from distill.wizard.draft import Step
from distill.wizard.flow import problems
from mfsr_app.distill.activity import Doing
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from distill.data.scan import ScanReport
    from distill.wizard.draft import Draft
    from mfsr_app.distill.work import DistillWork, Pictures

Submit = Callable[[Doing, Callable[[Progress], Any], Callable[[Any], None]], None]
"""Does work as the one job of the wizard, and hands its answer on."""


class PhotoSurvey:
    """Knows the samples shown last; the draft stays with whoever asks."""

    def __init__(self, work: DistillWork, submit: Submit, on_shown: Callable[[], None]) -> None:
        """`on_shown` is called when there are other samples."""
        self._work, self._submit, self._on_shown = work, submit, on_shown
        self.samples: Pictures | None = None

    def forget(self) -> None:
        """Other photographs or another teacher: the samples are of no use any more."""
        self.samples = None

    def look(self, folder: Path, draft: Draft, on_found: Callable[[ScanReport], None]) -> None:
        """Look at every photograph of a folder."""
        self._submit(Doing.SCAN, lambda progress: self._work.scan(folder, draft, progress), on_found)

    def show(self, draft: Draft) -> None:
        """Make samples, if the photographs can be used."""
        report = draft.photos
        if report is not None and not problems(draft, Step.PHOTOS):
            self._submit(
                Doing.SAMPLE,
                lambda progress: self._work.samples(report, draft.degradation, draft, progress),
                self._take,
            )

    def _take(self, samples: Pictures) -> None:
        self.samples = samples
        self._on_shown()
