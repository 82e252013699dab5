"""What the compare page says of sizes, memory and speed."""

from pathlib import Path

import pytest

from mfsr_app.ui.text import pixels, size, two_digits
from mfsr_engine.geometry import TargetSize


@pytest.fixture
def page(window, parts, qtbot):
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(Path("small.png"))
    return window.page


def test_size_and_memory_are_said_before_anything_is_computed(page, parts):
    words = page.controls._target_words
    assert words.text() == "256 × 192 pixels, 49 kilopixels; about 1.1 MB of memory"
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


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1200, "1.2 kilopixels"),
        (49_152, "49 kilopixels"),
        (1_090_560, "1.1 megapixels"),
        (150_205_000, "150 megapixels"),
    ],
)
def test_pixels_are_counted_in_a_unit_that_suits_them(number, words):
    assert pixels(number) == words


@pytest.mark.parametrize(("number", "words"), [(48_000, "48.0 kB"), (560_000, "0.6 MB"), (2.5e9, "2.5 GB")])
def test_bytes_are_never_none_at_all(number, words):
    assert size(number) == words
