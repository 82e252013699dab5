"""The overlay of what other seeds make otherwise: which seeds, which part, what it says."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor

from mfsr_app.compare.seed_variance import SEEDS, seeds_from
from mfsr_app.imaging.raster import VARIANCE_FROM, VARIANCE_OVERLAY, VARIANCE_TO, overlay_raster
from mfsr_app.parts import AppFiles
from mfsr_engine.geometry import Size
from mfsr_engine.images import Picture
from tests.fakes.scripted_engine import OpenFor, ScriptedUpscaler


class HalfSure(ScriptedUpscaler):
    """Differs between seeds only in the right half of each result."""

    def upscale(self, request, progress):
        result = super().upscale(replace(request, settings=replace(request.settings, seed=0)), progress)
        self.requests[-1] = request
        pixels = result.pixels.copy()
        pixels[:, pixels.shape[1] // 2 :] += 0.05 * (request.settings.seed % 4)
        return replace(result, pixels=pixels, seed=request.settings.seed)


@pytest.fixture
def upscaler():
    return HalfSure()


@pytest.fixture
def parts(make_parts):
    """Without torch for the other overlay."""

    def measure(_result, source, _factor, _progress):
        return np.full(source.shape[:2], 0.5, np.float32)

    return make_parts(kept=AppFiles(measure=measure))


@pytest.fixture
def opened(window, parts, qtbot):
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: parts.states.upscaling.shown is not None and parts.states.upscaling.shown.is_whole)
    return window


def overlay(parts):
    return parts.states.comparison.overlays.get(parts.states.choices.settings)


def test_the_veil_begins_and_is_full_where_it_says():
    steps = np.array([[0.0, VARIANCE_FROM, (VARIANCE_FROM + VARIANCE_TO) / 2, VARIANCE_TO, 1.0]], np.float32)
    opacity = overlay_raster(steps, VARIANCE_OVERLAY).levels[0][0, :, 3]
    assert list(opacity[:2]) == [0, 0]
    assert 0 < opacity[2] < opacity[3] == opacity[4] < 255


def test_seeds_are_compared_with_the_settings_of_the_run(opened, parts, upscaler, qtbot):
    asked = len(upscaler.requests)
    opened.actions_table["seed_variance"].trigger()
    qtbot.waitUntil(lambda: overlay(parts) is not None)
    requests = upscaler.requests[asked : asked + SEEDS]
    assert [request.settings for request in requests] == [
        replace(parts.states.choices.settings, seed=seed) for seed in (0, 1, 2, 3)
    ]
    assert seeds_from(7) == (7, 8, 9, 10)


def test_the_veil_lies_where_seeds_disagree_and_says_what_that_means(opened, parts, qtbot):
    opened.actions_table["seed_variance"].trigger()
    qtbot.waitUntil(lambda: overlay(parts) is not None)
    shown = parts.states.comparison.shown_right()
    assert shown.legend == "Cyan: 4 seeds disagree here, so this is invented"
    pane = opened.page.viewer.right
    image = pane.grab().toImage()
    left, right = (QColor(image.pixel(image.width() // 2 + dx, image.height() // 2)) for dx in (-60, 60))
    assert abs(left.red() - left.blue()) < 10
    assert right.blue() - right.red() > 80
    opened.actions_table["seed_variance"].trigger()
    assert overlay(parts) is None
    assert not opened.actions_table["seed_variance"].isChecked()


def test_a_failure_takes_the_veil_away_and_is_told_once(opened, parts, upscaler, at_rest, qtbot):
    """It must not be tried again and again: all other computing would wait for it."""
    asked, told = len(upscaler.requests), []
    parts.messages.changed.connect(lambda: told.append(parts.messages.newest))
    upscaler.failures = [MemoryError("no memory") for _ in range(9)]
    opened.actions_table["seed_variance"].trigger()
    qtbot.waitUntil(lambda: not parts.states.seed_variance.is_wanted)
    at_rest(parts)
    assert len(upscaler.requests) == asked + 1
    assert len([message for message in told if message is not None]) == 1
    assert not opened.actions_table["seed_variance"].isChecked()


def test_only_one_veil_at_a_time(opened, parts, qtbot):
    opened.actions_table["seed_variance"].trigger()
    qtbot.waitUntil(lambda: overlay(parts) is not None)
    opened.actions_table["consistency"].trigger()
    assert not parts.states.seed_variance.is_wanted
    qtbot.waitUntil(lambda: overlay(parts) is not None and "Magenta" in overlay(parts).legend)
    opened.actions_table["seed_variance"].trigger()
    assert not parts.states.consistency.is_wanted
    qtbot.waitUntil(lambda: overlay(parts) is not None and "Cyan" in overlay(parts).legend)


def test_of_a_large_picture_the_part_in_view_is_compared_and_it_follows_the_view(parts, upscaler, at_rest, qtbot):
    states = parts.states
    states.upscaling.set_computes_whole(False)
    states.view.set_port(Size(200, 200))
    states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: states.document.current is not None)
    states.view.zoom_to(1.0)
    states.seed_variance.toggle()
    qtbot.waitUntil(lambda: overlay(parts) is not None)
    first = overlay(parts).area
    assert first.intersected(states.view.visible) == states.view.visible
    assert upscaler.requests[0].settings.seed == 0, "the part in view itself comes first"
    assert len(upscaler.requests) == 1 + SEEDS
    states.view.pan(-700, 0)
    qtbot.waitUntil(lambda: overlay(parts) is not None and overlay(parts).area != first)
    assert overlay(parts).area.intersected(states.view.visible) == states.view.visible
    there = [request.settings.seed for request in upscaler.requests if request.region == overlay(parts).area]
    assert there == [0, 0, 1, 2, 3], "there too the part in view itself comes first"
    asked = len(upscaler.requests)
    states.view.zoom_at(1.02)
    at_rest(parts)
    assert len(upscaler.requests) == asked, "a nudge needs nothing new"


def test_other_settings_are_compared_anew_and_what_ran_is_cancelled(opened, parts, upscaler, qtbot):
    upscaler.gate = threading.Event()
    upscaler.cancelled_after_tiles.clear()
    opened.actions_table["seed_variance"].trigger()
    qtbot.waitUntil(lambda: parts.states.seed_variance.is_running)
    qtbot.waitUntil(lambda: bool(upscaler.requests) and upscaler.requests[-1].settings.seed == 0)
    parts.states.choices.set_steps(3)
    assert not parts.states.seed_variance.is_running
    upscaler.gate.set()
    qtbot.waitUntil(lambda: overlay(parts) is not None)
    assert parts.states.choices.settings.steps == 3


def test_the_part_in_view_is_there_before_seeds_are_compared(parts, upscaler, qtbot):
    states = parts.states
    states.upscaling.set_computes_whole(False)
    states.view.set_port(Size(200, 200))
    states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: states.document.current is not None)
    states.view.zoom_to(1.0)
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.activity is None)
    upscaler.gate = OpenFor(upscaler, len(upscaler.requests) + 1)  # the seeds, begun after the part, are held
    states.view.pan(-700, 0)
    states.seed_variance.toggle()
    assert not states.seed_variance.is_running
    qtbot.waitUntil(lambda: states.seed_variance.is_running)
    assert states.upscaling.is_in_view(states.upscaling.shown)
    upscaler.gate.requests += SEEDS
    qtbot.waitUntil(lambda: overlay(parts) is not None)


def test_a_part_that_is_too_large_is_not_tried(parts, files, upscaler, qtbot):
    files.pictures["huge.png"] = Picture(np.zeros((1200, 1200, 3), np.float32))
    upscaler.tile_px = 1200
    states = parts.states
    states.upscaling.set_computes_whole(False)
    states.view.set_port(Size(900, 900))
    states.document.open(Path("huge.png"))
    qtbot.waitUntil(lambda: states.document.current is not None)
    states.seed_variance.toggle()
    assert not states.seed_variance.is_wanted
    assert "Zoom in" in parts.messages.newest.text
