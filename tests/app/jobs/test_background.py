"""Short calls in a thread of their own: what becomes of them at the end."""

import threading

import pytest
from PySide6.QtCore import QCoreApplication

from mfsr_app.jobs.background import Background


def test_at_the_end_every_call_that_was_submitted_is_done_and_none_is_answered(qtbot):
    """A file that the user asked for is written even if the window is closed by a signal a moment later."""
    background, gate, done = Background(), threading.Event(), []
    background.submit(gate.wait, lambda _: pytest.fail("answered"), lambda failure: pytest.fail(failure.text))
    background.submit(lambda: done.append("file"), lambda _: pytest.fail("answered"), pytest.fail)
    threading.Timer(0.05, gate.set).start()  # sooner or later: the end waits for it
    background.stop()
    QCoreApplication.processEvents()
    assert done == ["file"]


def test_a_call_is_done_even_if_the_end_comes_before_the_thread_has_begun(qapp):
    for _ in range(20):
        background, done = Background(), []
        background.submit(lambda done=done: done.append("file"), lambda _: pytest.fail("answered"), pytest.fail)
        background.stop()
        assert done == ["file"]
