"""Texts become prompts as diffusers' own SD3 pipeline makes them, with tiny random encoders, one in memory at a time."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any

import pytest
import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline
from transformers import (
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    T5EncoderModel,
    T5TokenizerFast,
)

from mfsr_engine.errors import Cancelled, ModelError
from mfsr_engine.models.dit4sr import text_encoders
from mfsr_engine.models.dit4sr.text_encoders import encode_texts
from mfsr_engine.progress import Progress
from tests.fakes.tiny_encoders import write_encoders

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ["sharp photo of a lighthouse", "blurred"]


@pytest.fixture(scope="module")
def encoders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoders")
    write_encoders(folder)
    return folder


def reference(folder: Path, text: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and pooled embedding from diffusers' own pipeline."""
    with torch.device("meta"):
        rest: dict[str, Any] = {
            "transformer": SD3Transformer2DModel(num_layers=1, joint_attention_dim=24),
            "vae": AutoencoderKL(),
        }
    pipeline = StableDiffusion3Pipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        text_encoder=CLIPTextModelWithProjection.from_pretrained(folder / "text_encoder"),
        tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer"),
        text_encoder_2=CLIPTextModelWithProjection.from_pretrained(folder / "text_encoder_2"),
        tokenizer_2=CLIPTokenizer.from_pretrained(folder / "tokenizer_2"),
        text_encoder_3=T5EncoderModel.from_pretrained(folder / "text_encoder_3"),
        tokenizer_3=T5TokenizerFast.from_pretrained(folder / "tokenizer_3"),
        **rest,
    )
    with torch.inference_mode():
        tokens, _, pooled, _ = pipeline.encode_prompt(
            text, None, None, device=torch.device("cpu"), do_classifier_free_guidance=False, max_sequence_length=256
        )
    return tokens, pooled


def test_prompts_equal_those_of_diffusers_pipeline(encoders: Path) -> None:
    prompts = encode_texts(TEXTS, encoders, Progress())
    assert len(prompts) == 2
    for text, prompt in zip(TEXTS, prompts, strict=True):
        tokens, pooled = reference(encoders, text)
        assert prompt.tokens is not None
        assert prompt.tokens.shape == (1, 77 + 256, 24)
        assert prompt.pooled.shape == (1, 4 + 6)
        torch.testing.assert_close(prompt.tokens, tokens)
        torch.testing.assert_close(prompt.pooled, pooled)
    assert not torch.equal(prompts[0].pooled, prompts[1].pooled)


def test_only_one_encoder_is_in_memory_at_a_time(encoders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[weakref.ref[Any]] = []
    load = text_encoders._loaded

    def counted(*words: Any) -> Any:
        assert [one() for one in alive if one() is not None] == []
        model = load(*words)
        alive.append(weakref.ref(model))
        return model

    monkeypatch.setattr(text_encoders, "_loaded", counted)
    encode_texts(TEXTS, encoders, Progress())
    assert len(alive) == 3


def test_it_stops_between_encoders(encoders: Path) -> None:
    def stop(report: Any) -> None:
        if report.done == 1:
            progress.cancel()

    progress = Progress(stop)
    with pytest.raises(Cancelled):
        encode_texts(TEXTS, encoders, progress)


def test_missing_encoders_are_named_with_the_way_to_get_them(tmp_path: Path) -> None:
    (tmp_path / "text_encoder").mkdir()
    with pytest.raises(ModelError, match=r"text_encoder, text_encoder_2.*mfsr models pull sd35_text_encoders"):
        encode_texts(TEXTS, tmp_path, Progress())


def test_damaged_encoders_are_named(tmp_path: Path) -> None:
    write_encoders(tmp_path)
    (tmp_path / "text_encoder_2" / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match="text_encoder_2"):
        encode_texts(TEXTS, tmp_path, Progress())


def test_without_transformers_it_says_what_to_install(encoders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ModelError, match=r"pip install.*text"):
        encode_texts(TEXTS, encoders, Progress())
