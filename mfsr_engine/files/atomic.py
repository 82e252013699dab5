"""Atomic files and folders: written under a temporary name beside their target, then renamed. Knows nothing of their content."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from mfsr_engine.files.names import fitting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def replaced(
    path: Path,
    check: Callable[[], None] = lambda: None,
    *,
    is_durable: bool = True,
    overwrite: bool = True,
    like: Path | None = None,
    elsewhere: Callable[[], Path] | None = None,
) -> Iterator[Path]:
    """The name of a temporary file, to be written in the block, that becomes `path` when it ends well; missing folders are made.

    Whatever goes wrong in the block, the temporary file is gone afterwards and an older `path` is untouched.

    Args:
        path: file to make or replace.
        check: called at the last moment before the file takes its place; what it raises leaves an older one untouched.
        is_durable: whether to wait until the disk has it, so that it outlives a loss of power; not for what is written again
            and again.
        overwrite: whether an older file is replaced.
        like: file whose date and permissions the new one gets, as far as the system allows; None leaves them as usual.
        elsewhere: gives another name, as often as that is taken too, where an older file is not replaced; None raises.

    Raises:
        FileExistsError: there is one, and it is not to be replaced.
        OSError: no space, no permission, or no such place.
    """
    temporary = path.with_name(f".mfsr-{os.getpid()}-{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        if is_durable:
            with temporary.open("r+b") as file:
                os.fsync(file.fileno())
        if like is not None:
            _resemble(temporary, like)
        check()
        if overwrite:
            os.replace(temporary, path)  # noqa: PTH105 - by this name it is known to be atomic
        else:
            _add(temporary, path, elsewhere)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def replacing(
    path: Path,
    check: Callable[[], None] = lambda: None,
    *,
    is_durable: bool = True,
    overwrite: bool = True,
    like: Path | None = None,
    elsewhere: Callable[[], Path] | None = None,
) -> Iterator[BinaryIO]:
    """The same with the temporary file open for writing; see `replaced`.

    Raises:
        FileExistsError: there is a file, and it is not to be replaced.
        OSError: no space, no permission, or no such place.
    """
    with (
        replaced(path, check, is_durable=is_durable, overwrite=overwrite, like=like, elsewhere=elsewhere) as temporary,
        temporary.open("x+b") as file,
    ):
        yield file


def _add(temporary: Path, path: Path, elsewhere: Callable[[], Path] | None) -> None:
    """Move a file to its name, or to another if that is taken, without ever replacing one."""
    while True:
        try:
            if not _is_linked(temporary, path):
                if path.exists():
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
                os.replace(temporary, path)  # noqa: PTH105 - by this name it is known to be atomic
        except FileExistsError:
            if elsewhere is None:
                raise
            path = elsewhere()
        else:
            return


def _is_linked(temporary: Path, path: Path) -> bool:
    """Whether a file could be given its name without ever replacing one that came up meanwhile; not every disk has links."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _resemble(path: Path, like: Path) -> None:
    with suppress(OSError):  # the source may be gone by now, and not every disk keeps these
        state = like.stat()
        path.chmod(stat.S_IMODE(state.st_mode) & 0o777)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def keep_beside(path: Path) -> Path:
    """Give a file another name beside it, "NAME original" or with a number, under which it outlives its being replaced.

    The file stays where it is until then, so that it is never gone. Where the disk has no links it is copied.

    Returns:
        The other name.

    Raises:
        OSError: no space, no permission, or the name would be too long.
    """
    number = 0
    while True:
        number += 1
        rest = f" original{'' if number == 1 else f' {number}'}{path.suffix}"
        kept = path.with_name(fitting(path.stem, rest) + rest)
        if kept.exists():
            continue
        try:
            os.link(path, kept)
        except FileExistsError:
            continue
        except OSError:
            _copy_to_new(path, kept)
        return kept


def _copy_to_new(path: Path, kept: Path) -> None:
    with replacing(kept, overwrite=False, like=path) as file, path.open("rb") as old:
        shutil.copyfileobj(old, file)


def is_same_file(first: Path, second: Path) -> bool:
    """Whether two paths lead to one file: through links, hard links, and on disks that do not tell small letters from capitals."""
    try:
        return first.samefile(second)
    except (OSError, ValueError):  # one of them is not there
        return False


def write_text(path: Path, text: str, *, is_durable: bool = True) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Raises:
        OSError: as `replacing`.
    """
    with replacing(path, is_durable=is_durable) as file:
        file.write(text.encode())


def remove_leftovers(folder: Path, process_id: int) -> None:
    """Delete the temporary files of a process that was killed while it wrote into `folder`."""
    with suppress(OSError):
        for path in folder.glob(f".mfsr-{process_id}-*.part"):
            path.unlink(missing_ok=True)


UNFINISHED, DOOMED = ".installing-", ".removing-"
"""What the hidden names begin with; a program that is killed leaves them behind."""


@contextmanager
def atomic_folder(folder: Path, check: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """A new folder that becomes `folder` when the block ends well, in place of an older one, and vanishes when it does not.

    No system moves a folder over one that holds something: the older one is moved away first, and back if the new one cannot
    be moved in. Between these two moves there is none.

    Args:
        folder: to make or replace.
        check: called at the last moment before the folder takes its place; what it raises leaves an older one untouched.

    Raises:
        OSError: no space, no permission, or no such place.
    """
    folder = folder.resolve()
    staging = hidden(folder, UNFINISHED)
    try:
        staging.mkdir(parents=True)
        yield staging
        check()
        _move_in(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def hidden(folder: Path, kind: str) -> Path:
    """A free name beside a folder, which lists of folders pass over."""
    return folder.with_name(f"{kind}{folder.name}-{uuid.uuid4().hex[:8]}")


def _move_in(staging: Path, folder: Path) -> None:
    if not folder.exists():
        staging.rename(folder)
        return
    old = hidden(folder, DOOMED)
    folder.rename(old)
    try:
        staging.rename(folder)
    except OSError:
        with suppress(OSError):
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
