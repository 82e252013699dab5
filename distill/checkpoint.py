"""Checkpoints: atomic, the newest few kept, read without executing anything."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import torch

from mfsr_engine.errors import MfsrError


class CheckpointError(MfsrError):
    """A checkpoint cannot be written or read."""


def save_checkpoint(folder: Path, step: int, state: dict[str, Any], keep: int) -> Path:
    """Write `step-N.pt` under a temporary name, then rename it, then drop all but the newest `keep`.

    Raises:
        CheckpointError: no space or no permission; older checkpoints are untouched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"step-{step:08d}.pt"
    temporary = target.with_suffix(".partial")
    try:
        with temporary.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except (OSError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        reason = "the disk is full" if getattr(error, "errno", None) == errno.ENOSPC else str(error)
        raise CheckpointError(
            f"Cannot write the checkpoint {target}: {reason}. The last checkpoint is intact; make room and resume."
        ) from error
    for old in checkpoints(folder)[:-keep]:
        old.unlink(missing_ok=True)
    return target


def checkpoints(folder: Path) -> list[Path]:
    """Finished checkpoints, oldest first."""
    return sorted(folder.glob("step-*.pt"))


def load_latest(folder: Path) -> dict[str, Any] | None:
    """The newest readable checkpoint, or None if there is none. Tensors and plain values only (`weights_only`)."""
    for path in reversed(checkpoints(folder)):
        try:
            state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, EOFError, ValueError):
            continue
        return state
    return None
