"""While pages are made, no piece of them is shown before it has its place: it would flash as a window of its own."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from mfsr_app.parts import AppFiles
from mfsr_engine.settings.settings import Language
from tests.fakes.scripted_distilling import ScriptedDistilling, teacher_card
from tests.fakes.scripted_hub import ScriptedHub


class Strays(QObject):
    """Notes what is shown as a window."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Every event of the program."""
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            words = getattr(watched, "text", str)()
            self.found.append(f"{type(watched).__name__} {words}".strip())
        return False


@pytest.fixture
def strays(qapp):
    watching = Strays(qapp)
    qapp.installEventFilter(watching)
    yield watching
    qapp.removeEventFilter(watching)
    watching.deleteLater()


@pytest.fixture
def parts(make_parts, monkeypatch, strays):
    from mfsr_engine.models import card

    monkeypatch.setattr(card, "read_card", lambda folder: teacher_card())
    return make_parts(sample=None, kept=AppFiles(hub=ScriptedHub(), distill=ScriptedDistilling()))


def test_only_the_window_itself_is_shown(window, strays, qtbot):
    for page in (window.queue_page, window.models_page, window.distill_page, window.settings_page):
        window.show_page(page)
    qtbot.waitUntil(lambda: bool(window.models_page.cards) and bool(window.distill_page.teacher.radios))
    assert strays.found == ["MainWindow"]


def test_nothing_flashes_when_the_language_changes(window, parts, strays, qtbot):
    window.show_page(window.models_page)
    qtbot.waitUntil(lambda: bool(window.models_page.cards))
    choices = parts.states.choices
    choices.set_models([replace(choices.model, takes_text=True)])
    strays.found.clear()
    with qtbot.waitSignal(parts.languages.changed):
        parts.languages.choose(Language.CHINESE)
    qtbot.waitUntil(lambda: window.actions_table["compare"].text() != "Compare")
    assert strays.found == []
