"""Loads a model folder into something that can be run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from mfsr_engine.compute.devices import Compute
from mfsr_engine.models.card import ModelCard, read_card
from mfsr_engine.models.families import family_of

if TYPE_CHECKING:
    from mfsr_engine.compute.memory import MemoryPlan
    from mfsr_engine.models.tile_model import TileModel


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to run on one device in one precision."""

    folder: Path
    """Where it came from."""
    card: ModelCard
    """What it says of itself."""
    tile_model: TileModel
    """What makes tiles larger."""
    device: torch.device
    """Where it lies."""
    dtype: torch.dtype
    """Precision of its weights and arithmetic."""
    plan: MemoryPlan | None = None
    """How it was fitted into memory; None is everything on the device."""

    def in_fp32(self) -> LoadedModel:
        """The same model with fp32 arithmetic. It shares the weights."""
        return replace(self, tile_model=self.tile_model.in_fp32(), dtype=torch.float32)


def load_model(
    folder: Path,
    device: torch.device,
    dtype: torch.dtype,
    plan: MemoryPlan | None = None,
    card: ModelCard | None = None,
) -> LoadedModel:
    """Load a model folder.

    Args:
        folder: of the model.
        device: where it works.
        dtype: precision of weights and arithmetic.
        plan: how to fit it into memory; None puts everything on the device.
        card: the folder's card; None reads it.

    Raises:
        ModelError: the card is wrong, a file is missing or damaged, or weights and configuration do not fit.
    """
    card = card or read_card(folder)
    tile_model = family_of(card).load(folder, card, Compute(device, dtype), plan)
    return LoadedModel(folder, card, tile_model, device, dtype, plan)
