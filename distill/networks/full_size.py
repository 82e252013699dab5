"""The full-size network for training: the transformer with its prompts, and which parts of it are trained."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from distill.networks.prompted import PromptedNetwork, PromptName, joined, token_count
from distill.networks.time_embedding import fitted_time_embedder, pass_through
from mfsr_engine.models.dit4sr.embeddings import sinusoid
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.prompts import Prompt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from distill.config import StudentRecipe

CLOSE_FIT = 0.01
"""Largest relative error of a refitted time embedding with which a student still counts as starting as its teacher."""
_TIME = "time_text_embed."
_CONTROL = ("_control.", ".control_conv.")
_LORA_TARGETS = (
    r".*transformer_blocks\..*\.(to_q|to_k|to_v|to_q_control|to_k_control|to_v_control|to_out\.0|to_out_control|"
    r"add_q_proj|add_k_proj|add_v_proj|to_add_out|net\.0\.proj|net\.2)"
)


class PromptedTransformer(PromptedNetwork):
    """A `VelocityTransformer` with its prompts, of any length each, called with rows of the prompt table.

    Its state dict holds what learns and nothing else: the rest comes from the teacher's folder.
    """

    velocity: VelocityTransformer

    def __init__(self, velocity: VelocityTransformer, prompts: Mapping[PromptName, Prompt]) -> None:
        """`prompts` are each of one sample with token embeddings; those that will not be used may be missing."""
        super().__init__()
        self.velocity = velocity
        self._names = frozenset(prompts)
        for name, prompt in prompts.items():
            assert prompt.tokens is not None
            self.register_buffer(f"{name.name.lower()}_pooled", prompt.pooled, persistent=False)
            self.register_buffer(f"{name.name.lower()}_tokens", prompt.tokens, persistent=False)
        self.register_state_dict_post_hook(_keep_trained)  # type: ignore[no-untyped-call]
        self.register_load_state_dict_post_hook(_expect_trained)  # type: ignore[no-untyped-call]

    def forward(self, z: Tensor, lr: Tensor, names: Tensor | Prompt, t: Tensor, r: Tensor) -> Tensor:
        """u(z, r, t | lr, prompt); `names` is (B,) int64 rows of the prompt table, or B prompts, the rest as in `VelocityModel`.

        Samples whose prompts are of one length are one pass of the network.
        """
        if isinstance(names, Prompt):
            return self.velocity(z, lr, names, t, r)  # type: ignore[no-any-return]
        prompts = [self._present(PromptName(name)) for name in names.tolist()]
        lengths = [token_count(prompt) for prompt in prompts]
        if len(set(lengths)) == 1:
            return self.velocity(z, lr, joined(prompts), t, r)  # type: ignore[no-any-return]
        rows, velocities = [], []
        for length in sorted(set(lengths)):
            chosen = [row for row, own in enumerate(lengths) if own == length]
            prompt = joined([prompts[row] for row in chosen])
            velocities.append(self.velocity(z[chosen], lr[chosen], prompt, t[chosen], r[chosen]))
            rows += chosen
        return torch.cat(velocities)[torch.tensor(rows, device=z.device).argsort()]

    def prompt(self, name: PromptName) -> Prompt | None:
        """One prompt's embedding, without gradient; None if the model has no such prompt."""
        return self._present(name) if name in self._names else None

    def prompts(self) -> dict[PromptName, Prompt]:
        """Those it has, as `prompt` gives them."""
        return {name: self._present(name) for name in sorted(self._names)}

    def _present(self, name: PromptName) -> Prompt:
        assert name in self._names, f"the model has no prompt {name.name}"
        key = name.name.lower()
        return Prompt(self.get_buffer(f"{key}_pooled"), self.get_buffer(f"{key}_tokens"))

    def blocks(self) -> tuple[nn.Module, ...]:
        """See `PromptedNetwork`."""
        return tuple(self.velocity.transformer_blocks)


def student_of(teacher: PromptedTransformer, recipe: StudentRecipe, frozen_dtype: torch.dtype) -> PromptedTransformer:
    """A student that starts as its teacher, with only the parts in training that the recipe names.

    Args:
        teacher: any precision, on any device; not changed.
        recipe: how it starts and what learns.
        frozen_dtype: precision of what does not learn; what learns is fp32, and so are the time layers.
    """
    velocity = _copy(teacher, recipe)
    student = PromptedTransformer(velocity, teacher.prompts())
    if recipe.parts == "lora":
        _add_lora(velocity, recipe.lora_rank)
    _choose_trained(velocity, recipe)
    for name, parameter in velocity.named_parameters():
        if not parameter.requires_grad and not name.startswith(_TIME):
            parameter.data = parameter.data.to(frozen_dtype)
    velocity.checkpoint_blocks = recipe.gradient_checkpointing
    return student


def merged(network: PromptedTransformer) -> VelocityTransformer:
    """The transformer with low-rank additions, if any, added to the weights they belong to. Changes `network`."""
    from peft.tuners.lora import LoraLayer

    for name, module in list(network.velocity.named_modules()):
        if isinstance(module, LoraLayer):
            module.float().merge()
            parent, _, child = name.rpartition(".")
            setattr(network.velocity.get_submodule(parent), child, module.get_base_layer())
    return network.velocity


def _copy(teacher: PromptedTransformer, recipe: StudentRecipe) -> VelocityTransformer:
    old = teacher.velocity.config
    state = {name: value.detach().float().clone() for name, value in teacher.velocity.state_dict().items()}
    unit = old.time_unit if recipe.time_unit == "teacher" else 1.0
    if unit != old.time_unit:
        fit = fitted_time_embedder(teacher.velocity.time_text_embed.timestep_embedder, old.time_unit, unit)
        if recipe.time_unit == "one" or fit.relative_error < CLOSE_FIT:
            state |= {f"{_TIME}timestep_embedder.{name}": value for name, value in fit.state.items()}
        else:
            unit = old.time_unit
    if not old.has_interval:
        passing = pass_through(_lowest_embedding(teacher))
        state |= {f"{_TIME}interval_embedder.{name}": value for name, value in passing.items()}
    keys = "own" if recipe.lr_keys == "own" else old.lr_keys
    with torch.device("meta"):
        velocity = VelocityTransformer(replace(old, has_interval=True, time_unit=unit, lr_keys=keys))
    velocity.load_state_dict(state, assign=True)
    return velocity


@torch.no_grad()
def _lowest_embedding(teacher: PromptedTransformer) -> Tensor:
    """(D,) least value that each channel of the teacher's conditioning takes over all times and prompts."""
    embed = teacher.velocity.time_text_embed
    pooled = torch.cat([prompt.pooled for prompt in teacher.prompts().values()])
    times = torch.linspace(0, teacher.velocity.config.time_unit, 1025, device=pooled.device)
    lowest: Tensor = embed.timestep_embedder(sinusoid(times)).amin(dim=0) + embed.text_embedder(pooled).amin(dim=0)
    return lowest.float()


def _choose_trained(velocity: VelocityTransformer, recipe: StudentRecipe) -> None:
    """With the keys of DiT4SR q and f, `to_k_control` has no part in the result; several processes cannot share what gets no gradient."""
    has_own_keys = velocity.config.lr_keys == "own"
    for name, parameter in velocity.named_parameters():
        is_new = name.startswith(f"{_TIME}interval_embedder.")
        is_control = name.startswith(_TIME) or any(part in name for part in _CONTROL)
        chosen = {"all": True, "control": is_control, "lora": "lora_" in name or is_new}[recipe.parts]
        parameter.requires_grad_(chosen and (has_own_keys or ".to_k_control." not in name))


def _add_lora(velocity: nn.Module, rank: int) -> None:
    from peft import LoraConfig, inject_adapter_in_model

    config = LoraConfig(r=rank, lora_alpha=rank, target_modules=_LORA_TARGETS)
    inject_adapter_in_model(config, velocity)


def _trained_names(module: nn.Module) -> set[str]:
    return {name for name, parameter in module.named_parameters() if parameter.requires_grad}


def _keep_trained(module: nn.Module, state: dict[str, Tensor], prefix: str, metadata: object) -> None:
    kept = {prefix + name for name in _trained_names(module)}
    for name in [name for name in state if name.startswith(prefix) and name not in kept]:
        del state[name]


def _expect_trained(module: nn.Module, incompatible: object) -> None:
    missing: list[str] = incompatible.missing_keys  # type: ignore[attr-defined]
    trained = _trained_names(module)
    missing[:] = [name for name in missing if name in trained]
