"""The user's settings: one typed object shared by window and command line, and the TOML file they are kept in, which is read leniently and
written atomically; a damaged one is kept aside, never lost. Knows no torch.
"""

from __future__ import annotations

import ast
import inspect
import shutil
import textwrap
import tomllib
import typing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from mfsr_engine.api import BUNDLED_MODEL, MOST_PASSES, DeviceChoice, DtypeChoice
from mfsr_engine.batch.naming import OutputSettings
from mfsr_engine.errors import MfsrError, RequestError
from mfsr_engine.files import atomic, paths
from mfsr_engine.files.tables import as_table, dataclass_from, value_from
from mfsr_engine.geometry import TargetSize


class ThemeName(StrEnum):
    """Colours of the window."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Language(StrEnum):
    """Language of the window."""

    SYSTEM = "system"
    ENGLISH = "en"
    CHINESE = "zh_CN"


class AtClose(StrEnum):
    """What becomes of a running queue when its window is closed."""

    ASK = "ask"
    BACKGROUND = "background"
    STOP = "stop"


@dataclass(frozen=True)
class Preset:
    """Choices for a picture, saved under a name."""

    name: str
    """Name for people."""
    model: str = BUNDLED_MODEL
    """Model that upscales."""
    steps: int | None = None
    """Sampling steps; none is what the model was made for."""
    seed: int = 0
    """Seed of the noise."""
    fidelity: float = 0.0
    """0 most detail to 1 closest to the input."""
    size: TargetSize = field(default_factory=TargetSize)
    """Size of the saved file."""
    passes: int = 1
    """How often the model is run, 1 or 2."""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise RequestError("A preset needs a name.")
        if not 1 <= self.passes <= MOST_PASSES:
            raise RequestError(f'The preset "{self.name}" asks for {self.passes} passes.')
        if not 0.0 <= self.fidelity <= 1.0 or self.seed < 0 or not (self.steps is None or 1 <= self.steps <= 100):
            raise RequestError(f'The preset "{self.name}" asks for steps, fidelity or a seed out of range.')


MOST_THREADS = 1024


def check_threads(count: int) -> None:
    """Whether a number of threads makes sense.

    Raises:
        RequestError: it does not.
    """
    if not 0 <= count <= MOST_THREADS:
        raise RequestError(f"Threads must be 0 to {MOST_THREADS}, not {count}.")


@dataclass(frozen=True)
class Settings:
    """Everything that is remembered from one start to the next."""

    theme: ThemeName = ThemeName.SYSTEM
    """Colours of the window: as the desktop is set, light, or dark."""
    language: Language = Language.SYSTEM
    """Language of the window: as the desktop is set, English, or Simplified Chinese."""
    model: str = BUNDLED_MODEL
    """Model that is chosen at the start."""
    device: DeviceChoice = DeviceChoice.AUTO
    """Where to compute. Automatic is a graphics card that works, else the processor."""
    dtype: DtypeChoice = DtypeChoice.AUTO
    """Precision of the arithmetic. Automatic is the fastest that computes correctly here."""
    memory_limit_mib: int = 0
    """Most memory that is counted on when a model is fitted to the device, in MiB; 0 is all that is free. Counts from the next start."""
    threads: int = 0
    """Threads to upscale with on the processor; 0 is one for each core. Counts from the next start."""
    screen_profile: str = ""
    """Colour profile of the screen (a file that ends in .icc or .icm). Empty takes that of the desktop for the screen, else sRGB."""
    output: OutputSettings = field(default_factory=OutputSettings)
    """How results are written."""
    restores_workspace: bool = True
    """Whether the window opens at its start what was open at its end: photograph, view and results."""
    queue_at_close: AtClose = AtClose.ASK
    """What becomes of a running queue when the window is closed: ask, finish it in the background, or stop and resume at the next start."""
    hints_seen: tuple[str, ...] = ()
    """Hints that need not be shown again."""
    presets: tuple[Preset, ...] = ()
    """Choices saved by name."""

    def __post_init__(self) -> None:
        if self.memory_limit_mib < 0:
            raise RequestError(f"The memory limit must be 0 or above, not {self.memory_limit_mib}.")
        check_threads(self.threads)

    def preset(self, name: str) -> Preset | None:
        """The preset of this name."""
        return next((preset for preset in self.presets if preset.name == name), None)


@cache
def field_texts(kind: type) -> dict[str, str]:
    """Text of each field of a dataclass, by name, on one line; empty where the source is not at hand.

    Args:
        kind: a dataclass whose fields are followed by strings.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except (OSError, TypeError, SyntaxError):
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    texts = {}
    for first, second in pairwise(body):
        if (
            isinstance(first, ast.AnnAssign)
            and isinstance(first.target, ast.Name)
            and isinstance(second, ast.Expr)
            and isinstance(second.value, ast.Constant)
            and isinstance(second.value.value, str)
        ):
            texts[first.target.id] = " ".join(second.value.value.split())
    return texts


BACKUP_SUFFIX = ".bak"
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class SettingsError(MfsrError):
    """The settings cannot be written: no permission or no space."""


@dataclass(frozen=True)
class LoadedSettings:
    """What a file gave."""

    settings: Settings
    """Always complete; defaults stand in for what is missing or wrong."""
    notes: tuple[str, ...] = ()
    """What was wrong, in sentences for the user."""


class SettingsFile:
    """One file that holds settings."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def default(cls) -> SettingsFile:
        """The user's own."""
        return cls(paths.config_dir() / "settings.toml")

    def load(self) -> LoadedSettings:
        """Read the file. What is wrong in it becomes the default, is told, and stays in a backup copy beside it."""
        try:
            table = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return LoadedSettings(Settings())
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            note = f"The settings could not be read ({error}). The defaults are used; {self._keep_copy()}."
            return LoadedSettings(Settings(), (note,))
        faults: list[str] = []
        settings = dataclass_from(Settings, table, faults)
        if not faults:
            return LoadedSettings(settings)
        note = f"Some settings were not understood: {'; '.join(faults)}. Defaults stand in; {self._keep_copy()}."
        return LoadedSettings(settings, (note,))

    def save(self, settings: Settings) -> None:
        """Write everything, in place of the older file.

        Raises:
            SettingsError: no permission or no space; the older file is untouched.
        """
        import tomli_w

        try:
            atomic.write_text(self.path, tomli_w.dumps(as_table(settings)))
        except OSError as error:
            reason = error.strerror or str(error)
            raise SettingsError(f"The settings were not saved: {self.path} cannot be written ({reason}).") from error

    def _keep_copy(self) -> str:
        copy = self.path.with_name(self.path.name + BACKUP_SUFFIX)
        try:
            shutil.copyfile(self.path, copy)
        except OSError:
            return f"no copy of the old file could be kept beside {self.path}"
        return f"the old file is kept as {copy}"


def with_text(settings: Settings, key: str, text: str) -> Settings:
    """Settings with one value changed, given as a person types it.

    Args:
        settings: before.
        key: name of a field, or "output." and the name of one of its fields.
        text: the new value.

    Raises:
        RequestError: no such key, or no such value; the message lists what there is.
    """
    first, _, rest = key.partition(".")
    hints = typing.get_type_hints(Settings)
    if first not in plain_keys() and key not in plain_keys():
        raise RequestError(f'There is no setting "{key}". Settings are {", ".join(plain_keys())}.')
    if not rest:
        return replace(settings, **{first: _from_text(hints[first], text, key)})
    inner = getattr(settings, first)
    hint = typing.get_type_hints(type(inner))[rest]
    return replace(settings, **{first: replace(inner, **{rest: _from_text(hint, text, key)})})


def plain_keys() -> tuple[str, ...]:
    """Names of every setting that is one value, as the command line knows them."""
    table = as_table(Settings())
    inner = [f"output.{name}" for name in table["output"]]
    return (*(name for name, value in table.items() if not isinstance(value, (dict, list))), *inner)


def _from_text(kind: Any, text: str, key: str) -> Any:
    raw: Any = text
    if kind is bool:
        if text.lower() not in (*_YES, *_NO):
            raise RequestError(f'{key} must be yes or no, not "{text}".')
        raw = text.lower() in _YES
    elif kind is int:
        try:
            raw = int(text)
        except ValueError:
            raise RequestError(f'{key} must be a whole number, not "{text}".') from None
    try:
        return value_from(kind, raw)
    except ValueError as error:
        raise RequestError(f"{key} {error}.") from None
