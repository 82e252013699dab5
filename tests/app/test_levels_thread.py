"""Half-size levels and conversions of whole pictures are made in other threads than the window's."""

import threading
from pathlib import Path

from mfsr_app import raster
from mfsr_app.application import Kept


def test_no_level_is_made_in_the_windows_thread(make_parts, upscaler, files, theme, qtbot, monkeypatch):
    from mfsr_app.window import MainWindow

    made, half = [], raster._half
    monkeypatch.setattr(raster, "_half", lambda level: made.append(threading.current_thread()) or half(level))
    parts = make_parts(kept=Kept(measure=lambda result, source, factor, progress: source[..., 0]))
    window = MainWindow(parts)
    qtbot.addWidget(window)
    window.show()
    window.open_path(Path("wide.png"))
    states = parts.states
    upscaler.tile_px = 400
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole, timeout=20_000)
    qtbot.waitUntil(lambda: states.document.enlarged is not None)
    window.actions_table["support"].trigger()
    qtbot.waitUntil(lambda: bool(states.comparison.overlays))
    states.beside.add(Path("wide.png"))
    qtbot.waitUntil(lambda: states.comparison.right.path == Path("wide.png"))
    states.sweep.start()
    qtbot.waitUntil(lambda: states.sweep.done == 2, timeout=20_000)
    assert len(made) > 8
    assert threading.main_thread() not in made
    window.close()
