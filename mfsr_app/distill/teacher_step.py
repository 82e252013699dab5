"""Step 1 of the wizard: choose the teacher. Also where trainings that are under way are found again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QFrame, QPushButton, QRadioButton, QVBoxLayout, QWidget

from distill.runs.status import Phase
from distill.wizard.draft import Step
from distill.wizard.flow import advice, lacking, without_negative
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.distill.pieces import below_radio, card, paragraph, say
from mfsr_app.models.licence_dialog import agrees_to
from mfsr_app.ui.layout import clear, column, label, push_button, row
from mfsr_app.ui.text import size
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from distill.wizard.draft import ChosenTeacher
    from mfsr_app.distill.wizard import DistillState
    from mfsr_app.distill.work import RunView, TeacherRow
    from mfsr_app.models.hub import ModelRow

MOST_RUNS = 4
translate = QCoreApplication.translate


class TeacherStep(QWidget):
    """Installed teachers, those that can be fetched, or a folder."""

    attach_asked = Signal(object)
    """Folder of a run that shall be shown."""

    def __init__(self, state: DistillState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: tuple[tuple[TeacherRow, ...], str] | None = None
        self._shown_runs: tuple[RunView, ...] = ()
        self.radios: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self._advice = paragraph()
        self._prompts_box, self.prompts = QWidget(), paragraph("")
        self.encode = push_button(self.tr("Encode its prompts…"), self._ask_encode)
        self.go_without = push_button(self.tr("Continue without"), state.go_without_negative)
        self._runs_box, self._teachers_box = QWidget(), QWidget()
        self._runs, self._teachers = column(self._runs_box, 0, Space.S), column(self._teachers_box, 0, Space.S)
        self._lay_out()

    def refresh(self) -> None:
        """Show the state."""
        state = self._state
        chosen = state.draft.teacher
        own = chosen.card.name if chosen is not None and not self._is_listed(chosen) else ""
        if self._shown != (state.teachers, own):
            self._shown = (state.teachers, own)
            self._make_teachers(chosen if own else None)
        if self._shown_runs != state.runs:
            self._shown_runs = state.runs
            self._make_runs()
        if chosen is not None and chosen.card.name in self.radios:
            self.radios[chosen.card.name].setChecked(True)
        self._show_prompts(chosen)
        say(self._advice, advice(state.draft, Step.TEACHER))

    def _show_prompts(self, chosen: ChosenTeacher | None) -> None:
        """What can be done about a teacher that lacks a negative prompt, until something is decided."""
        draft, terms = self._state.draft, self._state.encoding_terms
        is_open = chosen is not None and chosen.lacks_negative and not draft.goes_without_negative
        self._prompts_box.setVisible(is_open)
        if chosen is None or not is_open:
            return
        from mfsr_engine.models.families import family_of

        takes_text = family_of(chosen.card).text is not None
        self.encode.setVisible(takes_text)
        self.encode.setEnabled(terms is not None and self._state.activity is None)
        words = terms.words if terms is not None and takes_text else ()
        say(self.prompts, [lacking(chosen), *words, without_negative(chosen)])

    @Slot()
    def _ask_encode(self) -> None:
        """Encoders that are missing are fetched once their licence is agreed to."""
        terms = self._state.encoding_terms
        if terms is not None and (terms.encoders.is_installed or agrees_to(terms.encoders, self)):
            self._state.encode_prompts()

    def ask_fetch(self, model: ModelRow) -> None:
        """Show the licences, and fetch if they are agreed to."""
        if agrees_to(model, self):
            self._state.fetch_teacher(model.name)

    def _lay_out(self) -> None:
        inside = column(self, 0, Space.M)
        self._runs_box.hide()
        inside.addWidget(self._runs_box)
        lead = self.tr("A student learns to make in one step what its teacher makes in many. Choose the teacher.")
        inside.addWidget(label(lead, "lead"))
        inside.addWidget(self._teachers_box)
        inside.addWidget(self._prompts_box)
        framed = column(self._prompts_box, 0, Space.S)
        frame, within = card()
        within.addWidget(self.prompts)
        buttons = row()
        buttons.addWidget(self.encode)
        buttons.addWidget(self.go_without)
        buttons.addStretch()
        within.addLayout(buttons)
        framed.addWidget(frame)
        self._prompts_box.hide()
        foot = row()
        foot.addWidget(push_button(self.tr("Take a model folder…"), self._ask_folder))
        foot.addStretch()
        inside.addLayout(foot)
        inside.addWidget(self._advice)
        inside.addStretch()

    def _is_listed(self, chosen: ChosenTeacher) -> bool:
        return any(row.chosen == chosen for row in self._state.teachers)

    def _make_teachers(self, own: ChosenTeacher | None) -> None:
        clear(self._teachers)
        self.radios = {}
        for option in self._state.teachers:
            self._teachers.addWidget(self._card(option))
        if own is not None:
            frame, inside = card()
            self._add_radio(inside, own.card.name, own.card.title, own)
            inside.addWidget(below_radio(label(str(own.folder), "muted")))
            self._teachers.addWidget(frame)
        if not self._state.teachers and own is None:
            words = self.tr("No teacher is installed. Take the folder of one, or import it on the models page.")
            self._teachers.addWidget(label(words, "muted"))

    def _card(self, option: TeacherRow) -> QFrame:
        model = option.model
        frame, inside = card()
        head = row()
        place = QWidget()
        self._add_radio(column(place), model.name, model.title, option.chosen)
        head.addWidget(place)
        for words in (model.licence, *self._needs(model)):
            head.addWidget(label(words, "chip"), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch()
        if option.chosen is None:
            words = self.tr("Download…")
            head.addWidget(
                push_button(words, lambda: self.ask_fetch(model), name=f"{words.rstrip('…')}: {model.title}")
            )
        inside.addLayout(head)
        if model.summary:
            inside.addWidget(below_radio(label(translated(model.summary), "muted")))
        return frame

    def _needs(self, model: ModelRow) -> list[str]:
        """How large it is, and whether it can be had without an account."""
        needs = []
        if model.size_bytes is not None:
            needs.append(size(model.size_bytes))
        elif model.least_bytes:
            needs.append(self.tr("at least {0}").format(size(model.least_bytes)))
        if not model.is_installed:
            needs.append(self.tr("needs an account") if model.gates else self.tr("no account needed"))
        return needs

    def _add_radio(self, inside: QVBoxLayout, name: str, title: str, chosen: ChosenTeacher | None) -> None:
        radio = QRadioButton(title)
        radio.setAccessibleName(title)
        radio.setEnabled(chosen is not None)
        self._group.addButton(radio)
        if chosen is not None:
            radio.clicked.connect(lambda _checked=False: self._state.choose_teacher(chosen))
        self.radios[name] = radio
        inside.addWidget(radio)

    def _make_runs(self) -> None:
        clear(self._runs)
        shown = self._state.runs[:MOST_RUNS]
        self._runs_box.setVisible(bool(shown))
        if not shown:
            return
        self._runs.addWidget(label(self.tr("Your trainings"), "section"))
        frame, inside = card()
        for run in shown:
            line = row(Space.M)
            line.addWidget(label(run.name))
            line.addWidget(label(phase_words(run), "chip"), 0, Qt.AlignmentFlag.AlignVCenter)
            line.addStretch()
            line.addWidget(self._show_button(run))
            inside.addLayout(line)
        self._runs.addWidget(frame)

    def _show_button(self, run: RunView) -> QPushButton:
        words = self.tr("Show")
        return push_button(words, lambda: self.attach_asked.emit(run.folder), name=f"{words}: {run.name}")

    @Slot()
    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder of a teacher"))
        if name:
            self._state.choose_teacher_folder(Path(name))


def phase_words(run: RunView) -> str:
    """Where a run stands, for people."""
    return {
        Phase.NEW: translate("Distil", "starting"),
        Phase.PREPARING: translate("Distil", "preparing"),
        Phase.TRAINING: translate("Distil", "training"),
        Phase.PAUSED: translate("Distil", "paused"),
        Phase.STOPPED: translate("Distil", "stopped"),
        Phase.FINISHED: translate("Distil", "finished"),
        Phase.FAILED: translate("Distil", "failed"),
    }[run.phase]
