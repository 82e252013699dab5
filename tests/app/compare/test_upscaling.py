"""What is computed, when, and what is dropped."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mfsr_app.compare.comparison import Kind, Side
from mfsr_app.compare.result_store import ResultStore, StoredResult
from mfsr_app.compare.upscaling import Part
from mfsr_app.compare.values import Standing
from mfsr_app.desktop.messages import MessageKind
from mfsr_app.imaging.raster import GrowingRaster
from mfsr_app.jobs.failure import Failure
from mfsr_engine.errors import OutOfMemoryError
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images import Picture


def opened(parts, qtbot, name="small.png", port=Size(400, 400)):
    states = parts.states
    states.view.set_port(port)
    with qtbot.waitSignal(states.document.opened):
        states.document.open(Path(name))
    return states


def is_whole(states):
    return states.upscaling.shown is not None and states.upscaling.shown.is_whole


def zoomed(parts, qtbot):
    """The wide picture at 100 % from the moment it is open, a small part in view."""
    view = parts.states.view
    # A moment later the whole, which is in view until then, may have been begun.
    parts.states.document.opened.connect(lambda: view.zoom_to(1.0))
    return opened(parts, qtbot, "wide.png", Size(200, 200))


def test_a_picture_seen_whole_is_computed_whole_at_once(parts, upscaler, qtbot):
    states = opened(parts, qtbot)
    qtbot.waitUntil(lambda: is_whole(states))
    assert [request.region for request in upscaler.requests] == [None]


def test_the_part_in_view_comes_first_then_the_whole(parts, upscaler, qtbot):
    states = zoomed(parts, qtbot)
    qtbot.waitUntil(lambda: is_whole(states))
    first, last = upscaler.requests[0].region, upscaler.requests[-1].region
    assert last is None
    assert first.intersected(Rect(295, 175, 50, 50)) == Rect(295, 175, 50, 50)
    assert first.width * first.height < 0.1 * 640 * 400


def test_tiles_of_the_part_in_view_lie_where_they_belong(parts, upscaler, qtbot):
    parts.states.upscaling.set_computes_whole(False)
    states = zoomed(parts, qtbot)
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1 and states.upscaling.activity is None)
    seen = states.view.visible
    growing = states.upscaling.shown.growing
    assert growing.covers(seen.scaled(4))
    assert not growing.covers(Rect(0, 0, 8, 8))
    assert not states.upscaling.shown.is_whole


def test_without_the_whole_the_next_part_is_computed_when_it_comes_into_view(parts, upscaler, qtbot):
    parts.states.upscaling.set_computes_whole(False)
    states = zoomed(parts, qtbot)
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1 and states.upscaling.activity is None)
    states.view.pan(600, 0)
    qtbot.waitUntil(lambda: len(upscaler.requests) == 2 and states.upscaling.activity is None)
    assert states.upscaling.shown.growing.covers(states.view.visible.scaled(4))


def test_a_change_cancels_what_is_out_of_date_within_one_tile(parts, upscaler, qtbot):
    upscaler.gate = threading.Event()
    states = opened(parts, qtbot)
    qtbot.waitUntil(
        lambda: states.upscaling.shown is not None and states.upscaling.shown.growing.covers(Rect(0, 0, 9, 9))
    )
    states.choices.set_steps(4)
    qtbot.waitUntil(lambda: upscaler.cancelled_after_tiles == [1])
    upscaler.gate.set()
    qtbot.waitUntil(lambda: is_whole(states))
    assert states.upscaling.shown.result.steps == 4
    assert [kept.settings.steps for kept in states.upscaling.results.all() if kept.is_whole] == [4]


def test_what_a_cancelled_job_still_sends_is_dropped(parts, upscaler, qtbot, caught_up):
    upscaler.gate = threading.Event()
    states = opened(parts, qtbot)
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and not states.upscaling.shown.growing.covered.isEmpty())
    states.upscaling.cancel()
    covered = states.upscaling.shown.growing.covered
    upscaler.gate.set()
    caught_up(parts.engine)
    assert states.upscaling.shown.growing.covered == covered
    assert not is_whole(states)


def test_after_a_cancel_nothing_runs_until_asked(parts, upscaler, at_rest, qtbot):
    upscaler.gate = threading.Event()
    states = opened(parts, qtbot)
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    states.upscaling.cancel()
    assert states.upscaling.activity is None
    states.view.zoom_to(2.0)
    qtbot.waitUntil(lambda: not states.upscaling._settle.isActive())
    assert states.upscaling.activity is None
    at_rest(parts)
    assert len(upscaler.requests) == 1
    upscaler.gate.set()
    states.upscaling.compute_whole()
    qtbot.waitUntil(lambda: is_whole(states))


def test_results_differ_by_every_setting_and_are_kept_by_it(parts, qtbot):
    states = opened(parts, qtbot)
    levels = []
    for change in (
        lambda: None,
        lambda: states.choices.set_steps(2),
        lambda: states.choices.set_seed(5),
        lambda: states.choices.set_fidelity(0.5),
    ):
        change()
        qtbot.waitUntil(lambda: is_whole(states))
        levels.append(round(float(states.upscaling.shown.result.pixels[0, 0, 0]), 3))
    assert levels == [0.45, 0.4, 0.35, 0.3]
    assert len([kept for kept in states.upscaling.results.all() if kept.is_whole]) == 4


def test_another_picture_forgets_the_results_of_the_one_before(parts, qtbot):
    states = opened(parts, qtbot)
    qtbot.waitUntil(lambda: is_whole(states))
    opened(parts, qtbot, "wide.png")
    qtbot.waitUntil(lambda: is_whole(states))
    assert len(states.upscaling.results.all()) == 1
    assert states.upscaling.shown.result.pixels.shape == (1600, 2560, 3)


def test_a_failure_is_told_and_a_new_attempt_succeeds(parts, upscaler, qtbot):
    upscaler.failures = [OutOfMemoryError("This picture does not fit into memory. Choose a smaller part.")]
    states = opened(parts, qtbot)
    qtbot.waitUntil(lambda: parts.messages.newest is not None)
    assert parts.messages.newest.kind is MessageKind.ERROR
    assert "does not fit" in parts.messages.newest.text
    assert states.upscaling.activity is None
    states.upscaling.compute_whole()
    qtbot.waitUntil(lambda: is_whole(states))


def test_progress_says_which_part_and_how_far(parts, upscaler, qtbot):
    upscaler.gate = threading.Event()
    states = zoomed(parts, qtbot)
    qtbot.waitUntil(lambda: states.upscaling.activity is not None and states.upscaling.activity.report is not None)
    assert states.upscaling.activity.part is Part.REGION
    upscaler.gate.set()
    qtbot.waitUntil(lambda: is_whole(states) and states.upscaling.activity is None)


def test_results_over_the_bound_go_to_disk_and_are_shown_from_there_at_once(make_parts, qtbot):
    parts = make_parts(ResultStore(bound_bytes=1))
    states = opened(parts, qtbot)
    for steps in (1, 2, 3):
        states.choices.set_steps(steps)
        qtbot.waitUntil(lambda: is_whole(states))
    first = next(kept for kept in states.upscaling.results.all() if kept.settings.steps == 1)
    qtbot.waitUntil(lambda: first.memory_bytes == 0)
    assert isinstance(first.result.pixels, np.memmap)
    states.choices.set_steps(1)
    assert states.upscaling.shown is first
    assert states.comparison.shown_right().above is first.raster
    assert first.raster.images[0].pixelColor(9, 9).red() == 115


def test_a_region_is_not_computed_twice_for_a_nudge_of_the_view(parts, upscaler, at_rest, qtbot):
    parts.states.upscaling.set_computes_whole(False)
    states = zoomed(parts, qtbot)
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1 and states.upscaling.activity is None)
    states.view.zoom_at(1.02)
    at_rest(parts)
    assert len(upscaler.requests) == 1


def test_all_of_a_picture_makes_way_for_a_part_that_comes_into_view(parts, upscaler, qtbot):
    upscaler.gate = threading.Event()
    states = opened(parts, qtbot, "wide.png", Size(200, 200))
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    assert upscaler.requests[0].region is None
    states.view.zoom_to(1.0)
    qtbot.waitUntil(lambda: len(upscaler.requests) == 2)
    assert upscaler.requests[1].region is not None
    upscaler.gate.set()
    qtbot.waitUntil(lambda: is_whole(states))


def test_all_of_a_picture_that_was_asked_for_is_not_interrupted_by_looking_around(parts, upscaler, at_rest, qtbot):
    upscaler.gate = threading.Event()
    states = opened(parts, qtbot, "wide.png", Size(200, 200))
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    states.upscaling.compute_whole()
    states.view.zoom_to(1.0)
    qtbot.waitUntil(lambda: not states.upscaling._settle.isActive())  # by then it has looked what is due
    upscaler.gate.set()
    qtbot.waitUntil(lambda: is_whole(states))
    at_rest(parts)
    assert len(upscaler.requests) == 1


def test_a_picture_whose_result_would_be_too_large_is_told_not_tried(parts, files, upscaler, qtbot):
    files.pictures["long.png"] = Picture(np.zeros((1, 20_000, 3), np.float32))
    states = opened(parts, qtbot, "long.png")
    qtbot.waitUntil(lambda: parts.messages.newest is not None)
    assert "65500" in parts.messages.newest.text
    assert upscaler.requests == []
    assert states.document.current.name == "long.png"


def held_conversions(states, monkeypatch):
    """Conversions of whole results for the screen, as pairs of what is called when done and when failed."""
    held = []
    monkeypatch.setattr(
        states.upscaling.results, "convert", lambda result, on_done, on_failed: held.append((on_done, on_failed))
    )
    return held


def test_a_conversion_that_fails_after_another_picture_was_opened_is_not_told(parts, qtbot, monkeypatch):
    held = held_conversions(parts.states, monkeypatch)
    states = opened(parts, qtbot)
    qtbot.waitUntil(lambda: len(held) == 1)
    opened(parts, qtbot, "wide.png")
    heard = []
    states.upscaling.stopped.connect(lambda: heard.append(1))
    held[0][1](Failure("There is no memory.", ""))
    assert (heard, parts.messages.newest) == ([], None)
    qtbot.waitUntil(lambda: len(held) == 2)


def test_a_conversion_that_fails_for_settings_of_before_does_not_stop_those_of_now(
    parts, upscaler, at_rest, qtbot, monkeypatch
):
    held = held_conversions(parts.states, monkeypatch)
    states = opened(parts, qtbot)
    qtbot.waitUntil(lambda: len(held) == 1)
    states.choices.set_steps(2)
    qtbot.waitUntil(lambda: len(held) == 2)
    heard = []
    states.upscaling.stopped.connect(lambda: heard.append(1))
    held[0][1](Failure("There is no memory.", ""))
    assert heard == []
    assert parts.messages.newest.text == "There is no memory."
    states.upscaling.compute_whole()
    at_rest(parts)
    assert [request.settings.steps for request in upscaler.requests] == [1, 2], "the second is being converted still"
    held[1][1](Failure("There is no memory.", ""))
    assert heard == [1]


def test_a_save_of_a_result_that_would_be_too_large_does_not_wait_for_ever(parts, files, qtbot):
    files.pictures["long.png"] = Picture(np.zeros((1, 20_000, 3), np.float32))
    states = opened(parts, qtbot, "long.png")
    qtbot.waitUntil(lambda: parts.messages.newest is not None)
    states.saving.save(Path("out.png"))
    assert not states.saving.is_busy
    assert "out.png was not saved" in parts.messages.newest.text


def test_two_results_over_the_bound_can_be_compared_without_chasing_each_other(make_parts, at_rest, qtbot):
    parts = make_parts(ResultStore(bound_bytes=1))
    states = opened(parts, qtbot)
    for steps in (1, 2, 3):
        states.choices.set_steps(steps)
        qtbot.waitUntil(lambda: is_whole(states))
    one, two = (Side(Kind.KEPT, replace(states.choices.settings, steps=steps)) for steps in (1, 2))
    states.comparison.set_left(one)
    states.comparison.set_right(two)

    def shown():
        return states.comparison.shown_left().above, states.comparison.shown_right().above

    qtbot.waitUntil(lambda: all(layer is not None for layer in shown()))
    changes = []
    states.comparison.changed.connect(lambda: changes.append(shown()))
    at_rest(parts)
    assert len(changes) <= 2
    assert all(layer is not None for layer in shown())


def test_a_result_of_another_size_is_in_view_by_its_own_pixels(parts, qtbot):
    states = parts.states
    states.upscaling.set_computes_whole(False)
    opened(parts, qtbot)
    size, twice = states.document.current.size, replace(states.choices.settings, passes=2)
    kept = StoredResult(twice, growing=GrowingRaster(size.scaled(16)))
    kept.growing.cover(Rect(0, 0, size.width * 4, size.height * 4))
    states.upscaling.results.put(kept)
    assert not states.upscaling.is_in_view(kept)
    assert states.upscaling.snapshot().results[twice].standing is Standing.PARTLY
    kept.growing.cover(Rect(0, 0, size.width * 16, size.height * 16))
    assert states.upscaling.is_in_view(kept)
    assert twice in states.upscaling.snapshot().in_view


def test_progress_alone_changes_no_pane(parts, upscaler, qtbot):
    states, activities, snapshots, scenes = parts.states, [], [], []
    states.upscaling.progressed.connect(activities.append)
    states.upscaling.changed.connect(snapshots.append)
    states.comparison.changed.connect(scenes.append)
    upscaler.tile_px = 64  # one tile is all of the picture
    opened(parts, qtbot)
    qtbot.waitUntil(lambda: is_whole(states) and states.document.enlarged is not None)
    assert [activity.report is None for activity in activities[:2]] == [True, False], "begun, moved on"
    assert [now.is_running for now in snapshots] == [False, True, True, False], "opened, begun, the tile, all of it"
    assert len(scenes) == 4, "opened, the enlarged original, the tile, all of it"


@pytest.mark.parametrize(
    "change",
    [
        lambda choices: choices.set_model("mfsr-small-teacher"),
        lambda choices: choices.set_steps(3),
        lambda choices: choices.set_fidelity(0.5),
        lambda choices: choices.set_seed(9),
    ],
    ids=["model", "steps", "fidelity", "seed"],
)
def test_on_every_change_the_part_in_view_comes_first_with_the_settings_of_the_run(parts, upscaler, qtbot, change):
    parts.states.choices.set_models(list(upscaler.installed))
    states = zoomed(parts, qtbot)
    qtbot.waitUntil(lambda: is_whole(states))
    asked = len(upscaler.requests)
    upscaler.gate = threading.Event()
    change(states.choices)
    qtbot.waitUntil(lambda: len(upscaler.requests) == asked + 1)
    part = upscaler.requests[asked]
    seen = states.view.visible
    assert part.settings == states.choices.settings
    assert part.region.intersected(seen) == seen
    upscaler.gate.set()
    qtbot.waitUntil(lambda: is_whole(states))
    whole = upscaler.requests[-1]
    assert (whole.region, whole.settings) == (None, part.settings)
    assert whole.pixels is part.pixels


@pytest.mark.parametrize(
    "change",
    [
        lambda choices: choices.set_model("mfsr-small-teacher"),
        lambda choices: choices.set_fidelity(0.5),
        lambda choices: choices.set_seed(9),
    ],
    ids=["model", "fidelity", "seed"],
)
def test_every_change_cancels_what_is_out_of_date_within_one_tile(parts, upscaler, qtbot, change):
    parts.states.choices.set_models(list(upscaler.installed))
    upscaler.gate = threading.Event()
    states = opened(parts, qtbot)
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and not states.upscaling.shown.growing.is_empty)
    change(states.choices)
    qtbot.waitUntil(lambda: upscaler.cancelled_after_tiles == [1])
    upscaler.gate.set()
    qtbot.waitUntil(lambda: is_whole(states))
    assert states.upscaling.shown.settings == states.choices.settings
