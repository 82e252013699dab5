"""Joint attention of image, low-resolution and text tokens, as in DiT4SR (arXiv 2503.23580, section 3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from mfsr_engine.models.dit4sr.transformer_config import TransformerConfig

AttentionFunction = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Queries, keys and values, each (B, heads, N, head size), to (B, heads, N, head size)."""


def plain_attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """softmax(q k^T / sqrt(d)) v by two matrix products, which have a forward derivative. Memory grows as N^2."""
    weights = torch.softmax((query * query.shape[-1] ** -0.5) @ key.transpose(-2, -1), dim=-1)
    return weights.to(value.dtype) @ value


class RMSNorm(nn.Module):
    """x / sqrt(mean(x^2) + 1e-6), scaled per channel; computed in at least fp32, answers in x's precision."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Any shape, channels last."""
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + 1e-6) * self.weight).to(x.dtype)


def _norm(config: TransformerConfig) -> nn.Module:
    return nn.Identity() if config.qk_norm is None else RMSNorm(config.attention_head_dim)


class ControlledAttention(nn.Module):
    """Self-attention of image tokens X and low-resolution tokens L, whose queries, keys and values pass a second map.

    These control maps come after the maps that X uses too; L's output is to_out_control(attention + L's input).
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.to_q, self.to_k, self.to_v = (nn.Linear(width, width) for _ in range(3))
        self.to_q_control, self.to_k_control, self.to_v_control = (nn.Linear(width, width) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(width, width)])
        self.to_out_control = nn.Linear(width, width)
        self.norm_q, self.norm_k = _norm(config), _norm(config)

    def forward(self, hidden: Tensor, attention: AttentionFunction) -> Tensor:
        """(B, 2 N, D) tokens [X, L] to the same."""
        query, key, value = self._project(hidden)
        return self._output(_merge_heads(attention(query, key, value)), hidden)

    def _project(self, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of [X, L], each (B, heads, 2 N, head size)."""
        query = self.norm_q(self._split_heads(_map_second_half(self.to_q(hidden), self.to_q_control)))
        value = self._split_heads(_map_second_half(self.to_v(hidden), self.to_v_control))
        return query, self._keys(hidden), value

    def _keys(self, hidden: Tensor) -> Tensor:
        if self.config.lr_keys == "own":
            own: Tensor = self.norm_k(self._split_heads(_map_second_half(self.to_k(hidden), self.to_k_control)))
            return own
        key = self.norm_k(self._split_heads(self.to_k(hidden.chunk(2, dim=1)[0])))
        return torch.cat([key, self.norm_k(key)], dim=2)

    def _output(self, attended: Tensor, hidden: Tensor) -> Tensor:
        image, low = attended.chunk(2, dim=1)
        low_input = hidden.chunk(2, dim=1)[1]
        return torch.cat([self.to_out[0](image), self.to_out_control(low + low_input)], dim=1)

    def _split_heads(self, x: Tensor) -> Tensor:
        heads, head_dim = self.config.num_attention_heads, self.config.attention_head_dim
        return x.reshape(x.shape[0], x.shape[1], heads, head_dim).transpose(1, 2)


class JointAttention(ControlledAttention):
    """The same with the text tokens joined in, in the order [X, L, text]."""

    def __init__(self, config: TransformerConfig, *, has_text_output: bool) -> None:
        super().__init__(config)
        width = config.width
        self.add_q_proj, self.add_k_proj, self.add_v_proj = (nn.Linear(width, width) for _ in range(3))
        self.norm_added_q, self.norm_added_k = _norm(config), _norm(config)
        self.to_add_out = nn.Linear(width, width) if has_text_output else None

    def join(self, hidden: Tensor, text: Tensor, attention: AttentionFunction) -> tuple[Tensor, Tensor | None]:
        """(B, 2 N, D) tokens [X, L] and (B, T, D) text to the same; no text from the last block."""
        query, key, value = self._project(hidden)
        query = torch.cat([query, self.norm_added_q(self._split_heads(self.add_q_proj(text)))], dim=2)
        key = torch.cat([key, self.norm_added_k(self._split_heads(self.add_k_proj(text)))], dim=2)
        value = torch.cat([value, self._split_heads(self.add_v_proj(text))], dim=2)
        attended = _merge_heads(attention(query, key, value))
        count = hidden.shape[1]
        text_output = None if self.to_add_out is None else self.to_add_out(attended[:, count:])
        return self._output(attended[:, :count], hidden), text_output


def _map_second_half(x: Tensor, control: nn.Module) -> Tensor:
    image, low = x.chunk(2, dim=1)
    return torch.cat([image, control(low)], dim=1)


def _merge_heads(x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(2)
