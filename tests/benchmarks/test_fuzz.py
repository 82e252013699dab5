"""A short run of the fuzzer: damaged pictures, cards, prompts and recipes bring nothing out but this program's own errors."""

import random

import pytest

from benchmarks import fuzz
from mfsr_engine.errors import MfsrError

ROUNDS = 400


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    return fuzz.corpus(tmp_path_factory.mktemp("corpus"))


def test_the_corpus_holds_every_kind(seeds):
    assert {way for seed in seeds for way in seed.ways} == {"header", "small copy", "read", "card", "prompts", "recipe"}
    assert len(seeds) > 100


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("first", range(0, ROUNDS, 100))
def test_damaged_files_bring_out_our_own_errors_alone(seeds, tmp_path, first):
    finds = fuzz.rounds(seeds, tmp_path, first, 100, seed=1)
    assert [(find.name, find.way, find.trouble) for find in finds] == []


def test_what_breaks_is_found_and_can_be_made_again(tmp_path):
    def fragile(path):
        if path.read_bytes() != b"sound" * 20:
            raise ZeroDivisionError

    def sound(path):
        raise MfsrError("as it should be")

    seeds = [fuzz.Seed("a.bin", b"sound" * 20, {"fragile": fragile, "sound": sound})]
    finds = fuzz.rounds(seeds, tmp_path, 0, 20, seed=5)
    assert {find.way for find in finds} == {"fragile"}
    assert "ZeroDivisionError" in finds[0].trouble
    assert [find.content for find in fuzz.rounds(seeds, tmp_path, 0, 20, seed=5)] == [find.content for find in finds]


def test_changes_are_small_and_never_leave_nothing():
    rng = random.Random(2)
    for _ in range(200):
        assert fuzz.changed(b"x", rng)
        assert len(fuzz.changed(b"y" * 1000, rng)) < 1000 + 16 * 400
