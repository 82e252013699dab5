"""Prompts as models take them: embeddings, stored with a model as `prompts.safetensors`, so that no text encoder is needed at run time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic
from mfsr_engine.models.prompt_files import PROMPTS_FILE

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Prompt:
    """A prompt's embedding. Batch size B, or 1 to be repeated."""

    pooled: Tensor
    """(B, P) float embedding of the whole prompt."""
    tokens: Tensor | None = None
    """(B, N, C) float token embeddings; None for models that only know pooled prompts."""

    def expanded(self, batch: int) -> Prompt:
        """The same prompt for `batch` samples; a view where it was stored once."""
        tokens = None if self.tokens is None else self.tokens.expand(batch, -1, -1)
        return Prompt(self.pooled.expand(batch, -1), tokens)

    def to(self, device: torch.device, dtype: torch.dtype | None = None) -> Prompt:
        """The same prompt on a device, in a precision or its own."""
        tokens = None if self.tokens is None else self.tokens.to(device, dtype)
        return Prompt(self.pooled.to(device, dtype), tokens)


@dataclass(frozen=True)
class Prompts:
    """The embeddings that a model was made with, one sample each."""

    positive: Prompt
    """What is wanted: a clean, sharp picture."""
    negative: Prompt | None = None
    """What guidance leads away from; None for models that are never guided."""
    null: Prompt | None = None
    """No prompt at all; stands in for a missing negative one."""
    positive_text: str = ""
    """What `positive` was encoded from, so that a caption can be joined with it; empty if that is not known."""
    negative_text: str = ""
    """What `negative` was encoded from."""

    @property
    def away(self) -> Prompt | None:
        """The prompt that guidance leads away from, if there is one."""
        return self.negative or self.null

    @property
    def all(self) -> tuple[Prompt, ...]:
        """Those that there are."""
        return tuple(prompt for prompt in (self.positive, self.negative, self.null) if prompt is not None)

    def to(self, device: torch.device, dtype: torch.dtype) -> Prompts:
        """The same prompts on a device, in a precision."""
        moved = [None if p is None else p.to(device, dtype) for p in (self.negative, self.null)]
        return replace(self, positive=self.positive.to(device, dtype), negative=moved[0], null=moved[1])


def load_prompts(folder: Path) -> Prompts:
    """Read a model folder's prompts, as stored, onto the CPU. A null prompt that stands in for the positive one is left
    out: guidance away from it would lead nowhere and cost a second pass.

    Raises:
        ModelError: the file is missing or damaged, or holds no positive prompt.
    """
    path = folder / PROMPTS_FILE
    try:
        tensors, texts = _read(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"The prompts {path} cannot be read: {error}") from error
    positive = _prompt(tensors, "positive")
    if positive is None:
        raise ModelError(f'The prompts {path} hold no "positive.pooled".')
    null = _prompt(tensors, "null")
    return Prompts(
        positive,
        _prompt(tensors, "negative"),
        None if null is not None and _are_equal(null, positive) else null,
        texts.get("positive", ""),
        texts.get("negative", ""),
    )


def save_prompts(prompts: Prompts, folder: Path, dtype: torch.dtype = torch.float16) -> None:
    """Write prompts as `prompts.safetensors`: `<name>.pooled` (1, P) and, where there are tokens, `<name>.tokens` (1,
    N, C); the texts they were encoded from are the file's metadata.
    """
    tensors: dict[str, Tensor] = {}
    for name, prompt in (("positive", prompts.positive), ("negative", prompts.negative), ("null", prompts.null)):
        if prompt is None:
            continue
        tensors[f"{name}.pooled"] = prompt.pooled.detach().to("cpu", dtype).contiguous()
        if prompt.tokens is not None:
            tensors[f"{name}.tokens"] = prompt.tokens.detach().to("cpu", dtype).contiguous()
    texts = {"positive": prompts.positive_text, "negative": prompts.negative_text}
    with atomic.replaced(folder / PROMPTS_FILE) as temporary:
        save_file(tensors, temporary, metadata={name: text for name, text in texts.items() if text} or None)


def replace_prompts(folder: Path, prompts: Prompts) -> None:
    """Give a model folder another positive and negative prompt; its null prompt stays.

    Raises:
        ModelError: the present prompts cannot be read.
    """
    path = folder / PROMPTS_FILE
    try:
        null = _prompt(_read(path)[0], "null")
    except (OSError, SafetensorError) as error:
        raise ModelError(f"The prompts {path} cannot be read: {error}") from error
    save_prompts(replace(prompts, null=null), folder)


def check_finite(prompts: Prompts) -> None:
    """Raises:
    ModelError: an embedding holds a value that is not a finite number.
    """
    for prompt in prompts.all:
        if not all(values is None or values.isfinite().all() for values in (prompt.pooled, prompt.tokens)):
            raise ModelError("The prompts of this model hold values that are not finite numbers. Get the model again.")


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata."""
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118


def _are_equal(one: Prompt, other: Prompt) -> bool:
    pairs = [(one.pooled, other.pooled), (one.tokens, other.tokens)]
    return all(a is b or (a is not None and b is not None and torch.equal(a, b)) for a, b in pairs)


def _prompt(tensors: dict[str, Tensor], name: str) -> Prompt | None:
    pooled = tensors.get(f"{name}.pooled")
    return None if pooled is None else Prompt(pooled, tensors.get(f"{name}.tokens"))
