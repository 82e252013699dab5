"""A hub on loopback, and full-size models of a few thousand random weights in the layout in which they are published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

from mfsr_engine.models.checkpoints import published_entries
from mfsr_engine.models.embeddings import position_rows
from mfsr_engine.models.transformer_config import config_from_json
from tests.fakes.hub_server import HubServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PUBLISHED_JSON = {
    "_class_name": "SD3Transformer2DModel",
    "sample_size": 32,
    "patch_size": 2,
    "in_channels": 16,
    "out_channels": 16,
    "num_layers": 2,
    "attention_head_dim": 8,
    "num_attention_heads": 2,
    "joint_attention_dim": 24,
    "caption_projection_dim": 16,
    "pooled_projection_dim": 10,
    "pos_embed_max_size": 96,
    "dual_attention_layers": [0],
    "qk_norm": "rms_norm",
}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HubServer]:
    """A running hub, which the client takes for the only one; nobody is logged in."""
    import huggingface_hub
    from huggingface_hub import constants

    for variable in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "hf" / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(tmp_path / "hf" / "stored_tokens"))
    monkeypatch.setattr(constants, "AGENT_HARNESSES_PATH", str(tmp_path / "hf" / "agent_harnesses.json"))
    server = HubServer()
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, server.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    yield server
    huggingface_hub.close_session()
    server.close()


def write_published_transformer(folder: Path, variant: str, seed: int = 4) -> None:
    """`config.json` and weights with the published names, used and unused, as a hub holds them."""
    config = config_from_json(PUBLISHED_JSON, variant)
    random = torch.Generator().manual_seed(seed)
    weights = {name: torch.randn(shape, generator=random) * 0.2 for name, shape in published_entries(config).items()}
    side = config.pos_embed_max_size
    cells = torch.arange(side**2)
    weights["pos_embed.pos_embed"] = position_rows(config, cells // side, cells % side)[None]
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(PUBLISHED_JSON))
    save_file(weights, folder / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})


def write_autoencoder(folder: Path, channels: int = 16) -> None:
    """Random, with as many channels and the factor of SD3.5's, and detail as faint as a trained one's errors."""
    torch.manual_seed(3)
    autoencoder = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        norm_num_groups=2,
        latent_channels=channels,
        scaling_factor=1.5,
        shift_factor=0.1,
        use_quant_conv=False,
        use_post_quant_conv=False,
    )
    with torch.no_grad():
        autoencoder.decoder.conv_out.weight.mul_(0.05)
    autoencoder.save_pretrained(folder)


def write_null_prompt(folder: Path) -> None:
    random = torch.Generator().manual_seed(6)
    torch.save(torch.randn(7, 24, generator=random), folder / "NULL_prompt_embeds.pt")
    torch.save(torch.randn(10, generator=random), folder / "NULL_pooled_prompt_embeds.pt")


@pytest.fixture
def make_published(tmp_path: Path) -> Callable[..., Path]:
    """Makes folders as published: `make_published("q")` has transformer/, vae/ and the null prompt."""

    def make(variant: str, *, has_null_prompt: bool = True, channels: int = 16) -> Path:
        folder = tmp_path / "published" / f"tiny_{variant}"
        write_published_transformer(folder / "transformer", variant)
        write_autoencoder(folder / "vae", channels)
        if has_null_prompt:
            write_null_prompt(folder)
        return folder

    return make
