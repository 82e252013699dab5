"""Pictures are shown in the colours of the screen; values, results, saved files and exports know nothing of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QColorSpace

from mfsr_app.compare.values import ExportKind
from mfsr_app.desktop.screen_profile import ScreenPlace, system_profile
from mfsr_app.imaging.display_color import from_screen, is_for_screens, to_screen
from mfsr_app.parts import AppFiles
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images import Picture

ROOT = Path(__file__).parents[3]
SRGB = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
WHITE, RED, GREEN, BLUE = QPointF(0.3127, 0.329), QPointF(0.64, 0.33), QPointF(0.3, 0.6), QPointF(0.15, 0.06)
SWAPPED = bytes(QColorSpace(WHITE, GREEN, RED, BLUE, QColorSpace.TransferFunction.SRgb).iccProfile().data())
"""A made-up screen whose first channel glows green and whose second glows red."""
REDDISH, GREENISH = (200, 30, 60), (30, 200, 60)


def near(found, expected, most=3):
    return np.abs(np.asarray(found, int) - np.asarray(expected, int)).max() <= most


def plain(color, width=64, height=48):
    return Picture(np.full((height, width, 3), np.array(color) / 255, np.float32))


def shown_color(pane):
    color = QColor(pane.grab().toImage().pixel(pane.width() // 2, pane.height() // 2))
    return color.red(), color.green(), color.blue()


def test_colours_are_made_for_the_screen_and_back():
    pixels = np.full((2, 3, 3), REDDISH, np.uint8)
    on_screen = to_screen(None, SWAPPED)(pixels)
    assert near(on_screen, GREENISH)
    assert near(from_screen(SWAPPED)(on_screen), REDDISH)


def test_a_picture_in_the_screens_own_space_is_shown_as_it_is():
    assert to_screen(SWAPPED, SWAPPED) is None
    assert to_screen(None, bytes(SRGB.iccProfile().data())) is None


@pytest.mark.parametrize("screen", [None, b"", b"no profile"])
def test_what_is_no_profile_counts_as_srgb(screen):
    assert to_screen(None, screen) is None
    assert from_screen(screen) is None
    assert not is_for_screens(screen)


@pytest.fixture
def places():
    """Where a profile was looked for."""
    return []


@pytest.fixture
def parts(make_parts, places):
    return make_parts(kept=AppFiles(screen_profile=lambda place: places.append(place) or SWAPPED))


@pytest.fixture
def window(show_window, parts, places, files, upscaler, qtbot):
    """On the made-up screen, with a reddish photograph open and computed."""
    files.pictures["red.png"] = plain(REDDISH)
    shown = show_window(parts)
    qtbot.waitUntil(lambda: parts.states.document.screen == SWAPPED)
    assert places == [ScreenPlace("offscreen")]
    shown.open_path(Path("red.png"))
    upscaling = parts.states.upscaling
    qtbot.waitUntil(lambda: upscaling.shown is not None and upscaling.shown.is_whole)
    qtbot.waitUntil(lambda: parts.states.document.enlarged is not None)
    return shown


def test_everything_in_the_panes_is_in_the_screens_colours_and_the_values_are_the_files(window, parts):
    states = parts.states
    result = tuple(c - 13 for c in REDDISH)
    assert near(shown_color(window.page.viewer.left), GREENISH, 6)
    assert near(shown_color(window.page.viewer.right), (result[1], result[0], result[2]), 8)
    spot = Rect(99, 99, 1, 1)
    assert near(states.comparison.shown_left().cells.read(spot)[0, 0], REDDISH, 0)
    assert near(states.comparison.shown_right().cells.read(spot)[0, 0], result, 1)
    assert near(states.upscaling.shown.result.pixels[5, 5] * 255, result, 1)


@pytest.mark.parametrize("kind", [ExportKind.VIEW, ExportKind.PAIR, ExportKind.TURNS])
def test_exports_are_in_srgb(window, parts, kind, tmp_path, qtbot):
    path = tmp_path / ("out.webp" if kind is ExportKind.TURNS else "out.png")
    exporting = parts.states.exporting
    with qtbot.waitSignal(exporting.exported):
        exporting.export(kind, path, window.page.viewer.grab().toImage())
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert near(pixels[pixels.shape[0] // 2, pixels.shape[1] // 4], REDDISH, 12)


def test_on_another_screen_everything_is_shown_anew_and_nothing_whole_is_computed_again(
    window, parts, upscaler, at_rest, qtbot
):
    states = parts.states
    asked = len(upscaler.requests)
    states.document.set_screen(None)
    qtbot.waitUntil(lambda: near(shown_color(window.page.viewer.left), REDDISH, 6))
    result = tuple(c - 13 for c in REDDISH)
    qtbot.waitUntil(lambda: near(shown_color(window.page.viewer.right), result, 6))
    at_rest(parts)
    assert len(upscaler.requests) == asked


def test_a_result_that_is_made_ready_while_the_screen_changes_is_not_computed_again(
    parts, upscaler, at_rest, qtbot, monkeypatch
):
    states, held = parts.states, []
    results = states.upscaling.results
    convert = results.convert
    monkeypatch.setattr(results, "convert", lambda *given: held.append(given))
    states.document.open(Path("small.png"))
    qtbot.waitUntil(lambda: len(held) == 1)
    with qtbot.waitSignal(states.document.recolored):
        states.document.set_screen(SWAPPED)
    monkeypatch.setattr(results, "convert", convert)
    convert(*held[0])
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    at_rest(parts)
    assert len(upscaler.requests) == 1


def test_a_part_is_computed_again_for_another_screen_and_keeps_its_values(parts, files, upscaler, qtbot):
    files.pictures["red.png"] = plain(REDDISH, 640, 400)
    states = parts.states
    states.upscaling.set_computes_whole(False)
    states.view.set_port(Size(200, 200))
    states.document.open(Path("red.png"))
    qtbot.waitUntil(lambda: states.document.current is not None)
    states.view.zoom_to(1.0)

    def is_there():
        shown = states.upscaling.shown
        return shown is not None and states.upscaling.is_in_view(shown) and states.upscaling.activity is None

    qtbot.waitUntil(is_there)
    states.document.set_screen(SWAPPED)
    qtbot.waitUntil(lambda: states.document.current.screen == SWAPPED)
    qtbot.waitUntil(is_there)
    spot = states.view.visible.scaled(4)
    image = states.upscaling.shown.growing.images[0]
    color = image.pixelColor(spot.x + 5, spot.y + 5)
    assert near((color.red(), color.green(), color.blue()), (17, 187, 47), 8)
    values = states.comparison.shown_right().cells.read(Rect(spot.x + 5, spot.y + 5, 1, 1))[0, 0]
    assert near(values, tuple(c - 13 for c in REDDISH), 1)


def test_a_file_that_is_added_while_the_screen_changes_is_shown_in_the_colours_of_the_new_one(
    window, parts, files, qtbot
):
    files.pictures["green.png"] = plain(GREENISH)
    states = parts.states
    states.document.set_screen(None)
    states.beside.add(Path("green.png"))
    qtbot.waitUntil(lambda: states.comparison.right.path == Path("green.png"))
    qtbot.waitUntil(lambda: near(shown_color(window.page.viewer.right), GREENISH, 6))
    assert states.document.current.screen is None


def test_a_file_that_is_gone_by_now_is_still_shown_in_the_colours_of_the_new_screen(window, parts, files, qtbot):
    files.pictures["green.png"] = plain(GREENISH)
    states = parts.states
    states.beside.add(Path("green.png"))
    qtbot.waitUntil(lambda: states.comparison.right.path == Path("green.png"))
    del files.pictures["green.png"]
    states.document.set_screen(None)
    qtbot.waitUntil(lambda: near(shown_color(window.page.viewer.right), GREENISH, 6))
    assert parts.messages.newest is None or "not a picture" not in parts.messages.newest.text


def test_of_files_added_one_after_the_other_only_those_that_can_be_shown_stay_in_memory(window, parts, files, qtbot):
    states = parts.states
    for name in ("a.png", "b.png", "c.png"):
        files.pictures[name] = plain(GREENISH)
        states.beside.add(Path(name))
        qtbot.waitUntil(lambda name=name: states.comparison.right.path == Path(name))
    assert tuple(states.beside._plain) == states.comparison.files == (Path("c.png"),)


def test_a_profile_chosen_in_the_settings_wins_over_the_systems(window, parts, tmp_path, qtbot):
    settings, document = parts.around.settings, parts.states.document
    path = tmp_path / "wide.icc"
    wide = bytes(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3).iccProfile().data())
    path.write_bytes(wide)
    settings.change(screen_profile=str(path))
    qtbot.waitUntil(lambda: document.screen == wide)
    settings.change(screen_profile="")
    qtbot.waitUntil(lambda: document.screen == SWAPPED)


def test_a_file_that_is_no_profile_is_told_and_srgb_is_used(window, parts, tmp_path, qtbot):
    settings, document = parts.around.settings, parts.states.document
    (tmp_path / "letter.txt").write_text("Dear screen")
    settings.change(screen_profile=str(tmp_path / "letter.txt"))
    qtbot.waitUntil(lambda: document.screen is None)
    assert "no colour profile" in parts.messages.newest.text
    settings.change(screen_profile=str(tmp_path / "gone.icc"))
    qtbot.waitUntil(lambda: "cannot be read" in parts.messages.newest.text)


def test_where_the_system_converts_by_itself_no_profile_is_used():
    assert system_profile(ScreenPlace("wayland")) is None
    assert system_profile(ScreenPlace("offscreen")) is None


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
@pytest.mark.parametrize("number", [0, 1])
def test_the_profile_of_an_x11_screen_is_found(tmp_path, number):
    (tmp_path / "swapped.icc").write_bytes(SWAPPED)
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "320x200x24"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        with os.fdopen(read_end) as numbers:
            display = f":{numbers.readline().strip()}"
        command = [sys.executable, "-m", "tests.fakes.screen_with_profile", str(tmp_path / "swapped.icc"), str(number)]
        environment = os.environ | {"DISPLAY": display}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=True
        )
    finally:
        server.terminate()
        server.wait()
    assert done.stdout.splitlines() == ["before None", "same True", "other screen None"]


def test_a_picture_is_converted_for_the_screen_in_one_go_with_what_was_prepared_before(monkeypatch):
    convert = to_screen(None, SWAPPED)
    converted = []
    apply = ImageCms.applyTransform
    monkeypatch.setattr(ImageCms, "buildTransform", lambda *_, **__: pytest.fail("prepared anew"))
    monkeypatch.setattr(
        ImageCms, "applyTransform", lambda image, *given: converted.append(image.size) or apply(image, *given)
    )
    convert(np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8))
    assert converted == [(300, 200)]
