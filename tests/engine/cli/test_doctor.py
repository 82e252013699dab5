"""`mfsr doctor` says how each installed model would run here, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.cli import doctor
from mfsr_engine.hub.parts import encoders_dir
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.families import all_text_encoders
from tests.fakes.tiny_encoders import write_encoders
from tests.fakes.tiny_model_folder import write_tiny_full_size

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_model_gets_a_line_with_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_full_size(tmp_path / "tiny")
    doctor.print_report(ModelStore([tmp_path]))
    told = capsys.readouterr().out
    assert "tiny: c" in told  # cpu or cuda
    assert "weights resident" in told
    assert "of 128 pixels at once" in told
    assert "All weights stay on the device in full." in told


def test_a_model_without_weights_is_told_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny_full_size(tmp_path / "a-damaged")
    write_tiny_full_size(tmp_path / "b-sound")
    (tmp_path / "a-damaged" / "transformer" / "diffusion_pytorch_model.safetensors").unlink()
    doctor.print_report(ModelStore([tmp_path]))
    told = capsys.readouterr()
    assert "a-damaged" in told.err
    assert "b-sound: c" in told.out


def test_devices_precisions_and_memory_are_told_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    doctor.print_report(ModelStore([tmp_path]))
    told = capsys.readouterr().out
    assert "MiB free" in told
    assert "precisions " in told
    assert "auto takes " in told


def test_whether_captions_can_be_encoded_is_told_with_the_way_to_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))
    doctor.print_report(ModelStore([tmp_path]))
    assert "the text encoders are not installed. `mfsr models pull sd35_text_encoders`" in capsys.readouterr().out
    write_encoders(encoders_dir(all_text_encoders()[0]))
    doctor.print_report(ModelStore([tmp_path]))
    assert f"the text encoders are in {encoders_dir(all_text_encoders()[0])}" in capsys.readouterr().out
