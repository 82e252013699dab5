"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mfsr_engine.errors import ImageWriteError
from mfsr_engine.images import KeptMetadata, WriteOptions, write
from mfsr_engine.images.writing import replacing

if TYPE_CHECKING:
    from pathlib import Path

GRAY = np.full((8, 8, 3), 0.5, np.float32)
REPLACE = WriteOptions(overwrite=True)


def put(path: Path, options: WriteOptions = REPLACE) -> None:
    write(path, GRAY, kept=KeptMetadata(), options=options)


def failing(number: int):
    def fail(*_args, **_more):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tiff"])
@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(("number", "said"), [
    (errno.ENOSPC, "disk is full"), (errno.EACCES, "may not be written"), (errno.EROFS, "may not be written"),
    (errno.EIO, "Input/output error"),
])  # fmt: skip
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, name, step, number, said):
    (tmp_path / name).write_bytes(b"old")
    monkeypatch.setattr(os, step, failing(number))
    with pytest.raises(ImageWriteError, match=said):
        put(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"old"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_any_interruption_leaves_no_temporary_file(tmp_path, error):
    def write_half() -> None:
        with replacing(tmp_path / "a.png", overwrite=False) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_stays(tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(ImageWriteError, match="exists already"):
        put(tmp_path / "a.png", WriteOptions())
    assert (tmp_path / "a.png").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_comes_up_while_writing_stays(tmp_path):
    def write_slowly() -> None:
        with replacing(tmp_path / "a.png", overwrite=False) as file:
            file.write(b"mine")
            (tmp_path / "a.png").write_bytes(b"theirs")

    with pytest.raises(ImageWriteError, match="exists already"):
        write_slowly()
    assert (tmp_path / "a.png").read_bytes() == b"theirs"


def test_a_file_is_replaced_if_allowed(tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")
    put(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_missing_folders_are_made(tmp_path):
    put(tmp_path / "one" / "two" / "a.png")
    assert (tmp_path / "one" / "two" / "a.png").exists()


def test_a_folder_in_the_way(tmp_path):
    (tmp_path / "a.png").mkdir()
    with pytest.raises(ImageWriteError, match="is a folder"):
        put(tmp_path / "a.png")


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / "one").write_bytes(b"")
    with pytest.raises(ImageWriteError, match="not a folder"):
        put(tmp_path / "one" / "a.png")


def test_a_name_that_is_too_long(tmp_path):
    with pytest.raises(ImageWriteError, match="too long"):
        put(tmp_path / ("a" * 300 + ".png"))


@pytest.mark.skipif(os.name == "nt", reason="permission bits of POSIX")
def test_the_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "plain").touch()
    put(tmp_path / "a.png")
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)
