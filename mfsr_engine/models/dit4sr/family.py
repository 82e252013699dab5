"""DiT4SR and the students made from it: a full-size transformer on the latents of an autoencoder, prompted by texts. Loads no torch
until it is asked to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.models.card import FamilyName
from mfsr_engine.models.dit4sr import encoder_files, published_files
from mfsr_engine.models.dit4sr.transformer_config import (
    AUTOENCODER_TFLOP,
    CALL_TFLOP,
    DEFAULT_VARIANT,
    PUBLISHED_SIZE,
    PUBLISHED_VARIANTS,
    config_from_json,
    is_variant,
)
from mfsr_engine.models.family import Family, PublishedLayout, TextEncoders, TileWork
from mfsr_engine.models.weights import config_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfsr_engine.api import Acceleration
    from mfsr_engine.compute.devices import Compute
    from mfsr_engine.compute.memory import MemoryPlan, ModelSize
    from mfsr_engine.models.card import ModelCard
    from mfsr_engine.models.prompts import Prompt
    from mfsr_engine.models.tile_model import TileModel
    from mfsr_engine.progress import Progress


def _encode(texts: Sequence[str], folder: Path, progress: Progress) -> list[Prompt]:
    from mfsr_engine.models.dit4sr import text_encoders

    return text_encoders.encode_texts(texts, folder, progress)


def _check_prompts(folder: Path, card: ModelCard, prompts: Sequence[Prompt]) -> None:
    from mfsr_engine.models.dit4sr.model_folder import check_prompts

    check_prompts(folder, card, prompts)


def _variant(folder: Path, declared: str | None) -> str:
    from mfsr_engine.models.dit4sr.model_folder import published_variant

    return published_variant(folder, declared)


class DiT4SR(Family):
    """See `Family`."""

    name = FamilyName.DIT4SR
    text = TextEncoders(
        entry=encoder_files.ENTRY,
        largest_parameters=encoder_files.LARGEST_PARAMETERS,
        missing=encoder_files.missing_parts,
        problem=encoder_files.encoder_problem,
        encode=_encode,
        check=_check_prompts,
    )
    published = PublishedLayout(
        variants=PUBLISHED_VARIANTS,
        is_in=published_files.is_in,
        variant=_variant,
        shared_entry=published_files.BASE_ENTRY,
        shared_part=published_files.AUTOENCODER,
        parts=published_files.parts,
    )
    published_size = PUBLISHED_SIZE
    tile_work = TileWork(CALL_TFLOP, AUTOENCODER_TFLOP)

    def load(self, folder: Path, card: ModelCard, compute: Compute, plan: MemoryPlan | None) -> TileModel:
        """See `Family`."""
        from mfsr_engine.models.dit4sr.model_folder import load

        return load(folder, card, compute, plan)

    def size(self, folder: Path, card: ModelCard) -> ModelSize:
        """See `Family`."""
        from mfsr_engine.models.dit4sr.model_folder import size

        return size(folder, card)

    def check_config(self, folder: Path, card: ModelCard) -> None:
        """See `Family`. Which variant it is plays no part in its sizes."""
        part = folder / published_files.TRANSFORMER
        if (part / "config.json").is_file():
            config_from_json(config_of(part), card.variant or DEFAULT_VARIANT)

    def check(self, folder: Path, card: ModelCard) -> None:
        """See `Family`."""
        from mfsr_engine.models.dit4sr.model_folder import check

        check(folder, card)

    def finish(self, folder: Path, card: ModelCard, loose: Sequence[Path]) -> ModelCard:
        """See `Family`; the published null prompts are among the loose files. Without prompts the card gets a note."""
        from mfsr_engine.models.dit4sr.model_folder import finish

        return finish(folder, card, loose)

    def accelerated(self, model: TileModel, how: Acceleration, device: str) -> TileModel:
        """See `Family`."""
        from mfsr_engine.models.dit4sr.acceleration import accelerated

        return accelerated(model, how, device)

    def is_variant(self, asked: str, variant: str) -> bool:
        """See `Family`: q, f, r1 and smfsr are short names."""
        return is_variant(asked, variant)
