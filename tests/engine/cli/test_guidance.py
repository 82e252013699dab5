"""What the command line lets a user choose of a teacher's walk and of colours: `--fast`, `--guidance`, `--color`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mfsr_engine import cli, images
from mfsr_engine.api import UpscaleSettings
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.models.card import Role, SamplingTable
from mfsr_engine.upscale.pipeline import resolve_recipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture
def teacher(make_model: Callable[..., Path]) -> Path:
    """Three guided steps, or two with less guidance."""
    options = {"default_steps": 3, "max_steps": 9, "guidance": 3.0, "fast_steps": 2, "fast_guidance": 2.0}
    return make_model("teacher", role=Role.TEACHER, **options)


@pytest.fixture
def photo(tmp_path: Path, photograph: NDArray[np.float32]) -> Path:
    images.write(tmp_path / "photo.png", photograph[:20, :30], kept=images.KeptMetadata())
    return tmp_path / "photo.png"


def upscaled(photo: Path, model: Path, *words: str) -> NDArray[np.float32]:
    fixed = ["--model", str(model), "--device", "cpu", "--dtype", "fp32", "--overwrite"]
    assert cli.main(["upscale", str(photo), "-o", str(photo.with_name("result.png")), *fixed, *words]) == 0
    return images.read(photo.with_name("result.png")).pixels


def test_the_fast_setting_is_fewer_steps_with_their_own_guidance(photo: Path, teacher: Path) -> None:
    fast = upscaled(photo, teacher, "--fast")
    assert np.array_equal(fast, upscaled(photo, teacher, "--steps", "2"))
    assert np.array_equal(fast, upscaled(photo, teacher, "--steps", "2", "--guidance", "2"))
    assert not np.array_equal(fast, upscaled(photo, teacher, "--steps", "2", "--guidance", "3"))
    usual = upscaled(photo, teacher)
    assert np.array_equal(usual, upscaled(photo, teacher, "--steps", "3", "--guidance", "3"))


def test_a_model_without_a_fast_setting_says_so(
    photo: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["upscale", str(photo), "--model", str(tiny_model), "--fast"]) == 2
    assert "no fast setting" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("guidance", "problem"), [("-1", "0 or more"), ("-11", "-10 to 100"), ("101", "-10 to 100"), ("nan", "-10 to 100")]
)
def test_impossible_guidance_is_refused(
    photo: Path, teacher: Path, guidance: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["upscale", str(photo), "--model", str(teacher), "--guidance", guidance]) == 2
    assert problem in capsys.readouterr().err


def test_colours_are_tied_to_the_input_as_asked(photo: Path, tiny_model: Path) -> None:
    pictures = [upscaled(photo, tiny_model, "--color", name) for name in ("none", "wavelet", "adain")]
    assert not any(np.array_equal(a, b) for i, a in enumerate(pictures) for b in pictures[:i])
    assert np.array_equal(upscaled(photo, tiny_model), pictures[0])


@pytest.mark.parametrize(
    ("name", "steps", "guidance"),
    [
        ("dit4sr_q", None, 8.0),
        ("dit4sr_f", 20, 7.0),
        ("dit4sr_r1", 40, 8.0),
        ("smfsr_q", None, 1.0),
        ("smfsr_f", 4, 1.0),
    ],
)
def test_published_teachers_take_forty_steps_at_eight_or_twenty_at_seven_and_students_none(
    name: str, steps: int | None, guidance: float
) -> None:
    card = Catalogue.default().find(name).card
    assert card is not None
    recipe = resolve_recipe(UpscaleSettings(steps=steps), card)
    assert recipe.guidance == guidance
    assert recipe.steps == (steps or card.sampling.default_steps)
    assert recipe.is_instantaneous == name.startswith("dit4sr")


def test_a_card_without_fast_guidance_keeps_its_own() -> None:
    assert SamplingTable(guidance=4.0, fast_steps=10).guidance_at(5) == 4.0
