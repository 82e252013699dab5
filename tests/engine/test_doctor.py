"""`mfsr doctor` says how each installed model would run here, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine import cli_doctor
from mfsr_engine.hub.store import ModelStore
from tests.fakes.tiny_model_folder import write_tiny_full_size

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_model_gets_a_line_with_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_full_size(tmp_path / "tiny")
    cli_doctor.print_report(ModelStore([tmp_path]))
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
    cli_doctor.print_report(ModelStore([tmp_path]))
    told = capsys.readouterr()
    assert "a-damaged" in told.err
    assert "b-sound: c" in told.out
