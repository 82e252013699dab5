"""The user's settings: one typed object shared by window and command line. Knows no file and no torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mfsr_engine.api import BUNDLED_MODEL, DeviceChoice, DtypeChoice
from mfsr_engine.batch.output import OutputSettings
from mfsr_engine.errors import RequestError
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

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise RequestError("A preset needs a name.")
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
    """Threads to compute with on the processor; 0 is one for each core. Counts from the next start."""
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
