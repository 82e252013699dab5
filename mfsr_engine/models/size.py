"""The size of an installed model, from its configuration and the headers of its weight files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mfsr_engine.compute.memory import ModelSize
from mfsr_engine.errors import ModelError
from mfsr_engine.files.documents import DocumentError, read_json
from mfsr_engine.models.card import Family
from mfsr_engine.models.weights import open_weights

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.models.card import ModelCard

TRANSFORMER_VALUES_PER_TOKEN = 39
"""Values alive at the transformer's peak for each token of the image, in units of its width; counted, see
`benchmarks.counting`.
"""
AUTOENCODER_TENSORS = 3
"""Tensors of the second widest picture alive at the autoencoder's peak, while it decodes; counted."""
_COMPACT_TENSORS = 4
PUBLISHED_SIZE = ModelSize(
    block_parameters=2_574_572_672,
    other_parameters=19_476_544,
    autoencoder_parameters=83_819_683,
    blocks=24,
    network_values_per_px=TRANSFORMER_VALUES_PER_TOKEN * 1536 / 256,
    autoencoder_values_per_px=AUTOENCODER_TENSORS * 256,
    scale=4,
    tile_px=128,
)
"""The published full-size models, which are all of one shape, before any of them is fetched."""


def measure_size(folder: Path, card: ModelCard) -> ModelSize:
    """The size of a model folder.

    Raises:
        ModelError: a file is missing or damaged.
    """
    counts = _parameter_counts(folder / "transformer")
    in_blocks = sum(count for name, count in counts.items() if name.startswith("transformer_blocks."))
    config = _config(folder / "transformer")
    is_full_size = card.family is Family.DIT4SR
    has_autoencoder = (folder / "vae").is_dir()
    try:
        network = _transformer_values(config, card) if is_full_size else _compact_values(config, card)
        autoencoder = _autoencoder_values(_config(folder / "vae")) if has_autoencoder else 0.0
    except (KeyError, TypeError, IndexError) as error:
        raise ModelError(f"A config.json in {folder} is damaged: {error}. Get the model again.") from error
    return ModelSize(
        block_parameters=in_blocks,
        other_parameters=sum(counts.values()) - in_blocks,
        autoencoder_parameters=sum(_parameter_counts(folder / "vae").values()) if has_autoencoder else 0,
        blocks=int(config["num_layers"]) if is_full_size else 0,
        network_values_per_px=network,
        autoencoder_values_per_px=autoencoder,
        scale=card.image.scale,
        tile_px=card.image.tile_px,
        least_tile_px=card.image.least_tile_px,
    )


def _parameter_counts(folder: Path) -> dict[str, int]:
    """Elements of each tensor that the network uses: without position table and the second attention's text parts."""
    with open_weights(folder) as weights:
        shapes = weights.shapes
    unused = ("pos_embed.pos_embed", ".attn2.add_", ".attn2.to_add_out", ".attn2.norm_added_")
    return {name: math.prod(shape) for name, shape in shapes.items() if not any(part in name for part in unused)}


def _transformer_values(config: dict[str, Any], card: ModelCard) -> float:
    width = config["num_attention_heads"] * config["attention_head_dim"]
    token_px = config["patch_size"] * card.codec.factor
    return TRANSFORMER_VALUES_PER_TOKEN * width / token_px**2  # type: ignore[no-any-return]


def _compact_values(config: dict[str, Any], card: ModelCard) -> float:
    return (_COMPACT_TENSORS * config["width"] + 2 * config["channels"]) / card.codec.factor**2  # type: ignore[no-any-return]


def _autoencoder_values(config: dict[str, Any]) -> float:
    channels = config["block_out_channels"]
    return float(AUTOENCODER_TENSORS * channels[min(1, len(channels) - 1)])


def _config(folder: Path) -> dict[str, Any]:
    try:
        data = read_json(folder / "config.json")
    except (OSError, DocumentError) as error:
        raise ModelError(f"config.json is missing from {folder} or damaged. Get the model again.") from error
    if not isinstance(data, dict):
        raise ModelError(f"config.json in {folder} is damaged. Get the model again.")
    return data
