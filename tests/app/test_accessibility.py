"""Every hand and eye: names, keys, order."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget

from mfsr_app.actions import Scope, table
from mfsr_app.models.licence_dialog import LicenceDialog
from mfsr_app.pages import page_rows
from mfsr_app.parts import AppFiles
from mfsr_app.queue.actions import table as queue_table
from mfsr_app.ui.close_question import question
from mfsr_app.ui.key_sheet import KeySheet
from tests.fakes import scripted_distilling
from tests.fakes.scripted_distilling import ScriptedDistilling
from tests.fakes.scripted_hub import LARGE, ScriptedHub

PANEL_PX, ROW_PX = 320, 40
"""Width of a panel at the right; widgets whose tops differ by less stand in one row."""
PAGES = ("compare", "queue", "models", "distil", "settings")
INNER = ("qt_spinbox_lineedit", "qt_tabwidget_stackedwidget")
"""Parts of Qt's own widgets, which are named by those."""


def named(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()


def reachable(parent: QWidget) -> list[QWidget]:
    """What the Tab key stops at, now."""
    every = [w for w in parent.findChildren(QWidget) if w.objectName() not in INNER and w.focusProxy() is None]
    return [w for w in every if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isEnabled() and w.isVisibleTo(parent)]


def tab_chain(start: QWidget) -> list[QWidget]:
    """Every widget in the order of the Tab key, from one all around."""
    chain, widget = [start], start.nextInFocusChain()
    while widget is not start:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    return chain


@pytest.fixture
def parts(make_parts, monkeypatch):
    """With models and teachers, so that no page is empty."""
    from mfsr_engine.models import card

    monkeypatch.setattr(card, "read_card", lambda folder: scripted_distilling.teacher_card())
    return make_parts(kept=AppFiles(hub=ScriptedHub(), distill=ScriptedDistilling()))


@pytest.fixture
def show(window, parts, qtbot):
    """Shows a page, with a picture open on the compare page."""
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: parts.states.document.current is not None)

    def show(name: str) -> QWidget:
        window.actions_table[name].trigger()
        if name == "models":
            qtbot.waitUntil(lambda: bool(parts.around.models.fits))
        if name == "distil":
            qtbot.waitUntil(lambda: bool(window.distill_page.teacher.radios))
        qtbot.waitUntil(window._stack.currentWidget().isVisible)
        QCoreApplication.processEvents()  # what it lays out and orders anew once it is shown
        return window._stack.currentWidget()

    return show


@pytest.mark.parametrize("name", PAGES)
def test_everything_on_a_page_is_named_and_reached_by_tab_once_in_reading_order(window, show, name):
    page = show(name)
    stops = reachable(page)
    assert len(stops) >= 3
    assert [type(w).__name__ for w in stops if not named(w)] == []
    chain = [w for w in tab_chain(window) if w in stops]
    assert len(chain) == len(stops)
    assert len({id(w) for w in chain}) == len(chain)
    panels = {}
    for w in chain:
        panels.setdefault(_column(w, page), []).append(w.mapTo(page, w.rect().topLeft()).y() // ROW_PX)
    for rows in panels.values():
        assert rows == sorted(rows), [named(w) for w in chain]


def test_rows_that_are_made_later_come_where_they_stand(window, parts, show):
    page = show("settings")
    choices = parts.states.choices
    assert parts.around.settings.save_preset("prints", choices)
    chain = [named(w) for w in tab_chain(window) if w in reachable(page)]
    assert chain.index("Use: prints") < chain.index("Delete: prints") < chain.index("Name of a new preset")
    assert chain.index("Name of a new preset") < len(chain) - 1


def _column(widget: QWidget, page: QWidget) -> int:
    """Columns of a page are read one after the other; inside of one, from top to bottom."""
    return int(widget.mapTo(page, widget.rect().center()).x() > page.width() - PANEL_PX)


@pytest.mark.parametrize("make", [question, lambda w: LicenceDialog(LARGE, w), lambda w: KeySheet([], w)])
def test_everything_in_a_dialog_is_named(window, make):
    dialog = make(window)
    assert [type(w).__name__ for w in reachable(dialog) if not named(w)] == []
    assert reachable(dialog)
    dialog.deleteLater()


def test_a_licence_is_read_out_and_not_only_called_so(window):
    dialog = LicenceDialog(LARGE, window)
    spoken = [QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name) for w in reachable(dialog)]
    assert any(LARGE.notices[0] in words for words in spoken)
    assert not any("<" in words for words in spoken)
    dialog.deleteLater()


@pytest.mark.parametrize("name", ["models", "distil", "settings"])
def test_keys_of_the_panes_do_nothing_while_these_are_out_of_sight(window, show, parts, name, qtbot):
    page = show(name)
    window.activateWindow()
    page.setFocus()
    before = parts.states.choices.settings, parts.states.comparison.mode
    for key in (Qt.Key.Key_R, Qt.Key.Key_BracketRight, Qt.Key.Key_D, Qt.Key.Key_X):
        qtbot.keyClick(page, key)
    assert (parts.states.choices.settings, parts.states.comparison.mode) == before
    show("compare")
    window.page.viewer.right.setFocus()
    qtbot.keyClick(window.page.viewer.right, Qt.Key.Key_BracketRight)
    assert parts.states.choices.settings.steps == 2


@pytest.mark.parametrize("name", PAGES)
def test_the_sheet_lists_what_works_on_this_page(window, show, name, qtbot):
    show(name)
    window.actions_table["keys"].trigger()
    (sheet,) = window.findChildren(KeySheet)
    words = {child.text() for child in sheet.findChildren(QLabel)}
    rows = table(page_rows())
    listed = {row.name for row in rows if row.words in words}
    everywhere, opening = (
        {row.name for row in rows if row.scope is scope} for scope in (Scope.EVERYWHERE, Scope.OPENING)
    )
    assert {"queue", "theme", "quit"} <= everywhere <= listed
    if name == "compare":
        assert listed == {row.name for row in rows}
    elif name != "queue":
        assert listed == everywhere | opening
    assert {row.words.rstrip("…") for row in queue_table()} <= words
    assert "On the Queue page" in words
    sheet.close()


@pytest.fixture
def focusable(window):
    every = window.findChildren(QWidget)
    return [w for w in every if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.focusProxy() is None]


def test_every_focusable_widget_has_a_name(focusable):
    assert len(focusable) > 15
    inner = {"qt_spinbox_lineedit"}
    nameless = [
        f"{type(w).__name__} in {type(w.parent()).__name__}"
        for w in focusable
        if w.objectName() not in inner
        and not QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name).strip()
    ]
    assert nameless == []


def test_the_walk_finds_a_nameless_widget():
    from PySide6.QtWidgets import QSlider

    slider = QSlider()
    assert QAccessible.queryAccessibleInterface(slider).text(QAccessible.Text.Name) == ""


def test_every_action_has_words_and_a_shortcut_of_its_own(window):
    keys = [key for row in table(page_rows()) for key in row.keys]
    assert all(row.words and row.keys for row in table(page_rows()))
    assert len(keys) == len(set(keys))


ALIKE = {("open", "add_files"), ("paste", "paste"), ("upscale", "start"), ("copy", "copy_reason")}
"""Actions of two pages that mean the same thing there: what one opens, pastes, runs or copies."""


def test_one_key_has_one_meaning_on_all_pages():
    own = {key: row.name for row in table(page_rows()) for key in row.keys}
    shared = {(own[row.key], row.name) for row in queue_table() if row.key in own}
    assert shared <= ALIKE


def test_every_action_does_something_or_is_disabled_without_a_picture(window):
    for row in table(page_rows()):
        if row.needs_picture:
            assert not window.actions_table[row.name].isEnabled(), row.name


def test_the_sheet_of_keys_lists_every_action(window):
    listed = dict(window.actions_table.key_rows(*Scope))
    assert all(row.words in listed for row in table(page_rows()))
    assert listed["Show the other side, while held"] == "B"


def test_a_question_mark_opens_the_sheet_of_keys(window, qtbot, qapp):
    from mfsr_app.ui.key_sheet import KeySheet

    window.activateWindow()
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Question)
    qtbot.waitUntil(lambda: any(isinstance(w, KeySheet) and w.isVisible() for w in qapp.topLevelWidgets()))
    (sheet,) = window.findChildren(KeySheet)
    qtbot.keyClick(sheet, Qt.Key.Key_Question)
    qtbot.waitUntil(lambda: not window.findChildren(KeySheet))


def test_the_button_of_the_keys_opens_one_sheet_and_closes_it(window, qtbot):
    from mfsr_app.ui.key_sheet import KeySheet

    window.actions_table["keys"].trigger()
    assert len(window.findChildren(KeySheet)) == 1
    window.actions_table["keys"].trigger()
    qtbot.waitUntil(lambda: not window.findChildren(KeySheet))
