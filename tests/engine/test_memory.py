"""Memory stays bounded: a large result costs itself and a little more."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import re, sys
from pathlib import Path
import numpy as np, torch
from mfsr_engine.api import DeviceChoice, DtypeChoice, UpscaleRequest, UpscaleSettings
from mfsr_engine.engine import Engine
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

RESULT_MIB = 4096 * 4096 * 3 * 4 / 2**20
BOUND_MIB = RESULT_MIB + 64


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_a_4096_square_result_takes_its_own_size_and_at_most_64_mib(tiny_model: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tiny_model)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert RESULT_MIB * 0.9 < float(done.stdout) < BOUND_MIB
