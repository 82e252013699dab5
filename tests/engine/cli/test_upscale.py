"""The command line as a user meets it: words in, files and lines out, exit codes; one clear line for every mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from mfsr_engine import __version__, cli, images
from mfsr_engine.geometry import Size
from mfsr_engine.images.reading import provenance_of
from mfsr_engine.upscale.engine import Engine

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Run = Callable[..., int]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def photo(tmp_path: Path, photograph: NDArray[np.float32]) -> Path:
    path = tmp_path / "photo.png"
    images.write(path, photograph[:40, :50], kept=images.KeptMetadata())
    return path


@pytest.fixture
def upscale(tiny_model: Path) -> Run:
    """Runs `mfsr upscale` with the tiny model on the CPU."""
    fixed = ["--model", str(tiny_model), "--device", "cpu"]
    return lambda *words: cli.main(["upscale", *fixed, *(str(word) for word in words)])


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    assert captured.err.startswith("mfsr: ")
    assert "Traceback" not in captured.err
    return captured.err


def test_a_photograph_becomes_four_times_larger_beside_itself(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert upscale(photo) == 0
    result = photo.with_name("photo_4x.png")
    assert capsys.readouterr().out == f"{result}\n"
    assert images.read(result).size == Size(200, 160)


@pytest.mark.parametrize(
    ("words", "name", "size"),
    [
        (["--scale", "2.5"], "photo_2.5x.png", Size(125, 100)),
        (["--width", "77"], "photo_77w.png", Size(77, 62)),
        (["--height", "40"], "photo_40h.png", Size(50, 40)),
        (["--long-side", "300"], "photo_300l.png", Size(300, 240)),
        (["--short-side", "120"], "photo_120s.png", Size(150, 120)),
        (["--percent", "250"], "photo_2.5x.png", Size(125, 100)),
        (["--format", "jpeg"], "photo_4x.jpg", Size(200, 160)),
        (["--passes", "2"], "photo_16x.png", Size(800, 640)),
        (["--passes", "2", "--scale", "6"], "photo_6x.png", Size(300, 240)),
        (["--format", "tiff", "--tile", "32", "--steps", "2", "--fidelity", "0.5"], "photo_4x.tiff", Size(200, 160)),
    ],
)
def test_size_and_format_show_in_the_name(photo: Path, upscale: Run, words: list[str], name: str, size: Size) -> None:
    assert upscale(photo, *words) == 0
    assert images.read(photo.with_name(name)).size == size


def test_a_failure_names_the_file_once_and_with_its_folder(
    upscale: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken, missing = tmp_path / "broken.jpg", tmp_path / "missing.jpg"
    broken.write_text("no picture")
    for path in (broken, missing):
        assert upscale(path) == 1
        told = one_line(capsys)
        assert told.count(path.name) == 1
        assert str(path) in told


def test_json_tells_everything_in_one_object_for_each_picture(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert upscale(photo, tmp_path / "no.png", "-o", tmp_path / "out", "--json", "--seed", "4", "--dtype", "fp32") == 1
    captured = capsys.readouterr()
    assert captured.err == ""
    done, failed = (json.loads(line) for line in captured.out.splitlines())
    assert done.pop("seconds") > 0
    assert done == {
        "status": "done",
        "input": str(photo),
        "output": str(tmp_path / "out" / "photo_4x.png"),
        "width": 200,
        "height": 160,
        "model": "tiny",
        "steps": 1,
        "seed": 4,
        "device": "cpu",
        "dtype": "fp32",
        "notes": [],
    }
    assert failed["status"] == "failed"
    assert failed["input"] == str(tmp_path / "no.png")
    assert "no file" in failed["error"]


def test_the_same_words_write_the_same_picture(photo: Path, upscale: Run, tmp_path: Path) -> None:
    first, again, other = (tmp_path / f"{name}.png" for name in ("first", "again", "other"))
    assert [upscale(photo, "-o", path) for path in (first, again)] == [0, 0]
    assert upscale(photo, "-o", other, "--seed", "1") == 0
    assert np.array_equal(images.read(first).pixels, images.read(again).pixels)
    assert not np.array_equal(images.read(first).pixels, images.read(other).pixels)


def test_the_file_says_what_made_it(photo: Path, upscale: Run) -> None:
    assert upscale(photo, "--steps", "3", "--seed", "9") == 0
    xmp = images.read(photo.with_name("photo_4x.png")).kept.xmp
    assert xmp is not None
    assert b"tiny" in xmp


def test_two_passes_are_said(photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert upscale(photo, "--passes", "2", "--scale", "5") == 0
    assert "run in 2 passes" in capsys.readouterr().err
    made = provenance_of(photo.with_name("photo_5x.png"))
    assert made is not None
    assert made.passes == 2
    assert upscale(photo, "--passes", "3") == 2


def test_areas_from_a_picture_are_left_alone(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mask = tmp_path / "mask.png"
    Image.fromarray(np.repeat(np.repeat(np.uint8([[0, 255]]), 25, axis=1), 40, axis=0)).save(mask)
    assert upscale(photo, "--name", "{name}_plain", "--color", "none") == 0
    assert upscale(photo, "--name", "{name}_left", "--color", "none", "--areas", mask) == 0
    assert "50 % of the picture was left alone" in capsys.readouterr().err
    plain, left = (images.read(photo.with_name(f"photo_{name}.png")).pixels for name in ("plain", "left"))
    assert np.array_equal(plain[:, :80], left[:, :80])
    assert not np.array_equal(plain[:, 120:], left[:, 120:])
    made = provenance_of(photo.with_name("photo_left.png"))
    assert made is not None
    assert made.areas == "50 % of the picture was left alone and only enlarged."
    assert upscale(photo, "--name", "{name}_tied", "--areas", mask, "--areas-fidelity", "0.5") == 0
    assert "50 % of the picture was made with a fidelity of 50 %" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["photo.png", "--areas", "small.png"], "small.png have 3 x 2 pixels, but photo.png has 50 x 40"),
        (["photo.png", "small.png", "--areas", "small.png"], "one picture at a time"),
        (["photo.png", "--areas-fidelity", "0.5"], "Give them with --areas"),
        (["photo.png", "--areas", "small.png", "--areas-fidelity", "5"], "Fidelity must be 0 to 1"),
    ],
)
def test_areas_that_do_not_fit_are_refused(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str], words: list[str], told: str, tmp_path: Path
) -> None:
    Image.new("L", (3, 2)).save(tmp_path / "small.png")
    assert upscale(*(tmp_path / word if word.endswith(".png") else word for word in words)) == 2
    assert told in one_line(capsys)
    assert not list(tmp_path.glob("*_4x*"))


def test_fidelity_auto_is_chosen_from_the_picture_and_said(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Image.new("RGB", (48, 40), (90, 120, 150)).save(photo)
    assert upscale(photo, "--fidelity", "auto", "--json") == 0
    assert "Fidelity 0.5 was chosen: noise 0" in json.loads(capsys.readouterr().out)["notes"][0]
    made = provenance_of(photo.with_name("photo_4x.png"))
    assert made is not None
    assert made.fidelity == 0.5
    asked = tmp_path / "asked.png"
    assert upscale(photo, "--fidelity", "0.5", "-o", asked) == 0
    assert np.array_equal(np.asarray(Image.open(asked)), np.asarray(Image.open(photo.with_name("photo_4x.png"))))
    assert upscale(photo, "--fidelity", "auto", "--if-exists", "overwrite-if-changed") == 0
    assert "skipped" in capsys.readouterr().err


def test_a_folder_is_done_with_its_tree_and_goes_on_where_it_stopped(
    photo: Path, upscale: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    photo.rename(folder / "deep" / "photo.png")
    assert upscale(folder) == 0
    assert (tmp_path / "in_4x" / "deep" / "photo_4x.png").is_file()
    capsys.readouterr()
    assert upscale(folder) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "skipped" in captured.err


def test_an_existing_file_is_left_alone_unless_told_otherwise(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    result = photo.with_name("photo_4x.png")
    result.write_bytes(b"mine")
    assert upscale(photo) == 1
    told = one_line(capsys)
    assert "exists already" in told
    assert "--overwrite" in told
    assert "--if-exists" in told
    assert result.read_bytes() == b"mine"
    assert upscale(photo, "--overwrite") == 0
    assert images.read(result).size == Size(200, 160)


def _text(path: Path) -> None:
    path.write_text("this is no picture")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _no_sides(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[16:24] = bytes(8)  # width and height in a PNG's first chunk
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage", [_text, _cut, _no_sides, lambda path: path.write_bytes(b""), lambda path: path.unlink()]
)
def test_a_file_that_is_no_picture_gets_one_line(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None]
) -> None:
    damage(photo)
    assert upscale(photo) == 1
    assert "photo.png" in one_line(capsys)
    assert [path.name for path in photo.parent.iterdir() if path.suffix == ".png" and path != photo] == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_file_that_may_not_be_read_gets_one_line(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    photo.chmod(0)
    assert upscale(photo) == 1
    assert "may not be read" in one_line(capsys)


def test_an_unknown_model_gets_one_line_with_the_known_ones(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["upscale", str(photo), "--model", "none-such"]) == 1
    message = one_line(capsys)
    assert '"none-such"' in message
    assert "Installed:" in message


def test_an_output_that_cannot_be_written_gets_one_line(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert upscale(photo, "-o", photo / "below" / "a.png") == 1
    assert "not a folder" in one_line(capsys)


@pytest.mark.parametrize(
    "words",
    [
        ["--fidelity", "2"],
        ["--fidelity", "some"],
        ["--steps", "0"],
        ["--seed", "-1"],
        ["--width", "0"],
        ["--scale", "2", "--width", "100"],
        ["--tile", "3"],
        ["--steps", "many"],
        ["--device", "abacus"],
        ["--format", "gif"],
        ["--unheard-of"],
    ],
)
def test_wrong_use_is_exit_code_two(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert upscale(photo, *words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err
    assert "Traceback" not in captured.err
    assert not photo.with_name("photo_4x.png").exists()


@pytest.mark.parametrize(
    ("owner", "name"), [(Engine, "stream"), (images, "write_pieces")], ids=["computing", "writing"]
)
def test_an_interrupt_writes_nothing(
    photo: Path,
    upscale: Run,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    owner: object,
    name: str,
) -> None:
    def interrupted(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(owner, name, interrupted)
    assert upscale(photo) == 130
    assert "Stopped" in one_line(capsys)
    assert not photo.with_name("photo_4x.png").exists()


def test_the_version_and_the_models_and_the_doctor(capsys: pytest.CaptureFixture[str], tiny_model: Path) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"mfsr {__version__}\n"
    assert cli.main(["models", "show", str(tiny_model)]) == 0
    shown = capsys.readouterr().out
    assert f"# {tiny_model}" in shown
    assert 'licence = "CC0-1.0"' in shown
    assert cli.main(["doctor"]) == 0
    report = capsys.readouterr().out
    assert "cpu:" in report
    assert "fp32" in report


def test_users_models_are_listed_and_broken_ones_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "home" / "data" / "models"
    for name, text in (("good", 'name="good"\ntitle="Good one"\nfamily="compact"\nlicence="MIT"\n'), ("bad", "x")):
        (folder / name).mkdir(parents=True)
        (folder / name / "model.toml").write_text(text)
    assert cli.main(["models", "list"]) == 0
    captured = capsys.readouterr()
    assert "good\tGood one\tstudent, 4x\tMIT\n" in captured.out
    assert "bad" in captured.err


def test_knowing_the_models_does_not_load_torch() -> None:
    code = "import sys; from mfsr_engine import cli; cli.main(['models', 'list']); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0


def test_names_and_conflicts_are_those_of_the_window(photo: Path, upscale: Run) -> None:
    named = photo.with_name("photo 1 200x160.png")
    assert upscale(photo, "--name", "{stem} {steps} {width}x{height}") == 0
    assert named.is_file()
    before = named.stat().st_mtime_ns
    name = ["--name", "{stem} {steps} {width}x{height}"]
    assert upscale(photo, *name) == 1
    assert upscale(photo, *name, "--if-exists", "overwrite-if-changed") == 0
    assert named.stat().st_mtime_ns == before
    assert upscale(photo, *name, "--if-exists", "unique") == 0
    assert photo.with_name("photo 1 200x160 2.png").is_file()
    assert upscale(photo, "--name", "same for all") == 2


def test_a_photograph_is_not_replaced_by_its_own_result(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = photo.read_bytes()
    (photo.parent / "other.png").hardlink_to(photo)
    for name in ("photo.png", "other.png"):
        assert upscale(photo, "-o", photo.parent / name, "--overwrite") == 1
        assert "would replace" in one_line(capsys)
    assert photo.read_bytes() == before


def test_the_date_of_the_photograph_is_kept_if_the_settings_say_so(photo: Path, upscale: Run) -> None:
    os.utime(photo, (1e9, 1e9))
    assert cli.main(["settings", "set", "output.keep_date", "true"]) == 0
    assert upscale(photo) == 0
    assert photo.with_name("photo_4x.png").stat().st_mtime == 1e9


def test_own_results_are_taken_from_folders_if_the_settings_say_so(photo: Path, upscale: Run) -> None:
    folder = photo.parent / "folder"
    assert upscale(photo, "-o", folder / "made.png") == 0
    assert upscale(folder) == 1
    assert cli.main(["settings", "set", "output.include_results", "true"]) == 0
    assert upscale(folder, "--scale", "1") == 0


@pytest.mark.parametrize("error", [MemoryError("no room"), ImportError("failed to map segment"), SystemError("error")])
def test_a_torch_that_cannot_be_loaded_is_one_line(
    photo: Path, upscale: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    class Refusing:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name == "mfsr_engine.upscale.engine":
                raise error

    monkeypatch.delitem(sys.modules, "mfsr_engine.upscale.engine")
    monkeypatch.setattr(sys, "meta_path", [Refusing(), *sys.meta_path])
    assert upscale(photo) == 1
    told = one_line(capsys)
    assert "PyTorch cannot be loaded" in told
    assert "memory" in told
    assert not photo.with_name("photo_4x.png").exists()


def test_without_a_home_to_write_to_pictures_are_upscaled(
    photo: Path, upscale: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "file" / "home"))
    assert upscale(photo) == 0
    assert photo.with_name("photo_4x.png").exists()


def test_files_from_tomorrow_are_done_and_not_done_twice(photo: Path, upscale: Run, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    source = photo.rename(folder / "a.png")
    tomorrow_s = source.stat().st_mtime + 86_400
    os.utime(source, (tomorrow_s, tomorrow_s))  # the clock was set back since
    assert upscale(folder, "-o", tmp_path / "out") == 0
    result = tmp_path / "out" / "a_4x.png"
    first = result.stat().st_ino
    assert upscale(folder, "-o", tmp_path / "out") == 0
    assert result.stat().st_ino == first
    assert upscale(folder, "-o", tmp_path / "out", "--if-exists", "overwrite-if-changed") == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a_4x.png"]


def test_all_pages_are_upscaled_where_asked(
    upscale: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], photo: Path
) -> None:
    from PIL import Image

    frames = [Image.new("RGB", (12, 10), color) for color in ("red", "lime", "blue")]
    frames[0].save(tmp_path / "scan.tif", save_all=True, append_images=frames[1:])
    assert upscale(tmp_path / "scan.tif") == 0
    assert "2 were left out" in capsys.readouterr().err
    words = [tmp_path / "scan.tif", photo, "-o", tmp_path / "out", "--all-pages"]
    assert upscale(*words) == 0
    captured = capsys.readouterr()
    names = ["scan_4x_p1.png", "scan_4x_p2.png", "scan_4x_p3.png", "photo_4x.png"]
    assert captured.out == "".join(f"{tmp_path / 'out' / name}\n" for name in names)
    assert captured.err == ""
    strongest = [images.read(tmp_path / "out" / name).pixels.mean((0, 1)).argmax() for name in names[:3]]
    assert strongest == [0, 1, 2]
