"""A tiny model of the full-size family, transformer, autoencoder and prompts, through the same engine and command
line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL

from mfsr_engine import cli, images
from mfsr_engine.api import DeviceChoice, DtypeChoice, UpscaleRequest, UpscaleSettings
from mfsr_engine.geometry import Rect
from mfsr_engine.models.card import AutoencoderKl, FamilyName, ImageTable, ModelCard, Role, SamplingTable, write_card
from mfsr_engine.models.codec import load_autoencoder_codec
from mfsr_engine.models.dit4sr.checkpoints import save_transformer
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.prompts import Prompt, Prompts, save_prompts
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.engine import Engine
from tests.fakes.tiny_model_folder import tiny_autoencoder
from tests.fakes.tiny_transformer import tiny_config

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.usefixtures("random_networks")

CONFIG = tiny_config(sample_size=32, pos_embed_max_size=48)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    place = tmp_path_factory.mktemp("full") / "tiny-full"
    card = ModelCard(
        name="tiny-full",
        title="Tiny full-size",
        family=FamilyName.DIT4SR,
        role=Role.TEACHER,
        licence="CC0-1.0",
        image=ImageTable(size_multiple=4, min_px=32, tile_px=64, overlap_px=24, halo_px=8, color="wavelet"),
        codec=AutoencoderKl(),
        sampling=SamplingTable(grid="shift", default_steps=2, max_steps=40, guidance=3.0),
    )
    write_card(card, place)
    save_transformer(VelocityTransformer(CONFIG), place / "transformer")
    tiny_autoencoder().save_pretrained(place / "vae")
    save_prompts(Prompts(*(Prompt(torch.randn(1, 10), torch.randn(1, 5, 12)) for _ in range(3))), place)
    return place


def upscaled(
    folder: Path, pixels: NDArray[np.float32], region: Rect | None = None, **changes: object
) -> NDArray[np.float32]:
    base: dict[str, object] = {"model": str(folder), "device": DeviceChoice.CPU, "dtype": DtypeChoice.FP32}
    settings = UpscaleSettings(**(base | changes))  # type: ignore[arg-type]
    return Engine().upscale(UpscaleRequest(pixels, settings, region=region), Progress()).pixels


@pytest.mark.parametrize("size", [(33, 47), (5, 90), (64, 64)])
def test_odd_sizes_give_exactly_four_times_as_much(
    folder: Path, photograph: NDArray[np.float32], size: tuple[int, int]
) -> None:
    pixels = upscaled(folder, photograph[: size[0], : size[1]])
    assert pixels.shape == (4 * size[0], 4 * size[1], 3)
    assert np.ptp(pixels) > 0.1


def test_a_region_equals_the_same_part_of_the_whole(folder: Path, photograph: NDArray[np.float32]) -> None:
    region = Rect(50, 11, 61, 70)
    whole = upscaled(folder, photograph)
    assert np.array_equal(upscaled(folder, photograph, region), whole[region.scaled(4).slices()])


def test_tiles_on_and_off_give_the_same_picture_within_blending(folder: Path, photograph: NDArray[np.float32]) -> None:
    """Attention and group norms see the whole tile, so tiles cannot be equal to the bit.

    Bound: 0.01 in the mean, and less than 0.7 times what another seed changes.
    """
    whole = upscaled(folder, photograph, tile_px=256)
    apart = np.abs(upscaled(folder, photograph, tile_px=64) - whole).mean()
    other_seed = np.abs(upscaled(folder, photograph, tile_px=256, seed=1) - whole).mean()
    assert 0 < apart < 0.01
    assert apart < 0.7 * other_seed


def test_the_codec_is_the_autoencoders_own_scale_and_shift(folder: Path) -> None:
    codec = load_autoencoder_codec(folder, torch.device("cpu"), torch.float32)
    assert (codec.factor, codec.channels) == (8, 4)
    autoencoder = AutoencoderKL.from_pretrained(folder / "vae").eval()
    picture = torch.rand(2, 3, 32, 48) * 2 - 1
    with torch.inference_mode():
        latent = codec.encode_condition(picture)
        mean = autoencoder.encode(picture).latent_dist.mean
        torch.testing.assert_close(latent, (mean - 0.1) * 1.5)
        torch.testing.assert_close(codec.decode(latent, latent), autoencoder.decode(mean).sample)
        assert torch.equal(codec.encode_target(picture, latent), latent)


def test_the_command_line_takes_the_folder(folder: Path, photograph: NDArray[np.float32], tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    images.write(source, photograph[:21, :35], kept=images.KeptMetadata())
    assert cli.main(["upscale", str(source), "--model", str(folder), "--device", "cpu", "--width", "101"]) == 0
    assert images.read(tmp_path / "a_101w.png").pixels.shape == (61, 101, 3)
