"""The open photograph is not written over without a question, and never lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from mfsr_app.compare.exporting import write_picture
from mfsr_app.compare.files import EnginePictureFiles, PictureToSave
from mfsr_app.compare.values import EXPORTS
from mfsr_app.ui.original_question import ask_to_replace
from mfsr_engine.geometry import Size
from mfsr_engine.images import KeptMetadata


@pytest.fixture
def photograph(tmp_path, window, parts, qtbot):
    """An open photograph whose file is there."""
    path = tmp_path / "small.png"
    path.write_bytes(b"the only copy")
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open(path)
    return path


@pytest.fixture
def asked(window):
    """What was asked for; nothing is agreed to."""
    paths: list[Path] = []

    def answer(path: Path) -> bool:
        paths.append(path)
        return answer.is_agreed

    answer.is_agreed = False
    answer.paths = paths
    window.commands.ask_to_replace = answer
    return answer


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


@pytest.mark.parametrize("action", ["save", "export"])
@pytest.mark.parametrize("alias", ["itself", "link", "hard link"])
def test_over_the_open_photograph_is_asked_under_any_name(window, photograph, asked, files, monkeypatch, alias, action):
    target = photograph.with_name("other.png")
    if alias == "itself":
        target = photograph
    elif alias == "link":
        target.symlink_to(photograph)
    else:
        target.hardlink_to(photograph)
    choose(monkeypatch, target)
    window.commands.choose_export = lambda _: EXPORTS[0]
    window.actions_table[action].trigger()
    assert asked.paths == [target]
    assert not window._parts.states.saving.is_busy
    assert photograph.read_bytes() == b"the only copy"


def test_with_a_yes_it_is_saved_and_the_writer_knows_the_source(
    window, parts, photograph, asked, files, monkeypatch, qtbot
):
    asked.is_agreed = True
    choose(monkeypatch, photograph)
    with qtbot.waitSignal(parts.states.saving.saved):
        window.actions_table["save"].trigger()
    assert files.written["small.png"].source == photograph


def test_any_other_place_needs_no_question(window, parts, photograph, asked, files, monkeypatch, qtbot):
    choose(monkeypatch, photograph.with_name("new.png"))
    with qtbot.waitSignal(parts.states.saving.saved):
        window.actions_table["save"].trigger()
    assert asked.paths == []


def test_the_real_files_keep_the_original_and_say_where(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"the only copy")
    picture = PictureToSave(np.zeros((4, 4, 3), np.float32), None, Size(4, 4), KeptMetadata(), "m", 1, 0, source=path)
    assert EnginePictureFiles().write(path, picture) == ("The file that was there is kept as a original.png.",)
    assert (tmp_path / "a original.png").read_bytes() == b"the only copy"


def test_an_export_keeps_it_too(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"the only copy")
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    write_picture(image, path, path)
    write_picture(image, tmp_path / "b.png", path)
    assert (tmp_path / "a original.png").read_bytes() == b"the only copy"
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(("button", "is_agreed"), [("Save", True), ("Cancel", False), (None, False)])
def test_the_question_says_where_the_original_goes(window, qtbot, button, is_agreed):
    seen: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.informativeText())
        if button is None:
            box.reject()
        else:
            box.button(QMessageBox.StandardButton[button]).click()

    QTimer.singleShot(0, answer)
    assert ask_to_replace(window, Path("holiday.jpg")) is is_agreed
    assert "holiday original.jpg" in seen[0]
