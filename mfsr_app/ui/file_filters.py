"""File filters for dialogs, made from the engine's table of formats, where these begin, and the path that an answer means."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths

from mfsr_engine.files.formats import FORMATS, SUPPORTED_READ_SUFFIXES, SUPPORTED_WRITE_SUFFIXES, ImageFormat


def _patterns(suffixes: tuple[str, ...]) -> str:
    return " ".join(f"*{suffix}" for suffix in suffixes)


READABLE = _patterns(tuple(sorted(SUPPORTED_READ_SUFFIXES)))
"""Patterns of all files that can be opened."""
FILTERS = {form: f"{traits.title} ({_patterns(traits.suffixes)})" for form, traits in FORMATS.items()}
"""The filter of each format that can be written."""
WRITABLE = ";;".join(FILTERS.values())
"""A filter for each format that can be written."""


def pictures_folder() -> str:
    """Where a dialog begins to look for photographs. The desktop's folder for them need not exist, and a dialog would take its
    name for that of a file then.
    """
    place = QStandardPaths.StandardLocation
    folders = [QStandardPaths.writableLocation(where) for where in (place.PicturesLocation, place.HomeLocation)]
    return next((folder for folder in folders if folder and Path(folder).is_dir()), "")


def agreed_path(answer: Path, chosen: str, suggested: Path, offered: ImageFormat) -> Path:
    """The path whose ending agrees with the type of file, whichever of both was changed in the dialog last.

    Args:
        answer: the name that was typed.
        chosen: the filter that was chosen; empty where a dialog has none.
        suggested: the name that was suggested.
        offered: the format whose filter was chosen at first.
    """
    wanted = next((form for form, words in FILTERS.items() if words == chosen), offered)
    suffix, suffixes = answer.suffix.lower(), FORMATS[wanted].suffixes
    if suffix in suffixes:
        return answer
    if suffix not in SUPPORTED_WRITE_SUFFIXES:  # such as the end of a date
        return answer.with_name(answer.name + suffixes[0])
    is_type_changed = wanted is not offered and suffix == suggested.suffix.lower()
    return answer.with_suffix(suffixes[0]) if is_type_changed else answer
