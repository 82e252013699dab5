"""The table of memory: what is measured, and how it is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from benchmarks import memory, memory_worker
from benchmarks.memory import Row, memory_table, methods, run, tree_bytes, write_input
from benchmarks.memory_worker import BICUBIC, REALESRGAN, VIPS, Usage


def scripted(method, source, target):
    with Image.open(source) as image:
        megapixels = image.width * image.height / 1e6
    if method == REALESRGAN:
        return Usage(0.0, 0.0, 0.0, problem="no Vulkan here")
    return Usage(100.0, 100.0 + megapixels, 10.0, 8.0 if method not in (VIPS, REALESRGAN) else None)


def printed(arguments):
    console = Console(width=160, record=True, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    rows = run(arguments, console, scripted)
    console.file.close()
    return rows, console.export_text()


@pytest.mark.parametrize("megapixels", [0.01, 0.5])
def test_inputs_have_the_size_asked(tmp_path, megapixels):
    write_input(tmp_path / "a.jpg", megapixels)
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.width * image.height == pytest.approx(megapixels * 1e6, rel=0.02)
        assert image.width / image.height == pytest.approx(4 / 3, rel=0.02)


def test_peers_are_measured_where_they_are_installed(monkeypatch):
    monkeypatch.setattr(memory.importlib.util, "find_spec", lambda name: True)
    assert methods(0.05, "m", is_fast=True, peer_megapixels=0.1) == ["m" + BICUBIC, VIPS, REALESRGAN]
    assert methods(12, "m", is_fast=False, peer_megapixels=0.1) == ["m", VIPS]
    monkeypatch.setattr(memory.importlib.util, "find_spec", lambda name: None)
    assert methods(0.05, "m", is_fast=True, peer_megapixels=0.1) == ["m" + BICUBIC]


def test_the_table_says_memory_beyond_the_model_and_what_time_went_into(tmp_path):
    rows, text = printed(["--fast", "--megapixels", "0.02", "--json", str(tmp_path / "all.json")])
    assert rows[0].usage.peak_mib == pytest.approx(100.02, abs=0.01)
    assert "mfsr-small+bicubic" in text
    assert f"{os.cpu_count()} x" in text
    told = json.loads((tmp_path / "all.json").read_text())
    assert told[0]["usage"]["painting_s"] == 8.0
    assert rows[0].usage.writing_s == 2.0


def test_what_failed_is_told_with_its_reason():
    console = Console(width=160)
    failed = Row(0.1, REALESRGAN, Usage(0.0, 0.0, 0.0, problem="no Vulkan here"))
    with console.capture() as capture:
        console.print(memory_table([failed, Row(24, "m", Usage(100, 900, 5, 4))], ".png"))
    assert "no Vulkan here" in capture.get()
    assert "800" in capture.get()
    assert "1024" in capture.get()


def test_memory_of_a_process_and_all_below_it_is_counted():
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE) as process:
        alone = memory.psutil.Process(process.pid).memory_info().rss
        while not memory.psutil.Process(process.pid).children():
            pass
        assert tree_bytes(process.pid) > alone
        process.communicate(b"\n")
    assert tree_bytes(process.pid) == 0


def test_one_picture_from_file_to_file_with_the_network_left_out(tmp_path):
    write_input(tmp_path / "a.jpg", 0.01)
    usage = memory.measure_one("mfsr-small" + BICUBIC, tmp_path / "a.jpg", tmp_path / "b.png")
    assert usage.problem == ""
    assert 0 < usage.painting_s < usage.seconds
    assert usage.peak_mib >= usage.loaded_mib
    assert not (tmp_path / "b.png").exists()


def test_a_contestant_that_cannot_run_says_why(tmp_path):
    usage = memory.measure_one("no-such-model", tmp_path / "a.jpg", tmp_path / "b.png")
    assert "no-such-model" in usage.problem


def test_without_the_network_the_result_is_the_enlarged_input(tmp_path):
    import numpy as np

    from mfsr_engine import images

    write_input(tmp_path / "a.jpg", 0.01)
    work = memory_worker.prepared("mfsr-small" + BICUBIC, tmp_path / "a.jpg", tmp_path / "b.png")
    assert work() > 0
    expected = images.bicubic(images.read(Path(tmp_path, "a.jpg")).pixels, 4).clip(0, 1)
    assert np.abs(images.read(tmp_path / "b.png").pixels - expected).max() < 1.5 / 255
