"""The queue on disk: order, outcomes, what counts as spoken for, and what is found after a death."""

import random
import sqlite3
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from mfsr_engine.api import DtypeChoice, UpscaleSettings
from mfsr_engine.batch.journal import ItemState, Journal
from mfsr_engine.batch.naming import Conflict, OutputSettings, Source
from mfsr_engine.batch.run_plan import RunPlan
from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.files.tables import as_json, from_json
from mfsr_engine.geometry import Size, TargetSize
from tests.fakes.work import CountedNumber, sqlite_work

FEW, MANY = 200, 2000


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "deep" / "queue.sqlite")
    made.open()
    yield made
    made.close()


def sources(*names: str) -> list[Source]:
    return [Source(Path(f"/photos/{name}.png")) for name in names]


def stems(journal: Journal) -> list[str]:
    return [item.source.path.stem for item in journal.items()]


def again(journal: Journal) -> Journal:
    """As the next start sees it, without a proper end of the one before."""
    other = Journal(journal.path)
    other.open()
    return other


def test_what_is_added_is_there_at_the_next_start_in_its_order(journal):
    tree = Source(Path("/photos/deep/c.png"), Path("/photos"), has_twin=True)
    journal.add([*sources("b", "a"), tree])
    found = again(journal).items()
    assert [item.source for item in found] == [*sources("b", "a"), tree]
    assert {item.state for item in found} == {ItemState.WAITING}


def test_a_picture_that_waits_is_not_added_twice_but_a_finished_one_is(journal):
    (first,) = journal.add(sources("a", "a"))
    assert journal.add(sources("a")) == []
    journal.finish(replace(first, state=ItemState.DONE, target=Path("/photos/a_4x.png")))
    assert len(journal.add(sources("a"))) == 1


def test_pictures_can_be_put_in_another_order_and_taken_out(journal):
    a, b, c, d = (item.number for item in journal.add(sources("a", "b", "c", "d")))
    journal.reorder([d, b])
    assert stems(journal) == ["a", "d", "c", "b"]
    journal.remove([a, c])
    assert stems(again(journal)) == ["d", "b"]


def test_an_outcome_is_kept_whole(journal):
    (item,) = journal.add(sources("a"))
    done = replace(item, state=ItemState.FAILED, size=Size(3, 2), words="It is damaged.", details="Traceback")
    journal.finish(done)
    assert again(journal).items() == [done]
    journal.reset([item.number])
    assert journal.items()[0].state is ItemState.WAITING
    assert journal.items()[0].words == ""


def test_a_source_and_the_result_of_another_are_spoken_for(journal):
    a, b = journal.add(sources("a", "b"))
    journal.claim(a.number, Path("/photos/x.png"))
    assert journal.is_spoken_for(Path("/photos/x.png"), b)
    assert journal.is_spoken_for(Path("/photos/a.png"), b)
    assert not journal.is_spoken_for(Path("/photos/x.png"), a)
    assert not journal.is_spoken_for(Path("/photos/y.png"), b)


def test_after_a_death_whole_results_count_and_the_rest_waits(journal, tmp_path):
    a, b, c = journal.add(sources("a", "b", "c"))
    (tmp_path / "old.png").touch()
    journal.claim(a.number, tmp_path / "a.png")
    journal.claim(b.number, tmp_path / "b.png")
    journal.claim(c.number, tmp_path / "old.png")
    (tmp_path / "a.png").touch()
    next_start = again(journal)
    assert next_start.recover() == 3
    states = [(item.state, item.target) for item in next_start.items()]
    waiting = (ItemState.WAITING, None)
    assert states == [(ItemState.DONE, tmp_path / "a.png"), waiting, waiting]


def test_a_damaged_journal_is_put_aside(tmp_path):
    path = tmp_path / "queue.sqlite"
    path.write_bytes(b"no database at all" * 100)
    journal = Journal(path)
    assert journal.open()
    assert journal.items() == []
    assert path.with_name("queue.sqlite.damaged").read_bytes().startswith(b"no database")
    journal.close()


def test_what_was_put_aside_before_stays_and_the_log_of_changes_goes_with_its_file(tmp_path):
    path = tmp_path / "queue.sqlite"
    for words in (b"first", b"second"):
        path.write_bytes(words * 300)
        path.with_name("queue.sqlite-wal").write_bytes(b"changes, " + words)
        journal = Journal(path)
        assert journal.open()
        journal.close()
    for name, words in (("queue.sqlite.damaged", b"first"), ("queue.sqlite.damaged2", b"second")):
        assert (tmp_path / name).read_bytes().startswith(words)
        assert (tmp_path / f"{name}-wal").read_bytes() == b"changes, " + words


def test_a_journal_that_is_only_locked_is_left_as_it_is(journal, monkeypatch):
    journal.add(sources("a"))
    journal.close()
    holder = sqlite3.connect(journal.path, isolation_level=None)
    holder.execute("PRAGMA journal_mode = DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr("mfsr_engine.batch.journal.sqlite3.connect", partial(sqlite3.connect, timeout=0))
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        journal.open()
    holder.execute("ROLLBACK")
    holder.close()
    assert stems(again(journal)) == ["a"]
    assert not list(journal.path.parent.glob("*.damaged*"))


def test_without_its_file_the_list_goes_on_in_memory(journal):
    journal.add(sources("a"))
    file = journal.path
    journal.open_in_memory()
    journal.add(sources("b"))
    assert stems(journal) == ["b"]
    assert stems(again(Journal(file))) == ["a"]


def test_the_work_of_a_new_order_grows_with_the_pictures_and_not_with_their_square(tmp_path):
    compared, steps = zip(
        *(work_of_a_new_order(tmp_path / f"{count}.sqlite", count) for count in (FEW, MANY)), strict=True
    )
    assert compared[1] <= 10 * MANY
    assert steps[1] <= 2 * MANY / FEW * steps[0]


def work_of_a_new_order(path: Path, count: int) -> tuple[int, int]:
    """Comparisons of numbers, and steps of SQLite, to turn the order of so many pictures around."""
    journal = Journal(path)
    journal.open()
    numbers = [item.number for item in journal.add(sources(*map(str, range(count))))]
    CountedNumber.compared = 0
    with sqlite_work(journal._file._db) as work:
        journal.reorder([CountedNumber(number) for number in numbers[::-1]])
    assert work.statements == ["BEGIN", "SELECT", *["UPDATE"] * count, "COMMIT"]
    assert [item.number for item in journal.items()] == numbers[::-1]
    journal.close()
    return CountedNumber.compared, work.steps


def test_a_journal_of_a_later_version_is_put_aside_too(journal):
    journal.close()
    with sqlite3.connect(journal.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert again(journal).items() == []


def test_the_plan_survives(journal):
    settings = UpscaleSettings("m", TargetSize(long_side=900), steps=3, seed=5, fidelity=0.25, dtype=DtypeChoice.FP32)
    output = OutputSettings(ImageFormat.WEBP, 70, "{stem}", Conflict.CHANGED, keep_location=False, folder="/out")
    assert journal.plan_text() is None
    journal.set_plan_text(as_json(RunPlan()))
    journal.set_plan_text(as_json(RunPlan(settings, output)))
    assert from_json(RunPlan, again(journal).plan_text()) == RunPlan(settings, output)


def test_pictures_are_added_in_one_transaction_and_read_in_one_and_the_work_grows_with_their_number(tmp_path):
    adding, reading = zip(*(work_of_adding(tmp_path / f"{count}.sqlite", count) for count in (FEW, MANY)), strict=True)
    assert adding[1] <= 2 * MANY / FEW * adding[0]
    assert reading[1] <= 2 * MANY / FEW * reading[0]


def work_of_adding(path: Path, count: int) -> tuple[int, int]:
    """Steps of SQLite to add so many pictures to as many, and to read them all."""
    journal = Journal(path)
    journal.open()
    journal.add(sources(*(f"old-{number}" for number in range(count))))
    with sqlite_work(journal._file._db) as adding:
        journal.add(sources(*(f"{number}" for number in range(count))))
    assert adding.statements == ["BEGIN", "SELECT", "SELECT", *["INSERT"] * count, "COMMIT"]
    with sqlite_work(journal._file._db) as reading:
        assert len(journal.items()) == 2 * count
    assert reading.statements == ["BEGIN", "SELECT", "COMMIT"]
    journal.close()
    return adding.steps, reading.steps


DAMAGES = {
    "another table": "DROP TABLE items",
    "no plans": "DROP TABLE plans",
    "a missing column": "ALTER TABLE items DROP COLUMN details",
    "an unknown state": "UPDATE items SET state = 'dancing'",
    "text that is none": "UPDATE items SET source = CAST(x'ff00fe' AS TEXT)",
    "bytes for a path": "UPDATE items SET source = x'ff00fe'",
    "a size that is none": "UPDATE items SET width = 'wide', height = 3",
    "no version": "PRAGMA user_version = 0",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_sound_database_that_is_no_journal_is_put_aside(journal, damage):
    journal.add(sources("a"))
    journal.close()
    with sqlite3.connect(journal.path) as db:
        db.execute(damage)
    db.close()
    assert journal.open()
    assert journal.items() == []
    journal.add(sources("b"))
    assert stems(again(journal)) == ["b"]
    assert journal.path.with_name(journal.path.name + ".damaged").is_file()


def test_an_empty_file_is_a_new_journal(tmp_path):
    (tmp_path / "queue.sqlite").touch()
    journal = Journal(tmp_path / "queue.sqlite")
    assert not journal.open()
    journal.add(sources("a"))
    assert stems(again(journal)) == ["a"]
    journal.close()


def test_a_table_whose_damage_is_no_text_is_put_aside(journal):
    journal.add(sources("a"))
    journal.close()
    content = journal.path.read_bytes()
    journal.path.write_bytes(content.replace(b"CREATE TABLE plans", b"CREATE TABL\xe9 plans"))
    assert journal.open()
    assert journal.items() == []
    journal.close()


def test_whatever_is_damaged_a_start_goes_well(tmp_path):
    whole = Journal(tmp_path / "whole.sqlite")
    whole.open()
    whole.add(sources(*"abcdefgh"))
    whole.close()
    content, rng = (tmp_path / "whole.sqlite").read_bytes(), random.Random(0)
    used = [at for at, byte in enumerate(content) if byte]
    for number in range(40):
        damaged = bytearray(content)
        for at in rng.choices(used, k=rng.choice((1, 2, 8, 40))):
            damaged[at] = rng.randrange(256)
        path = tmp_path / f"{number}.sqlite"
        path.write_bytes(damaged[: rng.choice((len(damaged), len(damaged), rng.randrange(len(damaged))))])
        journal = Journal(path)
        journal.open()
        before = len(journal.items())
        journal.add(sources("z"))
        assert len(journal.items()) == before + 1, number
        journal.close()
