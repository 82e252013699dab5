"""Where results of the queue go: name, folder, format, and what happens to existing files. Shows what a name becomes."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from mfsr_engine.batch.naming import OutputSettings, Source, check_template, result_root, target_of
from mfsr_engine.batch.run_plan import RunPlan
from mfsr_engine.errors import RequestError
from mfsr_engine.files.formats import FORMATS
from mfsr_engine.geometry import Size

if TYPE_CHECKING:
    from mfsr_app.compare.choices import Choices
    from mfsr_engine.api import UpscaleSettings
    from mfsr_engine.files.formats import ImageFormat

EXAMPLE = Path("holiday.jpg")
EXAMPLE_SIZE = Size(1200, 800)


class QueueOutput(QObject):
    """`plan` is always valid: a name that cannot be used is kept apart in `template`, with its `problem`."""

    changed = Signal()
    """Anything here, or the example."""

    def __init__(self, choices: Choices, plan: OutputSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices = choices
        self.plan = self._settings = plan or OutputSettings()
        self.template = self.plan.naming
        self.problem = ""
        choices.changed.connect(self.changed)
        choices.size_changed.connect(self.changed)
        choices.models_changed.connect(self.changed)
        choices.fidelity_auto_changed.connect(self.changed)

    @property
    def is_lossy(self) -> bool:
        """Whether quality means something for the chosen format."""
        return FORMATS[self.plan.format].has_quality

    @property
    def run_plan(self) -> RunPlan:
        """What the queue would be worked through with now: the settings of the compare page, without the caption, which is
        of the photograph there, and this.
        """
        settings = replace(self._choices.settings, size=self._choices.size, prompt="")
        if self._choices.is_fidelity_auto:  # the number is that of the photograph on the compare page
            settings = replace(settings, fidelity=0.0, is_fidelity_auto=True)
        return RunPlan(settings, self.plan)

    @property
    def example(self) -> str:
        """What a photograph would be called, or why it cannot be."""
        if self.problem:
            return self.problem
        try:
            naming = self.run_plan.naming(self._choices.model)
            target = target_of(Source(EXAMPLE), replace(naming, output=None), lambda _: EXAMPLE_SIZE)
        except RequestError as error:
            return str(error)
        root = EXAMPLE.with_suffix("")
        tree = self.tr("In a folder: {0}").format(
            (result_root(root, replace(naming, output=None)).name) + "/…/" + target.name
        )
        return self.tr("{0} becomes {1}").format(EXAMPLE.name, target.name) + "\n" + tree

    def target_size(self, source: Size, settings: UpscaleSettings | None = None) -> Size | None:
        """Size of the result of a source, with these settings or those of now; None if it is impossible."""
        choices = self._choices
        size, factor = (choices.size, choices.factor)
        if settings is not None:
            size, factor = settings.size, choices.factor_with(settings)
        try:
            return size.resolve(source, factor)
        except RequestError:
            return None

    def restore(self, plan: OutputSettings) -> None:
        """Take everything as it was noted."""
        self.template, self.problem = plan.naming, ""
        self._use(plan)

    def adopt(self, settings: OutputSettings) -> None:
        """Take what has just been changed in the settings; what was chosen here for the rest stays."""
        before, self._settings = self._settings, settings
        names = [item.name for item in fields(settings)]
        changes = {n: getattr(settings, n) for n in names if getattr(settings, n) != getattr(before, n)}
        if "naming" in changes:
            self.template, self.problem = settings.naming, ""
        if changes:
            self._change(**changes)

    def set_template(self, text: str) -> None:
        """Choose the name of results."""
        self.template, self.problem = text, ""
        try:
            check_template(text)
        except RequestError as error:
            self.problem = str(error)
            self.changed.emit()
            return
        self._change(naming=text)

    def set_folder(self, folder: Path | None) -> None:
        """Choose a folder; None is beside the source."""
        self._change(folder="" if folder is None else str(folder))

    def set_folder_text(self, text: str) -> None:
        """Choose a folder as it is typed; empty is beside the source."""
        self._change(folder=text)

    def set_conflict(self, conflict: object) -> None:
        """Choose what to do with files that exist."""
        self._change(conflict=conflict)

    def set_format(self, chosen: ImageFormat) -> None:
        """Choose the format."""
        self._change(format=chosen)

    def set_quality(self, quality: int) -> None:
        """Choose 1 (small) to 100 (best)."""
        self._change(quality=quality)

    def _change(self, **changes: Any) -> None:
        self._use(replace(self.plan, **changes))

    def _use(self, plan: OutputSettings) -> None:
        self.plan = plan
        self.changed.emit()


def fidelity_text(fidelity: float, *, is_auto: bool) -> str:
    """How much fidelity: a percentage, or that it is chosen from each picture."""
    if is_auto:
        return QCoreApplication.translate("Words", "automatic")
    return QCoreApplication.translate("Words", "{0} %").format(round(fidelity * 100))
