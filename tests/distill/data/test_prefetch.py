"""Batches made ahead are those that would have been made when asked for."""

import dataclasses
import threading

import pytest
import torch

from distill.data import BatchStream
from distill.data.prefetch import AHEAD, Prefetch
from mfsr_engine.errors import RequestError
from tests.fakes.tiny_training import make_stream

CPU = torch.device("cpu")


@dataclasses.dataclass
class Counting:
    """Notes what is asked for; fails at one step."""

    inner: BatchStream
    fails_at: int = -1
    asked: list[int] = dataclasses.field(default_factory=list)

    @property
    def batch_size(self):
        return self.inner.batch_size

    def batch(self, step):
        self.asked.append(step)
        if step == self.fails_at:
            raise RequestError("no such photograph")
        return self.inner.batch(step)


def test_batches_are_the_same_and_made_once():
    stream = Counting(make_stream())
    with Prefetch(stream, CPU) as ahead:
        for step in range(5, 12):
            assert torch.equal(ahead.batch(step).high, make_stream().batch(step).high)
    assert stream.asked[: AHEAD + 1] == [5, 6, 7]
    assert sorted(stream.asked) == sorted(set(stream.asked))
    assert ahead.batch_size == 2


def test_a_jump_is_followed():
    with Prefetch(Counting(make_stream()), CPU) as ahead:
        for step in (3, 40, 0, 1):
            assert torch.equal(ahead.batch(step).low, make_stream().batch(step).low)


def test_an_error_is_raised_at_its_own_step():
    with Prefetch(Counting(make_stream(), fails_at=2), CPU) as ahead:
        ahead.batch(0)
        ahead.batch(1)
        with pytest.raises(RequestError, match="no such photograph"):
            ahead.batch(2)


def test_no_thread_is_left():
    before = threading.active_count()
    with Prefetch(Counting(make_stream()), CPU) as ahead:
        ahead.batch(0)
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


@dataclasses.dataclass(frozen=True)
class InProcesses:
    """A stream that is read by a process; its last batch cannot be made."""

    inner: BatchStream
    loader_workers: int = 1
    batch_size: int = 2

    def batch(self, step):
        if step == 9:
            raise RequestError("no such photograph")
        return self.inner.batch(step)


@pytest.mark.slow
def test_loader_processes_give_the_same_batches_and_errors():
    with Prefetch(InProcesses(make_stream()), CPU) as ahead:
        for step in (7, 8):
            assert torch.equal(ahead.batch(step).high, make_stream().batch(step).high)
        with pytest.raises(RequestError, match=r"^no such photograph$"):
            ahead.batch(9)
