"""Checkpoints: whole or not there, the newest few kept, damaged ones passed over."""

import errno
import io
import pickle
from pathlib import Path

import pytest
import torch

from distill.training.checkpoint import (
    CheckpointError,
    checkpoints,
    keep_as_best,
    load_checkpoint,
    load_latest,
    save_checkpoint,
)
from mfsr_engine.errors import RequestError


def save(folder, step, keep=2):
    return save_checkpoint(folder, step, {"step": step, "network": {"weight": torch.full((64, 64), float(step))}}, keep)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_saved_state_is_read_back(tmp_path):
    save(tmp_path / "run", 7)
    state = load_latest(tmp_path / "run")
    assert state["step"] == 7
    assert torch.equal(state["network"]["weight"], torch.full((64, 64), 7.0))


def test_no_checkpoint_is_none(tmp_path):
    assert load_latest(tmp_path) is None
    assert load_latest(tmp_path / "missing") is None


def test_newest_few_are_kept(tmp_path):
    for step in (1, 20, 300, 4000):
        save(tmp_path, step, keep=2)
    assert names(tmp_path) == ["step-00000300.pt", "step-00004000.pt"]
    assert load_latest(tmp_path)["step"] == 4000


def halved(data):
    return data[: len(data) // 2]


def flipped(data):
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


DAMAGE = {
    "empty": lambda data: b"",
    "halved": halved,
    "one bit flipped": flipped,
    "zeros": lambda data: bytes(len(data)),
    "text": lambda data: b"hello",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_newest_one_falls_back_to_the_one_before(tmp_path, damage):
    save(tmp_path, 10)
    newest = save(tmp_path, 20)
    newest.write_bytes(damage(newest.read_bytes()))
    assert load_latest(tmp_path)["step"] == 10


def test_run_that_fell_back_keeps_its_new_checkpoints_and_sets_the_damaged_one_aside(tmp_path):
    save(tmp_path, 10)
    save(tmp_path, 20).write_bytes(b"")
    for step in (12, 14, 16):
        save(tmp_path, step, keep=1)
    assert names(tmp_path) == ["step-00000016.pt", "step-00000020.aside"]
    assert load_latest(tmp_path)["step"] == 16


def test_only_damaged_ones_are_an_error_rather_than_a_fresh_start(tmp_path):
    save(tmp_path, 20).write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"step-00000020\.pt"):
        load_latest(tmp_path)


def test_pickled_code_is_not_run(tmp_path):
    class Malice:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"step": Malice()}, tmp_path / "step-00000001.pt")
    with pytest.raises(CheckpointError):
        load_latest(tmp_path)
    (tmp_path / "step-00000001.pt").write_bytes(pickle.dumps(Malice()))
    with pytest.raises(CheckpointError):
        load_latest(tmp_path)
    assert not (tmp_path / "ran").exists()


class FullDisk(io.FileIO):
    """A file on a disk with room for 4 KiB."""

    written = 0

    def write(self, data):
        self.written += len(data)
        if self.written > 4096:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_full_disk_is_said_clearly_and_the_last_checkpoint_is_intact(tmp_path, monkeypatch):
    save(tmp_path, 10)
    monkeypatch.setattr(Path, "open", lambda path, mode: FullDisk(path, mode))
    with pytest.raises(CheckpointError, match=r"disk is full.*last checkpoint is intact"):
        save(tmp_path, 20)
    monkeypatch.undo()
    assert names(tmp_path) == ["step-00000010.pt"]
    assert load_latest(tmp_path)["step"] == 10


def test_folder_that_cannot_be_made_is_said_clearly(tmp_path):
    (tmp_path / "run").write_text("a file in the way")
    with pytest.raises(CheckpointError, match="Cannot write the checkpoint"):
        save(tmp_path / "run", 1)


def test_leftover_of_a_crash_is_no_checkpoint_and_goes_with_the_next(tmp_path):
    (tmp_path / "step-00000030.partial").write_bytes(b"half")
    assert checkpoints(tmp_path) == []
    save(tmp_path, 40)
    assert names(tmp_path) == ["step-00000040.pt"]


def test_the_best_is_kept_beside_the_newest_few(tmp_path):
    save(tmp_path, 1, keep=1)
    keep_as_best(tmp_path, 1)
    save(tmp_path, 2, keep=1)
    assert names(tmp_path) == ["best.pt", "step-00000002.pt"]
    assert load_checkpoint(tmp_path, "best")["step"] == 1
    assert (
        load_checkpoint(tmp_path)["step"] == load_checkpoint(tmp_path, 2)["step"] == load_latest(tmp_path)["step"] == 2
    )
    keep_as_best(tmp_path, 2)
    assert load_checkpoint(tmp_path, "best")["step"] == 2


def test_the_best_is_copied_where_there_are_no_links(tmp_path, monkeypatch):
    def refuse(self, target):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    save(tmp_path, 1, keep=1)
    keep_as_best(tmp_path, 1)
    save(tmp_path, 2, keep=1)
    assert load_checkpoint(tmp_path, "best")["step"] == 1


def test_a_best_that_cannot_be_kept_is_an_error_and_the_one_before_stays(tmp_path):
    save(tmp_path, 1)
    keep_as_best(tmp_path, 1)
    with pytest.raises(CheckpointError, match="Cannot keep the checkpoint of step 9 as the best"):
        keep_as_best(tmp_path, 9)
    assert load_checkpoint(tmp_path, "best")["step"] == 1


@pytest.mark.parametrize(
    ("chosen", "says"), [("best", "has no best checkpoint"), (3, "no checkpoint of step 3. There are: 1, 20")]
)
def test_a_checkpoint_that_is_not_there_is_said_with_those_that_are(tmp_path, chosen, says):
    save(tmp_path, 1)
    save(tmp_path, 20)
    with pytest.raises(RequestError, match=says):
        load_checkpoint(tmp_path, chosen)


def test_a_chosen_checkpoint_that_is_damaged_is_an_error(tmp_path):
    path = save(tmp_path, 1)
    path.write_bytes(b"hello")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_checkpoint(tmp_path, 1)
