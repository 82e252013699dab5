"""Published layouts on disk become models through the command a user types, and upscale as any other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from mfsr_engine import cli, images
from mfsr_engine.files import paths
from mfsr_engine.hub.parts import parts_dir
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.card import read_card
from mfsr_engine.models.prompts import load_prompts, save_prompts
from tests.fakes.published_model import write_autoencoder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.usefixtures("random_networks")

Published = Callable[..., "Path"]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))


def installed() -> list[str]:
    return sorted(path.name for path in paths.user_models_dir().glob("*")) if paths.user_models_dir().exists() else []


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that an import ends with when nothing is installed."""
    assert cli.main(["models", "import", *words]) == 1
    error = capsys.readouterr().err
    assert error.startswith("mfsr: ")
    assert "Traceback" not in error
    assert installed() == []
    return error


def upscaled(photograph: NDArray[np.float32], place: Path, model: str, *words: str) -> NDArray[np.float32]:
    place.mkdir(parents=True, exist_ok=True)
    source = place / "photo.png"
    source.unlink(missing_ok=True)
    images.write(source, photograph, kept=images.KeptMetadata())
    fixed = ["--model", model, "--device", "cpu", "--dtype", "fp32", "--steps", "1", "--overwrite", "--scale", "4"]
    assert cli.main(["upscale", str(source), *fixed, *words]) == 0
    return images.read(source.with_name("photo_4x.png")).pixels


@pytest.mark.parametrize("variant", ["q", "f", "r1", "smfsr"])
def test_a_published_layout_is_imported_and_upscales_an_odd_size(
    make_published: Published, photograph: NDArray[np.float32], tmp_path: Path, variant: str
) -> None:
    folder = make_published(variant)
    assert cli.main(["models", "import", str(folder), "--variant", variant]) == 0
    assert installed() == [f"tiny_{variant}"]
    model = ModelStore.default().find(f"tiny_{variant}")
    assert (model.card.variant, model.card.is_teacher) == (variant, variant != "smfsr")
    pixels = upscaled(photograph[:37, :53], tmp_path / "work", f"tiny_{variant}")
    assert pixels.shape == (148, 212, 3)
    assert np.ptp(pixels) > 0.1


def test_a_published_folder_that_is_named_as_a_model_leads_to_the_import(
    make_published: Published, photograph: NDArray[np.float32], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_published("q")
    images.write(tmp_path / "photo.png", photograph[:20, :20], kept=images.KeptMetadata())
    assert cli.main(["upscale", str(tmp_path / "photo.png"), "--model", str(folder)]) == 1
    assert f"mfsr models import {folder}" in capsys.readouterr().err


def test_variants_of_the_same_weights_give_different_pictures(
    make_published: Published, photograph: NDArray[np.float32], tmp_path: Path
) -> None:
    """q and r1 differ only in the keys of the low-resolution tokens, which no weight tells."""
    folder = make_published("q")
    pictures = []
    for variant in ("q", "r1"):
        assert cli.main(["models", "import", str(folder), "--variant", variant, "--name", variant]) == 0
        pictures.append(upscaled(photograph[:30, :30], tmp_path / variant, variant))
    assert not np.array_equal(*pictures)


def test_tiles_on_and_off_give_the_same_picture_within_blending(
    make_published: Published, photograph: NDArray[np.float32], tmp_path: Path
) -> None:
    """Attention and group norms see the whole tile, so tiles cannot be equal to the bit.

    Bounds: 0.05 in the mean on a scale of 0..1, and a quarter of what another seed changes (measured: 0.033 and 0.17). AdaIN
    makes both large here: it gives the faint noise of random weights the contrast of the input.
    """
    assert cli.main(["models", "import", str(make_published("smfsr"))]) == 0
    picture = np.tile(photograph, (2, 1, 1))[:129, :149]
    whole = upscaled(picture, tmp_path, "tiny_smfsr", "--tile", "256")
    tiled = upscaled(picture, tmp_path, "tiny_smfsr", "--tile", "128")
    other = upscaled(picture, tmp_path, "tiny_smfsr", "--tile", "256", "--seed", "1")
    apart = np.abs(tiled - whole).mean()
    assert whole.shape == (516, 596, 3)
    assert 0 < apart < 0.05
    assert apart < 0.25 * np.abs(other - whole).mean()


def test_without_encoded_prompts_the_null_prompt_serves_and_it_is_said(
    make_published: Published, photograph: NDArray[np.float32], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_published("r1")
    assert cli.main(["models", "import", str(folder), "--variant", "r1"]) == 0
    assert "null prompt" in capsys.readouterr().err
    prompts = load_prompts(paths.user_models_dir() / "tiny_r1")
    tokens = torch.load(folder / "NULL_prompt_embeds.pt", weights_only=True)
    assert torch.equal(prompts.positive.tokens, tokens[None].half())
    assert prompts.away is None  # guidance away from the same prompt would lead nowhere
    upscaled(photograph[:20, :20], tmp_path / "work", "tiny_r1")
    assert "mfsr prompts encode" in capsys.readouterr().err


def test_without_any_prompt_a_blank_one_serves(make_published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "import", str(make_published("smfsr", has_null_prompt=False))]) == 0
    assert "blank" in capsys.readouterr().err
    assert not load_prompts(paths.user_models_dir() / "tiny_smfsr").positive.pooled.any()


def test_null_prompts_are_found_in_the_folder_above_as_on_the_hub(make_published: Published) -> None:
    folder = make_published("q")
    for path in folder.glob("*.pt"):
        shutil.move(path, folder.parent)
    assert cli.main(["models", "import", str(folder), "--variant", "q"]) == 0
    assert load_prompts(paths.user_models_dir() / "tiny_q").positive.pooled.any()


def test_encoded_prompts_beside_the_model_are_taken(make_published: Published) -> None:
    folder = make_published("smfsr")
    assert cli.main(["models", "import", str(folder), "--name", "first"]) == 0
    ours = paths.user_models_dir() / "first"
    prompts = load_prompts(ours)
    prompts.positive.pooled.fill_(0.5)
    save_prompts(prompts, folder)
    assert cli.main(["models", "import", str(folder), "--name", "second"]) == 0
    second = paths.user_models_dir() / "second"
    assert float(load_prompts(second).positive.pooled.mean()) == 0.5
    assert read_card(second).note == ""


def test_our_own_format_is_imported_as_it_is(tiny_model: Path, photograph: NDArray[np.float32], tmp_path: Path) -> None:
    assert cli.main(["models", "import", str(tiny_model), "--name", "mine"]) == 0
    mine = paths.user_models_dir() / "mine"
    weights = "transformer/diffusion_pytorch_model.safetensors"
    assert (mine / weights).read_bytes() == (tiny_model / weights).read_bytes()
    assert np.array_equal(
        upscaled(photograph[:20, :31], tmp_path, "mine"), upscaled(photograph[:20, :31], tmp_path, str(tiny_model))
    )


def test_the_autoencoder_may_lie_elsewhere_or_be_fetched_already(make_published: Published, tmp_path: Path) -> None:
    folder = make_published("smfsr")
    elsewhere = shutil.move(folder / "vae", tmp_path / "elsewhere" / "vae")
    assert cli.main(["models", "import", str(folder), "--vae", str(tmp_path / "elsewhere"), "--name", "a"]) == 0
    assert cli.main(["models", "import", str(folder), "--vae", str(elsewhere), "--name", "b"]) == 0
    base = parts_dir(paths.user_models_dir()) / "stabilityai--stable-diffusion-3.5-medium"
    shutil.copytree(elsewhere, base / "vae")
    assert cli.main(["models", "import", str(folder), "--name", "c"]) == 0


def test_teachers_need_to_be_told_apart(make_published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_published("q")
    assert "--variant" in refused(capsys, str(folder))
    assert "'nonsense' is unknown" in refused(capsys, str(folder), "--variant", "nonsense")
    assert "interval" in refused(capsys, str(folder), "--variant", "smfsr")


def test_a_name_is_not_taken_twice(make_published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_published("smfsr")
    assert cli.main(["models", "import", str(folder)]) == 0
    capsys.readouterr()
    assert cli.main(["models", "import", str(folder)]) == 1
    assert "installed already" in capsys.readouterr().err
    assert installed() == ["tiny_smfsr"]


def cut_weights(folder: Path, part: str = "transformer") -> None:
    path = folder / part / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def drop_a_key(folder: Path) -> None:
    path = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    del weights["proj_out.bias"]
    save_file(weights, path)


def drop_an_autoencoder_key(folder: Path) -> None:
    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    del weights["decoder.conv_out.bias"]
    save_file(weights, path)


def evil_prompt(folder: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (exec, ("raise SystemExit('code from a file was run')",))

    torch.save(Evil(), folder / "NULL_prompt_embeds.pt")


def wide_prompt(folder: Path) -> None:
    torch.save(torch.zeros(7, 25), folder / "NULL_prompt_embeds.pt")


def bare_numbers(folder: Path) -> None:
    torch.save({"a": torch.zeros(3)}, folder / "NULL_prompt_embeds.pt")


DAMAGES = [
    (cut_weights, "cannot be read"),
    (lambda folder: cut_weights(folder, "vae"), "autoencoder in vae/ cannot be loaded"),
    (drop_a_key, "proj_out.bias"),
    (drop_an_autoencoder_key, "decoder.conv_out.bias"),
    (lambda folder: shutil.rmtree(folder / "vae"), "has no vae/"),
    (lambda folder: (folder / "transformer" / "config.json").write_text("[]"), "config.json"),
    (evil_prompt, "no file of one tensor"),
    (bare_numbers, "other than one tensor"),
    (wide_prompt, "do not belong together"),
    (lambda folder: shutil.rmtree(folder / "transformer"), "holds no model"),
]


@pytest.mark.parametrize(("damage", "words"), DAMAGES)
def test_damage_is_named_and_nothing_is_installed(
    make_published: Published, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], object], words: str
) -> None:
    folder = make_published("smfsr")
    damage(folder)
    assert words in refused(capsys, str(folder))


def test_an_autoencoder_of_another_model_is_refused(
    make_published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_published("smfsr")
    shutil.rmtree(folder / "vae")
    write_autoencoder(folder / "vae", channels=4)
    assert "do not belong together" in refused(capsys, str(folder))


def test_a_link_out_of_the_folder_is_refused(
    make_published: Published, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = make_published("smfsr")
    (tmp_path / "secret.json").write_text(json.dumps({}))
    (folder / "transformer" / "extra.json").symlink_to(tmp_path / "secret.json")
    assert "link" in refused(capsys, str(folder))
