"""What a screen reader is told: every message, and that a picture is ready."""

from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible

from mfsr_app import screen_reader


@pytest.fixture
def said(monkeypatch):
    heard: list[str] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(screen_reader.QAccessible, "updateAccessibility", lambda event: heard.append(event.message()))
    return heard


def test_a_finished_picture_is_announced(window, parts, said, qtbot):
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["The picture is ready: 256 × 192 pixels, made in one step."]
    parts.states.choices.set_steps(2)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1].endswith("made in 2 steps.")


def test_messages_are_announced(window, parts, said):
    parts.messages.tell("It is saved.")
    assert said == ["It is saved."]


def test_nothing_is_said_where_nobody_listens(window, parts, said, monkeypatch):
    monkeypatch.setattr(QAccessible, "isActive", lambda: False)
    parts.messages.tell("It is saved.")
    assert said == []
