"""How far a model's results in low precision depart from fp32, measured on one tile and remembered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mfsr_engine.api import UpscaleSettings
from mfsr_engine.files import atomic, paths
from mfsr_engine.geometry import Rect
from mfsr_engine.models.tile_model import CONTEXT_PX
from mfsr_engine.upscale.noise import noise_field
from mfsr_engine.upscale.pipeline import resolve_recipe, upscale_tiles

if TYPE_CHECKING:
    from mfsr_engine.models.loading import LoadedModel

DRIFT_LIMIT = 0.02
"""Largest root mean square departure from fp32 that a precision may have, on a scale of 0..1: five of 255 levels."""
_LEAST_SIDE_PX = 64


@torch.inference_mode()
def drift_from_fp32(model: LoadedModel) -> float:
    """Root mean square difference, on a scale of 0..1, of one small tile painted as loaded and in fp32.

    The tile is always the same one, so that a precision does not depend on the picture. Infinite if a value is no number.
    """
    image, cell = model.card.image, model.card.cell_px
    side = max(-(-_LEAST_SIDE_PX // image.size_multiple) * image.size_multiple, image.least_tile_px)
    source = _test_picture(side + 2 * CONTEXT_PX).to(model.device)
    noise = noise_field(0, model.tile_model.noise_channels, Rect(0, 0, side // cell, side // cell))[None].to(
        model.device
    )
    recipe = resolve_recipe(UpscaleSettings(steps=1), model.card)
    found, wanted = (upscale_tiles(m, recipe, source, noise, lambda: None) for m in (model, model.in_fp32()))
    difference = float((found - wanted).square().mean().sqrt())
    return difference if difference == difference else float("inf")


class DriftRecord:
    """What was measured before on this computer, in a small file that may vanish at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def default(cls) -> DriftRecord:
        """That in the program's cache."""
        return cls(paths.cache_dir() / "precision.json")

    def find(self, model: LoadedModel) -> float | None:
        """The drift measured for this model, device and precision; None if it was not."""
        value = self._read().get(_key(model))
        return None if value is None else float(value)

    def add(self, model: LoadedModel, drift: float) -> None:
        """Keep a drift. Where the file cannot be written, it is measured again the next time."""
        text = json.dumps({**self._read(), _key(model): drift}, indent=1)
        try:
            atomic.write_text(self._path, text)
        except OSError:
            return

    def _read(self) -> dict[str, float]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        is_sound = isinstance(data, dict) and all(isinstance(v, int | float) for v in data.values())
        return data if is_sound else {}


def _key(model: LoadedModel) -> str:
    weights = [f for f in sorted(model.folder.glob("*/*.safetensors")) if f.is_file()]
    stamps = [f"{f.stat().st_size}:{f.stat().st_mtime_ns}" for f in weights]
    name = torch.cuda.get_device_name(model.device) if model.device.type == "cuda" else model.device.type
    place = "" if model.plan is None else model.plan.weights
    return "|".join([str(model.folder), *stamps, name, str(model.dtype), place, torch.__version__])


def _test_picture(side: int) -> Tensor:
    """(1, 3, side, side) 0..1: ripples of falling length, an edge, and some grain."""
    rows, columns = torch.meshgrid(torch.arange(side) / side, torch.arange(side) / side, indexing="ij")
    ripples = [0.5 + 0.35 * torch.sin(30 * (c + 1) * columns * rows + c) for c in range(3)]
    picture = torch.stack(ripples) * (0.6 + 0.4 * (rows > columns))
    grain = torch.randn(3, side, side, generator=torch.Generator().manual_seed(0))
    return (picture + 0.03 * grain).clamp(0, 1)[None]
