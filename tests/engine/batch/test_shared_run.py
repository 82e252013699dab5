"""A folder that several processes work through: all pictures are finished, and none is worked on twice."""

import os
import subprocess
import sys
import threading

import pytest

from mfsr_engine.batch import shared_run
from mfsr_engine.batch.batch import Done, Failed, Skipped
from mfsr_engine.batch.naming import Conflict
from mfsr_engine.batch.planning import BatchItem
from mfsr_engine.batch.shared_run import WORK_FOLDER, run_shared
from mfsr_engine.errors import Cancelled, MfsrError
from mfsr_engine.geometry import Size


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(shared_run, "LOOK_EVERY_S", 0.01)


def items_in(folder, count=12):
    """Pictures in a tree, whose results are replaced."""
    places = [f"{n % 3}/{n:02d}.png" for n in range(count)]
    return [
        BatchItem(folder / "in" / place, folder / "out" / place, Conflict.OVERWRITE, root=folder / "out")
        for place in places
    ]


def write(item):
    item.target.parent.mkdir(parents=True, exist_ok=True)
    item.target.write_text("done")
    return Done(item, item.target, Size(1, 1), "m", 1, 0, "cpu", "fp32", 0.0, ())


def never():
    pytest.fail("waited for others")


def names(outcomes):
    return [outcome.item.target.name for outcome in outcomes]


def test_alone_it_is_a_run_like_any_other(tmp_path):
    items = items_in(tmp_path)
    assert names(run_shared(items, write, never)) == [item.target.name for item in items]
    assert len(list(run_shared(items, write, never))) == 12  # a new run replaces what the one before it made
    assert not (tmp_path / "out" / WORK_FOLDER).exists()


def test_pictures_are_shared_and_failures_are_not_tried_again(tmp_path):
    items, worked, told = items_in(tmp_path, 30), [], []
    all_at_work, here = threading.Barrier(3), threading.local()

    def work(item):
        if not hasattr(here, "is_at_work"):  # who came after the others had finished would begin a run of its own
            here.is_at_work = True
            all_at_work.wait()
        worked.append(item.target.name)
        return Failed(item, MfsrError("damaged")) if item.target.name == "07.png" else write(item)

    def one():
        told.extend(names(run_shared(items, work, lambda: None)))

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(worked) == sorted(told) == sorted(item.target.name for item in items)
    assert not (tmp_path / "out" / WORK_FOLDER).exists()


WORKER = """
import os, sys, time
from pathlib import Path
from mfsr_engine.batch import shared_run
from mfsr_engine.batch.naming import Conflict
from mfsr_engine.batch.planning import BatchItem
from mfsr_engine.batch.batch import Skipped

shared_run.LOOK_EVERY_S = 0.01
folder, log = Path(sys.argv[1]), Path(sys.argv[2])
items = [BatchItem(Path(f"{n}"), folder / f"{n}.png", Conflict.OVERWRITE, root=folder) for n in range(9)]

def work(item):
    with log.open("a") as file:
        file.write(f"{os.getpid()} {item.target.name}\\n")
    print(item.target.name, flush=True)
    assert sys.stdin.readline()
    item.target.write_text("done")
    return Skipped(item)

list(shared_run.run_shared(items, work, lambda: None))
"""


def test_of_three_processes_one_is_killed_and_the_folder_is_finished(tmp_path):
    out, log = tmp_path / "out", tmp_path / "log"
    words = [sys.executable, "-c", WORKER, str(out), str(log)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    workers = [subprocess.Popen(words, **pipes) for _ in range(3)]
    first = [worker.stdout.readline().strip() for worker in workers]
    assert len(set(first)) == 3  # each is at another picture
    workers[0].kill()
    for worker in workers[1:]:
        worker.stdin.write("go\n" * 9)
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
    assert [worker.returncode for worker in workers[1:]] == [0, 0]
    assert sorted(path.name for path in out.iterdir()) == [f"{n}.png" for n in range(9)]
    begun = [line.split() for line in log.read_text().splitlines()]
    finished = [name for process, name in begun if int(process) != workers[0].pid]
    assert sorted(finished) == [f"{n}.png" for n in range(9)]  # nothing twice, and what the killed one was at too


def test_who_is_stopped_leaves_its_picture_to_others(tmp_path):
    items = items_in(tmp_path, 3)

    def stopped(item):
        raise Cancelled

    with pytest.raises(Cancelled):
        list(run_shared(items, stopped, never))
    assert not (tmp_path / "out").exists()
    assert len(list(run_shared(items, write, never))) == 3


def test_waiting_for_others_can_be_stopped(tmp_path):
    items, entered, leave = items_in(tmp_path, 1), threading.Event(), threading.Event()

    def slow(item):
        entered.set()
        leave.wait()
        return write(item)

    def stop():
        leave.set()
        raise Cancelled

    other = threading.Thread(target=lambda: list(run_shared(items, slow, never)))
    other.start()
    entered.wait()
    with pytest.raises(Cancelled):
        list(run_shared(items, pytest.fail, stop))
    other.join()


def test_records_of_a_run_that_was_killed_do_not_count_for_the_next(tmp_path):
    items = items_in(tmp_path, 2)
    run = run_shared(items, write, never)
    next(run)
    [record] = (tmp_path / "out" / WORK_FOLDER).glob("*.finished")
    run.close()
    record.parent.mkdir()
    record.touch()  # as if nobody had been left to remove it
    assert len(list(run_shared(items, write, never))) == 2


def test_what_a_killed_process_had_half_written_is_deleted_by_the_next(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    root = tmp_path / "out"
    (root / WORK_FOLDER).mkdir(parents=True)
    (root / WORK_FOLDER / f"use-{dead.pid}-0123abcd.lock").touch()
    (root / "1").mkdir()
    half = [root / f".mfsr-{dead.pid}-a.part", root / "1" / f".mfsr-{dead.pid}-b.part"]
    others = [root / f".mfsr-{os.getpid()}-a.part", root / "photo.part"]
    for path in (*half, *others):
        path.touch()
    list(run_shared(items_in(tmp_path), write, never))
    assert not any(path.exists() for path in half)
    assert all(path.exists() for path in others)


def test_pictures_named_one_by_one_are_shared_too_and_skipped_ones_are_told_once(tmp_path):
    items = [BatchItem(tmp_path / "a.png", tmp_path / "a_4x.png")]
    assert [type(o) for o in run_shared(items * 2, Skipped, never)] == [Skipped]


def test_a_folder_that_cannot_hold_records_is_worked_through_all_the_same(tmp_path):
    (tmp_path / "out").write_text("a file")
    items = items_in(tmp_path, 2)
    assert names(run_shared(items, Skipped, never)) == ["00.png", "01.png"]


def test_of_two_pictures_that_would_get_one_name_neither_counts_as_the_other(tmp_path):
    out, worked = tmp_path / "out", []
    items = []
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_text(name * (1 if name == "x" else 2))
        items.append(BatchItem(tmp_path / name / "a.png", out / "a_4x.png", Conflict.UNIQUE, root=out))

    def outer(item):
        worked.append(item.source.parent.name)
        if item is items[0]:  # another process begins and ends meanwhile
            list(
                run_shared([items[1], items[0]], lambda item: worked.append("twice" if item is items[0] else "y"), stop)
            )
        return write(item)

    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        list(run_shared([items[0]], outer, never))
    assert worked == ["x", "y"]
