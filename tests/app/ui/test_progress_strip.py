"""The strip below the pictures: its words have all the room there is, and are shortened in their middle where that is not enough."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel

from mfsr_app.ui.progress_strip import ProgressStrip, ShareBar

LONG = "a photograph with a long name.jpg, 300 × 200 pixels — upscaled in 1.3 s on the processor, 0.74 MP/s"


@pytest.fixture
def strip(qtbot):
    made = ProgressStrip(QAction())
    qtbot.addWidget(made)
    made.show()
    return made


def resized(strip, qtbot, width):
    strip.resize(width, strip.height())
    qtbot.waitUntil(lambda: strip.width() == width)
    return strip.findChild(QLabel)


def test_idle_words_have_the_room_of_the_hidden_bar(strip, qtbot):
    strip.set_idle(LONG)
    line = resized(strip, qtbot, strip.fontMetrics().horizontalAdvance(LONG) + 100)
    qtbot.waitUntil(lambda: line.text() == LONG)
    assert not line.toolTip()


def test_words_that_do_not_fit_lose_their_middle_and_can_be_read_whole(strip, qtbot):
    strip.set_idle(LONG)
    line = resized(strip, qtbot, 300)
    qtbot.waitUntil(lambda: "…" in line.text())
    first, last = line.text().split("…")
    assert first
    assert LONG.startswith(first)
    assert LONG.endswith(last)
    assert line.toolTip() == line.accessibleName() == strip.words == LONG


def test_a_long_name_does_not_widen_the_window(strip):
    strip.set_idle("x")
    narrow = strip.minimumSizeHint().width()
    strip.set_idle(LONG)
    assert strip.minimumSizeHint().width() == narrow


@pytest.fixture
def bar(qtbot):
    made = ShareBar("Progress")
    qtbot.addWidget(made)
    return made


def test_it_shows_a_share(bar):
    bar.set_share(0.25)
    assert bar.value() / bar.maximum() == 0.25
    assert bar.accessibleName() == "Progress"
    assert not bar.isTextVisible()


def test_without_a_share_it_is_busy_and_comes_back(bar):
    bar.set_share(None)
    assert bar.minimum() == bar.maximum() == 0
    bar.set_share(1.0)
    assert bar.value() == bar.maximum() > 0
