"""Files that other programs read while they are written."""

import errno
import io
from pathlib import Path

import pytest

from distill.runs.recipe_file import read_recipe, write_recipe
from distill.runs.status import StopRequest, ask_to_stop, stop_request
from distill.runs.text_file import write_whole
from mfsr_engine.errors import RequestError

OLD = 'name = "old"\n[data]\nphotos = "photos"\n[objective]\nkind = "flow-matching"\n'


@pytest.fixture
def full_disk(monkeypatch):
    """A disk that takes half of every file and no more."""

    class Half(io.BufferedRandom):
        def write(self, data):
            super().write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")

    real = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda path, mode="r", **options: (
            Half(io.FileIO(path, mode.replace("b", ""))) if mode == "x+b" else real(path, mode, **options)
        ),
    )


def test_a_file_is_written_and_replaced_and_nothing_else_stays(tmp_path):
    for text in ("first", "sécond"):
        write_whole(tmp_path / "file.json", text)
        assert (tmp_path / "file.json").read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["file.json"]


def test_a_folder_that_is_gone_stays_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "deleted" / "file.json", "text")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_the_older_file_stays_as_it_was(tmp_path):
    (tmp_path / "file.json").write_bytes(b"older")
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "file.json", "a newer and longer text")
    assert (tmp_path / "file.json").read_bytes() == b"older"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_recipe_is_written_whole_or_not_at_all(tmp_path, request):
    file = tmp_path / "recipe.toml"
    file.write_bytes(OLD.encode())
    recipe = read_recipe(file)
    request.getfixturevalue("full_disk")
    with pytest.raises(RequestError, match="Cannot write the recipe"):
        write_recipe(recipe, file)
    assert file.read_bytes() == OLD.encode()


@pytest.mark.usefixtures("full_disk")
def test_half_a_wish_is_no_wish(tmp_path):
    with pytest.raises(OSError, match="No space"):
        ask_to_stop(tmp_path, StopRequest.STOP)
    assert stop_request(tmp_path) is None
    assert not list(tmp_path.iterdir())
