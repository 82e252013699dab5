"""What preparing training pictures takes as their number grows: processor time and the most memory, of the scan and of the pack.

    python -m benchmarks.training_data [--most 10000] [--folder FOLDER]

Makes photographs of its own in FOLDER (kept there for the next time), then scans them and prepares their crops with one thread, each in a
process of its own, for an eighth, a quarter, half and all of them. One photograph in twenty is a copy of another. Not on Windows.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

WORK = ("scan", "pack")
SIDE_PX, CROP_PX = 192, 96
_COPY_EVERY = 20

app = typer.Typer(add_completion=False)


@app.command()
def main(
    most: Annotated[int, typer.Option(min=8, help="Number of photographs.")] = 10_000,
    folder: Annotated[Path, typer.Option(help="Where they lie; made if missing.")] = Path("runs/training-data"),
) -> None:
    """Measure, and print a table in Markdown."""
    typer.echo("| photographs | scan: CPU s | MiB | crops: CPU s | MiB |\n| --- | --- | --- | --- | --- |")
    for count in (most // 8, most // 4, most // 2, most):
        photos = folder / f"{count}"
        make_photos(photos, count)
        with tempfile.TemporaryDirectory() as place:
            found = [_measured(work, photos, Path(place)) for work in WORK]
        cells = [f"{one['cpu_s']:.0f} | {one['memory_mib']:.0f}" for one in found]
        typer.echo(f"| {count} | {' | '.join(cells)} |")


def make_photos(folder: Path, count: int) -> None:
    """JPEG photographs of soft shapes and grain, all different but for the copies; those that exist are kept."""
    for number in range(count):
        path = folder / f"{number // 1000:03d}" / f"{number:06d}.jpg"
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        is_copy = number % _COPY_EVERY == _COPY_EVERY - 1
        pixels = picture(number - 1 if is_copy else number)
        cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, 80 if is_copy else 95])


def picture(seed: int) -> np.ndarray:
    """(192, 192, 3) uint8."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (6, 6, 3)).astype(np.float32)
    grain = random.normal(0, 6, (SIDE_PX, SIDE_PX, 1))
    pixels = cv2.resize(coarse, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC) + grain
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _measured(work: str, photos: Path, place: Path) -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.training_data", work, str(photos), str(place)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _do(work: str, photos: Path, place: Path) -> None:
    from distill.data import PackConfig, build_pack
    from distill.data.scan import scan
    from distill.data.sources import find_photos
    from mfsr_engine.progress import Progress

    began = time.process_time()
    if work == "scan":
        report = scan(photos, CROP_PX, Progress(), kept=place / "scan")
        print(report.summary(), file=sys.stderr)
    else:
        config = PackConfig(CROP_PX, crops_per_photo=1, versions=2, has_soft=False)
        build_pack(find_photos(photos), place / "pack", config, Progress())
    memory_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"cpu_s": time.process_time() - began, "memory_mib": memory_kib / 1024}))


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in WORK:
        _do(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        app()
