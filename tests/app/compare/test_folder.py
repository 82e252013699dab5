"""From photograph to photograph of a folder: keys, buttons, film strip; results of those that were open before are kept."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from mfsr_app.compare.result_store import PhotoKey, ResultShelf, StoredResult
from mfsr_app.parts import AppFiles
from mfsr_app.settings.window_memory import WindowMemory
from mfsr_engine import images as codecs
from mfsr_engine.api import UpscaleResult, UpscaleSettings
from tests.fakes.scripted_files import picture

NAMES = ("IMG_2.png", "IMG_9.png", "img_10.png")


@pytest.fixture
def folder(tmp_path, files):
    for name in NAMES:
        (tmp_path / name).write_bytes(b"stands in for a photograph")
        files.pictures[name] = picture(64, 48)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden.png").write_bytes(b"hidden")
    return tmp_path


def opened(parts, qtbot, path):
    states = parts.states
    with qtbot.waitSignal(states.document.opened):
        states.document.open(path)
    qtbot.waitUntil(lambda: len(states.folder.photos) == len(NAMES))
    return states


def is_whole(states):
    return states.upscaling.shown is not None and states.upscaling.shown.is_whole


def test_photographs_come_in_the_order_of_their_numbers(parts, folder, qtbot):
    states = opened(parts, qtbot, folder / "IMG_9.png")
    assert [path.name for path in states.folder.photos] == list(NAMES)
    assert states.folder.position == 1
    assert states.folder.can_step(1)
    assert not states.folder.can_step(2)


def test_keys_go_on_and_back_and_stop_at_the_ends(window, parts, folder, qtbot):
    states = opened(parts, qtbot, folder / "IMG_9.png")
    actions = window.actions_table
    window.activateWindow()
    window.page.viewer.right.setFocus()
    with qtbot.waitSignal(states.document.opened):
        qtbot.keyClick(window.page.viewer.right, Qt.Key.Key_PageDown)
    assert states.document.current.name == "img_10.png"
    assert not actions["next_photo"].isEnabled()
    assert actions["previous_photo"].isEnabled()
    with qtbot.waitSignal(states.document.opened):
        actions["previous_photo"].trigger()
    assert states.document.current.name == "IMG_9.png"


def test_two_steps_at_once_lead_two_further_and_past_a_broken_file(parts, folder, files, qtbot):
    del files.pictures["IMG_9.png"]
    states = opened(parts, qtbot, folder / "IMG_2.png")
    states.folder.step(1)
    with qtbot.waitSignal(states.document.opened):
        states.folder.step(1)
    assert states.document.current.name == "img_10.png"


def test_a_pasted_picture_has_no_folder(parts, files, folder, qtbot):
    states = opened(parts, qtbot, folder / "IMG_9.png")
    files.pictures["pasted.png"] = picture(8, 8)
    from PySide6.QtGui import QImage

    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    with qtbot.waitSignal(states.document.opened):
        states.document.open_pasted(image)
    assert states.folder.photos == ()
    assert states.folder.position is None


def test_results_of_a_photograph_are_there_when_one_comes_back_to_it(parts, folder, upscaler, qtbot):
    states = opened(parts, qtbot, folder / "IMG_2.png")
    qtbot.waitUntil(lambda: is_whole(states))
    states.choices.set_steps(3)
    qtbot.waitUntil(lambda: is_whole(states))
    for step in (1, -1):
        with qtbot.waitSignal(states.document.opened):
            states.folder.step(step)
        qtbot.waitUntil(lambda: is_whole(states) and states.upscaling.activity is None)
    steps = [request.settings.steps for request in upscaler.requests]
    assert steps == [1, 3, 3]
    assert sorted(kept.settings.steps for kept in states.upscaling.results.all()) == [1, 3]
    qtbot.waitUntil(lambda: states.comparison.shown_right().title == "Result · 3 steps")


def test_a_photograph_that_has_changed_is_computed_again(parts, folder, upscaler, qtbot):
    states = opened(parts, qtbot, folder / "IMG_2.png")
    qtbot.waitUntil(lambda: is_whole(states))
    with qtbot.waitSignal(states.document.opened):
        states.folder.step(1)
    qtbot.waitUntil(lambda: is_whole(states))
    (folder / "IMG_2.png").write_bytes(b"another photograph of this name")
    with qtbot.waitSignal(states.document.opened):
        states.folder.step(-1)
    qtbot.waitUntil(lambda: is_whole(states))
    assert len(upscaler.requests) == 3


@pytest.fixture
def settings():
    return UpscaleSettings()


def result(level: float) -> UpscaleResult:
    return UpscaleResult(np.full((8, 8, 3), level, np.float32), None, "mfsr-small", 1, 0, "cpu", "fp32", 1.0)


def test_pixels_on_the_shelf_lie_on_disk_and_are_the_same(parts, settings, caught_up):
    shelf, photo = ResultShelf(parts.background), PhotoKey(Path("a.png"), (1, 1))
    shelf.put(photo, [StoredResult(settings, result=result(0.25)), StoredResult(UpscaleSettings(seed=3))])
    caught_up(parts.background)
    (kept,) = shelf.take(photo)
    assert isinstance(kept.result.pixels, np.memmap)
    assert np.array_equal(kept.result.pixels, result(0.25).pixels)
    assert shelf.take(photo) == ()
    shelf.close()
    assert kept.result.pixels[0, 0, 0] == 0.25


def test_the_photographs_seen_longest_ago_leave_first(parts, settings, caught_up):
    shelf = ResultShelf(parts.background, bound_bytes=2 * 8 * 8 * 3 * 4)
    photos = [PhotoKey(Path(name), (1, 1)) for name in "abc"]
    for photo in photos:
        shelf.put(photo, [StoredResult(settings, result=result(0.5))])
    caught_up(parts.background)
    assert [len(shelf.take(photo)) for photo in photos] == [0, 1, 1]
    shelf.close()


def test_a_click_on_the_film_strip_opens_a_photograph_and_the_strip_can_be_hidden(window, parts, folder, qtbot):
    states = opened(parts, qtbot, folder / "IMG_2.png")
    film = window.page.film
    qtbot.waitUntil(film.isVisible)
    assert film.strip.currentIndex().row() == 0
    place = film.strip.visualRect(film.strip.model().index(2, 0))
    with qtbot.waitSignal(states.document.opened):
        qtbot.mouseClick(film.strip.viewport(), Qt.MouseButton.LeftButton, pos=place.center() + QPoint(0, 0))
    assert states.document.current.name == "img_10.png"
    assert film.strip.currentIndex().row() == 2
    window.actions_table["film"].trigger()
    assert not film.isVisible()
    assert not window.actions_table["film"].isChecked()


def test_one_photograph_alone_has_no_strip_and_a_low_window_none(window, parts, folder, qtbot):
    opened(parts, qtbot, folder / "IMG_2.png")
    film = window.page.film
    qtbot.waitUntil(film.isVisible)
    film.set_page_height(400)
    assert not film.isVisible()
    film.set_page_height(800)
    assert film.isVisible()
    for name in NAMES[1:]:
        (folder / name).unlink()
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open(folder / "IMG_2.png")
    qtbot.waitUntil(lambda: not film.isVisible())


def test_a_hidden_strip_stays_hidden_the_next_time(make_parts, show_window, tmp_path):
    path = tmp_path / "window.json"
    window = show_window(make_parts(kept=AppFiles(memory=WindowMemory(path))))
    window.actions_table["film"].setEnabled(True)
    window.commands.handlers()["film"]()
    window.close()
    assert not WindowMemory(path).has_film_strip


def test_results_of_this_program_are_no_photographs_unless_they_are_wanted(parts, folder, files, qtbot, monkeypatch):
    monkeypatch.setattr("mfsr_app.compare.folder.LOOKED_AT_ONCE", 2)
    made_by = codecs.Provenance("m", 1, 0)
    for name in ("IMG_2_4x.png", "IMG_9_4x.png"):
        options = codecs.WriteOptions(provenance=made_by)
        codecs.write(folder / name, np.zeros((8, 8, 3), np.float32), kept=codecs.KeptMetadata(), options=options)
        files.pictures[name] = picture(64, 48)
    states = opened(parts, qtbot, folder / "IMG_9.png")
    assert [path.name for path in states.folder.photos] == list(NAMES)
    states.document.open(folder / "IMG_2_4x.png")
    qtbot.waitUntil(lambda: len(states.folder.photos) == len(NAMES) + 1)
    assert states.folder.photos[states.folder.position].name == "IMG_2_4x.png", "the open one has its place"
    parts.around.settings.change_output(include_results=True)
    states.document.open(folder / "IMG_9.png")
    qtbot.waitUntil(lambda: len(states.folder.photos) == len(NAMES) + 2)
