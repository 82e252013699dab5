"""A photograph is never lost: whatever is written over it, it is kept under another name."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mfsr_engine.errors import ImageExistsError, ImageWriteError
from mfsr_engine.files import atomic
from mfsr_engine.images import KeptMetadata, Provenance, WriteOptions, WrittenFile, read, write

if TYPE_CHECKING:
    from pathlib import Path

PIXELS = np.full((4, 6, 3), 0.5, np.float32)
MARK = Provenance("a model", 1, 0)


def put(path: Path, **options: object) -> WrittenFile:
    return write(path, PIXELS, kept=KeptMetadata(), options=WriteOptions(overwrite=True, provenance=MARK, **options))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("has_links", [True, False])
def test_what_is_no_result_of_ours_is_kept_under_a_numbered_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    if not has_links:
        monkeypatch.setattr(os, "link", refused(errno.EPERM))
    for words in (b"one", b"two"):
        (tmp_path / "a.png").write_bytes(words)
        (note,) = put(tmp_path / "a.png").notes
    files = content(tmp_path)
    assert files.pop("a.png").startswith(b"\x89PNG")
    assert files == {"a original.png": b"one", "a original 2.png": b"two"}
    assert note == "The file that was there is kept as a original 2.png."


def test_results_of_ours_and_empty_files_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    for _ in range(2):
        assert put(tmp_path / "a.png").notes == ()
    assert list(content(tmp_path)) == ["a.png"]


@pytest.mark.parametrize("alias", ["itself", "link", "hard link"])
def test_the_source_is_kept_even_if_we_made_it(tmp_path: Path, alias: str) -> None:
    source, target = tmp_path / "source.png", tmp_path / "target.png"
    put(source)
    before = source.read_bytes()
    if alias == "itself":
        target = source
    elif alias == "link":
        target.symlink_to(source)
    else:
        target.hardlink_to(source)
    put(target, source=source, depth=16)
    assert before in content(tmp_path).values()
    assert target.read_bytes() != before


@pytest.mark.parametrize("has_links", [True, False])
def test_if_it_cannot_be_replaced_after_all_there_is_no_second_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    replace = os.replace

    def fail_once(old: Path, new: Path) -> None:
        if new == tmp_path / "a.png":
            raise OSError(errno.EACCES, "no")
        replace(old, new)

    monkeypatch.setattr(os, "replace", fail_once)
    if not has_links:
        monkeypatch.setattr(os, "link", refused(errno.EPERM))
    with pytest.raises(ImageWriteError, match="may not be written"):
        put(tmp_path / "a.png")
    assert content(tmp_path) == {"a.png": b"old"}


def test_if_it_cannot_be_kept_it_stays_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    monkeypatch.setattr(atomic, "keep_beside", refused(errno.ENOSPC))
    with pytest.raises(ImageWriteError, match="disk is full"):
        put(tmp_path / "a.png")
    assert content(tmp_path) == {"a.png": b"old"}


def refused(number: int):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_comes_up_at_the_last_moment_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    if not has_links:
        monkeypatch.setattr(os, "link", refused(errno.EPERM))

    def appear() -> None:
        (tmp_path / "a.png").write_bytes(b"theirs")
        if not has_links:
            raise FileExistsError

    with pytest.raises(FileExistsError), atomic.replacing(tmp_path / "a.png", appear, overwrite=False) as file:
        file.write(b"ours")
    assert content(tmp_path) == {"a.png": b"theirs"}


def test_that_it_exists_has_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(ImageExistsError, match="exists already"):
        write(tmp_path / "a.png", PIXELS, kept=KeptMetadata())


def test_date_and_permissions_of_the_source_are_kept_if_asked_for(tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    put(source)
    source.chmod(0o640)
    os.utime(source, (1e9, 1e9))
    for name, keep in (("kept.png", True), ("new.png", False)):
        put(tmp_path / name, source=source, keep_date=keep)
        state = (tmp_path / name).stat()
        assert (state.st_mtime == 1e9) is keep
        if keep and os.name != "nt":
            assert state.st_mode & 0o777 == 0o640


def test_a_source_that_is_gone_has_no_date_to_keep(tmp_path: Path) -> None:
    put(tmp_path / "a.png", source=tmp_path / "gone.png", keep_date=True)
    assert read(tmp_path / "a.png").size.width == 6


_opened: list[tuple[str, int]] = []
_watched: list[str] = []


def _watch(event: str, facts: tuple) -> None:
    if event == "open" and _watched and str(facts[0]) in _watched:
        _opened.append((str(facts[0]), facts[2]))


def test_a_source_is_only_opened_for_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    put(path)
    sys.addaudithook(_watch)  # there is no taking it away, but it does nothing once nothing is watched
    _watched.append(str(path))
    try:
        read(path)
    finally:
        _watched.clear()
    assert _opened
    assert not [flags for _, flags in _opened if flags & (os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_APPEND)]
