"""What was open at the end comes back at the start: photograph, view, way of comparing, choices, results."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mfsr_app.compare.values import Mode
from mfsr_app.compare.workspace import (
    Place,
    Workspace,
    forget_workspace,
    most_important,
    note_workspace,
    read_workspace,
    stamp_of,
    write_workspace,
)
from mfsr_app.parts import AppFiles
from mfsr_app.settings.window_memory import WindowMemory
from mfsr_engine.api import MaskedAreas, UpscaleResult, UpscaleSettings
from mfsr_engine.framing import Framing
from mfsr_engine.geometry import TargetSize
from mfsr_engine.settings.settings import SettingsFile

WAIT_MS = 300_000
TWO, FOUR = UpscaleSettings(steps=2), UpscaleSettings(steps=4, fidelity=0.25)


def result(level: float, *, alpha: bool = False) -> UpscaleResult:
    pixels = np.full((6, 8, 3), level, np.float32)
    return UpscaleResult(pixels, pixels[..., 0] if alpha else None, "m", 2, 0, "cpu", "fp32", 0.5, ("a note",))


@pytest.fixture
def workspace(tmp_path):
    photo = tmp_path / "wide.png"
    photo.write_bytes(b"a photograph")
    settings = replace(FOUR, size=TargetSize(width=900))
    results = ((FOUR, result(0.123456, alpha=True)), (TWO, result(0.5)))
    return Workspace(photo, stamp_of(photo), settings, Mode.LENS, Place(0.5, 20.0, 30.0), tmp_path / "b.png", results)


def test_a_workspace_comes_back_with_pixels_of_16_bits(workspace, tmp_path):
    write_workspace(tmp_path / "kept", workspace)
    found = read_workspace(tmp_path / "kept")
    assert replace(found, results=()) == replace(workspace, results=())
    assert [settings for settings, _ in found.results] == [FOUR, TWO]
    (_, first), (_, second) = found.results
    assert np.abs(first.pixels - 0.123456).max() < 1 / 65535
    assert first.pixels.dtype == np.float32
    assert first.alpha.shape == (6, 8)
    assert second.alpha is None
    assert (second.model, second.notes) == ("m", ("a note",))


def test_nothing_comes_back_when_the_photograph_is_another_or_the_files_are_damaged(workspace, tmp_path):
    folder = tmp_path / "kept"
    assert read_workspace(folder) is None
    write_workspace(folder, workspace)
    workspace.photo.write_bytes(b"another photograph")
    assert read_workspace(folder) is None
    workspace.photo.unlink()
    assert read_workspace(folder) is None
    workspace.photo.write_bytes(b"a photograph")
    write_workspace(folder, replace(workspace, stamp=stamp_of(workspace.photo)))
    next(folder.glob("*.npy")).unlink()
    assert read_workspace(folder) is None
    (folder / "workspace.json").write_text("{")
    assert read_workspace(folder) is None


def test_what_is_noted_counts_until_the_next_end_and_leaves_results_alone(workspace, tmp_path):
    folder = tmp_path / "kept"
    write_workspace(folder, workspace)
    note_workspace(folder, replace(workspace, mode=Mode.SPLIT, results=()))
    found = read_workspace(folder)
    assert found.mode is Mode.SPLIT
    assert [settings for settings, _ in found.results] == [FOUR, TWO]
    note_workspace(folder, replace(workspace, framing=Framing(quarter_turns=1), results=()))
    assert read_workspace(folder).results == ()  # they are of another part
    write_workspace(folder, workspace)
    assert read_workspace(folder).mode is Mode.LENS
    forget_workspace(folder)
    note_workspace(folder, workspace)
    forget_workspace(folder)
    assert read_workspace(folder) is None


def test_a_workspace_takes_the_place_of_the_one_before(workspace, tmp_path):
    folder = tmp_path / "kept"
    write_workspace(folder, workspace)
    write_workspace(folder, replace(workspace, results=workspace.results[1:]))
    assert len(list(folder.glob("*.npy"))) == 1
    forget_workspace(folder)
    assert list(folder.iterdir()) == []


def test_what_does_not_fit_is_left_out_the_most_important_first(workspace, tmp_path, monkeypatch):
    monkeypatch.setattr("mfsr_app.compare.workspace.MAX_BYTES", 6 * 8 * 4 * 2)
    write_workspace(tmp_path / "kept", workspace)
    assert [settings for settings, _ in read_workspace(tmp_path / "kept").results] == [FOUR]
    three = [(TWO, result(0.1)), (FOUR, result(0.2)), (UpscaleSettings(steps=1), result(0.3))]
    assert [settings.steps for settings, _ in most_important(three, TWO)] == [2, 1, 4]


@pytest.fixture
def kept(tmp_path):
    return AppFiles(
        SettingsFile(tmp_path / "settings.toml"),
        memory=WindowMemory(tmp_path / "window.json"),
        workspace=tmp_path / "workspace",
    )


@pytest.fixture
def start(make_parts, show_window, upscaler, kept):
    """Begins anew with what is kept: a window and what it is made of."""
    upscaler.tile_px = 160

    def make():
        parts = make_parts(sample=None, kept=kept)
        return show_window(parts), parts

    return make


def open_whole(window, parts, path: Path, qtbot) -> None:
    window.open_path(path)
    upscaling = parts.states.upscaling
    qtbot.waitUntil(lambda: upscaling.shown is not None and upscaling.shown.is_whole, timeout=WAIT_MS)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "wide.png"
    path.touch()
    return path


def test_the_next_start_shows_the_same_without_computing_it_again(start, photo, upscaler, at_rest, qtbot):
    window, parts = start()
    states = parts.states
    open_whole(window, parts, photo, qtbot)
    states.choices.set_steps(3)
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole, timeout=WAIT_MS)
    states.choices.set_size(TargetSize(factor=2.0))
    states.comparison.set_mode(Mode.SPLIT)
    states.view.zoom_to(1.0)
    states.view.pan(-200, 50)
    look = states.view.view
    window.close()

    asked = len(upscaler.requests)
    again, parts = start()
    again.restore_workspace()
    states = parts.states
    qtbot.waitUntil(
        lambda: states.upscaling.shown is not None and states.upscaling.shown.raster is not None, timeout=WAIT_MS
    )
    assert again.windowTitle() == "wide.png — MFSR"
    assert states.choices.settings.steps == 3
    assert states.choices.size == TargetSize(factor=2.0)
    assert states.comparison.mode is Mode.SPLIT
    assert states.view.view.scale == pytest.approx(look.scale)
    assert (states.view.view.center_x, states.view.view.center_y) == pytest.approx(
        (look.center_x, look.center_y), abs=1
    )
    assert {kept.settings.steps for kept in states.upscaling.results.all()} == {1, 3}
    again.model_in_use.warm_up()
    qtbot.waitUntil(lambda: len(states.choices.models) == 2, timeout=WAIT_MS)
    at_rest(parts)
    assert states.choices.settings.steps == 3
    assert len(upscaler.requests) == asked


def test_what_is_opened_by_hand_comes_first(start, photo, at_rest, qtbot):
    window, parts = start()
    open_whole(window, parts, photo, qtbot)
    window.close()
    again, parts = start()
    again.open_path(Path("small.png"))
    again.restore_workspace()
    document = parts.states.document
    qtbot.waitUntil(lambda: document.current is not None, timeout=WAIT_MS)
    at_rest(parts)
    assert document.current.name == "small.png"


def test_nothing_is_kept_where_that_is_not_wanted(start, photo, kept, at_rest, qtbot):
    window, parts = start()
    open_whole(window, parts, photo, qtbot)
    window.close()
    assert read_workspace(kept.workspace) is not None
    again, parts = start()
    parts.around.settings.change(restores_workspace=False)
    again.restore_workspace()
    at_rest(parts)
    assert parts.states.document.current is None
    again.close()
    assert list(kept.workspace.iterdir()) == []


def test_a_hint_is_shown_once_in_a_life(start, photo, kept, qtbot):
    window, _ = start()
    window.open_path(photo)
    qtbot.waitUntil(lambda: "?" in window.message_bar.text, timeout=WAIT_MS)
    window.close()
    assert kept.settings.load().settings.hints_seen == ("looking",)
    again, parts = start()
    again.open_path(photo)
    qtbot.waitUntil(lambda: parts.states.document.current is not None, timeout=WAIT_MS)
    assert again.message_bar.text == ""


def test_what_is_open_is_written_while_the_window_is_there(
    make_parts, show_window, files, tmp_path, qtbot, monkeypatch
):
    monkeypatch.setattr("mfsr_app.compare.workspace.REST_MS", 1)
    photo = tmp_path / "wide.png"
    photo.write_bytes(b"a photograph")
    memory = WindowMemory(tmp_path / "window.json")
    parts = make_parts(kept=AppFiles(workspace=tmp_path / "kept", memory=memory))
    window = show_window(parts)
    window.open_path(photo)
    qtbot.waitUntil(lambda: read_workspace(tmp_path / "kept") is not None)
    parts.states.choices.set_steps(2)
    parts.states.comparison.set_mode(Mode.LENS)
    qtbot.waitUntil(lambda: read_workspace(tmp_path / "kept").settings.steps == 2)
    qtbot.waitUntil(lambda: read_workspace(tmp_path / "kept").mode is Mode.LENS)
    assert WindowMemory(tmp_path / "window.json").recent == (photo,)


def test_nothing_is_written_meanwhile_where_nothing_shall_come_back(
    make_parts, show_window, tmp_path, qtbot, monkeypatch
):
    monkeypatch.setattr("mfsr_app.compare.workspace.REST_MS", 1)
    photo = tmp_path / "wide.png"
    photo.write_bytes(b"a photograph")
    parts = make_parts(kept=AppFiles(workspace=tmp_path / "kept"))
    parts.around.settings.change(restores_workspace=False)
    window = show_window(parts)
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(photo)
    with qtbot.waitSignal(parts.workspace._rest.timeout):
        parts.workspace._rest.start()
    with qtbot.waitSignal(parts.background.submit(lambda _: None).ended):
        pass
    assert not (tmp_path / "kept").exists()


def test_a_fidelity_that_follows_the_picture_does_so_at_the_next_start(start, photo, at_rest, qtbot):
    window, parts = start()
    parts.states.choices.set_fidelity_auto(True)
    open_whole(window, parts, photo, qtbot)
    at_rest(parts)
    assert parts.states.choices.settings.fidelity > 0
    window.close()
    again, parts = start()
    again.restore_workspace()
    choices, document = parts.states.choices, parts.states.document
    qtbot.waitUntil(lambda: document.current is not None, timeout=WAIT_MS)
    again.model_in_use.warm_up()
    qtbot.waitUntil(lambda: choices.is_fidelity_auto, timeout=WAIT_MS)
    assert document.current is not None
    assert choices.settings.fidelity == document.current.suited_fidelity
    at_rest(parts)


AREAS = MaskedAreas(np.arange(48, dtype=np.uint8).reshape(6, 8), 0.5)


def test_areas_come_back_and_an_older_mask_is_removed(workspace, tmp_path):
    folder = tmp_path / "kept"
    write_workspace(folder, replace(workspace, areas=MaskedAreas(AREAS.mask + 1)))
    write_workspace(folder, replace(workspace, areas=AREAS))
    found = read_workspace(folder)
    assert np.array_equal(found.areas.mask, AREAS.mask)
    assert found.areas.fidelity == 0.5
    assert len(found.results) == 2
    assert len(list(folder.glob("*.png"))) == 1
    write_workspace(folder, workspace)
    assert read_workspace(folder).areas is None
    assert not list(folder.glob("*.png"))


def test_results_do_not_come_back_without_the_areas_they_were_made_with(workspace, tmp_path):
    folder = tmp_path / "kept"
    write_workspace(folder, replace(workspace, areas=AREAS))
    note_workspace(folder, replace(workspace, areas=AREAS, mode=Mode.SPLIT, results=()))
    found = read_workspace(folder)
    assert (found.mode, len(found.results)) == (Mode.SPLIT, 2)
    note_workspace(folder, replace(workspace, results=()))
    found = read_workspace(folder)
    assert (found.areas, found.results) == (None, ())
    write_workspace(folder, replace(workspace, areas=AREAS))
    next(folder.glob("*.png")).write_bytes(b"damaged")
    found = read_workspace(folder)
    assert (found.areas, found.results) == (None, ())


def test_the_next_start_has_the_areas_and_the_results_made_with_them(start, photo, upscaler, at_rest, qtbot):
    photo.write_bytes(b"a photograph")
    window, parts = start()
    open_whole(window, parts, photo, qtbot)
    mask = np.zeros((400, 640), np.uint8)
    mask[10:50, 30:90] = 200
    parts.states.document.mark(MaskedAreas(mask, 0.25))
    upscaling = parts.states.upscaling
    qtbot.waitUntil(lambda: upscaling.shown is not None and upscaling.shown.is_whole, timeout=WAIT_MS)
    window.close()

    asked = len(upscaler.requests)
    again, parts = start()
    again.restore_workspace()
    states = parts.states
    qtbot.waitUntil(
        lambda: states.upscaling.shown is not None and states.upscaling.shown.raster is not None, timeout=WAIT_MS
    )
    found = states.document.current.areas
    assert np.array_equal(found.mask, mask)
    assert found.fidelity == 0.25
    at_rest(parts)
    assert len(upscaler.requests) == asked


def test_areas_of_a_photograph_that_has_another_size_now_are_left(start, photo, files, workspace, kept, qtbot):
    stamped = replace(workspace, photo=photo, stamp=stamp_of(photo), areas=AREAS, framing=Framing())
    write_workspace(kept.workspace, stamped)
    again, parts = start()
    again.restore_workspace()
    qtbot.waitUntil(lambda: parts.states.document.current is not None, timeout=WAIT_MS)
    assert parts.states.document.current.areas is None
    results = [kept.result for kept in parts.states.upscaling.results.all() if kept.result is not None]
    assert all(one.pixels.shape != (6, 8, 3) for one in results)
