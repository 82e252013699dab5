"""What is to be known of a family of networks: facts, and calls that load torch when they are made. Whoever asks "which family is
it" asks this object instead. Loads no torch itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_engine.errors import ModelError, RequestError
from mfsr_engine.models.card import write_card
from mfsr_engine.models.prompt_files import ALL_PROMPTS, stored_prompts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mfsr_engine.api import Acceleration
    from mfsr_engine.compute.devices import Compute
    from mfsr_engine.compute.memory import MemoryPlan, ModelSize
    from mfsr_engine.models.card import FamilyName, ModelCard
    from mfsr_engine.models.prompt_files import StoredPrompts
    from mfsr_engine.models.prompts import Prompt
    from mfsr_engine.models.tile_model import TileModel
    from mfsr_engine.progress import Progress


@dataclass(frozen=True)
class TextEncoders:
    """The networks that turn a family's texts into prompts."""

    entry: str
    """Name of their entry in the catalogue."""
    largest_parameters: int
    """Parameters of the largest; one at a time is in memory."""
    missing: Callable[[Path], list[str]]
    """What of them is absent from a folder, or not whole."""
    problem: Callable[[Path], str]
    """Why texts cannot be encoded with what is in a folder, and what to do, as the end of a sentence; empty if they can."""
    encode: Callable[[Sequence[str], Path, Progress], list[Prompt]]
    """Texts to prompts with the encoders of a folder. Raises `ModelError` and `Cancelled`."""
    check: Callable[[Path, ModelCard, Sequence[Prompt]], None]
    """Raises `ModelError` if the model in a folder cannot take these prompts."""


@dataclass(frozen=True)
class PublishedLayout:
    """How a family's models lie in a folder as their authors publish them."""

    variants: tuple[str, ...]
    """What such a model can be that its files do not tell, for people to choose from."""
    is_in: Callable[[Path], bool]
    """Whether a folder looks like one."""
    variant: Callable[[Path, str | None], str]
    """The variant of the model in a folder, given what people chose. Checks its weights; raises `ModelError`."""
    shared_entry: str
    """Name of the catalogue entry of a part that may lie elsewhere."""
    shared_part: str
    """That part's folder in a model folder."""
    parts: Callable[[Path, Sequence[Path]], dict[str, Path]]
    """Where each part of a model folder comes from, given the published folder and where the shared part may lie, the first that
    exists counting. Raises `ModelError` if it is nowhere.
    """


@dataclass(frozen=True)
class TileWork:
    """Operations for a tile of a family's usual size, in 10^12."""

    call_tflop: float
    """For each call of the network."""
    codec_tflop: float
    """For encoding and decoding."""


class Family(ABC):
    """One family of networks."""

    name: FamilyName
    """What cards call it."""
    text: TextEncoders | None = None
    """What encodes its prompts; None if they are no texts, or it has none."""
    published: PublishedLayout | None = None
    """How its models are published; None if nowhere but in this program's own format."""
    published_size: ModelSize | None = None
    """Size of all its published models, before one is fetched; None if they differ."""
    has_prompts: bool = True
    """Whether its model folders hold prompts; without them, guidance leads away from something else than a prompt."""
    least_guidance: float = 0.0
    """Least guidance scale. Below 0 where a result may lean beyond what guidance leads away from."""
    dtype_order: tuple[str, ...] = ()
    """Names of precisions in the order they are tried where the choice is free; empty is the device's own order, fastest first."""
    tile_work: TileWork | None = None
    """What a tile costs; None if a photograph is a matter of seconds on any processor."""

    @abstractmethod
    def load(self, folder: Path, card: ModelCard, compute: Compute, plan: MemoryPlan | None) -> TileModel:
        """Load a model folder.

        Args:
            folder: of the model.
            card: its card.
            compute: where it works, and in which precision.
            plan: how to fit it into memory; None puts everything on the device.

        Raises:
            ModelError: a file is missing or damaged, or weights and configuration do not fit.
        """

    @abstractmethod
    def size(self, folder: Path, card: ModelCard) -> ModelSize:
        """The size of a model folder, from its configurations and the heads of its weight files.

        Raises:
            ModelError: a file is missing or damaged.
        """

    @abstractmethod
    def check(self, folder: Path, card: ModelCard) -> None:
        """Look whether a model folder is whole and its parts fit each other. Weights are read once to see that all are finite.

        Raises:
            ModelError: something is missing, damaged, or does not fit; names what.
        """

    def check_config(self, folder: Path, card: ModelCard) -> None:
        """Look for sizes that no model of this family has, or that do not fit the card, in the configurations that are there. Reads small
        files alone and loads no torch, so that it can be done for every model of a list.

        Raises:
            ModelError: a configuration is damaged, absurd, or belongs to another card.
        """
        return

    def check_guidance(self, card: ModelCard) -> None:
        """Whether the guidance a card asks for is one that this family takes.

        Raises:
            ModelError: it is not.
        """
        sampling = card.sampling
        for scale in (sampling.guidance, sampling.fast_guidance):
            if scale is not None and scale < self.least_guidance:
                raise ModelError(
                    f"The card of {card.name} asks for a guidance of {scale:g}; its family takes {self.least_guidance:g} or more."
                )

    def check_asked_guidance(self, card: ModelCard, scale: float | None) -> None:
        """Whether a teacher of this family takes the guidance someone asks for; None is its own.

        Raises:
            RequestError: it does not.
        """
        if scale is not None and card.is_teacher and scale < self.least_guidance:
            raise RequestError(f"{card.title} takes a guidance of {self.least_guidance:g} or more, not {scale:g}.")

    def prompts_in(self, folder: Path) -> StoredPrompts:
        """Which prompts a model folder holds; as if it held all where the family has none.

        Raises:
            ModelError: the file is missing or damaged.
        """
        return stored_prompts(folder) if self.has_prompts else ALL_PROMPTS

    def finish(self, folder: Path, card: ModelCard, loose: Sequence[Path]) -> ModelCard:
        """Make a whole model of a folder that holds its published parts.

        Args:
            folder: where the model is put together.
            card: what it shall say.
            loose: files that came with the model but do not stay as they are.

        Returns:
            The card as written.

        Raises:
            ModelError: as `check`.
        """
        write_card(card, folder)
        self.check(folder, card)
        return card

    def accelerated(self, model: TileModel, how: Acceleration, device: str) -> TileModel:
        """The same model, faster for many calls of few shapes; itself where that is not possible.

        Args:
            model: of this family, its weights on the device.
            how: not `Acceleration.NONE`.
            device: "cpu", "cuda" or "mps".
        """
        return model

    def is_variant(self, asked: str, variant: str) -> bool:
        """Whether a card's `variant` is what someone asked for, by its full or a shorter name."""
        return asked == variant
