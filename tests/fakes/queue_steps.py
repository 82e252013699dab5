"""What tests of the queue do with it again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mfsr_app.queue.queue import Phase

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mfsr_app.queue.queue import QueueState


def put(path: Path, width: int = 64, height: int = 48) -> Path:
    """Write a picture."""
    from mfsr_engine import images  # the shared ground of the window's tests loads no codecs

    path.parent.mkdir(parents=True, exist_ok=True)
    images.write(path, np.full((height, width, 3), 0.5, np.float32), kept=images.KeptMetadata())
    return path


def add(queue: QueueState, qtbot: QtBot, *paths: Path) -> None:
    """Add files and folders, and wait until they are on the list."""
    queue.add(list(paths))
    qtbot.waitUntil(lambda: not queue.adding)


def finish(queue: QueueState, qtbot: QtBot) -> None:
    """Wait for the end; what does not run is started, unless it pauses."""
    with qtbot.waitSignal(queue.ended):
        if queue.phase is Phase.IDLE:
            queue.start()


def states(queue: QueueState) -> list[str]:
    """Of all pictures, in their order."""
    return [item.state.value for item in queue.table.items]


def names(queue: QueueState) -> list[str]:
    """Of all pictures, in their order."""
    return [item.source.path.stem for item in queue.table.items]


def numbers(queue: QueueState, *wanted: str) -> list[int]:
    """By which the pictures of these names are known."""
    return [item.number for item in queue.table.items if item.source.path.stem in wanted]
