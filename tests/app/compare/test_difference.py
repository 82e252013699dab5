"""The difference of two sides: what is drawn, and how little is computed for it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QImage, QPainter

from mfsr_app.compare import difference
from mfsr_app.compare.canvas import Canvas
from mfsr_app.compare.difference import DifferencePainter
from mfsr_app.compare.painting import READOUT_PX, paint_shown
from mfsr_app.compare.values import Look, Mode, Shown, View
from mfsr_app.imaging.raster import GrowingRaster, raster_of
from mfsr_engine.geometry import Rect, Size

SOURCE, PORT = Size(160, 120), Size(200, 150)
EVERYTHING = QRect(0, 0, PORT.width, PORT.height)


def photograph(seed: int, factor: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((120 * factor, 160 * factor, 3), np.float32)


def whole(seed: int, factor: int = 4) -> Shown:
    return Shown("", raster_of(photograph(1)), raster_of(photograph(seed, factor)), is_smooth=True, factor=factor)


def original() -> Shown:
    return replace(whole(1), above=None)


def growing(below: Shown, *areas: Rect) -> Shown:
    above, full = GrowingRaster(SOURCE.scaled(4)), raster_of(photograph(2, 4)).levels[0]
    for area in areas:
        above.paste(full[area.slices()], area)
    return replace(below, above=above)


def flat(shown: Shown, look: Look) -> np.ndarray:
    """A side on black, (height, width, 3)."""
    image = QImage(look.port.width, look.port.height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint_shown(painter, shown, look, has_checkers=False)
    painter.end()
    return colors(image)


def colors(image: QImage) -> np.ndarray:
    return np.frombuffer(image.bits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].copy()


def drawn(by: DifferencePainter, first: Shown, second: Shown, look: Look, exposed: QRect = EVERYTHING) -> np.ndarray:
    """On a pane that was grey before."""
    image = QImage(look.port.width, look.port.height, QImage.Format.Format_RGB32)
    image.fill(0x777777)
    painter = QPainter(image)
    by.paint(painter, first, second, look, exposed)
    painter.end()
    return colors(image)


def expected(first: Shown, second: Shown, look: Look) -> np.ndarray:
    apart = np.abs(flat(first, look).astype(int) - flat(second, look))
    return np.minimum(apart * 4, 255).astype(np.uint8)


def look_at(scale: float, x: float = 80.3, y: float = 60.6) -> Look:
    return Look(View(x, y, scale), SOURCE, PORT)


@pytest.fixture
def flattened(monkeypatch) -> list[QRect]:
    """The part of the pane of each side that is drawn."""
    areas, real = [], difference._flatten

    def noting(image, shown, look, area):
        areas.append(area)
        real(image, shown, look, area)

    monkeypatch.setattr(difference, "_flatten", noting)
    return areas


def test_it_is_four_times_how_far_the_sides_are_apart_through_every_view():
    by = DifferencePainter()
    for look in (look_at(0.6), look_at(1.3), look_at(1.3, 150, 110), look_at(4.0), look_at(7.7), look_at(0.6)):
        for second in (whole(2), growing(original(), Rect(64, 64, 128, 128)), replace(whole(3), is_smooth=False)):
            assert np.array_equal(drawn(by, original(), second, look), expected(original(), second, look))


def test_holes_are_black_whatever_was_drawn_before():
    by, look = DifferencePainter(), look_at(2.0)
    with_holes = raster_of(photograph(4), np.zeros((120, 160), np.float32))
    second = replace(original(), below=with_holes)
    drawn(by, original(), whole(2), look)
    assert np.array_equal(drawn(by, original(), second, look), expected(original(), second, look))


def test_only_what_is_to_be_drawn_is_computed(flattened):
    look, strip = look_at(2.0), QRect(20, 100, 150, 17)
    shown = drawn(DifferencePainter(), original(), whole(2), look, strip)
    assert flattened == [strip, strip]
    inside = np.zeros((PORT.height, PORT.width), bool)
    inside[100:117, 20:170] = True
    assert np.array_equal(shown[inside], expected(original(), whole(2), look)[inside])
    assert np.all(shown[~inside] == 0x77)


def test_where_nothing_is_computed_yet_there_is_nothing_to_compare(flattened):
    look, first = look_at(1.0), original()
    assert not drawn(DifferencePainter(), first, growing(first), look).any()
    assert flattened == []
    second = growing(first, Rect(160, 160, 64, 32), Rect(224, 160, 64, 64))
    shown = drawn(DifferencePainter(), first, second, look)
    assert np.array_equal(shown, expected(first, second, look))
    corner = look.frame.topLeft().toPoint()
    assert flattened == [QRect(corner.x() + 39, corner.y() + 39, 34, 18)] * 2


def test_what_lies_beyond_the_picture_is_not_compared(flattened):
    look = look_at(0.5, 80, 60)
    drawn(DifferencePainter(), original(), whole(2), look)
    assert flattened == [QRect(60, 45, 80, 60)] * 2


def test_its_two_pictures_are_made_once_for_a_pane(monkeypatch):
    made = []

    class Counted(QImage):
        def __init__(self, *arguments):
            made.append(arguments[0])
            super().__init__(*arguments)

    monkeypatch.setattr(difference, "QImage", Counted)
    by = DifferencePainter()
    for scale in (1.0, 2.0, 3.0):
        drawn(by, original(), whole(2), look_at(scale))
    assert len(made) == 2
    drawn(by, original(), whole(2), replace(look_at(1.0), port=Size(300, 150)), QRect(0, 0, 300, 150))
    assert len(made) == 4
    by.release()
    drawn(by, original(), whole(2), replace(look_at(1.0), port=Size(300, 150)), QRect(0, 0, 300, 150))
    assert len(made) == 6


def test_the_words_at_the_foot_do_not_make_the_pane_compare_everything_again(qtbot, flattened):
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(PORT.width, PORT.height)
    canvas.set_mode(Mode.DIFFERENCE)
    canvas.set_shown(original(), whole(2))
    canvas.set_look(View(80, 60, 2.0), SOURCE)
    canvas.show()
    qtbot.waitExposed(canvas)
    qtbot.waitUntil(lambda: flattened != [])
    flattened.clear()
    with qtbot.waitSignal(canvas.painted):
        canvas.set_spot(QPointF(80, 60))
    assert flattened == [QRect(0, PORT.height - READOUT_PX, PORT.width, READOUT_PX)] * 2
