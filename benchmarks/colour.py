"""Which colour correction is the better default: what each leaves of known colour faults, and what it costs a faultless picture.

    mfsr distill fetch                                  once: weights of LPIPS
    python -m benchmarks.colour                         RealSR pairs, the faults below, and the bundled student
    python -m benchmarks.colour --limit 10 --json colour.json

The picture to be corrected is the true large one, given a fault whose size is known; the colours come from the small one,
enlarged, as in the engine. So the detail is the same in every row and only colours are judged.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import torch
import torch.nn.functional as F
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import Tensor

from benchmarks import pairs
from benchmarks.quality import DEFAULT_PAIRS
from distill.metrics.lpips import Lpips
from mfsr_engine.api import BUNDLED_MODEL, UpscaleRequest, UpscaleSettings
from mfsr_engine.models.resample import enlarge
from mfsr_engine.progress import Progress
from mfsr_engine.upscale import color
from mfsr_engine.upscale.engine import Engine

Fault = Callable[[Tensor, torch.Generator], Tensor]
"""(1, 3, H, W) 0..1 truth to a picture with a fault in its colours, which may leave the range."""


def no_fault(truth: Tensor, generator: torch.Generator) -> Tensor:
    """What a correction costs where nothing is to be corrected."""
    return truth


def cast(truth: Tensor, generator: torch.Generator) -> Tensor:
    """Each channel up to 6 % steeper or flatter and up to 0.03 brighter or darker, all over the picture."""
    gain, offset = (torch.rand(1, 3, 1, 1, generator=generator) * 2 - 1 for _ in range(2))
    return truth * (1 + 0.06 * gain) + 0.03 * offset


def contrast(truth: Tensor, generator: torch.Generator) -> Tensor:
    """15 % more contrast, as from much guidance."""
    mean = truth.mean(dim=(2, 3), keepdim=True)
    return mean + 1.15 * (truth - mean)


def blotches(truth: Tensor, generator: torch.Generator) -> Tensor:
    """Smooth clouds of colour, 0.04 in standard deviation, about a quarter of the picture wide."""
    clouds = torch.randn(1, 3, 5, 5, generator=generator)
    return truth + 0.04 * F.interpolate(clouds, truth.shape[-2:], mode="bicubic", align_corners=True)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {"no fault": no_fault, "cast": cast, "contrast": contrast, "blotches": blotches}
)
CORRECTIONS: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = MappingProxyType(
    {"none": lambda content, style: content, "adain": color.adain, "wavelet": color.wavelet}
)
Row = tuple[str, str]
"""Fault and correction."""


def corrected(truth: Tensor, enlarged: Tensor, seed: int) -> dict[Row, Tensor]:
    """The truth with each fault, after each correction, (1, 3, H, W) 0..1."""
    found: dict[Row, Tensor] = {}
    for fault, spoil in FAULTS.items():
        spoiled = spoil(truth, torch.Generator().manual_seed(seed))
        for name, correct in CORRECTIONS.items():
            found[fault, name] = correct(spoiled, enlarged).clamp(0, 1)
    return found


def psnr(picture: Tensor, truth: Tensor) -> float:
    """Decibel over all channels; 99 where they are equal."""
    error = float((picture - truth).square().mean())
    return 99.0 if error < 1e-10 else -10 * float(torch.tensor(error).log10())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.colour", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=Path, default=DEFAULT_PAIRS, help="folder with lr/ and hr/")
    parser.add_argument("--limit", type=int, default=None, help="only the first pairs")
    parser.add_argument("--json", type=Path, default=None, help="file for all figures")
    options = parser.parse_args()
    lpips, engine, scores = Lpips(), Engine(), dict[Row, list[tuple[float, float]]]()
    for seed, file in enumerate(track(pairs.find(options.pairs, options.limit))):
        pair = pairs.read(file)
        truth = torch.from_numpy(pair.hr.copy()).permute(2, 0, 1)[None].float() / 255
        small = torch.from_numpy(pair.lr).permute(2, 0, 1)[None]
        enlarged = enlarge(small, pairs.SCALE)
        pictures = corrected(truth, enlarged, seed)
        made = engine.upscale(UpscaleRequest(pair.lr, UpscaleSettings(BUNDLED_MODEL)), Progress()).pixels
        made_picture = torch.from_numpy(made.copy()).permute(2, 0, 1)[None]
        for name, correct in CORRECTIONS.items():
            pictures[f"{BUNDLED_MODEL}, 1 step", name] = correct(made_picture, enlarged).clamp(0, 1)
        with torch.inference_mode():
            for row, picture in pictures.items():
                scores.setdefault(row, []).append((psnr(picture, truth), lpips(picture, truth).item()))
    _report({row: (_mean(values, 0), _mean(values, 1)) for row, values in scores.items()}, options.json)


def _mean(values: list[tuple[float, float]], index: int) -> float:
    return statistics.fmean(value[index] for value in values)


def _report(means: Mapping[Row, tuple[float, float]], path: Path | None) -> None:
    table = Table("picture", "correction", "PSNR, all channels", "LPIPS")
    for (fault, name), (decibel, distance) in means.items():
        table.add_row(fault, name, f"{decibel:.2f}", f"{distance:.4f}")
    Console(width=100).print(table)
    if path is not None:
        rows = [{"picture": f, "correction": c, "psnr": p, "lpips": d} for (f, c), (p, d) in means.items()]
        path.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
