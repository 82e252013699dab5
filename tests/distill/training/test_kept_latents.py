"""A recipe that keeps latents: training does not run the autoencoder, goes on to the bit, and says what it takes."""

import json

import pytest
import torch

from distill import cli
from distill.data.scan import ScanReport
from distill.training.checkpoint import load_latest
from distill.training.train import build_trainer
from distill.training.trainer import TrainingStopped
from distill.wizard.estimate import Probe, estimate
from distill.wizard.probe import measure
from mfsr_engine.errors import RequestError
from mfsr_engine.models.codec import AutoencoderKlCodec
from mfsr_engine.progress import Progress

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def encoded(monkeypatch):
    """How often the autoencoder was asked, in patches."""
    asked, real = [], AutoencoderKlCodec.encode_condition

    def counted(self, pictures):
        asked.append(len(pictures))
        return real(self, pictures)

    monkeypatch.setattr(AutoencoderKlCodec, "encode_condition", counted)
    return asked


@pytest.fixture
def keeping(full_recipe):
    def make(**changes):
        data = {"latent_patches": 3} | changes.pop("data", {})
        return full_recipe(data=data, **changes)

    return make


def trainer_of(recipe, folder, pack=None):
    return build_trainer(recipe, folder, pack or folder / "pack", Progress())


def test_training_does_not_run_the_autoencoder(keeping, tmp_path, encoded):
    trainer = trainer_of(keeping(), tmp_path / "run")
    assert sum(encoded) == 2 * 8 * 3  # good and damaged, of eight crops
    encoded.clear()
    trainer.train(Progress())
    assert trainer.step == 4
    assert encoded == []
    trainer_of(keeping(), tmp_path / "other", tmp_path / "run" / "pack")
    assert encoded == []


def test_another_autoencoder_is_noticed(keeping, tmp_path, full_teacher, encoded):
    import shutil

    from safetensors.torch import load_file, save_file

    trainer_of(keeping(), tmp_path / "run")
    encoded.clear()
    other = shutil.copytree(full_teacher, tmp_path / "other")
    [file] = (other / "vae").glob("*.safetensors")
    weights = load_file(file)
    save_file({name: value + 0.01 for name, value in weights.items()}, file, {"format": "pt"})
    trainer_of(keeping(objective={"teacher": other}), tmp_path / "second", tmp_path / "run" / "pack")
    assert sum(encoded) == 2 * 8 * 3


def test_a_resumed_run_equals_one_that_was_not_stopped(keeping, tmp_path):
    recipe = keeping(student={"parts": "control"})
    trainer_of(recipe, tmp_path / "whole").train(Progress())
    stop = Progress(on_report=lambda report: stop.cancel() if report.done == 2 else None)
    with pytest.raises(TrainingStopped):
        trainer_of(recipe, tmp_path / "halves").train(stop)
    second = trainer_of(recipe, tmp_path / "halves")
    assert second.resume()
    second.train(Progress())
    whole, halves = (load_latest(tmp_path / name)["network"] for name in ("whole", "halves"))
    assert all(torch.equal(value, halves[name]) for name, value in whole.items())


def test_a_compact_teacher_has_no_latents_to_keep(recipe, tmp_path):
    with pytest.raises(RequestError, match="latent_patches = 0"):
        trainer_of(recipe(data={"latent_patches": 2}), tmp_path / "run")


def test_the_trial_measures_room_and_time_of_a_latent_and_the_estimate_counts_them(keeping, photos):
    recipe = keeping()
    probe = measure(recipe, steps=3)
    assert probe.latent_bytes == 2 * 4 * 8 * 8 * 2
    assert probe.latent_seconds > 0
    report = ScanReport(photos, tuple(photos.glob("*.png")), ())
    large = recipe.model_copy(update={"data": recipe.data.model_copy(update={"latent_patches": 5000})})
    few, many = (estimate(each, probe, len(report.usable), 10**6) for each in (recipe, large))
    assert many.disk_mib - few.disk_mib == pytest.approx(7 * 4997 * 1024 / 2**20, abs=2)
    assert many.preparation_minutes == pytest.approx(7 * 5000 * probe.latent_seconds / 60)
    assert "for latents, then" in many.summary()


def test_without_kept_latents_nothing_is_said_of_them(full_recipe):
    probe = Probe("cpu", 1.0, 10, 100, 1)
    assert "latents" not in estimate(full_recipe(run={"steps": 100}), probe, 8, 1000).summary()


def test_the_command_that_measures_tells_them_too(keeping, recipe_file, capsys):
    assert cli.main(["probe", str(recipe_file(keeping()))]) == 0
    assert json.loads(capsys.readouterr().out)["latent_bytes"] == 1024
