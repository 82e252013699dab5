"""The full-size velocity model: DiT4SR's transformer on SD3.5, for teachers, SMFSR and our students. Knows no files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from mfsr_engine.errors import ModelError
from mfsr_engine.models.dit4sr.attention import AttentionFunction, ControlledAttention, JointAttention
from mfsr_engine.models.dit4sr.embeddings import Conditioning, PatchEmbedding

if TYPE_CHECKING:
    from mfsr_engine.models.dit4sr.transformer_config import TransformerConfig
    from mfsr_engine.models.prompts import Prompt


class Modulation(nn.Module):
    """Per-channel shifts, scales and gates from the conditioning."""

    def __init__(self, width: int, count: int) -> None:
        super().__init__()
        self.count = count
        self.linear = nn.Linear(width, count * width)

    def forward(self, embedding: Tensor) -> tuple[Tensor, ...]:
        """(B, D) to `count` times (B, 1, D)."""
        modulations: Tensor = self.linear(F.silu(embedding).to(self.linear.bias.dtype))
        return modulations[:, None].chunk(self.count, dim=-1)


def _normed(x: Tensor) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], eps=1e-6).to(x.dtype)


class FeedForward(nn.Module):
    """Linear, GELU (tanh form), Linear; four times as wide inside."""

    def __init__(self, width: int) -> None:
        super().__init__()
        widen = nn.ModuleDict({"proj": nn.Linear(width, 4 * width)})
        self.net = nn.ModuleDict({"0": widen, "2": nn.Linear(4 * width, width)})

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, D) to the same."""
        return self.net["2"](self._inside(x))  # type: ignore[no-any-return]

    def _inside(self, x: Tensor) -> Tensor:
        return F.gelu(self.net["0"]["proj"](x), approximate="tanh")  # type: ignore[index]


class ControlledFeedForward(FeedForward):
    """The same for [X, L], where a depthwise 3x3 convolution of the inner L, as a picture, is added to the inner X."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config.width)
        inner = 4 * config.width
        self.scale = config.control_conv_scale
        self.control_conv = nn.Conv2d(inner, inner, 3, padding=1, groups=inner)

    def mix(self, hidden: Tensor, grid: tuple[int, int]) -> Tensor:
        """(B, 2 N, D) tokens of a (height, width) grid of N to the same."""
        image, low = self._inside(hidden).chunk(2, dim=1)
        picture = self.control_conv(low.transpose(1, 2).reshape(len(low), -1, *grid))
        image = image + self.scale * picture.flatten(2).transpose(1, 2)
        return self.net["2"](torch.cat([image, low], dim=1))  # type: ignore[no-any-return]


class TransformerBlock(nn.Module):
    """Attention and MLP of [X, L] and of the text; X and L share all modulations. The last block drops the text."""

    def __init__(self, config: TransformerConfig, index: int) -> None:
        super().__init__()
        width = config.width
        is_last = index == config.num_layers - 1
        is_dual = index in config.dual_attention_layers
        self.norm1 = Modulation(width, 9 if is_dual else 6)
        self.norm1_context = Modulation(width, 2 if is_last else 6)
        self.attn = JointAttention(config, has_text_output=not is_last)
        self.attn2 = ControlledAttention(config) if is_dual else None
        self.ff = ControlledFeedForward(config)
        self.ff_context = None if is_last else FeedForward(width)

    def forward(
        self, hidden: Tensor, text: Tensor, embedding: Tensor, grid: tuple[int, int], attention: AttentionFunction
    ) -> tuple[Tensor, Tensor]:
        """(B, 2 N, D) tokens [X, L] and (B, T, D) text, with (B, D) conditioning, to the same."""
        shift, scale, gate, mlp_shift, mlp_scale, mlp_gate, *dual = self.norm1(embedding)
        text_shift, text_scale, *text_rest = self._text_modulation(embedding)
        normed = _normed(hidden)
        text_normed = _normed(text) * (1 + text_scale) + text_shift
        attended, text_attended = self.attn.join(normed * (1 + scale) + shift, text_normed, attention)
        hidden = hidden + gate * attended
        if self.attn2 is not None:
            shift2, scale2, gate2 = dual
            hidden = hidden + gate2 * self.attn2(normed * (1 + scale2) + shift2, attention)
        hidden = hidden + mlp_gate * self.ff.mix(_normed(hidden) * (1 + mlp_scale) + mlp_shift, grid)
        if text_attended is not None:
            text = self._text_step(text, text_attended, text_rest)
        return hidden, text

    def _text_modulation(self, embedding: Tensor) -> tuple[Tensor, ...]:
        """Shift and scale first; the last block's published weights have them the other way round."""
        first, second, *rest = self.norm1_context(embedding)
        return (first, second, *rest) if rest else (second, first)

    def _text_step(self, text: Tensor, attended: Tensor, modulation: list[Tensor]) -> Tensor:
        assert self.ff_context is not None
        gate, mlp_shift, mlp_scale, mlp_gate = modulation
        text = text + gate * attended
        output: Tensor = self.ff_context(_normed(text) * (1 + mlp_scale) + mlp_shift)
        return text + mlp_gate * output


class VelocityTransformer(nn.Module):
    """u(z, r, t | lr, prompt) for DiT4SR, SMFSR and MFSR; a `VelocityModel`. The output is e - x, as in SD3.

    z and lr pass the same patch embedding with the same positions, then all blocks side by side; lr's half is dropped
    at the end. Parameters bear the published names (see `checkpoints`), without those that the released code never
    uses.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.attention: AttentionFunction = F.scaled_dot_product_attention
        """Settable. Forward derivatives need `plain_attention`, or `sdpa_kernel(SDPBackend.MATH)` around it."""
        self.checkpoint_blocks = False
        """Whether backward recomputes each block to save memory. Inside `torch.func.jvp` only with `no_grad`."""
        self.pos_embed = PatchEmbedding(config)
        self.time_text_embed = Conditioning(config)
        self.context_embedder = nn.Linear(config.joint_attention_dim, config.width)
        self.transformer_blocks = nn.ModuleList(TransformerBlock(config, index) for index in range(config.num_layers))
        self.norm_out = Modulation(config.width, 2)
        self.proj_out = nn.Linear(config.width, config.patch_size**2 * config.out_channels)

    @property
    def dtype(self) -> torch.dtype:
        """Precision of the blocks' weights; `time_text_embed` may have a higher one."""
        return self.proj_out.weight.dtype

    def forward(self, z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor | None = None) -> Tensor:
        """See `VelocityModel.__call__`. Without `r`, or without an interval embedding, the instantaneous velocity at t.

        Raises:
            ModelError: as `forward_native`, or the prompt has no token embeddings.
        """
        if prompt.tokens is None:
            raise ModelError(
                "This model needs a prompt with token embeddings, but got none. Use the prompts stored with the model."
            )
        prompt = prompt.expanded(z.shape[0])
        assert prompt.tokens is not None
        unit = self.config.time_unit
        return self.forward_native(z, lr, prompt.tokens, prompt.pooled, t * unit, None if r is None else r * unit)

    def forward_native(
        self, z: Tensor, lr: Tensor, text: Tensor, pooled: Tensor, t: Tensor, r: Tensor | None = None
    ) -> Tensor:
        """The network with times in the family's own unit.

        Args:
            z: (B, C, h, w) float state.
            lr: (B, C, h, w) float condition.
            text: (B, T, J) float token embeddings of the prompt.
            pooled: (B, P) float pooled embedding of the prompt.
            t: (B,) fp32 or fp64 time of `z`, 0..`time_unit`.
            r: (B,) likewise, the time aimed at; t where left out.

        Returns:
            (B, C, h, w) velocity, same dtype as `z`.

        Raises:
            ModelError: h or w is no multiple of the patch size, z and lr differ in shape, the latent is larger than the
                position table, or the prompt is of another width.
        """
        grid = self._token_grid(z, lr)
        self._check_prompt(text, pooled)
        embedding = self.time_text_embed(t, t if r is None else r, pooled)
        hidden = torch.cat([self.pos_embed(z), self.pos_embed(lr)], dim=1)
        context = self.context_embedder(text.to(self.context_embedder.weight.dtype))
        for block in self.transformer_blocks:
            hidden, context = self._run(block, hidden, context, embedding, grid)
        return self._to_latent(hidden.chunk(2, dim=1)[0], embedding, grid).to(z.dtype)

    def _token_grid(self, z: Tensor, lr: Tensor) -> tuple[int, int]:
        patch = self.config.patch_size
        height, width = z.shape[-2:]
        if height % patch or width % patch or not height * width:
            raise ModelError(
                f"A latent of {width} x {height} cannot be cut into {patch} x {patch} patches. Pad the picture first."
            )
        if lr.shape != z.shape:
            raise ModelError(
                f"The condition is {tuple(lr.shape)} and the state {tuple(z.shape)}; this model needs both of one size."
            )
        return height // patch, width // patch

    def _check_prompt(self, text: Tensor, pooled: Tensor) -> None:
        found = (text.shape[-1], pooled.shape[-1])
        wanted = (self.config.joint_attention_dim, self.config.pooled_projection_dim)
        if found != wanted:
            raise ModelError(
                f"The prompt's embeddings are {found[0]} and {found[1]} wide, but this model needs {wanted[0]} and "
                f"{wanted[1]}. Use the prompts stored with the model."
            )

    def _run(
        self, block: nn.Module, hidden: Tensor, text: Tensor, embedding: Tensor, grid: tuple[int, int]
    ) -> tuple[Tensor, Tensor]:
        if self.checkpoint_blocks and torch.is_grad_enabled():
            outputs = checkpoint(block, hidden, text, embedding, grid, self.attention, use_reentrant=False)
        else:
            outputs = block(hidden, text, embedding, grid, self.attention)
        new_hidden, new_text = outputs
        return new_hidden, new_text

    def _to_latent(self, tokens: Tensor, embedding: Tensor, grid: tuple[int, int]) -> Tensor:
        """(B, N, D) image tokens to (B, C, h, w)."""
        scale, shift = self.norm_out(embedding)
        patch = self.config.patch_size
        pixels: Tensor = self.proj_out(_normed(tokens) * (1 + scale) + shift)
        pixels = pixels.reshape(len(pixels), *grid, patch, patch, self.config.out_channels)
        return pixels.permute(0, 5, 1, 3, 2, 4).flatten(4, 5).flatten(2, 3)
