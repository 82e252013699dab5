"""Makes pairs to measure on from good pictures: `python -m benchmarks.degraded_pairs PHOTOS OUT` writes OUT/hr and OUT/lr.

With `--kinds`, OUT has a folder for each kind of everyday damage in a fixed strength, for `benchmarks.quality --kinds OUT`: reduced,
from the web, old, compressed, scanned and so on, black and white, words, and a camera's own. Each picture is damaged with a
generator of its own, so that adding one does not change the others.
"""

from __future__ import annotations

import argparse
import tempfile
import zlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from distill.degrade import PRESETS, degrade, preset, stages
from distill.degrade.kinds import VALIDATION_KINDS, Web
from mfsr_engine import images
from mfsr_engine.geometry import Size
from scripts.draw_text_pictures import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from distill.degrade import DegradationConfig

    Picture = NDArray[np.float32]
    Damage = Callable[[Picture, np.random.Generator], Picture]

FACTOR = 4
DEFAULT_PER_KIND = 8


def write_pair(
    photo: Path, folder: Path, damage: Damage, seed: int, prepare: Callable[[Picture], Picture] | None = None
) -> None:
    """Write one picture to `hr`, its sides cut to multiples of 4, and its damaged version to `lr`, both as PNG."""
    pixels = images.read(photo).pixels
    height, width = (side // FACTOR * FACTOR for side in pixels.shape[:2])
    good = np.ascontiguousarray(pixels[:height, :width])
    good = good if prepare is None else prepare(good)
    generator = np.random.default_rng([seed, zlib.crc32(photo.stem.encode())])
    for kind, picture in (("hr", good), ("lr", damage(good, generator))):
        file = folder / kind / f"{photo.stem}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((picture * 255 + 0.5).astype(np.uint8)).save(file)


def write_kinds(photos: Sequence[Path], out: Path, per_kind: int, seed: int) -> None:
    """Write `per_kind` pairs of every kind to OUT/KIND; neighbouring kinds take different photographs as long as there are enough."""
    for number, (name, kind) in enumerate(VALIDATION_KINDS.items()):
        for photo in _taken(photos, number, per_kind):
            write_pair(photo, out / name, partial(_of_kind, kind), seed)
    web = VALIDATION_KINDS["web"]
    for photo in _taken(photos, len(VALIDATION_KINDS), per_kind):
        write_pair(photo, out / "black-and-white", partial(_gray, web), seed, stages.gray)
    camera = replace(preset("camera"), camera=replace(preset("camera").camera, noisy_probability=0.0))
    for photo in _taken(photos, len(VALIDATION_KINDS) + 1, per_kind):
        write_pair(photo, out / "camera", partial(_of_model, camera), seed, _enlarged)
    with tempfile.TemporaryDirectory() as folder:
        paper_only = Path(folder) / "no-photographs"
        paper_only.mkdir()
        draw(Path(folder) / "text", paper_only, per_kind, seed + 1)
        for page in sorted((Path(folder) / "text").glob("*.png")):
            write_pair(
                page, out / "text", partial(_of_kind, Web(("lanczos",), (0.3, 0.3), (0.8, 0.8), (85, 85), 0.0)), seed
            )


def _taken(photos: Sequence[Path], number: int, count: int) -> list[Path]:
    return [photos[(number * count + place) % len(photos)] for place in range(min(count, len(photos)))]


def _of_kind(
    kind: Callable[[Picture, Size, np.random.Generator], Picture], good: Picture, generator: np.random.Generator
) -> Picture:
    return stages.rounded(kind(good, Size(good.shape[1] // FACTOR, good.shape[0] // FACTOR), generator))


def _of_model(config: DegradationConfig, good: Picture, generator: np.random.Generator) -> Picture:
    return degrade(good, config, generator, FACTOR)


def _gray(
    kind: Callable[[Picture, Size, np.random.Generator], Picture], good: Picture, generator: np.random.Generator
) -> Picture:
    return stages.rounded(stages.gray(_of_kind(kind, good, generator)))


def _enlarged(picture: Picture) -> Picture:
    """The middle of a picture at twice its size, as soft as a camera's own at 100 %."""
    height, width = picture.shape[:2]
    middle = picture[height // 4 : height // 4 + height // 2, width // 4 : width // 4 + width // 2]
    return np.clip(stages.resized(middle, Size(width, height), "bicubic"), 0, 1)


def main() -> None:
    """Read the arguments and write all pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path, nargs="+", help="picture files, or one folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--degradation", choices=sorted(PRESETS), default="mixed")
    parser.add_argument("--kinds", action="store_true", help="a folder for each kind of everyday damage")
    parser.add_argument(
        "--per-kind", type=int, default=DEFAULT_PER_KIND, help="pictures of each kind (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    first = arguments.photos[0]
    photos = sorted(p for p in first.iterdir() if images.is_image_path(p)) if first.is_dir() else arguments.photos
    if arguments.kinds:
        write_kinds(photos, arguments.out, arguments.per_kind, arguments.seed)
        return
    for photo in photos:
        write_pair(photo, arguments.out, partial(_of_model, preset(arguments.degradation)), arguments.seed)


if __name__ == "__main__":
    main()
