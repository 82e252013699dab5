"""How well broken tiles are told from good ones: a model's results of real pictures, in windows, beside the same results broken on purpose.

    python -m benchmarks.tile_faults FOLDER... [--model NAME] [--window 64] [--limit 20] [--side 192]
    python -m benchmarks.tile_faults FOLDER... --good-only --window 32 --step 8         many good windows in little time

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
    window: Annotated[int, typer.Option(help="Side of a window in input pixels.")] = 64,
    step: Annotated[int | None, typer.Option(help="From a window to the next; half a window if not given.")] = None,
    limit: Annotated[int, typer.Option(help="Most pictures of a folder.")] = 20,
    side: Annotated[int, typer.Option(help="Pictures are cut to this many input pixels.")] = 192,
    seed: Annotated[int, typer.Option(help="Seed of the faults' noise.")] = 0,
    good_only: Annotated[bool, typer.Option("--good-only", help="Break no tiles.")] = False,
) -> None:
    """Print both tables."""
    engine, generator = Engine(ModelStore.default()), torch.Generator().manual_seed(seed)
    scale = ModelStore.default().find(model).card.image.scale
    good: list[Tensor] = []
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    refused = count = pictures = 0
    for results, sources in _windows(engine, folders, model, (window, step or window // 2), limit, side, scale):
        good.append(_measures(results, sources, scale))
        refused += _refused(results, sources, scale)
        count, pictures = count + len(results), pictures + 1
        if pictures % 20 == 0:
            print(f"{count} windows of {pictures} pictures so far, refused: {refused}", flush=True)
        for name, way in {} if good_only else WAYS.items():
            found[name].append(_refused(way(results, generator), sources, scale))
    print(f"{count} windows of {window} pixels of {pictures} pictures, {model}; refused of the good ones: {refused}\n")
    print("| good windows | median | 99.9 % | largest | limit |\n| --- | --- | --- | --- | --- |")
    limits = (faults.DRIFT_LIMIT, faults.MISMATCH_LIMIT, faults.ROUGHNESS_LIMIT)
    for name, values, bound in zip(("drift", "mismatch", "roughness"), torch.cat(good).T.numpy(), limits, strict=True):
        print(f"| {name} | {np.median(values):.3f} | {np.quantile(values, 0.999):.3f} | {max(values):.3f} | {bound} |")
    if good_only:
        return
    print("\n| broken | found |\n| --- | --- |")
    for name, hits in found.items():
        print(f"| {name} | {100 * sum(hits) / count:.1f} % |")


def _windows(
    engine: Engine,
    folders: Sequence[Path],
    model: str,
    window_and_step: tuple[int, int],
    limit: int,
    side: int,
    scale: int,
) -> Iterator[tuple[Tensor, Tensor]]:
    """All windows of a picture at once: results (B, 3, window scale, window scale) and what they were made from."""
    window, step = window_and_step
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if is_image_path(path))[:limit]:
            try:
                pixels = images.read(path).pixels[:side, :side]
            except ImageReadError:
                continue
            made = engine.upscale(UpscaleRequest(pixels, UpscaleSettings(model=model)), Progress()).pixels
            result, source = _tensor(made), _tensor(pixels)
            places = [
                (slice(y, y + window), slice(x, x + window))
                for y in range(0, source.shape[2] - window + 1, step)
                for x in range(0, source.shape[3] - window + 1, step)
            ]
            if places:
                larger = [[slice(scale * part.start, scale * part.stop) for part in place] for place in places]
                yield (
                    torch.cat([result[:, :, rows, columns] for rows, columns in larger]),
                    torch.cat([source[:, :, rows, columns] for rows, columns in places]),
                )


def _refused(results: Tensor, sources: Tensor, scale: int) -> int:
    return sum(fault is not None for fault in faults.find_faults(results, sources, scale))


def _measures(results: Tensor, sources: Tensor, scale: int) -> Tensor:
    """(B, 3) drift, mismatch and roughness of windows."""
    drift = faults.shift(results, sources).abs().amax(dim=1)
    return torch.stack(
        [drift, faults.mismatch(F.avg_pool2d(results, scale), sources), faults.roughness(results)], dim=1
    )


def _noise(result: Tensor, generator: torch.Generator, deviation: float) -> Tensor:
    noise = torch.randn(result.shape, generator=generator) * deviation
    return (result.mean(dim=(2, 3), keepdim=True) + noise).clamp(0, 1)


def _tensor(pixels: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None]


if __name__ == "__main__":
    typer.run(main)
