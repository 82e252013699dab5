"""What may know what inside the app."""

from pathlib import Path

import pytest

import mfsr_app

FILES = sorted(Path(mfsr_app.__file__).parent.rglob("*.py"))


def sources(folder: str) -> list[Path]:
    return [path for path in FILES if path.parent.name == folder]


def test_there_is_something_to_look_at():
    assert len(FILES) > 30


@pytest.mark.parametrize("path", [f for f in FILES if f.parent.name != "jobs"], ids=lambda p: p.stem)
def test_only_jobs_start_threads(path):
    text = path.read_text(encoding="utf-8")
    assert not any(
        word in text for word in ("QThread", "import threading", "multiprocessing", "subprocess", "concurrent")
    )


@pytest.mark.parametrize("path", sources("state"), ids=lambda p: p.stem)
def test_state_knows_no_widgets(path):
    text = path.read_text(encoding="utf-8")
    assert "QtWidgets" not in text
    assert "mfsr_app.widgets" not in text
    assert "mfsr_app.pages" not in text


@pytest.mark.parametrize("path", sources("widgets"), ids=lambda p: p.stem)
def test_widgets_know_no_jobs_and_no_pages(path):
    text = path.read_text(encoding="utf-8")
    assert not any(word in text for word in ("mfsr_app.jobs", "mfsr_app.pages", "mfsr_app.window"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_torch_is_never_named(path):
    assert "import torch" not in path.read_text(encoding="utf-8")
