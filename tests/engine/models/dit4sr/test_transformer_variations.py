"""Any size and shape of every family loads from its published names and answers as the equations say.

The equations are written out here once more, slowly: one attention head at a time, in double precision, straight from the
published names. They follow DiT4SR (arXiv 2503.23580, section 3) and, for students, SMFSR.
"""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from diffusers.models.embeddings import PatchEmbed, get_timestep_embedding
from torch import Tensor

from mfsr_engine.models.dit4sr.checkpoints import load_transformer, published_entries
from mfsr_engine.models.dit4sr.embeddings import position_rows
from mfsr_engine.models.dit4sr.transformer_config import VARIANTS, TransformerConfig, config_from_json

FAMILIES = ("dit4sr_q", "dit4sr_f", "dit4sr_r1", "smfsr_q", "smfsr_f", "mfsr")


class Written:
    """The network as equations over published weights, in fp64."""

    def __init__(self, weights: dict[str, Tensor], config: TransformerConfig, variant: str) -> None:
        self.weights = {name: tensor.double() for name, tensor in weights.items()}
        self.config, self.traits = config, VARIANTS[variant]

    def linear(self, name: str, x: Tensor) -> Tensor:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def mlp(self, name: str, x: Tensor) -> Tensor:
        return self.linear(f"{name}.linear_2", F.silu(self.linear(f"{name}.linear_1", x)))

    def rms(self, name: str, x: Tensor) -> Tensor:
        """Of one head's queries or keys."""
        if self.config.qk_norm is None:
            return x
        return x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt() * self.weights[f"{name}.weight"]

    def time(self, t: Tensor, pooled: Tensor, prefix: str) -> Tensor:
        features = get_timestep_embedding(t.float(), 256, flip_sin_to_cos=True, downscale_freq_shift=0).double()
        return self.mlp(f"{prefix}timestep_embedder", features) + self.mlp(f"{prefix}text_embedder", pooled)

    def embedding(self, t: Tensor, r: Tensor, pooled: Tensor) -> Tensor:
        if not self.traits["has_interval"]:
            return self.time(t, pooled, "time_text_embed.")
        prefix = "time_text_embed_interval."
        both = torch.cat([self.time(s, pooled, f"{prefix}time_text_embed.") for s in (r, t)], dim=-1)
        inside = F.silu(self.linear(f"{prefix}interval_embedder.0", both))
        return self.linear(f"{prefix}interval_embedder.2", inside)

    def tokens(self, picture: Tensor) -> Tensor:
        config = self.config
        table = PatchEmbed(
            config.sample_size,
            config.sample_size,
            config.patch_size,
            config.in_channels,
            config.width,
            pos_embed_max_size=config.pos_embed_max_size,
        )
        weight, bias = (self.weights[f"pos_embed.proj.{part}"] for part in ("weight", "bias"))
        patches = F.conv2d(picture, weight, bias, stride=config.patch_size).flatten(2).transpose(1, 2)
        return patches + table.cropped_pos_embed(*picture.shape[-2:]).double()

    def attend(self, name: str, x: Tensor, low: Tensor, text: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
        def mapped(kind: str) -> list[Tensor]:
            of_x = self.linear(f"{name}.to_{kind}", x)
            of_low = self.linear(f"{name}.to_{kind}_control", self.linear(f"{name}.to_{kind}", low))
            of_text = [] if text is None else [self.linear(f"{name}.add_{kind}_proj", text)]
            return [of_x, of_low, *of_text]

        size, results = self.config.attention_head_dim, []
        queries, keys, values = (mapped(kind) for kind in "qkv")
        for head in range(self.config.num_attention_heads):
            cut = slice(head * size, (head + 1) * size)
            q = [self.rms(f"{name}.norm_q", part[..., cut]) for part in queries[:2]]
            q += [self.rms(f"{name}.norm_added_q", part[..., cut]) for part in queries[2:]]
            k_x = self.rms(f"{name}.norm_k", keys[0][..., cut])
            is_own = self.traits["lr_keys"] == "own"
            k_low = self.rms(f"{name}.norm_k", keys[1][..., cut] if is_own else k_x)
            k = [k_x, k_low, *(self.rms(f"{name}.norm_added_k", part[..., cut]) for part in keys[2:])]
            scores = torch.cat(q, 1) @ torch.cat(k, 1).transpose(1, 2) / math.sqrt(size)
            results.append(scores.softmax(-1) @ torch.cat([part[..., cut] for part in values], 1))
        joined = torch.cat(results, dim=-1)
        count = x.shape[1]
        new_x = self.linear(f"{name}.to_out.0", joined[:, :count])
        new_low = self.linear(f"{name}.to_out_control", joined[:, count : 2 * count] + low)
        has_text = text is not None and f"{name}.to_add_out.weight" in self.weights
        return new_x, new_low, self.linear(f"{name}.to_add_out", joined[:, 2 * count :]) if has_text else None

    def feed_forward(self, name: str, x: Tensor, low: Tensor, grid: tuple[int, int]) -> tuple[Tensor, Tensor]:
        x, low = (F.gelu(self.linear(f"{name}.net.0.proj", part), approximate="tanh") for part in (x, low))
        weight, bias = (self.weights[f"{name}.control_conv.{part}"] for part in ("weight", "bias"))
        picture = low.transpose(1, 2).unflatten(2, grid)
        x = x + 1.2 * F.conv2d(picture, weight, bias, padding=1, groups=len(weight)).flatten(2).transpose(1, 2)
        return self.linear(f"{name}.net.2", x), self.linear(f"{name}.net.2", low)

    def block(
        self, index: int, x: Tensor, low: Tensor, text: Tensor, emb: Tensor, grid: tuple[int, int]
    ) -> tuple[Tensor, Tensor, Tensor]:
        name, is_last = f"transformer_blocks.{index}", index == self.config.num_layers - 1
        is_dual = index in self.config.dual_attention_layers
        mods = self.linear(f"{name}.norm1.linear", F.silu(emb))[:, None].chunk(9 if is_dual else 6, -1)
        text_mods = self.linear(f"{name}.norm1_context.linear", F.silu(emb))[:, None].chunk(2 if is_last else 6, -1)
        shift, scale = text_mods[:2] if not is_last else text_mods[1::-1]
        text_in = plain_norm(text) * (1 + scale) + shift
        x_n, low_n = plain_norm(x), plain_norm(low)
        inputs = [part * (1 + mods[1]) + mods[0] for part in (x_n, low_n)]
        by_x, by_low, by_text = self.attend(f"{name}.attn", *inputs, text_in)
        x, low = x + mods[2] * by_x, low + mods[2] * by_low
        if is_dual:
            inputs = [part * (1 + mods[7]) + mods[6] for part in (x_n, low_n)]
            by_x, by_low, _ = self.attend(f"{name}.attn2", *inputs, None)
            x, low = x + mods[8] * by_x, low + mods[8] * by_low
        inputs = [plain_norm(part) * (1 + mods[4]) + mods[3] for part in (x, low)]
        by_x, by_low = self.feed_forward(f"{name}.ff", *inputs, grid)
        x, low = x + mods[5] * by_x, low + mods[5] * by_low
        if by_text is not None:
            text = text + text_mods[2] * by_text
            inside = self.linear(f"{name}.ff_context.net.0.proj", plain_norm(text) * (1 + text_mods[4]) + text_mods[3])
            text = text + text_mods[5] * self.linear(f"{name}.ff_context.net.2", F.gelu(inside, approximate="tanh"))
        return x, low, text

    def __call__(self, z: Tensor, lr: Tensor, text: Tensor, pooled: Tensor, t: Tensor, r: Tensor) -> Tensor:
        patch, grid = self.config.patch_size, tuple(side // self.config.patch_size for side in z.shape[-2:])
        x, low, emb = self.tokens(z), self.tokens(lr), self.embedding(t, r, pooled)
        words = self.linear("context_embedder", text)
        for index in range(self.config.num_layers):
            x, low, words = self.block(index, x, low, words, emb, grid)  # type: ignore[arg-type]
        scale, shift = self.linear("norm_out.linear", F.silu(emb))[:, None].chunk(2, -1)
        cells = self.linear("proj_out", plain_norm(x) * (1 + scale) + shift)
        rows = cells.unflatten(1, grid).unflatten(-1, (patch, patch, self.config.out_channels))
        return torch.einsum("bhwpqc->bchpwq", rows).flatten(4, 5).flatten(2, 3)


def plain_norm(x: Tensor) -> Tensor:
    return (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True, unbiased=False) + 1e-6).sqrt()


def drawn_json(draw: random.Random) -> dict[str, Any]:
    """A published `config.json` of a random shape."""
    layers, patch = draw.randint(1, 4), draw.choice([1, 2, 2, 4])
    heads, size = draw.randint(1, 5), draw.choice([4, 8, 12, 20])
    return {
        "_class_name": "SD3Transformer2DModel",
        "sample_size": patch * draw.choice([5, 8, 16]),
        "patch_size": patch,
        "in_channels": draw.choice([3, 4, 16]),
        "out_channels": draw.choice([None, 4, 16]),
        "num_layers": layers,
        "attention_head_dim": size,
        "num_attention_heads": heads,
        "joint_attention_dim": draw.choice([7, 24]),
        "caption_projection_dim": heads * size,
        "pooled_projection_dim": draw.choice([5, 10]),
        "pos_embed_max_size": draw.choice([16, 21]),
        "dual_attention_layers": sorted(draw.sample(range(layers), draw.randint(0, layers))),
        "qk_norm": draw.choice(["rms_norm", "rms_norm", None]),
    }


def drawn_weights(config: TransformerConfig, seed: int) -> dict[str, Tensor]:
    """Everything a published file of this configuration holds, used or not."""
    generator = torch.Generator().manual_seed(seed)
    weights = {
        name: torch.randn(shape, generator=generator) * (0.3 if name.endswith("bias") else shape[-1] ** -0.5)
        for name, shape in published_entries(config).items()
    }
    cells = torch.arange(config.pos_embed_max_size**2)
    rows = position_rows(config, cells // config.pos_embed_max_size, cells % config.pos_embed_max_size)
    return weights | {"pos_embed.pos_embed": rows[None]}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("variant", FAMILIES)
def test_a_random_shape_of_every_family_loads_and_answers_as_written(variant: str, seed: int) -> None:
    draw = random.Random(f"{variant} {seed}")
    config = config_from_json(drawn_json(draw), variant)
    weights = drawn_weights(config, seed)
    model = load_transformer(weights, config, dtype=torch.float64)
    batch, patch = draw.randint(1, 3), config.patch_size
    height, width = draw.sample(range(1, 12), 2)  # never square
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    z, lr = (normal(batch, config.in_channels, height * patch, width * patch) for _ in range(2))
    text, pooled = (
        normal(batch, draw.randint(1, 9), config.joint_attention_dim),
        normal(1, config.pooled_projection_dim),
    )
    pooled = pooled.expand(batch, -1)
    t, r = (torch.rand(batch, generator=generator, dtype=torch.float64) * config.time_unit for _ in range(2))
    with torch.no_grad():
        found = model.forward_native(z, lr, text, pooled, t.float(), r.float())
        wanted = Written(weights, config, variant)(z, lr, text, pooled, t.float(), r.float())
    assert found.shape == (batch, config.out_channels, height * patch, width * patch)
    assert float((found - wanted).abs().max() / wanted.abs().max()) < 1e-5
