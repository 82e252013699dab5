"""An overlay of doubt that cannot be measured: it is told once, taken away whole, and measured anew for who asks again."""

from pathlib import Path

import numpy as np
import pytest

from mfsr_app.parts import AppFiles
from mfsr_engine.errors import RequestError
from mfsr_engine.geometry import Size


class Measure:
    """Fails for as long as it is told to."""

    def __init__(self) -> None:
        self.count, self.fails = 0, True

    def __call__(self, result, source, factor, progress):
        self.count += 1
        if self.fails:
            raise RequestError("There is no memory.")
        return np.full(source.shape[:2], 0.5, np.float32)


@pytest.fixture
def measure():
    return Measure()


@pytest.fixture
def parts(make_parts, measure):
    return make_parts(kept=AppFiles(measure=measure))


@pytest.fixture(params=["whole", "part"])
def states(parts, request, qtbot):
    """A picture whose whole result is there, or only the part in view."""
    states = parts.states
    if request.param == "part":
        states.upscaling.set_computes_whole(False)
        states.view.set_port(Size(200, 200))
    states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: states.document.current is not None)
    if request.param == "part":
        states.view.zoom_to(1.0)

    def is_there():
        shown = states.upscaling.shown
        is_done = states.upscaling.activity is None and shown is not None and states.upscaling.is_in_view(shown)
        return is_done and shown.is_whole is (request.param == "whole")

    qtbot.waitUntil(is_there)
    return states


def test_it_is_told_and_the_veil_is_measured_when_it_is_asked_for_again(parts, states, measure, qtbot):
    states.consistency.toggle()
    qtbot.waitUntil(lambda: not states.consistency.is_wanted)
    assert parts.messages.newest.text == "There is no memory."
    measure.fails = False
    states.consistency.toggle()
    qtbot.waitUntil(lambda: states.choices.settings in states.comparison.overlays)
    assert states.consistency.is_wanted


def test_it_is_not_tried_again_and_again(parts, states, measure, at_rest, qtbot):
    states.consistency.toggle()
    qtbot.waitUntil(lambda: not states.consistency.is_wanted)
    states.view.pan(3, 3)
    states.upscaling.changed.emit(states.upscaling.snapshot())
    at_rest(parts)
    assert measure.count == 1


def test_no_older_veil_is_left_when_another_one_fails(states, measure, qtbot):
    measure.fails = False
    states.consistency.toggle()
    qtbot.waitUntil(lambda: bool(states.comparison.overlays))
    measure.fails = True
    states.choices.set_steps(2)
    qtbot.waitUntil(lambda: not states.consistency.is_wanted)
    assert states.comparison.overlays == {}
