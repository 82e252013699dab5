"""The open picture is cropped, turned, flipped and straightened before it is upscaled; each part is a picture of its own."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QPushButton

from mfsr_app.compare import document as document_module
from mfsr_app.compare.crop_area import ALL, LEAST_SHARE, CropArea, dragged
from mfsr_app.compare.framing_dialog import FramingDialog
from mfsr_app.compare.values import Mode, WholeLook
from mfsr_app.compare.workspace import Workspace, read_workspace, stamp_of, write_workspace
from mfsr_engine.framing import WHOLE, Framing
from mfsr_engine.geometry import Size

HALF = Framing(crop=(0.0, 0.0, 0.5, 1.0))


def framed_to(states, framing, qtbot):
    with qtbot.waitSignal(states.document.opened):
        states.document.frame(framing)


def test_what_is_framed_is_the_picture_from_then_on(opened, qtbot, upscaler):
    framed_to(opened, HALF, qtbot)
    document = opened.document.current
    assert document.size == Size(20, 20)
    assert document.framing == HALF
    assert document.whole.size == Size(40, 20)
    qtbot.waitUntil(lambda: bool(upscaler.requests) and upscaler.requests[-1].pixels.shape == (20, 20, 3))
    assert opened.saving.target == Size(80, 80)


def test_each_part_comes_from_all_of_the_picture(opened, qtbot):
    framed_to(opened, HALF, qtbot)
    framed_to(opened, Framing(quarter_turns=1), qtbot)
    assert opened.document.current.size == Size(20, 40)
    framed_to(opened, WHOLE, qtbot)
    document = opened.document.current
    assert document.size == Size(40, 20)
    assert document.original is None


def test_keys_turn_the_picture(window, opened, qtbot):
    for name, right_edge in (("turn_right", 1), ("turn_left", 0)):
        with qtbot.waitSignal(opened.document.opened):
            window.actions_table[name].trigger()
        assert opened.document.current.framing.quarter_turns == right_edge


def test_the_dialogs_answer_is_taken_and_none_changes_nothing(window, opened, parts, qtbot, caught_up):
    asked = []
    window.commands.ask_framing = lambda document, whole: asked.append((document.framing, whole.size))
    window.actions_table["frame"].trigger()
    window.actions_table["frame"].trigger()  # while the first is being prepared
    qtbot.waitUntil(lambda: bool(asked))
    caught_up(parts.background)
    assert asked == [(WHOLE, Size(40, 20))]
    assert opened.document.current.framing == WHOLE
    window.commands.ask_framing = lambda document, whole: HALF
    with qtbot.waitSignal(opened.document.opened):
        window.actions_table["frame"].trigger()
    assert opened.document.current.framing == HALF


def test_all_of_the_picture_is_looked_at_in_the_background(window, opened, qtbot, monkeypatch):
    framed_to(opened, HALF, qtbot)
    threads, asked, real = [], [], document_module.whole_look

    def look(document):
        threads.append(threading.current_thread() is threading.main_thread())
        return real(document)

    monkeypatch.setattr(document_module, "whole_look", look)
    window.commands.ask_framing = lambda document, whole: asked.append(whole)
    window.actions_table["frame"].trigger()
    qtbot.waitUntil(lambda: bool(asked))
    assert threads == [False]
    assert asked[0].size == Size(40, 20)  # all of it, not the half
    assert (asked[0].preview.width(), asked[0].preview.height()) == (40, 20)


def test_the_frame_is_not_asked_of_a_picture_that_has_made_way(
    window, opened, parts, files, tmp_path, qtbot, caught_up
):
    other = tmp_path / "other.png"
    other.write_bytes(b"another")
    files.pictures[other.name] = replace(files.pictures["photo.png"])
    gate, asked = threading.Event(), []
    window.commands.ask_framing = lambda document, whole: asked.append(document.name)
    parts.background.submit(lambda _: gate.wait(60), lambda _: None, lambda _: None)
    opened.document.open(other)
    window.actions_table["frame"].trigger()
    gate.set()
    qtbot.waitUntil(lambda: opened.document.current.name == "other.png")
    caught_up(parts.background)
    assert asked == []
    window.actions_table["frame"].trigger()
    qtbot.waitUntil(lambda: asked == ["other.png"])


def test_results_of_another_part_are_not_shown_and_come_back_with_theirs(opened, qtbot):
    upscaling = opened.upscaling
    with qtbot.waitSignal(upscaling.finished):
        upscaling.compute_whole()
    whole = upscaling.shown.layer.size
    framed_to(opened, HALF, qtbot)
    assert upscaling.shown is None or upscaling.shown.layer is None or upscaling.shown.layer.size != whole
    framed_to(opened, WHOLE, qtbot)
    qtbot.waitUntil(lambda: upscaling.shown is not None and upscaling.shown.layer is not None)
    assert upscaling.shown.is_whole
    assert upscaling.shown.layer.size == whole


def test_a_photograph_that_is_opened_again_is_framed_as_it_was(opened, photo, files, tmp_path, qtbot):
    framed_to(opened, HALF, qtbot)
    other = tmp_path / "other.png"
    other.write_bytes(b"another")
    files.pictures[other.name] = replace(files.pictures[photo.name])
    for path, framing in ((other, WHOLE), (photo, HALF)):
        with qtbot.waitSignal(opened.document.opened):
            opened.document.open(path)
        assert opened.document.current.framing == framing


def look(needed_share):
    """Of a black picture of 200 x 100 pixels."""
    preview = QImage(200, 100, QImage.Format.Format_RGB32)
    preview.fill(0)
    return WholeLook(Size(200, 100), preview, needed_share)


@pytest.fixture
def dialog(qtbot, window):
    """The dialog over a picture of 200 x 100 pixels."""
    made = FramingDialog(look(0.37), WHOLE, window)
    qtbot.addWidget(made)
    made.resize(700, 620)
    made.show()
    return made


def values(dialog):
    return [field.value() for field in dialog.sides]


def test_numbers_and_frame_say_the_same(dialog):
    assert values(dialog) == [0, 0, 200, 100]
    dialog.sides[2].setValue(50)
    dialog.sides[0].setValue(30)
    assert dialog.framing.crop == pytest.approx((0.15, 0.0, 0.4, 1.0))
    assert dialog.area.edges == dialog.framing.crop
    assert "50 × 100 of 200 × 100" in dialog.left_over.text()


def test_the_frame_is_dragged(dialog, qtbot):
    area = dialog.area
    right = area._frame().bottomRight().toPoint()
    qtbot.mousePress(area, Qt.MouseButton.LeftButton, pos=right)
    goal = right - QPoint(area._room().toRect().width() // 2, 0)
    drag(area, goal)
    assert values(dialog) == pytest.approx([0, 0, 100, 100], abs=1)
    assert dialog.framing.crop[2] == pytest.approx(0.5, abs=0.01)


def drag(area, goal):
    button = Qt.MouseButton.LeftButton
    area.mouseMoveEvent(
        QMouseEvent(QEvent.Type.MouseMove, QPointF(goal), QPointF(goal), button, button, Qt.KeyboardModifier.NoModifier)
    )


def test_a_shape_is_kept(dialog):
    index = dialog.shape.findText("1 : 1")
    dialog.shape.setCurrentIndex(index)
    dialog.shape.activated.emit(index)
    assert values(dialog) == [50, 0, 100, 100]


def test_turning_turns_what_is_taken_too(dialog):
    dialog.sides[2].setValue(50)
    [button] = [button for button in dialog.findChildren(QPushButton) if button.text() == "Turn right"]
    button.click()
    assert values(dialog) == [0, 0, 100, 50]
    assert "100 × 50 of 100 × 200" in dialog.left_over.text()
    [button] = [button for button in dialog.findChildren(QPushButton) if button.text() == "Reset"]
    button.click()
    assert values(dialog) == [0, 0, 200, 100]


def test_straightening_leaves_the_same_shape(dialog):
    dialog.slider.setValue(50)
    assert dialog.framing.straighten_deg == dialog.angle.value() == 5.0
    dialog.angle.setValue(-20.0)
    assert dialog.framing.straighten_deg == -20.0
    width, height = values(dialog)[2:]
    assert width / height == pytest.approx(2.0, rel=0.03)
    assert width < 200


def test_a_picture_without_detail_to_its_pixels_can_be_reduced_first(dialog):
    [button] = [button for button in dialog.findChildren(QPushButton) if button.text() == "Use 40 %"]
    button.click()
    assert dialog.framing.share == 0.4
    assert "80 × 40 of 200 × 100" in dialog.left_over.text()
    dialog.share.setValue(30)
    assert dialog.framing.share == 0.3


def test_a_sharp_picture_is_not_advised_to_be_reduced(qtbot, window):
    made = FramingDialog(look(0.6), WHOLE, window)
    qtbot.addWidget(made)
    assert not [button for button in made.findChildren(QPushButton) if button.text().startswith("Use 6")]


@pytest.mark.parametrize(
    ("handle", "moved", "shape", "expected"),
    [
        ((0, 0), (0.5, -0.5), None, (0.4, 0.0, 1.0, 0.6)),
        ((-1, 0), (0.1, 0.3), None, (0.3, 0.2, 0.8, 0.8)),
        ((1, 1), (0.9, 0.9), None, (0.2, 0.2, 1.0, 1.0)),
        ((-1, -1), (0.9, 0.9), None, (0.8 - LEAST_SHARE, 0.8 - LEAST_SHARE, 0.8, 0.8)),
        ((1, 1), (0.1, 0.0), 1.0, (0.2, 0.2, 0.9, 0.9)),
        ((1, 1), (0.9, 0.0), 1.0, (0.2, 0.2, 1.0, 1.0)),
        ((1, 0), (-0.2, 0.0), 1.0, (0.2, 0.3, 0.6, 0.7)),
        ((0, -1), (0.0, 0.2), 1.0, (0.3, 0.4, 0.7, 0.8)),
        ((0, -1), (0.0, -0.9), 1.0, (0.1, 0.0, 0.9, 0.8)),
    ],
)
def test_a_handle_moves_its_edges_and_no_edge_leaves_the_picture(handle, moved, shape, expected):
    assert dragged((0.2, 0.2, 0.8, 0.8), handle, *moved, shape) == pytest.approx(expected)


def test_an_area_without_a_picture_takes_the_mouse(qtbot):
    area = CropArea()
    qtbot.addWidget(area)
    area.show()
    qtbot.mouseClick(area, Qt.MouseButton.LeftButton)
    assert area.edges == ALL


def test_the_workspace_remembers_what_was_taken(opened, photo, tmp_path):
    kept = Workspace(photo, stamp_of(photo), opened.choices.settings, Mode.SPLIT, None, framing=HALF)
    write_workspace(tmp_path / "kept", kept)
    assert read_workspace(tmp_path / "kept").framing == HALF
