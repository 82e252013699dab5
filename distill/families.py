"""What training must know of each family of networks, in one table: light facts here, networks behind a call that loads torch."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from distill.preset import Preset
from mfsr_engine.errors import RequestError
from mfsr_engine.models.card import FamilyName, read_card

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from distill.networks.families import FamilyNetworks
    from mfsr_engine.models.card import ModelCard


_TRY_MINUTES, _GOOD_MINUTES, _PAPER_MINUTES = 5, 8 * 60, 3 * 24 * 60

_COMPACT_WEIGHT = 0.05
"""Weight of the adaptive MeanFlow loss beside losses on the picture, which have a twentieth of its gradient and less: at 1 a short
training leaves one step noisy or tinted. As in the recipe of the bundled student.
"""

_COMPACT: dict[Preset, dict[str, Any]] = {
    Preset.TRY: {
        "data": {"crop_px": 256, "crops_per_photo": 6, "versions": 3, "patch_px": 64, "batch_size": 8},
        "objective": {"weight": _COMPACT_WEIGHT, "end_point": {"pixel": 1.0}, "whole_share": 0.3},
        "optimizer": {"learning_rate": 2e-4, "warmup_steps": 20, "ema_widths": [0.1, 0.05]},
        "run": {"minutes": _TRY_MINUTES, "steps": 1_000_000, "checkpoint_minutes": 1, "log_every": 5},
    },
    Preset.GOOD: {
        "data": {"crop_px": 384, "crops_per_photo": 16, "versions": 6, "patch_px": 96, "batch_size": 48},
        "objective": {
            "weight": _COMPACT_WEIGHT,
            "end_point": {"pixel": 1.0, "adversarial": 0.05, "batch_size": 24},
        },
        "optimizer": {"learning_rate": 4e-4, "ema_widths": [0.1, 0.05]},
        "run": {"minutes": _GOOD_MINUTES, "steps": 10_000_000},
    },
    Preset.PAPER: {
        "data": {"crop_px": 512, "crops_per_photo": 32, "versions": 8, "patch_px": 128, "batch_size": 48},
        "objective": {
            "weight": _COMPACT_WEIGHT,
            "end_point": {"pixel": 1.0, "adversarial": 0.05, "batch_size": 24},
        },
        "optimizer": {"learning_rate": 4e-4, "ema_widths": [0.1, 0.05]},
        "run": {"minutes": _PAPER_MINUTES, "steps": 10_000_000},
    },
}

_FULL_SIZE: dict[Preset, dict[str, Any]] = {
    Preset.TRY: {
        "data": {"crop_px": 512, "crops_per_photo": 2, "versions": 2, "patch_px": 256, "batch_size": 1},
        "student": {"parts": "lora", "lora_rank": 16, "gradient_checkpointing": True},
        "optimizer": {"learning_rate": 1e-4, "warmup_steps": 10, "ema_widths": [0.1]},
        "run": {"minutes": _TRY_MINUTES, "steps": 1_000_000, "checkpoint_minutes": 2, "log_every": 1},
    },
    Preset.GOOD: {
        "data": {"crop_px": 768, "crops_per_photo": 8, "versions": 4, "patch_px": 512, "batch_size": 2},
        "student": {"parts": "control", "gradient_checkpointing": True},
        "optimizer": {"learning_rate": 2e-5, "accumulate": 8, "ema_widths": [0.1]},
        "run": {"minutes": _GOOD_MINUTES, "steps": 1_000_000, "checkpoint_minutes": 30, "log_every": 10},
    },
    Preset.PAPER: {
        "data": {"crop_px": 1024, "crops_per_photo": 16, "versions": 6, "patch_px": 512, "batch_size": 4},
        "student": {"parts": "all", "gradient_checkpointing": True},
        "optimizer": {"learning_rate": 1e-5, "accumulate": 4, "ema_widths": [0.1]},
        "run": {
            "minutes": _PAPER_MINUTES,
            "steps": 1_000_000,
            "checkpoint_minutes": 60,
            "log_every": 10,
            "shard": True,
        },
    },
}


@dataclass(frozen=True)
class FamilyTraining:
    """One family, as training sees it."""

    presets: Mapping[Preset, Mapping[str, Any]]
    """Fields of the wizard's recipes, by how much is trained."""
    has_parts: bool
    """Whether parts of its students can be trained alone; others are trained whole."""
    no_latents: str
    """Why the codec's latents cannot be kept; empty if they can."""
    networks: Callable[[], FamilyNetworks]
    """Its networks. Loads torch."""


def training_of(teacher: ModelCard) -> FamilyTraining:
    """How students of a teacher are trained.

    Raises:
        RequestError: its family cannot be distilled.
    """
    try:
        return _FAMILIES[teacher.family]
    except KeyError as error:
        raise RequestError(
            f"{teacher.title} is of a family that cannot be distilled. Choose another teacher."
        ) from error


def networks_of(teacher: Path) -> FamilyNetworks:
    """The networks of a teacher's family.

    Raises:
        ModelError: the folder has no sound card.
        RequestError: its family cannot be distilled.
    """
    return training_of(read_card(teacher)).networks()


def _compact_networks() -> FamilyNetworks:
    from distill.networks.families import CompactNetworks

    return CompactNetworks()


def _full_size_networks() -> FamilyNetworks:
    from distill.networks.families import FullSizeNetworks

    return FullSizeNetworks()


_FAMILIES: Mapping[FamilyName, FamilyTraining] = MappingProxyType(
    {
        FamilyName.COMPACT: FamilyTraining(
            presets=_COMPACT,
            has_parts=False,
            no_latents="A compact teacher has no autoencoder, so there are no latents to keep: set data.latent_patches = 0.",
            networks=_compact_networks,
        ),
        FamilyName.DIT4SR: FamilyTraining(
            presets=_FULL_SIZE, has_parts=True, no_latents="", networks=_full_size_networks
        ),
    }
)
