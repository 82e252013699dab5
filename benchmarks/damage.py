"""Measures which fidelity suits which damage, and whether removing noise first helps; prints a table of means, row by row as they come.

    python -m benchmarks.damage FOLDER --limit 16

FOLDER holds good pictures. Each is reduced to a quarter, damaged in fixed strengths, and upscaled by the model as it is and
after a light denoising (OpenCV's non-local means, as strong as the noise that was measured). Rows: damage and way; columns: what
`measured_damage` finds, and LPIPS and PSNR-Y against the good picture for each fidelity.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.fidelity import FIDELITIES
from benchmarks.pairs import SCALE
from distill.degrade import stages
from distill.degrade.kinds import VALIDATION_KINDS, reduced
from distill.metrics.fidelity import psnr_y
from distill.metrics.lpips import Lpips
from mfsr_engine.api import BUNDLED_MODEL, UpscaleRequest, UpscaleSettings
from mfsr_engine.files.formats import is_image_path
from mfsr_engine.geometry import Size
from mfsr_engine.images.quantise import to_float, to_uint8
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.engine import Engine
from mfsr_engine.upscale.fidelity import back_projected
from mfsr_engine.upscale.suited_fidelity import Damage, measured_damage

Picture = NDArray[np.float32]
Damaging = Callable[[Picture, Size, np.random.Generator], Picture]
Scores = list[tuple[float, float]]
"""LPIPS and PSNR-Y for each fidelity."""
NOISES = (3, 6, 12, 24)


def _noisy(sigma: float) -> Damaging:
    def damage(picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        return stages.with_gaussian_noise(reduced(picture, size, "bicubic"), sigma / 255, False, generator)

    return damage


KINDS: dict[str, Damaging] = {
    **VALIDATION_KINDS,
    **{f"noise-{sigma}": _noisy(sigma) for sigma in NOISES},
}


def denoised(picture: Picture, sigma: float) -> Picture:
    """Non-local means as strong as the noise."""
    strength = max(1.0, sigma)
    return to_float(cv2.fastNlMeansDenoisingColored(to_uint8(picture), None, strength, strength, 5, 15))


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default=BUNDLED_MODEL)
    parser.add_argument("--limit", type=int, default=16)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    arguments = parser.parse_args()
    engine, lpips = Engine(threads=1), Lpips()
    files = sorted(file for file in arguments.folder.iterdir() if is_image_path(file))[: arguments.limit]
    print("damage, noise, blocks, way:", *(f"fidelity {fidelity:g}" for fidelity in FIDELITIES), sep="  ")
    for name in arguments.kinds:
        for row in _rows(engine, lpips, arguments.model, name, files):
            print(row, flush=True)


def _rows(engine: Engine, lpips: Lpips, model: str, name: str, files: Sequence[Path]) -> Iterator[str]:
    """A row for the pictures as they are, and one for denoised ones."""
    found: list[Damage] = []
    scores: dict[str, list[Scores]] = {"as it is": [], "denoised": []}
    for number, file in enumerate(files):
        truth = to_float(np.asarray(Image.open(file).convert("RGB")))
        height, width = (side // (8 * SCALE) * 8 * SCALE for side in truth.shape[:2])
        truth = truth[:height, :width]
        small = KINDS[name](truth, Size(width // SCALE, height // SCALE), np.random.default_rng(number))
        found.append(measured_damage(small))
        for way, source in {"as it is": small, "denoised": denoised(small, found[-1].noise)}.items():
            scores[way].append(_scores(engine, lpips, model, source, truth))
    noise, blocks = (statistics.fmean(values) for values in zip(*((d.noise, d.blockiness) for d in found), strict=True))
    for way, of_all in scores.items():
        means = " | ".join(f"{a:.3f} {b:.2f}" for a, b in np.mean(of_all, axis=0))
        yield f"{name:18} {noise:5.1f} {blocks:5.1f}  {way:9} {means}"


def _scores(engine: Engine, lpips: Lpips, model: str, source: Picture, truth: Picture) -> Scores:
    """LPIPS and PSNR-Y for each fidelity; the model runs once, as fidelity is what is done to its result."""
    made = _tensor(engine.upscale(UpscaleRequest(source, UpscaleSettings(model)), Progress()).pixels)
    small, good = _tensor(source), _tensor(truth)
    with torch.inference_mode():
        results = [back_projected(made, small, fidelity, SCALE).clamp(0, 1) for fidelity in FIDELITIES]
        return [(lpips(result, good).item(), psnr_y(result, good).item()) for result in results]


def _tensor(pixels: Picture) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None]


if __name__ == "__main__":
    main()
