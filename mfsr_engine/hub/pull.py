"""Downloads and installs a model of the catalogue: metadata, disk space, download, assembly. Any failure leaves what was fetched for the
next attempt, and nothing else.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_engine.errors import HubError
from mfsr_engine.hub import install
from mfsr_engine.hub.download import HubClient, RemoteFile, check_space, in_gb, total_missing
from mfsr_engine.hub.parts import local_path, parts_dir, repository_dir
from mfsr_engine.models.families import family_of
from mfsr_engine.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfsr_engine.hub.catalogue import Catalogue, CatalogueEntry, HubFile
    from mfsr_engine.progress import Progress

REPORTED_BYTES = 2**20
"""Progress is told after so many bytes."""


@dataclass(frozen=True)
class PulledModel:
    """What a pull brought."""

    folder: Path
    """The model folder, or where the parts lie."""
    notes: tuple[str, ...] = ()
    """What the user should know of it."""


def pull(
    name: str,
    catalogue: Catalogue,
    root: Path,
    progress: Progress,
    *,
    is_licence_accepted: bool,
    client: HubClient | None = None,
) -> PulledModel:
    """Fetch and install a model of the catalogue, or a part that models share.

    Args:
        name: of the entry.
        catalogue: where it is listed.
        root: the user's models.
        progress: told of bytes: `Stage.DOWNLOADING` counts what this pull fetches, so that rate and rest are those of now.
        is_licence_accepted: whether the user agreed to the `licence_notice` of the entry and all that it needs.
        client: asks the hub.

    Raises:
        HubError: not accepted, no connection, refused, damaged on the way, or no space.
        ModelError: unknown name, already installed, or what came is no sound model.
        Cancelled: asked to stop.
    """
    entry = catalogue.find(name)
    if not is_licence_accepted:
        raise HubError(f"Nothing was fetched, because the licence of {name} was not accepted.")
    if entry.card is not None and (root / entry.card.name).exists():
        return PulledModel(root / entry.card.name, (f"{name} is installed already.",))
    entries = catalogue.with_needs(entry)
    with _alone(root):
        digests = _fetch_all(entries, root, progress, client or HubClient())
        if entry.card is None:
            return PulledModel(repository_dir(root, entry.files[0].repository))
        return _assembled(entry, entries, root, progress, digests)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Two pulls at once would write into the same files."""
    import filelock

    folder = parts_dir(root)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / ".lock")
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise HubError("Another pull is running. Wait until it ends, then pull again.") from error
    except OSError as error:
        raise HubError(
            f"{folder} cannot be written to: {error.strerror or error}. Set MFSR_HOME to another folder."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _fetch_all(
    entries: tuple[CatalogueEntry, ...], root: Path, progress: Progress, client: HubClient
) -> dict[str, str]:
    """Bring every file. Returns the SHA-256 values that were checked, by path in the model folder."""
    wanted = [file for entry in entries for file in entry.files]
    found: list[tuple[RemoteFile, Path]] = []
    digests = {file.to: file.sha256 for file in wanted if file.to and file.sha256}
    for number, file in enumerate(wanted):
        progress.report("Asking the hub", number, len(wanted))
        target = local_path(root, file)
        remote = None if target.is_file() else _looked_up(file, client)
        if remote is not None:
            found.append((remote, target))
            if file.to and remote.is_sha256:
                digests[file.to] = remote.digest
    total = total_missing(found)
    check_space(root, total)
    done = told = 0

    def count(length: int) -> None:
        nonlocal done, told
        done += length
        if abs(done - told) >= REPORTED_BYTES or done == total:
            told = done
            progress.report(Stage.DOWNLOADING, done, total)

    progress.report(Stage.DOWNLOADING, 0, total)
    for remote, target in found:
        client.fetch(remote, target, progress, count)
    return digests


def _looked_up(file: HubFile, client: HubClient) -> RemoteFile | None:
    remote = client.look_up(file.repository, file.path)
    if remote is None:
        if file.is_optional:
            return None
        raise HubError(
            f"{file.repository} no longer holds {file.path}. Update the program, whose catalogue is out of date."
        )
    if file.size not in (None, remote.size) or file.sha256 not in (None, remote.digest):
        raise HubError(
            f"{file.path} of {file.repository} ({in_gb(remote.size)} on the hub) is not the file this program knows: "
            "size or checksum differ. Nothing was fetched. Update the program."
        )
    return remote


def _assembled(
    entry: CatalogueEntry, entries: tuple[CatalogueEntry, ...], root: Path, progress: Progress, digests: dict[str, str]
) -> PulledModel:
    assert entry.card is not None
    progress.report("Putting the model together")
    files = [file for one in entries for file in one.files if local_path(root, file).is_file()]
    loose = [local_path(root, file) for file in files if not file.to]
    with install.installing(root, entry.card.name) as staging:
        for file in files:
            if file.to:
                install.place(local_path(root, file), staging / file.to)
        card = family_of(entry.card).finish(staging, entry.card, loose)
        install.write_checksums(staging, progress, digests)
    for file in entry.files:
        if file.to:
            local_path(root, file).unlink(missing_ok=True)
    return PulledModel(root / entry.card.name, (card.note,) if card.note else ())
