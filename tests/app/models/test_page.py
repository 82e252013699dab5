"""The models page: what is listed, asked and done, and that nothing goes out unasked."""

import socket
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPushButton

from mfsr_app.models.hub import EngineModelHub, Fit, Outcome, fit_of, kept_rate
from mfsr_app.models.licence_dialog import LicenceDialog
from mfsr_app.models.models import HubActivity
from mfsr_app.parts import AppFiles
from mfsr_app.ui.text import rough_duration, rough_range
from mfsr_engine.compute.memory import DeviceMemory, ModelSize, plan_memory
from mfsr_engine.errors import HubError
from mfsr_engine.progress import ProgressReport, Stage
from tests.fakes.scripted_engine import SMALL, TEACHER
from tests.fakes.scripted_hub import LARGE, OWN, ScriptedHub


@pytest.fixture
def hub():
    return ScriptedHub()


@pytest.fixture
def parts(make_parts, hub):
    return make_parts(sample=None, kept=AppFiles(hub=hub))


@pytest.fixture
def hub_window(show_window, parts, qtbot):
    window = show_window(parts)
    window.actions_table["models"].trigger()
    qtbot.waitUntil(lambda: "large" in window.models_page.cards and bool(parts.around.models.fits))
    return window


def texts(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def button(window, model, words):
    card = window.models_page.cards[model]
    return next(b for b in card.findChildren(QPushButton) if b.text().startswith(words))


def has_button(window, model, words):
    """For waits: the card may still be the one of before, which has other buttons."""
    card = window.models_page.cards.get(model)
    return card is not None and any(
        b.text().startswith(words) and b.isVisible() for b in card.findChildren(QPushButton)
    )


def test_nothing_is_asked_before_the_page_is_seen(window, parts, hub, caught_up):
    caught_up(parts.around.hub_worker)
    assert hub.calls == []


def test_cards_say_what_a_model_is(hub_window):
    large = texts(hub_window.models_page.cards["large"])
    for words in ("Large teacher", "Teacher · 40 steps", "7.0 GB", "Research only", "gated", "Runs: no."):
        assert words in large
    assert "model.toml cannot be read." in texts(hub_window.models_page.cards["broken"])


def test_only_own_models_can_be_removed_and_broken_ones_not_used(hub_window):
    def words(name):
        return [b.text() for b in hub_window.models_page.cards[name].findChildren(QPushButton) if b.text() != "Stop"]

    assert words("mfsr-small") == ["Use", "Verify"]
    assert words("own") == ["Use", "Verify", "Remove…"]
    assert words("broken") == ["Remove…"]
    assert words("large") == ["Download…"]


def test_licences_and_the_steps_to_a_gated_model_are_shown_before_a_download(hub_window, hub, monkeypatch):
    seen = []

    def refuse(dialog):
        seen.append(texts(dialog))
        return 0

    monkeypatch.setattr(LicenceDialog, "exec", refuse)
    button(hub_window, "large", "Download").click()
    for words in ("for research only", "ask its makers", "https://example.org/base", "hf auth login", "7.0 GB"):
        assert words in seen[0]
    assert ("pull", "large") not in hub.calls


def test_a_download_shows_how_far_it_is_can_be_stopped_and_asks_no_second_time(
    hub_window, parts, hub, qtbot, monkeypatch
):
    monkeypatch.setattr(LicenceDialog, "exec", lambda dialog: 1)
    hub.gate = threading.Event()
    button(hub_window, "large", "Download").click()
    card = hub_window.models_page.cards["large"]
    qtbot.waitUntil(lambda: "Downloading" in card.progress_words or " of " in card.progress_words)
    assert not button(hub_window, "own", "Verify").isEnabled()
    parts.around.models.verify("own")
    assert "Wait for large" in hub_window.message_bar.text
    card.stop_asked.emit()
    qtbot.waitUntil(lambda: parts.around.models.activity is None)
    assert "next download continues" in hub_window.message_bar.text
    assert "large" in [row.name for row in parts.around.models.rows if not row.is_installed]


def test_rate_and_time_left():
    report = ProgressReport(Stage.DOWNLOADING, 30_000_000, 120_000_000, 10.0)
    assert HubActivity("a", report).bytes_per_second == pytest.approx(3e6)
    assert HubActivity("a", ProgressReport("Verifying", 1, 2, 10.0)).bytes_per_second is None


def test_after_a_download_the_compare_page_offers_the_model(hub_window, parts, hub, upscaler, qtbot, monkeypatch):
    monkeypatch.setattr(LicenceDialog, "exec", lambda dialog: 1)
    upscaler.installed = (SMALL, TEACHER, SMALL.__class__("large", "Large teacher", 4, 40, 50, True, "Research only"))
    button(hub_window, "large", "Download").click()
    choices = parts.states.choices
    qtbot.waitUntil(lambda: "large" in [info.name for info in choices.models])
    assert "Large teacher" in [
        hub_window.page.controls.model.itemText(i) for i in range(hub_window.page.controls.model.count())
    ]
    qtbot.waitUntil(lambda: has_button(hub_window, "large", "Verify"))


def test_a_failed_download_says_what_to_do(hub_window, hub, qtbot, monkeypatch):
    monkeypatch.setattr(LicenceDialog, "exec", lambda dialog: 1)
    hub.failure = HubError("You are not logged in. 1. Open the page.")
    button(hub_window, "large", "Download").click()
    qtbot.waitUntil(lambda: "1. Open the page." in hub_window.message_bar.text)
    assert button(hub_window, "large", "Download").isEnabled()


def test_a_folder_is_imported_and_a_model_removed_after_asking(hub_window, hub, qtbot, monkeypatch):
    hub_window.models_page.import_folder(Path("somewhere/fresh"))
    qtbot.waitUntil(lambda: "fresh" in hub_window.models_page.cards)
    monkeypatch.setattr(QMessageBox, "exec", lambda box: 0)
    hub_window.models_page.ask_remove(OWN)
    assert ("remove", "own") not in hub.calls
    monkeypatch.setattr(
        QMessageBox, "clickedButton", lambda box: next(b for b in box.buttons() if b.text() == "Remove")
    )
    hub_window.models_page.ask_remove(OWN)
    qtbot.waitUntil(lambda: "own" not in hub_window.models_page.cards)


def test_what_verifying_found_is_told(hub_window, hub, qtbot):
    hub.outcome = Outcome("own: weights have changed.", is_well=False)
    button(hub_window, "own", "Verify").click()
    qtbot.waitUntil(lambda: "weights have changed" in hub_window.message_bar.text)


@pytest.mark.parametrize(("begin", "is_kept"), [("pull", True), ("verify", False)])
def test_only_of_a_download_it_is_said_that_what_came_is_kept(
    hub_window, parts, hub, qtbot, monkeypatch, begin, is_kept
):
    def work(name, progress):
        while True:
            progress.report("Working", 1, 2)
            time.sleep(0.005)

    monkeypatch.setattr(hub, begin, work)
    models = parts.around.models
    getattr(models, begin)("large")
    qtbot.waitUntil(lambda: models.activity.report is not None)
    models.cancel()
    qtbot.waitUntil(lambda: models.activity is None)
    assert hub_window.message_bar.text.startswith("large was stopped.")
    assert ("the next download continues" in hub_window.message_bar.text) is is_kept


def test_use_goes_to_the_compare_page_with_that_model(hub_window, parts, qtbot):
    choices = parts.states.choices
    choices.set_models([SMALL, TEACHER])
    hub_window.models_page.chosen.emit(TEACHER.name)
    assert choices.model is TEACHER
    assert hub_window.page.isVisible()


@pytest.mark.parametrize(
    ("kind", "memory_mib", "is_fit", "words"),
    [
        ("cuda", 24 * 1024, True, "yes, on a card. It takes about"),
        ("cuda", 8 * 1024, True, "yes, with 8-bit weights, on a card."),
        ("cuda", 4 * 1024, True, "piece by piece"),
        ("cpu", 4 * 1024, True, "yes, with 8-bit weights"),
        ("cpu", 2 * 1024, False, "no. It takes about"),
    ],
)
def test_whether_it_runs_here_is_how_the_engine_would_run_it(kind, memory_mib, is_fit, words):
    size = ModelSize(2_574_572_672, 19_476_544, 83_819_683, 24, 234.0, 768.0, 4, 128)
    fit = fit_of(plan_memory(DeviceMemory(kind, memory_mib), size, 2), "a card", memory_mib)
    assert fit.is_fit is is_fit
    assert words in fit.words
    assert "GiB" in fit.words


def test_a_full_size_model_on_a_processor_says_how_slow_it_is(hub_window, parts, hub, qtbot):
    hub.found = {"large": Fit(True, "Runs here: yes.", 8 * 3600.0), "mfsr-small": Fit(True, "Runs here: yes.")}
    parts.around.models.refresh()
    large = hub_window.models_page.cards["large"].fit
    qtbot.waitUntil(lambda: large.text().startswith("✓"))
    assert large.text().endswith("Slow: about 6 to 11 h for a photograph of 1024 × 1024 pixels.")
    assert hub_window.models_page.cards["mfsr-small"].fit.text() == "✓  Runs here: yes."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "1 min"), (5400, "90 min"), (7200, "2 h"), (100_000, "28 h"), (172_800, "2 days"), (1_000_000, "12 days")],
)
def test_a_long_time_is_told_roughly(seconds, words):
    assert rough_duration(seconds) == words


def test_a_model_that_would_take_months_is_a_warning(hub_window, parts, hub, qtbot):
    hub.found = {"large": Fit(True, "Runs here: yes.", 90 * 86_400.0)}
    parts.around.models.refresh()
    large = hub_window.models_page.cards["large"].fit
    qtbot.waitUntil(lambda: large.text().startswith("⚠"))
    assert "about 2 to 4 months" in large.text()
    assert "yes" not in large.text()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(30, "1 to 2 min"), (3600, "42 to 84 min"), (8 * 3600, "6 to 11 h"), (7 * 86_400, "5 to 10 days")],
)
def test_what_is_foretold_is_a_range(seconds, words):
    assert rough_range(seconds) == words


def test_the_speed_of_the_processor_is_measured_once_and_kept(tmp_path, monkeypatch):
    from mfsr_engine.upscale import placement

    rates = iter((0.5, 0.1, 0.2))
    monkeypatch.setattr(placement, "measured_rate", lambda compute: next(rates))
    compute = SimpleNamespace(dtype="float32")
    file = tmp_path / "cache" / "processor.json"
    assert [kept_rate(file, compute), kept_rate(file, compute)] == [0.5, 0.5]
    assert kept_rate(file, SimpleNamespace(dtype="bfloat16")) == 0.1, "another precision has another speed"
    file.write_text("damaged")
    assert kept_rate(file, compute) == 0.2


def test_another_processor_is_measured_anew_and_the_same_one_on_wish(tmp_path, monkeypatch):
    from mfsr_engine.compute import devices
    from mfsr_engine.upscale import placement

    rates = iter((0.5, 0.1, 0.2))
    monkeypatch.setattr(placement, "measured_rate", lambda compute: next(rates))
    compute, file = SimpleNamespace(dtype="float32"), tmp_path / "processor.json"
    assert kept_rate(file, compute) == 0.5
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nmodel name\t: Another Processor 9000\n")
    monkeypatch.setattr(devices, "_PROCESSORS", cpuinfo)
    assert devices.processor_name() == "Another Processor 9000"
    assert [kept_rate(file, compute), kept_rate(file, compute)] == [0.1, 0.1]
    assert [kept_rate(file, compute, measures_again=True), kept_rate(file, compute)] == [0.2, 0.2]
    cpuinfo.unlink()
    assert devices.processor_name()


def test_a_button_measures_the_processor_again_where_that_says_something(hub_window, parts, hub, qtbot):
    page = hub_window.models_page
    assert not page.measure.isVisible()
    hub.found = {"mfsr-small": Fit(True, "Runs on this computer: yes.", 4000.0)}
    parts.around.models.refresh()
    qtbot.waitUntil(page.measure.isVisible)
    before = texts(page)
    page.measure.click()
    assert not page.measure.isEnabled()
    qtbot.waitUntil(page.measure.isEnabled)
    assert ("measure", "") in hub.calls
    assert parts.around.models.fits["mfsr-small"].photo_s == 8000.0
    assert texts(page) != before


def test_signing_in_gives_the_token_on_and_forgets_it(hub_window, parts, hub, qtbot):
    sign_in = hub_window.models_page.sign_in
    qtbot.waitUntil(lambda: not sign_in.isHidden())
    assert sign_in.token.echoMode() is QLineEdit.EchoMode.Password
    sign_in.enter.click()
    assert not any(name == "sign_in" for name, _ in hub.calls), "nothing was typed"
    sign_in.token.setText(" hf_secret ")
    sign_in.enter.click()
    assert sign_in.token.text() == ""
    qtbot.waitUntil(lambda: "A token is stored" in sign_in.words.text())
    assert ("sign_in", "hf_secret") in hub.calls
    hub.failure = HubError("The hub does not accept this token.")
    sign_in.token.setText("wrong")
    sign_in.enter.click()
    qtbot.waitUntil(lambda: parts.messages.newest.text == "The hub does not accept this token.")


def test_a_download_says_at_least_how_large_it_is(hub_window, parts, hub, monkeypatch, qtbot):
    hub.models = [replace(LARGE, size_bytes=None, least_bytes=5_400_000_000)]
    page = hub_window.models_page
    parts.around.models.refresh()
    qtbot.waitUntil(lambda: "At least 5.4 GB to download" in texts(page.cards["large"]))
    seen = []
    monkeypatch.setattr(LicenceDialog, "exec", lambda dialog: seen.append(texts(dialog)))
    page.ask_pull(page._shown[0])
    assert "At least 5.4 GB are fetched" in seen[0]


def test_the_real_catalogue_foretells_sizes_without_what_is_there_already(monkeypatch, tmp_path):
    from mfsr_engine.hub.catalogue import Catalogue
    from mfsr_engine.hub.parts import local_path

    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    base = Catalogue.default().find("sd35_base")
    before = {row.name: row.least_bytes for row in EngineModelHub().rows()}
    assert 5.3e9 < before["smfsr_q"] < 5.5e9
    assert before["dit4sr_q"] > 6.7e9
    for file in base.files:
        place = local_path(tmp_path / "data" / "models", file)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    after = {row.name: row.least_bytes for row in EngineModelHub().rows()}
    assert before["smfsr_q"] - after["smfsr_q"] == base.least_bytes


def test_a_gated_model_is_called_so_in_the_same_words_everywhere(hub_window, monkeypatch, tmp_path, capsys):
    from mfsr_engine import cli
    from mfsr_engine.hub.catalogue import GATED

    assert GATED in texts(hub_window.models_page.cards["large"])
    assert GATED in (Path(__file__).parents[3] / "docs" / "GUIDE.md").read_text(encoding="utf-8")
    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    assert cli.main(["models", "list"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "to fetch" in line]
    assert len(lines) == 7
    assert all(line.endswith(f"; {GATED}") for line in lines)
    assert not [line for line in lines if "0.0 MB" in line]


def test_listing_the_real_catalogue_opens_no_connection(monkeypatch, tmp_path):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    rows = {row.name: row for row in EngineModelHub().rows()}
    gated = rows["smfsr_q"]
    assert not gated.is_installed
    assert any("Stability AI Community License" in notice for notice in gated.notices)
    assert [gate.split("/", 3)[3] for gate in gated.gates] == ["stabilityai/stable-diffusion-3.5-medium"]


def test_a_broken_folder_of_the_user_is_listed_and_can_be_removed(monkeypatch, tmp_path):
    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    folder = tmp_path / "data" / "models" / "bad"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text("name = ", encoding="utf-8")
    row = next(row for row in EngineModelHub().rows() if row.name == "bad")
    assert row.is_removable
    assert "cannot be read" in row.fault


def test_the_text_encoders_are_a_row_that_can_be_fetched_and_removed(monkeypatch, tmp_path):
    from mfsr_engine.hub.catalogue import Catalogue
    from mfsr_engine.hub.parts import local_path

    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    hub, root = EngineModelHub(), tmp_path / "data" / "models"
    (row,) = (row for row in hub.rows() if row.is_part)
    assert (row.name, row.is_installed, bool(row.gates)) == ("sd35_text_encoders", False, True)
    for file in Catalogue.default().find(row.name).files:
        local_path(root, file).parent.mkdir(parents=True, exist_ok=True)
        local_path(root, file).write_bytes(b"x" * 10)
    (row,) = (row for row in hub.rows() if row.is_part)
    assert (row.is_installed, row.is_removable) == (True, True)
    assert row.size_bytes == 10 * len(Catalogue.default().find(row.name).files)
    hub.remove(row.name)
    assert not next(row for row in hub.rows() if row.is_part).is_installed


def test_a_part_is_not_used_or_verified_as_a_model_is(hub_window, parts, hub, qtbot):
    part = replace(LARGE, name="part", title="Text encoders", is_installed=True, is_removable=True, is_part=True)
    hub.models = [*hub.models, part]
    page = hub_window.models_page
    parts.around.models.refresh()
    qtbot.waitUntil(lambda: "part" in page.cards)
    words = [button.text() for button in page.cards["part"].findChildren(QPushButton) if button.text() != "Stop"]
    assert words == ["Remove…"]


def test_the_licence_dialog_is_read_by_screen_readers_and_links_by_keys(qtbot, hub_window):
    dialog = LicenceDialog(LARGE, hub_window)
    qtbot.addWidget(dialog)
    names = [b.accessibleName() for b in dialog.findChildren(QPushButton)]
    assert names == ["Cancel", "I accept: download"]
