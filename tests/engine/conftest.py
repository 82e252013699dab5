"""Tiny models with random weights, made once, so that the engine's tests run real networks in milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from mfsr_engine.api import DeviceChoice, DtypeChoice, UpscaleSettings
from mfsr_engine.models.card import FamilyName, ImageTable, ModelCard, Role, SamplingTable
from mfsr_engine.models.compact import model_folder
from mfsr_engine.models.compact.network import CompactConfig, CompactVelocity
from mfsr_engine.models.prompts import Prompt, Prompts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

TINY = CompactConfig(width=8, blocks=2, embedding=16, has_interval=True)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def make_tiny_model(
    folder: Path, name: str = "tiny", role: Role = Role.STUDENT, image: ImageTable | None = None, **sampling: object
) -> Path:
    """A compact model folder with random weights that changes a picture visibly but mildly."""
    torch.manual_seed(1)
    network = CompactVelocity(TINY)
    for parameter in network.parameters():
        if not parameter.abs().sum():
            torch.nn.init.normal_(parameter, std=0.15)
    card = ModelCard(
        name=name,
        title="Tiny",
        family=FamilyName.COMPACT,
        role=role,
        licence="CC0-1.0",
        image=image or ImageTable(tile_px=64, overlap_px=24, halo_px=10),
        sampling=SamplingTable.model_validate(sampling),
    )
    prompts = Prompts(*(Prompt(torch.randn(1, TINY.embedding)) for _ in range(3)))
    model_folder.write(folder, card, network, prompts)
    return folder


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a tiny student."""
    return make_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny_teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a tiny teacher with guidance."""
    return make_tiny_model(
        tmp_path_factory.mktemp("models") / "tiny-teacher",
        "tiny-teacher",
        Role.TEACHER,
        default_steps=3,
        max_steps=40,
        guidance=2.0,
    )


@pytest.fixture
def make_model(tmp_path: Path) -> Callable[..., Path]:
    """Makes further tiny models: `make_model("name", role=..., image=..., default_steps=...)`."""
    return lambda name, **options: make_tiny_model(tmp_path / "made" / name, name, **options)


@pytest.fixture
def settings(tiny_model: Path) -> Callable[..., UpscaleSettings]:
    """Makes settings for the tiny student on the CPU in fp32, with any field replaced."""

    def make(**changes: object) -> UpscaleSettings:
        base: dict[str, object] = {
            "model": str(tiny_model),
            "device": DeviceChoice.CPU,
            "dtype": DtypeChoice.FP32,
        }
        return UpscaleSettings(**(base | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def photograph() -> NDArray[np.float32]:
    """(90, 150, 3) float32 0..1 with soft and hard edges."""
    rows, columns = np.mgrid[0:90, 0:150].astype(np.float32)
    waves = [0.5 + 0.4 * np.sin(rows / (5 + c)) * np.cos(columns / (9 - 2 * c)) for c in range(3)]
    picture = np.stack(waves, axis=2).astype(np.float32)
    picture[30:50, 40:90] = (0.9, 0.2, 0.1)
    return picture
