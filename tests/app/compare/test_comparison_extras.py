"""What can be laid over a comparison, and how one gets it out: the overlay, and the exports."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog

from mfsr_app.compare.canvas import Canvas
from mfsr_app.compare.comparison import Kind
from mfsr_app.compare.export_dialog import ExportDialog, export_words
from mfsr_app.compare.exporting import Pair, write_turns
from mfsr_app.compare.values import EXPORTS, Shown, View
from mfsr_app.imaging.raster import OVERLAY_FROM, OVERLAY_TO, overlay_raster, raster_of
from mfsr_app.parts import AppFiles, build_parts
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images import Picture


def measured(result, source, factor, progress):
    """A stand-in that needs no torch: the left half departs."""
    assert result.shape[0] == source.shape[0] * factor
    found = np.zeros(source.shape[:2], np.float32)
    found[:, : source.shape[1] // 2] = 0.5
    return found


@pytest.fixture
def parts(make_parts):
    return make_parts(sample=None, kept=AppFiles(measure=measured))


@pytest.fixture
def opened(window, parts, qtbot):
    window.open_path(Path("small.png"))
    states = parts.states
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    return window


def test_a_veil_grows_with_the_departure():
    steps = np.array([[0.0, OVERLAY_FROM, (OVERLAY_FROM + OVERLAY_TO) / 2, OVERLAY_TO, 1.0]], np.float32)
    opacity = overlay_raster(steps).levels[0][0, :, 3]
    assert list(opacity[:2]) == [0, 0]
    assert 0 < opacity[2] < opacity[3] == opacity[4] < 255


def test_the_veil_lies_over_the_result_only_and_says_so(opened, parts, qtbot):
    comparison = parts.states.comparison
    opened.actions_table["consistency"].trigger()
    qtbot.waitUntil(lambda: comparison.shown_right().overlay is not None)
    assert "does not support" in comparison.shown_right().legend
    assert comparison.shown_left().overlay is None
    pane = opened.page.viewer.right
    image = pane.grab().toImage()
    frame_y = image.height() // 2
    left, right = (image.pixelColor(image.width() // 2 + dx, frame_y) for dx in (-60, 60))
    assert left.red() - left.green() > 80 > abs(right.red() - right.green())
    opened.actions_table["consistency"].trigger()
    assert comparison.shown_right().overlay is None
    assert not opened.actions_table["consistency"].isChecked()


def test_the_veil_follows_the_result_in_use(opened, parts, qtbot):
    states = parts.states
    opened.actions_table["consistency"].trigger()
    qtbot.waitUntil(lambda: bool(states.comparison.overlays))
    states.choices.set_steps(3)
    qtbot.waitUntil(lambda: states.choices.settings in states.comparison.overlays)


def test_until_the_whole_is_there_the_veil_lies_on_the_part_in_view(qtbot, upscaler, files, theme):
    measures = []

    def measure(*given):
        measures.append(1)
        return measured(*given)

    parts = build_parts(lambda: upscaler, files, theme, kept=AppFiles(measure=measure))
    states = parts.states
    states.upscaling.set_computes_whole(False)
    states.view.set_port(Size(200, 200))
    states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: states.document.current is not None)
    states.view.zoom_to(1.0)
    states.consistency.toggle()
    settings = states.choices.settings
    qtbot.waitUntil(lambda: settings in states.comparison.overlays)
    overlay, seen = states.comparison.overlays[settings], states.view.visible
    assert (overlay.area, overlay.layer.size) == (seen, seen.size)
    for _ in range(14):
        states.view.pan(-50, 0)
    qtbot.waitUntil(lambda: states.comparison.overlays[settings].area == states.view.visible)
    assert len(measures) == 2, "nothing is measured while the view moves"
    assert states.view.visible != seen
    states.upscaling.compute_whole()
    qtbot.waitUntil(lambda: states.comparison.overlays[settings].area is None)
    parts.stop()


def test_a_veil_on_a_part_is_drawn_on_that_part(qtbot):
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.set_look(View(20, 15, 4.0), Size(40, 30))
    grey = raster_of(np.full((30, 40, 3), 0.5, np.float32))
    overlay = overlay_raster(np.ones((10, 10), np.float32))
    side = Shown("", grey, None, is_smooth=False, factor=1, overlay=overlay, overlay_area=Rect(20, 10, 10, 10))
    canvas.set_shown(None, side)
    image = canvas.grab().toImage()
    corner = (200 - 80 + 20 * 4, 150 - 60 + 10 * 4)
    for dx, dy, is_veiled in ((4, 4, True), (36, 36, True), (-4, 20, False), (44, 20, False), (20, 44, False)):
        color = QColor(image.pixel(corner[0] + dx, corner[1] + dy))
        assert (color.red() - color.green() > 80) == is_veiled


@pytest.mark.parametrize(
    ("words", "suffix"),
    [
        ("Current view", ".png"),
        ("Side by side, with labels", ".png"),
        ("Before and after, animated WebP", ".webp"),
        ("Before and after, animated PNG", ".apng"),
        ("Before and after, animated GIF", ".gif"),
    ],
)
def test_exports_are_pictures_of_the_part_in_view(opened, parts, qtbot, monkeypatch, tmp_path, words, suffix):
    def choose(_parent, _title, suggested, filters):
        assert (Path(suggested).suffix, filters) == (suffix, f"{words} (*{suffix})")
        return str(tmp_path / "out"), filters

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    opened.commands.choose_export = lambda _: next(one for one in EXPORTS if export_words(one) == words)
    with qtbot.waitSignal(parts.states.exporting.exported):
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
    if words.startswith("Side by side"):
        height, width = frames[0].shape[:2]
        assert width == 2 * 256 + 8
        assert 192 < height < 240
        assert np.abs(frames[0][96, 128].astype(int) - 128).max() <= 2
        assert np.abs(frames[0][96, 256 + 8 + 128].astype(int) - 115).max() <= 2
    assert "Exported" in opened.message_bar.text
    assert not [p for p in tmp_path.iterdir() if p.name.endswith(".part")]


def test_a_typed_ending_of_an_animation_makes_one_whatever_kind_is_chosen(opened, parts, qtbot, monkeypatch, tmp_path):
    def choose(_parent, _title, _suggested, filters):
        return str(tmp_path / "out.gif"), filters

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    opened.commands.choose_export = lambda _: EXPORTS[0]
    with qtbot.waitSignal(parts.states.exporting.exported):
        opened.actions_table["export"].trigger()
    with Image.open(tmp_path / "out.gif") as image:
        assert (image.format, image.n_frames) == ("GIF", 2)


def test_nothing_is_exported_without_an_answer(opened, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("not asked"))
    opened.commands.choose_export = lambda _: None
    opened.actions_table["export"].trigger()


def test_the_dialog_of_exports_shows_what_each_one_will_be(opened, parts, qtbot):
    screen = opened.page.viewer.grab().toImage()
    dialog = ExportDialog(lambda kind: parts.states.exporting.preview(kind, screen), opened)
    qtbot.addWidget(dialog)
    seen = []
    for number, export in enumerate(EXPORTS):
        dialog.kinds.setCurrentIndex(number)
        assert dialog.chosen == export
        shown = dialog.preview.pixmap().toImage()
        assert 0 < shown.width() <= dialog.preview.width()
        assert 0 < shown.height() <= dialog.preview.height()
        seen.append((shown, dialog.words.text()))
    assert seen[0][0] != seen[1][0] != seen[2][0]
    assert "256 colors" in seen[-1][1]
    before = dialog.preview.pixmap().toImage()
    qtbot.waitUntil(lambda: dialog.preview.pixmap().toImage() != before)


def test_a_small_thing_of_its_own_color_keeps_it_in_a_gif(tmp_path):
    rows, columns = np.mgrid[0:240, 0:320]
    warm = np.stack([120 + columns // 4, 80 + rows // 4, 40 + (rows + columns) // 12], axis=2).astype(np.uint8)
    warm[100:106, 200:206] = (40, 200, 60)
    side = Shown("", raster_of(warm.astype(np.float32) / 255), None, is_smooth=False, factor=1)
    write_turns(Pair(side, side, Size(320, 240), Rect(0, 0, 320, 240), 1), tmp_path / "eyes.gif")
    with Image.open(tmp_path / "eyes.gif") as image:
        for frame in ImageSequence.Iterator(image):
            red, green, blue = np.asarray(frame.convert("RGB"))[102:104, 202:204].reshape(-1, 3).mean(axis=0)
            assert green - max(red, blue) > 80


def test_an_export_that_cannot_be_written_says_so(opened, parts, qtbot, tmp_path):
    from mfsr_app.compare.values import ExportKind

    for kind, name in ((ExportKind.PAIR, "a.png"), (ExportKind.TURNS, "a.webp")):
        (tmp_path / "file").touch()
        parts.states.exporting.export(kind, tmp_path / "file" / name, QImage())
        qtbot.waitUntil(lambda name=name: f"{name} cannot be written" in opened.message_bar.text)


@pytest.mark.parametrize(("kind", "name"), [("pair", "a.png"), ("view", "a.png"), ("turns", "a.webp")])
def test_an_export_that_fails_leaves_the_older_one_as_it_was(opened, parts, qtbot, tmp_path, monkeypatch, kind, name):
    from mfsr_app.compare.values import ExportKind

    def refuse(*_):
        raise OSError("No space left on device")

    (tmp_path / name).write_bytes(b"older")
    monkeypatch.setattr(os, "replace", refuse)
    parts.states.exporting.export(ExportKind(kind), tmp_path / name, QImage(8, 8, QImage.Format.Format_RGB32))
    qtbot.waitUntil(lambda: f"{name} cannot be written" in opened.message_bar.text)
    assert (tmp_path / name).read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_any_file_can_be_compared_with_on_either_side(opened, parts, files, qtbot, monkeypatch):
    comparison, bar = parts.states.comparison, opened.page.bar
    files.pictures["dark.png"] = Picture(np.full((96, 128, 3), 0.1, np.float32))
    files.pictures["light.png"] = Picture(np.full((192, 256, 3), 0.9, np.float32))
    names = iter(["dark.png", "light.png"])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (next(names), ""))
    opened.actions_table["beside"].trigger()
    qtbot.waitUntil(lambda: comparison.right.path == Path("dark.png"))
    bar.left.activated.emit(bar.left.count() - 1)
    qtbot.waitUntil(lambda: comparison.left.path == Path("light.png"))
    left, right = comparison.shown_left(), comparison.shown_right()
    assert (left.title, right.title) == ("light.png", "dark.png")
    assert left.cells.read(Rect(3, 3, 1, 1))[0, 0, 0] == 230
    assert right.cells.read(Rect(3, 3, 1, 1))[0, 0, 0] == 26
    assert not left.is_smooth
    assert right.is_smooth, "a file that is smaller than the result is smoothed"
    panes = [opened.page.viewer.left, opened.page.viewer.right]
    seen = [QColor(p.grab().toImage().pixel(p.width() // 2, p.height() // 2)).red() for p in panes]
    assert seen == [230, 26]


def test_a_result_of_another_model_or_seed_can_be_compared_though_only_a_part_is_there(qtbot, upscaler, files, theme):
    parts = build_parts(lambda: upscaler, files, theme)
    states = parts.states
    states.choices.set_models(list(upscaler.installed))
    states.upscaling.set_computes_whole(False)
    states.view.set_port(Size(200, 200))
    states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: states.document.current is not None)
    states.view.zoom_to(1.0)

    def is_there():
        shown = states.upscaling.shown
        return shown is not None and states.upscaling.is_in_view(shown) and states.upscaling.activity is None

    for change in (
        lambda: None,
        lambda: states.choices.set_seed(3),
        lambda: states.choices.set_model("mfsr-small-teacher"),
    ):
        change()
        qtbot.waitUntil(is_there)
    kept = [side for side in states.comparison.sides if side.kind is Kind.KEPT]
    assert [(side.settings.model, side.settings.seed) for side in kept] == [
        ("mfsr-small", 0),
        ("mfsr-small", 3),
        ("mfsr-small-teacher", 3),
    ]
    states.comparison.set_left(kept[0])
    states.comparison.set_right(kept[1])
    spot = states.view.visible.scaled(4)
    area = Rect(spot.x + 9, spot.y + 9, 1, 1)
    values = [s.cells.read(area)[0, 0, 0] for s in (states.comparison.shown_left(), states.comparison.shown_right())]
    assert values == [round(0.75 * 255), round(0.72 * 255)]
    assert "a part" in states.comparison.shown_left().title
    parts.stop()
