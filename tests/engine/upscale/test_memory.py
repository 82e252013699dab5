"""Memory stays bounded: a large result costs itself and a little more."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mfsr_engine.models.card import ImageTable
from tests.fakes.tiny_model_folder import write_tiny_full_size

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import re, sys
from pathlib import Path
import numpy as np, torch
from mfsr_engine.api import DeviceChoice, DtypeChoice, UpscaleRequest, UpscaleSettings
from mfsr_engine.upscale.engine import Engine
from mfsr_engine.progress import Progress

def peak_mib():  # not getrusage, which counts the parent's peak too
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

torch.set_num_threads(1)
engine, settings = Engine(), UpscaleSettings(model=sys.argv[1], device=DeviceChoice.CPU, dtype=DtypeChoice.FP32)
pixels = np.random.default_rng(0).random((1024, 1024, 3), dtype=np.float32)
engine.upscale(UpscaleRequest(pixels[:96, :96], settings), Progress())
before = peak_mib()
result = engine.upscale(UpscaleRequest(pixels, settings), Progress(on_tile=lambda tile: None))
assert result.pixels.shape == (4096, 4096, 3)
print(peak_mib() - before)
"""

COMMAND = """
import re, sys
from pathlib import Path
import numpy as np, torch
from mfsr_engine import cli, images

def peak_mib():  # not getrusage, which counts the parent's peak too
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

torch.set_num_threads(1)
source, model = sys.argv[1:]

def upscale(name):
    assert cli.main(["upscale", f"{source}/{name}", "--model", model, "--device", "cpu", "--dtype", "fp32"]) == 0

rows, columns = np.mgrid[0:1024, 0:1024].astype(np.float32) / 1024
pixels = np.stack([0.5 + 0.4 * np.sin(20 * (c + 1) * rows * columns) for c in range(3)], axis=2).astype(np.float32)
for name, part in (("small.png", pixels[:96, :96]), ("large.png", pixels)):
    images.write(f"{source}/{name}", part, kept=images.KeptMetadata())
upscale("small.png")
before = peak_mib()
upscale("large.png")
print(before, peak_mib())
"""

RESULT_MIB = 4096 * 4096 * 3 * 4 / 2**20
BOUND_MIB = RESULT_MIB + 64


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_a_4096_square_result_takes_its_own_size_and_at_most_64_mib(tiny_model: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tiny_model)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert RESULT_MIB * 0.9 < float(done.stdout) < BOUND_MIB


FILE_BOUND_MIB = 2.5 * RESULT_MIB
"""Of a whole command from file to file: the result, the same in the file's precision, and what the encoder holds."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_from_file_to_file_a_full_size_model_takes_two_and_a_half_results_at_most(tmp_path: Path) -> None:
    image = ImageTable(size_multiple=4, min_px=32, tile_px=64, overlap_px=8, color="wavelet")
    model = write_tiny_full_size(tmp_path / "model", image)
    words = [sys.executable, "-c", COMMAND, str(tmp_path), str(model)]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    before, peak = (float(word) for word in done.stdout.splitlines()[-1].split())
    assert RESULT_MIB * 0.9 < peak - before < FILE_BOUND_MIB, (before, peak)
