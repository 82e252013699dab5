"""Kind, quality and depth of a saved file beside the pictures; and what can be done with it once it is saved."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QFileDialog

from mfsr_app.compare.files import EnginePictureFiles, PictureToSave
from mfsr_app.ui.size_field import KINDS
from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.geometry import Size
from mfsr_engine.images import KeptMetadata
from mfsr_engine.images.exif import ExifRecord, parse_exif
from tests.fakes.scripted_files import picture


@pytest.fixture
def controls(window, parts, files, qtbot):
    files.pictures["clear.png"] = replace(picture(8, 8), alpha=np.full((8, 8), 0.5, np.float32))
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(Path("small.png"))
    return window.page.controls


def choose(field, value):
    number = field.findData(value)
    field.setCurrentIndex(number)
    field.activated.emit(number)


def test_only_what_the_format_can_hold_is_asked(controls, parts):
    choose(controls.format, ImageFormat.JPEG)
    assert (controls.quality.isVisible(), controls.bits.isVisible()) == (True, False)
    assert parts.states.saving.suggested_path.suffix == ".jpg"
    choose(controls.format, ImageFormat.TIFF)
    assert (controls.quality.isVisible(), controls.bits.isVisible()) == (False, True)
    assert parts.around.settings.current.output.format is ImageFormat.TIFF


def test_quality_and_depth_reach_the_file(controls, parts, files, qtbot):
    choose(controls.format, ImageFormat.PNG)
    choose(controls.bits, 16)
    parts.states.saving.set_quality(71)
    with qtbot.waitSignal(parts.states.saving.saved):
        parts.states.saving.save(Path("out.png"))
    assert (files.written["out.png"].depth, files.written["out.png"].quality) == (16, 71)


def test_sixteen_bits_are_written(tmp_path):
    files, path = EnginePictureFiles(), tmp_path / "deep.png"
    pixels = np.linspace(0, 1, 48, dtype=np.float32).reshape(4, 4, 3)
    files.write(path, PictureToSave(pixels, None, Size(4, 4), KeptMetadata(), "m", 1, 0, depth=16))
    assert path.read_bytes()[24] == 16, "the depth in a PNG's header"
    assert np.abs(files.read(path).pixels - pixels).max() < 1e-4


def test_lost_transparency_is_said_before_saving(controls, parts, window, qtbot):
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(Path("clear.png"))
    choose(controls.format, ImageFormat.JPEG)
    assert controls._file_words.text() == "JPEG holds no transparency: it becomes white."
    assert controls._file_words.isVisible()
    choose(controls.format, ImageFormat.PNG)
    assert not controls._file_words.isVisible()


@pytest.mark.parametrize("is_agreed", [True, False])
def test_a_file_whose_name_only_came_by_its_type_is_asked_about(
    controls, window, parts, files, tmp_path, monkeypatch, qtbot, is_agreed
):
    (tmp_path / "there.png").write_bytes(b"older")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "there"), ""))
    asked = []
    window.commands.ask_to_overwrite = lambda path: asked.append(path) or is_agreed
    window.actions_table["save"].trigger()
    assert asked == [tmp_path / "there.png"]
    assert parts.states.saving.is_busy is is_agreed
    qtbot.waitUntil(lambda: not parts.states.saving.is_busy)
    assert ("there.png" in files.written) is is_agreed


def test_a_saved_file_can_be_opened_and_shown_in_its_folder(controls, window, parts, tmp_path, qtbot):
    path = tmp_path / "out.png"
    with qtbot.waitSignal(parts.states.saving.saved):
        parts.states.saving.save(path)
    path.write_bytes(b"as the real writer would")
    opened = []
    window.commands.open_url = lambda url: opened.append(url) or True
    bar = window.message_bar
    assert bar.open.isVisible()
    bar.open.click()
    bar.folder.click()
    assert opened == [QUrl.fromLocalFile(str(path)), QUrl.fromLocalFile(str(tmp_path))]
    parts.messages.tell("Something else")
    assert not bar.open.isVisible()


def test_a_file_that_is_gone_is_said_to_be(controls, window, parts, tmp_path):
    window.commands.open_file(tmp_path / "gone.png")
    assert "could not be opened" in parts.messages.newest.text


def test_a_size_on_paper_is_said_and_written(controls, parts, files, qtbot):
    field = controls.size_field
    field.kind.setCurrentIndex(KINDS.index(("print_cm", None)))
    field.print_width.setValue(2.0)
    field.print_dpi.setValue(254)
    words = controls._target_words.text().splitlines()
    assert words[0].startswith("200 × 150 pixels, ")
    assert words[1] == "2.0 × 1.5 cm on paper at 254 dpi"
    with qtbot.waitSignal(parts.states.saving.saved):
        parts.states.saving.save(Path("paper.png"))
    assert (files.written["paper.png"].size, files.written["paper.png"].dpi) == (Size(200, 150), 254)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".webp"])
def test_the_resolution_is_in_the_file_and_no_record_disagrees(tmp_path, suffix):
    old = ExifRecord("<").with_resolution((72.0, 72.0)).pack()
    kept = KeptMetadata(exif=old, dpi=(72.0, 72.0))
    path = tmp_path / f"paper{suffix}"
    files = EnginePictureFiles()
    files.write(path, PictureToSave(np.zeros((4, 4, 3), np.float32), None, Size(4, 4), kept, "m", 1, 0, dpi=300))
    back = files.read(path).kept
    assert back.dpi == pytest.approx((300, 300), abs=0.1)
    if back.exif is not None:
        assert parse_exif(back.exif).dpi in (None, pytest.approx((300, 300), abs=0.1))
