"""Installs finished model folders into the user's store atomically, verifies them later, removes them. Loads torch only to look into
weights.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic
from mfsr_engine.files.documents import MAX_INDEX_BYTES, read_json
from mfsr_engine.hub.download import digest_like
from mfsr_engine.models.families import check_model_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mfsr_engine.hub.store import InstalledModel
    from mfsr_engine.progress import Progress

CHECKSUMS_FILE = "checksums.json"
"""In an installed model: SHA-256 of each of its files, by path."""
LEFTOVER_S = 86_400.0
"""Age of an unfinished installation that nobody works on any more."""
_SHA256_LIKE = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """What `verify` found."""

    checked_files: int
    """Files whose content was compared."""
    faults: tuple[str, ...]
    """What is wrong, one line each; empty if all is well."""


@contextmanager
def installing(root: Path, name: str, *, overwrite: bool = False) -> Iterator[Path]:
    """A new folder that becomes the model `name` when the block ends well, and vanishes when it does not.

    Args:
        root: folder of the user's models.
        name: of the model, and of its folder.
        overwrite: whether it takes the place of a model of this name; until the block ends well, that is untouched.

    Raises:
        ModelError: there is such a model already, or the store cannot be written to.
    """
    target = root / name

    def check() -> None:
        if target.exists() and not overwrite:
            raise ModelError(f"{name} was installed meanwhile by another program. Nothing was changed.")

    if target.exists() and not overwrite:
        raise ModelError(f"{name} is installed already. `mfsr models remove {name}` removes it.")
    try:
        with atomic.atomic_folder(target, check) as staging:
            _clear_leftovers(root)
            yield staging
    except OSError as error:
        raise ModelError(
            f"{name} cannot be installed in {root}: {error.strerror or error}. Free space or permit writing there, and try again."
        ) from error


def place(source: Path, target: Path) -> None:
    """Let a file appear at a second place: as a hard link where the disk can, else as a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source = source.resolve()
    with suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)


def write_checksums(folder: Path, progress: Progress, known: Mapping[str, str] | None = None) -> None:
    """Write down what every file of a model holds; `known` are SHA-256 values by path that need not be computed again."""
    sums = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        progress.report("Verifying")
        sums[name] = (known or {}).get(name) or digest_like(_SHA256_LIKE, path, progress)
    atomic.write_text(folder / CHECKSUMS_FILE, json.dumps(sums, indent=1, sort_keys=True) + "\n")


def update_checksum(folder: Path, names: tuple[str, ...], progress: Progress) -> None:
    """Write down the new content of files that the program itself has changed."""
    try:
        sums = _read_checksums(folder)
    except ModelError:
        return
    if sums is not None:
        sums |= {name: digest_like(_SHA256_LIKE, folder / name, progress) for name in names}
        atomic.write_text(folder / CHECKSUMS_FILE, json.dumps(sums, indent=1, sort_keys=True) + "\n")


def verify(model: InstalledModel, progress: Progress) -> Verdict:
    """Compare a model's files with what was written down when it was installed, and its weights with its configuration.

    Raises:
        Cancelled: asked to stop.
    """
    folder, faults = model.folder, []
    sums: dict[str, str] = {}
    try:
        sums = _read_checksums(folder) or {}
    except ModelError as error:
        faults.append(str(error))
    total = sum((folder / name).stat().st_size for name in sums if (folder / name).is_file())
    done = 0
    for name, digest in sums.items():
        progress.report("Verifying", done, total)
        path = folder / name
        if not path.is_file():
            faults.append(f"{name} is missing.")
            continue
        if digest_like(digest, path, progress) != digest:
            faults.append(f"{name} has changed since it was installed.")
        done += path.stat().st_size
    try:
        check_model_folder(folder)
    except ModelError as error:
        faults.append(str(error))
    return Verdict(len(sums), tuple(faults))


def remove(model: InstalledModel, root: Path) -> None:
    """Delete an installed model of the user's store.

    Raises:
        ModelError: it lies elsewhere, for example among those that came with the program, or cannot be deleted.
    """
    folder = model.folder
    if folder.resolve().parent != root.resolve():
        raise ModelError(f"{model.card.name} lies in {folder}, not among your own models. It was left alone.")
    doomed = atomic.hidden(folder, atomic.DOOMED)
    try:
        folder.rename(doomed)
        shutil.rmtree(doomed)
    except OSError as error:
        raise ModelError(f"{folder} cannot be deleted: {error}. Close what uses it and try again.") from error


def _clear_leftovers(root: Path) -> None:
    """Delete what programs that were killed left behind; what is younger may still be at work."""
    for kind in (atomic.UNFINISHED, atomic.DOOMED):
        for path in root.glob(f"{kind}*"):
            if time.time() - path.stat().st_mtime > LEFTOVER_S:
                shutil.rmtree(path, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS_FILE)


def _read_checksums(folder: Path) -> dict[str, str] | None:
    path = folder / CHECKSUMS_FILE
    if not path.is_file():
        return None
    try:
        sums = read_json(path, MAX_INDEX_BYTES)
        is_sound = all(isinstance(value, str) and _stays_inside(name) for name, value in sums.items())
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"{path} is damaged: {error}.") from error
    if not is_sound:
        raise ModelError(f"{path} is damaged.")
    return dict(sums)


def _stays_inside(name: str) -> bool:
    pure = PurePosixPath(name)
    return not pure.is_absolute() and ".." not in pure.parts
