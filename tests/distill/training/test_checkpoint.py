"""Checkpoints: whole or not there, the newest few kept, damaged ones passed over."""

import errno
import io
import pickle
from pathlib import Path

import pytest
import torch

from distill.training.checkpoint import CheckpointError, checkpoints, load_latest, save_checkpoint


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
