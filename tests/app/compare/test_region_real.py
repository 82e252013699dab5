"""The part in view, computed first by the real engine with the bundled model, equals the same part of the whole but for rounding."""

from pathlib import Path

import numpy as np
import pytest

from mfsr_app.parts import build_parts, real_engine
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images import Picture

pytest.importorskip("torch")


@pytest.fixture
def parts(files, theme, tmp_path, monkeypatch):
    import torch

    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    torch.set_num_threads(1)
    files.pictures["noise.png"] = Picture(np.random.default_rng(0).random((80, 112, 3), np.float32))
    made = build_parts(real_engine, files, theme)
    yield made
    made.stop()


@pytest.mark.slow
def test_the_part_in_view_equals_the_same_part_of_the_whole(parts, qtbot):
    states = parts.states
    states.upscaling.set_computes_whole(False)
    states.choices.set_seed(11)
    states.choices.set_fidelity(0.3)
    states.view.set_port(Size(120, 100))
    states.document.open(Path("noise.png"))
    qtbot.waitUntil(lambda: states.document.current is not None)
    states.view.zoom_to(1.0)

    def is_there():
        shown = states.upscaling.shown
        return shown is not None and states.upscaling.is_in_view(shown) and states.upscaling.activity is None

    qtbot.waitUntil(is_there, timeout=600_000)
    seen = states.view.visible.scaled(4)
    assert not states.upscaling.shown.is_whole
    part = states.upscaling.shown.growing.copied(seen)
    states.upscaling.compute_whole()
    qtbot.waitUntil(lambda: states.upscaling.shown.is_whole, timeout=600_000)
    whole = states.upscaling.shown.cells(None).read(seen)
    difference = np.abs(part.astype(int) - whole.astype(int))  # sums of another shape end in another last bit
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-4
    assert np.ptp(part) > 50
    moved = Rect(seen.x - 4, seen.y, seen.width, seen.height)
    assert not np.array_equal(part, states.upscaling.shown.cells(None).read(moved)), "it can tell"
