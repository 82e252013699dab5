"""Small copies of files, off the GUI thread."""

import numpy as np
import pytest

from mfsr_app.queue import thumbnails
from mfsr_app.queue.thumbnails import Thumbnails
from mfsr_engine import images
from mfsr_engine.geometry import Size
from mfsr_engine.images import reading


@pytest.fixture
def made(qapp):
    started = Thumbnails()
    yield started
    started.stop()


def put(path, level=0.5):
    images.write(path, np.full((30, 300, 3), level, np.float32), kept=images.KeptMetadata())
    return path


def test_a_small_copy_comes_later_and_is_kept(made, tmp_path, qtbot):
    path = put(tmp_path / "a.png")
    with qtbot.waitSignal(made.made) as blocker:
        assert made.get(path) is None
    thumbnail = blocker.args[0]
    assert (thumbnail.size, thumbnail.image.width()) == (Size(300, 30), 96)
    assert thumbnail.image.pixelColor(5, 5).red() == 128
    assert made.get(path) is thumbnail


def test_a_file_that_cannot_be_read_has_none(made, tmp_path, qtbot):
    (tmp_path / "a.png").write_bytes(b"broken")
    with qtbot.waitSignal(made.made) as blocker:
        made.get(tmp_path / "a.png")
    assert blocker.args[0].image is None


def test_a_reader_that_breaks_is_logged_and_the_next_file_is_read(made, tmp_path, qtbot, monkeypatch, caplog):
    real = reading.small_copy

    def breaking(path, side_px):
        if path.stem == "odd":
            raise ZeroDivisionError("by zero")
        return real(path, side_px)

    monkeypatch.setattr(reading, "small_copy", breaking)
    with qtbot.waitSignal(made.made) as blocker:
        made.get(tmp_path / "odd.png")
    assert (blocker.args[0].image, blocker.args[0].size) == (None, None)
    assert "odd.png" in caplog.text
    with qtbot.waitSignal(made.made) as blocker:
        made.get(put(tmp_path / "a.png"))
    assert blocker.args[0].size == Size(300, 30)


def test_what_was_asked_for_last_comes_first_and_what_scrolled_by_is_dropped(made, tmp_path, qtbot, monkeypatch):
    import threading

    gate, order = threading.Event(), []

    def slow(path):
        gate.wait(600)
        order.append(path.stem)
        return thumbnails.Thumbnail(path, None, None)

    monkeypatch.setattr(thumbnails, "_thumbnail", slow)
    asked = [tmp_path / f"{number}.png" for number in range(thumbnails.MAX_WAITING + 50)]
    for path in asked:
        made.get(path)
    qtbot.waitUntil(lambda: not made._rest.isActive())
    gate.set()
    qtbot.waitUntil(lambda: len(order) >= thumbnails.MAX_WAITING)
    assert order[0] == asked[-1].stem
    assert asked[10].stem not in order


def test_the_oldest_go_when_there_are_too_many(made, tmp_path, qtbot, monkeypatch):
    monkeypatch.setattr(thumbnails, "MAX_KEPT", 2)
    for name in "abc":
        with qtbot.waitSignal(made.made):
            made.get(put(tmp_path / f"{name}.png"))
    assert made.get(tmp_path / "c.png") is not None
    assert made.get(tmp_path / "a.png") is None
