"""The size of a part of an installed model, from its configuration and the headers of its weight files."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mfsr_engine.errors import ModelError
from mfsr_engine.files.documents import DocumentError, read_json
from mfsr_engine.models.weights import open_weights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AUTOENCODER_TENSORS = 3
"""Tensors of the second widest picture alive at the autoencoder's peak, while it decodes; counted, see `benchmarks.counting`."""


def parameter_counts(part: Path) -> dict[str, int]:
    """Elements of each tensor of a file or folder of weights, by name."""
    with open_weights(part) as weights:
        return {name: math.prod(shape) for name, shape in weights.shapes.items()}


def autoencoder_values(part: Path) -> float:
    """Values alive at an autoencoder's peak, per pixel of the result.

    Raises:
        ModelError: its configuration is missing or damaged.
    """
    with damaged_config(part.parent):
        channels = config_of(part)["block_out_channels"]
        return float(AUTOENCODER_TENSORS * channels[min(1, len(channels) - 1)])


def config_of(part: Path) -> dict[str, Any]:
    """The `config.json` of a part of a model.

    Raises:
        ModelError: it is missing or damaged.
    """
    try:
        data = read_json(part / "config.json")
    except (OSError, DocumentError) as error:
        raise ModelError(f"config.json is missing from {part} or damaged. Get the model again.") from error
    if not isinstance(data, dict):
        raise ModelError(f"config.json in {part} is damaged. Get the model again.")
    return data


@contextmanager
def damaged_config(folder: Path) -> Iterator[None]:
    """Raises:
    ModelError: what is read of a configuration in the block is not there, or of another kind.
    """
    try:
        yield
    except (KeyError, TypeError, IndexError) as error:
        raise ModelError(f"A config.json in {folder} is damaged: {error}. Get the model again.") from error
