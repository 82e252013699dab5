"""A person's way through the wizard with pretended distillation: every step, every way back, and what stands in the way."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from distill.preset import Preset
from distill.runs.status import Phase, StopRequest
from distill.wizard.draft import Step
from mfsr_app.distill import teacher_step
from mfsr_app.distill.draft_memory import DraftMemory, KeptDraft
from mfsr_app.distill.work import RunView
from mfsr_app.parts import AppFiles, build_parts
from mfsr_app.window import MainWindow
from mfsr_engine.models.prompt_files import StoredPrompts
from tests.fakes import scripted_distilling
from tests.fakes.scripted_distilling import ScriptedDistilling


@pytest.fixture
def work():
    return ScriptedDistilling()


@pytest.fixture(autouse=True)
def card_of_teacher(monkeypatch):
    from mfsr_engine.models import card

    monkeypatch.setattr(card, "read_card", lambda folder: scripted_distilling.teacher_card())
    monkeypatch.setattr("mfsr_app.distill.run_follower.LOOK_EVERY_MS", 20)


@pytest.fixture
def parts(make_parts, work):
    return make_parts(sample=None, kept=AppFiles(distill=work))


@pytest.fixture
def window(show_window, parts, qtbot):
    shown = show_window(parts)
    shown.show_page(shown.distill_page)
    qtbot.waitUntil(lambda: bool(shown.distill_page.teacher.radios))
    return shown


@pytest.fixture
def page(window):
    return window.distill_page


@pytest.fixture
def state(page):
    return page._state


@pytest.fixture
def press(qtbot):
    def do(button):
        qtbot.waitUntil(button.isEnabled)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    return do


@pytest.fixture
def at_recipe(page, state, press, qtbot):
    press(page.next)
    page.photos.choose(Path("photos"))
    press(page.next)
    qtbot.waitUntil(lambda: bool(state.draft.taken_names))
    return page


@pytest.fixture
def at_check(at_recipe, state, press, qtbot):
    at_recipe.recipe.radios[Preset.TRY].click()
    qtbot.keyClicks(at_recipe.recipe.name, "my-own")
    press(at_recipe.next)
    qtbot.waitUntil(lambda: state.draft.estimate is not None)
    return at_recipe


@pytest.fixture
def at_run(at_check, press, state, qtbot):
    press(at_check.next)
    qtbot.waitUntil(lambda: state.step is Step.RUN)
    qtbot.waitUntil(lambda: at_check._follower.view is not None)
    return at_check


def test_a_training_that_is_just_being_started_cannot_be_left_behind(at_check, press, state, work, monkeypatch, qtbot):
    gate, start = threading.Event(), work.start
    monkeypatch.setattr(work, "start", lambda recipe: gate.wait(600) and start(recipe))
    press(at_check.next)
    assert not at_check.back.isVisible()
    state.go_back()
    gate.set()
    qtbot.waitUntil(lambda: state.step is Step.RUN)
    assert state.draft.run_folder is not None


def test_the_installed_teacher_is_chosen_and_the_other_one_can_be_fetched(page, state):
    assert page.teacher.radios["teacher"].isChecked()
    assert not page.teacher.radios["large"].isEnabled()
    assert state.draft.teacher.card.name == "teacher"
    assert page.next.isEnabled()
    assert not page.back.isVisible()


@pytest.fixture
def unencoded(work, state, qtbot):
    """The teacher turns out to have its null prompt only."""
    work.teachers_prompts = StoredPrompts(has_negative=False, has_null=False)
    state.start_over()
    qtbot.waitUntil(lambda: state.encoding_terms is not None)


@pytest.mark.usefixtures("unencoded")
def test_a_teacher_without_a_negative_prompt_is_encoded_once_the_licence_is_agreed_to(
    page, state, work, press, monkeypatch, qtbot
):
    asked = []
    monkeypatch.setattr(teacher_step, "agrees_to", lambda model, parent: asked.append(model.name) or len(asked) > 1)
    assert not page.next.isEnabled()
    assert page.words.text() == "The teacher's prompts are not encoded yet. Encode them, or continue without."
    words = page.teacher.prompts.text()
    for part in ("no negative prompt", "The text encoders run once.", "without guidance"):
        assert part in words
    press(page.teacher.encode)
    assert asked == ["encoders"]
    assert work.calls == []
    press(page.teacher.encode)
    qtbot.waitUntil(lambda: ("encode", "teacher") in work.calls and page.next.isEnabled())
    assert not page.teacher.encode.isVisible()


@pytest.mark.usefixtures("unencoded")
def test_text_encoders_that_are_here_ask_for_no_licence(page, state, work, press, monkeypatch, qtbot):
    monkeypatch.setattr(teacher_step, "agrees_to", lambda model, parent: pytest.fail("asked"))
    state.encoding_terms = replace(state.encoding_terms, encoders=replace(work.encoders, is_installed=True))
    press(page.teacher.encode)
    qtbot.waitUntil(lambda: page.next.isEnabled())


@pytest.mark.usefixtures("unencoded")
def test_one_may_continue_without_a_negative_prompt(page, state, press, qtbot):
    press(page.teacher.go_without)
    assert page.next.isEnabled()
    assert not page.teacher.go_without.isVisible()
    press(page.next)
    page.photos.choose(Path("photos"))
    qtbot.waitUntil(lambda: state.draft.photos is not None)
    state.choose_preset(Preset.TRY)
    state.choose_name("my-own")
    assert state.recipe().objective.guidance == 1


def test_a_fetched_teacher_is_taken(page, state, work, qtbot):
    state.fetch_teacher("large")
    qtbot.waitUntil(lambda: state.draft.teacher.card.name == "large")
    assert ("fetch", "large") in work.calls
    assert page.teacher.radios["large"].isChecked()


def test_what_the_scan_found_is_told_and_samples_are_shown(page, state, work, press, qtbot):
    press(page.next)
    assert state.step is Step.PHOTOS
    assert not page.next.isEnabled()
    assert page.words.text() == "Choose a folder of photographs."
    page.photos.choose(Path("photos"))
    qtbot.waitUntil(lambda: state.samples is not None)
    assert "24 photographs can be used" in page.photos.report.text()
    assert "120 x 90" in page.photos.rejected.item(0).text()
    assert page.photos.samples.grid.columns[0].startswith("Before")
    page.photos.degradation.setCurrentIndex(1)
    qtbot.waitUntil(lambda: ("samples", "camera") in work.calls)


def test_a_scan_says_how_far_it_is_and_can_be_stopped(window, parts, page, state, work, press, qtbot, caught_up):
    gate = threading.Event()
    work.waits.append(gate)
    press(page.next)
    page.photos.choose(Path("photos"))
    qtbot.waitUntil(lambda: "3 / 24" in page.words.text())
    assert not page.next.isEnabled()
    press(page.stop)
    gate.set()
    assert state.activity is None
    caught_up(parts.distilling.worker)
    assert state.draft.photos is None


def test_too_few_photographs_keep_one_from_going_on(page, state, work, press, qtbot):
    work.usable = 2
    press(page.next)
    page.photos.choose(Path("photos"))
    qtbot.waitUntil(lambda: state.draft.photos is not None)
    assert not page.next.isEnabled()
    assert "At least 4 are needed" in page.words.text()
    assert state.samples is None


def test_a_name_that_is_taken_is_refused(at_recipe, qtbot):
    at_recipe.recipe.radios[Preset.GOOD].click()
    qtbot.keyClicks(at_recipe.recipe.name, "taken")
    assert not at_recipe.next.isEnabled()
    assert "is taken" in at_recipe.words.text()


def test_every_number_of_the_recipe_can_be_changed_and_is_checked(at_recipe, state, qtbot):
    recipe = at_recipe.recipe
    recipe.radios[Preset.TRY].click()
    qtbot.keyClicks(recipe.name, "my-own")
    assert not recipe.fields.isVisible()
    recipe.advanced.click()
    line = recipe.fields.widget("optimizer", "learning_rate")
    assert line.text() == "0.0002"
    assert line.accessibleDescription() == "Highest learning rate."
    line.setText("-3")
    line.editingFinished.emit()
    assert state.draft.advanced is None
    line.setText("0.001")
    line.editingFinished.emit()
    assert state.draft.advanced.optimizer.learning_rate == 0.001
    derivative = recipe.fields.widget("objective", "derivative")
    assert derivative.currentText() == "Automatic"
    derivative.setCurrentIndex(derivative.findData("jvp"))
    recipe.fields.widget("optimizer", "ema_widths").setText("0.2, 0.05")
    recipe.fields.widget("optimizer", "ema_widths").editingFinished.emit()
    changed = state.recipe()
    assert (changed.objective.derivative, changed.optimizer.ema_widths, changed.name) == ("jvp", (0.2, 0.05), "my-own")
    recipe.radios[Preset.GOOD].click()
    assert line.text() == "0.0004"


def test_what_cannot_work_is_refused_at_the_check(at_check, state, work, qtbot):
    assert at_check.next.text() == "Start training"
    assert at_check.next.isEnabled()
    work.estimated = replace(work.estimated, memory_mib=9000)
    state.measure()
    qtbot.waitUntil(lambda: "9000 MiB of memory" in at_check.check.refusals.text())
    assert not at_check.next.isEnabled()
    assert not any(name == "start" for name, _ in work.calls)


def test_the_time_is_a_field_and_what_was_measured_holds_for_any_time(at_check, state, work, press, qtbot):
    check = at_check.check
    assert "About 2 min for 300 steps" in check.needed.text() or "About 3 min for 300 steps" in check.needed.text()
    check.minutes.setValue(12)
    assert state.recipe().run.minutes == 12
    assert state.draft.estimate.steps == 12 * 60 / 0.5
    assert sum(name == "estimate" for name, _ in work.calls) == 1
    press(at_check.next)
    qtbot.waitUntil(lambda: state.step is Step.RUN)
    ((_, started),) = [call for call in work.calls if call[0] == "start"]
    assert started.run.minutes == 12


def test_what_is_advised_against_can_be_started_anyway(at_check, state, work, press, qtbot):
    busy = replace(work.estimated.probe, others_share=0.6)
    work.estimated = replace(work.estimated, steps=20, probe=busy)
    assert not at_check.check.anyway.isVisible()
    state.measure()
    qtbot.waitUntil(lambda: "only 20 steps" in at_check.check.refusals.text())
    assert "keep 60 % of the processor busy" in at_check.check._busy.text()
    assert not at_check.next.isEnabled()
    press(at_check.check.anyway)
    qtbot.waitUntil(lambda: state.step is Step.RUN)


def test_a_trial_that_fails_says_why_and_can_be_repeated(at_check, state, work, qtbot):
    state.choose_name("other")
    work.fault = "Not even one step fits."
    state.measure()
    qtbot.waitUntil(lambda: at_check.check.refusals.text() == "Not even one step fits.")
    work.fault = ""
    state.measure()
    qtbot.waitUntil(at_check.next.isEnabled)


def test_going_back_keeps_what_was_chosen(at_check, state, press):
    press(at_check.back)
    assert state.step is Step.RECIPE
    press(at_check.back)
    assert state.step is Step.PHOTOS
    assert state.draft.name == "my-own"
    press(at_check.next)
    press(at_check.next)
    assert state.step is Step.CHECK


def test_training_is_followed_with_curves_pictures_and_the_time_left(at_run, state, work, qtbot):
    page = at_run
    assert not page.next.isEnabled()
    assert not page.back.isVisible()
    work.train(200, 0.25)
    qtbot.waitUntil(lambda: page.run.previews.isVisible())
    facts = page.run.facts.text()
    assert "1,600 patches seen" in facts
    assert "5 min left" in facts
    assert page.run.losses.chart.words.startswith("meanflow loss (no unit), lower is better: from ")
    assert "LPIPS (no unit), lower is better: from" in page.run.validation.chart.words
    assert page.run.validation.field.itemText(1) == "PSNR in dB, higher is better"
    assert page.run.previews.grid.columns == scripted_distilling.PREVIEW_COLUMNS
    assert not page.next.isEnabled()


def test_pause_and_stop_stay_alive_while_the_run_saves(at_run, state, work, press, monkeypatch, qtbot):
    run, asked = at_run.run, []
    work.train(100, 0.2)
    monkeypatch.setattr(work, "ask_to_stop", lambda folder, request: asked.append(request))
    press(run.pause)
    qtbot.waitUntil(lambda: asked == [StopRequest.PAUSE])
    assert "asked to save and end" in run.facts.text()
    press(run.stop)
    qtbot.waitUntil(lambda: asked == [StopRequest.PAUSE, StopRequest.STOP])


def test_a_request_that_could_not_be_written_is_told_and_forgotten(at_run, work, parts, press, qtbot):
    work.train(100, 0.2)
    work.fault = "The disk is full."
    press(at_run.run.pause)
    qtbot.waitUntil(lambda: at_run._follower.request is None and parts.messages.newest is not None)
    assert parts.messages.newest.text == "The disk is full."


def test_the_second_look_at_a_run_comes_soon_whatever_the_first_one_took(at_run, work, monkeypatch, qtbot):
    follower, rests = at_run._follower, []
    monkeypatch.setattr(follower._timer, "start", rests.append)
    monkeypatch.setattr("mfsr_app.distill.run_follower.LOOK_EVERY_MS", 1000)
    follower._has_looked = False
    for took_ms in (9_000.0, 200.0, 9_000.0):
        follower._on_seen((work.view, took_ms))
    assert rests == [1000, 4000, 10_000]


def test_a_run_is_paused_resumed_and_stopped(at_run, state, work, press, qtbot):
    run = at_run.run
    work.train(100, 0.2)
    press(run.pause)
    qtbot.waitUntil(lambda: run.resume.isVisible())
    assert ("ask_to_stop", StopRequest.PAUSE) in work.calls
    assert not at_run.next.isEnabled()
    assert run.take.isVisible()
    press(run.resume)
    qtbot.waitUntil(lambda: run.pause.isVisible())
    press(run.stop)
    qtbot.waitUntil(at_run.next.isEnabled)
    assert ("ask_to_stop", StopRequest.STOP) in work.calls


def test_a_run_that_failed_says_why_and_what_it_has_can_be_taken(at_run, window, parts, work, press, qtbot):
    work.train(100, 0.2)
    work.view = replace(work.view, phase=Phase.FAILED, is_alive=False, message="The disk is full.")
    qtbot.waitUntil(lambda: at_run.run.resume.isVisible())
    assert at_run.run._message.text() == "The disk is full."
    assert at_run.run._message.palette().windowText().color() == QColor(parts.theme.colors.danger)
    assert window.message_bar.text == "my-own: The disk is full."
    assert not at_run.next.isEnabled()
    press(at_run.run.take)
    assert at_run.next.isEnabled()


def test_the_student_is_compared_installed_and_used(at_run, window, parts, state, work, upscaler, press, qtbot):
    page = at_run
    work.train(300, 1.0)
    work.view = replace(work.view, phase=Phase.FINISHED, is_alive=False)
    press(page.next)
    qtbot.waitUntil(lambda: page.result.table.isVisible())
    table = page.result.table
    assert [table.item(row, 0).text() for row in range(3)] == ["bicubic", "teacher, 40 steps", "student, 1 step"]
    assert table.item(1, 5).text() == "–"
    assert "student, 8 steps" not in page.result.pictures.grid.columns
    upscaler.installed = (*upscaler.installed, replace(upscaler.installed[0], name="my-own", title="My own"))
    page.result.title.setText("My own")
    press(page.result.install)
    qtbot.waitUntil(lambda: state.draft.model_folder is not None)
    assert ("install", "My own") in work.calls
    press(page.result.use)
    assert window._stack.currentWidget() is window.page
    qtbot.waitUntil(lambda: parts.states.choices.settings.model == "my-own")


def test_a_student_is_installed_before_its_comparison_ends(at_run, state, work, press, monkeypatch, qtbot):
    page, compare, gate = at_run, work.compare, threading.Event()

    def slow(folder, progress):
        while not gate.wait(0.01):
            progress.check()
        return compare(folder, progress)

    monkeypatch.setattr(work, "compare", slow)
    work.train(300, 1.0)
    work.view = replace(work.view, phase=Phase.FINISHED, is_alive=False)
    press(page.next)
    assert not page.result._pictures_card.isVisible(), "no empty card"
    press(page.result.install)
    qtbot.waitUntil(lambda: state.draft.model_folder is not None)
    gate.set()
    qtbot.waitUntil(lambda: page.result.table.isVisible())


def test_the_weights_of_the_metrics_are_fetched_by_a_button(page, state, work, press, qtbot):
    work.has_perceptual = False
    press(page.next)
    page.photos.choose(Path("photos"))
    press(page.next)
    press(page.recipe.metrics)
    qtbot.waitUntil(lambda: state.draft.computer.has_perceptual)
    assert not page.recipe.metrics.isVisible()


def test_teachers_say_how_large_they_are_and_whether_they_need_an_account(page, state, work, monkeypatch, qtbot):
    rows = work.teachers()
    gated = replace(rows[1].model, size_bytes=5_200_000_000, gates=("https://example.org/gate",))
    rows[1:] = [replace(rows[1], model=gated)]
    monkeypatch.setattr(work, "teachers", lambda: rows)
    state.look_around()
    words = lambda: {c.text() for c in page.teacher.findChildren(QLabel) if c.isVisible()}  # noqa: E731
    qtbot.waitUntil(lambda: {"5.2 GB", "needs an account"} <= words())
    assert "no account needed" not in words(), "the installed one needs nothing"


def test_a_typed_folder_is_taken_as_it_is_typed_once_the_field_is_left(page, state, press, work, qtbot):
    press(page.next)
    page.photos.line.setFocus()
    qtbot.keyClicks(page.photos.line, "~/my photos")
    qtbot.keyClick(page.photos.line, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: state.draft.photos is not None)
    assert state.draft.photos.folder == Path.home() / "my photos"
    assert page.photos.line.text() == "~/my photos"
    page.photos.line.editingFinished.emit()
    assert sum(name == "scan" for name, _ in work.calls) == 1


def test_the_draft_survives_a_restart(make_parts, show_window, work, tmp_path, qtbot):
    def begun():
        parts = make_parts(sample=None, kept=AppFiles(distill=work, draft=tmp_path / "draft.json"))
        window = show_window(parts)
        window.show_page(window.distill_page)
        qtbot.waitUntil(lambda: bool(window.distill_page.teacher.radios))
        return window.distill_page, parts.distilling.state

    page, state = begun()
    state.choose_photos(tmp_path / "photos")
    qtbot.waitUntil(lambda: state.samples is not None)
    state.choose_degradation("heavy")
    state.choose_preset(Preset.TRY)
    state.choose_name("my-own")
    state.choose_minutes(7)
    qtbot.waitUntil(lambda: state.activity is None)
    qtbot.waitUntil(lambda: DraftMemory(tmp_path / "draft.json").read().minutes == 7)
    page, state = begun()
    qtbot.waitUntil(lambda: state.draft.photos is not None)
    assert (state.step, state.draft.name, state.draft.preset) == (Step.PHOTOS, "my-own", Preset.TRY)
    assert (state.draft.degradation, state.draft.minutes) == ("heavy", 7)
    assert page.photos.line.text() == str(tmp_path / "photos")
    qtbot.waitUntil(lambda: state.activity is None)
    for _ in range(2):
        state.go_on()
    assert state.step is Step.CHECK
    qtbot.waitUntil(lambda: state.draft.estimate is not None)
    assert DraftMemory(tmp_path / "draft.json").read().step == "check"
    page, state = begun()
    qtbot.waitUntil(lambda: state.draft.photos is not None)
    assert DraftMemory(tmp_path / "draft.json").read().step == "check", "also while crops are made"
    qtbot.waitUntil(lambda: state.step is Step.CHECK)
    assert state.samples is not None, "they are there when the user goes back"
    qtbot.waitUntil(lambda: state.draft.estimate is not None)
    state.go_back()
    state.start_over()
    assert DraftMemory(tmp_path / "draft.json").read() is None


def test_a_draft_comes_back_no_further_than_what_is_still_there_allows(make_parts, show_window, work, tmp_path, qtbot):
    kept = KeptDraft("teacher", str(tmp_path / "photos"), preset=Preset.TRY, name="", step="check")
    DraftMemory(tmp_path / "draft.json").keep(kept)
    parts = make_parts(sample=None, kept=AppFiles(distill=work, draft=tmp_path / "draft.json"))
    window = show_window(parts)
    window.show_page(window.distill_page)
    state = parts.distilling.state
    qtbot.waitUntil(lambda: state.step is Step.RECIPE)
    assert state.samples is not None
    assert not state.can_go_on, "a student needs a name"


def test_another_student_can_be_made_afterwards(at_run, state, work, press, qtbot):
    work.view = replace(work.view, phase=Phase.STOPPED, is_alive=False)
    qtbot.waitUntil(lambda: at_run.run.over.isVisible())
    press(at_run.run.over)
    assert state.step is Step.TEACHER
    assert state.draft.run_folder is None


def test_a_training_that_goes_on_is_found_again_at_the_next_start(qtbot, work, files, upscaler, theme):
    going_on = RunView(Path("runs") / "old", Phase.TRAINING, is_alive=True)
    work.found_runs, work.view = [going_on], going_on
    parts = build_parts(lambda: upscaler, files, theme, None, kept=AppFiles(distill=work))
    window = MainWindow(parts)
    qtbot.addWidget(window)
    window.show()
    window.find_training()
    qtbot.waitUntil(lambda: parts.distilling.state.step is Step.RUN)
    qtbot.waitUntil(lambda: "old is still being trained" in window.message_bar.text)
    window.show_page(window.distill_page)
    qtbot.waitUntil(lambda: window.distill_page.run.pause.isVisible())
    window.close()
    assert work.view.is_alive


def test_a_paused_training_is_offered_with_the_teachers(page, state, work, press, qtbot):
    paused = RunView(Path("runs") / "old", Phase.PAUSED, has_checkpoint=True)
    work.found_runs, work.view = [paused], paused
    state.look_around()
    qtbot.waitUntil(lambda: state.runs == (paused,))
    [show] = [made for made in page.teacher.findChildren(QPushButton) if made.accessibleName() == "Show: old"]
    press(show)
    qtbot.waitUntil(lambda: page.run.resume.isVisible())


def test_every_focusable_widget_of_every_step_has_a_name(at_run, work, qtbot):
    work.train(100, 0.5)
    at_run.recipe.fields.set_recipe(work.calls[-1][1])
    for widget in at_run.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
            name = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
            assert name.strip(), f"{type(widget).__name__} in {type(widget.parent()).__name__}"


def test_after_each_step_the_keys_stay_in_the_page(at_check, state, qtbot):
    page = at_check
    page.next.setFocus()
    qtbot.keyClick(page.next, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: state.step is Step.RUN)
    qtbot.waitUntil(lambda: page.window().focusWidget() is page.run.pause)


def test_back_at_an_earlier_step_the_keys_are_in_the_page(at_check, qtbot):
    page = at_check
    page.back.setFocus()
    qtbot.keyClick(page.back, Qt.Key.Key_Space)
    focused = page.window().focusWidget()
    assert page.isAncestorOf(focused)
    assert focused.isVisible()


@pytest.fixture
def keys(window, qtbot):
    """Hands that never leave the keyboard: from where the keys are, by Tab to a widget, and there a key or words."""

    def walk_to(widget):
        qtbot.waitUntil(lambda: widget.isVisible() and widget.isEnabled())
        for _ in range(120):
            if window.focusWidget() is widget:
                return
            qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        pytest.fail(f"no way by Tab to {widget.accessibleName()}")

    def do(widget, key=Qt.Key.Key_Space, words=""):
        walk_to(widget)
        if words:
            qtbot.keyClicks(widget, words)
        qtbot.keyClick(widget, key)

    window.activateWindow()
    return do


def test_from_the_teacher_to_the_installed_student_by_tab_and_keys_alone(page, state, work, keys, qtbot):
    keys(page.next)
    keys(page.photos.line, Qt.Key.Key_Return, "photos")
    keys(page.photos.degradation, Qt.Key.Key_Down)
    assert state.draft.degradation == "camera"
    keys(page.next)
    qtbot.waitUntil(lambda: bool(state.draft.taken_names))
    keys(page.recipe.radios[Preset.TRY])
    keys(page.recipe.name, Qt.Key.Key_Tab, "my-own")
    keys(page.recipe.advanced)
    keys(page.recipe.fields.widget("run", "minutes"), Qt.Key.Key_Return, "3")
    keys(page.next)
    qtbot.waitUntil(lambda: state.draft.estimate is not None)
    assert state.recipe().run.minutes == 3
    keys(page.next)
    qtbot.waitUntil(lambda: state.step is Step.RUN)
    keys(page.run.pause)
    qtbot.waitUntil(lambda: work.view.phase is Phase.PAUSED)
    keys(page.run.resume)
    qtbot.waitUntil(lambda: work.view.phase is Phase.TRAINING)
    work.train(100, 1.0)
    work.view = replace(work.view, phase=Phase.FINISHED, is_alive=False)
    keys(page.next)
    keys(page.result.install)
    qtbot.waitUntil(lambda: state.draft.model_folder is not None)
    assert page.window().focusWidget() is page.result.use
    keys(page.result.use)
