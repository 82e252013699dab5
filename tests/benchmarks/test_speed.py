"""The speed benchmark: what is measured by default, the ratios, and failures that do not stop it."""

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from benchmarks import speed, speed_worker, startup
from benchmarks.speed import LARGE, SMALL, Case
from benchmarks.speed_worker import Timing

START = startup.Startup(0.25, 0.75, None, 0.5)


def timing(case, repeat):
    seconds = {"mfsr-small@1": 0.5, "x4plus-ncnn": 5.0, "x4plus-torch": 1.0}[case.method]
    return Timing(case.method, *case.size, 2.0, [seconds * 2, seconds][:repeat], 1000 * seconds)


@pytest.fixture
def console():
    return Console(record=True, width=160)


def answer(monkeypatch, **facts):
    """Every process answers this."""
    calls = []

    def run(command, **settings):
        calls.append((command, settings))
        return SimpleNamespace(**({"returncode": 0, "stdout": "", "stderr": ""} | facts))

    monkeypatch.setattr(subprocess, "run", run)
    return calls


def test_by_default_the_peers_run_on_the_small_picture_only():
    assert speed.cases(["m@1"], is_full=False) == [
        Case("m@1", SMALL),
        Case("x4plus-ncnn", SMALL),
        Case("x4plus-torch", SMALL),
        Case("m@1", LARGE),
    ]


def test_a_full_run_has_the_peers_on_the_large_picture():
    assert {case.method for case in speed.cases(["m@1"], is_full=True) if case.size == LARGE} == {
        "m@1",
        "x4plus-ncnn",
        "x4plus-torch",
    }


def test_ratios_are_to_the_first_of_the_same_size(console):
    speed.run([], console, timing, lambda repeat: START)
    lines = [line.split() for line in console.export_text().splitlines() if "x4plus-ncnn" in line]
    cells = [cell for cell in lines[0] if cell not in "│┃"]
    assert cells == ["128x128", "x4plus-ncnn", "2.00", "10.000", "5.000", "10.0", "5000", "10.0"]


def test_the_processor_is_told_by_what_decides_about_speed():
    assert speed.processor_features("flags : fpu avx2 amx_bf16 avx512f sse2") == "avx2 avx512f amx_bf16"
    assert speed.processor_features("") == ""


def test_a_command_is_timed_from_start_to_end_unless_it_fails(monkeypatch):
    calls = answer(monkeypatch, stdout="mfsr 1\n")
    assert startup.command_s("--version") >= 0
    assert calls[0][0][-1] == "--version"
    answer(monkeypatch, returncode=1)
    assert startup.command_s("--version") is None


def test_what_could_not_be_measured_is_said(console):
    speed.run([], console, timing, lambda repeat: START)
    text = console.export_text()
    assert "0.750" in text
    assert "not measured" in text


def test_json_holds_every_run(console, tmp_path):
    speed.run(["--json", str(tmp_path / "out.json"), "--repeat", "2"], console, timing, lambda repeat: START)
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["startup"] == {
        "import_s": 0.25,
        "window_shown_s": 0.75,
        "first_sharp_s": None,
        "version_s": 0.5,
        "upscale_s": None,
    }
    assert written["timings"][0]["seconds"] == [1.0, 0.5]
    assert written["timings"][0]["best_s"] == 0.5


def test_a_contestant_that_fails_is_left_out(console, capsys, monkeypatch):
    answer(monkeypatch, returncode=1, stderr="Traceback\nModelError: no such model")
    assert speed.run(["--no-startup"], console) == []
    assert "no such model" in capsys.readouterr().err


def test_a_worker_prints_its_timing_as_json(monkeypatch, capsys):
    monkeypatch.setattr(speed_worker, "load", lambda name: lambda pixels: np.zeros((32, 48, 3), np.float32))
    monkeypatch.setattr(sys, "argv", ["speed_worker", "any", "12", "8", "--repeat", "4"])
    speed_worker.main()
    found = Timing(**json.loads(capsys.readouterr().out))
    assert (found.method, found.width, found.height, len(found.seconds)) == ("any", 12, 8, 4)
    assert found.peak_mib > 10


def test_a_slow_contestant_is_run_once(monkeypatch):
    monkeypatch.setattr(speed_worker, "load", lambda name: lambda pixels: np.zeros((32, 32, 3), np.float32))
    assert len(speed_worker.measure("any", 8, 8, repeat=5, budget_s=0).seconds) == 1


def test_the_picture_is_the_same_every_time():
    first = speed_worker.picture(20, 10)
    assert (first.shape, first.dtype) == ((10, 20, 3), np.float32)
    np.testing.assert_array_equal(first, speed_worker.picture(20, 10))


def test_the_start_is_the_best_of_several(monkeypatch):
    windows = ['{"window_shown_s": 0.9}', '{"window_shown_s": 0.8}']
    opened = ['{"window_shown_s": 0.7, "first_sharp_s": 3}', '{"window_shown_s": 0.7, "first_sharp_s": 4}']
    lines = iter(["0.4", "0.3", *windows, *opened, *["mfsr 1", "mfsr 1"], *["a.png", "b.png"]])
    monkeypatch.setattr(
        subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0, stdout=f"noise\n{next(lines)}\n", stderr="")
    )
    found = startup.measure(2)
    assert (found.import_s, found.window_shown_s, found.first_sharp_s) == (0.3, 0.8, 3.0)
    assert found.version_s is not None
    assert found.upscale_s is not None
    assert next(lines, None) is None


def test_a_program_that_does_not_start_is_no_number(monkeypatch, capsys):
    answer(monkeypatch, returncode=2, stderr="unrecognised option")
    assert startup.measure(1) == startup.Startup(None, None, None)
    assert "unrecognised option" in capsys.readouterr().err


def test_without_a_display_the_window_is_offscreen(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert startup.environment({"HOME": "h"}) == {"HOME": "h", "QT_QPA_PLATFORM": "offscreen"}
    assert startup.environment({"DISPLAY": ":0"}) == {"DISPLAY": ":0"}
    assert startup.environment({"QT_QPA_PLATFORM": "minimal"}) == {"QT_QPA_PLATFORM": "minimal"}


def test_the_measuring_process_loads_no_torch():
    code = "import sys, benchmarks.speed; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
