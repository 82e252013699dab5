"""Compact velocity models on disk: `transformer/config.json` beside half-precision safetensors. Knows no cards."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from mfsr_engine.errors import ModelError
from mfsr_engine.models.compact.network import CompactConfig, CompactVelocity

if TYPE_CHECKING:
    from pathlib import Path

NETWORK_FOLDER = "transformer"
CONFIG_FILE = "config.json"
WEIGHTS_FILE = "diffusion_pytorch_model.safetensors"


def load_compact(folder: Path, device: torch.device, dtype: torch.dtype) -> CompactVelocity:
    """Load the network of a model folder, ready to run: on `device`, in `dtype`, channels-last, without gradients.

    Raises:
        ModelError: a file is missing or damaged, or weights and configuration do not fit; the message names the
        entries.
    """
    config = _read_config(folder / NETWORK_FOLDER / CONFIG_FILE)
    path = folder / NETWORK_FOLDER / WEIGHTS_FILE
    try:
        weights = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"The weights {path} cannot be read: {error}") from error
    model = CompactVelocity(config)
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise ModelError(f"The weights {path} do not fit {CONFIG_FILE}: {_one_line(error)}") from error
    model.requires_grad_(False).eval().to(device=device, dtype=dtype)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def save_compact(model: CompactVelocity, folder: Path, dtype: torch.dtype = torch.float16) -> None:
    """Write the network of a model folder; `dtype` is what the weights are stored in."""
    network = folder / NETWORK_FOLDER
    network.mkdir(parents=True, exist_ok=True)
    (network / CONFIG_FILE).write_text(json.dumps(asdict(model.config), indent=2) + "\n", encoding="utf-8")
    weights = {name: value.detach().to("cpu", dtype).contiguous() for name, value in model.state_dict().items()}
    save_file(weights, network / WEIGHTS_FILE)


def _read_config(path: Path) -> CompactConfig:
    try:
        return CompactConfig(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"The configuration {path} cannot be used: {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 400 else text[:400] + " ..."
