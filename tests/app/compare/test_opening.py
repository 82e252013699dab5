"""Whoever hears that a picture was opened, however early it connected, finds every state as it is for that picture."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QColorSpace, QImage

from mfsr_app.compare.comparison import Kind, Side
from mfsr_app.compare.document import DocumentState
from mfsr_app.compare.values import Mode
from mfsr_app.compare.workspace import Workspace, stamp_of, write_workspace
from mfsr_app.parts import AppFiles
from mfsr_engine.api import UpscaleResult
from mfsr_engine.geometry import Size
from mfsr_engine.images.jpeg_coding import JpegCoding
from mfsr_engine.upscale.captions import Caption
from tests.fakes.scripted_engine import SMALL
from tests.fakes.scripted_files import picture

FULL = replace(SMALL, name="full", title="Full size", takes_text=True)


class EarlyListener(DocumentState):
    """Has a listener before anyone else can connect one."""

    def __init__(self, *words):
        super().__init__(*words)
        self.first_listener = lambda: None
        self.opened.connect(lambda: self.first_listener())


@pytest.fixture
def make_parts(make_parts, monkeypatch):
    monkeypatch.setattr("mfsr_app.parts.DocumentState", EarlyListener)
    return make_parts


def open_and_look(parts, qtbot, open_it, look):
    """What `look` finds when the first listener is told."""
    found, document = [], parts.states.document
    document.first_listener = lambda: found.append(look(parts.states))
    with qtbot.waitSignal(document.opened):
        open_it()
    return found


def test_nothing_of_the_picture_before_is_left(make_parts, files, qtbot):
    files.pictures["captioned.png"] = picture(64, 48)
    files.captions["captioned.png"] = Caption("a harbour", "captioned.txt")
    parts = make_parts()
    states = parts.states
    states.choices.set_models([SMALL, FULL])
    states.choices.set_model(FULL.name)
    with qtbot.waitSignal(states.upscaling.finished):
        states.document.open(Path("wide.png"))
    states.comparison.set_left(Side(Kind.KEPT, states.choices.settings))
    states.seed_variance.toggle()
    states.sweep.start()
    found = open_and_look(
        parts,
        qtbot,
        lambda: states.document.open(Path("captioned.png")),
        lambda states: (
            states.upscaling.results.all(),
            states.comparison.left.kind,
            states.choices.settings.prompt,
            states.view.source,
            states.seed_variance.is_wanted,
            states.sweep.is_open,
        ),
    )
    assert found == [((), Kind.ENLARGED, "a harbour", Size(64, 48), False, False)]


def test_the_results_and_the_look_of_last_time_are_there(make_parts, tmp_path, qtbot):
    photo, folder = tmp_path / "wide.png", tmp_path / "workspace"
    photo.write_bytes(b"a photograph")
    settings = replace(make_parts().states.choices.settings, seed=3)
    result = UpscaleResult(picture(2560, 1600).pixels, None, settings.model, 1, 3, "cpu", "fp32", 0.1)
    write_workspace(folder, Workspace(photo, stamp_of(photo), settings, Mode.LENS, None, None, ((settings, result),)))
    parts = make_parts(kept=AppFiles(workspace=folder))
    found = open_and_look(
        parts,
        qtbot,
        parts.workspace.restore,
        lambda states: ([kept.settings.seed for kept in states.upscaling.results.all()], states.comparison.mode),
    )
    assert found == [([3], Mode.LENS)]


@pytest.mark.parametrize("restored", [False, True], ids=["plain", "with what was open the last time"])
def test_what_is_shown_follows_once_and_is_complete(make_parts, tmp_path, qtbot, restored):
    photo, folder = tmp_path / "wide.png", tmp_path / "workspace"
    photo.write_bytes(b"a photograph")
    settings = replace(make_parts().states.choices.settings, seed=3)
    result = UpscaleResult(picture(2560, 1600).pixels, None, settings.model, 1, 3, "cpu", "fp32", 0.1)
    write_workspace(folder, Workspace(photo, stamp_of(photo), settings, Mode.SPLIT, None, None, ((settings, result),)))
    parts = make_parts(kept=AppFiles(workspace=folder))
    snapshots, scenes = [], []
    parts.states.upscaling.changed.connect(snapshots.append)
    parts.states.comparison.changed.connect(scenes.append)
    open_it = parts.workspace.restore if restored else lambda: parts.states.document.open(Path("wide.png"))
    (found,) = open_and_look(
        parts, qtbot, open_it, lambda states: (states.upscaling.snapshot(), states.comparison.scene().titles)
    )
    assert found == (snapshots[0], scenes[0].titles)
    assert (len(snapshots), len(scenes)) == (1, 1)
    assert len(snapshots[0].results) == restored


@pytest.mark.parametrize(
    "form", [QImage.Format.Format_ARGB32, QImage.Format.Format_ARGB32_Premultiplied, QImage.Format.Format_RGBA8888]
)
@pytest.mark.parametrize("corner", [0, 200])
def test_a_pasted_picture_without_any_opacity_is_seen_whole(parts, files, qtbot, form, corner):
    image = QImage(
        5, 4, QImage.Format.Format_RGBA8888 if form == QImage.Format.Format_RGBA8888 else QImage.Format.Format_ARGB32
    )
    image.fill(QColor(10, 200, 30, 0))
    image.reinterpretAsFormat(form)
    image.setPixelColor(0, 0, QColor(10, 200, 30, corner))
    found = []
    files.read = lambda path: found.append(QImage(str(path))) or picture(5, 4)
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open_pasted(image)
    (read,) = found
    assert read.pixelColor(3, 2).alpha() == (0 if corner else 255)
    assert corner or read.pixelColor(3, 2).green() == 200


def test_models_see_a_strongly_compressed_picture_without_its_blocks(make_parts, upscaler, files, qtbot):
    """What is shown beside the result stays what the file holds."""
    standard = tuple(range(16, 80))
    coding = JpegCoding((tuple(8 * step for step in standard),), 2)
    random = np.random.default_rng(0).random((48, 64, 3), dtype=np.float32)
    files.pictures["blocks.jpg"] = replace(picture(64, 48), pixels=random, jpeg=coding)
    parts = make_parts()
    with qtbot.waitSignal(parts.states.upscaling.finished):
        parts.states.document.open(Path("blocks.jpg"))
    document = parts.states.document.current
    assert np.array_equal(document.picture.pixels, random)
    assert not np.array_equal(document.seen_by_models, random)
    assert all(request.pixels is document.seen_by_models for request in upscaler.requests)
    assert any("blocks" in note for note in document.picture.notes)
    with qtbot.waitSignal(parts.states.document.recolored):
        parts.states.document.set_screen(bytes(QColorSpace(QColorSpace.NamedColorSpace.AdobeRgb).iccProfile().data()))
    assert parts.states.document.current is not document
    assert parts.states.document.current.picture is document.picture
    assert parts.states.document.current.seen_by_models is document.seen_by_models
