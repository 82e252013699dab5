"""Installation: done once, done again when requirements change, and honest about what is missing."""

import sys
from pathlib import Path

import pytest


@pytest.fixture
def environment(load_script, tmp_path, monkeypatch):
    """The script on a project of its own, with pip and apt noted instead of run."""
    script = load_script("environment")
    (tmp_path / "pyproject.toml").write_text("one", encoding="utf-8")
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    script.calls = []
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "run", lambda *words, **_: script.calls.append([str(word) for word in words]) or 0)
    monkeypatch.setattr(script, "install_system_libraries", lambda: None)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "venv"))
    return script


def test_the_active_environment_is_used(environment, tmp_path):
    assert environment.prepare() == tmp_path / "venv" / "bin" / "python"
    assert environment.calls[0][0] == str(tmp_path / "venv" / "bin" / "python")


def test_everything_is_installed_by_one_command_of_pip(environment):
    environment.prepare("[dev]")
    (words,) = environment.calls
    assert words[1:4] == ["-m", "pip", "install"]
    assert words[-1] == ".[dev]"


def test_the_second_time_nothing_is_installed(environment):
    environment.prepare()
    environment.prepare()
    assert len(environment.calls) == 1


def test_what_development_needs_covers_what_the_program_needs(environment):
    environment.prepare("[dev]")
    environment.prepare()
    assert len(environment.calls) == 1


def test_what_the_program_needs_does_not_cover_development(environment):
    environment.prepare()
    environment.prepare("[dev]")
    assert len(environment.calls) == 2


def test_new_requirements_are_installed(environment, tmp_path):
    environment.prepare()
    (tmp_path / "pyproject.toml").write_text("two", encoding="utf-8")
    environment.prepare()
    assert len(environment.calls) == 2


def test_a_failed_installation_is_told_and_tried_again(environment, monkeypatch):
    codes = [1, 0]
    monkeypatch.setattr(environment, "run", lambda *_, **__: codes.pop(0))
    with pytest.raises(SystemExit, match="installation failed"):
        environment.prepare()
    environment.prepare()
    assert not codes


def test_an_environment_without_python_is_told(environment, tmp_path):
    (tmp_path / "venv" / "bin" / "python").unlink()
    with pytest.raises(SystemExit, match="deactivate"):
        environment.prepare()


def test_an_old_python_is_told_with_the_way_out(environment, monkeypatch):
    monkeypatch.setattr(environment, "_is_new_enough", lambda _: False)
    with pytest.raises(SystemExit, match="apt-get install -y python3 python3-venv"):
        environment._new_enough_python()


def test_a_python_without_venv_is_told_with_the_way_out(environment, monkeypatch, tmp_path):
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(environment, "_new_enough_python", lambda: str(broken))
    monkeypatch.setattr(environment, "_may_use_apt", lambda: False)
    with pytest.raises(SystemExit, match="apt-get install -y python3-venv"):
        environment._make_environment(tmp_path / "new")


class TestSystemLibraries:
    @pytest.fixture
    def script(self, load_script, monkeypatch):
        script = load_script("environment")
        script.calls = []
        monkeypatch.setattr(script, "run", lambda *words, **_: script.calls.append(words) or 0)
        monkeypatch.setattr(script.sys, "platform", "linux")
        monkeypatch.setattr(script, "_missing_packages", lambda: ["libegl1", "libgl1"])
        return script

    def test_root_on_debian_installs_them(self, script, monkeypatch):
        monkeypatch.setattr(script, "_may_use_apt", lambda: True)
        script.install_system_libraries()
        assert script.calls[-1][:3] == ("apt-get", "install", "-y")
        assert script.calls[-1][-2:] == ("libegl1", "libgl1")

    def test_others_are_told_the_line(self, script, monkeypatch, capsys):
        monkeypatch.setattr(script, "_may_use_apt", lambda: False)
        script.install_system_libraries()
        assert not script.calls
        assert "sudo apt-get install -y libegl1 libgl1" in capsys.readouterr().err

    def test_where_nothing_is_missing_nothing_is_said(self, script, monkeypatch, capsys):
        monkeypatch.setattr(script, "_missing_packages", list)
        script.install_system_libraries()
        assert capsys.readouterr().err == ""

    def test_a_system_without_fonts_gets_one(self, load_script, monkeypatch, tmp_path):
        script = load_script("environment")
        monkeypatch.setattr(script, "FONT_FOLDER", tmp_path)
        assert "fonts-dejavu-core" in script._missing_packages()
        Path(tmp_path / "a.ttf").touch()
        assert "fonts-dejavu-core" not in script._missing_packages()
