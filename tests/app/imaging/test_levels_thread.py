"""Half-size levels, conversions of whole pictures and the memory of results are made in other threads than the window's."""

import threading
from pathlib import Path

from mfsr_app.imaging import raster
from mfsr_app.imaging.raster import GrowingRaster
from mfsr_app.parts import AppFiles
from mfsr_engine.geometry import Size


def test_no_level_is_made_in_the_windows_thread(make_parts, upscaler, files, theme, qtbot, monkeypatch):
    from mfsr_app.window import MainWindow

    made, half = [], raster._half
    monkeypatch.setattr(raster, "_half", lambda level: made.append(threading.current_thread()) or half(level))
    parts = make_parts(kept=AppFiles(measure=lambda result, source, factor, progress: source[..., 0]))
    window = MainWindow(parts)
    qtbot.addWidget(window)
    window.show()
    window.open_path(Path("wide.png"))
    states = parts.states
    upscaler.tile_px = 400
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    qtbot.waitUntil(lambda: states.document.enlarged is not None)
    window.actions_table["consistency"].trigger()
    qtbot.waitUntil(lambda: bool(states.comparison.overlays))
    states.beside.add(Path("wide.png"))
    qtbot.waitUntil(lambda: states.comparison.right.path == Path("wide.png"))
    states.sweep.start()
    qtbot.waitUntil(lambda: states.sweep.done >= 2)
    assert len(made) > 8
    assert threading.main_thread() not in made
    window.close()


def test_no_tile_is_written_or_read_whole_in_the_windows_thread(make_parts, upscaler, qtbot, monkeypatch):
    """What is touched for the first time is cleared by the system: the first tile of a row takes many times a copy."""
    worked = {"fill": [], "copied": []}
    for name, threads in worked.items():
        monkeypatch.setattr(GrowingRaster, name, _noting(getattr(GrowingRaster, name), threads))
    parts = make_parts(kept=AppFiles(measure=lambda result, source, factor, progress: source[..., 0]))
    states = parts.states
    states.upscaling.set_computes_whole(False)
    states.view.set_port(Size(200, 200))
    states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: states.document.current is not None)
    states.view.zoom_to(1.0)
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.is_in_view(states.upscaling.shown))
    states.consistency.toggle()
    qtbot.waitUntil(lambda: bool(states.comparison.overlays))
    states.sweep.start()
    qtbot.waitUntil(lambda: states.sweep.is_open and not states.sweep.is_running)
    assert all(states.upscaling.is_in_view(kept) for kept in states.upscaling.results.all())
    states.upscaling.compute_whole()
    qtbot.waitUntil(lambda: states.upscaling.shown.is_whole)
    assert len(worked["fill"]) > 8
    assert len(worked["copied"]) > 0
    assert threading.main_thread() not in worked["fill"] + worked["copied"]


def _noting(method, threads):
    """The same method, which also notes the thread it is called in."""

    def called(*arguments):
        threads.append(threading.current_thread())
        return method(*arguments)

    return called
