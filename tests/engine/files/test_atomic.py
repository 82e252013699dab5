"""Small files of the engine are written whole or not at all: a write that fails leaves what was there."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from mfsr_engine.files import atomic
from mfsr_engine.hub import install
from mfsr_engine.models.card import CARD_FILE, FamilyName, ModelCard, write_card
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CARD = ModelCard(name="a", title="A", family=FamilyName.COMPACT, licence="MIT")


def write_by_name(folder: Path) -> None:
    """As libraries do that open files themselves."""
    with atomic.replaced(folder / "by_name.txt") as temporary:
        temporary.write_text("new")


WRITERS = [
    ("by_name.txt", write_by_name),
    (CARD_FILE, lambda folder: write_card(CARD, folder)),
    (install.CHECKSUMS_FILE, lambda folder: install.write_checksums(folder, Progress())),
    ("any.txt", lambda folder: atomic.write_text(folder / "any.txt", "new")),
]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[Path], None], step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    (tmp_path / name).write_text("old")
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="full"):
        write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "old"


def test_what_is_soon_written_anew_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda *_: pytest.fail("waited"))
    atomic.write_text(tmp_path / "a.txt", "new", is_durable=False)
    assert (tmp_path / "a.txt").read_text() == "new"


def test_text_is_written_in_utf_8_and_missing_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "one" / "a.txt"
    for text in ("ä\n", "ö\n"):
        atomic.write_text(path, text)
        assert path.read_bytes() == text.encode()
    assert list(path.parent.iterdir()) == [path]
