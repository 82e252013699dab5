"""Locations of files: resources of the program, and the user's data, settings and cache. Knows only names, opens nothing."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "mfsr"
HOME_VARIABLE = "MFSR_HOME"
"""Environment variable: a folder that then holds `data/`, `config/` and `cache/` instead of the system's usual
places.
"""


def expanded(text: str) -> Path:
    """A path as it is typed, with `~` for the user's home; one of a user who is not known stays as it is."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def resources_dir() -> Path:
    """Folder of what came with the program: inside the package when installed as a wheel, beside it in a source
    tree.
    """
    package = Path(__file__).resolve().parent.parent
    packaged = package / "resources"
    return packaged if packaged.is_dir() else package.parent / "resources"


def data_dir() -> Path:
    """Folder of what the user keeps, such as models. It may not exist yet."""
    return _home("data") or Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def config_dir() -> Path:
    """Folder of the user's settings. It may not exist yet."""
    return _home("config") or Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))


def cache_dir() -> Path:
    """Folder of what may be deleted at any time. It may not exist yet."""
    return _home("cache") or Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def log_dir() -> Path:
    """Folder of the log. It may not exist yet."""
    return _home("log") or Path(platformdirs.user_log_dir(APP_NAME, appauthor=False))


def bundled_models_dir() -> Path:
    """Folder of the models that came with the program."""
    return resources_dir() / "models"


def user_models_dir() -> Path:
    """Folder of the models that the user fetched, imported or distilled."""
    return data_dir() / "models"


def _home(part: str) -> Path | None:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser() / part if home else None


def is_there(path: Path) -> bool:
    """Whether there is a file or folder of this name; False where that cannot be found out: a name too long, a folder that is closed."""
    try:
        return path.exists()
    except OSError:
        return False
