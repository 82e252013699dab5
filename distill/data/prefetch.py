"""Prepares batches ahead of the training loop, in a thread or in loader processes. Knows nothing of pictures."""

from __future__ import annotations

import signal
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import DataLoader, Dataset

from mfsr_engine.errors import MfsrError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from distill.data.stream import Batch, Batches

AHEAD = 2
"""Batches a thread, or each loader process, makes before they are asked for."""


class Prefetch:
    """The batches of another stream, made before they are asked for as long as they are asked for in order; a context manager.

    The batches are the same, since those of a stream depend on their step alone. A stream whose `loader_workers` are more than 0
    is read by as many processes of torch's `DataLoader`, any other by one thread, which suffices to read what is prepared.
    """

    def __init__(self, stream: Batches, device: torch.device) -> None:
        self._stream = stream
        self._pins = device.type == "cuda"
        self._source: _Thread | _Loader
        workers = getattr(stream, "loader_workers", 0)
        self._source = _Loader(stream, workers, self._pins) if workers else _Thread(stream, self._pins)

    @property
    def batch_size(self) -> int:
        """Patches per batch and process."""
        return self._stream.batch_size

    def batch(self, step: int) -> Batch:
        """The batch of that step, in page-locked memory where that makes copies to the device faster.

        Raises:
            MfsrError: what the stream raised.
        """
        return self._source.batch(step)

    def __enter__(self) -> Prefetch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._source.close()


class _Thread:
    def __init__(self, stream: Batches, pins: bool) -> None:
        self._stream, self._pins = stream, pins
        self._pool = ThreadPoolExecutor(1)
        self._waiting: dict[int, Future[Batch]] = {}

    def batch(self, step: int) -> Batch:
        wanted = range(step, step + 1 + AHEAD)
        for other in [other for other in self._waiting if other not in wanted]:
            self._waiting.pop(other).cancel()
        for other in wanted:
            if other not in self._waiting:
                self._waiting[other] = self._pool.submit(self._made, other)
        return self._waiting.pop(step).result()

    def _made(self, step: int) -> Batch:
        batch = self._stream.batch(step)
        return batch.pin_memory() if self._pins else batch

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


class _Steps(Dataset[Any]):
    """A stream as a data set whose items are whole batches."""

    def __init__(self, stream: Batches) -> None:
        self._stream = stream

    def __getitem__(self, step: int) -> Batch | MfsrError:
        try:
            return self._stream.batch(step)
        except MfsrError as error:  # raised where it is asked for, without the other process's traceback in its words
            return error


class _Loader:
    def __init__(self, stream: Batches, workers: int, pins: bool) -> None:
        self._steps, self._workers, self._pins = _Steps(stream), workers, pins
        self._next, self._batches = -1, iter(())  # type: tuple[int, Iterator[Any]]

    def batch(self, step: int) -> Batch:
        if step != self._next:
            self._batches = self._from(step)
        self._next = step + 1
        found = next(self._batches)
        if isinstance(found, MfsrError):
            raise found
        return found  # type: ignore[no-any-return]

    def _from(self, step: int) -> Iterator[Any]:
        loader = DataLoader(
            self._steps,
            batch_size=None,
            sampler=range(step, 2**62),
            num_workers=self._workers,
            prefetch_factor=AHEAD,
            pin_memory=self._pins,
            worker_init_fn=_leave_signals_to_the_main_process,
            multiprocessing_context="spawn",  # a process that has run OpenMP must not be forked
        )
        return iter(loader)

    def close(self) -> None:
        self._batches = iter(())  # its last reference ends the processes


def _leave_signals_to_the_main_process(worker: int) -> None:
    """Ctrl+C reaches all processes of a terminal, and the training loop saves first."""
    torch.set_num_threads(1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
