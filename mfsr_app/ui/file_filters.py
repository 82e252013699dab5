"""File filters for dialogs, made from the engine's table of formats."""

from mfsr_engine.files.formats import FORMATS, SUPPORTED_READ_SUFFIXES


def _patterns(suffixes: tuple[str, ...]) -> str:
    return " ".join(f"*{suffix}" for suffix in suffixes)


READABLE = _patterns(tuple(sorted(SUPPORTED_READ_SUFFIXES)))
"""Patterns of all files that can be opened."""
WRITABLE = ";;".join(f"{traits.title} ({_patterns(traits.suffixes)})" for traits in FORMATS.values())
"""A filter for each format that can be written."""
