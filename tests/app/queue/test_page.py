"""The queue page as a person uses it: an empty page, ten thousand rows, keys, buttons, words."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication

from mfsr_app.parts import AppFiles
from mfsr_app.queue.columns import Column
from mfsr_app.queue.delegate import ROW_PX, QueueDelegate
from mfsr_app.queue.table import QueueTable
from mfsr_engine import images
from mfsr_engine.batch.journal import ItemState, Journal, QueueItem
from mfsr_engine.batch.naming import Source
from tests.fakes.work import lines_run

FEW, MANY = 100, 10_000


def put(path: Path) -> Path:
    images.write(path, np.full((48, 64, 3), 0.5, np.float32), kept=images.KeptMetadata())
    return path


@pytest.fixture
def page(window, parts, qtbot):
    window.queue_page.load()
    qtbot.waitUntil(lambda: not parts.queueing.parts.queue.adding)
    window.show_page(window.queue_page)
    return window.queue_page


@pytest.fixture
def queue(parts):
    return parts.queueing.parts.queue


def drop(page, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


@pytest.fixture
def filled(page, queue, tmp_path, qtbot):
    drop(page, *(put(tmp_path / f"{name}.png") for name in "abc"))
    qtbot.waitUntil(lambda: len(queue.table.items) == 3)
    return page


def names(queue) -> list[str]:
    return [item.source.path.stem for item in queue.table.items]


def test_an_invitation_is_shown_until_something_is_dropped(page, queue, tmp_path, qtbot):
    assert page.hint.isVisible()
    assert page.hint.main.hasFocus() or not page.window().isActiveWindow()
    assert not page.actions_table["start"].isEnabled()
    drop(page, put(tmp_path / "a.png"))
    qtbot.waitUntil(page.view.isVisible)
    assert not page.hint.isVisible()
    assert page.summary == "1 waiting"
    assert page.panel.main.isEnabled()


def test_files_and_folders_are_pasted(page, parts, queue, tmp_path, qtbot):
    put(tmp_path / "a.png")
    QGuiApplication.clipboard().setText(f"{tmp_path}\n{tmp_path / 'none.png'}")
    page.actions_table["paste"].trigger()
    qtbot.waitUntil(lambda: names(queue) == ["a"])
    QGuiApplication.clipboard().setText("only words")
    page.actions_table["paste"].trigger()
    assert "no files on the clipboard" in parts.messages.newest.text


def test_several_files_dropped_on_the_window_go_to_the_queue(window, page, queue, tmp_path, qtbot):
    window.show_page(window.page)
    window.commands.open_paths([put(tmp_path / "a.png"), put(tmp_path / "b.png")])
    qtbot.waitUntil(lambda: names(queue) == ["a", "b"])
    assert page.isVisible()


def test_a_run_from_start_to_words_at_the_end(filled, queue, parts, tmp_path, qtbot):
    (tmp_path / "b.png").write_bytes(b"broken")
    told: list[str] = []
    parts.messages.announced.connect(told.append)
    with qtbot.waitSignal(queue.ended):
        filled.panel.main.click()
        assert filled.panel.main.text() == "Pause"
        assert "Picture 1 of 3" in filled.strip.words
    qtbot.waitUntil(lambda: filled.summary == "2 done · 1 failed")
    assert filled.strip.words == "Finished; 1 failed"
    assert told == ["The queue is finished: 2 done, 1 failed."]
    assert parts.messages.newest is None

    words = [filled.view.model().index(1, column).data() for column in Column]
    assert words[Column.STATE] == "Failed"
    assert "b.png" in words[Column.RESULT]
    assert filled.actions_table["retry_failed"].isEnabled()


def test_the_end_is_told_on_other_pages(window, filled, queue, parts, qtbot):
    window.show_page(window.page)
    with qtbot.waitSignal(queue.ended):
        queue.start()
    assert parts.messages.newest.text == "The queue is finished: 3 done."


def test_keys_move_remove_and_start(filled, queue, qtbot):
    filled.view.selectRow(2)
    filled.view.setFocus()
    qtbot.keyClick(filled.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(queue) == ["a", "c", "b"]
    assert filled.commands.chosen[0].source.path.stem == "c"
    qtbot.keyClick(filled.view, Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    assert names(queue) == ["c", "a", "b"]
    qtbot.keyClick(filled.view, Qt.Key.Key_Delete)
    assert names(queue) == ["a", "b"]
    assert filled.commands.chosen[0].source.path.stem == "a"
    with qtbot.waitSignal(queue.ended):
        qtbot.keyClick(filled.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_letters_do_not_reach_the_hidden_compare_page(window, filled, parts, qtbot):
    before = parts.states.choices.settings
    window.activateWindow()
    filled.view.setFocus()
    for key in (Qt.Key.Key_R, Qt.Key.Key_BracketRight):
        qtbot.keyClick(filled.view, key)
    assert parts.states.choices.settings == before


def test_settings_are_shared_with_the_compare_page(page, parts, qtbot):
    page.panel.steps.setValue(4)
    assert parts.states.choices.settings.steps == 4
    parts.states.choices.set_steps(2)
    assert page.panel.steps.value() == 2
    page.panel.size_field.kind.setCurrentIndex(2)
    assert parts.states.choices.size.factor == 2.0


def test_only_what_would_do_something_is_offered(filled, queue, qtbot):
    actions = filled.actions_table
    filled.view.clearSelection()
    assert not actions["remove"].isEnabled()
    assert not actions["stop"].isEnabled()
    filled.view.selectRow(0)
    assert actions["remove"].isEnabled()
    assert not actions["compare_file"].isEnabled()
    with qtbot.waitSignal(queue.ended):
        queue.start()
    qtbot.waitUntil(actions["compare_file"].isEnabled)
    assert not actions["start"].isEnabled()


def test_a_double_click_compares_on_the_compare_page(window, filled, queue, files, parts, qtbot):
    from tests.fakes.scripted_files import picture

    files.pictures |= {"a.png": picture(64, 48), "a_4x.png": picture(256, 192)}
    with qtbot.waitSignal(queue.ended):
        queue.start()
    filled.view.selectRow(0)
    filled.view.opened.emit()
    qtbot.waitUntil(lambda: parts.states.comparison.shown_right().title == "a_4x.png")
    assert window.page.isVisible()


def test_result_and_folder_are_opened_by_the_desktop(filled, queue, monkeypatch, qtbot, tmp_path):
    from mfsr_app.queue import commands

    opened = []
    monkeypatch.setattr(commands.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    with qtbot.waitSignal(queue.ended):
        queue.start()
    filled.view.selectRow(0)
    filled.actions_table["open_result"].trigger()
    filled.actions_table["show_in_folder"].trigger()
    assert opened == [str(tmp_path / "a_4x.png"), str(tmp_path)]


def test_the_reason_can_be_copied(filled, queue, tmp_path, qtbot):
    (tmp_path / "a.png").write_bytes(b"broken")
    with qtbot.waitSignal(queue.ended):
        queue.start()
    filled.view.selectRow(0)
    filled.actions_table["copy_reason"].trigger()
    assert "a.png" in QGuiApplication.clipboard().text()


def test_every_key_of_the_page_is_of_one_action_and_listed(window, page, qtbot):
    from mfsr_app.queue.actions import table
    from mfsr_app.ui.key_sheet import KeySheet

    keys = [row.key for row in table()]
    assert len(keys) == len(set(keys))
    window.actions_table["keys"].trigger()
    (sheet,) = window.findChildren(KeySheet)
    words = {child.text() for child in sheet.findChildren(type(page._summary))}
    assert {"Remove from the queue", "Quit"} <= words
    sheet.close()


@pytest.fixture
def window_with(make_parts, show_window, tmp_path, qtbot):
    """Makes a window whose queue, kept from before, has so many pictures; the page is shown and painted."""

    def make(count: int):
        journal = Journal(tmp_path / f"{count}.sqlite")
        journal.open()
        journal.add(
            Source(tmp_path / "tree" / f"{number // 100}" / f"{number}.jpg", tmp_path) for number in range(count)
        )
        journal.close()
        parts = make_parts(kept=AppFiles(journal=journal.path))
        window, queue = show_window(parts), parts.queueing.parts.queue
        window.queue_page.load()
        window.show_page(window.queue_page)
        view = window.queue_page.view
        qtbot.waitUntil(lambda: view.isVisible() and queue.table.rowCount() == count)
        window.grab()
        return window, queue

    return make


def test_of_ten_thousand_pictures_only_those_in_view_are_asked_for_and_each_cell_is_painted_once(
    window_with, monkeypatch
):
    asked, painted = set(), []
    data, paint = QueueTable.data, QueueDelegate.paint
    monkeypatch.setattr(
        QueueTable, "data", lambda self, index, *role: asked.add(index.row()) or data(self, index, *role)
    )
    monkeypatch.setattr(
        QueueDelegate,
        "paint",
        lambda self, painter, option, index: (
            painted.append((index.row(), index.column())) or paint(self, painter, option, index)
        ),
    )
    view = window_with(MANY)[0].queue_page.view
    in_view = -(-view.viewport().height() // ROW_PX) + 1
    assert 0 < len(asked) <= in_view, "from the start"
    bar = view.verticalScrollBar()
    for share in np.linspace(0, 1, 20):
        bar.setValue(int(share * bar.maximum()))
        asked.clear()
        painted.clear()
        view.viewport().repaint()
        assert len(asked) <= in_view
        assert len(painted) == len(set(painted)) <= in_view * len(Column)
    assert max(asked) == MANY - 1


def test_ten_thousand_pictures_are_no_more_work_to_scroll_and_to_keep_up_to_date_than_a_hundred(window_with):
    few, many = (work_of(*window_with(count)) for count in (FEW, MANY))
    assert few["scroll"] > 0
    assert many["scroll"] <= 1.2 * few["scroll"]
    assert many["outcome"] <= 1.2 * few["outcome"]
    assert many["report, none chosen"] <= 1.2 * few["report, none chosen"]
    assert many["report, all chosen"] <= 1.2 * MANY / FEW * few["report, all chosen"]


def work_of(window, queue) -> dict[str, int]:
    """Lines of Python for what happens all the time while a queue works."""
    view = window.queue_page.view
    count = queue.table.rowCount()

    def scroll() -> None:
        view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
        view.viewport().repaint()

    view.viewport().repaint()
    done = QueueItem(count, queue.table.item(count - 1).source, ItemState.DONE)
    lines = {"scroll": lines_run(scroll), "outcome": lines_run(lambda: queue.table.replace(done))}
    view.clearSelection()
    lines["report, none chosen"] = lines_run(queue.changed.emit)
    view.selectAll()
    lines["report, all chosen"] = lines_run(queue.changed.emit)
    assert len(window.queue_page.commands.chosen) == count
    return lines


def test_the_notice_is_for_those_who_are_elsewhere(page, qtbot):
    page.window().activateWindow()
    notice = page._notice
    if page.window().isActiveWindow():
        assert not notice.call(page.window(), "words")
    page.window().hide()
    assert notice.call(page.window(), "words")


def test_the_end_of_a_run_leaves_the_keys_with_the_pictures(filled, queue, qtbot):
    filled.panel.main.setFocus()
    with qtbot.waitSignal(queue.ended):
        qtbot.keyClick(filled.panel.main, Qt.Key.Key_Space)
    assert filled.window().focusWidget() is filled.view
