"""Captions from the command line to the model: joined with its own prompt, encoded once, never for models without texts."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from mfsr_engine import cli, images
from mfsr_engine.batch.journal import Journal
from mfsr_engine.batch.naming import OutputSettings, Source
from mfsr_engine.batch.queue_run import run_item
from mfsr_engine.batch.run_plan import RunPlan
from mfsr_engine.cli import upscale as upscale_command
from mfsr_engine.errors import ModelError
from mfsr_engine.files import paths
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.hub.parts import encoders_dir
from mfsr_engine.hub.store import InstalledModel, ModelStore
from mfsr_engine.images.reading import provenance_of
from mfsr_engine.models.dit4sr import text_encoders
from mfsr_engine.models.dit4sr.text_encoders import encode_texts
from mfsr_engine.models.families import all_text_encoders
from mfsr_engine.models.prompts import load_prompts
from mfsr_engine.progress import Progress
from mfsr_engine.upscale import captioning
from mfsr_engine.upscale.captioning import MAX_KEPT, CaptionPrompts, joined, texts_for
from tests.fakes.published_model import write_published
from tests.fakes.scripted_engine import ScriptedUpscaler
from tests.fakes.tiny_encoders import write_encoders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.usefixtures("random_networks")

CAPTION = "a lighthouse"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], InstalledModel]:
    """Installs a published model of a few thousand weights: `install("r1")`."""
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))

    def make(variant: str) -> InstalledModel:
        folder = tmp_path / "published" / variant
        write_published(folder, variant)
        assert cli.main(["models", "import", str(folder), "--variant", variant, "--name", variant]) == 0
        return ModelStore.default().find(variant)

    return make


@pytest.fixture
def encoders(install: Callable[[str], InstalledModel]) -> Path:
    folder = encoders_dir(all_text_encoders()[0])
    write_encoders(folder)
    return folder


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was encoded, a list for each time that the encoders were loaded."""
    calls: list[list[str]] = []

    def encode(texts: Sequence[str], folder: Path, progress: Progress) -> object:
        calls.append(list(texts))
        return encode_texts(texts, folder, progress)

    monkeypatch.setattr(text_encoders, "encode_texts", encode)
    return calls


@pytest.fixture
def photo(tmp_path: Path, photograph: NDArray[np.float32]) -> Path:
    path = tmp_path / "photos" / "photo.png"
    path.parent.mkdir()
    images.write(path, photograph[:24, :30], kept=images.KeptMetadata())
    return path


def upscaled(photo: Path, model: str, *words: str) -> NDArray[np.float32]:
    fixed = ["--model", model, "--device", "cpu", "--dtype", "fp32", "--steps", "1", "--overwrite", "--color", "none"]
    result = photo.parent.parent / "result.png"
    assert cli.main(["upscale", str(photo), "-o", str(result), *fixed, *words]) == 0
    return images.read(result).pixels


def test_a_text_file_beside_the_photograph_changes_the_result_and_is_told(
    install: Callable[[str], InstalledModel], encoders: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install("smfsr")
    plain = upscaled(photo, "smfsr")
    photo.with_suffix(".txt").write_text(CAPTION)
    assert "null prompt" in capsys.readouterr().err
    captioned = upscaled(photo, "smfsr")
    told = capsys.readouterr().err
    assert "The caption was read from photo.txt." in told
    assert "null prompt" not in told
    assert not np.array_equal(captioned, plain)
    photo.with_suffix(".txt").write_text("another text")
    assert np.array_equal(upscaled(photo, "smfsr", "--caption", CAPTION), captioned)
    assert np.array_equal(upscaled(photo, "smfsr", "--caption", ""), plain)


def test_the_results_record_says_the_caption_wherever_it_came_from(
    install: Callable[[str], InstalledModel], encoders: Path, photo: Path
) -> None:
    install("smfsr")
    result = photo.parent.parent / "result.png"

    def recorded() -> str:
        made = provenance_of(result)
        assert made is not None
        return made.caption

    upscaled(photo, "smfsr", "--caption", "  a\nlighthouse ")
    assert recorded() == CAPTION
    photo.with_suffix(".txt").write_text('a <boat> & "more"')
    upscaled(photo, "smfsr")
    assert recorded() == 'a <boat> & "more"'
    upscaled(photo, "smfsr", "--caption", "")
    assert recorded() == ""


def test_a_caption_that_was_left_out_is_not_recorded(
    install: Callable[[str], InstalledModel], photo: Path, tiny_model: Path
) -> None:
    install("smfsr")
    for model in ("smfsr", str(tiny_model)):
        upscaled(photo, model, "--caption", CAPTION)
        made = provenance_of(photo.parent.parent / "result.png")
        assert made is not None
        assert made.caption == ""


def test_a_model_with_learned_prompts_never_reads_the_text_file(
    encoders: Path, photo: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = upscaled(photo, str(tiny_model))
    photo.with_suffix(".txt").write_text(CAPTION)
    capsys.readouterr()
    assert np.array_equal(upscaled(photo, str(tiny_model)), plain)
    assert "caption" not in capsys.readouterr().err
    assert np.array_equal(upscaled(photo, str(tiny_model), "--caption", CAPTION), plain)
    assert "takes no text; the caption was left out" in capsys.readouterr().err


@pytest.mark.parametrize("is_cut", [False, True], ids=["absent", "half fetched"])
def test_without_text_encoders_the_picture_is_made_and_the_way_is_told(
    install: Callable[[str], InstalledModel], photo: Path, capsys: pytest.CaptureFixture[str], is_cut: bool
) -> None:
    model = install("smfsr")
    if is_cut:
        write_encoders(encoders_dir(all_text_encoders()[0]))
        (encoders_dir(all_text_encoders()[0]) / "text_encoder_3" / "model.safetensors").unlink()
    plain = upscaled(photo, "smfsr")
    photo.with_suffix(".txt").write_text(CAPTION)
    capsys.readouterr()
    assert np.array_equal(upscaled(photo, "smfsr"), plain)
    told = capsys.readouterr().err
    problem = "not whole: text_encoder_3 missing" if is_cut else "not installed"
    assert f"The caption was left out: the text encoders are {problem}" in told
    assert "mfsr models pull sd35_text_encoders" in told
    assert problem in model.info.caption_problem


def test_a_folders_captions_are_encoded_together_and_kept(
    install: Callable[[str], InstalledModel], encoders: Path, photo: Path, encoded: list[list[str]]
) -> None:
    install("smfsr")
    for number in range(3):
        shutil.copy(photo, photo.with_name(f"{number}.png"))
        photo.with_name(f"{number}.txt").write_text(f"number {number % 2}")
    words = ["--model", "smfsr", "--device", "cpu", "--dtype", "fp32", "-o", str(photo.parent.parent / "results")]
    assert cli.main(["upscale", str(photo.parent), *words]) == 0
    assert [len(texts) for texts in encoded] == [2]
    first = images.read(photo.parent.parent / "results" / "0_4x.png").pixels
    assert cli.main(["upscale", str(photo.parent), *words, "--overwrite"]) == 0
    assert len(encoded) == 1
    assert np.array_equal(images.read(photo.parent.parent / "results" / "0_4x.png").pixels, first)


def test_more_captions_than_are_kept_are_encoded_some_pictures_ahead(
    install: Callable[[str], InstalledModel],
    photo: Path,
    encoders: Path,
    encoded: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All at once the first would be forgotten again before their pictures come, and the encoders loaded for each."""
    install("smfsr")
    monkeypatch.setattr(upscale_command, "CAPTIONS_AHEAD", 2)
    monkeypatch.setattr(captioning, "MAX_KEPT", 3)
    for number in range(5):
        shutil.copy(photo, photo.with_name(f"{number}.png"))
        photo.with_name(f"{number}.txt").write_text(f"number {number}")
    photo.unlink()
    words = ["--model", "smfsr", "--device", "cpu", "--dtype", "fp32", "-o", str(photo.parent.parent / "results")]
    assert cli.main(["upscale", str(photo.parent), *words]) == 0
    assert [len(texts) for texts in encoded] == [2, 2, 1]


def test_a_caption_comes_before_what_the_model_was_made_with(
    install: Callable[[str], InstalledModel], encoders: Path
) -> None:
    """DiT4SR's order; the negative text is encoded too where guidance needs it and the model has none yet."""
    model = install("r1")
    known = Catalogue.default().find("dit4sr_r1").prompts
    assert known is not None
    found = CaptionPrompts().find(model, "a  lighthouse\n", Progress()).prompts
    assert found is not None
    expected = encode_texts([f"a lighthouse {known.positive}".strip(), known.negative], encoders, Progress())
    for prompt, other in zip((found.positive, found.away), expected, strict=True):
        assert prompt is not None
        assert torch.equal(prompt.pooled, other.pooled.half())
        assert prompt.tokens is not None
        assert torch.equal(prompt.tokens, other.tokens.half())


def test_a_caption_joins_the_text_that_was_encoded_for_the_model(
    install: Callable[[str], InstalledModel], encoders: Path
) -> None:
    model = install("r1")
    assert cli.main(["prompts", "encode", "--model", "r1", "--text", "sharp", "--negative", "dull"]) == 0
    own = load_prompts(model.folder)
    assert (own.positive_text, own.negative_text) == ("sharp", "dull")
    assert texts_for(model.card, own, CAPTION).positive == "a lighthouse sharp"
    found = CaptionPrompts().find(model, CAPTION, Progress()).prompts
    assert found is not None
    assert found.negative is not None
    assert own.negative is not None
    assert torch.equal(found.negative.pooled, own.negative.pooled)


def test_no_caption_leaves_the_models_prompts(install: Callable[[str], InstalledModel], encoders: Path) -> None:
    assert CaptionPrompts().find(install("r1"), " \n", Progress()).prompts is None
    assert joined("", "sharp") == "sharp"


def test_encoders_of_another_model_are_named(install: Callable[[str], InstalledModel], tmp_path: Path) -> None:
    model = install("smfsr")
    write_encoders(tmp_path / "others", pooled_widths=(8, 12))
    with pytest.raises(ModelError, match="do not belong together"):
        CaptionPrompts(tmp_path / "others").find(model, CAPTION, Progress())


def test_only_the_newest_encoded_texts_are_kept(
    install: Callable[[str], InstalledModel], encoders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, cache = install("smfsr"), tmp_path / "kept"
    monkeypatch.setattr(captioning, "MAX_KEPT", 2)
    prompts = CaptionPrompts(encoders, cache)
    for number in range(4):
        prompts.prepare(model, [str(number)], Progress())
        for path in cache.iterdir():
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10))
    assert len(list(cache.iterdir())) == 2
    assert MAX_KEPT >= 2


def test_a_damaged_kept_text_is_encoded_again(
    install: Callable[[str], InstalledModel], encoders: Path, encoded: list[list[str]]
) -> None:
    model, prompts = install("smfsr"), CaptionPrompts()
    first = prompts.find(model, CAPTION, Progress()).prompts
    for path in (paths.cache_dir() / "captions").iterdir():
        path.write_bytes(b"damaged")
    second = prompts.find(model, CAPTION, Progress()).prompts
    assert len(encoded) == 2
    assert first is not None
    assert second is not None
    assert torch.equal(first.positive.pooled, second.positive.pooled)


def test_what_is_kept_is_read_once_its_picture_comes_and_not_for_the_pictures_before(
    install: Callable[[str], InstalledModel],
    encoders: Path,
    encoded: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, prompts, read = install("smfsr"), CaptionPrompts(), []
    captions = [f"number {number}" for number in range(5)]
    prompts.prepare(model, captions, Progress())
    load_file = captioning.load_file
    monkeypatch.setattr(captioning, "load_file", lambda path: read.append(path) or load_file(path))
    for first in range(len(captions)):
        prompts.prepare(model, captions[first:], Progress())
        prompts.find(model, captions[first], Progress())
    assert len(read) == len(set(read)) == len(captions)
    assert len(encoded) == 1


@pytest.mark.parametrize(("takes_text", "problem"), [(True, ""), (True, "not installed"), (False, "")])
def test_the_queue_takes_captions_for_models_that_take_text(
    photo: Path, tmp_path: Path, takes_text: bool, problem: str
) -> None:
    from dataclasses import replace

    from tests.fakes.scripted_engine import SMALL

    upscaler = ScriptedUpscaler(installed=(replace(SMALL, takes_text=takes_text, caption_problem=problem),))
    for name in ("photo", "later"):
        photo.with_name(f"{name}.txt").write_text(f"caption of {name}")
    journal = Journal(None)
    journal.open()
    item, _ = journal.add([Source(photo), Source(photo.with_name("later.png"))])
    done = run_item(item, RunPlan(output=OutputSettings(folder=str(tmp_path / "out"))), journal, upscaler, Progress())
    journal.close()
    assert upscaler.requests[0].settings.prompt == ("caption of photo" if takes_text else "")
    assert upscaler.captions == ([["caption of photo", "caption of later"]] if takes_text and not problem else [])
    assert ("photo.txt" in done.words) == takes_text
