"""The hub's own client against a hub that cuts, lies, refuses: each a clear error, nothing half done, the next pull goes on."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from mfsr_engine.errors import Cancelled, HubError
from mfsr_engine.hub import download
from mfsr_engine.hub.catalogue import Catalogue, CatalogueEntry, HubFile
from mfsr_engine.hub.download import HubClient
from mfsr_engine.hub.parts import local_path
from mfsr_engine.hub.pull import REPORTED_BYTES, pull
from mfsr_engine.progress import Progress, ProgressReport
from tests.fakes.hub_server import Fault, HubServer, git_sha1, sha256

if TYPE_CHECKING:
    from pathlib import Path

REPOSITORY = "somebody/parts"
LARGE, SMALL = "vae/large.safetensors", "vae/config.json"
CONTENT = {LARGE: bytes(range(256)) * 12_000, SMALL: b'{"a": 1}'}
GATED = {"X-Error-Code": "GatedRepo"}


def catalogue(**facts: Any) -> Catalogue:
    """One part of a large and a small file."""
    files = [HubFile(repository=REPOSITORY, path=path, **(facts if path == LARGE else {})) for path in CONTENT]
    entry = CatalogueEntry(name="parts", title="Parts", licence="MIT", licence_notice="Free.", files=tuple(files))
    return Catalogue((entry,))


class Puller:
    """Pulls the same part again and again into the same place."""

    def __init__(self, server: HubServer, root: Path) -> None:
        self.server, self.root = server, root
        self.reports: list[ProgressReport] = []
        server.files |= {(REPOSITORY, path): content for path, content in CONTENT.items()}

    def __call__(self, known: Catalogue | None = None, progress: Progress | None = None, **client: Any) -> Path:
        options = {"endpoint": self.server.url, "retries": 0, "wait_s": 0.0} | client
        progress = progress or Progress(self.reports.append)
        known = known or catalogue()
        return pull("parts", known, self.root, progress, is_licence_accepted=True, client=HubClient(**options)).folder

    def target(self, path: str) -> Path:
        return local_path(self.root, HubFile(repository=REPOSITORY, path=path))

    def parts(self) -> list[int]:
        """Sizes of what lies unfinished."""
        return [path.stat().st_size for path in self.root.rglob("*.part")]


@pytest.fixture
def puller(hub: HubServer, tmp_path: Path) -> Puller:
    return Puller(hub, tmp_path / "models")


def assert_complete(puller: Puller) -> None:
    assert {path: puller.target(path).read_bytes() for path in CONTENT} == CONTENT
    assert puller.parts() == []


def test_all_files_come_and_are_not_fetched_twice(puller: Puller) -> None:
    folder = puller()
    assert (folder / LARGE).read_bytes() == CONTENT[LARGE]
    assert_complete(puller)
    before = len(puller.server.asked)
    puller()
    assert len(puller.server.asked) == before


def test_progress_counts_the_bytes_of_this_pull(puller: Puller) -> None:
    puller.server.faults[LARGE] = Fault(cut_after=1_200_000)
    with pytest.raises(HubError):
        puller()
    puller.server.faults.clear()
    puller.reports.clear()
    puller()
    told = [(report.done, report.total) for report in puller.reports if report.stage == "Downloading"]
    left = sum(map(len, CONTENT.values())) - 1_200_000
    assert told[0] == (0, left)
    assert told[-1] == (left, left)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_rate_and_time_left_follow_from_a_report() -> None:
    report = ProgressReport("Downloading", done=30_000_000, total=90_000_000, elapsed_s=2.0)
    assert (report.per_second, report.remaining_s) == (15_000_000, 4.0)
    assert ProgressReport("Downloading", 0, 9, 0.0).per_second is None


def test_two_pulls_at_once_do_not_meet(puller: Puller) -> None:
    def pull_again(report: ProgressReport) -> None:
        if report.stage == "Downloading" and not refused:
            with pytest.raises(HubError, match="Another pull is running"):
                puller()
            refused.append(report)

    refused: list[ProgressReport] = []
    puller(progress=Progress(pull_again))
    assert refused
    assert_complete(puller)


def test_a_cut_connection_is_told_and_the_next_pull_continues(puller: Puller) -> None:
    puller.server.faults[LARGE] = Fault(cut_after=1_500_000)
    with pytest.raises(HubError, match=r"connection.*pull again"):
        puller()
    assert not puller.target(LARGE).exists()
    assert puller.parts() == [1_500_000]
    puller.server.faults.clear()
    puller.server.asked.clear()
    puller()
    assert [asked.range for asked in puller.server.gets(LARGE)][-1] == "bytes=1500000-"
    assert_complete(puller)


def test_a_short_cut_is_taken_up_within_the_same_pull(puller: Puller) -> None:
    puller.server.faults[LARGE] = Fault(cut_after=1_000_000)
    puller(retries=1)
    ranges = [asked.range for asked in puller.server.gets(LARGE) if asked.path.startswith("/storage/")]
    assert ranges == [None, "bytes=1000000-", "bytes=2000000-", "bytes=3000000-"]
    assert_complete(puller)


@pytest.mark.parametrize("begin", [0, 1000])
def test_answers_that_end_well_without_a_byte_are_counted_and_end_the_pull(puller: Puller, begin: int) -> None:
    puller.server.faults[LARGE] = Fault(content=CONTENT[LARGE][:begin])
    with pytest.raises(HubError, match=r"ended before the file did.*continues where it stopped"):
        puller(retries=2)
    storage = [asked for asked in puller.server.gets(LARGE) if asked.path.startswith("/storage/")]
    assert len(storage) == 3 + (begin > 0)
    assert puller.parts() == [begin]
    puller.server.faults.clear()
    puller()
    assert_complete(puller)


def test_an_empty_answer_is_taken_up_within_the_same_pull(puller: Puller) -> None:
    puller.server.faults[LARGE] = Fault(content=b"", times=2)
    puller(retries=2)
    assert_complete(puller)


def test_a_stop_is_heard_between_empty_answers(puller: Puller, monkeypatch: pytest.MonkeyPatch) -> None:
    puller.server.faults[LARGE] = Fault(content=b"", times=50)
    progress = Progress()
    monkeypatch.setattr(download.time, "sleep", lambda _: progress.cancel())
    with pytest.raises(Cancelled):
        puller(progress=progress, retries=100)


def test_a_hub_that_cannot_continue_sends_the_whole_again(puller: Puller) -> None:
    puller.server.faults[LARGE] = Fault(cut_after=1_000_000)
    with pytest.raises(HubError):
        puller()
    puller.server.faults[LARGE] = Fault(ignores_range=True)
    puller()
    assert_complete(puller)


def test_another_content_on_the_hub_is_not_glued_to_an_old_part(puller: Puller) -> None:
    puller.server.faults[LARGE] = Fault(cut_after=1_000_000)
    with pytest.raises(HubError):
        puller()
    newer = CONTENT[LARGE][::-1]
    puller.server.files[REPOSITORY, LARGE] = newer
    puller.server.faults.clear()
    puller()
    assert puller.target(LARGE).read_bytes() == newer
    assert puller.parts() == []


@pytest.mark.parametrize("path", [LARGE, SMALL])
def test_damage_on_the_way_is_found_and_the_next_pull_is_well(puller: Puller, path: str) -> None:
    puller.server.faults[path] = Fault(content=CONTENT[path][:-1] + b"?")
    with pytest.raises(HubError, match=rf"{path} came damaged.*pull again"):
        puller()
    assert not puller.target(path).exists()
    assert puller.parts() == []
    puller.server.faults.clear()
    puller()
    assert_complete(puller)


@pytest.mark.parametrize("facts", [{"sha256": "0" * 64}, {"size": 17}])
def test_a_file_other_than_the_catalogues_is_not_fetched(puller: Puller, facts: dict[str, Any]) -> None:
    with pytest.raises(HubError, match="not the file this program knows"):
        puller(catalogue(**facts))
    assert puller.server.gets("large.safetensors") == []


def test_the_catalogues_own_checksum_passes(puller: Puller) -> None:
    puller(catalogue(sha256=sha256(CONTENT[LARGE]), size=len(CONTENT[LARGE])))
    assert_complete(puller)


def test_too_little_space_is_told_before_anything_is_fetched(puller: Puller, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(shutil.disk_usage("."))
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 10**6, 10**6))
    with pytest.raises(HubError, match=r"1\.0 MB free.*MFSR_HOME"):
        puller()
    assert puller.server.gets(LARGE) == []


def test_a_disk_that_fills_up_is_told_and_the_next_pull_continues(
    puller: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    path_open = type(puller.root).open

    class Full:
        """A file on a disk with room for a million bytes."""

        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.stream.close()

        def write(self, data: bytes) -> int:
            if self.stream.tell() + len(data) > 1_000_000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return int(self.stream.write(data))

    def opened(path: Path, mode: str = "r", *rest: Any, **options: Any) -> Any:
        stream = path_open(path, mode, *rest, **options)
        return Full(stream) if mode == "ab" and LARGE.rsplit("/", 1)[1] in path.name else stream

    with monkeypatch.context() as patch:
        patch.setattr(type(puller.root), "open", opened)
        with pytest.raises(HubError, match=r"disk is full.*continues"):
            puller()
    (fetched,) = puller.parts()
    assert 0 < fetched <= 1_000_000
    puller.server.asked.clear()
    puller()
    assert puller.server.gets(LARGE)[-1].range == f"bytes={fetched}-"
    assert_complete(puller)


def test_cancel_stops_within_a_piece_and_keeps_what_came(puller: Puller) -> None:
    with pytest.raises(Cancelled):
        puller(progress=_cancelling())
    assert not puller.target(LARGE).exists()
    (fetched,) = puller.parts()
    assert REPORTED_BYTES <= fetched < len(CONTENT[LARGE])
    puller()
    assert_complete(puller)


REFUSALS = [
    (Fault(status=401, headers=GATED), r"not logged in\. 1\. Open .*somebody/parts.* 3\. Run `hf auth login`"),
    (Fault(status=403, headers=GATED), r"has not accepted it yet\. 1\. Open .*gated repositories"),
    (Fault(status=401, headers={"X-Error-Message": "Invalid credentials in Authorization header"}), "Log in again"),
    (Fault(status=401), r"refuses access.*401"),
    (Fault(status=403), r"refuses access.*403"),
    (Fault(status=404, headers={"X-Error-Code": "EntryNotFound"}), "no longer holds vae/large"),
    (Fault(status=404, headers={"X-Error-Code": "RepoNotFound"}), "hub has no somebody/parts"),
    (Fault(status=503), r"busy or out of order.*503"),
]


@pytest.mark.parametrize(("fault", "words"), REFUSALS)
def test_refusals_say_what_to_do_and_leave_nothing(puller: Puller, fault: Fault, words: str) -> None:
    puller.server.faults[LARGE] = fault
    with pytest.raises(HubError, match=words):
        puller()
    assert [path.name for path in puller.root.rglob("*") if path.is_file() and path.name != ".lock"] == []
    puller.server.faults.clear()
    puller()
    assert_complete(puller)


def test_a_refusal_in_the_middle_leaves_what_came(puller: Puller) -> None:
    puller.server.faults[LARGE] = Fault(cut_after=1_000_000)
    with pytest.raises(HubError):
        puller()
    puller.server.faults[LARGE] = Fault(status=403, headers=GATED)
    with pytest.raises(HubError, match="accepted"):
        puller()
    assert puller.parts() == [1_000_000]


def test_the_hubs_own_login_is_used_and_never_told_to_the_storage_host(
    puller: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    puller.server.needed_token = "hf_secret"
    with pytest.raises(HubError, match="not logged in"):
        puller()
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    puller()
    assert_complete(puller)
    storage = [asked for asked in puller.server.asked if asked.path.startswith("/storage/")]
    assert storage
    assert {asked.token for asked in storage} == {None}


def test_without_a_network_it_says_so(puller: Puller) -> None:
    with pytest.raises(HubError, match=r"connection to the hub failed.*Check the network"):
        puller(endpoint="http://127.0.0.1:9")


def test_an_optional_file_may_be_missing(puller: Puller) -> None:
    del puller.server.files[REPOSITORY, LARGE]
    with pytest.raises(HubError, match="no longer holds"):
        puller()
    puller(catalogue(is_optional=True))
    assert not puller.target(LARGE).exists()


def test_small_files_are_checked_against_gits_checksum(hub: HubServer) -> None:
    hub.files[REPOSITORY, SMALL] = CONTENT[SMALL]
    found = HubClient(hub.url).look_up(REPOSITORY, SMALL)
    assert found is not None
    assert (found.digest, found.size, found.is_sha256) == (git_sha1(CONTENT[SMALL]), len(CONTENT[SMALL]), False)


def _cancelling() -> Progress:
    """A progress whose user stops at the first piece."""

    def stop(report: ProgressReport) -> None:
        if report.done and report.stage == "Downloading":
            progress.cancel()

    progress = Progress(stop)
    return progress
