"""A command that is asked to end leaves nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from mfsr_engine import images
from mfsr_engine.cli.signals import Ended, heeded

ROOT = Path(__file__).parents[3]
SCRIPT = """
import sys, time
from dataclasses import replace
from mfsr_engine.cli import upscale as cli
from tests.fakes.scripted_engine import ScriptedUpscaler

def slow(pieces):
    print("writing", flush=True)
    time.sleep(600)
    yield from pieces

class Slow(ScriptedUpscaler):
    def stream(self, request, progress):
        stream = super().stream(request, progress)
        return replace(stream, pieces=slow(stream.pieces))

cli._engine = lambda *_: Slow()
sys.exit(cli.main(["upscale", *sys.argv[1:]]))
"""
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals between processes")


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_whatever_ends_a_run_leaves_no_file(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    folder = tmp_path / "photos"
    images.write(folder / "a.png", np.full((4, 6, 3), 0.5, np.float32), kept=images.KeptMetadata())
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MFSR_HOME": str(tmp_path / "home")},
        preexec_fn=lambda: signal.signal(
            number, signal.SIG_DFL
        ),  # these tests may run where it is ignored, as by nohup
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "writing\n"
            assert len(list((tmp_path / "photos_4x").glob(".*.part"))) == 1
            process.send_signal(number)
            _, told = process.communicate()
        finally:
            process.kill()
    assert process.returncode == 128 + number
    assert "Stopped. Nothing was written." in told
    assert "Traceback" not in told
    left = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_relative_to(tmp_path / "home")]
    assert left == [folder / "a.png"]


def kill(number: int) -> None:
    signal.raise_signal(number)


def kill_twice(number: int) -> None:
    with heeded():
        try:
            kill(number)
        finally:
            kill(number)  # does not cut short what is cleaned up


def ends(number: int) -> int:
    with pytest.raises(Ended) as caught:
        kill_twice(number)
    return caught.value.number


@posix
def test_the_first_signal_counts_and_afterwards_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert ends(signal.SIGTERM) == signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is before


@posix
def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heeded():
            kill(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_off_the_main_thread_nothing_is_heeded() -> None:
    done = []

    def work() -> None:
        with heeded():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
