"""Settings in the window: they apply at once, are written, come back, and are explained in the settings' own words."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mfsr_app.desktop.messages import MessageKind
from mfsr_app.parts import AppFiles, build_parts
from mfsr_app.settings.page import AboutSection
from mfsr_app.settings.window_memory import MAX_RECENT, WindowMemory
from mfsr_app.ui.theme import DARK, LIGHT
from mfsr_app.window import MainWindow
from mfsr_engine.api import DeviceChoice
from mfsr_engine.batch.naming import OutputSettings
from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.geometry import TargetSize
from mfsr_engine.settings.settings import Settings, SettingsFile, ThemeName, field_texts
from tests.fakes.scripted_engine import SMALL, TEACHER


@pytest.fixture
def kept(tmp_path):
    return AppFiles(
        SettingsFile(tmp_path / "settings.toml"),
        memory=WindowMemory(tmp_path / "window.json"),
        log_path=tmp_path / "mfsr.log",
    )


@pytest.fixture
def parts(make_parts, kept):
    return make_parts(sample=None, kept=kept)


@pytest.fixture
def show_window(show_window):
    def show(parts):
        window = show_window(parts)
        window.actions_table["settings"].trigger()
        return window

    return show


@pytest.fixture
def start(make_parts, show_window, kept):
    """Begins anew with what is kept."""
    return lambda: show_window(make_parts(sample=None, kept=kept))


def choose(field, value):
    field.setCurrentIndex(field.findData(value))
    field.activated.emit(field.currentIndex())


def test_the_theme_changes_at_once_and_is_there_the_next_time(window, start, kept, theme, qtbot):
    choose(window.settings_page.widget("theme"), "dark")
    assert theme.colors is DARK
    window.close()
    assert kept.settings.load().settings.theme is ThemeName.DARK
    again = start()
    assert again.settings_page.widget("theme").currentData() == "dark"
    choose(again.settings_page.widget("theme"), "light")
    assert theme.colors is LIGHT


@pytest.mark.parametrize(
    ("free", "height"), [(QSize(1280, 800), 764), (QSize(1366, 728), 692), (QSize(1920, 1080), 800)]
)
def test_the_first_window_fits_the_screen_with_its_frame(upscaler, files, theme, kept, qtbot, free, height):
    window = MainWindow(build_parts(lambda: upscaler, files, theme, kept=kept))
    qtbot.addWidget(window)
    window.app_settings.fit(free)
    assert (window.width(), window.height()) == (min(1280, free.width() - 4), height)
    window.resize(1000, 600)
    window.close()
    again = MainWindow(build_parts(lambda: upscaler, files, theme, kept=kept))
    qtbot.addWidget(again)
    again.app_settings.fit(QSize(900, 580))
    assert again.height() == 600, "a place that the user chose stays"
    again.close()


def test_the_theme_button_is_remembered_too(window, kept):
    window.actions_table["theme"].trigger()
    window.close()
    assert kept.settings.load().settings.theme is ThemeName.DARK


def test_the_device_is_used_at_once(window, parts):
    choose(window.settings_page.widget("device"), DeviceChoice.CPU)
    assert parts.states.choices.settings.device is DeviceChoice.CPU


def test_output_settings_reach_the_saved_file(window, parts, files, qtbot, tmp_path):
    page, states = window.settings_page, parts.states
    choose(page.widget("output.format"), "jpeg")
    page.widget("output.quality").setValue(70)
    page.widget("output.keep_location").setChecked(False)
    naming = page.widget("output.naming")
    naming.setText("{stem} by {model}")
    naming.editingFinished.emit()
    assert "holiday by mfsr-small.jpg" in " ".join(label.text() for label in page.findChildren(QLabel))
    page.widget("output.folder").chosen.emit(str(tmp_path))
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    assert states.saving.suggested_path == tmp_path / "small by mfsr-small.jpg"
    with qtbot.waitSignal(states.saving.saved):
        states.saving.save(states.saving.suggested_path)
    saved = files.written["small by mfsr-small.jpg"]
    assert (saved.quality, saved.keep_location) == (70, False)


def test_output_settings_reach_the_queue_at_once_and_leave_the_rest_of_it_alone(window, parts, tmp_path):
    page, output = window.settings_page, parts.queueing.parts.queue.output
    output.set_quality(61)
    choose(page.widget("output.format"), "avif")
    page.widget("output.folder").chosen.emit(str(tmp_path))
    naming = page.widget("output.naming")
    naming.setText("{stem} of the queue")
    naming.editingFinished.emit()
    assert (output.plan.format, output.plan.folder_path) == (ImageFormat.AVIF, tmp_path)
    assert (output.plan.naming, output.template) == ("{stem} of the queue", "{stem} of the queue")
    assert output.plan.quality == 61
    choose(page.widget("device"), DeviceChoice.CPU)
    assert output.plan.quality == 61


def test_a_name_that_cannot_be_made_is_refused_and_the_old_one_stays(window):
    naming = window.settings_page.widget("output.naming")
    naming.setText("always the same")
    naming.editingFinished.emit()
    assert "must hold" in window.message_bar.text
    assert naming.text() == OutputSettings().naming


def test_fields_are_explained_in_the_words_of_the_settings(window):
    shown = {label.text() for label in window.settings_page.findChildren(QLabel)}
    for kind, names in ((Settings, ("theme", "model", "device", "dtype")), (OutputSettings, ("format", "folder"))):
        assert {field_texts(kind)[name] for name in names} <= shown


def test_every_focusable_widget_of_the_page_has_a_name(window, parts):
    parts.around.settings.save_preset("prints", parts.states.choices)
    every = window.settings_page.findChildren(QWidget)
    nameless = [
        type(w).__name__
        for w in every
        if w.focusPolicy() & Qt.FocusPolicy.TabFocus
        and w.focusProxy() is None
        and w.objectName() != "qt_spinbox_lineedit"
        and not QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name).strip()
    ]
    assert nameless == []


def test_presets_are_saved_used_and_deleted(window, parts, kept, qtbot):
    states, settings = parts.states, parts.around.settings
    states.choices.set_models([SMALL, TEACHER])
    states.choices.set_steps(4)
    states.choices.set_fidelity(0.5)
    states.choices.set_size(TargetSize(width=640))
    presets = window.settings_page.presets
    presets.name.setText("prints")
    presets.save.click()
    states.choices.set_steps(1)
    states.choices.set_size(TargetSize())
    assert settings.apply_preset("prints", states.choices)
    assert (states.choices.settings.steps, states.choices.settings.fidelity) == (4, 0.5)
    assert states.choices.size == TargetSize(width=640)
    presets.save.click()
    assert "needs a name" in window.message_bar.text
    window.close()
    assert kept.settings.load().settings.preset("prints").size == TargetSize(width=640)
    settings.delete_preset("prints")
    assert settings.current.presets == ()


def test_a_preset_of_a_missing_model_is_refused_in_words(window, parts):
    states, settings = parts.states, parts.around.settings
    states.choices.set_models([SMALL, TEACHER])
    states.choices.set_model(TEACHER.name)
    settings.save_preset("fine", states.choices)
    states.choices.set_models([SMALL])
    assert not settings.apply_preset("fine", states.choices)
    assert TEACHER.name in window.message_bar.text


def test_the_chosen_model_is_there_at_the_start_with_its_own_steps(kept, make_parts):
    kept.settings.save(Settings(model=TEACHER.name))
    choices = make_parts(kept=kept).states.choices
    choices.set_models([SMALL, TEACHER])
    assert (choices.model, choices.settings.steps) == (TEACHER, TEACHER.default_steps)


def test_values_are_called_by_the_words_of_their_fields(window):
    """In files "auto", in the window "Automatic"."""
    said = " ".join(label.text() for label in window.settings_page.findChildren(QLabel))
    assert "Automatic is a graphics card that works" in said
    assert "auto" not in said


def test_settings_that_cannot_be_written_are_told(kept, window, parts, qtbot):
    kept.settings.path.mkdir()
    choose(window.settings_page.widget("theme"), "dark")
    qtbot.waitUntil(lambda: "not saved" in window.message_bar.text)
    assert parts.messages.newest.kind is MessageKind.ERROR


def test_diagnostics_hold_versions_settings_and_the_log(window, kept):
    kept.log_path.write_text("one line\nthe last line\n", encoding="utf-8")
    about = window.settings_page.findChild(AboutSection)
    about.copy.click()
    copied = QGuiApplication.clipboard().text()
    for words in ("mfsr 0", "Qt 6", "theme = system", "the last line"):
        assert words in copied


def test_geometry_and_recent_files_come_back(start, kept, tmp_path, qtbot, monkeypatch):
    photo = tmp_path / "wide.png"
    photo.touch()
    window = start()
    window.resize(1000, 700)
    window.open_path(photo)
    qtbot.waitUntil(lambda: kept.memory.recent == (photo,))
    window.close()
    again = WindowMemory(tmp_path / "window.json")
    assert again.recent == (photo,)
    assert again.geometry
    restored = []
    monkeypatch.setattr(
        MainWindow, "restoreGeometry", lambda _window, geometry: restored.append(bytes(geometry.data()))
    )
    start()
    assert restored == [again.geometry]


def test_the_memory_is_bounded_skips_what_is_gone_and_survives_damage(tmp_path):
    memory = WindowMemory(tmp_path / "window.json")
    for number in range(MAX_RECENT + 3):
        path = tmp_path / f"{number}.png"
        path.touch()
        memory.opened(path)
    (tmp_path / "5.png").unlink()
    assert len(memory.recent) == MAX_RECENT - 1
    assert memory.recent[0].name == f"{MAX_RECENT + 2}.png"
    (tmp_path / "window.json").write_text("{", encoding="utf-8")
    assert WindowMemory(tmp_path / "window.json").recent == ()


def test_files_opened_last_are_offered_again(parts, show_window, kept, tmp_path, qtbot):
    photo = tmp_path / "wide.png"
    photo.touch()
    kept.memory.opened(photo)
    window = show_window(parts)
    window.actions_table["compare"].trigger()
    again = next(b for b in window.page.hint.findChildren(QPushButton) if b.text() == "wide.png")
    assert again.isVisible()
    menu = window.app_settings.recent_menu()
    assert "wide.png" in [action.text() for action in menu.actions()]
    assert menu.toolTipsVisible(), "files of one name are told apart by their folders"
    again.click()
    qtbot.waitUntil(lambda: parts.states.document.current is not None)
    assert parts.states.document.current.path == photo
    window.app_settings.recent_menu().actions()[-1].trigger()
    assert kept.memory.recent == ()
