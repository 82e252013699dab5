"""What the compare page says of sizes, memory and speed."""

from pathlib import Path

import pytest

from mfsr_engine.geometry import TargetSize


@pytest.fixture
def page(window, parts, qtbot):
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(Path("small.png"))
    return window.page


def test_size_and_memory_are_said_before_anything_is_computed(page, parts):
    words = page.controls._target_words
    assert words.text() == "256 × 192 pixels, 0.0 megapixels; 0.6 MB while it is computed"
    parts.states.choices.set_size(TargetSize(factor=1.5))
    assert words.text().startswith("96 × 72 pixels")


def test_the_speed_is_said_in_megapixels_per_second(page, parts, qtbot):
    upscaling = parts.states.upscaling
    qtbot.waitUntil(lambda: upscaling.activity is None and upscaling.shown is not None and upscaling.shown.is_whole)
    seconds = upscaling.shown.result.seconds
    assert seconds == 0.01
    assert page.strip.words.endswith("upscaled in 0.0 s on the processor, 4.9 MP/s")
