"""How much tiles show: results in tiles beside the same picture in one piece, when every tile is sampled alone and when all are together.

    python -m benchmarks.seams PICTURE... [--model mfsr-small-teacher] [--steps 20 ...] [--side 96] [--tile 48]

For each way: root mean square of the difference from one piece, times 255, over all of the picture and where tiles overlap.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from mfsr_engine import images
from mfsr_engine.api import UpscaleRequest, UpscaleSettings
from mfsr_engine.geometry import Size
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.card import ModelCard, read_card, write_card
from mfsr_engine.progress import Progress
from mfsr_engine.upscale import tiling
from mfsr_engine.upscale.engine import Engine

WAYS = {"alone": 1, "together": 3}


def main(
    pictures: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Pictures to cut from.")],
    model: Annotated[str, typer.Option(help="Name of an installed model.")] = "mfsr-small-teacher",
    steps: Annotated[list[int], typer.Option(help="Numbers of steps.")] = [1, 20],  # noqa: B006  typer copies it
    side: Annotated[int, typer.Option(help="Side of the cut in input pixels.")] = 96,
    tile: Annotated[int, typer.Option(help="Side of a tile in input pixels.")] = 48,
) -> None:
    """Print a line for each number of steps and each way."""
    print("| steps | tiles | difference, all | where tiles overlap |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "model")
        shutil.copytree(ModelStore.default().find(model).folder, copy)
        card = read_card(copy)
        for count in steps:
            found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
            for path in pictures:
                pixels = _middle(images.read(path).pixels, side)
                whole = _result(copy, card, pixels, count, 2 * side, 1)
                for way, together in WAYS.items():
                    error = (_result(copy, card, pixels, count, tile, together) - whole) ** 2
                    shared = _shared(card, side, tile)
                    found[way].append((float(error.mean()), float(error[shared].mean())))
            for way, errors in found.items():
                everywhere, in_overlaps = 255 * np.sqrt(np.mean(errors, axis=0))
                print(f"| {count} | {way} | {everywhere:.3f} | {in_overlaps:.3f} |", flush=True)


def _result(folder: Path, card: ModelCard, pixels: np.ndarray, steps: int, tile_px: int, together: int) -> np.ndarray:
    sampling = card.sampling.model_copy(update={"joint_tiles": together})
    write_card(card.model_copy(update={"sampling": sampling}), folder)
    settings = UpscaleSettings(model=str(folder), steps=steps, tile_px=tile_px)
    return Engine().upscale(UpscaleRequest(pixels, settings), Progress()).pixels


def _shared(card: ModelCard, side: int, tile: int) -> np.ndarray:
    """(side scale, side scale): where tiles that were sampled alone are blended."""
    image = card.image
    plan = tiling.plan(Size(side, side), tile, min(image.overlap_px, tile // 2), image.size_multiple, image.halo_px)
    largest = np.max([_own(plan.across, index, image.scale) for index in range(len(plan.across.starts))], axis=0)
    is_shared = largest < 1
    return is_shared[:, None] | is_shared[None]


def _own(axis: tiling.Axis, index: int, scale: int) -> np.ndarray:
    line = np.zeros(axis.length * scale)
    begin = axis.starts[index] * scale
    line[begin : begin + axis.tile * scale] = axis.weights(index, scale)
    return line


def _middle(pixels: np.ndarray, side: int) -> np.ndarray:
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    return pixels[top : top + side, left : left + side]


if __name__ == "__main__":
    typer.run(main)
