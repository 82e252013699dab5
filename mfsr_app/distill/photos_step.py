"""Step 2 of the wizard: photographs, problems found in them, and the degradation the student learns to undo, with examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListWidget, QWidget

from distill.wizard.draft import DEGRADATION_SUMMARIES, Step
from distill.wizard.flow import advice
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.distill.picture_grid import Gallery
from mfsr_app.distill.pieces import card, paragraph, say, sentence
from mfsr_app.distill.wizard import TaskKind
from mfsr_app.ui.layout import choice_field, column, label, push_button, row
from mfsr_app.ui.theme import Space
from mfsr_engine.files.paths import expanded

if TYPE_CHECKING:
    from distill.data.scan import ScanReport
    from mfsr_app.distill.wizard import DistillState

LIST_PX = 120
translate = QCoreApplication.translate


class PhotosStep(QWidget):
    """Words on the left, pictures on the right."""

    def __init__(self, state: DistillState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown_report: ScanReport | None = None
        self._taken = ""
        """The folder as it was typed; leaving the field without a change looks at nothing again."""
        self.line = QLineEdit()
        self.line.setAccessibleName(self.tr("Folder of photographs"))
        self.line.setPlaceholderText(self.tr("Folder of photographs"))
        self.line.editingFinished.connect(self._take_line)
        self.report, self._advice, self._waiting = paragraph(""), paragraph(), paragraph()
        self.rejected = QListWidget()
        self.rejected.setAccessibleName(self.tr("Photographs that are left out"))
        self.rejected.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rejected.setFrameShape(QListWidget.Shape.NoFrame)
        self.rejected.hide()
        self.degradation = choice_field(self.tr("Kind of damage"))
        for kind, words in _damage_words().items():
            self.degradation.addItem(words, kind)
        self.degradation.currentIndexChanged.connect(self._take_degradation)
        self._damage = label("", "muted")
        self.samples = Gallery(self.tr("Samples"))
        self._lay_out()

    def refresh(self) -> None:
        """Show the state."""
        draft = self._state.draft
        self.degradation.setCurrentIndex(self.degradation.findData(draft.degradation))
        self._damage.setText(translated(sentence(DEGRADATION_SUMMARIES[draft.degradation])))
        if draft.photos is not self._shown_report:
            self._shown_report = draft.photos
            self._show_report(draft.photos)
        say(self._advice, advice(draft, Step.PHOTOS))
        self.samples.set_pictures(self._state.samples)
        say(self._waiting, self._waiting_words())

    def choose(self, folder: Path) -> None:
        """Look at a folder."""
        self._taken = str(folder)
        self.line.setText(self._taken)
        self._state.choose_photos(folder)

    def _waiting_words(self) -> list[str]:
        if self._state.samples is not None:
            return []
        if self._state.is_doing(TaskKind.SAMPLE):
            return [self.tr("Damaging a few of your photographs, to show you…")]
        return [self.tr("Samples of your photographs are shown here, before and after, once a folder is chosen.")]

    def _show_report(self, report: ScanReport | None) -> None:
        say(self.report, [report.summary()] if report else [])
        self.rejected.clear()
        for photo in report.rejected if report else ():
            self.rejected.addItem(f"{photo.path.name}: {translated(photo.detail)}")
        needed = self.rejected.sizeHintForRow(0) * self.rejected.count() + 2 * Space.XS
        self.rejected.setFixedHeight(min(needed, LIST_PX))
        self.rejected.setVisible(self.rejected.count() > 0)
        if report is not None and not self.line.text().strip():  # else it stays as it was typed
            self._taken = str(report.folder)
            self.line.setText(self._taken)

    def _lay_out(self) -> None:
        lead = self.tr(
            "The student learns from your photographs. Sharp, varied ones serve best; they stay on this computer."
        )
        whole = column(self, 0, Space.M)
        whole.addWidget(label(lead, "lead"))
        across = row(Space.L)
        across.addWidget(self._words(), 5)
        across.addWidget(self._pictures(), 6)
        whole.addLayout(across)
        whole.addStretch()

    def _words(self) -> QWidget:
        holder = QWidget()
        outer = column(holder, 0, Space.M)
        frame, inside = card()
        inside.addWidget(label(self.tr("Photographs"), "section"))
        field = row()
        field.addWidget(self.line, 1)
        field.addWidget(push_button(self.tr("Choose…"), self._ask, name=self.tr("Choose a folder of photographs")))
        inside.addLayout(field)
        inside.addWidget(self.report)
        inside.addWidget(self.rejected)
        inside.addWidget(self._advice)
        outer.addWidget(frame)
        frame, inside = card()
        inside.addWidget(label(self.tr("Damage to undo"), "section"))
        inside.addWidget(self.degradation)
        inside.addWidget(self._damage)
        outer.addWidget(frame)
        outer.addStretch()
        return holder

    def _pictures(self) -> QWidget:
        frame, inside = card()
        inside.addWidget(self._waiting)
        inside.addWidget(self.samples)
        inside.addStretch()
        return frame

    @Slot()
    def _ask(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder of photographs"), self.line.text())
        if name:
            self.choose(Path(name))

    @Slot()
    def _take_line(self) -> None:
        text = self.line.text().strip()
        if text and text != self._taken:
            self._taken = text
            self._state.choose_photos(expanded(text))

    @Slot()
    def _take_degradation(self) -> None:
        self._state.choose_degradation(self.degradation.currentData())


def _damage_words() -> dict[str, str]:
    return {
        "mixed": translate("Distil", "Mixed"),
        "camera": translate("Distil", "Camera"),
        "heavy": translate("Distil", "Heavy"),
    }
