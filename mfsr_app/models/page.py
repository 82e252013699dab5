"""The models page: installed and available models with their licences; download, import, verify, remove."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QPushButton, QWidget

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.models.card_widget import CardWords, ModelCard
from mfsr_app.models.hub import Fit, ModelRow
from mfsr_app.models.licence_dialog import agrees_to
from mfsr_app.models.sign_in import SignIn
from mfsr_app.ui.layout import Scroller, centred, clear, column, label, push_button, row
from mfsr_app.ui.tab_order import order_tabs
from mfsr_app.ui.text import DAY_S, duration, rough_range, size
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_app.models.models import HubActivity, ModelsState

WIDTH_PX = 880
"""Lines longer than this are tiring."""


def _takes_days(fit: Fit) -> bool:
    """Whether a model that would run takes so long that this is no use."""
    return fit.photo_s is not None and fit.photo_s >= DAY_S


class ModelsPage(QWidget):
    """Lists are asked for when the page is first seen; nothing is fetched unasked."""

    chosen = Signal(str)
    """A model shall be used for the open picture."""

    def __init__(self, models: ModelsState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._was_shown = False
        self.cards: dict[str, ModelCard] = {}
        self._shown: tuple[ModelRow, ...] = ()
        self._list = QWidget()
        self._sections = column(self._list, 0, Space.M)
        self._import = push_button(self.tr("Import a folder…"), self._ask_import)
        self._import_words = label("", "muted")
        self._import_words.hide()
        self.measure = push_button(self.tr("Measure again"), models.measure_again)
        self.measure.setToolTip(
            self.tr("Times are estimated from a measurement of this processor. Repeat it when nothing else is running.")
        )
        self.measure.hide()
        self.sign_in = SignIn()
        self.sign_in.hide()
        self._lay_out()
        self.sign_in.asked.connect(models.sign_in)
        models.account_changed.connect(self._show_account)
        models.rows_changed.connect(self._show_rows)
        models.activity_changed.connect(self._show_activity)
        if models.rows:
            self._show_rows()

    def showEvent(self, event: QShowEvent) -> None:
        """Seen for the first time: ask what there is."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self._models.refresh()

    def ask_pull(self, model: ModelRow) -> None:
        """Show the licences, and fetch if they are agreed to."""
        if agrees_to(model, self):
            self._models.pull(model.name)

    def ask_remove(self, model: ModelRow) -> None:
        """Ask, then delete."""
        freed = "" if model.size_bytes is None else self.tr(" This frees {0}.").format(size(model.size_bytes))
        box = QMessageBox(QMessageBox.Icon.NoIcon, self.tr("Remove"), self._removal_words(model) + freed, parent=self)
        yes = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole))
        box.exec()
        is_wanted = box.clickedButton() is yes
        box.deleteLater()
        if is_wanted:
            self._models.remove(model.name)

    def import_folder(self, folder: Path) -> None:
        """Install a folder; what it does not say of itself is asked."""
        variants = self._models.variants(folder)
        if not variants:
            self._models.import_folder(folder)
            return
        words = self.tr("The folder does not say which published model it holds. Which is it?")
        variant, is_chosen = QInputDialog.getItem(self, self.tr("Import"), words, list(variants), 0, False)
        if is_chosen:
            self._models.import_folder(folder, variant)

    def _removal_words(self, model: ModelRow) -> str:
        return self.tr("Delete {0} from this computer?").format(translated(model.title))

    def _lay_out(self) -> None:
        middle = QWidget()
        content = column(middle, Space.XL, Space.M)
        head = row()
        head.addWidget(label(self.tr("Models"), "display"))
        head.addStretch()
        head.addWidget(self.measure)
        head.addWidget(self._import)
        content.addLayout(head)
        lead = self.tr("Everything runs on this computer. Nothing is downloaded unless you press a button.")
        content.addWidget(label(lead, "lead"))
        content.addWidget(self._import_words)
        content.addWidget(self._list)
        content.addWidget(self.sign_in)
        content.addStretch()
        column(self).addWidget(Scroller(centred("page", middle, WIDTH_PX)))

    @Slot()
    def _ask_import(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder of a model"))
        if name:
            self.import_folder(Path(name))

    @Slot()
    def _show_rows(self) -> None:
        self.measure.setVisible(any(fit.photo_s is not None for fit in self._models.fits.values()))
        if self._shown == self._models.rows:
            for name, card in self.cards.items():
                card.set_fit(
                    self._fit_words(name), is_fit=self._fit(name).is_fit, is_warning=_takes_days(self._fit(name))
                )
            return
        self._shown = self._models.rows
        clear(self._sections)
        self.cards = {}
        installed = [model for model in self._models.rows if model.is_installed]
        others = [model for model in self._models.rows if not model.is_installed]
        if not installed:
            self._sections.addWidget(
                label(self.tr("No model is installed yet. Download one, or import a folder."), "muted")
            )
        for title, models in ((self.tr("Installed"), installed), (self.tr("Can be downloaded"), others)):
            if models:
                self._sections.addSpacing(Space.M)
                self._sections.addWidget(label(title, "title"))
            for model in models:
                self.cards[model.name] = self._card(model)
                self._sections.addWidget(self.cards[model.name])
        self._show_account()
        order_tabs(self)
        self._show_activity()

    @Slot()
    def _show_account(self) -> None:
        """Where a model needs an account; who is signed in with a token already need not see the field."""
        self.sign_in.setVisible(any(model.gates for model in self._models.rows))
        self.sign_in.set_signed_in(is_signed_in=self._models.is_signed_in)

    def _card(self, model: ModelRow) -> ModelCard:
        words = CardWords(
            translated(model.title),
            self._kind(model),
            translated(model.summary),
            self._facts(model),
            self._fit_words(model.name),
            self._fit(model.name).is_fit,
            translated(model.fault),
            _takes_days(self._fit(model.name)),
        )
        card = ModelCard(words, self._buttons(model))
        card.stop_asked.connect(self._models.cancel)
        return card

    def _fit(self, name: str) -> Fit:
        return self._models.fits.get(name, Fit(False, ""))

    def _fit_words(self, name: str) -> str:
        """Whether it runs here, and how slowly if that is a pain."""
        fit = self._fit(name)
        if fit.photo_s is None:
            return fit.words
        slow = self.tr("Slow: about {0} for a photograph of 1024 × 1024 pixels.")
        if _takes_days(fit):
            slow = self.tr(
                "Far too slow here: about {0} for a photograph of 1024 × 1024 pixels. Needs a graphics card."
            )
            return slow.format(rough_range(fit.photo_s))
        return f"{fit.words} {slow.format(rough_range(fit.photo_s))}"

    def _buttons(self, model: ModelRow) -> list[QPushButton]:
        if not model.is_installed:
            return [self._button(self.tr("Download…"), lambda: self.ask_pull(model), translated(model.title))]
        buttons = []
        if not model.fault and not model.is_part:
            buttons += [
                self._button(self.tr("Use"), lambda: self.chosen.emit(model.name), translated(model.title)),
                self._button(self.tr("Verify"), lambda: self._models.verify(model.name), translated(model.title)),
            ]
        if model.is_removable:
            buttons.append(self._button(self.tr("Remove…"), lambda: self.ask_remove(model), translated(model.title)))
        return buttons

    def _button(self, words: str, do: Callable[[], None], of: str) -> QPushButton:
        return push_button(words, do, name=f"{words.rstrip('…')}: {of}")

    def _kind(self, model: ModelRow) -> str:
        if model.fault:
            return self.tr("Broken")
        if model.is_part:
            return self.tr("For captions")
        steps = self.tr("1 step") if model.steps == 1 else self.tr("{0} steps").format(model.steps)
        kind = self.tr("Teacher") if model.is_teacher else self.tr("Student")
        return f"{kind} · {steps}"

    def _facts(self, model: ModelRow) -> str:
        facts = []
        if model.size_bytes is not None:
            facts.append(size(model.size_bytes))
        elif model.least_bytes:
            facts.append(self.tr("At least {0} to download").format(size(model.least_bytes)))
        if model.licence_url:
            address = html.escape(model.licence_url, quote=True)
            facts.append(f'<a href="{address}">{html.escape(model.licence)}</a>')
        elif model.licence:
            facts.append(html.escape(model.licence))
        if model.gates:
            facts.append(self.tr("gated: needs a free account on the hub"))
        return " · ".join(facts)

    @Slot()
    def _show_activity(self) -> None:
        activity = self._models.activity
        for name, card in self.cards.items():
            if activity is not None and activity.name == name:
                report = activity.report
                card.set_running(self._words(activity), report.fraction if report else None)
            else:
                card.set_idle(can_act=activity is None)
        is_import = activity is not None and activity.name not in self.cards
        self._import.setEnabled(activity is None)
        self.measure.setEnabled(not self._models.is_measuring)
        self._import_words.setVisible(is_import)
        if activity is not None and is_import:
            self._import_words.setText(f"{activity.name}: {self._words(activity)}")

    def _words(self, activity: HubActivity) -> str:
        report = activity.report
        if report is None:
            return self.tr("Getting ready")
        rate = activity.bytes_per_second
        if rate is None:
            return translated(report.stage)
        words = self.tr("{0} of {1}, {2} a second").format(size(report.done), size(report.total), size(rate))
        left = report.remaining_s
        return words if left is None else words + self.tr(", {0} left").format(duration(left))
