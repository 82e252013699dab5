"""Stable Diffusion 3's three text encoders in a few thousand random weights, in the layout of the hub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import torch
from transformers import (
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    T5Config,
    T5EncoderModel,
    T5TokenizerFast,
)

if TYPE_CHECKING:
    from pathlib import Path


def write_encoders(folder: Path, pooled_widths: tuple[int, int] = (4, 6)) -> None:
    """Encoders of widths 8, 12 and 24, pooled 4 and 6, that know single letters."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    for suffix, width, pooled_width in (("", 8, pooled_widths[0]), ("_2", 12, pooled_widths[1])):
        place = folder / f"tokenizer{suffix}"
        place.mkdir(parents=True)
        (place / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
        (place / "merges.txt").write_text("#version: 0.2\n")
        options = {"pad_token": "!", "model_max_length": 77} if suffix else {"model_max_length": 77}
        CLIPTokenizer(str(place / "vocab.json"), str(place / "merges.txt"), **options).save_pretrained(place)
        torch.manual_seed(width)
        config = CLIPTextConfig(
            vocab_size=len(words) + 1,
            hidden_size=width,
            intermediate_size=16,
            num_hidden_layers=3,
            num_attention_heads=2,
            projection_dim=pooled_width,
            bos_token_id=0,
            eos_token_id=1,
        )
        CLIPTextModelWithProjection(config).save_pretrained(folder / f"text_encoder{suffix}")
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((letter, -1.0) for letter in letters)]
    T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=512).save_pretrained(folder / "tokenizer_3")
    config = T5Config(vocab_size=len(pieces) + 8, d_model=24, d_kv=4, d_ff=16, num_layers=2, num_heads=2)
    T5EncoderModel(config).save_pretrained(folder / "text_encoder_3")
