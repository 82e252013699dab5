"""Brings a package's native libraries into memory before it is imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

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
