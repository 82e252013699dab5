"""Adds to a pack of training crops what Real-ESRGAN x4plus makes of them: a second target beside the truth, for everyday damage.

    python -m scripts.peer_targets PACK [--minutes 30]

Crops that met the damage of a camera get none, as the bundled model is ahead there; nor do crops with much skin, as
generative upscalers change faces. Continues where it stopped; `python -m benchmarks.peers` fetches the peer's weights once.
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
from mfsr_engine.errors import RequestError

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
) -> None:
    """Upscale damaged crops one after the other until the time is over."""
    add_peers(pack, peers.TorchX4Plus(), minutes, seed)
    typer.echo(f"{len(Pack.open(pack).peers)} crops have a second target.")


def add_peers(folder: Path, program: peers.Peer, minutes: float, seed: int = 5) -> None:
    """Write a peer's results beside the crops of a pack, in an order drawn from `seed`, one version of each crop.

    Raises:
        RequestError: no crop of the pack met everyday damage.
    """
    end_s = time.monotonic() + 60 * minutes
    pack = Pack.open(folder)
    (folder / PEER_FOLDER).mkdir(exist_ok=True)
    for version, crop in _wanted(pack, seed):
        if time.monotonic() > end_s:
            return
        if (version, crop) in pack.peers:
            continue
        result = program.upscale(pack.low[version, crop].astype(np.float32) / 255)
        file = folder / PEER_FOLDER / f"{version}-{crop}.png"
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
