"""Feeds damaged files to everything that reads what strangers made: pictures, their headers and metadata, model cards, prompts and
recipes. Nothing but this program's own errors may come out.

    python -m benchmarks.fuzz [--minutes 60] [--seed 0] [--folder FOLDER]

The corpus is the table of odd files of the tests and the bundled model's own files; each round changes a few places of one of
them. Files that break something are kept in FOLDER, with the way they were read and what came out in their names' `.txt`. Every
round is given by seed and number, so it can be repeated.
"""

from __future__ import annotations

import random
import resource
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from distill.runs.recipe_file import read_recipe
from mfsr_engine import images
from mfsr_engine.errors import MfsrError
from mfsr_engine.files.paths import bundled_models_dir, resources_dir
from mfsr_engine.images.reading import header_size, small_copy
from mfsr_engine.models.card import CARD_FILE, read_card
from mfsr_engine.models.prompt_files import PROMPTS_FILE, stored_prompts
from tests.fakes import odd_files

MAX_SEED_BYTES = 200_000
"""Larger files of the corpus are left out: most changes would hit pixels only."""
SLOW_S = 10.0
"""Processor time from which a small file counts as a way to use up the machine."""
MEMORY_BYTES = 6 * 2**30
"""Address space of the process; what asks for more is an error."""
_WORDS = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4), b"\xff\xff\xff\x7f", b"\x00\x01", b"\x80")

Way = Callable[[Path], object]

PICTURES: Mapping[str, Way] = MappingProxyType(
    {"header": header_size, "small copy": lambda path: small_copy(path, 64), "read": images.read}
)
CARDS: Mapping[str, Way] = MappingProxyType({"card": lambda path: read_card(path.parent)})
PROMPTS: Mapping[str, Way] = MappingProxyType({"prompts": lambda path: stored_prompts(path.parent)})
RECIPES: Mapping[str, Way] = MappingProxyType({"recipe": read_recipe})


@dataclass(frozen=True)
class Seed:
    """A file of the corpus."""

    name: str
    content: bytes
    ways: Mapping[str, Way]
    """How files of its kind are read, by name."""


@dataclass(frozen=True)
class Find:
    """A file that broke something."""

    name: str
    """Of the file that it was made from."""
    way: str
    content: bytes
    trouble: str
    """A traceback, or how slow it was."""


def corpus(folder: Path) -> list[Seed]:
    """Every odd picture that the tests make (in `folder`), and the program's own cards, prompts and recipes."""
    odd_files.make_all(folder)
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()]
    seeds = [Seed(path.name, path.read_bytes(), PICTURES) for path in files if 0 < path.stat().st_size < MAX_SEED_BYTES]
    for model in sorted(bundled_models_dir().glob(f"*/{CARD_FILE}")):
        seeds.append(Seed(CARD_FILE, model.read_bytes(), CARDS))
        seeds.append(Seed(PROMPTS_FILE, (model.parent / PROMPTS_FILE).read_bytes(), PROMPTS))
    recipes = sorted((resources_dir() / "recipes").glob("*.toml"))
    return seeds + [Seed(path.name, path.read_bytes(), RECIPES) for path in recipes]


def changed(content: bytes, rng: random.Random) -> bytes:
    """The content with 1 to 16 places changed: bytes, words, pieces taken out, doubled or put in; half of them near the front."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(data)) if rng.random() < 0.5 else rng.randrange(min(len(data), 200))
        match rng.randrange(6):
            case 0 | 1:
                data[at] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))
            case 2:
                word = rng.choice(_WORDS)
                data[at : at + len(word)] = word
            case 3:
                del data[at : at + rng.randrange(1, 40)]
            case 4:
                data[at:at] = data[at : at + rng.randrange(1, 400)]
            case 5:
                data[at:at] = rng.randbytes(rng.randrange(1, 20))
        data = data or bytearray(b"x")
    return bytes(data)


def rounds(seeds: list[Seed], folder: Path, first: int, count: int, seed: int) -> list[Find]:
    """Rounds `first` to `first + count - 1` of a seed; files are written into `folder`, which must be empty."""
    finds = []
    for number in range(first, first + count):
        rng = random.Random(f"{seed}-{number}")
        chosen = rng.choice(seeds)
        content = changed(chosen.content, rng)
        path = folder / chosen.name
        path.write_bytes(content)
        for name, way in chosen.ways.items():
            began_s = time.process_time()
            try:
                way(path)
            except MfsrError:
                pass
            except Exception:
                finds.append(Find(chosen.name, name, content, traceback.format_exc()))
            took_s = time.process_time() - began_s
            if took_s > SLOW_S:
                finds.append(Find(chosen.name, name, content, f"{took_s:.1f} s of processor time"))
        path.unlink(missing_ok=True)
    return finds


def main(
    minutes: Annotated[float, typer.Option(help="How long.")] = 60.0,
    seed: Annotated[int, typer.Option(help="Seed of the changes.")] = 0,
    folder: Annotated[Path, typer.Option(help="Where files that break something are kept.")] = Path("runs/fuzz"),
) -> None:
    """Change and read until the time is over; exit code 1 if anything was found."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    folder.mkdir(parents=True, exist_ok=True)
    end_s, done, found = time.monotonic() + 60 * minutes, 0, 0
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as work:
        seeds = corpus(Path(made))
        while time.monotonic() < end_s:
            for find in rounds(seeds, Path(work), done, 100, seed):
                found += 1
                (folder / f"{seed}-{found}-{find.name}").write_bytes(find.content)
                (folder / f"{seed}-{found}-{find.name}.txt").write_text(f"{find.way}\n{find.trouble}", encoding="utf-8")
                print(f"{find.name} {find.way}: {find.trouble.splitlines()[-1]}", flush=True)
            done += 100
            shutil.rmtree(work)
            Path(work).mkdir()
    largest_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{done} files of {len(seeds)} kinds, seed {seed}: {found} found; peak of memory {largest_mib} MiB")
    raise typer.Exit(1 if found else 0)


if __name__ == "__main__":
    typer.run(main)
