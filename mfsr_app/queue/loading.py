"""Finds the pictures among files and folders and puts them into the journal. Called off the GUI thread."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_engine.batch.naming import Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfsr_engine.batch.journal import Journal, QueueItem

ADDED_AT_ONCE = 1000
"""Pictures of one change of the journal, about 5 ms; the window waits for a change that is under way before its own."""


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
    """Add files, and folders with everything below them except for the folders `without`.

    Raises:
        sqlite3.Error: The journal cannot be changed; nothing was added.
    """
    from mfsr_engine.batch.planning import sources_in
    from mfsr_engine.files.formats import is_image_path

    found: list[Source] = []
    unknown = 0
    for path in paths:
        if path.is_dir():
            found += sources_in(path.absolute(), without)
        elif path.is_file() and is_image_path(path):
            found.append(Source(path.absolute()))
        else:
            unknown += 1
    items = _added(found, journal)
    return Added(items, unknown, len(found) - len(items))


def _added(found: Sequence[Source], journal: Journal) -> list[QueueItem]:
    items: list[QueueItem] = []
    try:
        for first in range(0, len(found), ADDED_AT_ONCE):
            items += journal.add(found[first : first + ADDED_AT_ONCE])
    except sqlite3.Error:
        with suppress(sqlite3.Error):
            journal.remove([item.number for item in items])
        raise
    return items
