"""Checkpoints: written atomically, the newest few kept, verified when read, loaded without executing code."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import torch

from mfsr_engine.errors import MfsrError, RequestError

_UNREADABLE = (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError, zipfile.BadZipFile)


Chosen = int | Literal["newest", "best"]
"""A checkpoint by its step, or the newest, or the one that validation found best."""
NEWEST: Chosen = "newest"
BEST_FILE = "best.pt"


class CheckpointError(MfsrError):
    """A checkpoint cannot be written, read, or does not fit the run."""


def save_checkpoint(folder: Path, step: int, state: dict[str, Any], keep: int) -> Path:
    """Write `step-N.pt` under a temporary name, then rename it, then drop all but the newest `keep`.

    Raises:
        CheckpointError: no space or no permission; older checkpoints are untouched.
    """
    target = _of_step(folder, step)
    temporary = target.with_suffix(".partial")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.glob("step-*.partial"):
            stale.unlink()
        with temporary.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except (OSError, RuntimeError) as error:
        with suppress(OSError):
            temporary.unlink()
        reason = "the disk is full" if _is_disk_full(error) else str(error).splitlines()[0]
        raise CheckpointError(
            f"Cannot write the checkpoint {target}: {reason}. The last checkpoint is intact; make room and resume."
        ) from error
    _prune(folder, target, keep)
    return target


def checkpoints(folder: Path) -> list[Path]:
    """Finished checkpoints, oldest first."""
    return sorted(folder.glob("step-*.pt"))


def load_latest(folder: Path, *, is_mapped: bool = False) -> dict[str, Any] | None:
    """The newest undamaged checkpoint, or None if there is none at all. Tensors and plain values only (`weights_only`).

    Args:
        folder: of the run.
        is_mapped: leave tensors in the file until they are used, for processes that each need only a part of them.

    Raises:
        CheckpointError: there are checkpoints, but none of them can be read.
    """
    damaged = []
    for path in reversed(checkpoints(folder)):
        try:
            return _read(path, is_mapped)
        except FileNotFoundError:  # dropped by the run that writes here
            continue
        except _UNREADABLE:
            damaged.append(path.name)
    if damaged:
        raise CheckpointError(
            f"No checkpoint in {folder} can be read ({', '.join(damaged)}). Restore one from a copy, or delete them to start anew."
        )
    return None


def keep_as_best(folder: Path, step: int) -> None:
    """Keep the checkpoint of a step, which is there, as the best so far; it stays when newer ones replace it.

    Raises:
        CheckpointError: it cannot be written.
    """
    target = folder / BEST_FILE
    temporary = target.with_suffix(".partial")
    try:
        temporary.unlink(missing_ok=True)
        try:
            temporary.hardlink_to(_of_step(folder, step))
        except OSError:  # not every file system has links
            shutil.copyfile(_of_step(folder, step), temporary)
        temporary.replace(target)
    except OSError as error:
        raise CheckpointError(
            f"Cannot keep the checkpoint of step {step} as the best: {error.strerror or error}. Make room in {folder}."
        ) from error


def load_checkpoint(folder: Path, chosen: Chosen = NEWEST) -> dict[str, Any]:
    """A checkpoint of a run. Tensors and plain values only (`weights_only`).

    Raises:
        RequestError: there is none, or not that one; the message says which there are.
        CheckpointError: it cannot be read.
    """
    if chosen == "newest":
        state = load_latest(folder)
        if state is None:
            raise RequestError(f"{folder} holds no checkpoint yet; train first.")
        return state
    path = folder / BEST_FILE if chosen == "best" else _of_step(folder, chosen)
    if not path.is_file():
        if chosen == "best":
            raise RequestError(
                f"{folder} has no best checkpoint: it is kept where the recipe has photographs for validation "
                "(data.validation_share). Take the newest, or name a step."
            )
        steps = ", ".join(str(int(found.stem.removeprefix("step-"))) for found in checkpoints(folder))
        raise RequestError(f"{folder} has no checkpoint of step {chosen}. There are: {steps or 'none'}.")
    try:
        return _read(path, is_mapped=False)
    except _UNREADABLE as error:
        raise CheckpointError(f"The checkpoint {path} cannot be read. Choose another one.") from error


def _of_step(folder: Path, step: int) -> Path:
    return folder / f"step-{step:08d}.pt"


def _read(path: Path, is_mapped: bool) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:  # torch does not verify the checksums it writes
        if (broken := archive.testzip()) is not None:
            raise zipfile.BadZipFile(broken)
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True, mmap=is_mapped)
    return state


def _prune(folder: Path, newest: Path, keep: int) -> None:
    """Later ones than the one just written could not be read when the run went on: set aside, not counted."""
    for later in (path for path in checkpoints(folder) if path.name > newest.name):
        later.replace(later.with_suffix(".aside"))
    for old in checkpoints(folder)[:-keep]:
        old.unlink(missing_ok=True)


def _is_disk_full(error: BaseException | None) -> bool:
    """Whether this error or one it came from says so; torch hides the cause behind an error of its own."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False
