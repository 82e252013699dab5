"""The language of the window: which one is chosen, and that changing it loses nothing and leaves nothing behind."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMessageBox

from mfsr_app.desktop.languages import Languages, has_translations, of_desktop
from mfsr_app.desktop.messages import MessageKind
from mfsr_app.ui.key_sheet import KeySheet
from mfsr_engine.settings.settings import Language


@pytest.fixture
def languages(qapp):
    made = Languages()
    yield made
    made.stop()


@pytest.fixture
def settings(window, parts):
    return parts.around.settings


@pytest.fixture
def switch(window, settings, qtbot):
    def do(language):
        before = window.page
        settings.change(language=language)
        qtbot.waitUntil(lambda: window.page is not before)

    return do


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ([], Language.ENGLISH),
        (["C"], Language.ENGLISH),
        (["en-GB", "zh-CN"], Language.ENGLISH),
        (["zh-CN", "en-GB"], Language.CHINESE),
        (["zh-Hans-CN", "zh"], Language.CHINESE),
        (["zh-SG"], Language.CHINESE),
        (["zh-Hant-TW", "zh-TW", "zh"], Language.ENGLISH),
        (["de-DE", "de"], Language.ENGLISH),
        (["de-DE", "zh-CN"], Language.CHINESE),
    ],
)
def test_the_first_known_language_of_the_desktop_is_taken(names, chosen):
    assert of_desktop(names) is chosen


def test_translations_came_with_the_program():
    assert has_translations()


def test_a_chosen_language_is_spoken_by_the_window_and_by_qt(languages, qtbot):
    with qtbot.waitSignal(languages.changed):
        languages.choose(Language.CHINESE)
    assert QCoreApplication.translate("Pages", "Settings") == "设置"
    box = QMessageBox(QMessageBox.Icon.Question, "", "", QMessageBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.button(QMessageBox.StandardButton.Cancel).text().startswith("取消")


def test_a_language_chosen_twice_is_told_once(languages, qtbot):
    languages.choose(Language.CHINESE)
    with qtbot.assertNotEmitted(languages.changed):
        languages.choose(Language.CHINESE)


def test_english_comes_back_and_nothing_is_left_after_the_end(languages):
    languages.choose(Language.CHINESE)
    languages.choose(Language.ENGLISH)
    assert QCoreApplication.translate("MainWindow", "Settings") == "Settings"
    languages.choose(Language.CHINESE)
    languages.stop()
    assert QCoreApplication.translate("MainWindow", "Settings") == "Settings"


def test_the_settings_page_changes_the_language_of_the_page_itself(window, qtbot):
    window.actions_table["settings"].trigger()
    before = window.settings_page
    field = before.widget("language")
    field.setCurrentIndex(field.findData(Language.CHINESE.value))
    field.activated.emit(field.currentIndex())
    qtbot.waitUntil(lambda: window.settings_page is not before)
    assert window._stack.currentWidget() is window.settings_page
    assert window.settings_page.isVisible()
    assert window.focusWidget() is window.settings_page.widget("language")
    assert window.settings_page.widget("language").currentText() == "简体中文"
    assert window.actions_table["settings"].text() == "设置"
    assert window._rail._group.button(4).isChecked()


def test_picture_view_choices_and_results_stay(window, parts, switch, qtbot):
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: parts.states.upscaling.shown is not None and parts.states.upscaling.shown.is_whole)
    window.actions_table["split"].trigger()
    window.actions_table["turn_divider"].trigger()
    window.page.viewer.right.move_divider(0.2)
    parts.states.choices.set_seed(5)
    qtbot.waitUntil(lambda: len(parts.states.upscaling.results.all()) == 2 and parts.states.upscaling.activity is None)
    parts.states.view.zoom_to(2.0)
    before = (parts.states.view.view, parts.states.document.current, parts.states.upscaling.shown)
    switch(Language.CHINESE)
    assert (parts.states.view.view, parts.states.document.current, parts.states.upscaling.shown) == before
    page = window.page
    assert page.viewer.isVisible()
    assert page.viewer.right.is_horizontal
    assert page.viewer.right.divider == pytest.approx(0.7)
    assert page.viewer.right._view == parts.states.view.view
    assert page.controls.seed.value() == 5
    assert page.zoom.stops.text() == "200%"
    assert window.actions_table["split"].isChecked()
    assert window.actions_table["save"].isEnabled()
    assert page.strip.words.startswith("small.png，64 × 48 像素")
    assert window.windowTitle() == "small.png — MFSR"


def test_a_running_job_goes_on_and_ends_on_the_new_page(window, parts, upscaler, switch, qtbot):
    upscaler.gate, upscaler.tile_px = threading.Event(), 160
    window.open_path(Path("wide.png"))
    qtbot.waitUntil(lambda: parts.states.upscaling.activity is not None and bool(upscaler.requests))
    switch(Language.CHINESE)
    assert window.actions_table["cancel"].isEnabled()
    upscaler.gate.set()
    shown = parts.states.upscaling
    qtbot.waitUntil(lambda: shown.shown is not None and shown.shown.is_whole)
    assert len(upscaler.requests) == 1
    assert not upscaler.cancelled_after_tiles
    assert "已放大" in window.page.strip.words


def test_the_queue_stays(window, parts, switch, qtbot):
    queue = parts.queueing.parts.queue
    window.queue_page.load()
    window.show_page(window.queue_page)
    queue.add([Path(__file__).parents[3] / "resources" / "samples"])
    qtbot.waitUntil(lambda: len(queue.table.items) > 0 and not queue.adding)
    count = len(queue.table.items)
    switch(Language.CHINESE)
    assert window.queue_page.isVisible()
    assert window.queue_page.view.model().rowCount() == count
    assert window.queue_page.view.model().headerData(0, Qt.Orientation.Horizontal) == "图片"
    assert "等待中" in window.queue_page.summary


def test_a_failure_that_waits_is_shown_again_in_the_new_language(window, parts, switch):
    words = "x.png is damaged or cut off. Get a complete copy of the file and try again."
    parts.messages.tell(words, MessageKind.ERROR)
    switch(Language.CHINESE)
    assert window.message_bar.isVisible()
    assert window.message_bar._words.text() == "x.png 已损坏或不完整。请获取完整的文件副本后重试。"


@pytest.mark.parametrize("kind", [MessageKind.INFO, MessageKind.DONE])
def test_a_message_that_needs_no_answer_is_not_left_in_the_old_language(window, parts, switch, kind):
    parts.messages.tell("Turn the wheel to zoom.", kind)
    assert window.message_bar.isVisible()
    switch(Language.CHINESE)
    assert not window.message_bar.isVisible()


def test_keys_work_once_and_the_old_sheet_of_keys_is_closed(window, switch, qtbot):
    window.actions_table["keys"].trigger()
    switch(Language.CHINESE)
    assert not [sheet for sheet in window.findChildren(KeySheet) if sheet.isVisible()]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    zooms = [action for action in window.findChildren(QAction) if action.objectName() == "zoom_in"]
    assert [action.text() for action in zooms] == ["放大显示"]


def test_words_are_the_same_after_going_there_and_back(window, switch):
    def words():
        return [action.text() for action in window.actions()]

    before = words()
    switch(Language.CHINESE)
    assert not set(before) & set(words())
    switch(Language.ENGLISH)
    assert words() == before
