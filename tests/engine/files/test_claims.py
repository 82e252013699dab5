"""Claims and marks that processes leave for each other, and that do not outlive them."""

import subprocess
import sys

import pytest

from mfsr_engine.files.claims import UseMark, claimed, is_marked, is_used

HOLDER = """
import sys, threading
from pathlib import Path
from mfsr_engine.files.claims import UseMark, claimed
mark = UseMark(Path(sys.argv[1]))
with claimed(Path(sys.argv[1]) / "work.lock") as is_mine:
    print(is_mine, flush=True)
    threading.Event().wait()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that marked the folder and claimed something in it."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_what_a_process_claims_no_other_gets_until_it_dies(holder, tmp_path):
    with claimed(tmp_path / "work.lock") as is_mine:
        assert not is_mine
    assert is_marked(tmp_path)
    holder.kill()
    holder.wait()
    with claimed(tmp_path / "work.lock") as is_mine:
        assert is_mine
        assert is_used(tmp_path)
        assert not is_marked(tmp_path)
    assert not is_used(tmp_path)


def test_claims_and_marks_leave_nothing_behind(tmp_path):
    mark = UseMark(tmp_path)
    with claimed(tmp_path / "a.lock"):
        assert is_used(tmp_path)
    mark.take_away()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_marked_says_so_and_work_in_it_is_done(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        UseMark(tmp_path / "file" / "folder")
    with claimed(tmp_path / "file" / "a.lock") as is_mine:
        assert is_mine
