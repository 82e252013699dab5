"""Finds the pictures among files and folders and puts them into the journal. Called off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_engine.naming import Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfsr_engine.journal import Journal, QueueItem


@dataclass(frozen=True)
class Added:
    """What became of an attempt to add."""

    items: list[QueueItem]
    """New pictures."""
    unknown: int
    """Files that are no pictures by their ending, or are not there."""
    repeated: int
    """Pictures that wait already."""


def add_paths(paths: Sequence[Path], journal: Journal, without: Sequence[Path]) -> Added:
    """Add files, and folders with everything below them except for the folders `without`."""
    from mfsr_engine.images.formats import is_image_path
    from mfsr_engine.planning import sources_in

    found: list[Source] = []
    unknown = 0
    for path in paths:
        if path.is_dir():
            found += sources_in(path.absolute(), without)
        elif path.is_file() and is_image_path(path):
            found.append(Source(path.absolute()))
        else:
            unknown += 1
    items = journal.add(found)
    return Added(items, unknown, len(found) - len(items))
