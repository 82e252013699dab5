"""Work shared by processes: each file is made once, by whoever claims it, and that of a process that is killed by another."""

import subprocess
import sys
import threading

import pytest

from distill.data import shared_work
from distill.data.shared_work import finish_together, in_order
from mfsr_engine.files.claims import claimed, is_used

HOLDER = """
import sys, threading, filelock
with filelock.FileLock(sys.argv[1]):
    print("at work", flush=True)
    threading.Event().wait()
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(shared_work, "LOOK_EVERY_S", 0.01)


def files_in(folder, count):
    return [folder / f"{number}.bin" for number in range(count)]


def never(done):
    pytest.fail(f"waited with {done} files finished")


def test_what_exists_is_not_made_again(tmp_path):
    files = files_in(tmp_path, 4)
    files[2].touch()
    made = []
    finish_together(files, lambda n: (made.append(n), files[n].touch()), never)
    assert made == [0, 1, 3]
    assert sorted(tmp_path.iterdir()) == files  # no claim is left


def test_threads_share_the_work(tmp_path):
    files, made = files_in(tmp_path, 20), []
    started = threading.Barrier(3)

    def make(number):
        made.append(number)
        files[number].touch()

    def work():
        started.wait()
        finish_together(files, make, lambda _: None)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == list(range(20))


def test_the_file_of_a_process_that_is_killed_is_made_by_another(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "0.lock")], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "at work\n"
    files, made, waited = files_in(tmp_path, 2), [], []

    def wait(done):
        waited.append(done)
        holder.kill()
        holder.wait()

    assert is_used(tmp_path)
    finish_together(files, lambda n: (made.append(n), files[n].touch()), wait)
    holder.stdout.close()
    assert (made, waited[0]) == ([1, 0], 1)
    assert not is_used(tmp_path)


def test_waiting_can_be_ended_by_an_error(tmp_path):
    files = files_in(tmp_path, 1)
    with claimed(files[0].with_suffix(".lock")), pytest.raises(KeyboardInterrupt):
        finish_together(files, pytest.fail, lambda _: (_ for _ in ()).throw(KeyboardInterrupt))


def test_an_error_gives_the_claim_back(tmp_path):
    files = files_in(tmp_path, 1)
    with pytest.raises(ZeroDivisionError):
        finish_together(files, lambda _: 1 / 0, never)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_order_and_only_a_few_are_made_ahead(workers):
    begun, lock = [], threading.Lock()

    def work(number):
        with lock:
            begun.append(number)
        return 2 * number

    results = in_order(work, range(50), workers)
    assert next(results) == 0
    assert len(begun) <= 2 * workers + 1
    assert list(results) == list(range(2, 100, 2))
    assert sorted(begun) == list(range(50))


def test_leaving_early_drops_what_was_not_begun():
    results = in_order(lambda n: n, iter(range(10**9)), 2)
    assert next(results) == 0
    results.close()
