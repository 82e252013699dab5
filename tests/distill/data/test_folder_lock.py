"""Runs that share a folder of crops take turns at it; who waits says so and can be stopped, who is killed lets go."""

import subprocess
import sys
import threading

import pytest

from distill.data import folder_lock
from distill.data.folder_lock import turn_at
from mfsr_engine.errors import Cancelled
from mfsr_engine.progress import Progress

HOLDER = """
import sys, threading
from pathlib import Path
from distill.data.folder_lock import turn_at
from mfsr_engine.progress import Progress
with turn_at(Path(sys.argv[1]), Progress()):
    print("held", flush=True)
    threading.Event().wait()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that is at the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "pack")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_who_waits_says_so_and_can_be_stopped(holder, tmp_path, monkeypatch):
    monkeypatch.setattr(folder_lock, "LOOK_EVERY_S", 0.01)
    said = []
    progress = Progress(on_report=lambda report: (said.append(report.stage), progress.cancel()))
    with pytest.raises(Cancelled), turn_at(tmp_path / "pack", progress):
        pytest.fail("two at once")
    assert said == ["Waiting for another run that prepares the same crops"]


def test_a_process_that_is_killed_lets_go(holder, tmp_path, monkeypatch):
    monkeypatch.setattr(folder_lock, "LOOK_EVERY_S", 0.01)
    progress = Progress(on_report=lambda _: holder.kill())
    with turn_at(tmp_path / "pack", progress):
        assert holder.wait() != 0


def test_two_of_one_process_take_turns_too(tmp_path):
    inside, most = [], []

    def work():
        with turn_at(tmp_path / "deep" / "pack", Progress()):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_crops_that_nobody_can_change_need_no_turns(tmp_path):
    (tmp_path / "file").write_text("")
    entered = []
    with turn_at(tmp_path / "file" / "pack", Progress()):
        entered.append(1)
    assert entered
