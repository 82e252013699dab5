"""A home for a program that is driven or pictured: empty, away from the user's own folders, under a name that may be seen."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL_HOME = Path(tempfile.gettempdir()) / "anna"
"""Paths in pictures begin with this, so it is the name of a person, not of a temporary folder."""


@contextmanager
def own_home(folder: Path) -> Iterator[Path]:
    """Make a home, and delete it at the end with all that was written into it.

    Raises:
        SystemExit: there is something of this name, which may be someone's.
    """
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise SystemExit(
            f"{folder} exists. Delete it if nobody needs it, or name another folder with --home."
        ) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def variables_of(home: Path) -> dict[str, str]:
    """Environment variables by which a program finds this home, and none of the user's folders."""
    places = {
        "HOME": home,
        "MFSR_HOME": home / "mfsr",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_STATE_HOME": home / ".local" / "state",
    }
    return {name: str(place) for name, place in places.items()}
