"""Auto beside the fidelity slider: what suits each photograph, with what was measured, in the window and for the queue."""

from pathlib import Path

import numpy as np
import pytest

from mfsr_app.queue.output import QueueOutput
from mfsr_engine.batch.naming import OutputSettings
from mfsr_engine.images.picture import Picture
from tests.fakes.scripted_files import KEPT


@pytest.fixture
def states(window, parts, files, monkeypatch, qtbot):
    """A window on a clean picture; `noisy.png` is noisy."""
    plain = files.read

    def read(path):
        if path.name != "noisy.png":
            return plain(path)
        noise = np.random.default_rng(0).standard_normal((48, 64, 3)).astype(np.float32)
        return Picture(np.clip(0.5 + noise * 0.1, 0, 1), kept=KEPT)

    monkeypatch.setattr(files, "read", read)
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(Path("small.png"))
    return parts.states


def test_it_takes_what_suits_each_photograph_and_says_why(states, window, qtbot):
    controls = window.page.controls
    assert not controls.fidelity_auto.isChecked()
    assert states.choices.settings.fidelity == 0
    controls.fidelity_auto.click()
    assert states.choices.settings.fidelity == 0.5
    assert controls.fidelity.value() == 10
    assert controls.fidelity_words == "Auto: 50 % (noise 0, blocks 0 of 255)"
    with qtbot.waitSignal(states.document.opened):
        window.open_path(Path("noisy.png"))
    assert states.choices.settings.fidelity == 0
    assert controls.fidelity_words.startswith("Auto: 0 % (noise 2")


def test_the_slider_takes_over(states, window):
    controls = window.page.controls
    controls.fidelity_auto.click()
    controls.fidelity.setValue(3)
    assert not controls.fidelity_auto.isChecked()
    assert states.choices.settings.fidelity == 0.15
    assert not controls.fidelity_words.startswith("Auto")


def test_the_queue_chooses_for_each_of_its_pictures(states, window, qtbot):
    output = QueueOutput(states.choices, OutputSettings())
    with qtbot.waitSignal(output.changed):
        window.page.controls.fidelity_auto.click()
    settings = output.run_plan.settings
    assert settings.is_fidelity_auto
    states.choices.set_fidelity(0.3)
    settings = output.run_plan.settings
    assert not settings.is_fidelity_auto
    assert settings.fidelity == 0.3
