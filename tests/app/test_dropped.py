"""What is dropped on the window or pasted into it: files before the icons offered with them, pictures, and words where neither opens."""

import base64
import socket

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage

from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.desktop.offer import Offer
from mfsr_engine import images as codecs

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


def test_what_is_dragged_from_this_window_is_not_opened_in_it(window, tmp_path):
    class Own(QDragEnterEvent):
        def source(self):
            return window

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    for widget in (window, window.queue_page):
        entered = Own(QPointF(5, 5).toPoint(), ACTION, data, BUTTONS, KEYS)
        entered.ignore()
        widget.dragEnterEvent(entered)
        assert not entered.isAccepted()


@pytest.mark.parametrize("text", ["/" + "a" * 5000, "/" + "b" * 300])
def test_a_text_too_long_for_a_name_is_only_a_text(drop, images, text):
    data = QMimeData()
    data.setText(text)
    assert not drop(data)
    assert not images


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


def test_a_file_is_opened_and_not_its_icon(window, parts, images, tmp_path):
    (tmp_path / "small.png").write_bytes(b"")
    data = QMimeData()
    data.setImageData(icon())
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "small.png"))])
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


def data_with(**formats):
    """Data in several formats; `_` in a name stands for `/`."""
    data = QMimeData()
    for name, held in formats.items():
        data.setData(name.replace("__", "-").replace("_", "/"), held)
    return data


def encoded(image=None, form="PNG"):
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    assert (image or icon()).save(buffer, form)
    return bytes(buffer.data().data())


def test_a_browsers_picture_is_opened_as_the_file_that_it_hands_over(drop, files, parts, qtbot, monkeypatch):
    held = []
    monkeypatch.setattr(parts.states.document, "open_encoded", lambda *given: held.append(given))
    data = data_with(image_png=encoded(), image_webp=b"less")
    data.setUrls([QUrl("https://example.org/sea/harbour.png")])
    assert drop(data)
    ((given, name, _),) = held
    assert (given, name) == (encoded(), "harbour.png")


@pytest.mark.parametrize("kind", ["url", "html", "unnamed"])
def test_a_picture_within_an_address_or_without_a_kind_is_found(kind):
    address = "data:image/png;base64," + base64.b64encode(encoded()).decode()
    data = QMimeData()
    if kind == "url":
        data.setUrls([QUrl(address)])
    elif kind == "html":
        data.setHtml(f'<p>words<img alt="x" src="{address}"></p>')
    else:
        data.setUrls([QUrl("https://example.org/picture")])
        data.setData("application/octet-stream", encoded())
    assert Offer(data).encoded.data == encoded()
    assert Offer(data).has_picture


def test_a_pasted_file_keeps_its_depth_and_its_name(window, parts, files, qtbot, tmp_path):
    deep = np.linspace(0, 1, 48, dtype=np.float32).reshape(4, 4, 3)
    codecs.write(tmp_path / "deep.png", deep, kept=codecs.KeptMetadata(), options=codecs.WriteOptions(depth=16))
    files.read = EnginePictureFiles().read
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open_encoded((tmp_path / "deep.png").read_bytes(), "sea.png", None)
    document = parts.states.document.current
    assert (document.name, document.path) == ("sea.png", None)
    assert np.abs(document.picture.pixels - deep).max() < 1e-4


def test_what_no_codec_reads_is_taken_as_qt_has_it(window, parts, files, qtbot):
    files.read = EnginePictureFiles().read
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open_encoded(b"no picture", "", icon())
    assert parts.states.document.current.size.width == 4
    parts.states.document.open_encoded(b"no picture", "", None)
    qtbot.waitUntil(lambda: parts.messages.newest is not None and parts.messages.newest.kind == "error")


def test_hidden_everywhere_means_that_the_program_knows_of_no_opacity(window, parts, files, qtbot):
    clear = QImage(4, 3, QImage.Format.Format_ARGB32)
    clear.fill(QColor(200, 20, 20, 0))
    files.read = EnginePictureFiles().read
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open_encoded(encoded(clear), "", None)
    document = parts.states.document.current
    assert document.picture.alpha is None
    assert document.picture.pixels[0, 0, 0] > 0.7


def test_of_a_list_what_is_there_is_opened_and_the_rest_is_told(drop, window, parts, tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    opened = []
    window.commands.open_paths = opened.append
    data = QMimeData()
    data.setUrls(
        [
            QUrl.fromLocalFile(str(tmp_path / "a.png")),
            QUrl.fromLocalFile(str(tmp_path / "gone.png")),
            QUrl("smb://elsewhere/share/b.png"),
        ]
    )
    assert drop(data)
    assert opened == [[tmp_path / "a.png"]]
    words = parts.messages.newest.text
    assert "gone.png is not there" in words
    assert "other computers" in words


def test_a_file_that_is_gone_and_an_attachment_are_told(drop, window, parts, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.png", "b.png")])
    data.setImageData(icon())
    assert not drop(data), "the icon of a file is not what is wanted"
    assert "2 files are not there" in parts.messages.newest.text
    data = QMimeData()
    data.setUrls([QUrl("mailbox:///home/x/Inbox?number=3&part=1.2&filename=a.jpg")])
    assert not drop(data)
    assert "Save the attachment" in parts.messages.newest.text


def test_a_screenshot_is_opened_though_its_file_is_gone():
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/nowhere/screenshot.png")])
    data.setImageData(icon().scaled(800, 600))
    assert Offer(data).has_picture


def test_lists_of_file_managers_are_read(tmp_path):
    (tmp_path / "a b.png").write_bytes(b"")
    address = QUrl.fromLocalFile(str(tmp_path / "a b.png")).toEncoded().data()
    for text in (b"copy\n" + address, b"x-special/nautilus-clipboard\ncut\n" + address + b"\n"):
        assert Offer(data_with(x__special_gnome__copied__files=text)).paths == [tmp_path / "a b.png"]
        data = QMimeData()
        data.setText(text.decode())
        assert Offer(data).paths == [tmp_path / "a b.png"]


def test_an_address_with_the_name_of_this_computer_is_a_file_of_it(tmp_path):
    url = QUrl.fromLocalFile(str(tmp_path))
    url.setHost(socket.gethostname().lower())
    data = QMimeData()
    data.setUrls([url])
    assert Offer(data).paths == [tmp_path]
