"""Makes pairs to measure on from good pictures: `python -m benchmarks.degraded_pairs PHOTOS OUT` writes OUT/hr and OUT/lr.

Each picture is damaged with a generator of its own, so that adding one does not change the others.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from distill.degrade import PRESETS, degrade, preset
from mfsr_engine import images


def write_pair(photo: Path, folder: Path, degradation: str, seed: int) -> None:
    """Write one picture to `hr`, its sides cut to multiples of 4, and its damaged version to `lr`, both as PNG."""
    pixels = images.read(photo).pixels
    height, width = (side // 4 * 4 for side in pixels.shape[:2])
    good = np.ascontiguousarray(pixels[:height, :width])
    generator = np.random.default_rng([seed, zlib.crc32(photo.stem.encode())])
    for kind, picture in (("hr", good), ("lr", degrade(good, preset(degradation), generator))):
        file = folder / kind / f"{photo.stem}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((picture * 255 + 0.5).astype(np.uint8)).save(file)


def main() -> None:
    """Read the arguments and write all pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path, nargs="+", help="picture files, or one folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--degradation", choices=sorted(PRESETS), default="mixed")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    first = arguments.photos[0]
    photos = sorted(p for p in first.iterdir() if images.is_image_path(p)) if first.is_dir() else arguments.photos
    for photo in photos:
        write_pair(photo, arguments.out, arguments.degradation, arguments.seed)


if __name__ == "__main__":
    main()
