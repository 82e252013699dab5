"""Memory stays bounded: of a whole result it is the result and a little more, from file to file it does not grow with the
picture.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mfsr_engine.models.card import ImageTable
from tests.fakes.tiny_model_folder import write_tiny_full_size

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.usefixtures("random_networks"), pytest.mark.long]

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

FILES = """
import re, sys
from pathlib import Path
import torch
from PIL import Image
from mfsr_engine.api import DeviceChoice, DtypeChoice, UpscaleSettings
from mfsr_engine.batch import batch
from mfsr_engine.batch.naming import RunFacts
from mfsr_engine.batch.planning import BatchItem
from mfsr_engine.geometry import Size, TargetSize
from mfsr_engine.images.reading import stated_size
from mfsr_engine.progress import Progress
from mfsr_engine.upscale import tile_runner
from mfsr_engine.upscale.engine import Engine

def peak_mib():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

def repeated(model, recipe, source, *_):  # no network: what is measured is all else
    c = tile_runner.CONTEXT_PX
    return torch.nn.functional.interpolate(source[:, :, c:-c, c:-c], scale_factor=4)

torch.set_num_threads(1)
tile_runner.upscale_tiles = repeated
tile_runner.noise_field = lambda seed, channels, area: torch.zeros(1, 1, 1)
folder, ending, asked = sys.argv[1:]
engine, settings = Engine(), UpscaleSettings(device=DeviceChoice.CPU, dtype=DtypeChoice.FP32)
facts = RunFacts(settings.model, 1, 0, TargetSize(), 4)
for name in ("96x96", asked):
    width, height = map(int, name.split("x"))
    source, target = Path(folder, f"{name}.jpg"), Path(folder, f"{name}-large{ending}")
    stripes = Image.linear_gradient("L").resize((width, height))
    Image.merge("RGB", [stripes, stripes.transpose(Image.Transpose.ROTATE_180), stripes]).save(source)
    del stripes
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_mib()
    outcome = batch.upscale_file(BatchItem(source, target, facts=facts), settings, engine, Progress())
    assert isinstance(outcome, batch.Done), outcome.error
    assert stated_size(target) == outcome.size == Size(4 * width, 4 * height)
    target.unlink()
print(peak_mib() - before)
"""

RESULT_MIB = 4096 * 4096 * 3 * 4 / 2**20
BOUND_MIB = RESULT_MIB + 64

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")


def run(script: str, *words: object) -> str:
    done = subprocess.run([sys.executable, "-c", script, *map(str, words)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@only_linux
def test_a_4096_square_result_takes_its_own_size_and_at_most_64_mib(tiny_model: Path) -> None:
    assert RESULT_MIB * 0.9 < float(run(SCRIPT, tiny_model)) < BOUND_MIB


FILE_BOUND_MIB = 0.5 * RESULT_MIB
"""Of a whole command from file to file: a row of tiles, what packs it, and the source."""


@pytest.mark.slow
@only_linux
def test_from_file_to_file_a_full_size_model_takes_half_a_result_at_most(tmp_path: Path) -> None:
    image = ImageTable(size_multiple=4, min_px=32, tile_px=64, overlap_px=8, color="wavelet")
    model = write_tiny_full_size(tmp_path / "model", image)
    before, peak = (float(word) for word in run(COMMAND, tmp_path, model).splitlines()[-1].split())
    assert peak - before < FILE_BOUND_MIB, (before, peak)


RESULT_OF_3000_BY_4000_MIB = 12_000 * 16_000 * 3 / 2**20
NOISE_MIB = 24
"""By which two runs of the same picture differ, mostly; by more now and then, when the writer lags behind on a busy computer."""
TRIES = 3
"""Such luck is not had so many times in a row; what grows with the picture is there every time."""
SOURCE_BYTES_PER_PX = 14
"""By which memory may grow for each further pixel of a source: what Pillow holds of it, its samples, and the allocator's air. The
result has 192 bytes for each, as floats, and 48 in a file's depth."""


@pytest.mark.slow
@pytest.mark.timeout(900)
@only_linux
@pytest.mark.parametrize(
    ("ending", "width", "rows"),
    [
        (".png", 3000, (750, 4000)),
        (".tif", 3000, (750, 2000)),
        (".jpg", 3000, (750, 2000)),
        (".avif", 750, (600, 1400)),
    ],
)
def test_from_file_to_file_memory_does_not_grow_with_the_picture(
    tmp_path: Path, ending: str, width: int, rows: tuple[int, int]
) -> None:
    seen: list[tuple[float, float]] = []
    bound_mib = SOURCE_BYTES_PER_PX * width * (rows[1] - rows[0]) / 2**20 + NOISE_MIB
    while len(seen) < TRIES and not any(high - low < bound_mib for low, high in seen):
        low, high = (float(run(FILES, tmp_path, ending, f"{width}x{height}")) for height in rows)
        seen.append((low, high))
        if ending == ".png":
            assert high < 0.75 * RESULT_OF_3000_BY_4000_MIB, seen
    assert any(high - low < bound_mib for low, high in seen), seen
