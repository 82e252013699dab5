"""What the compare page says of sizes, memory and speed."""

from pathlib import Path

import pytest

from mfsr_app.ui.text import two_digits
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


@pytest.mark.parametrize(
    ("number", "words"), [(0.0123, "0.012"), (0.74, "0.74"), (4.9, "4.9"), (9.96, "10"), (42.4, "42"), (113.2, "113")]
)
def test_a_rate_has_two_digits_and_no_exponent(number, words):
    assert two_digits(number) == words
