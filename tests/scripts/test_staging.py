"""The bundle's folder: everything that is needed to start the window is in it."""

import os
import subprocess
import sys
import tomllib

import pytest

from mfsr_engine import __version__


@pytest.fixture(scope="module")
def staged(tmp_path_factory, request):
    from pathlib import Path

    folder = tmp_path_factory.mktemp("bundle")
    script = Path(request.config.rootpath) / "scripts" / "package"
    subprocess.run([sys.executable, script, "--folder", folder], check=True, capture_output=True)
    return folder


@pytest.fixture
def settings(staged):
    return tomllib.loads((staged / "pyproject.toml").read_text(encoding="utf-8"))


def project_settings(request):
    return tomllib.loads((request.config.rootpath / "pyproject.toml").read_text(encoding="utf-8"))


def test_metadata_and_requirements_are_the_project_s_own(settings, request):
    own = {
        name: value
        for name, value in project_settings(request)["project"].items()
        if name not in ("optional-dependencies", "scripts", "dynamic")
    }
    assert settings["project"] == {"version": __version__, **own}


def test_the_version_is_the_engine_s(settings):
    assert settings["tool"]["briefcase"]["version"] == __version__


def test_licences_and_the_notice_are_in_the_bundle(staged, settings):
    for pattern in settings["project"]["license-files"]:
        assert list(staged.glob(pattern)), pattern


def test_every_package_of_the_wheel_is_listed_and_there(staged, settings, request):
    packages = project_settings(request)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    sources = settings["tool"]["briefcase"]["app"]["mfsr-app"]["sources"]
    assert set(sources) == {*packages, "resources"}
    assert all((staged / package / "__init__.py").is_file() for package in packages)


def test_the_app_s_name_is_that_of_a_package_that_starts(staged, settings):
    (name,) = settings["tool"]["briefcase"]["app"]
    assert (staged / name.replace("-", "_") / "__main__.py").is_file()


def test_the_staged_copy_finds_its_own_resources(staged):
    code = "from mfsr_engine.files.paths import resources_dir; print(resources_dir())"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=staged, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(staged / "resources")


def test_what_an_older_run_left_is_gone(load_script, tmp_path):
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "stale.py").touch()
    load_script("staging").stage(folder)
    assert not (folder / "stale.py").exists()
    assert (folder / "LICENSE").is_file()
