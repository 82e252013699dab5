"""What distinguishes the published transformers and our own students, as data. Knows no tensors."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from mfsr_engine.compute.memory import ModelSize
from mfsr_engine.errors import ModelError
from mfsr_engine.models.weights import AUTOENCODER_TENSORS

if TYPE_CHECKING:
    from collections.abc import Mapping


_SIZES = (
    "sample_size",
    "patch_size",
    "in_channels",
    "out_channels",
    "num_layers",
    "attention_head_dim",
    "num_attention_heads",
    "joint_attention_dim",
    "pooled_projection_dim",
    "pos_embed_max_size",
)


MAX_SIZE = 16_384
"""Largest size of any kind in a configuration."""
MAX_LAYERS = 256
"""Most transformer blocks."""


@dataclass(frozen=True)
class TransformerConfig:
    """Shape and behaviour of a full-size transformer. The defaults are the released DiT4SR q (arXiv 2503.23580).

    Fields up to `qk_norm` bear the names of the published `config.json`; the rest is hard-wired in the released code.
    """

    sample_size: int = 128
    """Side of the latent the positions are scaled for: they run from 0 to `sample_size // patch_size`."""
    patch_size: int = 2
    """Latent cells along one side of a token."""
    in_channels: int = 16
    """Channels of z and of lr."""
    out_channels: int = 16
    """Channels of the velocity."""
    num_layers: int = 24
    """Transformer blocks."""
    attention_head_dim: int = 64
    """Width of one attention head."""
    num_attention_heads: int = 24
    """Attention heads; times `attention_head_dim` this is the width."""
    joint_attention_dim: int = 4096
    """Width of the prompt's token embeddings."""
    pooled_projection_dim: int = 2048
    """Width of the prompt's pooled embedding."""
    pos_embed_max_size: int = 384
    """Side of the position table in tokens; no latent may have more."""
    dual_attention_layers: tuple[int, ...] = tuple(range(13))
    """Blocks with a second attention that leaves the text out."""
    qk_norm: Literal["rms_norm"] | None = "rms_norm"
    """Norm of queries and keys inside the attention, or none."""
    lr_keys: Literal["own", "normed_x"] = "normed_x"
    """Keys of the low-resolution tokens: their own, or, as in DiT4SR q and f, the image's keys normed twice."""
    time_unit: float = 1000.0
    """What t = 1 is for the time embedding."""
    has_interval: bool = False
    """Whether it is told r beside t, as students are; a teacher only knows r = t."""
    control_conv_scale: float = 1.2
    """Weight of the convolution from the low-resolution tokens to the image's inside the MLP."""

    def __post_init__(self) -> None:
        """Refuses sizes that no network can have.

        Raises:
            ModelError: a size is not positive, the width is not a multiple of 4, or a field holds an unknown choice.
        """
        for name in _SIZES:
            if type(getattr(self, name)) is not int or not 1 <= getattr(self, name) <= MAX_SIZE:
                raise _config_error(f"{name} must be a whole number from 1 to {MAX_SIZE}, not {getattr(self, name)!r}")
        if self.num_layers > MAX_LAYERS or self.width > MAX_SIZE:
            raise _config_error(f"num_layers may be at most {MAX_LAYERS}, and the width at most {MAX_SIZE}")
        for name in ("time_unit", "control_conv_scale"):
            if type(getattr(self, name)) not in (int, float) or not math.isfinite(getattr(self, name)):
                raise _config_error(f"{name} must be a number, not {getattr(self, name)!r}")
        if type(self.has_interval) is not bool:
            raise _config_error(f"has_interval must be true or false, not {self.has_interval!r}")
        if self.sample_size < self.patch_size:
            raise _config_error(f"sample_size must be at least patch_size, {self.patch_size}")
        if self.width % 4:
            raise _config_error(f"the width, heads times head size, must be a multiple of 4, not {self.width}")
        if self.qk_norm not in ("rms_norm", None):
            raise _config_error(f"qk_norm must be 'rms_norm' or null, not {self.qk_norm!r}")
        if self.lr_keys not in ("own", "normed_x"):
            raise _config_error(f"lr_keys must be 'own' or 'normed_x', not {self.lr_keys!r}")
        if any(type(layer) is not int or not 0 <= layer < self.num_layers for layer in self.dual_attention_layers):
            raise _config_error(f"dual_attention_layers must lie in 0..{self.num_layers - 1}")

    @property
    def width(self) -> int:
        """Channels of a token."""
        return self.num_attention_heads * self.attention_head_dim

    @property
    def tokens_per_position(self) -> float:
        """Table cells that make one unit of position."""
        return self.pos_embed_max_size / (self.sample_size // self.patch_size)

    def to_json(self) -> dict[str, Any]:
        """All fields, for `config.json`; `config_from_json` reads them back."""
        return {**asdict(self), "dual_attention_layers": list(self.dual_attention_layers)}


_SD3_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "sample_size": 128,
        "patch_size": 2,
        "in_channels": 16,
        "num_layers": 18,
        "attention_head_dim": 64,
        "num_attention_heads": 18,
        "joint_attention_dim": 4096,
        "pooled_projection_dim": 2048,
        "pos_embed_max_size": 96,
        "dual_attention_layers": (),
        "qk_norm": None,
    }
)
"""What diffusers' SD3 transformer assumes for a field that a published config leaves out."""

_LR_BUG = {"lr_keys": "normed_x", "time_unit": 1000.0, "has_interval": False}
_LR_FIXED = {"lr_keys": "own", "time_unit": 1000.0, "has_interval": False}
_SMFSR = {"lr_keys": "normed_x", "time_unit": 1.0, "has_interval": True}
_MFSR = {"lr_keys": "own", "time_unit": 1.0, "has_interval": True}

VARIANTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        **dict.fromkeys(("q", "f", "dit4sr_q", "dit4sr_f"), _LR_BUG),
        **dict.fromkeys(("r1", "dit4sr_r1"), _LR_FIXED),
        **dict.fromkeys(("smfsr", "smfsr_q", "smfsr_f"), _SMFSR),
        "mfsr": _MFSR,
    }
)
"""Settings that a published `config.json` does not hold, by the variant's name in a model card."""
DEFAULT_VARIANT = "mfsr"
"""What a card that names none is: a student made here, whose configuration says the rest."""
PUBLISHED_VARIANTS = ("q", "f", "r1", "smfsr")
"""Short names of the variants that a published folder may be, for people to choose from; each is in `VARIANTS`."""


VALUES_PER_TOKEN = 39
"""Values alive at the transformer's peak for each token of the image, in units of its width; counted, see
`benchmarks.counting`.
"""
PUBLISHED_SIZE = ModelSize(
    block_parameters=2_574_572_672,
    other_parameters=19_476_544,
    autoencoder_parameters=83_819_683,
    blocks=24,
    network_values_per_px=VALUES_PER_TOKEN * 1536 / 256,
    autoencoder_values_per_px=AUTOENCODER_TENSORS * 256,
    scale=4,
    tile_px=128,
)
"""The published models, which are all of one shape."""
CALL_TFLOP, AUTOENCODER_TFLOP = 4.72, 3.63
"""Operations for a tile of 128 input pixels: one call of the transformer, and encoding and decoding; counted with
`benchmarks.counting`, for 154 text tokens.
"""


def is_variant(asked: str, variant: str) -> bool:
    """Whether a variant is what someone asked for, under its full or short name (q, f, r1, smfsr)."""
    return asked in (variant, variant.removeprefix("dit4sr_")) or variant.startswith(f"{asked}_")


def config_from_json(data: Mapping[str, Any], variant: str) -> TransformerConfig:
    """The configuration for a published or own `config.json`.

    Args:
        data: the parsed JSON. Fields unknown here are passed over; what our own students add wins over the variant's.
        variant: a name in `VARIANTS`.

    Raises:
        ModelError: the variant is unknown, or a field has no possible value.
    """
    if variant not in VARIANTS:
        raise ModelError(
            f"The transformer variant {variant!r} is unknown. Known ones are {', '.join(sorted(VARIANTS))}."
        )
    known = {field.name for field in fields(TransformerConfig)}
    values = {**_SD3_DEFAULTS, **VARIANTS[variant], **{name: value for name, value in data.items() if name in known}}
    if values.get("out_channels") is None:
        values["out_channels"] = values["in_channels"]
    values["dual_attention_layers"] = _dual_layers(values["dual_attention_layers"], values["num_layers"])
    config = TransformerConfig(**values)
    if data.get("caption_projection_dim", config.width) != config.width:
        raise _config_error(f"caption_projection_dim must equal the width, {config.width}")
    return config


def _dual_layers(layers: Any, num_layers: Any) -> tuple[int, ...]:
    """In order, without those beyond the last block, which the released code passes over too."""
    if not isinstance(layers, list | tuple) or any(type(layer) is not int for layer in layers):
        raise _config_error("dual_attention_layers must be a list of block numbers")
    return tuple(layer for layer in sorted(set(layers)) if not isinstance(num_layers, int) or layer < num_layers)


def _config_error(problem: str) -> ModelError:
    return ModelError(
        f"The transformer's config.json does not describe a model this program knows: {problem}. Get the model again."
    )
