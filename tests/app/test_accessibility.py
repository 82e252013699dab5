"""Every hand and eye: names, keys, order."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from mfsr_app.actions import table


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
    keys = [key for row in table() for key in row.keys]
    assert all(row.words and row.keys for row in table())
    assert len(keys) == len(set(keys))


def test_every_action_does_something_or_is_disabled_without_a_picture(window):
    for row in table():
        if row.needs_picture:
            assert not window.actions_table[row.name].isEnabled(), row.name


def test_the_sheet_of_keys_lists_every_action(window):
    listed = dict(window.actions_table.key_rows())
    assert all(row.words in listed for row in table())
    assert listed["Show the other side, while held"] == "B"


def test_a_question_mark_opens_the_sheet_of_keys(window, qtbot, qapp):
    from mfsr_app.widgets.key_sheet import KeySheet

    window.activateWindow()
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Question)
    qtbot.waitUntil(lambda: any(isinstance(w, KeySheet) and w.isVisible() for w in qapp.topLevelWidgets()))
    for sheet in window.findChildren(KeySheet):
        sheet.close()
