"""Imports in worker threads: without PySide6's import hook, and with native libraries read into the page cache first."""

from __future__ import annotations

import builtins
from importlib.util import find_spec
from pathlib import Path


def restore_plain_imports() -> None:
    """Take PySide6 out of the way of imports, in all threads; to be called once it is loaded. May be called again.

    WORKAROUND PySide6 puts a function of its own in place of `__import__`, which reads the source of every module that is
    imported, to find out whether it uses PySide6 (for its `__feature__` switches, which are not used here).
    For that it asks the module for `__wrapped__`, and pydantic's modules answer any unknown name by importing more of
    pydantic, in the midst of their own import. On a busy machine the engine's first job now and then failed with "cannot
    import name 'import_string' from partially initialized module 'pydantic._internal._validators'", and with it the first
    picture of a queue. It costs time too: torch was there after 1.13 instead of 1.35 s.
    """
    plain = getattr(builtins, "__orig_import__", None)
    if plain is not None:
        builtins.__import__ = plain


def import_qt() -> None:
    """Import Qt, and take PySide6 out of the way of all imports that follow: those of the window are a tenth faster for it."""
    import PySide6.QtCore  # noqa: F401

    restore_plain_imports()


def import_shared() -> None:
    """Import what several threads need; where they come at once, Python lets only the first one in.

    WORKAROUND pydantic imports parts of itself late and in circles. Where two threads begin at once, each comes to wait for a
    part that the other has begun; Python then hands out a half-made module, and a job fails with "cannot import name
    'import_string' from partially initialized module 'pydantic._internal._validators'". Seen on a busy machine, at the start.
    `restore_plain_imports` has the other half of the cure.
    """
    import mfsr_app.jobs.shared_imports  # noqa: F401


LIBRARY_PATTERNS = ("*.so", "*.so.*", "*.pyd", "*.dll", "*.dylib")
CHUNK_BYTES = 1 << 20


def read_ahead(package: str, beside: str | None = None) -> int:
    """Read all native libraries of an installed package, so that the system has them at hand.

    An import holds the interpreter, and with it the window, while the system fetches a library from the disk; reading does
    not. What cannot be found or read is passed over: the import will say what is wrong.

    Args:
        package: name of a top-level package; it is not imported.
        beside: name of the folder beside it where its wheel keeps the libraries of others, if it does.

    Returns:
        Bytes read.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return 0
    folder = Path(spec.submodule_search_locations[0])
    places = [folder] if beside is None else [folder, folder.parent / beside]
    libraries = {found for place in places for pattern in LIBRARY_PATTERNS for found in place.rglob(pattern)}
    return sum(_read(library) for library in sorted(libraries))


def _read(library: Path) -> int:
    buffer, total = bytearray(CHUNK_BYTES), 0
    try:
        with library.open("rb", buffering=0) as stream:
            while count := stream.readinto(buffer):
                total += count
    except OSError:
        return total
    return total
