"""`mfsr prompts encode`: which texts, from which encoders, and what becomes of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import torch

from mfsr_engine import cli
from mfsr_engine.errors import ModelError
from mfsr_engine.files import paths
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.hub.parts import parts_dir
from mfsr_engine.hub.prompt_encoding import settle_texts
from mfsr_engine.models.card import read_card
from mfsr_engine.models.dit4sr.text_encoders import encode_texts
from mfsr_engine.models.prompts import load_prompts
from mfsr_engine.progress import Progress
from tests.fakes.tiny_encoders import write_encoders

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("random_networks")


@pytest.fixture
def teacher(make_published: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed teacher that has its null prompt only."""
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))
    assert cli.main(["models", "import", str(make_published("r1")), "--variant", "r1", "--name", "teacher"]) == 0
    return paths.user_models_dir() / "teacher"


@pytest.fixture
def encoders(teacher: Path) -> Path:
    """Encoders where a pull leaves them."""
    folder = parts_dir(paths.user_models_dir()) / "stabilityai--stable-diffusion-3.5-medium"
    write_encoders(folder)
    return folder


def encode(*words: str) -> int:
    return cli.main(["prompts", "encode", "--model", "teacher", *words])


def test_the_texts_of_the_variant_are_encoded_and_guidance_begins(teacher: Path, encoders: Path) -> None:
    null = load_prompts(teacher).positive
    assert load_prompts(teacher).away is None
    assert encode() == 0
    texts = Catalogue.default().find("dit4sr_r1").prompts
    assert texts is not None
    expected = encode_texts([texts.positive, texts.negative], encoders, Progress())
    found = load_prompts(teacher)
    for prompt, other in zip((found.positive, found.negative), expected, strict=True):
        assert prompt is not None
        assert torch.equal(prompt.tokens, other.tokens.half())
        assert torch.equal(prompt.pooled, other.pooled.half())
    assert found.away is found.negative
    assert found.null is not None
    assert torch.equal(found.null.pooled, null.pooled)
    assert read_card(teacher).note == ""
    assert cli.main(["models", "verify", "teacher"]) == 0


def test_other_texts_and_other_encoders_may_be_given(teacher: Path, tmp_path: Path) -> None:
    write_encoders(tmp_path / "elsewhere")
    assert encode("--text", "a lighthouse", "--negative", "", "--encoders", str(tmp_path / "elsewhere")) == 0
    (expected,) = encode_texts(["a lighthouse"], tmp_path / "elsewhere", Progress())
    found = load_prompts(teacher)
    assert torch.equal(found.positive.pooled, expected.pooled.half())
    assert found.negative is None


def test_without_encoders_the_model_stays_and_the_way_is_told(
    teacher: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in teacher.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert encode() == 1
    assert "mfsr models pull sd35_text_encoders" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in teacher.rglob("*") if path.is_file()} == before


def test_models_with_learned_prompts_take_no_texts(tiny_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prompts", "encode", "--model", str(tiny_model), "--text", "a"]) == 1
    assert "learned prompts" in capsys.readouterr().err
    with pytest.raises(ModelError, match="--text"):
        settle_texts(read_card(tiny_model), Catalogue.default(), None, None)
