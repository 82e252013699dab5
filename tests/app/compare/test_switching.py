"""Stops that were computed are shown at once, from memory and from disk: nothing is computed, converted or read anew."""

from pathlib import Path

import numpy as np
import pytest

from mfsr_app.compare.result_store import ResultStore
from mfsr_app.imaging import raster
from mfsr_app.window import MainWindow
from mfsr_engine.images import Picture
from tests.fakes.work import lines_run

SMALL, LARGE = (60, 90), (500, 800)
"""Rows and columns of two photographs; the result of the second has 6 megapixels."""


@pytest.fixture(params=[1 << 40, 1], ids=["in memory", "on disk"])
def window_with(request, make_parts, show_window, files, upscaler, qtbot):
    """Makes a window with 1, 2, 3 and 4 steps of a photograph of this size computed."""
    upscaler.tile_px = 500

    def make(size):
        files.pictures["photo.png"] = Picture(np.full((*size, 3), 0.9, np.float32))
        parts = make_parts(ResultStore(bound_bytes=request.param))
        window = show_window(parts)
        window.open_path(Path("photo.png"))
        upscaling, choices = parts.states.upscaling, parts.states.choices
        for steps in (1, 2, 3, 4):
            choices.set_steps(steps)
            qtbot.waitUntil(lambda: upscaling.shown is not None and upscaling.shown.is_whole)
        if request.param == 1:
            qtbot.waitUntil(lambda: sum(kept.memory_bytes == 0 for kept in upscaling.results.all()) == 2)
        return window, parts

    return make


def test_switching_to_a_computed_stop_draws_what_was_made_for_it_when_it_was_computed(
    window_with, upscaler, at_rest, monkeypatch
):
    window, parts = window_with(LARGE)
    upscaling, pane = parts.states.upscaling, window.page.viewer.right
    asked, made = len(upscaler.requests), {kept.settings.steps: kept.raster for kept in upscaling.results.all()}
    with monkeypatch.context() as watched:
        for name in ("display_pixels", "_half"):
            watched.setattr(raster, name, lambda *_, **__: pytest.fail("pixels are converted anew"))
        watched.setattr(parts.background, "submit", lambda *_: pytest.fail("something is done elsewhere"))
        for zoom, steps in (("zoom_fit", 1), ("zoom_fit", 3), ("zoom_100", 2), ("zoom_100", 4)):
            window.actions_table[zoom].trigger()
            window.page.controls.steps.setValue(steps)
            level = pane.grab().toImage().pixelColor(pane.rect().center()).red()
            assert level == round((0.9 - 0.05 * steps) * 255)
            assert upscaling.shown.result.steps == steps
            assert upscaling.shown.raster is made[steps]
    at_rest(parts)
    assert window.page.controls.steps.computed == {1, 2, 3, 4}
    assert len(upscaler.requests) == asked


def test_switching_is_no_more_work_for_a_large_photograph(window_with):
    small, large = (work_of_switching(window_with(size)[0]) for size in (SMALL, LARGE))
    assert large <= 1.2 * small


def work_of_switching(window: MainWindow) -> int:
    """Lines of Python to show one step in place of four, paint included."""
    pane = window.page.viewer.right

    def switch() -> None:
        window.page.controls.steps.setValue(1)
        pane.repaint()

    window.actions_table["zoom_fit"].trigger()
    pane.repaint()
    return lines_run(switch)
