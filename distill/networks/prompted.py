"""Networks for training: a velocity model together with its prompts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from distill import winograd
from mfsr_engine.models.compact.network import CompactVelocity
from mfsr_engine.models.compact.network_config import CompactConfig
from mfsr_engine.models.prompts import Prompt

if TYPE_CHECKING:
    from mfsr_engine.models.prompts import Prompts

NamedVelocity = Callable[[Tensor, Tensor, "Tensor | Prompt", Tensor, Tensor], Tensor]
"""u(z, lr, names, t, r), or prompts instead of their names: a `PromptedNetwork`, possibly wrapped for several processes."""


class PromptName(IntEnum):
    """Rows of the prompt table."""

    CLEAN = 0
    DEGRADED = 1
    NULL = 2


class TrainedNetwork(nn.Module):
    """What a trainer can train."""

    def blocks(self) -> tuple[nn.Module, ...]:
        """Its parts that work one after the other, by which it can be shared out among processes; none if it is too small."""
        return ()


class PromptedNetwork(TrainedNetwork, ABC):
    """A velocity model of any family with its prompts, called with rows of the prompt table instead of embeddings."""

    velocity: nn.Module
    """The bare model, a `VelocityModel`."""

    @abstractmethod
    def forward(self, z: Tensor, lr: Tensor, names: Tensor | Prompt, t: Tensor, r: Tensor) -> Tensor:
        """u(z, r, t | lr, prompt); `names` is (B,) int64 rows of the prompt table, or B prompts, the rest as in `VelocityModel`."""

    @abstractmethod
    def prompt(self, name: PromptName) -> Prompt | None:
        """One prompt's embedding, one sample, without gradient; None if the model has no such prompt."""


class PromptedVelocity(PromptedNetwork):
    """A compact velocity model with its learned prompts. Called with rows of the prompt table instead of embeddings."""

    velocity: CompactVelocity

    def __init__(self, velocity: CompactVelocity, names: Collection[PromptName] = tuple(PromptName)) -> None:
        """`names` are the prompts it has; the table's other rows mean nothing."""
        super().__init__()
        self.velocity = velocity
        self.names = frozenset(names)
        self.prompts = nn.Embedding(len(PromptName), velocity.config.embedding)
        nn.init.normal_(self.prompts.weight, std=0.02)

    def forward(self, z: Tensor, lr: Tensor, names: Tensor | Prompt, t: Tensor, r: Tensor) -> Tensor:
        """u(z, r, t | lr, prompt); `names` is (B,) int64 rows of the prompt table, or B prompts, the rest as in `VelocityModel`."""
        prompt = names if isinstance(names, Prompt) else Prompt(self.prompts(names))
        return self.velocity(z, lr, prompt, t, r)  # type: ignore[no-any-return]

    def prompt(self, name: PromptName) -> Prompt | None:
        """One prompt's embedding, (1, D), without gradient; None if the model has no such prompt."""
        return Prompt(self.prompts.weight[int(name)][None].detach().clone()) if name in self.names else None


def prompts_by_name(prompts: Prompts) -> dict[PromptName, Prompt]:
    """A model's prompts by their rows in the table; those it lacks are left out."""
    found = zip(PromptName, (prompts.positive, prompts.negative, prompts.null), strict=True)
    return {name: prompt for name, prompt in found if prompt is not None}


def token_count(prompt: Prompt) -> int:
    """Length of a prompt. Attention has no mask, so only prompts of one length can be in one batch."""
    return 0 if prompt.tokens is None else prompt.tokens.shape[1]


def joined(prompts: Sequence[Prompt]) -> Prompt:
    """Prompts of one length as one batch."""
    tokens = [prompt.tokens for prompt in prompts if prompt.tokens is not None]
    return Prompt(torch.cat([prompt.pooled for prompt in prompts]), torch.cat(tokens) if tokens else None)


def new_teacher(config: CompactConfig, seed: int) -> PromptedVelocity:
    """A teacher with fresh weights, the same for the same seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _fast(PromptedVelocity(CompactVelocity(config)))


def student_of(teacher: PromptedVelocity) -> PromptedVelocity:
    """A student that starts as its teacher: same weights, and an interval embedding that adds nothing yet. Its prompts are frozen."""
    config = teacher.velocity.config
    student = PromptedVelocity(CompactVelocity(replace(config, has_interval=True)), teacher.names)
    missing, unexpected = student.load_state_dict(teacher.state_dict(), strict=False)
    assert not unexpected
    assert all("interval_embedder" in key for key in missing)
    student.prompts.requires_grad_(False)
    return _fast(student)


def _fast(network: PromptedVelocity) -> PromptedVelocity:
    """The same network, its convolutions and their gradients in less time on a processor."""
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    winograd.speed_up(network)
    return network
