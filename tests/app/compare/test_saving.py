"""The way of a result to a file."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mfsr_app.desktop.messages import MessageKind
from mfsr_engine.errors import ImageWriteError
from mfsr_engine.geometry import Size, TargetSize
from tests.fakes.scripted_engine import SMALL


@pytest.fixture
def states(parts, qtbot):
    parts.states.view.set_port(Size(400, 400))
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open(Path("photos/small.png"))
    return parts.states


def is_whole(states):
    return states.upscaling.shown is not None and states.upscaling.shown.is_whole


@pytest.mark.parametrize(
    ("size", "name", "target"),
    [
        (TargetSize(), "small_4x.png", Size(256, 192)),
        (TargetSize(factor=2.5), "small_2.5x.png", Size(160, 120)),
        (TargetSize(width=640), "small_640w.png", Size(640, 480)),
    ],
)
def test_the_file_says_the_size_asked_for_and_its_size_is_known_before_the_run(states, size, name, target):
    states.choices.set_size(size)
    assert states.saving.target == target
    assert states.saving.suggested_path == Path("photos") / name


def test_an_impossible_size_is_not_offered(states):
    states.choices.set_size(TargetSize(width=65_000_000))
    assert states.saving.target is None


def test_a_save_before_the_result_is_whole_waits_for_it(states, upscaler, files, qtbot):
    upscaler.gate = threading.Event()
    states.choices.set_steps(2)
    states.saving.save(Path("early.png"))
    assert states.saving.is_busy
    assert files.written == {}
    with qtbot.waitSignal(states.saving.saved):
        upscaler.gate.set()
    assert files.written["early.png"].steps == 2
    assert not states.saving.is_busy


def test_a_waiting_save_that_can_no_longer_be_done_is_told(states, parts, upscaler, files, qtbot):
    upscaler.gate = threading.Event()
    states.choices.set_steps(2)
    states.saving.save(Path("early.png"))
    states.choices.set_steps(3)
    assert "early.png was not saved" in parts.messages.newest.text
    upscaler.gate.set()
    qtbot.waitUntil(lambda: is_whole(states))
    assert files.written == {}


def test_a_failed_write_is_told_and_can_be_done_again(states, parts, files, qtbot):
    qtbot.waitUntil(lambda: is_whole(states))
    files.failure = ImageWriteError("There is no room on the disk. Free some and save again.")
    states.saving.save(Path("full.png"))
    qtbot.waitUntil(lambda: parts.messages.newest is not None)
    assert parts.messages.newest.kind is MessageKind.ERROR
    files.failure = None
    with qtbot.waitSignal(states.saving.saved):
        states.saving.save(Path("full.png"))


def test_the_real_files_keep_size_and_say_who_made_the_picture(tmp_path):
    import numpy as np

    from mfsr_app.compare.files import EnginePictureFiles, PictureToSave
    from mfsr_engine.images import KeptMetadata

    real = EnginePictureFiles()
    path = tmp_path / "out.png"
    pixels = np.full((40, 60, 3), 0.5, np.float32)
    made = PictureToSave(
        pixels, None, Size(30, 20), KeptMetadata(), "mfsr-small", 2, 7, fidelity=0.25, caption="a boat"
    )
    real.write(path, made)
    back = real.read(path)
    assert back.pixels.shape == (20, 30, 3)
    assert back.kept.xmp is not None
    assert b"mfsr-small" in back.kept.xmp
    assert b'mfsr:Fidelity="0.25"' in back.kept.xmp
    assert b'mfsr:Caption="a boat"' in back.kept.xmp


def test_a_saved_result_says_with_which_fidelity_it_was_made(states, files, qtbot):
    states.choices.set_fidelity(0.4)
    with qtbot.waitSignal(states.saving.saved):
        states.saving.save(Path("close.png"))
    assert files.written["close.png"].fidelity == 0.4


def test_a_saved_result_says_with_which_caption_it_was_made(states, files, qtbot):
    states.choices.set_models([SMALL, replace(SMALL, name="full", takes_text=True)])
    states.choices.set_model("full")
    states.choices.set_caption("a boat")
    with qtbot.waitSignal(states.saving.saved):
        states.saving.save(Path("boat.png"))
    assert files.written["boat.png"].caption == "a boat"
