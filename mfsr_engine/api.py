"""The engine's requests and results, as plain data. Knows neither torch nor Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mfsr_engine.errors import RequestError
from mfsr_engine.geometry import Rect, Size, TargetSize
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from mfsr_engine.strips import Piece

BUNDLED_MODEL = "mfsr-small"
"""Name of the student that comes with the program."""
LEAST_GUIDANCE, MOST_GUIDANCE = -10.0, 100.0
"""What any family takes as a guidance scale; most take none below 0."""
MOST_PASSES = 2
"""How often a model can be run over its own result, the first time included."""
MOST_FACTOR = 16
"""What the passes of a model may come to together; beyond it little is left of the photograph."""


class DeviceChoice(StrEnum):
    """Where to compute."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


class DtypeChoice(StrEnum):
    """In which precision to compute."""

    AUTO = "auto"
    FP32 = "fp32"
    BF16 = "bf16"
    FP16 = "fp16"


class ColorCorrection(StrEnum):
    """How the result's colours are tied to the input's."""

    AUTO = "auto"
    NONE = "none"
    WAVELET = "wavelet"
    ADAIN = "adain"


class Acceleration(StrEnum):
    """What is done to make later pictures faster, once the first is there; the pictures are the same within rounding."""

    NONE = "none"
    COMPILE = "compile"
    GRAPH = "graph"


@dataclass(frozen=True)
class UpscaleSettings:
    """Everything that decides how a picture is upscaled, the same for window, folder and command line."""

    model: str = BUNDLED_MODEL
    """Name of an installed model, or the path of a model folder."""
    size: TargetSize = field(default_factory=TargetSize)
    """Size of the result; by default the model's own factor, or what its passes come to."""
    passes: int = 1
    """How often the model is run, 1 or 2. The second pass enlarges the result of the first: 16 times altogether for a model of
    4 times. What it is given is detail that was generated before, so it invents more."""
    steps: int | None = None
    """Sampling steps; None is what the model was made for (1 for students). More steps refine."""
    seed: int = 0
    """Seed of the noise, 0 or above. The same seed gives the same picture."""
    fidelity: float = 0.0
    """0 takes the model's picture as it is (most detail); 1 makes the result agree with the input wherever the input can tell (closest)."""
    is_fidelity_auto: bool = False
    """Whether the fidelity that suits the picture's noise and JPEG blocks is used instead of the number; a note says which."""
    guidance: float | None = None
    """Guidance scale; None is the model's own. Students have guidance built in and ignore it, and only some families take one below 0."""
    color: ColorCorrection = ColorCorrection.AUTO
    """How colours are tied to the input's; "auto" is the model's own choice."""
    prompt: str = ""
    """Caption: what the photograph shows, in words; joined with the model's own prompt. Only full-size models take one, and
    only with the text encoders installed; otherwise it is left out with a note."""
    is_tileable: bool = False
    """Whether the picture is a texture whose opposite edges meet; then those of the result do too."""
    tile_px: int | None = None
    """Side of a tile in input pixels; None chooses from the memory there is."""
    device: DeviceChoice = DeviceChoice.AUTO
    """Where to compute."""
    dtype: DtypeChoice = DtypeChoice.AUTO
    """Precision of the arithmetic."""

    def __post_init__(self) -> None:
        if not 1 <= self.passes <= MOST_PASSES:
            raise RequestError(f"Passes must be 1 to {MOST_PASSES}, not {self.passes}.")
        if self.steps is not None and not 1 <= self.steps <= 100:
            raise RequestError(f"Steps must be 1 to 100, not {self.steps}.")
        if not 0.0 <= self.fidelity <= 1.0:
            raise RequestError(f"Fidelity must be 0 to 1, not {self.fidelity}.")
        if self.guidance is not None and not LEAST_GUIDANCE <= self.guidance <= MOST_GUIDANCE:
            raise RequestError(f"Guidance must be {LEAST_GUIDANCE:g} to {MOST_GUIDANCE:g}, not {self.guidance}.")
        if self.seed < 0:
            raise RequestError(f"The seed must be 0 or above, not {self.seed}.")
        if self.tile_px is not None and self.tile_px < 32:
            raise RequestError(f"A tile needs at least 32 pixels, not {self.tile_px}.")


@dataclass(frozen=True, eq=False)
class MaskedAreas:
    """Parts of a picture that are made in another way than its settings say."""

    mask: NDArray[Any]
    """(H, W) in input pixels, uint8 or float32 0..1: 0 is as the settings say, full is this way, between blends the two."""
    fidelity: float | None = None
    """Fidelity there, 0 to 1; None leaves the input alone: it is enlarged bicubically and nothing is generated."""

    def __post_init__(self) -> None:
        _check_areas_fidelity(self.fidelity)

    @cached_property
    def note(self) -> str:
        """What is said of a result that has them, in a sentence; empty if nothing is masked."""
        if not self.mask.any():
            return ""
        percent = 100 * float((self.mask > 0).mean())
        share = f"{percent:.2g}" if percent < 10 else f"{percent:.0f}"
        if self.fidelity is None:
            return f"{share} % of the picture was left alone and only enlarged."
        return f"{share} % of the picture was made with a fidelity of {round(100 * self.fidelity)} %."


@dataclass(frozen=True)
class AreasFile:
    """Areas of one picture, as they lie on a disk; `mfsr_engine.images.areas` reads and writes them."""

    path: Path
    """Picture of the same size: black is as the settings say, white is made in the other way, grey between blends the two."""
    fidelity: float | None = None
    """Fidelity there, 0 to 1; None leaves the picture alone there: it is enlarged and nothing is generated."""

    def __post_init__(self) -> None:
        _check_areas_fidelity(self.fidelity)


def _check_areas_fidelity(fidelity: float | None) -> None:
    if fidelity is not None and not 0.0 <= fidelity <= 1.0:
        raise RequestError(f"Fidelity must be 0 to 1, not {fidelity}.")


@dataclass(frozen=True)
class UpscaleRequest:
    """One picture to upscale."""

    pixels: NDArray[Any]
    """(H, W, 3) sRGB, RGB order: float32 0..1, or uint8 or uint16 as a file stores it, which takes less memory."""
    settings: UpscaleSettings = field(default_factory=UpscaleSettings)
    """How."""
    alpha: NDArray[Any] | None = None
    """(H, W) opacity of the same kinds, upscaled apart; None if the picture has none. Colours below opacity 0 play no part."""
    region: Rect | None = None
    """Part of the input to compute, in input pixels; None is all of it.

    Equal to the same part of the whole result, at the factor of all passes."""
    areas: MaskedAreas | None = None
    """Parts made in another way, with a mask of the picture's size; None if there are none."""

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or min(self.pixels.shape) == 0:
            raise RequestError(f"A picture must have shape (H, W, 3) with no side zero, not {self.pixels.shape}.")
        if self.alpha is not None and self.alpha.shape != self.pixels.shape[:2]:
            raise RequestError(
                f"Opacity of shape {self.alpha.shape} does not fit a picture of {self.pixels.shape[:2]}."
            )
        if self.areas is not None and self.areas.mask.shape != self.pixels.shape[:2]:
            raise RequestError(
                f"A mask of shape {self.areas.mask.shape} does not fit a picture of {self.pixels.shape[:2]}."
            )

    @property
    def source_size(self) -> Size:
        """Size of the whole input."""
        return Size(self.pixels.shape[1], self.pixels.shape[0])

    @property
    def asked_part(self) -> Rect:
        """What of the picture is asked for, in input pixels.

        Raises:
            RequestError: it lies outside.
        """
        size = self.source_size
        whole = Rect(0, 0, size.width, size.height)
        part = whole if self.region is None else whole.intersected(self.region)
        if part is None:
            raise RequestError(
                f"The region lies outside of the picture, which has {size.width} x {size.height} pixels."
            )
        return part


@dataclass(frozen=True)
class UpscaleResult:
    """The upscaled picture and how it came about."""

    pixels: NDArray[np.float32]
    """(H, W, 3) float32 sRGB 0..1, of exactly the size asked (or of the region at the model's factor)."""
    alpha: NDArray[np.float32] | None
    """(H, W) float32 0..1, or None."""
    model: str
    """Name of the model that made it."""
    steps: int
    """Steps it was made with."""
    seed: int
    """Seed it was made with."""
    device: str
    """Device it was made on, for example "cpu"."""
    dtype: str
    """Precision it was made in, for example "bf16"."""
    seconds: float
    """Time from request to result, without loading the model."""
    notes: tuple[str, ...] = ()
    """Anything the user should know: a tile redone in fp32, a smaller tile because of memory, a prompt ignored."""
    caption: str = ""
    """Caption it was made with, as its record says it; empty if there was none or it was left out."""


@dataclass(frozen=True)
class UpscaleStream:
    """A result on its way, for those who do not need it whole at any time."""

    size: Size
    """Of the result: exactly the size asked (or that of the region at the model's factor)."""
    has_alpha: bool
    """Whether its pieces have opacity."""
    model: str
    """Name of the model that makes it."""
    steps: int
    """Steps it is made with."""
    seed: int
    """Seed it is made with."""
    device: str
    """Device it is made on, for example "cpu"."""
    dtype: str
    """Precision it is made in, for example "bf16"."""
    caption: str
    """Caption it is made with, as its record says it; empty if there is none or it was left out."""
    pieces: Iterator[Piece]
    """The pixels, from the top down, computed as they are asked for; raises what `Upscaler.upscale` raises."""
    notes: list[str]
    """Anything the user should know. More may come with the pieces; it is whole after the last one."""


@dataclass(frozen=True)
class ModelInfo:
    """What the window and the command line need to know of an installed model."""

    name: str
    """Name by which it is chosen."""
    title: str
    """Name for people."""
    scale: int
    """Factor of one pass."""
    default_steps: int
    """Steps it was made for."""
    max_steps: int
    """End of the step slider."""
    is_teacher: bool
    """Whether it is a many-step teacher rather than a student."""
    licence: str
    """SPDX name or title of the licence."""
    fast_steps: int | None = None
    """Steps of its fast setting; None if it has none."""
    takes_text: bool = False
    """Whether a caption can be added to its prompt."""
    caption_problem: str = ""
    """Why a caption cannot be used now, and what to do; empty if it can."""

    @property
    def most_passes(self) -> int:
        """How often it can be run, the second time over its own result."""
        return most_passes(self.scale)

    def factor(self, passes: int) -> int:
        """What so many passes come to, or as many as it can be run."""
        return factor_of(self.scale, min(passes, self.most_passes))


def most_passes(scale: int) -> int:
    """How often a model of this factor can be run, so that no result is too far from its photograph."""
    return MOST_PASSES if scale > 1 and scale**MOST_PASSES <= MOST_FACTOR else 1


def factor_of(scale: int, passes: int) -> int:
    """What passes of a model of this factor come to.

    Raises:
        RequestError: the model allows fewer.
    """
    if passes > most_passes(scale):
        raise RequestError(
            f"A model that enlarges {scale} times can be run once, not {passes} times. Choose one pass, or a model of 4 times."
        )
    return int(scale**passes)


class Upscaler(Protocol):
    """The one interface through which window, batch and command line see the engine; tests put a scripted one in its place."""

    def models(self) -> list[ModelInfo]:
        """Installed models, the bundled student first."""

    def warm_up(self, settings: UpscaleSettings, progress: Progress) -> None:
        """Load what these settings need, so that the next `upscale` starts at once."""

    def prepare_captions(self, model: str, captions: Sequence[str], progress: Progress) -> None:
        """Encode captions that will be used soon, all at once; see `mfsr_engine.upscale.engine.Engine.prepare_captions`."""

    def upscale(self, request: UpscaleRequest, progress: Progress) -> UpscaleResult:
        """Upscale one picture; see `mfsr_engine.upscale.engine.Engine.upscale`."""

    def stream(self, request: UpscaleRequest, progress: Progress) -> UpscaleStream:
        """Upscale one picture piece by piece; see `mfsr_engine.upscale.engine.Engine.stream`."""
