"""Ending without being asked by the user: what a normal close keeps is kept, and nothing is asked that nobody answers."""

import signal
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QInputDialog, QMessageBox

from mfsr_app.compare.workspace import read_workspace
from mfsr_app.parts import AppFiles
from mfsr_app.settings.window_memory import WindowMemory
from mfsr_app.shutdown import SIGNALS, Shutdown
from mfsr_app.ui.close_question import CloseAnswer

NUMBERS = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]


@pytest.fixture
def parts(make_parts, tmp_path):
    return make_parts(kept=AppFiles(memory=WindowMemory(tmp_path / "window.json"), workspace=tmp_path / "workspace"))


@pytest.fixture
def leaving(window):
    made = Shutdown(window)
    yield made
    made.stop()


@pytest.fixture
def photo(window, parts, tmp_path, qtbot):
    """An open photograph."""
    path = tmp_path / "small.png"
    path.write_bytes(b"a photograph")
    with qtbot.waitSignal(parts.states.upscaling.finished):
        window.open_path(path)
    return path


@pytest.fixture
def save_that_waits(window, parts, upscaler, photo, qtbot):
    upscaler.gate = threading.Event()
    parts.states.choices.set_seed(3)
    parts.states.saving.save(Path("late.png"))
    assert parts.states.saving.is_busy
    yield parts.states.saving
    upscaler.gate.set()


class Desktop:
    """What a desktop says and hears when it logs out."""

    def __init__(self, *, may_ask: bool) -> None:
        self._may_ask, self.heard = may_ask, []

    def allowsInteraction(self):
        return self._may_ask

    def release(self):
        self.heard.append("release")

    def cancel(self):
        self.heard.append("cancel")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_closes_the_window_and_keeps_what_was_open(window, leaving, photo, number, tmp_path, qtbot):
    signal.raise_signal(number)
    qtbot.waitUntil(lambda: not window.isVisible())
    workspace = read_workspace(tmp_path / "workspace")
    assert workspace.photo == photo
    assert len(workspace.results) == 1
    assert str(photo) in (tmp_path / "window.json").read_text(encoding="utf-8")


def test_a_signal_is_not_kept_waiting_by_a_question(window, leaving, save_that_waits, qtbot):
    def refuse():
        raise AssertionError("nobody answers")

    window.close_guard.ask = refuse
    signal.raise_signal(signal.SIGTERM)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_a_question_that_is_open_already_is_answered_by_the_signal(window, leaving, save_that_waits, qtbot):
    QTimer.singleShot(50, lambda: signal.raise_signal(signal.SIGTERM))
    window.close()
    assert not [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
    qtbot.waitUntil(lambda: not window.isVisible())


def test_an_open_dialog_goes_too(window, leaving, photo, tmp_path, qtbot):
    QTimer.singleShot(50, lambda: signal.raise_signal(signal.SIGTERM))
    QInputDialog(window).exec()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert read_workspace(tmp_path / "workspace") is not None


def test_after_the_first_signal_a_second_ends_the_program_at_once(window, qtbot):
    before = [signal.getsignal(number) for number in NUMBERS]
    Shutdown(window)
    assert [signal.getsignal(number) for number in NUMBERS] != before
    signal.raise_signal(signal.SIGTERM)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert [signal.getsignal(number) for number in NUMBERS] == before
    assert signal.set_wakeup_fd(-1) == -1


def test_logging_out_keeps_what_is_open_and_leaves_the_window_to_the_desktop(window, leaving, photo, tmp_path):
    leaving.on_log_out(Desktop(may_ask=False))
    assert window.isVisible()
    assert read_workspace(tmp_path / "workspace").photo == photo


@pytest.mark.parametrize(
    ("answer", "heard"), [(CloseAnswer.STAY, ["release", "cancel"]), (CloseAnswer.DISCARD, ["release"])]
)
def test_a_file_still_to_be_saved_may_call_logging_out_off(window, leaving, save_that_waits, tmp_path, answer, heard):
    desktop = Desktop(may_ask=True)
    window.close_guard.ask = lambda: answer
    leaving.on_log_out(desktop)
    assert desktop.heard == heard
    assert (read_workspace(tmp_path / "workspace") is None) is (answer is CloseAnswer.STAY)
    window.close_guard.ask = lambda: CloseAnswer.DISCARD
