"""Scenes for pictures of the window: the compare page, the queue, models, settings, and their dialogs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QScrollArea
from screen_stage import Stage, pause, until

from mfsr_app.actions import Scope
from mfsr_app.models.licence_dialog import LicenceDialog
from mfsr_app.ui.close_question import question
from mfsr_app.ui.key_sheet import KeySheet
from mfsr_engine import images
from mfsr_engine.batch.journal import ItemState

if TYPE_CHECKING:
    from pathlib import Path

EYE = (0.36, 0.45)
"""Where an eye of the cat is, as shares of the sides."""


def compare(stage: Stage) -> None:
    """From the invitation to a message about a file that cannot be read."""
    view = stage.states.view
    stage.take("compare-empty", is_key=True)
    stage.engine.may_begin.clear()
    stage.window.open_path(stage.pictures / "cat.jpg")
    until(lambda: stage.states.upscaling.activity is not None)
    stage.take("compare-before")
    stage.parts.messages.dismiss(stage.parts.messages.newest)  # the hint of the first time
    stage.engine.release()
    stage.wait_for_result()
    stage.take("compare-side-by-side", is_key=True)
    stage.do("split")
    view.zoom_to(1.0)
    _look_at(stage, *EYE)
    stage.take("compare-split", is_key=True)
    _only_a_part(stage)
    stage.do("lens")
    stage.point_at(stage.window.page.viewer.right, 0.45, 0.5)
    stage.take("compare-lens")
    _overlays_and_steps(stage)
    _messages(stage)
    stage.states.choices.set_steps(1)


def _overlays_and_steps(stage: Stage) -> None:
    view = stage.states.view
    stage.do("difference")
    stage.take("compare-difference")
    stage.do("side-by-side")
    stage.do("consistency")
    until(lambda: stage.states.upscaling.activity is None)
    pause(500)
    stage.take("compare-honesty")
    stage.do("seed_variance")
    until(lambda: not stage.states.seed_variance.is_running and stage.states.upscaling.activity is None)
    pause(300)
    stage.take("compare-seeds")
    stage.do("seed_variance")
    _strip_of_steps(stage)
    stage.states.choices.set_steps(4)
    stage.wait_for_result()
    stage.take("compare-four-steps")
    view.zoom_to(24.0)
    stage.point_at(stage.window.page.viewer.right, 0.5, 0.5)
    stage.take("compare-zoomed-far")
    view.fit()


def _messages(stage: Stage) -> None:
    stage.window.open_path(_torn(stage.pictures / "torn-download.jpg"))
    until(lambda: bool(stage.parts.messages.newest))
    stage.take("compare-error")
    stage.parts.messages.dismiss(stage.parts.messages.newest)
    _dialog(stage, KeySheet(stage.window.actions_table.key_groups(*Scope), stage.window), "dialog-keys")
    _dialog(stage, question(stage.window), "dialog-close")


def queue(stage: Stage) -> None:
    """Empty, waiting, running, done with one that failed."""
    page, state = stage.window.queue_page, stage.parts.queueing.parts.queue
    page.load()
    until(lambda: not state.adding)
    stage.window.show_page(page)
    stage.take("queue-empty", is_key=True)
    state.add([_folder_of_pictures(stage.pictures)])
    until(lambda: not state.adding and len(state.table.items) > 0)
    pause(400)
    stage.take("queue-waiting")
    state.start()
    until(lambda: state.table.count(ItemState.DONE) == 2)
    stage.engine.may_end.clear()
    until(stage.engine.is_half_way.is_set)
    pause(200)
    stage.take("queue-running", is_key=True)
    stage.engine.release()
    until(lambda: not state.waiting)
    pause(400)
    stage.take("queue-done")


def models(stage: Stage) -> None:
    """Cards, and what is asked before a download."""
    stage.window.show_page(stage.window.models_page)
    hub = stage.parts.around.models
    until(lambda: bool(hub.fits))
    stage.take("models", is_key=True)
    gated = next(row for row in hub.rows if row.gates)
    _dialog(stage, LicenceDialog(gated, stage.window), "dialog-licence")


def settings(stage: Stage) -> None:
    """Both ends of the page."""
    page = stage.window.settings_page
    stage.window.show_page(page)
    stage.take("settings", is_key=True)
    area = page.findChild(QScrollArea)
    assert area is not None
    bar = area.verticalScrollBar()
    pause(200)
    bar.setValue(bar.maximum())
    stage.take("settings-below")
    bar.setValue(0)


def _strip_of_steps(stage: Stage) -> None:
    view = stage.states.view
    view.zoom_to(2.0)
    stage.do("sweep")
    pause(300)
    until(lambda: not stage.states.sweep.is_running)
    pause(300)
    stage.take("compare-sweep")
    stage.do("close_sweep")
    view.zoom_to(1.0)


def _only_a_part(stage: Stage) -> None:
    """With another seed, what is in view is computed first; then a look at all of the picture."""
    whole, view, upscaling = stage.window.page.controls.whole, stage.states.view, stage.states.upscaling
    before = view.view
    whole.setChecked(False)
    view.zoom_to(2.0)
    stage.states.choices.set_seed(7)
    until(lambda: upscaling.shown is not None and upscaling.activity is None)
    pause(300)
    stage.engine.may_begin.clear()
    view.fit()
    pause(300)
    stage.take("compare-part")
    stage.engine.release()
    stage.states.choices.set_seed(0)
    whole.setChecked(True)
    view.zoom_to(before.scale / view.factor)
    _look_at(stage, *EYE)


def _torn(path: Path) -> Path:
    path.write_bytes(path.with_name("rocket.jpg").read_bytes()[:2000])
    return path


def _dialog(stage: Stage, dialog: QDialog, name: str) -> None:
    dialog.show()
    pause(50)
    stage.take(name, dialog=dialog)
    dialog.close()


def _look_at(stage: Stage, across: float, down: float) -> None:
    view = stage.states.view
    now, source = view.view, view.source
    view.pan((now.center_x - across * source.width) * now.scale, (now.center_y - down * source.height) * now.scale)


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
