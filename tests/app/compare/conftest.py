"""A photograph that several tests of the compare page open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mfsr_engine.images.picture import Picture
from tests.fakes.scripted_files import KEPT, ScriptedFiles

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.compare.states import CompareStates
    from mfsr_app.parts import WindowParts
    from mfsr_app.window import MainWindow


@pytest.fixture
def photo(tmp_path: Path, files: ScriptedFiles) -> Path:
    """A file of 40 x 20 pixels that grow brighter to the right."""
    path = tmp_path / "photo.png"
    path.write_bytes(b"stands in for a photograph")
    ramp = np.broadcast_to(np.linspace(0, 1, 40, dtype=np.float32)[None, :, None], (20, 40, 3)).copy()
    files.pictures[path.name] = Picture(ramp, kept=KEPT)
    return path


@pytest.fixture
def opened(window: MainWindow, parts: WindowParts, photo: Path, qtbot) -> CompareStates:
    """The states once that photograph is open in the window."""
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(photo)
    return parts.states
