"""Maps published names of the full-size transformer's weights and loads them strictly. Knows no hub."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic
from mfsr_engine.models.dit4sr.eight_bit import quantised, use_eight_bits
from mfsr_engine.models.dit4sr.embeddings import position_rows
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.dit4sr.transformer_config import VARIANTS, TransformerConfig, config_from_json
from mfsr_engine.models.weights import FILE_NAME, WeightSource, config_of, differences, from_mapping, open_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

POSITION_TABLE = "pos_embed.pos_embed"
_OURS_AND_PUBLISHED = (
    ("time_text_embed.interval_embedder.", "time_text_embed_interval.interval_embedder."),
    ("time_text_embed.", "time_text_embed_interval.time_text_embed."),
)
_TABLE_SAMPLES = 16
_FULL_PRECISION = "time_text_embed."
_BLOCKS = "transformer_blocks."


def published_name(name: str, config: TransformerConfig) -> str:
    """The name of one of our parameters in the published files: DiT4SR's, or, with an interval, SMFSR's."""
    for ours, published in _OURS_AND_PUBLISHED if config.has_interval else ():
        if name.startswith(ours):
            return published + name.removeprefix(ours)
    return name


def our_name(name: str) -> str:
    """The name of a published parameter in `VelocityTransformer`. Our own names stay as they are."""
    for ours, published in _OURS_AND_PUBLISHED:
        if name.startswith(published):
            return ours + name.removeprefix(published)
    return name


def unused_entries(config: TransformerConfig) -> dict[str, tuple[int, ...]]:
    """Shapes of what published files hold and the network never uses, by name. Each may be absent.

    - `pos_embed.pos_embed`: the position table, which is computed.
    - `attn2`'s text parts: the second attention was built with them, but sees no text.
    - the top-level `interval_embedder` of SMFSR: a leftover beside the one in `time_text_embed_interval`.
    """
    width, head = config.width, config.attention_head_dim
    entries: dict[str, tuple[int, ...]] = {POSITION_TABLE: (1, config.pos_embed_max_size**2, width)}
    for index in config.dual_attention_layers:
        attn2 = f"transformer_blocks.{index}.attn2."
        for linear in ("add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"):
            entries |= {f"{attn2}{linear}.weight": (width, width), f"{attn2}{linear}.bias": (width,)}
        for norm in ("norm_added_q", "norm_added_k") if config.qk_norm else ():
            entries[f"{attn2}{norm}.weight"] = (head,)
    if config.has_interval:
        entries |= {"interval_embedder.0.weight": (width, 2 * width), "interval_embedder.0.bias": (width,)}
        entries |= {"interval_embedder.2.weight": (width, width), "interval_embedder.2.bias": (width,)}
    return entries


def published_entries(config: TransformerConfig) -> dict[str, tuple[int, ...]]:
    """Shapes of everything a published file of this configuration holds, used or not, by its published name."""
    with torch.device("meta"):
        used = VelocityTransformer(config).state_dict()
    shapes = {published_name(name, config): tuple(tensor.shape) for name, tensor in used.items()}
    return shapes | unused_entries(config)


def detect_variant(config_json: Mapping[str, Any], names: Iterable[str], declared: str | None = None) -> str:
    """The variant, a name in `VARIANTS`, of weights with these names.

    Args:
        config_json: the parsed `config.json`.
        names: names of the weights.
        declared: what the model card says. Needed for DiT4SR teachers, whose weights do not tell q, f and r1 apart.

    Raises:
        ModelError: the weights are of no known family, contradict `declared`, or need it.
    """
    if declared is not None and declared not in VARIANTS:
        raise ModelError(
            f"The transformer variant {declared!r} is unknown. Known ones are {', '.join(sorted(VARIANTS))}."
        )
    names = set(names)
    if not any("_control." in name for name in names):
        raise ModelError(
            "These weights are no transformer of this program: the low-resolution branch is missing. Choose others."
        )
    if "lr_keys" in config_json:
        return declared or "mfsr"
    has_interval = any("interval_embedder." in name for name in names)
    if declared is None:
        if not has_interval:
            raise ModelError(
                "DiT4SR's q, f and r1 weights look alike. Say in the model card, or with --variant, which one this is: q, f or r1."
            )
        return "smfsr"
    if bool(VARIANTS[declared]["has_interval"]) != has_interval:
        has = "an" if has_interval else "no"
        raise ModelError(
            f"The model card says {declared!r}, but these weights have {has} interval embedding. Correct the card."
        )
    return declared


def load_transformer(
    source: Mapping[str, Tensor] | Path,
    config: TransformerConfig,
    *,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
    is_eight_bit: bool = False,
) -> VelocityTransformer:
    """The transformer with the weights of a state dict, safetensors file or diffusers folder, in evaluation mode.

    Every key must be used or be in `unused_entries`. Weights are read and converted one by one, so that one copy and
    one tensor more is all the memory it takes. The time embedding stays in fp32 or wider, because half precision is too
    coarse for times. With `is_eight_bit` the blocks' linear layers keep their weights in 8 bits, see `eight_bit`.

    Raises:
        ModelError: a file cannot be read, keys are missing, unexpected or misshapen, or the position table differs.
    """
    opened = open_weights(source) if isinstance(source, Path) else nullcontext(from_mapping(source))
    with opened as weights:
        weights = weights.renamed(our_name)
        with torch.device("meta"):
            model = VelocityTransformer(config)
        used = model.state_dict()
        _check_keys(
            weights.shapes, {name: tuple(tensor.shape) for name, tensor in used.items()}, unused_entries(config)
        )
        _check_position_table(weights, config)
        in_eight_bits = use_eight_bits(model.transformer_blocks, _BLOCKS) if is_eight_bit else frozenset()
        state: dict[str, Tensor] = {}
        for name in used:
            tensor = _copied(weights.read(name), name, dtype, device)
            if name in in_eight_bits:
                tensor, state[f"{name.removesuffix('weight')}scale"] = quantised(tensor, dtype)
            state[name] = tensor
    model.load_state_dict(state, assign=True)
    return model.eval()


def load_transformer_folder(
    folder: Path,
    variant: str | None = None,
    *,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
    is_eight_bit: bool = False,
) -> VelocityTransformer:
    """The transformer of a diffusers-style folder, with its `config.json`; for `variant` see `detect_variant`.

    Raises:
        ModelError: as `load_transformer` and `detect_variant`, or `config.json` is missing or damaged.
    """
    config = _folder_config(folder, variant)
    return load_transformer(folder, config, dtype=dtype, device=device, is_eight_bit=is_eight_bit)


def check_transformer_folder(folder: Path, variant: str | None = None) -> TransformerConfig:
    """The configuration of a diffusers-style folder, after its weights were compared with it by name and shape alone.

    Raises:
        ModelError: as `load_transformer_folder`.
    """
    config = _folder_config(folder, variant)
    with open_weights(folder) as weights:
        weights = weights.renamed(our_name)
        with torch.device("meta"):
            used = VelocityTransformer(config).state_dict()
        _check_keys(
            weights.shapes, {name: tuple(tensor.shape) for name, tensor in used.items()}, unused_entries(config)
        )
        _check_position_table(weights, config)
    return config


def save_transformer(model: VelocityTransformer, folder: Path) -> None:
    """Writes `config.json` and the weights, under our names and without unused ones, for `load_transformer_folder`."""
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    with atomic.replaced(folder / FILE_NAME) as temporary:
        save_file(state, temporary, metadata={"format": "pt"})
    atomic.write_text(folder / "config.json", json.dumps(model.config.to_json(), indent=2) + "\n")


def _folder_config(folder: Path, variant: str | None) -> TransformerConfig:
    data = config_of(folder)
    with open_weights(folder) as weights:
        found = detect_variant(data, weights.shapes, variant)
    return config_from_json(data, found)


def _copied(tensor: Tensor, name: str, dtype: torch.dtype, device: torch.device | str) -> Tensor:
    """In memory of its own: a view of the file is not aligned, which changes the last digit, and locks the file."""
    wanted = torch.promote_types(dtype, torch.float32) if name.startswith(_FULL_PRECISION) else dtype
    return tensor.to(device=device, dtype=wanted, copy=True)


def _check_keys(
    found: Mapping[str, tuple[int, ...]], used: Mapping[str, tuple[int, ...]], unused: Mapping[str, tuple[int, ...]]
) -> None:
    present = {name: shape for name, shape in unused.items() if name in found}  # each may be absent
    problems = differences(found, {**used, **present})
    if problems:
        raise ModelError(
            f"These weights do not fit the configuration: {problems}. "
            "Check that config.json and the variant belong to the weights, or get the model again."
        )


def _check_position_table(weights: WeightSource, config: TransformerConfig) -> None:
    """Compares a stored table with the computed one at cells from corner to corner."""
    if POSITION_TABLE not in weights.shapes:
        return
    side = config.pos_embed_max_size
    cells = torch.tensor([index * (side**2 - 1) // (_TABLE_SAMPLES - 1) for index in range(_TABLE_SAMPLES)])
    stored = torch.stack([weights.read_row(POSITION_TABLE, int(cell)) for cell in cells])
    computed = position_rows(config, cells // side, cells % side)
    tolerance = max(1e-4, 2 * torch.finfo(stored.dtype).eps)
    if not torch.allclose(stored.float(), computed, rtol=0, atol=tolerance):
        raise ModelError(
            "The position table in these weights is not the one the configuration describes. Check sample_size, "
            "patch_size and pos_embed_max_size in config.json, or get the model again."
        )
