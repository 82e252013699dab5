"""A person's way through the window with the bundled model: open, see the part in view, compare, refine, save, read again."""

import pytest

pytest.importorskip("torch")

from PySide6.QtWidgets import QFileDialog

from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.compare.values import Mode
from mfsr_app.parts import AppFiles, build_parts, real_engine
from mfsr_app.window import MainWindow
from mfsr_engine import images
from mfsr_engine.files.paths import resources_dir
from mfsr_engine.geometry import Size

WAIT_MS = 300_000


@pytest.fixture
def photograph(tmp_path):
    """A corner of the sample photograph, with everything its file carries."""
    source = images.read(resources_dir() / "samples" / "sample.jpg")
    path = tmp_path / "cat.png"
    images.write(path, source.pixels[40:104, 80:176], kept=source.kept)
    return path


@pytest.fixture
def parts(theme, tmp_path, monkeypatch):
    import torch

    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield build_parts(real_engine, EnginePictureFiles(), theme, None, kept=AppFiles())
    torch.set_num_threads(before)


@pytest.fixture
def window(qtbot, parts):
    shown = MainWindow(parts)
    qtbot.addWidget(shown)
    shown.show()
    yield shown
    shown.close()


def test_a_photograph_is_opened_compared_refined_and_saved(window, parts, photograph, monkeypatch, qtbot):
    states = parts.states
    upscaling = states.upscaling

    def is_whole(steps):
        shown = upscaling.shown
        return shown is not None and shown.is_whole and shown.result.steps == steps

    window.model_in_use.warm_up()
    window.open_path(photograph)
    qtbot.waitUntil(lambda: is_whole(1), timeout=WAIT_MS)
    first = upscaling.shown.result
    assert first.model == "mfsr-small"
    assert first.pixels.shape == (256, 384, 3)
    window.actions_table["split"].trigger()
    assert states.comparison.mode is Mode.SPLIT
    original, result = states.comparison.shown_left(), states.comparison.shown_right()
    assert original.title != result.title
    window.actions_table["more_steps"].trigger()
    qtbot.waitUntil(lambda: is_whole(2), timeout=WAIT_MS)
    assert abs(upscaling.shown.result.pixels - first.pixels).mean() > 1e-4
    window.actions_table["fewer_steps"].trigger()
    assert is_whole(1), "a stop that was computed is there at once"
    assert (upscaling.shown.result.pixels == first.pixels).all()

    target = photograph.with_name("large.png")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(states.saving.saved, timeout=WAIT_MS):
        window.actions_table["save"].trigger()
    saved = images.read(target)
    assert saved.size == Size(384, 256)
    assert abs(saved.pixels - first.pixels).max() < 1 / 254
    assert saved.kept.icc_profile == images.read(photograph).kept.icc_profile
    assert b"DigitalSourceType" in target.read_bytes()
    assert "Saved" in window.message_bar.text
