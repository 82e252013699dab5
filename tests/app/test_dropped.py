"""What is dropped on the window or pasted into it: files before the icons offered with them, pictures, and words where neither opens."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage

BUTTONS, KEYS, ACTION = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction


@pytest.fixture
def drop(window):
    """Drops data on the window; whether it was taken."""

    def dropped(data):
        entered = QDragEnterEvent(QPointF(5, 5).toPoint(), ACTION, data, BUTTONS, KEYS)
        window.dragEnterEvent(entered)
        assert entered.isAccepted()
        event = QDropEvent(QPointF(5, 5), ACTION, data, BUTTONS, KEYS)
        event.ignore()
        window.dropEvent(event)
        return event.isAccepted()

    return dropped


@pytest.fixture
def images(monkeypatch, parts):
    """Pictures that were given to be opened."""
    given = []
    monkeypatch.setattr(parts.states.document, "open_pasted", given.append)
    return given


def icon():
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    return image


def test_an_address_is_not_opened_but_answered(drop, parts, images):
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.jpg")])
    data.setText("https://example.org/a.jpg")
    assert not drop(data)
    assert "Save the picture as a file" in parts.messages.newest.text
    assert not images


def test_pixels_are_opened_also_where_an_address_comes_with_them(drop, images):
    data = QMimeData()
    data.setImageData(icon())
    assert drop(data)
    data.setUrls([QUrl("https://example.org/a.jpg")])
    assert drop(data)
    assert [image.width() for image in images] == [4, 4]


def test_a_file_is_opened_and_not_its_icon(window, parts, images, qtbot):
    data = QMimeData()
    data.setImageData(icon())
    data.setUrls([QUrl.fromLocalFile(str(Path("small.png").absolute()))])
    opened = []
    window.commands.open_paths = opened.append
    QGuiApplication.clipboard().setMimeData(data)
    window.commands.paste()
    assert [path.name for (path,) in opened] == ["small.png"]
    assert not images


def test_nothing_to_open_is_said(window, parts, images):
    data = QMimeData()
    data.setText("no file of this name")
    QGuiApplication.clipboard().setMimeData(data)
    window.commands.paste()
    assert "no picture on the clipboard" in parts.messages.newest.text
