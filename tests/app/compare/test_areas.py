"""Parts of the open picture are painted that are left alone or made with another fidelity."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from mfsr_app.compare.area_brush import stroked
from mfsr_app.compare.areas_dialog import AreasAnswer, AreasDialog
from mfsr_app.compare.comparison import Kind, Side
from mfsr_app.compare.files import EnginePictureFiles, PictureToSave
from mfsr_app.compare.values import Mode
from mfsr_app.imaging.raster import raster_of
from mfsr_engine.api import MaskedAreas
from mfsr_engine.framing import WHOLE, Framing
from mfsr_engine.geometry import Size
from mfsr_engine.images.picture import KeptMetadata, Picture
from mfsr_engine.images.xmp import declared_provenance
from tests.fakes.scripted_engine import SMALL
from tests.fakes.scripted_files import KEPT

FULL = replace(SMALL, name="full", title="Full size", takes_text=True)


@pytest.fixture
def areas():
    mask = np.zeros((20, 40), np.uint8)
    mask[5:10, 5:10] = 255
    return MaskedAreas(mask, 0.5)


def paint(window, answer):
    window.commands.ask_areas = lambda document: answer
    window.actions_table["areas"].trigger()


def test_what_is_painted_is_asked_of_the_engine(window, opened, areas, qtbot, upscaler):
    paint(window, AreasAnswer(areas))
    assert opened.document.current.areas is areas
    qtbot.waitUntil(lambda: bool(upscaler.requests) and upscaler.requests[-1].areas is areas)
    paint(window, None)
    assert opened.document.current.areas is areas
    paint(window, AreasAnswer(None))
    assert opened.document.current.areas is None


def test_what_one_looks_at_and_compares_with_stays_when_areas_are_marked(
    window, opened, files, areas, qtbot, caught_up, parts
):
    other = files.pictures["photo.png"]
    files.pictures["other.png"] = replace(other, pixels=other.pixels / 2)
    opened.choices.set_models([SMALL, FULL])
    opened.choices.set_model(FULL.name)
    opened.choices.set_caption("typed by hand")
    qtbot.waitUntil(lambda: opened.document.enlarged is not None)
    with qtbot.waitSignal(opened.upscaling.finished):
        opened.upscaling.compute_whole()
    opened.beside.add(Path("other.png"))
    qtbot.waitUntil(lambda: Path("other.png") in opened.comparison.files)
    opened.comparison.set_left(Side(Kind.KEPT, opened.choices.settings))
    opened.comparison.set_mode(Mode.SPLIT)
    opened.view.zoom_to(8.0)
    look = opened.view.view
    paint(window, AreasAnswer(areas))
    assert opened.view.view == look
    assert opened.comparison.right == Side(Kind.FILE, path=Path("other.png"))
    assert opened.comparison.left == Side(Kind.ENLARGED)  # a result without the areas is none any more
    assert opened.comparison.shown_right().below is not None
    assert opened.comparison.mode is Mode.SPLIT
    assert opened.choices.settings.prompt == "typed by hand"
    assert opened.document.enlarged is not None


def test_the_enlarged_original_that_comes_after_areas_were_marked_is_taken(window, opened, areas, qtbot, parts):
    gate = Event()
    parts.background.submit(lambda _: gate.wait(60), lambda _: None, lambda _: None)
    opened.document.enlarge(4)
    paint(window, AreasAnswer(areas))
    opened.document.enlarged = None
    gate.set()
    qtbot.waitUntil(lambda: opened.document.enlarged is not None)


def test_a_caption_stays_when_another_part_of_the_photograph_is_taken(opened, qtbot, photo):
    opened.choices.set_models([SMALL, FULL])
    opened.choices.set_model(FULL.name)
    opened.choices.set_caption("typed by hand")
    opened.comparison.set_mode(Mode.LENS)
    for framing in (Framing(crop=(0.0, 0.0, 0.5, 0.5)), Framing(quarter_turns=1), WHOLE):
        with qtbot.waitSignal(opened.document.opened):
            opened.document.frame(framing)
        assert opened.choices.settings.prompt == "typed by hand"
        assert opened.comparison.mode is Mode.LENS
    with qtbot.waitSignal(opened.document.opened):
        opened.document.open(photo)
    assert opened.choices.settings.prompt == ""


def test_results_with_areas_and_without_are_not_mixed(window, opened, areas, qtbot):
    upscaling = opened.upscaling
    with qtbot.waitSignal(upscaling.finished):
        upscaling.compute_whole()
    plain = upscaling.shown.result
    paint(window, AreasAnswer(areas))
    assert upscaling.shown is None or upscaling.shown.result is not plain
    assert not [kept for kept in upscaling.results.all() if kept.result is plain]


def test_areas_are_not_taken_for_a_picture_that_was_opened_under_the_dialog(
    window, opened, files, areas, qtbot, tmp_path
):
    other = tmp_path / "other.png"
    other.write_bytes(b"stands in for another photograph")
    files.pictures[other.name] = Picture(np.full((20, 40, 3), 0.2, np.float32), kept=KEPT)

    def ask(document):
        with qtbot.waitSignal(opened.document.opened):
            window.open_path(other)
        return AreasAnswer(areas)

    window.commands.ask_areas = ask
    window.actions_table["areas"].trigger()
    assert (opened.document.current.name, opened.document.current.areas) == ("other.png", None)


def test_areas_do_not_end_the_reading_of_another_photograph(window, opened, files, areas, qtbot, parts):
    files.pictures["other.png"] = replace(files.pictures["photo.png"])
    gate = Event()
    parts.background.submit(lambda _: gate.wait(60), lambda _: None, lambda _: None)
    opened.document.open(Path("other.png"))
    paint(window, AreasAnswer(areas))
    assert opened.document.loading == "other.png"
    with qtbot.waitSignal(opened.document.opened):
        gate.set()
    assert (opened.document.loading, opened.document.current.areas) == ("", None)


def test_areas_are_not_those_of_another_file_that_took_the_place_of_one(window, opened, photo, areas, qtbot):
    paint(window, AreasAnswer(areas))
    photo.write_bytes(b"another photograph of the same size in pixels")
    with qtbot.waitSignal(opened.document.opened):
        opened.document.open(photo)
    assert opened.document.current.areas is None


def test_a_result_that_is_ready_after_areas_were_marked_is_not_kept_as_theirs(
    window, opened, parts, areas, qtbot, upscaler
):
    gate = Event()
    parts.background.submit(lambda _: gate.wait(60), lambda _: None, lambda _: None)
    opened.upscaling.compute_whole()
    qtbot.waitUntil(lambda: any(request.region is None for request in upscaler.requests))
    with qtbot.waitSignal(parts.engine.run(lambda *_: None).ended):  # behind the result, which waits to be kept
        pass
    paint(window, AreasAnswer(areas))
    with qtbot.waitSignal(opened.upscaling.finished):
        gate.set()
        opened.upscaling.compute_whole()
    assert upscaler.requests[-1].areas is areas


@pytest.mark.parametrize(("covered", "words"), [(1, "0.12 %"), (40, "5 %"), (800, "100 %")])
def test_how_much_has_areas_is_said_without_an_exponent(covered, words):
    mask = np.zeros(800, np.uint8)
    mask[:covered] = 255
    assert MaskedAreas(mask.reshape(20, 40)).note.startswith(f"{words} of the picture")


def test_areas_stay_with_the_picture_and_with_what_is_taken_of_it(window, opened, photo, areas, qtbot):
    paint(window, AreasAnswer(areas))
    for framing, wanted in ((Framing(quarter_turns=1), None), (WHOLE, areas)):
        with qtbot.waitSignal(opened.document.opened):
            opened.document.frame(framing)
        assert opened.document.current.areas is wanted
    with qtbot.waitSignal(opened.document.opened):
        opened.document.open(photo)
    assert opened.document.current.areas is areas


def test_the_saved_file_says_so(window, opened, areas, qtbot, tmp_path):
    paint(window, AreasAnswer(areas))
    with qtbot.waitSignal(opened.upscaling.finished):
        opened.upscaling.compute_whole()
    picture = opened.saving.picture_of(opened.upscaling.shown)
    assert picture.areas == areas.note == "3.1 % of the picture was made with a fidelity of 50 %."


def test_it_is_written_with_the_provenance(tmp_path):
    from PIL import Image

    pixels = np.zeros((4, 4, 3), np.float32)
    path = tmp_path / "a.png"
    EnginePictureFiles().write(
        path, PictureToSave(pixels, None, Size(4, 4), KeptMetadata(), "m", 1, 0, areas="Some words.")
    )
    with Image.open(path) as file:
        packet = file.info["xmp"]
    assert declared_provenance(packet).areas == "Some words."


@pytest.fixture
def dialog(qtbot, window):
    """The dialog over a picture of 200 x 100 pixels."""
    made = AreasDialog(raster_of(np.zeros((100, 200, 3), np.float32), None, None), None, window)
    qtbot.addWidget(made)
    made.resize(700, 520)
    made.show()
    return made


def test_the_brush_paints_and_the_right_button_erases(dialog, qtbot):
    assert dialog.answer.areas is None
    middle = dialog.brush.rect().center()
    qtbot.mousePress(dialog.brush, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseRelease(dialog.brush, Qt.MouseButton.LeftButton, pos=middle)
    painted = dialog.answer.areas
    assert painted.mask.shape == (100, 200)
    assert painted.mask[50, 100] == 255
    assert painted.mask[0, 0] == 0
    assert painted.fidelity is None
    qtbot.mouseClick(dialog.brush, Qt.MouseButton.RightButton, pos=middle + QPoint(1, 0))
    assert dialog.answer.areas is None or dialog.answer.areas.mask[50, 100] == 0


def test_another_fidelity_a_larger_brush_erase_and_clear(dialog, qtbot):
    dialog.way.setCurrentIndex(1)
    dialog.fidelity.setValue(30)
    dialog.diameter.setValue(40)
    qtbot.mouseClick(dialog.brush, Qt.MouseButton.LeftButton, pos=dialog.brush.rect().center())
    painted = dialog.answer.areas
    assert painted.fidelity == 0.3
    assert 60 <= np.count_nonzero(painted.mask[50]) <= 84
    dialog.erases.setChecked(True)
    qtbot.mouseClick(dialog.brush, Qt.MouseButton.LeftButton, pos=dialog.brush.rect().center())
    assert np.count_nonzero(dialog.answer.areas.mask if dialog.answer.areas else 0) < np.count_nonzero(painted.mask)
    dialog.brush.clear()
    assert dialog.answer.areas is None


def test_what_was_painted_comes_back(qtbot, window, areas):
    made = AreasDialog(raster_of(np.zeros((20, 40, 3), np.float32), None, None), areas, window)
    qtbot.addWidget(made)
    assert np.array_equal(made.answer.areas.mask, areas.mask)
    assert made.answer.areas.fidelity == 0.5
    assert made.answer.areas is areas, "nothing was changed, so that nothing is computed again"
    made.fidelity.setValue(75)
    assert made.answer.areas.fidelity == 0.75


def test_a_stroke_is_full_along_its_line_and_soft_at_its_edge():
    mask = np.zeros((40, 60), np.uint8)
    stroked(mask, QPointF(10, 20), QPointF(50, 20), 10.0, erases=False)
    assert (mask[16:24, 10:50] == 255).all()
    edge = mask[10:16, 30].astype(int)
    assert (np.diff(edge) >= 0).all()
    assert 0 < edge[1] < 255
    assert not mask[:9].any()
    stroked(mask, QPointF(-90, -90), QPointF(-80, -80), 3.0, erases=False)  # beside the picture
    stroked(mask, QPointF(30, 20), QPointF(30, 20), 10.0, erases=True)
    assert mask[20, 30] == 0
