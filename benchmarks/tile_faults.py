"""How well broken tiles are told from good ones: a model's results of real pictures, in windows, beside the same results broken on purpose.

    python -m benchmarks.tile_faults FOLDER... [--model NAME] [--window 64] [--limit 20] [--side 192]

For each measure of `mfsr_engine.upscale.faults` the table has the median, the 99.9th percentile and the largest value of the good
windows and the share of them that its limit refuses; then, for each way of breaking a tile, the share that is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import torch.nn.functional as F
import typer
from torch import Tensor

from mfsr_engine import images
from mfsr_engine.api import BUNDLED_MODEL, UpscaleRequest, UpscaleSettings
from mfsr_engine.errors import ImageReadError
from mfsr_engine.files.formats import is_image_path
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.progress import Progress
from mfsr_engine.upscale import faults
from mfsr_engine.upscale.engine import Engine

WAYS: Mapping[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    "noise, deviation 0.1": lambda r, g: _noise(r, g, 0.1),
    "noise, deviation 0.03": lambda r, g: _noise(r, g, 0.03),
    "mirrored": lambda r, g: r.flip(3),
    "upside down": lambda r, g: r.flip(2),
    "turned": lambda r, g: r.rot90(2, (2, 3)),
    "one channel inverted": lambda r, g: torch.cat([1 - r[:, :1], r[:, 1:]], dim=1),
    "shifted by half": lambda r, g: r.roll(r.shape[3] // 2, dims=3),
}


def main(
    folders: Annotated[
        list[Path], typer.Argument(exists=True, file_okay=False, help="Pictures, sub-folders included.")
    ],
    model: Annotated[str, typer.Option(help="Name of an installed model, or a model folder.")] = BUNDLED_MODEL,
    window: Annotated[int, typer.Option(help="Side of a window in input pixels; they overlap by half.")] = 64,
    limit: Annotated[int, typer.Option(help="Most pictures of a folder.")] = 20,
    side: Annotated[int, typer.Option(help="Pictures are cut to this many input pixels.")] = 192,
    seed: Annotated[int, typer.Option(help="Seed of the faults' noise.")] = 0,
) -> None:
    """Print both tables."""
    engine, generator = Engine(ModelStore.default()), torch.Generator().manual_seed(seed)
    scale = ModelStore.default().find(model).card.image.scale
    good: list[list[float]] = []
    found: dict[str, list[bool]] = {name: [] for name in WAYS}
    refused = 0
    for result, source in _windows(engine, folders, model, window, limit, side, scale):
        good.append(_measures(result, source, scale))
        refused += faults.find_faults(result, source, scale) != [None]
        for name, way in WAYS.items():
            found[name].append(faults.find_faults(way(result, generator), source, scale) != [None])
    print(f"{len(good)} windows of {window} pixels, {model}; refused of the good ones: {refused}\n")
    print("| good windows | median | 99.9 % | largest | limit |\n| --- | --- | --- | --- | --- |")
    limits = (faults.DRIFT_LIMIT, faults.MISMATCH_LIMIT, faults.ROUGHNESS_LIMIT)
    for name, values, bound in zip(("drift", "mismatch", "roughness"), zip(*good, strict=True), limits, strict=True):
        print(f"| {name} | {np.median(values):.3f} | {np.quantile(values, 0.999):.3f} | {max(values):.3f} | {bound} |")
    print("\n| broken | found |\n| --- | --- |")
    for name, hits in found.items():
        print(f"| {name} | {100 * np.mean(hits):.1f} % |")


def _windows(
    engine: Engine, folders: Sequence[Path], model: str, window: int, limit: int, side: int, scale: int
) -> Iterator[tuple[Tensor, Tensor]]:
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if is_image_path(path))[:limit]:
            try:
                pixels = images.read(path).pixels[:side, :side]
            except ImageReadError:
                continue
            made = engine.upscale(UpscaleRequest(pixels, UpscaleSettings(model=model)), Progress()).pixels
            result, source = _tensor(made), _tensor(pixels)
            for y in range(0, source.shape[2] - window + 1, window // 2):
                for x in range(0, source.shape[3] - window + 1, window // 2):
                    cut = source[:, :, y : y + window, x : x + window]
                    large = slice(scale * y, scale * (y + window)), slice(scale * x, scale * (x + window))
                    yield result[:, :, large[0], large[1]], cut


def _measures(result: Tensor, source: Tensor, scale: int) -> list[float]:
    return [
        float(faults.shift(result, source).abs().max()),
        float(faults.mismatch(F.avg_pool2d(result, scale), source)),
        float(faults.roughness(result)),
    ]


def _noise(result: Tensor, generator: torch.Generator, deviation: float) -> Tensor:
    noise = torch.randn(result.shape, generator=generator) * deviation
    return (result.mean(dim=(2, 3), keepdim=True) + noise).clamp(0, 1)


def _tensor(pixels: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None]


if __name__ == "__main__":
    typer.run(main)
