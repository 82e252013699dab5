"""Closing the window while a file is still to be saved."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from mfsr_app.queue.queue import Phase
from mfsr_app.ui.close_question import CloseAnswer, QueueAnswer, ask_about_queue, ask_before_closing
from mfsr_engine.errors import ImageWriteError
from mfsr_engine.settings.settings import AtClose
from tests.fakes.queue_steps import add


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


class Tray(QObject):
    """An icon in a notification area that no test has."""

    activated = Signal(object)

    def setContextMenu(self, menu):
        self.menu = menu

    def setToolTip(self, words):
        self.words = words

    def show(self):
        self.is_shown = True

    def hide(self):
        self.is_shown = False


@pytest.fixture
def running(window, parts, photos, upscaler, qtbot):
    """The queue at work, until the gate is opened."""
    queue = parts.queueing.parts.queue
    queue.load()
    qtbot.waitUntil(lambda: not queue.adding)
    add(queue, qtbot, photos / "a.png", photos / "b.png")
    upscaler.gate = threading.Event()
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    background = window.close_guard.background
    background.has_tray, background.make_tray = True, lambda: Tray(window)
    yield queue
    window.close_guard.is_settled = True


def test_a_running_queue_goes_on_in_the_background_and_the_window_is_gone_at_its_end(
    window, running, photos, upscaler, qtbot
):
    window.close_guard.ask_about_queue = asked = Asked(QueueAnswer(AtClose.BACKGROUND))
    assert not window.close()
    assert not window.isVisible()
    assert running.phase is Phase.RUNNING
    closed = []
    window.close = lambda: closed.append(True)
    with qtbot.waitSignal(running.ended):
        upscaler.gate.set()
    qtbot.waitUntil(lambda: closed == [True])
    del window.close
    assert asked.count == 1
    assert (photos / "b_4x.png").is_file()


@pytest.fixture
def quits(monkeypatch):
    """How often the program was asked to end."""
    asked = []
    monkeypatch.setattr(QApplication, "quit", lambda: asked.append(True))
    return asked


def test_the_program_ends_with_a_window_that_cannot_be_seen(window, running, upscaler, quits, qtbot):
    window.close_guard.ask_about_queue = Asked(QueueAnswer(AtClose.BACKGROUND))
    assert not window.close()
    assert not quits
    with qtbot.waitSignal(running.ended):
        upscaler.gate.set()
    qtbot.waitUntil(lambda: quits == [True])


def test_a_system_that_shuts_down_closes_a_hidden_window_too(window, running, quits):
    window.close_guard.ask_about_queue = Asked(QueueAnswer(AtClose.BACKGROUND))
    assert not window.close()
    window.leave()
    assert quits == [True]
    assert not window.close_guard.background.is_in_use


def test_a_window_that_was_brought_back_stays_at_the_end(window, running, upscaler, quits, qtbot):
    guard = window.close_guard
    guard.background.has_tray = False
    guard.ask_about_queue = Asked(QueueAnswer(AtClose.BACKGROUND))
    assert not window.close()
    window.showNormal()
    with qtbot.waitSignal(running.ended):
        upscaler.gate.set()
    qtbot.waitUntil(lambda: not guard.background.is_in_use)
    qtbot.wait(50)  # a close would be asked for in the next round of the event loop
    assert window.isVisible()
    assert not quits


def test_the_window_comes_back_and_without_a_notification_area_it_is_minimized(window, running):
    guard = window.close_guard
    guard.ask_about_queue = Asked(QueueAnswer(AtClose.BACKGROUND))
    assert not window.close()
    guard.background.leave()
    assert window.isVisible()
    assert not guard.background.is_in_use
    guard.background.has_tray = False
    assert not window.close()
    assert window.isMinimized()


@pytest.mark.parametrize(("choice", "closes"), [(AtClose.STOP, True), (None, False)])
def test_a_running_queue_stops_or_the_window_stays(window, running, upscaler, choice, closes):
    window.close_guard.ask_about_queue = Asked(QueueAnswer(choice), meanwhile=upscaler.gate.set)
    assert window.close() is closes
    assert window.isVisible() is not closes


def test_logging_out_asks_nothing_about_a_queue(window, parts, running):
    parts.around.settings.change(queue_at_close=AtClose.BACKGROUND)
    window.close_guard.ask_about_queue = asked = Asked(QueueAnswer(None))
    assert window.close_guard.may_log_out
    assert asked.count == 0
    assert window.isVisible()


def test_what_is_set_for_good_is_not_asked_again(window, parts, running):
    window.close_guard.ask_about_queue = asked = Asked(QueueAnswer(AtClose.BACKGROUND, is_for_good=True))
    assert not window.close()
    window.close_guard.background.leave()
    assert parts.around.settings.current.queue_at_close is AtClose.BACKGROUND
    assert not window.close()
    assert asked.count == 1


@pytest.mark.parametrize(
    ("button", "choice"),
    [
        (QMessageBox.StandardButton.Yes, AtClose.BACKGROUND),
        (QMessageBox.StandardButton.Close, AtClose.STOP),
        (QMessageBox.StandardButton.Cancel, None),
    ],
)
def test_the_question_about_the_queue_has_an_answer_for_each_button(window, button, choice):
    def press():
        box = QApplication.activeModalWidget()
        box.checkBox().setChecked(True)
        box.button(button).click()

    QTimer.singleShot(0, press)
    assert ask_about_queue(window) == QueueAnswer(choice, choice is not None)
