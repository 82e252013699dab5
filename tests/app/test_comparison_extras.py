"""What can be laid over a comparison, and how one gets it out: the veil, and the exports."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from mfsr_app.application import Kept, build_parts
from mfsr_app.raster import VEIL_FROM, VEIL_TO, overlay_raster
from mfsr_app.window import MainWindow


def measured(result, source, factor, progress):
    """A stand-in that needs no torch: the left half departs."""
    assert result.shape[0] == source.shape[0] * factor
    found = np.zeros(source.shape[:2], np.float32)
    found[:, : source.shape[1] // 2] = 0.5
    return found


@pytest.fixture
def opened(qtbot, upscaler, files, theme):
    window = MainWindow(build_parts(lambda: upscaler, files, theme, kept=Kept(measure=measured)))
    qtbot.addWidget(window)
    window.show()
    window.open_path(Path("small.png"))
    states = window._parts.states
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    yield window
    window.close()


def test_a_veil_grows_with_the_departure():
    steps = np.array([[0.0, VEIL_FROM, (VEIL_FROM + VEIL_TO) / 2, VEIL_TO, 1.0]], np.float32)
    opacity = overlay_raster(steps).levels[0][0, :, 3]
    assert list(opacity[:2]) == [0, 0]
    assert 0 < opacity[2] < opacity[3] == opacity[4] < 255


def test_the_veil_lies_over_the_result_only_and_says_so(opened, qtbot):
    comparison = opened._parts.states.comparison
    opened.actions_table["support"].trigger()
    qtbot.waitUntil(lambda: comparison.shown_right().overlay is not None)
    assert "does not support" in comparison.shown_right().legend
    assert comparison.shown_left().overlay is None
    pane = opened.page.viewer.right
    image = pane.grab().toImage()
    frame_y = image.height() // 2
    left, right = (image.pixelColor(image.width() // 2 + dx, frame_y) for dx in (-60, 60))
    assert left.red() - left.green() > 80 > abs(right.red() - right.green())
    opened.actions_table["support"].trigger()
    assert comparison.shown_right().overlay is None
    assert not opened.actions_table["support"].isChecked()


def test_the_veil_follows_the_result_in_use(opened, qtbot):
    states = opened._parts.states
    opened.actions_table["support"].trigger()
    qtbot.waitUntil(lambda: bool(states.comparison.overlays))
    states.choices.set_steps(3)
    qtbot.waitUntil(lambda: states.choices.settings in states.comparison.overlays)


@pytest.mark.parametrize(
    ("words", "suffix"),
    [("Current view", ".png"), ("Side by side", ".png"), ("Before and after, animated (", ".webp"), ("GIF", ".gif")],
)
def test_exports_are_pictures_of_the_part_in_view(opened, qtbot, monkeypatch, tmp_path, words, suffix):
    def choose(_parent, _title, _suggested, filters):
        return str(tmp_path / "out"), next(f for f in filters.split(";;") if words in f)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    with qtbot.waitSignal(opened._parts.states.exporting.exported):
        opened.actions_table["export"].trigger()
    path = tmp_path / f"out{suffix}"
    with Image.open(path) as image:
        frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]
    if suffix == ".png":
        assert len(frames) == 1
    else:
        assert len(frames) == 2
        before, after = frames[0][96, 128].astype(int), frames[1][96, 128].astype(int)
        assert before[0] - after[0] > 5
    if words == "Side by side":
        height, width = frames[0].shape[:2]
        assert width == 2 * 256 + 8
        assert 192 < height < 240
        assert np.abs(frames[0][96, 128].astype(int) - 128).max() <= 2
        assert np.abs(frames[0][96, 256 + 8 + 128].astype(int) - 115).max() <= 2
    assert "Exported" in opened.message_bar.text
    assert not [p for p in tmp_path.iterdir() if p.name.endswith(".part")]


def test_an_export_that_cannot_be_written_says_so(opened, qtbot, tmp_path):
    from mfsr_app.exports import ExportKind

    for kind, name in ((ExportKind.PAIR, "a.png"), (ExportKind.TURNS, "a.webp")):
        opened._parts.states.exporting.export(kind, tmp_path / "nowhere" / name, QImage())
        qtbot.waitUntil(lambda name=name: f"{name} cannot be written" in opened.message_bar.text)
