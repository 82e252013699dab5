"""What is not computed is never called a result: titles, dimmed stand-ins, and how large the result and its file are."""

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from mfsr_app.compare.comparison import Kind, Side
from mfsr_app.compare.painting import paint_shown
from mfsr_app.compare.result_size import ResultSize
from mfsr_app.compare.result_store import StoredResult
from mfsr_app.compare.values import Look, Shown, Standing, View
from mfsr_app.imaging.raster import GrowingRaster, display_tile, raster_of
from mfsr_engine.api import UpscaleResult
from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.geometry import Rect, Size, TargetSize


@pytest.fixture
def gate(upscaler):
    upscaler.gate = threading.Event()
    yield upscaler.gate
    upscaler.gate.set()


@pytest.fixture
def states(parts, gate, qtbot):
    """A picture that has just been opened, before the second tile of its result."""
    parts.states.view.set_port(Size(400, 400))
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open(Path("small.png"))
    return parts.states


def is_whole(states):
    return states.upscaling.shown is not None and states.upscaling.shown.is_whole


def title(states):
    return states.comparison.shown_right().title


def test_from_the_opening_to_the_last_tile_it_is_computing(states, upscaler, gate, qtbot):
    assert title(states) == "Computing · 1 step"
    assert states.comparison.shown_right().is_dimmed
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.has_pixels)
    assert title(states) == "Computing · 1 step"
    gate.set()
    qtbot.waitUntil(lambda: is_whole(states))
    assert title(states) == "Result · 1 step"
    assert not states.comparison.shown_right().is_dimmed


def test_after_each_change_it_is_computing_again(states, gate, qtbot):
    gate.set()
    qtbot.waitUntil(lambda: is_whole(states))
    gate.clear()
    for change in (
        lambda: states.choices.set_steps(3),
        lambda: states.choices.set_seed(5),
        lambda: states.choices.set_fidelity(0.5),
    ):
        change()
        assert title(states).startswith("Computing · ")
        assert states.comparison.shown_right().is_dimmed


def test_what_was_stopped_is_not_called_a_result(states, qtbot):
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.has_pixels)
    states.upscaling.cancel()
    assert title(states) == "Partly computed · 1 step"
    states.choices.set_steps(2)
    states.upscaling.cancel()
    assert title(states) == "Not computed · 2 steps"


def test_a_part_that_is_there_is_a_result_only_while_nothing_else_is_in_view(parts, upscaler, qtbot):
    states = parts.states
    states.upscaling.set_computes_whole(False)
    states.view.set_port(Size(200, 200))
    states.document.opened.connect(lambda: states.view.zoom_to(1.0))
    with qtbot.waitSignal(states.document.opened):
        states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: states.upscaling.activity is None and states.upscaling.shown is not None)
    qtbot.waitUntil(lambda: title(states) == "Result · 1 step")
    changed = []
    states.comparison.changed.connect(lambda: changed.append(title(states)))
    states.view.fit()
    assert changed[0] == "Partly computed · 1 step"


def test_a_kept_result_that_waits_on_disk_is_loading(states, gate, qtbot):
    gate.set()
    qtbot.waitUntil(lambda: is_whole(states))
    kept = states.upscaling.shown
    kept.raster = None
    assert states.upscaling.snapshot().standing is Standing.LOADING
    assert title(states) == "Loading · 1 step"
    qtbot.waitUntil(lambda: title(states) == "Result · 1 step")


def test_titles_in_the_bar_follow(window, states, gate, qtbot):
    bar = window.page.bar
    number = states.comparison.sides.index(Side(Kind.RESULT))
    assert bar.right.itemText(number) == "Computing · 1 step"
    gate.set()
    qtbot.waitUntil(lambda: bar.right.itemText(number) == "Result · 1 step")
    assert bar.right.currentIndex() == number


def test_only_what_stands_in_is_dimmed():
    below, above = raster_of(np.ones((10, 10, 3), np.float32)), GrowingRaster(Size(40, 40))
    above.paste(display_tile(np.full((20, 40, 3), 255, np.uint8)), Rect(0, 0, 40, 20))
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    shown = Shown("", below, above, is_smooth=False, factor=4, is_dimmed=True)
    painter = QPainter(image)
    paint_shown(painter, shown, Look(View(5, 5, 4.0), Size(10, 10), Size(40, 40)))
    painter.end()
    assert QColor(image.pixel(20, 10)).red() == 255
    assert QColor(image.pixel(20, 30)).red() < 160


def test_results_of_last_time_are_not_dimmed_once_loaded(states, gate, qtbot):
    settings = states.choices.settings
    result = UpscaleResult(np.zeros((192, 256, 3), np.float32), None, "mfsr-small", 1, 0, "cpu", "fp32", 1.0)
    states.upscaling.results.adopt(StoredResult(settings, result=result))
    assert states.comparison.shown_right().is_dimmed
    qtbot.waitUntil(lambda: not states.comparison.shown_right().is_dimmed)


@pytest.mark.parametrize(
    ("source", "target", "is_enlarged", "is_reduced"),
    [
        (Size(320, 213), Size(1280, 852), False, False),
        (Size(320, 213), Size(15022, 9999), True, False),
        (Size(320, 213), Size(640, 426), False, True),
    ],
)
def test_what_goes_beyond_the_model_is_resizing(source, target, is_enlarged, is_reduced):
    sizes = ResultSize(source, target, 4)
    assert (sizes.is_enlarged, sizes.is_reduced) == (is_enlarged, is_reduced)


def test_memory_follows_pixels_transparency_and_formats_that_need_whole_pictures():
    plain, clear = (ResultSize(Size(100, 100), Size(400, 400), 4, has_alpha=alpha) for alpha in (False, True))
    assert plain.memory_bytes(ImageFormat.PNG) == 400 * 400 * 23
    assert clear.memory_bytes(ImageFormat.PNG) == 400 * 400 * 27
    large = ResultSize(Size(100, 100), Size(4000, 4000), 4)
    assert large.memory_bytes(ImageFormat.PNG) == plain.memory_bytes(ImageFormat.PNG)
    assert large.memory_bytes(ImageFormat.WEBP) > 4000 * 4000 * 12


def test_the_panel_says_what_the_model_makes_and_what_is_resizing(window, states):
    words = window.page.controls._target_words
    states.choices.set_size(TargetSize(width=15_000))
    assert words.text().startswith("15000 × 11250 pixels, 169 megapixels; about ")
    assert words.text().endswith("\nThe model makes 256 × 192; the rest is resizing.")
    states.choices.set_size(TargetSize(factor=2.0))
    assert words.text().endswith("\nThe model makes 256 × 192; it is reduced to this.")
