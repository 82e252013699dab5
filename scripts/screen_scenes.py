"""Scenes for pictures of the window: the compare page, the queue, models, settings, and their dialogs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QScrollArea
from screen_stage import Stage, pause, until

from mfsr_app.pages.licence_dialog import LicenceDialog
from mfsr_app.widgets.close_question import question
from mfsr_app.widgets.key_sheet import KeySheet
from mfsr_engine import images
from mfsr_engine.journal import ItemState

if TYPE_CHECKING:
    from pathlib import Path

EYE = (0.36, 0.45)
"""Where an eye of the cat is, as shares of the sides."""


def compare(stage: Stage) -> None:
    """From the invitation to a message about a file that cannot be read."""
    view = stage.states.view
    stage.take("compare-empty", is_large=True)
    stage.engine.may_begin.clear()
    stage.window.open_path(stage.pictures / "cat.jpg")
    until(lambda: stage.states.upscaling.activity is not None)
    stage.take("compare-before")
    stage.engine.release()
    stage.wait_for_result()
    stage.take("compare-side-by-side", is_large=True)
    stage.do("split")
    view.zoom_to(1.0)
    _look_at(stage, *EYE)
    stage.take("compare-split", is_large=True)
    stage.do("lens")
    stage.point_at(stage.window.page.viewer.right, 0.45, 0.5)
    stage.take("compare-lens")
    stage.do("difference")
    stage.take("compare-difference")
    stage.do("side-by-side")
    stage.do("support")
    until(lambda: stage.states.upscaling.activity is None)
    pause(500)
    stage.take("compare-honesty")
    stage.do("support")
    stage.states.choices.set_steps(4)
    stage.wait_for_result()
    stage.take("compare-four-steps")
    view.zoom_to(24.0)
    stage.take("compare-zoomed-far")
    view.fit()
    stage.window.open_path(_torn(stage.pictures / "torn-download.jpg"))
    until(lambda: bool(stage.parts.messages.newest))
    stage.take("compare-error")
    stage.parts.messages.dismiss(stage.parts.messages.newest)
    _dialog(stage, KeySheet(stage.window.actions_table.key_rows(), stage.window), "dialog-keys")
    _dialog(stage, question(stage.window), "dialog-close")


def queue(stage: Stage) -> None:
    """Empty, waiting, running, done with one that failed."""
    page, state = stage.window.queue_page, stage.parts.queueing.parts.queue
    page.load()
    until(lambda: not state.adding)
    stage.window.show_page(page)
    stage.take("queue-empty", is_large=True)
    state.add([_folder_of_pictures(stage.pictures)])
    until(lambda: not state.adding and len(state.table.items) > 0)
    pause(400)
    stage.take("queue-waiting")
    state.start()
    until(lambda: state.table.count(ItemState.DONE) == 2)
    stage.engine.may_end.clear()
    until(stage.engine.is_half_way.is_set)
    pause(200)
    stage.take("queue-running", is_large=True)
    stage.engine.release()
    until(lambda: not state.waiting)
    pause(400)
    stage.take("queue-done")


def models(stage: Stage) -> None:
    """Cards, and what is asked before a download."""
    stage.window.show_page(stage.window.models_page)
    hub = stage.parts.around.models
    until(lambda: bool(hub.fits))
    stage.take("models", is_large=True)
    gated = next(row for row in hub.rows if row.gates)
    _dialog(stage, LicenceDialog(gated, "", stage.window), "dialog-licence")


def settings(stage: Stage) -> None:
    """Both ends of the page."""
    page = stage.window.settings_page
    stage.window.show_page(page)
    stage.take("settings", is_large=True)
    area = page.findChild(QScrollArea)
    assert area is not None
    bar = area.verticalScrollBar()
    bar.setValue(bar.maximum())
    stage.take("settings-below")
    bar.setValue(0)


def _torn(path: Path) -> Path:
    path.write_bytes(path.with_name("rocket.jpg").read_bytes()[:2000])
    return path


def _dialog(stage: Stage, dialog: QDialog, name: str) -> None:
    dialog.show()
    pause(50)
    stage.take(name, dialog=dialog)
    dialog.close()


def _look_at(stage: Stage, across: float, down: float) -> None:
    document = stage.states.document.current
    assert document is not None
    port = stage.window.page.viewer.right.port
    scale = stage.states.view.view.scale
    stage.states.view.pan((0.5 - across) * document.size.width * scale, (0.5 - down) * document.size.height * scale)
    assert port.width


def _folder_of_pictures(pictures: Path) -> Path:
    """Free photographs under many names, one of them larger and one of them broken, in a tree."""
    folder = pictures / "Holidays"
    (folder / "Florida").mkdir(parents=True)
    for name in ("cat", "coffee"):
        picture = images.read(pictures / f"{name}.jpg")
        images.write(folder / f"{name}.jpg", picture.pixels, kept=picture.kept)
    rocket = images.read(pictures / "rocket.jpg")
    for number in (1, 2, 3):
        images.write(folder / "Florida" / f"launch-{number}.jpg", rocket.pixels, kept=rocket.kept)
    shutil.copy(_torn(pictures / "torn-download.jpg"), folder / "Florida")
    return folder
