"""Folders appear whole, in place of older ones, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfsr_engine.files.atomic import atomic_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is there already."""
    path = tmp_path / "root" / "folder"
    path.mkdir(parents=True)
    (path / "old").write_text("1")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_folder_appears_with_the_folders_it_needs(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "a" / "b") as staging:
        (staging / "x").write_text("1")
        assert not (tmp_path / "a" / "b").exists()
    assert names(tmp_path / "a") == ["b"]
    assert names(tmp_path / "a" / "b") == ["x"]


def test_an_older_one_is_replaced_when_all_is_well_and_not_mixed_with_the_new(folder: Path) -> None:
    with atomic_folder(folder) as staging:
        (staging / "new").write_text("1")
        assert names(folder) == ["old"]
    assert names(folder) == ["new"]
    assert names(folder.parent) == ["folder"]


def test_what_the_last_check_raises_leaves_the_older_one(folder: Path) -> None:
    def refuse() -> None:
        raise ValueError

    with pytest.raises(ValueError), atomic_folder(folder, refuse):
        pass
    assert names(folder) == ["old"]
    assert names(folder.parent) == ["folder"]


def test_the_older_one_comes_back_if_the_new_one_cannot_be_moved_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if ".installing-" in self.name:
            raise PermissionError
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PermissionError), atomic_folder(folder):
        pass
    assert names(folder) == ["old"]
    assert names(folder.parent) == ["folder"]


def test_a_link_stays_and_what_it_leads_to_is_replaced(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    with atomic_folder(link) as staging:
        (staging / "new").write_text("1")
    assert link.is_symlink()
    assert names(link) == ["new"]
