"""The model card, `model.toml`: everything the program must know of a model before it opens the weights. Loads no torch."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mfsr_engine.api import LEAST_GUIDANCE, MOST_GUIDANCE
from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic
from mfsr_engine.files.documents import DocumentError, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CARD_FILE = "model.toml"
CARD_FORMAT = 1
"""Version of the card's layout; a higher one in a file means that the program is too old for it."""


MAX_TEXT_LENGTH = 4000
"""Longest text of a card."""
MAX_STEPS = 1000
"""Most sampling steps that a card may ask for."""
_MAX_SIDE_PX = 16_384


Table = TypeVar("Table", bound=BaseModel)


class FamilyName(StrEnum):
    """Which network a model is; `mfsr_engine.models.families` knows more of each."""

    COMPACT = "compact"
    DIT4SR = "dit4sr"


class Role(StrEnum):
    """What a model was made for: one to few steps, or many guided ones."""

    STUDENT = "student"
    TEACHER = "teacher"


class _Table(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, str_max_length=MAX_TEXT_LENGTH
    )


class ImageTable(_Table):
    """`[image]`: what pictures the model takes. All lengths in input pixels."""

    scale: int = Field(default=4, ge=1, le=16)
    """Factor by which a picture grows in one pass."""
    size_multiple: int = Field(default=1, ge=1, le=1024)
    """Sides of what the model sees are multiples of this; pictures are padded and cut again."""
    min_px: int = Field(default=16, ge=1, le=_MAX_SIDE_PX)
    """Least side of what the model sees; smaller pictures are padded."""
    enlarges_small: bool = False
    """Whether a picture with a side below `min_px` is enlarged until its shorter side has it, and its result reduced, rather than
    padded."""
    tile_px: int = Field(default=256, ge=16, le=_MAX_SIDE_PX)
    """Side of a tile that is good for this model."""
    overlap_px: int = Field(default=32, ge=0, le=_MAX_SIDE_PX)
    """How much neighbouring tiles share. Twice the model's reach makes tiles invisible."""
    halo_px: int | None = Field(default=None, ge=0, le=_MAX_SIDE_PX)
    """How much at a tile's inner edges only serves as context and does not show; unset is three eighths of the
    overlap.
    """
    fixed_tiles: bool = False
    """Whether the model knows nothing but squares of `tile_px`: pictures are padded up to one, and tiles overlap more instead of being
    shorter."""
    color: Literal["none", "wavelet", "adain"] = "none"
    """How the result's colours are tied to the input's, unless the user chooses otherwise."""

    @property
    def least_tile_px(self) -> int:
        """Side of the smallest tile the model takes: `min_px`, rounded up to a multiple of `size_multiple`; `tile_px` if that is fixed."""
        if self.fixed_tiles:
            return self.tile_px
        return -(-self.min_px // self.size_multiple) * self.size_multiple

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.tile_px % self.size_multiple:
            raise ValueError(f"tile_px {self.tile_px} is no multiple of size_multiple {self.size_multiple}")
        if self.tile_px < 2 * self.overlap_px:
            raise ValueError(f"tile_px {self.tile_px} is below twice overlap_px {self.overlap_px}")
        return self


class ResidualPixels(_Table):
    """`[codec]` of the bundled models: the flow lives in the folded difference from the enlarged picture."""

    kind: Literal["residual-pixels"] = "residual-pixels"
    factor: int = Field(default=4, ge=1, le=64)
    """Pixels of the result per cell, along one side."""
    residual_scale: float = Field(default=0.1, gt=0, le=100)
    """Size of a typical difference, in units where black is -1 and white is 1."""


class AutoencoderKl(_Table):
    """`[codec]` of the full-size models: the flow lives in the latents of the autoencoder in `vae/`."""

    kind: Literal["autoencoder-kl"] = "autoencoder-kl"
    factor: int = Field(default=8, ge=1, le=64)
    """Pixels of the result per cell, along one side."""


class ConditionalLatent(_Table):
    """`[codec]` of bundled models whose flow lives in a small latent: what a picture has beyond what its input says, by the networks in
    `codec/`.
    """

    kind: Literal["conditional-latent"] = "conditional-latent"
    factor: int = Field(default=4, ge=1, le=64)
    """Pixels of the result per cell, along one side."""
    channels: int = Field(default=8, ge=1, le=1024)
    """Values of the latent per cell."""


class NoCodec(_Table):
    """`[codec]` of models that are no flow: pixels in, pixels out."""

    kind: Literal["none"] = "none"


CodecTable = Annotated[ResidualPixels | ConditionalLatent | AutoencoderKl | NoCodec, Field(discriminator="kind")]


class SamplingTable(_Table):
    """`[sampling]`: how the model samples, from noise to picture."""

    grid: Literal["linear", "cosine", "shift", "flow-match-euler"] = "linear"
    """How the steps are spread over time, see `mfsr_engine.models.sampling.times`."""
    shift: float = Field(default=3.0, gt=0, le=100)
    """Shift of the "shift" and "flow-match-euler" grids; 1 would be linear."""
    default_steps: int = Field(default=1, ge=1, le=MAX_STEPS)
    """Steps it was made for."""
    max_steps: int = Field(default=8, ge=1, le=MAX_STEPS)
    """Most steps worth trying."""
    guidance: float = Field(default=1.0, ge=LEAST_GUIDANCE, le=MOST_GUIDANCE)
    """Guidance scale; 1 asks the model once per step, under the positive prompt alone. The family has a least one, see
    `models.family`."""
    joint_tiles: int = Field(default=1, ge=1, le=16)
    """Tiles along a side that are sampled together, their velocities blended at every step; with 1 every tile is sampled alone, and
    pixels are blended."""
    fast_steps: int | None = Field(default=None, ge=1, le=MAX_STEPS)
    """Steps of the setting called fast; none if the model has no such setting."""
    fast_guidance: float | None = Field(default=None, ge=LEAST_GUIDANCE, le=MOST_GUIDANCE)
    """Guidance scale with `fast_steps` or fewer; none is `guidance`."""

    def guidance_at(self, steps: int) -> float:
        """The guidance scale that goes with a number of steps."""
        is_fast = self.fast_steps is not None and steps <= self.fast_steps
        return self.guidance if self.fast_guidance is None or not is_fast else self.fast_guidance


class ModelCard(_Table):
    """One model, as `model.toml` describes it."""

    format: int = CARD_FORMAT
    """Version of the card's layout."""
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)
    """Name by which the model is chosen; letters, digits, dot, dash, underscore."""
    title: str
    """Name for people."""
    family: FamilyName
    """Which network it is."""
    variant: str = ""
    """Which of a family's published variants it is, where weights do not tell: see
    `models.dit4sr.transformer_config.VARIANTS`.
    """
    role: Role = Role.STUDENT
    """What it was made for."""
    licence: str
    """SPDX name or title of the licence of the weights."""
    licence_url: str = ""
    """Where the licence can be read."""
    source: str = ""
    """Where the model comes from: a repository, or the recipe that made it."""
    summary: str = ""
    """One or two sentences for people."""
    attribution: str = ""
    """Whom to name when results or the model are passed on."""
    note: str = ""
    """What a user should know of every result, for example that prompts are missing; empty if nothing."""
    image: ImageTable = ImageTable()
    """What pictures it takes."""
    codec: CodecTable = ResidualPixels()
    """Between pictures and the space the flow lives in."""
    sampling: SamplingTable = SamplingTable()
    """How it samples, from noise to picture."""
    training: dict[str, Any] = Field(default_factory=dict)
    """How it was made, freely: data, recipe, pictures seen, hours, hardware, measured quality."""
    memory: dict[str, Any] = Field(default_factory=dict)
    """Measured memory, freely: figures in MiB by situation."""

    @property
    def is_teacher(self) -> bool:
        """Whether it needs many guided steps."""
        return self.role is Role.TEACHER

    @property
    def cell_px(self) -> int:
        """Input pixels per cell of the flow's space, along one side; 1 without one."""
        return self.codec_factor // self.image.scale

    @property
    def codec_factor(self) -> int:
        """Pixels of the result per cell, along one side."""
        return self.image.scale if isinstance(self.codec, NoCodec) else self.codec.factor

    @model_validator(mode="after")
    def _cells_fit(self) -> Self:
        if self.codec_factor % self.image.scale:
            raise ValueError(f"codec.factor {self.codec_factor} is no multiple of image.scale {self.image.scale}")
        if self.image.size_multiple % self.cell_px:
            raise ValueError(f"image.size_multiple {self.image.size_multiple} is no multiple of {self.cell_px}")
        return self


def parse_card(table: Mapping[str, Any], origin: str) -> ModelCard:
    """Check a card's content; see `checked_table`."""
    return checked_table(ModelCard, table, origin, CARD_FORMAT, "the card")


def checked_table(kind: type[Table], table: Mapping[str, Any], origin: str, newest: int, whole: str) -> Table:
    """Check what a file says of a model.

    Args:
        kind: what it should be.
        table: what the file held.
        origin: name of the file, for the message.
        newest: highest version of the layout that the program knows.
        whole: what is wrong if no single field is, for the message.

    Raises:
        ModelError: a field is missing, unknown or out of range; one line that names file and field.
    """
    version = table.get("format", newest)
    if isinstance(version, int) and version > newest:
        raise ModelError(f"{origin} has format {version}; this program knows up to {newest}. Update the program.")
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or whole
        raise ModelError(f"{origin}: {where}: {first['msg']}.") from error


def read_card(folder: Path) -> ModelCard:
    """Read `model.toml` of a model folder.

    Raises:
        ModelError: it is missing, unreadable or wrong.
    """
    path = folder / CARD_FILE
    try:
        table = read_toml(path)
    except FileNotFoundError as error:
        if (folder / "transformer").is_dir():
            raise ModelError(
                f"{folder} holds a model as others publish it, without {CARD_FILE}. `mfsr models import {folder}` installs it."
            ) from error
        raise ModelError(f"{folder} is not a model folder: it holds no {CARD_FILE}.") from error
    except (OSError, DocumentError) as error:
        raise ModelError(f"{path} cannot be read: {error}.") from error
    return parse_card(table, str(path))


def write_card(card: ModelCard, folder: Path) -> None:
    """Write a card as `model.toml` into a folder, which is made if needed."""
    atomic.write_text(folder / CARD_FILE, tomli_w.dumps(card.model_dump(mode="json", exclude_none=True)))
