"""Places of resources and of the user's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.files import paths

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_one_variable_moves_everything_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    assert paths.data_dir() == tmp_path / "data"
    assert paths.config_dir() == tmp_path / "config"
    assert paths.cache_dir() == tmp_path / "cache"
    assert paths.user_models_dir() == tmp_path / "data" / "models"
    assert list(tmp_path.iterdir()) == []  # naming a place does not make it


def test_without_it_the_systems_own_places_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(paths.HOME_VARIABLE, raising=False)
    for place in (paths.data_dir(), paths.config_dir(), paths.cache_dir()):
        assert place.is_absolute()
        assert paths.APP_NAME in place.parts


def test_resources_lie_beside_the_package_in_a_source_tree_and_inside_it_in_a_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "site" / "mfsr_engine"
    package.mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(package / "files" / "paths.py"))
    assert paths.resources_dir() == tmp_path / "site" / "resources"
    (package / "resources").mkdir()
    assert paths.resources_dir() == package / "resources"
