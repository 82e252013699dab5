"""Downloads single files from the hub: metadata first, resumed after an interruption, verified, then moved into place. Knows no models."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from mfsr_engine.errors import HubError, MfsrError
from mfsr_engine.hub.failures import explain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfsr_engine.progress import Progress

CHUNK_BYTES = 2**20
SPARE_BYTES = 256 * 2**20
"""What shall stay free on a disk after a download."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class RemoteFile:
    """A file on the hub, as the hub describes it."""

    repository: str
    """Repository, "owner/name"."""
    path: str
    """Path inside it."""
    url: str
    """Where its bytes are, at one commit."""
    size: int
    """Bytes."""
    digest: str
    """SHA-256 of the content, or, for small files, git's SHA-1 of it; hexadecimal."""

    @property
    def is_sha256(self) -> bool:
        """Whether `digest` is a SHA-256."""
        return _SHA256.fullmatch(self.digest) is not None

    def part(self, target: Path) -> Path:
        """Where the bytes lie until all have come. Another content has another name, so it is never continued."""
        return target.with_name(f"{target.name}.{self.digest[:16]}.part")

    def missing_bytes(self, target: Path) -> int:
        """Bytes still to fetch."""
        if target.is_file():
            return 0
        part = self.part(target)
        return self.size - min(self.size, part.stat().st_size if part.is_file() else 0)


@dataclass(frozen=True)
class HubClient:
    """Asks the hub. Logged in with the hub's own login (`hf auth login`, or HF_TOKEN), if there is one."""

    endpoint: str | None = None
    """Address of the hub; None takes HF_ENDPOINT, or the public hub."""
    retries: int = 5
    """How often a cut connection is taken up again before a pull gives up, counted from the last byte that came."""
    wait_s: float = 1.0
    """Pause before that."""

    def look_up(self, repository: str, path: str) -> RemoteFile | None:
        """Ask where a file is, how large, and what its content shall be. None if the repository does not hold it.

        Raises:
            HubError: the hub cannot be reached, or refuses.
        """
        from huggingface_hub import get_hf_file_metadata, hf_hub_url
        from huggingface_hub.errors import EntryNotFoundError

        url = partial(hf_hub_url, repository, path, endpoint=self.endpoint)
        try:
            found = get_hf_file_metadata(url(), token=None, endpoint=self.endpoint)
        except EntryNotFoundError:
            return None
        except Exception as error:
            raise explain(error, repository, self.endpoint) from error
        if found.size is None or found.etag is None:
            raise HubError(
                f"What answered for {path} of {repository} is not the hub. If this network asks you to log in, do so in a browser, "
                "then pull again."
            )
        return RemoteFile(repository, path, url(revision=found.commit_hash), found.size, found.etag)

    def fetch(self, file: RemoteFile, target: Path, progress: Progress, on_bytes: Callable[[int], None]) -> None:
        """Bring a file to `target`, continuing what an earlier attempt left. After a failure, what came so far stays.

        Args:
            file: from `look_up`.
            target: where it shall lie; never holds less than the whole, checked content.
            progress: asked between pieces whether to stop.
            on_bytes: told of each piece's length.

        Raises:
            HubError: no connection, refused, damaged on the way, or no space.
            Cancelled: asked to stop.
        """
        if target.is_file():
            return
        part = file.part(target)
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            for old in set(target.parent.glob(f"{target.name}.*.part")) - {part}:
                old.unlink()
            self._fill(file, part, progress, on_bytes)
            check_digest(part, file.digest, progress, file.path)
            part.replace(target)
        except OSError as error:
            raise explain(error, file.repository, self.endpoint) from error

    def _fill(self, file: RemoteFile, part: Path, progress: Progress, on_bytes: Callable[[int], None]) -> None:
        part.touch()
        failures = 0
        while (have := part.stat().st_size) < file.size:
            cut = self._attempt(file, part, have, progress, on_bytes)
            has_grown = part.stat().st_size > have
            if has_grown and cut is None:
                failures = 0
                continue
            failures = 1 if has_grown else failures + 1
            if failures > self.retries:
                cut = cut or ConnectionError("it ended before the file did")
                raise explain(cut, file.repository, self.endpoint) from cut
            progress.check()
            time.sleep(self.wait_s)
        if have > file.size:
            part.unlink()
            raise HubError(f"{file.path} came longer than the hub said. Pull again; it starts anew.")

    def _attempt(
        self, file: RemoteFile, part: Path, have: int, progress: Progress, on_bytes: Callable[[int], None]
    ) -> Exception | None:
        """What cut the connection; None if the answer came to its end, which need not be the file's."""
        try:
            self._append(file, part, have, progress, on_bytes)
        except MfsrError:
            raise
        except Exception as error:
            if not _is_cut(error):
                raise explain(error, file.repository, self.endpoint) from error
            return error
        return None

    def _append(
        self, file: RemoteFile, part: Path, have: int, progress: Progress, on_bytes: Callable[[int], None]
    ) -> None:
        from huggingface_hub import constants
        from huggingface_hub.utils import (  # type: ignore[attr-defined, unused-ignore]
            build_hf_headers,
            hf_raise_for_status,
            http_stream_backoff,
        )

        headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        with http_stream_backoff(
            "GET",
            file.url,
            headers=headers,
            timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT,
            retry_on_exceptions=(),
            retry_on_status_codes=(429,),
            max_retries=self.retries,
        ) as response:
            hf_raise_for_status(response)
            is_whole = have > 0 and response.status_code == 200  # the server does not continue files
            with part.open("wb" if is_whole else "ab") as stream:
                for chunk in response.iter_bytes():  # pieces as they come: larger ones would be lost in a cut
                    progress.check()
                    stream.write(chunk)
                    on_bytes(len(chunk))
            if is_whole:
                on_bytes(-have)


def check_digest(path: Path, digest: str, progress: Progress, name: str) -> None:
    """Compare a file's content with what it shall be; a damaged file is deleted.

    Raises:
        HubError: it is another content.
    """
    if digest_like(digest, path, progress) != digest:
        path.unlink()
        raise HubError(
            f"{name} came damaged: its checksum is not the one the hub gave. It was deleted; pull again to fetch it anew."
        )


def digest_like(digest: str, path: Path, progress: Progress) -> str:
    """A file's checksum of the kind of `digest`: SHA-256 if that has 64 digits, else git's SHA-1."""
    found: Any = hashlib.sha256()
    if not _SHA256.fullmatch(digest):
        found = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            progress.check()
            found.update(chunk)
    return str(found.hexdigest())


def check_space(folder: Path, needed: int) -> None:
    """Refuse what would not fit, before it is begun.

    Raises:
        HubError: less than `needed` bytes and some spare are free on the disk of `folder`.
    """
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    if needed and free < needed + SPARE_BYTES:
        raise HubError(
            f"The disk of {folder} has {in_gb(free)} free, but {in_gb(needed + SPARE_BYTES)} are needed. "
            "Free some space, or set MFSR_HOME to a folder on another disk, and pull again."
        )


def in_gb(count: int) -> str:
    """Bytes for people, in the units that disks and the hub use."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"


def total_missing(files: Sequence[tuple[RemoteFile, Path]]) -> int:
    """Bytes still to fetch for all files."""
    return sum(file.missing_bytes(target) for file, target in files)


def _is_cut(error: Exception) -> bool:
    """Whether the connection broke, as against a refusal or a fault of ours."""
    from huggingface_hub.errors import HfHubHTTPError, HTTPError  # type: ignore[attr-defined, unused-ignore]

    return isinstance(error, HTTPError) and not isinstance(error, HfHubHTTPError)
