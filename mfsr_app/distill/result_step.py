"""Last step of the wizard: the student beside its teacher, in numbers and pictures; name it and install it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTableWidget, QTableWidgetItem, QWidget

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.distill.picture_grid import Gallery
from mfsr_app.distill.pieces import card, paragraph, say
from mfsr_app.distill.wizard import TaskKind
from mfsr_app.ui.layout import column, label, push_button, row
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from pathlib import Path

    from distill.evaluation.evaluate import Evaluation, EvaluationRow
    from mfsr_app.distill.wizard import DistillState
    from mfsr_app.distill.work import Comparison

HIDDEN = ("student, 2 steps", "student, 8 steps")
"""They are in the table; as pictures they are too many."""
translate = QCoreApplication.translate


class ResultStep(QWidget):
    """Complete when the student is installed."""

    use_asked = Signal(str)
    """Name of the student that shall be used for the open picture."""

    def __init__(self, state: DistillState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: Comparison | None = None
        self._named_run: Path | None = None
        """Whose name was put into the field; from then on it is the user's."""
        self.table = QTableWidget()
        self.table.setAccessibleName(self.tr("Scores of the student, its teacher, and plain enlarging"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setFrameShape(QTableWidget.Shape.NoFrame)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.hide()
        self._status, self._notes = paragraph(), paragraph()
        self.pictures = Gallery(self.tr("In pictures"), HIDDEN)
        self.title = QLineEdit()
        self.title.setAccessibleName(self.tr("Name for people"))
        self.install = push_button(self.tr("Install"), self._install, is_main=True)
        self.use = push_button(self.tr("Use it"), self._use, is_main=True)
        self.again = push_button(self.tr("Compare again"), state.compare)
        self.over = push_button(self.tr("Another student"), state.start_over)
        self._lay_out()
        state.installed.connect(self._on_installed)

    def refresh(self) -> None:
        """Show the state."""
        state, draft = self._state, self._state.draft
        if draft.run_folder != self._named_run:
            self._named_run = draft.run_folder
            self.title.setText(draft.run_folder.name if draft.run_folder else "")
        if state.comparison is not self._shown:
            self._shown = state.comparison
            self._show_numbers(state.comparison.evaluation if state.comparison else None)
            self.pictures.set_pictures(state.comparison.pictures if state.comparison else None)
        is_comparing = state.is_doing(TaskKind.COMPARE)
        waiting = self.tr("The student and its teacher enlarge photographs that were not trained on.")
        say(self._status, [waiting] if is_comparing else [state.fault] if state.fault else [])
        self.again.setVisible(not is_comparing and state.comparison is None)
        is_installed = draft.model_folder is not None
        self.install.setVisible(not is_installed)
        is_free = state.activity is None or is_comparing  # which begins again after it
        self.install.setEnabled(bool(self.title.text().strip()) and is_free)
        self.title.setEnabled(not is_installed)
        self.use.setVisible(is_installed)
        self.over.setVisible(is_installed)

    def _lay_out(self) -> None:
        inside = column(self, 0, Space.M)
        frame, named = card()
        named.addWidget(label(self.tr("Name for people"), "section"))
        line = row()
        line.addWidget(self.title, 1)
        for made in (self.install, self.use, self.over):
            line.addWidget(made)
        named.addLayout(line)
        inside.addWidget(frame)
        frame, numbers = card()
        head = row()
        head.addWidget(label(self.tr("In numbers"), "section"))
        head.addStretch()
        head.addWidget(self.again)
        numbers.addLayout(head)
        numbers.addWidget(self._status)
        numbers.addWidget(self.table)
        numbers.addWidget(self._notes)
        inside.addWidget(frame)
        frame, shown = card()
        shown.addWidget(self.pictures)
        inside.addWidget(frame)
        self._pictures_card = frame
        frame.hide()  # while there is nothing in it
        inside.addStretch()
        self.title.textEdited.connect(self.refresh)

    def _show_numbers(self, evaluation: Evaluation | None) -> None:
        self.table.setVisible(evaluation is not None)
        self._pictures_card.setVisible(evaluation is not None)
        if evaluation is None:
            say(self._notes, [])
            return
        titles = _titles()
        self.table.setColumnCount(len(titles))
        self.table.setHorizontalHeaderLabels(titles)
        self.table.setRowCount(len(evaluation.rows))
        for number, found in enumerate(evaluation.rows):
            for place, words in enumerate(_cells(found)):
                item = QTableWidgetItem(words)
                if place:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(number, place, item)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = sum(self.table.rowHeight(number) for number in range(len(evaluation.rows)))
        self.table.setFixedHeight(rows + self.table.horizontalHeader().sizeHint().height() + 2)
        px, crops = evaluation.crop_px, evaluation.pictures
        many = self.tr("Means over {0} crops of {1} pixels.").format(crops, px)
        means = self.tr("Measured on one crop of {0} pixels.").format(px) if crops == 1 else many
        how = self.tr("PSNR, SSIM: higher is closer; LPIPS, DISTS, NIQE: lower is better.")
        say(self._notes, [f"{means} {how}", *evaluation.notes])

    @Slot()
    def _install(self) -> None:
        self._state.install(self.title.text().strip())

    @Slot()
    def _on_installed(self) -> None:
        """The button that was pressed is gone; what it made way for gets the keys."""
        self.use.setFocus()

    @Slot()
    def _use(self) -> None:
        folder = self._state.draft.model_folder
        if folder is not None:
            self.use_asked.emit(folder.name)


def _titles() -> list[str]:
    return ["", "PSNR-Y", "SSIM-Y", "LPIPS", "DISTS", "NIQE", translate("Distil", "Seconds")]


def _cells(found: EvaluationRow) -> list[str]:
    scores = found.scores
    name = translated(found.name)
    if found.steps == 1:
        name = translate("Distil", "{0}, 1 step").format(name)
    elif found.steps:
        name = translate("Distil", "{0}, {1} steps").format(name, found.steps)
    perceived = ["–" if value is None else f"{value:.3f}" for value in (scores.lpips, scores.dists)]
    natural = "–" if scores.niqe is None else f"{scores.niqe:.2f}"
    return [name, f"{scores.psnr_y:.2f}", f"{scores.ssim_y:.3f}", *perceived, natural, f"{found.seconds:.2f}"]
