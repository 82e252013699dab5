"""Results go to other programs as files: dragged from their button, or by the clipboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mfsr_app.compare.result_drag import KEPT
from mfsr_app.queue.columns import Column
from mfsr_engine.batch.journal import ItemState, QueueItem
from mfsr_engine.batch.naming import Source


@pytest.fixture
def computed(window, parts, qtbot):
    """The window with a whole result, and nothing on the clipboard."""
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(parts.states.upscaling.finished):
        window.open_path(Path("small.png"))
        parts.states.upscaling.compute_whole()
    return window


def copied():
    """Files on the clipboard, which has no data at all before its first use."""
    data = QGuiApplication.clipboard().mimeData()
    return [Path(url.toLocalFile()) for url in data.urls()] if data is not None else []


def pull(button):
    """Press the button and move away from it."""
    start = button.rect().center()
    QTest.mousePress(button, Qt.MouseButton.LeftButton, pos=start)
    far = start + QPoint(2 * QApplication.startDragDistance(), 0)
    QTest.mouseMove(button, far)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=far)


def test_a_result_is_dragged_out_as_a_file_with_its_name(computed, files, parts):
    button, carried = computed.page.copy, []
    button.carry = lambda drag: carried.append([url.toLocalFile() for url in drag.mimeData().urls()])
    pull(button)
    ((path,),) = carried
    assert Path(path).name == "small_4x.png"
    assert files.written["small_4x.png"].model == parts.states.choices.settings.model
    assert copied() == [], "it was no click"


def test_a_result_is_copied_as_a_file(computed, parts, qtbot):
    computed.actions_table["copy"].trigger()
    qtbot.waitUntil(lambda: bool(copied()))
    assert [path.name for path in copied()] == ["small_4x.png"]
    assert "Copied small_4x.png" in parts.messages.newest.text


def test_two_drags_do_not_share_a_file(computed, parts):
    first, second = (parts.states.drag.file().urls()[0].toLocalFile() for _ in range(2))
    assert first != second
    folder = Path(first).parent.parent
    assert folder.is_dir()
    parts.states.drag.stop()
    assert not folder.exists()


def test_only_the_last_files_are_kept(computed, parts):
    paths = [Path(parts.states.drag.file().urls()[0].toLocalFile()) for _ in range(KEPT + 1)]
    assert [path.parent.is_dir() for path in paths] == [False] + [True] * KEPT


def test_nothing_is_dragged_without_a_result(window, parts):
    assert not window.actions_table["copy"].isEnabled()
    assert parts.states.drag.file() is None
    assert "once all of it is computed" in parts.messages.newest.text


def test_a_file_that_cannot_be_written_is_told_and_nothing_handed_over(computed, files, parts, qtbot):
    files.failure = OSError("the disk is full")
    assert parts.states.drag.file().urls() == []
    qtbot.waitUntil(lambda: any(message.kind == "error" for message in parts.messages.waiting))


def test_finished_pictures_of_the_queue_are_dragged_as_files(parts):
    table = parts.queueing.parts.queue.table
    done = QueueItem(1, Source(Path("/p/a.png")), ItemState.DONE, Path("/p/a_4x.png"))
    table.append([done, QueueItem(2, Source(Path("/p/b.png")))])
    rows = [table.index(row, Column.PICTURE) for row in range(2)]
    is_draggable = [bool(table.flags(index) & Qt.ItemFlag.ItemIsDragEnabled) for index in rows]
    assert is_draggable == [True, False]
    assert [url.toLocalFile() for url in table.mimeData(rows).urls()] == ["/p/a_4x.png"]
