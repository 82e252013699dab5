"""Closing the window while a file is still to be saved."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from mfsr_app.ui.close_question import CloseAnswer, ask_before_closing
from mfsr_engine.errors import ImageWriteError


class Asked:
    """Answers the question, and does something while it is open."""

    def __init__(self, answer: CloseAnswer, meanwhile=lambda: None) -> None:
        self.answer, self.meanwhile, self.count = answer, meanwhile, 0

    def __call__(self) -> CloseAnswer:
        self.count += 1
        self.meanwhile()
        return self.answer


@pytest.fixture
def saving(window, parts, upscaler, qtbot):
    """A save that waits for its result."""
    upscaler.gate = threading.Event()
    states = parts.states
    with qtbot.waitSignal(states.document.opened):
        states.document.open(Path("small.png"))
    states.saving.save(Path("late.png"))
    assert states.saving.is_busy
    yield states.saving
    window.close_guard.ask = Asked(CloseAnswer.DISCARD)


def test_nothing_is_asked_when_nothing_is_to_be_saved(window):
    window.close_guard.ask = asked = Asked(CloseAnswer.STAY)
    assert window.close()
    assert asked.count == 0


def test_the_window_can_wait_until_the_file_is_written(window, saving, upscaler, files, qtbot):
    window.close_guard.ask = asked = Asked(CloseAnswer.WAIT)
    assert not window.close()
    assert window.isVisible()
    assert files.written == {}
    upscaler.gate.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert "late.png" in files.written
    assert asked.count == 1


def test_it_stays_open_when_the_file_could_not_be_written_and_after_a_later_save(
    window, parts, saving, upscaler, files, at_rest, qtbot
):
    files.failure = ImageWriteError("There is no room on the disk.")
    window.close_guard.ask = Asked(CloseAnswer.WAIT)
    window.close()
    with qtbot.waitSignal(saving.not_saved):
        upscaler.gate.set()
    assert "no room" in parts.messages.newest.text
    files.failure = None
    with qtbot.waitSignal(saving.saved):
        saving.save(Path("again.png"))
    at_rest(parts)
    assert window.isVisible()


def test_the_file_can_be_given_up(window, saving, files):
    window.close_guard.ask = Asked(CloseAnswer.DISCARD)
    assert window.close()
    assert files.written == {}


def test_the_window_can_stay_and_the_file_is_saved(window, parts, saving, upscaler, files, at_rest, qtbot):
    window.close_guard.ask = Asked(CloseAnswer.STAY)
    assert not window.close()
    with qtbot.waitSignal(saving.saved):
        upscaler.gate.set()
    at_rest(parts)
    assert window.isVisible()
    assert "late.png" in files.written


@pytest.mark.parametrize("failure", [None, ImageWriteError("There is no room on the disk.")])
def test_a_save_that_ends_while_the_question_is_open_settles_it(window, saving, upscaler, files, qtbot, failure):
    def end():
        files.failure = failure
        upscaler.gate.set()
        with qtbot.waitSignal(saving.saved if failure is None else saving.not_saved):
            pass

    window.close_guard.ask = Asked(CloseAnswer.WAIT, end)
    assert window.close() is (failure is None)


@pytest.mark.parametrize(
    ("button", "answer"),
    [
        (QMessageBox.StandardButton.Save, CloseAnswer.WAIT),
        (QMessageBox.StandardButton.Discard, CloseAnswer.DISCARD),
        (QMessageBox.StandardButton.Cancel, CloseAnswer.STAY),
        (None, CloseAnswer.STAY),
    ],
)
def test_every_button_of_the_question_says_what_it_does(window, button, answer):
    def click():
        box = QApplication.activeModalWidget()
        box.reject() if button is None else box.button(button).click()

    QTimer.singleShot(0, click)
    assert ask_before_closing(window) is answer
