"""All numbers of steps for the part in view: computed in turn, kept, marked, shown as a strip."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt

from mfsr_app.compare.result_store import ResultStore
from mfsr_app.compare.sweep import in_order
from mfsr_engine.geometry import Rect, Size
from tests.fakes.scripted_engine import OpenFor


def zoomed(parts, qtbot):
    """The wide picture at 100 %, only its part in view computed."""
    states = parts.states
    states.upscaling.set_computes_whole(False)
    states.view.set_port(Size(200, 200))
    with qtbot.waitSignal(states.document.opened):
        states.document.open(Path("wide.png"))
    states.view.zoom_to(1.0)
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.is_in_view(states.upscaling.shown))
    qtbot.waitUntil(lambda: states.upscaling.activity is None)
    return states


def swept(states, qtbot):
    states.sweep.start()
    qtbot.waitUntil(lambda: not states.sweep.is_running)
    return states.sweep


def test_every_stop_is_computed_for_the_part_in_view_with_the_settings_of_the_run(parts, upscaler, qtbot):
    states = zoomed(parts, qtbot)
    states.choices.set_seed(5)
    qtbot.waitUntil(lambda: len(upscaler.requests) == 2 and states.upscaling.activity is None)
    seen = states.view.visible
    sweep = swept(states, qtbot)
    asked = upscaler.requests[2:]
    assert [request.settings for request in asked] == [
        replace(states.choices.settings, steps=steps) for steps in range(2, 9)
    ], "the stop in use was there already"
    assert {request.region for request in asked} == {asked[0].region}
    assert asked[0].region.intersected(seen) == seen
    assert all(request.pixels is states.document.current.picture.pixels for request in asked)
    assert [stop.steps for stop in sweep.stops] == list(range(1, 9))
    assert [stop.seconds for stop in sweep.stops] == [None] + [0.01] * 7
    levels = [stop.picture.pixelColor(9, 9).red() for stop in sweep.stops]
    assert levels == sorted(levels, reverse=True)
    assert len(set(levels)) == 8


def test_a_swept_stop_is_marked_and_shown_at_once(parts, window, upscaler, at_rest, qtbot):
    parts.states.upscaling.set_computes_whole(False)
    window.open_path(Path("wide.png"))
    states = parts.states
    qtbot.waitUntil(lambda: states.document.current is not None)
    states.view.zoom_to(1.0)
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.activity is None)
    window.actions_table["sweep"].trigger()
    qtbot.waitUntil(lambda: states.sweep.is_open and not states.sweep.is_running)
    assert window.page.controls.steps.computed == frozenset(range(1, 9))
    asked = len(upscaler.requests)
    strip = window.page.sweep.strip
    qtbot.mouseClick(strip.button(6), Qt.MouseButton.LeftButton)
    assert states.choices.settings.steps == 6
    assert strip.button(6).isChecked()
    assert not strip.button(1).isChecked()
    spot = states.view.visible.scaled(4)
    pixel = states.comparison.shown_right().cells.read(Rect(spot.x + 8, spot.y + 8, 1, 1))[0, 0, 0]
    assert pixel == round((0.8 - 0.30) * 255)
    at_rest(parts)
    assert len(upscaler.requests) == asked, "nothing is computed again"
    states.view.pan(1200, 0)
    assert window.page.controls.steps.computed == frozenset(), "another part is in view"


def test_what_is_at_hand_is_not_computed_again_and_looks_the_same(parts, upscaler, qtbot):
    states = zoomed(parts, qtbot)
    before = swept(states, qtbot).stops
    states.sweep.close()
    asked = len(upscaler.requests)
    again = swept(states, qtbot)
    assert len(upscaler.requests) == asked
    assert [stop.picture for stop in again.stops] == [stop.picture for stop in before]
    assert not states.sweep.is_running
    states.view.pan(1200, 0)
    swept(states, qtbot)
    assert len(upscaler.requests) >= asked + 8, "another part is in view"


def test_times_stay_where_the_same_strip_is_asked_for_again(parts, upscaler, qtbot):
    states = zoomed(parts, qtbot)
    swept(states, qtbot)
    assert [stop.seconds for stop in swept(states, qtbot).stops] == [None] + [0.01] * 7
    states.choices.set_seed(3)
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.is_in_view(states.upscaling.shown))
    assert [stop.seconds for stop in swept(states, qtbot).stops] == [None] + [0.01] * 7


def test_a_stop_that_is_there_whole_is_shown_from_what_is_kept(parts, upscaler, qtbot):
    parts.states.document._files.pictures["wide.png"] = half_dark()
    states = zoomed(parts, qtbot)
    states.choices.set_steps(3)
    states.upscaling.compute_whole()
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    asked = len(upscaler.requests)
    picture = swept(states, qtbot).stops[2].picture
    assert [request.settings.steps for request in upscaler.requests[asked:]] == [2, 4, 5, 6, 7, 8]
    left, right = picture.pixelColor(140, 90).red(), picture.pixelColor(160, 90).red()
    assert right - left > 100, "its middle is the middle of the view"
    assert picture.size() == QSize(300, 192)


def test_a_picture_seen_whole_is_swept_whole_and_kept_whole(parts, upscaler, qtbot):
    states = parts.states
    states.view.set_port(Size(400, 400))
    states.document.open(Path("small.png"))
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    swept(states, qtbot)
    qtbot.waitUntil(lambda: len([kept for kept in states.upscaling.results.all() if kept.is_whole]) == 8)
    assert [request.region for request in upscaler.requests] == [None] * 8, "the first was there already"


def test_a_sweep_stops_within_one_tile_and_keeps_what_is_done(parts, upscaler, at_rest, qtbot):
    states = zoomed(parts, qtbot)
    upscaler.cancelled_after_tiles.clear()
    upscaler.tile_px = 16
    upscaler.gate = OpenFor(upscaler, len(upscaler.requests) + 2)
    states.sweep.start()
    qtbot.waitUntil(lambda: states.sweep.done == 3 and len(upscaler.requests) == 4)
    states.sweep.cancel()
    assert not states.sweep.is_running
    qtbot.waitUntil(lambda: len(upscaler.cancelled_after_tiles) == 1)
    assert upscaler.cancelled_after_tiles[0] <= 1
    assert states.sweep.done == 3
    assert states.sweep.is_open
    upscaler.gate = None
    at_rest(parts)
    assert states.sweep.done == 3


def test_other_computing_waits_and_goes_on_afterwards(parts, upscaler, qtbot):
    upscaler.gate = threading.Event()
    states = parts.states
    states.view.set_port(Size(400, 400))
    states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    states.view.zoom_to(4.0)
    states.sweep.start()
    assert states.upscaling.activity is None
    upscaler.gate.set()
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    regions = [request.region for request in upscaler.requests[1:]]
    assert regions.index(None) >= 8


def test_other_settings_end_a_sweep_and_it_says_so(parts, window, upscaler, qtbot):
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: parts.states.upscaling.shown is not None and parts.states.upscaling.shown.is_whole)
    upscaler.gate = threading.Event()
    window.actions_table["sweep"].trigger()
    assert window.page.sweep.isVisible()
    assert window.actions_table["cancel"].isEnabled()
    parts.states.choices.set_steps(2)
    assert parts.states.sweep.is_running, "another step count of the same settings is no reason to stop"
    parts.states.choices.set_seed(3)
    assert not parts.states.sweep.is_running
    assert parts.states.sweep.is_outdated
    assert not any(window.page.sweep.strip.button(steps).isChecked() for steps in range(1, 9))
    window.actions_table["close_sweep"].trigger()
    assert not window.page.sweep.isVisible()


def test_esc_stops_the_sweep_and_not_what_follows_it(parts, window, upscaler, qtbot):
    upscaler.gate = threading.Event()
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: parts.states.upscaling.shown is not None)
    window.actions_table["sweep"].trigger()
    window.actions_table["cancel"].trigger()
    assert not parts.states.sweep.is_running
    upscaler.gate.set()
    qtbot.waitUntil(lambda: parts.states.upscaling.shown.is_whole)


@pytest.mark.parametrize(
    ("count", "first"), [(1, [1]), (8, [1, 2, 3, 4, 5, 6, 7, 8]), (40, [1, 2, 4, 8, 16, 32, 40, 3, 5])]
)
def test_where_there_are_many_stops_those_come_first_that_say_most_and_none_is_left_out(count, first):
    order = in_order(count)
    assert order[: len(first)] == first
    assert sorted(order) == list(range(1, count + 1))


def test_swept_parts_stay_within_the_bound_of_memory(make_parts, upscaler, qtbot):
    parts = make_parts(ResultStore(bound_bytes=400_000))
    states = zoomed(parts, qtbot)
    swept(states, qtbot)
    held = sum(kept.memory_bytes for kept in states.upscaling.results.all())
    assert held < 1_000_000
    assert all(stop.picture is not None for stop in states.sweep.stops)
    assert states.upscaling.shown is not None, "what is shown is never let go"


def test_small_pictures_show_the_middle_at_100_percent(parts, upscaler, qtbot):
    parts.states.document._files.pictures["wide.png"] = half_dark()
    states = zoomed(parts, qtbot)
    sweep = swept(states, qtbot)
    picture = sweep.stops[0].picture
    assert picture.size() == QSize(300, 192)
    left, right = picture.pixelColor(140, 90).red(), picture.pixelColor(160, 90).red()
    assert right - left > 100, "the edge in the middle of the view is in the middle of the small picture"


def half_dark():
    from mfsr_engine.images import Picture

    pixels = np.full((400, 640, 3), 0.9, np.float32)
    pixels[:, :320] = 0.3
    return Picture(pixels)


def test_a_failure_ends_a_sweep_and_is_told(parts, upscaler, qtbot):
    states = zoomed(parts, qtbot)
    upscaler.failures = [MemoryError("no memory")]
    swept(states, qtbot)
    assert states.sweep.done == 1, "only what was there before"
    assert parts.messages.newest is not None
    asked = len(upscaler.requests)
    swept(states, qtbot)
    assert states.sweep.done == 8
    assert [request.settings.steps for request in upscaler.requests[asked:]] == [2, 3, 4, 5, 6, 7, 8]
