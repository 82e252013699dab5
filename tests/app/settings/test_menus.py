"""Presets and what was used last, on buttons where they are needed; folders as they are typed; where dialogs begin."""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtTest import QTest

from mfsr_app.parts import AppFiles
from mfsr_app.settings.window_memory import WindowMemory
from mfsr_app.ui.file_filters import pictures_folder
from mfsr_app.ui.folder_field import FolderField, ProfileField, existing


def entries(button):
    """Open a menu; its entries by their words."""
    button.menu().aboutToShow.emit()
    return {action.text(): action for action in button.menu().actions() if action.text()}


@pytest.mark.parametrize("where", ["compare", "queue"])
def test_presets_are_used_and_saved_where_choices_are_made(window, parts, where):
    button = window.page.controls.presets if where == "compare" else window.queue_page.panel.presets
    assert not entries(button)["No presets yet"].isEnabled()
    choices = parts.states.choices
    choices.set_steps(3)
    window.preset_menu.ask_name = lambda: "prints"
    entries(button)["Save the choices in use…"].trigger()
    choices.set_steps(1)
    entries(button)["prints"].trigger()
    assert choices.settings.steps == 3
    window.preset_menu.ask_name = lambda: ""
    entries(button)["Save the choices in use…"].trigger()
    assert [preset.name for preset in parts.around.settings.current.presets] == ["prints"]


def test_photographs_are_opened_again_from_a_button(window, parts, tmp_path, qtbot):
    (tmp_path / "wide.png").write_bytes(b"a photograph")
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(tmp_path / "wide.png")
    with qtbot.waitSignal(parts.states.document.opened):
        entries(window.page.bar.recent)["wide.png"].trigger()


def test_what_was_added_to_the_queue_is_added_again_also_after_a_restart(
    make_parts, show_window, photos, tmp_path, qtbot
):
    memory = WindowMemory(tmp_path / "window.json")
    parts = make_parts(kept=AppFiles(memory=memory))
    window, queue = show_window(parts), parts.queueing.parts.queue
    queue.load()
    assert not entries(window.queue_page.recent)["Nothing was added yet"].isEnabled()
    queue.add([photos])
    queue.add([photos / f"{name}.png" for name in "abcd"])
    qtbot.waitUntil(lambda: not queue.adding)
    memory.write()
    assert WindowMemory(tmp_path / "window.json").added == (photos,), "many files are no one's favourites"
    queue.remove([item.number for item in queue.table.items])
    entries(window.queue_page.recent)["photos"].trigger()
    qtbot.waitUntil(lambda: len(queue.table.items) == 4)
    entries(window.queue_page.recent)["Forget these"].trigger()
    assert memory.added == ()


def test_a_folder_is_taken_as_it_is_typed(window, parts):
    field, output = window.queue_page.panel.folder, parts.queueing.parts.queue.output
    QTest.keyClicks(field.line, "~/results of May ")
    assert output.plan.folder_path == Path.home() / "results of May"
    assert field.line.text() == "~/results of May ", "what is typed stays as it is"


def test_a_profile_is_only_taken_when_its_name_is_whole(qtbot):
    field, told = ProfileField(), []
    qtbot.addWidget(field)
    field.chosen.connect(told.append)
    QTest.keyClicks(field.line, "a.icc")
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert told == ["a.icc"]


def test_a_dialog_begins_in_the_nearest_folder_that_is_there(tmp_path, qtbot):
    assert existing(str(tmp_path / "none" / "of these")) == str(tmp_path)
    assert existing("") == ""
    qtbot.addWidget(FolderField())


def test_dialogs_never_begin_in_a_folder_that_is_not_there(monkeypatch, tmp_path):
    places = {QStandardPaths.StandardLocation.PicturesLocation: tmp_path / "Pictures"}
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda place: str(places.get(place, tmp_path)))
    assert pictures_folder() == str(tmp_path)
    (tmp_path / "Pictures").mkdir()
    assert pictures_folder() == str(tmp_path / "Pictures")
