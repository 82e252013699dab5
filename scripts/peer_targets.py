"""Adds to a pack of training crops what Real-ESRGAN x4plus makes of them: a second target beside the truth, for everyday damage.

    python -m scripts.peer_targets PACK [--minutes 30] [--earlier MODEL]

Crops that met the damage of a camera get none, as the bundled model is ahead there; with `--earlier` they get what an earlier
model makes of them, so that a new one does not forget it. Nor do crops with much skin get one, as generative upscalers change
faces. Continues where it stopped; `python -m benchmarks.peers` fetches the peer's weights once.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import cv2
import numpy as np
import typer
from PIL import Image

from benchmarks import peers
from distill.data.pack import PEER_FOLDER, Pack
from mfsr_engine.api import UpscaleRequest, UpscaleSettings
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SKIN_SHARE = 0.2
"""Share of skin-colored pixels from which a crop may show a person from close by."""
_SKIN_LOW, _SKIN_HIGH = (60, 138, 90), (255, 172, 125)
"""Bounds of skin in OpenCV's Y, Cr, Cb."""


def main(
    pack: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of a finished pack.")],
    minutes: Annotated[float, typer.Option(help="How long to run.")] = 30.0,
    seed: Annotated[int, typer.Option(help="Seed of the order of crops.")] = 5,
    earlier: Annotated[Path | None, typer.Option(help="Folder of an earlier model, for a camera's crops.")] = None,
) -> None:
    """Upscale damaged crops one after the other until the time is over."""
    if earlier is not None:
        add_earlier(pack, EarlierModel(earlier))
    add_peers(pack, peers.TorchX4Plus(), minutes, seed)
    typer.echo(f"{len(Pack.open(pack).peers)} crops have a second target.")


class EarlierModel:
    """One step of a model of this program."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self._engine = Engine(ModelStore((folder.parent,)))
        self._settings = UpscaleSettings(model=folder.name, steps=1, fidelity=0.0)

    def upscale(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `peers.Peer`."""
        return self._engine.upscale(UpscaleRequest(pixels, self._settings), Progress()).pixels


def add_peers(folder: Path, program: peers.Peer, minutes: float, seed: int = 5) -> None:
    """Write a peer's results beside the crops of a pack, in an order drawn from `seed`, one version of each crop.

    Raises:
        RequestError: no crop of the pack met everyday damage.
    """
    end_s = time.monotonic() + 60 * minutes
    pack = Pack.open(folder)
    for version, crop in _wanted(pack, seed):
        if time.monotonic() > end_s:
            return
        _add(folder, version, crop, pack.low[version, crop], program)


def add_earlier(folder: Path, model: peers.Peer, most_versions: int = 2) -> None:
    """Write an earlier model's results beside the crops that met a camera's damage, in up to so many versions of each."""
    pack = Pack.open(folder)
    crops = [] if pack.is_everyday is None else np.flatnonzero(~pack.is_everyday)
    for version in range(min(most_versions, len(pack.low))):
        for crop in crops:
            _add(folder, version, int(crop), pack.low[version, int(crop)], model)


def _add(folder: Path, version: int, crop: int, low: NDArray[np.uint8], program: peers.Peer) -> None:
    """Write one result, unless it is there."""
    file = folder / PEER_FOLDER / f"{version}-{crop}.png"
    if file.is_file():
        return
    file.parent.mkdir(exist_ok=True)
    result = program.upscale(low.astype(np.float32) / 255)
    partial = file.with_suffix(".part")
    Image.fromarray((result * 255 + 0.5).astype(np.uint8)).save(partial, format="png")
    partial.replace(file)


def _wanted(pack: Pack, seed: int) -> Iterator[tuple[int, int]]:
    if pack.is_everyday is None or not pack.is_everyday.any():
        raise RequestError('No crop of this pack met everyday damage. Build it with the preset "everyday".')
    crops = np.flatnonzero(pack.is_everyday)
    np.random.default_rng(seed).shuffle(crops)
    for place, crop in enumerate(crops):
        if not shows_skin(pack.high[crop]):
            yield place % len(pack.low), int(crop)


def shows_skin(pixels: NDArray[np.uint8]) -> bool:
    """Whether a fifth of a picture (H, W, 3) uint8 sRGB has the color of skin."""
    luma_chroma = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2YCrCb)
    return float((cv2.inRange(luma_chroma, _SKIN_LOW, _SKIN_HIGH) > 0).mean()) > SKIN_SHARE


if __name__ == "__main__":
    typer.run(main)
