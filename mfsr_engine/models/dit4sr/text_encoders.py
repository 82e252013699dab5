"""Encodes texts with Stable Diffusion 3's three text encoders, one in memory at a time. Knows no model that uses them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from torch import Tensor

from mfsr_engine.compute.devices import free_memory_mib
from mfsr_engine.errors import ModelError
from mfsr_engine.models.dit4sr.encoder_files import PARTS, missing_parts
from mfsr_engine.models.prompts import Prompt

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.progress import Progress

CLIP_TOKENS = 77
"""Length that CLIP was trained with."""
T5_TOKENS = 256
"""Length of the third encoder's part, as DiT4SR samples."""

_MISSING = (
    "The text encoders are missing from {place}: {what}. Fetch them with `mfsr models pull sd35_text_encoders`, or name "
    "the folder of a Stable Diffusion 3.5 Medium download with `--encoders`."
)


def encode_texts(texts: Sequence[str], folder: Path, progress: Progress) -> list[Prompt]:
    """Encode texts as Stable Diffusion 3 does (Esser et al. 2024, arXiv 2403.03206, section B.3), on the CPU.

    Tokens are both CLIPs' last but one layers side by side, filled up with zeros to the width of T5, and T5's output behind
    them: (1, 77 + 256, 4096) at full size; pooled are both CLIPs' projected embeddings side by side: (1, 2048).

    Args:
        texts: what to encode.
        folder: holds `text_encoder/`, `tokenizer/`, and the same with `_2` and `_3`.
        progress: told of each encoder.

    Raises:
        ModelError: transformers is not installed, or an encoder is missing or damaged.
        Cancelled: asked to stop.
    """
    _check_present(folder)
    results: list[Any] = []
    for index, (encoder, tokenizer) in enumerate(PARTS):
        progress.report("Encoding prompts", index, len(PARTS))
        encode = _with_t5 if index == len(PARTS) - 1 else _with_clip
        try:
            results.append(encode(folder / encoder, folder / tokenizer, texts))
        except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
            reason = (str(error).splitlines() or ["unknown"])[0]
            raise ModelError(f"The text encoder {encoder} cannot be used: {reason}. Get it again.") from error
        gc.collect()  # the encoder's memory, before the next one is loaded
    progress.report("Encoding prompts", len(PARTS), len(PARTS))
    (first, second, t5) = results
    return [_joined(first[i], second[i], t5[i]) for i in range(len(texts))]


def _joined(first: tuple[Tensor, Tensor], second: tuple[Tensor, Tensor], t5: Tensor) -> Prompt:
    clip = torch.cat([first[0], second[0]], dim=-1)
    if clip.shape[-1] > t5.shape[-1]:
        raise ModelError(
            "The text encoders do not belong together: the third is narrower than the others. Get them again."
        )
    tokens = torch.cat([F.pad(clip, (0, t5.shape[-1] - clip.shape[-1])), t5], dim=0)
    return Prompt(torch.cat([first[1], second[1]])[None], tokens[None])


@torch.inference_mode()
def _with_clip(folder: Path, tokenizer_folder: Path, texts: Sequence[str]) -> list[tuple[Tensor, Tensor]]:
    """For each text (77, C) float32 last but one layer and (P,) float32 projected embedding."""
    from transformers import CLIPTextModelWithProjection, CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(tokenizer_folder, local_files_only=True)
    model = _loaded(CLIPTextModelWithProjection.from_pretrained, folder)
    found = []
    for text in texts:
        tokens = tokenizer(text, padding="max_length", max_length=CLIP_TOKENS, truncation=True, return_tensors="pt")
        out = model(tokens.input_ids, output_hidden_states=True)
        found.append((out.hidden_states[-2][0].float().clone(), out.text_embeds[0].float().clone()))
    return found


@torch.inference_mode()
def _with_t5(folder: Path, tokenizer_folder: Path, texts: Sequence[str]) -> list[Tensor]:
    """For each text (256, C) float32 output."""
    from transformers import T5EncoderModel, T5TokenizerFast

    tokenizer = T5TokenizerFast.from_pretrained(tokenizer_folder, local_files_only=True)
    model = _loaded(T5EncoderModel.from_pretrained, folder)
    found = []
    for text in texts:
        tokens = tokenizer(text, padding="max_length", max_length=T5_TOKENS, truncation=True, return_tensors="pt")
        found.append(model(tokens.input_ids)[0][0].float().clone())
    return found


def _loaded(load: Callable[..., Any], folder: Path) -> Any:
    """The encoder, in full precision where memory allows, else in bf16; never with weights made up for missing ones."""
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call, unused-ignore]  # ours says how far it is
    stored_mib = sum(path.stat().st_size for path in folder.glob("*.safetensors")) // 2**20
    free_mib = free_memory_mib(torch.device("cpu")) or 0
    dtype = torch.float32 if 2 * stored_mib < 0.8 * free_mib else torch.bfloat16  # they are stored in 16 bits
    model, report = load(folder, dtype=dtype, local_files_only=True, use_safetensors=True, output_loading_info=True)
    if report["missing_keys"]:
        raise ModelError(f"The weights of {folder.name} lack {sorted(report['missing_keys'])[0]}. Get them again.")
    return model.eval()


def _check_present(folder: Path) -> None:
    try:
        import transformers  # noqa: F401
    except ImportError as error:
        raise ModelError('Encoding prompts needs the package transformers: `pip install "mfsr[text]"`.') from error
    missing = missing_parts(folder)
    if missing:
        raise ModelError(_MISSING.format(place=folder, what=", ".join(missing)))
