"""A bar that shows a share, or only that something goes on."""

import pytest

from mfsr_app.ui.progress_strip import ShareBar


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
