"""The bundled family: small convolutions in pixel space, with learned prompts. Loads no torch until it is asked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.models.card import FamilyName
from mfsr_engine.models.compact.network_config import CONFIG_FILE, NETWORK_FOLDER, check_channels, read_config
from mfsr_engine.models.family import Family

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.compute.devices import Compute
    from mfsr_engine.compute.memory import MemoryPlan, ModelSize
    from mfsr_engine.models.card import ModelCard
    from mfsr_engine.models.tile_model import TileModel


class Compact(Family):
    """See `Family`."""

    name = FamilyName.COMPACT

    def load(self, folder: Path, card: ModelCard, compute: Compute, plan: MemoryPlan | None) -> TileModel:
        """See `Family`."""
        from mfsr_engine.models.compact.model_folder import load

        return load(folder, card, compute)

    def size(self, folder: Path, card: ModelCard) -> ModelSize:
        """See `Family`."""
        from mfsr_engine.models.compact.model_folder import size

        return size(folder, card)

    def check_config(self, folder: Path, card: ModelCard) -> None:
        """See `Family`."""
        path = folder / NETWORK_FOLDER / CONFIG_FILE
        if path.is_file():
            check_channels(read_config(path), card)

    def check(self, folder: Path, card: ModelCard) -> None:
        """See `Family`."""
        from mfsr_engine.models.compact.model_folder import check

        check(folder, card)
