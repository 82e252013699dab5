"""What settings allow, in whose words, and how they survive a file: whole, partly wrong, or damaged."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mfsr_engine import cli, images
from mfsr_engine.api import DeviceChoice
from mfsr_engine.batch.naming import LASTING_CONFLICTS, Conflict, OutputSettings
from mfsr_engine.errors import RequestError
from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.files.tables import as_table
from mfsr_engine.geometry import TargetSize
from mfsr_engine.settings.settings import (
    AtClose,
    Preset,
    Settings,
    SettingsError,
    SettingsFile,
    ThemeName,
    field_texts,
    plain_keys,
    with_text,
)

CHANGED = Settings(
    theme=ThemeName.DARK,
    device=DeviceChoice.CPU,
    memory_limit_mib=4096,
    threads=3,
    output=OutputSettings(ImageFormat.JPEG, 80, "{name}_{model}", keep_location=False, folder="out"),
    restores_workspace=False,
    queue_at_close=AtClose.STOP,
    hints_seen=("drop",),
    presets=(Preset("prints", steps=4, fidelity=0.5, size=TargetSize(long_side=3000)), Preset("plain")),
)


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.toml")


@pytest.mark.parametrize("settings", [Settings(), CHANGED], ids=["defaults", "changed"])
def test_what_is_saved_is_what_is_loaded(file: SettingsFile, settings: Settings) -> None:
    file.save(settings)
    assert file.load().settings == settings
    assert file.load().notes == ()
    assert [path.name for path in file.path.parent.iterdir() if path.is_file()] == ["settings.toml"]


def test_without_a_file_there_are_the_defaults_and_nothing_to_tell(file: SettingsFile) -> None:
    assert (file.load().settings, file.load().notes) == (Settings(), ())


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe", b"[output\n"])
def test_a_damaged_file_gives_the_defaults_a_note_and_a_copy(file: SettingsFile, content: bytes) -> None:
    file.path.write_bytes(content)
    loaded = file.load()
    assert loaded.settings == Settings()
    assert "defaults" in loaded.notes[0]
    assert file.path.with_name("settings.toml.bak").read_bytes() == content


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('theme = "pink"', "theme must be one of system, light, dark"),
        ("colour = 3", "colour is not known"),
        ('memory_limit_mib = "much"', "memory_limit_mib must be a whole number"),
        ("memory_limit_mib = -1", "must be 0 or above"),
        ("threads = -1", "must be 0 to 1024"),
        ("threads = 4096", "must be 0 to 1024"),
        ("[output]\nquality = 500", "Quality must be 1 to 100"),
        ("[output]\nkeep_location = 1", "output.keep_location must be true or false"),
        ('[output]\nnaming = "result"', "must hold {name}"),
        ("[[presets]]\nsteps = 2", "needs name"),
    ],
)
def test_only_the_wrong_value_falls_back(file: SettingsFile, line: str, named: str) -> None:
    file.path.write_text(f'language = "en"\n{line}\n', encoding="utf-8")
    loaded = file.load()
    assert loaded.settings == replace(Settings(), language=loaded.settings.language)
    assert loaded.settings.language == "en"
    assert named in loaded.notes[0]
    assert file.path.with_name("settings.toml.bak").is_file()


def test_a_wrong_preset_leaves_the_others(file: SettingsFile) -> None:
    file.path.write_text('[[presets]]\nname = "a"\n[[presets]]\nname = "b"\nfidelity = 7\n', encoding="utf-8")
    loaded = file.load()
    assert loaded.settings.presets[0].name == "a"
    assert "fidelity" in loaded.notes[0]


def test_a_failed_save_says_so_and_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="not saved"):
        SettingsFile(tmp_path / "file" / "settings.toml").save(Settings())


@pytest.mark.parametrize(
    "template", ["{name", "{other}", "{size}", "{name}/{size}", "{name!r}", "{name:>9}", "{name}?", "{0}{name}"]
)
def test_names_that_cannot_be_made_are_refused(template: str) -> None:
    with pytest.raises(RequestError, match="naming"):
        OutputSettings(naming=template)


def test_every_field_has_words() -> None:
    for kind in (Settings, OutputSettings, Preset):
        texts = field_texts(kind)
        assert all(texts[item.name].endswith(".") for item in fields(kind)), kind


def test_everything_but_to_refuse_can_be_settled_for_good() -> None:
    assert set(LASTING_CONFLICTS) == set(Conflict) - {Conflict.REFUSE}


def test_to_refuse_is_no_setting() -> None:
    with pytest.raises(RequestError, match="must be one of unique, overwrite, overwrite-if-changed, skip"):
        with_text(Settings(), "output.conflict", "refuse")


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("theme", "dark", "dark"),
        ("memory_limit_mib", "2048", 2048),
        ("output.keep_location", "no", False),
        ("output.quality", "70", 70),
        ("output.folder", "/somewhere", "/somewhere"),
    ],
)
def test_a_value_can_be_typed(key: str, text: str, value: object) -> None:
    table = as_table(with_text(Settings(), key, text))
    first, _, rest = key.partition(".")
    assert (table[first][rest] if rest else table[first]) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("presets", "x"),
        ("output", "x"),
        ("nothing", "x"),
        ("theme", "pink"),
        ("output.quality", "0"),
        ("output.keep_location", "perhaps"),
        ("memory_limit_mib", "1.5"),
    ],
)
def test_what_cannot_be_set_is_refused_in_words(key: str, text: str) -> None:
    with pytest.raises(RequestError):
        with_text(Settings(), key, text)


def test_the_command_line_sets_and_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["settings", "set", "output.format", "webp"]) == 0
    assert cli.main(["settings", "path"]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert tomllib.loads(path.read_text(encoding="utf-8"))["output"]["format"] == "webp"
    assert cli.main(["settings", "show", "--bare"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == len(plain_keys())
    assert "output.format = webp" in shown
    assert cli.main(["settings", "show"]) == 0
    assert f"# {field_texts(Settings)['theme']}" in capsys.readouterr().out


def test_a_wrong_value_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["settings", "set", "theme", "pink"]) == 2
    assert "system, light, dark" in capsys.readouterr().err


def test_the_command_line_upscales_as_settled(
    tiny_model: Path, tmp_path: Path, photograph: NDArray[np.float32]
) -> None:
    source = tmp_path / "photo.png"
    images.write(source, photograph[:24, :24], kept=images.KeptMetadata())
    output = OutputSettings(ImageFormat.JPEG, naming="big {name} {size}", folder=str(tmp_path / "results"))
    SettingsFile.default().save(Settings(model=str(tiny_model), device=DeviceChoice.CPU, output=output))
    assert cli.main(["upscale", str(source)]) == 0
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["big photo 4x.jpg"]
    (tmp_path / "photos" / "deep").mkdir(parents=True)
    source.rename(tmp_path / "photos" / "deep" / "photo.png")
    assert cli.main(["upscale", str(tmp_path / "photos")]) == 0
    assert (tmp_path / "results" / "deep" / "big photo 4x.jpg").is_file()
    source = tmp_path / "photos" / "deep" / "photo.png"
    named = tmp_path / "named.png"
    assert cli.main(["upscale", str(source), "-o", str(named), "--scale", "2"]) == 0
    assert named.is_file()


def test_settings_load_nothing_heavy() -> None:
    code = "import sys, mfsr_engine.settings.settings as f; f.SettingsFile.default().load(); print(sorted(set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not any(f"'{name}'" in loaded for name in ("torch", "pydantic", "PIL", "cv2", "PySide6"))


def test_the_memory_limit_is_what_a_plan_counts_on() -> None:
    import torch

    from mfsr_engine.upscale.placement import memory_of

    cpu = torch.device("cpu")
    assert memory_of(cpu, 512).usable_mib == 512
    assert memory_of(cpu).usable_mib > 512


@pytest.mark.parametrize(("free_mib", "usable_mib"), [(0, 0), (300, 300), (None, 512), (4000, 512)])
def test_the_memory_limit_is_no_more_than_what_is_free(
    monkeypatch: pytest.MonkeyPatch, free_mib: int | None, usable_mib: int
) -> None:
    import torch

    from mfsr_engine.compute import devices
    from mfsr_engine.upscale.placement import memory_of

    monkeypatch.setattr(devices, "free_memory_mib", lambda device: free_mib)
    monkeypatch.setattr(devices, "total_memory_mib", lambda device: 8192)
    assert memory_of(torch.device("cpu"), 512).usable_mib == usable_mib


@pytest.mark.parametrize(("words", "threads"), [((), 3), (("--threads", "2"), 2), (("--threads", "0"), 0)])
def test_the_command_line_hands_the_memory_limit_and_the_threads_to_the_engine(
    tiny_model: Path,
    tmp_path: Path,
    photograph: NDArray[np.float32],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    threads: int,
) -> None:
    from mfsr_engine.upscale.engine import Engine

    given: list[tuple[int, int]] = []
    make = Engine.__init__
    monkeypatch.setattr(
        Engine,
        "__init__",
        lambda self, *args, memory_limit_mib=0, threads=0, **others: (
            given.append((memory_limit_mib, threads)),
            make(self, *args, **others),
        )[1],
    )
    SettingsFile.default().save(
        Settings(model=str(tiny_model), device=DeviceChoice.CPU, memory_limit_mib=4096, threads=3)
    )
    source = tmp_path / "photo.png"
    images.write(source, photograph[:24, :24], kept=images.KeptMetadata())
    assert cli.main(["upscale", str(source), *words]) == 0
    assert given == [(4096, threads)]


def test_absurd_numbers_of_threads_are_refused_before_anything_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["upscale", str(tmp_path / "photo.png"), "--threads", "5000"]) == 2
    assert "Threads must be 0 to 1024, not 5000." in capsys.readouterr().err
