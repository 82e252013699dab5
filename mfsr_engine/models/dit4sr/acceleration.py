"""Faster execution of the same network on the same shapes: compiled blocks, or a recorded CUDA graph. Both give up by themselves where
they do not work. Knows no pictures.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from mfsr_engine.api import Acceleration
from mfsr_engine.files import paths
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.flow import FlowModel
from mfsr_engine.models.prompts import Prompt

if TYPE_CHECKING:
    from mfsr_engine.models.tile_model import TileModel

MAX_RECORDINGS = 2
"""Shapes that are recorded; each recording keeps its own working memory."""
WARM_UPS = 3
"""Calls before a recording, so that libraries have settled their ways."""
TOLERANCE = 0.02
"""Largest departure of a replay from the plain call, in parts of the largest value, that counts as the same."""

Recorder = Callable[[Callable[[], Tensor]], tuple[Callable[[], None], Tensor]]
"""Records a computation: how to do it again, and the tensor that its result is in each time."""


def accelerated(model: TileModel, how: Acceleration, device: str) -> TileModel:
    """See `Family.accelerated`. Compiling takes a minute or more at the first call of a shape, and is kept in the cache folder.
    Recording takes a moment and needs CUDA.
    """
    if not isinstance(model, FlowModel) or not isinstance(model.velocity, VelocityTransformer):
        return model
    if how is Acceleration.COMPILE:
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(paths.cache_dir() / "compiled"))
        return replace(model, velocity=CompiledBlocks(model.velocity))
    return replace(model, velocity=RecordedCalls(model.velocity, record_cuda_graph)) if device == "cuda" else model


class CompiledBlocks:
    """A `VelocityModel` whose blocks are compiled one by one, on their first call: blocks of a kind share a compilation.

    The network itself stays as it is for every other caller.
    """

    def __init__(self, network: VelocityTransformer, backend: str = "inductor") -> None:
        self._network = network
        self._calls: list[Any] = []
        self._backend = backend
        self.has_given_up = False
        """Whether compiling failed, so that calls are plain."""

    def __call__(self, z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
        """See `VelocityModel`."""
        if not self.has_given_up:
            try:
                with self._in_use():
                    return self._plain(z, lr, prompt, t, r)
            except (MemoryError, torch.OutOfMemoryError):
                raise
            except Exception:  # compilers fail in many ways; the plain call says what is really wrong
                self.has_given_up = True
        return self._plain(z, lr, prompt, t, r)

    def _plain(self, z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
        velocity: Tensor = self._network(z, lr, prompt, t, r)
        return velocity

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Let the blocks be compiled ones for the length of a call."""
        blocks = list(self._network.transformer_blocks)
        if not self._calls:
            for block in blocks:
                block.compile(dynamic=False, backend=self._backend)  # type: ignore[no-untyped-call, unused-ignore]
            self._calls = [block._compiled_call_impl for block in blocks]
        try:
            for block, call in zip(blocks, self._calls, strict=True):
                block._compiled_call_impl = call
            yield
        finally:
            for block in blocks:
                block._compiled_call_impl = None


@dataclass(frozen=True)
class _Recording:
    inputs: tuple[Tensor, ...]
    replay: Callable[[], None]
    output: Tensor
    kept: Tensor
    """Memory that is read but is no input: must live as long as the recording."""


class RecordedCalls:
    """A `VelocityModel` that records its first call of a shape and replays it afterwards: launching the kernels one by one
    takes as long as a single tile's arithmetic on a fast card. Every recording is compared with a plain call once.
    """

    def __init__(self, network: VelocityTransformer, record: Recorder) -> None:
        self._network, self._record = network, record
        self._recordings: dict[object, _Recording | None] = {}

    @property
    def recordings(self) -> int:
        """Shapes that are replayed."""
        return sum(recording is not None for recording in self._recordings.values())

    def __call__(self, z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
        """See `VelocityModel`."""
        assert prompt.tokens is not None
        given = (z, lr, prompt.pooled, prompt.tokens, t, r)
        key = tuple((tuple(tensor.shape), tensor.dtype) for tensor in given)
        if key not in self._recordings:
            room = self.recordings < MAX_RECORDINGS
            self._recordings[key] = self._made(given) if room else None
        recording = self._recordings[key]
        if recording is None:
            return self._plain(given)
        for own, new in zip(recording.inputs, given, strict=True):
            own.copy_(new)
        recording.replay()
        return recording.output.clone()

    def _plain(self, given: tuple[Tensor, ...]) -> Tensor:
        z, lr, pooled, tokens, t, r = given
        velocity: Tensor = self._network(z, lr, Prompt(pooled, tokens), t, r)
        return velocity

    def _made(self, given: tuple[Tensor, ...]) -> _Recording | None:
        """None where recording fails or its replay gives something else."""
        wanted = self._plain(given)
        inputs = tuple(tensor.clone() for tensor in given)
        patch = self._network.config.patch_size
        height, width = (side // patch for side in given[0].shape[-2:])
        kept = self._network.pos_embed.positions(height, width, given[0].device)
        try:
            replay, output = self._record(lambda: self._plain(inputs))
            replay()
        except (MemoryError, RuntimeError):
            return None
        departure = (output.float() - wanted.float()).abs().max() / wanted.float().abs().max().clamp(min=1e-6)
        return _Recording(inputs, replay, output, kept) if float(departure) <= TOLERANCE else None


def record_cuda_graph(run: Callable[[], Tensor]) -> tuple[Callable[[], None], Tensor]:
    """Record a computation as a CUDA graph.

    Raises:
        RuntimeError: it does something that cannot be recorded, or memory ran out.
    """
    beside = torch.cuda.Stream()  # type: ignore[no-untyped-call, unused-ignore]
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
        for _ in range(WARM_UPS):
            run()
    torch.cuda.current_stream().wait_stream(beside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        output = run()
    return graph.replay, output
