"""Models appear in the store whole or not at all, and go away whole."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

import pytest

from mfsr_engine.errors import ModelError
from mfsr_engine.files.paths import bundled_models_dir
from mfsr_engine.hub import install
from mfsr_engine.hub.store import InstalledModel
from mfsr_engine.models.card import read_card
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def fail_with(error: BaseException, staging: Path) -> None:
    (staging / "x").write_text("1")
    raise error


def entries(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def test_a_model_appears_when_the_block_ends_well(tmp_path: Path) -> None:
    with install.installing(tmp_path / "models", "a") as staging:
        (staging / "x").write_text("1")
        assert not (tmp_path / "models" / "a").exists()
    assert entries(tmp_path / "models") == ["a"]
    assert (tmp_path / "models" / "a" / "x").read_text() == "1"


@pytest.mark.parametrize("error", [ModelError("bad"), KeyboardInterrupt(), OSError(errno.ENOSPC, "No space")])
def test_a_failure_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else ModelError
    with pytest.raises(expected), install.installing(tmp_path, "a") as staging:
        fail_with(error, staging)
    assert entries(tmp_path) == []


def test_a_full_disk_while_copying_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"No space left.*Free space"), install.installing(tmp_path, "a"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ModelError, match="mfsr models remove a"), install.installing(tmp_path, "a"):
        pass
    with pytest.raises(ModelError, match="meanwhile"), install.installing(tmp_path, "b"):
        (tmp_path / "b").mkdir()
    assert entries(tmp_path) == ["a", "b"]


def test_a_model_is_replaced_whole_if_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "old").write_text("1")
    with install.installing(tmp_path, "a", overwrite=True) as staging:
        (staging / "new").write_text("1")
        assert entries(tmp_path / "a") == ["old"]
    assert entries(tmp_path) == ["a"]
    assert entries(tmp_path / "a") == ["new"]


def test_a_failure_leaves_the_model_that_was_to_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ModelError), install.installing(tmp_path, "a", overwrite=True) as staging:
        fail_with(ModelError("bad"), staging)
    assert entries(tmp_path) == ["a"]


def test_leftovers_of_killed_programs_go_after_a_day(tmp_path: Path) -> None:
    old, young = tmp_path / ".installing-x-1", tmp_path / ".removing-y-2"
    for path in (old, young):
        path.mkdir()
    os.utime(old, (0, 0))
    with install.installing(tmp_path, "a"):
        pass
    assert entries(tmp_path) == [".removing-y-2", "a"]


def test_files_are_linked_where_the_disk_can_and_copied_where_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.write_text("1")
    install.place(source, tmp_path / "linked" / "file")
    assert (tmp_path / "linked" / "file").samefile(source)

    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(os, "link", refuse)
    install.place(source, tmp_path / "copied")
    assert not (tmp_path / "copied").samefile(source)
    assert (tmp_path / "copied").read_text() == "1"


@pytest.fixture
def model(make_model: Callable[..., Path]) -> InstalledModel:
    folder = make_model("mine")
    install.write_checksums(folder, Progress())
    return InstalledModel(folder, read_card(folder))


def test_an_untouched_model_is_sound(model: InstalledModel) -> None:
    verdict = install.verify(model, Progress())
    assert verdict.faults == ()
    assert verdict.checked_files == 4


def test_changed_missing_and_unreadable_files_are_named(model: InstalledModel) -> None:
    with (model.folder / "prompts.safetensors").open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"?")
    assert install.verify(model, Progress()).faults == ("prompts.safetensors has changed since it was installed.",)
    (model.folder / "transformer" / "config.json").unlink()
    faults = install.verify(model, Progress()).faults
    assert "transformer/config.json is missing." in faults
    assert any("cannot be used" in fault for fault in faults)


@pytest.mark.parametrize("text", ["no json", '{"../../x": "0"}', '{"a": 3}', "[1]"])
def test_a_damaged_list_of_checksums_is_a_fault(model: InstalledModel, text: str) -> None:
    (model.folder / install.CHECKSUMS_FILE).write_text(text)
    (fault,) = install.verify(model, Progress()).faults
    assert "checksums.json is damaged" in fault


def test_a_model_without_a_list_is_judged_by_its_parts(model: InstalledModel) -> None:
    (model.folder / install.CHECKSUMS_FILE).unlink()
    assert install.verify(model, Progress()) == install.Verdict(0, ())


def test_checksums_follow_what_the_program_changes(model: InstalledModel) -> None:
    (model.folder / "model.toml").write_text((model.folder / "model.toml").read_text() + "\n")
    install.update_checksum(model.folder, ("model.toml",), Progress())
    assert install.verify(model, Progress()).faults == ()
    assert len(json.loads((model.folder / install.CHECKSUMS_FILE).read_text())) == 4


@pytest.mark.parametrize("name", ["mfsr-small", "mfsr-small-teacher"])
def test_the_bundled_models_are_what_their_checksums_say(name: str) -> None:
    folder = bundled_models_dir() / name
    verdict = install.verify(InstalledModel(folder, read_card(folder)), Progress())
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != install.CHECKSUMS_FILE]
    assert verdict.faults == (), (
        "after a change to a bundled model, write its checksums anew: `install.write_checksums`"
    )
    assert verdict.checked_files == len(files)


def test_only_own_models_are_removed(model: InstalledModel, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="left alone"):
        install.remove(model, tmp_path)
    assert model.folder.is_dir()
    install.remove(model, model.folder.parent)
    assert entries(model.folder.parent) == []
