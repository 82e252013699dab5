"""Parts that models share are listed once fetched, and can be taken away without harm to models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfsr_engine import cli
from mfsr_engine.errors import ModelError
from mfsr_engine.files import paths
from mfsr_engine.hub import parts
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.hub.parts import local_path, parts_dir
from mfsr_engine.models.families import all_text_encoders

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mfsr_engine.hub.catalogue import HubFile

ENCODERS = Catalogue.default().find(all_text_encoders()[0].entry)
BASE = Catalogue.default().find("sd35_base")


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))
    return paths.user_models_dir()


def fetch(files: Iterable[HubFile], root: Path) -> None:
    for file in files:
        path = local_path(root, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)


def listed(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What is there, and what is to be had."""
    capsys.readouterr()
    assert cli.main(["models", "list"]) == 0
    before, _, after = capsys.readouterr().out.partition("To be had")
    return before, after


def test_a_part_is_listed_once_it_is_there(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there, to_be_had = listed(capsys)
    assert (ENCODERS.name in there, ENCODERS.name in to_be_had) == (False, True)
    fetch([file for file in ENCODERS.files if not file.is_optional], root)
    assert parts.is_fetched(ENCODERS, root)
    there, to_be_had = listed(capsys)
    assert (ENCODERS.name in there, ENCODERS.name in to_be_had) == (True, False)
    assert "so far" not in there


def test_half_a_part_says_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fetch(ENCODERS.files[:3], root)
    assert not parts.is_fetched(ENCODERS, root)
    assert "so far; pull it again" in listed(capsys)[0]


def test_a_part_is_removed_and_others_of_its_repository_stay(root: Path) -> None:
    fetch([*ENCODERS.files, *BASE.files], root)
    assert cli.main(["models", "remove", ENCODERS.name, "--yes"]) == 0
    assert parts.fetched_bytes(ENCODERS, root) == 0
    assert parts.is_fetched(BASE, root)
    left = {path.name for path in (parts_dir(root) / "stabilityai--stable-diffusion-3.5-medium").iterdir()}
    assert left == {"vae", "scheduler"}
    assert cli.main(["models", "remove", BASE.name, "--yes"]) == 0
    assert list(parts_dir(root).iterdir()) == []


def test_what_is_not_there_is_not_removed(root: Path) -> None:
    with pytest.raises(ModelError, match="Nothing of"):
        parts.remove_part(ENCODERS, root)
    assert cli.main(["models", "remove", ENCODERS.name, "--yes"]) == 1
