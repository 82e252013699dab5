"""The table of all families. A new one gets a line here and nowhere else above its own folder. Loads no torch."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mfsr_engine.models.card import read_card
from mfsr_engine.models.compact.family import Compact
from mfsr_engine.models.dit4sr.family import DiT4SR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mfsr_engine.models.card import FamilyName, ModelCard
    from mfsr_engine.models.family import Family, TextEncoders

FAMILIES: Mapping[FamilyName, Family] = MappingProxyType({family.name: family for family in (Compact(), DiT4SR())})


def family_of(card: ModelCard) -> Family:
    """The family of a model."""
    return FAMILIES[card.family]


def check_model_folder(folder: Path) -> ModelCard:
    """The card of a model folder that is whole and whose parts fit each other.

    Raises:
        ModelError: as `read_card` and `Family.check`.
    """
    card = read_card(folder)
    family_of(card).check(folder, card)
    return card


def published_in(folder: Path) -> Family | None:
    """The family whose published layout a folder has; None if it has none."""
    return next((f for f in FAMILIES.values() if f.published is not None and f.published.is_in(folder)), None)


def all_variants() -> tuple[str, ...]:
    """What published folders can be that their files do not tell."""
    return tuple(v for family in FAMILIES.values() if family.published is not None for v in family.published.variants)


def all_text_encoders() -> tuple[TextEncoders, ...]:
    """Those that some family's texts are encoded with, each once."""
    return tuple({f.text.entry: f.text for f in FAMILIES.values() if f.text is not None}.values())
